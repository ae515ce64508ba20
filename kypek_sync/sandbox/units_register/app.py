"""The simulator as a WSGI application (fact sheet directory, sections 2.3 and 3.3).

Every answer has HTTP status 200, errors too: the body's `status` tells (D-22). `units` gives 200 rows a page unless
told otherwise, 500 at most, ordered by name; units of one name come in an order that no two requests share (D-23), as
in a database that was not told any. A page beyond the last is an error. Dictionaries come whole. Functions that are
not for guests answer with an error; its number is invented.

Own faults: `error-status` answers an error in the body; `total-changes` counts one unit less in this answer;
`repeats-page` gives the rows of the page before; `short-page` loses the last row but counts it; `no-guests` refuses.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.serving import Wsgi
from kypek_sync.sandbox.units_register.book import Book

FAULTS = frozenset({"error-status", "total-changes", "repeats-page", "short-page", "no-guests"})
PATH = "/api/"
USUAL_PAGE, LARGEST_PAGE = 200, 500
_NOT_FOR_GUESTS = frozenset({"prefectures", "unit_dns", "workers", "ldaps", "ldap_entries"})
_TOO_LARGE = "Ο Αριθμός Εγγραφών/Σελίδα πρέπει να είναι από 0 έως 500"

Row = dict[str, object]


class _Refused(Exception):
    """The body's status and message of an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def create_app(book: Book, *, faults: SystemFaults) -> Wsgi:
    """The register over `book`. Guest access only: credentials that are sent make no difference."""
    return _Register(book, faults)


class _Register:
    def __init__(self, book: Book, faults: SystemFaults) -> None:
        self._book = book
        self._faults = faults
        self._asked = itertools.count()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with Request(environ) as request:
            return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if not request.path.startswith(PATH) or request.method != "GET":
            return Response("<html><body><h1>Not Found</h1></body></html>", 404, content_type="text/html")
        function = request.path.removeprefix(PATH).strip("/")
        body: dict[str, object] = {"method": "GET", "function": function}
        try:
            body |= self._result(function, request)
            body |= {"status": 200, "message": f"[GET][{function}]:success"}
        except _Refused as error:
            body |= {"status": error.status, "message": f"[GET][{function}]:{error}"}
        return Response(json.dumps(body, ensure_ascii=False), 200, content_type="text/html; charset=utf-8")

    def _result(self, function: str, request: Request) -> dict[str, object]:
        if self._faults.take("error-status"):
            raise _Refused(500, "Προσωρινό πρόβλημα")
        if function in _NOT_FOR_GUESTS or self._faults.take("no-guests"):
            raise _Refused(401, "Δεν έχετε δικαίωμα πρόσβασης")
        if function == "units":
            rows = _ordered(self._chosen(request), request.args.get("orderby", "name"), next(self._asked))
            return self._page(rows, request, USUAL_PAGE)
        if function == "edu_admins":
            rows = sorted(self._book.office_rows(), key=lambda row: _number(row["edu_admin_id"]))
            return self._page(rows, request, 0)
        raise _Refused(500, "Η συνάρτηση δεν υπάρχει")

    def _chosen(self, request: Request) -> list[Row]:
        """The units that the filters `state` and `mm_id` leave; each takes numbers parted by commas."""
        rows = self._book.unit_rows()
        for parameter, column in (("state", "state_id"), ("mm_id", "mm_id"), ("edu_admin", "edu_admin_id")):
            if wanted := request.args.get(parameter, ""):
                numbers = {word.strip() for word in wanted.split(",")}
                rows = [row for row in rows if str(row[column]) in numbers]
        return rows

    def _page(self, rows: list[Row], request: Request, usual: int) -> dict[str, object]:
        size, number = _whole(request, "pagesize", usual), _whole(request, "page", 1)
        if size > LARGEST_PAGE:
            raise _Refused(500, _TOO_LARGE)
        size = size or max(len(rows), 1)
        last = max(1, -(-len(rows) // size))
        if not 1 <= number <= last:
            raise _Refused(500, f"Ο Αριθμός Σελίδας είναι μεγαλύτερος από τον μέγιστο: {last}")
        shown = number - 1 if number > 1 and self._faults.take("repeats-page") else number
        part = rows[(shown - 1) * size : shown * size]
        count = len(part)
        if self._faults.take("short-page"):
            part = part[:-1]
        total = len(rows) - (1 if self._faults.take("total-changes") else 0)
        pagination = {"page": number, "maxPage": last, "pagesize": size}
        return {"data": part, "total": total, "count": count, "pagination": pagination}


def _ordered(rows: list[Row], column: str, request: int) -> list[Row]:
    if rows and column not in rows[0]:
        raise _Refused(500, f"Το Πεδίο Ταξινόμησης είναι λάθος : {column}")
    ties = random.Random(f"ties {request}")
    shuffled = ties.sample(rows, len(rows))
    return sorted(shuffled, key=lambda row: (row[column] is None, _comparable(row[column])))


def _comparable(value: object) -> tuple[int, str]:
    """Numbers by their size, words by their letters."""
    return (value, "") if isinstance(value, int) else (0, str(value))


def _number(value: object) -> int:
    return int(str(value))


def _whole(request: Request, name: str, usual: int) -> int:
    word = request.args.get(name, "")
    if not word:
        return usual
    if not word.isdigit():
        raise _Refused(500, f"Η παράμετρος {name} πρέπει να είναι αριθμητική")
    return int(word)
