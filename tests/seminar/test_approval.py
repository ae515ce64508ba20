"""Seats that an officer approves one by one: kept meanwhile, passed on by silence only to somebody who is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import HELD, Application, Audience, Group, Part, Reserved, Seat, SeatState, Seminar, Status, Trait
from kypek_sync.seminar.approval import ASKED, NOT_APPROVED, Watch, kept_until
from kypek_sync.seminar.choosing_words import choosing_lines
from kypek_sync.seminar.offers import UNTIL, Clock
from kypek_sync.seminar.reasons import own_reason, own_state_word, reason
from kypek_sync.seminar.rulings import Ruling, Word, ruled
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar

START = NOON + timedelta(days=30)
"""When the first session of the builders' seminar begins: Wednesday, 2 December 2026, 14:00 in Greece."""
DAY = timedelta(days=1)
EL = speaker("el")
NAMES = ("anna", "vasilis", "chara", "dora", "eleni")
UNDER = SeatState.UNDER_APPROVAL


def of(days: int = 4, **changes: Any) -> Seminar:
    return seminar(**{"capacity": 1, "approval": days} | changes)


def ground(now: datetime = NOON, *rulings: Ruling, **changes: Any) -> Ground:
    people = {one: person(one) for one in NAMES}
    plain = Ground(people, UNITS, START, b"an invented key", watch=Watch(now))
    return replace(plain, rulings={one.login: one for one in rulings}, **changes)


def standing(*logins: str) -> list[Application]:
    return [application(one, n) for n, one in enumerate(logins)]


def says(login: str, word: Word, moment: datetime = NOON + DAY, why: str = "") -> Ruling:
    return Ruling("EKFE-26-01", login, f"p-{login}", word, why, moment)


def by(those: Iterable[Seat]) -> dict[str, Seat]:
    return {one.login: one for one in those}


def states(those: Iterable[Seat]) -> dict[str, str]:
    return {s.login: s.state.value + (str(s.place) if s.place else "") for s in those}


def decided(what: Seminar, names: tuple[str, ...], before: dict[str, Seat], known: Ground) -> dict[str, Seat]:
    return by(decide(what, standing(*names), before, known))


def asked(*names: str, what: Seminar | None = None) -> dict[str, Seat]:
    """The seats when the first of those is asked about, at noon."""
    return decided(what or of(), names, {}, ground())


def lost() -> dict[str, Seat]:
    """Nobody said a word about anna in time, and the seat is kept for vasilis; chara waits behind."""
    return decided(of(), ("anna", "vasilis", "chara"), asked("anna", "vasilis", "chara"), ground(NOON + 4 * DAY))


def test_only_who_would_get_a_seat_is_asked_about_and_it_is_kept_for_them() -> None:
    made = asked("anna", "vasilis", "chara")
    assert states(made.values()) == {"anna": "under-approval", "chara": "waiting2", "vasilis": "waiting1"}
    assert own_state_word(UNDER, EL) == "η αίτησή σας περιμένει έγκριση"
    assert own_reason(made["anna"], EL) == (
        "Κρατείται μία θέση για την αίτηση ώσπου να την εγκρίνει η δομή. Χωρίς έγκριση έως 06/11/2026 14:00 η θέση "
        "μπορεί να δοθεί στο επόμενο άτομο της λίστας."
    )
    assert reason(made["vasilis"], EL) == "Η 1 θέση έχει δοθεί· η σειρά στη λίστα αναμονής είναι 1."
    again = decided(of(), ("anna", "vasilis", "chara"), made, ground(NOON + 3 * DAY))
    assert again == made


def test_an_approval_gives_the_seat_with_what_the_officer_wrote() -> None:
    made = decided(of(), ("anna", "vasilis"), asked("anna", "vasilis"), ground(NOON + DAY, says("anna", Word.APPROVE)))
    assert states(made.values()) == {"anna": "granted", "vasilis": "waiting1"}
    assert reason(made["anna"], EL) == (
        "Η δομή ενέκρινε την αίτηση στις 03/11/2026 14:00. Θέση 1 από 1, με τη σειρά των αιτήσεων."
    )
    assert not {ASKED, UNTIL} & dict(made["anna"].facts).keys()
    yes = says("anna", Word.APPROVE, why="εργαστήριο Φυσικής")
    worded = decided(of(), ("anna",), asked("anna"), ground(NOON + DAY, yes))["anna"]
    assert reason(worded, EL).startswith("Η δομή ενέκρινε την αίτηση στις 03/11/2026 14:00: εργαστήριο Φυσικής. Θέση")
    after = decided(of(), ("anna", "vasilis"), made, ground(NOON + 20 * DAY))
    assert after["anna"] == made["anna"]  # also once the approval is taken back: it was told


