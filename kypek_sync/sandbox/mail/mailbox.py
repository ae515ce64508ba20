"""What the mail sink has taken, kept in one SQLite file so that it survives a restart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, sender TEXT NOT NULL, recipients TEXT NOT NULL,
  content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS greylisted (sender TEXT NOT NULL, recipient TEXT NOT NULL, PRIMARY KEY (sender, recipient));
"""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came: the envelope's sender and recipients, and the message itself."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class Mailbox:
    """The file `mail.sqlite` in the folder `state` (made if absent). Safe to use from several threads and processes.
    `watcher` is called after each message that was kept."""

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.watcher: Callable[[], None] | None = None
        self._path = state / "mail.sqlite"
        with closing(sqlite3.connect(self._path, timeout=30)) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA)

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Keep one message, after those that came before."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO message (sender, recipients, content) VALUES (?, ?, ?)",
                (sender, json.dumps(list(recipients)), content),
            )
        if self.watcher is not None:
            self.watcher()

    def messages(self) -> list[Received]:
        """Everything that was taken, in order."""
        with self._transaction() as db:
            rows = db.execute("SELECT sender, recipients, content FROM message ORDER BY number").fetchall()
        return [
            Received(sender, tuple(json.loads(recipients)), message_from_bytes(content, policy=policy.default))
            for sender, recipients, content in rows
        ]

    def was_greylisted(self, sender: str, recipient: str) -> bool:
        """Whether this pair was told before to come back later."""
        with self._transaction() as db:
            asked = db.execute("SELECT 1 FROM greylisted WHERE (sender, recipient) = (?, ?)", (sender, recipient))
            return asked.fetchone() is not None

    def greylist(self, sender: str, recipient: str) -> None:
        """Remember that this pair was told to come back later."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO greylisted VALUES (?, ?)", (sender, recipient))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
            db.execute("PRAGMA synchronous=OFF")
            yield db
