"""The calls of REST 2.0 that read or change one thing, given a database connection and a parsed request."""

from __future__ import annotations

import binascii
import json
import sqlite3
from typing import Any

from werkzeug.wrappers import Request, Response

import kypek_sync.sandbox.request_tracker.messages as messages
import kypek_sync.sandbox.request_tracker.shapes as shapes
import kypek_sync.sandbox.request_tracker.tickets as tickets
from kypek_sync.sandbox.request_tracker.answers import PLAIN, RESOURCE, NotModified, Refusal, answer
from kypek_sync.sandbox.request_tracker.dates import show
from kypek_sync.sandbox.request_tracker.journal import last_visible
from kypek_sync.sandbox.request_tracker.lifecycle import STATUSES
from kypek_sync.sandbox.request_tracker.messages import UnencodableName, Upload
from kypek_sync.sandbox.request_tracker.tickets import Actor

Json = dict[str, Any]
_ATTACHMENT_FIELDS = ("FileName", "FileType", "FileContent")


def visible_ticket(db: sqlite3.Connection, number: int, missing: str = "Not Found") -> sqlite3.Row:
    """The ticket, or the one it was merged into. Raises `Refusal` 404 or 403."""
    row = tickets.load(db, number)
    if row is None:
        raise Refusal(404, missing)
    if not db.execute("SELECT visible FROM queues WHERE id = ?", (row["queue"],)).fetchone()["visible"]:
        raise Refusal(403, "Forbidden")
    return row


def check_conditions(db: sqlite3.Connection, request: Request, object_type: str, row: sqlite3.Row) -> dict[str, str]:
    """ETag and Last-Modified. Raises `Refusal` 412 for a stale If-Match, and 500 for If-Unmodified-Since."""
    tag = f'"{last_visible(db, object_type, row["id"])}"'
    if "If-Unmodified-Since" in request.headers:
        raise Refusal(500, "")  # the server dies while it compares the date (H-7)
    wanted = request.headers.get("If-Match")
    if wanted is not None and wanted.strip() != "*" and tag not in {part.strip() for part in wanted.split(",")}:
        raise Refusal(412, "Precondition Failed")
    changed = row["last_updated"] if object_type == "RT::Ticket" else row["created"]
    return {"ETag": tag, "Last-Modified": show(changed)}


def one(data: Json, request: Request, headers: dict[str, str]) -> Response:
    """One thing, or 304 when the client holds its ETag."""
    held = {part.strip() for part in request.headers.get("If-None-Match", "").split(",")}
    if headers["ETag"] in held or "*" in held:
        return NotModified(status=304, headers=headers)
    return answer(data, headers=headers)


def body(request: Request) -> tuple[Json, list[Upload]]:
    """The JSON object of a request and the files of a multipart form. Raises `Refusal` 415 or 400."""
    if request.mimetype == "multipart/form-data":
        if "JSON" not in request.form:
            raise Refusal(400, "JSON is a required field for multipart/form-data")
        files = [
            Upload(file.filename or "", file.mimetype, file.read()) for file in request.files.getlist("Attachments")
        ]
        return _object(request.form["JSON"]), files
    if request.mimetype != "application/json":
        raise Refusal(415, "Unsupported Media Type")
    return _object(request.get_data(as_text=True) or "{}"), []


def _object(text: str) -> Json:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        offset = len(text[: error.pos].encode())
        wrong = "'\"' expected" if "property name" in error.msg else "malformed JSON string, neither tag, array, object"
        raise Refusal(400, f"JSON parse error: {wrong}, at character offset {offset}\n") from None
    if not isinstance(data, dict):
        raise Refusal(400, "JSON object must be a ref to a hash")
    return data


def uploads(data: Json, files: list[Upload], sentence: str) -> list[Upload]:
    """The files of a message. Raises `Refusal`: 400 naming what is missing, 500 for a Greek name in JSON (H-8)."""
    found = list(files)
    for given in data.get("Attachments") or []:
        for field in _ATTACHMENT_FIELDS:
            if not given.get(field):
                raise Refusal(400, sentence.format(field))
        try:
            found.append(Upload.from_json(given))
        except UnencodableName:
            raise Refusal(500, "") from None
        except binascii.Error:
            raise Refusal(400, "FileContent is not base64") from None
    return found


