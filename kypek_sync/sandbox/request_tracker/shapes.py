"""The JSON of tickets, queues, transactions, attachments and accounts. `base` is the address of `/REST/2.0`."""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

from kypek_sync.sandbox.request_tracker.dates import show
from kypek_sync.sandbox.request_tracker.lifecycle import ACTIONS
from kypek_sync.sandbox.request_tracker.store import SYSTEM
from kypek_sync.sandbox.request_tracker.tickets import ROLES, value_of

Json = dict[str, Any]
_FORMS = {"Respond": "/correspond", "Comment": "/comment", "": ""}


def reference(base: str, kind: str, number: object) -> Json:
    """How one thing names another; ids are text here (H-12)."""
    return {"type": kind, "id": str(number), "_url": f"{base}/{kind}/{number}"}


def fields_of_queue(db: sqlite3.Connection, base: str, queue: int, lookup: str) -> list[Json]:
    """The custom fields of a queue's tickets or transactions, as links."""
    rows = db.execute("SELECT id, name FROM custom_fields WHERE queue = ? AND lookup = ? ORDER BY id", (queue, lookup))
    return [reference(base, "customfield", row["id"]) | {"ref": "customfield", "name": row["name"]} for row in rows]


def queue_json(db: sqlite3.Connection, base: str, row: sqlite3.Row) -> Json:
    """A queue."""
    link = f"{base}/queue/{row['id']}"
    system = reference(base, "user", SYSTEM)
    return {
        "id": row["id"],
        "Name": row["name"],
        "Description": row["description"],
        "Lifecycle": "default",
        "Disabled": "0",
        "SLADisabled": "1",
        "SortOrder": "0",
        "CorrespondAddress": "kypek@kypek.example",
        "CommentAddress": "kypek-comment@kypek.example",
        "Cc": [],
        "AdminCc": [],
        "CustomFields": [],
        "TicketCustomFields": fields_of_queue(db, base, row["id"], "ticket"),
        "TicketTransactionCustomFields": fields_of_queue(db, base, row["id"], "transaction"),
        "Created": show(row["created"]),
        "Creator": system,
        "LastUpdated": show(row["created"]),
        "LastUpdatedBy": system,
        "_hyperlinks": [
            {"ref": "self", "type": "queue", "id": row["id"], "_url": link},
            {"ref": "history", "_url": f"{link}/history"},
            {"ref": "create", "type": "ticket", "_url": f"{base}/ticket?Queue={row['id']}"},
        ],
    }


def ticket_json(db: sqlite3.Connection, base: str, row: sqlite3.Row) -> Json:
    """A ticket. Links appear in `_hyperlinks` only (H-15); `Told` is absent until a reply was sent."""
    number = row["id"]
    answer = {
        "id": number,
        "EffectiveId": reference(base, "ticket", row["effective"]),
        "Type": "ticket",
        "Queue": reference(base, "queue", row["queue"]),
        "Subject": row["subject"],
        "Status": row["status"],
        "Owner": reference(base, "user", row["owner"]),
        "Creator": reference(base, "user", row["creator"]),
        "LastUpdatedBy": reference(base, "user", row["last_updated_by"]),
        "Created": show(row["created"]),
        "LastUpdated": show(row["last_updated"]),
        "Starts": show(0),
        "Started": show(row["started"]),
        "Due": show(0),
        "Resolved": show(row["resolved"]),
        "CustomFields": [
            reference(base, "customfield", field["id"])
            | {
                "name": field["name"],
                "values": [value] if (value := value_of(db, "ticket", number, field["id"])) else [],
            }
            for field in _ticket_fields(db, row["queue"])
        ],
        "_hyperlinks": _hyperlinks(db, base, row),
    }
    answer |= dict.fromkeys(("FinalPriority", "InitialPriority", "TimeEstimated", "TimeLeft", "TimeWorked"), "0")
    answer["Priority"] = str(row["priority"])
    if row["told"]:
        answer["Told"] = show(row["told"])
    for role in ROLES:
        rows = db.execute("SELECT login FROM watchers WHERE ticket = ? AND role = ? ORDER BY rowid", (number, role))
        answer[role] = [reference(base, "user", each["login"]) for each in rows]
    return answer


def _ticket_fields(db: sqlite3.Connection, queue: int) -> list[sqlite3.Row]:
    sql = "SELECT id, name FROM custom_fields WHERE queue = ? AND lookup = 'ticket' ORDER BY id"
    return db.execute(sql, (queue,)).fetchall()


def _hyperlinks(db: sqlite3.Connection, base: str, row: sqlite3.Row) -> list[Json]:
    link = f"{base}/ticket/{row['id']}"
    targets = db.execute("SELECT target FROM links WHERE ticket = ? ORDER BY rowid", (row["id"],))
    return [
        {"ref": "self", "type": "ticket", "id": row["id"], "_url": link},
        *({"ref": "refers-to", "type": "external", "_url": each["target"]} for each in targets),
        *fields_of_queue(db, base, row["queue"], "ticket"),
        *({"ref": name, "_url": f"{link}/{name}"} for name in ("history", "correspond", "comment")),
        *(
            {
                "ref": "lifecycle",
                "from": row["status"],
                "to": action.to,
                "label": action.label,
                "_url": link + _FORMS[action.update],
            }
            | ({"update": action.update} if action.update else {})
            for action in ACTIONS[row["status"]]
        ),
    ]


def transaction_json(base: str, row: sqlite3.Row) -> Json:
    """A transaction. `Object` comes back empty in lists: use ObjectId (H-11)."""
    return {
        "Type": row["type"],
        "Field": row["field"],
        "OldValue": row["old_value"],
        "NewValue": row["new_value"],
        "Data": row["data"],
        "TimeTaken": "0",
        "ObjectType": row["object_type"],
        "ObjectId": str(row["object"]),
        "Object": "",
        "Creator": reference(base, "user", row["creator"]),
        "Created": show(row["created"]),
    }


def attachment_json(base: str, row: sqlite3.Row) -> Json:
    """A part of a message, its content in base64."""
    return {
        "Filename": row["filename"],
        "ContentType": row["content_type"],
        "ContentLength": str(len(row["content"])),
        "Content": base64.encodebytes(row["content"]).decode(),
        "TransactionId": reference(base, "transaction", row["txn"]),
        "Parent": str(row["parent"]),
    }


def user_json(row: sqlite3.Row) -> Json:
    """An account, as the robot account sees its own. `Timezone` is empty when that of the server holds (H-10)."""
    return {
        "id": row["login"],
        "Name": row["login"],
        "EmailAddress": row["email"],
        "RealName": row["real_name"],
        "Timezone": row["timezone"] or "",
    }
