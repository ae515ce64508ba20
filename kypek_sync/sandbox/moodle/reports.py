"""The custom report "Course participants": the one way to read how and when people enrolled (section 3.1, M-35)."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.enrolments import METHOD_NAMES
from kypek_sync.sandbox.moodle.errors import InvalidParameter, MissingRecord, MoodleFault
from kypek_sync.sandbox.moodle.state import ADMIN, ROLE_SHORTNAMES, SERVICE_USER, SITE_COURSE, every, one

HEADERS = {
    "course:idnumber": "Course ID number",
    "user:idnumber": "ID number",
    "user:username": "Username",
    "enrolment:timecreated": "Time created",
    "enrolment:timestarted": "Time started",
    "enrolment:timeended": "Time ended",
    "enrolment:status": "Status",
    "enrol:plugin": "Plugin",
    "role:shortname": "Short name",
}
"""The columns that the simulator knows, with Moodle's English headers."""

FEED_COLUMNS = (
    "course:idnumber",
    "user:idnumber",
    "user:username",
    "enrolment:timecreated",
    "enrolment:status",
    "enrol:plugin",
    "role:shortname",
)
"""The columns of section 3.1."""

DEFAULT_CONDITIONS = '{"enrolment:status_operator":1,"enrolment:status_value":0}'
"""What «Include default setup» adds: active enrolments only."""

_SITE_ZONE = ZoneInfo("Europe/Athens")
_FILTER = "enrolment:timecreated"
_ANY, _RANGE = 0, 3
_ROWS = (
    "select c.idnumber as course, e.method, ue.timecreated, ue.timestart, ue.timeend, ue.status, "
    "u.username, u.idnumber, r.roleid from enrol e join courses c on c.id = e.courseid "
    "left join user_enrolments ue on ue.enrolid = e.id left join users u on u.id = ue.userid and u.deleted = 0 "
    "left join role_assignments r on r.userid = ue.userid and r.courseid = c.id "
    f"where e.enabled = 1 and c.id <> {SITE_COURSE} and (ue.timecreated >= ? or ? = 0) "
    "and (ue.timecreated <= ? or ? = 0) "
    "order by c.fullname, u.firstname, u.lastname, ue.id, r.roleid"
)


class ReportRefused(MoodleFault):
    """The account is not in the report's audience."""

    exception = "core_reportbuilder\\report_access_exception"

    def __init__(self) -> None:
        super().__init__("errorreportview", "You cannot view this report")


def _report(call: Call, report: int) -> sqlite3.Row:
    row = one(call.db, "select * from reports where id = ?", report)
    if row is None:
        raise MissingRecord("reportbuilder_report", "id", report)
    if not (row["everybody"] or call.caller.userid in (ADMIN, SERVICE_USER)):
        raise ReportRefused
    return row


@function(
    "core_reportbuilder_set_filters",
    # Moodle calls it a write, but it only sets how this account sees its own report: nobody else sees a change.
    writes=False,
    reportid=p.INT,
    parameters=p.default(p.RAW, ""),
    values=p.RAW,
)
def set_filters(call: Call, params: dict[str, Any]) -> bool:
    """Store the filters of this account for this report: two pollers with one account clash (M-35)."""
    report = _report(call, params["reportid"])
    _read_filters(params["values"])
    call.db.execute(
        "insert or replace into report_filters (reportid, userid, filters) values (?, ?, ?)",
        (report["id"], call.caller.userid, params["values"]),
    )
    return True


def _read_filters(text: str) -> tuple[int, int]:
    """The range of creation times, 0 for no limit. Only the operators any (0) and range (3) are simulated."""
    try:
        filters = json.loads(text)
        operator = int(filters.get(f"{_FILTER}_operator", _ANY))
        start, end = int(filters.get(f"{_FILTER}_from", 0)), int(filters.get(f"{_FILTER}_to", 0))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidParameter(f"values: {error}") from None
    if operator not in (_ANY, _RANGE):
        raise InvalidParameter(f"values: the simulator knows the operators {_ANY} and {_RANGE} only")
    return (start, end) if operator == _RANGE else (0, 0)


@function(
    "core_reportbuilder_retrieve_report",
    reportid=p.INT,
    page=p.default(p.INT, 0),
    perpage=p.default(p.INT, 10),
)
def retrieve_report(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """One page of rows: one row per role, a blank user for a method that nobody uses (M-35)."""
    report = _report(call, params["reportid"])
    query = "select filters from report_filters where reportid = ? and userid = ?"
    stored = one(call.db, query, report["id"], call.caller.userid)
    start, end = _read_filters(stored["filters"]) if stored and report["filtered"] else (0, 0)
    rows = [
        row for row in every(call.db, _ROWS, start, start, end, end) if not (report["conditions"] and row["status"])
    ]
    first = params["page"] * params["perpage"]
    columns = report["columns"].split(",")
    page = [{"columns": _cells(call, row, columns)} for row in rows[first : first + params["perpage"]]]
    data = {"headers": [HEADERS[name] for name in columns], "rows": page, "totalrowcount": len(rows)}
    return {"details": _details(call, report), "data": data, "warnings": []}


def _cells(call: Call, row: sqlite3.Row, columns: list[str]) -> list[str]:
    enrolled = row["timecreated"] is not None
    cells = {
        "course:idnumber": row["course"],
        "user:idnumber": row["idnumber"] or "",
        "user:username": row["username"] or "",
        "enrolment:timecreated": _moment(row["timecreated"]),
        "enrolment:timestarted": _moment(row["timestart"] or row["timecreated"]),
        "enrolment:timeended": _moment(row["timeend"]),
        "enrolment:status": _status(row, call.now) if enrolled else "",
        "enrol:plugin": METHOD_NAMES[row["method"]],
        "role:shortname": ROLE_SHORTNAMES.get(row["roleid"], ""),
    }
    return [cells[name] for name in columns]


def _status(row: sqlite3.Row, now: int) -> str:
    if row["status"]:
        return "Suspended"
    current = row["timestart"] <= now and (row["timeend"] == 0 or row["timeend"] > now)
    return "Active" if current else "Not current"


def _moment(seconds: int | None) -> str:
    """A moment as the site shows it: English text in the site's zone, to the minute (M-35)."""
    if not seconds:
        return ""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(_SITE_ZONE)
    return f"{at:%A}, {at.day} {at:%B} {at.year}, {int(at.strftime('%I'))}:{at:%M} {at:%p}"


def _details(call: Call, report: sqlite3.Row) -> dict[str, Any]:
    picture = f"{call.site_url}/theme/image.php/boost/core/1795374747/u"
    modified_by = {
        "id": ADMIN,
        "email": "admin@example.org",
        **dict.fromkeys(("idnumber", "phone1", "phone2", "department", "institution"), ""),
        "fullname": "Admin User",
        "identity": "admin@example.org",
        "profileurl": f"{call.site_url}/user/profile.php?id={ADMIN}",
        "profileimageurl": f"{picture}/f1",
        "profileimageurlsmall": f"{picture}/f2",
    }
    return {
        "name": report["name"],
        "source": "core_course\\reportbuilder\\datasource\\participants",
        "type": 0,
        "uniquerows": False,
        "conditiondata": report["conditions"] or None,
        "settingsdata": None,
        "contextid": 1,
        "component": "",
        "area": "",
        "itemid": 0,
        "usercreated": ADMIN,
        "id": report["id"],
        "timecreated": report["timecreated"],
        "timemodified": report["timecreated"],
        "usermodified": ADMIN,
        "sourcename": "Course participants",
        "tags": [],
        "modifiedby": modified_by,
    }
