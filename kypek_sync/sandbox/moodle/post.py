"""Messages as rows: conversations of two, and what is said in them."""

from __future__ import annotations

import sqlite3

from kypek_sync.sandbox.moodle.state import insert, one


def conversation_of(db: sqlite3.Connection, a: int, b: int) -> int:
    """The id of the conversation between two users; it is opened if there is none."""
    low, high = sorted((a, b))
    row = one(db, "select id from conversations where low = ? and high = ?", low, high)
    return int(row["id"]) if row else insert(db, "conversations", low=low, high=high)


def post_message(
    db: sqlite3.Connection,
    sender: int,
    receiver: int,
    text: str,
    now: int,
    *,
    client_id: str = "",
    welcome: bool = False,
) -> int:
    """Store one message; its id. `welcome` marks the greeting of a new enrolment (M-25)."""
    return insert(
        db,
        "messages",
        useridfrom=sender,
        useridto=receiver,
        text=text,
        conversation=conversation_of(db, sender, receiver),
        clientmsgid=client_id,
        welcome=int(welcome),
        timecreated=now,
    )
