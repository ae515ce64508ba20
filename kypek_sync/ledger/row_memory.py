"""Rows that were read before are not made into values anew: what the ledger holds is read each time, all of it, and
held against what was there the last time, group by group.

So nothing depends on who wrote meanwhile, or whether a transaction was kept: the rows themselves are looked at. A group
whose rows are the same, in the same order, gives the very object that it gave the last time, and whoever keeps that
object can tell by identity that nothing changed. That lives in the memory of the process, for each database its own.

Within one transaction of SQLite, where nobody else can write, the rows are read again only after a write of our own:
its driver counts every row that a connection has changed.

Of tens of thousands of rows (`many`) SQLite writes out those of a group in one text, all columns in JSON: that text is
the group's mark, and only the rows of groups that have another one are fetched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Select, Text, func

V = TypeVar("V")

Rows = Sequence[tuple[Any, ...]]
Group = tuple[bytes, Any]
"""The mark of a group's rows, and the value that was made of them."""

FEW = 250
"""Groups that are asked for by name; of more all are fetched."""
_READ = "read since our last write"
_MEMORIES: WeakKeyDictionary[Engine, dict[Hashable, Mapping[Any, Group]]] = WeakKeyDictionary()


def grouped(
    connection: Connection,
    place: Hashable,
    query: Select[Any],
    make: Callable[[Rows], V],
    *,
    width: int = 1,
    some: bool = False,
    many: bool = False,
) -> dict[Any, V]:
    """What a query gives, by its first columns: one of them, or as many as `width`, which are words. `make` is given
    the rows of a group, in their order, and must depend on nothing else; what it made is shared with whoever asks
    again, so nobody may alter it. `place` names what is asked for: the same question under the same name, or with
    `some` for some of its groups: the others are kept in mind. With `many` the order of the rows must not matter."""
    unwritten = None if some else _since_our_last_write(connection)
    if unwritten is not None and place in unwritten:
        return dict(unwritten[place])
    memory = _MEMORIES.setdefault(connection.engine, {})
    before, now = memory.get(place, {}), dict[Any, Group]()
    told_apart = many and connection.dialect.name == "sqlite"
    found = _summed(connection, query, width, before) if told_apart else _marked(connection, query, width)
    ours: Callable[[Rows], Rows] | None = None
    for key, mark, rows in found:
        last = before.get(key)
        if rows is None or (last is not None and last[0] == mark):
            now[key] = before[key]
            continue
        ours = ours or _processing(connection, query)
        now[key] = mark, make(ours(rows))
    memory[place] = {**before, **now} if some else now
    values = {key: value for key, (_, value) in now.items()}
    if unwritten is not None:
        unwritten[place] = values
    return dict(values)


def _marked(connection: Connection, query: Select[Any], width: int) -> Iterator[tuple[Any, bytes, Rows | None]]:
    """The groups of a query, each with its mark and its rows."""
    for key, rows in _fetched(connection, query, width).items():
        yield key, _mark(repr(rows)), rows


def _summed(
    connection: Connection, query: Select[Any], width: int, before: Mapping[Any, Group]
) -> Iterator[tuple[Any, bytes, Rows | None]]:
    """The groups of a query, each with its mark; with the rows of those alone whose mark is another than `before`. A
    row that somebody writes between the two questions gives another mark the next time."""
    columns = list(query.selected_columns)
    keys, rest = columns[:width], columns[width:]
    text = func.json_group_array(func.json_array(*rest), type_=Text)
    result = connection.execute(query.with_only_columns(*keys, text).group_by(*keys))
    cursor = result.cursor
    marks = {
        (row[0] if width == 1 else row[:width]): _mark(row[width])
        for row in (cursor.fetchall() if cursor is not None else ())
    }
    result.close()
    others = {key for key, mark in marks.items() if key not in before or before[key][0] != mark}
    rows: Mapping[Any, Rows] = {}
    if others:
        if len(others) <= FEW:
            parts = [{key if width == 1 else key[place] for key in others} for place in range(width)]
            query = query.where(*(column.in_(sorted(part)) for column, part in zip(keys, parts, strict=True)))
        rows = _fetched(connection, query, width)
    for key, mark in marks.items():
        if key not in others:
            yield key, mark, None
        elif key in rows:  # else it went between the two questions
            yield key, mark, rows[key]


def _fetched(connection: Connection, query: Select[Any], width: int) -> dict[Any, list[tuple[Any, ...]]]:
    """The rows of a query as the database driver gives them, by its first columns."""
    result = connection.execute(query)
    cursor = result.cursor
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for row in cursor.fetchall() if cursor is not None else ():
        found.setdefault(row[0] if width == 1 else row[:width], []).append(row)
    result.close()
    return found


def _mark(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=32).digest()


def _since_our_last_write(connection: Connection) -> dict[Hashable, dict[Any, Any]] | None:
    """What was read since then in this transaction; None where that cannot be told. A savepoint that is given up takes
    changes back, which the count does not show: within one nothing is kept."""
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection) or not driver.in_transaction or connection.in_nested_transaction():
        return None
    now = connection.get_transaction(), driver.total_changes
    when, read = connection.info.get(_READ, ((None, -1), {}))
    if (when[0] is not now[0]) or when[1] != now[1]:
        read = {}
        connection.info[_READ] = now, read
    found: dict[Hashable, dict[Any, Any]] = read
    return found


def _processing(connection: Connection, query: Select[Any]) -> Callable[[Rows], Rows]:
    """Makes rows as the database driver gave them into rows as the tables' types want them."""
    kinds = [column.type.dialect_impl(connection.dialect) for column in query.selected_columns]
    processors = [kind.result_processor(connection.dialect, None) for kind in kinds]
    busy = [(place, one) for place, one in enumerate(processors) if one is not None]

    def ours(rows: Rows) -> Rows:
        found = []
        for row in rows:
            values = list(row)
            for place, process in busy:
                values[place] = process(values[place])
            found.append(tuple(values))
        return found

    return ours
