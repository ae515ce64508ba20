"""Calendar events: create, read, delete; no update by token (M-32)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function, is_enrolled
from kypek_sync.sandbox.moodle.errors import MissingRecord, MoodleFault, PermissionMissing
from kypek_sync.sandbox.moodle.state import every, insert, one, update
from kypek_sync.sandbox.moodle.texts import format_string, format_text

_DAY = 86400
_NEW_EVENT = p.Single(
    {
        "name": p.TEXT,
        "description": p.default(p.RAW, ""),
        "format": p.default(p.INT, 1),
        "courseid": p.default(p.INT, 0),
        "groupid": p.default(p.INT, 0),
        "repeats": p.default(p.INT, 0),
        "eventtype": p.default(p.TEXT, "user"),
        "timestart": p.optional(p.INT),
        "timeduration": p.default(p.INT, 0),
        "visible": p.default(p.INT, 1),
        "sequence": p.default(p.INT, 1),
    }
)
_IDS = p.optional(p.Many(p.INT))
_WHICH = p.Single({"eventids": _IDS, "courseids": _IDS, "groupids": _IDS, "categoryids": _IDS})
_OPTIONS = p.Single(
    {
        "userevents": p.default(p.BOOL, True),
        "siteevents": p.default(p.BOOL, True),
        "timestart": p.default(p.INT, 0),
        "timeend": p.default(p.INT, 0),
        "ignorehidden": p.default(p.BOOL, True),
    }
)
_ALL_OPTIONS = {"userevents": True, "siteevents": True, "timestart": 0, "timeend": 0, "ignorehidden": True}


@function("core_calendar_create_calendar_events", writes=True, events=p.Many(_NEW_EVENT))
def create_calendar_events(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Create; an unknown course refuses all, a missing permission only warns (M-32)."""
    made: list[dict[str, Any]] = []
    warnings = []
    for event in params["events"]:
        course = event["courseid"]
        # A course event with course 0 is accepted as an orphan (M-32).
        if course and one(call.db, "select 1 from courses where id = ?", course) is None:
            raise MissingRecord("course", "id", course)
        if event["eventtype"] != "user" and not call.may("moodle/calendar:manageentries", course):
            message = "you do not have permissions to create this event"
            warnings.append({"item": event["name"], "warningcode": "nopermissions", "message": message})
            continue
        values = {key: value for key, value in event.items() if key != "repeats"}
        values.setdefault("timestart", call.now)
        row_id = insert(call.db, "events", userid=call.caller.userid, timemodified=call.now, **values)
        made.append(_created(call, _row(call, row_id)))
    return {"events": made, "warnings": warnings}


def _row(call: Call, event: int) -> sqlite3.Row:
    row = one(call.db, "select * from events where id = ?", event)
    if row is None:
        raise MissingRecord("event", "id", event)
    return row


def _text(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": format_string(row["name"], raw=call.raw),
        "description": format_text(row["description"], raw=call.raw),
        "format": row["format"],
        "courseid": row["courseid"],
    }


def _when(row: sqlite3.Row) -> dict[str, Any]:
    return {key: row[key] for key in ("eventtype", "timestart", "timeduration", "visible")}


def _created(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        **_text(call, row),
        "groupid": row["groupid"],
        "userid": row["userid"],
        "modulename": "",
        "instance": 0,
        **_when(row),
        "uuid": "",
        "sequence": row["sequence"],
        "timemodified": row["timemodified"],
        "subscriptionid": None,
    }


def _listed(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        **_text(call, row),
        "categoryid": None,
        "groupid": row["groupid"] or None,
        "userid": row["userid"],
        "repeatid": None,
        "modulename": None,
        "instance": None,
        **_when(row),
        "sequence": row["sequence"],
        "timemodified": row["timemodified"],
        "subscriptionid": None,
    }


