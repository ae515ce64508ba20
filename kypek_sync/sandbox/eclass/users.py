"""users/: read, create and (newer) update people, and the newer member lists (E-14 to E-18, E-25, E-27)."""

from __future__ import annotations

import secrets
import sqlite3

from werkzeug.wrappers import Response

from kypek_sync.sandbox.eclass.call import Call
from kypek_sync.sandbox.eclass.php import HTML, ApiError, empty, json_answer, whole_number
from kypek_sync.sandbox.eclass.schema import STUDENT, SqlFailure

LOCAL_PASSWORD = "$2y$10$"
"""What a hash in `user.password` begins with. A sign-in method's own name stands there otherwise."""
AUTH_METHODS = ("eclass", "pop3", "imap", "ldap", "db", "shibboleth", "cas")
"""Sign-in methods in the order of their numbers, up to the ones that a school network uses."""


def users(call: Call) -> Response:
    """Route one request to users/."""
    call.access.required()
    if call.posting:
        return _newer_post(call) if call.newer else _older_post(call)
    if call.newer and "course_id" in call.get:
        return _course_members(call)
    if call.newer and "group_id" in call.get:
        return _group_members(call)
    if "username" in call.get or "id" in call.get:
        return _one_user(call)
    if call.newer and "emailaddress" in call.get:
        return _users_by_email(call)
    needed = "username, firstname, lastname, emailaddress, adt"
    raise ApiError(2, f"Required POST parameters for user creation missing: {needed}")


def _shown(user: sqlite3.Row) -> dict[str, object]:
    return {
        "id": user["id"],
        "username": user["username"],
        "firstname": user["givenname"],
        "lastname": user["surname"],
        "emailaddress": user["email"],
        "adt": user["am"],
    }


def _one_user(call: Call) -> Response:
    if "username" in call.get:
        username = call.get.raw("username")
        user = call.db.row("SELECT * FROM user WHERE username = ?", username)
        missing = f"User with username '{username}' not found"
    else:
        asked = call.get.raw("id")
        user = call.db.row("SELECT * FROM user WHERE id = ?", whole_number(asked))
        missing = f"User with id '{asked} not found"
    if user is None:
        raise ApiError(3, missing)
    _refuse_foreign(call, user["id"])
    return json_answer(_shown(user))


def _users_by_email(call: Call) -> Response:
    address = call.get.raw("emailaddress")
    found = call.db.rows("SELECT * FROM user WHERE email = ? COLLATE greek_ci ORDER BY id", address)
    seen = [_shown(user) for user in found if call.access.sees_user(call.db, user["id"])]
    if not seen:
        raise ApiError(404, f"No user with email '{address}' found")
    return json_answer(seen)


def _course_members(call: Call) -> Response:
    """No role, no date, text/html; an unknown course looks like an empty one (E-8, E-27)."""
    course = call.db.row("SELECT id FROM course WHERE code = ?", call.get.raw("course_id"))
    number = course["id"] if course else 0
    _refuse_scope(call, number)
    return _member_list(call, "SELECT user_id FROM course_user WHERE course_id = ?", number)


def _group_members(call: Call) -> Response:
    asked = call.get.raw("group_id")
    group = call.db.row('SELECT id, course_id FROM "group" WHERE id = ?', whole_number(asked))
    if group is None:
        raise ApiError(404, f"Group with id '{asked}' not found", 404)
    _refuse_scope(call, group["course_id"])
    return _member_list(call, "SELECT user_id FROM group_members WHERE group_id = ?", group["id"])


def _member_list(call: Call, who: str, key: int) -> Response:
    if call.faults.take("members-empty"):
        return json_answer([], HTML)
    found = call.db.rows(f"SELECT * FROM user WHERE id IN ({who}) ORDER BY id", key)
    return json_answer([_shown(user) for user in found if call.access.sees_user(call.db, user["id"])], HTML)


def _refuse_scope(call: Call, course: int) -> None:
    if call.access.courses is not None and course not in call.access.courses:
        raise ApiError(403, "Course is not valid for this API token", 403)
    if not call.access.sees_course(call.db, course):
        raise ApiError(403, "Error: course is not in an allowed department", 403)


def _refuse_foreign(call: Call, user: int) -> None:
    if not call.access.sees_user(call.db, user):
        raise ApiError(403, "Error: user is not in an allowed department", 403)


