"""`pins list|release`: what the engine leaves alone since a run was taken back, until somebody lets it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import table, when
from kypek_sync.language import Text
from kypek_sync.ledger import pins as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.pins import Pin

pins = typer.Typer(no_args_is_help=True, help="What the engine leaves alone until it is released.")

ASPECTS: Mapping[str, str] = {
    "course": "course facts",
    "group": "group",
    "enrolment": "enrolment",
    "membership": "place in the group",
    "announcement": "announcement",
    "cohort": "place in the cohort",
    "event": "date in the calendar",
    "room": "room",
    "ticket": "ticket",
}
"""What of a target is pinned."""


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(pins, name="pins")


@pins.command("list")
def list_pins(
    context: typer.Context,
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that were released.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What is pinned, oldest first."""
    its = shared.of(context)
    with its.installation() as inst:
        one = choosing.kypeks(its, inst, kypek)[0] if kypek else ""
        with inst.ledger.begin(keep=False) as connection:
            found = ledger.listed(connection, one, released=every)
    if as_json:
        its.json([dump(pin) for pin in found])
    elif not found:
        its.out.print(its.text("Nothing is pinned."))
    else:
        headings = ("Pin", "KYPEK", "Pinned", "System", "Seminar", "What", "Who", "Since", "By", "Why", "Released")
        its.out.print(table(headings, [_row(pin, its.text) for pin in found], its.text))


@pins.command("release")
def release_pins(
    context: typer.Context,
    numbers: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="The pins' numbers.")] = None,
    run: Annotated[int | None, typer.Option("--run", help="All that this undo pinned, by its run.")] = None,
    who: Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let these go: the next sync makes what is wanted there again."""
    its = shared.of(context)
    if not numbers and run is None:
        raise typer.BadParameter(its.text("say which pins: their numbers, or --run and the run that pinned them"))
    name = choosing.who(its, who)
    with its.installation() as inst:
        with inst.ledger.begin(keep=False) as connection:
            standing = {pin.id: pin for pin in ledger.listed(connection)}
            meant = _meant(its, standing, numbers or [], run)
        for pin in meant:
            its.out.print("• " + pin_line(pin, its.text), markup=False)
        question = its.text("Let %(count)s pins go, so that the next sync may change this again?", count=len(meant))
        agreed(its, question, yes=yes)
        with inst.ledger.begin() as connection:
            count = ledger.release(connection, [pin.id for pin in meant], name, its.clock())
    its.out.print(its.text("%(count)s pins were released by %(who)s.", count=count, who=name), markup=False)


def pin_line(pin: Pin, text: Text) -> str:
    """A pin in a line."""
    target, who = pin.target, login_shown(pin.target.login)
    thing = " ".join(word for word in (target.system, target.course, target.object, who) if word)
    return text(
        "pin %(id)s since %(since)s by %(who)s: %(aspect)s, %(target)s (%(why)s)",
        id=pin.id,
        since=when(pin.at),
        who=pin.who,
        aspect=text(ASPECTS[pin.aspect]),
        target=thing,
        why=pin.why,
    )


def _meant(its: Context, standing: Mapping[int, Pin], numbers: list[int], run: int | None) -> list[Pin]:
    unknown = sorted(set(numbers) - standing.keys())
    if unknown:
        raise Said(
            its.text(
                "There is no pin %(ids)s that stands. `kypek-sync pins list` shows those there are.",
                ids=", ".join(map(str, unknown)),
            )
        )
    meant = [pin for pin in standing.values() if pin.id in numbers or (run is not None and pin.run == run)]
    if not meant:
        raise Said(
            its.text("Run %(run)s has no pin that stands. `kypek-sync pins list` shows those there are.", run=run)
        )
    return meant


def _row(pin: Pin, text: Text) -> tuple[Any, ...]:
    target = pin.target
    return (
        *(pin.id, pin.kypek, text(ASPECTS[pin.aspect]), target.system, target.course, target.object, target.login),
        *(when(pin.at), pin.who, pin.why, when(pin.released) if pin.released else ""),
    )
