"""What can be done to a ticket, each step with its transaction and the sentence that Request Tracker answers."""

from __future__ import annotations

import re
import sqlite3
from email.utils import getaddresses
from typing import Any, NamedTuple

from kypek_sync.sandbox.request_tracker.journal import mailed, record
from kypek_sync.sandbox.request_tracker.lifecycle import INACTIVE, INITIAL, STATUSES
from kypek_sync.sandbox.request_tracker.store import NOBODY, fold

ROLES = ("Requestor", "Cc", "AdminCc")


class Actor(NamedTuple):
    """Who acts, and when (seconds since 1970)."""

    login: str
    now: int


def load(db: sqlite3.Connection, number: int) -> sqlite3.Row | None:
    """A ticket; for one that was merged away, the ticket it was merged into (H-16)."""
    row = db.execute(
        "SELECT winner.* FROM tickets asked JOIN tickets winner ON winner.id = asked.effective WHERE asked.id = ?",
        (number,),
    ).fetchone()
    return row if isinstance(row, sqlite3.Row) else None


def find_queue(db: sqlite3.Connection, name_or_id: object) -> sqlite3.Row | None:
    """A queue by name or id, visible to the robot or not."""
    text = str(name_or_id)
    column = "id" if text.isdecimal() else "name"
    row = db.execute(f"SELECT * FROM queues WHERE {column} = ?", (text,)).fetchone()
    return row if isinstance(row, sqlite3.Row) else None


def addresses(value: object) -> list[str]:
    """The e-mail addresses in a requestor or Cc; what is not an address is silently left out (H-2)."""
    parts = value if isinstance(value, list) else [value]
    found = (address for _, address in getaddresses([str(part) for part in parts if part]))
    return list(dict.fromkeys(address for address in found if re.fullmatch(r"[^@\s]+@[^@\s]+", address)))


def create(db: sqlite3.Connection, data: dict[str, Any], queue: int, actor: Actor) -> tuple[int, int]:
    """A new ticket; returns its id and the id of its Create transaction. Unknown custom fields are dropped (H-2)."""
    status = str(data.get("Status") or "new")
    cursor = db.execute(
        "INSERT INTO tickets (effective, queue, subject, status, owner, creator, last_updated_by, created,"
        " last_updated, started, resolved) VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            queue,
            str(data.get("Subject") or ""),
            status,
            NOBODY,
            actor.login,
            actor.login,
            actor.now,
            actor.now,
            0 if status in INITIAL else actor.now,
            actor.now if status in INACTIVE else 0,
        ),
    )
    ticket = int(cursor.lastrowid or 0)
    db.execute("UPDATE tickets SET effective = id WHERE id = ?", (ticket,))
    for role in ROLES:
        for login in addresses(data.get(role)):
            add_watcher(db, ticket, role, login)
    for name, value in (data.get("CustomFields") or {}).items():
        if field := find_field(db, name, "ticket", queue):
            store_value(db, "ticket", ticket, field["id"], first(value))
    for target in listed(data.get("RefersTo")):
        db.execute("INSERT OR IGNORE INTO links VALUES (?, 'RefersTo', ?)", (ticket, target))
    transaction = record(db, ticket, "Create", by=actor.login, now=actor.now)
    mailed(db, ticket, ("Requestor",), by=actor.login, now=actor.now, kind="EmailRecord")
    return ticket, transaction


def add_watcher(db: sqlite3.Connection, ticket: int, role: str, login: str) -> None:
    """Put a person into a role of a ticket; the account is made if there is none."""
    db.execute("INSERT OR IGNORE INTO users (login, email) VALUES (?, ?)", (login, login if "@" in login else ""))
    db.execute("INSERT OR IGNORE INTO watchers VALUES (?, ?, ?)", (ticket, role, login))


def set_status(db: sqlite3.Connection, ticket: sqlite3.Row, status: str, actor: Actor) -> list[str]:
    """Change the status. An unknown one is refused in words only (H-3); deleting needs a right the robot lacks."""
    number, before = ticket["id"], ticket["status"]
    if status == before:
        return []
    if status not in STATUSES:
        return [f"Ticket {number}: Status '{status}' isn't a valid status for this ticket."]
    if status == "deleted":
        return [f"Ticket {number}: Permission Denied"]
    if before in INITIAL and not ticket["started"]:
        db.execute("UPDATE tickets SET started = ? WHERE id = ?", (actor.now, number))
    if status in INACTIVE:
        db.execute("UPDATE tickets SET resolved = ? WHERE id = ?", (actor.now, number))
    db.execute("UPDATE tickets SET status = ? WHERE id = ?", (status, number))
    record(db, number, "Status", by=actor.login, now=actor.now, field="Status", old=before, new=status)
    if status == "resolved":
        mailed(db, number, ("Requestor",), by=actor.login, now=actor.now, kind="EmailRecord")
    return [f"Ticket {number}: Status changed from '{before}' to '{status}'"]


