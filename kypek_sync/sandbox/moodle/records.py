"""The simulator's state as plain records, for assertions. Times are aware UTC; None where Moodle stores 0."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from kypek_sync.sandbox.moodle.state import every


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str
    auth: str
    suspended: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class Course:
    """A course; texts as stored."""

    id: int
    fullname: str
    shortname: str
    idnumber: str
    category: int
    summary: str
    visible: bool
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One user enrolment by one method. `roles` are the user's role ids in the course, by whatever way they came."""

    id: int
    course: int
    user: int
    username: str
    method: str
    roles: tuple[int, ...]
    suspended: bool
    start: datetime | None
    end: datetime | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a course with the usernames of its members, sorted."""

    id: int
    course: int
    name: str
    idnumber: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A calendar event; the description as stored. `course` 0: an orphan."""

    id: int
    course: int
    name: str
    description: str
    kind: str
    start: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message between two users. `welcome`: the greeting of a new enrolment (M-25)."""

    id: int
    sender: str
    receiver: str
    text: str
    client_id: str
    welcome: bool


@dataclass(frozen=True, slots=True)
class Post:
    """The first post of a discussion; `group` is whom it is for, -1 everybody."""

    id: int
    forum: int
    course: int
    username: str
    subject: str
    message: str
    pinned: bool = False
    group: int = -1


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort with the usernames of its members, sorted."""

    id: int
    name: str
    idnumber: str
    members: tuple[str, ...]


def moment(seconds: int) -> datetime | None:
    """Aware UTC, or None for Moodle's 0."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def users(db: sqlite3.Connection) -> list[User]:
    """All accounts by id, the deleted ones too."""
    names = ("id", "username", "firstname", "lastname", "email", "idnumber", "auth")
    return [
        User(**{name: row[name] for name in names}, suspended=bool(row["suspended"]), deleted=bool(row["deleted"]))
        for row in every(db, "select * from users order by id")
    ]


def courses(db: sqlite3.Connection) -> list[Course]:
    """All courses by id, without the front page."""
    names = ("id", "fullname", "shortname", "idnumber", "category", "summary")
    return [
        Course(
            **{name: row[name] for name in names},
            visible=bool(row["visible"]),
            start=moment(row["startdate"]),
            end=moment(row["enddate"]),
        )
        for row in every(db, "select * from courses where id > 1 order by id")
    ]


def enrolments(db: sqlite3.Connection) -> list[Enrolment]:
    """All user enrolments by id."""
    roles: dict[tuple[int, int], list[int]] = {}
    for row in every(db, "select * from role_assignments order by roleid"):
        roles.setdefault((row["courseid"], row["userid"]), []).append(row["roleid"])
    query = (
        "select ue.*, e.courseid, e.method, u.username from user_enrolments ue join enrol e on e.id = ue.enrolid "
        "join users u on u.id = ue.userid order by ue.id"
    )
    return [
        Enrolment(
            id=row["id"],
            course=row["courseid"],
            user=row["userid"],
            username=row["username"],
            method=row["method"],
            roles=tuple(roles.get((row["courseid"], row["userid"]), ())),
            suspended=bool(row["status"]),
            start=moment(row["timestart"]),
            end=moment(row["timeend"]),
            created=datetime.fromtimestamp(row["timecreated"], UTC),
        )
        for row in every(db, query)
    ]


def groups(db: sqlite3.Connection) -> list[Group]:
    """All groups by id."""
    query = "select u.username from group_members m join users u on u.id = m.userid where m.groupid = ? order by 1"
    return [
        Group(
            id=row["id"],
            course=row["courseid"],
            name=row["name"],
            idnumber=row["idnumber"],
            members=tuple(user["username"] for user in every(db, query, row["id"])),
        )
        for row in every(db, "select * from course_groups order by id")
    ]


def events(db: sqlite3.Connection) -> list[Event]:
    """All calendar events by id."""
    return [
        Event(
            id=row["id"],
            course=row["courseid"],
            name=row["name"],
            description=row["description"],
            kind=row["eventtype"],
            start=datetime.fromtimestamp(row["timestart"], UTC),
            seconds=row["timeduration"],
        )
        for row in every(db, "select * from events order by id")
    ]


def messages(db: sqlite3.Connection) -> list[Message]:
    """All messages in the order in which they were sent."""
    query = (
        "select m.*, a.username as sender, b.username as receiver from messages m "
        "join users a on a.id = m.useridfrom join users b on b.id = m.useridto order by m.id"
    )
    return [
        Message(
            id=row["id"],
            sender=row["sender"],
            receiver=row["receiver"],
            text=row["text"],
            client_id=row["clientmsgid"],
            welcome=bool(row["welcome"]),
        )
        for row in every(db, query)
    ]


def posts(db: sqlite3.Connection) -> list[Post]:
    """All forum posts by id."""
    query = (
        "select p.*, d.pinned, d.groupid, f.courseid, u.username from posts p join forums f on f.id = p.forumid "
        "join discussions d on d.id = p.discussion join users u on u.id = p.userid order by p.id"
    )
    return [
        Post(
            id=row["id"],
            forum=row["forumid"],
            course=row["courseid"],
            username=row["username"],
            subject=row["subject"],
            message=row["message"],
            pinned=bool(row["pinned"]),
            group=row["groupid"],
        )
        for row in every(db, query)
    ]


def cohorts(db: sqlite3.Connection) -> list[Cohort]:
    """All cohorts by id."""
    query = "select u.username from cohort_members m join users u on u.id = m.userid where m.cohortid = ? order by 1"
    return [
        Cohort(row["id"], row["name"], row["idnumber"], tuple(user["username"] for user in every(db, query, row["id"])))
        for row in every(db, "select * from cohorts order by id")
    ]
