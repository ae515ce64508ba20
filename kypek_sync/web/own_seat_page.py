"""A person's own page of a seminar, to which letters lead: their seat, and what they can say about it.

Nobody signs in there: the address is a secret of theirs. To open it changes nothing, since mail programs follow links;
an answer is a form that is sent. Who gives up a seat or a place is asked once more on a page that says what happens, so
that nobody loses it by a slip. The signed-in find the same on the seminar's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kypek_sync.language import Text
from kypek_sync.ledger import seats
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seat, SeatState
from kypek_sync.seminar.leaving import late
from kypek_sync.seminar.reasons import own_reason, why_asked
from kypek_sync.seminar.rulings import Word
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.answering import answer, own, seat_of
from kypek_sync.sync.seats.offers import approval_ends, until
from kypek_sync.sync.seats.own_page import whose
from kypek_sync.web import facts
from kypek_sync.web.sign_in import form_of

if TYPE_CHECKING:
    from kypek_sync.web.pages import Pages

BUTTONS = {
    Word.ACCEPT: "I will come",
    Word.GIVE_BACK: "I cannot come",
    Word.ASK_AGAIN: "I still want to come",
}

NO_LONGER = "I do not want to wait any more"
"""On the button of who waits, in place of «I cannot come»."""

WITHDRAW = "Withdraw the application"
"""On the button of whose application is still to be decided."""

SAID = {
    Word.ACCEPT: "You said on %(when)s that you will come. Within minutes you have the seat, and a letter about it.",
    Word.GIVE_BACK: "You withdrew on %(when)s. Thank you for saying so; it shows here within minutes.",
    Word.ASK_AGAIN: "You asked on %(when)s to be offered a seat again. If one becomes free you will have a letter.",
}
SURE = "sure"
"""What the form of the page that asks once more says besides."""
GIVEN_UP = {
    SeatState.GRANTED: "You give up your seat: it goes to the next one in the order, and you will hardly get it back.",
    SeatState.OFFERED: "You give up the seat that is offered to you: it goes to the next one in the order.",
    SeatState.WAITING: "You give up your place on the waiting list: if you apply again you are at its end.",
}
LATE_NOW = "That could be done in time until %(deadline)s: it will be noted that it was later."
WITHDRAWN = "You withdraw your application: if you apply again, it counts from that moment."

SAID_BY_OFFICER = "The structure decided about your application on %(when)s; it shows here within minutes."


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody can say about their seat: `words` with what stands on their buttons, `until` when an offer lapses
    that waits for an answer, `said` what was said already and does not show in the seat yet. Both in words, empty if
    there is nothing. `over`: an offer has lapsed, and the next pass says so."""

    words: tuple[tuple[str, str], ...]
    until: str
    said: str
    over: bool = False


def answers(
    connection: Connection, inst: Installation, offering: Offering, seat: Seat, text: Text, language: str
) -> Answers:
    """What somebody can say about their seat now, in words."""
    mine = own(connection, inst, offering, seat)
    buttons = BUTTONS | ({Word.GIVE_BACK: NO_LONGER} if seat.place else {})
    if seat.state in (SeatState.UNDER_REVIEW, SeatState.UNDER_IDENTIFICATION, SeatState.UNDER_APPROVAL):
        buttons |= {Word.GIVE_BACK: WITHDRAW}
    words = tuple((word.value, text(buttons[word])) for word in mine.words)
    over = mine.until is not None and mine.until <= inst.clock() and mine.said is None
    until = facts.moment(mine.until, language) if mine.until and not over and mine.said is None else ""
    said = ""
    if mine.said is not None:
        sentence = SAID.get(mine.said.word, SAID_BY_OFFICER)
        said = text(sentence, when=facts.moment(mine.said.at, language))
    return Answers(words, until, said, over)


def in_words(
    connection: Connection, inst: Installation, offering: Offering, seat: Seat, text: Text, language: str
) -> tuple[facts.OwnSeat, Answers]:
    """Somebody's own seat, and what they can say about it. Until when an offer stands is told once, as it is now."""
    shown = facts.own_seat(connection, offering, seat, text)
    if seat.state is SeatState.OFFERED:
        shown = replace(shown, why=why_asked(seat, text) or text("A seat became free."))
    elif ends := approval_ends(connection, offering.kypek, offering.seminar, seat, inst.clock()):
        shown = replace(shown, why=own_reason(until(seat, ends), text))
    return shown, answers(connection, inst, offering, seat, text, language)


