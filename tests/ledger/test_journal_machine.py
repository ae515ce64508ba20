"""Whatever is appended, rolled back, forgotten and erased, in whatever order: the chains verify. Whatever single letter
of whatever field of whatever row is altered: the check finds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, IntegrityError, connect
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kypek_sync.ledger import Ledger, journal, journal_retention, open_ledger
from kypek_sync.ledger.forgetting import forget
from kypek_sync.ledger.journal import Entry, Head, Kind
from kypek_sync.ledger.journal_check import known_chains, verify
from kypek_sync.ledger.journal_people import Who

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KYPEKS = ("att-a", "att-v")
LOGINS = ("anna", "dora", "eleni")
MEMORY = Path("/dev/shm")

words = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["anna", "Η dora το έκανε", "eleni-maria"])
entries = st.builds(
    Entry,
    kind=st.sampled_from([kind for kind in Kind if kind not in (Kind.FORGOTTEN, Kind.ERASED)]),
    content=st.dictionaries(words, words | st.integers() | st.none() | st.lists(words, max_size=3), max_size=3),
    about=st.none() | st.builds(Who, st.sampled_from(LOGINS), st.sampled_from(["", "p1", "p2"])),
    people=st.dictionaries(words, st.lists(st.builds(Who, st.sampled_from(LOGINS)), max_size=2), max_size=2),
    run=st.none() | st.integers(1, 9),
    record=st.none() | st.integers(1, 9),
)


class Chains(RuleBasedStateMachine):
    """Two chains in one ledger. `heads` are those that were written out on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.ledger = open_ledger("sqlite:///kypek.db", Path(self.folder.name))
        self.now = START
        self.lengths = dict.fromkeys(KYPEKS, 0)
        self.heads: dict[str, list[tuple[str, Head]]] = {kypek: [] for kypek in KYPEKS}

    @rule(kypek=st.sampled_from(KYPEKS), those=st.lists(entries, max_size=4), keep=st.booleans())
    def append(self, kypek: str, those: list[Entry], keep: bool) -> None:
        with self.ledger.begin(keep=keep) as connection:
            head = journal.append(connection, kypek, those, self.now)
        assert head.number == self.lengths[kypek] + len(those)
        if keep:
            self.lengths[kypek] = head.number

    @rule(login=st.sampled_from(LOGINS), keep=st.booleans())
    def forget(self, login: str, keep: bool) -> None:
        with self.ledger.begin(keep=keep) as connection:
            forget(connection, login, KYPEKS, self.now)
            lengths = {kypek: journal.head(connection, kypek).number for kypek in KYPEKS}
        if keep:
            assert lengths != self.lengths
            self.lengths = lengths

    @rule(days=st.integers(1, 60), keep=st.booleans())
    def old_contents_end(self, days: int, keep: bool) -> None:
        with self.ledger.begin(keep=keep) as connection:
            journal_retention.erase(connection, timedelta(days=days), self.now)
            lengths = {kypek: journal.head(connection, kypek).number for kypek in KYPEKS}
        if keep:
            self.lengths = lengths

    @rule(kypek=st.sampled_from(KYPEKS))
    def a_head_is_written_out(self, kypek: str) -> None:
        with self.ledger.begin() as connection:
            self.heads[kypek].append((self.now.date().isoformat(), journal.head(connection, kypek)))

    @rule(hours=st.integers(-2, 1000))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def the_chains_verify(self) -> None:
        for kypek in KYPEKS:
            verdict = verify(self.ledger, kypek, self.heads[kypek])
            assert verdict.breaks == []
            assert verdict.head.number == self.lengths[kypek]

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()


TestChains = Chains.TestCase
TestChains.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)

TABLES = ("journal", "journal_contents", "journal_people")


@pytest.fixture(scope="module")
def kept() -> Iterator[Ledger]:
    """Two chains, with somebody forgotten and the guards of the database taken away by whoever owns it."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        ledger = open_ledger("sqlite:///kypek.db", Path(folder))
        with ledger.begin() as connection:
            for kypek in KYPEKS:
                those = [
                    Entry(Kind.DECISION, {"seminar": "EKFE-26-01", "facts": [["place", "2"]]}, Who(login, "p1"), run=7)
                    for login in LOGINS
                ]
                approval = Entry(Kind.HOLD, {"state": "approved"}, people={"who": [Who("officer1")]}, record=3)
                journal.append(connection, kypek, [*those, approval], START)
            forget(connection, "dora", KYPEKS, START + timedelta(days=1))
            for trigger in ("journal_keeps_entries", "journal_keeps_all"):
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        yield ledger
        ledger.close()


def whole(ledger: Ledger) -> bool:
    """Whether every chain there is verifies, those of no KYPEK of the settings too."""
    with ledger.begin(keep=False) as connection:
        chains = known_chains(connection)
    return all(verify(ledger, kypek).whole for kypek in {*chains, *KYPEKS})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.sampled_from(TABLES),
    row=st.integers(0, 20),
    column=st.integers(0, 20),
    place=st.integers(0, 500),
    by=st.integers(1, 94),
)
def test_any_single_letter_that_is_altered_is_found(
    kept: Ledger, table: str, row: int, column: int, place: int, by: int
) -> None:
    """One printable letter becomes another, in a field that has one; a number becomes another; nothing becomes one."""
    with closing(connect(str(kept.engine.url.database), isolation_level=None)) as database:
        try:
            before = tampered(database, table, row, column, place, by)
        except IntegrityError:  # the number of another entry: the database itself refuses
            return
        assert not whole(kept)
        identity, name, value = before
        database.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (value, identity))
    assert whole(kept)


def tampered(database: Connection, table: str, row: int, column: int, place: int, by: int) -> tuple[int, str, object]:
    """Alter one field; which it was and what it held."""
    names = [one[1] for one in database.execute(f"PRAGMA table_info({table})")]
    rows = database.execute(f"SELECT rowid, {', '.join(names)} FROM {table} ORDER BY rowid").fetchall()
    identity, *values = rows[row % len(rows)]
    name, value = names[column % len(names)], values[column % len(names)]
    database.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (other(value, place, by), identity))
    return identity, name, value


def other(value: object, place: int, by: int) -> object:
    """A value that differs in one letter."""
    if isinstance(value, int):
        return value + by
    if not value:
        return "x" if isinstance(value, str) else by
    text = str(value)
    at = place % len(text)
    letter = chr(32 + (ord(text[at]) - 32 + by) % 95)
    return text[:at] + (letter if letter != text[at] else "~") + text[at + 1 :]
