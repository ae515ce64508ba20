"""The command line: noun then verb, and the few bare verbs of daily life.

Exit codes: 0 done or nothing to do; 1 an error, also when part was applied; 2 differences found or only held; 64 wrong
usage.
"""

from __future__ import annotations

import sys

import typer
from typer.main import get_command

from kypek_sync.cli.app import app
from kypek_sync.cli.context import Said
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.frame import shown
from kypek_sync.cli.help import in_words, language_of
from kypek_sync.contract import ConnectorError
from kypek_sync.language import speaker
from kypek_sync.ledger import LedgerError
from kypek_sync.model import Clock, system_clock
from kypek_sync.plugins import BrokenPlugin
from kypek_sync.programme import ProgrammeUnreadable
from kypek_sync.settings import SettingsError

EXPECTED = (SettingsError, LedgerError, ConnectorError, ProgrammeUnreadable, BrokenPlugin, Said)
USAGE = 64


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script `kypek-sync`. Leaves with the exit codes above; expected errors are one
    message on standard error, without a trace."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str], *, clock: Clock = system_clock) -> int:
    """Run one command and return its exit code."""
    try:
        command = get_command(app)
        in_words(command, speaker(language_of(arguments)))
        result = command.main(arguments, prog_name="kypek-sync", standalone_mode=False, obj=clock)
    except typer.TyperException as error:
        typer.echo(shown(error, speaker(language_of(arguments))), err=True, nl=False)
        return USAGE
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("", err=True)
        return 130
    except typer.Exit as leaving:
        return int(leaving.exit_code)
    except EXPECTED as error:
        typer.echo(worded(str(error), speaker(language_of(arguments))), err=True)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return int(result) if isinstance(result, int) else 0
