"""A recording that looks only at what changed, a group at a time, makes of any sequence of reads what one that looks at
everything makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, event, select
from sqlalchemy.pool import StaticPool

from kypek_sync.ledger import reads
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.people import IdentitiesDoubted
from kypek_sync.ledger.store import _sqlite_begin, _sqlite_connect
from kypek_sync.ledger.tables import people as people_table
from kypek_sync.ledger.tables import person_keys
from kypek_sync.model import Person, PersonKey
from kypek_sync.sync.directory import spool
from tests.ledger import whole_directory
from tests.ledger.directory import DEPARTURE, DIRECTORY, START, entry, record, seen
from tests.ledger.whole_recording import WholeMemory

LOGINS = ["anna", "dora", "eva", "zoe", "ada"]
UUIDS = ["", "u1", "u2", "u3", "u4"]
NUMBERS = ["", "r1", "r2", "r3"]
NAMES = ["Άννα", "Ζωή"]


@dataclass(frozen=True)
class Step:
    """What happens to a directory before its next read: entries are left out, changed and added; some stand twice."""

    days: float
    complete: bool
    left_out: tuple[int, ...]
    added: tuple[Person, ...]
    twice: bool


entries = st.builds(
    lambda login, uuid, registry, name: entry(login, uuid=uuid, registry=registry, surname=name, given=name),
    st.sampled_from(LOGINS),
    st.sampled_from(UUIDS),
    st.sampled_from(NUMBERS),
    st.sampled_from(NAMES),
)
steps = st.builds(
    Step,
    days=st.sampled_from([0.1, 1, 4, 8]),
    complete=st.integers(0, 3).map(bool),
    left_out=st.lists(st.integers(0, 5), max_size=2).map(tuple),
    added=st.lists(entries, max_size=2).map(tuple),
    twice=st.integers(0, 9).map(lambda n: n == 9),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A ledger in memory, as a transaction that is never kept."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    with engine.connect() as it:
        metadata.create_all(it)
        it.commit()
        yield it
    engine.dispose()


class Both:
    """The same reads into both memories; `ids` say who is who."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.whole = WholeMemory(DEPARTURE)
        self.ids: dict[str, str] = {}
        self.now = START

    def read(self, persons: list[Person], days: float, *, complete: bool) -> None:
        self.now += timedelta(days=days)
        if not self.whole.record(persons, self.now, complete=complete):
            with pytest.raises(IdentitiesDoubted):
                record(self.connection, seen(*persons, at=self.now, complete=complete), DEPARTURE, self.now)
            return
        record(self.connection, seen(*persons, at=self.now, complete=complete), DEPARTURE, self.now)
        self._learn()
        self._compare()
        if complete:
            told = tuple(sorted(one for _, one in reads.listed_findings(self.connection, DIRECTORY)))
            assert told == self.whole.findings

    def _learn(self) -> None:
        """Whoever is new in one is new in the other, under the same login."""
        new = {
            known.person.login: known.id
            for known in whole_directory.everybody(self.connection, DIRECTORY).values()
            if known.id not in self.ids.values()
        }
        for identity in self.whole.everybody.keys() - self.ids.keys():
            self.ids[identity] = new.pop(self.whole.everybody[identity].person.login)
        assert not new

    def _compare(self) -> None:
        rows = {row.id: row for row in self.connection.execute(select(people_table))}
        known = whole_directory.everybody(self.connection, DIRECTORY)
        assert len(rows) == len(self.whole.everybody)
        for identity, one in self.whole.everybody.items():
            row, mine = rows[self.ids[identity]], known[self.ids[identity]]
            assert mine.person == one.person
            assert (row.absences, row.absent_at, row.absent_since) == (one.absences, one.absent_at, one.absent_since)
            assert (row.gone_at is not None) == one.gone
        query = select(person_keys).where(person_keys.c.disputed.is_(False))
        held = {(PersonKey(r.kind, r.value), r.person): r.last_seen for r in self.connection.execute(query)}
        assert held == {(key, self.ids[i]): at for key, those in self.whole.keys.items() for i, at in those.items()}


def _step(days: float, left_out: tuple[int, ...], *added: Person, complete: bool = True) -> Step:
    return Step(days, complete, left_out, added, twice=False)


A_KEY_LOST_BY_THE_READ_THAT_TELLS = [
    _step(1, (), entry("anna", uuid="u1", registry="r1")),
    _step(1, (), entry("zoe", uuid="u2", registry="r1"), entry("ada", uuid="u2", registry="r1")),
    _step(1, (0, 2)),
    _step(8, (), entry("anna", uuid="u4"), entry("ada", registry="r1")),
]
"""ada shared an entryUUID with zoe, and shows only anna's number when she is back: the read that takes the entryUUID
from her leaves it in doubt who she is."""


@example(first=[], story=A_KEY_LOST_BY_THE_READ_THAT_TELLS, chunk=3)
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(first=st.lists(entries, max_size=5), story=st.lists(steps, max_size=6), chunk=st.integers(1, 3))
def test_it_makes_what_a_look_at_everything_makes(
    connection: Connection, first: list[Person], story: list[Step], chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, connection.begin() as transaction:
        patch.setattr(spool, "CHUNK", chunk)
        both, there = Both(connection), first
        both.read(there, 0, complete=True)
        for step in story:
            there = [one for number, one in enumerate(there) if number not in step.left_out] + list(step.added)
            both.read(there * 2 if step.twice else there, step.days, complete=step.complete)
            both.read(there, 0.5, complete=True)
            both.read(there[::-1], 0.5, complete=True)
        transaction.rollback()
