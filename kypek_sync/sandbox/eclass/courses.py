"""courses/: list, read, who is registered, create (E-10, E-19 to E-23)."""

from __future__ import annotations

import sqlite3

from werkzeug.wrappers import Response

from kypek_sync.sandbox.eclass.call import Call
from kypek_sync.sandbox.eclass.php import ApiError, Died, empty, json_answer, whole_number
from kypek_sync.sandbox.eclass.schema import INACTIVE, STUDENT, TEACHER, Database, SqlFailure

VISIBLE = {"closed": 0, "registration": 1, "open": 2, "inactive": 3}
LICENSES = {
    "No": 0,
    "CC": 1,
    "CC-ShareAlike": 2,
    "CC-NoDerivatives": 3,
    "CC-NonCommercial": 4,
    "CC-NonCommercialShareAlike": 5,
    "CC-NonCommercialNoDerivatives": 6,
    "AllRights": 10,
}
VIEW_TYPES = ("simple", "units", "wall", "flippedclassroom")
LANGUAGES = ("el", "en")
QUOTAS = ("doc_quota", "group_quota", "video_quota", "dropbox_quota")
MEGABYTE = 1024 * 1024


def courses(call: Call) -> Response:
    """Route one request to courses/."""
    call.access.required()
    if call.posting:
        return _create(call)
    if "course_id" in call.get and "uname" in call.get:
        return _registered(call)
    if "course_id" in call.get:
        found = call.db.rows("SELECT * FROM course WHERE code = ?", call.get.raw("course_id"))
        return json_answer([dict(row) for row in _seen(call, found)])
    if "uname" in call.get:
        return _taught(call)
    return _all_courses(call)


