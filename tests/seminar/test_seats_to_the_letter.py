"""Every word of a seat's rule and facts: they are stored, told to teachers and looked up by `explain`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kypek_sync.model import Application, Audience, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.order import order_key
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar

CODE = "EKFE-26-01"
KEY = b"an invented key"
LATER = NOON + timedelta(days=1)
ANNA = application("anna", 3)
GROUND = Ground({login: person(login) for login in ("anna", "dora", "eleni", "chara")}, UNITS, LATER, KEY)


def only(it: Seminar, before: dict[str, Seat], ground: Ground, wish: Application = ANNA) -> Seat:
    """The one seat of a seminar where one person applies."""
    (made,) = decide(it, [wish], before, ground)
    return made


def whole(state: SeatState, rule: str, facts: tuple[tuple[str, str], ...] = ()) -> Seat:
    """Anna's seat with everything that belongs to it."""
    return Seat(CODE, "anna", "p-anna", state, rule, facts, 0, ANNA.at)


def test_who_has_left_the_directory_is_under_identification_with_the_facts_of_the_leaving() -> None:
    facts = (("since", "2026-10-01"), ("reads", "2"))
    before = {"anna": seat("anna", SeatState.GRANTED)}
    made = only(seminar(), before, replace(GROUND, gone={"anna": facts}))
    assert made == whole(SeatState.UNDER_IDENTIFICATION, "left-directory", facts)


def test_who_has_left_costs_nobody_behind_them_the_decision() -> None:
    applications = [application("anna", 0), application("dora", 1)]
    made = decide(seminar(capacity=1), applications, {}, replace(GROUND, gone={"anna": ()}))
    assert [(s.login, s.state) for s in made] == [
        ("anna", SeatState.UNDER_IDENTIFICATION),
        ("dora", SeatState.GRANTED),
    ]


def test_a_granted_seat_keeps_the_rule_and_the_facts_by_which_it_was_granted() -> None:
    facts = (("number", "7"), ("capacity", "20"))
    before = {"anna": seat("anna", SeatState.GRANTED, rule="by-hand", facts=facts)}
    assert only(seminar(), before, GROUND) == whole(SeatState.GRANTED, "by-hand", facts)


def test_a_granted_seat_counts_and_costs_nobody_behind_it_the_decision() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED)}
    made = decide(seminar(capacity=2), [application(n, k) for k, n in enumerate(("anna", "dora"))], before, GROUND)
    assert [dict(s.facts).get("number") for s in made] == [None, "2"]


def test_what_is_newer_than_the_watermark_says_so() -> None:
    assert only(seminar(), {}, replace(GROUND, watermark=NOON)) == whole(SeatState.UNDER_REVIEW, "watermark")


def test_the_moment_of_the_watermark_itself_is_decided() -> None:
    assert only(seminar(), {}, replace(GROUND, watermark=ANNA.at)).state is SeatState.GRANTED


def test_who_is_under_review_costs_nobody_behind_them_the_decision() -> None:
    applications = [application("anna", 60), application("dora", 1)]
    made = decide(seminar(), applications, {}, replace(GROUND, watermark=NOON + timedelta(minutes=1)))
    assert [s.state for s in made] == [SeatState.UNDER_REVIEW, SeatState.GRANTED]


@pytest.mark.parametrize("state", [SeatState.WAITING, SeatState.REFUSED])
def test_who_was_told_something_is_decided_again_without_a_complete_read(state: SeatState) -> None:
    made = only(seminar(), {"anna": seat("anna", state)}, replace(GROUND, watermark=None))
    assert made.state is SeatState.GRANTED


@pytest.mark.parametrize("state", [SeatState.UNDER_REVIEW, SeatState.UNDER_IDENTIFICATION, SeatState.WITHDRAWN])
def test_who_was_told_nothing_waits_for_a_complete_read(state: SeatState) -> None:
    made = only(seminar(), {"anna": seat("anna", state)}, replace(GROUND, watermark=None))
    assert made == whole(SeatState.UNDER_REVIEW, "watermark")


def test_a_cancelled_seminar_refuses_in_its_own_words() -> None:
    made = only(seminar(status=Status.CANCELLED), {}, GROUND)
    assert made == whole(SeatState.REFUSED, "seminar-cancelled")


def test_too_early_says_when_registration_opens() -> None:
    opens = ANNA.at + timedelta(minutes=1)
    made = only(seminar(registration_opens=opens), {}, GROUND)
    assert made == whole(SeatState.REFUSED, "registration-not-open", (("opens", "2026-11-02T12:04:00+00:00"),))


def test_too_late_says_when_registration_closed() -> None:
    closes = ANNA.at - timedelta(minutes=1)
    made = only(seminar(registration_closes=closes), {}, GROUND)
    assert made == whole(SeatState.REFUSED, "registration-closed", (("closes", "2026-11-02T12:02:00+00:00"),))


def test_who_is_not_in_the_directory_is_under_identification() -> None:
    made = only(seminar(), {}, replace(GROUND, people={}))
    assert made == whole(SeatState.UNDER_IDENTIFICATION, "not-in-directory")


def test_who_is_outside_the_audience_is_refused_with_the_verdict_of_the_audience() -> None:
    made = only(seminar(audience=Audience(specialties=("ΠΕ04",))), {}, GROUND)
    assert (made.state, made.rule) == (SeatState.REFUSED, "specialty")
    assert made.facts
    assert (made.place, made.applied_at) == (0, ANNA.at)


