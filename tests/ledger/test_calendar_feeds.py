"""A personal calendar is opened by a word that the ledger itself does not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kypek_sync.ledger import Ledger, calendar_feeds
from kypek_sync.ledger.calendar_feeds import Feed
from kypek_sync.ledger.calendar_tables import calendar_feeds as table

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY = b"an invented key"


def make(ledger: Ledger, login: str = "anna", person: str = "p1", now: datetime = NOW) -> str:
    with ledger.begin() as connection:
        return calendar_feeds.make(connection, KEY, login, person, now)


def opened(ledger: Ledger, token: str, key: bytes = KEY) -> Feed | None:
    with ledger.begin(keep=False) as connection:
        return calendar_feeds.opened_by(connection, key, token)


def test_its_word_opens_it_and_is_kept_nowhere(ledger: Ledger) -> None:
    token = make(ledger)
    assert opened(ledger, token) == Feed("anna", "p1", NOW)
    with ledger.begin(keep=False) as connection:
        (row,) = connection.execute(select(table))
    assert not any(token in str(value) for value in row)
    assert len(token) >= 43


@pytest.mark.parametrize("wrong", ["", "x", "α" * 43, "x" * 100_000, "%"])
def test_no_other_word_opens_it(ledger: Ledger, wrong: str) -> None:
    token = make(ledger)
    for attempt in (wrong, token[:-1], token + "x", token.swapcase()):
        assert opened(ledger, attempt) is None


def test_under_another_key_it_opens_nothing(ledger: Ledger) -> None:
    assert opened(ledger, make(ledger), b"another key") is None


def test_a_new_word_ends_the_one_before(ledger: Ledger) -> None:
    first = make(ledger)
    second = make(ledger, now=NOW + timedelta(days=1))
    assert first != second
    assert opened(ledger, first) is None
    assert opened(ledger, second) == Feed("anna", "p1", NOW + timedelta(days=1))


def test_it_follows_the_person_to_a_new_login(ledger: Ledger) -> None:
    first = make(ledger, "anna", "p1")
    second = make(ledger, "anna.new", "p1")
    assert (opened(ledger, first), opened(ledger, second)) == (None, Feed("anna.new", "p1", NOW))


def test_whoever_has_the_login_next_sees_nothing_of_it(ledger: Ledger) -> None:
    make(ledger, "anna", "p1")
    with ledger.begin() as connection:
        assert calendar_feeds.of(connection, "anna", "p1") == Feed("anna", "p1", NOW)
        assert calendar_feeds.of(connection, "anna", "p2") is None
        assert calendar_feeds.of(connection, "anna.new", "p1") == Feed("anna", "p1", NOW)


def test_who_was_not_known_yet_keeps_it_when_they_are(ledger: Ledger) -> None:
    make(ledger, "anna", "")
    with ledger.begin() as connection:
        assert calendar_feeds.of(connection, "anna", "p1") == Feed("anna", "", NOW)


def test_it_can_be_ended(ledger: Ledger) -> None:
    token = make(ledger)
    with ledger.begin() as connection:
        assert calendar_feeds.end(connection, "anna", "p1")
        assert not calendar_feeds.end(connection, "anna", "p1")
        assert calendar_feeds.of(connection, "anna", "p1") is None
    assert opened(ledger, token) is None
