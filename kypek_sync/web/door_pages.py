"""Applying on a seminar's page, for the signed-in: the form, and the page that confirms what was taken.

To open either changes nothing; an application is a form that is sent. Who withdraws does so as everybody does
(`own_seat_page`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kypek_sync.language import Text
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import PLACES, Seat, SeatState
from kypek_sync.seminar.page_door import Step
from kypek_sync.seminar.reasons import own_reason
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.answering import seat_of
from kypek_sync.sync.seats.page_door import apply, at_door
from kypek_sync.web import facts
from kypek_sync.web.own_seat_page import in_words
from kypek_sync.web.roles import visitor

if TYPE_CHECKING:
    from kypek_sync.web.pages import Pages

BUTTONS = {Step.APPLY: "Apply", Step.AGAIN: "Apply again"}

AGAIN = "You apply anew: your application counts from the moment at which you send it."
KEPT = (
    "If you have changed your mind: your seat, or your place, is still yours unless it has been given away meanwhile."
)
STAFF = "You teach or run this seminar, and need no seat in it."
UNSURE = (
    "It is not sure whose this account is now, and somebody has applied under it before. You can apply as soon as the "
    "structure has looked at it."
)
UNKNOWN = (
    "The school network's directory does not show your account yet. You can apply: your application keeps its place "
    "and is decided as soon as the directory shows it."
)
ALL_THE_SAME = "If that is not right, or the structure makes an exception, you can apply all the same."
TOLD = (AGAIN, KEPT, STAFF, UNSURE, UNKNOWN, ALL_THE_SAME)


@dataclass(frozen=True, slots=True)
class DoorWords:
    """What stands at the door for one visitor: the button (empty: there is none), the parts of which one is chosen, as
    (id, name), with the one that they had (`part`), and what they should know before."""

    button: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    part: str = ""
    told: tuple[str, ...] = ()


def door_words(
    connection: Connection, inst: Installation, offering: Offering, login: str, seat: Seat | None, text: Text
) -> DoorWords:
    """The door as it stands for whoever has a login, whose seat this is."""
    door = at_door(connection, inst, offering, login)
    if door.step is None:
        told = STAFF if door.staff else UNSURE if door.unsure else ""
        return DoorWords(told=(text(told),) if told else ())
    still = seat is not None and seat.state in PLACES
    said = [text(KEPT if still else AGAIN)] if door.step is Step.AGAIN else []
    if door.unknown and inst.kypek(offering.kypek).directory:
        said.append(text(UNKNOWN))
    if door.outside is not None:
        refused = Seat(offering.seminar.code, login, "", SeatState.REFUSED, door.outside.rule, door.outside.facts)
        said += [own_reason(refused, text), text(ALL_THE_SAME)]
    parts = tuple((one.id, one.name or offering.seminar.title) for one in door.parts)
    had = seat.part if seat is not None else ""
    return DoorWords(text(BUTTONS[door.step]), parts, had if had in dict(parts) else "", tuple(said))


class DoorPages:
    """The routes of applying."""

    def __init__(self, pages: Pages) -> None:
        self.pages, self.inst = pages, pages.inst

    def routes(self) -> list[Route]:
        """All routes."""
        return [
            Route("/s/{code}/application", self.shown, methods=["GET"], name="application"),
            Route("/s/{code}/application", self.sent, methods=["POST"]),
        ]

    def shown(self, request: Request) -> Response:
        """What somebody has applied for, or the form; who is not signed in signs in first."""
        text, language = self.pages.language(request)
        login, code = self.pages.login(request), request.path_params["code"]
        if not login:
            return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
        with self.inst.ledger.begin(keep=False) as connection:
            offering = facts.find(connection, self.inst, code)
            if offering is None:
                return self.pages.problem(request, 404, text("There is no seminar with this code."))
            seminar = facts.facts(connection, self.inst, offering, text, language)
            who = visitor(connection, self.inst, offering.kypek, login)
            seat = seat_of(connection, self.inst, offering, login)
            door = door_words(connection, self.inst, offering, login, seat, text)
            mine = said = None
            if seat is not None:
                mine, said = in_words(connection, self.inst, offering, seat, text, language)
        own: dict[str, Any] = {"seat": mine, "answers": said, "door": door, "who": who}
        return self.pages.page(request, "application.html", seminar=seminar, **own)

    async def sent(self, request: Request) -> Response:
        """Take an application."""
        return await self.pages.signed_in(request, self._sent_by)

    def _sent_by(self, request: Request, login: str, form: Mapping[str, str]) -> Response:
        (text, _), code = self.pages.language(request), request.path_params["code"]
        with self.inst.ledger.begin() as connection:
            offering = facts.find(connection, self.inst, code)
            taken = offering is not None and apply(connection, self.inst, offering, login, form.get("part", ""))
        if not taken:
            sentence = text("This application cannot be taken (any more). Please look at the seminar's page again.")
            return self.pages.problem(request, 409, sentence)
        return RedirectResponse(f"/s/{code}/application", status_code=303)
