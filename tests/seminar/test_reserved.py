"""Seats that are kept for some until a moment, and then anybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import HELD, Part, Reserved, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.choosing_words import choosing_lines
from kypek_sync.seminar.free_seats import seats_in_all
from kypek_sync.seminar.offers import Clock
from kypek_sync.seminar.priority import veterans
from kypek_sync.seminar.reasons import reason
from kypek_sync.seminar.reserved import RESERVED
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import decide
from tests.seminar.builders import NOON, application, seat, seminar
from tests.seminar.test_priority import AT, LOGINS, NEW, PRIMARY, SCIENCE, WHAT, ground, in_order, states

EL = speaker("el")
EARLY, LATE = NOON + timedelta(hours=2), AT + timedelta(hours=1)
"""Watermarks before and after the moment until which seats are kept."""


def of(*reserved: Reserved, **changes: Any) -> Seminar:
    return seminar(**{"reserved": reserved or (Reserved(SCIENCE, 1, AT),), "capacity": 2} | changes)


def test_a_kept_seat_is_given_to_nobody_else_and_says_so() -> None:
    made = decide(of(), in_order("anna", "dora"), {}, ground("anna", "dora", watermark=EARLY))
    assert states(made) == {"anna": "granted", "dora": "waiting1"}
    assert made[1].rule == RESERVED
    assert reason(made[1], EL) == (
        "Οι ελεύθερες θέσεις κρατούνται έως 03/11/2026 14:00 για: ΠΕ04. Η σειρά στη λίστα αναμονής είναι 1."
    )


def test_who_is_of_the_group_has_it_though_others_wait() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "dora": seat("dora", SeatState.WAITING, place=1)}
    applications = in_order("anna", "dora", "chara")
    made = decide(of(), applications, before, ground("anna", "dora", "chara:ΠΕ04", watermark=EARLY))
    assert states(made) == {"anna": "granted", "chara": "granted", "dora": "waiting1"}
    assert (
        reason(made[1], EL) == "Θέση 2 από 2, με τη σειρά των αιτήσεων. Είναι από τις θέσεις που κρατούνται για: ΠΕ04."
    )
    assert made[2].rule == "capacity"


def test_the_group_takes_its_own_seats_first_and_then_those_of_everybody() -> None:
    people = ("anna:ΠΕ04", "dora:ΠΕ04", "chara")
    made = decide(of(), in_order("anna", "dora", "chara"), {}, ground(*people, watermark=EARLY))
    assert states(made) == {"anna": "granted", "chara": "waiting1", "dora": "granted"}


def test_after_the_moment_what_is_left_goes_to_whoever_is_next() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "dora": seat("dora", SeatState.WAITING, place=1)}
    for watermark, state in ((EARLY, "waiting1"), (None, "waiting1"), (AT, "granted"), (LATE, "granted")):
        made = decide(of(), in_order("anna", "dora"), before, ground("anna", "dora", watermark=watermark))
        assert states(made)["dora"] == state


def test_who_is_of_the_group_and_applied_in_time_is_before_those_who_wait_who_came_late_is_not() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "dora": seat("dora", SeatState.WAITING, place=1)}
    known = ground("anna", "dora", "chara:ΠΕ04", watermark=LATE)
    in_time = [*in_order("anna", "dora"), application("chara", 60 * 24 - 1)]
    assert states(decide(of(), in_time, before, known)) == {"anna": "granted", "chara": "granted", "dora": "waiting1"}
    late = [*in_order("anna", "dora"), application("chara", 60 * 24 + 1)]
    assert states(decide(of(), late, before, known)) == {"anna": "granted", "chara": "waiting1", "dora": "granted"}


def test_with_all_decided_together_at_that_moment_the_group_has_its_seats_before_they_are_anybodys() -> None:
    together = of(decide_at=AT)
    people = ("anna", "dora", "chara:ΠΕ04")
    made = decide(together, in_order("anna", "dora", "chara"), {}, ground(*people, watermark=LATE))
    assert states(made) == {"anna": "granted", "chara": "granted", "dora": "waiting1"}
    nobody = decide(together, in_order("anna", "dora"), {}, ground("anna", "dora", watermark=LATE))
    assert states(nobody) == {"anna": "granted", "dora": "granted"}


def test_who_has_several_groups_counts_for_the_first_that_has_a_seat_left() -> None:
    both = of(Reserved(SCIENCE, 1, AT), Reserved(NEW, 1, AT), capacity=3)
    known = ground("anna:ΠΕ04", "dora:ΠΕ04", "chara", "eleni", veterans=("chara", "eleni"), watermark=EARLY)
    made = decide(both, in_order("anna", "dora", "chara", "eleni"), {}, known)
    assert [dict(s.facts).get("kept") for s in made] == ["ΠΕ04", None, "νέοι", None]
    assert states(made)["eleni"] == "waiting1"
    again = decide(both, in_order("anna", "dora", "chara", "eleni"), {s.login: s for s in made}, known)
    assert again == made


def test_newcomers_with_kept_seats_are_told_by_earlier_editions() -> None:
    one = seminar("EKFE-25-01", title="Το ίδιο", sessions=())
    assert veterans(of(Reserved(NEW, 1, AT), title="Το ίδιο"), (one,), {}) == set()


def test_kept_seats_are_of_the_whole_seminar_whatever_part_people_come_to() -> None:
    parts = (Part("proi", "πρωινό", 1), Part("apog", "απογευματινό", 1))
    halves = of(capacity=None, parts=parts)
    applications = [
        application(login, n, part=part) for n, (login, part) in enumerate((("anna", "proi"), ("dora", "apog")))
    ]
    made = decide(halves, applications, {}, ground("anna", "dora", watermark=EARLY))
    assert states(made) == {"anna": "granted", "dora": "waiting1"}
    assert made[1].rule == RESERVED
    science = decide(halves, applications, {}, ground("anna", "dora:ΠΕ04", watermark=EARLY))
    assert states(science) == {"anna": "granted", "dora": "granted"}


def test_a_seat_kept_for_who_finds_no_room_in_their_part_goes_to_the_next_after_the_moment() -> None:
    halves = of(capacity=None, parts=(Part("proi", "πρωινό", 1), Part("apog", "απογευματινό", 1)))
    where = {"anna": "proi", "chara": "proi", "dora": "apog"}
    before = {"anna": seat("anna", SeatState.GRANTED, part="proi")}
    applications = [application(login, n, part=part) for n, (login, part) in enumerate(where.items())]
    made = decide(halves, applications, before, ground("anna", "chara:ΠΕ04", "dora", watermark=LATE))
    assert states(made) == {"anna": "granted", "chara": "waiting1", "dora": "granted"}


def test_how_many_seats_there_are_in_all() -> None:
    halves = (Part("a", "α", 3), Part("b", "β", 4))
    assert seats_in_all(seminar(capacity=5, parts=halves)) == 5
    assert seats_in_all(seminar(capacity=None, parts=halves)) == 7
    assert seats_in_all(seminar(capacity=None, parts=(halves[0], Part("b", "β", 4, status=Status.CANCELLED)))) == 3
    assert seats_in_all(seminar(capacity=None, parts=(halves[0], Part("b", "β")))) is None
    assert seats_in_all(seminar(capacity=None)) is None


def test_where_there_is_no_limit_nothing_is_kept() -> None:
    made = decide(of(capacity=None), in_order("anna"), {}, ground("anna", watermark=EARLY))
    assert states(made) == {"anna": "granted"}


def test_a_grant_by_name_takes_a_kept_seat() -> None:
    ruling = Ruling("EKFE-26-01", "dora", "p-dora", Word.GRANT, "ανάγκη", NOON)
    known = ground("anna", "dora", watermark=EARLY, rulings={"dora": ruling})
    assert states(decide(of(), in_order("anna", "dora"), {}, known))["dora"] == "granted"


def test_in_the_last_week_a_kept_seat_is_offered_to_the_group() -> None:
    before = {login: seat(login, SeatState.WAITING, place=n) for n, login in ((1, "anna"), (2, "dora"))}
    known = ground("anna", "dora:ΠΕ04", watermark=EARLY, clock=Clock(NOON + timedelta(days=28)))
    made = decide(of(capacity=1), in_order("anna", "dora"), before, known)
    assert states(made) == {"anna": "waiting1", "dora": "offered"}


def test_more_kept_than_left_keeps_what_is_left() -> None:
    """A group that came into the programme after seats were given."""
    before = {"anna": seat("anna", SeatState.GRANTED)}
    science, primary = Reserved(SCIENCE, 2, AT), Reserved(PRIMARY, 2, AT)
    known = ground("anna", "dora", "chara:ΠΕ04", watermark=EARLY)
    made = decide(of(science, primary), in_order("anna", "dora", "chara"), before, known)
    assert states(made) == {"anna": "granted", "chara": "granted", "dora": "waiting1"}


def test_a_seat_of_whom_the_directory_does_not_know_is_none_of_the_kept() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED)}
    made = decide(of(), in_order("anna", "dora"), before, ground("dora", watermark=EARLY))
    assert states(made) == {"anna": "granted", "dora": "waiting1"}


def test_it_is_said_on_the_page() -> None:
    assert choosing_lines(of(), EL) == ("Θέσεις που κρατούνται έως 03/11/2026 14:00 για ΠΕ04: 1.",)


@given(
    minutes=st.lists(st.integers(0, 60 * 30), min_size=8, max_size=8),
    what=st.lists(WHAT, min_size=8, max_size=8),
    passes=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    kept=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    together=st.booleans(),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_comes_seats_are_kept_none_is_taken_and_all_are_given_in_the_end(
    minutes, what, passes, kept, together, seed
) -> None:  # type: ignore[no-untyped-def]
    """Passes at some hours, each seeing what came before its watermark, in any order."""
    this = of(Reserved(SCIENCE, kept[0], AT), Reserved(PRIMARY, kept[1], AT), capacity=6)
    this = of(*this.reserved, capacity=6, priority=(PRIMARY,), decide_at=AT) if together else this
    everybody = [application(login, at) for login, at in zip(LOGINS, minutes, strict=True)]
    people = [login + kind for login, kind in zip(LOGINS, what, strict=True)]
    ordinary = {login for login, kind in zip(LOGINS, what, strict=True) if not kind}
    before: dict[str, Seat] = {}
    for hours in sorted(passes):
        known = ground(*people, watermark=NOON + timedelta(hours=hours))
        made = decide(this, seed.sample(everybody, len(everybody)), before, known)
        assert made == decide(this, everybody, before, known)
        now = {one.login: one for one in made}
        held = {login for login, one in now.items() if one.state in HELD}
        assert len(held) <= 6
        assert {login for login, one in before.items() if one.state in HELD} <= held
        if known.watermark < AT:
            assert len(held & ordinary) <= max(0, 6 - sum(kept))
        elif len(held) < 6:
            assert SeatState.WAITING not in {one.state for one in made}
        assert decide(this, everybody, now, known) == made
        before = now