def set_plain(db: sqlite3.Connection, ticket: sqlite3.Row, field: str, value: object, actor: Actor) -> list[str]:
    """Change Subject or Priority."""
    column = field.lower()
    old, new = str(ticket[column]), str(value)
    if field == "Priority" and not re.fullmatch(r"-?\d+", new):
        return [f"Ticket {ticket['id']}: Illegal value for Priority"]
    if old == new:
        return []
    db.execute(f"UPDATE tickets SET {column} = ? WHERE id = ?", (new, ticket["id"]))
    record(db, ticket["id"], "Set", by=actor.login, now=actor.now, field=field, old=old, new=new)
    shown = [f"'{text}'" if text not in ("", "0") else "(no value)" for text in (old, new)]
    return [f"Ticket {ticket['id']}: {field} changed from {shown[0]} to {shown[1]}"]


def move(db: sqlite3.Connection, ticket: sqlite3.Row, name_or_id: object, actor: Actor) -> list[str]:
    """Move a ticket to another queue; to one without rights it is refused in words only (H-3)."""
    queue = find_queue(db, name_or_id)
    if queue is None:
        return [f"Ticket {ticket['id']}: That queue does not exist"]
    if queue["id"] == ticket["queue"]:
        return []
    if not queue["visible"]:
        return [f"Ticket {ticket['id']}: Permission Denied"]
    return move_into(db, ticket, queue, actor)


def move_into(db: sqlite3.Connection, ticket: sqlite3.Row, queue: sqlite3.Row, actor: Actor) -> list[str]:
    """Move a ticket to a queue, whoever may see it."""
    (before,) = db.execute("SELECT name FROM queues WHERE id = ?", (ticket["queue"],)).fetchone()
    db.execute("UPDATE tickets SET queue = ? WHERE id = ?", (queue["id"], ticket["id"]))
    ids = {"old": str(ticket["queue"]), "new": str(queue["id"])}
    record(db, ticket["id"], "Set", by=actor.login, now=actor.now, field="Queue", **ids)
    return [f"Ticket {ticket['id']}: Queue changed from {before} to {queue['name']}"]


def set_owner(db: sqlite3.Connection, ticket: sqlite3.Row, login: str, actor: Actor) -> list[str]:
    """Give the ticket to someone who has an account."""
    known = db.execute("SELECT login FROM users WHERE login = ?", (login,)).fetchone()
    if known is None:
        return [f"Ticket {ticket['id']}: That user does not exist"]
    if known["login"] == ticket["owner"]:
        return []
    db.execute("UPDATE tickets SET owner = ? WHERE id = ?", (known["login"], ticket["id"]))
    ids = {"old": ticket["owner"], "new": known["login"]}
    record(db, ticket["id"], "SetWatcher", by=actor.login, now=actor.now, field="Owner", **ids)
    return [f"Ticket {ticket['id']}: Owner changed from {ticket['owner']} to {known['login']}"]


def set_custom_fields(db: sqlite3.Connection, ticket: sqlite3.Row, fields: dict[str, Any], actor: Actor) -> list[str]:
    """Change custom fields of a ticket; unknown ones are silently dropped (H-2)."""
    said = []
    for name, given in fields.items():
        field = find_field(db, name, "ticket", ticket["queue"])
        if field is None:
            continue
        old, new = value_of(db, "ticket", ticket["id"], field["id"]), first(given)
        if old == new:
            continue
        store_value(db, "ticket", ticket["id"], field["id"], new)
        values = {"field": str(field["id"]), "old": old, "new": new}
        record(db, ticket["id"], "CustomField", by=actor.login, now=actor.now, **values)
        if not new:
            said.append(f"{old} is no longer a value for custom field {field['name']}")
        elif old:
            said.append(f"{field['name']} {old} changed to {new}")
        else:
            said.append(f"{field['name']} {new} added")
    return said


