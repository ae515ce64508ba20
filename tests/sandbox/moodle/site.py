"""A simulated site for a test: the application, the world behind it, the faults, and a short way to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client, TestResponse

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.moodle import World, create_app

NOW = datetime(2026, 11, 22, 20, 2, tzinfo=UTC)
PATH = "/webservice/rest/server.php"


class Site:
    """One site. `now` is what its clock says and may be changed."""

    def __init__(self, state: Path, max_input_vars: int = 1000) -> None:
        self.state = state
        self.now = NOW
        self.faults = FaultBook()
        self.app = create_app(
            state,
            token="TOKEN",
            faults=self.faults.of("moodle"),
            clock=lambda: self.now,
            max_input_vars=max_input_vars,
        )
        self.world = World(state)
        self.client = Client(self.app)

    def pass_time(self, **elapsed: float) -> None:
        """Let the site's clock go on."""
        self.now += timedelta(**elapsed)

    def send(self, pairs: list[tuple[str, str]], query: list[tuple[str, str]] | None = None) -> TestResponse:
        """Post these pairs as they are."""
        kind = "application/x-www-form-urlencoded"
        return self.client.post(PATH, data=urlencode(pairs), query_string=urlencode(query or []), content_type=kind)

    def call(self, function: str, params: dict[str, Any] | None = None, token: str = "TOKEN", raw: bool = False) -> Any:
        """Call a function as a careful client does (wsfunction last); the parsed answer."""
        pairs = [("wstoken", token), ("moodlewsrestformat", "json")]
        pairs += [("moodlewssettingraw", "1")] if raw else []
        pairs += [*flat(params or {}), ("wsfunction", function)]
        return json.loads(self.send(pairs).text)

    def errorcode(self, function: str, params: dict[str, Any] | None = None, token: str = "TOKEN") -> str:
        """The errorcode of a call that must be refused; a PHP fault gives its class instead."""
        answer = self.call(function, params, token)
        assert isinstance(answer, dict), answer
        assert "exception" in answer, answer
        return str(answer.get("errorcode", answer["exception"]))

    def user(self, username: str, **fields: Any) -> int:
        """An account with invented names."""
        return self.world.add_user(username, "Ελένη", username.title(), f"{username}@sch.example", **fields)

    def course(self, shortname: str = "SEM-1", **fields: Any) -> int:
        """A visible course with self-enrolment and manual enrolment."""
        return self.world.add_course(f"Σεμινάριο {shortname}", shortname, 1, idnumber=shortname, **fields)

    def enrol(self, user: int, course: int, role: int = 5, **terms: int) -> Any:
        """Enrol one by the web service."""
        enrolment = {"roleid": role, "userid": user, "courseid": course} | terms
        return self.call("enrol_manual_enrol_users", {"enrolments": [enrolment]})

    def listed(self, course: int, **options: str) -> list[str]:
        """The usernames that the web service lists for a course."""
        named = [{"name": name, "value": value} for name, value in options.items()]
        named.append({"name": "userfields", "value": "id,username"})
        answer = self.call("core_enrol_get_enrolled_users", {"courseid": course, "options": named})
        return [user["username"] for user in answer]


def flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Parameters as PHP form variables, in order."""
    return list(_flat(value, prefix))


def _flat(value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(inner, f"{prefix}[{key}]" if prefix else str(key))
    else:
        yield prefix, str(value)
