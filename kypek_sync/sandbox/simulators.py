"""All simulators of one sandbox, served on loopback ports in threads of this process."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from kypek_sync.sandbox import bigbluebutton, eclass, mail, moodle, request_tracker, soap_helpdesk, units_register
from kypek_sync.sandbox.bigbluebutton import World as RoomsWorld
from kypek_sync.sandbox.eclass import World as EclassWorld
from kypek_sync.sandbox.faults import WIRE_FAULTS, FaultBook
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sandbox.moodle import World as MoodleWorld
from kypek_sync.sandbox.request_tracker import World as TicketsWorld
from kypek_sync.sandbox.serving import Running, Watcher, Wsgi, serve
from kypek_sync.sandbox.soap_helpdesk import World as SoapWorld
from kypek_sync.sandbox.units_register import Book

Clock = Callable[[], datetime]
SYSTEMS = ("eclass", "eclass-older", "moodle", "bbb", "rt", "soap", "register", "smtp")
"""Their names, in the fault grammar too."""
FAULTS: Mapping[str, frozenset[str]] = {
    "eclass": WIRE_FAULTS | eclass.NEWER_FAULTS,
    "eclass-older": WIRE_FAULTS | eclass.FAULTS,
    "moodle": WIRE_FAULTS | moodle.FAULTS,
    "bbb": WIRE_FAULTS | bigbluebutton.FAULTS,
    "rt": WIRE_FAULTS | request_tracker.FAULTS,
    "soap": WIRE_FAULTS | soap_helpdesk.FAULTS,
    "register": WIRE_FAULTS | units_register.FAULTS,
    "smtp": mail.FAULTS,
}
"""What each can be told to do wrong."""
SOAP_USER = "kypek-sync"
QUEUE = "KYPEK-ATT"


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens each system."""

    eclass: str
    eclass_older: str
    moodle: str
    bbb: str
    rt: str
    soap: str


@dataclass(frozen=True, slots=True)
class Worlds:
    """What each simulated server really holds, to seed it and to look at it."""

    eclass: EclassWorld
    eclass_older: EclassWorld
    moodle: MoodleWorld
    bbb: RoomsWorld
    rt: TicketsWorld
    soap: SoapWorld


def worlds(state: Path, clock: Clock) -> Worlds:
    """The worlds on the state below this folder; made where missing."""
    return Worlds(
        EclassWorld(state / "eclass.sqlite", clock),
        EclassWorld(state / "eclass-older.sqlite", clock),
        MoodleWorld(state / "moodle.sqlite"),
        RoomsWorld(state / "bbb", clock),
        TicketsWorld(state / "rt.sqlite", clock=clock),
        SoapWorld(state / "soap.sqlite", clock=clock),
    )


class Simulators:
    """The running servers of one sandbox."""

    def __init__(
        self, state: Path, keys: Keys, faults: FaultBook, clock: Clock, ports: Mapping[str, int], units: Book
    ) -> None:
        """Start them all on these ports; `units` is what the register of units holds. If one fails, those before it are
        stopped and the error is passed on."""
        self._running: dict[str, Running] = {}
        self._held: list[sqlite3.Connection] = []
        self._mails_before = 0
        with ExitStack() as undo:
            for system, (app, is_write) in _applications(state, keys, faults, clock, units).items():
                self._running[system] = serve(app, system, faults, port=ports[system], is_write=is_write)
                undo.callback(self._running[system].stop)
            self.mail = Sink.start(state / "mail", faults.of("smtp"), port=ports["smtp"])
            undo.pop_all()
        self._mails_before = len(self.mail.messages())
        self._held = [_held_open(file) for file in sorted(state.rglob("*.sqlite"))]

    @property
    def addresses(self) -> dict[str, str]:
        """Where each is, as a connector's settings want it."""
        found = {system: running.address for system, running in self._running.items()}
        host, port = self.mail.address
        found["bbb"] += "/bigbluebutton/api"
        found["soap"] += "/api/soap/mantisconnect.php"
        return {**found, "smtp": f"smtp://{host}:{port}"}

    def calls(self) -> dict[str, dict[str, int]]:
        """Reads and writes of each system since this start; a mail that was taken is a write."""
        counted = {
            system: {"read": running.calls["read"], "write": running.calls["write"]}
            for system, running in self._running.items()
        }
        counted["smtp"] = {"read": 0, "write": len(self.mail.messages()) - self._mails_before}
        return counted

    def watch(self, watcher: Watcher | None) -> None:
        """Have this called whenever a server has done what it was asked, before it says so; None: nobody."""
        for running in self._running.values():
            running.app.watcher = watcher
        self.mail.watch(partial(watcher, "smtp", True) if watcher else None)

    def stop(self) -> None:
        """Stop them all, at the same time, and free the ports."""
        endings = [self.mail.stop, *(running.stop for running in self._running.values())]
        with ThreadPoolExecutor(len(endings)) as stopping:
            for done in [stopping.submit(ending) for ending in endings]:
                done.result()
        for connection in self._held:
            connection.close()


def _held_open(file: Path) -> sqlite3.Connection:
    """An idle connection: without it SQLite would tidy up its write-ahead log after every single request."""
    connection = sqlite3.connect(file, check_same_thread=False)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


_IsWrite = Callable[[dict[str, Any]], bool]


def _by_method(environ: dict[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] not in ("GET", "HEAD")


def _applications(
    state: Path, keys: Keys, book: FaultBook, clock: Clock, units: Book
) -> dict[str, tuple[Wsgi, _IsWrite]]:
    newer, older = state / "eclass.sqlite", state / "eclass-older.sqlite"
    common: dict[str, Any] = {"clock": clock}
    return {
        "eclass": (
            eclass.create_app(newer, version="newer", token=keys.eclass, faults=book.of("eclass"), **common),
            _by_method,
        ),
        "eclass-older": (
            eclass.create_app(
                older, version="older", token=keys.eclass_older, faults=book.of("eclass-older"), **common
            ),
            _by_method,
        ),
        "moodle": (
            moodle.create_app(state / "moodle.sqlite", token=keys.moodle, faults=book.of("moodle"), **common),
            moodle.is_write,
        ),
        "bbb": (
            bigbluebutton.create_app(state / "bbb", secret=keys.bbb, faults=book.of("bbb"), **common),
            bigbluebutton.is_write,
        ),
        "rt": (
            request_tracker.create_app(state / "rt.sqlite", token=keys.rt, faults=book.of("rt"), **common),
            _by_method,
        ),
        "soap": (
            soap_helpdesk.create_app(
                state / "soap.sqlite", username=SOAP_USER, password=keys.soap, faults=book.of("soap"), **common
            ),
            soap_helpdesk.is_write,
        ),
        "register": (units_register.create_app(units, faults=book.of("register")), _by_method),
    }
