"""What every call of the API is given, and the look-ups that several of them share."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kypek_sync.sandbox.eclass.access import Access, Version
from kypek_sync.sandbox.eclass.php import ApiError, Parameters, whole_number
from kypek_sync.sandbox.eclass.schema import INACTIVE, Database
from kypek_sync.sandbox.faults import SystemFaults


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one call. `now` is naive Europe/Athens as text; `base` is the server's address with a slash."""

    version: Version
    method: str
    get: Parameters
    post: Parameters
    access: Access
    db: Database
    faults: SystemFaults
    now: str
    base: str

    @property
    def newer(self) -> bool:
        """True for the API of 2025."""
        return self.version == "newer"

    @property
    def posting(self) -> bool:
        """True for POST; every other method counts as GET (E-4)."""
        return self.method == "POST"


def course_by_code(call: Call, code: str, *, active: bool = False) -> sqlite3.Row:
    """The course with this code, byte by byte (E-10). Raises `ApiError` 3; `active` leaves out inactive ones."""
    row = call.db.row("SELECT * FROM course WHERE code = ?", code)
    if row is None or (active and row["visible"] == INACTIVE):
        raise ApiError(3, f"Course with id '{code}' not found")
    return row


def user_by_id(call: Call, text: str) -> sqlite3.Row:
    """The user whose number `text` begins with (E-11). Raises `ApiError` 3."""
    row = call.db.row("SELECT * FROM user WHERE id = ?", whole_number(text))
    if row is None:
        raise ApiError(3, f"User with id '{text}' not found")
    return row
