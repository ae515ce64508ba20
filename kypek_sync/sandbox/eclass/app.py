"""The simulator as a WSGI application: nginx, then the platform's own gates, then the call that is asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

import kypek_sync.sandbox.eclass.announcements as announcements
import kypek_sync.sandbox.eclass.courses as courses
import kypek_sync.sandbox.eclass.enrolment as enrolment
import kypek_sync.sandbox.eclass.groups as groups
import kypek_sync.sandbox.eclass.listings as listings
import kypek_sync.sandbox.eclass.perilous as perilous
import kypek_sync.sandbox.eclass.users as users
from kypek_sync.sandbox.eclass.access import Access, Version, access_of, token_of
from kypek_sync.sandbox.eclass.call import Call
from kypek_sync.sandbox.eclass.php import (
    HTML,
    JSON,
    ApiError,
    Died,
    Parameters,
    PhpFatal,
    get_parameters,
    json_bytes,
    nginx_page,
    nothing,
    post_parameters,
)
from kypek_sync.sandbox.eclass.schema import Database, naive_athens, opened, prepare
from kypek_sync.sandbox.eclass.world import World
from kypek_sync.sandbox.faults import SystemFaults

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
ROOT = "/api/v1/"
FAULTS = frozenset({"database-unreachable", "maintenance", "api-off", "bad-token", "course-null-id"})
NEWER_FAULTS = FAULTS | {"members-empty", "unenrol-fails"}
CALLS: dict[str, Callable[[Call], Response]] = {
    "": listings.index,
    "categories": listings.categories,
    "clone_course": perilous.clone_course,
    "courses": courses.courses,
    "enroll_user": enrolment.enroll_user,
    "groups": groups.groups,
    "registeruser": perilous.registeruser,
    "registration": listings.registration,
    "scorms": listings.scorms,
    "scormtracking": listings.scorms,
    "sections": listings.sections,
    "sso": perilous.sso,
    "unenroll_user": enrolment.unenroll_user,
    "users": users.users,
}
NEWER_CALLS = {**CALLS, "scormtrackingdetails": listings.scorms}
_TITLE = "Open eClass eLearning Platform / Πλατφόρμα Τηλεκπαίδευσης Open eClass"
_PAGE = (
    '<!DOCTYPE html>\n<html lang="el"><head><meta charset="utf-8"><title>{}</title></head><body><p>{}</p></body></html>'
)


def create_app(
    state: Path, *, version: Version, token: str, faults: SystemFaults, clock: Callable[[], datetime]
) -> Wsgi:
    """The Open eClass simulator. `token` opens the whole platform; `clock` gives aware UTC.

    `state` is the SQLite file, made if missing and shared with `World`. Faults of its own, by name:
    `database-unreachable`, `maintenance`, `api-off`, `bad-token`, `course-null-id`; newer only: `members-empty`,
    `unenrol-fails`.
    """
    prepare(state)
    World(state).add_token(token)
    return _Eclass(state, version, faults, clock)


class _Eclass:
    def __init__(self, state: Path, version: Version, faults: SystemFaults, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._version: Version = version
        self._faults = faults
        self._clock = clock
        self._calls = NEWER_CALLS if version == "newer" else CALLS

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        response = self._nginx(request) or self._php(request)
        return response(environ, start_response)

    def _nginx(self, request: Request) -> Response | None:
        """What the web server answers by itself: missing slash (E-5), other methods (E-4), unknown paths."""
        path = request.path
        if path in (announcements.PATH, "/maintenance/"):
            return None
        within = path.removeprefix(ROOT) if path.startswith(ROOT) else None
        if within == "index.php" or (within is not None and within.endswith("/index.php")):
            return None if self._name(path) in self._calls else nginx_page(404, "Not Found")
        if self._name(path + "/") not in self._calls and self._name(path) not in self._calls:
            return nginx_page(404, "Not Found")
        if request.method not in ("GET", "HEAD", "POST"):
            return nginx_page(405, "Not Allowed")
        if path.endswith("/"):
            return None
        query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
        return nginx_page(301, "Moved Permanently", f"{request.host_url.rstrip('/')}{path}/{query}")

    @staticmethod
    def _name(path: str) -> str | None:
        """The call that a path means, or None."""
        if not path.startswith(ROOT):
            return None
        within = path.removeprefix(ROOT).removesuffix("index.php")
        return within.removesuffix("/") if within == "" or within.endswith("/") else None

    def _php(self, request: Request) -> Response:
        """baseTheme.php and apiCall.php: the gates in their order, then the call."""
        if self._faults.take("database-unreachable"):
            return Response(_PAGE.format(_TITLE, "Πρόβλημα με τη βάση δεδομένων"), 200, content_type=HTML)
        if request.path == "/maintenance/":
            return Response(_PAGE.format(_TITLE, "Εργασίες συντήρησης"), 200, content_type=HTML)
        writing = request.method == "POST"
        with opened(self._state, writing=writing) as db:
            if db.setting("maintenance") == "1" or self._faults.take("maintenance"):
                return _with_session(request, _moved_to_maintenance(request))
            now = naive_athens(self._clock())
            if request.path == announcements.PATH:
                return _with_session(request, announcements.rss(request, db, now))
            return _with_session(request, self._answer(request, db, now))

    def _answer(self, request: Request, db: Database, now: str) -> Response:
        """Errors end the script as in PHP: what was written before them stays (burnt course numbers, E-23)."""
        get, post = get_parameters(request), post_parameters(request)
        try:
            access = self._admitted(request, get, post, db, now)
            call = Call(self._version, request.method, get, post, access, db, self._faults, now, request.host_url)
            return self._calls[self._name(request.path) or ""](call)
        except ApiError as error:
            return self._refusal(error)
        except Died as last_words:
            return Response(str(last_words), 200, content_type=HTML)
        except PhpFatal:
            return nothing(500)

    def _admitted(self, request: Request, get: Parameters, post: Parameters, db: Database, now: str) -> Access:
        """The switch comes before the token (E-1). Raises `ApiError` 999 or 1."""
        if db.setting("api_enabled", "1") != "1" or self._faults.take("api-off"):
            raise ApiError(999, "The Open eClass API is disabled")
        token = token_of(request, get, post)
        if not token:
            return Access()
        if self._faults.take("bad-token"):
            raise ApiError(1, "The token provided was not valid")
        return access_of(token, request, db, self._version, now)

    def _refusal(self, error: ApiError) -> Response:
        """Older: always 200. Newer: 400 or what the error says, and a newline at the end (E-6)."""
        body = json_bytes({"errorcode": error.code, "errormessage": error.message})
        if self._version == "older":
            return Response(body, 200, content_type=JSON)
        return Response(body + b"\n", error.status, content_type=JSON)


def _moved_to_maintenance(request: Request) -> Response:
    return Response(b"", 303, headers={"Location": f"{request.host_url}maintenance/"}, content_type=HTML)


def _with_session(request: Request, response: Response) -> Response:
    """Every request without a cookie starts a PHP session (E-12)."""
    if "PHPSESSID" not in request.cookies:
        response.set_cookie("PHPSESSID", secrets.token_hex(13), httponly=True)
    return response
