"""Course categories: create (atomic) and look up."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import MoodleFault
from kypek_sync.sandbox.moodle.state import every, insert, one
from kypek_sync.sandbox.moodle.texts import format_string, format_text

_NEW_CATEGORY = p.Single(
    {
        "name": p.TEXT,
        "parent": p.default(p.INT, 0),
        "idnumber": p.optional(p.RAW),
        "description": p.optional(p.RAW),
        "descriptionformat": p.default(p.INT, 1),
        "theme": p.optional(p.PLUGIN),
    }
)
_KEYS = ("id", "ids", "name", "parent", "idnumber", "visible")


@function("core_course_create_categories", writes=True, categories=p.Many(_NEW_CATEGORY))
def create_categories(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Create all or none; an idnumber is unique."""
    made = []
    for category in params["categories"]:
        if category["parent"] and one(call.db, "select 1 from categories where id = ?", category["parent"]) is None:
            raise MoodleFault("unknowncategory", "Unknown category")
        call.require("moodle/category:manage")
        idnumber = category.get("idnumber", "")
        if idnumber and one(call.db, "select 1 from categories where idnumber = ?", idnumber):
            raise MoodleFault("categoryidnumbertaken", "ID number is already used for another category")
        row_id = insert(
            call.db,
            "categories",
            name=category["name"],
            parent=category["parent"],
            idnumber=idnumber,
            description=category.get("description", ""),
            timemodified=call.now,
        )
        made.append({"id": row_id, "name": format_string(category["name"], raw=call.raw)})
    return made


@function(
    "core_course_get_categories",
    criteria=p.default(p.Many(p.Single({"key": p.ALPHA, "value": p.RAW})), []),
    addsubcategories=p.default(p.BOOL, True),
)
def get_categories(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Categories that meet all criteria, and what is below them."""
    if call.caller.blind:
        return []
    rows = every(call.db, "select * from categories order by id")
    by_id = {row["id"]: row for row in rows}
    wanted = {row["id"] for row in rows if all(_meets(row, one_of) for one_of in params["criteria"])}
    if params["addsubcategories"]:
        wanted |= {row["id"] for row in rows if wanted & set(_ancestors(row, by_id))}
    return [_shown(call, row, by_id) for row in rows if row["id"] in wanted]


def _meets(row: sqlite3.Row, criterion: dict[str, str]) -> bool:
    key, value = criterion["key"], criterion["value"]
    if key not in _KEYS:
        raise MoodleFault("errorinvalidparam", f'The param "{key}" is invalid.')
    if key == "ids":
        return str(row["id"]) in value.split(",")
    if key == "visible":
        return value == "1"
    return str(row[key]) == value


def _ancestors(row: sqlite3.Row, by_id: dict[int, sqlite3.Row]) -> list[int]:
    """The ids above the row, nearest first."""
    above: list[int] = []
    while row["parent"] in by_id:
        row = by_id[row["parent"]]
        above.append(row["id"])
    return above


def _shown(call: Call, row: sqlite3.Row, by_id: dict[int, sqlite3.Row]) -> dict[str, Any]:
    path = [*reversed(_ancestors(row, by_id)), row["id"]]
    courses = one(call.db, "select count(*) as n from courses where category = ?", row["id"])
    manages = call.may("moodle/category:manage")
    shown: dict[str, Any] = {"id": row["id"], "name": format_string(row["name"], raw=call.raw)}
    if manages:
        shown["idnumber"] = row["idnumber"]
    shown |= {
        "description": format_text(row["description"], raw=call.raw),
        "descriptionformat": 1,
        "parent": row["parent"],
        "sortorder": 10000 * row["id"],
        "coursecount": courses["n"] if courses else 0,
    }
    if manages:
        shown |= {"visible": 1, "visibleold": 1, "timemodified": row["timemodified"]}
    shown |= {"depth": len(path), "path": "".join(f"/{one_id}" for one_id in path)}
    return shown | ({"theme": ""} if manages else {})