def test_who_is_approved_before_a_seat_is_free_has_the_next_one_at_once() -> None:
    made = decided(of(), ("anna", "vasilis"), asked("anna", "vasilis"), ground(NOON, says("vasilis", Word.APPROVE)))
    assert states(made.values()) == {"anna": "under-approval", "vasilis": "waiting1"}
    freed = decided(of(), ("vasilis",), made, ground(NOON + DAY, says("vasilis", Word.APPROVE)))
    assert states(freed.values()) == {"anna": "withdrawn", "vasilis": "granted"}
    assert reason(freed["vasilis"], EL).startswith("Η δομή ενέκρινε την αίτηση")


def test_a_refusal_by_name_passes_the_seat_on_to_somebody_who_is_asked_about_in_turn() -> None:
    no = says("anna", Word.REFUSE, why="Ήρθατε πέρυσι.")
    made = decided(of(), ("anna", "vasilis", "chara"), asked("anna", "vasilis", "chara"), ground(NOON + DAY, no))
    assert states(made.values()) == {"anna": "refused", "chara": "waiting1", "vasilis": "under-approval"}


def test_a_grant_by_name_is_an_approval() -> None:
    made = decided(of(), ("anna",), asked("anna"), ground(NOON + DAY, says("anna", Word.GRANT, why="Προτεραιότητα")))
    assert (made["anna"].state, made["anna"].rule) == (SeatState.GRANTED, "granted-by-name")
    first = decided(of(), ("anna", "vasilis"), {}, ground(NOON, says("vasilis", Word.GRANT)))
    assert states(first.values()) == {"anna": "waiting1", "vasilis": "granted"}


def test_an_approval_is_about_the_application_that_was_made() -> None:
    yes = says("anna", Word.APPROVE, NOON)
    anew = [application("anna", 5)]
    named = ruled(anew, [yes])
    assert states(decide(of(), anew, {}, ground(NOON + DAY, *named.values()))) == {"anna": "under-approval"}


def test_silence_passes_the_seat_on_and_who_lost_it_keeps_their_place() -> None:
    made = lost()
    assert states(made.values()) == {"anna": "waiting1", "chara": "waiting2", "vasilis": "under-approval"}
    assert made["anna"].rule == NOT_APPROVED
    assert reason(made["anna"], EL) == (
        "Η δομή δεν είχε εγκρίνει την αίτηση έως 06/11/2026 14:00, και η θέση δόθηκε στο επόμενο άτομο της λίστας. Η "
        "σειρά στη λίστα αναμονής είναι 1· μόλις εγκριθεί, ακολουθεί η πρώτη θέση που θα ελευθερωθεί."
    )
    approved = ground(NOON + 5 * DAY, says("anna", Word.APPROVE, NOON + 5 * DAY))
    still = decided(of(), ("anna", "vasilis", "chara"), made, approved)
    assert states(still.values()) == {"anna": "waiting1", "chara": "waiting2", "vasilis": "under-approval"}
    freed = decided(of(), ("anna", "chara"), still, approved)
    assert states(freed.values()) == {"anna": "granted", "chara": "waiting1", "vasilis": "withdrawn"}


def test_where_nobody_else_could_have_the_seat_it_is_kept_however_long_it_takes() -> None:
    made = decided(of(capacity=2), ("anna",), asked("anna", what=of(capacity=2)), ground(NOON + 20 * DAY))
    assert states(made.values()) == {"anna": "under-approval"}
    assert made == asked("anna", what=of(capacity=2))
    newcomer = decided(of(capacity=1), ("anna", "vasilis"), made, ground(NOON + 20 * DAY))
    assert states(newcomer.values()) == {"anna": "waiting1", "vasilis": "under-approval"}


