"""One installation: its settings, connectors, ledger, clock and language, handed to every pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from kypek_sync.contract import Capability, ConnectorError, Courses
from kypek_sync.language import Text, speaker
from kypek_sync.ledger import Ledger, journal_heads, open_ledger
from kypek_sync.model import Clock, system_clock
from kypek_sync.notices.overrides import Overrides
from kypek_sync.plugins import Connectors, load
from kypek_sync.programme.remembered import Readings
from kypek_sync.settings import KypekEntry, Loaded, Mode
from kypek_sync.sync.applying.breaking import Breakers
from kypek_sync.sync.courses.remembered import Remembered
from kypek_sync.sync.planning.desired import Centre
from kypek_sync.sync.seats.settled import Settled


@dataclass(frozen=True)
class Installation:
    """What a pass works with. A context manager: closing lets go of connections and the ledger. `breakers` are those of
    a pass under way; without them every connector may be asked and nobody counts its failures. `remembered` are the
    courses as the passes of this process have read them, `readings` the programmes, and `settled` what followed."""

    loaded: Loaded
    connectors: Connectors
    ledger: Ledger
    clock: Clock
    breakers: Breakers | None = None
    remembered: Remembered = field(default_factory=Remembered)
    readings: Readings = field(default_factory=Readings)
    settled: Settled = field(default_factory=Settled)

    @classmethod
    def open(cls, file: Path, clock: Clock = system_clock) -> Installation:
        """Read the settings, build the connectors, open and migrate the ledger.

        Raises `SettingsError` or `LedgerError`, each with what to mend.
        """
        loaded = load(file)
        connectors = Connectors(loaded, clock)
        return cls(loaded, connectors, open_ledger(loaded.ledger_address, loaded.folder), clock)

    def __enter__(self) -> Installation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        self.connectors.close()
        self.ledger.close()

    @property
    def text(self) -> Text:
        """Texts in the language of reports and tickets."""
        return speaker(self.loaded.settings.language)

    @property
    def host(self) -> str:
        """The name of our public address, for message ids."""
        return urlsplit(self.loaded.settings.public_address).hostname or "localhost"

    @property
    def heads_place(self) -> Path:
        """The file or folder where the journal's heads are written out: that of the settings, else a file beside the
        ledger (of a database server: beside the settings)."""
        written = self.loaded.settings.journal_heads
        if written is not None:
            return self.loaded.path(written)
        database = self.ledger.engine.url.database if self.ledger.engine.dialect.name == "sqlite" else None
        return (Path(database).parent if database else self.loaded.folder) / journal_heads.FILE

    def overrides(self) -> Overrides:
        """The administrator's own words of letters, in the language of letters."""
        folder = self.loaded.settings.templates
        return Overrides(self.loaded.path(folder) if folder is not None else None, self.loaded.settings.language)

    @property
    def tie_key(self) -> bytes:
        """The key that orders applications of the same moment."""
        return b"order|" + self.loaded.settings.identity_key.get_secret_value().encode()

    @property
    def own_page_key(self) -> bytes:
        """The key by which the addresses of people's own pages are made."""
        return b"own page|" + self.loaded.settings.identity_key.get_secret_value().encode()

    def kypek(self, kypek: str) -> KypekEntry:
        """The settings of one KYPEK."""
        return self.loaded.settings.kypeks[kypek]

    def sharing(self, directory: str) -> frozenset[str]:
        """The KYPEKs that read a directory."""
        return frozenset(one for one, entry in self.loaded.settings.kypeks.items() if entry.directory == directory)

    def used_by(self, kypek: str) -> frozenset[str]:
        """The connectors that a KYPEK uses."""
        entry = self.kypek(kypek)
        named = {entry.directory, entry.units_register, entry.courses, entry.rooms, entry.helpdesk, entry.post}
        named |= {system for structure in entry.structures.values() for system in structure.categories}
        return frozenset(named & set(self.connectors.names()))

    def shut(self, system: str) -> ConnectorError | None:
        """None if this pass may ask the connector; else why it is left in peace. Not to be asked inside a transaction:
        the breakers have their own."""
        return self.breakers.shut(system) if self.breakers is not None else None

    def heard(self, system: str, errors: Iterable[ConnectorError], answers: int = 0) -> None:
        """How a connector did in a round of reading: what failed, and how often it answered."""
        if self.breakers is not None:
            self.breakers.heard(system, errors, answers)

    @property
    def longest_call(self) -> timedelta:
        """How long one call that changes something may take at most, by these settings."""
        return max((self.connectors.longest_call(name) for name in self.connectors.names()), default=timedelta(0))

    def modes(self) -> dict[str, Mode]:
        """How far each connector may go."""
        return {name: self.connectors.mode(name) for name in self.connectors.names()}

    def centre(self, kypek: str) -> Centre:
        """What the wishes need to know of a KYPEK."""
        entry = self.kypek(kypek)
        return Centre(
            kypek=kypek,
            platform=entry.courses,
            room_server=entry.rooms,
            page=self.loaded.settings.public_address.rstrip("/"),
            officers={key: frozenset(s.officers) for key, s in entry.structures.items()},
            categories={
                (key, system): category
                for key, structure in entry.structures.items()
                for system, category in structure.categories.items()
            },
            text=self.text,
        )

    def platforms(
        self, names: frozenset[str]
    ) -> tuple[dict[str, Courses], dict[str, frozenset[Capability]], list[ConnectorError]]:
        """The course platforms of these names with what they can do; those that could not be asked, as their errors."""
        found: dict[str, Courses] = {}
        can: dict[str, frozenset[Capability]] = {}
        problems: list[ConnectorError] = []
        for name in sorted(names):
            if (why := self.shut(name)) is not None:
                problems.append(why)
                continue
            platform = self.connectors.courses(name)
            try:
                can[name] = platform.capabilities()
                found[name] = platform
            except ConnectorError as error:
                self.heard(name, [error])
                problems.append(error)
        return found, can, problems