def _seen(call: Call, rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    """The newer API filters single courses by department only, not by the token's list of courses."""
    return [row for row in rows if call.access.sees_course(call.db, row["id"])]


def _registered(call: Call) -> Response:
    """`{registered: false}` for an unknown user or course too (E-22)."""
    code, username = call.get.raw("course_id"), call.get.raw("uname")
    row = call.db.row(
        "SELECT cu.*, c.id FROM course_user cu JOIN user u ON cu.user_id = u.id JOIN course c ON cu.course_id = c.id"
        " WHERE c.code = ? AND u.username = ?",
        code,
        username,
    )
    if row is None or not call.access.sees_course(call.db, row["course_id"]):
        return json_answer({"registered": False})
    answer = {
        "registered": True,
        "course_code": code,
        "course_id": row["course_id"],
        "uname": username,
        "user_id": row["user_id"],
    }
    if row["status"] in (TEACHER, STUDENT):
        answer["status"] = role_word(row["status"], row["editor"])
    return json_answer({**answer, "reg_date": row["reg_date"]})


def role_word(status: int, editor: int) -> str:
    """The word that the API uses for a membership."""
    if status == TEACHER:
        return "teacher"
    return "teacher_assistant" if editor == 1 else "student"


def _taught(call: Call) -> Response:
    """Only the courses where the person is teacher (E-21)."""
    found = call.db.rows(
        "SELECT c.* FROM course c JOIN course_user cu ON cu.course_id = c.id JOIN user u ON u.id = cu.user_id"
        " WHERE cu.status = ? AND u.username = ? ORDER BY c.id",
        TEACHER,
        call.get.raw("uname"),
    )
    return json_answer([dict(row) for row in _seen(call, found)])


def _all_courses(call: Call) -> Response:
    """One row per department, inactive ones left out, no public_code (E-19)."""
    found = call.db.rows(
        "SELECT c.id AS number, c.code AS id, c.title AS name, c.title AS shortname, d.department AS categoryid,"
        " '' AS summary, c.description, c.created AS timecreated, c.created AS timemodified"
        " FROM course c JOIN course_department d ON c.id = d.course WHERE c.visible <> ?"
        " ORDER BY c.title COLLATE greek_ci, c.id",
        INACTIVE,
    )
    scope = call.access
    shown = [
        {name: value for name, value in dict(row).items() if name != "number"}
        for row in found
        if (scope.courses is None or row["number"] in scope.courses)
        and (scope.departments is None or row["categoryid"] in scope.departments)
    ]
    return json_answer(shown)


def next_code(db: Database, department: int) -> str:
    """The next course code of a department; the number is used up even if no course follows (E-23).

    Raises `Died` with eClass's own words for an unknown department.
    """
    row = db.row(
        "SELECT code, MAX(generator) AS last FROM hierarchy"
        " WHERE code = (SELECT code FROM hierarchy WHERE id = ?) GROUP BY code",
        department,
    )
    if row is None:
        raise Died("Course Code is empty!")
    number = row["last"] + 1
    while db.row("SELECT id FROM course WHERE code = ?", f"{row['code']}{number}"):
        number += 1
    db.write("UPDATE hierarchy SET generator = ? WHERE id = ?", number, department)
    return f"{row['code']}{number}".upper().replace(" ", "")


def _create(call: Call) -> Response:
    """Create a course. Not idempotent; every refusal after the number is drawn burns it (E-23)."""
    values = call.post.posted(
        "title", "department_id", "description", "prof_names", "public_code", "lang", "visible", *QUOTAS
    )
    if empty(values["title"]) or empty(values["department_id"]):
        raise ApiError(2, "For creating a cousre, the following inputs are mandatory: title, department_id")
    department = whole_number(values["department_id"])
    if call.access.departments is not None and department not in call.access.departments:
        refusal = "Access denied: You do not have permission to create courses in this department"
        raise ApiError(403, refusal, 403)
    code = next_code(call.db, department)
    quotas = {name: _quota(call, name, values[name]) for name in QUOTAS}
    lang = _language(call)
    visible = _mapped(call, "visible", VISIBLE, "closed / registration / open / inactive", "2")
    course_license = _mapped(call, "course_license", LICENSES, " / ".join(LICENSES), "0")
    view_type = call.post.raw("view_type") or "simple"
    if view_type not in VIEW_TYPES:
        raise ApiError(20, f"view_type input must be one of the following: {' / '.join(VIEW_TYPES)}")
    answer: dict[str, object] = {
        "id": None,
        "title": values["title"],
        "code": code,
        "department id": values["department_id"],
        "password": call.post.raw("password"),
        "lang": lang,
        "visible": visible,
        "course_license": course_license,
        "prof_names": values["prof_names"],
        "public_code": values["public_code"] if "public_code" in call.post else code,
        "view_type": view_type,
        "description": values["description"],
        **quotas,
    }
    answer["id"] = _stored(call, answer, department)
    return json_answer(answer)


def _stored(call: Call, answer: dict[str, object], department: int) -> str | None:
    """The new id as text, or None when the database refuses: the answer looks like a success all the same (E-23)."""
    if call.faults.take("course-null-id"):
        return None
    try:
        title = call.db.fitting("title", str(answer["title"]))
    except SqlFailure:
        return None
    columns = ("code", "password", "lang", "visible", "course_license", "prof_names", "public_code", "view_type")
    number = call.db.write(
        f"INSERT INTO course ({', '.join(columns)}, description, title, created, start_date, {', '.join(QUOTAS)})"
        f" VALUES ({', '.join('?' * (len(columns) + 8))})",
        *(answer[name] for name in columns),
        answer["description"],
        title,
        call.now,
        call.now[:10],
        *(whole_number(str(answer[name])) * MEGABYTE for name in QUOTAS),
    )
    call.db.write("INSERT INTO course_department (course, department) VALUES (?, ?)", number, department)
    return str(number)


def _quota(call: Call, name: str, value: str) -> str:
    if name not in call.post:
        return "500"
    if whole_number(value) <= 0:
        raise ApiError(20, f"{name} input must be a number and higher than zero")
    return value


def _language(call: Call) -> str:
    lang = call.post.raw("lang") if "lang" in call.post else "el"
    if lang not in LANGUAGES:
        raise ApiError(20, f"lang input must be one of the following: {', '.join(LANGUAGES)}")
    return lang


def _mapped(call: Call, name: str, words: dict[str, int], listed: str, default: str) -> int | str:
    """The number behind a word; a text when the default is taken, as the real answer has it (E-9)."""
    if name not in call.post:
        return default
    word = call.post.raw(name)
    if word not in words:
        raise ApiError(20, f"{name} input must be one of the following: {listed}")
    return words[word]
