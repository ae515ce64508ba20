"""Notes on a ticket, their files, and what a reply sets off."""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

from kypek_sync.sandbox.request_tracker.journal import mailed, record
from kypek_sync.sandbox.request_tracker.lifecycle import INACTIVE
from kypek_sync.sandbox.request_tracker.tickets import Actor, find_field, first, set_status, store_value


class UnencodableName(ValueError):
    """A JSON attachment whose file name is not ASCII: the server dies and saves nothing (H-8)."""


class Upload:
    """A file to attach. `in_json` ones cannot have a Greek name, those of a multipart form can."""

    def __init__(self, name: str, content_type: str, content: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.content = content

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Upload:
        """Read an element of `Attachments` in a JSON body. Raises `UnencodableName`."""
        name = str(given["FileName"])
        if not name.isascii():
            raise UnencodableName(name)
        return cls(name, str(given["FileType"]), base64.b64decode(str(given["FileContent"])))


def attach(db: sqlite3.Connection, txn: int, text: str, content_type: str, files: list[Upload]) -> None:
    """Store the parts of a message: the text alone, or a multipart with the text and the files."""

    def add(parent: int, name: str, kind: str, content: bytes) -> int:
        cursor = db.execute("INSERT INTO attachments VALUES (NULL, ?, ?, ?, ?, ?)", (txn, parent, name, kind, content))
        return int(cursor.lastrowid or 0)

    whole = add(0, "", "multipart/mixed", b"") if files else 0
    if text:
        add(whole, "", content_type, text.encode())
    for file in files:
        add(whole, file.name, file.content_type, file.content)


def comment(
    db: sqlite3.Connection, ticket: sqlite3.Row, text: str, content_type: str, files: list[Upload], actor: Actor
) -> int:
    """An internal note; returns its transaction."""
    txn = record(db, ticket["id"], "Comment", by=actor.login, now=actor.now)
    attach(db, txn, text, content_type, files)
    mailed(db, ticket["id"], ("AdminCc",), by=actor.login, now=actor.now, kind="CommentEmailRecord")
    return txn


def correspond(
    db: sqlite3.Connection, ticket: sqlite3.Row, text: str, content_type: str, files: list[Upload], actor: Actor
) -> int:
    """A reply, mailed to the requestors; a ticket that was done is opened again (H-5). Returns its transaction."""
    txn = record(db, ticket["id"], "Correspond", by=actor.login, now=actor.now)
    attach(db, txn, text, content_type, files)
    mailed(db, ticket["id"], ("Requestor", "Cc"), by=actor.login, now=actor.now, kind="EmailRecord")
    key = (ticket["id"], actor.login)
    if not db.execute("SELECT 1 FROM watchers WHERE ticket = ? AND role = 'Requestor' AND login = ?", key).fetchone():
        db.execute("UPDATE tickets SET told = ? WHERE id = ?", (actor.now, ticket["id"]))
    if ticket["status"] in INACTIVE:
        set_status(db, ticket, "open", actor)
    return txn


def set_transaction_fields(db: sqlite3.Connection, ticket: sqlite3.Row, txn: int, fields: dict[str, Any]) -> list[str]:
    """Custom fields of a note, such as the key by which it is found again (fact sheet 3.1)."""
    said, written = [], False
    for name, value in fields.items():
        field = find_field(db, name, "transaction", ticket["queue"])
        if field is None:
            said.append(f"Unable to load transaction custom field: {name}")
            continue
        store_value(db, "transaction", txn, field["id"], first(value))
        written = True
    return [*said, "Custom fields updated"] if written else said
