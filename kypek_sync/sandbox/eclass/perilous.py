"""The calls that a client must never use: registeruser/, sso/, clone_course/ (E-31, E-32, E-33).

They are here so that a test can see that nobody calls them, and what it would do.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import quote_plus

from werkzeug.wrappers import Response

from kypek_sync.sandbox.eclass.call import Call, user_by_id
from kypek_sync.sandbox.eclass.courses import next_code
from kypek_sync.sandbox.eclass.php import HTML, ApiError, empty, json_answer, nothing, whole_number
from kypek_sync.sandbox.eclass.schema import TEACHER, aware_athens

_ACCOUNT_SECONDS = 126_144_000


def registeruser(call: Call) -> Response:
    """Registers nobody and echoes a hash of the password, without a token (E-31)."""
    names = ("username", "password", "email")
    if not all(name in call.get for name in names):
        return nothing()
    username, _, email = (call.get.raw(name) for name in names)
    if "@" not in email:
        return json_answer("Not valid email")
    moment = aware_athens(call.now)
    expires = moment + timedelta(seconds=_ACCOUNT_SECONDS)
    return json_answer(
        {
            "username": username,
            "password": f"$2y$10${secrets.token_hex(27)[:53]}",
            "email": email,
            "registered_at": f"FROM_UNIXTIME({int(moment.timestamp())})",
            "expires_at": f"FROM_UNIXTIME({int(expires.timestamp())})",
        }
    )


def sso(call: Call) -> Response:
    """A sign-in address for any user; the older server has no page there (E-32)."""
    call.access.required()
    if "user_id" not in call.get:
        raise ApiError(2, "Required parameter user_id missing")
    user = user_by_id(call, call.get.raw("user_id"))
    token = f"{int(aware_athens(call.now).timestamp())}-{secrets.token_hex(32)}"
    return json_answer({"url": f"{call.base}modules/auth/sso.php?user={quote_plus(user['username'])}&token={token}"})


def clone_course(call: Call) -> Response:
    """Copy a course by its number; the answer names the source, not the copy (E-33). Older: without a token."""
    if not call.posting:
        return nothing()
    if call.newer:
        call.access.required(401)
    values = call.post.posted("id", "department_id", "add_users", "title")
    if empty(values["id"]) or empty(values["department_id"]):
        raise ApiError(2, "For clone a cousre, the following inputs are mandatory: id, department_id")
    department = whole_number(values["department_id"])
    if call.access.departments is not None and department not in call.access.departments:
        refusal = "Access denied: You do not have permission to create courses in this department"
        raise ApiError(403, refusal, 403)
    source = call.db.row("SELECT * FROM course WHERE id = ?", whole_number(values["id"]))
    if source is None or not call.access.sees_course(call.db, source["id"]):
        if call.newer:
            raise ApiError(404, "Course not found or access denied", 404)
        return Response(b"", 303, headers={"Location": call.base}, content_type=HTML)
    title = call.post.raw("title") if "title" in call.post else f"{source['title']} (copy)"
    people = call.post.raw("add_users") if "add_users" in call.post else "none"
    if people not in ("all", "prof", "none"):
        raise ApiError(2, "add_users must be one of the following: all, prof, none")
    _copied(call, dict(source), title, department, people)
    answer = {"id": values["id"], "title": title, "code": source["code"], "department id": values["department_id"]}
    return json_answer(answer)


def _copied(call: Call, course: dict[str, object], title: str, department: int, people: str) -> None:
    source = course.pop("id")
    course |= {
        "title": call.db.fitting("title", title),
        "code": next_code(call.db, department),
        "created": call.now,
        "start_date": call.now[:10],
    }
    marks = ", ".join("?" * len(course))
    number = call.db.write(f"INSERT INTO course ({', '.join(course)}) VALUES ({marks})", *course.values())
    call.db.write("INSERT INTO course_department (course, department) VALUES (?, ?)", number, department)
    if people == "none":
        return
    call.db.write(
        "INSERT INTO course_user (course_id, user_id, status, editor, reg_date)"
        " SELECT ?, user_id, status, editor, ? FROM course_user WHERE course_id = ? AND (? = 'all' OR status = ?)",
        number,
        call.now,
        source,
        people,
        TEACHER,
    )
