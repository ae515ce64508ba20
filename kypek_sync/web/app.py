"""The web application's factory: pages, signed sessions, security headers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from kypek_sync.language import speaker
from kypek_sync.ledger import LedgerError
from kypek_sync.sync.installation import Installation
from kypek_sync.web.pages import Pages
from kypek_sync.web.sign_in import SignIn

SESSION = 8 * 3600
"""Seconds that a sign-in lasts: a working day."""

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


def create_app(inst: Installation, sign_in: SignIn | None = None) -> Starlette:
    """The application of one installation. Without a session key in the settings sessions end with the process."""
    settings = inst.loaded.settings
    pages = Pages(inst, sign_in)
    secure = settings.public_address.startswith("https:")
    key = settings.web.session_key.get_secret_value() if settings.web.session_key else secrets.token_urlsafe(32)
    app = Starlette(
        routes=pages.routes(),
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=_headers),
            Middleware(
                SessionMiddleware,
                secret_key=key,
                session_cookie="kypek",
                max_age=SESSION,
                same_site="lax",
                https_only=secure,
            ),
        ],
        exception_handlers={404: _not_found(pages), LedgerError: _no_ledger},
    )
    app.state.inst = inst
    return app


async def _headers(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await go_on(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _not_found(pages: Pages) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        del error
        text = speaker(pages.inst.loaded.settings.language)
        return pages.problem(request, 404, text("There is no such page."))

    return answer


def _no_ledger(request: Request, error: Exception) -> Response:
    del request, error
    return Response("temporarily unavailable\n", 503, {"Retry-After": "30"}, media_type="text/plain")
