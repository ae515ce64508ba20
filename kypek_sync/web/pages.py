"""The routes of the web skeleton: the programme, a seminar's lasting page, signing in and out, health."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from kypek_sync.language import LANGUAGES, Text, preferred, speaker
from kypek_sync.ledger import lookups
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.answering import seat_of
from kypek_sync.web import facts, work
from kypek_sync.web.approving import ApprovalPages, may_approve, to_approve
from kypek_sync.web.door_pages import DoorPages, DoorWords, door_words
from kypek_sync.web.feed_pages import FeedPages, feeds_of, kypeks_of
from kypek_sync.web.own_seat_page import OwnPages, in_words
from kypek_sync.web.reminder_page import ReminderPages
from kypek_sync.web.roles import visitor
from kypek_sync.web.sign_in import (
    LANGUAGE,
    LOGIN,
    DevelopmentSignIn,
    SignIn,
    begin_session,
    form_of,
    form_token,
    from_our_form,
    here_only,
)

FOLDER = Path(str(files("kypek_sync") / "web"))


class Pages:
    """The pages of one installation. `sign_in` is the way that people prove who they are."""

    def __init__(self, inst: Installation, sign_in: SignIn | None = None) -> None:
        self.inst = inst
        self.sign_in: SignIn = sign_in or DevelopmentSignIn(inst.loaded.settings)
        self.templates = Jinja2Templates(directory=FOLDER / "templates")
        self.feeds = FeedPages(inst, self)

    def routes(self) -> list[Route | Mount]:
        """All routes."""
        return [
            Route("/", self.home, name="home"),
            Route("/s/{code}", self.seminar, name="seminar"),
            Route("/s/{code}/work", self.work_done, methods=["POST"], name="work"),
            *OwnPages(self).routes(),
            *ReminderPages(self).routes(),
            *DoorPages(self).routes(),
            *ApprovalPages(self).routes(),
            Route("/sign-in", self.sign_in_form, methods=["GET"], name="sign_in"),
            Route("/sign-in", self.sign_in_done, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"], name="sign_out"),
            *self.feeds.routes(),
            Route("/health", self.health, name="health"),
            Mount("/static", StaticFiles(directory=FOLDER / "static"), name="static"),
        ]

    def home(self, request: Request) -> Response:
        """The seminars that are still to come."""
        text, language = self.language(request)
        with self.inst.ledger.begin(keep=False) as connection:
            cards = facts.upcoming(connection, self.inst, self.inst.clock(), text, language)
            centres = kypeks_of(connection, self.inst)
        return self.page(request, "home.html", seminars=cards, centres=centres)

    def seminar(self, request: Request) -> Response:
        """A seminar's lasting page: public facts, for the signed-in their own seat, for those who teach it the work
        that waits for them, for officers the applications that they approve."""
        text, language = self.language(request)
        login = self.login(request)
        with self.inst.ledger.begin(keep=False) as connection:
            offering = facts.find(connection, self.inst, request.path_params["code"])
            if offering is None:
                return self.problem(request, 404, text("There is no seminar with this code."))
            shown = facts.facts(connection, self.inst, offering, text, language)
            who = visitor(connection, self.inst, offering.kypek, login) if login else None
            decided = seat_of(connection, self.inst, offering, login) if login else None
            door = door_words(connection, self.inst, offering, login, decided, text) if login else DoorWords()
            seat = said = None
            if decided is not None:
                seat, said = in_words(connection, self.inst, offering, decided, text, language)
            sign_in_at = work.sign_in_at(connection, self.inst, offering, login) if login else ()
            decides = may_approve(self.inst, offering, login)
            mine = work.may_work(self.inst, offering, who)
            waiting = work.tasks(connection, self.inst, offering, text, language) if mine else ()
            asked = to_approve(connection, self.inst, offering, text, language) if decides else None
            links = feeds_of(self.inst, offering.kypek)
        own: dict[str, Any] = {
            "who": who,
            "seat": seat,
            "answers": said,
            "door": door,
            "doors": sign_in_at,
            "work": waiting,
            "approvals": asked,
        }
        return self.page(request, "seminar.html", seminar=shown, feeds=links, **own)

    async def work_done(self, request: Request) -> Response:
        """Tick off some work in a seminar's course, or take that back."""
        form = await form_of(request)
        text, _ = self.language(request)
        login, code = self.login(request), request.path_params["code"]
        if not login or not from_our_form(request, form):
            return self.problem(request, 403, text("Please sign in first, and try again from the seminar's page."))
        with self.inst.ledger.begin() as connection:
            offering = facts.find(connection, self.inst, code)
            who = visitor(connection, self.inst, offering.kypek, login) if offering is not None else None
            if offering is None or not work.may_work(self.inst, offering, who):
                return self.problem(request, 403, text("Only those who teach the seminar can tick off its work."))
            number, back = form.get("task", ""), bool(form.get("back"))
            work.tick(connection, self.inst, offering, number, login, back=back)
        return RedirectResponse(f"/s/{offering.seminar.code}#work", status_code=303)

    def sign_in_form(self, request: Request) -> Response:
        """The form, or a sentence where no way of signing in is set up."""
        target = here_only(request.query_params.get("next", "/"))
        return self.page(request, "sign_in.html", target=target, offered=self.sign_in.offered(request))

    async def sign_in_done(self, request: Request) -> Response:
        """Take the form; a new session starts, so that an old one is worth nothing."""
        form = await form_of(request)
        text, _ = self.language(request)
        login = self.sign_in.login_of(request, form) if from_our_form(request, form) else ""
        if not login:
            return self.problem(request, 403, text("The sign-in was not accepted. Please try again from the form."))
        begin_session(request, login)
        return RedirectResponse(here_only(form.get("next", "/")), status_code=303)

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        if from_our_form(request, await form_of(request)):
            request.session.clear()
        return RedirectResponse("/", status_code=303)

    def health(self, request: Request) -> Response:
        """For monitoring: the last pass of each lane. Answers 503 when the ledger does not."""
        del request
        with self.inst.ledger.begin(keep=False) as connection:
            passes = [
                {"kypek": kypek, "lane": lane, "outcome": run.outcome, "started": run.started.isoformat()}
                for kypek in sorted(self.inst.loaded.settings.kypeks)
                for lane, run in sorted(lookups.last_runs(connection, kypek).items())
            ]
        return JSONResponse({"status": "ok", "passes": passes})

    def problem(
        self, request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """A page that says what went wrong, in the visitor's language."""
        return self.page(request, "problem.html", status=status, headers=headers, sentence=sentence)

    async def signed_in(
        self, request: Request, take: Callable[[Request, str, Mapping[str, str]], Response]
    ) -> Response:
        """What `take` answers to the request, its login and its form, where one of our own forms was sent by somebody
        signed in."""
        form, login = await form_of(request), self.login(request)
        if not login or not from_our_form(request, form):
            text, _ = self.language(request)
            return self.problem(request, 403, text("Please sign in first, and try again from the seminar's page."))
        return await run_in_threadpool(take, request, login, form)  # who waits for the ledger keeps nobody waiting

    def login(self, request: Request) -> str:
        """Who is signed in, empty if nobody."""
        login = _session(request).get(LOGIN, "")
        return login if isinstance(login, str) else ""

    def language(self, request: Request) -> tuple[Text, str]:
        """The language asked for in the address, else remembered, else the installation's."""
        session = _session(request)
        asked = request.query_params.get("lang", "")
        if asked in LANGUAGES:
            session[LANGUAGE] = asked
        language = preferred(session.get(LANGUAGE) or self.inst.loaded.settings.language)
        return speaker(language), language

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """A page of a template, in the visitor's language."""
        text, language = self.language(request)
        other = next(one for one in LANGUAGES if one != language)
        shared = {
            "_": text,
            "language": language,
            "other_language": "?" + request.url.include_query_params(lang=other).query,
            "login": self.login(request),
            "token": partial(form_token, request),
            "here": request.url.path if request.method == "GET" else "/",
        }
        return self.templates.TemplateResponse(
            request, template, {**shared, **values}, status_code=status, headers=headers
        )


def _session(request: Request) -> dict[str, Any]:
    """What is remembered of the visitor; nothing where the request failed before its session was read."""
    session: dict[str, Any] = request.scope.get("session", {})
    return session
