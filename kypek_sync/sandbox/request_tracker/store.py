"""The SQLite file behind the Request Tracker simulator: schema, connections, the queues that exist from the start.

Times are whole seconds since 1970 (UTC), as Request Tracker keeps them; 0 means "never".
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kypek_sync.sandbox.state_file import StateFile

ROBOT = "kypek-sync"
NOBODY = "Nobody"
SYSTEM = "RT_System"
BUILT_IN_QUEUES = ("General", "___Approvals")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  login TEXT PRIMARY KEY COLLATE NOCASE, email TEXT NOT NULL DEFAULT '', real_name TEXT NOT NULL DEFAULT '',
  timezone TEXT
);
CREATE TABLE IF NOT EXISTS queues (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE, description TEXT NOT NULL,
  visible INTEGER NOT NULL, created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS custom_fields (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE, lookup TEXT NOT NULL,
  queue INTEGER NOT NULL REFERENCES queues, UNIQUE (name, lookup, queue)
);
CREATE TABLE IF NOT EXISTS tickets (
  id INTEGER PRIMARY KEY AUTOINCREMENT, effective INTEGER NOT NULL, queue INTEGER NOT NULL REFERENCES queues,
  subject TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0,
  creator TEXT NOT NULL, last_updated_by TEXT NOT NULL, created INTEGER NOT NULL, last_updated INTEGER NOT NULL,
  started INTEGER NOT NULL DEFAULT 0, resolved INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS tickets_by_effective ON tickets (effective);
CREATE TABLE IF NOT EXISTS watchers (
  ticket INTEGER NOT NULL REFERENCES tickets, role TEXT NOT NULL, login TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (ticket, role, login)
);
CREATE TABLE IF NOT EXISTS links (
  ticket INTEGER NOT NULL REFERENCES tickets, type TEXT NOT NULL, target TEXT NOT NULL,
  PRIMARY KEY (ticket, type, target)
);
CREATE TABLE IF NOT EXISTS transactions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, object_type TEXT NOT NULL, object INTEGER NOT NULL, type TEXT NOT NULL,
  field TEXT NOT NULL DEFAULT '', old_value TEXT NOT NULL DEFAULT '', new_value TEXT NOT NULL DEFAULT '',
  data TEXT NOT NULL DEFAULT '', creator TEXT NOT NULL, created INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS transactions_by_object ON transactions (object_type, object);
CREATE TABLE IF NOT EXISTS custom_values (
  kind TEXT NOT NULL, object INTEGER NOT NULL, field INTEGER NOT NULL REFERENCES custom_fields,
  value TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (kind, object, field)
);
CREATE INDEX IF NOT EXISTS custom_values_by_value ON custom_values (field, folded);
CREATE TABLE IF NOT EXISTS attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, txn INTEGER NOT NULL REFERENCES transactions, parent INTEGER NOT NULL,
  filename TEXT NOT NULL, content_type TEXT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS attachments_by_txn ON attachments (txn);
"""


def fold(text: str | None) -> str | None:
    """How Request Tracker compares text: without regard to case (H-14)."""
    return None if text is None else text.lower()


class Store(StateFile):
    """The state of one Request Tracker. A new one has its built-in queues, users and custom field."""

    def __init__(self, state: Path) -> None:
        super().__init__(state, _SCHEMA)
        with self.writing() as db:
            for number, name in enumerate(BUILT_IN_QUEUES, start=1):
                db.execute("INSERT OR IGNORE INTO queues VALUES (?, ?, '', 0, 0)", (number, name))
            for login in (ROBOT, NOBODY, SYSTEM):
                db.execute("INSERT OR IGNORE INTO users (login) VALUES (?)", (login,))
            # Custom field 1 is RT's own in a fresh installation.
            db.execute("INSERT OR IGNORE INTO custom_fields VALUES (1, 'Reviewed', 'ticket', 1)")

    def _connect(self) -> sqlite3.Connection:
        db = super()._connect()
        db.create_function("fold", 1, fold, deterministic=True)
        return db


def add_queue(db: sqlite3.Connection, name: str, *, visible: bool, description: str, now: int) -> int:
    """A queue and its creation record; the robot account has all rights on it if `visible`, else none."""
    cursor = db.execute("INSERT INTO queues VALUES (NULL, ?, ?, ?, ?)", (name, description, visible, now))
    queue = int(cursor.lastrowid or 0)
    db.execute(
        "INSERT INTO transactions (object_type, object, type, creator, created)"
        " VALUES ('RT::Queue', ?, 'Create', ?, ?)",
        (queue, SYSTEM, now),
    )
    return queue


def add_custom_field(db: sqlite3.Connection, name: str, *, lookup: str, queue: int) -> int:
    """A single-value text field of the tickets (`ticket`) or transactions (`transaction`) of one queue; not unique."""
    cursor = db.execute("INSERT INTO custom_fields VALUES (NULL, ?, ?, ?)", (name, lookup, queue))
    return int(cursor.lastrowid or 0)


def seed(db: sqlite3.Connection, now: int) -> None:
    """The queue KYPEK-ATT with its custom fields (fact sheet 2.1), unless some queue was added before."""
    (own,) = db.execute("SELECT count(*) FROM queues WHERE name NOT IN (?, ?)", BUILT_IN_QUEUES).fetchone()
    if own:
        return
    queue = add_queue(db, "KYPEK-ATT", visible=True, description="ΚΥΠΕΚ – παρουσίες / επιμορφώσεις", now=now)
    for name, lookup in (("KypekRef", "ticket"), ("KypekSeminar", "ticket"), ("KypekEvt", "transaction")):
        add_custom_field(db, name, lookup=lookup, queue=queue)
