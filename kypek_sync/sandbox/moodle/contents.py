"""What is inside a course: sections and activities, and which of them changed. Nothing here tells of enrolments."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import MoodleFault
from kypek_sync.sandbox.moodle.state import every
from kypek_sync.sandbox.moodle.texts import format_string

_OPTIONS = ("excludemodules", "excludecontents", "sectionid", "sectionnumber")


@function("core_course_get_contents", courseid=p.INT, options=p.default(p.NAMED_VALUES, []))
def get_contents(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections, each with its activities."""
    course = call.enter(params["courseid"])
    named = {option["name"]: option["value"] for option in params["options"]}
    for name in named:
        if name not in _OPTIONS:
            raise MoodleFault("errorinvalidparam", f'The param "{name}" is invalid.')
    sections = [
        row
        for row in every(call.db, "select * from sections where courseid = ? order by section", course["id"])
        if named.get("sectionid", str(row["id"])) == str(row["id"])
        and named.get("sectionnumber", str(row["section"])) == str(row["section"])
    ]
    shown = [_section(call, row) for row in sections]
    if named.get("excludemodules", "0") in ("", "0"):
        for row, section in zip(sections, shown, strict=True):
            section["modules"] = _modules(call, row) if row["section"] == 0 else []
    return shown


def _section(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    usual = "New section" if row["section"] else "General"
    return {
        "id": row["id"],
        "name": format_string(row["name"] or usual, raw=call.raw),
        "visible": 1,
        "summary": "",
        "summaryformat": 1,
        "section": row["section"],
        "hiddenbynumsections": 0,
        "uservisible": True,
        "component": None,
        "itemid": None,
        "modules": [],
    }


def _modules(call: Call, section: sqlite3.Row) -> list[dict[str, Any]]:
    forums = every(call.db, "select * from forums where courseid = ? order by id", section["courseid"])
    return [_module(call, row) for row in forums]


def _module(call: Call, forum: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": forum["id"],
        "url": f"{call.site_url}/mod/forum/view.php?id={forum['id']}",
        "name": format_string(forum["name"], raw=call.raw),
        "instance": forum["id"],
        "contextid": 32708 + forum["id"],
        "visible": 1,
        "uservisible": True,
        "visibleoncoursepage": 1,
        "modicon": f"{call.site_url}/theme/image.php/boost/forum/1795374747/monologo?filtericon=1",
        "modname": "forum",
        "purpose": "collaboration",
        "branded": False,
        "modplural": "Forums",
        "availability": None,
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "activitybadge": [],
        "customdata": '{"trackingtype":"1"}',
        "noviewlink": False,
        "completion": 0,
        "downloadcontent": 1,
        "dates": [],
        "groupmode": 0,
    }


@function(
    "core_course_get_updates_since",
    courseid=p.INT,
    since=p.INT,
    filter=p.default(p.Many(p.ALPHA), []),
)
def get_updates_since(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Activities that changed: never enrolments. Read from the code, not recorded."""
    course = call.enter(params["courseid"])
    instances = []
    for forum in every(call.db, "select * from forums where courseid = ?", course["id"]):
        query = "select * from posts where forumid = ? and modified > ? order by id"
        posts = every(call.db, query, forum["id"], params["since"])
        if posts:
            latest = max(post["modified"] for post in posts)
            update = {"name": "discussions", "timeupdated": latest, "itemids": [post["discussion"] for post in posts]}
            instances.append({"contextlevel": "module", "id": forum["id"], "updates": [update]})
    return {"instances": instances, "warnings": []}