def test_the_audience_is_asked_with_the_units_of_the_directory() -> None:
    """What kind a person's school is, only the units say."""
    assert only(seminar(audience=Audience(unit_kinds=("gym",))), {}, GROUND).state is SeatState.GRANTED
    made = only(seminar(audience=Audience(unit_kinds=("gym",))), {}, replace(GROUND, units={}))
    assert (made.state, made.rule) == (SeatState.REFUSED, "unit-kind")


def test_a_seat_of_a_seminar_without_a_limit_has_a_number_and_no_capacity() -> None:
    assert only(seminar(capacity=None), {}, GROUND) == whole(
        SeatState.GRANTED, "capacity", (("number", "1"), ("capacity", ""))
    )


def test_the_last_seat_is_given_and_the_next_one_waits_behind_it() -> None:
    applications = [application(login, n) for n, login in enumerate(("anna", "dora", "eleni", "chara"))]
    made = {s.login: s for s in decide(seminar(capacity=2), applications, {}, GROUND)}
    assert made["dora"].facts == (("number", "2"), ("capacity", "2"))
    assert made["eleni"].facts == (("place", "1"), ("capacity", "2"))
    assert (made["chara"].facts, made["chara"].place) == ((("place", "2"), ("capacity", "2")), 2)


def test_somebody_doubted_keeps_the_place_and_does_not_move_up() -> None:
    """Rule 2: who may have left the directory loses nothing, and gets nothing, until a person has decided."""
    before = {"anna": seat("anna", SeatState.WAITING, place=1), "dora": seat("dora", SeatState.WAITING, place=2)}
    applications = [application("anna", 0), application("dora", 1)]
    ground = replace(GROUND, people={"dora": person("dora")}, doubted={"anna"})
    made = {s.login: s for s in decide(seminar(capacity=1), applications, before, ground)}
    assert made["anna"] == Seat(
        CODE,
        "anna",
        "p-anna",
        SeatState.WAITING,
        "capacity",
        (("place", "1"), ("capacity", "1")),
        1,
        applications[0].at,
    )
    assert made["dora"].state is SeatState.GRANTED


def test_somebody_doubted_who_was_told_nothing_is_judged_like_everybody() -> None:
    made = only(seminar(), {}, replace(GROUND, people={}, doubted={"anna"}))
    assert made == whole(SeatState.UNDER_IDENTIFICATION, "not-in-directory")


def test_somebody_doubted_who_was_told_nothing_waits_though_there_is_room() -> None:
    made = only(seminar(capacity=5), {}, replace(GROUND, doubted={"anna"}))
    assert (made.state, made.place) == (SeatState.WAITING, 1)


def test_who_waits_and_no_longer_meets_the_rules_is_refused() -> None:
    before = {"anna": seat("anna", SeatState.WAITING, place=1)}
    made = only(seminar(audience=Audience(specialties=("ΠΕ04",))), before, GROUND)
    assert (made.state, made.rule) == (SeatState.REFUSED, "specialty")


def test_those_told_to_wait_go_by_their_place_and_not_by_their_moment() -> None:
    before = {
        "anna": seat("anna", SeatState.WAITING, place=2),
        "dora": seat("dora", SeatState.WAITING, place=1),
        "eleni": seat("eleni", SeatState.REFUSED),
    }
    applications = [application("eleni", 0), application("anna", 1), application("dora", 2), application("chara", 3)]
    made = {s.login: s.place for s in decide(seminar(capacity=0), applications, before, GROUND)}
    assert made == {"dora": 1, "anna": 2, "eleni": 3, "chara": 4}


def test_who_gave_back_is_withdrawn_beside_those_who_stay() -> None:
    before = {"dora": seat("dora", SeatState.WAITING, place=1), "anna": seat("anna", SeatState.GRANTED)}
    made = decide(seminar(), [ANNA], before, GROUND)
    assert made[1] == Seat(CODE, "dora", "p-dora", SeatState.WITHDRAWN, "withdrawn")


def test_ties_are_broken_by_the_keyed_hash_of_seminar_and_person() -> None:
    """The word and the hash are fixed: with others the order of the same applications would change between versions."""
    at, word = order_key(application("anna"), KEY)
    assert at == NOON
    assert word == "f4ef91c948b55d393dbd75ad72f2f30a03cf4afce015c5263322075cce876fce"


def test_who_waits_and_teaches_there_by_now_keeps_the_place_and_does_not_move_up() -> None:
    before = {"anna": seat("anna", SeatState.WAITING, place=1), "dora": seat("dora", SeatState.WAITING, place=2)}
    applications = [application("anna", 0), application("dora", 1)]
    ground = replace(GROUND, people={one: person(one) for one in ("anna", "dora")}, teaching={"anna"})
    made = {s.login: s for s in decide(seminar(capacity=1), applications, before, ground)}
    assert (made["anna"].state, made["anna"].place) == (SeatState.WAITING, 1)
    assert made["dora"].state is SeatState.GRANTED


def test_who_was_refused_and_teaches_there_by_now_stays_refused_for_the_same_reason() -> None:
    """Rules that changed since would let them in."""
    refused = seat("anna", SeatState.REFUSED, rule="specialty", facts=(("wanted", "ΠΕ04"), ("found", "ΠΕ86")))
    made = only(seminar(), {"anna": refused}, replace(GROUND, teaching={"anna"}))
    assert (made.state, made.rule, made.facts) == (SeatState.REFUSED, "specialty", refused.facts)
    assert only(seminar(), {"anna": refused}, GROUND).state is SeatState.GRANTED


def test_who_has_a_seat_and_teaches_there_by_now_has_it() -> None:
    made = only(seminar(), {"anna": seat("anna", SeatState.GRANTED)}, replace(GROUND, teaching={"anna"}))
    assert made.state is SeatState.GRANTED
