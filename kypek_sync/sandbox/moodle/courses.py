"""Courses: create (atomic), update and delete (one by one), look up (M-10, M-20, M-21)."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.course_views import in_course_list, in_field_search, public_view
from kypek_sync.sandbox.moodle.enrolments import add_method
from kypek_sync.sandbox.moodle.errors import InvalidParameter, MissingRecord, MoodleFault, PhpFault, WriteFailed
from kypek_sync.sandbox.moodle.site import release
from kypek_sync.sandbox.moodle.state import SITE_COURSE, every, insert, one, savepoint, update

_WIDTHS = {"fullname": 1333, "shortname": 255, "idnumber": 100}
_OLD_WIDTHS = _WIDTHS | {"fullname": 254}
"""Until 4.5, seen on 4.5.6."""
_STORED = ("fullname", "shortname", "idnumber", "summary", "format", "visible", "startdate", "enddate", "groupmode")
_OPTIONS = {
    "showgrades": p.optional(p.INT),
    "newsitems": p.optional(p.INT),
    "startdate": p.optional(p.INT),
    "enddate": p.optional(p.INT),
    "numsections": p.optional(p.INT),
    "maxbytes": p.optional(p.INT),
    "showreports": p.optional(p.INT),
    "visible": p.optional(p.INT),
    "hiddensections": p.optional(p.INT),
    "groupmode": p.optional(p.INT),
    "groupmodeforce": p.optional(p.INT),
    "defaultgroupingid": p.optional(p.INT),
    "enablecompletion": p.optional(p.INT),
    "completionnotify": p.optional(p.INT),
    "lang": p.optional(p.SAFEDIR),
    "forcetheme": p.optional(p.PLUGIN),
    "courseformatoptions": p.optional(p.NAMED_VALUES),
    "customfields": p.optional(p.Many(p.Single({"shortname": p.ALPHANUMEXT, "value": p.RAW}))),
}
_NEW_COURSE = p.Single(
    {
        "fullname": p.TEXT,
        "shortname": p.TEXT,
        "categoryid": p.INT,
        "idnumber": p.default(p.RAW, ""),
        "summary": p.default(p.RAW, ""),
        "summaryformat": p.default(p.INT, 1),
        "format": p.default(p.PLUGIN, "topics"),
        **_OPTIONS,
    }
)
_CHANGED_COURSE = p.Single(
    {
        "id": p.INT,
        "fullname": p.optional(p.TEXT),
        "shortname": p.optional(p.TEXT),
        "categoryid": p.optional(p.INT),
        "idnumber": p.optional(p.RAW),
        "summary": p.optional(p.RAW),
        "summaryformat": p.optional(p.INT),
        "format": p.optional(p.PLUGIN),
        **_OPTIONS,
    }
)


def make_course(db: sqlite3.Connection, category: int, now: int, sections: int, **columns: object) -> int:
    """A course as Moodle makes one: sections, the announcements forum, and the manual enrolment method."""
    course = insert(db, "courses", category=category, timecreated=now, timemodified=now, **columns)
    for number in range(sections + 1):
        insert(db, "sections", courseid=course, section=number)
    intro = "General news and announcements"
    insert(db, "forums", courseid=course, type="news", name="Announcements", intro=intro, timemodified=now)
    add_method(db, course, "manual")
    return course


@function("core_course_create_courses", writes=True, courses=p.Many(_NEW_COURSE))
def create_courses(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Create all or none."""
    made = []
    for course in params["courses"]:
        if one(call.db, "select 1 from categories where id = ?", course["categoryid"]) is None:
            raise MoodleFault(
                "errorcatcontextnotvalid",
                f"You cannot execute functions in the category context (category id:{course['categoryid']}). "
                "The context error message was: Invalid parameter value detected",
            )
        call.require("moodle/course:create")
        _check(call, course, but=0)
        _check_dates(course.get("startdate", 0), course.get("enddate", 0))
        columns = {name: course[name] for name in _STORED if name in course}
        row_id = make_course(call.db, course["categoryid"], call.now, course.get("numsections", 4), **columns)
        made.append({"id": row_id, "shortname": course["shortname"]})
    return made


def _check(call: Call, course: dict[str, Any], but: int) -> None:
    taken = (("shortname", "shortnametaken", "Short name"), ("idnumber", "courseidnumbertaken", "ID number"))
    for field, code, words in taken:
        value = course.get(field)
        if value and one(call.db, f"select 1 from courses where {field} = ? and id <> ?", value, but):
            raise MoodleFault(code, f"{words} is already used for another course ({value})")
    old = release(call.db).startswith(("3.", "4."))
    for field, width in (_OLD_WIDTHS if old else _WIDTHS).items():
        if len(course.get(field, "")) > width:
            raise WriteFailed(f"ERROR:  value too long for type character varying({width})")


def _check_dates(start: int, end: int) -> None:
    if end and end < start:
        raise MoodleFault("enddatebeforestartdate", "The course end date must be after the start date.")