def _posted(call: Call, optional: tuple[str, ...]) -> dict[str, str]:
    required = ("username", "firstname", "lastname", "emailaddress")
    values = call.post.posted(*required, *optional)
    if any(empty(values[name]) for name in required):
        wanted = ", ".join([*required, *(f"[{name}]" for name in optional)])
        raise ApiError(2, f"Required parameters for user creation missing: {wanted}")
    return values


def _older_post(call: Call) -> Response:
    """Create only: an existing username is an error (E-14), the account is a local one (E-15)."""
    values = _posted(call, ("adt",))
    if call.db.row("SELECT id FROM user WHERE username = ?", values["username"]):
        raise ApiError(20, "Error creating user")
    return json_answer({"id": str(_created(call, values, LOCAL_PASSWORD + secrets.token_hex(20)))})


def _created(call: Call, values: dict[str, str], password: str) -> int:
    """The new user's id. The address is trimmed and lower-cased, not validated (E-18)."""
    try:
        return call.db.write(
            "INSERT INTO user (username, surname, givenname, password, email, am, status, registered_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            call.db.fitting("username", values["username"]),
            call.db.fitting("surname", values["lastname"]),
            call.db.fitting("givenname", values["firstname"]),
            password,
            call.db.fitting("email", values["emailaddress"].lower()),
            call.db.fitting("am", values["adt"]),
            STUDENT,
            call.now,
            f"{int(call.now[:4]) + 4}{call.now[4:]}",
        )
    except (SqlFailure, sqlite3.IntegrityError) as problem:
        raise ApiError(20, "Error creating user") from problem


def _newer_post(call: Call) -> Response:
    """Create or update. The password goes back in plain text (E-17)."""
    values = _posted(call, ("adt", "password", "auth"))
    auth, password = values["auth"], values["password"]
    _refuse_auth(call, auth)
    user = call.db.row("SELECT * FROM user WHERE username = ?", values["username"])
    answer: dict[str, object]
    if user is None:
        if empty(auth) and password == "":
            password = secrets.token_urlsafe(9)
        stored = LOCAL_PASSWORD + secrets.token_hex(20) if empty(auth) else auth
        answer = {"id": str(_created(call, values, stored)), "status": "created"}
    else:
        if call.db.row("SELECT user_id FROM admin WHERE user_id = ?", user["id"]):
            raise ApiError(403, "Mofifying privileged users is not allowed")
        _refuse_foreign(call, user["id"])
        _updated(call, user, values)
        answer = {"id": user["id"], "status": "updated"}
    if not empty(auth):
        answer["auth"] = auth
    elif password != "":
        answer["password"] = password
    return json_answer(answer)


def _refuse_auth(call: Call, auth: str) -> None:
    if empty(auth):
        return
    active = call.db.setting("auth_methods", "eclass,ldap,cas").split(",")
    allowed = [name for name in AUTH_METHODS if name in active and name != "eclass"]
    if auth not in allowed:
        raise ApiError(2, f"Invalid authentication method. Allowed methods are: {', '.join(allowed)}")


def _updated(call: Call, user: sqlite3.Row, values: dict[str, str]) -> None:
    """Write only if a name, the address, the am or a password differs: a new `auth` alone is dropped (E-16).

    The address is not lower-cased here. Under a strict sql_mode what does not fit is lost without a word (E-7).
    """
    old = (user["surname"], user["givenname"], user["email"], user["am"])
    new = (values["lastname"], values["firstname"], values["emailaddress"], values["adt"])
    if old == new and values["password"] == "":
        return
    try:
        call.db.write(
            "UPDATE user SET surname = ?, givenname = ?, email = ? WHERE id = ?",
            *(call.db.fitting("", one) for one in new[:3]),
            user["id"],
        )
        if not empty(values["auth"]):
            call.db.write("UPDATE user SET password = ? WHERE id = ?", values["auth"], user["id"])
        elif values["password"] != "":
            hashed = LOCAL_PASSWORD + secrets.token_hex(20)
            call.db.write("UPDATE user SET password = ? WHERE id = ?", hashed, user["id"])
        if "adt" in call.post:
            call.db.write("UPDATE user SET am = ? WHERE id = ?", call.db.fitting("am", values["adt"]), user["id"])
    except SqlFailure:
        return
