"""`seats approve CODE LOGIN…`: the officer says yes, in a seminar whose seats need an approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.ruling_words import kept_back, reason_given
from kypek_sync.cli.seat_rulings import By, Code, Kypek, Yes, login_given
from kypek_sync.ledger.programmes import Offering
from kypek_sync.sync.seats import by_name
from kypek_sync.sync.seats.by_name import Asked
from kypek_sync.sync.seats.each_by_name import decide_each

MOST = 10
"""People who are named in the question; more are counted."""


def add_to(seats: typer.Typer) -> None:
    """Add the verb to the noun."""
    seats.command()(approve)


def approve(
    context: typer.Context,
    code: Code,
    logins: Annotated[list[str] | None, typer.Argument(help="The logins of those who are approved.")] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="All for whom a seat is kept until they are approved.")
    ] = False,
    why: Annotated[str, typer.Option("--why", help="A word for them: kept beside your name, and told to them.")] = "",
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
) -> None:
    """Approve applications of a seminar whose seats need it: each gets the seat that is kept, or the next in order."""
    its = shared.of(context)
    by, words = choosing.who(its, who), reason_given(its, why)
    if bool(logins) == everybody:
        raise typer.BadParameter(its.text("name the people by their logins, or say --all"))
    with its.installation() as inst:
        with inst.ledger.begin(keep=False) as connection:  # tried out: what cannot be is not asked about
            offering = choosing.seminar(its, inst, connection, code, kypek)
            wanted = by_name.to_approve(connection, offering) if everybody else tuple(map(login_given, logins or ()))
            people, left_out = decide_each(connection, inst, offering, wanted, by_name.approve, why=words, who=by)
        if left_out and not everybody:
            raise Said("\n".join(one.said(its.text) for one in left_out))
        for sentence in left_out:
            its.out.print(sentence.said(its.text), markup=False)
        if not people:
            its.out.print(its.text("Nobody waits for an approval in %(code)s.", code=code), markup=False)
            return
        agreed(its, f"{_question(its, offering, people)} {its.text('Go on?')}", yes=yes)
        with inst.ledger.begin() as connection:
            offering = choosing.seminar(its, inst, connection, code, kypek)
            agreed_on = tuple(one.login for one in people)
            done, late = decide_each(connection, inst, offering, agreed_on, by_name.approve, why=words, who=by)
            waits = kept_back(connection, offering, its.text, inst.clock())
    said = "Decided by %(who)s." if waits else "Decided by %(who)s; the next pass of the seats goes by it."
    told = its.text("Approved: %(count)s (%(names)s).", count=len(done), names=_names(done)) if done else ""
    for line in filter(None, (*(one.said(its.text) for one in late), told, its.text(said, who=by), *waits)):
        its.out.print(line, markup=False)


def _question(its: Context, offering: Offering, people: Sequence[Asked]) -> str:
    return its.text(
        "Applications for %(title)s that are approved: %(count)s (%(names)s). Each gets the seat that is kept for "
        "it, or the next one in the order.",
        title=offering.seminar.title,
        count=len(people),
        names=_names(people),
    )


def _names(people: Sequence[Asked]) -> str:
    """These people, the first of them by name."""
    names = [
        f"{one.known.person.name} ({login_shown(one.login)})" if one.known else login_shown(one.login)
        for one in people[:MOST]
    ]
    return ", ".join((*names, *(("…",) if len(people) > MOST else ())))
