"""A daemon as people start it, and the moments at which it is killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kypek_sync.sandbox.start import Sandbox
from tests.chaos.place import Place

STARTING = 30.0
"""Seconds that a daemon gets to start, on a machine with much else to do."""
PATIENCE = 5.0
"""Seconds of its work after which an aimed blow that found no moment falls all the same."""
LOOK = 0.05
"""Seconds between two looks at what it said."""
LONGEST = 3.0
"""Seconds that a daemon works at most when the moment is left to chance."""
MOMENTS = {
    "while it starts": 2,
    "at any time": 8,
    "a write done, not answered": 8,
    "a write answered": 4,
    "a read done, not answered": 4,
    "a commit done": 8,
}
"""The kinds of moments and how often each comes."""
PATIENT = 0.0002
"""Seconds between two looks at the ledger's file."""


@dataclass
class Daemon:
    """One life of `kypek-sync run`. What it says goes to the end of `log`; `told` is where it begins there."""

    process: subprocess.Popen[bytes]
    log: Path
    told: int
    began: float

    @classmethod
    def start(cls, place: Place) -> Daemon:
        """A new life."""
        log = place.folder / "daemon.log"
        program = [str(Path(sys.executable).parent / "kypek-sync"), "-s", str(place.settings), "run"]
        with log.open("ab") as out:
            told = out.tell()
            began = time.time()
            process = subprocess.Popen(program, stdout=out, stderr=out, env={**os.environ, "LANG": "C.UTF-8"})
        return cls(process, log, told, began)

    def kill(self) -> None:
        """SIGKILL; nothing of it runs afterwards."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; its exit code. It is killed if it does not end within 30 s, which raises `TimeoutExpired`."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def lines(self) -> list[dict[str, Any]]:
        """What it said in this life: an object for each whole line, those that are none left as `{"event": text}`."""
        with self.log.open("rb") as source:
            source.seek(self.told)
            said = source.read().decode("utf-8", "replace")
        found = []
        for line in said.splitlines(keepends=True):
            if not line.endswith("\n"):
                continue
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"event": line.strip(), "level": "text"})
        return found

    def after(self, event: str) -> float | None:
        """Seconds from its start to the first line of an event; None if it was not said."""
        for line in self.lines():
            if line["event"] == event:
                return datetime.fromisoformat(line["timestamp"]).timestamp() - self.began
        return None

    def is_late(self) -> bool:
        """Whether it is dead, or has worked for so long that nobody waits for an aimed moment any more."""
        started, lived = self.after("daemon started"), time.time() - self.began
        return self.process.poll() is not None or lived > (STARTING if started is None else started + PATIENCE)


class Reaper:
    """Kills daemons. Random in time, and aimed: right after a deed of a server, or a change of the ledger's file."""

    def __init__(self, place: Place, sandbox: Sandbox, rng: random.Random) -> None:
        self.place, self.sandbox, self.rng = place, sandbox, rng

    def choose(self) -> str:
        """A kind of moment."""
        return self.rng.choices(list(MOMENTS), list(MOMENTS.values()))[0]

    def strike(self, daemon: Daemon, moment: str) -> str:
        """Wait for the moment and kill. Returns what was hit: the moment, or `at any time` where it did not come."""
        if moment == "while it starts":
            hit = self._after(daemon, self.rng.uniform(0.0, 1.2))
        elif moment == "at any time":
            self._started(daemon)
            hit = self._after(daemon, self.rng.uniform(0.0, LONGEST))
        elif moment == "a commit done":
            hit = self._commit(daemon, self.rng.randint(1, 60))
        else:
            writes = moment.startswith("a write")
            late = self.rng.uniform(0.0, 0.008) if moment.endswith(" answered") and "not" not in moment else None
            hit = self._deed(daemon, writes, self.rng.randint(1, 12 if writes else 80), late)
        daemon.kill()
        return moment if hit else "at any time"

    def _started(self, daemon: Daemon) -> None:
        end = time.time() + STARTING
        while daemon.after("daemon started") is None and daemon.process.poll() is None and time.time() < end:
            time.sleep(LOOK)

    def _after(self, daemon: Daemon, seconds: float) -> bool:
        try:
            daemon.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def _deed(self, daemon: Daemon, writes: bool, count: int, late: float | None) -> bool:
        """After so many requests were handled: at once, while the answer is not given, or a little `late`."""
        hit, left = threading.Event(), [count]

        def watch(system: str, write: bool) -> None:
            if write != writes or hit.is_set():
                return
            left[0] -= 1
            if left[0] <= 0:
                if late is None and daemon.process.poll() is None:
                    os.kill(daemon.process.pid, signal.SIGKILL)
                hit.set()

        self.sandbox.watch(watch)
        try:
            while not (found := hit.wait(LOOK)) and not daemon.is_late():
                pass
        finally:
            self.sandbox.watch(None)
        if found and late is not None:
            threading.Event().wait(late)
        return found

    def _commit(self, daemon: Daemon, count: int) -> bool:
        """After so many changes of the ledger's file."""
        before, look = self._marks(), time.monotonic() + LOOK
        while True:
            if time.monotonic() > look:
                if daemon.is_late():
                    return False
                look = time.monotonic() + LOOK
            now = self._marks()
            if now != before:
                before, count = now, count - 1
                if count <= 0:
                    return True
            time.sleep(PATIENT)

    def _marks(self) -> tuple[tuple[int, int], ...]:
        marks = []
        for name in ("kypek.db", "kypek.db-wal"):
            try:
                found = os.stat(self.place.folder / name)
                marks.append((found.st_mtime_ns, found.st_size))
            except FileNotFoundError:
                marks.append((0, 0))
        return tuple(marks)


@dataclass(frozen=True)
class Remains:
    """What the ledger of a killed daemon shows: the lanes whose lease it held, and seminars with more seats given than
    the programme ever had."""

    lanes: tuple[str, ...]
    oversold: tuple[str, ...]


_GIVEN = "SELECT seminar, count(*) FROM seats WHERE state = 'granted' GROUP BY seminar"


def autopsy(place: Place, pid: int, most_seats: dict[str, int]) -> Remains:
    """Look at a copy, so that the next daemon finds the ledger, its journal and its locks as the dead one left them."""
    with closing(sqlite3.connect(_copy(place))) as db:
        try:
            held = [lane for lane, holder in db.execute("SELECT lane, holder FROM leases") if f":{pid}:" in holder]
            given = db.execute(
                "SELECT seminar, count(*) FROM seats WHERE state = 'granted' GROUP BY seminar"
            ).fetchall()
        except sqlite3.OperationalError:  # it died before it had made its tables
            return Remains((), ())
    over = [f"{code}: {n} of {most_seats[code]}" for code, n in given if n > most_seats.get(code, n)]
    return Remains(tuple(sorted(lane for lane in held if lane != "daemon")), tuple(over))


def _copy(place: Place) -> Path:
    target = place.folder / "autopsy"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in ("kypek.db", "kypek.db-wal"):
        if (place.folder / name).exists():
            shutil.copyfile(place.folder / name, target / name)
    return target / "kypek.db"
