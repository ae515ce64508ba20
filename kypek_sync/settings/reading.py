"""From a file to settings that can be used, or to all the mistakes in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kypek_sync.settings.checks import check
from kypek_sync.settings.document import Document, read
from kypek_sync.settings.ledger_address import ledger_address
from kypek_sync.settings.problems import Problem, SettingsError
from kypek_sync.settings.secrets import SecretPlaces
from kypek_sync.settings.shape import Settings
from kypek_sync.settings.validation import validated


@dataclass(frozen=True)
class Loaded:
    """Settings with where they came from. `folder` is the folder of the file: relative paths start there. The document
    and the environment are kept so that a connector's own settings can be checked later, with their lines."""

    settings: Settings
    file: Path
    folder: Path
    document: Document = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)

    def line_of(self, *keys: str | int) -> int:
        """The line (from 1) where a key stands, or the nearest thing above it: `line_of("kypeks", "att-a", "mail")`."""
        return self.document.line_of(*keys)

    def path(self, written: Path) -> Path:
        """A path of the settings as an absolute one."""
        return self.folder / written.expanduser()

    @property
    def places(self) -> SecretPlaces:
        """Where references to secrets lead."""
        return SecretPlaces(self.environ, self.folder)

    @property
    def ledger_address(self) -> str:
        """The ledger's URL for SQLAlchemy, relative file and password resolved. It may hold a secret: never log it."""
        return ledger_address(self.settings.ledger, self.folder, self.settings.ledger_password)


@dataclass(frozen=True)
class Examined:
    """A file that could be read: its document, the mistakes, and the settings (None if their shape is broken)."""

    document: Document
    places: SecretPlaces
    settings: Settings | None
    problems: tuple[Problem, ...]

    def loaded(self) -> Loaded:
        """The settings. Raises `SettingsError` when there is any mistake."""
        if self.problems or self.settings is None:
            raise SettingsError(self.problems)
        return Loaded(self.settings, self.document.file, self.places.folder, self.document, self.places.environ)


def load(file: Path, *, environ: Mapping[str, str] | None = None) -> Loaded:
    """Read and check a settings file, except connectors' own settings (`kypek_sync.plugins` knows those).

    `environ` stands for the environment (default: the process's own). Raises `SettingsError` with every mistake.
    """
    return examine(file, environ=environ).loaded()


def examine(file: Path, *, environ: Mapping[str, str] | None = None) -> Examined:
    """Read a settings file and find every mistake. Raises `SettingsError` only when it cannot be read at all."""
    places = SecretPlaces(dict(os.environ if environ is None else environ), file.absolute().parent)
    document, duplicates = read(file)
    settings, mistakes = validated(Settings, document.data, document, (), places)
    problems = (*duplicates, *mistakes, *check(document))
    return Examined(document, places, settings, problems)