@function("core_calendar_get_calendar_events", events=p.default(_WHICH, {}), options=p.default(_OPTIONS, _ALL_OPTIONS))
def get_calendar_events(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Events by course, group, id and time. Who may not manage the calendars of the site is warned of each course that
    they may not enter, whose events are absent, and of each event that is neither their own nor of a course they are in
    (seen on 4.5.6)."""
    which, options = params["events"], params["options"]
    until = options["timeend"] or 2**62
    everything = call.may("moodle/calendar:manageentries")
    warnings = [] if everything else list(_closed(call, which.get("courseids", [])))
    closed = {warning["itemid"] for warning in warnings}
    found = [
        row
        for row in every(call.db, "select * from events order by timestart, id")
        if _asked_for(call, row, which, options)
        and row["timestart"] <= until
        and row["timestart"] + row["timeduration"] >= options["timestart"]
        and (row["visible"] or not options["ignorehidden"])
        and not (row["courseid"] in closed and row["id"] not in which.get("eventids", []))
    ]
    shown = [row for row in found if everything or _may_see(call, row)]
    message = "you do not have permissions to view this event"
    hidden = (row["id"] for row in found if row not in shown)
    warnings += [{"item": str(event), "warningcode": "nopermissions", "message": message} for event in hidden]
    return {"events": [_listed(call, row) for row in shown], "warnings": warnings}


def _closed(call: Call, courses: list[int]) -> Iterator[dict[str, Any]]:
    """A warning for each course that the caller may not enter. Read from the code, not recorded."""
    for course in courses:
        row = one(call.db, "select * from courses where id = ?", course)
        if row is None or not call.may_enter(row):
            message = "No access rights in course context"
            yield {"item": "course", "itemid": course, "warningcode": "nopermissions", "message": message}


@function("core_calendar_get_calendar_access_information", courseid=p.default(p.INT, 0))
def get_calendar_access_information(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Whether the caller may change all dates of a course, or of the site (seen on 4.5.6)."""
    course = params["courseid"]
    if course:
        call.enter(course)
    may = call.may("moodle/calendar:manageentries", course)
    own = not call.caller.blind
    groups = call.may("moodle/calendar:managegroupentries", course)
    return {"canmanageentries": may, "canmanageownentries": own, "canmanagegroupentries": groups, "warnings": []}


def _asked_for(call: Call, row: sqlite3.Row, which: dict[str, Any], options: dict[str, Any]) -> bool:
    if row["eventtype"] == "user":
        return bool(options["userevents"]) and row["userid"] == call.caller.userid
    if row["eventtype"] == "site":
        return bool(options["siteevents"])
    by_course = row["courseid"] in which.get("courseids", []) and row["eventtype"] == "course"
    by_group = row["groupid"] in which.get("groupids", []) and row["eventtype"] == "group"
    return by_course or by_group or row["id"] in which.get("eventids", [])


def _may_see(call: Call, row: sqlite3.Row) -> bool:
    if row["userid"] == call.caller.userid:
        return not call.caller.blind
    enrolled = is_enrolled(call.db, call.caller.userid, row["courseid"], call.now, active=True)
    return call.may("moodle/calendar:manageentries", row["courseid"]) or (enrolled and not call.caller.blind)


@function(
    "core_calendar_delete_calendar_events", writes=True, events=p.Many(p.Single({"eventid": p.INT, "repeat": p.BOOL}))
)
def delete_calendar_events(call: Call, params: dict[str, Any]) -> None:
    """Delete all or none; a teacher of the course may delete ours as well (M-32)."""
    for event in params["events"]:
        row = _row(call, event["eventid"])
        if not _may_edit(call, row):
            raise PermissionMissing("deleteevent")
        call.db.execute("delete from events where id = ?", (row["id"],))


def _may_edit(call: Call, row: sqlite3.Row) -> bool:
    own = row["eventtype"] == "user" and row["userid"] == call.caller.userid
    return own or call.may("moodle/calendar:manageentries", row["courseid"])


@function("core_calendar_get_calendar_event_by_id", eventid=p.INT)
def get_calendar_event_by_id(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """One event in full, for those who may see it."""
    row = _row(call, params["eventid"])
    if not _may_see(call, row):
        message = "Sorry, but you do not have permission to view the calendar event."
        raise MoodleFault("nopermissiontoviewcalendar", message)
    return {"event": _exported(call, row), "warnings": []}


@function("core_calendar_update_event_start_day", writes=True, eventid=p.INT, daytimestamp=p.INT)
def update_event_start_day(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Move an event to another day (UTC), at the same time of day: the only update there is."""
    row = _row(call, params["eventid"])
    if not _may_edit(call, row):
        raise PermissionMissing("Manage any calendar entries")
    moved = params["daytimestamp"] // _DAY * _DAY + row["timestart"] % _DAY
    update(call.db, "events", row["id"], timestart=moved, timemodified=call.now)
    return {"event": _exported(call, _row(call, row["id"]))}


@function("core_calendar_submit_create_update_form", writes=True, formdata=p.RAW)
def submit_create_update_form(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """A form without a session key never passes (M-32)."""
    del call, params
    return {"validationerror": True}


def _exported(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    """An event as the calendar's own pages get it. Read from the code and a foreign client's types, not recorded."""
    view = f"{call.site_url}/calendar/view.php?view=day&course={row['courseid']}&time={row['timestart']}"
    may_edit = _may_edit(call, row)
    described = {
        "id": row["id"],
        "name": format_string(row["name"], raw=call.raw),
        "description": format_text(row["description"], raw=call.raw),
        "descriptionformat": row["format"],
        "location": "",
        "categoryid": None,
        "groupid": row["groupid"] or None,
        "userid": row["userid"],
        "repeatid": None,
        "eventcount": None,
        "component": None,
        "modulename": None,
        "activityname": None,
        "activitystr": None,
        "instance": None,
        **_when(row),
        "timesort": row["timestart"],
        "timeusermidnight": row["timestart"] // _DAY * _DAY,
        "timemodified": row["timemodified"],
        "overdue": False,
    }
    icon = {"key": "i/courseevent", "component": "core", "alttext": "Course event", "iconurl": "", "iconclass": ""}
    return described | {
        "icon": icon,
        "subscription": {"displayeventsource": False},
        "canedit": may_edit,
        "candelete": may_edit,
        "deleteurl": f"{call.site_url}/calendar/delete.php?id={row['id']}&course={row['courseid']}",
        "editurl": f"{call.site_url}/course/view.php?id={row['courseid']}",
        "viewurl": view,
        "formattedtime": "",
        "formattedlocation": "",
        "isactionevent": False,
        "iscourseevent": row["eventtype"] == "course",
        "iscategoryevent": False,
        "groupname": None,
        "normalisedeventtype": row["eventtype"],
        "normalisedeventtypetext": f"{row['eventtype'].capitalize()} event",
        "purpose": "none",
        "url": view,
    }
