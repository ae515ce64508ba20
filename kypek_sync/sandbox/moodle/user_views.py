"""A user as the web services show one: which keys appear depends on what is filled in and on who asks."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from kypek_sync.sandbox.moodle.calls import Call


def full_name(user: sqlite3.Row) -> str:
    """First and last name with one space, even when one of them is blank."""
    return f"{user['firstname']} {user['lastname']}"


def picture(call: Call, size: str = "f1") -> str:
    """The address of the default picture."""
    return f"{call.site_url}/theme/image.php/boost/core/1795374747/u/{size}"


def _details(user: sqlite3.Row) -> dict[str, Any]:
    """The fields that few have filled in."""
    stored = user["details"]
    return {} if stored == "{}" else json.loads(stored)  # most have none, and lists have hundreds


def person(user: sqlite3.Row) -> dict[str, Any]:
    """The identity part: names, address, and those optional fields that are filled in."""
    details = _details(user)
    shown: dict[str, Any] = {
        "id": user["id"],
        "username": user["username"],
        "firstname": user["firstname"],
        "lastname": user["lastname"],
        "fullname": full_name(user),
        "email": user["email"],
    }
    shown |= {key: details[key] for key in ("address", "phone1", "phone2") if details.get(key)}
    shown["department"] = details.get("department", "")
    if details.get("institution"):
        shown["institution"] = details["institution"]
    if user["idnumber"]:
        shown["idnumber"] = user["idnumber"]
    return shown | {"firstaccess": 0, "lastaccess": 0}


def place(user: sqlite3.Row) -> dict[str, Any]:
    """Description, city and country, where filled in."""
    details = _details(user)
    shown = {"description": details["description"], "descriptionformat": 1} if details.get("description") else {}
    return shown | {key: details[key] for key in ("city", "country") if details.get(key)}


def pictures(call: Call) -> dict[str, Any]:
    """The two picture addresses."""
    return {"profileimageurlsmall": picture(call, "f2"), "profileimageurl": picture(call)}


def account(call: Call, user: sqlite3.Row) -> dict[str, Any]:
    """Everything that `core_user_get_users` and `…_by_field` tell about a user."""
    details = _details(user)
    shown = person(user) | {
        "auth": user["auth"],
        "suspended": bool(user["suspended"]),
        "confirmed": True,
        "lang": user["lang"],
        "theme": "",
        "timezone": details.get("timezone", "99"),
        "mailformat": details.get("mailformat", 1),
        "trackforums": 0,
    }
    shown |= place(user) | pictures(call)
    if details.get("customfields"):
        shown["customfields"] = [
            {"type": "text", "value": value, "displayvalue": value, "name": name, "shortname": name}
            for name, value in sorted(details["customfields"].items())
        ]
    if user["id"] == call.caller.userid:
        shown["preferences"] = [
            {"name": "auth_manual_passwordupdatetime", "value": str(call.now)},
            {"name": "last_time_enrolments_synced", "value": str(call.now)},
            {"name": "_lastloaded", "value": call.now},
        ]
    return shown


def may_see(call: Call, user: sqlite3.Row) -> bool:
    """Whether the caller sees this user at all; if not, the user is simply absent from the answer (M-10)."""
    return call.may("moodle/user:viewdetails") or (user["id"] == call.caller.userid and not call.caller.blind)