def set_watchers(db: sqlite3.Connection, ticket: sqlite3.Row, role: str, value: object, actor: Actor) -> list[str]:
    """Make a role hold exactly these addresses."""
    wanted = addresses(value)
    rows = db.execute("SELECT login FROM watchers WHERE ticket = ? AND role = ?", (ticket["id"], role)).fetchall()
    present = [row["login"] for row in rows]
    said = []
    for login in wanted:
        if login not in present:
            add_watcher(db, ticket["id"], role, login)
            record(db, ticket["id"], "AddWatcher", by=actor.login, now=actor.now, field=role, new=login)
            said.append(f"Added {login} as {role} for this ticket")
    for login in present:
        if login not in wanted:
            db.execute("DELETE FROM watchers WHERE ticket = ? AND role = ? AND login = ?", (ticket["id"], role, login))
            record(db, ticket["id"], "DelWatcher", by=actor.login, now=actor.now, field=role, old=login)
            said.append(f"{login} is no longer {role} for this ticket")
    return said


def set_links(db: sqlite3.Connection, ticket: sqlite3.Row, value: object, actor: Actor) -> list[str]:
    """Make the ticket refer to exactly these addresses (H-15)."""
    number, wanted = ticket["id"], listed(value)
    present = [row["target"] for row in db.execute("SELECT target FROM links WHERE ticket = ?", (number,))]
    said = []
    for target in wanted:
        if target not in present:
            db.execute("INSERT INTO links VALUES (?, 'RefersTo', ?)", (number, target))
            record(db, number, "AddLink", by=actor.login, now=actor.now, field="RefersTo", new=target)
            said.append(f"Ticket {number} refers to URI {target}.")
    for target in present:
        if target not in wanted:
            db.execute("DELETE FROM links WHERE ticket = ? AND target = ?", (number, target))
            record(db, number, "DeleteLink", by=actor.login, now=actor.now, field="RefersTo", old=target)
            said.append(f"Ticket {number} no longer refers to URI {target}.")
    return said


def merge(db: sqlite3.Connection, loser: sqlite3.Row, into: object, actor: Actor) -> list[str]:
    """Merge a ticket into another: from now on reading it gives the other, and searches hide it (H-16)."""
    winner = load(db, int(str(into))) if str(into).isdecimal() else None
    if winner is None:
        return ["New ticket doesn't exist"]
    if winner["id"] == loser["id"]:
        return ["Can't merge a ticket into itself"]
    pair = (winner["id"], loser["id"])
    db.execute("UPDATE tickets SET effective = ? WHERE effective = ?", pair)
    db.execute("INSERT OR IGNORE INTO links SELECT ?, type, target FROM links WHERE ticket = ?", pair)
    db.execute("INSERT OR IGNORE INTO watchers SELECT ?, role, login FROM watchers WHERE ticket = ?", pair)
    record(db, loser["id"], "AddLink", by=actor.login, now=actor.now, field="MergedInto", new=str(winner["id"]))
    db.execute(
        "UPDATE tickets SET last_updated = ?, last_updated_by = ? WHERE id = ?", (actor.now, actor.login, winner["id"])
    )
    return ["Merge Successful"]


def first(value: object) -> str:
    """The one value that a single-value custom field takes from what was given."""
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value)


def listed(value: object) -> list[str]:
    """A link field given as one address or as a list of them."""
    return [str(part) for part in (value if isinstance(value, list) else [value]) if part]


def value_of(db: sqlite3.Connection, kind: str, number: int, field: int) -> str:
    """The value of a custom field on one ticket or transaction, or `""`."""
    key = (kind, number, field)
    row = db.execute("SELECT value FROM custom_values WHERE kind = ? AND object = ? AND field = ?", key).fetchone()
    return str(row["value"]) if row else ""


def store_value(db: sqlite3.Connection, kind: str, number: int, field: int, value: str) -> None:
    """Set, or with `""` clear, a custom field of one ticket or transaction."""
    db.execute("DELETE FROM custom_values WHERE kind = ? AND object = ? AND field = ?", (kind, number, field))
    if value:
        db.execute("INSERT INTO custom_values VALUES (?, ?, ?, ?, ?)", (kind, number, field, value, fold(value)))


def find_field(db: sqlite3.Connection, name_or_id: str, lookup: str, queue: int) -> sqlite3.Row | None:
    """A custom field of one queue by name or id; `lookup` is `ticket` or `transaction`."""
    column = "id" if name_or_id.isdecimal() else "name"
    row = db.execute(
        f"SELECT * FROM custom_fields WHERE {column} = ? AND lookup = ? AND queue = ?", (name_or_id, lookup, queue)
    ).fetchone()
    return row if isinstance(row, sqlite3.Row) else None
