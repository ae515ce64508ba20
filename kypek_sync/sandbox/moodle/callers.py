"""Who a token belongs to, and everything that can be wrong with it (M-3, M-4, M-6, M-7)."""

from __future__ import annotations

import json
import sqlite3

from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.moodle.calls import FUNCTIONS, Caller, Function
from kypek_sync.sandbox.moodle.errors import (
    AccessRefused,
    InvalidParameter,
    MissingRecord,
    MoodleFault,
    invalid_token,
    site_maintenance,
)
from kypek_sync.sandbox.moodle.state import ADMIN, one, site_value


def authenticate(db: sqlite3.Connection, token: str | None, address: str, now: int, faults: SystemFaults) -> Caller:
    """The account behind the token. An expired token is deleted at its first use, so the next answer differs (M-4)."""
    row = one(db, "select * from tokens where token = ?", token or "")
    if row is None or faults.take("bad-token"):
        raise invalid_token()
    if row["validuntil"] and row["validuntil"] < now:
        db.execute("delete from tokens where token = ?", (token,))
        raise AccessRefused("Invalid token - token expired - check validuntil time for the token")
    if row["ip"] and row["ip"] != address:
        raise AccessRefused(f"IP:{address} is not supported - check this allowed user")
    user = one(db, "select * from users where id = ? and deleted = 0", row["userid"])
    if user is None:
        raise invalid_token()
    caller = Caller(
        userid=user["id"],
        admin=user["id"] == ADMIN,
        capabilities=None if row["capabilities"] is None else frozenset(json.loads(row["capabilities"])),
        functions=None if row["functions"] is None else frozenset(json.loads(row["functions"])),
    )
    _require_open_site(db, caller, faults)
    _require_working_account(user)
    # Core compares this date the wrong way round: a future one refuses (M-6).
    if row["serviceuntil"] and row["serviceuntil"] > now:
        raise AccessRefused("Invalid service - service expired - check validuntil time for the user")
    return caller.blinded() if faults.take("no-permission") else caller


def _require_open_site(db: sqlite3.Connection, caller: Caller, faults: SystemFaults) -> None:
    struck = faults.take("maintenance")
    if (struck or site_value(db, "maintenance") == "web") and not caller.admin:
        raise site_maintenance()


def _require_working_account(user: sqlite3.Row) -> None:
    name = user["username"]
    if user["suspended"]:
        raise MoodleFault("wsaccessusersuspended", f"Refused web service access for suspended username: {name}")
    if user["auth"] == "nologin":
        raise MoodleFault(
            "wsaccessusernologin", f"Refused web service access for nologin authentication username: {name}"
        )


def function_for(caller: Caller, name: str | None) -> Function:
    """The function of that name, if the service of the token has it."""
    if not name:
        # This is also what a body looks like whose last variable, wsfunction, was cut off (M-12).
        raise InvalidParameter("Missing function name")
    found = FUNCTIONS.get(name)
    if found is None:
        raise MissingRecord("external_functions", "name", name)
    if caller.functions is not None and name not in caller.functions:
        raise AccessRefused(f"Access to the function {name}() is not allowed.")
    return found
