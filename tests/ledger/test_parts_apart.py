"""Two courses of one seminar on one system are never taken for one another in the ledger (both databases)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Cause, Change, Outcome, Receipt, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import Ledger, descriptions, holds, pins, plans, runs, seats, seats_told, setbacks
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.plans import Plan, Planned
from kypek_sync.model import Application, Seat, SeatState

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
CODE, MOODLE = "EKFE-26-01", "moodle"
MORNING = Target(MOODLE, CODE, "", "anna", "proino")
AFTERNOON = replace(MORNING, part="vrady")
WHOLE = replace(MORNING, part="")


def enrol(target: Target) -> Change:
    return Change(Verb.ENROL, target, (), (("role", "student"),))


def test_an_attempt_without_an_answer_is_that_of_its_course(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        (morning, _) = runs.intend(connection, run, "att-a", [enrol(MORNING), enrol(AFTERNOON)], NOW)
        assert runs.unsettled(connection, "att-a", Verb.ENROL, MORNING) == [morning]
        assert runs.unsettled(connection, "att-a", Verb.ENROL, WHOLE) == []
        runs.receive(connection, morning, Receipt(Outcome.DONE), LATER)
        open_ones = runs.open_intents(connection, "att-a", [Verb.ENROL])
        assert [deed.change.target for deed in open_ones] == [AFTERNOON]
        assert runs.enrolled(connection, "att-a", MOODLE, f"{CODE}/proino", "anna") == [NOW]
        assert runs.enrolled(connection, "att-a", MOODLE, f"{CODE}/vrady", "anna") == []
        assert runs.enrolled(connection, "att-a", MOODLE, CODE, "anna") == []


def test_what_we_wrote_into_a_course_is_that_of_its_part(ledger: Ledger) -> None:
    made = [
        Change(Verb.CREATE_COURSE, Target(MOODLE, CODE, part=part), (), (("description", f"Of {part}"),))
        for part in ("proino", "vrady", "")
    ]
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        intents = runs.intend(connection, run, "att-a", made, NOW)
        runs.receive_all(connection, [(one, Receipt(Outcome.DONE)) for one in intents], NOW)
        assert descriptions.written(connection, "att-a") == {
            (MOODLE, f"{CODE}/proino"): "Of proino",
            (MOODLE, f"{CODE}/vrady"): "Of vrady",
            (MOODLE, CODE): "Of ",
        }


def test_a_refusal_in_one_course_holds_nothing_up_in_the_other(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        setbacks.note(connection, "att-a", "seats", enrol(MORNING), Receipt(Outcome.REFUSED, detail="No."), NOW)
        assert list(setbacks.resting(connection, "att-a", [enrol(AFTERNOON), enrol(WHOLE)], NOW)) == []
        assert list(setbacks.resting(connection, "att-a", [enrol(MORNING)], NOW)) == [enrol(MORNING)]
        setbacks.forget_unwanted(connection, "att-a", "seats", {(MOODLE, f"{CODE}/vrady"), (MOODLE, CODE)}, [])
        assert setbacks.count(connection, "att-a") == 1
        setbacks.forget_unwanted(connection, "att-a", "seats", {(MOODLE, f"{CODE}/proino")}, [])
        assert setbacks.count(connection, "att-a") == 0


def test_a_pin_is_on_one_of_them(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        pins.add(connection, "att-a", [("enrolment", MORNING)], run=None, who="vera", why="so", now=NOW)
        assert set(pins.for_kypek(connection, "att-a")) == {("enrolment", MORNING)}


def test_a_hold_about_both_courses_is_gone_only_when_both_were_looked_at(ledger: Ledger) -> None:
    """Holds are per guard, seminar and system."""
    gone = [
        Change(Verb.UNENROL, target, (("role", "student"),), cause=Cause.INFERRED) for target in (MORNING, AFTERNOON)
    ]
    both = {(MOODLE, f"{CODE}/proino"), (MOODLE, f"{CODE}/vrady")}

    def state(looked: set[tuple[str, str]], partial: set[tuple[str, str]]) -> HoldState:
        with ledger.begin() as connection:
            number = holds.keep(connection, "att-a", "limit", CODE, MOODLE, gone, Sentence("Many."), NOW)
            holds.forget_unwanted(connection, "att-a", frozenset(looked), LATER, frozenset(partial))
            hold = holds.get(connection, number)
        assert hold is not None
        return hold.state

    assert state({(MOODLE, f"{CODE}/proino")}, set()) is HoldState.OPEN
    assert state(both, {(MOODLE, f"{CODE}/vrady")}) is HoldState.OPEN
    assert state(both, set()) is HoldState.GONE


def test_a_fingerprint_tells_the_courses_apart_and_is_the_old_one_without_parts() -> None:
    """What people approved before there were parts stays approved."""
    assert len({holds.fingerprint([enrol(target)]) for target in (MORNING, AFTERNOON, WHOLE)}) == 3
    before = "4b4a49e68049dcbd7f8795797ea921638c883b5a3708322810601189170046aa"
    assert holds.fingerprint([enrol(WHOLE)]) == before


def test_a_plan_is_read_with_its_parts(ledger: Ledger) -> None:
    made = Plan("att-a", "seats", NOW, (Planned(enrol(MORNING)), Planned(enrol(WHOLE))))
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        plans.store(connection, run, made)
        assert plans.get(connection, run) == made


def test_one_login_applies_in_both_and_gives_back_one(ledger: Ledger) -> None:
    there = [Application(CODE, "anna", "p1", NOW, True, "eclass", part=part) for part in ("proino", "vrady")]
    with ledger.begin() as connection:
        seats.record_applications(connection, "att-a", there, (), {}, NOW)
        assert set(seats.standing(connection, "att-a")[CODE].values()) == set(there)
        seats.record_applications(connection, "att-a", (), there[:1], {}, LATER)
        assert list(seats.standing(connection, "att-a")[CODE].values()) == there[1:]
        assert seats.given_back(connection, "att-a", CODE, "eclass", "proino") == {"anna": NOW}
        assert seats.given_back(connection, "att-a", CODE, "eclass", "vrady") == {}


def test_a_move_to_another_part_is_a_step_that_is_told(ledger: Ledger) -> None:
    before = Seat(CODE, "anna", "p1", SeatState.GRANTED, "capacity", part="proino")
    moved = replace(before, part="vrady")
    with ledger.begin() as connection:
        seats.record_seats(connection, "att-a", [before], {}, None, NOW)
        seats_told.mark_told(connection, "att-a", [(before, 1)])
        steps = seats.record_seats(connection, "att-a", [moved], {"anna": before}, None, LATER)
        assert [(one.before, one.after) for one in steps] == [("granted", "granted")]
        assert seats.decided(connection, "att-a")[CODE] == {"anna": moved}
        assert (
            seats_told.otherwise_told(connection, "att-a")[CODE, "anna"].state
            == "granted/proino"
            != seats_told.told_word(moved)
        )
