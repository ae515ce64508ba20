"""Direct access to what the simulator holds: for seeding, for the tests' eyes, and for the calls of the API."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import kypek_sync.sandbox.bigbluebutton.events as events
import kypek_sync.sandbox.bigbluebutton.meetings as meetings
import kypek_sync.sandbox.bigbluebutton.recordings as recordings
from kypek_sync.sandbox.bigbluebutton.events import Event
from kypek_sync.sandbox.bigbluebutton.meetings import Attendee, Meeting
from kypek_sync.sandbox.bigbluebutton.recordings import Recording
from kypek_sync.sandbox.bigbluebutton.store import Store, to_ms

MAX_SESSIONS_OF_ONE_USER = 3  # B-26


class BridgeTaken(ValueError):
    """Another living meeting has that voice bridge (B-13)."""


class RoomFull(ValueError):
    """As many different people as `maxParticipants` allows are in."""


class World:
    """All meetings, people and recordings of one simulated server. `state` is a folder; `clock` tells aware times.

    Several worlds (and the application) may be open on the same folder at once.
    """

    def __init__(self, state: Path, clock: Callable[[], datetime]) -> None:
        self.store = Store(state, clock)

    def meetings(self) -> list[Meeting]:
        """Every incarnation of every meeting, oldest first, those long gone too."""
        return self._read()

    def living(self, meeting_id: str) -> Meeting | None:
        """The meeting of that id which has not ended."""
        found = self._read("meeting_id = ? AND ended = 0", meeting_id)
        return found[-1] if found else None

    def shown(self, meeting_id: str = "") -> list[Meeting]:
        """What getMeetings shows: the living, and for a while the ended (B-17). With an id: those of that id.

        Looking brings a pending `end` nearer: the first look still sees the meeting alive, the next does not.
        """
        condition, values = ("meeting_id = ?", (meeting_id,)) if meeting_id else ("1", ())
        with self.store.transaction() as db:
            db.execute(f"UPDATE meeting SET end_looked = end_looked + 1 WHERE end_asked > 0 AND {condition}", values)
            now = self.store.now()
            meetings.settle(db, now)
            return [meeting for meeting in meetings.read(db, now, condition, *values) if meeting.listed]

    def create(
        self,
        meeting_id: str,
        name: str,
        params: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        *,
        dies: bool = False,
    ) -> tuple[Meeting, bool]:
        """The living meeting of that id, unchanged, and False (B-12); or a new incarnation and True.

        `dies`: the new one is gone without a trace before anybody looks. Raises `BridgeTaken`.
        """
        given = dict(params or {})
        with self.store.transaction() as db:
            now = self.store.now()
            meetings.settle(db, now)
            if living := meetings.read(db, now, "meeting_id = ? AND ended = 0", meeting_id):
                return living[-1], False
            bridges = {row["voice_bridge"] for row in db.execute("SELECT voice_bridge FROM meeting WHERE ended = 0")}
            if given.get("voiceBridge") in bridges:
                raise BridgeTaken(given["voiceBridge"])
            created = _unused_time(db, meeting_id, now)
            internal_id = _internal_id(meeting_id, created)
            db.execute(
                "INSERT INTO meeting (internal_id, meeting_id, name, created, vanished, voice_bridge, params, metadata)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    internal_id,
                    meeting_id,
                    name,
                    created,
                    int(dies),
                    given.get("voiceBridge") or _free_bridge(bridges),
                    json.dumps(given, ensure_ascii=False),
                    json.dumps(dict(metadata or {}), ensure_ascii=False),
                ),
            )
            (meeting,) = meetings.read(db, now, "internal_id = ?", internal_id)
            events.keep(db, events.meeting_created(meeting), now)
            if dies:
                meetings.finish(db, internal_id, created, forced=False)
            return meeting, True

    def enter(
        self,
        meeting_id: str,
        name: str,
        *,
        user_id: str = "",
        moderator: bool = False,
        guest: bool = False,
        userdata: Mapping[str, str] | None = None,
    ) -> str:
        """A person's browser got into the living meeting. Returns the session token.

        Without a `user_id` the server makes one up (`w_...`, B-20); the oldest of more than 3 sessions of one user
        is ended (B-26). Raises `LookupError` if no meeting of that id lives, `RoomFull` if there is no place.
        """
        with self.store.transaction() as db:
            now = self.store.now()
            meetings.settle(db, now)
            found = meetings.read(db, now, "meeting_id = ? AND ended = 0", meeting_id)
            if not found:
                raise LookupError(f"no meeting {meeting_id!r} is alive")
            meeting = found[-1]
            inside = {attendee.user_id for attendee in meeting.present}
            if 0 < meeting.number("maxParticipants") <= len(inside) and user_id not in inside:
                raise RoomFull(meeting_id)
            session, internal = secrets.token_hex(8), "w_" + secrets.token_hex(6)
            db.execute(
                "INSERT INTO attendee VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
                (
                    session,
                    meeting.internal_id,
                    internal,
                    user_id or internal,
                    name,
                    int(moderator),
                    now,
                    int(guest),
                    json.dumps(dict(userdata or {}), ensure_ascii=False),
                ),
            )
            db.execute(
                "UPDATE meeting SET started = ? WHERE internal_id = ? AND started = 0", (now, meeting.internal_id)
            )
            (meeting,) = meetings.read(db, now, "internal_id = ?", meeting.internal_id)
            events.keep(db, events.user_joined(meeting, _of_session(meeting, session)), now)
            same = [attendee for attendee in meeting.present if attendee.user_id == (user_id or internal)]
            self._leave(db, meeting, same[:-MAX_SESSIONS_OF_ONE_USER], now)
            return session

    def leave(self, meeting_id: str, user_id: str) -> int:
        """All sessions of that user in the living meeting end. Returns how many there were."""
        with self.store.transaction() as db:
            now = self.store.now()
            meetings.settle(db, now)
            return sum(
                self._leave(db, meeting, [each for each in meeting.present if each.user_id == user_id], now)
                for meeting in meetings.read(db, now, "meeting_id = ? AND ended = 0", meeting_id)
            )

    def leave_session(self, session: str) -> int:
        """One session ends, as when a browser is closed. Returns 1, or 0 if it is not open."""
        with self.store.transaction() as db:
            now = self.store.now()
            meetings.settle(db, now)
            condition = "internal_id IN (SELECT meeting FROM attendee WHERE session = ?)"
            return sum(
                self._leave(db, meeting, [each for each in meeting.present if each.session == session], now)
                for meeting in meetings.read(db, now, condition, session)
            )

    def session(self, token: str) -> tuple[Meeting, Attendee] | None:
        """The meeting and the attendee of an open session; None if there is none."""
        for meeting in self._read("internal_id IN (SELECT meeting FROM attendee WHERE session = ?)", token):
            for attendee in meeting.present:
                if attendee.session == token:
                    return meeting, attendee
        return None

    def ask_end(self, meeting_id: str) -> None:
        """`end` was called: the meeting ends a little later (B-17)."""
        with self.store.transaction() as db:
            db.execute(
                "UPDATE meeting SET end_asked = ? WHERE meeting_id = ? AND ended = 0 AND end_asked = 0",
                (self.store.now(), meeting_id),
            )

    def add_recording(
        self,
        meeting_id: str,
        name: str,
        *,
        started: datetime,
        ended: datetime,
        record_id: str = "",
        state: str = "published",
        participants: int = 0,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Put a recording on the shelf, e.g. when the processing is done. Returns its recordID.

        Without `record_id` it is the internal id of the last meeting of that id, as on a real server.
        """
        known = [meeting.internal_id for meeting in self.meetings() if meeting.meeting_id == meeting_id]
        internal_id = known[-1] if known else _internal_id(meeting_id, to_ms(started))
        identity = record_id or internal_id
        with self.store.transaction() as db:
            recordings.add(
                db,
                Recording(
                    record_id=identity,
                    meeting_id=meeting_id,
                    internal_id=internal_id,
                    name=name,
                    state=state,
                    started_ms=to_ms(started),
                    ended_ms=to_ms(ended),
                    participants=participants,
                    url=f"https://bbb.example/playback/presentation/2.3/{identity}",
                    metadata=dict(metadata or {}),
                ),
            )
        return identity

    def recordings(self) -> list[Recording]:
        """All recordings, oldest first, the deleted ones too."""
        with self.store.transaction() as db:
            return recordings.read(db)

    def events(self) -> list[Event]:
        """What happened so far, in order, as bbb-webhooks would tell it."""
        with self.store.transaction() as db:
            meetings.settle(db, self.store.now())
            return [json.loads(row["body"]) for row in db.execute("SELECT body FROM event ORDER BY number")]

    def _read(self, where: str = "1", *values: object) -> list[Meeting]:
        with self.store.transaction() as db:
            now = self.store.now()
            meetings.settle(db, now)
            return meetings.read(db, now, where, *values)

    @staticmethod
    def _leave(db: sqlite3.Connection, meeting: Meeting, leaving: Iterable[Attendee], now: int) -> int:
        gone = list(leaving)
        for attendee in gone:
            db.execute("UPDATE attendee SET departed = ? WHERE session = ?", (now, attendee.session))
            events.keep(db, events.user_left(meeting, attendee), now)
        return len(gone)


def _of_session(meeting: Meeting, session: str) -> Attendee:
    return next(attendee for attendee in meeting.attendees if attendee.session == session)


def _internal_id(meeting_id: str, created: int) -> str:
    return f"{hashlib.sha1(meeting_id.encode()).hexdigest()}-{created}"


def _unused_time(db: sqlite3.Connection, meeting_id: str, now: int) -> int:
    """`now`, or the next millisecond at which no incarnation of that meeting began."""
    created = now
    while db.execute("SELECT 1 FROM meeting WHERE internal_id = ?", (_internal_id(meeting_id, created),)).fetchone():
        created += 1
    return created


def _free_bridge(taken: Container[str]) -> str:
    while True:
        bridge = str(10_000 + secrets.randbelow(90_000))
        if bridge not in taken:
            return bridge
