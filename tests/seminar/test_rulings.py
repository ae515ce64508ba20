"""What officers decide by name: before every rule, and never a seat more than there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import Application, Part, Seat, SeatState, Status
from kypek_sync.seminar.reasons import reason
from kypek_sync.seminar.rulings import Ruling, Word, ruled
from kypek_sync.seminar.seats import Ground, decide, seats_granted
from tests.seminar.builders import NOON, UNITS, application, audience, person, seat, seminar

LATER = NOON + timedelta(days=1)


def ruling(login: str, word: Word = Word.GRANT, **changes: object) -> Ruling:
    plain = Ruling("EKFE-26-01", login, f"p-{login}", word, "Διδάσκει το ίδιο μάθημα.", LATER)
    return replace(plain, **changes)  # type: ignore[arg-type]


def ground(people: list[str], *rulings: Ruling, **changes: object) -> Ground:
    plain = Ground({one: person(one) for one in people}, UNITS, LATER, b"an invented key")
    return replace(plain, rulings={one.login: one for one in rulings}, **changes)  # type: ignore[arg-type]


def states(seats: tuple[Seat, ...]) -> dict[str, str]:
    return {s.login: s.state.value + (str(s.place) if s.place else "") for s in seats}


def test_who_is_granted_a_seat_by_name_gets_the_next_that_is_free() -> None:
    applications = [application(login, minutes) for minutes, login in enumerate(("anna", "vasilis", "chara"))]
    made = decide(seminar(capacity=1), applications, {}, ground(["anna", "vasilis", "chara"], ruling("chara")))
    assert states(made) == {"anna": "waiting1", "chara": "granted", "vasilis": "waiting2"}
    assert made[1].rule == "granted-by-name"


def test_they_go_before_those_who_were_told_to_wait() -> None:
    before = {
        "anna": seat("anna", SeatState.GRANTED),
        "vasilis": seat("vasilis", SeatState.WAITING, place=1),
    }
    applications = [application("vasilis", 1), application("chara", 2)]
    made = decide(seminar(capacity=1), applications, before, ground(["vasilis", "chara"], ruling("chara")))
    assert states(made) == {"anna": "withdrawn", "chara": "granted", "vasilis": "waiting1"}


def test_nobody_loses_a_seat_by_it_and_no_seat_is_made() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "vasilis": seat("vasilis", SeatState.WAITING, place=1)}
    applications = [application(login, n) for n, login in enumerate(("anna", "vasilis", "chara"))]
    made = decide(seminar(capacity=1), applications, before, ground(["anna", "vasilis", "chara"], ruling("chara")))
    assert states(made) == {"anna": "granted", "chara": "waiting1", "vasilis": "waiting2"}


def test_neither_the_audience_nor_the_window_nor_the_directory_stands_in_their_way() -> None:
    it = seminar(audience=audience(specialties=("ΠΕ04",)), registration_closes=NOON - timedelta(days=1))
    made = decide(it, [application("stranger", 5)], {}, ground([], ruling("stranger"), watermark=None))
    assert states(made) == {"stranger": "granted"}


def test_a_cancelled_seminar_has_no_seat_for_them_either() -> None:
    made = decide(seminar(status=Status.CANCELLED), [application("anna")], {}, ground(["anna"], ruling("anna")))
    assert (made[0].state, made[0].rule) == (SeatState.REFUSED, "seminar-cancelled")


def test_who_has_left_the_directory_gets_nothing_by_it() -> None:
    on = ground(["anna"], ruling("anna"), gone={"anna": ()})
    assert states(decide(seminar(), [application("anna")], {}, on)) == {"anna": "under-identification"}


def test_under_a_login_of_which_it_is_unsure_whose_it_is_no_ruling_counts() -> None:
    before = {"anna": seat("anna", SeatState.WAITING, place=1), "dora": seat("dora", SeatState.GRANTED)}
    on = ground(["anna", "dora"], ruling("anna", Word.REFUSE), ruling("dora", Word.REFUSE), unsure={"anna", "dora"})
    made = decide(seminar(capacity=2), [application("anna"), application("dora")], before, on)
    assert states(made) == {"anna": "waiting1", "dora": "granted"}


def test_a_refusal_takes_even_a_granted_seat_and_the_next_one_moves_up() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "chara": seat("chara", SeatState.WAITING, place=1)}
    applications = [application("anna"), application("chara")]
    on = ground(["anna", "chara"], ruling("anna", Word.REFUSE))
    made = decide(seminar(capacity=1), applications, before, on)
    assert states(made) == {"anna": "refused", "chara": "granted"}


def test_a_seat_that_is_passed_on_goes_to_the_colleague_and_not_to_the_first_in_the_queue() -> None:
    before = {
        "anna": seat("anna", SeatState.GRANTED),
        "vasilis": seat("vasilis", SeatState.WAITING, place=1),
        "chara": seat("chara", SeatState.WAITING, place=2),
    }
    applications = [application(login, n) for n, login in enumerate(("anna", "vasilis", "chara"))]
    on = ground(["anna", "vasilis", "chara"], ruling("anna", Word.HAND_ON), ruling("chara"))
    made = decide(seminar(capacity=1), applications, before, on)
    assert states(made) == {"anna": "withdrawn", "chara": "granted", "vasilis": "waiting1"}
    assert made[0].rule == "seat-handed-on"


def test_of_a_seminar_in_parts_they_get_a_seat_of_the_part_they_applied_for() -> None:
    it = seminar(capacity=2, parts=(Part("am", "πρωινό", 1), Part("pm", "απογευματινό", 1)))
    applications = [application("anna", 0, part="am"), application("chara", 1, part="am")]
    made = {s.login: s for s in decide(it, applications, {}, ground(["anna", "chara"], ruling("chara")))}
    assert (made["chara"].state, made["chara"].part) == (SeatState.GRANTED, "am")
    assert dict(made["chara"].facts) == {"number": "1", "capacity": "1", "part": "πρωινό", "why": ruling("x").why}
    assert made["anna"].state is SeatState.WAITING


def test_the_reason_is_told_in_greek() -> None:
    for word, rule in ((Word.REFUSE, "δεν δέχτηκε"), (Word.HAND_ON, "σε συνάδελφο"), (Word.GRANT, "ονομαστικά")):
        made = decide(seminar(), [application("anna")], {}, ground(["anna"], ruling("anna", word)))
        assert rule in reason(made[0], speaker("el"))
        assert "Διδάσκει το ίδιο μάθημα." in reason(made[0], speaker("el"))


def test_the_latest_ruling_about_a_person_counts_under_whatever_login() -> None:
    first = ruling("anna.old", Word.GRANT, person="p1", at=NOON)
    last = ruling("anna", Word.REFUSE, person="p1", at=NOON + timedelta(hours=1))
    found = ruled([application("anna", person="p1"), application("dora")], [last, first])
    assert found == {"anna": last}


def test_a_login_that_another_person_has_by_now_is_not_enough() -> None:
    assert ruled([application("anna", person="p2")], [ruling("anna", person="p1")]) == {}


def test_a_ruling_about_somebody_whom_the_directory_did_not_know_holds_by_login() -> None:
    vouched = ruling("anna", person="")
    assert ruled([application("anna", person="p1")], [vouched]) == {"anna": vouched}
    assert ruled([application("anna", person="")], [ruling("anna", person="p1")]) != {}


def test_who_gave_the_seat_back_and_applies_anew_is_judged_anew_unless_refused() -> None:
    for word in Word:
        once = ruling("anna", word, at=NOON)
        assert ruled([application("anna", 0)], [once]) == {"anna": once}
        assert ruled([application("anna", 1)], [once]) == ({"anna": once} if word is Word.REFUSE else {})


NAMES = [f"t{n}" for n in range(8)]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Application], dict[str, Seat], dict[str, Ruling], int]:
    applications = [
        application(one, draw(st.integers(0, 3))) for one in draw(st.lists(st.sampled_from(NAMES), unique=True))
    ]
    told = draw(st.lists(st.sampled_from(NAMES), unique=True))
    granted = told[: draw(st.integers(0, len(told)))]
    before = {one: seat(one, SeatState.GRANTED) for one in granted}
    before |= {one: seat(one, SeatState.WAITING, place=n + 1) for n, one in enumerate(told[len(granted) :])}
    words = draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Word))))
    return applications, before, {one: ruling(one, word) for one, word in words.items()}, draw(st.integers(0, 6))


@given(cases())
def test_no_ruling_gives_more_seats_than_there_are_and_every_one_is_kept_to(
    case: tuple[list[Application], dict[str, Seat], dict[str, Ruling], int],
) -> None:
    applications, before, rulings, capacity = case
    on = ground(NAMES, *rulings.values())
    made = {s.login: s for s in decide(seminar(capacity=capacity), applications, before, on)}
    taken = {one for one, said in rulings.items() if said.word.takes}
    by_name = {one for one, said in rulings.items() if said.word is Word.GRANT}
    stand = {a.login for a in applications}
    kept = sum(s.state is SeatState.GRANTED and one in stand - taken for one, s in before.items())
    assert len(seats_granted(made.values())) <= max(capacity, kept)
    for one in stand & taken:
        assert made[one].state in (SeatState.REFUSED, SeatState.WITHDRAWN)
    waits_by_name = [s for one, s in made.items() if one in by_name and s.state is SeatState.WAITING]
    if waits_by_name:  # then no seat went to anybody who had none before and no ruling
        fresh = {one for one, s in made.items() if s.state is SeatState.GRANTED} - before.keys() - by_name
        assert not fresh
    again = decide(seminar(capacity=capacity), applications, made, on)
    assert {s.login: (s.state, s.place) for s in again} == {one: (s.state, s.place) for one, s in made.items()}


@given(
    cases(),
    st.sets(st.sampled_from(NAMES)),
    st.sets(st.sampled_from(NAMES)),
    st.sets(st.sampled_from(NAMES)),
    st.integers(0, 4),
)
def test_in_parts_too_and_nothing_moves_under_a_login_in_doubt(
    case: tuple[list[Application], dict[str, Seat], dict[str, Ruling], int],
    mornings: set[str],
    unsure: set[str],
    gone: set[str],
    am: int,
) -> None:
    plain, before, rulings, capacity = case
    it = seminar(capacity=capacity, parts=(Part("am", "πρωινό", am), Part("pm", "απογευματινό")))

    def part(login: str) -> str:
        return "am" if login in mornings else "pm"

    applications = [replace(one, part=part(one.login)) for one in plain]
    before = {login: replace(one, part=part(login)) for login, one in before.items()}
    on = ground(NAMES, *rulings.values(), unsure=unsure, gone=dict.fromkeys(gone, ()))
    made = {s.login: s for s in decide(it, applications, before, on)}
    had = {login for login, one in before.items() if one.state is SeatState.GRANTED}
    have = {one.login for one in seats_granted(made.values())}
    assert len(have) <= max(capacity, len(had & have))
    assert len(have & mornings) <= max(am, len(had & have & mornings))
    for login in unsure & made.keys() & before.keys():
        assert made[login].state is before[login].state
    assert not (have - had) & (unsure | gone)
    for login in had & {one.login for one in applications} - unsure - gone - rulings.keys():
        assert login in have
    again = decide(it, applications, made, on)
    assert {s.login: s.state for s in again} == {login: s.state for login, s in made.items()}
