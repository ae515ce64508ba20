"""What the reader of eClass's database needs of it, and what it must never see (fact sheet eclass, 3.1 and E-49)."""

from __future__ import annotations

import re

NEEDED: dict[str, tuple[str, ...]] = {
    "agenda": ("id", "course_id", "title", "start", "visible"),
    "announcement": ("id", "course_id", "title", "content", "visible"),
    "course": ("id", "code", "public_code", "title", "description"),
    "course_user": ("course_id", "user_id", "status", "editor", "reg_date"),
    "course_user_request": ("uid", "course_id", "status", "ts"),
    "group": ("id", "course_id", "name"),
    "group_members": ("group_id", "user_id"),
    "hierarchy": ("id", "code", "name"),
    "tc_attendance": ("meetingid", "bbbuserid", "totaltime", "date"),
    "tc_session": ("id", "course_id", "title", "start_date", "end_date", "meeting_id"),
    "user": ("id", "username", "surname", "givenname", "email"),
}
"""The columns that are read, by table. Nothing else has to be granted."""

SECRET_TABLES = frozenset({"config", "api_token", "auth"})
"""Tables full of secrets: keys that sign (`code_key`), tokens in plain text, passwords of directories."""

_SECRET_COLUMN = re.compile(r"passw(or)?d|secret|_pw$|server_key|code_key", re.IGNORECASE)


def is_secret(table: str, column: str) -> bool:
    """Whether a column may hold a secret: of people, courses, meetings, servers or the platform."""
    return table.lower() in SECRET_TABLES or _SECRET_COLUMN.search(column) is not None
