"""Enrolments as rows: methods of a course, user enrolments, roles. Used by the web services and by `World` alike."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kypek_sync.sandbox.moodle.state import EDITING_TEACHER, TEACHER, every, insert, one, update

METHOD_NAMES = {
    "manual": "Manual enrolments",
    "self": "Self enrolment",
    "ldap": "LDAP enrolments",
    "cohort": "Cohort sync",
}
"""The enrolment methods that the simulator knows, with the names that reports show."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an enrolment: suspended or not, from and until (Unix seconds, 0: no limit)."""

    suspend: bool = False
    timestart: int = 0
    timeend: int = 0


def add_method(db: sqlite3.Connection, course: int, method: str, *, enabled: bool = True) -> int:
    """Give the course an enrolment method, or switch it; the id of the instance."""
    known = one(db, "select id from enrol where courseid = ? and method = ?", course, method)
    if known:
        update(db, "enrol", known["id"], enabled=int(enabled))
        return int(known["id"])
    return insert(db, "enrol", courseid=course, method=method, enabled=int(enabled))


def method_of(db: sqlite3.Connection, course: int, method: str, *, enabled: bool = True) -> int | None:
    """The id of the course's instance of a method, if there is one (and it is switched on)."""
    query = "select id from enrol where courseid = ? and method = ? and enabled >= ?"
    row = one(db, query, course, method, int(enabled))
    return int(row["id"]) if row else None


def enrol(db: sqlite3.Connection, instance: int, user: int, terms: Terms, now: int) -> bool:
    """Enrol, or overwrite the terms of an enrolment that exists (M-22). True if it is a new one."""
    row = one(db, "select * from user_enrolments where enrolid = ? and userid = ?", instance, user)
    wanted = {"status": int(terms.suspend), "timestart": terms.timestart, "timeend": terms.timeend}
    if row is None:
        insert(db, "user_enrolments", enrolid=instance, userid=user, timecreated=now, timemodified=now, **wanted)
        return True
    if any(row[name] != value for name, value in wanted.items()):
        update(db, "user_enrolments", row["id"], timemodified=now, **wanted)
    return False


def unenrol(db: sqlite3.Connection, enrolment: int) -> None:
    """End one user enrolment; with the last one in the course go roles and group memberships."""
    query = "select ue.userid, e.courseid from user_enrolments ue join enrol e on e.id = ue.enrolid where ue.id = ?"
    row = one(db, query, enrolment)
    if row is None:
        return
    db.execute("delete from user_enrolments where id = ?", (enrolment,))
    left = "select 1 from user_enrolments ue join enrol e on e.id = ue.enrolid where ue.userid = ? and e.courseid = ?"
    if one(db, left, row["userid"], row["courseid"]) is None:
        whose = (row["userid"], row["courseid"])
        db.execute("delete from role_assignments where userid = ? and courseid = ?", whose)
        db.execute(
            "delete from group_members where userid = ? "
            "and groupid in (select id from course_groups where courseid = ?)",
            whose,
        )


def assign_role(db: sqlite3.Connection, course: int, user: int, role: int) -> None:
    """Add a role; others stay (M-23)."""
    db.execute(
        "insert or ignore into role_assignments (courseid, userid, roleid) values (?, ?, ?)",
        (course, user, role),
    )


def unassign_role(db: sqlite3.Connection, course: int, user: int, role: int) -> None:
    """Take a role away; the enrolment stays."""
    db.execute("delete from role_assignments where courseid = ? and userid = ? and roleid = ?", (course, user, role))


def contacts(db: sqlite3.Connection, course: int) -> list[sqlite3.Row]:
    """The course's contacts: its teachers, the editing ones first."""
    return every(
        db,
        "select distinct u.* from role_assignments r join users u on u.id = r.userid "
        "where r.courseid = ? and r.roleid = ? and u.deleted = 0 order by u.id",
        course,
        EDITING_TEACHER,
    ) or every(
        db,
        "select distinct u.* from role_assignments r join users u on u.id = r.userid "
        "where r.courseid = ? and r.roleid = ? and u.deleted = 0 order by u.id",
        course,
        TEACHER,
    )