def test_once_all_were_asked_about_nobody_is_asked_in_turns() -> None:
    """anna's time is over for vasilis; then his is over too: the seat stays his, and an approval decides."""
    two = decided(of(), ("anna", "vasilis"), asked("anna", "vasilis"), ground(NOON + 4 * DAY))
    late = decided(of(), ("anna", "vasilis"), two, ground(NOON + 20 * DAY))
    assert states(late.values()) == {"anna": "waiting1", "vasilis": "under-approval"}
    assert late == two
    yes = ground(NOON + 20 * DAY, says("anna", Word.APPROVE, NOON + 20 * DAY))
    assert states(decided(of(), ("anna", "vasilis"), late, yes).values()) == {"anna": "granted", "vasilis": "waiting1"}


def test_who_lost_a_seat_is_asked_about_again_rather_than_that_it_stays_empty() -> None:
    two = decided(of(), ("anna", "vasilis"), asked("anna", "vasilis"), ground(NOON + 4 * DAY))
    freed = decided(of(), ("anna",), two, ground(NOON + 5 * DAY))
    assert states(freed.values()) == {"anna": "under-approval", "vasilis": "withdrawn"}
    assert dict(freed["anna"].facts)[ASKED] == (NOON + 5 * DAY).isoformat()


def test_those_who_lost_a_seat_are_ahead_of_the_others_in_the_order_of_their_applications() -> None:
    one = decided(of(), NAMES, asked(*NAMES), ground(NOON + 4 * DAY))
    two = decided(of(), NAMES, one, ground(NOON + 8 * DAY))
    assert states(two.values()) == {
        "anna": "waiting1",
        "vasilis": "waiting2",
        "chara": "under-approval",
        "dora": "waiting3",
        "eleni": "waiting4",
    }


def test_time_stands_still_while_the_seminar_does() -> None:
    it = asked("anna", "vasilis")["anna"]
    paused = Watch(NOON + 5 * DAY, ((NOON + DAY, NOON + 3 * DAY),))
    assert kept_until(it, of(), paused) == NOON + 6 * DAY
    known = ground(watch=paused)
    assert states(decided(of(), ("anna", "vasilis"), asked("anna", "vasilis"), known).values())["anna"] == (
        "under-approval"
    )


@pytest.mark.parametrize(
    ("left", "days", "lasts"),
    [
        (30 * DAY, 10, 10 * DAY),
        (30 * DAY, 20, 15 * DAY),  # half of what is left before the start
        (2 * DAY, 10, DAY),
        (-DAY, 3, 3 * DAY),  # who applies once it has begun
    ],
)
def test_there_is_time_to_ask_about_others_before_the_start(left: timedelta, days: int, lasts: timedelta) -> None:
    now = START - left
    made = decided(of(days), ("anna",), {}, ground(now))["anna"]
    assert kept_until(made, of(days), Watch(now)) == now + lasts


def test_a_longer_time_in_the_programme_counts_at_once_a_shorter_one_takes_nothing_back() -> None:
    it = asked("anna")["anna"]
    assert kept_until(it, of(10), Watch(NOON)) == NOON + 10 * DAY
    assert kept_until(it, of(1), Watch(NOON)) == NOON + 4 * DAY


def test_without_a_clock_a_seat_is_kept_until_somebody_says_something() -> None:
    timeless = ground(watch=None)
    made = decided(of(), ("anna", "vasilis"), {}, timeless)
    assert reason(made["anna"], EL) == "Κρατείται μία θέση για την αίτηση ώσπου να την εγκρίνει η δομή."
    assert kept_until(made["anna"], of(), Watch(START)) is None
    assert decided(of(), ("anna", "vasilis"), made, ground(START)) == made
    dated = asked("anna", "vasilis")
    assert decided(of(), ("anna", "vasilis"), dated, timeless) == dated


def test_an_approval_that_is_asked_for_later_takes_no_seat_and_one_that_is_not_any_more_gives_them() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "vasilis": seat("vasilis", SeatState.WAITING, place=1)}
    made = decided(of(capacity=2), ("anna", "vasilis"), before, ground())
    assert states(made.values()) == {"anna": "granted", "vasilis": "under-approval"}
    off = decided(of(0, capacity=2), ("anna", "vasilis"), made, ground())
    assert states(off.values()) == {"anna": "granted", "vasilis": "granted"}
    assert off["vasilis"].rule == "capacity"
    waits = decided(of(0), ("anna", "vasilis", "chara"), lost(), ground(NOON + 5 * DAY))
    assert states(waits.values()) == {"anna": "waiting1", "chara": "waiting2", "vasilis": "granted"}
    assert waits["anna"].rule == "capacity"


