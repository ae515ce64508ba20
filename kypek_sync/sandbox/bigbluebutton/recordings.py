"""Recordings: what is published, what is deleted, and how they are found (fact sheet §3.1)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

_DEFAULT_STATES = ("published", "unpublished")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording. Times are ms since 1970; `state` is processing, processed, published, unpublished or deleted."""

    record_id: str
    meeting_id: str
    internal_id: str
    name: str
    state: str
    started_ms: int
    ended_ms: int
    participants: int
    url: str
    metadata: dict[str, str]

    @property
    def published(self) -> bool:
        """Whether people may watch it."""
        return self.state == "published"


def add(db: sqlite3.Connection, recording: Recording) -> None:
    """Put a recording on the shelf, or replace the one of that recordID."""
    db.execute(
        "INSERT OR REPLACE INTO recording VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            recording.record_id,
            recording.meeting_id,
            recording.internal_id,
            recording.name,
            recording.state,
            recording.started_ms,
            recording.ended_ms,
            recording.participants,
            recording.url,
            json.dumps(recording.metadata, ensure_ascii=False),
        ),
    )


def read(db: sqlite3.Connection) -> list[Recording]:
    """All recordings, the oldest first, the deleted ones too."""
    rows = db.execute("SELECT * FROM recording ORDER BY started_ms, record_id")
    return [Recording(**{**dict(row), "metadata": json.loads(row["metadata"])}) for row in rows]


def find(db: sqlite3.Connection, query: Mapping[str, str]) -> list[Recording]:
    """What getRecordings gives: lists in meetingID, recordID (beginnings count) and state, meta_*, offset, limit."""
    meeting_ids, record_ids = _list(query.get("meetingID")), _list(query.get("recordID"))
    states = _list(query.get("state")) or list(_DEFAULT_STATES)
    wanted = {name[5:].lower(): value for name, value in query.items() if name.startswith("meta_")}
    found = [
        recording
        for recording in read(db)
        if (not meeting_ids or recording.meeting_id in meeting_ids)
        and (not record_ids or recording.record_id.startswith(tuple(record_ids)))
        and ("any" in states or recording.state in states)
        and all(recording.metadata.get(name) == value for name, value in wanted.items())
    ]
    offset = int(query.get("offset") or 0)
    return found[offset : offset + int(query["limit"])] if query.get("limit") else found[offset:]


def change(
    db: sqlite3.Connection, record_ids: str, *, state: str = "", metadata: Mapping[str, str] | None = None
) -> int:
    """Give the listed recordings a state or metadata (an empty value takes one away). Returns how many there were."""
    wanted = _list(record_ids)
    found = [each for each in read(db) if each.record_id in wanted and each.state != "deleted"]
    for recording in found:
        merged = {**recording.metadata, **(metadata or {})}
        db.execute(
            "UPDATE recording SET state = ?, metadata = ? WHERE record_id = ?",
            (
                state or recording.state,
                json.dumps({name: value for name, value in merged.items() if value}, ensure_ascii=False),
                recording.record_id,
            ),
        )
    return len(found)


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
