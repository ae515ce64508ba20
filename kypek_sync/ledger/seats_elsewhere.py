"""Seats that people have in other KYPEKs of the same ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, select

from kypek_sync.ledger import programmes
from kypek_sync.ledger.tables import seats
from kypek_sync.model import HELD, Seminar

MOST = 500
"""People that one question names."""


def held_elsewhere(
    connection: Connection, kypeks: Collection[str], people: Collection[str]
) -> dict[str, list[tuple[Seminar, str]]]:
    """The seminars of other KYPEKs (`kypeks`), each with its part, in which these `people` have a seat or are offered
    one, by our id of them."""
    found: dict[str, list[tuple[Seminar, str]]] = {}
    if not kypeks:
        return found
    rows = sorted(row for some in _some(sorted(filter(None, people))) for row in _rows(connection, kypeks, some))
    offerings = {one: programmes.in_force(connection, one) for one in sorted({row[0] for row in rows})}
    for kypek, code, person, part in rows:
        offering = offerings[kypek].get(code)
        if offering is not None and offering.approved:
            found.setdefault(person, []).append((offering.seminar, part))
    return found


def _rows(connection: Connection, kypeks: Collection[str], people: Sequence[str]) -> list[tuple[str, str, str, str]]:
    query = select(seats.c.kypek, seats.c.seminar, seats.c.person, seats.c.part).where(
        seats.c.person.in_(people),
        seats.c.kypek.in_(sorted(kypeks)),
        seats.c.state.in_([state.value for state in HELD]),
    )
    return [(row.kypek, row.seminar, row.person, row.part) for row in connection.execute(query)]


def _some(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(people), MOST):
        yield people[first : first + MOST]
