"""The operations of the rpc/encoded service, with the meanings of MantisBT."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Callable, Mapping
from typing import NamedTuple

import kypek_sync.sandbox.soap_helpdesk.issues as issues
import kypek_sync.sandbox.soap_helpdesk.searching as searching
from kypek_sync.sandbox.soap_helpdesk.envelope import ATHENS, Value, moment, text, whole
from kypek_sync.sandbox.soap_helpdesk.issues import Actor, DataFault
from kypek_sync.sandbox.soap_helpdesk.store import ROBOT

VERSION = "2.29.0-dev"
MANAGER = 70

Arguments = Mapping[str, Value]
Result = dict[str, object]


class Call(NamedTuple):
    """What a handler works with: the database, the arguments, who calls and when."""

    db: sqlite3.Connection
    given: Arguments
    actor: Actor


Handler = Callable[[Call], object]


def login(call: Call) -> Result:
    """Who the account is."""
    return {"account_data": _person(call.db, call.actor.user), "access_level": MANAGER, "timezone": "Europe/Athens"}


def enum_status(_call: Call) -> list[Result]:
    """The states and their ids."""
    return [_reference(number, issues.STATUSES) for number in issues.STATUSES]


def projects(call: Call) -> list[Result]:
    """The projects that the account may see."""
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "status": {"id": 10, "name": "development"},
            "enabled": True,
            "view_state": {"id": 10, "name": "public"},
            "access_min": {"id": 10, "name": "viewer"},
            "file_path": "",
            "description": row["description"],
            "subprojects": [],
        }
        for row in call.db.execute("SELECT * FROM projects ORDER BY name")
    ]


def categories(call: Call) -> list[str]:
    """The categories of a project."""
    project = _known_project(call.db, call.given)
    rows = call.db.execute("SELECT name FROM categories WHERE project = ? ORDER BY name", (project,))
    return [row["name"] for row in rows]


def custom_fields(call: Call) -> list[Result]:
    """The custom fields of a project: plain text, without limits."""
    _known_project(call.db, call.given)
    switches = [
        f"{verb}_{moment}" for verb in ("display", "require") for moment in ("report", "update", "resolved", "closed")
    ]
    plain: Result = {name: name == "display_update" for name in switches}
    return [
        {"field": {"id": row["id"], "name": row["name"]}}
        | dict.fromkeys(("type", "access_level_r", "access_level_rw", "length_min", "length_max"), 0)
        | dict.fromkeys(("possible_values", "default_value", "valid_regexp"), "")
        | plain
        for row in call.db.execute("SELECT * FROM custom_fields ORDER BY id")
    ]


def exists(call: Call) -> bool:
    """Whether there is such an issue."""
    number = whole(call.given.get("issue_id"))
    return call.db.execute("SELECT 1 FROM issues WHERE id = ?", (number,)).fetchone() is not None


def get(call: Call) -> Result:
    """One issue; a missing argument is read as 0."""
    return _issue(call.db, issues.get(call.db, whole(call.given.get("issue_id"))))


def history(call: Call) -> list[Result]:
    """What happened to an issue, the oldest first."""
    issue = issues.get(call.db, whole(call.given.get("issue_id")))
    sql = (
        "SELECT h.*, coalesce(u.name, '') AS username FROM history h LEFT JOIN users u ON u.id = h.user"
        " WHERE h.issue = ? ORDER BY h.id"
    )
    return [
        {name: row[name] for name in ("date", "username", "field", "type", "old_value", "new_value")}
        | {"userid": row["user"]}
        for row in call.db.execute(sql, (issue["id"],))
    ]


def add(call: Call) -> int:
    """A new issue."""
    return issues.add(call.db, _structure(call.given.get("issue")), call.actor)


def update(call: Call) -> bool:
    """Near-full replacement of an issue, without a lock (H-23)."""
    issues.update(call.db, whole(call.given.get("issueId")), _structure(call.given.get("issue")), call.actor)
    return True


def note_add(call: Call) -> int:
    """A note, public unless said otherwise."""
    note = _structure(call.given.get("note"))
    state = issues.enumerated(note.get("view_state") or {"id": "10"}, issues.VIEW_STATES)
    actor = call.actor
    if note.get("reporter") is not None:
        actor = actor._replace(user=issues.account(call.db, note["reporter"]))
    return issues.add_note(call.db, whole(call.given.get("issue_id")), text(note.get("text")), state, actor)


def attachment_add(call: Call) -> int:
    """A file on an issue; Greek names are fine."""
    try:
        content = base64.b64decode(text(call.given.get("content")))
    except binascii.Error:
        raise DataFault("Invalid attachment content.") from None
    name, kind = text(call.given.get("name")), text(call.given.get("file_type"))
    return issues.add_file(call.db, whole(call.given.get("issue_id")), name, kind, content, call.actor)


def search_issues(call: Call) -> list[Result]:
    """Whole issues by filter."""
    return [_issue(call.db, row) for row in _found(call.db, call.given)]


def search_headers(call: Call) -> list[Result]:
    """Headers of issues by filter."""
    return [_header(call.db, row) for row in _found(call.db, call.given)]


def search_ids(call: Call) -> list[int]:
    """Ids of issues by filter."""
    return [row["id"] for row in _found(call.db, call.given)]


def project_headers(call: Call) -> list[Result]:
    """Headers of the issues of a project that are not closed (H-28)."""
    project, page, size = (whole(call.given.get(name)) for name in ("project_id", "page_number", "per_page"))
    return [_header(call.db, row) for row in searching.of_project(call.db, project, page, size, ATHENS)]


HANDLERS: dict[str, Handler] = {
    "mc_login": login,
    "mc_enum_status": enum_status,
    "mc_projects_get_user_accessible": projects,
    "mc_project_get_categories": categories,
    "mc_project_get_custom_fields": custom_fields,
    "mc_project_get_issue_headers": project_headers,
    "mc_issue_exists": exists,
    "mc_issue_get": get,
    "mc_issue_get_history": history,
    "mc_issue_add": add,
    "mc_issue_update": update,
    "mc_issue_note_add": note_add,
    "mc_issue_attachment_add": attachment_add,
    "mc_filter_search_issues": search_issues,
    "mc_filter_search_issue_headers": search_headers,
    "mc_filter_search_issue_ids": search_ids,
}


def _found(db: sqlite3.Connection, given: Arguments) -> list[sqlite3.Row]:
    page, size = whole(given.get("page_number")), whole(given.get("per_page"))
    return searching.search(db, _structure(given.get("filter")), page, size, ATHENS)


def _structure(given: Value) -> dict[str, Value]:
    return given if isinstance(given, dict) else {}


def _known_project(db: sqlite3.Connection, given: Arguments) -> int:
    project = whole(given.get("project_id"))
    if db.execute("SELECT 1 FROM projects WHERE id = ?", (project,)).fetchone() is None:
        raise DataFault(f"Project '{project}' does not exist.")
    return project


def _reference(number: int, names: dict[int, str]) -> Result:
    return {"id": number, "name": names.get(number, f"@{number}@")}


def _person(db: sqlite3.Connection, number: int) -> Result:
    row = db.execute("SELECT * FROM users WHERE id = ?", (number,)).fetchone()
    return dict(row) if row else {"id": number}


def _issue(db: sqlite3.Connection, row: sqlite3.Row) -> Result:
    number = row["id"]
    (project,) = db.execute("SELECT name FROM projects WHERE id = ?", (row["project"],)).fetchone()
    values = db.execute(
        "SELECT f.id, f.name, coalesce(v.value, '') AS value FROM custom_fields f"
        " LEFT JOIN custom_values v ON v.field = f.id AND v.issue = ? ORDER BY f.id",
        (number,),
    )
    issue: Result = {
        "id": number,
        "view_state": _reference(row["view_state"], issues.VIEW_STATES),
        "last_updated": moment(row["updated"]),
        "project": {"id": row["project"], "name": project},
        "category": row["category"],
        "priority": _reference(row["priority"], issues.PRIORITIES),
        "severity": _reference(row["severity"], issues.SEVERITIES),
        "status": _reference(row["status"], issues.STATUSES),
        "reporter": _person(db, row["reporter"]),
        "summary": row["summary"],
        "reproducibility": _reference(row["reproducibility"], issues.REPRODUCIBILITIES),
        "date_submitted": moment(row["submitted"]),
        "sponsorship_total": 0,
        "resolution": _reference(row["resolution"], issues.RESOLUTIONS),
        "description": row["description"],
        "attachments": _files(db, number),
        "custom_fields": [
            {"field": {"id": each["id"], "name": each["name"]}, "value": each["value"]} for each in values
        ],
        "monitors": [],
        "sticky": False,
        "tags": [],
    }
    if row["handler"]:
        issue["handler"] = _person(db, row["handler"])
    if notes := _notes(db, number):
        issue["notes"] = notes
    return issue


def _notes(db: sqlite3.Connection, issue: int) -> list[Result]:
    return [
        {
            "id": row["id"],
            "reporter": _person(db, row["reporter"]),
            "text": row["text"],
            "view_state": _reference(row["view_state"], issues.VIEW_STATES),
            "date_submitted": moment(row["submitted"]),
            "last_modified": moment(row["modified"]),
            "time_tracking": 0,
            "note_type": 0,
            "note_attr": "",
        }
        for row in db.execute("SELECT * FROM notes WHERE issue = ? ORDER BY id", (issue,)).fetchall()
    ]


def _files(db: sqlite3.Connection, issue: int) -> list[Result]:
    return [
        {
            "id": row["id"],
            "filename": row["name"],
            "size": len(row["content"]),
            "content_type": row["type"],
            "date_submitted": moment(row["submitted"]),
            "download_url": f"file_download.php?file_id={row['id']}&type=bug",
            "user_id": row["user"],
        }
        for row in db.execute("SELECT * FROM files WHERE issue = ? ORDER BY id", (issue,))
    ]


def _header(db: sqlite3.Connection, row: sqlite3.Row) -> Result:
    (files,) = db.execute("SELECT count(*) FROM files WHERE issue = ?", (row["id"],)).fetchone()
    (notes,) = db.execute("SELECT count(*) FROM notes WHERE issue = ?", (row["id"],)).fetchone()
    same = ("id", "view_state", "project", "category", "priority", "severity", "status", "reporter", "summary")
    return {name: row[name] for name in same} | {
        "last_updated": moment(row["updated"]),
        "handler": row["handler"] or None,
        "resolution": row["resolution"],
        "attachments_count": files,
        "notes_count": notes,
    }


def account_of(db: sqlite3.Connection, given: Arguments, username: str, password: str) -> int | None:
    """The account of a call: user name with the password, or with an API token in its place (H-30)."""
    secret = text(given.get("password"))
    known = secret == password or db.execute("SELECT 1 FROM tokens WHERE token = ?", (secret,)).fetchone()
    return ROBOT if known and text(given.get("username")) == username else None
