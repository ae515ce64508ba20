"""What each field of a query means: for tickets (alias `t`) and for transactions (alias `x`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import kypek_sync.sandbox.request_tracker.dates as dates
from kypek_sync.sandbox.request_tracker.lifecycle import ACTIVE, INACTIVE, INITIAL
from kypek_sync.sandbox.request_tracker.ticket_sql import BadQuery, Condition, Meaning
from kypek_sync.sandbox.request_tracker.tickets import ROLES

_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_CUSTOM = re.compile(
    r"(?:CF|CustomField)\.(?:(?P<queue>[^.{}]+|\{[^{}]+\})\.)?(?P<name>\{[^{}]+\}|[^.{}]+)", re.IGNORECASE
)
_Part = Callable[[str, str | None], Condition]


def number(column: str) -> _Part:
    """A numeric column."""

    def condition(operator: str, value: str | None) -> Condition:
        _refuse_unless(operator in _COMPARE, operator)
        return f"{column} {operator} ?", [int(value) if value and re.fullmatch(r"[+-]?\d+", value) else 0]

    return condition


def text(column: str) -> _Part:
    """A text column, compared without regard to case."""

    def condition(operator: str, value: str | None) -> Condition:
        if operator in ("IS", "IS NOT"):
            return f"{column} {'=' if operator == 'IS' else '<>'} ''", []
        folded = (value or "").lower()
        if operator in ("=", "!="):
            return f"fold({column}) {operator} ?", [folded]
        kind = operator.removeprefix("NOT ")
        sql = {
            "LIKE": f"instr(fold({column}), ?) > 0",
            "STARTSWITH": f"instr(fold({column}), ?) = 1",
            "ENDSWITH": f"substr(fold({column}), -{max(len(folded), 1)}) = ?",
        }.get(kind)
        if sql is None:
            raise BadQuery(f"Invalid operator: {operator}")
        return (sql if operator == kind else f"NOT {sql}"), [folded]

    return condition


def date(column: str, zone: ZoneInfo) -> _Part:
    """A time column; see `dates` for how the value is read (H-10)."""

    def condition(operator: str, value: str | None) -> Condition:
        if operator in ("IS", "IS NOT"):
            return f"{column} {'=' if operator == 'IS' else '<>'} 0", []
        _refuse_unless(operator in _COMPARE and operator != "!=", operator)
        if operator == "=":
            return f"{column} >= ? AND {column} < ?", list(dates.day(value or "", zone))
        return f"{column} {operator} ?", [dates.read(value or "", zone)]

    return condition


def queue(column: str) -> _Part:
    """The queue, by name or id."""

    def condition(operator: str, value: str | None) -> Condition:
        _refuse_unless(operator in ("=", "!="), operator)
        name = "id" if (value or "").isdecimal() else "name"
        return f"{column} {'IN' if operator == '=' else 'NOT IN'} (SELECT id FROM queues WHERE {name} = ?)", [value]

    return condition


def status(column: str) -> _Part:
    """The status, or one of the groups `__Active__` and `__Inactive__`."""
    groups = {"__active__": INITIAL | ACTIVE, "__inactive__": INACTIVE}

    def condition(operator: str, value: str | None) -> Condition:
        _refuse_unless(operator in ("=", "!="), operator)
        wanted = sorted(groups.get((value or "").lower(), {(value or "").lower()}))
        return f"{column} {'IN' if operator == '=' else 'NOT IN'} ({', '.join('?' * len(wanted))})", list(wanted)

    return condition


def watcher(role: str) -> _Part:
    """The people in a role, by address."""

    def condition(operator: str, value: str | None) -> Condition:
        positive = operator.replace("NOT ", "").replace("!", "")
        inner, values = text("w.login")(positive, value)
        sql = f"EXISTS (SELECT 1 FROM watchers w WHERE w.ticket = t.id AND w.role = '{role}' AND {inner})"
        return (sql if positive == operator else f"NOT {sql}"), values

    return condition


def refers_to(operator: str, value: str | None) -> Condition:
    """The links of a ticket, by address (H-15)."""
    _refuse_unless(operator in ("=", "!=", "IS", "IS NOT"), operator)
    absent = "NOT " if operator in ("!=", "IS") else ""
    inner, values = ("1", []) if value is None else ("l.target = ?", [value])
    return f"{absent}EXISTS (SELECT 1 FROM links l WHERE l.ticket = t.id AND l.type = 'RefersTo' AND {inner})", values


def custom(kind: str, alias: str, match: re.Match[str]) -> _Part:
    """A custom field of tickets or transactions, by name; one that does not exist matches nothing."""
    name = match["name"].strip("{}")
    scope, names = ("", [])
    if match["queue"]:
        scope, names = " AND f.queue IN (SELECT id FROM queues WHERE name = ?)", [match["queue"].strip("{}")]

    def condition(operator: str, value: str | None) -> Condition:
        values: list[Any] = [kind, name, kind, *names]
        negated = operator in ("!=", "IS") or operator.startswith("NOT ")
        positive = operator.replace("!", "").removeprefix("NOT ")
        if value is None:
            inner, more = "1", []
        elif positive == "=":
            inner, more = "v.folded = ?", [value.lower()]
        else:
            inner, more = text("v.value")(positive, value)
        sql = (
            f"EXISTS (SELECT 1 FROM custom_values v JOIN custom_fields f ON f.id = v.field WHERE v.kind = ?"
            f" AND v.object = {alias}.id AND f.name = ? AND f.lookup = ?{scope} AND {inner})"
        )
        return ("NOT " + sql if negated else sql), [*values, *more]

    return condition


def of_tickets(zone: ZoneInfo) -> Meaning:
    """The fields of a ticket query. `zone` is that in which dates of queries are read."""
    fields: dict[str, _Part] = {
        "id": number("t.id"),
        "effectiveid": number("t.effective"),
        "queue": queue("t.queue"),
        "status": status("t.status"),
        "subject": text("t.subject"),
        "priority": number("t.priority"),
        "owner": text("t.owner"),
        "creator": text("t.creator"),
        "lastupdatedby": text("t.last_updated_by"),
        "refersto": refers_to,
        "created": date("t.created", zone),
        "lastupdated": date("t.last_updated", zone),
        "started": date("t.started", zone),
        "resolved": date("t.resolved", zone),
        "told": date("t.told", zone),
    }
    for role in ROLES:
        for form in (role, f"{role}.EmailAddress", f"{role}.Name"):
            fields[form.lower()] = watcher(role)
    return _by_name(fields, "ticket", "t")


def of_transactions(zone: ZoneInfo) -> Meaning:
    """The fields of a transaction query; those of its ticket begin with `Ticket`."""
    fields: dict[str, _Part] = {
        "id": number("x.id"),
        "objectid": number("x.object"),
        "objecttype": text("x.object_type"),
        "type": text("x.type"),
        "creator": text("x.creator"),
        "field": text("x.field"),
        "oldvalue": text("x.old_value"),
        "newvalue": text("x.new_value"),
        "created": date("x.created", zone),
        "ticketid": number("t.id"),
        "ticketqueue": queue("t.queue"),
        "ticketstatus": status("t.status"),
        "ticketsubject": text("t.subject"),
        "ticketowner": text("t.owner"),
        "ticketlastupdated": date("t.last_updated", zone),
    }
    return _by_name(fields, "transaction", "x")


def _by_name(fields: dict[str, _Part], kind: str, alias: str) -> Meaning:
    def meaning(field: str, operator: str, value: str | None) -> Condition:
        if match := _CUSTOM.fullmatch(field):
            return custom(kind, alias, match)(operator, value)
        part = fields.get(field.lower())
        if part is None:
            raise BadQuery(f"Unknown field: {field}")
        return part(operator, value)

    return meaning


def _refuse_unless(allowed: bool, operator: str) -> None:
    if not allowed:
        raise BadQuery(f"Invalid operator: {operator}")
