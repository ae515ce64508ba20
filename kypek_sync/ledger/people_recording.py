"""Brings what a read of the directory shows of people into the ledger: only what changed, a group at a time.

Memory holds one chunk of changed entries and whom they concern (`ledger.concerned`), however large the directory is,
and an entry that is as it was costs nothing (`ledger.shown`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.contract import across_people
from kypek_sync.ledger import absences, entry_findings, journal_facts, keys_of_people, people_rows, since_seat
from kypek_sync.ledger.changes_of_people import Same, one_and_the_same
from kypek_sync.ledger.concerned import Group, Linking
from kypek_sync.ledger.entry_findings import ACROSS, BESIDE_OTHERS, Told
from kypek_sync.ledger.journal import Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.matching import LOGIN, STRONG, Matching, keys_of, match, swapped
from kypek_sync.ledger.people import Departure, IdentitiesDoubted
from kypek_sync.ledger.shown import Changed, Shown, again, fingerprint, parts, people_digests
from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.model import Finding, FindingLevel, Person, PersonKey, PersonKind

SWAPS, SWAPS_SHARE = 3, 0.01
"""So many entries of a read, whichever is more, may be somebody else than who has their login; then it is doubted."""

IDENTIFIED = (PersonKind.TEACHER, PersonKind.STAFF, PersonKind.UNKNOWN)
"""Whose keys should be theirs alone."""

SAID_BY = {"registry-shared": "registry-duplicate"}
"""Findings that another one of the same entry makes superfluous."""

HELD_TWICE, UUID_SHARED = "entry-uuid-duplicate", "entry-uuid-shared"
"""Two findings about one thing: the words of the one, which name the others, are told by the other."""

LARGEST = 20_000
"""So many entries linked by one another's keys are looked at before all of them are gathered."""

Units = Callable[[Collection[str]], Collection[str] | None]
"""Gives those of these ids that a unit has, None while units were never read in full: then nothing is said to
dangle."""


