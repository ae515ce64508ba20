"""What people decide about their own application on the seminar's page: they take the seat that is offered, withdraw,
or ask to be offered one again.

As with officers (`by_name`) a decision is recorded here and carried out by the next pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import identity_answers, lookups, rulings, seats
from kypek_sync.ledger.identities import Identities
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.store import alone
from kypek_sync.model import HELD, Application, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.applications import PAGE
from kypek_sync.seminar.lowering import loses, to_give_again
from kypek_sync.seminar.offers import LAPSED, begins, made
from kypek_sync.seminar.page_door import TOO_EARLY
from kypek_sync.seminar.rulings import GIVEN_BACK, Ruling, Word
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.offers import ends
from kypek_sync.sync.seats.own_page import of_person

_OPEN = (*HELD, SeatState.WAITING, SeatState.UNDER_REVIEW, SeatState.UNDER_IDENTIFICATION)


ON_PAGE = "applied-on-page"
"""The rule of an application on the page about which no pass has decided yet (`Seat.rule`); it is in no ledger."""


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody's own seat as it may be answered for: `words` are what they can say now, `until` when an open offer
    lapses, `said` what they, or an officer, decided that no pass has carried out yet."""

    seat: Seat
    words: tuple[Word, ...]
    until: datetime | None = None
    said: Ruling | None = None


def seat_of(connection: Connection, inst: Installation, offering: Offering, login: str) -> Seat | None:
    """The seat of whoever has a login now, also where it stands under another login of theirs; never that of somebody
    who had the login before them (design, rule 12). An application that is still to be decided is a seat under
    review."""
    code, directory = offering.seminar.code, inst.kypek(offering.kypek).directory
    decided = seats.decided(connection, offering.kypek, code).get(code, {})
    known = lookups.person(connection, directory, login) if directory else None
    seat = decided.get(login)
    if known is not None and (seat is None or seat.person not in ("", known.id)):
        came = seat is not None and _inherited(connection, inst, offering, seat)
        seat = of_person(decided, known.id) or (replace(seat, person=known.id) if seat is not None and came else None)
    passed_on = seat is None and login in decided
    mine = _mine(connection, inst, offering, login, known.id if known else "")
    return _undecided(connection, offering, known.id if known else "", seat, mine, passed_on=passed_on) or seat


def decided_of(connection: Connection, inst: Installation, offering: Offering, login: str) -> Identities:
    """What is to be kept in mind of whose a login is, where somebody else is recorded under it too."""
    directory = inst.kypek(offering.kypek).directory
    others = inst.sharing(directory) - {offering.kypek}
    return identity_answers.of_login(connection, directory, login, offering.kypek, others)


def _inherited(connection: Connection, inst: Installation, offering: Offering, one: Seat | Application) -> bool:
    """Whether something recorded as another person's is that of the holder of its login, as a person decided."""
    at = one.applied_at if isinstance(one, Seat) else one.at
    return decided_of(connection, inst, offering, one.login).inherited(one.login, one.person, at)


def _mine(
    connection: Connection, inst: Installation, offering: Offering, login: str, person: str
) -> tuple[Application, ...]:
    """The applications of whoever has a login, oldest first, also those that became theirs by a decision."""
    those = lookups.standing_of(connection, offering.kypek, offering.seminar.code, login, "") if person else ()
    came = {one for one in those if one.person not in ("", person) and _inherited(connection, inst, offering, one)}
    mine = lookups.standing_of(connection, offering.kypek, offering.seminar.code, login, person)
    return tuple(sorted({*mine, *came}, key=lambda one: (one.at, one.login, one.system, one.part))) if came else mine


def _undecided(
    connection: Connection,
    offering: Offering,
    person: str,
    seat: Seat | None,
    mine: Sequence[Application],
    *,
    passed_on: bool,
) -> Seat | None:
    """An application about which no pass has decided yet, as a seat under review: none was there, or who had withdrawn
    or had been too early has applied on the page since. `passed_on`: a seat of somebody before them stands under the
    login; what a platform shows under it may be theirs."""
    those = rulings.standing(connection, offering.kypek).get(offering.seminar.code, ())
    live = [one for one in mine if not any(ruling.word.takes and ruling.about(one) for ruling in those)]
    anew = [one for one in live if one.system == PAGE]
    if passed_on:
        live = anew
    if seat is not None:
        early = seat.state is SeatState.REFUSED and seat.rule == TOO_EARLY
        live = anew if early or seat.state is SeatState.WITHDRAWN else []
        live = [one for one in live if seat.applied_at is None or one.at > seat.applied_at]
    if not live:
        return _given_up(mine[-1], person, those) if mine and seat is None else None
    one = live[-1]
    rule, facts = (ON_PAGE, (("when", one.at.isoformat()),)) if one.system == PAGE else ("watermark", ())
    return Seat(one.seminar, one.login, person, SeatState.UNDER_REVIEW, rule, facts, 0, one.at, one.part)