@function("core_course_update_courses", writes=True, courses=p.Many(_CHANGED_COURSE))
def update_courses(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Change each on its own; what fails becomes a warning."""
    warnings = []
    for course in params["courses"]:
        try:
            with savepoint(call.db):
                _update(call, course)
        except MoodleFault as fault:
            warnings.append(_warning(course["id"], fault.errorcode, fault.message))
    return {"warnings": warnings}


def _update(call: Call, course: dict[str, Any]) -> None:
    row = call.enter(course["id"])
    call.require("moodle/course:update", row["id"])
    if "categoryid" in course and one(call.db, "select 1 from categories where id = ?", course["categoryid"]) is None:
        raise MissingRecord("course_categories", "id", course["categoryid"])
    _check(call, course, but=row["id"])
    _check_dates(course.get("startdate", row["startdate"]), course.get("enddate", row["enddate"]))
    changed = {name: course[name] for name in _STORED if name in course}
    if "categoryid" in course:
        changed["category"] = course["categoryid"]
    update(call.db, "courses", row["id"], timemodified=call.now, **changed)


def _warning(course: int, code: str, message: str) -> dict[str, Any]:
    return {"item": "course", "itemid": course, "warningcode": code, "message": message}


@function("core_course_delete_courses", writes=True, courseids=p.Many(p.INT))
def delete_courses(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Delete each on its own; what fails becomes a warning."""
    warnings = []
    for course in params["courseids"]:
        if one(call.db, "select 1 from courses where id = ?", course) is None:
            warnings.append(_warning(course, "unknowncourseidnumber", f"Unknown course ID {course}"))
        elif course == SITE_COURSE or not call.may("moodle/course:delete", course):
            warnings.append(_warning(course, "cannotdeletecourse", "You do not have the permission to delete courses"))
        else:
            _delete(call.db, course)
    return {"warnings": warnings}


def _delete(db: sqlite3.Connection, course: int) -> None:
    db.execute("delete from user_enrolments where enrolid in (select id from enrol where courseid = ?)", (course,))
    db.execute(
        "delete from group_members where groupid in (select id from course_groups where courseid = ?)", (course,)
    )
    for table in ("posts", "discussions"):
        db.execute(f"delete from {table} where forumid in (select id from forums where courseid = ?)", (course,))
    for table in ("enrol", "role_assignments", "course_groups", "events", "forums", "sections"):
        db.execute(f"delete from {table} where courseid = ?", (course,))
    db.execute("delete from courses where id = ?", (course,))


@function(
    "core_course_get_courses",
    options=p.default(p.Single({"ids": p.optional(p.Many(p.INT))}), {}),
)
def get_courses(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Courses by id; unknown ids are skipped (M-20). Without ids: all, the front page too."""
    wanted = params["options"].get("ids")
    rows = every(call.db, "select * from courses order by id")
    if wanted is not None:
        rows = [row for row in rows if row["id"] in wanted]
    if call.caller.blind:
        return []
    return [in_course_list(call, call.enter(row["id"])) for row in rows]


@function("core_course_get_courses_by_field", field=p.default(p.ALPHA, ""), value=p.default(p.RAW, ""))
def get_courses_by_field(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Exact and with regard to case (M-21); a course that the caller may not see is simply absent (M-10)."""
    field, value = params["field"], params["value"]
    if field == "ids":
        rows = [row for one_id in value.split(",") for row in _by(call, "id", one_id)]
        if len(rows) < len(value.split(",")):
            raise PhpFault("Error", 'Attempt to assign property "contextvalidated" on null')
    elif field == "":
        rows = every(call.db, "select * from courses order by id")
    elif field in ("id", "shortname", "idnumber", "category"):
        rows = _by(call, field, value)
    else:
        raise InvalidParameter(f"Invalid field name: {field}")
    return {"courses": [in_field_search(call, row) for row in rows if _visible(call, row)], "warnings": []}


def _by(call: Call, field: str, value: str) -> list[sqlite3.Row]:
    return every(
        call.db, f"select * from courses where {field} = ? order by id", value.strip() if field == "id" else value
    )


def _visible(call: Call, row: sqlite3.Row) -> bool:
    if call.caller.blind:
        return False
    return bool(row["visible"]) or call.may("moodle/course:viewhiddencourses", row["id"])


@function(
    "core_course_search_courses",
    criterianame=p.ALPHA,
    criteriavalue=p.RAW,
    page=p.default(p.INT, 0),
    perpage=p.default(p.INT, 0),
    requiredcapabilities=p.default(p.Many(p.CAPABILITY), []),
    limittoenrolled=p.default(p.BOOL, False),
    onlywithcompletion=p.default(p.BOOL, False),
)
def search_courses(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Words in the names, the summary or the idnumber: without regard to case, with regard to accents (M-21)."""
    if params["criterianame"] != "search":
        raise InvalidParameter("Invalid criteria name. Only 'search' is simulated.")
    words = params["criteriavalue"].lower().split()
    found = [
        row
        for row in every(call.db, "select * from courses where id <> ? order by fullname", SITE_COURSE)
        if _visible(call, row)
        and all(call.may(name, row["id"]) for name in params["requiredcapabilities"])
        and all(
            any(word in row[field].lower() for field in ("fullname", "shortname", "summary", "idnumber"))
            for word in words
        )
    ]
    first = params["page"] * params["perpage"]
    shown = found[first : first + params["perpage"]] if params["perpage"] else found
    return {"total": len(found), "courses": [public_view(call, row) for row in shown], "warnings": []}
