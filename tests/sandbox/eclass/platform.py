"""A small platform to test the simulator on, and a client that speaks to it in process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from werkzeug.test import Client, TestResponse

from kypek_sync.sandbox.eclass import World, create_app
from kypek_sync.sandbox.faults import FaultBook

NOW = datetime(2026, 11, 22, 20, 6, 46, tzinfo=UTC)
"""22:06:46 of a winter evening in Athens."""
BASE = "https://eclass.example"
TOKEN = "TOKEN"


class Platform:
    """A simulator with six departments, an administrator and one teacher."""

    def __init__(self, state: Path, version: Literal["older", "newer"]) -> None:
        self.state = state
        self.version = version
        self.book = FaultBook()
        self.world = World(state, clock=lambda: NOW)
        self.app = create_app(state, version=version, token=TOKEN, faults=self.book.of("eclass"), clock=lambda: NOW)
        self.client = Client(self.app, use_cookies=False)
        for id, code, name, parent in (
            (1, "", "ΚΥΠΕΚ", None),
            (2, "TMA", "Δοκιμαστικό Τμήμα", 1),
            (3, "TMAPRE", "Δοκιμαστική Κατηγορία 1", 2),
            (4, "TMA1", "Υποκατηγορία 1", 3),
            (5, "TMA2", "Υποκατηγορία 2", 3),
            (6, "TMAPOST", "Δοκιμαστική Κατηγορία 2", 2),
        ):
            self.world.add_department(id, code, name, parent)
        self.world.add_user("admin", "Διαχειριστής", "Πλατφόρμας", "admin@sch.example", auth="eclass", admin=True)
        self.teacher = self.world.add_user(
            "mpapadopoulou", "Μαρία", "Παπαδοπούλου", "mpapadopoulou@sch.example", am="600123"
        )

    def get(self, path: str, token: str | None = TOKEN, /, **query: object) -> TestResponse:
        """GET /api/v1/PATH with a bearer token."""
        return self.client.get(f"/api/v1/{path}", query_string=query, headers=_bearer(token), base_url=BASE)

    def post(self, path: str, token: str | None = TOKEN, /, **form: object) -> TestResponse:
        """POST a form to /api/v1/PATH with a bearer token."""
        return self.client.post(f"/api/v1/{path}", data=form, headers=_bearer(token), base_url=BASE)

    def read(self, path: str, token: str | None = TOKEN, /, **query: object) -> Any:
        """The JSON that GET answers, whatever its content type says (E-8)."""
        return self.get(path, token, **query).get_json(force=True)

    def write(self, path: str, token: str | None = TOKEN, /, **form: object) -> Any:
        """The JSON that POST answers."""
        return self.post(path, token, **form).get_json(force=True)

    def member(self, course: str, username: str) -> str | None:
        """The role that the server really holds, or None."""
        roles = {member.username: member.role for member in self.world.members(course)}
        return roles.get(username)


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
