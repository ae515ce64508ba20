"""Forgets one person: nothing in the ledger names them afterwards, and everything else stays (design, rule 16).

`TREATMENT` says for every table what happens to it. What is a record about them alone is deleted, or kept as a figure
under an opaque word where it counts for others (a seat that was given, an hour in a room). What names them among others
keeps all the rest, with an opaque word in their place. The journal's chain is not touched: their contents are erased,
who is behind their ids too, and a new entry, which names nobody, says which contents are missing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, String, Table, Text, cast, delete, func, or_, select, update

from kypek_sync.ledger import journal, journal_people
from kypek_sync.ledger.care_tables import journal as chain
from kypek_sync.ledger.care_tables import journal_contents
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.naming import FORGOTTEN, Subject, subject
from kypek_sync.ledger.person_tables import OWN
from kypek_sync.ledger.register_tables import placed, register_directorates, register_units
from kypek_sync.ledger.store import Ledger, alone
from kypek_sync.ledger.tables import applications, decisions, intents, presence, receipts, seats
from kypek_sync.model import SeatState

JOURNAL = ("journal", "journal_contents", "journal_people", "journal_heads")
"""Tables that the sweep leaves alone: the chain names nobody, and the others are erased entry by entry."""

OF_NOBODY = frozenset(table.name for table in (placed, register_directorates, register_units))
"""Tables that say nothing about people: what a register of schools said."""

OF_OTHERS = frozenset({"people", "person_changes", "person_keys", "person_units"})
"""Tables that the sweep leaves alone too: what is left there is other people's. It takes a country to look through, and
a surname that is spelled like the login of who was forgotten is nobody else's business."""

TREATMENT = {
    "applications": "kept as a figure: no name, an opaque word for the login, no platform; one for each seminar",
    "approvals": "swept: who approved",
    "bindings": "swept",
    "breakers": "swept",
    "calendar_feeds": "deleted",
    "cases": "swept: the rest of the case stays",
    "claims": "deleted: we own nothing of theirs any more, so nothing of it is ever taken away",
    "cursors": "kept: it says nothing about people",
    "readers": "kept: it says nothing about people",
    "decisions": "kept as a figure: an opaque word for the login, no facts",
    "findings": "deleted where they are the subject, else swept",
    "holds": "swept: the other changes of the hold stay",
    "identity_decisions": "deleted where about them, else swept: who decided",
    "intents": "kept as a figure: an opaque word for the login, everywhere in the change",
    "journal": "untouched: it names nobody",
    "journal_contents": "erased where the entry is about them or its text names them; the chain says which",
    "journal_heads": "untouched",
    "journal_people": "deleted",
    "leases": "swept",
    "mailings": "swept: trainers",
    "memberships": "deleted",
    "outbox": "deleted",
    "pauses": "swept: who ordered or ended it",
    "people": "deleted",
    "person_changes": "deleted",
    "person_keys": "deleted",
    "person_units": "deleted",
    "pins": "deleted where about them, else swept: who pinned or released",
    "plans": "swept",
    "presence": "kept as a figure: an opaque word instead of the id in the room",
    "placed": "kept: it says nothing about people",
    "programmes": "swept",
    "reads": "swept",
    "reminder_stops": "deleted",
    "register_directorates": "kept: it says nothing about people",
    "register_units": "kept: it says nothing about people",
    "receipts": "kept as a figure: no foreign id, address or sentence",
    "rooms": "swept",
    "rulings": "deleted where about them, else swept: who decided",
    "silent_platforms": "kept: it says nothing about people",
    "runs": "swept: their report",
    "seats": "a granted one is kept as a figure under an opaque word; others are withdrawn",
    "seminars": "swept: trainers",
    "session_rulings": "swept: who decided",
    "session_versions": "kept: it says nothing about people",
    "setbacks": "deleted",
    "todos": "deleted where about them, else swept: who ticked it off",
    "units": "swept",
}
"""What happens to every table; a test holds this list against the ledger, and against `person_tables`."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done: `rows` deleted or changed by table, `contents` of the journal erased, by KYPEK."""

    rows: dict[str, int]
    contents: dict[str, int]


