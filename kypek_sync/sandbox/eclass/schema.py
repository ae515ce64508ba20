"""The simulator's database: the tables of Open eClass that its API reads and writes, in one SQLite file.

Tables and columns carry the names of the real schema (fact sheet, section 3.1), so a reader with SQL finds the same
things here. DATETIMEs are text, naive Europe/Athens (E-47). `hierarchy.parent` is ours: the real one has only lft, rgt.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

ATHENS = ZoneInfo("Europe/Athens")
STAMP = "%Y-%m-%d %H:%M:%S"
TEACHER, STUDENT = 1, 5
CLOSED, REGISTRATION, OPEN, INACTIVE = 0, 1, 2, 3
FIRST_GENERATOR = 100

TABLES = """
CREATE TABLE IF NOT EXISTS config (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hierarchy (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
  generator INTEGER NOT NULL DEFAULT 100, allow_course INTEGER NOT NULL DEFAULT 1,
  lft INTEGER NOT NULL DEFAULT 0, rgt INTEGER NOT NULL DEFAULT 0, parent INTEGER REFERENCES hierarchy (id));
CREATE TABLE IF NOT EXISTS user (
  id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL UNIQUE, surname TEXT NOT NULL, givenname TEXT NOT NULL,
  password TEXT NOT NULL, email TEXT NOT NULL, am TEXT NOT NULL DEFAULT '', status INTEGER NOT NULL,
  registered_at TEXT NOT NULL, expires_at TEXT NOT NULL, verified_mail INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS admin (user_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS user_department (user INTEGER, department INTEGER, PRIMARY KEY (user, department));
CREATE TABLE IF NOT EXISTS course (
  id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, lang TEXT NOT NULL DEFAULT 'el', title TEXT NOT NULL,
  keywords TEXT NOT NULL DEFAULT '', course_license INTEGER NOT NULL DEFAULT 0, visible INTEGER NOT NULL,
  prof_names TEXT NOT NULL DEFAULT '', public_code TEXT NOT NULL DEFAULT '', created TEXT NOT NULL, updated TEXT,
  doc_quota INTEGER NOT NULL DEFAULT 524288000, video_quota INTEGER NOT NULL DEFAULT 524288000,
  group_quota INTEGER NOT NULL DEFAULT 524288000, dropbox_quota INTEGER NOT NULL DEFAULT 524288000,
  password TEXT NOT NULL DEFAULT '', glossary_expand INTEGER NOT NULL DEFAULT 0,
  glossary_index INTEGER NOT NULL DEFAULT 1, view_type TEXT NOT NULL DEFAULT 'simple', start_date TEXT, end_date TEXT,
  description TEXT NOT NULL DEFAULT '', home_layout INTEGER NOT NULL DEFAULT 1, course_image TEXT,
  flipped_flag INTEGER NOT NULL DEFAULT 0, lectures_model INTEGER NOT NULL DEFAULT 0,
  view_units INTEGER NOT NULL DEFAULT 0, popular_course INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS course_department (course INTEGER, department INTEGER, PRIMARY KEY (course, department));
CREATE TABLE IF NOT EXISTS course_user (
  course_id INTEGER, user_id INTEGER, status INTEGER NOT NULL, editor INTEGER NOT NULL DEFAULT 0,
  tutor INTEGER NOT NULL DEFAULT 0, course_reviewer INTEGER NOT NULL DEFAULT 0, reg_date TEXT NOT NULL,
  PRIMARY KEY (course_id, user_id));
CREATE TABLE IF NOT EXISTS course_user_request (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid INTEGER, course_id INTEGER, comments TEXT NOT NULL DEFAULT '',
  status INTEGER NOT NULL DEFAULT 1, ts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS "group" (
  id INTEGER PRIMARY KEY AUTOINCREMENT, course_id INTEGER NOT NULL, name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS group_members (
  group_id INTEGER, user_id INTEGER, is_tutor INTEGER NOT NULL DEFAULT 0, description TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (group_id, user_id));
CREATE TABLE IF NOT EXISTS announcement (
  id INTEGER PRIMARY KEY AUTOINCREMENT, course_id INTEGER NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL,
  date TEXT NOT NULL, visible INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS course_units (
  id INTEGER PRIMARY KEY AUTOINCREMENT, course_id INTEGER NOT NULL, title TEXT NOT NULL,
  comments TEXT NOT NULL DEFAULT '', visible INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS api_token (
  id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, ip TEXT NOT NULL DEFAULT '',
  enabled INTEGER NOT NULL DEFAULT 1, expired TEXT NOT NULL, all_courses INTEGER NOT NULL DEFAULT 1,
  department_id INTEGER);
CREATE TABLE IF NOT EXISTS api_token_course (token_id INTEGER, course_id INTEGER, PRIMARY KEY (token_id, course_id));
CREATE INDEX IF NOT EXISTS course_code ON course (code);
CREATE INDEX IF NOT EXISTS course_user_person ON course_user (user_id);
CREATE VIEW IF NOT EXISTS user_auth_v AS
  SELECT id, username, CASE WHEN password LIKE '$2y$%' THEN 'eclass' ELSE password END AS auth FROM user;
"""

WIDTHS = {"title": 255, "am": 20, "username": 190}
"""Columns whose width was measured or is named by the fact sheet (E-34, section 7)."""


class SqlFailure(Exception):
    """The database refuses a value (only under a strict sql_mode)."""


class Database:
    """One connection. Text that is no UTF-8 reaches the tables as question marks, as in MariaDB (E-34)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row, or None."""
        found: sqlite3.Row | None = self._connection.execute(sql, _clean(values)).fetchone()
        return found

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows."""
        return self._connection.execute(sql, _clean(values)).fetchall()

    def write(self, sql: str, *values: object) -> int:
        """Run one statement and give the id of the row inserted (0 if none)."""
        return self._connection.execute(sql, _clean(values)).lastrowid or 0

    def setting(self, key: str, default: str = "") -> str:
        """A value of the table `config`."""
        found = self.row("SELECT value FROM config WHERE key = ?", key)
        return default if found is None else str(found["value"])

    def set_setting(self, key: str, value: str) -> None:
        """Change a value of the table `config`; the next request sees it (the real one lags, E-39)."""
        self.write("REPLACE INTO config (key, value) VALUES (?, ?)", key, value)

    def fitting(self, column: str, value: str) -> str:
        """`value` as the column keeps it: cut, with `?` for bad UTF-8 (E-34). Raises `SqlFailure` when strict."""
        width = WIDTHS.get(column, len(value))
        if self.setting("sql_mode_strict") == "1" and (len(value) > width or _clean((value,)) != [value]):
            raise SqlFailure(f"{column} does not take this value")
        return value[:width]


def naive_athens(moment: datetime) -> str:
    """An aware moment as the real database writes it: naive, Europe/Athens, whole seconds."""
    return moment.astimezone(ATHENS).strftime(STAMP)


def aware_athens(stamp: str) -> datetime:
    """A stored DATETIME as an aware moment. The hour that autumn repeats is read as its first pass."""
    return datetime.strptime(stamp, STAMP).replace(tzinfo=ATHENS)


@contextmanager
def opened(state: Path, *, writing: bool) -> Iterator[Database]:
    """A connection for one request or one act of seeding.

    A writer holds the file's only write lock and commits at the end, unless something unforeseen is raised.
    """
    connection = sqlite3.connect(state, timeout=30, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.create_collation("greek_ci", _compare)
        connection.execute("PRAGMA synchronous = OFF")
        if writing:
            connection.execute("BEGIN IMMEDIATE")
        yield Database(connection)
        if writing:
            connection.execute("COMMIT")
    finally:
        connection.close()


def prepare(state: Path) -> None:
    """Create the file and its tables where they are missing."""
    state.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(state, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(TABLES)
    finally:
        connection.close()


def _clean(values: tuple[object, ...]) -> list[object]:
    return [re.sub("[\udc80-\udcff]", "?", v) if isinstance(v, str) else v for v in values]


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def _compare(left: str, right: str) -> int:
    """MariaDB's utf8mb4_unicode_ci, roughly: case and accents do not count."""
    one, other = _folded(left), _folded(right)
    return (one > other) - (one < other)
