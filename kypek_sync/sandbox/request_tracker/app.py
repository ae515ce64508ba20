"""Request Tracker 5.0.3, REST 2.0, as far as kypek-sync and a tester need it; behaviour by the helpdesk fact sheet.

Own faults (besides those on the wire, see `faults`): `put-refused` answers a PUT with 200 and "Permission Denied" and
changes nothing; `no-permission` answers 403; `bad-token` answers 401; `cf-dropped` silently loses the custom fields of
a write.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from werkzeug.wrappers import Request, Response

import kypek_sync.sandbox.request_tracker.resources as resources
import kypek_sync.sandbox.request_tracker.searches as searches
import kypek_sync.sandbox.request_tracker.shapes as shapes
from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.request_tracker.answers import Refusal, answer, drop
from kypek_sync.sandbox.request_tracker.journal import HIDDEN
from kypek_sync.sandbox.request_tracker.messages import Upload
from kypek_sync.sandbox.request_tracker.searches import Page
from kypek_sync.sandbox.request_tracker.store import ROBOT, Store, seed
from kypek_sync.sandbox.request_tracker.tickets import Actor, find_queue
from kypek_sync.sandbox.serving import Wsgi

FAULTS = frozenset({"put-refused", "no-permission", "bad-token", "cf-dropped"})
VERSION = "5.0.3+dfsg-3~deb12u6"


def create_app(
    state: Path,
    *,
    token: str,
    faults: SystemFaults,
    clock: Callable[[], datetime],
    server_timezone: str = "Europe/Athens",
    user_timezone: str = "UTC",
) -> Wsgi:
    """The simulator as a WSGI application under `/REST/2.0`.

    `state` is its SQLite file; a new one gets the queue KYPEK-ATT with the custom fields KypekRef, KypekSeminar
    (tickets) and KypekEvt (transactions), unless `World` has added a queue before. `token` is that of the account
    `kypek-sync`. `clock` gives aware times. `user_timezone` is that account's zone until a PUT changes it; when empty,
    `server_timezone` is used: dates inside queries are read in it (H-10).
    """
    return _RequestTracker(Store(state), token, faults, clock, server_timezone, user_timezone)


class _RequestTracker:
    def __init__(
        self,
        store: Store,
        token: str,
        faults: SystemFaults,
        clock: Callable[[], datetime],
        server_timezone: str,
        user_timezone: str,
    ) -> None:
        self._store = store
        self._token = token
        self._faults = faults
        self._clock = clock
        self._server_zone = server_timezone
        with store.writing() as db:
            seed(db, self._now())
            db.execute("UPDATE users SET timezone = ? WHERE login = ? AND timezone IS NULL", (user_timezone, ROBOT))
        self._routes: list[tuple[re.Pattern[str], dict[str, Callable[..., Response]]]] = [
            (re.compile(r"/rt"), {"GET": self._version}),
            (re.compile(r"/tickets"), {"GET": self._tickets}),
            (re.compile(r"/ticket"), {"POST": self._create}),
            (re.compile(r"/ticket/(\d+)"), {"GET": self._ticket, "PUT": self._update, "DELETE": self._delete}),
            (re.compile(r"/ticket/(\d+)/(correspond|comment)"), {"POST": self._note}),
            (re.compile(r"/ticket/(\d+)/history"), {"GET": self._history}),
            (re.compile(r"/ticket/(\d+)/attachments"), {"GET": self._attachments}),
            (re.compile(r"/transactions"), {"GET": self._transactions}),
            (re.compile(r"/transaction/(\d+)"), {"GET": self._transaction}),
            (re.compile(r"/attachment/(\d+)"), {"GET": self._attachment}),
            (re.compile(r"/queues/all"), {"GET": self._queues}),
            (re.compile(r"/queue/([^/]+)"), {"GET": self._queue}),
            (re.compile(r"/user/([^/]+)"), {"GET": self._user, "PUT": self._update_user}),
        ]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with Request(environ) as request:
            try:
                response = self._answer(request)
            except Refusal as refusal:
                response = refusal.response()
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        known = scheme.lower() == "token" and hmac.compare_digest(given.encode(), self._token.encode())
        if not known or self._faults.take("bad-token"):
            raise Refusal(401, "Unauthorized")
        if self._faults.take("no-permission"):
            raise Refusal(403, "Forbidden")
        path = request.path.removeprefix("/REST/2.0").removesuffix("/")
        for pattern, methods in self._routes:
            if match := pattern.fullmatch(path):
                if request.method in methods:
                    return methods[request.method](request, *match.groups())
                if request.method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
                    raise Refusal(405, "Method Not Allowed")
                raise Refusal(501, "Not Implemented")
        raise Refusal(404, "Not Found")

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _actor(self) -> Actor:
        return Actor(ROBOT, self._now())

    def _zone(self) -> ZoneInfo:
        with self._store.reading() as db:
            (name,) = db.execute("SELECT timezone FROM users WHERE login = ?", (ROBOT,)).fetchone()
        return ZoneInfo(name or self._server_zone)

    @staticmethod
    def _base(request: Request) -> str:
        return f"{request.host_url}REST/2.0"

    def _page(self, request: Request) -> Page:
        return Page(request, self._base(request))

    def _body(self, request: Request) -> tuple[dict[str, Any], list[Upload]]:
        data, files = resources.body(request)
        custom = [name for name in ("CustomFields", "TxnCustomFields", "TransactionCustomFields") if name in data]
        if custom and self._faults.take("cf-dropped"):
            for name in custom:
                del data[name]
        return data, files

    def _version(self, request: Request) -> Response:
        return answer({"Version": VERSION})

    def _tickets(self, request: Request) -> Response:
        zone = self._zone()
        with self._store.reading() as db:
            return answer(searches.tickets(db, request, self._page(request), zone))

    def _transactions(self, request: Request) -> Response:
        zone = self._zone()
        with self._store.reading() as db:
            return answer(searches.transactions(db, request, self._page(request), zone))

    def _create(self, request: Request) -> Response:
        data, files = self._body(request)
        with self._store.writing() as db:
            return resources.create_ticket(db, self._base(request), data, files, self._actor())

    def _ticket(self, request: Request, number: str) -> Response:
        with self._store.reading() as db:
            row = resources.visible_ticket(db, int(number))
            headers = resources.check_conditions(db, request, "RT::Ticket", row)
            return resources.one(shapes.ticket_json(db, self._base(request), row), request, headers)

    def _update(self, request: Request, number: str) -> Response:
        with self._store.writing() as db:
            row = resources.visible_ticket(db, int(number), "Resource does not exist; use POST to create")
            resources.check_conditions(db, request, "RT::Ticket", row)
            data, _ = self._body(request)
            if self._faults.take("put-refused"):
                return answer([f"Ticket {row['id']}: Permission Denied"])
            return answer(resources.update_ticket(db, row, data, self._actor()))

    def _delete(self, request: Request, number: str) -> Response:
        with self._store.reading() as db:
            resources.visible_ticket(db, int(number))
        raise Refusal(500, "Internal Server Error")  # the right to delete is missing (H-6)

    def _note(self, request: Request, number: str, kind: str) -> Response:
        with self._store.writing() as db:
            row = resources.visible_ticket(db, int(number))
            resources.check_conditions(db, request, "RT::Ticket", row)
            if request.mimetype in ("text/plain", "text/html"):
                data: dict[str, Any] = {"Content": request.get_data(as_text=True), "ContentType": request.mimetype}
                files: list[Upload] = []
            else:
                data, files = self._body(request)
            response, survives = resources.add_note(db, row, kind, data, files, self._actor())
        if not survives:
            drop(request.environ)
        return response

    def _history(self, request: Request, number: str) -> Response:
        with self._store.reading() as db:
            row = resources.visible_ticket(db, int(number))
            return answer(searches.history(db, request, self._page(request), row["id"]))

    def _attachments(self, request: Request, number: str) -> Response:
        with self._store.reading() as db:
            row = resources.visible_ticket(db, int(number))
            return answer(searches.attachments(db, self._page(request), row["id"]))

    def _transaction(self, request: Request, number: str) -> Response:
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM transactions WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise Refusal(404, "Not Found")
            if row["object_type"] != "RT::Ticket" or row["type"] in HIDDEN:
                raise Refusal(403, "Forbidden")
            ticket = resources.visible_ticket(db, row["object"])
            base = self._base(request)
            data = shapes.transaction_json(base, row) | {
                "id": row["id"],
                "Object": shapes.reference(base, "ticket", ticket["id"]),
                "_hyperlinks": [{"ref": "self", **shapes.reference(base, "transaction", row["id"])}],
            }
            return answer(data)

    def _attachment(self, request: Request, number: str) -> Response:
        with self._store.reading() as db:
            row = db.execute(
                "SELECT a.*, x.object FROM attachments a JOIN transactions x ON x.id = a.txn WHERE a.id = ?", (number,)
            ).fetchone()
            if row is None:
                raise Refusal(404, "Not Found")
            resources.visible_ticket(db, row["object"])
            return answer({"id": row["id"], **shapes.attachment_json(self._base(request), row)})

    def _queues(self, request: Request) -> Response:
        with self._store.reading() as db:
            return answer(searches.queues(db, self._page(request)))

    def _queue(self, request: Request, name: str) -> Response:
        with self._store.reading() as db:
            row = find_queue(db, name)
            if row is None:
                raise Refusal(404, "Not Found")
            if not row["visible"]:
                raise Refusal(403, "Forbidden")
            headers = resources.check_conditions(db, request, "RT::Queue", row)
            return resources.one(shapes.queue_json(db, self._base(request), row), request, headers)

    def _user(self, request: Request, login: str) -> Response:
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM users WHERE login = ?", (login,)).fetchone()
            if row is None:
                raise Refusal(404, "Not Found")
            return answer(shapes.user_json(row))

    def _update_user(self, request: Request, login: str) -> Response:
        data, _ = self._body(request)
        with self._store.writing() as db:
            row = db.execute("SELECT * FROM users WHERE login = ?", (login,)).fetchone()
            if row is None:
                raise Refusal(404, "Resource does not exist; use POST to create")
            if row["login"] != ROBOT:
                raise Refusal(403, "Forbidden")
            old, new = row["timezone"] or "", str(data.get("Timezone", row["timezone"] or ""))
            if old == new:
                return answer([])
            with suppress(ZoneInfoNotFoundError, ValueError):
                ZoneInfo(new or self._server_zone)
                db.execute("UPDATE users SET timezone = ? WHERE login = ?", (new, ROBOT))
                return answer([f"User {ROBOT}: Timezone changed from '{old}' to '{new}'"])
        return answer([f"User {ROBOT}: Illegal value for Timezone"])
