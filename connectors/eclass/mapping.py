"""From eClass's rows to values of ours: pure, and strict about shapes (fact sheet eclass, section 7, rule 1).

Every parser takes decoded JSON and raises `Misshapen` for anything but the expected shape. What we do not need is
dropped here, above all the course password that a course's row carries (E-20).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kypek_sync.contract import Member
from kypek_sync.model import ATHENS, CourseRole

LTI_PREFIX = "enrol_lti_"
"""Usernames of people that another platform sends in over LTI: never people of ours (E-46)."""

_ROLES = {
    "student": CourseRole.STUDENT,
    "teacher": CourseRole.TRAINER,
    "teacher_assistant": CourseRole.ASSISTANT,
}
ROLE_WORDS = {role: word for word, role in _ROLES.items()}
"""The words that enrol_user understands; anything else makes a student, or demotes to one (E-24)."""

_RANKS = {CourseRole.OTHER: 0, CourseRole.STUDENT: 1, CourseRole.ASSISTANT: 2, CourseRole.TRAINER: 3}

_DATETIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_DIGITS = 18
"""No id of a database is longer."""


class Misshapen(ValueError):
    """An answer that is JSON but not of the expected shape."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of eClass. `username` is byte-exact, as look-ups need it; `login` is the same in lower case."""

    id: int
    username: str
    name: str = ""
    mail: str = ""

    @property
    def login(self) -> str:
        """The login as we write it."""
        return self.username.lower()


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course. `code` is the key of every other call (E-10); `description` is HTML; `visible` 0 to 3 (closed,
    registration, open, inactive), None where it is not told."""

    id: int
    code: str
    title: str
    public_code: str
    description: str
    visible: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A course as the list of courses shows it: neither public code nor visibility (E-19)."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a course. `registered` false may also mean an unknown person or course (E-22)."""

    registered: bool
    role: CourseRole = CourseRole.OTHER
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of a course; names may repeat (E-28)."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    """A department or category where courses are made."""

    id: int
    code: str
    name: str


def whole(value: Any) -> int:
    """An id: a number, or digits in a string (E-9)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        return int(value)
    raise Misshapen("an id is not a whole number")


def account(value: Any) -> Account:
    """users/?username="""
    row = _row(value)
    return Account(
        whole(row.get("id")),
        _words(row, "username"),
        f"{row.get('firstname') or ''} {row.get('lastname') or ''}".strip(),
        str(row.get("emailaddress") or ""),
    )


def accounts(value: Any) -> tuple[Account, ...]:
    """users/?course_id= and users/?group_id= of the newer API: no role and no date (E-27)."""
    return tuple(account(row) for row in _list(value))


def listed(value: Any) -> tuple[Listed, ...]:
    """courses/: each course once, although the list has a row for each of its departments (E-19)."""
    found = {_words(row, "id"): str(row.get("name") or "") for row in map(_row, _list(value))}
    return tuple(Listed(code, title) for code, title in found.items())


def course_row(value: Any) -> CourseRow | None:
    """courses/?course_id=: a list of one, or an empty one where the code is unknown (E-20)."""
    rows = _list(value)
    if not rows:
        return None
    if len(rows) != 1:
        raise Misshapen("more than one course with one code")
    row = _row(rows[0])
    return CourseRow(
        whole(row.get("id")),
        _words(row, "code"),
        str(row.get("title") or ""),
        str(row.get("public_code") or ""),
        str(row.get("description") or ""),
        None if row.get("visible") is None else whole(row["visible"]),
    )


def standing(value: Any) -> tuple[Standing, str, str]:
    """courses/?course_id=&uname=: the standing, and the course and username that the answer speaks of.

    A status other than teacher, assistant or student is left out by the server: role `OTHER`.
    """
    row = _row(value)
    if row.get("registered") is False:
        return Standing(False), "", ""
    if row.get("registered") is not True:
        raise Misshapen("no word about being registered")
    role = _ROLES.get(str(row.get("status", "")), CourseRole.OTHER)
    return Standing(True, role, moment(row.get("reg_date"))), _words(row, "course_code"), _words(row, "uname")


def moment(value: Any) -> datetime | None:
    """A DATETIME of eClass, naive Europe/Athens (E-47), as aware UTC; None for an empty or a zero date, and for one
    that is on no calendar, which a server without strict SQL keeps (E-34): one such row must not hide everybody else.

    In the hour that autumn repeats, the earlier moment is meant: nobody loses a place by it.
    """
    if not isinstance(value, str) or not value or value.startswith("0000-"):
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ATHENS).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: the first day of all years, in UTC
        if _DATETIME.fullmatch(value):
            return None
        raise Misshapen("a date is not of the form 2026-11-22 20:52:41") from None


def group_rows(value: Any) -> tuple[GroupRow, ...]:
    """groups/?course_id=, lowest id first."""
    rows = [GroupRow(whole(row.get("id")), str(row.get("name") or "")) for row in map(_row, _list(value))]
    return tuple(sorted(rows, key=lambda group: group.id))


def count(value: Any) -> tuple[int, str]:
    """registration/?course_id=: how many members, and of which course; `[]` is 0 and names none (E-30)."""
    rows = _list(value)
    if not rows:
        return 0, ""
    if len(rows) != 1:
        raise Misshapen("more than one count")
    row = _row(rows[0])
    return whole(row.get("count")), _words(row, "code")


def departments(value: Any) -> tuple[Department, ...]:
    """categories/?all=1"""
    return tuple(
        Department(whole(row.get("id")), str(row.get("code") or ""), greek(str(row.get("name") or "")))
        for row in map(_row, _list(value))
    )


def created(value: Any) -> tuple[int | None, str]:
    """POST courses/: the new id and code. No id means that there is no such course, for all its code (E-23)."""
    row = _row(value)
    return (None if row.get("id") is None else whole(row["id"])), _words(row, "code")


def created_group(value: Any) -> int:
    """POST groups/"""
    return whole(_row(value).get("id"))


def ok(value: Any) -> None:
    """POST enroll_user/ and unenroll_user/: nothing but `{"status": "ok"}` will do."""
    if _row(value).get("status") != "ok":
        raise Misshapen("no ok")


def at_least(role: CourseRole, wanted: CourseRole) -> bool:
    """Whether somebody with `role` has all that `wanted` gives, so that nothing is to be done (E-24)."""
    return _RANKS[role] >= _RANKS[wanted]


def member(account: Account, standing: Standing) -> Member:
    """A membership. eClass knows no suspension and does not tell how somebody got in."""
    return Member(account.login, standing.role, standing.since, name=account.name, mail=account.mail)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Misshapen("no list")
    return value


def _row(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misshapen("no object")
    return value


def _words(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise Misshapen(f"no {key}")
    return value


def greek(name: str) -> str:
    """The Greek part of a PHP-serialised name (E-51), or the name."""
    match = re.search(r's:2:"el";s:\d+:"(.*?)";', name)
    return match[1] if match else name
