"""Daemons on the small centre: in a thread of the test, and as processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from kypek_sync.ledger import open_ledger, runs
from kypek_sync.ledger.runs import Run
from kypek_sync.service.daemon import Daemon
from kypek_sync.sync.installation import Installation
from tests.service.waiting import until
from tests.sync.centre import Centre

QUICK = (
    "intervals: {directory: 1 second, seats: 1 second, courses: 1 second, rooms: 1 second, tickets: 1 second, "
    "mail: 1 second}\n"
)


@dataclass
class Threaded:
    """A daemon in a thread."""

    daemon: Daemon
    inst: Installation
    thread: threading.Thread
    ended: list[bool]

    def stop(self) -> bool:
        """Tell it to stop and wait; whether every pass had ended."""
        self.daemon.stop.set()
        self.thread.join(timeout=30)
        assert not self.thread.is_alive(), "the daemon did not stop"
        return self.ended[0]


@dataclass
class Process:
    """`kypek-sync run` as people start it."""

    running: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """What it said, an object for each whole line."""
        return [
            json.loads(line)
            for line in self.log.read_text(encoding="utf-8").splitlines(keepends=True)
            if line.endswith("\n")
        ]

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines() if line["event"] == event]

    def wait_for(self, event: str) -> dict[str, Any]:
        """The first line of an event, as soon as it is there."""

        def there() -> bool:
            assert self.running.poll() is None or self.said(event), f"it ended: {self.log.read_text(encoding='utf-8')}"
            return bool(self.said(event))

        until(there, f"it says: {event}")
        return self.said(event)[0]

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.running.send_signal(number)

    def code(self) -> int:
        """Its exit code, as soon as it has ended."""
        return self.running.wait(timeout=30)


@dataclass
class Daemons:
    """Starts daemons and ends what is left of them."""

    centre: Centre
    _left: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Daemons:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.close()

    def quick(self) -> None:
        """Passes come every second."""
        self.centre.top = QUICK
        self.centre.settings()

    def thread(self, *, ask_again: float = 0.02) -> Threaded:
        """A daemon in a thread, with the centre's clock."""
        inst = self._left.enter_context(self.centre.installation())
        daemon, ended = Daemon(inst, ask_again=ask_again), list[bool]()
        thread = threading.Thread(target=lambda: ended.append(daemon.run()), daemon=True)
        it = Threaded(daemon, inst, thread, ended)
        thread.start()
        self._left.callback(thread.join, timeout=30)
        self._left.callback(daemon.stop.set)
        return it

    def process(self, *options: str, name: str = "daemon", command: str = "run") -> Process:
        """`kypek-sync run` with the system's clock; its log goes to a file, so it is JSON."""
        log = self.centre.folder / f"{name}.log"
        program = [str(Path(sys.executable).parent / "kypek-sync"), "-s", str(self.centre.folder / "kypek.yaml")]
        with log.open("wb") as out:
            running = subprocess.Popen(
                [*program, command, *options], stdout=out, stderr=out, env={**os.environ, "LANG": "C.UTF-8"}
            )
        self._left.callback(_end, running)
        return Process(running, log)

    def passes(self, lane: str = "", outcome: str = "") -> list[Run]:
        """The passes that have ended, newest first."""
        ledger = open_ledger("sqlite:///kypek.db", self.centre.folder)
        try:
            with ledger.begin(keep=False) as connection:
                found = runs.recent(connection, limit=500)
        finally:
            ledger.close()
        return [r for r in found if r.outcome and lane in ("", r.lane) and outcome in ("", r.outcome)]


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        running.kill()
    running.wait(timeout=30)
