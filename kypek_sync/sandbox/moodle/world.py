"""Direct access to the simulator's state: what people do by hand, what an administrator sets, and a look inside.

It works on the same SQLite file as the application, before or while that is served.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import kypek_sync.sandbox.moodle.records as records
from kypek_sync.sandbox.moodle.courses import make_course
from kypek_sync.sandbox.moodle.enrolments import (
    Terms,
    add_method,
    assign_role,
    enrol,
    method_of,
    unassign_role,
    unenrol,
)
from kypek_sync.sandbox.moodle.reports import FEED_COLUMNS
from kypek_sync.sandbox.moodle.state import STUDENT, State, every, insert, one, update

SEEDED = datetime(2026, 9, 1, tzinfo=UTC)
"""When things happened for which no moment is given."""


class World:
    """The site as its people and its administrator see it. Moments are aware UTC; unknown names raise `LookupError`."""

    def __init__(self, state: Path) -> None:
        self._state = State(state)

    # What is there

    def add_user(
        self,
        username: str,
        firstname: str,
        lastname: str,
        email: str,
        *,
        idnumber: str = "",
        auth: str = "cas",
        suspended: bool = False,
    ) -> int:
        """An account; its id."""
        with self._state.transaction() as db:
            return insert(
                db,
                "users",
                username=username,
                firstname=firstname,
                lastname=lastname,
                email=email,
                idnumber=idnumber,
                auth=auth,
                suspended=int(suspended),
                timecreated=_seconds(SEEDED),
            )

    def suspend_user(self, username: str, *, suspended: bool = True) -> None:
        """Suspend an account, or let it back in."""
        with self._state.transaction() as db:
            update(db, "users", _user(db, username), suspended=int(suspended))

    def add_profile_field(self, shortname: str, max_length: int = 255) -> None:
        """A custom profile field; unknown ones are ignored when a user is created (M-15)."""
        with self._state.transaction() as db:
            insert(db, "profile_fields", shortname=shortname, maxlength=max_length)

    def add_category(self, name: str, idnumber: str = "") -> int:
        """A course category at the top; its id."""
        with self._state.transaction() as db:
            return insert(db, "categories", name=name, idnumber=idnumber, timemodified=_seconds(SEEDED))

    def add_course(
        self,
        fullname: str,
        shortname: str,
        category: int,
        *,
        idnumber: str = "",
        visible: bool = True,
        self_enrolment: bool = True,
        manual_enrolment: bool = True,
        summary: str = "",
    ) -> int:
        """A course made in the web interface; its id. Only there can self-enrolment be opened."""
        with self._state.transaction() as db:
            course = make_course(
                db,
                category,
                _seconds(SEEDED),
                4,
                fullname=fullname,
                shortname=shortname,
                idnumber=idnumber,
                visible=int(visible),
                summary=summary,
            )
            add_method(db, course, "manual", enabled=manual_enrolment)
            add_method(db, course, "self", enabled=self_enrolment)
            return course

    def hide(self, course: int, *, visible: bool = False) -> None:
        """Somebody hides a course, or shows it again."""
        with self._state.transaction() as db:
            update(db, "courses", course, visible=int(visible))

    def separate_groups(self, course: int) -> None:
        """Somebody parts a course into groups that do not see each other."""
        with self._state.transaction() as db:
            update(db, "courses", course, groupmode=1)

    def set_method(self, course: int, method: str, *, enabled: bool) -> None:
        """Switch an enrolment method of a course (`manual`, `self`, `ldap`, `cohort`) on or off."""
        with self._state.transaction() as db:
            add_method(db, course, method, enabled=enabled)

    # What people do

    def self_enrol(self, username: str, course: int, at: datetime) -> None:
        """A teacher enrols by themselves, as a student of the course."""
        self._enrol(username, course, "self", STUDENT, Terms(timestart=_seconds(at)), at)

    def enrol_manually(
        self,
        username: str,
        course: int,
        *,
        role: int = STUDENT,
        at: datetime = SEEDED,
        suspended: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> None:
        """Somebody with the right to do so enrols a user by hand, e.g. a trainer with role 3."""
        terms = Terms(suspended, _seconds(start) if start else 0, _seconds(end) if end else 0)
        self._enrol(username, course, "manual", role, terms, at)

    def enrol_by(self, method: str, username: str, course: int, *, role: int = STUDENT, at: datetime = SEEDED) -> None:
        """Moodle's own sync enrols a user (`ldap`, `cohort`); manual unenrolment does not touch that (M-26)."""
        with self._state.transaction() as db:
            add_method(db, course, method)
        self._enrol(username, course, method, role, Terms(), at)

    def _enrol(self, username: str, course: int, method: str, role: int, terms: Terms, at: datetime) -> None:
        with self._state.transaction() as db:
            instance = method_of(db, course, method)
            if instance is None:
                raise LookupError(f"course {course} has no {method} enrolment")
            user = _user(db, username)
            enrol(db, instance, user, terms, _seconds(at))
            assign_role(db, course, user, role)

    def leave(self, username: str, course: int, method: str = "self") -> None:
        """The user ends their own enrolment (or, with another method, somebody ends it by hand)."""
        query = (
            "select ue.id from user_enrolments ue join enrol e on e.id = ue.enrolid "
            "where ue.userid = ? and e.courseid = ? and e.method = ?"
        )
        with self._state.transaction() as db:
            row = one(db, query, _user(db, username), course, method)
            if row is None:
                raise LookupError(f"{username} is not enrolled in course {course} by {method}")
            unenrol(db, row["id"])

    def assign_role(self, username: str, course: int, role: int) -> None:
        """Somebody gives a role in the course by hand."""
        with self._state.transaction() as db:
            assign_role(db, course, _user(db, username), role)

    def unassign_role(self, username: str, course: int, role: int) -> None:
        """Somebody takes a role in the course away by hand."""
        with self._state.transaction() as db:
            unassign_role(db, course, _user(db, username), role)

    def delete_event(self, event: int) -> None:
        """A teacher deletes a calendar event, ours or not (M-32)."""
        with self._state.transaction() as db:
            db.execute("delete from events where id = ?", (event,))

    def change_event(self, event: int, **values: str | int) -> None:
        """A teacher edits a calendar event (`name`, `description`, `timestart`, …), or hides it (`visible=0`); with
        `userid` it is that account's."""
        with self._state.transaction() as db:
            update(db, "events", event, **values)

    def copy_event(self, event: int, username: str) -> int:
        """An account makes an event that says what another one says; its id."""
        with self._state.transaction() as db:
            row = one(db, "select * from events where id = ?", event)
            if row is None:
                raise LookupError(f"no event {event}")
            values = {key: row[key] for key in row.keys() if key not in ("id", "userid")}  # noqa: SIM118 - a sqlite3.Row
            return insert(db, "events", userid=_user(db, username), **values)

    def delete_post(self, post: int) -> None:
        """A teacher deletes an announcement with its discussion."""
        with self._state.transaction() as db:
            db.execute("delete from discussions where id = (select discussion from posts where id = ?)", (post,))
            db.execute("delete from posts where id = ?", (post,))

    def change_post(self, post: int, **values: str | int) -> None:
        """A teacher edits an announcement (`subject`, `message`); with `userid` it is that account's."""
        with self._state.transaction() as db:
            update(db, "posts", post, **values)

    # What an administrator sets

    def add_cohort(self, name: str, idnumber: str) -> int:
        """A cohort of the whole site; its id."""
        with self._state.transaction() as db:
            return insert(db, "cohorts", name=name, idnumber=idnumber)

    def put_into_cohort(self, username: str, cohort: int) -> None:
        """Somebody puts an account into a cohort by hand."""
        with self._state.transaction() as db:
            insert(db, "cohort_members", cohortid=cohort, userid=_user(db, username))

    def take_out_of_cohort(self, username: str, cohort: int) -> None:
        """Somebody takes an account out of a cohort by hand."""
        with self._state.transaction() as db:
            user = _user(db, username)
            db.execute("delete from cohort_members where cohortid = ? and userid = ?", (cohort, user))

    def add_token(
        self,
        token: str,
        *,
        username: str = "syncd",
        capabilities: Iterable[str] | None = None,
        functions: Iterable[str] | None = None,
        valid_until: datetime | None = None,
        ip: str = "",
        service_user_until: datetime | None = None,
    ) -> None:
        """A further token of an account (`admin` is the site administrator). None: all capabilities, all functions.

        `valid_until` in the past: refused and deleted at first use (M-4). `ip`: good from that address only.
        `service_user_until` is the date that core compares the wrong way round: a future one refuses (M-6).
        """
        with self._state.transaction() as db:
            insert(
                db,
                "tokens",
                token=token,
                userid=_user(db, username),
                capabilities=None if capabilities is None else json.dumps(sorted(capabilities)),
                functions=None if functions is None else json.dumps(sorted(functions)),
                validuntil=_seconds(valid_until) if valid_until else None,
                ip=ip,
                serviceuntil=_seconds(service_user_until) if service_user_until else None,
            )

    def set_maintenance(self, mode: Literal["", "web", "cli"]) -> None:
        """Maintenance by the web interface, by the command line, or none (M-7)."""
        self._set("maintenance", mode)

    def set_debug(self, debug: bool) -> None:
        """Site debugging: errors then carry `debuginfo`, and some other codes (M-2, M-5)."""
        self._set("debug", "1" if debug else "")

    def set_rest(self, enabled: bool) -> None:
        """The REST protocol (or web services altogether) on or off: off is 403 with an empty body (M-7)."""
        self._set("rest", "1" if enabled else "")

    def set_wwwroot(self, wwwroot: str) -> None:
        """The site's own address; asked under another host name it redirects (M-3). Empty: any name will do."""
        self._set("wwwroot", wwwroot)

    def set_release(self, release: str) -> None:
        """The site is another release, e.g. `4.5.6 (Build: 20250811)`: what differs by it follows."""
        self._set("release", release)

    def forbid_assigning(self, role: int) -> None:
        """The service account may not give this role any more ("allow role assignments" without it)."""
        self._set("not_assignable", str(role))

    def set_welcome_message(self, enabled: bool) -> None:
        """Whether a newly enrolled user is greeted (M-25). On by default, as in Moodle."""
        self._set("welcome", "1" if enabled else "")

    def _set(self, name: str, value: str) -> None:
        with self._state.transaction() as db:
            db.execute("insert or replace into site (name, value) values (?, ?)", (name, value))

    def add_participants_report(
        self,
        columns: Iterable[str] = FEED_COLUMNS,
        *,
        everybody: bool = False,
        filtered: bool = True,
        conditions: str = "",
    ) -> int:
        """The custom report of section 3.1; its id. Its audience is the service account alone, or everybody (M-35).

        `filtered`: whether it has its filter. `conditions`: as JSON; `DEFAULT_CONDITIONS` are those of the report that
        Moodle proposes, seen on 4.5.6: without those who are suspended.
        """
        with self._state.transaction() as db:
            return insert(
                db,
                "reports",
                name="enrol feed",
                columns=",".join(columns),
                everybody=int(everybody),
                filtered=int(filtered),
                conditions=conditions,
                timecreated=_seconds(SEEDED),
            )

    # A look inside

    def users(self) -> list[records.User]:
        """All accounts, the deleted ones too."""
        with self._state.transaction() as db:
            return records.users(db)

    def user(self, username: str) -> records.User:
        """One account by its username."""
        found = [user for user in self.users() if user.username == username]
        if not found:
            raise LookupError(f"no user {username!r}")
        return found[0]

    def courses(self) -> list[records.Course]:
        """All courses but the front page."""
        with self._state.transaction() as db:
            return records.courses(db)

    def course_row(self, course: int) -> dict[str, Any]:
        """What the site stores of one course: summary, dates in seconds, and the rest."""
        with self._state.transaction() as db:
            row = one(db, "select * from courses where id = ?", course)
        if row is None:
            raise LookupError(f"no course {course}")
        return dict(row)

    def describe(self, course: int, summary: str) -> None:
        """Somebody edits a course's summary (HTML) on its page."""
        with self._state.transaction() as db:
            update(db, "courses", course, summary=summary)

    def enrolments(self, course: int | None = None) -> list[records.Enrolment]:
        """All user enrolments, or those of one course."""
        with self._state.transaction() as db:
            return [one_of for one_of in records.enrolments(db) if course in (None, one_of.course)]

    def members(self, course: int) -> list[str]:
        """The usernames of everybody enrolled in the course, by whatever method, sorted."""
        return sorted({enrolment.username for enrolment in self.enrolments(course)})

    def groups(self, course: int | None = None) -> list[records.Group]:
        """All groups with their members, or those of one course."""
        with self._state.transaction() as db:
            return [group for group in records.groups(db) if course in (None, group.course)]

    def events(self) -> list[records.Event]:
        """All calendar events."""
        with self._state.transaction() as db:
            return records.events(db)

    def messages(self) -> list[records.Message]:
        """All messages, the welcomes too."""
        with self._state.transaction() as db:
            return records.messages(db)

    def posts(self) -> list[records.Post]:
        """All announcements."""
        with self._state.transaction() as db:
            return records.posts(db)

    def cohorts(self) -> list[records.Cohort]:
        """All cohorts with their members."""
        with self._state.transaction() as db:
            return records.cohorts(db)

    def calls(self) -> list[str]:
        """The functions that were called, in order: Moodle writes each one down (M-13)."""
        with self._state.transaction() as db:
            return [row["function"] for row in every(db, "select function from log order by id")]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _user(db: sqlite3.Connection, username: str) -> int:
    row = one(db, "select id from users where username = ? and deleted = 0", username)
    if row is None:
        raise LookupError(f"no user {username!r}")
    return int(row["id"])
