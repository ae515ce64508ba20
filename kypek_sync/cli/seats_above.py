"""What a programme's file would do to seats that people have: it takes none, and that is said."""

from __future__ import annotations

from collections.abc import Iterable

from kypek_sync.cli.context import Context
from kypek_sync.programme import Reading
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.programmes import as_in_force
from kypek_sync.sync.seats.lowering import Excess, excess


def seats_above(inst: Installation, kypek: str, reading: Reading) -> list[Excess]:
    """The seminars of a file that would have fewer seats than people have."""
    with inst.ledger.begin(keep=False) as connection:
        return list(excess(connection, inst, kypek, as_in_force(connection, kypek, reading.seminars)))


def show(its: Context, above: Iterable[Excess]) -> None:
    """A line for each."""
    for one in above:
        its.out.print(one.line(its.text), markup=False)


def plain(above: Iterable[Excess]) -> dict[str, list[str]]:
    """The logins of the last in the order, by seminar, for machines."""
    return {one.seminar.code: [seat.login for seat in one.seats] for one in above}
