"""The keys by which people are recognised for ever, with the moments at which they came to each and ceased to show it
(design, rule 12).

`first_seen` is when somebody came to a key, `last_seen` when they last came to it, `until` when they ceased to show it.
A key ends when their entry shows another one of its kind, or none in a complete read: an entry of a read that proves
nothing may lack it because it was cut, or because the account may not read the attribute.
A *disputed* key is shown by their entry and stays another person's: the keys of the entry disagree. It remains so, even
if the other one has gone or the entry ceases to show it and shows it again, until a person decides (`settled`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from kypek_sync.ledger.concerned import Group
from kypek_sync.ledger.matching import LOGIN, Match, Matching
from kypek_sync.ledger.tables import person_keys
from kypek_sync.model import PersonKey

_THIS = (
    (person_keys.c.directory == bindparam("its_directory"))
    & (person_keys.c.kind == bindparam("its_kind"))
    & (person_keys.c.value == bindparam("its_value"))
    & (person_keys.c.person == bindparam("its_person"))
)
_LOST = delete(person_keys).where(_THIS)
_CHANGED = (
    update(person_keys)
    .where(_THIS)
    .values({name: bindparam(name) for name in ("first_seen", "last_seen", "until", "disputed")})
)


def missing(group: Group, one: Match) -> frozenset[PersonKey]:
    """The keys of somebody that their entry does not show any more, nor another one of their kind."""
    kinds = {key.kind for key, _ in _shown(one)}
    had = group.keys.get(one.id, {})
    return frozenset(key for key, row in had.items() if row.until is None and key.kind not in kinds)


def remember(
    connection: Connection,
    directory: str,
    group: Group,
    found: Matching,
    as_of: datetime,
    ending: Collection[str],
) -> None:
    """Keep the keys of the entries that were matched, as far as they are others than before. `ending` are the kinds of
    which whoever shows none has none."""
    lost = set(found.lost)
    gone = [_named(directory, key, identity) for key, identity in found.lost]
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for one in found.matches:
        had = group.keys.get(one.id, {})
        was = group.ours[one.id].person.login if one.id in group.ours else one.person.login
        for key, disputed in _shown(one):
            row = had.get(key)
            if row is None:
                values = {"first_seen": as_of, "last_seen": as_of, "until": None, "disputed": disputed}
                named = {"directory": directory, "kind": key.kind, "value": key.value, "person": one.id}
                new.append(named | values)
                continue
            values = {"first_seen": row.first_seen, "last_seen": row.last_seen, "until": None, "disputed": disputed}
            if row.disputed != disputed:
                values |= {"first_seen": as_of, "last_seen": as_of}
            elif key.kind == LOGIN and was != one.person.login:
                values["last_seen"] = as_of  # one they had before: it is theirs again from now on
            if any(getattr(row, name) != value for name, value in values.items()):
                changed.append(_named(directory, key, one.id) | values)
        shown = {key for key, _ in _shown(one)}
        open_still = {key for key in missing(group, one) if key.kind not in ending}
        for key, row in had.items():
            if key in shown or (key, one.id) in lost or key in open_still:
                continue
            if row.until is None:
                # Whatever a source's clock said: nothing ends before it began.
                until = max(as_of, row.last_seen)
                values = {"first_seen": row.first_seen, "last_seen": row.last_seen, "until": until}
                values["disputed"] = row.disputed
                changed.append(_named(directory, key, one.id) | values)
    for statement, rows in ((_LOST, gone), (_CHANGED, changed), (insert(person_keys), _ordered(new))):
        if rows:
            connection.execute(statement, rows)


def _shown(one: Match) -> Iterable[tuple[PersonKey, bool]]:
    """The keys that an entry shows, each with whether it is disputed."""
    yield from ((key, False) for key in one.keys)
    yield from ((key, True) for key in one.disputed)


def _named(directory: str, key: PersonKey, identity: str) -> dict[str, Any]:
    return {"its_directory": directory, "its_kind": key.kind, "its_value": key.value, "its_person": identity}


def _ordered(rows: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """As the table is ordered: neighbours are written together."""
    return sorted(rows, key=lambda row: (row["kind"], row["value"]))
