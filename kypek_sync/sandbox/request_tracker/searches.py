"""Lists: searches of tickets and transactions, a ticket's history and attachments, pages and wanted fields."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from functools import partial
from urllib.parse import quote
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Request

import kypek_sync.sandbox.request_tracker.conditions as conditions
import kypek_sync.sandbox.request_tracker.shapes as shapes
from kypek_sync.sandbox.request_tracker.answers import Refusal
from kypek_sync.sandbox.request_tracker.journal import HIDDEN
from kypek_sync.sandbox.request_tracker.shapes import Json
from kypek_sync.sandbox.request_tracker.ticket_sql import BadQuery, Meaning, read

LARGEST_PAGE = 100
USUAL_PAGE = 20

_TICKET_ORDER = {
    "id": "t.id",
    "lastupdated": "t.last_updated",
    "created": "t.created",
    "subject": "t.subject",
    "status": "t.status",
    "priority": "t.priority",
}
_TRANSACTION_ORDER = {"id": "x.id", "created": "x.created", "type": "x.type"}
_TRANSACTIONS = (
    "FROM transactions x LEFT JOIN tickets t ON x.object_type = 'RT::Ticket' AND t.id = x.object"
    " LEFT JOIN queues q ON q.id = t.queue"
)


class Page:
    """Which part of a list is asked for, and what of each item. More than 100 a page is silently 100 (H-13)."""

    def __init__(self, request: Request, base: str) -> None:
        self.base = base
        self.arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        self.address = f"{base}{request.path.removeprefix('/REST/2.0')}"
        self.number = max(_whole(request.args.get("page"), 1), 1)
        self.size = min(_whole(request.args.get("per_page"), USUAL_PAGE) or USUAL_PAGE, LARGEST_PAGE)
        self.offset = (self.number - 1) * self.size
        self.fields = [name for name in request.args.get("fields", "").split(",") if name]
        self.inner = {name: request.args.get(f"fields[{name}]", "").split(",") for name in self.fields}

    def answer(self, items: list[Json], total: int | None) -> Json:
        """The frame of a list. `total` is None where the server checks rights row by row; then it counts no pages."""
        pages = None if total is None else math.ceil(total / self.size)
        # Perl's ceil gives a float, and only zero keeps its shape.
        shown = {"pages": pages or (0.0 if pages == 0 else None), "total": total}
        frame: Json = {"count": len(items), "page": self.number, "per_page": self.size, "items": items} | shown
        if pages and self.number < pages:
            frame["next_page"] = self._link(self.number + 1)
        if pages and self.number > 1:
            frame["prev_page"] = self._link(min(self.number - 1, pages))
        return frame

    def _link(self, number: int) -> str:
        parts = [*self.arguments, ("page", str(number))]
        return f"{self.address}?{'&'.join(f'{_escaped(name)}={_escaped(value)}' for name, value in parts)}"

    def pick(self, db: sqlite3.Connection, kind: str, number: object, whole: Callable[[], Json]) -> Json:
        """One item: a reference, and the fields that were asked for."""
        item = shapes.reference(self.base, kind, number)
        if self.fields:
            full = whole()
            for name in self.fields:
                if name in full:
                    item[name] = self._expanded(db, full[name], self.inner[name])
        return item

    def _expanded(self, db: sqlite3.Connection, value: object, wanted: list[str]) -> object:
        if not any(wanted):
            return value
        if isinstance(value, list):
            return [self._expanded(db, each, wanted) for each in value]
        if not isinstance(value, dict):
            return value
        if value.get("type") == "queue":
            row = db.execute("SELECT * FROM queues WHERE id = ?", (value["id"],)).fetchone()
            full = shapes.queue_json(db, self.base, row)
        elif value.get("type") == "user":
            full = shapes.user_json(db.execute("SELECT * FROM users WHERE login = ?", (value["id"],)).fetchone())
        else:
            return value
        return value | {name: full[name] for name in wanted if name in full}


def tickets(db: sqlite3.Connection, request: Request, page: Page, zone: ZoneInfo) -> Json:
    """`GET /tickets?query=`. Without a query the page is empty, with status 200. Merged tickets are hidden (H-16)."""
    query = request.args.get("query", "")
    if not query.strip():
        return page.answer([], 0)
    condition, values = _condition(query, conditions.of_tickets(zone), "Tickets.pm line 3187")
    where = f"FROM tickets t JOIN queues q ON q.id = t.queue WHERE q.visible AND t.effective = t.id AND ({condition})"
    (total,) = db.execute(f"SELECT count(*) {where}", values).fetchone()
    order = _order(request, _TICKET_ORDER, "t.id")
    rows = db.execute(f"SELECT t.* {where} ORDER BY {order} LIMIT ? OFFSET ?", (*values, page.size, page.offset))
    return page.answer(
        [page.pick(db, "ticket", row["id"], partial(shapes.ticket_json, db, page.base, row)) for row in rows],
        total,
    )


def transactions(db: sqlite3.Connection, request: Request, page: Page, zone: ZoneInfo) -> Json:
    """`GET /transactions?query=`. Rows that the robot may not see leave holes in the page; no next page (H-11)."""
    query = request.args.get("query", "")
    if not query.strip():
        return page.answer([], None)
    condition, values = _condition(query, conditions.of_transactions(zone), "Transactions.pm line 1104")
    return _transactions(db, page, condition, values, _order(request, _TRANSACTION_ORDER, "x.id"))


def history(db: sqlite3.Connection, request: Request, page: Page, ticket: int) -> Json:
    """`GET /ticket/N/history`, with the history of the tickets that were merged into it."""
    return _transactions(db, page, "t.effective = ?", [ticket], _order(request, _TRANSACTION_ORDER, "x.id"))


def _transactions(db: sqlite3.Connection, page: Page, condition: str, values: list[object], order: str) -> Json:
    sql = f"SELECT x.*, q.visible {_TRANSACTIONS} WHERE ({condition}) ORDER BY {order} LIMIT ? OFFSET ?"
    rows = db.execute(sql, (*values, page.size, page.offset)).fetchall()
    seen = [row for row in rows if row["visible"] and row["type"] not in HIDDEN]
    return page.answer(
        [page.pick(db, "transaction", row["id"], partial(shapes.transaction_json, page.base, row)) for row in seen],
        None,
    )


def attachments(db: sqlite3.Connection, page: Page, ticket: int) -> Json:
    """`GET /ticket/N/attachments`: the parts of all messages, files among them."""
    sql = (
        "SELECT a.* FROM attachments a JOIN transactions x ON x.id = a.txn AND x.object_type = 'RT::Ticket'"
        " JOIN tickets t ON t.id = x.object WHERE t.effective = ? ORDER BY a.id LIMIT ? OFFSET ?"
    )
    rows = db.execute(sql, (ticket, page.size, page.offset)).fetchall()
    return page.answer(
        [page.pick(db, "attachment", row["id"], partial(shapes.attachment_json, page.base, row)) for row in rows],
        None,
    )


def queues(db: sqlite3.Connection, page: Page) -> Json:
    """`GET /queues/all`: the queues that the robot may see."""
    rows = db.execute("SELECT * FROM queues WHERE visible ORDER BY id").fetchall()
    part = rows[page.offset : page.offset + page.size]
    return page.answer(
        [page.pick(db, "queue", row["id"], partial(shapes.queue_json, db, page.base, row)) for row in part],
        len(rows),
    )


def _condition(query: str, meaning: Meaning, place: str) -> tuple[str, list[object]]:
    try:
        return read(query, meaning)
    except BadQuery as error:
        raise Refusal(400, f"{error} at /usr/share/request-tracker5/lib/RT/{place}.\n") from None


def _order(request: Request, columns: dict[str, str], usual: str) -> str:
    names, ways = request.args.getlist("orderby"), request.args.getlist("order")
    parts = [
        f"{columns[name.lower()]} {'DESC' if index < len(ways) and ways[index].upper() == 'DESC' else 'ASC'}"
        for index, name in enumerate(names)
        if name.lower() in columns
    ]
    return ", ".join(parts or [usual])


def _whole(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() else usual


def _escaped(text: str) -> str:
    return quote(text, safe="-_.!~*'() ").replace(" ", "+")
