"""`person export|forget`: all that is held about one person, and its end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

import kypek_sync.cli.context as shared
from kypek_sync.cli.asking import confirmed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.system_words import unwritable
from kypek_sync.ledger import person_export
from kypek_sync.ledger.forgetting import Forgotten
from kypek_sync.ledger.naming import is_forgotten, subject
from kypek_sync.programme.marking import safely
from kypek_sync.sync.forgetting import forget, obstacles
from kypek_sync.sync.lease import LaneTaken

person = typer.Typer(no_args_is_help=True, help="What is held about one person.")

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The login, as the directory spells it.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(person, name="person")


@person.command("export")
def export_person(
    context: typer.Context,
    login: Login,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write (.json).")],
) -> None:
    """Write all that is held about somebody to a file, for themselves. Keyed hashes are not in it."""
    its = shared.of(context)
    login = login.strip().lower()
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = person_export.export(connection, login)
    if person_export.empty(found):
        raise Said(its.text("Nothing is held about %(login)s.", login=login_shown(login)))
    try:
        safely(output, json.dumps(found, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise unwritable(output, error, its.text) from error
    its.out.print(
        its.text("All that is held about %(login)s is in %(file)s.", login=login_shown(login), file=output),
        markup=False,
    )


@person.command("forget")
def forget_person(
    context: typer.Context,
    login: Login,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Also if the next sync would bring the person back.")
    ] = False,
) -> None:
    """Erase whatever names somebody. Seats and hours stay as figures, the journal's chain stays valid."""
    its = shared.of(context)
    login = login.strip().lower()
    with its.installation() as inst:
        with inst.ledger.begin(keep=False) as connection:
            held = not is_forgotten(login) and not person_export.empty(person_export.export(connection, login))
            against = obstacles(connection, inst, subject(connection, login))
        if not held:
            raise Said(its.text("Nothing is held about %(login)s.", login=login_shown(login)))
        if against and not even_so:
            reasons = "\n".join(f"- {one.said(its.text)}" for one in against)
            raise Said(its.text("%(login)s is not forgotten yet:", login=login_shown(login)) + "\n" + reasons)
        if not yes:
            _ask(its, login)
        try:
            gone = forget(inst, login)
        except LaneTaken as taken:
            raise Said(its.text("A pass is under way. Nothing was changed; try again.") + f" {taken}") from taken
    _tell(its, gone)


def _ask(its: Context, login: str) -> None:
    its.out.print(
        its.text("This cannot be undone, and seats of %(login)s stay as figures only.", login=login_shown(login))
    )
    if not confirmed(its.text("Forget this person?"), its.text):
        raise Said(its.text("Nothing was changed."))


def _tell(its: Context, gone: Forgotten) -> None:
    text = its.text
    its.out.print(
        text(
            "The person is forgotten. Rows of the ledger: %(rows)s, contents of the journal: %(contents)s.",
            rows=sum(gone.rows.values()),
            contents=sum(gone.contents.values()),
        ),
        markup=False,
    )
    its.out.print(
        text("Backups, log files and what was exported keep the person until their own time is over."), markup=False
    )
