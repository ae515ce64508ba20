"""Transactions: the record of every change, which is also what a ticket's ETag and its times come from."""

from __future__ import annotations

import sqlite3

# Records of outgoing mail, which the robot account may not see (H-11).
HIDDEN = ("EmailRecord", "CommentEmailRecord")


def record(
    db: sqlite3.Connection,
    ticket: int,
    kind: str,
    *,
    by: str,
    now: int,
    field: str = "",
    old: str = "",
    new: str = "",
) -> int:
    """Write one transaction of a ticket and touch its LastUpdated; returns the transaction's id."""
    db.execute("INSERT OR IGNORE INTO users (login) VALUES (?)", (by,))
    cursor = db.execute(
        "INSERT INTO transactions (object_type, object, type, field, old_value, new_value, creator, created)"
        " VALUES ('RT::Ticket', ?, ?, ?, ?, ?, ?, ?)",
        (ticket, kind, field, old, new, by, now),
    )
    if kind not in HIDDEN:
        db.execute("UPDATE tickets SET last_updated = ?, last_updated_by = ? WHERE id = ?", (now, by, ticket))
    return int(cursor.lastrowid or 0)


def mailed(db: sqlite3.Connection, ticket: int, roles: tuple[str, ...], *, by: str, now: int, kind: str) -> bool:
    """If any watcher of these roles is to be told, leave the record of the mail (never seen by the robot)."""
    marks = ", ".join("?" * len(roles))
    told = db.execute(
        f"SELECT 1 FROM watchers WHERE ticket = ? AND role IN ({marks}) AND login <> ?", (ticket, *roles, by)
    ).fetchone()
    if told:
        record(db, ticket, kind, by="RT_System", now=now)
    return bool(told)


def last_visible(db: sqlite3.Connection, object_type: str, number: int) -> int:
    """The id in an ETag: the last transaction that the robot may see, those of merged tickets included."""
    objects = "SELECT ?" if object_type != "RT::Ticket" else "SELECT id FROM tickets WHERE effective = ?"
    (last,) = db.execute(
        f"SELECT max(id) FROM transactions WHERE object_type = ? AND object IN ({objects}) AND type NOT IN (?, ?)",
        (object_type, number, *HIDDEN),
    ).fetchone()
    return int(last or 0)
