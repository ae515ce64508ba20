"""The command tree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import kypek_sync.cli.checking as checking
import kypek_sync.cli.connectors as connectors
import kypek_sync.cli.context as shared
import kypek_sync.cli.daemon as daemon
import kypek_sync.cli.demo as demo
import kypek_sync.cli.directory as directory
import kypek_sync.cli.errors as errors
import kypek_sync.cli.explain as explain
import kypek_sync.cli.holds as holds
import kypek_sync.cli.journal as journal
import kypek_sync.cli.letters as letters
import kypek_sync.cli.notices as notices
import kypek_sync.cli.passes as passes
import kypek_sync.cli.pausing as pausing
import kypek_sync.cli.person as person
import kypek_sync.cli.pins as pins
import kypek_sync.cli.programmes as programmes
import kypek_sync.cli.runs as runs
import kypek_sync.cli.sandbox as sandbox
import kypek_sync.cli.seats as seats
import kypek_sync.cli.seminars as seminars
import kypek_sync.cli.sessions as sessions
import kypek_sync.cli.starting as starting
import kypek_sync.cli.status as status
import kypek_sync.cli.tickets as tickets
import kypek_sync.cli.todos as todos
import kypek_sync.cli.undoing as undoing
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
    *(
        programmes,
        seminars,
        sessions,
        seats,
        holds,
        pins,
        pausing,
        errors,
        runs,
        undoing,
        tickets,
        todos,
        directory,
        connectors,
    ),
    *(journal, person, notices),
    *(demo, sandbox),
):
    part.add_to(app)
