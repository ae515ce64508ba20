"""Letters about seats as they go out: what is true, or known, only at that moment.

An offer stands so long from its letter on, and letters may go out late. The address of the person's own page is a
secret, and is kept nowhere: not in the outbox either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from kypek_sync.ledger import programmes, seats
from kypek_sync.ledger.outbox import Row
from kypek_sync.model import Seat, SeatState
from kypek_sync.notices.change_words import CHANGED
from kypek_sync.notices.reminder_words import REMINDER
from kypek_sync.notices.wording import WITH_OWN_PAGE
from kypek_sync.seminar.reasons import own_reason
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.offers import ends, until
from kypek_sync.sync.seats.own_page import address, of_person, stop_address
from kypek_sync.sync.seats.papers import paper_facts, units_on_papers

_LEADING = (*WITH_OWN_PAGE, CHANGED, REMINDER)
"""The kinds of letters that lead to the person's own page."""


def as_they_go(connection: Connection, inst: Installation, kypek: str, rows: Iterable[Row]) -> list[Row]:
    """These letters with what is to be added now. Where all mail goes to one address nobody's own page is told: who
    has it answers for them."""
    those = list(rows)
    if not any(row.notice.kind in _LEADING for row in those):
        return those
    decided = seats.decided(connection, kypek)
    units = units_on_papers(connection, inst, kypek, those)
    return [_as_it_goes(connection, inst, row, _seat(row, decided), units) for row in those]


def _seat(row: Row, decided: Mapping[str, Mapping[str, Seat]]) -> Seat | None:
    """The seat that a letter is about, whatever login it stands under by now; none where whose it is nobody knows."""
    if row.notice.kind not in _LEADING:
        return None
    return of_person(decided.get(row.notice.cause.partition(":")[2], {}), row.notice.person)


def _as_it_goes(
    connection: Connection, inst: Installation, row: Row, seat: Seat | None, units: Mapping[str, str]
) -> Row:
    if seat is None:
        return row
    notice, facts = row.notice, dict(row.notice.facts)
    if not inst.kypek(notice.kypek).all_mail_to:
        facts["own_page"] = address(inst, notice.kypek, seat.seminar, seat.person)
        if notice.kind == REMINDER:
            facts["stop"] = stop_address(inst, notice.kypek, seat.seminar, seat.person)
    offering = programmes.in_force(connection, notice.kypek).get(seat.seminar)
    if notice.kind == "seat-offered" and seat.state is SeatState.OFFERED and offering is not None:
        stands = ends(connection, inst, offering, seat, letter=inst.clock())
        facts["reason"] = own_reason(until(seat, stands), inst.text)
    if offering is not None:
        facts |= paper_facts(inst, row, seat, offering, units)
    return replace(row, notice=replace(notice, facts=tuple(facts.items())))
