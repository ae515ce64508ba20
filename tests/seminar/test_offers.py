"""Seats that become free shortly before the start are offered; silence passes them on (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import Application, Part, Seat, SeatState, Seminar, Status, local
from kypek_sync.seminar.offers import Clock, Phase, Terms, phase, stands_until
from kypek_sync.seminar.reasons import own_reason, own_state_word
from kypek_sync.seminar.rulings import Ruling, Word, still_wished
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar, session

START = NOON + timedelta(days=30)
"""When the first session of the builders' seminar begins: Wednesday, 2 December 2026, 14:00 in Greece."""
EL = speaker("el")
NAMES = ("anna", "vasilis", "chara", "dora", "eleni")


def at(left: timedelta, **changes: object) -> Clock:
    """A clock so long before the start."""
    return replace(Clock(START - left), **changes)  # type: ignore[arg-type]


def ground(clock: Clock | None, *rulings: Ruling, **changes: object) -> Ground:
    plain = Ground({one: person(one) for one in NAMES}, UNITS, START, b"an invented key", clock=clock)
    return replace(plain, rulings={one.login: one for one in rulings}, **changes)  # type: ignore[arg-type]


def told(*granted: str, waiting: tuple[str, ...] = ()) -> dict[str, Seat]:
    found = {one: seat(one, SeatState.GRANTED) for one in granted}
    return found | {one: seat(one, SeatState.WAITING, place=n + 1) for n, one in enumerate(waiting)}


def by(those: tuple[Seat, ...]) -> dict[str, Seat]:
    return {one.login: one for one in those}


def states(those: tuple[Seat, ...]) -> dict[str, str]:
    return {s.login: s.state.value + (str(s.place) if s.place else "") for s in those}


def says(login: str, word: Word, moment: datetime) -> Ruling:
    return Ruling("EKFE-26-01", login, f"p-{login}", word, "", moment)


def standing(*logins: str) -> list[Application]:
    return [application(one, n) for n, one in enumerate(logins)]


def offered(left: timedelta = timedelta(days=4)) -> dict[str, Seat]:
    """One seat, free for chara, offered to her; dora waits behind."""
    return by(decide(seminar(capacity=1), standing("chara", "dora"), told(waiting=("chara", "dora")), ground(at(left))))


def test_until_a_week_before_the_start_who_waits_moves_up_at_once() -> None:
    before = told("anna", waiting=("chara", "dora"))
    made = decide(seminar(capacity=1), standing("chara", "dora"), before, ground(at(timedelta(days=7, seconds=1))))
    assert states(made) == {"anna": "withdrawn", "chara": "granted", "dora": "waiting1"}


def test_from_a_week_before_the_start_it_is_offered_and_taken_by_nobody_else() -> None:
    made = offered(timedelta(days=7))
    assert {one: s.state for one, s in made.items()} == {"chara": SeatState.OFFERED, "dora": SeatState.WAITING}
    again = decide(
        seminar(capacity=1), standing("chara", "dora", "eleni"), made, ground(at(timedelta(days=6, hours=23)))
    )
    assert states(again) == {"chara": "offered", "dora": "waiting1", "eleni": "waiting2"}
    assert own_state_word(SeatState.OFFERED, EL) == "σας προσφέρεται θέση"
    assert own_reason(made["chara"], EL).startswith("Ελευθερώθηκε θέση και προσφέρεται έως 27/11/2026 14:00")


def test_who_applies_while_a_seat_is_free_and_nobody_waits_has_it() -> None:
    assert states(decide(seminar(), standing("anna"), {}, ground(at(timedelta(days=1))))) == {"anna": "granted"}


@pytest.mark.parametrize(
    ("left", "lasts"),
    [
        (timedelta(days=7), timedelta(hours=48)),
        (timedelta(days=4), timedelta(hours=48)),
        (timedelta(days=2), timedelta(hours=24)),
        (timedelta(hours=6), timedelta(hours=3)),
        (timedelta(minutes=20), timedelta(minutes=10)),
    ],
)
def test_an_offer_is_the_shorter_the_nearer_the_start(left: timedelta, lasts: timedelta) -> None:
    it, clock = offered(left)["chara"], at(left)
    assert stands_until(it, seminar(), clock) == clock.now + lasts


