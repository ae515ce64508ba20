"""Groups of a course and their members (M-31)."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function, is_enrolled
from kypek_sync.sandbox.moodle.errors import InvalidParameter, MissingRecord, MoodleFault
from kypek_sync.sandbox.moodle.state import every, insert, one, update
from kypek_sync.sandbox.moodle.texts import format_string, format_text

_OPTIONS = {
    "descriptionformat": p.default(p.INT, 1),
    "enrolmentkey": p.optional(p.RAW),
    "idnumber": p.optional(p.RAW),
    "visibility": p.default(p.INT, 0),
    "participation": p.default(p.BOOL, True),
    "customfields": p.optional(p.Many(p.Single({"shortname": p.ALPHANUMEXT, "value": p.RAW}))),
}
_NEW_GROUP = p.Single({"courseid": p.INT, "name": p.TEXT, "description": p.RAW, **_OPTIONS})
_CHANGED_GROUP = p.Single(
    {"id": p.INT, "name": p.TEXT, "description": p.optional(p.RAW)}
    | {key: p.optional(declared) for key, declared in _OPTIONS.items()}
)
_MEMBERSHIP = p.Many(p.Single({"groupid": p.INT, "userid": p.INT}))


def group_row(call: Call, group: int) -> sqlite3.Row:
    """The group, if it exists and the caller may manage it."""
    row = one(call.db, "select * from course_groups where id = ?", group)
    if row is None:
        raise MissingRecord("groups", "id", group)
    _manage(call, row["courseid"])
    return row


def _manage(call: Call, course: int) -> None:
    call.enter(course)
    call.require("moodle/course:managegroups", course)


@function("core_group_create_groups", writes=True, groups=p.Many(_NEW_GROUP))
def create_groups(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Create all or none; name and idnumber are unique within the course."""
    made = []
    for group in params["groups"]:
        _check_names(call, group["courseid"], group, but=0)
        _manage(call, group["courseid"])
        stored = ("courseid", "name", "description", "descriptionformat", "visibility")
        row_id = insert(
            call.db,
            "course_groups",
            **{name: group[name] for name in stored},
            idnumber=group.get("idnumber", ""),
            enrolmentkey=group.get("enrolmentkey", ""),
            participation=int(group["participation"]),
        )
        made.append(_shown(call, group_row(call, row_id)))
    return made


def _check_names(call: Call, course: int, group: dict[str, Any], but: int) -> None:
    if not group["name"].strip():
        raise InvalidParameter("Invalid group name")
    same_name = "select 1 from course_groups where courseid = ? and name = ? and id <> ?"
    if one(call.db, same_name, course, group["name"], but):
        raise InvalidParameter("Group with the same name already exists in the course")
    same_number = "select 1 from course_groups where courseid = ? and idnumber = ? and id <> ?"
    if group.get("idnumber") and one(call.db, same_number, course, group["idnumber"], but):
        raise MoodleFault("idnumbertaken", "This ID number is already taken")


def _shown(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "courseid": row["courseid"],
        "name": format_string(row["name"], raw=call.raw),
        "description": format_text(row["description"], raw=call.raw),
        "descriptionformat": row["descriptionformat"],
        "enrolmentkey": row["enrolmentkey"],
        "idnumber": row["idnumber"],
        "visibility": row["visibility"],
        "participation": bool(row["participation"]),
    }


@function("core_group_update_groups", writes=True, groups=p.Many(_CHANGED_GROUP))
def update_groups(call: Call, params: dict[str, Any]) -> None:
    """Change all or none."""
    for group in params["groups"]:
        row = group_row(call, group["id"])
        _check_names(call, row["courseid"], group, but=row["id"])
        changed = {key: value for key, value in group.items() if key not in ("id", "customfields")}
        update(call.db, "course_groups", row["id"], **changed)


@function("core_group_delete_groups", writes=True, groupids=p.Many(p.INT))
def delete_groups(call: Call, params: dict[str, Any]) -> None:
    """Delete; an unknown group is no error (M-31)."""
    for group in params["groupids"]:
        if one(call.db, "select 1 from course_groups where id = ?", group):
            group_row(call, group)
            call.db.execute("delete from group_members where groupid = ?", (group,))
            call.db.execute("delete from course_groups where id = ?", (group,))


@function("core_group_get_course_groups", courseid=p.INT)
def get_course_groups(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups of a course, by name."""
    _manage(call, params["courseid"])
    rows = every(call.db, "select * from course_groups where courseid = ? order by name, id", params["courseid"])
    return [_shown(call, row) | {"enrolmentkey": row["enrolmentkey"] or None} for row in rows]


@function("core_group_get_groups", groupids=p.Many(p.INT))
def get_groups(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Groups by id; one unknown refuses all."""
    rows = [group_row(call, group) for group in params["groupids"]]
    return [_shown(call, row) | {"enrolmentkey": row["enrolmentkey"] or None} for row in rows]


@function("core_group_add_group_members", writes=True, members=_MEMBERSHIP)
def add_group_members(call: Call, params: dict[str, Any]) -> None:
    """Put in all or none: somebody not enrolled refuses all; a member already is no error (M-31)."""
    for member in params["members"]:
        group = group_row(call, member["groupid"])
        if one(call.db, "select 1 from users where id = ? and deleted = 0", member["userid"]) is None:
            raise MissingRecord("user", "id", member["userid"])
        if not is_enrolled(call.db, member["userid"], group["courseid"], call.now, active=False):
            raise InvalidParameter("Only enrolled users may be members of groups")
        call.db.execute(
            "insert or ignore into group_members (groupid, userid, timeadded) values (?, ?, ?)",
            (group["id"], member["userid"], call.now),
        )


@function("core_group_delete_group_members", writes=True, members=_MEMBERSHIP)
def delete_group_members(call: Call, params: dict[str, Any]) -> None:
    """Take out all or none; not being a member is no error."""
    for member in params["members"]:
        group = group_row(call, member["groupid"])
        if one(call.db, "select 1 from users where id = ?", member["userid"]) is None:
            raise MissingRecord("user", "id", member["userid"])
        call.db.execute("delete from group_members where groupid = ? and userid = ?", (group["id"], member["userid"]))


@function("core_group_get_group_members", groupids=p.Many(p.INT))
def get_group_members(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of several groups, each list by last name."""
    query = (
        "select u.id from group_members m join users u on u.id = m.userid where m.groupid = ? "
        "order by u.lastname, u.firstname"
    )
    return [
        {"groupid": row["id"], "userids": [user["id"] for user in every(call.db, query, row["id"])]}
        for row in [group_row(call, group) for group in params["groupids"]]
    ]
