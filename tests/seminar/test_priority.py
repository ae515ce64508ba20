"""Who goes before whom when the applications of a seminar are decided together (design, rule 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import HELD, Application, Audience, Group, Seat, SeatState, Seminar, Trait
from kypek_sync.seminar.choosing_words import choosing_lines
from kypek_sync.seminar.priority import GATHERED, earlier_editions, veterans
from kypek_sync.seminar.reasons import own_reason, reason
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, OTHER, UNITS, application, audience, person, seat, seminar, session

KEY = b"an invented key"
AT = NOON + timedelta(days=1)
"""When the applications are decided together."""
AFTER = AT + timedelta(hours=1)
EL = speaker("el")


def group(name: str, *audiences: Audience, newcomers: bool = False) -> Group:
    return Group(name, tuple(Trait(one, newcomer=newcomers) for one in audiences or (Audience(),)))


SCIENCE = group("ΠΕ04", audience(specialties=("ΠΕ04",)))
PRIMARY = group("Δημοτικά", audience(unit_kinds=("dim",)))
NEW = group("νέοι", newcomers=True)


def of(*priority: Group, **changes: Any) -> Seminar:
    return seminar(**{"priority": priority, "decide_at": AT, "capacity": 2} | changes)


def ground(*people: str, watermark: Any = AFTER, **changes: Any) -> Ground:
    """`anna:ΠΕ04` teaches science, `anna:dim` at a primary school."""
    found = {}
    for one in people:
        login, _, what = one.partition(":")
        found[login] = person(login, units=(OTHER.id,)) if what == "dim" else person(login)
        if what.startswith("ΠΕ"):
            found[login] = person(login, specialties=(what,))
    return Ground(found, UNITS, watermark, KEY, **changes)


def states(seats: tuple[Seat, ...]) -> dict[str, str]:
    return {s.login: s.state.value + (str(s.place) if s.place else "") for s in seats}


def in_order(*logins: str) -> list[Application]:
    return [application(login, minutes) for minutes, login in enumerate(logins)]


def test_before_the_moment_nobody_has_a_seat_and_everybody_is_told_when() -> None:
    made = decide(
        of(SCIENCE), in_order("anna", "dora"), {}, ground("anna", "dora:ΠΕ04", watermark=NOON + timedelta(hours=1))
    )
    assert {s.rule for s in made} == {GATHERED}
    assert states(made) == {"anna": "under-review", "dora": "under-review"}
    assert reason(made[1], EL) == (
        "Οι αιτήσεις κρίνονται όλες μαζί στις 03/11/2026 14:00. Προηγούνται, με αυτή τη σειρά: ΠΕ04. "
        "Η αίτηση ανήκει στο: ΠΕ04."
    )
    assert own_reason(made[0], EL).endswith("Η αίτηση ανήκει στους υπόλοιπους.")


def test_at_the_moment_the_first_group_comes_first_then_the_next_then_the_others() -> None:
    people = ("anna", "vasilis:dim", "chara:ΠΕ04", "dora:ΠΕ04")
    applications = in_order("anna", "vasilis", "chara", "dora")
    made = decide(of(SCIENCE, PRIMARY), applications, {}, ground(*people))
    assert states(made) == {"anna": "waiting2", "chara": "granted", "dora": "granted", "vasilis": "waiting1"}
    assert reason(made[1], EL) == (
        "Θέση 1 από 2. Προηγούνται, με αυτή τη σειρά: ΠΕ04 · Δημοτικά. Η αίτηση ανήκει στο: ΠΕ04."
    )
    assert "η σειρά στη λίστα αναμονής είναι 1. Προηγούνται" in reason(made[3], EL)


def test_a_complete_read_up_to_the_moment_is_waited_for() -> None:
    applications = in_order("anna")
    for watermark, state in ((None, "under-review"), (AT - timedelta(seconds=1), "under-review"), (AT, "granted")):
        made = decide(of(SCIENCE), applications, {}, ground("anna", watermark=watermark))
        assert states(made) == {"anna": state}


def test_a_read_in_part_leaves_those_who_wait_for_the_moment_as_they_are() -> None:
    before = {s.login: s for s in decide(of(SCIENCE), in_order("anna"), {}, ground("anna", watermark=NOON))}
    assert before["anna"].rule == GATHERED
    assert decide(of(SCIENCE), in_order("anna"), before, ground("anna", watermark=None)) == (before["anna"],)


def test_a_read_in_part_gives_no_seat_where_the_moment_was_taken_back() -> None:
    """Who waited for the moment was taken for told: once an officer dropped it they got a seat on a read in part, that
    showed nobody who had come before them."""
    before = {s.login: s for s in decide(of(SCIENCE), in_order("anna"), {}, ground("anna", watermark=NOON))}
    as_they_come = of(priority=(), decide_at=None)
    made = decide(as_they_come, in_order("anna"), before, ground("anna", watermark=None))
    assert [(s.state, s.rule) for s in made] == [(SeatState.UNDER_REVIEW, "watermark")]
    assert states(decide(as_they_come, in_order("anna"), before, ground("anna", watermark=NOON))) == {"anna": "granted"}


def test_who_waited_for_the_moment_and_applies_again_after_it_jumps_nobody() -> None:
    """They withdrew on the page and applied again a minute after the last read: they got the seat of who had come half
    a minute before them, and had yet to be read."""
    before = {s.login: s for s in decide(of(SCIENCE), in_order("anna"), {}, ground("anna", watermark=NOON))}
    late = AFTER - NOON + timedelta(minutes=1)
    again = [application("anna", late.total_seconds() / 60), application("dora", late.total_seconds() / 60 - 0.5)]
    seminar = of(SCIENCE, capacity=1)
    assert states(decide(seminar, again, before, ground("anna", "dora"))) == {
        "anna": "under-review",
        "dora": "under-review",
    }
    read = ground("anna", "dora", watermark=AFTER + timedelta(minutes=9))
    assert states(decide(seminar, again, before, read)) == {"anna": "waiting1", "dora": "granted"}


def test_the_end_of_registration_is_the_moment_where_no_other_is_said() -> None:
    open_until = of(SCIENCE, decide_at=None, registration_closes=AT)
    assert open_until.judged_at == AT
    assert of(decide_at=None, registration_closes=AT).judged_at is None
    made = decide(open_until, in_order("anna"), {}, ground("anna", watermark=NOON))
    assert states(made) == {"anna": "under-review"}


def test_without_a_moment_a_priority_orders_nobody() -> None:
    made = decide(of(SCIENCE, decide_at=None, capacity=1), in_order("anna", "dora"), {}, ground("anna", "dora:ΠΕ04"))
    assert states(made) == {"anna": "granted", "dora": "waiting1"}
    assert choosing_lines(of(SCIENCE, decide_at=None), EL) == ()


def test_a_moment_without_a_priority_gathers_and_keeps_the_order_of_applications() -> None:
    applications = in_order("anna", "dora", "chara")
    made = decide(of(), applications, {}, ground("anna", "dora", "chara"))
    assert states(made) == {"anna": "granted", "chara": "waiting1", "dora": "granted"}
    assert reason(made[0], EL) == "Θέση 1 από 2, με τη σειρά των αιτήσεων."
    early = decide(of(), applications, {}, ground("anna", "dora", "chara", watermark=NOON + timedelta(minutes=5)))
    assert reason(early[0], EL) == "Οι αιτήσεις κρίνονται όλες μαζί στις 03/11/2026 14:00."


def test_who_applies_after_the_moment_comes_behind_those_who_did_in_time() -> None:
    late = application("chara", 60 * 24 + 1)
    made = decide(of(SCIENCE, capacity=1), [late, *in_order("anna", "dora")], {}, ground("anna", "dora", "chara:ΠΕ04"))
    assert states(made) == {"anna": "granted", "chara": "waiting2", "dora": "waiting1"}
    assert reason(made[1], EL).endswith("Υποβλήθηκε αφού δόθηκαν όλες μαζί οι θέσεις και ακολουθεί με τη σειρά της.")


def test_a_told_seat_and_a_told_place_are_taken_by_nobody_with_priority() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "dora": seat("dora", SeatState.WAITING, place=1)}
    applications = in_order("anna", "dora", "chara")
    made = decide(of(SCIENCE, capacity=1), applications, before, ground("anna", "dora", "chara:ΠΕ04"))
    assert states(made) == {"anna": "granted", "chara": "waiting2", "dora": "waiting1"}


def test_before_the_moment_who_was_told_to_wait_moves_up_all_the_same() -> None:
    before = {"dora": seat("dora", SeatState.WAITING, place=1), "anna": seat("anna", SeatState.REFUSED)}
    early = ground("anna", "dora", watermark=NOON + timedelta(minutes=5))
    made = decide(of(SCIENCE), in_order("anna", "dora"), before, early)
    assert states(made) == {"anna": "under-review", "dora": "granted"}


def test_a_grant_by_name_waits_for_no_moment() -> None:
    ruling = Ruling("EKFE-26-01", "anna", "p-anna", Word.GRANT, "ειδική ανάγκη", NOON)
    made = decide(of(SCIENCE), in_order("anna"), {}, ground("anna", watermark=NOON, rulings={"anna": ruling}))
    assert (made[0].state, made[0].rule) == (SeatState.GRANTED, GRANTED_BY_NAME)


def test_who_is_not_admitted_is_told_at_once() -> None:
    open_to = of(SCIENCE, audience=audience(specialties=("ΠΕ04",)))
    made = decide(open_to, in_order("anna"), {}, ground("anna", watermark=NOON))
    assert states(made) == {"anna": "refused"}


def test_who_waits_and_left_the_directory_belongs_to_no_group() -> None:
    before = {"dora": seat("dora", SeatState.WAITING, place=1)}
    made = decide(of(SCIENCE, capacity=1), in_order("dora"), before, ground(doubted=("dora",)))
    assert states(made) == {"dora": "waiting1"}
    assert reason(made[0], EL).endswith("Η αίτηση ανήκει στους υπόλοιπους.")


def test_newcomers_are_those_without_a_seat_in_an_earlier_edition() -> None:
    known = ground("anna", "dora", "chara", veterans=("anna", "p-dora"))
    made = decide(of(NEW, capacity=1), in_order("anna", "dora", "chara"), {}, known)
    assert states(made) == {"anna": "waiting1", "chara": "granted", "dora": "waiting2"}


def test_a_plus_wants_both() -> None:
    new_science = group("ΠΕ04 + νέοι", audience(specialties=("ΠΕ04",)), newcomers=True)
    known = ground("anna:ΠΕ04", "dora", "chara:ΠΕ04", veterans=("anna",))
    made = decide(of(new_science, capacity=1), in_order("anna", "dora", "chara"), {}, known)
    assert states(made)["chara"] == "granted"


LAST_YEAR = (session(starts=NOON - timedelta(days=300)),)


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        ({"series": "Ρομποτική", "sessions": LAST_YEAR}, True),
        ({"series": "ΡΟΜΠΟΤΙΚΗ", "sessions": LAST_YEAR}, True),
        ({"series": "Αστρονομία", "sessions": LAST_YEAR, "title": "Ρομποτική Α"}, False),
        ({"title": "ρομποτικη α", "sessions": LAST_YEAR}, True),
        ({"title": "Άλλο", "sessions": LAST_YEAR}, False),
        ({"series": "Ρομποτική", "sessions": ()}, False),
        ({"series": "Ρομποτική", "sessions": (session(starts=NOON + timedelta(days=300)),)}, False),
    ],
)
def test_an_earlier_edition_is_of_the_series_or_has_the_title_and_began_before(other, is_one) -> None:  # type: ignore[no-untyped-def]
    this = seminar(series="Ρομποτική", title="Ρομποτική Α", priority=(NEW,))
    one = seminar("EKFE-25-01", **other)
    assert bool(earlier_editions(this, (this, one))) is is_one
    held = {"EKFE-25-01": {"anna": seat("anna", SeatState.GRANTED), "dora": seat("dora", SeatState.WITHDRAWN)}}
    assert set(veterans(this, (this, one), held)) == ({"anna", "p-anna"} if is_one else set())
    assert not veterans(replace(this, priority=(SCIENCE,)), (this, one), held)


def test_any_edition_that_began_is_earlier_than_one_without_dates() -> None:
    one = seminar("EKFE-25-01", title="Το ίδιο", sessions=LAST_YEAR)
    assert earlier_editions(seminar(title="Το ίδιο", sessions=()), (one,)) == (one,)


def test_the_rules_are_said_in_words() -> None:
    assert choosing_lines(of(SCIENCE, NEW), EL) == (
        "Οι αιτήσεις κρίνονται όλες μαζί στις 03/11/2026 14:00.",
        "Προηγούνται, με αυτή τη σειρά: ΠΕ04 · νέοι.",
    )
    assert choosing_lines(of(), EL) == ("Οι αιτήσεις κρίνονται όλες μαζί στις 03/11/2026 14:00.",)
    assert choosing_lines(seminar(), EL) == ()


LOGINS = [f"teacher{number}" for number in range(8)]
WHAT = st.sampled_from(["", ":ΠΕ04", ":dim"])


@given(
    minutes=st.lists(st.integers(0, 60 * 30), min_size=8, max_size=8),
    what=st.lists(WHAT, min_size=8, max_size=8),
    passes=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    capacity=st.integers(1, 5),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_comes_the_order_holds_and_nothing_told_is_taken(minutes, what, passes, capacity, seed) -> None:  # type: ignore[no-untyped-def]
    """Passes at some hours, each seeing what came before its watermark, in any order."""
    this = of(SCIENCE, PRIMARY, capacity=capacity)
    everybody = [application(login, at) for login, at in zip(LOGINS, minutes, strict=True)]
    people = [login + kind for login, kind in zip(LOGINS, what, strict=True)]
    steps = {"": 2, ":ΠΕ04": 0, ":dim": 1}
    before: dict[str, Seat] = {}
    for hours in sorted(passes):
        watermark = NOON + timedelta(hours=hours)
        shuffled = seed.sample(everybody, len(everybody))
        made = decide(this, shuffled, before, ground(*people, watermark=watermark))
        assert made == decide(this, everybody, before, ground(*people, watermark=watermark))
        now = {one.login: one for one in made}
        assert sum(one.state in HELD for one in made) <= capacity
        assert all(now[login].state in HELD for login, one in before.items() if one.state in HELD)
        if watermark < AT:
            assert {one.state for one in made} == {SeatState.UNDER_REVIEW}
        again = decide(this, everybody, now, ground(*people, watermark=watermark))
        assert again == made
        before = now
    kind = dict(zip(LOGINS, what, strict=True))
    in_time = [a for a in everybody if a.at <= AT and before[a.login].state in (*HELD, SeatState.WAITING)]
    best = sorted(in_time, key=lambda a: (steps[kind[a.login]], a.at))
    held = [before[a.login].state in HELD for a in best]
    if len({a.at for a in in_time}) == len(in_time):
        assert held == sorted(held, reverse=True)