@pytest.mark.parametrize(
    ("left", "ends"),
    [
        (timedelta(days=3, hours=8), "01/12 09:00"),  # made at six, 80 hours before: it would end at 22:00
        (timedelta(days=1, hours=8), "02/12 09:00"),  # made at 06:00, 32 hours before: it would end at 22:00
        (timedelta(hours=26), "02/12 09:00"),  # it would end at one in the morning
    ],
)
def test_no_offer_ends_in_the_night(left: timedelta, ends: str) -> None:
    until = stands_until(offered(left)["chara"], seminar(), at(left))
    assert until is not None
    assert f"{local(until):%d/%m %H:%M}" == ends


def test_where_the_morning_would_be_too_late_it_ends_in_the_night_all_the_same() -> None:
    early = seminar(capacity=1, sessions=(session(starts=datetime(2026, 12, 2, 6, 30, tzinfo=UTC)),))  # 08:30
    clock = Clock(datetime(2026, 12, 1, 18, 30, tzinfo=UTC))
    made = by(decide(early, standing("chara"), told(waiting=("chara",)), ground(clock)))
    assert stands_until(made["chara"], early, clock) == datetime(2026, 12, 2, 0, 30, tzinfo=UTC)


def test_the_night_in_which_clocks_go_back_is_a_night_as_any() -> None:
    """On 25 October 2026 the hour from three to four comes twice; nine in the morning is seven by UTC, not six."""
    late = seminar(capacity=1, sessions=(session(starts=datetime(2026, 10, 25, 15, 0, tzinfo=UTC)),))
    clock = Clock(datetime(2026, 10, 24, 10, 0, tzinfo=UTC))  # 29 hours before: it would end at half past three
    early = seat("chara", SeatState.WAITING, place=1)
    found = by(decide(late, [replace(application("chara"), at=clock.now)], {"chara": early}, ground(clock)))
    assert stands_until(found["chara"], late, clock) == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


def test_who_accepts_has_the_seat_for_good() -> None:
    before = offered()
    yes = says("chara", Word.ACCEPT, START - timedelta(days=3))
    made = by(decide(seminar(capacity=1), standing("chara", "dora"), before, ground(at(timedelta(days=3)), yes)))
    assert (made["chara"].state, made["chara"].rule) == (SeatState.GRANTED, "offer-accepted")
    assert "έγινε αποδεκτή στις 29/11/2026 14:00" in own_reason(made["chara"], EL)
    assert states(decide(seminar(capacity=1), standing("chara", "dora"), made, ground(at(-timedelta(days=1))))) == {
        "chara": "granted",
        "dora": "waiting1",
    }


def test_silence_passes_it_on_and_is_not_asked_again() -> None:
    before = offered()
    after = timedelta(days=2)
    on = ground(at(after + timedelta(seconds=1)))
    still = by(decide(seminar(capacity=1), standing("chara", "dora"), before, on))
    assert still["chara"].state is SeatState.OFFERED
    passed = by(decide(seminar(capacity=1), standing("chara", "dora"), before, ground(at(after))))
    assert {one: s.state for one, s in passed.items()} == {"chara": SeatState.WAITING, "dora": SeatState.OFFERED}
    assert passed["chara"].rule == "offer-lapsed"
    assert "δεν δόθηκε εγκαίρως απάντηση" in own_reason(passed["chara"], EL)
    alone = by(decide(seminar(capacity=2), standing("chara"), passed, ground(at(after))))
    assert (alone["chara"].state, alone["chara"].rule, alone["chara"].place) == (SeatState.WAITING, "offer-lapsed", 1)


def test_who_let_one_pass_and_asks_again_is_offered_the_next_that_is_free() -> None:
    passed = by(decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(at(timedelta(days=2)))))
    again = says("chara", Word.ASK_AGAIN, START - timedelta(days=2))
    on = ground(at(timedelta(days=1, hours=23)), again)
    waits = by(decide(seminar(capacity=1), standing("chara", "dora", "eleni"), passed, on))
    assert states(tuple(waits.values())) == {"chara": "waiting1", "dora": "offered", "eleni": "waiting2"}
    free = by(decide(seminar(capacity=2), standing("chara", "dora", "eleni"), waits, on))
    assert states(tuple(free.values())) == {"chara": "offered", "dora": "offered", "eleni": "waiting1"}


