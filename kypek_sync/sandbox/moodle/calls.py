"""One call of a web service function: who asks, what they may do, and the register of functions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.moodle.errors import MissingRecord, MoodleFault, PermissionMissing, course_not_accessible
from kypek_sync.sandbox.moodle.parameters import Declared, Single, check
from kypek_sync.sandbox.moodle.state import EDITING_TEACHER, MANAGER, STUDENT, TEACHER, every, one

CAPABILITY_NAMES = {
    "moodle/user:create": "Create users",
    "moodle/user:update": "Update user profiles",
    "moodle/user:delete": "Delete users",
    "moodle/category:manage": "Manage categories",
    "moodle/course:create": "Create courses",
    "moodle/course:update": "Update course settings",
    "moodle/course:delete": "Delete courses",
    "moodle/course:managegroups": "Manage groups",
    "moodle/course:viewparticipants": "View participants",
    "moodle/role:assign": "Assign roles to users",
    "moodle/role:review": "Review permissions for others",
    "moodle/cohort:manage": "Create, delete and move cohorts",
    "moodle/cohort:assign": "Add and remove cohort members",
    "moodle/cohort:view": "View site-wide cohorts",
    "moodle/site:sendmessage": "Send messages to any user",
    "enrol/manual:enrol": "Enrol users",
    "enrol/manual:unenrol": "Unenrol users from the course",
    "report/progress:view": "View activity completion reports",
}
"""The names that Moodle puts into its refusals."""

_STUDENT_MAY = frozenset({"moodle/course:viewparticipants"})
_TEACHER_MAY = _STUDENT_MAY | {
    "moodle/course:viewhiddencourses",
    "moodle/calendar:manageentries",
    "mod/forum:addnews",
    "report/progress:view",
}
_EDITING_TEACHER_MAY = _TEACHER_MAY | {
    "moodle/course:update",
    "moodle/course:managegroups",
    "moodle/role:assign",
    "enrol/manual:enrol",
    "enrol/manual:unenrol",
}
ROLE_CAPABILITIES: dict[int, frozenset[str] | None] = {
    MANAGER: None,
    EDITING_TEACHER: _EDITING_TEACHER_MAY,
    TEACHER: _TEACHER_MAY,
    STUDENT: _STUDENT_MAY,
}
"""What a role may do in its course; None: everything."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The account behind a token. `capabilities` None: all of them. `blind`: sees no course and nobody (a fault)."""

    userid: int
    admin: bool
    capabilities: frozenset[str] | None
    functions: frozenset[str] | None
    blind: bool = False

    def blinded(self) -> Caller:
        """The same account after its permissions were taken away."""
        return replace(self, admin=False, capabilities=frozenset(), blind=True)


@dataclass(frozen=True, slots=True)
class Call:
    """What a function needs to answer. `now` is Unix seconds; `raw` is `moodlewssettingraw`."""

    db: sqlite3.Connection
    caller: Caller
    now: int
    raw: bool
    debug: bool
    site_url: str
    faults: SystemFaults

    def may(self, capability: str, course: int = 0) -> bool:
        """Whether the caller has the capability, in the whole site or by a role in this course."""
        if self.caller.capabilities is None or capability in self.caller.capabilities:
            return True
        return bool(course) and not self.caller.blind and has_role_with(self.db, self.caller.userid, capability, course)

    def require(self, capability: str, course: int = 0) -> None:
        """Raises `PermissionMissing`."""
        if not self.may(capability, course):
            raise PermissionMissing(CAPABILITY_NAMES.get(capability, capability))

    def may_enter(self, course: sqlite3.Row) -> bool:
        """Whether the caller may go into this course: by capability, or enrolled and active; hidden ones need more."""
        if not course["visible"] and not self.may("moodle/course:viewhiddencourses", course["id"]):
            return False
        if self.may("moodle/course:view"):
            return True
        return not self.caller.blind and is_enrolled(self.db, self.caller.userid, course["id"], self.now, active=True)

    def enter(self, course: int) -> sqlite3.Row:
        """The course's row. Raises `MissingRecord` (unknown) or `errorcoursecontextnotvalid`."""
        row = one(self.db, "select * from courses where id = ?", course)
        if row is None:
            raise MissingRecord("course", "id", course)
        if not self.may_enter(row):
            raise course_not_accessible(course)
        return row


def has_role_with(db: sqlite3.Connection, user: int, capability: str, course: int) -> bool:
    """Whether one of the user's roles in the course carries the capability."""
    for row in every(db, "select roleid from role_assignments where userid = ? and courseid = ?", user, course):
        allowed = ROLE_CAPABILITIES.get(row["roleid"], frozenset())
        if allowed is None or capability in allowed:
            return True
    return False


def is_enrolled(db: sqlite3.Connection, user: int, course: int, now: int, *, active: bool) -> bool:
    """Whether the user is enrolled by any method (`active`: not suspended, started and not over)."""
    query = "select 1 from user_enrolments ue join enrol e on e.id = ue.enrolid where ue.userid = ? and e.courseid = ?"
    if not active:
        return one(db, query, user, course) is not None
    return one(db, f"{query} and {ACTIVE}", user, course, now, now) is not None


ACTIVE = "ue.status = 0 and e.enabled = 1 and ue.timestart <= ? and (ue.timeend = 0 or ue.timeend > ?)"
"""SQL for an enrolment in force; takes the present moment twice."""

Handler = Callable[[Call, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Function:
    """One web service function. `writes` tells that it may change something."""

    name: str
    parameters: Single
    handler: Handler
    writes: bool


FUNCTIONS: dict[str, Function] = {}
"""All functions that the simulator knows, by name. The rooms fill it when they are imported."""


def perform(call: Call, wanted: Function, given: dict[str, Any]) -> Any:
    """Check the parameters, run the function; if it refuses, take back what it wrote, save where Moodle keeps it."""
    params = check(wanted.parameters, given)
    call.db.execute("savepoint performed")
    try:
        result = wanted.handler(call, params)
    except MoodleFault as fault:
        if not fault.stored:
            call.db.execute("rollback to performed")
        call.db.execute("release performed")
        raise
    call.db.execute("release performed")
    return result


def function(name: str, *, writes: bool = False, **parameters: Declared) -> Callable[[Handler], Handler]:
    """Register the decorated handler as a web service function with these parameters."""

    def register(handler: Handler) -> Handler:
        FUNCTIONS[name] = Function(name, Single(parameters), handler, writes)
        return handler

    return register
