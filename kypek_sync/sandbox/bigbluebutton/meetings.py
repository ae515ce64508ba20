"""Meetings and the people in them, as the state file holds them, and how a meeting dies.

Lifetime (fact sheet §3.1, B-14, B-16, B-17) is judged lazily, whenever somebody looks: a meeting that nobody joins
dies after 5 minutes, an emptied one after 1, `duration` counts from creation, and `end` takes effect a little later.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

import kypek_sync.sandbox.bigbluebutton.events as events
from kypek_sync.sandbox.bigbluebutton.store import from_ms

MINUTE = 60_000
UNJOINED_MINUTES = 5
EMPTIED_MINUTES = 1
END_TAKES = 2_000  # ms between the answer to `end` and the end itself, unless somebody looked in between
LINGERS = MINUTE  # ms during which an ended meeting is still listed (B-17)


@dataclass(frozen=True, slots=True)
class Attendee:
    """One session of one person in one meeting (the same `user_id` may have several: B-26).

    `user_id` is what `join` was given (default: the internal id); `left` is None while the person is present. Times
    are aware UTC.
    """

    session: str
    internal_user_id: str
    user_id: str
    name: str
    moderator: bool
    joined: datetime
    left: datetime | None
    guest: bool
    userdata: dict[str, str]

    @property
    def role(self) -> str:
        """MODERATOR or VIEWER."""
        return "MODERATOR" if self.moderator else "VIEWER"

    @classmethod
    def of(cls, row: sqlite3.Row) -> Attendee:
        """The attendee of one row of the state file."""
        return cls(
            session=row["session"],
            internal_user_id=row["internal_user_id"],
            user_id=row["user_id"],
            name=row["name"],
            moderator=bool(row["moderator"]),
            joined=from_ms(row["joined"]),
            left=from_ms(row["departed"]) if row["departed"] else None,
            guest=bool(row["guest"]),
            userdata=json.loads(row["userdata"]),
        )


@dataclass(frozen=True, slots=True)
class Meeting:
    """One incarnation of a meeting: `meeting_id` may return, `internal_id` and `created_ms` never do.

    `ended` is None while it lives; `forced` tells that `end` ended it. `params` are those of the first `create`,
    without `meta_*`; `metadata` are the latter, names in lower case. `attendees` are sessions, open and past, in the
    order of joining. `listed` tells whether getMeetings still shows it.
    """

    meeting_id: str
    internal_id: str
    name: str
    created_ms: int
    started_ms: int
    ended_ms: int
    forced: bool
    listed: bool
    voice_bridge: str
    params: dict[str, str]
    metadata: dict[str, str]
    attendees: tuple[Attendee, ...]

    @property
    def created(self) -> datetime:
        """When it was created, aware UTC (`created_ms` is the createTime of the API)."""
        return from_ms(self.created_ms)

    @property
    def ended(self) -> datetime | None:
        """When it ended, aware UTC; None while it lives."""
        return from_ms(self.ended_ms) if self.ended_ms else None

    @property
    def present(self) -> tuple[Attendee, ...]:
        """The sessions that are open."""
        return tuple(attendee for attendee in self.attendees if attendee.left is None)

    @property
    def running(self) -> bool:
        """What isMeetingRunning says: alive, and somebody is in (B-18)."""
        return not self.ended_ms and bool(self.present)

    def number(self, name: str) -> int:
        """A create parameter that is a number; 0 if absent."""
        return int(self.params.get(name) or 0)

    @classmethod
    def of(cls, row: sqlite3.Row, attendees: tuple[Attendee, ...], now: int) -> Meeting:
        """The meeting of one row of the state file, seen at `now` (ms)."""
        return cls(
            meeting_id=row["meeting_id"],
            internal_id=row["internal_id"],
            name=row["name"],
            created_ms=row["created"],
            started_ms=row["started"],
            ended_ms=row["ended"],
            forced=bool(row["forced"]),
            listed=not row["vanished"] and (not row["ended"] or now < row["ended"] + LINGERS),
            voice_bridge=row["voice_bridge"],
            params=json.loads(row["params"]),
            metadata=json.loads(row["metadata"]),
            attendees=attendees,
        )


def read(db: sqlite3.Connection, now: int, where: str = "1", *values: object) -> list[Meeting]:
    """The meetings that meet a condition on table `meeting`, oldest first, each with all its sessions."""
    rows = db.execute(f"SELECT * FROM meeting WHERE {where} ORDER BY created, rowid", values).fetchall()
    people: dict[str, list[Attendee]] = {row["internal_id"]: [] for row in rows}
    sessions = db.execute(
        f"SELECT * FROM attendee WHERE meeting IN (SELECT internal_id FROM meeting WHERE {where})"
        " ORDER BY joined, rowid",
        values,
    )
    for session in sessions:
        people[session["meeting"]].append(Attendee.of(session))
    return [Meeting.of(row, tuple(people[row["internal_id"]]), now) for row in rows]


def settle(db: sqlite3.Connection, now: int) -> None:
    """End what should have ended by `now`, each at its own time."""
    for row in db.execute("SELECT * FROM meeting WHERE ended = 0").fetchall():
        due = _due(db, row)
        if due is not None and due <= now:
            finish(db, row["internal_id"], due, forced=bool(row["end_asked"]))


def finish(db: sqlite3.Connection, internal_id: str, at: int, *, forced: bool) -> None:
    """End one meeting at `at` (ms): everybody is out, and the events tell (nobody gets a user-left of their own)."""
    (meeting,) = read(db, at, "internal_id = ?", internal_id)
    for attendee in meeting.present:
        events.keep(db, events.user_left_at_end(meeting, attendee), at)
    events.keep(db, events.meeting_ended(meeting), at)
    db.execute("UPDATE attendee SET departed = ? WHERE meeting = ? AND departed = 0", (at, internal_id))
    db.execute(
        "UPDATE meeting SET ended = ?, forced = ? WHERE internal_id = ? AND ended = 0", (at, int(forced), internal_id)
    )


def _due(db: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    """The moment (ms) at which a living meeting dies if nothing more happens; None if it does not."""
    params = json.loads(row["params"])
    deadlines: list[int] = []
    if row["end_asked"]:
        deadlines.append(row["end_asked"] if row["end_looked"] > 1 else row["end_asked"] + END_TAKES)
    if duration := int(params.get("duration") or 0):
        deadlines.append(row["created"] + duration * MINUTE)
    joined, inside, last_left = db.execute(
        "SELECT count(*), sum(departed = 0), max(departed) FROM attendee WHERE meeting = ?", (row["internal_id"],)
    ).fetchone()
    if not joined:
        wait = int(params.get("meetingExpireIfNoUserJoinedInMinutes") or UNJOINED_MINUTES)
        deadlines.append(row["created"] + wait * MINUTE)
    elif not inside:
        wait = int(params.get("meetingExpireWhenLastUserLeftInMinutes") or EMPTIED_MINUTES)
        if params.get("meetingExpireWhenLastUserLeftInMinutes") != "0":
            deadlines.append(last_left + wait * MINUTE)
    return min(deadlines, default=None)
