"""The SQLite file behind the SOAP helpdesk: schema, connections, what a new helpdesk holds.

Both styles keep their tickets here, so that `World` sees either. Times are whole seconds since 1970 (UTC).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kypek_sync.sandbox.state_file import StateFile

PROJECT = 1
ROBOT = 2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, real_name TEXT NOT NULL, email TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS categories (project INTEGER NOT NULL REFERENCES projects, name TEXT NOT NULL COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS custom_fields (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS issues (
  id INTEGER PRIMARY KEY AUTOINCREMENT, project INTEGER NOT NULL REFERENCES projects, category TEXT NOT NULL,
  summary TEXT NOT NULL, description TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 10,
  resolution INTEGER NOT NULL DEFAULT 10, priority INTEGER NOT NULL DEFAULT 30, severity INTEGER NOT NULL DEFAULT 50,
  reproducibility INTEGER NOT NULL DEFAULT 70, view_state INTEGER NOT NULL DEFAULT 10, reporter INTEGER NOT NULL,
  handler INTEGER NOT NULL DEFAULT 0, requester_mail TEXT NOT NULL DEFAULT '', requester_name TEXT NOT NULL DEFAULT '',
  submitted INTEGER NOT NULL, updated INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS custom_values (
  issue INTEGER NOT NULL REFERENCES issues, field INTEGER NOT NULL REFERENCES custom_fields, value TEXT NOT NULL,
  PRIMARY KEY (issue, field)
);
CREATE INDEX IF NOT EXISTS custom_values_by_value ON custom_values (field, value);
CREATE TABLE IF NOT EXISTS notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue INTEGER NOT NULL REFERENCES issues, reporter INTEGER NOT NULL,
  text TEXT NOT NULL, view_state INTEGER NOT NULL, note_key TEXT NOT NULL DEFAULT '', submitted INTEGER NOT NULL,
  modified INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS notes_by_issue ON notes (issue);
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue INTEGER NOT NULL REFERENCES issues, user INTEGER NOT NULL,
  name TEXT NOT NULL, type TEXT NOT NULL, content BLOB NOT NULL, submitted INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS files_by_issue ON files (issue);
CREATE TABLE IF NOT EXISTS history (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue INTEGER NOT NULL REFERENCES issues, user INTEGER NOT NULL,
  date INTEGER NOT NULL, field TEXT NOT NULL, type INTEGER NOT NULL, old_value TEXT NOT NULL, new_value TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS history_by_issue ON history (issue);
"""


class Store(StateFile):
    """One state file. A new one gets an administrator, the project KYPEK-ATT, its categories and KypekRef."""

    def __init__(self, state: Path) -> None:
        super().__init__(state, _SCHEMA)
        with self.writing() as db:
            if db.execute("SELECT 1 FROM projects").fetchone():
                return
            db.execute("INSERT INTO users VALUES (1, 'administrator', '', 'root@kypek.example')")
            db.execute("INSERT INTO projects VALUES (?, 'KYPEK-ATT', 'ΚΥΠΕΚ')", (PROJECT,))
            db.executemany("INSERT INTO categories VALUES (?, ?)", [(PROJECT, "General"), (PROJECT, "Σεμινάρια")])
            db.execute("INSERT INTO custom_fields VALUES (1, 'KypekRef')")


def seed_account(db: sqlite3.Connection, username: str) -> None:
    """The account that the robot logs in with, under id 2."""
    db.execute(
        "INSERT INTO users VALUES (?, ?, 'Kypek Συγχρονισμός', 'kypek@kypek.example')"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        (ROBOT, username),
    )
