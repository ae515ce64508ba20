"""Ways of signing in. The development one exists for the sandbox alone: a login without a password, loopback only."""

from __future__ import annotations

import secrets
from typing import Protocol

from starlette.requests import Request

from kypek_sync.settings import Settings, is_loopback

LOGIN, TOKEN = "login", "form_token"


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
        """Whether it is switched on and the request comes from this machine."""
        return self.allowed and request.client is not None and is_loopback(request.client.host)

    def login_of(self, request: Request, form: dict[str, str]) -> str:
        """The typed login."""
        login = form.get("login", "").strip().lower()
        return login if self.offered(request) and login.isascii() and 0 < len(login) <= 100 else ""


def form_token(request: Request) -> str:
    """A secret of this session that every form carries, so that no other site can send one."""
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
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if plain and target.isprintable() else "/"
