"""What can be done to an issue, with its history. Faults about the data are raised as `DataFault`."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from kypek_sync.sandbox.soap_helpdesk.envelope import Value, items, text, whole

STATUSES = {
    10: "new",
    20: "feedback",
    30: "acknowledged",
    40: "confirmed",
    50: "assigned",
    80: "resolved",
    90: "closed",
}
CLOSED = 90
RESOLUTIONS = {10: "open", 20: "fixed", 30: "reopened", 40: "unable to duplicate", 90: "won't fix"}
PRIORITIES = {10: "none", 20: "low", 30: "normal", 40: "high", 50: "urgent", 60: "immediate"}
SEVERITIES = {10: "feature", 20: "trivial", 30: "text", 40: "tweak", 50: "minor", 60: "major", 70: "crash", 80: "block"}
REPRODUCIBILITIES = {10: "always", 30: "sometimes", 50: "random", 70: "have not tried", 90: "unable to reproduce"}
VIEW_STATES = {10: "public", 50: "private"}

# Codes of the history: what kind of change an entry tells of.
CHANGED, NEW, NOTE_ADDED, NOTE_EDITED, DESCRIPTION, FILE_ADDED = 0, 1, 2, 3, 6, 9


class DataFault(Exception):
    """The call is well formed but cannot be done; `message` is the faultstring."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Actor(NamedTuple):
    """Who acts (id of an account), and when (seconds since 1970)."""

    user: int
    now: int


