"""Writes the rows of people who were matched: who is new, who changed, where they serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from kypek_sync.ledger.changes_of_people import Same, altered, changed_fields, one_and_the_same, remember, rows_of
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.concerned import Group
from kypek_sync.ledger.matching import Match, Past
from kypek_sync.ledger.places import place
from kypek_sync.ledger.search_words import search_words
from kypek_sync.ledger.tables import people
from kypek_sync.model import Person

_SHOWN_AGAIN = {"absences": 0, "absent_at": None, "absent_since": None, "absent_content": "", "gone_at": None}
_ID = people.c.id == bindparam("its_id")
_CHANGED = (
    update(people)
    .where(_ID)
    .values({n: bindparam(n) for n in ("login", "kind", "body", "search", "last_seen", "digest")})
    .values(_SHOWN_AGAIN)
)
_DIGEST = update(people).where(_ID).values(digest=bindparam("digest"))


def write(
    connection: Connection,
    directory: str,
    group: Group,
    matches: Sequence[Match],
    digests: Mapping[str, bytes],
    as_of: datetime,
    same: Same = one_and_the_same,
) -> tuple[int, int]:
    """Write only what changed of each; `digests` are what to keep of the entry of each of ours, by id. Returns how many
    are new and how many changed or are back; whose units only have other ids (`same`) has not."""
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    only_digest: list[dict[str, Any]] = []
    moved: dict[str, tuple[str, ...]] = {}
    told: list[dict[str, Any]] = []
    altered_or_back = 0
    for one in matches:
        digest, person, before = digests[one.id], one.person, group.ours.get(one.id)
        if before is None:
            new.append({"id": one.id, "directory": directory, "first_seen": as_of, **_values(person, digest, as_of)})
        elif before.person != person or before.leaving or before.gone:
            changed.append({"its_id": one.id, **_values(person, digest, as_of)})
            told += rows_of(directory, one.id, changed_fields(before.person, person, same), as_of)
            altered_or_back += bool(before.leaving or before.gone or altered(before.person, person, same))
        elif (kept := group.rows[one.id].digest) is None or bytes(kept) != digest:
            only_digest.append({"its_id": one.id, "digest": digest})
        if before is None or set(before.person.units) != set(person.units):
            moved[one.id] = person.units
    for statement, rows in ((insert(people), new), (_CHANGED, changed), (_DIGEST, only_digest)):
        if rows:
            connection.execute(statement, rows)
    place(connection, directory, moved)
    remember(connection, told)
    return len(new), altered_or_back


def put_back(
    connection: Connection, directory: str, group: Group, replaced: Mapping[str, Past], as_of: datetime
) -> None:
    """Those whose entry another person took over step by step have their names of before: what the entry showed since
    is that other one's. That they were put back is kept with what else changed of them."""
    for identity, past in sorted(replaced.items()):
        shown = group.ours[identity].person
        person = replace(shown, surname=past.names[0], given_name=past.names[1])
        if person == shown:
            continue
        values = {"body": dump(person), "search": search_words(person)}
        connection.execute(update(people).where(people.c.id == identity).values(**values))
        remember(connection, rows_of(directory, identity, changed_fields(shown, person), as_of))


def keep_digests(connection: Connection, digests: Mapping[str, bytes | None]) -> None:
    """Keep these of those of ours, by id; None: the directory does not show them."""
    if digests:
        connection.execute(_DIGEST, [{"its_id": identity, "digest": one} for identity, one in digests.items()])


def _values(person: Person, digest: bytes, as_of: datetime) -> dict[str, Any]:
    values = {"login": person.login, "kind": person.kind.value, "body": dump(person), "search": search_words(person)}
    return values | {"last_seen": as_of, "digest": digest}
