"""Enrolment by oneself, and the calls around enrolments that no token can really use (M-26, M-28, M-29)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.enrolments import Terms, assign_role, enrol, method_of, unenrol
from kypek_sync.sandbox.moodle.errors import MissingRecord, MoodleFault, PhpFault
from kypek_sync.sandbox.moodle.state import STUDENT, every, one


@function(
    "enrol_self_enrol_user",
    writes=True,
    courseid=p.INT,
    password=p.default(p.RAW, ""),
    instanceid=p.default(p.INT, 0),
)
def self_enrol_user(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Enrol the caller. This build answers with a PHP error although the enrolment is stored (M-11)."""
    course = one(call.db, "select * from courses where id = ?", params["courseid"])
    if course is None:
        raise MissingRecord("course", "id", params["courseid"])
    if not course["visible"] and not call.may("moodle/course:viewhiddencourses", course["id"]):
        raise MoodleFault("coursehidden", "This course is currently unavailable to students")
    instance = method_of(call.db, course["id"], "self")
    if instance is None:
        raise MoodleFault("canntenrol", "Enrolment is disabled or inactive")
    if one(call.db, "select 1 from user_enrolments where enrolid = ? and userid = ?", instance, call.caller.userid):
        message = "You are already enrolled in this course."
        warning = {"item": "instance", "itemid": instance, "warningcode": "1", "message": message}
        return {"status": False, "warnings": [warning]}
    enrol(call.db, instance, call.caller.userid, Terms(timestart=call.now), call.now)
    assign_role(call.db, course["id"], call.caller.userid, STUDENT)
    raise PhpFault("Error", "Call to undefined function course_get_url()", stored=True)


@function("core_enrol_get_course_enrolment_methods", courseid=p.INT)
def get_course_enrolment_methods(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Only the methods that a visitor can use: a course with manual enrolment alone gives [] (M-28)."""
    if one(call.db, "select 1 from courses where id = ?", params["courseid"]) is None:
        raise MissingRecord("course", "id", params["courseid"])
    query = "select * from enrol where courseid = ? and method = 'self' and enabled = 1"
    return [
        {
            "id": row["id"],
            "courseid": row["courseid"],
            "type": "self",
            "name": "Self enrolment (Student)",
            "status": True,
            "wsfunction": "enrol_self_get_instance_info",
        }
        for row in every(call.db, query, params["courseid"])
    ]


@function("core_enrol_unenrol_user_enrolment", writes=True, ueid=p.INT)
def unenrol_user_enrolment(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """End one enrolment by an id that no core function tells (M-29)."""
    query = "select e.* from user_enrolments ue join enrol e on e.id = ue.enrolid where ue.id = ?"
    row = one(call.db, query, params["ueid"])
    if row is None:
        return _refused("invalidrequest", "Invalid request")
    call.enter(row["courseid"])
    if row["method"] not in ("manual", "self") or not call.may(f"enrol/{row['method']}:unenrol", row["courseid"]):
        return _refused("erroreditenrolment", "An error occurred while trying to edit a user's enrolment")
    unenrol(call.db, params["ueid"])
    return {"result": True, "errors": []}


def _refused(key: str, message: str) -> dict[str, Any]:
    return {"result": False, "errors": [{"key": key, "message": message}]}


@function("core_enrol_submit_user_enrolment_form", writes=True, formdata=p.RAW)
def submit_user_enrolment_form(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """A form without a session key never passes (M-29)."""
    del call
    if "ueid" not in parse_qs(params["formdata"]):
        raise MoodleFault("missingparam", "A required parameter (ueid) was missing")
    return {"result": False, "validationerror": True}
