"""Starts a sandbox: simulators, a directory, programmes and settings in one folder, ready for kypek-sync."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType

from kypek_sync.sandbox.control import control_door
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.folder import Folder, Memory, moved_ports, port_for, with_ports
from kypek_sync.sandbox.life import Life, Move
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sandbox.people import Directory
from kypek_sync.sandbox.scenario import STRUCTURES, Cast, draft, school_year, write_programmes
from kypek_sync.sandbox.seeding import ROOT_DEPARTMENT, seed
from kypek_sync.sandbox.serving import Running, Watcher, serve
from kypek_sync.sandbox.settings_file import settings_text
from kypek_sync.sandbox.simulators import FAULTS, SYSTEMS, Clock, Keys, Simulators, Worlds, worlds
from kypek_sync.sandbox.units_register import book_of

PLACES = (*SYSTEMS, "control", "web")
"""Everything that has a port. `web` is only kept free: kypek-sync's own pages will use it."""


class Sandbox:
    """A sandbox that runs. Made by `start`; `stop` it, or use it in a `with`.

    `folder` holds everything; `addresses` by system, with `control` and `web`; `faults` may be set and lifted at any
    time; `worlds` and `mail` show what the servers really hold; `memory` is what `sandbox.json` says.
    """

    def __init__(
        self, folder: Folder, memory: Memory, faults: FaultBook, simulators: Simulators, control: Running, life: Life
    ) -> None:
        self.folder = folder.path
        self.settings = folder.settings
        self.memory = memory
        self.faults = faults
        self.worlds: Worlds = life.worlds
        self._life = life
        self._simulators = simulators
        self._control = control
        self._folder = folder
        self._is_running = True

    @property
    def addresses(self) -> dict[str, str]:
        """Where each system is."""
        return dict(self.memory.addresses)

    @property
    def mail(self) -> Sink:
        """The mail server; `mail.messages()` are those it was given."""
        return self._simulators.mail

    def calls(self) -> dict[str, dict[str, int]]:
        """How often each system was read and written since this start."""
        return self._simulators.calls()

    def watch(self, watcher: Watcher | None) -> None:
        """Have this called, with the system and whether it was a write, whenever a server has done what it was asked
        and before it says so: the moment at which a client's death hurts most."""
        self._simulators.watch(watcher)

    def life(self, *, apply: int = 0, leave: int = 0) -> tuple[Move, ...]:
        """More people apply, some leave; see `life.Life.go`."""
        return self._life.go(apply=apply, leave=leave)

    def stop(self) -> None:
        """Stop everything and give the folder free. A second call does nothing."""
        if self._is_running:
            self._is_running = False
            self._control.stop()
            self._simulators.stop()
            self._folder.__exit__(None, None, None)

    def __enter__(self) -> Sandbox:
        """The sandbox itself, running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def start(
    folder: Path,
    *,
    people: int = 400,
    units: int = 60,
    seminars: int = 12,
    seed: int = 1,
    now: Clock,
    ports: Mapping[str, int] | None = None,
    faults: Iterable[str] = (),
) -> Sandbox:
    """Start a sandbox in `folder`. `now` tells aware times and is the clock of all simulators.

    In a new folder everything is made by `seed`. In one that was used before, what it holds is used again, with its own
    numbers, and nothing is seeded; ports stay the same where they are free, and where not, settings and programmes get
    the new ones. `ports` asks for certain ones, by the names in `PLACES`; `faults` are in force from the start.

    Raises `SandboxInUse`, `NotASandbox`, `UnknownFault`, `OSError` for a port that is asked for and taken, `ValueError`
    for numbers that make no scenario.
    """
    book = FaultBook(seed, FAULTS)
    for fault in faults:
        book.set(fault)
    place = Folder(folder)
    with ExitStack() as undo:
        undo.enter_context(place)
        before = place.remembered()
        memory = before or Memory(people, units, seminars, seed, token=place.secret("control-token"))
        chosen = _ports(memory, ports or {})
        moved = moved_ports(memory, chosen)
        if before is None:
            place.begin()
        register = book_of(_directory(memory, now()).all_units)
        simulators = Simulators(place.state, _keys(place), book, now, chosen, register)
        undo.callback(simulators.stop)
        web = f"http://127.0.0.1:{chosen['web']}"
        control_address = f"http://127.0.0.1:{chosen['control']}"
        addresses = {**simulators.addresses, "control": control_address, "web": web}
        memory = with_ports(memory, chosen, addresses)
        held = worlds(place.state, now)
        if before is None:
            memory = _seeded(place, memory, held, now)
        else:
            place.relocate(moved)
        life = Life(held, _logins(memory, now), memory.registration, memory.seed, now, place.state / "life.json")
        control = serve(
            control_door(memory.token, book, life, simulators.calls), "control", FaultBook(), port=chosen["control"]
        )
        undo.callback(control.stop)
        place.remember(memory)
        undo.pop_all()
    return Sandbox(place, memory, book, simulators, control, life)


def _ports(memory: Memory, asked: Mapping[str, int]) -> dict[str, int]:
    """A port for each place: the one asked for, else the one it had, else any free one."""
    if unknown := set(asked) - set(PLACES):
        raise ValueError(f"no system is called {', '.join(sorted(unknown))}; known: {', '.join(PLACES)}")
    chosen: dict[str, int] = {}
    for name in PLACES:
        wanted = asked.get(name) or memory.ports.get(name, 0)
        port = port_for(wanted, insist=bool(asked.get(name)))
        while port in chosen.values():
            port = port_for(0, insist=True)
        chosen[name] = port
    return chosen


def _keys(place: Folder) -> Keys:
    for name in ("identity-key", "session-key"):
        place.secret(name)
    return Keys(
        eclass=place.secret("eclass-token", "eclass_"),
        eclass_older=place.secret("eclass-older-token", "eclass_"),
        moodle=place.secret("moodle-token"),
        bbb=place.secret("bbb-secret"),
        rt=place.secret("rt-token"),
        soap=place.secret("soap-password"),
    )


def _directory(memory: Memory, moment: datetime) -> Directory:
    return Directory(memory.people, memory.units, memory.seed, moment)


def _logins(memory: Memory, now: Callable[[], datetime]) -> list[str]:
    """Those whom `life` may move: teachers of the directory, as it was made."""
    return [account.login for account in _directory(memory, now()).teachers() if account.is_active]


def _seeded(place: Folder, memory: Memory, held: Worlds, now: Clock) -> Memory:
    """Make the directory, fill the platforms, write programmes and settings."""
    moment = now()
    directory = _directory(memory, moment)
    directory.write_ldif(place.directory)
    cast = Cast(list(directory.accounts()), memory.seed)
    plans = draft(cast, moment, memory.seminars)
    seeded = seed(held, cast, plans, memory.addresses, moment)
    write_programmes(place.programmes, seeded.plans)
    for structure in STRUCTURES:
        (place.path / "inbox" / structure.id).mkdir(parents=True, exist_ok=True)
    text = settings_text(
        cast,
        memory.addresses,
        seeded.categories,
        school_year=school_year(moment),
        web=memory.ports["web"],
        department=ROOT_DEPARTMENT,
        report=seeded.report,
    )
    place.settings.write_text(text, "utf-8")
    return replace(memory, registration=dict(seeded.registration))
