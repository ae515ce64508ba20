"""What every command shares: which settings file, which language, where to print."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog
import typer
from rich.console import Console

from kypek_sync.language import Text, preferred, speaker
from kypek_sync.sync.installation import Installation

SETTINGS_FILE = "kypek.yaml"


class Said(Exception):
    """A message for the person at the terminal; the command ends with exit code 1."""


@dataclass(frozen=True)
class Context:
    """The options that stand before the command."""

    file: Path
    language: str
    out: Console

    @property
    def text(self) -> Text:
        """Texts in the chosen language."""
        return speaker(self.language)

    def installation(self) -> Installation:
        """Open the installation. Raises `SettingsError`, `LedgerError`."""
        return Installation.open(self.file)


def of(context: typer.Context) -> Context:
    """The shared options of a running command."""
    found = context.find_object(Context)
    if found is None:
        raise Said("The command line was not set up.")
    return found


def start(file: Path | None, language: str, *, verbose: bool) -> Context:
    """Gather the shared options and set up logging: to standard error, quiet unless asked or in the daemon."""
    chosen = file or Path(os.environ.get("KYPEK_SETTINGS", SETTINGS_FILE))
    set_up_logging(logging.INFO if verbose else logging.WARNING)
    return Context(chosen, preferred(language), Console(highlight=False, soft_wrap=not sys.stdout.isatty()))


def set_up_logging(level: int) -> None:
    """One line for each event, with the run's id; as JSON where nobody watches."""
    watching = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if watching else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
