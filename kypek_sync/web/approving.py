"""Approving applications on the seminar's page, for the officers of its structure who have signed in.

People stand in the form by our id, never by their login: one may be somebody's registry number (D-4). Approved, or
refused, is whom the officer saw, also by the button for all: who came meanwhile waits for the next look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kypek_sync.language import Text
from kypek_sync.ledger import persons, seats
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seat, SeatState
from kypek_sync.programme.tables import clean
from kypek_sync.seminar.approval import kept_until
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats import by_name
from kypek_sync.sync.seats.each_by_name import decide_each
from kypek_sync.sync.seats.offers import watch_of
from kypek_sync.web import facts

if TYPE_CHECKING:
    from kypek_sync.web.pages import Pages

LONGEST = 500
"""Letters of a reason: people read it in a letter."""
SHOWN, CHOSEN = "shown.", "chosen."
"""How the names of the form's fields begin; our id of the person follows."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody for whom a seat is kept, in the words of the page; `id` is ours, `until` empty where no time is set."""

    id: str
    name: str
    part: str
    specialties: str
    units: str
    applied: str
    until: str


@dataclass(frozen=True, slots=True)
class ToApprove:
    """Who waits for an officer, in the order of their applications, and of how many somebody has said a word that the
    next pass carries out."""

    applicants: tuple[Applicant, ...]
    said: int

    def __bool__(self) -> bool:
        return bool(self.applicants or self.said)


def may_approve(inst: Installation, offering: Offering, login: str) -> bool:
    """Whether somebody decides about a seminar's applications: the officers of its structure, the administrators."""
    entry = inst.kypek(offering.kypek)
    structure = entry.structures.get(offering.seminar.structure)
    return bool(login) and (login in entry.administrators or (structure is not None and login in structure.officers))


def to_approve(connection: Connection, inst: Installation, offering: Offering, text: Text, language: str) -> ToApprove:
    """What an officer sees of a seminar's applications that wait for an approval."""
    kept = _kept(connection, offering)
    if not kept:
        return ToApprove((), 0)
    waiting = [kept[login] for login in by_name.to_approve(connection, offering) if kept[login].person]
    directory = inst.kypek(offering.kypek).directory
    known = persons.persons_by_id(connection, directory, {seat.person for seat in waiting}) if directory else {}
    units = persons.units_of(connection, directory, [one.person for one in known.values()]) if directory else {}
    watch = watch_of(connection, offering.kypek, offering.seminar, inst.clock())
    found = []
    for seat in waiting:
        person = known[seat.person].person if seat.person in known else None
        until = kept_until(seat, offering.seminar, watch) if watch is not None else None
        found.append(
            Applicant(
                id=seat.person,
                name=person.name if person is not None else text("a person the directory does not show"),
                part=offering.seminar.part_name(seat.part),
                specialties=", ".join(person.specialties) if person is not None else "",
                units=", ".join(units[u].name for u in person.units if u in units) if person is not None else "",
                applied=facts.moment(seat.applied_at, language) if seat.applied_at is not None else "",
                until=facts.moment(until, language) if until is not None else "",
            )
        )
    return ToApprove(tuple(found), len(kept) - len(waiting))


def _kept(connection: Connection, offering: Offering) -> dict[str, Seat]:
    """The seats of a seminar that are kept until an officer has said yes, by login."""
    code = offering.seminar.code
    decided = seats.decided(connection, offering.kypek, code).get(code, {})
    return {login: seat for login, seat in decided.items() if seat.state is SeatState.UNDER_APPROVAL}


class ApprovalPages:
    """The route of the officer's word."""

    def __init__(self, pages: Pages) -> None:
        self.pages, self.inst = pages, pages.inst

    def routes(self) -> list[Route]:
        """All routes."""
        return [Route("/s/{code}/approvals", self.sent, methods=["POST"], name="approvals")]

    async def sent(self, request: Request) -> Response:
        """Take an officer's word about applications."""
        return await self.pages.signed_in(request, self._sent_by)

    def _sent_by(self, request: Request, login: str, form: Mapping[str, str]) -> Response:
        text, _ = self.pages.language(request)
        refuses, everybody = form.get("word") == "refuse", form.get("word") == "all"
        chosen = _marked(form, SHOWN if everybody else CHOSEN)
        why = " ".join(clean(form.get("why", "")).split())[:LONGEST]
        if not chosen:
            return self.pages.problem(request, 400, text("Nobody was chosen. Nothing was changed."))
        if refuses and not why:
            said = text("To refuse an application say why: the reason is told to them. Nothing was changed.")
            return self.pages.problem(request, 400, said)
        with self.inst.ledger.begin() as connection:
            offering = facts.find(connection, self.inst, request.path_params["code"])
            if offering is None or not may_approve(self.inst, offering, login):
                said = text("Only the officers of the structure decide about its applications.")
                return self.pages.problem(request, 403, said)
            kept = _kept(connection, offering)
            logins = [one for one in by_name.to_approve(connection, offering) if kept[one].person in chosen]
            decide = by_name.refuse if refuses else by_name.approve
            done, left_out = decide_each(connection, self.inst, offering, logins, decide, why=why, who=login)
        if left_out or len(done) < len(chosen):
            sentences = [one.said(text) for one in left_out]
            if len(logins) < len(chosen):
                sentences.append(text("Of some of the chosen it had been decided meanwhile."))
            sentences.append(text("Taken: %(count)s.", count=len(done)))
            return self.pages.problem(request, 409, " ".join(sentences))
        return RedirectResponse(f"/s/{offering.seminar.code}#approvals", status_code=303)


def _marked(form: Mapping[str, str], start: str) -> frozenset[str]:
    return frozenset(name.removeprefix(start) for name in form if name.startswith(start))