def create_ticket(db: sqlite3.Connection, base: str, data: Json, files: list[Upload], actor: Actor) -> Response:
    """`POST /ticket`. Raises `Refusal`: 400 without queue or for a bad status (unlike PUT), 403 for no such queue."""
    if not data.get("Queue"):
        raise Refusal(400, "Could not create ticket. Queue not set")
    queue = tickets.find_queue(db, data["Queue"])
    if queue is None or not queue["visible"]:
        raise Refusal(403, f"No permission to create tickets in the queue '{data['Queue']}'")  # H-6
    if str(data.get("Status") or "new") not in STATUSES:
        raise Refusal(400, f"Status '{data['Status']}' isn't a valid status for tickets in this queue.")
    attached = uploads(data, files, "Field {} is required for each attachment in Attachments")
    number, txn = tickets.create(db, data, queue["id"], actor)
    if data.get("Content") or attached:
        content_type = str(data.get("ContentType") or "text/plain")
        messages.attach(db, txn, str(data.get("Content") or ""), content_type, attached)
    item = shapes.reference(base, "ticket", number)
    return answer(item, 201, headers={"Location": f"/REST/2.0/ticket/{number}"}, content_type=PLAIN)


def update_ticket(db: sqlite3.Connection, row: sqlite3.Row, data: Json, actor: Actor) -> list[str]:
    """`PUT /ticket/N`: the sentences of what was done and of what was refused, both with status 200 (H-3)."""
    said: list[str] = []
    for field in ("Subject", "Priority"):
        if field in data:
            said += tickets.set_plain(db, row, field, data[field], actor)
    if "Queue" in data:
        said += tickets.move(db, row, data["Queue"], actor)
    if "Owner" in data:
        said += tickets.set_owner(db, row, str(data["Owner"]), actor)
    if "Status" in data:
        said += tickets.set_status(db, row, str(data["Status"]), actor)
    said += tickets.set_custom_fields(db, row, data.get("CustomFields") or {}, actor)
    for role in tickets.ROLES:
        if role in data:
            said += tickets.set_watchers(db, row, role, data[role], actor)
    if data.get("RefersTo"):
        said += tickets.set_links(db, row, data["RefersTo"], actor)
    if data.get("MergeInto"):
        said += tickets.merge(db, row, data["MergeInto"], actor)
    return said


def add_note(
    db: sqlite3.Connection, row: sqlite3.Row, kind: str, data: Json, files: list[Upload], actor: Actor
) -> tuple[Response, bool]:
    """`POST /ticket/N/comment` and `/correspond`: the answer, and whether the server survives sending it.

    It does not when the answer has letters outside Latin-1, as when a custom field with Greek values is set on the
    way: all is committed, then the connection breaks (H-9).
    """
    attached = uploads(data, files, "{} is a required field for each attachment in Attachments")
    text = str(data.get("Content") or "")
    if text and not data.get("ContentType"):
        raise Refusal(400, "ContentType is a required field for application/json")  # H-4
    note = messages.correspond if kind == "correspond" else messages.comment
    txn = note(db, row, text, str(data.get("ContentType") or "text/plain"), attached, actor)
    said = ["Correspondence added" if kind == "correspond" else "Comments added"]
    said += tickets.set_custom_fields(db, row, data.get("CustomFields") or {}, actor)
    fields = data.get("TxnCustomFields") or data.get("TransactionCustomFields") or {}
    said += messages.set_transaction_fields(db, row, txn, fields)
    if data.get("Status"):
        fresh = visible_ticket(db, row["id"])
        said += [sentence.partition(": ")[2] for sentence in tickets.set_status(db, fresh, str(data["Status"]), actor)]
    survives = all(ord(letter) < 256 for sentence in said for letter in sentence)
    headers = {"Location": f"/REST/2.0/transaction/{txn}"}
    return answer(said, 201, headers=headers, content_type=RESOURCE), survives