def test_an_old_wish_to_be_asked_again_is_no_answer_to_the_next_offer() -> None:
    passed = by(decide(seminar(capacity=1), standing("chara"), offered(), ground(at(timedelta(days=2)))))
    again = says("chara", Word.ASK_AGAIN, START - timedelta(days=2))
    second = by(decide(seminar(capacity=1), standing("chara"), passed, ground(at(timedelta(days=1)), again)))
    assert second["chara"].state is SeatState.OFFERED
    third = by(decide(seminar(capacity=1), standing("chara"), second, ground(at(timedelta(minutes=1)), again)))
    assert (third["chara"].state, third["chara"].rule) == (SeatState.WAITING, "offer-lapsed")


def test_an_answer_in_time_that_was_read_late_comes_before_everybody_and_needs_no_second_answer() -> None:
    passed = by(decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(at(timedelta(days=2)))))
    yes = says("chara", Word.ACCEPT, START - timedelta(days=3))
    made = decide(seminar(capacity=2), standing("chara", "dora"), passed, ground(at(timedelta(days=2)), yes))
    assert states(made) == {"chara": "granted", "dora": "offered"}


def test_who_withdraws_gives_it_to_the_next_one() -> None:
    no = says("chara", Word.GIVE_BACK, START - timedelta(days=3))
    made = by(decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(at(timedelta(days=3)), no)))
    assert {one: s.state for one, s in made.items()} == {"chara": SeatState.WITHDRAWN, "dora": SeatState.OFFERED}
    assert "αποσύρθηκε στη σελίδα" in own_reason(made["chara"], EL)


def test_an_officer_gives_it_without_an_answer() -> None:
    by_name = replace(says("chara", Word.GRANT, START - timedelta(days=3)), why="Διδάσκει το ίδιο μάθημα.")
    made = by(decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(at(timedelta(days=3)), by_name)))
    assert (made["chara"].state, made["chara"].rule) == (SeatState.GRANTED, "granted-by-name")


def test_once_it_has_begun_nobody_moves_up_and_nobody_behind_them_either() -> None:
    before = told("anna", waiting=("chara", "dora"))
    on = ground(at(timedelta(0)))
    made = by(decide(seminar(capacity=1), standing("chara", "dora", "eleni"), before, on))
    assert states(tuple(made.values())) == {
        "anna": "withdrawn",
        "chara": "waiting1",
        "dora": "waiting2",
        "eleni": "waiting3",
    }
    assert {made[one].rule for one in ("chara", "dora", "eleni")} == {"begun"}
    assert "έχει αρχίσει" in own_reason(made["chara"], EL)
    by_name = replace(says("dora", Word.GRANT, START), why="Λείπει ένας.")
    granted = decide(seminar(capacity=1), standing("chara", "dora"), made, ground(at(timedelta(0)), by_name))
    assert states(granted)["dora"] == "granted"


def test_an_officer_gives_a_seat_to_who_let_an_offer_pass() -> None:
    """The officer's word comes before every rule: also before the one that asks such people no more."""
    passed = by(decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(at(timedelta(days=2)))))
    by_name = replace(says("chara", Word.GRANT, START - timedelta(days=2)), why="Τηλεφώνησε.")
    on = ground(at(timedelta(days=1, hours=12)), by_name)
    waits = by(decide(seminar(capacity=1), standing("chara", "dora"), passed, on))
    assert states(tuple(waits.values())) == {"chara": "waiting1", "dora": "offered"}  # no seat is made by it
    made = by(decide(seminar(capacity=2), standing("chara", "dora"), passed, on))
    assert (made["chara"].state, made["chara"].rule) == (SeatState.GRANTED, "granted-by-name")
    assert made["dora"].state is SeatState.OFFERED


def test_where_parts_share_the_seats_the_one_that_has_begun_keeps_nobody_of_another_waiting() -> None:
    parts = (Part("a", "πρωινό"), Part("b", "απογευματινό"))
    sessions = (session(1, START - timedelta(days=20), part="a"), session(2, part="b"))
    it = seminar(capacity=1, parts=parts, sessions=sessions)
    those = [replace(one, part=part) for one, part in zip(standing("chara", "dora", "eleni"), "aba", strict=True)]
    before = {
        login: replace(one, part=part)
        for (login, one), part in zip(told(waiting=("chara", "dora", "eleni")).items(), "aba", strict=True)
    }
    on = ground(at(timedelta(days=3)))
    made = by(decide(it, those, before, on))
    assert states(tuple(made.values())) == {"chara": "waiting1", "dora": "offered", "eleni": "waiting2"}
    assert made["chara"].rule == "capacity"  # by now there is none that she could have had
    assert by(decide(it, those, made, on)) == made
    free = by(decide(replace(it, capacity=2), those, made, on))
    assert (free["chara"].rule, free["eleni"].rule, free["dora"]) == ("begun", "begun", made["dora"])


