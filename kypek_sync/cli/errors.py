"""`errors list|retry`: changes that did not succeed, when they are tried again, and how to have that sooner."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_words import VERBS
from kypek_sync.cli.report import OUTCOMES
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import breakers, setbacks
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.setbacks import Setback

errors = typer.Typer(no_args_is_help=True, help="Changes that did not succeed.")

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
    if as_json:
        its.json([_plain(setback) for setback in found])
    elif not found:
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
        its.out.print(table(headings, [_row(its, setback) for setback in found], its.text))
        its.out.print(its.text("`kypek-sync errors retry ID` has one tried at the next pass."), markup=False)


@errors.command()
def retry(
    context: typer.Context,
    numbers: Annotated[list[int] | None, typer.Argument(metavar="ID", help="The numbers of errors.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, and connectors that are left in peace.")] = False,
    kypek: Kypek = None,
    system: System = "",
    seminar: Seminar = "",
) -> None:
    """Have changes tried at the next pass instead of later: by number, of a connector, of a seminar, or all."""
    its = shared.of(context)
    if not (numbers or every or system or seminar):
        raise typer.BadParameter(its.text("say which: ID, --all, --system or --seminar"))
    with its.installation() as inst:
        one = choosing.kypeks(its, inst, kypek)[0] if kypek else ""
        with inst.ledger.begin() as connection:
            found = setbacks.listed(connection, one, system=system, seminar=seminar)
            if unknown := sorted(set(numbers or ()) - {setback.id for setback in found}):
                raise Said(
                    its.text(
                        "There is no error %(id)s among these. `kypek-sync errors list` shows those there are.",
                        id=", ".join(map(str, unknown)),
                    )
                )
            chosen = [setback for setback in found if not numbers or setback.id in numbers]
            setbacks.due_now(connection, chosen)
            names = {system} if system else set(inst.connectors.names()) if every else set()
            tried = breakers.half_open(connection, names, its.clock())
    its.out.print(its.text("%(count)s changes are tried at the next pass.", count=len(chosen)))
    for name in tried:
        its.out.print(its.text("%(system)s is tried at the next pass too.", system=name), markup=False)


def _row(its: Context, one: Setback) -> tuple[object, ...]:
    target = one.target
    answer = its.text(OUTCOMES[one.outcome]) + (f": {worded(one.message, its.text)}" if one.message else "")
    due = when(one.next) if one.rests(its.clock()) else its.text("at the next pass")
    verb = its.text(VERBS[one.verb.value])
    what = (verb, target.system, target.seminar, target.object, target.login)
    return (one.id, one.kypek, *what, one.attempts, when(one.first), due, answer)


def _plain(one: Setback) -> dict[str, Any]:
    shown: dict[str, Any] = dump(one)
    del shown["wanted"]
    return shown