def _given_up(one: Application, person: str, those: Sequence[Ruling]) -> Seat | None:
    """An application that its maker gave back before any pass had decided about it."""
    last = next((ruling for ruling in reversed(those) if ruling.about(one)), None)
    if last is None or last.word is not Word.GIVE_BACK:
        return None
    when = (("when", last.at.isoformat()),)
    return Seat(one.seminar, one.login, person, SeatState.WITHDRAWN, GIVEN_BACK, when, 0, one.at, one.part)


def own(connection: Connection, inst: Installation, offering: Offering, seat: Seat) -> Own:
    """What somebody can say about their seat now."""
    kypek, seminar, now = offering.kypek, offering.seminar, inst.clock()
    directory = inst.kypek(kypek).directory
    said = _said(rulings.standing(connection, kypek).get(seminar.code, ()), seat)
    if said is not None and said.word is Word.GIVE_BACK:
        mine = lookups.standing_of(connection, kypek, seminar.code, seat.login, seat.person)
        said = None if any(one.system == PAGE and one.at > said.at for one in mine) else said  # they apply again
    if directory and seat.login in identity_answers.unsure(connection, directory, [seat.login], kypek):
        return Own(seat, (), said=said)
    until = ends(connection, inst, offering, seat)
    return Own(seat, _words(seat, seminar, said, until, now), until, said)


def answer(connection: Connection, inst: Installation, offering: Offering, seat: Seat, word: Word) -> bool:
    """Record what somebody says about their own seat, as it is now; False where they cannot say it (any more). Of two
    answers at the same moment one is taken, and the other sees it."""
    code = offering.seminar.code
    alone(connection, f"answer {offering.kypek} {code} {seat.person or seat.login}")
    if word not in own(connection, inst, offering, seat).words:
        return False
    at = max(inst.clock(), seat.applied_at or inst.clock())  # a platform's clock may be ahead: it is about this wish
    ruling = Ruling(code, seat.login, seat.person, word, "", at)
    rulings.record(connection, offering.kypek, [ruling], seat.login)
    return True


def is_over(seminar: Seminar, now: datetime) -> bool:
    """Whether there is nothing to answer any more: it was cancelled, or its last session has ended."""
    ends = [session.ends for session in seminar.sessions if session.status is Status.PLANNED]
    return seminar.status is Status.CANCELLED or (bool(ends) and max(ends) <= now)


def _words(
    seat: Seat, seminar: Seminar, said: Ruling | None, until: datetime | None, now: datetime
) -> tuple[Word, ...]:
    if is_over(seminar, now) or seat.state not in _OPEN or (said is not None and said.word.takes):
        return ()
    if seat.state is SeatState.OFFERED and said is None and (until is None or now < until):
        return Word.ACCEPT, Word.GIVE_BACK
    start = begins(seminar, seat.part)
    if seat.rule == LAPSED and said is None and (start is None or now < start):
        return Word.ASK_AGAIN, Word.GIVE_BACK
    return (Word.GIVE_BACK,)


def _said(those: Sequence[Ruling], seat: Seat) -> Ruling | None:
    """What was decided about this seat and does not show in it yet."""
    mine = [
        one for one in those if (one.person == seat.person if one.person and seat.person else one.login == seat.login)
    ]
    last = mine[-1] if mine else None
    if last is None or (seat.applied_at is not None and last.word is not Word.REFUSE and seat.applied_at > last.at):
        return None
    since = made(seat)
    if last.word in (Word.ACCEPT, Word.ASK_AGAIN):
        return last if since is not None and last.at >= since else None
    if last.word is Word.GRANT:
        return None if seat.state is SeatState.GRANTED else last
    if last.word is Word.APPROVE:
        return last if seat.state is SeatState.UNDER_APPROVAL else None
    if last.word is Word.LOWER:
        return last if loses(seat, last) else None
    if last.word is Word.KEEP:
        return last if to_give_again(seat, last) else None
    return last if seat.state in _OPEN else None
