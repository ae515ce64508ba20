"""The page on which somebody ends their reminders, or wants them again: to it every reminder leads.

Nobody signs in there: the address is a secret of theirs, by which nothing else can be seen or said. To open it changes
nothing, since mail programs and scanners follow links; a form that is sent does, be it the page's or that of a mail
program that ends such letters by one click (RFC 8058).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kypek_sync.ledger import reminder_stops, seats
from kypek_sync.ledger.programmes import Offering
from kypek_sync.sync.seats.own_page import who_stops
from kypek_sync.web import facts
from kypek_sync.web.sign_in import FORM_BYTES, form_of

if TYPE_CHECKING:
    from kypek_sync.web.pages import Pages

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program sends by itself, as words of a form or, as RFC 8058 recommends, in parts."""


class ReminderPages:
    """The routes of that page."""

    def __init__(self, pages: Pages) -> None:
        self.pages, self.inst = pages, pages.inst

    def routes(self) -> list[Route]:
        """All routes."""
        path = "/s/{code}/reminders/{word}"
        return [
            Route(path, self.shown, methods=["GET"], name="reminders"),
            Route(path, self.answered, methods=["POST"]),
        ]

    def shown(self, request: Request) -> Response:
        """Whether they get reminders, and the button for the other thing."""
        with self.inst.ledger.begin(keep=False) as connection:
            offering, person = self._found(connection, request)
            if offering is None:
                return self._unknown(request)
            stopped = bool(reminder_stops.stopped(connection, offering.kypek, [person]))
        centre = self.inst.kypek(offering.kypek).name
        return self.pages.page(request, "reminders.html", stopped=stopped, centre=centre, code=offering.seminar.code)

    async def answered(self, request: Request) -> Response:
        """Take what was sent. A mail program that ends them by one click gets a plain answer."""
        form = await form_of(request)
        by_itself = form.get(ONE_CLICK[0], "") == ONE_CLICK[1] or await _in_parts(request)
        say = "stop" if by_itself else form.get("say", "")
        return await run_in_threadpool(self._answered, request, say, by_itself=by_itself)

    def _answered(self, request: Request, say: str, *, by_itself: bool) -> Response:
        with self.inst.ledger.begin() as connection:
            offering, person = self._found(connection, request)
            if offering is None:
                return self._unknown(request)
            if say == "stop":
                reminder_stops.stop(connection, offering.kypek, person, self.inst.clock())
            elif say == "resume":
                reminder_stops.resume(connection, offering.kypek, person)
        return Response(status_code=200) if by_itself else RedirectResponse(request.url.path, status_code=303)

    def _found(self, connection: Connection, request: Request) -> tuple[Offering | None, str]:
        """The seminar and our id of the person; without the first nothing is known by that address."""
        code, word = request.path_params["code"], request.path_params["word"]
        offering = facts.find(connection, self.inst, code)
        if offering is None:
            return None, ""
        decided = seats.decided(connection, offering.kypek, code).get(code, {})
        seat = who_stops(self.inst, offering.kypek, code, word, decided)
        return (None, "") if seat is None else (offering, seat.person)

    def _unknown(self, request: Request) -> Response:
        text, _ = self.pages.language(request)
        return self.pages.problem(request, 404, text("This address is not valid (any more). See the seminar's page."))


async def _in_parts(request: Request) -> bool:
    """Whether the words of the one click came in parts."""
    length, kind = request.headers.get("content-length", ""), request.headers.get("content-type", "")
    if not length.isdigit() or int(length) > FORM_BYTES or not kind.startswith("multipart/form-data"):
        return False
    body = await request.body()
    return all(word.encode() in body for word in ONE_CLICK)