class OwnPages:
    """The routes by which people answer: their own page, and the form on the seminar's page for the signed-in."""

    def __init__(self, pages: Pages) -> None:
        self.pages, self.inst = pages, pages.inst

    def routes(self) -> list[Route]:
        """All routes."""
        return [
            Route("/s/{code}/own/{word}", self.shown, methods=["GET"], name="own"),
            Route("/s/{code}/own/{word}", self.answered, methods=["POST"]),
            Route("/s/{code}/answer", self.answered_signed_in, methods=["POST"], name="answer"),
        ]

    def shown(self, request: Request) -> Response:
        """The page to which a letter leads."""
        text, language = self.pages.language(request)
        with self.inst.ledger.begin(keep=False) as connection:
            offering, seat = self._found(connection, request)
            if offering is None or seat is None:
                return self._unknown(request)
            seminar = facts.facts(connection, self.inst, offering, text, language)
            mine, said = in_words(connection, self.inst, offering, seat, text, language)
        return self.pages.page(request, "own.html", seminar=seminar, seat=mine, answers=said)

    async def answered(self, request: Request) -> Response:
        """Take an answer from that page. Who has the address may answer: it is a secret of theirs."""
        form = await form_of(request)
        return await run_in_threadpool(self._answered, request, form)  # who waits for the ledger keeps nobody waiting

    def _answered(self, request: Request, form: Mapping[str, str]) -> Response:
        with self.inst.ledger.begin() as connection:
            offering, seat = self._found(connection, request)
            if offering is None or seat is None:
                return self._unknown(request)
            return self._taken(connection, request, offering, seat, form, request.url.path)

    async def answered_signed_in(self, request: Request) -> Response:
        """Take an answer from the seminar's page."""
        return await self.pages.signed_in(request, self._answered_by)

    def _answered_by(self, request: Request, login: str, form: Mapping[str, str]) -> Response:
        code = request.path_params["code"]
        with self.inst.ledger.begin() as connection:
            offering = facts.find(connection, self.inst, code)
            seat = seat_of(connection, self.inst, offering, login) if offering is not None else None
            if offering is None or seat is None:
                return self._too_late(request)
            return self._taken(connection, request, offering, seat, form, f"/s/{code}#seat", with_token=True)

    def _taken(
        self,
        connection: Connection,
        request: Request,
        offering: Offering,
        seat: Seat,
        form: Mapping[str, str],
        back: str,
        *,
        with_token: bool = False,
    ) -> Response:
        """Record an answer and lead `back` to what shows it, or ask once more; `with_token`: who signed in."""
        word = next((one for one in BUTTONS if one.value == form.get("say", "")), None)
        if word is Word.GIVE_BACK and not form.get(SURE) and word in own(connection, self.inst, offering, seat).words:
            text, language = self.pages.language(request)
            seminar = facts.facts(connection, self.inst, offering, text, language)
            shown, said = in_words(connection, self.inst, offering, seat, text, language)
            button, told = dict(said.words)[word.value], text(GIVEN_UP.get(seat.state, WITHDRAWN))
            if late(offering.seminar, seat, self.inst.clock()):
                deadline = facts.moment(offering.seminar.leave_by or self.inst.clock(), language)
                told = " ".join((told, text(LATE_NOW, deadline=deadline)))
            more: dict[str, Any] = {"button": button, "told": told, "back": back, "with_token": with_token}
            return self.pages.page(request, "give_up.html", seminar=seminar, seat=shown, **more)
        taken = word is not None and answer(connection, self.inst, offering, seat, word)
        return RedirectResponse(back, status_code=303) if taken else self._too_late(request)

    def _found(self, connection: Connection, request: Request) -> tuple[Offering | None, Seat | None]:
        code, word = request.path_params["code"], request.path_params["word"]
        offering = facts.find(connection, self.inst, code)
        if offering is None:
            return None, None
        decided = seats.decided(connection, offering.kypek, offering.seminar.code).get(offering.seminar.code, {})
        return offering, whose(self.inst, offering.kypek, offering.seminar.code, word, decided)

    def _unknown(self, request: Request) -> Response:
        text, _ = self.pages.language(request)
        return self.pages.problem(request, 404, text("This address is not valid (any more). See the seminar's page."))

    def _too_late(self, request: Request) -> Response:
        text, _ = self.pages.language(request)
        sentence = text("This cannot be answered (any more). Please look at the page again: something has changed.")
        return self.pages.problem(request, 409, sentence)
