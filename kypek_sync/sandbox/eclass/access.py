"""Who may ask: the token of a request and its scope (fact sheet, section 2.1; E-2, E-3, E-25, E-35)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

from werkzeug.wrappers import Request

from kypek_sync.sandbox.eclass.php import ApiError, Parameters
from kypek_sync.sandbox.eclass.schema import Database

Version = Literal["older", "newer"]
_PRIVATE = tuple(ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"))


@dataclass(frozen=True, slots=True)
class Access:
    """What a request may see. `courses` and `departments` are None when the token sets no such limit."""

    valid: bool = False
    courses: frozenset[int] | None = None
    departments: frozenset[int] | None = None

    def required(self, code: int = 100) -> None:
        """Raises `ApiError` 100 (clone_course: 401) without a valid token."""
        if not self.valid:
            raise ApiError(code, "Authentication required")

    def sees_course(self, db: Database, course: int) -> bool:
        """Is the course in a department of the token?"""
        return self._sees(db, "SELECT department FROM course_department WHERE course = ?", course)

    def sees_user(self, db: Database, user: int) -> bool:
        """Has the person a department of the token? Most people have none at all (E-27)."""
        return self._sees(db, "SELECT department FROM user_department WHERE user = ?", user)

    def _sees(self, db: Database, sql: str, key: int) -> bool:
        if self.departments is None:
            return True
        return any(row["department"] in self.departments for row in db.rows(sql, key))


def token_of(request: Request, get: Parameters, post: Parameters) -> str:
    """The token, from the query, the form, or the header, where `Bearer` is case-sensitive (E-3); or an empty text."""
    match = re.search(r"Bearer\s+(\S+)", request.headers.get("Authorization", ""))
    return get.raw("token") or post.raw("token") or (match[1] if match else "")


def access_of(token: str, request: Request, db: Database, version: Version, now: str) -> Access:
    """The access that a token gives; `now` is naive Europe/Athens. Raises `ApiError` 1 if it is not valid."""
    row = db.row("SELECT * FROM api_token WHERE token = ? AND enabled = 1 AND expired >= ?", token, now)
    if row is None or not _address_allowed(row["ip"], request):
        raise ApiError(1, "The token provided was not valid")
    if version == "older":
        return Access(valid=True)
    courses = db.rows("SELECT course_id FROM api_token_course WHERE token_id = ?", row["id"])
    return Access(
        valid=True,
        courses=None if row["all_courses"] else frozenset(c["course_id"] for c in courses),
        departments=None if row["department_id"] is None else _descendants(db, row["department_id"]),
    )


def _descendants(db: Database, department: int) -> frozenset[int]:
    found = db.rows(
        "SELECT child.id FROM hierarchy child JOIN hierarchy top ON child.lft BETWEEN top.lft AND top.rgt"
        " WHERE top.id = ?",
        department,
    )
    return frozenset(row["id"] for row in found)


def _address_allowed(allowed: str, request: Request) -> bool:
    if not allowed.split():
        return True
    caller = _caller(request)
    return any(caller in ipaddress.ip_network(one, strict=False) for one in allowed.split())


def _caller(request: Request) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address eClass believes: a public one in X-Forwarded-For beats the real one, so it can be forged (E-35)."""
    claimed = request.headers.get("X-Forwarded-For", "").split(",")[0].strip()
    try:
        forwarded = ipaddress.ip_address(claimed)
    except ValueError:
        return ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    if any(forwarded in network for network in _PRIVATE):
        return ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    return forwarded
