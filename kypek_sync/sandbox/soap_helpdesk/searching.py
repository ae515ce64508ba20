"""Searches of the rpc/encoded service: the filter, its days, its pages."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kypek_sync.sandbox.soap_helpdesk.envelope import Value, items, text, whole
from kypek_sync.sandbox.soap_helpdesk.issues import CLOSED, DataFault, custom_field

_SORTS = {
    "id": "i.id",
    "last_updated": "i.updated",
    "date_submitted": "i.submitted",
    "status": "i.status",
    "summary": "i.summary",
}
_COLUMNS = {"project_id": "project", "status_id": "status", "reporter_id": "reporter"}


def search(db: sqlite3.Connection, given: dict[str, Value], page: int, size: int, zone: ZoneInfo) -> list[sqlite3.Row]:
    """Issues by FilterSearchData. Closed ones are found unless `hide_status_id` says so (H-28).

    A page past the end is the last page again (H-27). The newest change comes first unless the filter sorts.
    """
    where, values = _where(db, given, zone)
    order = _SORTS.get(text(given.get("sort")), "i.updated")
    way = "ASC" if text(given.get("sort_direction")).upper() == "ASC" else "DESC"
    sql = f"FROM issues i WHERE {where}"
    (total,) = db.execute(f"SELECT count(*) {sql}", values).fetchone()
    if size < 1:
        size = max(total, 1)
    last = max(-(-total // size), 1)
    offset = (min(max(page, 1), last) - 1) * size
    order_by = f"ORDER BY {order} {way}, i.submitted DESC, i.id"
    return db.execute(f"SELECT i.* {sql} {order_by} LIMIT ? OFFSET ?", (*values, size, offset)).fetchall()


def of_project(db: sqlite3.Connection, project: int, page: int, size: int, zone: ZoneInfo) -> list[sqlite3.Row]:
    """Issues of a project by the default filter, which hides closed ones (H-28); past the end there are none."""
    if project and db.execute("SELECT 1 FROM projects WHERE id = ?", (project,)).fetchone() is None:
        raise DataFault(f"Project '{project}' does not exist.")
    given: dict[str, Value] = {"hide_status_id": [str(CLOSED)]}
    if project:
        given["project_id"] = [str(project)]
    found = search(db, given, page, size, zone)
    before = search(db, given, page - 1, size, zone) if page > 1 else []
    return [] if [row["id"] for row in found] == [row["id"] for row in before] else found


def _where(db: sqlite3.Connection, given: dict[str, Value], zone: ZoneInfo) -> tuple[str, list[object]]:
    conditions, values = ["1"], list[object]()
    for name, column in _COLUMNS.items():
        if wanted := [whole(each) for each in items(given.get(name)) if whole(each)]:
            conditions.append(f"i.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    if categories := [text(each) for each in items(given.get("category"))]:
        conditions.append(f"i.category IN ({', '.join('?' * len(categories))})")
        values += categories
    if hidden := [whole(each) for each in items(given.get("hide_status_id")) if whole(each) > 0]:
        conditions.append("i.status < ?")
        values.append(min(hidden))
    if words := text(given.get("search")):
        conditions.append("(instr(i.summary, ?) OR instr(i.description, ?))")
        values += [words, words]
    for prefix, column in (("last_update_start", "updated"), ("start", "submitted")):
        if (start := _day(given, prefix, zone)) is not None:
            conditions.append(f"i.{column} >= ?")
            values.append(int(start.timestamp()))
    for prefix, column in (("last_update_end", "updated"), ("end", "submitted")):
        if (end := _day(given, prefix, zone)) is not None:
            conditions.append(f"i.{column} < ?")
            values.append(int((end + timedelta(days=1)).timestamp()))
    for each in items(given.get("custom_fields")):
        condition, more = _custom(db, each)
        conditions.append(condition)
        values += more
    return " AND ".join(conditions), values


def _day(given: dict[str, Value], prefix: str, zone: ZoneInfo) -> datetime | None:
    """Midnight of the day that three numbers of the filter name; the filter knows days only (H-28)."""
    year, month, day = (whole(given.get(f"{prefix}_{part}")) for part in ("year", "month", "day"))
    try:
        return datetime(year, month, day, tzinfo=zone)
    except ValueError:
        return None


def _custom(db: sqlite3.Connection, given: Value) -> tuple[str, list[object]]:
    if not isinstance(given, dict):
        return "1", []
    field = custom_field(db, given.get("field"))
    wanted = [text(each) for each in items(given.get("value"))] or [text(given.get("value"))]
    if field is None:
        return "0", []
    marks = ", ".join("?" * len(wanted))
    sql = f"EXISTS (SELECT 1 FROM custom_values v WHERE v.issue = i.id AND v.field = ? AND v.value IN ({marks}))"
    return sql, [field["id"], *wanted]
