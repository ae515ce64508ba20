"""Rows that were read before are not made into values anew: what the ledger holds is read each time, all of it, and
held against what was there the last time, group by group.

So nothing depends on who wrote meanwhile, or whether a transaction was kept: the rows themselves are looked at. A group
whose rows are the same, in the same order, gives the very object that it gave the last time, and whoever keeps that
object can tell by identity that nothing changed. That lives in the memory of the process, for each database its own.

Within one transaction of SQLite, where nobody else can write, the rows are read again only after a write of our own:
its driver counts every row that a connection has changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Select

V = TypeVar("V")

Rows = Sequence[tuple[Any, ...]]
Group = tuple[bytes, Any]
"""The mark of a group's rows, and the value that was made of them."""

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
) -> dict[Any, V]:
    """What a query gives, by its first columns: one of them, or as many as `width`, which are words. `make` is given
    the rows of a group, in their order, and must depend on nothing else; what it made is shared with whoever asks
    again, so nobody may alter it. `place` names what is asked for: the same question under the same name, or with
    `some` for some of its groups: the others are kept in mind."""
    unwritten = None if some else _since_our_last_write(connection)
    if unwritten is not None and place in unwritten:
        return dict(unwritten[place])
    result = connection.execute(query)
    cursor = result.cursor
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for row in cursor.fetchall() if cursor is not None else ():
        found.setdefault(row[0] if width == 1 else row[:width], []).append(row)
    result.close()
    memory = _MEMORIES.setdefault(connection.engine, {})
    before, now = memory.get(place, {}), dict[Any, Group]()
    ours: Callable[[Rows], Rows] | None = None
    for key, rows in found.items():
        mark = blake2b(repr(rows).encode(), digest_size=32).digest()
        last = before.get(key)
        if last is not None and last[0] == mark:
            now[key] = last
            continue
        ours = ours or _processing(connection, query)
        now[key] = mark, make(ours(rows))
    memory[place] = {**before, **now} if some else now
    values = {key: value for key, (_, value) in now.items()}
    if unwritten is not None:
        unwritten[place] = values
    return dict(values)


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
