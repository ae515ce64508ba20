"""`connector list` and `connector NAME COMMAND`: the connectors of the settings and their own commands."""

from __future__ import annotations

from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.tables import table
from kypek_sync.plugins import UnknownConnector
from kypek_sync.sync.installation import Installation

LIST = "list"


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(context_settings={"ignore_unknown_options": True})(connector)


def connector(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="`list`, or a connector's name in the settings.")] = LIST,
    command: Annotated[str, typer.Argument(help="One of its commands; without one they are listed.")] = "",
    words: Annotated[list[str] | None, typer.Argument(help="What the command wants.")] = None,
) -> None:
    """The connectors of the settings; or one connector's own commands."""
    its = shared.of(context)
    with its.installation() as inst:
        if name == LIST:
            _list(its, inst)
            return
        try:
            spec = inst.connectors.spec(name)
        except UnknownConnector as error:
            raise typer.BadParameter(str(error)) from error
        if not command:
            commands = ", ".join(sorted(spec.commands)) or "–"
            title = worded(spec.title, its.text)
            said = its.text(
                "%(name)s is %(title)s. Its commands: %(commands)s", name=name, title=title, commands=commands
            )
            its.out.print(said, markup=False)
            return
        if command not in spec.commands:
            sentence = its.text("%(name)s has no command %(command)s", name=name, command=command)
            raise typer.BadParameter(sentence + choosing.hint(its.text, command, spec.commands))
        its.out.print(spec.commands[command](inst.connectors.named(name), tuple(words or ())), markup=False)


def _list(its: Context, inst: Installation) -> None:
    rows = []
    for name in inst.connectors.names():
        spec = inst.connectors.spec(name)
        roles = ", ".join(sorted(role.value for role in spec.roles))
        commands = ", ".join(sorted(spec.commands))
        rows.append((name, worded(spec.title, its.text), roles, inst.connectors.mode(name).value, commands))
    its.out.print(table(("Connector", "System", "Roles", "Mode", "Commands"), rows, its.text))
