"""The web application's factory: pages, signed sessions, security headers."""

from __future__ import annotations

import re
import secrets

import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kypek_sync.ledger import LedgerError
from kypek_sync.sync.installation import Installation
from kypek_sync.web.pages import Pages
from kypek_sync.web.sign_in import SignIn

SESSION = 8 * 3600
"""Seconds that a sign-in lasts: a working day."""
PERSONAL = re.compile(r"(/calendar/|/s/[^/]*/(own|reminders)/).+")
"""The addresses that hold a secret word: whoever reads them sees, or answers, what is somebody's own."""
LATER = "30"
"""Seconds after which to come back while the ledger does not answer."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

log = structlog.get_logger(__name__)


def create_app(inst: Installation, sign_in: SignIn | None = None) -> ASGIApp:
    """The application of one installation. Without a session key in the settings sessions end with the process."""
    settings = inst.loaded.settings
    pages = Pages(inst, sign_in)
    key = settings.web.session_key.get_secret_value() if settings.web.session_key else secrets.token_urlsafe(32)
    failures = _Failures(pages)
    app = Starlette(
        routes=pages.routes(),
        middleware=[
            Middleware(
                SessionMiddleware,
                secret_key=key,
                session_cookie="kypek",
                max_age=SESSION,
                same_site="lax",
                https_only=settings.public_address.startswith("https:"),
            ),
        ],
        exception_handlers={
            HTTPException: failures.refused,
            LedgerError: failures.no_ledger,
            Exception: failures.unexpected,
        },
    )
    return SafeHeaders(app)


def told_path(request: Request) -> str:
    """The path as a log may tell it: a secret word in it is left out."""
    path = request.url.path
    personal = PERSONAL.fullmatch(path)
    return f"{personal[1]}…" if personal else path


class SafeHeaders:
    """Puts the security headers on every answer, also on those that tell of an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class _Failures:
    """What is answered when a page cannot be."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    def refused(self, request: Request, error: Exception) -> Response:
        """No such page, or not to be asked like that."""
        status, headers = 500, None
        if isinstance(error, HTTPException):
            status, headers = error.status_code, error.headers
        text, _ = self.pages.language(request)
        said = text("There is no such page.") if status == 404 else text("This page cannot be asked for in this way.")
        return self.pages.problem(request, status, said, headers)

    def no_ledger(self, request: Request, error: Exception) -> Response:
        """Our database does not answer: for a while, we hope."""
        log.error("the ledger refused", path=told_path(request), error=str(error))
        text, _ = self.pages.language(request)
        said = text("The pages are out of order for the moment. Please try again in a little while.")
        return self.pages.problem(request, 503, said, {"Retry-After": LATER})

    def unexpected(self, request: Request, error: Exception) -> Response:
        """A mistake of ours. It is logged here with its trace, and passed on to the server."""
        log.error("a page failed", path=told_path(request), exc_info=error)
        text, _ = self.pages.language(request)
        said = text("Something failed on our side; it has been noted. Please try again in a little while.")
        return self.pages.problem(request, 500, said)
