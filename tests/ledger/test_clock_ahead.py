"""Moments that a clock which was ahead left in the ledger, and their way back (design, rules 1 and 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from kypek_sync.ledger import clock_ahead, cursors
from kypek_sync.ledger.clock_ahead import Dated
from kypek_sync.ledger.reading_tables import cursors as cursor_table
from kypek_sync.ledger.store import Ledger
from kypek_sync.ledger.tables import findings, people, person_changes, person_keys, reads

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AHEAD = NOW + 10 * DAY


def read(connection: Connection, as_of: datetime, good: datetime | None, scope: str = "people") -> None:
    values = {"system": "sch", "scope": scope, "as_of": as_of, "complete": as_of == good, "items": 3}
    connection.execute(insert(reads).values(**values, good_as_of=good, good_items=3))


def person(connection: Connection, login: str, **moments: datetime | int | None) -> None:
    plain = {"first_seen": NOW - DAY, "last_seen": NOW - DAY, "absences": 0}
    row = {"id": login, "directory": "sch", "login": login, "kind": "teacher", "body": {}, "search": ""}
    connection.execute(insert(people).values(**row, **(plain | moments)))


def moments(connection: Connection, login: str) -> dict[str, datetime | int | None]:
    row = connection.execute(select(people).where(people.c.id == login)).mappings().one()
    return {name: row[name] for name in ("absences", "absent_at", "absent_since", "gone_at")}


def put_right(connection: Connection) -> Dated:
    return clock_ahead.put_right(connection, "sch", "maria", "the battery", NOW, ())


def test_a_read_of_a_moment_still_to_come_is_seen_and_another_machine_a_little_ahead_is_none(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert clock_ahead.blocked_until(connection, "sch", NOW) is None
        read(connection, NOW + timedelta(seconds=40), NOW + timedelta(seconds=40))
        assert clock_ahead.blocked_until(connection, "sch", NOW) is None
        read(connection, NOW, AHEAD, "units")
        assert clock_ahead.blocked_until(connection, "sch", NOW) == AHEAD
        assert clock_ahead.of_those(connection, ("sch", "", "register"), NOW) == (("sch", AHEAD),)


def test_reads_and_cursor_come_back_to_before_the_read_that_was_tried_since(ledger: Ledger) -> None:
    tried = NOW - HOUR
    with ledger.begin() as connection:
        read(connection, tried, AHEAD)
        read(connection, AHEAD, AHEAD, "units")
        row = {"system": "sch", "scope": "people", "behind": False, "cursor": "c", "how": "full", "tried_at": tried}
        later = dict.fromkeys(("taken_at", "full_at", "healed_at", "refused_since"), AHEAD)
        connection.execute(insert(cursor_table).values(**row, **later))
        put_right(connection)
        stands = cursors.standing(connection, "sch")
        assert stands.full_at is not None
        assert stands.full_at < tried == stands.tried_at
        assert (stands.taken_at, stands.healed_at, stands.refused_since) == (NOW, NOW, NOW)
        good = {row.scope: row.good_as_of for row in connection.execute(select(reads))}
        assert good == {"people": tried, "units": NOW}
        assert clock_ahead.dated(connection, "sch", NOW) == Dated(None, 0, 0)


def test_where_nothing_was_tried_since_the_full_read_counts_as_made_now(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        cursors.took_full(connection, "sch", "c", AHEAD)
        put_right(connection)
        stands = cursors.standing(connection, "sch")
        assert (stands.full_at, stands.tried_at) == (NOW, NOW)


def test_whoever_is_leaving_starts_anew_and_the_wrong_clock_made_nobody_gone(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        person(connection, "there")
        person(connection, "leaving", absences=1, absent_at=NOW - HOUR, absent_since=NOW - HOUR)
        person(connection, "ahead", absences=1, absent_at=AHEAD, absent_since=AHEAD)
        person(connection, "over", absences=2, absent_at=AHEAD, absent_since=NOW - HOUR, gone_at=AHEAD)
        long_ago = {"absences": 2, "absent_at": NOW - DAY, "absent_since": NOW - 9 * DAY, "gone_at": NOW - DAY}
        person(connection, "gone", **long_ago)
        assert put_right(connection) == Dated(None, 2, 1)
        anew = {"absences": 0, "absent_at": None, "absent_since": NOW, "gone_at": None}
        for login in ("leaving", "ahead", "over"):
            assert moments(connection, login) == anew
        assert moments(connection, "there")["absent_since"] is None
        assert moments(connection, "gone") == long_ago


def test_who_had_a_key_first_had_it_first_afterwards_too(ledger: Ledger) -> None:
    """Brought to one and the same moment, a login would have had two owners at once."""
    with ledger.begin() as connection:
        person(connection, "old", first_seen=NOW - DAY, last_seen=AHEAD)
        person(connection, "new", first_seen=AHEAD + HOUR, last_seen=AHEAD + HOUR)
        keys = [("old", NOW - DAY, AHEAD, AHEAD + HOUR), ("new", AHEAD + HOUR, AHEAD + HOUR, None)]
        for who, first, last, until in keys:
            values = {"directory": "sch", "kind": "login", "value": "x", "person": who, "disputed": False}
            connection.execute(insert(person_keys).values(**values, first_seen=first, last_seen=last, until=until))
        change = {"directory": "sch", "person": "new", "at": AHEAD + HOUR, "field": "mail", "before": "", "after": ""}
        connection.execute(insert(person_changes).values(**change))
        finding = {"source": "sch", "subject": "x", "code": "c", "level": "warning", "text": "t", "first_seen": AHEAD}
        connection.execute(insert(findings).values(**finding))
        put_right(connection)
        found = {row.person: row for row in connection.execute(select(person_keys))}
        assert (found["old"].first_seen, found["old"].last_seen, found["old"].until) == (NOW - DAY, NOW - HOUR, NOW)
        assert (found["new"].first_seen, found["new"].last_seen, found["new"].until) == (NOW, NOW, None)
        assert connection.execute(select(person_changes.c.at)).scalar_one() == NOW
        assert connection.execute(select(findings.c.first_seen)).scalar_one() == NOW


@pytest.mark.parametrize("other", ["another", "register"])
def test_another_directory_is_not_touched(ledger: Ledger, other: str) -> None:
    with ledger.begin() as connection:
        cursors.took_full(connection, other, "c", AHEAD)
        put_right(connection)
        assert cursors.standing(connection, other).full_at == AHEAD
