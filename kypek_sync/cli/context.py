"""What every command shares: which settings file, which language, which clock, where to print."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
import typer
from rich.console import Console

from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.masking import Screen, known_from, nobody_known, without_numbers
from kypek_sync.language import Text, preferred, speaker
from kypek_sync.model import Clock, system_clock
from kypek_sync.settings import SettingsError
from kypek_sync.sync.installation import Installation

SETTINGS_FILE = "kypek.yaml"
PIPE_WIDTH = 200
"""Columns of a table where nobody watches: wide enough that a line stays a line."""


class Said(Exception):
    """A message for the person at the terminal; the command ends with exit code 1."""


@dataclass(frozen=True)
class Context:
    """The options that stand before the command. `asked` is the language only if it was asked for by `--lang`."""

    file: Path
    language: str
    out: Console
    asked: str = ""
    clock: Clock = system_clock

    @property
    def text(self) -> Text:
        """Texts in the chosen language."""
        return speaker(self.language)

    def installation(self) -> Installation:
        """Open the installation. Raises `Said` with every mistake of the settings, `LedgerError`."""
        try:
            inst = Installation.open(self.file, self.clock)
        except SettingsError as error:
            raise Said(self.mistakes(error)) from error
        known_from(inst)
        return inst

    def mistakes(self, error: SettingsError) -> str:
        """Every mistake of the settings in the chosen language, a line for each."""
        quoted = partial(worded, text=self.text)
        return "\n".join(problem.told(self.text, quoted) for problem in error.problems)

    def json(self, value: object) -> None:
        """Print a value for machines."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def of(context: typer.Context) -> Context:
    """The shared options of a running command."""
    found = context.find_object(Context)
    if found is None:
        raise Said("The command line was not set up.")
    return found


def start(file: Path | None, language: str, *, verbose: bool, clock: Clock = system_clock) -> Context:
    """Gather the shared options and set up logging: to standard error, quiet unless asked or in the daemon."""
    chosen = file or Path(os.environ.get("KYPEK_SETTINGS", SETTINGS_FILE))
    nobody_known()
    set_up_logging(logging.INFO if verbose else logging.WARNING, by_hand=True)
    watched = sys.stdout.isatty()
    out = Screen(highlight=False, soft_wrap=not watched, width=None if watched else PIPE_WIDTH)
    return Context(chosen, preferred(language), out, language, clock)


def set_up_logging(level: int, *, by_hand: bool) -> None:
    """One line for each event, with the run's id, on standard error: for people to read where a command was given
    `by_hand` or somebody watches, else as JSON."""
    watching = sys.stderr.isatty()
    plain = structlog.dev.ConsoleRenderer(colors=watching, exception_formatter=structlog.dev.plain_traceback)
    renderer = plain if by_hand or watching else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_numbers,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the standard error of the moment
        cache_logger_on_first_use=False,
    )