def forget(connection: Connection, login: str, kypeks: Sequence[str], now: datetime) -> Forgotten:
    """Forget the person who has or had a login. `kypeks` are those of the installation: those whose journal knows of
    the person get an entry in it (all, if none does). Whether they may be forgotten at all is not asked here
    (`sync.forgetting`)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not only unlinked
    chains = sorted({*kypeks, *journal.chains(connection)})
    for kypek in chains:  # in this order, before any row is locked
        alone(connection, f"journal {kypek}")
    who = subject(connection, login)
    who = replace(who, words={name: FORGOTTEN + secrets.token_hex(4) for name in sorted({*who.logins, *who.ids})})
    erased = {kypek: _erase_contents(connection, kypek, who, now) for kypek in chains}
    concerned = {kypek: count for kypek, count in erased.items() if count is not None}
    for kypek in () if concerned else kypeks:
        _tell(connection, kypek, [""], [], now)
    rows: dict[str, int] = {}
    _delete_own(connection, who, rows)
    _keep_figures(connection, who, rows, now)
    for table in metadata.sorted_tables:
        if table.name not in {*JOURNAL, *OF_OTHERS, *OF_NOBODY}:
            rows[table.name] = rows.get(table.name, 0) + _sweep(connection, table, who)
    return Forgotten({name: count for name, count in sorted(rows.items()) if count}, concerned)


def scrub(ledger: Ledger) -> None:
    """Bring what was overwritten into the database file itself: SQLite's log of changes still holds the pages as they
    were. While others read it, that waits for the next time the log is emptied."""
    if ledger.engine.dialect.name == "sqlite":
        connection = ledger.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def _erase_contents(connection: Connection, kypek: str, who: Subject, now: datetime) -> int | None:
    """How many; None: this chain knows nothing of them."""
    mine = sorted(journal_people.behind(connection, kypek, who.logins, who.ids))
    about = select(chain.c.number).where(chain.c.kypek == kypek, chain.c.person.in_(mine))
    numbers = {row.number for row in connection.execute(about)} if mine else set()
    query = select(journal_contents.c.number, journal_contents.c.body).where(
        journal_contents.c.kypek == kypek, _may_name(journal_contents.c.body, who, connection)
    )
    numbers |= {row.number for row in connection.execute(query) if who.named_in(row.body)}
    there = {n for n in numbers if _content(connection, kypek, n)}
    for number in sorted(there):
        where = (journal_contents.c.kypek == kypek) & (journal_contents.c.number == number)
        connection.execute(delete(journal_contents).where(where))
    journal_people.forget(connection, kypek, mine)
    if mine or there:
        _tell(connection, kypek, mine or [""], sorted(there), now)
    return len(there) if mine or there else None


def _tell(connection: Connection, kypek: str, ids: Sequence[str], erased: Sequence[int], now: datetime) -> None:
    """An entry for each id, without a word about who it was; the first says which contents are missing from now on."""
    entries = [Entry(Kind.FORGOTTEN, {} if n else {"erased": [*erased]}, about=one) for n, one in enumerate(ids)]
    journal.append(connection, kypek, entries, now)


def _content(connection: Connection, kypek: str, number: int) -> bool:
    where = (journal_contents.c.kypek == kypek) & (journal_contents.c.number == number)
    return connection.execute(select(journal_contents.c.number).where(where)).first() is not None


def _delete_own(connection: Connection, who: Subject, rows: dict[str, int]) -> None:
    for own in OWN:
        if own.deleted:
            gone = delete(own.table).where(own.about({*who.logins, *who.ids}))
            rows[own.table.name] = connection.execute(gone).rowcount


def _keep_figures(connection: Connection, who: Subject, rows: dict[str, int], now: datetime) -> None:
    """Applications, seats, decisions, answers and presence, under opaque words."""
    _one_application_each(connection, who)
    granted = SeatState.GRANTED.value
    for login in sorted(who.logins):
        word = who.word(login)
        has_seat = select(seats.c.seminar).where(
            seats.c.login == login, seats.c.state == granted, seats.c.kypek == applications.c.kypek
        )
        mine = applications.c.login == login
        withdrawn = mine & applications.c.seminar.not_in(has_seat) & applications.c.withdrawn_at.is_(None)
        connection.execute(update(applications).where(withdrawn).values(withdrawn_at=now))
        values = {"login": word, "name": "", "person": "", "system": ""}
        rows["applications"] = connection.execute(update(applications).where(mine).values(**values)).rowcount
        ended = {"state": SeatState.WITHDRAWN.value, "rule": "withdrawn", "place": 0, "applied_at": None}
        ended |= {"facts": [], "told": SeatState.WITHDRAWN.value}
        connection.execute(update(seats).where(seats.c.login == login, seats.c.state != granted).values(**ended))
        kept = update(seats).where(seats.c.login == login).values(login=word, person="")
        rows["seats"] = connection.execute(kept).rowcount
        anonymous = update(decisions).where(decisions.c.login == login).values(login=word, facts=[])
        rows["decisions"] = connection.execute(anonymous).rowcount
        asked = select(intents.c.id).where(intents.c.login == login)
        silent = update(receipts).where(receipts.c.intent.in_(asked)).values(foreign_id="", address="", detail="")
        rows["receipts"] = connection.execute(silent).rowcount
    for one in {*who.logins, *who.ids}:
        connection.execute(update(presence).where(presence.c.who == one).values(who=who.word(one)))


def _one_application_each(connection: Connection, who: Subject) -> None:
    """Two doors are one figure: the first one stays."""
    query = select(applications).where(applications.c.login.in_(who.logins))
    seen: set[tuple[str, str, str]] = set()
    for row in connection.execute(query.order_by(applications.c.withdrawn_at.is_not(None), applications.c.at)).all():
        place = (row.kypek, row.seminar, row.login)
        if place in seen:
            columns = [
                applications.c[key] == getattr(row, key) for key in ("kypek", "seminar", "login", "system", "part")
            ]
            connection.execute(delete(applications).where(*columns))
        seen.add(place)


def _sweep(connection: Connection, table: Table, who: Subject) -> int:
    """Put opaque words in their place in every text of a table; how many rows changed."""
    texts = text_columns(table)
    keys = list(table.primary_key.columns)
    changed = 0
    for row in rows_naming(connection, table, who):
        values = {column.name: _fitting(column, who.replaced(row._mapping[column])) for column in texts}
        values = {name: value for name, value in values.items() if value != row._mapping[table.c[name]]}
        where = [key == row._mapping[key] for key in keys]
        changed += connection.execute(update(table).where(*where).values(**values)).rowcount
    return changed


def rows_naming(connection: Connection, table: Table, who: Subject) -> list[Any]:
    """The rows of a table in any text of which a person is named."""
    texts = text_columns(table)
    if not texts:
        return []
    query = select(table).where(or_(*(_may_name(column, who, connection) for column in texts)))
    return [r for r in connection.execute(query) if any(who.named_in(r._mapping[column]) for column in texts)]


def text_columns(table: Table) -> list[Column[Any]]:
    """The columns that can hold a text, JSON among them."""
    return [column for column in table.columns if isinstance(column.type, String | Text | JSON)]


def _may_name(column: Any, who: Subject, connection: Connection) -> Any:
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return or_(*(place(cast(column, Text), spelling) > 0 for spelling in who.spellings))


def _fitting(column: Column[Any], value: Any) -> Any:
    length = getattr(column.type, "length", None)
    return value[:length] if length and isinstance(value, str) else value
