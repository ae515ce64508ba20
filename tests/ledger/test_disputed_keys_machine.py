"""Whatever entries show, in whatever order it becomes known: two of a read are two people, a key in dispute passes to
nobody and makes nobody another before a person decides, and a delta with the full read after it ends as that alone.

The same directory is recorded twice: in full each time, and each time as a delta before the full read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Connection, create_engine, event, select
from sqlalchemy.pool import StaticPool

from kypek_sync.ledger import identities, reads
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.people import IdentitiesDoubted
from kypek_sync.ledger.people_recording import Ground, PeopleChanges, record_changes
from kypek_sync.ledger.store import _sqlite_begin, _sqlite_connect
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.model import Person, PersonKey
from kypek_sync.sync.directory.spool import PeopleKeeper
from tests.ledger.directory import DEPARTURE, START, digest_of, entry, record, seen

LOGINS, UUIDS, NUMBERS = ["anna", "dora", "eva", "zoe"], ["", "u1", "u2", "u3"], ["", "r1", "r2"]
FULL, DELTAS = "full", "deltas"


def _ledger() -> Connection:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    connection = engine.connect()
    metadata.create_all(connection)
    connection.commit()
    return connection


class Directory(RuleBasedStateMachine):
    """`there` is what the directory shows, `before` what it showed at the last read."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = _ledger()
        self.now: datetime = START
        self.there: dict[str, Person] = {}
        self.before: dict[str, Person] = {}
        self.disputed: set[tuple[PersonKey, str]] = set()
        self.one_for_one: dict[str, str] = {}

    def teardown(self) -> None:
        self.connection.close()
        self.connection.engine.dispose()

    # What happens in the directory

    @rule(login=st.sampled_from(LOGINS), uuid=st.sampled_from(UUIDS), number=st.sampled_from(NUMBERS))
    def an_entry_is_written(self, login: str, uuid: str, number: str) -> None:
        """An entryUUID is one entry's (RFC 4530): in a delta another one that has it is that entry as it was."""
        taken = any(PersonKey("entry-uuid", uuid) in one.keys for other, one in self.there.items() if other != login)
        self.there[login] = entry(login, uuid="" if taken else uuid, registry=number, surname="Ν")

    @precondition(lambda self: self.there)
    @rule(pick=st.integers(0, 3))
    def an_entry_goes(self, pick: int) -> None:
        del self.there[sorted(self.there)[pick % len(self.there)]]

    @precondition(lambda self: self.there)
    @rule(pick=st.integers(0, 3), login=st.sampled_from(LOGINS))
    def somebody_has_a_new_login(self, pick: int, login: str) -> None:
        one = self.there.pop(sorted(self.there)[pick % len(self.there)])
        kept = {key.kind: key.value for key in one.keys}
        self.there[login] = entry(
            login, uuid=kept.get("entry-uuid", ""), registry=kept.get("registry", ""), surname="Ν"
        )

    @precondition(lambda self: self.there)
    @rule()
    def the_source_shows_no_entry_uuids(self) -> None:
        for login, one in self.there.items():
            numbers = [key.value for key in one.keys if key.kind == "registry"]
            self.there[login] = entry(login, registry="".join(numbers), surname="Ν")

    @rule(days=st.sampled_from([0.3, 4, 8]))
    def it_is_read(self, days: float) -> None:
        self.now += timedelta(days=days)
        was = self._present(FULL)
        try:
            self._delta()
            for directory, hours in product((FULL, DELTAS), (1, 2)):  # who has gone is told by the next read
                read = seen(*self.there.values(), at=self.now + timedelta(hours=hours))
                record(self.connection, read, DEPARTURE, read.as_of, directory)
        except IdentitiesDoubted:  # more than three at once: nothing was recorded, and a person looks
            self.there = dict(self.before)
            return
        self._nobody_became_another_by_a_key_in_dispute(was)
        self.disputed |= self._in_dispute(FULL)
        self.before = dict(self.there)

    @precondition(lambda self: self.disputed)
    @rule(pick=st.integers(0, 9), verdict=st.sampled_from(Verdict))
    def a_person_decides(self, pick: int, verdict: Verdict) -> None:
        present = self._present(FULL)
        holders = sorted({one for _, one in self._in_dispute(FULL)} & set(present.values()))
        if not holders:
            return
        login = {identity: login for login, identity in present.items()}[holders[pick % len(holders)]]
        for directory in (FULL, DELTAS):
            doubt = identities.doubt(self.connection, directory, login)
            if doubt is not None:
                identities.decide(self.connection, directory, doubt, verdict, "maria", "…", self.now, ())
        self.disputed = self._in_dispute(FULL)
        self.one_for_one.clear()

    def _delta(self) -> None:
        changed = [one for login, one in self.there.items() if self.before.get(login) != one]
        gone = [PersonKey("login", login) for login in sorted(self.before.keys() - self.there.keys())]
        with PeopleKeeper(()) as keeper:
            for person in changed:
                keeper.take(person, digest_of(person), ())
            ground = Ground(self.connection, DELTAS, lambda wanted: None, self.now)
            record_changes(ground, PeopleChanges(self.now, keeper.entries, gone), keeper)

    # What the ledger makes of it

    def _present(self, directory: str) -> dict[str, str]:
        """login → our id, of those whom the directory shows."""
        here = select(people).where(people.c.directory == directory, people.c.digest.is_not(None))
        return {row.login: row.id for row in self.connection.execute(here)}

    def _in_dispute(self, directory: str) -> set[tuple[PersonKey, str]]:
        query = select(person_keys).where(person_keys.c.directory == directory, person_keys.c.disputed.is_(True))
        return {(PersonKey(row.kind, row.value), row.person) for row in self.connection.execute(query)}

    def _nobody_became_another_by_a_key_in_dispute(self, was: dict[str, str]) -> None:
        """An entry that shows nothing but what it showed before is the same person, unless theirs is another one."""
        present = self._present(FULL)
        doubtful = {identity for _, identity in self.disputed}
        for login, identity in was.items():
            if identity not in doubtful or identity in present.values() or login not in self.there:
                continue
            more = set(self.there[login].keys) - set(self.before[login].keys)
            assert more, f"{login} became another though nobody else is them"

    @invariant()
    def two_of_a_read_are_two_people(self) -> None:
        for directory in (FULL, DELTAS):
            assert self._present(directory).keys() == self.before.keys()

    @invariant()
    def what_was_in_dispute_is_nobodys_before_a_decision(self) -> None:
        query = select(person_keys).where(person_keys.c.directory == FULL, person_keys.c.disputed.is_(False))
        held = {(PersonKey(row.kind, row.value), row.person) for row in self.connection.execute(query)}
        assert not self.disputed & held

    @invariant()
    def a_delta_and_a_full_read_end_as_the_full_read_alone(self) -> None:
        mine, other = self._present(FULL), self._present(DELTAS)
        for login, identity in mine.items():
            assert self.one_for_one.setdefault(identity, other[login]) == other[login]
        told = [[one for _, one in reads.listed_findings(self.connection, name)] for name in (FULL, DELTAS)]
        assert told[0] == told[1]


Directory.TestCase.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDirectory = Directory.TestCase
