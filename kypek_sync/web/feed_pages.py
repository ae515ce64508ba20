"""The routes of what people subscribe to: programmes as pages and feeds, one seminar's dates, one's own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kypek_sync.language import LANGUAGES, Text, preferred, speaker
from kypek_sync.ledger import calendar_feeds, session_versions
from kypek_sync.notices.calendar_file import feed_file
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.three_months import Programme, address_of, listed, offers, programme, public_address
from kypek_sync.sync.three_months_words import months
from kypek_sync.web import facts, feeds, own_calendar
from kypek_sync.web.answers import kept
from kypek_sync.web.sign_in import LOGIN, form_of, from_our_form

_HIDDEN = {"X-Robots-Tag": "noindex"}


class Frame(Protocol):
    """What all pages have in common (`pages.Pages`)."""

    def page(self, request: Request, template: str, **values: Any) -> Response:
        """A page of ours."""

    def problem(
        self, request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """A page that says what went wrong."""

    def language(self, request: Request) -> tuple[Text, str]:
        """How the visitor reads."""


class FeedPages:
    """Programmes and calendars of one installation."""

    def __init__(self, inst: Installation, frame: Frame) -> None:
        self.inst = inst
        self.frame = frame

    def routes(self) -> list[Route]:
        """All routes; those of files stand before the page whose address theirs begins with."""
        return [
            Route("/programme/{kypek}.ics", self.programme_calendar, name="programme_calendar"),
            Route("/programme/{kypek}.atom", self.programme_atom, name="programme_atom"),
            Route("/programme/{kypek}.json", self.programme_json, name="programme_json"),
            Route("/programme/{kypek}", self.programme_page, name="programme"),
            Route("/s/{code}/calendar.ics", self.seminar_calendar, name="seminar_calendar"),
            Route("/calendar", self.own_page, methods=["GET"], name="own_calendar"),
            Route("/calendar", self.own_made, methods=["POST"]),
            Route("/calendar/end", self.own_ended, methods=["POST"], name="own_calendar_ended"),
            Route("/calendar/{token}.ics", self.own_feed, name="own_feed"),
        ]

    def programme_page(self, request: Request) -> Response:
        """The programme of a KYPEK for the next three months, month by month."""
        text, language = self.frame.language(request)
        shown = self._programme(request)
        words = months(shown, text, language)
        links = feeds_of(self.inst, shown.kypek)
        return self.frame.page(request, "programme.html", programme=shown, months=words, feeds=links)

    def programme_calendar(self, request: Request) -> Response:
        """The same for calendars."""
        shown, (text, _) = self._programme(request), self._fixed_language(request)
        return kept(request, feeds.calendar_of(shown, text), feeds.CALENDAR, changed=shown.changed)

    def programme_atom(self, request: Request) -> Response:
        """The same for readers of news."""
        shown, (text, language) = self._programme(request), self._fixed_language(request)
        return kept(request, feeds.atom_of(shown, text, language), feeds.ATOM, changed=shown.changed)

    def programme_json(self, request: Request) -> Response:
        """The same for programs."""
        shown, (text, language) = self._programme(request), self._fixed_language(request)
        return kept(request, feeds.json_of(shown, text, language), feeds.JSON, changed=shown.changed)

    def seminar_calendar(self, request: Request) -> Response:
        """All sessions of one seminar."""
        text, _ = self._fixed_language(request)
        with self.inst.ledger.begin(keep=False) as connection:
            offering = facts.find(connection, self.inst, request.path_params["code"])
            if offering is None:
                raise HTTPException(404)
            code = offering.seminar.code
            one = listed(self.inst, offering, session_versions.standing(connection, offering.kypek)[code])
        source = f"{one.page}/calendar.ics"
        body = feed_file(one.meetings, one.seminar.title, source, feeds.REFRESH, text)
        name = {"Content-Disposition": f'inline; filename="{code}.ics"'}
        return kept(request, body, feeds.CALENDAR, changed=one.changed, extra=name)

    def own_page(self, request: Request) -> Response:
        """Where a signed-in person makes, renews or ends the address of their calendar."""
        login = _login(request)
        if not login:
            return RedirectResponse("/sign-in?next=/calendar", status_code=303)
        return self._own(request, login)

    async def own_made(self, request: Request) -> Response:
        """Make an address. It is shown in this answer and never again. The form names the address that it found, so
        that a page sent twice does not end the one that was just copied."""
        form = await form_of(request)
        login = _login(request)
        if not login or not from_our_form(request, form):
            return self._not_signed_in(request)
        with self.inst.ledger.begin() as connection:
            before = own_calendar.feed_of(connection, self.inst, login)
            if form.get("before", "") != (before.made.isoformat() if before else ""):
                return RedirectResponse("/calendar", status_code=303)
            person = own_calendar.person_of(connection, self.inst, login)
            key = own_calendar.feed_key(self.inst)
            token = calendar_feeds.make(connection, key, login, person, self.inst.clock())
        return self._own(request, login, f"{public_address(self.inst)}/calendar/{token}.ics")

    async def own_ended(self, request: Request) -> Response:
        """The address opens nothing any more."""
        form = await form_of(request)
        login = _login(request)
        if not login or not from_our_form(request, form):
            return self._not_signed_in(request)
        with self.inst.ledger.begin() as connection:
            calendar_feeds.end(connection, login, own_calendar.person_of(connection, self.inst, login))
        return RedirectResponse("/calendar", status_code=303)

    def own_feed(self, request: Request) -> Response:
        """Somebody's own calendar, for whoever has its secret address; no date of change, since a seat that is given
        changes no session."""
        text, _ = self._fixed_language(request)
        with self.inst.ledger.begin(keep=False) as connection:
            key = own_calendar.feed_key(self.inst)
            feed = calendar_feeds.opened_by(connection, key, request.path_params["token"])
            if feed is None:
                raise HTTPException(404)
            mine = own_calendar.own_meetings(connection, self.inst, feed)
        body = feed_file(mine, text("My seminars"), "", feeds.REFRESH, text)
        return kept(request, body, feeds.CALENDAR, public=False, extra=_HIDDEN)

    def _own(self, request: Request, login: str, made: str = "") -> Response:
        _, language = self.frame.language(request)
        with self.inst.ledger.begin(keep=False) as connection:
            feed = own_calendar.feed_of(connection, self.inst, login)
        since = facts.moment(feed.made, language) if feed is not None else ""
        before = feed.made.isoformat() if feed is not None else ""
        opening = f"webcal{made[made.index(':') :]}" if made else ""
        return self.frame.page(request, "own_calendar.html", address=made, opening=opening, since=since, before=before)

    def _not_signed_in(self, request: Request) -> Response:
        text, _ = self.frame.language(request)
        return self.frame.problem(request, 403, text("Please sign in first, and try again from your calendar's page."))

    def _programme(self, request: Request) -> Programme:
        """Raises `HTTPException` where there is no such KYPEK."""
        kypek = request.path_params["kypek"]
        if kypek not in self.inst.loaded.settings.kypeks:
            raise HTTPException(404)
        with self.inst.ledger.begin(keep=False) as connection:
            return programme(connection, self.inst, kypek)

    def _fixed_language(self, request: Request) -> tuple[Text, str]:
        """Of a file: asked for in its address, else the installation's, never that of a visit: it is kept by servers
        in between."""
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else preferred(self.inst.loaded.settings.language)
        return speaker(language), language


def feeds_of(inst: Installation, kypek: str) -> Mapping[str, str]:
    """The addresses of a KYPEK's programme and of its feeds, by what they are."""
    page = address_of(inst, kypek)
    opening = f"webcal{page[page.index(':') :]}.ics"
    return {"page": page, "calendar": f"{page}.ics", "opening": opening, "atom": f"{page}.atom", "json": f"{page}.json"}


def kypeks_of(connection: Connection, inst: Installation) -> tuple[tuple[str, str], ...]:
    """The KYPEKs of an installation with something in their programme: id and name."""
    names = {kypek: entry.name for kypek, entry in sorted(inst.loaded.settings.kypeks.items())}
    return tuple((kypek, name) for kypek, name in names.items() if offers(connection, inst, kypek))


def _login(request: Request) -> str:
    login = request.session.get(LOGIN, "")
    return login if isinstance(login, str) else ""
