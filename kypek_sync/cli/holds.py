"""`holds list|show|approve|reject`: changes that a guard kept back until a person decides."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

import typer

from kypek_sync.cli import choosing
from kypek_sync.cli import context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.report import changes_table
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import holds as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.holds import Hold, HoldState
from kypek_sync.model import ATHENS

holds = typer.Typer(no_args_is_help=True, help="Changes that wait for a person.")

STATES = {
    HoldState.OPEN: "waits",
    HoldState.APPROVED: "approved",
    HoldState.REJECTED: "rejected",
    HoldState.GONE: "no longer wanted",
}

Number = Annotated[int, typer.Argument(metavar="ID", help="The hold's number.")]
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
    its.out.print(hold.why.said(its.text), markup=False)
    its.out.print(changes_table([(change, None) for change in hold.changes], its.text, most=None))


@holds.command()
def approve(
    context: typer.Context,
    number: Number,
    who: Who = "",
    until: Annotated[
        str, typer.Option("--until", help="Until when it holds: 30/11/2026 or 2026-11-30; else 7 days.")
    ] = "",
) -> None:
    """Let these changes pass, while they are still wanted with the same `before`."""
    its = shared.of(context)
    expires = _until(its, until)
    hold = _decide(its, number, HoldState.APPROVED, who, expires)
    its.out.print(
        its.text(
            "Hold %(id)s is approved by %(who)s until %(until)s. Its changes are made at the next `kypek-sync sync`.",
            id=number,
            who=hold.who,
            until=when(hold.expires),
        ),
        markup=False,
    )


@holds.command()
def reject(context: typer.Context, number: Number, who: Who = "") -> None:
    """Never make these changes; the same ones are not asked about again."""
    its = shared.of(context)
    hold = _decide(its, number, HoldState.REJECTED, who, None)
    its.out.print(
        its.text("Hold %(id)s is rejected by %(who)s. Nothing of it will be done.", id=number, who=hold.who),
        markup=False,
    )


def _decide(its: Context, number: int, state: HoldState, who: str, expires: datetime | None) -> Hold:
    name = choosing.who(its, who)
    with its.installation() as inst, inst.ledger.begin() as connection:
        decided = ledger.decide(connection, number, state, name, its.clock(), expires)
        hold = ledger.get(connection, number)
    if hold is None:
        raise _unknown(its, number)
    if not decided:
        raise Said(its.text("Nothing was changed: %(state)s", state=_state(its, hold)))
    return hold


def _unknown(its: Context, number: int) -> Said:
    return Said(its.text("There is no hold %(id)s. `kypek-sync holds list` shows those that wait.", id=number))


def _state(its: Context, hold: Hold) -> str:
    text = its.text
    line = text(
        "Hold %(id)s (%(guard)s), %(kypek)s, seminar %(seminar)s on %(system)s: %(state)s",
        id=hold.id,
        guard=hold.guard,
        kypek=hold.kypek,
        seminar=hold.seminar or "–",
        system=hold.system,
        state=text(STATES[hold.state]),
    )
    if hold.who:
        line += text(", by %(who)s on %(when)s", who=hold.who, when=when(hold.decided))
    return line


def _until(its: Context, written: str) -> datetime:
    """The last moment of the day that was written, on a clock in Greece; without one, 7 days from now."""
    now = its.clock()
    if not written:
        return now + timedelta(days=7)
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(written, shape).replace(tzinfo=ATHENS).date()
        except ValueError:
            continue
        end = datetime.combine(day, time(23, 59, 59), ATHENS).astimezone(UTC)
        if end <= now:
            raise typer.BadParameter(its.text("%(day)s is over already", day=written), param_hint="--until")
        return end
    raise typer.BadParameter(
        its.text("%(day)s is no date: write 30/11/2026 or 2026-11-30", day=written), param_hint="--until"
    )


def _row(its: Context, hold: Hold) -> tuple[object, ...]:
    state = its.text(STATES[hold.state])
    return (
        hold.id,
        hold.kypek,
        hold.seminar,
        hold.system,
        hold.guard,
        len(hold.changes),
        when(hold.opened),
        state,
        hold.why.said(its.text),
    )


def _plain(hold: Hold) -> dict[str, Any]:
    shown: dict[str, Any] = dump(hold)
    shown |= {"changes": len(hold.changes), "why": str(hold.why)}
    return shown
