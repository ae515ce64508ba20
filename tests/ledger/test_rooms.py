"""Who was in which room when; a missed poll is a gap, never an absence (B-28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Occupant, Room
from kypek_sync.ledger import Ledger, rooms

START = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
REF = "att-a-EKFE-26-01-1"


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def poll(ledger: Ledger, at: float, *inside: str, incarnation: str = "i1") -> None:
    people = tuple(Occupant(who, who.capitalize(), who == "m") for who in inside)
    room = Room(REF, incarnation, START, people)
    with ledger.begin() as connection:
        rooms.saw_room(connection, "att-a", "bbb", "EKFE-26-01", 1, room, minute(at))


def intervals(ledger: Ledger) -> list[tuple[str, datetime, datetime]]:
    with ledger.begin() as connection:
        return rooms.intervals(connection, "att-a", REF)


def test_each_poll_extends_the_presence_of_those_inside(ledger: Ledger) -> None:
    for at in range(5):
        poll(ledger, at, "a", *(["b"] if at < 2 else []))
    assert intervals(ledger) == [("a", minute(0), minute(4)), ("b", minute(0), minute(1))]


def test_a_longer_silence_is_a_gap_between_two_intervals(ledger: Ledger) -> None:
    for at in (0, 1, 4, 7.5, 8):
        poll(ledger, at, "a")
    assert intervals(ledger) == [("a", minute(0), minute(4)), ("a", minute(7.5), minute(8))]


def test_two_connections_of_one_person_are_one_presence(ledger: Ledger) -> None:
    poll(ledger, 0, "a", "a")
    poll(ledger, 1, "a", "a")
    assert intervals(ledger) == [("a", minute(0), minute(1))]


def test_each_incarnation_has_presences_of_its_own(ledger: Ledger) -> None:
    poll(ledger, 0, "a")
    poll(ledger, 1, "a", incarnation="i2")
    assert intervals(ledger) == [("a", minute(0), minute(0)), ("a", minute(1), minute(1))]


def test_a_room_runs_until_a_poll_no_longer_shows_it(ledger: Ledger) -> None:
    poll(ledger, 0, "a")
    poll(ledger, 1, "m")
    with ledger.begin() as connection:
        assert rooms.running(connection, "att-a") == {REF: "i1"}
        assert rooms.running(connection, "att-v") == {}
        rooms.ended(connection, "att-a", REF, minute(3))
        assert rooms.running(connection, "att-a") == {}
    poll(ledger, 9, "a", incarnation="i2")
    with ledger.begin() as connection:
        assert rooms.running(connection, "att-a") == {REF: "i2"}


def test_a_room_that_a_poll_had_missed_has_not_ended(ledger: Ledger) -> None:
    poll(ledger, 0, "a")
    with ledger.begin() as connection:
        rooms.ended(connection, "att-a", REF, minute(1))
    poll(ledger, 2, "a")
    with ledger.begin() as connection:
        assert rooms.running(connection, "att-a") == {REF: "i1"}
