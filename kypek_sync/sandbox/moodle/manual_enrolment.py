"""Manual enrolment: atomic, a full overwrite, and only for what was enrolled by hand (M-22 to M-26)."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.enrolments import Terms, assign_role, contacts, enrol, method_of, unenrol
from kypek_sync.sandbox.moodle.errors import CodingError, InvalidParameter, MoodleFault, PhpFault
from kypek_sync.sandbox.moodle.post import post_message
from kypek_sync.sandbox.moodle.state import EDITING_TEACHER, MANAGER, STUDENT, TEACHER, one, site_value

_ENROLMENT = p.Single(
    {
        "roleid": p.INT,
        "userid": p.INT,
        "courseid": p.INT,
        "timestart": p.optional(p.INT),
        "timeend": p.optional(p.INT),
        "suspend": p.optional(p.INT),
    }
)
_LEAVING = p.Single({"userid": p.INT, "courseid": p.INT, "roleid": p.optional(p.INT)})


def assignable_roles(call: Call) -> frozenset[int]:
    """The roles that the caller may give: an administrator all, others what "allow assign" says."""
    if call.caller.admin:
        return frozenset({MANAGER, EDITING_TEACHER, TEACHER, STUDENT})
    return frozenset({EDITING_TEACHER, TEACHER, STUDENT}) - {int(site_value(call.db, "not_assignable") or 0)}


@function("enrol_manual_enrol_users", writes=True, enrolments=p.Many(_ENROLMENT))
def enrol_users(call: Call, params: dict[str, Any]) -> None:
    """Enrol all or none. What is not sent is reset: active, from 0, until 0 (M-22)."""
    for enrolment in params["enrolments"]:
        _enrol(call, enrolment)
    _spoil(call)


def _enrol(call: Call, enrolment: dict[str, Any]) -> None:
    course, user, role = enrolment["courseid"], enrolment["userid"], enrolment["roleid"]
    if one(call.db, "select 1 from courses where id = ?", course) is None:
        raise InvalidParameter("Context does not exist")
    call.enter(course)
    call.require("enrol/manual:enrol", course)
    if role not in assignable_roles(call):
        raise MoodleFault(
            "wsusercannotassign",
            f"You don't have the permission to assign this role ({role}) to this user ({user}) "
            f"in this course ({course}).",
        )
    instance = method_of(call.db, course, "manual")
    if instance is None:
        raise _no_instance(course)
    row = one(call.db, "select * from users where id = ?", user)
    if row is None:
        raise PhpFault(
            "TypeError",
            "core\\user::get_name_placeholders(): Argument #1 ($user) must be of type stdClass, bool given, "
            "called in /var/www/moodle/lib/enrollib.php on line 3679",
        )
    if row["deleted"]:
        raise CodingError("User ID does not exist or is deleted!")
    terms = Terms(bool(enrolment.get("suspend")), enrolment.get("timestart", 0), enrolment.get("timeend", 0))
    if enrol(call.db, instance, user, terms, call.now):
        _welcome(call, course, row)
    assign_role(call.db, course, user, role)


def _no_instance(course: int) -> MoodleFault:
    return MoodleFault(
        "wsnoinstance",
        f"Manual enrolment plugin instance doesn't exist or is disabled for the course (id = {course})",
    )


def _welcome(call: Call, course: int, user: sqlite3.Row) -> None:
    """A newly enrolled user is greeted by the course's contact, if there is one and the site has not said no (M-25)."""
    greeters = contacts(call.db, course)
    title = one(call.db, "select fullname from courses where id = ?", course)
    if greeters and title and site_value(call.db, "welcome"):
        text = f"<p>Hi {user['firstname']}, you have been enrolled in the course: {title['fullname']}.</p>"
        post_message(call.db, greeters[0]["id"], user["id"], text, call.now, welcome=True)


def _spoil(call: Call) -> None:
    """The fault of M-11: everything is stored, the answer is an error all the same."""
    if call.faults.take("enrol-error-but-done"):
        raise PhpFault("Error", "Call to undefined function course_get_url()", stored=True)


@function("enrol_manual_unenrol_users", writes=True, enrolments=p.Many(_LEAVING))
def unenrol_users(call: Call, params: dict[str, Any]) -> None:
    """End manual enrolments, all or none; every other method is left alone without a word (M-26)."""
    for leaving in params["enrolments"]:
        course, user = leaving["courseid"], leaving["userid"]
        call.enter(course)
        call.require("enrol/manual:unenrol", course)
        instance = method_of(call.db, course, "manual", enabled=False)
        if instance is None:
            raise _no_instance(course)
        if one(call.db, "select 1 from users where id = ?", user) is None:
            raise InvalidParameter(f"User id not exist: {user}")
        row = one(call.db, "select id from user_enrolments where enrolid = ? and userid = ?", instance, user)
        if row is not None:
            unenrol(call.db, row["id"])
    _spoil(call)
