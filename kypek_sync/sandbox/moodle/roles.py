"""Roles in a course, given and taken apart from the enrolment (M-23)."""

from __future__ import annotations

from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.enrolments import assign_role, unassign_role
from kypek_sync.sandbox.moodle.errors import InvalidParameter
from kypek_sync.sandbox.moodle.manual_enrolment import assignable_roles

_ASSIGNMENT = p.Single(
    {
        "roleid": p.INT,
        "userid": p.INT,
        "contextid": p.optional(p.INT),
        "contextlevel": p.optional(p.ALPHA),
        "instanceid": p.optional(p.INT),
    }
)


@function("core_role_assign_roles", writes=True, assignments=p.Many(_ASSIGNMENT))
def assign_roles(call: Call, params: dict[str, Any]) -> None:
    """Give roles in courses, all or none."""
    for assignment in params["assignments"]:
        assign_role(call.db, _course(call, assignment), assignment["userid"], assignment["roleid"])


@function("core_role_unassign_roles", writes=True, unassignments=p.Many(_ASSIGNMENT))
def unassign_roles(call: Call, params: dict[str, Any]) -> None:
    """Take roles in courses, all or none; a role that is not there is no error."""
    for assignment in params["unassignments"]:
        unassign_role(call.db, _course(call, assignment), assignment["userid"], assignment["roleid"])


def _course(call: Call, assignment: dict[str, Any]) -> int:
    """The course that the assignment speaks of. Only `contextlevel=course` is simulated."""
    if assignment.get("contextlevel") != "course" or "instanceid" not in assignment:
        raise InvalidParameter("Missing parameters, please provide either context level with instance id or contextid")
    course = int(call.enter(assignment["instanceid"])["id"])
    call.require("moodle/role:assign", course)
    if assignment["roleid"] not in assignable_roles(call):
        raise InvalidParameter(f"Can not assign roleid={assignment['roleid']} in contextid={course}")
    return course
