"""Entries of the directory as a read showed them, and what the ledger remembers of each: a digest.

While somebody's digest is here, an entry of the same digest is their entry as it was: it is not mapped, compared or
written again. Nobody has one who was not shown by the last complete read, so that a return comes as a change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Select, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.matching import LOGIN, STRONG
from kypek_sync.ledger.tables import people, person_keys, units
from kypek_sync.model import Finding, Person, PersonKey

T = TypeVar("T")

AT_ONCE = 500
"""Values of one query: every database takes so many (an old SQLite no more than 999)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry of a read. `findings` are what is odd about it by itself. One that is as it was has `owner`, our id of
    whom it belonged to, and its findings are in the ledger."""

    person: Person
    digest: bytes
    findings: tuple[Finding, ...] = ()
    owner: str = ""

    @property
    def changed(self) -> bool:
        """Whether it is new or another one than before."""
        return not self.owner


class Changed(Protocol):
    """The entries of a read that are new or have changed, wherever they are kept. Each is given once, by either way."""

    def chunks(self) -> Iterator[list[Shown]]:
        """All that were not given yet, some hundreds at a time."""

    def carrying(self, keys: Collection[PersonKey]) -> list[Shown]:
        """Those not given yet that show one of these keys."""

    def crowded(self, keys: Collection[PersonKey]) -> frozenset[PersonKey]:
        """Those of these keys that so many entries show that they link nobody."""


def people_digests(connection: Connection, directory: str) -> Iterator[bytes]:
    """The digests of everybody whom the directory shows, as they were last kept."""
    query = select(people.c.digest).where(people.c.directory == directory, people.c.digest.is_not(None))
    yield from _streamed(connection, query)


def unit_digests(connection: Connection, directory: str) -> Iterator[bytes]:
    """The digests of all units."""
    query = select(units.c.digest).where(units.c.directory == directory, units.c.digest.is_not(None))
    yield from _streamed(connection, query)


def known_as(connection: Connection, directory: str, read: Collection[Person]) -> dict[str, Person]:
    """Who each of these entries was known as, by the login that it has now: whoever alone has one of its keys, so that
    a new login does not hide what was known, and else who had its login, unless their entryUUIDs are two. Of several
    with one login, whoever is there before who is leaving, and these before who has gone."""
    by_key, by_login = _sole_holders(connection, directory, read), _by_login(connection, directory, read)
    found: dict[str, Person] = {}
    for person in read:
        mine = next((by_key[key] for key in person.keys if key in by_key), None)
        if mine is None and (had := by_login.get(person.login)) is not None and not _two_people(person, had):
            mine = had
        if mine is not None:
            found[person.login] = mine
    return found


def _sole_holders(connection: Connection, directory: str, read: Collection[Person]) -> dict[PersonKey, Person]:
    """Whoever alone has each of the strong keys that one of these entries shows. One in dispute names nobody: neither
    while somebody shows it whose it is not, nor to an entry with a login under which it was shown so."""
    entries: dict[PersonKey, list[Person]] = defaultdict(list)
    for person in read:
        for key in {key for key in person.keys if key.kind in STRONG}:
            entries[key].append(person)
    found: dict[PersonKey, Person] = {}
    for kind in STRONG:
        for some in parts(sorted(key.value for key, those in entries.items() if key.kind == kind and len(those) == 1)):
            query = (
                select(person_keys.c.value, person_keys.c.disputed, person_keys.c.until, people.c.login, people.c.body)
                .join(people, people.c.id == person_keys.c.person)
                .where(person_keys.c.directory == directory, person_keys.c.kind == kind, person_keys.c.value.in_(some))
            )
            rows = connection.execute(query).all()
            times = Counter(row.value for row in rows if not row.disputed)
            login = {value: entries[PersonKey(kind, value)][0].login for value in some}
            doubtful = {r.value for r in rows if r.disputed and (r.until is None or r.login == login[r.value])}
            sole = [row for row in rows if not row.disputed and times[row.value] == 1 and row.value not in doubtful]
            found |= {PersonKey(kind, row.value): load(Person, row.body) for row in sole}
    return found


def _by_login(connection: Connection, directory: str, read: Collection[Person]) -> dict[str, Person]:
    """Who had each login: of several who are there whoever came to it last."""
    came = (person_keys.c.person == people.c.id) & (person_keys.c.kind == LOGIN)
    came &= (person_keys.c.directory == directory) & (person_keys.c.value == people.c.login)
    found: dict[str, Person] = {}
    for some in parts(sorted({person.login for person in read})):
        query = select(people.c.login, people.c.body).outerjoin(person_keys, came)
        query = query.where(people.c.directory == directory, people.c.login.in_(some))
        order = (people.c.gone_at.is_(None), people.c.absent_since.is_(None), person_keys.c.last_seen, people.c.id)
        found |= {row.login: load(Person, row.body) for row in connection.execute(query.order_by(*order))}
    return found


def _two_people(one: Person, other: Person) -> bool:
    """Whether both show an entryUUID, and not the same one."""
    mine, theirs = ({key for key in person.keys if key.kind == STRONG[0]} for person in (one, other))
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def as_before(connection: Connection, directory: str, unseen: Collection[bytes]) -> Generator[Person, None, None]:
    """Everybody whose entry is as it was, in no order that means anything; `unseen` are the digests of the others."""
    query = select(people.c.digest, people.c.body).where(people.c.directory == directory, people.c.digest.is_not(None))
    with connection.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        for digest, body in rows:
            if bytes(digest) not in unseen:
                yield load(Person, body)


def again(digest: bytes) -> bytes:
    """Another digest, which no entry has: whoever keeps it is there, and their entry is looked at again when it is read
    next, whether it has changed or not."""
    return blake2b(digest, digest_size=len(digest), person=b"look again").digest()


def fingerprint(digests: Iterable[bytes]) -> int:
    """One number for a set of digests, whatever their order."""
    total = 0
    for digest in digests:
        total += int.from_bytes(digest, "little")
    return total


def parts(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The values, so many at a time."""
    every = list(values)
    for start in range(0, len(every), size):
        yield every[start : start + size]


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[bytes]:
    for (digest,) in connection.execute(query.execution_options(yield_per=5000)):
        yield bytes(digest)
