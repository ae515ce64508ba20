"""enroll_user/ and unenroll_user/ (E-24 to E-26)."""

from __future__ import annotations

import re

from werkzeug.wrappers import Response

from kypek_sync.sandbox.eclass.call import Call, course_by_code, user_by_id
from kypek_sync.sandbox.eclass.php import ApiError, empty, json_answer, whole_number
from kypek_sync.sandbox.eclass.schema import STUDENT, TEACHER

# `enrolement`, `unenrolement` are the server's own spellings.
_ENROL_HELP = (
    "Required parameters for user enrolement missing: user_id, {course_id|group_id},"
    " [role_id = {student|teacher|teacher_assistant}]"
)
_UNENROL_HELP = "parameters for user unenrolement missing: user_id, course_id"


def enroll_user(call: Call) -> Response:
    """Upsert a membership, and a group membership with it. The token's scope is not looked at (E-25)."""
    call.access.required()
    values = call.post.posted("user_id", "course_id", "group_id", "role_id")
    code, group_id = values["course_id"], values["group_id"]
    if empty(values["user_id"]) or (empty(code) and empty(group_id)):
        raise ApiError(2, _ENROL_HELP)
    user = user_by_id(call, values["user_id"])["id"]
    course = None if empty(code) else course_by_code(call, code)["id"]
    group = None
    if not empty(group_id):
        group = call.db.row('SELECT id, course_id FROM "group" WHERE id = ?', whole_number(group_id))
        if group is None:
            raise ApiError(3, f"Group with id '{group_id}' not found")
        if course is not None and course != group["course_id"]:
            raise ApiError(4, f"Group with id '{group_id}' doesn't belong to course '{code}'")
        course = group["course_id"]
    status, editor = _role(call, values["role_id"])
    call.db.write(
        "INSERT INTO course_user (course_id, user_id, status, editor, reg_date) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET status = excluded.status, editor = excluded.editor",
        course,
        user,
        status,
        editor,
        call.now,
    )
    if group is not None:
        call.db.write("INSERT OR IGNORE INTO group_members (group_id, user_id) VALUES (?, ?)", group["id"], user)
    return json_answer({"status": "ok"})


def _role(call: Call, word: str) -> tuple[int, int]:
    """Status and editor. No role, or an unknown one, means student, also for one who was teacher (E-24)."""
    if call.newer and re.fullmatch(r"\s*0*[15](\.0*)?\s*", word):
        return (TEACHER if "1" in word else STUDENT), 0
    if word == "teacher":
        return TEACHER, 0
    return STUDENT, int(word == "teacher_assistant")


def unenroll_user(call: Call) -> Response:
    """End a membership; ok for somebody who has none. The older API leaves the group memberships behind (E-26)."""
    call.access.required()
    if not call.posting:
        raise ApiError(2, f"Required POST {_UNENROL_HELP}")
    values = call.post.posted("user_id", "course_id")
    if empty(values["user_id"]) or empty(values["course_id"]):
        raise ApiError(2, f"Required {_UNENROL_HELP}")
    user = user_by_id(call, values["user_id"])["id"]
    course = course_by_code(call, values["course_id"])["id"]
    if call.newer and call.faults.take("unenrol-fails"):
        failed = f"Error unenrolling user '{values['user_id']}' from course '{values['course_id']}'"
        raise ApiError(500, failed, 500)
    call.db.write("DELETE FROM course_user WHERE course_id = ? AND user_id = ?", course, user)
    if call.newer:
        call.db.write(
            'DELETE FROM group_members WHERE user_id = ? AND group_id IN (SELECT id FROM "group" WHERE course_id = ?)',
            user,
            course,
        )
    return json_answer({"status": "ok"})