def test_a_cancelled_seminar_refuses_whoever_waits_for_an_approval() -> None:
    made = decided(of(status=Status.CANCELLED), ("anna",), asked("anna"), ground())
    assert states(made.values()) == {"anna": "refused"}


def test_somebody_who_left_the_audience_is_still_asked_about_and_who_teaches_keeps_what_they_were_told() -> None:
    one = asked("anna", "vasilis")
    other = of(audience=Audience(specialties=("ΠΕ11",)))
    assert decided(other, ("anna", "vasilis"), one, ground())["anna"] == one["anna"]
    for known in (ground(teaching={"anna"}), ground(doubted={"anna"}), ground(unsure={"anna"})):
        assert decided(of(), ("anna", "vasilis"), one, known)["anna"] == one["anna"]
    alone = {"anna": one["anna"]}
    late = ground(NOON + 20 * DAY, teaching={"anna"})
    assert decided(of(), ("anna",), alone, late) == alone


def test_a_place_in_doubt_is_not_asked_about_again_and_stays_what_it_is() -> None:
    made = lost()
    for known in (ground(NOON + 5 * DAY, doubted={"anna"}), ground(NOON + 5 * DAY, unsure={"anna"})):
        freed = decided(of(), ("anna",), {"anna": made["anna"]}, known)
        assert (freed["anna"].state, freed["anna"].rule) == (SeatState.WAITING, NOT_APPROVED)
    given_up = decided(of(), (), {"anna": made["anna"]}, ground(NOON + 5 * DAY, unsure={"anna"}))
    assert (given_up["anna"].state, given_up["anna"].rule) == (SeatState.WAITING, NOT_APPROVED)
    assert states(decided(of(), (), {"anna": made["anna"]}, ground()).values()) == {"anna": "withdrawn"}


# Shortly before the start: who had waited is offered the seat once they are approved.
NEAR = START - 4 * DAY


def near(now: datetime, *rulings: Ruling) -> Ground:
    return ground(now, *rulings, clock=Clock(now))


def promoted() -> dict[str, Seat]:
    waiting = {"chara": seat("chara", SeatState.WAITING, place=1), "dora": seat("dora", SeatState.WAITING, place=2)}
    return decided(of(), ("chara", "dora"), waiting, near(NEAR))


def test_shortly_before_the_start_the_officer_is_asked_first_and_then_the_person() -> None:
    one = promoted()
    assert states(one.values()) == {"chara": "under-approval", "dora": "waiting1"}
    yes = says("chara", Word.APPROVE, NEAR + DAY)
    offered = decided(of(), ("chara", "dora"), one, near(NEAR + DAY, yes))
    assert states(offered.values()) == {"chara": "offered", "dora": "waiting1"}
    will = says("chara", Word.ACCEPT, NEAR + DAY)  # their answer takes the approval's place in the ledger
    taken = decided(of(), ("chara", "dora"), offered, near(NEAR + DAY, will))
    assert states(taken.values()) == {"chara": "granted", "dora": "waiting1"}


def test_who_let_an_offer_pass_and_asks_for_another_need_not_be_approved_twice() -> None:
    yes = says("chara", Word.APPROVE, NEAR + DAY)
    offered = decided(of(), ("chara", "dora"), promoted(), near(NEAR + DAY, yes))
    passed = decided(of(), ("chara", "dora"), offered, near(START - DAY, yes))
    assert states(passed.values()) == {"chara": "waiting1", "dora": "under-approval"}
    again = says("chara", Word.ASK_AGAIN, START - DAY)
    once_more = decided(of(), ("chara",), passed, near(START - DAY, again))
    assert states(once_more.values()) == {"chara": "offered", "dora": "withdrawn"}


def test_who_let_an_offer_pass_that_needed_no_approval_then_needs_one() -> None:
    waiting = {"chara": seat("chara", SeatState.WAITING, place=1)}
    offered = decided(of(0), ("chara",), waiting, near(NEAR))
    passed = decided(of(0), ("chara",), offered, near(START - DAY))
    assert passed["chara"].rule == "offer-lapsed"
    again = says("chara", Word.ASK_AGAIN, START - DAY)
    asks = decided(of(), ("chara",), passed, near(START - DAY, again))
    assert states(asks.values()) == {"chara": "under-approval"}
    approved = says("chara", Word.APPROVE, START - DAY)
    assert states(decided(of(), ("chara",), passed, near(START - DAY, approved)).values()) == {"chara": "offered"}


