"""From Moodle's answers to plain values: pure. What has not the expected shape raises `Misshapen`, never a guess."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from connectors.moodle.values import DIGITS, Misshapen, each, identity, listed, number, numbers, optional, row_of, text
from kypek_sync.model import CourseRole


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """core_webservice_get_site_info: whose token it is, which functions its service has."""

    username: str
    release: str
    address: str
    functions: frozenset[str]
    administrator: bool
    userid: int


@dataclass(frozen=True, slots=True)
class Account:
    """core_user_get_users_by_field. `suspended` people cannot sign in."""

    id: int
    username: str
    suspended: bool


@dataclass(frozen=True, slots=True)
class CourseRow:
    """core_course_get_courses_by_field. `idnumber` is None where the account may not see it; the dates are seconds
    since 1970, 0 for none."""

    id: int
    title: str
    idnumber: str | None
    summary: str
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """core_enrol_get_enrolled_users: everybody by whatever method. `roles` are numbers with short names (M-27)."""

    id: int
    username: str
    name: str
    mail: str
    roles: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """core_group_get_course_groups."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Category:
    """core_course_get_categories. `path` are the ids from the top, its own last."""

    id: int
    name: str
    path: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of core_reportbuilder_retrieve_report: localised texts (M-35). `conditions` are the names of what leaves
    rows out for everybody."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Which role numbers of this site mean what."""

    student: int
    assistant: int
    trainer: int

    def number(self, role: CourseRole) -> int | None:
        """The number to assign; None for a role of which we have none."""
        known = {
            CourseRole.STUDENT: self.student,
            CourseRole.ASSISTANT: self.assistant,
            CourseRole.TRAINER: self.trainer,
        }
        return known.get(role)

    def highest(self, row: MemberRow) -> CourseRole:
        """The highest role somebody has in the course: by its number, else by Moodle's own short name."""
        found = {self._role(number, short) for number, short in row.roles}
        return max(found, key=_RANKS.__getitem__, default=CourseRole.OTHER)

    def _role(self, number: int, short: str) -> CourseRole:
        for role in (CourseRole.TRAINER, CourseRole.ASSISTANT, CourseRole.STUDENT):
            if number == self.number(role):
                return role
        return _SHORT_NAMES.get(short, CourseRole.OTHER)

    def below(self, row: MemberRow, role: CourseRole) -> tuple[int, ...]:
        """The roles of ours that somebody has and that are lower than `role` (M-23)."""
        mine = {self.student: CourseRole.STUDENT, self.assistant: CourseRole.ASSISTANT}
        return tuple(n for n, _ in row.roles if n in mine and _RANKS[mine[n]] < _RANKS[role])


_RANKS = {CourseRole.OTHER: 0, CourseRole.STUDENT: 1, CourseRole.ASSISTANT: 2, CourseRole.TRAINER: 3}
_SHORT_NAMES = {
    "student": CourseRole.STUDENT,
    "teacher": CourseRole.ASSISTANT,
    "editingteacher": CourseRole.TRAINER,
}


def at_least(role: CourseRole, wanted: CourseRole) -> bool:
    """Whether somebody with `role` has all that `wanted` gives, so that nothing is to be done."""
    return _RANKS[role] >= _RANKS[wanted]


def site_info(value: Any) -> SiteInfo:
    """core_webservice_get_site_info"""
    row = row_of(value)
    functions = frozenset(text(row_of(one), "name") for one in listed(row.get("functions")))
    return SiteInfo(
        text(row, "username"),
        text(row, "release"),
        text(row, "siteurl").rstrip("/"),
        functions,
        bool(row.get("userissiteadmin")),
        number(row.get("userid")),
    )


def accounts(value: Any) -> tuple[Account, ...]:
    """core_user_get_users_by_field"""
    return each(lambda row: Account(identity(row), text(row, "username"), row.get("suspended") is True), value)


def courses(value: Any) -> tuple[CourseRow, ...]:
    """core_course_get_courses_by_field"""
    return each(_course, row_of(value).get("courses"))


def found_courses(value: Any) -> frozenset[int]:
    """core_course_search_courses: which courses are in the answer."""
    return frozenset(each(identity, row_of(value).get("courses")))


def course_ids(value: Any) -> frozenset[int]:
    """core_course_get_courses, core_enrol_get_users_courses: which courses are in the answer."""
    return frozenset(each(identity, value))


def counts(value: Any) -> dict[int, int | None]:
    """core_enrol_get_users_courses: how many people each course of somebody has; None where it is not told."""
    return dict(each(lambda row: (identity(row), optional(row, "enrolledusercount")), value))


