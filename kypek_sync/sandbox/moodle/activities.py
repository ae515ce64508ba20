"""The functions around activities. No core web service creates a meeting, a link or a free grade item (M-34)."""

from __future__ import annotations

from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import MoodleFault, PhpFault


@function("mod_bigbluebuttonbn_get_bigbluebuttonbns_by_courses", courseids=p.default(p.Many(p.INT), []))
def get_bigbluebuttonbns_by_courses(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """There are none here."""
    del call, params
    return {"bigbluebuttonbns": [], "warnings": []}


@function(
    "mod_bigbluebuttonbn_meeting_info",
    bigbluebuttonbnid=p.INT,
    groupid=p.default(p.INT, 0),
    updatecache=p.default(p.BOOL, False),
)
def meeting_info(call: Call, params: dict[str, Any]) -> None:
    """An unknown activity (all are) is a PHP error."""
    del call, params
    raise PhpFault("Error", "Call to a member function set_group_id() on null")


@function("mod_bigbluebuttonbn_can_join", cmid=p.INT, groupid=p.default(p.INT, 0))
def can_join(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Nobody can join what is not there."""
    del call
    return {"can_join": False, "cmid": params["cmid"]}


@function(
    "mod_bigbluebuttonbn_get_recordings",
    bigbluebuttonbnid=p.INT,
    tools=p.default(p.RAW, "protect,publish,delete"),
    groupid=p.default(p.INT, 0),
)
def get_recordings(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """No activity, no recordings."""
    del call
    number = str(params["bigbluebuttonbnid"])
    message = f"No such instance bigbluebuttonbn with ID {number}"
    return {"status": False, "warnings": [{"item": number, "warningcode": "nosuchinstance", "message": message}]}


@function(
    "core_courseformat_create_module",
    writes=True,
    courseid=p.INT,
    modname=p.ALPHANUMEXT,
    targetsectionnum=p.INT,
    targetcmid=p.optional(p.INT),
)
def create_module(call: Call, params: dict[str, Any]) -> None:
    """Refuses everything. (The real one makes subsections, which the simulator does not have.)"""
    call.require("moodle/course:update", int(call.enter(params["courseid"])["id"]))
    problem = f"Module {params['modname']} does not support quick creation"
    raise MoodleFault(problem, f"error/{problem}")


@function("core_completion_get_activities_completion_status", courseid=p.INT, userid=p.INT)
def get_activities_completion_status(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """No activity here tracks completion; reading somebody else's needs its own permission."""
    course = call.enter(params["courseid"])
    if params["userid"] != call.caller.userid:
        call.require("report/progress:view", course["id"])
    return {"statuses": [], "warnings": []}


_GRADE = p.Single({"studentid": p.INT, "grade": p.FLOAT, "str_feedback": p.optional(p.TEXT)})
_GRADE_ITEM = p.Single(
    {
        "itemname": p.optional(p.RAW),
        "idnumber": p.optional(p.INT),
        "gradetype": p.optional(p.INT),
        "grademax": p.optional(p.FLOAT),
        "grademin": p.optional(p.FLOAT),
        "scaleid": p.optional(p.INT),
        "multfactor": p.optional(p.FLOAT),
        "plusfactor": p.optional(p.FLOAT),
        "deleted": p.optional(p.BOOL),
        "hidden": p.optional(p.BOOL),
    }
)


@function(
    "core_grades_update_grades",
    writes=True,
    source=p.TEXT,
    courseid=p.INT,
    component=p.TEXT,
    activityid=p.INT,
    itemnumber=p.INT,
    grades=p.default(p.Many(_GRADE), []),
    itemdetails=p.default(_GRADE_ITEM, {}),
)
def update_grades(call: Call, params: dict[str, Any]) -> None:
    """A grade needs an activity with grades, and there is none."""
    call.enter(params["courseid"])
    raise MoodleFault("invalidcoursemodule", "Invalid course module ID")
