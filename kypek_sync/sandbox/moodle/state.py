"""The simulator's memory: one SQLite file, read and written in short transactions of their own.

Times are Unix seconds (UTC). Ids are never reused. A connection lives for one transaction, so that any thread may ask.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

GUEST, ADMIN, SERVICE_USER = 1, 2, 3
MANAGER, EDITING_TEACHER, TEACHER, STUDENT = 1, 3, 4, 5
ROLE_SHORTNAMES = {MANAGER: "manager", EDITING_TEACHER: "editingteacher", TEACHER: "teacher", STUDENT: "student"}
SITE_COURSE = 1

_SCHEMA = """
create table site (name text primary key, value text not null);
create table users (id integer primary key autoincrement, username text not null unique, firstname text not null,
  lastname text not null, email text not null, idnumber text not null default '', auth text not null default 'manual',
  suspended integer not null default 0, deleted integer not null default 0, lang text not null default 'en',
  details text not null default '{}', timecreated integer not null default 0);
create index users_idnumber on users (idnumber);
create index users_email on users (lower(email));
create table tokens (token text primary key, userid integer not null, capabilities text, functions text,
  validuntil integer, ip text not null default '', serviceuntil integer);
create table categories (id integer primary key autoincrement, name text not null, idnumber text not null default '',
  parent integer not null default 0, description text not null default '', timemodified integer not null);
create table courses (id integer primary key autoincrement, fullname text not null, shortname text not null unique,
  category integer not null, idnumber text not null default '', summary text not null default '',
  visible integer not null default 1, startdate integer not null default 0, enddate integer not null default 0,
  format text not null default 'topics', groupmode integer not null default 0, lang text not null default '',
  newsitems integer not null default 5, timecreated integer not null, timemodified integer not null);
create index courses_idnumber on courses (idnumber);
create table sections (id integer primary key autoincrement, courseid integer not null, section integer not null,
  name text not null default '');
create table enrol (id integer primary key autoincrement, courseid integer not null, method text not null,
  enabled integer not null default 1, unique (courseid, method));
create table user_enrolments (id integer primary key autoincrement, enrolid integer not null, userid integer not null,
  status integer not null default 0, timestart integer not null default 0, timeend integer not null default 0,
  timecreated integer not null, timemodified integer not null, unique (enrolid, userid));
create index user_enrolments_user on user_enrolments (userid);
create table role_assignments (id integer primary key autoincrement, courseid integer not null, userid integer not null,
  roleid integer not null, unique (courseid, userid, roleid));
create table course_groups (id integer primary key autoincrement, courseid integer not null, name text not null,
  description text not null default '', descriptionformat integer not null default 1,
  idnumber text not null default '', enrolmentkey text not null default '', visibility integer not null default 0,
  participation integer not null default 1);
create table group_members (groupid integer not null, userid integer not null, timeadded integer not null,
  primary key (groupid, userid));
create table events (id integer primary key autoincrement, name text not null, description text not null,
  format integer not null, courseid integer not null, groupid integer not null, userid integer not null,
  eventtype text not null, timestart integer not null, timeduration integer not null, visible integer not null,
  sequence integer not null, timemodified integer not null);
create table messages (id integer primary key autoincrement, useridfrom integer not null, useridto integer not null,
  text text not null, conversation integer not null, clientmsgid text not null default '',
  welcome integer not null default 0, timecreated integer not null);
create table conversations (id integer primary key autoincrement, low integer not null, high integer not null,
  unique (low, high));
create table forums (id integer primary key autoincrement, courseid integer not null, type text not null,
  name text not null, intro text not null, timemodified integer not null);
create table posts (id integer primary key autoincrement, discussion integer not null, forumid integer not null,
  userid integer not null, subject text not null, message text not null, messageformat integer not null,
  created integer not null, modified integer not null);
create table discussions (id integer primary key autoincrement, forumid integer not null, groupid integer not null,
  pinned integer not null default 0);
create table cohorts (id integer primary key autoincrement, name text not null, idnumber text not null,
  description text not null default '', descriptionformat integer not null default 1,
  visible integer not null default 1);
create table cohort_members (cohortid integer not null, userid integer not null, primary key (cohortid, userid));
create table reports (id integer primary key autoincrement, name text not null, columns text not null,
  everybody integer not null default 0, filtered integer not null default 1, conditions text not null default '',
  timecreated integer not null);
create table report_filters (reportid integer not null, userid integer not null, filters text not null,
  primary key (reportid, userid));
create table profile_fields (shortname text primary key, maxlength integer not null);
create table log (id integer primary key autoincrement, function text not null, userid integer not null,
  at integer not null);
"""

_FIRST_ROWS = """
insert into users (id, username, firstname, lastname, email) values
  (1, 'guest', 'Guest user', ' ', 'guest@moodle.example'),
  (2, 'admin', 'Admin', 'User', 'admin@example.org'),
  (3, 'syncd', 'Sync', 'Service', 'syncd@example.org');
insert into categories (id, name, timemodified) values (1, 'Category 1', 0);
insert into courses (id, fullname, shortname, category, format, timecreated, timemodified)
  values (1, 'sandbox', 'sandbox', 0, 'site', 0, 0);
insert into site (name, value) values ('sitename', 'sandbox'), ('maintenance', ''), ('debug', ''), ('rest', '1'),
  ('wwwroot', ''), ('welcome', '1');
"""


class State:
    """The SQLite file. Creates it, with Moodle's first rows, when it is not there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._connect()) as db:
            db.execute("pragma journal_mode = wal")
            db.execute("begin immediate")
            if not db.execute("select 1 from sqlite_master where name = 'site'").fetchone():
                for statement in (_SCHEMA + _FIRST_ROWS).split(";\n"):
                    db.execute(statement)
            db.execute("commit")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=60)
        db.row_factory = sqlite3.Row
        db.execute("pragma synchronous = off")
        return db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed at the end, rolled back if anything is raised."""
        with closing(self._connect()) as db:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")


@contextmanager
def savepoint(db: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that is taken back alone if it raises."""
    db.execute("savepoint part")
    try:
        yield
    except BaseException:
        db.execute("rollback to part")
        db.execute("release part")
        raise
    db.execute("release part")


def one(db: sqlite3.Connection, query: str, *values: object) -> sqlite3.Row | None:
    """The first row, or None."""
    row: sqlite3.Row | None = db.execute(query, values).fetchone()
    return row


def every(db: sqlite3.Connection, query: str, *values: object) -> list[sqlite3.Row]:
    """All rows."""
    return db.execute(query, values).fetchall()


def insert(db: sqlite3.Connection, table: str, **values: object) -> int:
    """Insert one row; its id."""
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    cursor = db.execute(f"insert into {table} ({names}) values ({marks})", tuple(values.values()))
    return int(cursor.lastrowid or 0)


def update(db: sqlite3.Connection, table: str, row_id: int, **values: object) -> None:
    """Change columns of one row by its id."""
    if values:
        names = ", ".join(f"{name} = ?" for name in values)
        db.execute(f"update {table} set {names} where id = ?", (*values.values(), row_id))


def marks(values: list[Any]) -> str:
    """`?, ?, ?` for an IN list."""
    return ", ".join("?" * len(values))


def site_value(db: sqlite3.Connection, name: str) -> str:
    """One site setting."""
    row = one(db, "select value from site where name = ?", name)
    return str(row["value"]) if row else ""
