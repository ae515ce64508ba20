"""All that the ledger holds about one person, for themselves (design, rule 16).

Keyed hashes of registry numbers say nothing to anybody: only which kinds of keys are held is told. What names other
people too (a plan, a report, a list of changes that wait) is told by its place, without the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.ledger import journal, journal_people
from kypek_sync.ledger.calendar_tables import calendar_feeds
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.forgetting import JOURNAL, rows_naming
from kypek_sync.ledger.journal_reading import about
from kypek_sync.ledger.naming import Subject, subject
from kypek_sync.ledger.person_tables import OWN
from kypek_sync.ledger.tables import intents, people, person_keys, receipts

_OURS = frozenset({people.c.digest.name, calendar_feeds.c.mark.name})
"""Columns that say nothing about anybody: by the digest a read tells an entry that is as it was, by the mark we know
the secret address of a calendar."""


def export(connection: Connection, login: str) -> dict[str, Any]:
    """Everything about the person who has or had a login, as JSON values; moments in ISO 8601, UTC."""
    who = subject(connection, login)
    mine = {*who.logins, *who.ids}
    found: dict[str, Any] = {
        "λογαριασμός": login,
        "όλοι οι λογαριασμοί": sorted(who.logins),
        "στον κατάλογο": [_plain(row) for row in _people(connection, who)],
        "είδη αναγνωριστικών που τηρούνται": _kinds(connection, who),
    }
    for own in OWN:
        if own.label:
            found[own.label] = [_plain(row) for row in connection.execute(select(own.table).where(own.about(mine)))]
    asked = select(receipts).join(intents).where(intents.c.login.in_(sorted(mine)))
    found["απαντήσεις των πλατφορμών"] = [_plain(row) for row in connection.execute(asked)]
    found["ημερολόγιο"] = list(_journal(connection, who))
    found["αναφέρεται επίσης"] = list(_elsewhere(connection, who))
    return found


def empty(found: Mapping[str, Any]) -> bool:
    """Whether nothing at all is held."""
    return not any(value for key, value in found.items() if key not in ("λογαριασμός", "όλοι οι λογαριασμοί"))


def _people(connection: Connection, who: Subject) -> list[Any]:
    return list(connection.execute(select(people).where(people.c.id.in_(who.ids)).order_by(people.c.first_seen)))


def _kinds(connection: Connection, who: Subject) -> list[str]:
    query = select(person_keys.c.kind).where(person_keys.c.person.in_(who.ids)).distinct()
    return sorted(row.kind for row in connection.execute(query))


def _journal(connection: Connection, who: Subject) -> Iterator[dict[str, Any]]:
    for kypek in journal.chains(connection):
        for person in sorted(journal_people.behind(connection, kypek, who.logins, who.ids)):
            for line in about(connection, kypek, person):
                yield line.plain()


def _elsewhere(connection: Connection, who: Subject) -> Iterator[dict[str, Any]]:
    """Rows of other tables in which they are named, by table and key. A key that names them is theirs to see."""
    own = {one.table.name for one in OWN} | {receipts.name, *JOURNAL}
    for table in metadata.sorted_tables:
        if table.name not in own:
            for row in rows_naming(connection, table, who):
                yield {"table": table.name, "row": {key.name: row._mapping[key] for key in table.primary_key.columns}}


def _plain(row: Any) -> dict[str, Any]:
    shown = {name: _value(value) for name, value in row._mapping.items() if name not in _OURS}
    if isinstance(shown.get("body"), dict):
        shown["body"] = {key: value for key, value in shown["body"].items() if key != "keys"}
    return shown


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
