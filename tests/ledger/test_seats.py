"""Applications, seats and what was decided when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, decisions, lookups, seats, seats_told
from kypek_sync.ledger.seats_told import Told
from kypek_sync.model import Application, SeatState
from tests.ledger.writes import Writes
from tests.seminar.builders import application, seat

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
CODE = "EKFE-26-01"


def record(ledger: Ledger, *wanted: Application, gone: tuple[Application, ...] = (), now: datetime = NOW) -> None:
    with ledger.begin() as connection:
        shown = {a.login: a.login.capitalize() for a in wanted}
        seats.record_applications(connection, "att-a", wanted, gone, shown, now)


def standing(ledger: Ledger) -> dict[seats.Door, Application]:
    with ledger.begin() as connection:
        return seats.standing(connection, "att-a").get(CODE, {})


def test_applications_are_kept_by_person_and_platform(ledger: Ledger) -> None:
    anna, in_moodle = application("anna"), application("anna", minutes=9, system="moodle", exact=False)
    record(ledger, anna, in_moodle)
    assert standing(ledger) == {("eclass", "anna", ""): anna, ("moodle", "anna", ""): in_moodle}
    with ledger.begin() as connection:
        assert seats.standing(connection, "att-v") == {}
        assert seats.names(connection, "att-a") == {(CODE, "anna"): "Anna"}


def test_the_same_applications_again_write_nothing(ledger: Ledger) -> None:
    record(ledger, application("anna"), application("dora"))
    writes = Writes(ledger)
    record(ledger, application("anna"), application("dora"), now=LATER)
    assert writes.count == 0


def test_somebody_who_is_found_later_gets_a_name_without_losing_the_place(ledger: Ledger) -> None:
    stranger = application("anna", person="")
    record(ledger, stranger)
    record(ledger, replace(stranger, person="p1"), now=LATER)
    assert standing(ledger)[("eclass", "anna", "")] == replace(stranger, person="p1")


def test_a_withdrawn_application_stands_no_more_and_comes_back_at_its_new_moment(ledger: Ledger) -> None:
    first = application("anna")
    record(ledger, first)
    record(ledger, gone=(first,), now=LATER)
    assert standing(ledger) == {}
    again = replace(first, at=first.at + timedelta(days=2), exact=False)
    record(ledger, again, now=LATER + timedelta(days=1))
    assert standing(ledger) == {("eclass", "anna", ""): again}
    with ledger.begin() as connection:
        (wish,) = lookups.wishes(connection, "att-a", login="anna", seminar=CODE)
    assert (wish.at, wish.first_seen, wish.withdrawn_at) == (again.at, NOW, None)


def test_wishes_are_listed_in_their_order_withdrawn_ones_too(ledger: Ledger) -> None:
    dora, anna = application("dora", minutes=1), application("anna", minutes=5)
    record(ledger, anna, dora)
    record(ledger, gone=(dora,), now=LATER)
    with ledger.begin() as connection:
        found = lookups.wishes(connection, "att-a", seminar=CODE)
        assert [(w.login, w.withdrawn_at) for w in found] == [("dora", LATER), ("anna", None)]
        assert len(lookups.wishes(connection, "att-a")) == 2


def test_a_seat_is_written_when_it_changes_and_decided_when_its_state_does(ledger: Ledger) -> None:
    waiting = seat("anna", SeatState.WAITING, place=2, facts=(("place", "2"), ("capacity", "1")))
    with ledger.begin() as connection:
        (made,) = seats.record_seats(connection, "att-a", [waiting], {}, 7, NOW)
        assert (made.before, made.after, made.run, made.who) == ("", "waiting", 7, "")
        before = seats.decided(connection, "att-a")[CODE]
        assert before == {"anna": waiting}
    moved_up = replace(waiting, place=1, facts=(("place", "1"), ("capacity", "1")))
    with ledger.begin() as connection:
        assert seats.record_seats(connection, "att-a", [moved_up], before, 8, LATER) == []
        assert lookups.decided_in(connection, "att-a", CODE, "anna") == (NOW, 7)
        granted = seat("anna", SeatState.GRANTED)
        seats.record_seats(connection, "att-a", [granted], {"anna": moved_up}, 9, LATER)
        assert lookups.decided_in(connection, "att-a", CODE, "anna") == (LATER, 9)
        assert lookups.decided_in(connection, "att-a", CODE, "nobody") is None
        steps = decisions.history(connection, "att-a", "anna", CODE)
        assert [(d.before, d.after, d.run, d.at) for d in steps] == [
            ("", "waiting", 7, NOW),
            ("waiting", "granted", 9, LATER),
        ]
        assert steps[0].facts == (("place", "2"), ("capacity", "1"))
        assert decisions.history(connection, "att-a", "anna") == steps
        assert seats.decided(connection, "att-a", "OTHER") == {}


def test_the_same_seats_again_write_nothing(ledger: Ledger) -> None:
    made = [seat("anna", SeatState.GRANTED), seat("dora", SeatState.REFUSED, rule="specialty")]
    with ledger.begin() as connection:
        seats.record_seats(connection, "att-a", made, {}, None, NOW)
        before = seats.decided(connection, "att-a")[CODE]
    writes = Writes(ledger)
    with ledger.begin() as connection:
        assert seats.record_seats(connection, "att-a", made, before, None, LATER) == []
    assert writes.count == 0


def test_what_somebody_was_told_is_remembered_with_a_version(ledger: Ledger) -> None:
    granted = seat("anna", SeatState.GRANTED)
    with ledger.begin() as connection:
        seats.record_seats(connection, "att-a", [granted], {}, None, NOW)
        assert seats_told.otherwise_told(connection, "att-a") == {(CODE, "anna"): Told("", 0)}
        seats_told.mark_told(connection, "att-a", [(granted, 1)])
        assert seats_told.otherwise_told(connection, "att-a") == {}
        seats.record_seats(
            connection, "att-a", [replace(granted, state=SeatState.WITHDRAWN)], {"anna": granted}, None, LATER
        )
        assert seats_told.otherwise_told(connection, "att-a") == {(CODE, "anna"): Told("granted", 1)}
