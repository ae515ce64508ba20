"""Several seminars of one pass, where nobody is to have two seats at the same hours unasked (pure)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import HELD, Application, Seat, SeatState, Seminar, Stance
from kypek_sync.seminar.clashes import clashes
from kypek_sync.seminar.objections import Objection, edition_before
from kypek_sync.seminar.offers import Clock, Terms
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground
from kypek_sync.seminar.together import Pending, Place, Together, meeting
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar, session

DAY = NOON + timedelta(days=30)
PEOPLE = {login: person(login) for login in ("anna", "nikos", "eleni", "yannis")}
Seats = Mapping[str, Mapping[str, Seat]]


def at(code: str, hour: float, capacity: int | None = 1, length: float = 2) -> Seminar:
    """A seminar of one session that begins so many hours after another."""
    return seminar(code, sessions=(session(starts=DAY + timedelta(hours=hour), hours=length),), capacity=capacity)


def pending(one: Seminar, *applications: Application, **changes: object) -> Pending:
    before = changes.pop("before", {})
    ground = Ground(PEOPLE, UNITS, NOON + timedelta(hours=5), b"key", clock=Clock(NOON, Terms(None)))
    return Pending(one, applications, before, replace(ground, **changes))  # type: ignore[arg-type]


def decided(
    *those: Pending, fixed: Mapping[str, list[Place]] | None = None, stance: Stance = Stance.REFUSE
) -> dict[str, dict[str, Seat]]:
    return Together({one.seminar.code: one for one in those}, fixed or {}, stance).decide()


def states(found: Seats) -> dict[str, dict[str, str]]:
    return {code: {login: one.state.value for login, one in those.items()} for code, those in found.items()}


def test_of_two_at_the_same_hours_the_earlier_application_counts_whichever_seminar_comes_first() -> None:
    early, late = pending(at("B", 0), application("anna", 1, "B")), pending(at("A", 1), application("anna", 2, "A"))
    wanted = {"A": {"anna": "refused"}, "B": {"anna": "granted"}}
    assert states(decided(early, late)) == states(decided(late, early)) == wanted
    assert "(B)" in dict(decided(early, late)["A"]["anna"].facts)["others"]
    assert states(decided(early, late, stance=Stance.WARN)) == {"A": {"anna": "granted"}, "B": {"anna": "granted"}}
    asked = decided(early, late, stance=Stance.ASK)
    assert states(asked) == {"A": {"anna": "offered"}, "B": {"anna": "granted"}}


def test_the_seat_that_is_refused_goes_to_the_next_and_the_earlier_application_counts_only_if_it_gets_a_seat() -> None:
    full = pending(at("A", 0), application("nikos", 0, "A"), application("anna", 1, "A"))
    other = pending(at("B", 1), application("anna", 2, "B"), application("eleni", 3, "B"))
    assert states(decided(full, other)) == {
        "A": {"nikos": "granted", "anna": "refused"},
        "B": {"anna": "granted", "eleni": "waiting"},
    }
    free = pending(at("A", 0, 2), application("nikos", 0, "A"), application("anna", 1, "A"))
    assert states(decided(free, other)) == {
        "A": {"nikos": "granted", "anna": "granted"},
        "B": {"anna": "refused", "eleni": "granted"},
    }


def test_a_seat_that_was_told_stays_and_what_is_given_back_in_this_pass_hinders_nothing() -> None:
    had = {"anna": seat("anna", SeatState.GRANTED, "B")}
    told = pending(at("B", 0), application("anna", 9, "B"), before=had)
    new = pending(at("A", 1), application("anna", 1, "A"))
    assert states(decided(told, new)) == {"A": {"anna": "refused"}, "B": {"anna": "granted"}}
    left = pending(at("B", 0), before=had)
    assert states(decided(left, new)) == {"A": {"anna": "granted"}, "B": {"anna": "withdrawn"}}
    both = pending(at("A", 1), application("anna", 1, "A"), before={"anna": seat("anna", SeatState.GRANTED, "A")})
    assert states(decided(told, both)) == {"A": {"anna": "granted"}, "B": {"anna": "granted"}}


def test_a_seat_by_name_counts_before_an_earlier_application_and_is_refused_because_of_none() -> None:
    ruling = Ruling("B", "anna", "p-anna", Word.GRANT, "ναι", NOON)
    by_name = pending(at("B", 0), application("anna", 9, "B"), rulings={"anna": ruling})
    new = pending(at("A", 1), application("anna", 1, "A"))
    assert states(decided(by_name, new)) == {"A": {"anna": "refused"}, "B": {"anna": "granted"}}
    elsewhere: dict[str, list[Place]] = {"p-anna": [(at("Z", 1), "")]}
    assert decided(by_name, fixed=elsewhere)["B"]["anna"].rule == "granted-by-name"


def test_a_seat_where_nothing_is_decided_now_counts() -> None:
    new = pending(at("A", 1), application("anna", 1, "A"), application("nikos", 2, "A"))
    found = decided(new, fixed={"p-anna": [(at("Z", 0), "")]})
    assert states(found) == {"A": {"anna": "refused", "nikos": "granted"}}


def test_what_was_asked_stays_asked_and_what_else_speaks_against_it_is_not_forgotten() -> None:
    told = pending(at("B", 0), application("anna", 1, "B"), before={"anna": seat("anna", SeatState.GRANTED, "B")})
    new = pending(at("A", 1), application("anna", 2, "A"))
    first = decided(told, new, stance=Stance.ASK)
    assert states(decided(told, replace(new, before=first["A"]), stance=Stance.ASK))["A"] == {"anna": "offered"}
    edition = edition_before(at("A-0", -9000), Stance.REFUSE)
    assert edition is not None
    both = decided(told, pending(at("A", 1), application("anna", 2, "A"), objections={"anna": edition}))
    assert both["A"]["anna"].state is SeatState.REFUSED


def test_of_whom_it_is_not_known_who_they_are_nothing_is_said() -> None:
    told = pending(at("B", 0), application("anna", 1, "B"), before={"anna": seat("anna", SeatState.GRANTED, "B")})
    waits = {"anna": seat("anna", SeatState.WAITING, "A", place=1)}
    unsure = pending(at("A", 1), application("anna", 2, "A"), before=waits, unsure={"anna"})
    assert states(decided(told, unsure))["A"] == {"anna": "waiting"}


def test_what_was_refused_for_a_seat_that_was_lost_to_a_third_one_is_decided_by_the_next_pass() -> None:
    """Anna's first wish is full until Nikos loses his seat there to his own earlier one; so her second, because of
    which her third was refused, is refused itself."""
    first = pending(at("A", 0), application("nikos", 2, "A"), application("anna", 3, "A"))
    second = pending(at("B", 1), application("anna", 4, "B"))
    third = pending(at("C", 2.5), application("anna", 5, "C"))
    his = pending(at("D", -1), application("nikos", 1, "D"))
    those = (first, second, third, his)
    found = decided(*those)
    assert states(found) == {
        "A": {"nikos": "refused", "anna": "granted"},
        "B": {"anna": "refused"},
        "C": {"anna": "under-review"},
        "D": {"nikos": "granted"},
    }
    assert found["C"]["anna"].rule == "watermark"
    again = decided(*(replace(one, before=found[one.seminar.code]) for one in those))
    assert states(again)["C"] == {"anna": "granted"}


def test_those_are_looked_at_whose_people_have_something_else_at_their_hours() -> None:
    one, two, apart = at("A", 0), at("B", 1), at("C", 9)
    assert meeting({"anna": [(one, ""), (two, ""), (apart, "")], "nikos": [(one, ""), (apart, "")]}) == {"A", "B"}
    assert meeting({"anna": [(one, ""), (apart, "")], "nikos": [(two, ""), (one, "")]}) == {"A", "B"}
    assert meeting({"anna": [(one, ""), (one, "")]}) == frozenset()


CODES = ("A", "B", "C", "D", "E")
HOURS = st.lists(st.integers(0, 5), min_size=5, max_size=5)
WISHES = st.lists(
    st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(CODES), st.integers(0, 6)),
    max_size=20,
    unique_by=lambda wish: wish[:2],
)
TOLD = st.sets(st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(CODES)), max_size=3)


@given(HOURS, WISHES, TOLD, st.integers(1, 2), st.sampled_from((Stance.ASK, Stance.REFUSE)), st.randoms())
def test_always(
    hours: list[int],
    wishes: list[tuple[str, str, int]],
    told: set[tuple[str, str]],
    capacity: int,
    stance: Stance,
    lot: random.Random,
) -> None:
    """Nobody comes to two seats at the same hours unasked, no told seat is lost, no seminar is overfull, the order of
    each is kept, whatever comes first; and with nothing new nothing changes after a few passes."""
    seminars = {code: at(code, hour, capacity) for code, hour in zip(CODES, hours, strict=True)}
    before: dict[str, dict[str, Seat]] = {code: {} for code in CODES}
    for login, code, _ in wishes:
        if (login, code) in told and len(before[code]) < capacity:
            before[code][login] = seat(login, SeatState.GRANTED, code)
    had = {(code, login) for code, those in before.items() for login in those}
    known: Seats = before
    for _ in range(6):
        those = [
            pending(one, *(application(w, n, c) for w, c, n in wishes if c == code), before=known[code])
            for code, one in seminars.items()
        ]
        found = decided(*those, stance=stance)
        mixed = [replace(one, applications=tuple(lot.sample(one.applications, len(one.applications)))) for one in those]
        assert decided(*lot.sample(mixed, len(mixed)), stance=stance) == found
        _holds(seminars, found, had, capacity)
        _keeps_the_order(wishes, found, known)
        had |= {(code, s.login) for code, those in found.items() for s in those.values() if s.state in HELD}
        if found == known:
            return
        known = found
    raise AssertionError(f"not at rest: {states(known)}")


def _holds(seminars: Mapping[str, Seminar], found: Seats, had: set[tuple[str, str]], capacity: int) -> None:
    for code, those in found.items():
        held = [one for one in those.values() if one.state in HELD]
        assert len(held) <= capacity
        assert {login for c, login in had if c == code} <= {one.login for one in held}
        for one in held:
            mine = {c: s[one.login] for c, s in found.items() if one.login in s and s[one.login].state in HELD}
            others = [(seminars[c], "") for c in mine if c != code]
            new = [c for c in mine if (c, one.login) not in had and clashes(seminars[c], "", [(seminars[code], "")])]
            if clashes(seminars[code], "", others) and (code, one.login) not in had:
                assert "asked-because" in dict(one.facts) or all("asked-because" in dict(mine[c].facts) for c in new)


def _keeps_the_order(wishes: list[tuple[str, str, int]], found: Seats, known: Seats) -> None:
    """Whoever waits and is not refused has nobody behind them who came to a seat in this pass."""
    for code, those in found.items():
        moment = {login: minutes for login, c, minutes in wishes if c == code}
        new = [
            s.login
            for s in those.values()
            if s.state in HELD and (s.login not in known[code] or known[code][s.login].state not in HELD)
        ]
        plain = [s.login for s in those.values() if s.state is SeatState.WAITING and s.rule == "capacity"]
        told = {login for login, s in known[code].items() if s.state is SeatState.WAITING}
        for waits in plain:
            for login in new:
                assert login in told or waits in told or moment[login] <= moment[waits]


def test_an_objection_says_which_facts_a_refusal_and_a_question_have() -> None:
    one = Objection(Stance.ASK, "same-hours", "«Άλλο»")
    assert one.facts == (("others", "«Άλλο»"),)
    assert one.question == (("asked-because", "same-hours"), ("others", "«Άλλο»"))
