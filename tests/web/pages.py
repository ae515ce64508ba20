"""A browser without windows on the pages of the small centre."""

from __future__ import annotations

import re
from html import unescape

import httpx2
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from kypek_sync.sync.installation import Installation
from kypek_sync.web.app import create_app

HERE = "http://127.0.0.1:8080"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Browser:
    """One visitor with their cookies. `peer` is the address they come from."""

    def __init__(
        self, inst: Installation, *, peer: str = "127.0.0.1", address: str = HERE, app: ASGIApp | None = None
    ) -> None:
        self.app = app or create_app(inst)
        self.client = TestClient(
            self.app,
            base_url=address,
            client=(peer, 50_000),
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask for a page."""
        return self.client.get(path, headers=headers)

    def text(self, path: str) -> str:
        """The words of a page, without its marks."""
        return words(self.get(path).text)

    def token(self, path: str = "/sign-in") -> str:
        """The secret of the form on a page."""
        found = TOKEN.search(self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form."""
        return self.client.post(path, data=fields)

    def sign_in(self, login: str, target: str = "/") -> httpx2.Response:
        """Type a login into the form."""
        return self.post("/sign-in", token=self.token(), login=login, next=target)


def words(html: str) -> str:
    """A page as it is read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html))).strip()
