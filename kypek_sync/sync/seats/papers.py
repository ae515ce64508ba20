"""What the «βεβαίωση επιλογής» says beside its letter, as the letter goes out: it is a paper for today, and the outbox
keeps nobody's school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from kypek_sync.ledger import persons
from kypek_sync.ledger.outbox import Row
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seat, SeatState
from kypek_sync.notices.change_words import STRUCTURE
from kypek_sync.notices.selection_paper import LETTERHEAD, UNITS, WITH_PAPER
from kypek_sync.sync.installation import Installation


def units_on_papers(connection: Connection, inst: Installation, kypek: str, rows: Iterable[Row]) -> dict[str, str]:
    """Who can be named on a paper, by our id or, as in these letters, by login: the names of their units as lines,
    perhaps none. Whom the directory gives no name gets no paper: a login is none, and may be a number (D-4)."""
    directory = inst.kypek(kypek).directory
    named = {row.notice.person for row in rows if row.notice.kind in WITH_PAPER}
    if not directory or not named:
        return {}
    known = persons.persons(connection, directory, named) | persons.persons_by_id(connection, directory, named)
    people = {name: one.person for name, one in known.items() if one.person.surname}
    units = persons.units_of(connection, directory, people.values())
    return {
        name: "\n".join(units[unit].name for unit in person.units if unit in units) for name, person in people.items()
    }


def paper_facts(
    inst: Installation, row: Row, seat: Seat, offering: Offering, units: Mapping[str, str]
) -> dict[str, str]:
    """The facts that make the paper of a letter; none where it brings none, or they have the seat no more."""
    notice = row.notice
    if notice.kind not in WITH_PAPER or seat.state is not SeatState.GRANTED or notice.person not in units:
        return {}
    entry = inst.kypek(notice.kypek)
    structure = entry.structures.get(offering.seminar.structure)
    return {
        STRUCTURE: structure.name if structure is not None else entry.name,
        LETTERHEAD: "\n".join(entry.letterhead),
        UNITS: units[notice.person],
    }