def test_who_has_waited_and_is_approved_once_it_has_begun_has_the_seat() -> None:
    yes = says("chara", Word.APPROVE, START + DAY)
    made = decided(of(), ("chara", "dora"), promoted(), near(START + DAY, yes))
    assert states(made.values()) == {"chara": "granted", "dora": "waiting1"}


def test_once_it_has_begun_a_seat_under_approval_passes_to_nobody_who_waits() -> None:
    late = decided(of(), ("chara", "dora"), promoted(), near(START + DAY))
    assert states(late.values()) == {"chara": "under-approval", "dora": "waiting1"}
    assert decided(of(), ("chara", "dora"), late, near(START + 2 * DAY)) == late


# With parts, kept seats and a priority.


def test_in_parts_each_has_its_own_seats_and_silence_passes_them_on_within_the_part() -> None:
    halves = of(capacity=None, parts=(Part("proi", "πρωινό", 1), Part("apog", "απογευματινό", 1)))
    where = {"anna": "proi", "vasilis": "apog", "chara": "proi"}
    applications = [application(login, n, part=part) for n, (login, part) in enumerate(where.items())]
    made = by(decide(halves, applications, {}, ground()))
    assert states(made.values()) == {"anna": "under-approval", "chara": "waiting1", "vasilis": "under-approval"}
    late = by(decide(halves, applications, made, ground(NOON + 4 * DAY)))
    assert states(late.values()) == {"anna": "waiting1", "chara": "under-approval", "vasilis": "under-approval"}
    assert late["vasilis"] == made["vasilis"]
    yes = by(decide(halves, applications, late, ground(NOON + 5 * DAY, says("chara", Word.APPROVE, NOON + 5 * DAY))))
    assert reason(yes["chara"], EL) == (
        "Η δομή ενέκρινε την αίτηση στις 07/11/2026 14:00. "
        "Θέση 1 από 1 του τμήματος «πρωινό», με τη σειρά των αιτήσεων."
    )


def test_a_kept_seat_is_kept_for_its_group_and_silence_passes_it_on_only_there() -> None:
    science = Group("ΠΕ04", (Trait(Audience(specialties=("ΠΕ04",))),))
    some = of(capacity=2, reserved=(Reserved(science, 1, START),))
    known = ground()
    people = {**known.people, "anna": replace(known.people["anna"], specialties=("ΠΕ04.01",))}
    names = ("vasilis", "anna", "chara")
    made = by(decide(some, standing(*names), {}, replace(known, people=people, watermark=NOON + DAY)))
    assert states(made.values()) == {"anna": "under-approval", "chara": "waiting1", "vasilis": "under-approval"}
    late = replace(ground(NOON + 5 * DAY), people=people, watermark=NOON + DAY)
    passed = by(decide(some, standing(*names), made, late))
    assert states(passed.values()) == {"anna": "under-approval", "chara": "under-approval", "vasilis": "waiting1"}


def test_with_a_priority_those_who_lost_a_seat_keep_the_order_of_their_groups() -> None:
    first = Group("ΠΕ04", (Trait(Audience(specialties=("ΠΕ04",))),))
    together = of(capacity=2, priority=(first,), decide_at=NOON + DAY)
    known = ground(NOON + DAY)
    people = {one: replace(known.people[one], specialties=("ΠΕ04.01",)) for one in ("vasilis", "dora")}
    known = replace(known, people={**known.people, **people})
    made = by(decide(together, standing(*NAMES), {}, known))
    assert {one for one, it in made.items() if it.state is UNDER} == {"vasilis", "dora"}
    late = by(decide(together, standing(*NAMES), made, replace(known, watch=Watch(NOON + 6 * DAY))))
    assert states(late.values()) == {
        "vasilis": "waiting1",
        "dora": "waiting2",
        "anna": "under-approval",
        "chara": "under-approval",
        "eleni": "waiting3",
    }


def test_the_page_says_that_seats_are_approved() -> None:
    assert choosing_lines(of(10), EL) == ("Κάθε θέση χρειάζεται έγκριση της δομής, εντός 10 ημερών.",)
    assert choosing_lines(of(1), EL) == ("Κάθε θέση χρειάζεται έγκριση της δομής, εντός 1 ημέρας.",)
    assert choosing_lines(of(0), EL) == ()


