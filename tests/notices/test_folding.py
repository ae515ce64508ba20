"""What one person is told of several seminars at one moment is one letter, whatever they are in each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kypek_sync.ledger.outbox import Notice, Row
from kypek_sync.notices.change_words import CHANGED
from kypek_sync.notices.folding import letters_of

NOW = datetime(2027, 3, 3, 8, 0, tzinfo=UTC)


def row(number: int, person: str, login: str, kind: str = CHANGED, created: datetime = NOW) -> Row:
    notice = Notice("att-a", person, login, f"sessions:EKFE-26-0{number}", 1, kind, ())
    return Row(number, notice, f"<{number}@sch.example>", created, None, 0, "", False)


def numbers(*rows: Row) -> list[list[int]]:
    return [[one.id for one in letter] for letter in letters_of(rows)]


def test_who_has_a_seat_in_one_and_trains_in_another_gets_one_letter() -> None:
    """They had got two of one command: under our id for the seat, and under their login alone as a trainer."""
    assert numbers(row(1, "p1", "anna"), row(2, "", "anna"), row(3, "p2", "eleni")) == [[1, 2], [3]]


def test_what_was_decided_at_two_moments_is_two_letters() -> None:
    assert numbers(row(1, "p1", "anna"), row(2, "p1", "anna", created=NOW + timedelta(minutes=1))) == [[1], [2]]


def test_other_letters_are_their_own() -> None:
    assert numbers(row(1, "p1", "anna", "seat-granted"), row(2, "p1", "anna", "seat-granted")) == [[1], [2]]
