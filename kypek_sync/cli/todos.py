"""`todos list|show|done|undone`: what people have to do by hand, because a platform cannot be asked to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import todos as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.todos import Closed, Entry
from kypek_sync.seminar.by_hand import FOR_ADMINISTRATORS
from kypek_sync.seminar.by_hand_words import line
from kypek_sync.sync.installation import Installation

todos = typer.Typer(no_args_is_help=True, help="What people have to do by hand, because a platform cannot be asked to.")

ENDS = {
    Closed.SEEN: "seen done on %(when)s",
    Closed.TICKED: "done, says %(who)s (%(when)s)",
    Closed.OVER: "no longer needed since %(when)s",
}

Who = Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")]
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Their numbers.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(todos, name="todos")


@todos.command("list")
def list_todos(
    context: typer.Context,
    seminar: Annotated[str, typer.Option("--seminar", help="Only of this seminar, with the texts to paste.")] = "",
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what is done or over.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What is to be done by hand, by seminar."""
    its = shared.of(context)
    found: list[Entry] = []
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        for centre in choosing.kypeks(its, inst, kypek):
            found += ledger.listed(connection, centre, seminar=seminar, every=every)
        if seminar and not found:
            choosing.seminars(its, inst, connection, seminar, kypek)
    if as_json:
        its.json([dump(one) for one in found])
    elif not found:
        its.out.print(its.text("Nothing is to be done by hand."))
    else:
        headings = ("Number", "KYPEK", "Seminar", "System", "What is to be done", "Who", "Where", "Since", "State")
        its.out.print(table(headings, [_row(its, one) for one in found], its.text))
        for one in found if seminar else ():
            if one.text:
                its.out.print(f"\n{one.id}. {line(one.kind, its.text)}:\n{one.text}", markup=False)
        if not seminar and any(one.text for one in found):
            its.out.print()
            its.out.print(its.text("The text to paste: kypek-sync todos show NUMBER"), markup=False)


@todos.command("show")
def show_todos(
    context: typer.Context,
    numbers: Ids,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What is to be done, where, and the text to paste."""
    its = shared.of(context)
    with its.installation() as inst:
        found = _meant(its, inst, numbers)
    if as_json:
        its.json([dump(one) for one in found])
        return
    for place, one in enumerate(found):
        if place:
            its.out.print()
        for said in _lines(its, one):
            its.out.print(said, markup=False)


@todos.command("done")
def tick_todos(context: typer.Context, numbers: Ids, who: Who = "") -> None:
    """Tick these off: a person has done them."""
    its = shared.of(context)
    name = choosing.who(its, who)
    with its.installation() as inst:
        for one in _meant(its, inst, numbers):
            if one.kind in FOR_ADMINISTRATORS:
                raise Said(
                    its.text("Number %(id)s is done when the platform shows it; it cannot be ticked off.", id=one.id)
                )
            with inst.ledger.begin() as connection:
                changed = ledger.close(connection, one.id, Closed.TICKED, name, its.clock())
            _tell(its, one, changed=changed)


@todos.command("undone")
def untick_todos(context: typer.Context, numbers: Ids) -> None:
    """Take ticks back: these are still to be done."""
    its = shared.of(context)
    with its.installation() as inst:
        for one in _meant(its, inst, numbers):
            with inst.ledger.begin() as connection:
                changed = ledger.reopen(connection, one.id, its.clock())
            if changed:
                facts = {"id": one.id, "what": line(one.kind, its.text), "seminar": one.seminar}
                its.out.print(its.text("To be done again: %(id)s, %(what)s (%(seminar)s)", **facts), markup=False)
            else:
                _tell(its, one, changed=False)


def _meant(its: Context, inst: Installation, numbers: list[int]) -> list[Entry]:
    with inst.ledger.begin(keep=False) as connection:
        found = {number: ledger.get(connection, number) for number in dict.fromkeys(numbers)}
    missing = ", ".join(str(number) for number, one in found.items() if one is None)
    if missing:
        raise Said(its.text("There is no number %(ids)s. `kypek-sync todos list` shows those there are.", ids=missing))
    return [one for one in found.values() if one is not None]


def _tell(its: Context, one: Entry, *, changed: bool) -> None:
    facts = {"id": one.id, "what": line(one.kind, its.text), "seminar": one.seminar}
    if changed:
        its.out.print(its.text("Noted: %(id)s, %(what)s (%(seminar)s)", **facts), markup=False)
    else:
        its.out.print(its.text("As it was: %(id)s, %(what)s (%(seminar)s)", **facts), markup=False)


def _row(its: Context, one: Entry) -> tuple[Any, ...]:
    what = line(one.kind, its.text)
    return (
        one.id,
        one.kypek,
        one.key.course,
        one.system,
        what,
        one.login,
        one.link,
        when(one.opened),
        _state(its, one),
    )


def _lines(its: Context, one: Entry) -> Iterator[str]:
    """One thing to do: what and where, how it stands, and behind an empty line the text as it is to be pasted."""
    yield f"{one.id}. {line(one.kind, its.text)} ({one.kypek}, {one.key.course}, {one.system})"
    if one.login:
        yield its.text("Who") + f": {login_shown(one.login)}"
    if one.link:
        yield its.text("Where") + f": {one.link}"
    yield its.text("since %(when)s: %(state)s", when=when(one.opened), state=_state(its, one))
    if one.text:
        yield ""
        yield one.text


def _state(its: Context, one: Entry) -> str:
    if one.closed is None or one.how is None:
        return its.text("open")
    return its.text(ENDS[one.how], when=when(one.closed), who=one.closed_by)
