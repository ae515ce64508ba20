"""Users: create (atomic), update (one by one), delete, look up (M-15 to M-19)."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import (
    CodingError,
    InvalidParameter,
    MissingRecord,
    MoodleFault,
    WriteFailed,
)
from kypek_sync.sandbox.moodle.state import ADMIN, every, insert, marks, one, savepoint, update
from kypek_sync.sandbox.moodle.user_views import account, may_see

AUTHS_WITH_PASSWORD = frozenset({"manual", "email"})
AUTHS = AUTHS_WITH_PASSWORD | {"cas", "db", "ldap", "lti", "nologin", "none", "oauth2", "shibboleth"}
_WIDTHS = {
    "username": 100,
    "firstname": 100,
    "lastname": 100,
    "email": 100,
    "idnumber": 255,
    "institution": 255,
    "department": 255,
    "address": 255,
    "phone1": 20,
    "phone2": 20,
    "city": 120,
    "country": 2,
}
_COLUMNS = ("username", "firstname", "lastname", "email", "idnumber", "auth", "lang")
_TYPED_VALUES = p.Many(p.Single({"type": p.ALPHANUMEXT, "value": p.RAW}))
_DETAILS = {
    "maildisplay": p.optional(p.INT),
    "city": p.optional(p.TEXT),
    "country": p.optional(p.ALPHA),
    "timezone": p.optional(p.TIMEZONE),
    "description": p.optional(p.RAW),
    "firstnamephonetic": p.optional(p.NOTAGS),
    "lastnamephonetic": p.optional(p.NOTAGS),
    "middlename": p.optional(p.NOTAGS),
    "alternatename": p.optional(p.NOTAGS),
    "interests": p.optional(p.TEXT),
    "institution": p.optional(p.TEXT),
    "department": p.optional(p.TEXT),
    "phone1": p.optional(p.NOTAGS),
    "phone2": p.optional(p.NOTAGS),
    "address": p.optional(p.TEXT),
    "calendartype": p.optional(p.PLUGIN),
    "theme": p.optional(p.PLUGIN),
    "mailformat": p.optional(p.INT),
    "customfields": p.optional(_TYPED_VALUES),
    "preferences": p.optional(_TYPED_VALUES),
}
_NEW_USER = p.Single(
    {
        "createpassword": p.optional(p.BOOL),
        "username": p.USERNAME,
        "auth": p.default(p.PLUGIN, "manual"),
        "password": p.optional(p.RAW),
        "firstname": p.NOTAGS,
        "lastname": p.NOTAGS,
        "email": p.RAW,
        "idnumber": p.default(p.RAW, ""),
        "lang": p.default(p.SAFEDIR, "en"),
        **_DETAILS,
    }
)
_CHANGED_USER = p.Single(
    {
        "id": p.INT,
        "username": p.optional(p.USERNAME),
        "auth": p.optional(p.PLUGIN),
        "suspended": p.optional(p.BOOL),
        "password": p.optional(p.RAW),
        "firstname": p.optional(p.NOTAGS),
        "lastname": p.optional(p.NOTAGS),
        "email": p.optional(p.RAW),
        "idnumber": p.optional(p.RAW),
        "lang": p.optional(p.SAFEDIR),
        "userpicture": p.optional(p.INT),
        **_DETAILS,
    }
)


@function("core_user_create_users", writes=True, users=p.Many(_NEW_USER))
def create_users(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Create all or none (M-15)."""
    call.require("moodle/user:create")
    made = []
    for user in params["users"]:
        _check_new(call, user)
        _check_widths(user)
        row_id = insert(
            call.db,
            "users",
            timecreated=call.now,
            details=json.dumps(_details(call, user, {})),
            **{name: user[name] for name in _COLUMNS},
        )
        made.append({"id": row_id, "username": user["username"]})
    return made


def _check_new(call: Call, user: dict[str, Any]) -> None:
    if one(call.db, "select 1 from users where username = ?", user["username"]):
        raise InvalidParameter(f"Username already exists: {user['username']}")
    if user["auth"] not in AUTHS:
        raise InvalidParameter(f"Invalid authentication type: {user['auth']}")
    if user["lang"] != "en":
        raise InvalidParameter(f"Invalid language code: {user['lang']}")
    if user["auth"] in AUTHS_WITH_PASSWORD and not user.get("password") and not user.get("createpassword"):
        raise InvalidParameter("Invalid password: you must provide a password, or set createpassword.")
    if not p.is_email(user["email"]):
        raise InvalidParameter(f"Email address is invalid: {user['email']}")
    if _email_taken(call, user["email"], but=0):
        raise InvalidParameter(f"Email address already exists: {user['email']}")


def _email_taken(call: Call, email: str, but: int) -> bool:
    query = "select 1 from users where lower(email) = lower(?) and id <> ? and deleted = 0"
    return one(call.db, query, email, but) is not None


def _check_widths(user: dict[str, Any]) -> None:
    for name, width in _WIDTHS.items():
        if len(user.get(name, "")) > width:
            raise WriteFailed(f"ERROR:  value too long for type character varying({width})")