# Whatever happens.

LOGINS = tuple(f"user{n}" for n in range(6))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("time", "apply", "leave", "approve", "refuse", "seats", "switch")),
        st.integers(0, len(LOGINS) - 1),
    ),
    max_size=25,
)


class Life:
    """A seminar through the weeks: what happens, one pass after another."""

    def __init__(self, capacity: int) -> None:
        self.now, self.capacity, self.days = NOON, capacity, 4
        self.applied: dict[str, Application] = {}
        self.rulings: dict[str, Ruling] = {}
        self.seats: dict[str, Seat] = {}

    def ground(self) -> Ground:
        people = {one: person(one) for one in LOGINS}
        named = ruled(self.applied.values(), self.rulings.values())
        return Ground(people, UNITS, self.now + DAY, b"key", rulings=named, watch=Watch(self.now))

    def step(self, what: str, number: int) -> None:
        login = LOGINS[number]
        self.now += 2 * DAY if what == "time" else timedelta(minutes=1)
        if what == "apply":
            self.applied.setdefault(login, replace(application(login, 0), at=self.now))
        elif what == "leave":
            self.applied.pop(login, None)
        elif what in ("approve", "refuse"):
            self.rulings[login] = says(login, Word(what), self.now)
        elif what == "seats":
            self.capacity += number % 2
        elif what == "switch":
            self.days = 4 - self.days

    def decided(self) -> dict[str, Seat]:
        what = of(self.days, capacity=self.capacity, sessions=())
        return by(decide(what, self.applied.values(), self.seats, self.ground()))


@given(steps=STEPS, capacity=st.integers(1, 3))
@settings(max_examples=300)
def test_never_more_than_there_are_nobody_loses_what_they_have_and_no_seat_lies_idle(
    steps: list[tuple[str, int]], capacity: int
) -> None:
    it = Life(capacity)
    for what, number in steps:
        it.step(what, number)
        before, made = it.seats, it.decided()
        held = [one for one in made.values() if one.state in HELD]
        waiting = [one for one in made.values() if one.state is SeatState.WAITING]
        assert len(held) <= it.capacity
        assert not waiting or len(held) == it.capacity  # an empty seat is kept for somebody as long as anybody waits
        assert sorted(one.place for one in waiting) == list(range(1, len(waiting) + 1))
        for login, one in before.items():
            stands = login in it.applied and it.ground().rulings.get(login, says(login, Word.APPROVE)).word
            if one.state is SeatState.GRANTED and stands is Word.APPROVE:
                assert made[login] == one
        it.seats = made
        assert it.decided() == made  # the same again changes nothing


@given(steps=STEPS, capacity=st.integers(1, 3))
def test_everybody_is_asked_about_in_the_end_though_nobody_ever_answers(
    steps: list[tuple[str, int]], capacity: int
) -> None:
    it = Life(capacity)
    for what, number in steps:
        if what not in ("switch", "approve", "refuse", "leave"):
            it.step(what, number)
            it.seats = it.decided()
    asked_about = {login for login, one in it.seats.items() if ASKED in dict(one.facts)}
    for _ in LOGINS:
        it.now += 5 * DAY
        it.seats = it.decided()
        asked_about |= {login for login, one in it.seats.items() if one.state is UNDER}
    assert asked_about == set(it.applied)
    settled = [it.seats]
    for _ in range(3):
        it.now += 5 * DAY
        it.seats = it.decided()
        settled.append(it.seats)
    assert all(one == other for one, other in pairwise(settled))


@given(order=st.permutations(LOGINS), capacity=st.integers(1, 4), late=st.booleans())
def test_the_same_applications_in_any_order_give_the_same(order: list[str], capacity: int, late: bool) -> None:
    applications = [application(one, n) for n, one in enumerate(LOGINS)]
    it = Life(capacity)
    what = of(capacity=capacity)
    first = by(decide(what, applications, {}, it.ground()))
    it.now += 5 * DAY if late else DAY
    mixed = [applications[LOGINS.index(one)] for one in order]
    known = replace(it.ground(), watermark=START)
    assert decide(what, mixed, first, known) == decide(what, applications, first, known)
