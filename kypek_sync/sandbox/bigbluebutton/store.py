"""The simulator's memory: one SQLite file, safe to use from several threads and processes.

Every transaction has a connection of its own and begins with the write lock, so that the served application and a
`World` opened beside it never see half a step of each other. Times are milliseconds since 1970, as on the wire.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meeting (
  internal_id TEXT PRIMARY KEY, meeting_id TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
  started INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0, forced INTEGER NOT NULL DEFAULT 0,
  end_asked INTEGER NOT NULL DEFAULT 0, end_looked INTEGER NOT NULL DEFAULT 0, vanished INTEGER NOT NULL DEFAULT 0,
  voice_bridge TEXT NOT NULL, params TEXT NOT NULL, metadata TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS meeting_by_id ON meeting (meeting_id);
CREATE TABLE IF NOT EXISTS attendee (
  session TEXT PRIMARY KEY, meeting TEXT NOT NULL REFERENCES meeting, internal_user_id TEXT NOT NULL,
  user_id TEXT NOT NULL, name TEXT NOT NULL, moderator INTEGER NOT NULL, joined INTEGER NOT NULL,
  departed INTEGER NOT NULL DEFAULT 0, guest INTEGER NOT NULL DEFAULT 0, userdata TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS attendee_by_meeting ON attendee (meeting);
CREATE TABLE IF NOT EXISTS recording (
  record_id TEXT PRIMARY KEY, meeting_id TEXT NOT NULL, internal_id TEXT NOT NULL, name TEXT NOT NULL,
  state TEXT NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, participants INTEGER NOT NULL,
  url TEXT NOT NULL, metadata TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hook (
  hook_id TEXT PRIMARY KEY, callback_url TEXT NOT NULL, meeting_id TEXT, event_id TEXT, raw INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


class Store:
    """The file `bigbluebutton.sqlite` in the folder `state` (made if absent), and the clock that dates what happens."""

    def __init__(self, state: Path, clock: Callable[[], datetime]) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._path = state / "bigbluebutton.sqlite"
        self._clock = clock
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA)

    def now(self) -> int:
        """The clock, in milliseconds since 1970."""
        return to_ms(self._clock())

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one transaction: kept if the block ends, taken back if it raises."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        # A simulator need not survive a power cut; it must survive being restarted.
        db.execute("PRAGMA synchronous=OFF")
        return db


def to_ms(moment: datetime) -> int:
    """An aware moment as milliseconds since 1970. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("the simulator's clock must tell aware times")
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as aware UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