def get(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    """An issue. Raises `DataFault`."""
    row = db.execute("SELECT * FROM issues WHERE id = ?", (number,)).fetchone()
    if not isinstance(row, sqlite3.Row):
        raise DataFault(f"Issue #{number} not found")
    return row


def add(db: sqlite3.Connection, issue: dict[str, Value], actor: Actor) -> int:
    """A new issue from IssueData. Raises `DataFault`; an unknown reporter becomes 0 (H-25)."""
    project = _project(db, issue.get("project"))
    category = _category(db, issue.get("category"), project)
    for field, label in (("summary", "Summary"), ("description", "Description")):
        if not text(issue.get(field)).strip():
            raise DataFault(f"{label} not specified")
    reporter = actor.user if issue.get("reporter") is None else account(db, issue["reporter"])
    cursor = db.execute(
        "INSERT INTO issues (project, category, summary, description, reporter, submitted, updated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (project, category, text(issue["summary"]), text(issue["description"]), reporter, actor.now, actor.now),
    )
    number = int(cursor.lastrowid or 0)
    for column, names in _ENUMERATIONS.items():
        if issue.get(column) is not None:
            db.execute(f"UPDATE issues SET {column} = ? WHERE id = ?", (enumerated(issue[column], names), number))
    log(db, number, actor, "", NEW)
    set_custom_fields(db, number, issue.get("custom_fields"), "Invalid Custom Field {{name:{}}}")
    return number


_ENUMERATIONS = {
    "status": STATUSES,
    "resolution": RESOLUTIONS,
    "priority": PRIORITIES,
    "severity": SEVERITIES,
    "reproducibility": REPRODUCIBILITIES,
    "view_state": VIEW_STATES,
}


def update(db: sqlite3.Connection, number: int, issue: dict[str, Value], actor: Actor) -> None:
    """Replace an issue by IssueData: category, summary and description must be there (H-23). Raises `DataFault`.

    A status id is stored as it is, a status name that does not exist as 0 (H-24). Notes with an id are edited, notes
    without one are added.
    """
    if db.execute("SELECT 1 FROM issues WHERE id = ?", (number,)).fetchone() is None:
        raise DataFault(f"Issue '{number}' does not exist.")
    before = get(db, number)
    project = before["project"] if issue.get("project") is None else _project(db, issue["project"])
    category = _category(db, issue.get("category"), project)
    for field in ("summary", "description"):
        if not text(issue.get(field)).strip():
            raise DataFault(f"Mandatory field '{field}' is missing.")
    values: dict[str, object] = {"project": project, "category": category}
    for column, names in _ENUMERATIONS.items():
        if issue.get(column) is not None:
            values[column] = enumerated(issue[column], names)
    for person in ("reporter", "handler"):
        if issue.get(person) is not None:
            values[person] = account(db, issue[person])
    values |= {"summary": text(issue["summary"]), "description": text(issue["description"])}
    set_values(db, before, values, actor)
    set_custom_fields(db, number, issue.get("custom_fields"), "Custom field '{}' not found.")
    for note in items(issue.get("notes")):
        if isinstance(note, dict):
            _merge_note(db, number, note, actor)


def set_values(db: sqlite3.Connection, before: sqlite3.Row, values: dict[str, object], actor: Actor) -> None:
    """Write columns of an issue, with a line of history for each that changes."""
    for column, new in values.items():
        if before[column] == new:
            continue
        db.execute(f"UPDATE issues SET {column} = ? WHERE id = ?", (new, before["id"]))
        if column == "description":
            log(db, before["id"], actor, "", DESCRIPTION, str(before["id"]))
        else:
            log(db, before["id"], actor, column, CHANGED, str(before[column]), str(new))
    touch(db, before["id"], actor)


def _merge_note(db: sqlite3.Connection, issue: int, note: dict[str, Value], actor: Actor) -> None:
    number, state = whole(note.get("id")), enumerated(note.get("view_state") or "public", VIEW_STATES)
    if number:
        changed = db.execute(
            "UPDATE notes SET text = ?, modified = ? WHERE id = ? AND issue = ? AND text <> ?",
            (text(note.get("text")), actor.now, number, issue, text(note.get("text"))),
        )
        if changed.rowcount:
            log(db, issue, actor, "", NOTE_EDITED, f"{number:07d}")
    else:
        add_note(db, issue, text(note.get("text")), state, actor)


def add_note(
    db: sqlite3.Connection, issue: int, content: str, view_state: int, actor: Actor, note_key: str = ""
) -> int:
    """A note; returns its id. Raises `DataFault` for an unknown issue or an empty text."""
    get(db, issue)
    if not content.strip():
        raise DataFault("Issue note not specified.")
    cursor = db.execute(
        "INSERT INTO notes (issue, reporter, text, view_state, note_key, submitted, modified)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (issue, actor.user, content, view_state, note_key, actor.now, actor.now),
    )
    number = int(cursor.lastrowid or 0)
    log(db, issue, actor, "", NOTE_ADDED, f"{number:07d}")
    touch(db, issue, actor)
    return number


def add_file(db: sqlite3.Connection, issue: int, name: str, kind: str, content: bytes, actor: Actor) -> int:
    """A file on an issue; returns its id. Raises `DataFault`."""
    get(db, issue)
    if db.execute("SELECT 1 FROM files WHERE issue = ? AND name = ?", (issue, name)).fetchone():
        raise DataFault("Duplicate filename.")
    cursor = db.execute(
        "INSERT INTO files (issue, user, name, type, content, submitted) VALUES (?, ?, ?, ?, ?, ?)",
        (issue, actor.user, name, kind, content, actor.now),
    )
    log(db, issue, actor, "", FILE_ADDED, name)
    touch(db, issue, actor)
    return int(cursor.lastrowid or 0)


def set_custom_fields(db: sqlite3.Connection, issue: int, given: Value, complaint: str) -> None:
    """Write the custom fields of an encoded array. Raises `DataFault` with `complaint` for an unknown one.

    A duplicate value is accepted: the field is not unique (H-26).
    """
    for each in items(given):
        if not isinstance(each, dict) or not isinstance(each.get("field"), dict):
            raise DataFault("Invalid Custom field specification")
        row = custom_field(db, each["field"])
        if row is None:
            reference = each["field"]
            raise DataFault(complaint.format(text(reference.get("name")) if isinstance(reference, dict) else ""))
        db.execute("DELETE FROM custom_values WHERE issue = ? AND field = ?", (issue, row["id"]))
        db.execute("INSERT INTO custom_values VALUES (?, ?, ?)", (issue, row["id"], text(each.get("value"))))


def custom_field(db: sqlite3.Connection, reference: Value) -> sqlite3.Row | None:
    """A custom field by ObjectRef: the id counts, else the name."""
    if not isinstance(reference, dict):
        return None
    column, key = ("id", reference["id"]) if whole(reference.get("id")) else ("name", reference.get("name"))
    row = db.execute(f"SELECT * FROM custom_fields WHERE {column} = ?", (text(key),)).fetchone()
    return row if isinstance(row, sqlite3.Row) else None


def enumerated(reference: Value, names: dict[int, str]) -> int:
    """The id of an ObjectRef: an id is taken as it is, a name that does not exist is 0 (H-24)."""
    if isinstance(reference, dict):
        if number := whole(reference.get("id")):
            return number
        reference = reference.get("name")
    return next((number for number, name in names.items() if name == reference), 0)


def account(db: sqlite3.Connection, reference: Value) -> int:
    """The account that an AccountData means, by id, name, address or real name; 0 if there is none (H-25)."""
    if not isinstance(reference, dict):
        return 0
    for column in ("id", "name", "email", "real_name"):
        if key := text(reference.get(column)):
            row = db.execute(f"SELECT id FROM users WHERE {column} = ?", (key,)).fetchone()
            if row:
                return int(row["id"])
    return 0


def _project(db: sqlite3.Connection, reference: Value) -> int:
    number = whole(reference.get("id")) if isinstance(reference, dict) else 0
    name = text(reference.get("name")) if isinstance(reference, dict) else ""
    row = db.execute("SELECT id FROM projects WHERE id = ? OR (? = 0 AND name = ?)", (number, number, name)).fetchone()
    if row is None:
        raise DataFault(f"Project '{number or name}' not found")
    return int(row["id"])


def _category(db: sqlite3.Connection, given: Value, project: int) -> str:
    if given is None:
        raise DataFault("Category field must be supplied.")
    row = db.execute("SELECT name FROM categories WHERE project = ? AND name = ?", (project, text(given))).fetchone()
    if row is None:
        raise DataFault(f"Category '{text(given)}' not found.")
    return str(row["name"])


def log(db: sqlite3.Connection, issue: int, actor: Actor, field: str, kind: int, old: str = "", new: str = "") -> None:
    """One line of history."""
    db.execute(
        "INSERT INTO history (issue, user, date, field, type, old_value, new_value) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (issue, actor.user, actor.now, field, kind, old, new),
    )


def touch(db: sqlite3.Connection, issue: int, actor: Actor) -> None:
    """The issue was changed now."""
    db.execute("UPDATE issues SET updated = ? WHERE id = ?", (actor.now, issue))