def test_an_open_offer_ends_with_the_start() -> None:
    made = by(decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(at(timedelta(0)))))
    assert {one: (s.state, s.rule) for one, s in made.items()} == {
        "chara": (SeatState.WAITING, "offer-lapsed"),
        "dora": (SeatState.WAITING, "begun"),
    }


def test_the_time_of_an_offer_begins_with_its_letter() -> None:
    it, made = seminar(capacity=1), offered()["chara"]
    unsent = at(timedelta(days=1), letters={"chara": None})
    assert stands_until(made, it, unsent) == START
    late = at(timedelta(days=2), letters={"chara": START - timedelta(days=3)})
    assert stands_until(made, it, late) == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # and not at two in the night
    in_time = at(timedelta(days=2), letters={"chara": START - timedelta(days=4)})
    assert stands_until(made, it, in_time) == START - timedelta(days=2)


def test_while_the_seminar_is_paused_the_clock_stands_still() -> None:
    made = offered()["chara"]
    day = (START - timedelta(days=3), START - timedelta(days=2))
    before_it = (START - timedelta(days=9), START - timedelta(days=8))
    assert stands_until(made, seminar(), at(timedelta(days=1), stopped=(before_it, day))) == START - timedelta(days=1)


def test_a_pause_moves_the_end_of_an_offer_into_no_night() -> None:
    made = offered()["chara"]
    evening = (START - timedelta(days=3), START - timedelta(days=2, hours=13))
    assert stands_until(made, seminar(), at(timedelta(days=1), stopped=(evening,))) == datetime(
        2026, 12, 1, 7, 0, tzinfo=UTC
    )  # and not at one in the night


def test_a_seminar_whose_dates_were_taken_away_leaves_open_offers_their_time() -> None:
    made, undated = offered()["chara"], seminar(capacity=1, sessions=())
    assert stands_until(made, undated, at(timedelta(days=3))) == START - timedelta(days=2)
    assert stands_until(made, undated, at(timedelta(days=3), letters={"chara": None})) is None
    still = decide(undated, standing("chara"), {"chara": made}, ground(at(timedelta(0), letters={"chara": None})))
    assert states(still) == {"chara": "offered"}


def test_where_seats_are_not_offered_any_more_who_was_offered_one_has_it() -> None:
    made = decide(seminar(capacity=1), standing("chara", "dora"), offered(), ground(None))
    assert states(made) == {"chara": "granted", "dora": "waiting1"}
    assert own_reason(made[0], EL) == "Ελευθερώθηκε θέση."


def test_a_cancelled_seminar_or_part_offers_nothing() -> None:
    off = seminar(capacity=1, status=Status.CANCELLED)
    assert states(decide(off, standing("chara"), offered(), ground(at(timedelta(days=3)))))["chara"] == "refused"
    parts = (Part("a", "πρωινό", status=Status.CANCELLED), Part("b", "απογευματινό"))
    before = {"chara": replace(offered()["chara"], part="a")}
    mine = [replace(application("chara"), part="a")]
    made = decide(seminar(capacity=1, parts=parts), mine, before, ground(at(timedelta(days=3))))
    assert made[0].rule == "part-cancelled"


def test_the_start_is_that_of_the_part() -> None:
    morning = session(1, START - timedelta(days=20), part="a")
    off = session(2, START - timedelta(days=25), part="b", status=Status.CANCELLED)
    it = seminar(sessions=(morning, off, session(3, part="b"), session(4, START + timedelta(days=1))))
    clock = at(timedelta(days=9))
    assert [phase(it, part, clock) for part in ("a", "b")] == [Phase.OVER, Phase.AT_ONCE]
    assert phase(it, "b", at(timedelta(days=9), terms=Terms(before=timedelta(days=10)))) is Phase.OFFERS


def test_where_it_is_unsure_whose_a_login_is_an_offer_stands() -> None:
    before = offered()
    gone_by = ground(at(timedelta(0)), says("chara", Word.GIVE_BACK, START), unsure={"chara"})
    assert by(decide(seminar(capacity=1), standing("chara"), before, gone_by))["chara"] == before["chara"]
    without = by(decide(seminar(capacity=1), standing("dora"), before, gone_by))
    assert without["chara"] == before["chara"]
    assert without["dora"].state is SeatState.WAITING


