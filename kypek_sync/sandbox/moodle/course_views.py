"""A course as the web services show one; how much depends on what the caller may do there."""

from __future__ import annotations

import sqlite3
from typing import Any

from kypek_sync.sandbox.moodle.calls import Call
from kypek_sync.sandbox.moodle.enrolments import contacts
from kypek_sync.sandbox.moodle.state import every, one
from kypek_sync.sandbox.moodle.texts import format_string, format_text
from kypek_sync.sandbox.moodle.user_views import full_name

_FILTERS = ("displayh5p", "activitynames", "mathjaxloader", "emoticon", "urltolink", "mediaplugin")


def titles(call: Call, course: sqlite3.Row) -> dict[str, Any]:
    """Full name, display name and short name, prepared for display unless raw was asked for (M-8)."""
    fullname = format_string(course["fullname"], raw=call.raw)
    shortname = format_string(course["shortname"], raw=call.raw)
    return {"fullname": fullname, "displayname": fullname, "shortname": shortname}


def public_view(call: Call, course: sqlite3.Row) -> dict[str, Any]:
    """What anyone may read of a visible course."""
    category = one(call.db, "select name from categories where id = ?", course["category"])
    methods = every(call.db, "select method from enrol where courseid = ? and enabled = 1 order by id", course["id"])
    return {
        "id": course["id"],
        **titles(call, course),
        "courseimage": course_image(call, course),
        "categoryid": course["category"],
        "categoryname": format_string(category["name"], raw=call.raw) if category else "",
        "sortorder": 10000 * course["category"] + course["id"],
        "summary": format_text(course["summary"], raw=call.raw),
        "summaryformat": 1,
        "summaryfiles": [],
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "contacts": [{"id": row["id"], "fullname": full_name(row)} for row in contacts(call.db, course["id"])],
        "enrollmentmethods": [row["method"] for row in methods],
    }


def course_image(call: Call, course: sqlite3.Row) -> str:
    """The address of the generated picture."""
    return f"{call.site_url}/pluginfile.php/{32704 + course['id']}/course/generated/course.svg"


def in_field_search(call: Call, course: sqlite3.Row) -> dict[str, Any]:
    """A course of `core_course_get_courses_by_field`: more for who may enter, most for who may change it."""
    shown = public_view(call, course)
    if not call.may_enter(course):
        return shown
    manages = call.may("moodle/course:update", course["id"])
    if manages:
        shown["idnumber"] = course["idnumber"]
    shown |= {"format": course["format"], **_settings(course), "lang": course["lang"], "theme": "", "marker": 0}
    if manages:
        shown |= {
            "legacyfiles": 0,
            "calendartype": "",
            "timecreated": course["timecreated"],
            "timemodified": course["timemodified"],
            "requested": 0,
            "cacherev": course["timemodified"],
        }
    shown["filters"] = [{"filter": name, "localstate": 0, "inheritedstate": 1} for name in _FILTERS]
    shown["courseformatoptions"] = [
        {"name": "hiddensections", "value": 1},
        {"name": "coursedisplay", "value": 0},
        {"name": "indentation", "value": "1"},
    ]
    return shown


def _settings(course: sqlite3.Row) -> dict[str, Any]:
    return {
        "showgrades": 1,
        "newsitems": course["newsitems"],
        "startdate": course["startdate"],
        "enddate": course["enddate"],
        "maxbytes": 0,
        "showreports": 0,
        "visible": course["visible"],
        "groupmode": course["groupmode"],
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": 1,
        "completionnotify": 0,
    }


def in_course_list(call: Call, course: sqlite3.Row) -> dict[str, Any]:
    """A course of `core_course_get_courses`."""
    sections = every(call.db, "select id from sections where courseid = ? and section > 0", course["id"])
    names, settings = titles(call, course), _settings(course)
    shown: dict[str, Any] = {
        "id": course["id"],
        "shortname": names["shortname"],
        "categoryid": course["category"],
        "categorysortorder": 10000 * course["category"] + course["id"],
        "fullname": names["fullname"],
        "displayname": names["displayname"],
    }
    manages = call.may("moodle/course:update", course["id"])
    if manages:
        shown["idnumber"] = course["idnumber"]
    shown |= {"summary": format_text(course["summary"], raw=call.raw), "summaryformat": 1, "format": course["format"]}
    shown |= {key: settings[key] for key in ("showgrades", "newsitems", "startdate", "enddate")}
    if manages:
        shown |= {
            "numsections": len(sections),
            "maxbytes": 0,
            "showreports": 0,
            "visible": course["visible"],
            "hiddensections": 1,
            **{key: settings[key] for key in ("groupmode", "groupmodeforce", "defaultgroupingid")},
            "timecreated": course["timecreated"],
            "timemodified": course["timemodified"],
            "enablecompletion": 1,
            "completionnotify": 0,
            "lang": course["lang"],
            "forcetheme": "",
            "courseformatoptions": [{"name": "hiddensections", "value": 1}, {"name": "coursedisplay", "value": 0}],
        }
    return shown | {"showactivitydates": False, "showcompletionconditions": True}


def among_my_courses(call: Call, course: sqlite3.Row, members: int | None, hidden: bool = False) -> dict[str, Any]:
    """A course of `core_enrol_get_users_courses`."""
    names = titles(call, course)
    shown = {
        "id": course["id"],
        "shortname": names["shortname"],
        "fullname": names["fullname"],
        "displayname": names["displayname"],
        "enrolledusercount": members,
        "idnumber": course["idnumber"],
        "visible": course["visible"],
        "summary": format_text(course["summary"], raw=call.raw),
        "summaryformat": 1,
        "format": course["format"],
        "courseimage": course_image(call, course),
        "showgrades": True,
        "lang": course["lang"],
        "enablecompletion": True,
        "completionhascriteria": False,
        "completionusertracked": True,
        "category": course["category"],
        "progress": None,
        "completed": False,
        "startdate": course["startdate"],
        "enddate": course["enddate"],
        "marker": 0,
        "lastaccess": None,
        "isfavourite": False,
        "hidden": hidden,
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "timemodified": course["timemodified"],
    }
    if members is None:
        del shown["enrolledusercount"]
    return shown
