"""Cohorts: create (atomic), add members (one by one, without any look-up of ids), take members out (atomic)."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import InvalidParameter, MissingRecord
from kypek_sync.sandbox.moodle.state import every, insert, one
from kypek_sync.sandbox.moodle.texts import format_string, format_text

_TYPED = p.Single({"type": p.TEXT, "value": p.RAW})
_NEW_COHORT = p.Single(
    {
        "categorytype": _TYPED,
        "name": p.RAW,
        "idnumber": p.RAW,
        "description": p.default(p.RAW, ""),
        "descriptionformat": p.default(p.INT, 1),
        "visible": p.default(p.BOOL, True),
        "theme": p.optional(p.PLUGIN),
        "customfields": p.optional(p.Many(p.Single({"shortname": p.ALPHANUMEXT, "value": p.RAW}))),
    }
)


@function("core_cohort_create_cohorts", writes=True, cohorts=p.Many(_NEW_COHORT))
def create_cohorts(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Create all or none; an idnumber is unique."""
    made = []
    for cohort in params["cohorts"]:
        _check_category(call, cohort["categorytype"])
        if one(call.db, "select 1 from cohorts where idnumber = ?", cohort["idnumber"]):
            raise InvalidParameter(f"record already exists: idnumber={cohort['idnumber']}")
        call.require("moodle/cohort:manage")
        stored = ("name", "idnumber", "description", "descriptionformat")
        row_id = insert(call.db, "cohorts", **{name: cohort[name] for name in stored}, visible=int(cohort["visible"]))
        made.append(_shown(call, _cohort(call, row_id)) | {"theme": ""})
    return made


def _check_category(call: Call, category: dict[str, str]) -> None:
    kind, value = category["type"], category["value"]
    if kind not in ("idnumber", "id", "system"):
        raise InvalidParameter(f"category type must be id, idnumber or system:{kind}")
    if kind != "system" and one(call.db, f"select 1 from categories where {kind} = ?", value) is None:
        raise InvalidParameter(f"category not exists: category {kind} = {value}")


def _cohort(call: Call, cohort: int) -> sqlite3.Row:
    row = one(call.db, "select * from cohorts where id = ?", cohort)
    if row is None:
        raise MissingRecord("cohort", "id", cohort)
    return row


def _shown(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": format_string(row["name"], raw=call.raw),
        "idnumber": row["idnumber"],
        "description": format_text(row["description"], raw=call.raw),
        "descriptionformat": row["descriptionformat"],
        "visible": bool(row["visible"]),
    }


@function("core_cohort_get_cohorts", cohortids=p.default(p.Many(p.INT), []))
def get_cohorts(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Cohorts by id (none given: all); unknown ids are skipped."""
    call.require("moodle/cohort:view")
    wanted = params["cohortids"]
    rows = [row for row in every(call.db, "select * from cohorts order by id") if not wanted or row["id"] in wanted]
    return [_shown(call, row) | {"theme": None, "customfields": []} for row in rows]


@function(
    "core_cohort_add_cohort_members",
    writes=True,
    members=p.Many(p.Single({"cohorttype": _TYPED, "usertype": _TYPED})),
)
def add_cohort_members(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Put in each on its own; what fails becomes a warning."""
    return {"warnings": [warning for member in params["members"] for warning in _add(call, member)]}


def _add(call: Call, member: dict[str, Any]) -> list[dict[str, str]]:
    cohort_key, user_key = member["cohorttype"], member["usertype"]
    if cohort_key["type"] not in ("id", "idnumber"):
        return [_warning("1", f"invalid parameter: cohortype={cohort_key['type']}")]
    if user_key["type"] not in ("id", "username"):
        return [_warning("1", f"invalid parameter: usertype={user_key['type']}")]
    cohort = one(call.db, f"select id from cohorts where {cohort_key['type']} = ?", cohort_key["value"])
    if cohort is None:
        return [_warning("2", f"cohort {cohort_key['type']}={cohort_key['value']} not exists")]
    user = one(call.db, f"select id from users where {user_key['type']} = ? and deleted = 0", user_key["value"])
    if user is None:
        return [_warning("2", f"user {user_key['type']}={user_key['value']} not exists")]
    known = "select 1 from cohort_members where cohortid = ? and userid = ?"
    if one(call.db, known, cohort["id"], user["id"]):
        pair = f"{cohort_key['type']}={cohort_key['value']} {user_key['type']}={user_key['value']}"
        return [_warning("3", f"record already exists: cohort({pair})")]
    call.require("moodle/cohort:assign")  # looked at last: what only warns comes first
    insert(call.db, "cohort_members", cohortid=cohort["id"], userid=user["id"])
    return []


def _warning(code: str, message: str) -> dict[str, str]:
    return {"warningcode": code, "message": message}


@function(
    "core_cohort_delete_cohort_members",
    writes=True,
    members=p.Many(p.Single({"cohortid": p.INT, "userid": p.INT})),
)
def delete_cohort_members(call: Call, params: dict[str, Any]) -> None:
    """Take out all or none."""
    for member in params["members"]:
        cohort = _cohort(call, member["cohortid"])
        if one(call.db, "select 1 from users where id = ? and deleted = 0", member["userid"]) is None:
            raise MissingRecord("user", "id", member["userid"])
        call.require("moodle/cohort:assign")
        call.db.execute(
            "delete from cohort_members where cohortid = ? and userid = ?", (cohort["id"], member["userid"])
        )


@function("core_cohort_get_cohort_members", cohortids=p.Many(p.INT))
def get_cohort_members(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of several cohorts, each list by last name."""
    query = (
        "select u.id from cohort_members m join users u on u.id = m.userid where m.cohortid = ? and u.deleted = 0 "
        "order by u.lastname, u.firstname"
    )
    rows = [_cohort(call, cohort) for cohort in params["cohortids"]]
    call.require("moodle/cohort:view")
    return [
        {"cohortid": row["id"], "userids": [user["id"] for user in every(call.db, query, row["id"])]} for row in rows
    ]