def test_who_has_left_the_directory_and_is_in_doubt_is_offered_nothing() -> None:
    before = told(waiting=("chara", "dora"))
    made = decide(
        seminar(capacity=1), standing("chara", "dora"), before, ground(at(timedelta(days=3)), doubted={"chara"})
    )
    assert states(made) == {"chara": "waiting1", "dora": "offered"}
    passed = by(decide(seminar(capacity=1), standing("chara"), offered(), ground(at(timedelta(days=2)))))
    again = says("chara", Word.ASK_AGAIN, START - timedelta(days=2))
    doubted = decide(
        seminar(capacity=1), standing("chara"), passed, ground(at(timedelta(days=1)), again, doubted={"chara"})
    )
    assert states(doubted)["chara"] == "waiting1"


def test_who_withdrew_and_applies_anew_is_judged_by_the_new_moment_alone() -> None:
    old, new = application("chara", 0), replace(application("chara", 90), system="moodle")
    gone = says("chara", Word.GIVE_BACK, NOON + timedelta(minutes=60))
    other = application("dora", 0)
    assert still_wished([old, new, other], [gone]) == (new, other)
    assert still_wished([old, other], [gone]) == (old, other)
    refused = replace(gone, word=Word.REFUSE)
    assert still_wished([old, new], [refused]) == (old, new)
    assert still_wished([old, new], [replace(gone, word=Word.ACCEPT)]) == (old, new)


EVENTS = st.one_of(
    st.tuples(st.just("apply"), st.sampled_from(NAMES)),
    st.tuples(st.just("leave"), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from([Word.ACCEPT, Word.GIVE_BACK, Word.ASK_AGAIN, Word.GRANT]), st.sampled_from(NAMES)),
    st.tuples(st.just("seats"), st.integers(0, 4)),
    st.tuples(st.just("hours"), st.integers(0, 60)),
)


@given(st.integers(0, 3), st.integers(0, 12), st.lists(EVENTS, max_size=30))
def test_in_every_story_there_are_never_more_seats_than_there_are_and_nobody_is_passed_over(
    capacity: int, days: int, story: list[tuple[object, object]]
) -> None:
    """The invariants of seats with offers, over stories of people, officers and time."""
    now = START - timedelta(days=days)
    it: Seminar = seminar(capacity=capacity)
    wishes: dict[str, Application] = {}
    rulings: dict[str, Ruling] = {}
    before: dict[str, Seat] = {}
    for what, whom in story:
        now += timedelta(minutes=5)
        if what == "apply":
            wishes.setdefault(str(whom), replace(application(str(whom)), at=now))
        elif what == "leave":
            wishes.pop(str(whom), None)
        elif what == "seats":
            it = replace(it, capacity=int(str(whom)))
        elif what == "hours":
            now += timedelta(hours=int(str(whom)))
        else:
            rulings[str(whom)] = says(str(whom), Word(str(what)), now)
        mine = {one: r for one, r in rulings.items() if one in wishes and r.about(wishes[one])}
        on = replace(ground(Clock(now)), watermark=now, rulings=mine)
        made = by(decide(it, wishes.values(), before, on))
        held = {one for one, s in made.items() if s.state in (SeatState.GRANTED, SeatState.OFFERED)}
        kept = {one for one in held if one in before and before[one].state in (SeatState.GRANTED, SeatState.OFFERED)}
        assert len(held) <= max(it.capacity or 0, len(kept))
        for one, earlier in before.items():
            if one in wishes and earlier.state is SeatState.GRANTED and not (one in mine and mine[one].word.takes):
                assert made[one].state is SeatState.GRANTED  # a told seat is never displaced
        fresh = {one for one in held - kept if one not in before or before[one].state is not SeatState.WAITING}
        if fresh - mine.keys():  # somebody new got a seat: then nobody who waits for one was passed over
            assert not [one for one, s in made.items() if s.state is SeatState.WAITING and s.rule != "offer-lapsed"]
        again = by(decide(it, wishes.values(), made, on))
        assert {one: (s.state, s.place) for one, s in again.items()} == {
            one: (s.state, s.place) for one, s in made.items()
        }
        before = made
