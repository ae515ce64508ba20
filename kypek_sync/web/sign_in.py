"""Ways of signing in. The development one exists for the sandbox alone: a login without a password, loopback only."""

from __future__ import annotations

import secrets
from typing import Protocol

from starlette.requests import Request

from kypek_sync.settings import Settings, is_loopback

LOGIN, LANGUAGE, TOKEN = "login", "lang", "form_token"
"""What a session remembers."""
FORM_BYTES = 64 * 1024
"""The largest form that is read."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class SignIn(Protocol):
    """A way of signing in: shows a form or sends the browser elsewhere, and says who came back."""

    def offered(self, request: Request) -> bool:
        """Whether this request may use it."""

    def login_of(self, request: Request, form: dict[str, str]) -> str:
        """The login that the form proves, in lower case, or an empty word."""


class DevelopmentSignIn:
    """Believes what is typed. Only with `development_sign_in`, only from and on a loopback address."""

    def __init__(self, settings: Settings) -> None:
        self.allowed = settings.web.development_sign_in and is_loopback(settings.web.host)

    def offered(self, request: Request) -> bool:
        """Whether it is switched on and the request comes from this machine and means it: not through a web server in
        front (which is on this machine too), nor under a foreign name that was made to point here."""
        return (
            self.allowed
            and request.client is not None
            and is_loopback(request.client.host)
            and is_loopback(request.url.hostname or "")
            and not any(name in request.headers for name in _FORWARDED)
        )

    def login_of(self, request: Request, form: dict[str, str]) -> str:
        """The typed login."""
        login = form.get("login", "").strip().lower()
        plain = login.isascii() and login.isprintable() and 0 < len(login) <= 100
        return login if plain and self.offered(request) else ""


def begin_session(request: Request, login: str) -> None:
    """Somebody has signed in: nothing of the earlier session lasts but the language."""
    language = request.session.get(LANGUAGE)
    request.session.clear()
    request.session[LOGIN] = login
    if language:
        request.session[LANGUAGE] = language


async def form_of(request: Request) -> dict[str, str]:
    """The words of a posted form. What is too large to be one of ours, or is none, counts as empty."""
    length = request.headers.get("content-length", "")
    kind = request.headers.get("content-type", "")
    if not length.isdigit() or int(length) > FORM_BYTES or not kind.startswith("application/x-www-form-urlencoded"):
        return {}
    return {key: value for key, value in (await request.form()).items() if isinstance(value, str)}


def form_token(request: Request) -> str:
    """A secret of this session that every form carries, so that no other site can send one. Asked for only where there
    is a form: who only reads gets no cookie."""
    token = request.session.get(TOKEN)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(24)
        request.session[TOKEN] = token
    return token


def from_our_form(request: Request, form: dict[str, str]) -> bool:
    """Whether a posted form carries this session's secret."""
    expected = request.session.get(TOKEN)
    return isinstance(expected, str) and secrets.compare_digest(expected.encode(), form.get("token", "").encode())


def here_only(target: str) -> str:
    """A path of ours to go on to, never another site."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if plain and target.isprintable() else "/"
