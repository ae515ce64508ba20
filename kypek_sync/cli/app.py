"""The command tree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kypek_sync.cli import (
    checking,
    connectors,
    daemon,
    demo,
    directory,
    errors,
    explain,
    holds,
    journal,
    letters,
    passes,
    pausing,
    person,
    pins,
    programmes,
    runs,
    sandbox,
    seats,
    seminars,
    starting,
    status,
    tickets,
    undoing,
)
from kypek_sync.cli import context as shared
from kypek_sync.language import LANGUAGES
from kypek_sync.model import system_clock

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Keeps seminars, enrolments, meetings and tickets consistent across the services of a support centre.",
)


@app.callback()
def options(
    context: typer.Context,
    settings: Annotated[Path | None, typer.Option("--settings", "-s", help="The settings file (kypek.yaml).")] = None,
    lang: Annotated[str, typer.Option("--lang", help="el or en; else LANG.")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, on standard error.")] = False,
) -> None:
    """Options that stand before the command."""
    if lang and lang not in LANGUAGES:
        raise typer.BadParameter(f"{lang}: not one of {', '.join(LANGUAGES)}", param_hint="--lang")
    context.obj = shared.start(settings, lang, verbose=verbose, clock=context.obj or system_clock)


for part in (
    *(starting, checking, letters, passes, daemon, status, explain),
    *(programmes, seminars, seats, holds, pins, pausing, errors, runs, undoing, tickets, directory, connectors),
    *(journal, person),
    *(demo, sandbox),
):
    part.add_to(app)
