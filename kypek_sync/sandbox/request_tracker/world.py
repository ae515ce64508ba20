"""Seeding, and the tests' eyes and hands: what people at the helpdesk see and do without REST."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import kypek_sync.sandbox.request_tracker.messages as messages
import kypek_sync.sandbox.request_tracker.tickets as tickets
from kypek_sync.sandbox.request_tracker.store import Store, add_custom_field, add_queue
from kypek_sync.sandbox.request_tracker.tickets import Actor


def _real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """A ticket as it is in the database; `effective` differs from `id` once it was merged away. Times are aware UTC."""

    id: int
    effective: int
    queue: str
    subject: str
    status: str
    requestors: tuple[str, ...]
    fields: dict[str, str]
    created: datetime
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class SeenTransaction:
    """A transaction, hidden ones included. `text` is that of a note, `fields` its custom fields."""

    id: int
    ticket: int
    type: str
    creator: str
    field: str
    old: str
    new: str
    text: str
    files: tuple[str, ...]
    fields: dict[str, str]


class World:
    """The state file of a simulator, which may be running on it. `clock` dates what is done here (aware times)."""

    def __init__(self, state: Path, *, clock: Callable[[], datetime] = _real_time) -> None:
        self._store = Store(state)
        self._clock = clock

    def add_queue(self, name: str, visible: bool = True) -> int:
        """A queue; the robot account has all rights on it, or none if it is not `visible`. Returns its id."""
        with self._store.writing() as db:
            return add_queue(db, name, visible=visible, description="", now=self._now())

    def add_custom_field(
        self, name: str, lookup: Literal["ticket", "transaction"] = "ticket", queue: str = "KYPEK-ATT"
    ) -> int:
        """A text field of the tickets or transactions of a queue; returns its id. Raises `LookupError`."""
        with self._store.writing() as db:
            row = tickets.find_queue(db, queue)
            if row is None:
                raise LookupError(queue)
            return add_custom_field(db, name, lookup=lookup, queue=row["id"])

    def add_ticket(
        self,
        subject: str,
        *,
        queue: str = "KYPEK-ATT",
        login: str = "root",
        requestor: str = "",
        fields: dict[str, str] | None = None,
    ) -> int:
        """A ticket opened by hand; returns its id. Raises `LookupError`."""
        data = {"Subject": subject, "Requestor": requestor, "CustomFields": fields or {}}
        with self._store.writing() as db:
            row = tickets.find_queue(db, queue)
            if row is None:
                raise LookupError(queue)
            return tickets.create(db, data, row["id"], self._actor(login))[0]

    def number_from(self, *, ticket: int, transaction: int) -> None:
        """Make the next ticket and the next transaction get these ids."""
        with self._store.writing() as db:
            for table, number in (("tickets", ticket), ("transactions", transaction)):
                db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
                db.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, number - 1))

    def tickets(self) -> list[SeenTicket]:
        """All tickets by id, merged ones included."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT t.*, q.name AS queue_name FROM tickets t JOIN queues q ON q.id = t.queue ORDER BY t.id"
            )
            return [self._seen(db, row) for row in rows.fetchall()]

    def ticket(self, number: int) -> SeenTicket:
        """One ticket, not the one it was merged into. Raises `LookupError`."""
        for seen in self.tickets():
            if seen.id == number:
                return seen
        raise LookupError(number)

    def transactions(self, ticket: int) -> list[SeenTransaction]:
        """What happened to one ticket, mail records included."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT * FROM transactions WHERE object_type = 'RT::Ticket' AND object = ? ORDER BY id", (ticket,)
            ).fetchall()
            return [self._seen_transaction(db, row) for row in rows]

    def set_status_by_human(self, ticket: int, status: str, login: str) -> None:
        """Someone at the helpdesk changes the status. Raises `LookupError` for an unknown ticket."""
        with self._store.writing() as db:
            tickets.set_status(db, self._row(db, ticket), status, self._actor(login))

    def reply_by_human(self, ticket: int, text: str, login: str) -> int:
        """Someone answers the requestor, or the requestor writes; a done ticket opens again (H-5). Returns its id."""
        with self._store.writing() as db:
            return messages.correspond(db, self._row(db, ticket), text, "text/plain", [], self._actor(login))

    def comment_by_human(self, ticket: int, text: str, login: str) -> int:
        """Someone leaves an internal note; returns its transaction."""
        with self._store.writing() as db:
            return messages.comment(db, self._row(db, ticket), text, "text/plain", [], self._actor(login))

    def set_field_by_human(self, ticket: int, field: str, value: str, login: str) -> None:
        """Someone changes a custom field; `""` clears it."""
        with self._store.writing() as db:
            tickets.set_custom_fields(db, self._row(db, ticket), {field: value}, self._actor(login))

    def merge(self, loser: int, winner: int, login: str = "root") -> None:
        """Someone merges one ticket into another (H-16)."""
        with self._store.writing() as db:
            tickets.merge(db, self._row(db, loser), winner, self._actor(login))

    def move(self, ticket: int, queue: str, login: str = "root") -> None:
        """Someone moves a ticket to another queue, also to one that the robot account does not see."""
        with self._store.writing() as db:
            row, target = self._row(db, ticket), tickets.find_queue(db, queue)
            if target is None:
                raise LookupError(queue)
            tickets.move_into(db, row, target, self._actor(login))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _actor(self, login: str) -> Actor:
        return Actor(login, self._now())

    @staticmethod
    def _row(db: sqlite3.Connection, ticket: int) -> sqlite3.Row:
        row = tickets.load(db, ticket)
        if row is None:
            raise LookupError(ticket)
        return row

    @staticmethod
    def _seen(db: sqlite3.Connection, row: sqlite3.Row) -> SeenTicket:
        people = db.execute(
            "SELECT login FROM watchers WHERE ticket = ? AND role = 'Requestor' ORDER BY rowid", (row["id"],)
        )
        return SeenTicket(
            row["id"],
            row["effective"],
            row["queue_name"],
            row["subject"],
            row["status"],
            tuple(each["login"] for each in people),
            _values(db, "ticket", row["id"]),
            datetime.fromtimestamp(row["created"], UTC),
            datetime.fromtimestamp(row["last_updated"], UTC),
        )

    @staticmethod
    def _seen_transaction(db: sqlite3.Connection, row: sqlite3.Row) -> SeenTransaction:
        parts = db.execute(
            "SELECT filename, content FROM attachments WHERE txn = ? ORDER BY id", (row["id"],)
        ).fetchall()
        return SeenTransaction(
            row["id"],
            row["object"],
            row["type"],
            row["creator"],
            row["field"],
            row["old_value"],
            row["new_value"],
            "".join(part["content"].decode() for part in parts if not part["filename"]),
            tuple(part["filename"] for part in parts if part["filename"]),
            _values(db, "transaction", row["id"]),
        )


def _values(db: sqlite3.Connection, kind: str, number: int) -> dict[str, str]:
    sql = (
        "SELECT f.name, v.value FROM custom_values v JOIN custom_fields f ON f.id = v.field"
        " WHERE v.kind = ? AND v.object = ?"
    )
    return {row["name"]: row["value"] for row in db.execute(sql, (kind, number))}
