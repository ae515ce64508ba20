"""Work by hand in the ledger: open while it is wanted, closed when seen, ticked off or over, and open again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.ledger import Ledger, todos
from kypek_sync.ledger.todos import Closed, Entry
from kypek_sync.seminar.by_hand import Kind, Todo

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DATES = Todo(Kind.DATES, "", "https://eclass.example/agenda", "05/03/2027 17:00")
MOVED = Todo(Kind.DATES, "", "https://eclass.example/agenda", "06/03/2027 17:00")
PLACE = ("att-a", "eclass", "EKFE-27-01")


@pytest.fixture
def book(ledger: Ledger) -> Ledger:
    return ledger


def record(book: Ledger, *asked: Todo, days: float = 0, kinds: Collection[Kind] = tuple(Kind)) -> list[Entry]:
    with book.begin() as connection:
        todos.record(connection, *PLACE, asked, NOW + timedelta(days=days), kinds)
        return todos.listed(connection, "att-a", every=True)


def tick(book: Ledger, number: int) -> bool:
    with book.begin() as connection:
        return todos.close(connection, number, Closed.TICKED, "officer1", NOW)


def seen(one: Todo, there: bool) -> Todo:
    return Todo(one.kind, one.login, one.link, one.text, seen=there)


def test_what_is_wanted_is_open_once(book: Ledger) -> None:
    record(book, DATES)
    (one,) = record(book, DATES, days=1)
    assert (one.kind, one.text, one.opened, one.closed) == (Kind.DATES, DATES.text, NOW, None)


def test_a_tick_stands_until_the_text_is_another_one(book: Ledger) -> None:
    (one,) = record(book, DATES)
    assert tick(book, one.id)
    assert not tick(book, one.id)
    (ticked,) = record(book, DATES, days=1)
    assert (ticked.how, ticked.closed_by) == (Closed.TICKED, "officer1")
    (again,) = record(book, MOVED, days=2)
    assert (again.closed, again.how, again.text) == (None, None, MOVED.text)
    assert again.opened == NOW + timedelta(days=2)


def test_who_ticked_by_mistake_takes_it_back(book: Ledger) -> None:
    (one,) = record(book, DATES)
    tick(book, one.id)
    with book.begin() as connection:
        assert todos.reopen(connection, one.id, NOW)
        assert not todos.reopen(connection, one.id, NOW)
        assert todos.listed(connection, "att-a")


def test_what_the_platform_shows_is_done_and_open_again_when_it_is_gone(book: Ledger) -> None:
    record(book, DATES)
    (done,) = record(book, seen(DATES, True), days=1)
    assert (done.how, done.closed) == (Closed.SEEN, NOW + timedelta(days=1))
    (still,) = record(book, DATES, days=2)  # not looked at again
    assert still.how is Closed.SEEN
    (gone,) = record(book, seen(DATES, False), days=3)
    assert gone.closed is None


def test_a_tick_is_believed_against_what_is_seen(book: Ledger) -> None:
    (one,) = record(book, seen(DATES, False))
    tick(book, one.id)
    (still,) = record(book, seen(DATES, False), days=1)
    assert still.how is Closed.TICKED


def test_what_nobody_wants_any_more_is_over_and_comes_back_if_it_is_wanted_again(book: Ledger) -> None:
    record(book, DATES)
    (over,) = record(book, days=1)
    assert over.how is Closed.OVER
    (again,) = record(book, DATES, days=2)
    assert again.closed is None


def test_a_kind_that_could_not_be_judged_stays_as_it_is(book: Ledger) -> None:
    record(book, DATES)
    (still,) = record(book, kinds=(Kind.TITLE,))
    assert still.closed is None


def test_people_are_told_apart_and_others_courses_are_left_alone(book: Ledger) -> None:
    record(book, Todo(Kind.LEAVE_GROUP, "anna"), Todo(Kind.LEAVE_GROUP, "maria"))
    with book.begin() as connection:
        todos.record(connection, "att-a", "eclass", "EKFE-27-02", [], NOW, tuple(Kind))
    assert [one.login for one in record(book, Todo(Kind.LEAVE_GROUP, "maria"), days=1) if one.closed is None] == [
        "maria"
    ]