def members(value: Any) -> tuple[MemberRow, ...]:
    """core_enrol_get_enrolled_users with `username` and `roles` among its fields."""
    return each(_member, value)


def ids(value: Any) -> frozenset[int]:
    """core_enrol_get_enrolled_users with the field `id` alone."""
    return frozenset(each(identity, value))


def able(value: Any) -> frozenset[int]:
    """core_enrol_get_enrolled_users_with_capability for one course: user ids."""
    return frozenset(one for answer in each(lambda row: ids(row.get("users")), value) for one in answer)


def methods(value: Any) -> frozenset[str]:
    """core_enrol_get_course_enrolment_methods: the methods that visitors can use and that are switched on (M-28)."""
    return frozenset(kind for kind, on in each(lambda row: (text(row, "type"), row.get("status")), value) if on)


def groups(value: Any) -> tuple[GroupRow, ...]:
    """core_group_get_course_groups and core_group_create_groups, lowest id first."""
    rows = each(lambda row: GroupRow(identity(row), text(row, "name")), value)
    return tuple(sorted(rows, key=lambda group: group.id))


def group_members(value: Any) -> dict[int, frozenset[int]]:
    """core_group_get_group_members: user ids by group."""
    return dict(each(lambda row: (number(row.get("groupid")), numbers(row.get("userids"))), value))


def categories(value: Any) -> tuple[Category, ...]:
    """core_course_get_categories"""
    return each(_category, value)


def created(value: Any) -> int:
    """core_course_create_courses: the id of the one that was made."""
    made = each(identity, value)
    if len(made) != 1:
        raise Misshapen(f"{len(made)} courses instead of one")
    return made[0]


def warnings(value: Any) -> tuple[str, ...]:
    """core_course_update_courses: why something was not done, in Moodle's words."""
    return each(lambda row: f"{row.get('warningcode')}: {row.get('message')}"[:200], row_of(value).get("warnings"))


def nothing(value: Any) -> None:
    """A function without a result answers `null`, which proves nothing (section 7, rule 2)."""
    if value is not None:
        raise Misshapen("something where nothing was expected")


def yes(value: Any) -> None:
    """core_reportbuilder_set_filters answers `true`."""
    if value is not True:
        raise Misshapen("no true")


def report_page(value: Any) -> ReportPage:
    """core_reportbuilder_retrieve_report"""
    data = row_of(row_of(value).get("data"))
    headers = tuple(str(one) for one in listed(data.get("headers")))
    rows = each(lambda row: tuple(str(cell or "") for cell in listed(row.get("columns"))), data.get("rows"))
    if any(len(row) != len(headers) for row in rows):
        raise Misshapen("a row of another length than its headers")
    return ReportPage(headers, rows, number(data.get("totalrowcount")), _conditions(row_of(value).get("details")))


def _conditions(details: Any) -> tuple[str, ...]:
    """The names of the report's conditions that are set, e.g. `enrolment:status`: told as JSON inside the JSON."""
    told = details.get("conditiondata") if isinstance(details, dict) else None
    try:
        values = json.loads(told) if isinstance(told, str) else None
    except ValueError:
        return ()
    if not isinstance(values, dict):
        return ()
    return tuple(sorted(name.removesuffix("_operator") for name, value in values.items() if _sets(name, value)))


def _sets(name: str, value: object) -> bool:
    """Whether an operator of a condition does something; 0 is «any value»."""
    return name.endswith("_operator") and str(value) != "0"


def _course(row: dict[str, Any]) -> CourseRow:
    idnumber = row.get("idnumber")
    return CourseRow(
        identity(row),
        text(row, "fullname"),
        None if idnumber is None else str(idnumber),
        str(row.get("summary") or ""),
        optional(row, "startdate") or 0,
        optional(row, "enddate") or 0,
    )


def _member(row: dict[str, Any]) -> MemberRow:
    if "username" not in row:
        raise Misshapen("members without usernames; the service account lacks moodle/user:viewalldetails")
    roles = each(lambda role: (number(role.get("roleid")), str(role.get("shortname") or "")), row.get("roles", []))
    return MemberRow(
        identity(row), text(row, "username"), str(row.get("fullname") or "").strip(), str(row.get("email") or ""), roles
    )


def _category(row: dict[str, Any]) -> Category:
    path = tuple(
        int(part) for part in str(row.get("path") or "").split("/") if part.isdecimal() and len(part) <= DIGITS
    )
    return Category(identity(row), text(row, "name"), path)
