"""Seeding, and the tests' eyes and hands: what people at the helpdesk see and do. The same for both styles."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import kypek_sync.sandbox.soap_helpdesk.issues as issues
from kypek_sync.sandbox.soap_helpdesk.issues import Actor
from kypek_sync.sandbox.soap_helpdesk.store import PROJECT, Store


def _real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SeenNote:
    """A note. `internal` ones are not shown to the requester; `key` is only known to the plain style."""

    id: int
    author: str
    text: str
    internal: bool
    key: str


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """A ticket as it is in the database. `status` is the id (10 new .. 90 closed); times are aware UTC."""

    id: int
    project: str
    category: str
    summary: str
    description: str
    status: int
    reporter: int
    requester_mail: str
    fields: dict[str, str]
    notes: tuple[SeenNote, ...]
    files: tuple[str, ...]
    submitted: datetime
    updated: datetime


class World:
    """The state file of a simulator, which may be running on it. `clock` dates what is done here (aware times)."""

    def __init__(self, state: Path, *, clock: Callable[[], datetime] = _real_time) -> None:
        self._store = Store(state)
        self._clock = clock

    def add_api_token(self, token: str) -> None:
        """A token that the account may use in place of its password."""
        with self._store.writing() as db:
            db.execute("INSERT OR IGNORE INTO tokens VALUES (?)", (token,))

    def add_project(self, name: str, *categories: str) -> int:
        """A project with its categories; returns its id."""
        with self._store.writing() as db:
            number = int(db.execute("INSERT INTO projects VALUES (NULL, ?, '')", (name,)).lastrowid or 0)
            db.executemany("INSERT INTO categories VALUES (?, ?)", [(number, category) for category in categories])
            return number

    def add_category(self, name: str, project: str = "KYPEK-ATT") -> None:
        """One more category of a project."""
        with self._store.writing() as db:
            db.execute("INSERT INTO categories SELECT id, ? FROM projects WHERE name = ?", (name, project))

    def add_custom_field(self, name: str) -> int:
        """A text field of all tickets; returns its id."""
        with self._store.writing() as db:
            return int(db.execute("INSERT INTO custom_fields VALUES (NULL, ?)", (name,)).lastrowid or 0)

    def add_user(self, login: str, email: str = "", real_name: str = "") -> int:
        """An account; returns its id."""
        with self._store.writing() as db:
            return self._user(db, login, email, real_name)

    def add_ticket(
        self, summary: str, *, login: str = "administrator", status: int = 10, category: str = "General"
    ) -> int:
        """A ticket opened by hand; returns its id."""
        with self._store.writing() as db:
            cursor = db.execute(
                "INSERT INTO issues (project, category, summary, description, status, reporter, submitted, updated)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (PROJECT, category, summary, summary, status, self._user(db, login), self._now(), self._now()),
            )
            return int(cursor.lastrowid or 0)

    def number_from(self, *, ticket: int) -> None:
        """Make the next ticket get this id."""
        with self._store.writing() as db:
            db.execute("DELETE FROM sqlite_sequence WHERE name = 'issues'")
            db.execute("INSERT INTO sqlite_sequence VALUES ('issues', ?)", (ticket - 1,))

    def tickets(self) -> list[SeenTicket]:
        """All tickets by id."""
        with self._store.reading() as db:
            sql = "SELECT i.*, p.name AS project_name FROM issues i JOIN projects p ON p.id = i.project ORDER BY i.id"
            return [self._seen(db, row) for row in db.execute(sql).fetchall()]

    def ticket(self, number: int) -> SeenTicket:
        """One ticket. Raises `LookupError`."""
        for seen in self.tickets():
            if seen.id == number:
                return seen
        raise LookupError(number)

    def set_status_by_human(self, ticket: int, status: int, login: str) -> None:
        """Someone at the helpdesk changes the status to this id."""
        with self._store.writing() as db:
            issues.set_values(db, issues.get(db, ticket), {"status": status}, self._actor(db, login))

    def reply_by_human(self, ticket: int, text: str, login: str, *, internal: bool = False) -> int:
        """Someone writes a note; returns its id."""
        with self._store.writing() as db:
            return issues.add_note(db, ticket, text, 50 if internal else 10, self._actor(db, login))

    def set_summary_by_human(self, ticket: int, summary: str, login: str) -> None:
        """Someone rewrites the subject."""
        with self._store.writing() as db:
            issues.set_values(db, issues.get(db, ticket), {"summary": summary}, self._actor(db, login))

    def delete(self, ticket: int) -> None:
        """Someone deletes a ticket for good."""
        with self._store.writing() as db:
            for table in ("custom_values", "notes", "files", "history"):
                db.execute(f"DELETE FROM {table} WHERE issue = ?", (ticket,))
            db.execute("DELETE FROM issues WHERE id = ?", (ticket,))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _actor(self, db: sqlite3.Connection, login: str) -> Actor:
        return Actor(self._user(db, login), self._now())

    @staticmethod
    def _user(db: sqlite3.Connection, login: str, email: str = "", real_name: str = "") -> int:
        db.execute(
            "INSERT OR IGNORE INTO users VALUES ((SELECT max(max(id), 2) + 1 FROM users), ?, ?, ?)",
            (login, real_name, email),
        )
        return int(db.execute("SELECT id FROM users WHERE name = ?", (login,)).fetchone()["id"])

    @staticmethod
    def _seen(db: sqlite3.Connection, row: sqlite3.Row) -> SeenTicket:
        number = row["id"]
        fields = db.execute(
            "SELECT f.name, v.value FROM custom_values v JOIN custom_fields f ON f.id = v.field WHERE v.issue = ?",
            (number,),
        )
        notes = db.execute(
            "SELECT n.*, coalesce(u.name, '') AS author FROM notes n LEFT JOIN users u ON u.id = n.reporter"
            " WHERE n.issue = ? ORDER BY n.id",
            (number,),
        )
        files = db.execute("SELECT name FROM files WHERE issue = ? ORDER BY id", (number,))
        return SeenTicket(
            number,
            row["project_name"],
            row["category"],
            row["summary"],
            row["description"],
            row["status"],
            row["reporter"],
            row["requester_mail"],
            {each["name"]: each["value"] for each in fields},
            tuple(
                SeenNote(each["id"], each["author"], each["text"], each["view_state"] == 50, each["note_key"])
                for each in notes
            ),
            tuple(each["name"] for each in files),
            datetime.fromtimestamp(row["submitted"], UTC),
            datetime.fromtimestamp(row["updated"], UTC),
        )
