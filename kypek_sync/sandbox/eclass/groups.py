"""groups/: list, read and create the groups of a course; names may repeat (E-28)."""

from __future__ import annotations

import sqlite3

from werkzeug.wrappers import Response

from kypek_sync.sandbox.eclass.call import Call, course_by_code
from kypek_sync.sandbox.eclass.php import ApiError, json_answer, whole_number
from kypek_sync.sandbox.eclass.schema import INACTIVE


def groups(call: Call) -> Response:
    """Route one request to groups/. There is no removal and no renaming."""
    call.access.required()
    if call.posting:
        return _create(call)
    if "group_id" in call.get:
        asked = call.get.raw("group_id")
        group = call.db.row('SELECT * FROM "group" WHERE id = ?', whole_number(asked))
        if group is None:
            raise ApiError(3, f"Group with id '{asked}' not found")
        _refuse_scope(call, group["course_id"])
        return json_answer(_shown(group))
    if "course_id" in call.get:
        course = course_by_code(call, call.get.raw("course_id"), active=True)
        _refuse_scope(call, course["id"])
        found = call.db.rows('SELECT * FROM "group" WHERE course_id = ? ORDER BY id', course["id"])
        return json_answer([_shown(group) for group in found])
    needed = "Required POST parameters: course_id, groupname - required GET parameters: course_id or group_id"
    raise ApiError(3, needed)


def _create(call: Call) -> Response:
    if "course_id" not in call.post:
        # The older message names the wrong parameter.
        raise ApiError(2, f"Required parameter {'course_id' if call.newer else 'user_id'} missing")
    if "groupname" not in call.post:
        raise ApiError(2, "Required parameter groupname missing")
    code = call.post.raw("course_id")
    course = call.db.row("SELECT id FROM course WHERE code = ? AND visible <> ?", code, INACTIVE)
    if course is None:
        # The older message looks for the code in the query, where it is not.
        raise ApiError(3, f"Course with id '{code if call.newer else ''}' not found")
    _refuse_scope(call, course["id"])
    name = call.post.posted("groupname")["groupname"]
    number = call.db.write('INSERT INTO "group" (course_id, name) VALUES (?, ?)', course["id"], name)
    return json_answer({"id": str(number)})


def _shown(group: sqlite3.Row) -> dict[str, object]:
    return {"id": group["id"], "name": group["name"]}


def _refuse_scope(call: Call, course: int) -> None:
    if not call.access.sees_course(call.db, course):
        raise ApiError(403, "Error: course is not in an allowed department", 403)
