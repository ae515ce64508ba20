"""`seats lower CODE`: a seminar has fewer seats than people have; who loses theirs is shown, confirmed and recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.ruling_words import kept_back, reason_given
from kypek_sync.cli.tables import table, when
from kypek_sync.language import Text
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.programmes import Offering
from kypek_sync.seminar.free_seats import seats_in_all
from kypek_sync.seminar.reasons import state_word
from kypek_sync.seminar.rulings import Word
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats import lowering
from kypek_sync.sync.seats.by_name import NotDecided
from kypek_sync.sync.seats.lowering import Excess

_Find = Callable[[Connection], tuple[Offering, Excess]]
HEADINGS = ("Waiting place", "Who", "Seat", "Applied")


def add_to(seats: typer.Typer) -> None:
    """Add the verb to the noun."""
    seats.command()(lower)


def lower(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The seminar's code.")],
    why: Annotated[
        str, typer.Option("--why", help="The reason: kept beside your name, and told to everybody whom it concerns.")
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Give the seats back that such a decision took.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")] = "",
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines; without --yes only the plan.")] = False,
) -> None:
    """The programme gives a seminar fewer seats than people have: the last in the order go to the head of the waiting
    list. Shown first, and asked about."""
    its = shared.of(context)
    by, why = choosing.who(its, who), reason_given(its, why)
    if not why:
        raise typer.BadParameter(its.text("say why with --why"))
    word, find = (Word.KEEP, lowering.to_give_back) if undo else (Word.LOWER, lowering.to_lower)
    with its.installation() as inst:

        def found(connection: Connection) -> tuple[Offering, Excess]:
            offering = choosing.seminar(its, inst, connection, code, kypek)
            return offering, find(connection, inst, offering)

        try:
            with inst.ledger.begin(keep=False) as connection:
                offering, shown = found(connection)
            if as_json and not yes:
                its.json(_plain(shown, word, applied=False))
                raise typer.Exit(2)
            if not as_json:
                _show(its, shown, word)
                agreed(its, its.text("Go on?"), yes=yes)
            waits = _confirmed(its, inst, found, shown, (word, why, by))
        except NotDecided as problem:
            raise Said(problem.sentence.said(its.text)) from problem
    if as_json:
        its.json(_plain(shown, word, applied=True))
        return
    said = "Decided by %(who)s." if waits else "Decided by %(who)s; the next pass of the seats goes by it."
    for line in (its.text(said, who=by), *waits):
        its.out.print(line, markup=False)
    if word is Word.LOWER:
        line = its.text("`kypek-sync seats lower %(code)s --undo` gives the seats back.", code=offering.seminar.code)
        its.out.print(line, markup=False)


def _confirmed(its: Context, inst: Installation, found: _Find, shown: Excess, said: tuple[Word, str, str]) -> list[str]:
    """Record what was shown; nothing if it is not the same any more. What the next pass waits for, a line each."""
    (word, why, who), now = said, inst.clock()
    with inst.ledger.begin() as connection:
        offering, made = found(connection)
        if _marks(made) != _marks(shown):
            raise Said(its.text("Something has changed meanwhile, and nothing was decided: please look again."))
        lowering.decide(connection, offering, made.seats, word, why=why, who=who, now=now)
        return kept_back(connection, offering, its.text, now)


def _marks(one: Excess) -> tuple[object, ...]:
    return one.seminar.capacity, [(seat.login, seat.state, seat.part) for seat in one.seats]


def _show(its: Context, one: Excess, word: Word) -> None:
    """What is asked about: who, and what becomes of them."""
    for line in _lines(one, word, its.text):
        its.out.print(line, markup=False)
    rows = [
        (place if word is Word.LOWER else "", one.called(seat), state_word(seat.state, its.text), when(seat.applied_at))
        for place, seat in enumerate(one.seats, 1)
    ]
    its.out.print(table(HEADINGS, rows, its.text))


def _lines(one: Excess, word: Word, text: Text) -> Iterator[str]:
    facts: dict[str, object] = {"title": one.seminar.title, "code": one.seminar.code, "count": len(one.seats)}
    if word is Word.KEEP:
        yield text(
            "These %(count)s get their seat in %(title)s (%(code)s) back, also above the seats that it has; nobody "
            "else loses one. Each gets a letter.",
            **facts,
        )
        return
    yield text(
        "%(title)s (%(code)s) has %(capacity)s seats. These %(count)s, the last in the order, lose theirs and go to "
        "the head of the waiting list, before whoever waits already. Each gets a letter.",
        capacity=seats_in_all(one.seminar) or "–",
        **facts,
    )
    if one.by_name:
        yield text("%(count)s of them were granted theirs by name: nobody else is left to lose one.", count=one.by_name)


def _plain(one: Excess, word: Word, *, applied: bool) -> dict[str, Any]:
    """For machines."""
    return {
        "seminar": one.seminar.code,
        "capacity": seats_in_all(one.seminar),
        "decision": word.value,
        "applied": applied,
        "seats": [dump(seat) | {"name": one.names.get(seat.login, "")} for seat in one.seats],
    }
