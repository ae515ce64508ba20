"""Rows that were read before are not made into values anew: what the ledger holds is read each time, all of it, and
held against what was there the last time, group by group.

So nothing depends on who wrote meanwhile, or whether a transaction was kept: the rows themselves are looked at. A group
whose rows are the same, in the same order, gives the very object that it gave the last time, and whoever keeps that
object can tell by identity that nothing changed. That lives in the memory of the process, for each database its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Select

V = TypeVar("V")

Rows = Sequence[tuple[Any, ...]]
Group = tuple[bytes, Any]
"""The mark of a group's rows, and the value that was made of them."""

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
    return {key: value for key, (_, value) in now.items()}


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
