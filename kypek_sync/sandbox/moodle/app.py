"""The REST server of the simulator, as a WSGI application."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.moodle.callers import authenticate, function_for
from kypek_sync.sandbox.moodle.calls import FUNCTIONS, Call, perform
from kypek_sync.sandbox.moodle.errors import MoodleFault
from kypek_sync.sandbox.moodle.render import answer, refusal
from kypek_sync.sandbox.moodle.state import SERVICE_USER, State, insert, site_value
from kypek_sync.sandbox.moodle.wire import WireRequest, read_request
from kypek_sync.sandbox.serving import Wsgi

PATH = "/webservice/rest/server.php"
FAULTS = frozenset(
    {"maintenance", "maintenance-cli", "bad-token", "no-permission", "enrol-error-but-done", "empty-members"}
)
_ROOMS = (
    "site users courses categories contents manual_enrolment self_enrolment roles members course_groups "
    "course_calendar messages forum cohorts reports activities batch"
)
_CLI_PAGE = "<h1>Η πλατφόρμα συντηρείται</h1>"

for _room in _ROOMS.split():
    import_module(f"kypek_sync.sandbox.moodle.{_room}")


def create_app(
    state: Path,
    *,
    token: str,
    faults: SystemFaults,
    clock: Callable[[], datetime],
    max_input_vars: int = 1000,
) -> Wsgi:
    """A Moodle whose service account holds `token`, with all functions and capabilities.

    `state` is the SQLite file (made if absent), `clock` gives aware UTC. Besides the wire faults it knows:

    - `maintenance`: 200 sitemaintenance; `maintenance-cli`: 503, HTML, `Retry-After: 300` (M-7)
    - `bad-token`: invalidtoken (M-3)
    - `no-permission`: the account has lost its capabilities, so many answers are empty (M-10)
    - `enrol-error-but-done`: enrolled or unenrolled, but a PHP error comes back (M-11)
    - `empty-members`: the list of members of a course is empty
    """
    store = State(state)
    with store.transaction() as db:
        db.execute("delete from tokens where token = ?", (token,))
        insert(db, "tokens", token=token, userid=SERVICE_USER)
    server = _Server(store, faults, clock, max_input_vars)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return server.respond(environ)(environ, start_response)

    return application


class _Server:
    def __init__(self, store: State, faults: SystemFaults, clock: Callable[[], datetime], max_input_vars: int) -> None:
        self.store, self.faults, self.clock, self.max_input_vars = store, faults, clock, max_input_vars

    def respond(self, environ: dict[str, Any]) -> Response:
        """Everything that happens before and around a function."""
        if environ.get("PATH_INFO") != PATH:
            return Response("Not Found", 404, content_type="text/html; charset=utf-8")
        request = read_request(environ, self.max_input_vars)
        with self.store.transaction() as db:
            blocked = self._blocked(db, environ)
            return blocked if blocked is not None else self._call(db, environ, request)

    def _blocked(self, db: sqlite3.Connection, environ: dict[str, Any]) -> Response | None:
        """The answers of a site that is down, switched off, or asked under another name (M-3, M-7)."""
        if self.faults.take("maintenance-cli") or site_value(db, "maintenance") == "cli":
            return Response(
                _CLI_PAGE,
                "503 Moodle under maintenance",
                headers={"Retry-After": "300"},
                content_type="text/html; charset=utf-8",
            )
        wwwroot = site_value(db, "wwwroot")
        if wwwroot and urlsplit(wwwroot).netloc != environ.get("HTTP_HOST"):
            page = '<!DOCTYPE html>\n<html  lang="en" xml:lang="en">\n<head><title>Redirect</title></head></html>\n'
            return Response(page, 303, headers={"Location": wwwroot + PATH}, content_type="text/html; charset=UTF-8")
        if not site_value(db, "rest"):
            return Response("", 403, content_type="text/html; charset=utf-8")
        return None

    def _call(self, db: sqlite3.Connection, environ: dict[str, Any], request: WireRequest) -> Response:
        now, debug = int(self.clock().timestamp()), bool(site_value(db, "debug"))
        try:
            address = environ.get("REMOTE_ADDR", "")
            caller = authenticate(db, request.token, address, now, self.faults)
            wanted = function_for(caller, request.function)
            insert(db, "log", function=wanted.name, userid=caller.userid, at=now)
            site_url = site_value(db, "wwwroot") or f"{environ.get('wsgi.url_scheme')}://{environ.get('HTTP_HOST')}"
            call = Call(db, caller, now, request.raw, debug, site_url, self.faults)
            return answer(perform(call, wanted, request.parameters), request.format)
        except MoodleFault as fault:
            return refusal(fault, request.format, debug=debug)


def is_write(environ: dict[str, Any]) -> bool:
    """Whether the request may change something: by its function, as all is posted. The body stays readable."""
    wanted = FUNCTIONS.get(read_request(environ, sys.maxsize - 1).function or "")
    return wanted is not None and wanted.writes
