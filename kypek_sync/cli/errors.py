"""`errors list|retry`: changes and letters that did not succeed, when they are tried again, how to have that sooner."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.unsent_letters as unsent_letters
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_words import VERBS
from kypek_sync.cli.report import OUTCOMES
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import breakers, outbox, setbacks
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.setbacks import Setback

errors = typer.Typer(no_args_is_help=True, help="Changes and letters that did not succeed.")

Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]
System = Annotated[str, typer.Option("--system", help="Only on this connector.")]
Seminar = Annotated[str, typer.Option("--seminar", help="Only of the seminar of this code.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(errors, name="errors")


@errors.command("list")
def list_errors(
    context: typer.Context,
    kypek: Kypek = None,
    system: System = "",
    seminar: Seminar = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What was refused or put off, how often, what was answered and when it is tried again, oldest first."""
    its = shared.of(context)
    with its.installation() as inst:
        one = choosing.kypeks(its, inst, kypek)[0] if kypek else ""
        with inst.ledger.begin(keep=False) as connection:
            found = setbacks.listed(connection, one, system=system, seminar=seminar)
            letters = unsent_letters.listed(connection, inst, one, system=system, seminar=seminar)
        rows = [_row(its, setback) for setback in found] + [unsent_letters.row(its, inst, row) for row in letters]
        plain = [_plain(setback) for setback in found] + [unsent_letters.plain(inst, row) for row in letters]
    if as_json:
        its.json(plain)
    elif not rows:
        its.out.print(its.text("Every change that was tried has succeeded."))
    else:
        headings = (
            "Setback",
            "KYPEK",
            "Change",
            "System",
            "Seminar",
            "What",
            "Who",
            "Tries",
            "Since",
            "Next",
            "Answer",
        )
        its.out.print(table(headings, rows, its.text))
        its.out.print(its.text("`kypek-sync errors retry ID` has one tried at the next pass."), markup=False)


@errors.command()
def retry(
    context: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="The numbers of errors; those of letters begin with m.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, and connectors that are left in peace.")] = False,
    kypek: Kypek = None,
    system: System = "",
    seminar: Seminar = "",
) -> None:
    """Have changes and letters tried at the next pass: by number, of a connector, of a seminar, or all."""
    its = shared.of(context)
    if not (numbers or every or system or seminar):
        raise typer.BadParameter(its.text("say which: ID, --all, --system or --seminar"))
    with its.installation() as inst:
        one = choosing.kypeks(its, inst, kypek)[0] if kypek else ""
        with inst.ledger.begin() as connection:
            found = {str(each.id): each for each in setbacks.listed(connection, one, system=system, seminar=seminar)}
            unsent = unsent_letters.listed(connection, inst, one, system=system, seminar=seminar)
            letters = {unsent_letters.name(row): row for row in unsent}
            if unknown := [number for number in numbers or () if number not in found | letters]:
                raise Said(
                    its.text(
                        "There is no error %(id)s among these. `kypek-sync errors list` shows those there are.",
                        id=", ".join(unknown),
                    )
                )
            changes = [each for number, each in found.items() if not numbers or number in numbers]
            mail = [row for number, row in letters.items() if not numbers or number in numbers]
            setbacks.due_now(connection, changes)
            outbox.retry(connection, mail, its.clock())
            names = {system} if system else set(inst.connectors.names()) if every else set()
            tried = breakers.half_open(connection, names, its.clock())
    if changes or not mail:
        its.out.print(its.text("%(count)s changes are tried at the next pass.", count=len(changes)))
    if mail:
        its.out.print(its.text("%(count)s letters are tried at the next pass.", count=len(mail)))
    for name in tried:
        its.out.print(its.text("%(system)s is tried at the next pass too.", system=name), markup=False)


def _row(its: Context, one: Setback) -> tuple[object, ...]:
    target = one.target
    answer = its.text(OUTCOMES[one.outcome]) + (f": {worded(one.message, its.text)}" if one.message else "")
    due = when(one.next) if one.rests(its.clock()) else its.text("at the next pass")
    verb = its.text(VERBS[one.verb.value])
    what = (verb, target.system, target.course, target.object, target.login)
    return (one.id, one.kypek, *what, one.attempts, when(one.first), due, answer)


def _plain(one: Setback) -> dict[str, Any]:
    shown: dict[str, Any] = dump(one)
    del shown["wanted"]
    return shown
