"""Where the next read of a directory may start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, cursors
from kypek_sync.ledger.cursors import How, Standing

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def test_before_the_first_read_there_is_no_cursor(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert cursors.standing(connection, "sch") == Standing("sch")


def test_a_full_read_begins_and_a_delta_goes_on(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        cursors.took_full(connection, "sch", "c0", NOW)
        assert cursors.standing(connection, "sch") == Standing("sch", "c0", How.FULL, NOW, NOW, NOW)
        assert cursors.took_changes(connection, "sch", "c0", "c1", LATER)
        assert cursors.standing(connection, "sch") == Standing("sch", "c1", How.CHANGES, LATER, NOW, NOW)
        assert cursors.standing(connection, "other") == Standing("other")


def test_a_delta_that_began_before_somebody_else_read_is_not_taken(ledger: Ledger) -> None:
    """Two KYPEKs of one directory: the older answer must not undo the newer one."""
    with ledger.begin() as connection:
        cursors.took_full(connection, "sch", "c0", NOW)
        assert cursors.took_changes(connection, "sch", "c0", "c2", NOW)
        assert not cursors.took_changes(connection, "sch", "c0", "c1", LATER)
        assert cursors.standing(connection, "sch").cursor == "c2"


def test_a_refused_delta_costs_no_cursor_and_remembers_since_when(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        cursors.took_full(connection, "sch", "c0", NOW)
        cursors.refused(connection, "sch", "It lags.", NOW, behind=True)
        cursors.refused(connection, "sch", "It lags.", LATER, behind=True)
        found = cursors.standing(connection, "sch")
        assert (found.cursor, found.refused_since, found.refused_at, found.behind) == ("c0", NOW, LATER, True)
        cursors.refused(connection, "sch", "The cookie is stale.", LATER)
        found = cursors.standing(connection, "sch")
        assert (found.refused_since, found.behind, found.why) == (LATER, False, "The cookie is stale.")
        assert cursors.took_changes(connection, "sch", "c0", "c1", LATER)
        assert cursors.standing(connection, "sch") == Standing("sch", "c1", How.CHANGES, LATER, NOW, NOW)


def test_a_full_read_that_proves_nothing_keeps_the_cursor_and_is_remembered_as_a_try(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        cursors.took_full(connection, "sch", "c0", NOW)
        cursors.tried_full(connection, "sch", LATER)
        assert cursors.standing(connection, "sch") == Standing("sch", "c0", How.FULL, NOW, NOW, LATER)
        cursors.tried_full(connection, "other", LATER)
        assert cursors.standing(connection, "other") == Standing("other", tried_at=LATER)