def _details(call: Call, user: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The fields kept as one JSON text. An unknown custom field is ignored, a long value cut, both silently (M-15)."""
    lengths = {row["shortname"]: row["maxlength"] for row in every(call.db, "select * from profile_fields")}
    custom = dict(before.get("customfields", {}))
    for given in user.get("customfields", []):
        if given["type"] in lengths:
            custom[given["type"]] = given["value"][: lengths[given["type"]]]
    kept = {key: user[key] for key in _DETAILS if key in user and key not in ("customfields", "preferences")}
    return before | kept | {"customfields": custom}


@function("core_user_update_users", writes=True, users=p.Many(_CHANGED_USER))
def update_users(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Change each on its own; what fails becomes a warning (M-16)."""
    call.require("moodle/user:update")
    warnings = []
    for user in params["users"]:
        try:
            with savepoint(call.db):
                _update(call, user)
        except MoodleFault as fault:
            warnings.append(
                {
                    "item": "user",
                    "itemid": user["id"],
                    "warningcode": fault.errorcode,
                    "message": fault.message,
                }
            )
    return {"warnings": warnings}


def _update(call: Call, user: dict[str, Any]) -> None:
    row = one(call.db, "select * from users where id = ?", user["id"])
    if row is None:
        raise MoodleFault("invaliduserid", "Invalid user ID")
    if row["id"] == ADMIN and not call.caller.admin:
        raise MoodleFault("usernotupdatedadmin", "Cannot update admin accounts")
    if row["deleted"]:
        raise MoodleFault("usernotupdateddeleted", "User is a deleted user")
    if "email" in user and user["email"] != row["email"]:
        if not p.is_email(user["email"]):
            raise MoodleFault("useremailinvalid", "Invalid email address")
        if _email_taken(call, user["email"], but=row["id"]):
            raise MoodleFault("useremailduplicate", "Duplicate email address")
    _check_widths(user)
    changed = {name: user[name] for name in _COLUMNS if name in user}
    if "suspended" in user:
        changed["suspended"] = int(user["suspended"])
    changed["details"] = json.dumps(_details(call, user, json.loads(row["details"])))
    try:
        update(call.db, "users", row["id"], **changed)
    except sqlite3.IntegrityError as error:
        raise WriteFailed(str(error)) from None


@function("core_user_delete_users", writes=True, userids=p.Many(p.INT))
def delete_users(call: Call, params: dict[str, Any]) -> None:
    """Delete all or none. The row stays, renamed and without idnumber (M-17)."""
    call.require("moodle/user:delete")
    for user in params["userids"]:
        row = one(call.db, "select * from users where id = ? and deleted = 0", user)
        if row is None:
            raise MissingRecord("user", "id", user)
        if user == ADMIN:
            raise MoodleFault("useradminodelete", "Admin users cannot be deleted")
        if user == call.caller.userid:
            raise MoodleFault("usernotdeletederror", "User not deleted due to error")
        _delete(call, row)


def _delete(call: Call, row: sqlite3.Row) -> None:
    stamp = call.now
    while one(call.db, "select 1 from users where username = ?", f"{row['email']}.{stamp}".lower()):
        stamp += 1
    hashed = hashlib.md5(row["username"].encode(), usedforsecurity=False).hexdigest()
    update(
        call.db,
        "users",
        row["id"],
        deleted=1,
        idnumber="",
        email=hashed,
        username=f"{row['email']}.{stamp}".lower(),
    )
    for table in ("user_enrolments", "role_assignments", "group_members", "cohort_members", "tokens"):
        call.db.execute(f"delete from {table} where userid = ?", (row["id"],))


@function("core_user_get_users_by_field", field=p.ALPHA, values=p.Many(p.RAW))
def get_users_by_field(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Unknown and invisible users are simply absent (M-10, M-18); a deleted one still answers by id (M-17)."""
    field, values = params["field"], params["values"]
    kind = {"id": "int", "idnumber": "raw", "username": "username", "email": "email"}.get(field)
    if kind is None:
        raise CodingError("invalid field parameter")
    for value in values:
        if p.clean(value, kind) != value:
            raise InvalidParameter(f"The field '{field}' value is invalid: {value}")
    found = every(call.db, f"select * from users where {field} in ({marks(values)}) order by id", *values)
    return [account(call, row) for row in found if row[field] != "" and may_see(call, row)]


_LIKE = ("email", "lastname", "firstname")


@function("core_user_get_users", criteria=p.Many(p.Single({"key": p.ALPHA, "value": p.RAW})))
def get_users(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Search with AND. An unknown key is dropped with a warning: then ALL users come back (M-19)."""
    warnings, wanted = [], {}
    for criterion in params["criteria"]:
        key = criterion["key"]
        if key in wanted:
            raise MoodleFault("keyalreadyset", "error/keyalreadyset", f"The key {key} can only be sent once")
        if key in ("id", "idnumber", "username", "auth", *_LIKE):
            wanted[key] = criterion["value"]
        else:
            message = f"The search key '{key}' is not supported, look at the web service documentation"
            warnings.append({"item": key, "warningcode": "invalidfieldparameter", "message": message})
    if ("firstname" in wanted or "lastname" in wanted) and not call.may("moodle/site:viewfullnames"):
        return {"users": [], "warnings": warnings}
    exact = {key: value for key, value in wanted.items() if key not in _LIKE}
    condition = " and ".join(["deleted = 0", *(f"{key} = ?" for key in exact)])
    found = every(call.db, f"select * from users where {condition} order by id", *exact.values())
    users = [
        account(call, row)
        for row in found
        if may_see(call, row)
        and all(row[key] != "" for key in wanted)
        and all(_like(wanted[key], row[key]) for key in _LIKE if key in wanted)
    ]
    return {"users": users, "warnings": warnings}


def _like(pattern: str, value: str) -> bool:
    """SQL's LIKE without regard to case."""
    expression = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, value, re.IGNORECASE | re.DOTALL) is not None
