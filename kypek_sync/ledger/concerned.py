"""Who is concerned when some entries of the directory have changed: whoever is linked to them by a key.

An entry is linked to another by a key that both show, and to one of ours by a key that they have or had. Matching
(`ledger.matching`) asks about nobody else, so a group of all who are linked is matched as the whole read would be. A
key that very many entries show (a number written for want of one) identifies nobody and links nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.matching import LOGIN, STRONG, Ours, keys_of
from kypek_sync.ledger.shown import Changed, Shown, parts
from kypek_sync.ledger.tables import people, person_keys
from kypek_sync.model import Person, PersonKey

CROWD = 50
"""A key that so many have links nobody."""

_COLUMNS = tuple(people.c[name] for name in ("id", "login", "body", "absent_since", "gone_at", "digest"))


@dataclass
class Group:
    """Entries that are linked, and those of ours whom they concern.

    `rows` are what the ledger says of each of ours, `keys` their keys as the ledger has them, both by id. `crowded` are
    keys that link nobody. `cut`: an entry that belongs to the group was not seen in this read.
    """

    entries: list[Shown] = field(default_factory=list)
    ours: dict[str, Ours] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, dict[PersonKey, Any]] = field(default_factory=dict)
    crowded: set[PersonKey] = field(default_factory=set)
    cut: bool = False

    def owners(self) -> dict[PersonKey, list[str]]:
        """Our ids that have had a key, in the order in which they came to it; disputed keys are somebody else's."""
        held = [
            (row.last_seen, identity, key)
            for identity, those in self.keys.items()
            for key, row in those.items()
            if not row.disputed
        ]
        found: dict[PersonKey, list[str]] = {}
        for _, identity, key in sorted(held, key=lambda one: one[:2]):
            found.setdefault(key, []).append(identity)
        return found

    def disputes(self) -> dict[PersonKey, dict[str, bool]]:
        """As in `matching.Disputes`."""
        found: dict[PersonKey, dict[str, bool]] = {}
        for identity, those in self.keys.items():
            for key, row in those.items():
                if row.disputed:
                    found.setdefault(key, {})[identity] = row.until is None
        return found


@dataclass
class Linking:
    """Finds groups in one directory. `shows` says of a row of `people` whether this read shows their entry as it was.
    `nobody`: the ledger has nobody of this directory yet, so it need not be asked. `enough` is asked with a group that
    grows large and may raise. `supersedes`: this read shows changes only, and an entry with the login or the entryUUID
    of a changed one is that one as it was before."""

    connection: Connection
    directory: str
    changed: Changed
    shows: Callable[[Any], bool]
    nobody: bool
    enough: Callable[[Group], None]
    supersedes: bool = False

    def group(self, seeds: Collection[Shown], about: Iterable[PersonKey] = ()) -> Group:
        """These entries, and all whom they and these keys concern."""
        group, asked = Group(), set[PersonKey]()
        keys = self._add(group, seeds) | set(about)
        while keys:
            asked |= keys
            crowded = self.changed.crowded(keys)
            group.crowded |= crowded
            new = self.changed.carrying(keys - crowded)
            new += self._of_ours(group, keys - crowded)
            more = self._add(group, new) | {key for those in group.keys.values() for key in those}
            keys = more - asked
            self.enough(group)
        if self.supersedes:
            self._leave_out_former(group)
        return group

    def neighbours(self, ids: Collection[str], kinds: Collection[str]) -> dict[str, Any]:
        """Rows of others whom the directory shows and who have a key of these kinds in common with one of these."""
        found: dict[str, Any] = {}
        for some in parts(sorted(ids)):
            query = select(person_keys.c.kind, person_keys.c.value).where(
                person_keys.c.person.in_(some), person_keys.c.kind.in_(sorted(kinds))
            )
            keys = {PersonKey(row.kind, row.value) for row in self.connection.execute(query)}
            holders = {one for those in self._holders(keys).values() if len(those) < CROWD for one in those}
            rows = self._rows(holders - set(ids))
            found |= {row.id: row for row in rows if row.digest is not None}
        return found

    def _leave_out_former(self, group: Group) -> None:
        strong = {
            key
            for entry in group.entries
            if entry.changed
            for key in keys_of(entry.person)
            if key.kind in (STRONG[0], LOGIN)
        }
        group.entries = [one for one in group.entries if one.changed or not strong & set(keys_of(one.person))]

    def _add(self, group: Group, entries: Collection[Shown]) -> set[PersonKey]:
        group.entries += entries
        return {key for entry in entries for key in keys_of(entry.person)}

    def _of_ours(self, group: Group, keys: set[PersonKey]) -> list[Shown]:
        """Takes in those of ours who have one of the keys; returns the entries of theirs that are as they were."""
        if self.nobody:
            return []
        ids: set[str] = set()
        for key, those in self._holders(keys).items():
            if len(those) < CROWD or key.kind == LOGIN:
                ids |= those
            else:
                group.crowded.add(key)
        shown = []
        for row in self._rows(ids - group.rows.keys()):
            person = load(Person, row.body)
            group.rows[row.id] = row
            group.ours[row.id] = Ours(row.id, person, row.absent_since is not None, row.gone_at is not None)
            group.keys[row.id] = {}
            if row.digest is not None:
                if self.shows(row):
                    shown.append(Shown(person, bytes(row.digest), owner=row.id))
                else:
                    group.cut = True
        self._take_keys(group, ids)
        return shown

    def _take_keys(self, group: Group, ids: Collection[str]) -> None:
        for some in parts(sorted(one for one in ids if not group.keys.get(one))):
            for row in self.connection.execute(select(person_keys).where(person_keys.c.person.in_(some))):
                group.keys[row.person][PersonKey(row.kind, row.value)] = row

    def _holders(self, keys: Collection[PersonKey]) -> dict[PersonKey, set[str]]:
        """Who has or had each key."""
        found: dict[PersonKey, set[str]] = {}
        kinds: dict[str, list[str]] = {}
        for key in keys:
            kinds.setdefault(key.kind, []).append(key.value)
        for kind, values in sorted(kinds.items()):
            for some in parts(sorted(values)):
                query = select(person_keys.c.value, person_keys.c.person).where(
                    person_keys.c.directory == self.directory,
                    person_keys.c.kind == kind,
                    person_keys.c.value.in_(some),
                )
                for value, person in self.connection.execute(query):
                    found.setdefault(PersonKey(kind, value), set()).add(person)
        return found

    def _rows(self, ids: Collection[str]) -> Iterator[Any]:
        for some in parts(sorted(ids)):
            yield from self.connection.execute(select(*_COLUMNS).where(people.c.id.in_(some))).all()
