"""The calls that only list: the index, categories/, sections/, registration/, scorms/ (E-29, E-30)."""

from __future__ import annotations

import re

from werkzeug.wrappers import Response

from kypek_sync.sandbox.eclass.call import Call, course_by_code
from kypek_sync.sandbox.eclass.php import ApiError, PhpFatal, json_answer, nothing, whole_number
from kypek_sync.sandbox.eclass.schema import OPEN

_INDEX = (
    ("categories/", "Get platform categories"),
    ("categories/?id={N}", "Get info about category with id {N}"),
    ("courses/", "Get platform courses"),
    ("users/?id={N}", "Get info of user with id {N}"),
    ("users/?username={S}", "Get info of user with username {S}"),
    ("registration/?course_id={S}", "Get registration info"),
)
_OF_COURSES = (
    "FROM hierarchy h JOIN course_department d ON h.id = d.department JOIN course c ON d.course = c.id WHERE {}"
)


def index(call: Call) -> Response:
    """The list of calls, incomplete, without a token. The newer one was not recorded: the older list is played."""
    return json_answer(
        [
            {"url": f"{call.base}api/v1/{path}", "method": "GET", "auth_required": False, "description": text}
            for path, text in _INDEX
        ]
    )


def categories(call: Call) -> Response:
    """Departments, without a token. The older API aggregates without GROUP BY: one row, maybe of nulls (E-29)."""
    if "all" in call.get:
        return _hierarchy(call)
    asked = call.get.raw("id") if "id" in call.get else None
    if call.newer:
        return _categories_mended(call, asked)
    if call.db.setting("sql_mode_full_group_by") == "1":
        raise PhpFatal("ONLY_FULL_GROUP_BY")
    chosen = "h.allow_course = 1" if asked is None else f"h.id = {whole_number(asked)}"
    source = _OF_COURSES.format(chosen)
    first = call.db.row(f"SELECT h.id, h.name, h.description {source} ORDER BY h.id, c.id LIMIT 1")
    earliest = call.db.row(f"SELECT MIN(c.created) AS timemodified {source}")
    row = {
        "id": first["id"] if first else None,
        "name": in_greek(first["name"]) if first else None,
        "description": in_greek(first["description"]) if first else None,
        "timemodified": earliest["timemodified"] if earliest else None,
        "sortorder": 0,
    }
    return json_answer([row] if asked is None else row)


def _categories_mended(call: Call, asked: str | None) -> Response:
    chosen = "h.allow_course = 1" if asked is None else f"h.id = {whole_number(asked)}"
    found = call.db.rows(
        "SELECT h.id, h.name, h.description, MIN(c.created) AS timemodified, 0 AS sortorder "
        f"{_OF_COURSES.format(chosen)} GROUP BY h.id ORDER BY h.name COLLATE greek_ci"
    )
    shown = [{**dict(row), "name": in_greek(row["name"]), "description": in_greek(row["description"])} for row in found]
    if asked is None:
        return json_answer(shown)
    if not shown:
        raise ApiError(3, f"Category with id '{asked}' not found")
    return json_answer(shown[0])


def _hierarchy(call: Call) -> Response:
    """Every department. The older API gives names as stored, which may be PHP-serialised (E-51)."""
    found = call.db.rows("SELECT id, code, description, name FROM hierarchy ORDER BY id")
    if not call.newer:
        return json_answer([dict(row) for row in found])
    return json_answer(
        [{**dict(row), "name": in_greek(row["name"]), "description": in_greek(row["description"])} for row in found]
    )


def in_greek(text: str) -> str:
    """The Greek part of a PHP-serialised array of translations, or the text itself."""
    match = re.search(r's:2:"el";s:\d+:"(.*?)";', text, re.DOTALL)
    return match[1] if match else text


def sections(call: Call) -> Response:
    """Visible units of a course; open courses need no token."""
    if "course_id" not in call.get:
        raise ApiError(2, "Required parameter course_id missing")
    course = course_by_code(call, call.get.raw("course_id"), active=True)
    if course["visible"] != OPEN:
        call.access.required()
    found = call.db.rows(
        "SELECT id, title AS name, comments AS summary FROM course_units"
        " WHERE course_id = ? AND visible = 1 ORDER BY id",
        course["id"],
    )
    return json_answer([dict(row) for row in found])


def registration(call: Call) -> Response:
    """How many members, without a token. Nobody and no such course look alike; no parameter, no word (E-30)."""
    if "course_id" not in call.get:
        return nothing()
    found = call.db.rows(
        "SELECT c.code, COUNT(*) AS count FROM course c JOIN course_user cu ON c.id = cu.course_id"
        " WHERE c.code = ? GROUP BY c.code",
        call.get.raw("course_id"),
    )
    return json_answer([dict(row) for row in found])


def scorms(call: Call) -> Response:
    """scorms/ and scormtracking/: nobody has any here."""
    call.access.required()
    return json_answer([])
