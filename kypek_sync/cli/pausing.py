"""`pause` and `resume`: a connector, a KYPEK or a seminar that is left alone for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.days as days
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.tables import table, when
from kypek_sync.language import Text
from kypek_sync.ledger import pauses
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.pauses import Kind, Pause, Thing
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.overview import systems_of

KINDS = {Kind.CONNECTOR: "connector", Kind.KYPEK: "KYPEK", Kind.SEMINAR: "seminar"}

MEANS = {
    Kind.CONNECTOR: "Nothing is written to it; courses and rooms are still read, a directory is not.",
    Kind.KYPEK: "No lane of it makes a pass: nothing is read, decided, written or sent.",
    Kind.SEMINAR: "Its seats stay as they are, nothing is changed for it anywhere, and its notices wait.",
}
"""What a pause keeps from happening."""

KindName = Annotated[
    Kind | None, typer.Argument(metavar="[connector|kypek|seminar]", help="What is meant: connector, kypek or seminar.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name in the settings, or the seminar's code.")]
OfKypek = Annotated[str | None, typer.Option("--kypek", "-k", help="The KYPEK of the seminar.")]
Who = Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command()(pause)
    app.command()(resume)


def pause(
    context: typer.Context,
    kind: KindName = None,
    name: Name = "",
    why: Annotated[str, typer.Option("--why", help="Why, for those who meet the pause.")] = "",
    until: Annotated[str, typer.Option("--until", help="The last day of it: 30/11/2026 or 2026-11-30.")] = "",
    length: Annotated[str, typer.Option("--for", help="How long: 12h, 3d, 3 ημέρες.")] = "",
    kypek: OfKypek = None,
    who: Who = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Leave something alone until it is resumed or the time is over; alone it shows what is paused."""
    its = shared.of(context)
    if kind is None:
        _list(its, as_json=as_json)
        return
    if not why.strip():
        raise typer.BadParameter(its.text("say why, for those who meet the pause"), param_hint="--why")
    if until and length:
        raise typer.BadParameter(its.text("write --until or --for, not both"))
    ends = days.end_of_day(its, until) if until else days.from_now(its, length) if length else None
    by = choosing.who(its, who)
    with its.installation() as inst, inst.ledger.begin() as connection:
        what = _known(its, inst, connection, kind, name, kypek)
        pauses.add(connection, what, who=by, why=why.strip(), until=ends, now=its.clock())
    its.out.print(_made(kind, name, ends, its.text), markup=False)
    its.out.print(its.text(MEANS[kind]), markup=False)


def resume(
    context: typer.Context,
    kind: Annotated[
        Kind, typer.Argument(metavar="connector|kypek|seminar", help="What is meant: connector, kypek or seminar.")
    ],
    name: Name,
    kypek: OfKypek = None,
    who: Who = "",
) -> None:
    """End a pause: the next pass closes what has become different meanwhile."""
    its = shared.of(context)
    by = choosing.who(its, who)
    with its.installation() as inst, inst.ledger.begin() as connection:
        what = _known(its, inst, connection, kind, name, kypek)
        count = pauses.resume(connection, what, who=by, now=its.clock())
    if not count:
        raise Said(its.text("%(kind)s %(name)s is not paused.", kind=its.text(KINDS[kind]), name=name))
    its.out.print(
        its.text(
            "%(kind)s %(name)s goes on: what has become different meanwhile is done at the next pass.",
            kind=its.text(KINDS[kind]),
            name=name,
        ),
        markup=False,
    )


def pause_line(one: Pause, text: Text) -> str:
    """A pause in a line."""
    until = when(one.until) if one.until else text("until it is resumed")
    return text(
        "paused: %(kind)s %(name)s, %(until)s, by %(who)s since %(since)s: %(why)s",
        kind=text(KINDS[one.kind]),
        name=one.name,
        until=text("until %(moment)s", moment=until) if one.until else until,
        who=one.who,
        since=when(one.at),
        why=one.why,
    )


def _list(its: Context, *, as_json: bool) -> None:
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = pauses.standing(connection, its.clock())
    if as_json:
        its.json([dump(one) for one in found])
    elif not found:
        its.out.print(its.text("Nothing is paused."))
    else:
        headings = ("What", "Name", "KYPEK", "Since", "Until", "By", "Why")
        rows = [(its.text(KINDS[p.kind]), p.name, p.kypek, when(p.at), when(p.until), p.who, p.why) for p in found]
        its.out.print(table(headings, rows, its.text))


def _made(kind: Kind, name: str, ends: datetime | None, text: Text) -> str:
    if ends is None:
        return text("%(kind)s %(name)s is paused until it is resumed.", kind=text(KINDS[kind]), name=name)
    return text("%(kind)s %(name)s is paused until %(until)s.", kind=text(KINDS[kind]), name=name, until=when(ends))


def _known(its: Context, inst: Installation, connection: Connection, kind: Kind, name: str, kypek: str | None) -> Thing:
    """What is meant. Wrong usage, or `Said`, if there is nothing of the name."""
    if kind is Kind.SEMINAR:
        owner = choosing.seminar(its, inst, connection, name, kypek).kypek
        return Thing(kind, name, owner, (owner,))
    if kind is Kind.KYPEK:
        return Thing(kind, name, "", tuple(choosing.kypeks(its, inst, name)))
    if name not in inst.connectors.names():
        missing = its.text("there is no connector %(name)s", name=name)
        raise typer.BadParameter(missing + choosing.hint(its.text, name, inst.connectors.names()))
    users = tuple(one for one in sorted(inst.loaded.settings.kypeks) if name in systems_of(inst, one))
    return Thing(kind, name, "", users)
