"""`holds list|show|approve|reject`: changes that a guard kept back until a person decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.days as days
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.plan_words import DIGITS
from kypek_sync.cli.report import changes_table
from kypek_sync.cli.tables import table, when
from kypek_sync.language import Text
from kypek_sync.ledger import holds as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.holds import Hold, HoldState
from kypek_sync.seminar.guard_words import guard_word

holds = typer.Typer(no_args_is_help=True, help="Changes that wait for a person.")

STATES = {
    HoldState.OPEN: "waits",
    HoldState.APPROVED: "approved",
    HoldState.REJECTED: "rejected",
    HoldState.GONE: "no longer wanted",
}

SHORTEST = 4
"""So many letters of a fingerprint at least say which changes were shown."""

Number = Annotated[int, typer.Argument(metavar="ID", help="The hold's number.")]
Numbers = Annotated[
    list[int] | None, typer.Argument(metavar="ID…", help="The hold's number; several at once, decided together.")
]
Shown = Annotated[
    str, typer.Option("--hash", help="Only if it still holds what was shown: the start of its fingerprint.")
]
Every = Annotated[bool, typer.Option("--all", help="Every hold that waits of one seminar or guard.")]
OfSeminar = Annotated[str, typer.Option("--seminar", help="With --all: only of this seminar.")]
OfGuard = Annotated[str, typer.Option("--guard", help="With --all: only of this guard.")]
OfKypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]
Who = Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(holds, name="holds")


@holds.command("list")
def list_holds(
    context: typer.Context,
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that were decided or are no longer wanted.")] = False,
    as_json: Json = False,
) -> None:
    """What waits for approval, oldest first."""
    its = shared.of(context)
    states = tuple(HoldState) if every else (HoldState.OPEN,)
    with its.installation() as inst:
        one = choosing.kypeks(its, inst, kypek)[0] if kypek else ""
        with inst.ledger.begin(keep=False) as connection:
            found = ledger.listed(connection, one, states=states)
    if as_json:
        its.json([_plain(hold) for hold in found])
    elif not found:
        its.out.print(its.text("Nothing waits for approval."))
    else:
        headings = ("Hold", "KYPEK", "Seminar", "System", "Guard", "Changes", "Since", "State", "Why")
        its.out.print(table(headings, [_row(its, hold) for hold in found], its.text))


@holds.command("show")
def show_hold(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """One hold: every change in it, and why it was kept back."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        hold = ledger.get(connection, number)
    if hold is None:
        raise _unknown(its, number)
    if as_json:
        its.json(_plain(hold) | {"changes": [dump(change) for change in hold.changes]})
        return
    its.out.print(_state(its, hold), markup=False)
    its.out.print(
        its.text("Since %(since)s. Fingerprint: %(hash)s", since=when(hold.opened), hash=hold.hash[:DIGITS]),
        markup=False,
    )
    its.out.print(hold.why.said(its.text), markup=False)
    its.out.print(changes_table([(change, None) for change in hold.changes], its.text, most=None))


@holds.command()
def approve(
    context: typer.Context,
    numbers: Numbers = None,
    who: Who = "",
    until: Annotated[
        str, typer.Option("--until", help="Until when it holds: 30/11/2026 or 2026-11-30; else 7 days.")
    ] = "",
    shown: Shown = "",
    every: Every = False,
    seminar: OfSeminar = "",
    guard: OfGuard = "",
    kypek: OfKypek = None,
) -> None:
    """Let these changes pass, while they are still wanted with the same `before`."""
    its = shared.of(context)
    expires = _until(its, until)
    chosen = _Chosen(tuple(numbers or ()), shown, every, seminar, guard, kypek)
    for hold in _decide(its, chosen, HoldState.APPROVED, who, expires):
        its.out.print(
            its.text(
                "Hold %(id)s is approved by %(who)s until %(until)s. Its changes are made at the next "
                "`kypek-sync sync`.",
                id=hold.id,
                who=hold.who,
                until=when(hold.expires),
            ),
            markup=False,
        )
        if hold.guard == ledger.UNDO:
            its.out.print(
                its.text("It belongs to an undo, which makes it when it is run again: `kypek-sync runs undo ID`.")
            )


