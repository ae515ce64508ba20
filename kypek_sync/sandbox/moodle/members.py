"""Members of a course: all methods merged, without method, status, time or enrolment id (M-27)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import ACTIVE, Call, function, has_role_with
from kypek_sync.sandbox.moodle.course_views import among_my_courses, titles
from kypek_sync.sandbox.moodle.errors import CodingError, InvalidParameter, MoodleFault
from kypek_sync.sandbox.moodle.state import ROLE_SHORTNAMES, every, marks
from kypek_sync.sandbox.moodle.texts import format_string, format_text
from kypek_sync.sandbox.moodle.user_views import full_name, person, pictures, place

_USER_FIELDS = """
    id username fullname firstname lastname email address phone1 phone2 department institution interests firstaccess
    lastaccess auth confirmed idnumber lang theme timezone mailformat description descriptionformat city country
    profileimageurlsmall profileimageurl customfields groups roles preferences enrolledcourses suspended
    lastcourseaccess trackforums
"""
_FIELDS = frozenset(_USER_FIELDS.split())
_ALWAYS = frozenset({"id", "fullname"})
_PLACE = frozenset({"description", "descriptionformat", "city", "country"})
_PICTURES = frozenset({"profileimageurlsmall", "profileimageurl"})
Roles = Mapping[int, list[dict[str, Any]]]
"""The roles in one course as they are shown, by user."""
_ORDERS = {
    "id": ("id",),
    "firstname": ("firstname", "id"),
    "lastname": ("lastname", "id"),
    "siteorder": ("lastname", "firstname", "id"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a list of members; unknown ones are ignored without a word (M-27)."""

    capability: str = ""
    group: int = 0
    only_active: bool = False
    only_suspended: bool = False
    fields: frozenset[str] = frozenset()
    start: int = 0
    number: int = 0
    order: tuple[str, ...] = ("id",)
    downwards: bool = False


def read_options(given: list[dict[str, str]]) -> Options:
    """The options as the caller sent them. Raises `InvalidParameter` for a value that is no number or no order."""
    named = {option["name"]: option["value"] for option in given}
    fields = frozenset(named["userfields"].split(",")) if named.get("userfields") else frozenset()
    if fields - _FIELDS:
        field = sorted(fields - _FIELDS)[0]
        raise MoodleFault("invaliduserfield", f"Invalid user field: {field}")
    if named.get("sortby", "id") not in _ORDERS or named.get("sortdirection", "ASC").upper() not in ("ASC", "DESC"):
        raise InvalidParameter("Invalid value for sortby or sortdirection parameter")
    return Options(
        capability=named.get("withcapability", ""),
        group=_number(named, "groupid"),
        only_active=named.get("onlyactive", "0") not in ("", "0"),
        only_suspended=named.get("onlysuspended", "0") not in ("", "0"),
        fields=fields,
        start=_number(named, "limitfrom"),
        number=_number(named, "limitnumber"),
        order=_ORDERS[named.get("sortby", "id")],
        downwards=named.get("sortdirection", "ASC").upper() == "DESC",
    )


def _number(named: dict[str, str], name: str) -> int:
    if p.clean(named.get(name, "0"), "int") is None:
        raise InvalidParameter(f"{name} is not a number")
    return int(named.get(name, "0"))