class Overtaken(Exception):
    """Somebody else recorded this directory after the read began: what was seen to be as it was may not be so now."""


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """What a full read showed. `entries` people in all; the digests `unseen` were kept before and not seen now, and
    `basis` is the fingerprint of all that were kept when the read began. `content` as in `Reading`. Of the kinds of
    keys that `vanished`, shown by almost nobody any more, nobody's ends."""

    as_of: datetime
    complete: bool
    entries: int
    unseen: Collection[bytes]
    basis: int
    content: str = ""
    vanished: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class PeopleChanges:
    """What a delta showed: how many `entries`, and the keys of those who are not there any more."""

    as_of: datetime
    entries: int
    gone: Collection[PersonKey]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a read brought: how many people are `new`, how many others `changed` or are back, how many count as `gone`
    from now on."""

    new: int
    changed: int
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """Where and when something is recorded. `units` as in `Units`, `same` as in `changes_of_people`."""

    connection: Connection
    directory: str
    units: Units
    now: datetime
    same: Same = one_and_the_same


def record_read(ground: Ground, read: PeopleRead, changed: Changed, departure: Departure) -> Tally:
    """Match a read with whom we know, learn what is new, count absences, tell what contradicts itself.

    A read in which nothing changed writes nothing. Several KYPEKs may share a directory: whoever records it is alone.

    Raises `Overtaken`, and `IdentitiesDoubted`: people would be taken for one another, and seats with them. Then
    nothing was recorded.
    """
    alone(ground.connection, f"directory {ground.directory}")
    if fingerprint(people_digests(ground.connection, ground.directory)) != read.basis:
        raise Overtaken(ground.directory)
    with ground.connection.begin_nested():
        return _FullRead(ground, changed, read, departure).record()


def record_changes(ground: Ground, delta: PeopleChanges, changed: Changed) -> Tally:
    """Record the entries of a delta like those of a read. Who is gone by it is leaving from now on; full reads prove
    it, and nobody else is counted absent.

    Raises `IdentitiesDoubted`; then nothing was recorded.
    """
    alone(ground.connection, f"directory {ground.directory}")
    with ground.connection.begin_nested():
        return _Delta(ground, changed, delta).record()


class _Recording:
    """What full reads and deltas have in common: groups are matched and written."""

    supersedes = False
    proves = False
    """Whether an entry that shows no key of a kind has none."""
    partial = False
    """Whether entries that it does not show may be there all the same."""
    ending: frozenset[str] = frozenset()
    """The kinds of keys that end for whoever shows none."""

    def __init__(self, ground: Ground, changed: Changed, as_of: datetime, entries: int) -> None:
        self.ground = ground
        self.connection = ground.connection
        self.directory = ground.directory
        self.changed = changed
        self.as_of = as_of
        self.most_swaps = max(SWAPS, int(SWAPS_SHARE * entries))
        self.new = self.altered = 0
        self.swapped: list[str] = []
        self.back: list[Who] = []
        self.looked_at: set[str] = set()
        self.still: set[bytes] = set()
        self.some_left = False
        self.gone: frozenset[str] = frozenset()
        known = select(people.c.id).where(people.c.directory == self.directory).limit(1)
        nobody = self.connection.execute(known).first() is None
        enough = self._doubt_early
        self.linking = Linking(
            self.connection, self.directory, changed, self.shows, nobody, enough, supersedes=self.supersedes
        )

    def shows(self, row: Any) -> bool:
        """Whether the read shows the entry, as it was, of a row of `people` that has a digest."""
        raise NotImplementedError

    def kept(self, group: Group, entry: Shown) -> bytes:
        """What to keep of an entry."""
        del group
        return entry.digest

    def left_behind(self, rows: Collection[Any], digests: Mapping[str, bytes]) -> None:
        """These of ours were there until now, and no entry of their group is theirs any more. `digests` are those of
        the entries of the group, by whose they are now."""
        raise NotImplementedError

    def record_changed(self) -> None:
        """Match and write every group with a changed entry."""
        for seeds in self.changed.chunks():
            self.settle(self.linking.group(seeds))
        if len(self.swapped) > self.most_swaps:
            raise IdentitiesDoubted(tuple(sorted(self.swapped)))
        journal_facts.left(self.connection, self.back, self.ground.now, kind=Kind.RETURN)

    def settle(self, group: Group) -> None:
        """Match one group and write what changed."""
        since_seat.take_in(self.connection, self.directory, group)
        found = _matched(group)
        self.swapped += swapped(found, group.ours)
        by_person = {id(entry.person): entry for entry in group.entries}
        doubled = _keys_of_doubled(group)
        digests = {}
        for one in found.matches:
            entry = by_person[id(one.person)]
            kept = self.kept(group, entry)
            unproven = not self.proves and keys_of_people.missing(group, one)
            settled = doubled.isdisjoint(keys_of(one.person)) and not unproven
            digests[one.id] = kept if settled else again(entry.digest)
            if digests[one.id] != entry.digest:
                self.still.add(digests[one.id])
            if one.id in group.ours and group.ours[one.id].gone:
                self.back.append(Who(one.person.login, one.id))
        new, altered = people_rows.write(
            self.connection, self.directory, group, found.matches, digests, self.as_of, self.ground.same
        )
        self.new, self.altered = self.new + new, self.altered + altered
        keys_of_people.remember(self.connection, self.directory, group, found, self.as_of, self.ending)
        people_rows.put_back(self.connection, self.directory, group, found.replaced, self.as_of)
        if self.partial:  # what is known of them is not what they were last shown with
            before = {one: group.rows[one].digest for one in found.replaced}
            people_rows.keep_digests(self.connection, {one: again(bytes(d)) for one, d in before.items() if d})
        self.left_behind([r for r in group.rows.values() if r.digest is not None and r.id not in digests], digests)
        entry_findings.tell(self.connection, self.directory, self._told(group, found), self.ground.now)
        if self.some_left:
            self.looked_at |= digests.keys()

    def look_at_those_beside(self, ids: Collection[str]) -> None:
        """Whoever shares a key with one who is not shown any more: the key is theirs alone now."""
        for identity, row in sorted(self.linking.neighbours(ids, STRONG).items()):
            if identity not in self.looked_at and self.shows(row):
                query = select(person_keys.c.kind, person_keys.c.value).where(person_keys.c.person == identity)
                keys = [PersonKey(kind, value) for kind, value in self.connection.execute(query)]
                self.settle(self.linking.group((), keys))

    def drop_findings(self, left: Collection[Any]) -> None:
        """What was odd about the entries of those who were shown until now, unless others have their logins."""
        ids = {row.id for row in left}
        for some in parts(sorted({row.login for row in left})):
            # Asked for the digest too, SQLite goes through all who have one.
            query = select(people.c.login, people.c.id, people.c.digest).where(
                people.c.directory == self.directory, people.c.login.in_(some)
            )
            rows = self.connection.execute(query)
            taken = {row.login for row in rows if row.digest is not None and row.id not in ids}
            entry_findings.drop(self.connection, self.directory, set(some) - taken)

    def _told(self, group: Group, found: Matching) -> dict[str, Told]:
        own: dict[str, list[Finding]] = {entry.person.login: [] for entry in group.entries}
        for entry in group.entries:
            own[entry.person.login] += entry.findings
        as_it_was = {entry.person.login for entry in group.entries if not entry.changed}
        persons = [_without(entry.person, group.crowded) for entry in group.entries]
        units = self.ground.units({unit for person in persons for unit in person.units})
        for one in (*across_people(persons, units), *_crowds(group), *found.findings):
            own[one.subject].append(one)
        standing = BESIDE_OTHERS if group.cut and self.partial else frozenset[str]()
        told = {
            login: Told(_once(those), ACROSS if login in as_it_was else None, standing) for login, those in own.items()
        }
        return told | {login: Told(()) for login in _given_up(group, found) - told.keys()}

    def _doubt_early(self, group: Group) -> None:
        """A column that slipped by a row links everybody with everybody: then there is no need to gather them all."""
        if len(group.entries) > LARGEST:
            others = swapped(_matched(group), group.ours)
            if len(others) > self.most_swaps:
                raise IdentitiesDoubted(tuple(sorted({*self.swapped, *others})))


class _FullRead(_Recording):
    def __init__(self, ground: Ground, changed: Changed, read: PeopleRead, departure: Departure) -> None:
        self.read = read
        self.departure = departure
        super().__init__(ground, changed, read.as_of, read.entries)
        self.some_left = read.complete and bool(read.unseen)
        self.proves, self.partial = read.complete, not read.complete
        self.ending = frozenset(STRONG) - set(read.vanished) if read.complete else frozenset()

    def record(self) -> Tally:
        """Record the read."""
        self.record_changed()
        if not self.read.complete:
            return Tally(self.new, self.altered)
        unseen = self.read.unseen
        if not self.still.isdisjoint(unseen):  # a country's are not held twice for nothing
            unseen = set(unseen) - self.still
        for rows in absences.unseen_rows(self.connection, self.directory, unseen):
            self.look_at_those_beside({row.id for row in rows})
        those = absences.missing(self.connection, self.directory, unseen)
        self.drop_findings([row for row in those if row.absent_since is None])
        read, now = self.read, self.ground.now
        gone = absences.count(self.connection, those, self.departure, read.as_of, read.content, now)
        journal_facts.left(self.connection, gone, now)
        beside = self.linking.neighbours({who.known for who in gone}, (*STRONG, LOGIN))
        people_rows.keep_digests(self.connection, {one: again(bytes(row.digest)) for one, row in beside.items()})
        return Tally(self.new, self.altered, len(gone))

    def shows(self, row: Any) -> bool:
        return bytes(row.digest) not in self.read.unseen

    def kept(self, group: Group, entry: Shown) -> bytes:
        """A group that this read showed only in part is looked at again."""
        return again(entry.digest) if group.cut and not self.read.complete else entry.digest

    def left_behind(self, rows: Collection[Any], digests: Mapping[str, bytes]) -> None:
        """Those whom the read does not show at all are counted when all is matched."""
        taken = set(digests.values())
        others = [row.id for row in rows if self.shows(row) or bytes(row.digest) in taken]
        people_rows.keep_digests(self.connection, dict.fromkeys(others))


class _Delta(_Recording):
    supersedes = True

    def __init__(self, ground: Ground, changed: Changed, delta: PeopleChanges) -> None:
        super().__init__(ground, changed, delta.as_of, delta.entries)
        self.gone = frozenset(self._named(delta.gone))
        self.some_left = bool(self.gone)

    def record(self) -> Tally:
        """Record the delta."""
        self.record_changed()
        left = self.gone - self.looked_at
        self.look_at_those_beside(left)
        for some in parts(sorted(left)):
            self.left_behind(list(self.connection.execute(select(people).where(people.c.id.in_(some)))), {})
        return Tally(self.new, self.altered)

    def shows(self, row: Any) -> bool:
        return row.id not in self.gone

    def left_behind(self, rows: Collection[Any], digests: Mapping[str, bytes]) -> None:
        """Nobody shows them any more."""
        del digests
        self.drop_findings(rows)
        absences.begin(self.connection, {row.id for row in rows}, self.as_of)

    def _named(self, keys: Collection[PersonKey]) -> set[str]:
        """Those of ours whom the directory shows by one of these keys."""
        found: set[str] = set()
        for kind in sorted({key.kind for key in keys}):
            for some in parts(sorted(key.value for key in keys if key.kind == kind)):
                query = select(person_keys.c.person).join(people, people.c.id == person_keys.c.person)
                query = query.where(
                    person_keys.c.directory == self.directory,
                    person_keys.c.kind == kind,
                    person_keys.c.value.in_(some),
                    person_keys.c.until.is_(None),
                    person_keys.c.disputed.is_(False),
                    people.c.digest.is_not(None),
                )
                found |= {row.person for row in self.connection.execute(query)}
        return found


def _matched(group: Group) -> Matching:
    persons = [entry.person for entry in group.entries]
    return match(persons, group.owners(), group.ours, group.crowded, group.disputes())


def _keys_of_doubled(group: Group) -> frozenset[PersonKey]:
    """The keys of entries that have a login in common. One of them counts and nothing is kept of the others, so that it
    would not show when these vanish: whoever has one of the keys is looked at again."""
    times = Counter(entry.person.login for entry in group.entries)
    return frozenset(key for entry in group.entries if times[entry.person.login] > 1 for key in keys_of(entry.person))


def _given_up(group: Group, found: Matching) -> set[str]:
    """The logins of the group that nobody has any more: who had them has others now."""
    matched = {one.id for one in found.matches}
    logins = {row.login for row in group.rows.values() if row.id in matched}
    return logins - {row.login for row in group.rows.values() if row.id not in matched and row.digest is not None}


def _once(those: Collection[Finding]) -> tuple[Finding, ...]:
    """Without what another finding of the same entry says too: who else holds a registry number is told with the
    number itself, and that it identifies nobody follows from it. That an entryUUID does leaves in doubt who it is, so
    who else holds it is told with that."""
    told = {one.code: one for one in those}
    if (named := told.get(HELD_TWICE)) is not None and UUID_SHARED in told:
        said = replace(named, code=UUID_SHARED)
        return _once([one for one in those if one.code not in (HELD_TWICE, UUID_SHARED)] + [said])
    return tuple(one for one in those if SAID_BY.get(one.code) not in told)


def _without(person: Person, keys: Collection[PersonKey]) -> Person:
    if not keys or not any(key in keys for key in person.keys):
        return person
    return replace(person, keys=tuple(key for key in person.keys if key not in keys))


def _crowds(group: Group) -> Iterator[Finding]:
    """A key of so many entries is told of each in the same words, whoever comes or goes."""
    for entry in group.entries if group.crowded else ():
        for key in entry.person.keys:
            if key in group.crowded and entry.person.kind in IDENTIFIED:
                text = (
                    f"The same {key.kind} key is held by very many entries, so it identifies nobody; ask the directory "
                    "what it stands for."
                )
                level = FindingLevel.WARNING if key.kind == "registry" else FindingLevel.ERROR
                yield Finding(entry.person.login, f"{key.kind}-duplicate", text, level)
