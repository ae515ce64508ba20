"""`tickets list|show`: the cases that deserve a ticket, and what the helpdesk holds of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import cases
from kypek_sync.ledger.cases import Filed
from kypek_sync.ledger.codec import dump
from kypek_sync.model import TicketState

tickets = typer.Typer(no_args_is_help=True, help="Cases and their tickets in the helpdesk.")

STATES = {
    TicketState.NEW: "new",
    TicketState.OPEN: "open",
    TicketState.WAITING: "waiting for an answer",
    TicketState.RESOLVED: "resolved",
    TicketState.CLOSED: "closed",
}

Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(tickets, name="tickets")


@tickets.command("list")
def list_tickets(
    context: typer.Context,
    kypek: Kypek = None,
    every: Annotated[bool, typer.Option("--all", help="Also the cases that are cured.")] = False,
    as_json: Json = False,
) -> None:
    """The open cases, with their tickets."""
    its = shared.of(context)
    found: list[tuple[str, Filed]] = []
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        for one in choosing.kypeks(its, inst, kypek):
            found += [(one, filed) for filed in cases.listed(connection, one) if every or filed.cured is None]
    if as_json:
        its.json([_plain(one, filed) for one, filed in found])
    elif not found:
        its.out.print(its.text("There are no open cases."))
    else:
        headings = ("Reference", "KYPEK", "Subject", "Since", "Ticket", "State")
        rows = [
            (filed.case.ref, one, filed.case.subject, when(filed.opened), filed.ticket or "–", _state(its, filed))
            for one, filed in found
        ]
        its.out.print(table(headings, rows, its.text))


@tickets.command("show")
def show_ticket(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF", help="The case's reference, or the ticket's number.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """One case: what it says, and what the helpdesk holds of it."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        every = [(one, filed) for one in choosing.kypeks(its, inst, kypek) for filed in cases.listed(connection, one)]
    found = [(one, filed) for one, filed in every if reference in (filed.case.ref, filed.ticket)]
    if not found:
        known = {filed.case.ref for _, filed in every}
        raise Said(its.text("There is no case %(ref)s", ref=reference) + choosing.hint(its.text, reference, known))
    if as_json:
        its.json([_plain(one, filed) for one, filed in found])
        return
    for one, filed in found:
        its.out.print(f"{filed.case.ref} ({one})", markup=False)
        ticket = filed.ticket or its.text("no ticket yet")
        opened = its.text(
            "Since %(since)s. Ticket: %(ticket)s. %(state)s",
            since=when(filed.opened),
            ticket=ticket,
            state=_state(its, filed),
        )
        its.out.print(opened, markup=False)
        its.out.print()
        its.out.print(f"{filed.case.subject}\n\n{filed.case.body}", markup=False)


def _state(its: Context, filed: Filed) -> str:
    if filed.cured is not None:
        return its.text("cured on %(when)s", when=when(filed.cured))
    return its.text(STATES[filed.ticket_state]) if filed.ticket_state else its.text("to be opened")


def _plain(kypek: str, filed: Filed) -> dict[str, Any]:
    shown: dict[str, Any] = dump(filed)
    return {"kypek": kypek, **shown.pop("case"), **shown}