@function("core_enrol_get_enrolled_users", courseid=p.INT, options=p.default(p.NAMED_VALUES, []))
def get_enrolled_users(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of one course."""
    course = call.enter(params["courseid"])
    call.require("moodle/course:viewparticipants", course["id"])
    options = read_options(params["options"])
    if options.only_active and options.only_suspended:
        detail = "Both onlyactive and onlysuspended are set, this is probably not what you want!"
        raise CodingError(detail)
    if call.faults.take("empty-members"):
        return []
    roles = _roles(call, course) if "roles" in (options.fields or _FIELDS) else {}
    return [shown(call, row, course, options.fields, roles) for row in members(call, course, options)]


@function(
    "core_enrol_get_enrolled_users_with_capability",
    coursecapabilities=p.Many(p.Single({"courseid": p.INT, "capabilities": p.Many(p.CAPABILITY)})),
    options=p.default(p.NAMED_VALUES, []),
)
def get_enrolled_users_with_capability(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of several courses who may do something there."""
    options = read_options([option for option in params["options"] if option["name"] != "withcapability"])
    result = []
    for wanted in params["coursecapabilities"]:
        course = call.enter(wanted["courseid"])
        call.require("moodle/course:viewparticipants", course["id"])
        call.require("moodle/role:review", course["id"])
        for capability in wanted["capabilities"]:
            may = [
                row
                for row in members(call, course, options)
                if has_role_with(call.db, row["id"], capability, course["id"])
            ]
            users = [shown(call, row, course, options.fields, _roles(call, course)) for row in may]
            result.append({"courseid": course["id"], "capability": capability, "users": users})
    return result


def members(call: Call, course: sqlite3.Row, options: Options) -> list[sqlite3.Row]:
    """The users of the course that the options leave, each once, in order."""
    enrolled = (
        "select ue.userid from user_enrolments ue join enrol e on e.id = ue.enrolid "
        "where e.courseid = ? and e.enabled = 1"
    )
    conditions, values = [f"id in ({enrolled})", "deleted = 0"], [course["id"]]
    if options.only_active or options.only_suspended:
        # Suspended means: by no method in force; so those expired and not yet started belong to it (M-27).
        conditions.append(f"id {'not ' if options.only_suspended else ''}in ({enrolled} and {ACTIVE})")
        values += [course["id"], call.now, call.now]
    if options.group:
        conditions.append("id in (select userid from group_members where groupid = ?)")
        values.append(options.group)
    direction = "desc" if options.downwards else "asc"
    order = ", ".join(f"{field} {direction}" for field in options.order)
    query = f"select * from users where {' and '.join(conditions)} order by {order}"
    rows = every(call.db, query, *values)
    if options.capability:
        rows = [row for row in rows if has_role_with(call.db, row["id"], options.capability, course["id"])]
    return rows[options.start : options.start + options.number] if options.number else rows[options.start :]


def shown(call: Call, row: sqlite3.Row, course: sqlite3.Row, fields: frozenset[str], roles: Roles) -> dict[str, Any]:
    """One member with the fields asked for; the id and the full name come in any case."""
    wanted = (fields or _FIELDS) | _ALWAYS
    if wanted == _ALWAYS:
        return {"id": row["id"], "fullname": full_name(row)}
    everything = person(row) | {"lastcourseaccess": 0}
    everything |= place(row) if wanted & _PLACE else {}
    everything |= pictures(call) if wanted & _PICTURES else {}
    if "groups" in wanted and (groups := _groups(call, row, course)):
        everything["groups"] = groups
    if "roles" in wanted:
        everything["roles"] = roles.get(row["id"], [])
    if "enrolledcourses" in wanted:
        everything["enrolledcourses"] = [
            {"id": one_of["id"], "fullname": name["fullname"], "shortname": name["shortname"]}
            for one_of in _courses(call, row["id"])
            for name in [titles(call, one_of)]
        ]
    return {key: value for key, value in everything.items() if key in wanted}


def _roles(call: Call, course: sqlite3.Row) -> Roles:
    found: dict[int, list[dict[str, Any]]] = {}
    query = "select userid, roleid from role_assignments where courseid = ? order by roleid"
    for role in every(call.db, query, course["id"]):
        name = ROLE_SHORTNAMES.get(role["roleid"], "")
        one_of = {"roleid": role["roleid"], "name": "", "shortname": name, "sortorder": 0}
        found.setdefault(role["userid"], []).append(one_of)
    return found


def _groups(call: Call, row: sqlite3.Row, course: sqlite3.Row) -> list[dict[str, Any]]:
    query = (
        "select g.* from course_groups g join group_members m on m.groupid = g.id "
        "where m.userid = ? and g.courseid = ? order by g.name"
    )
    return [
        {
            "id": group["id"],
            "name": format_string(group["name"], raw=call.raw),
            "description": format_text(group["description"], raw=call.raw),
            "descriptionformat": group["descriptionformat"],
        }
        for group in every(call.db, query, row["id"], course["id"])
    ]


def _courses(call: Call, user: int) -> list[sqlite3.Row]:
    """The courses in which the user's enrolment is in force, as far as the caller may know of them. A hidden one is
    left out unless the user, not the caller, may see hidden courses: a student may not, whoever asks (seen on 4.5.6).
    """
    query = (
        "select distinct c.* from user_enrolments ue join enrol e on e.id = ue.enrolid "
        f"join courses c on c.id = e.courseid where ue.userid = ? and {ACTIVE} order by c.id"
    )
    return [
        row
        for row in every(call.db, query, user, call.now, call.now)
        if (row["visible"] or has_role_with(call.db, user, "moodle/course:viewhiddencourses", row["id"]))
        and (user == call.caller.userid or call.may("moodle/course:viewparticipants", row["id"]))
    ]


@function("core_enrol_get_users_courses", userid=p.INT, returnusercount=p.default(p.BOOL, True))
def get_users_courses(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """A user's courses, those in force only."""
    found = [] if call.caller.blind else _courses(call, params["userid"])
    counted = _counted(call.db, [course["id"] for course in found]) if params["returnusercount"] else {}
    return [among_my_courses(call, course, counted.get(course["id"])) for course in found]


def _counted(db: sqlite3.Connection, courses: list[int]) -> dict[int, int]:
    """How many people each of these courses has."""
    query = (
        "select e.courseid, count(distinct ue.userid) as n from user_enrolments ue join enrol e on e.id = ue.enrolid "
        f"where e.courseid in ({marks(courses)}) group by e.courseid"
    )
    return {row["courseid"]: int(row["n"]) for row in every(db, query, *courses)}