@holds.command()
def reject(
    context: typer.Context,
    numbers: Numbers = None,
    who: Who = "",
    shown: Shown = "",
    every: Every = False,
    seminar: OfSeminar = "",
    guard: OfGuard = "",
    kypek: OfKypek = None,
) -> None:
    """Never make these changes; the same ones are not asked about again."""
    its = shared.of(context)
    chosen = _Chosen(tuple(numbers or ()), shown, every, seminar, guard, kypek)
    for hold in _decide(its, chosen, HoldState.REJECTED, who, None):
        its.out.print(
            its.text(
                "Hold %(id)s is rejected by %(who)s. Nothing of it will be done from now on.", id=hold.id, who=hold.who
            ),
            markup=False,
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which holds a person decides: by their numbers, or all that wait of one seminar or guard."""

    numbers: tuple[int, ...]
    shown: str
    every: bool
    seminar: str
    guard: str
    kypek: str | None

    def check(self, text: Text) -> None:
        """Wrong usage unless it is clear what is meant; nothing lets everything pass at once."""
        if self.every and not (self.seminar or self.guard):
            raise typer.BadParameter(
                text("add --seminar or --guard: not everything passes at once"), param_hint="--all"
            )
        if self.every and self.numbers:
            raise typer.BadParameter(text("give numbers or --all, not both"), param_hint="--all")
        if not self.every and (self.seminar or self.guard):
            raise typer.BadParameter(text("add --all: every hold of these that waits"), param_hint="--seminar, --guard")
        if not self.every and not self.numbers:
            raise typer.BadParameter(text("give the number of a hold, as `kypek-sync holds list` shows it"))
        if self.shown and len(self.numbers) != 1:
            raise typer.BadParameter(text("it goes with one number"), param_hint="--hash")
        if self.shown and len(self.shown) < SHORTEST:
            raise typer.BadParameter(text("give at least %(count)s letters", count=SHORTEST), param_hint="--hash")

    def among(self, waiting: Iterable[Hold]) -> list[int]:
        """The numbers that are meant, each once."""
        if not self.every:
            return list(dict.fromkeys(self.numbers))
        return [h.id for h in waiting if self.seminar in ("", h.seminar) and self.guard in ("", h.guard)]


def _decide(its: Context, chosen: _Chosen, state: HoldState, who: str, expires: datetime | None) -> list[Hold]:
    """Decide all of the chosen ones, or, if one cannot be decided, none."""
    chosen.check(its.text)
    name = choosing.who(its, who)
    found = []
    with its.installation() as inst:
        kypek = choosing.kypeks(its, inst, chosen.kypek)[0] if chosen.kypek else ""
        with inst.ledger.begin() as connection:
            numbers = chosen.among(ledger.listed(connection, kypek))
            if not numbers:
                raise Said(its.text("Nothing waits for approval."))
            for number in numbers:
                hold = ledger.get(connection, number)
                if hold is None or (kypek and hold.kypek != kypek):
                    raise _unknown(its, number)
                if not hold.hash.startswith(chosen.shown.lower()):
                    raise Said(_another(its, hold))
                if not ledger.decide(connection, number, state, name, its.clock(), expires):
                    raise Said(its.text("Nothing was changed: %(state)s", state=_state(its, hold)))
                decided = ledger.get(connection, number)
                found += [decided] if decided is not None else []
    return found


def _another(its: Context, hold: Hold) -> str:
    return its.text(
        "Nothing was changed: hold %(id)s holds other changes than those you were shown; its fingerprint is %(hash)s. "
        "Look again with `kypek-sync holds show %(id)s`.",
        id=hold.id,
        hash=hold.hash[:DIGITS],
    )


def _unknown(its: Context, number: int) -> Said:
    return Said(its.text("There is no hold %(id)s. `kypek-sync holds list` shows those that wait.", id=number))


def _state(its: Context, hold: Hold) -> str:
    text = its.text
    facts = {"id": hold.id, "guard": guard_word(hold.guard, text), "kypek": hold.kypek, "system": hold.system}
    facts["state"] = text(STATES[hold.state])
    if hold.seminar:
        line = text(
            "Hold %(id)s (%(guard)s), %(kypek)s, seminar %(seminar)s on %(system)s: %(state)s",
            seminar=hold.seminar,
            **facts,
        )
    else:
        line = text("Hold %(id)s (%(guard)s), %(kypek)s, on %(system)s: %(state)s", **facts)
    if hold.who:
        line += text(", by %(who)s on %(when)s", who=hold.who, when=when(hold.decided))
    if hold.expires is not None:
        over = hold.expires <= its.clock()
        line += text(", ran out on %(when)s" if over else ", until %(when)s", when=when(hold.expires))
    return line


def _until(its: Context, written: str) -> datetime:
    """The last moment of the day that was written, on a clock in Greece; without one, 7 days from now."""
    return days.end_of_day(its, written) if written else its.clock() + timedelta(days=7)


def _row(its: Context, hold: Hold) -> tuple[object, ...]:
    state = its.text(STATES[hold.state])
    return (
        hold.id,
        hold.kypek,
        hold.seminar,
        hold.system,
        f"{guard_word(hold.guard, its.text)} ({hold.guard})",
        len(hold.changes),
        when(hold.opened),
        state,
        hold.why.said(its.text),
    )


def _plain(hold: Hold) -> dict[str, Any]:
    shown: dict[str, Any] = dump(hold)
    shown |= {"changes": len(hold.changes), "why": str(hold.why)}
    return shown
