"""Puts into the outbox what people should be told of their seats, once the platform shows it (design, rules 14, 15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Change, Receipt, Verb
from kypek_sync.language import Text
from kypek_sync.ledger import outbox, seats_told, session_versions
from kypek_sync.ledger.outbox import Notice
from kypek_sync.ledger.seats_told import Told
from kypek_sync.model import HELD, Seat, SeatState, Seminar, Status, local
from kypek_sync.notices import calendar_letters
from kypek_sync.notices.calendar_file import Sender
from kypek_sync.seminar.clashes import clashes
from kypek_sync.seminar.leaving import clock, is_late
from kypek_sync.seminar.objections import ASKED, EARLIER_EDITION, SAME_HOURS, Editions, attended
from kypek_sync.seminar.offers import LAPSED
from kypek_sync.seminar.priority import GATHERED
from kypek_sync.seminar.reasons import own_reason
from kypek_sync.seminar.rulings import GIVEN_BACK, SEATS_LOWERED
from kypek_sync.sync.planning.desired import STAYING, restricts

SOON = timedelta(hours=24)
"""Letters about the seat of a session that is so near go first, and at night too."""

_KINDS = {
    SeatState.GRANTED: "seat-granted",
    SeatState.OFFERED: "seat-offered",
    SeatState.UNDER_APPROVAL: "seat-under-approval",
    SeatState.WAITING: "seat-waiting",
    SeatState.REFUSED: "seat-refused",
    SeatState.WITHDRAWN: "seat-withdrawn",
}

_BY_RULE = {LAPSED: "seat-lapsed", GIVEN_BACK: "seat-given-back", GATHERED: "seat-gathered"}
"""Those where the rule says more than the state."""
_LOST = "seat-lowered"
"""Of who was told of a seat, or an offer, and waits since a person lowered the seats."""

_MAKING = (Verb.CREATE_COURSE, Verb.ADOPT_COURSE)
_PLACING = (Verb.JOIN_GROUP, Verb.LEAVE_GROUP)


def enqueue(
    connection: Connection,
    kypek: str,
    seminars: Mapping[str, Seminar],
    decided: Mapping[str, Mapping[str, Seat]],
    pending: frozenset[tuple[str, str]],
    *,
    centre: str,
    page: str,
    host: str,
    text: Text,
    now: datetime,
    mail: str = "",
) -> int:
    """One notice for each seat whose state was not told yet. `pending` are (seminar, login) whose seat the platform
    does not show yet: they are told when it does. `mail` is the centre's address, which signs calendar files. Of an
    offer that is over before its letter has gone out nothing is said any more. Returns how many were put in."""
    notices: list[Notice] = []
    marks: list[tuple[Seat, int]] = []
    untold = seats_told.otherwise_told(connection, kypek)
    versions = session_versions.standing(connection, kypek) if untold else {}
    had = _Attended(Editions(seminars.values() if untold else (), now), decided)
    theirs = _seats_of({one.person for one in _those(untold, decided)}, decided)
    for (code, login), last in sorted(untold.items()):
        seminar, seat = seminars.get(code), decided.get(code, {}).get(login)
        kind = _kind(seat, last) if seat is not None else None
        if seminar is None or seat is None or kind is None or last.state == seats_told.told_word(seat):
            continue
        if (code, login) in pending:
            continue
        if seat.state is SeatState.WITHDRAWN and not last.state:
            continue  # never told of anything: nothing to take back
        if _unheard(connection, kypek, seat, last) and seat.rule == LAPSED:
            marks.append((seat, last.version))  # that they wait they know
            continue
        version = last.version + 1
        dates = calendar_letters.seat_dates(kypek, seminar, seat, last.state, last.version, versions[code], page)
        dates = replace(dates, sender=Sender(centre, mail))
        facts = (
            (calendar_letters.FACT, dates.stored),
            *_facts(seminar.of_part(seat.part), seat, centre, page, text),
        )
        facts = (*facts, *_against(seat, seminar, theirs, seminars, had), *_deadline(seat, seminar, now))
        if seat.state is SeatState.REFUSED and seat.rule not in STAYING and restricts(seminar):
            facts = (*facts, ("leaves", "yes"))
        urgent = _is_soon(seminar.of_part(seat.part), now)
        notices.append(Notice(kypek, seat.person, login, f"{outbox.SEAT}{code}", version, kind, facts, urgent))
        marks.append((seat, version))
    outbox.put_all(connection, notices, host, now)
    seats_told.mark_told(connection, kypek, marks)
    return len(notices)


def _kind(seat: Seat, last: Told) -> str | None:
    """Which letter is about a seat, by what its holder was `last` told."""
    if seat.rule == SEATS_LOWERED and last.state.partition("/")[0] in HELD:
        return _LOST
    return _BY_RULE.get(seat.rule, _KINDS.get(seat.state))


def _is_soon(seminar: Seminar, now: datetime) -> bool:
    """Whether it meets so soon that nobody waits for the morning to hear of their seat."""
    return any(s.status is Status.PLANNED and now < s.starts <= now + SOON for s in seminar.sessions)


def _those(places: Iterable[tuple[str, str]], decided: Mapping[str, Mapping[str, Seat]]) -> Iterator[Seat]:
    for code, login in places:
        if (seat := decided.get(code, {}).get(login)) is not None:
            yield seat


def _seats_of(people: Collection[str], decided: Mapping[str, Mapping[str, Seat]]) -> dict[str, list[Seat]]:
    """The seats that these people have, or are offered, in any seminar, by our id of them."""
    found: dict[str, list[Seat]] = {}
    wanted = {one for one in people if one}
    for those in decided.values() if wanted else ():
        for seat in those.values():
            if seat.person in wanted and seat.state in HELD:
                found.setdefault(seat.person, []).append(seat)
    return found


@dataclass
class _Attended:
    """Who had a seat in an earlier edition of which seminar, looked up once for each."""

    editions: Editions
    decided: Mapping[str, Mapping[str, Seat]]
    found: dict[str, dict[str, Seminar]] = field(default_factory=dict)

    def by(self, seat: Seat, seminar: Seminar) -> Seminar | None:
        """The latest one in which the holder of a seat had one."""
        if seminar.code not in self.found:
            self.found[seminar.code] = attended(self.editions.of(seminar), self.decided)
        return self.found[seminar.code].get(seat.person or seat.login)


def _against(
    seat: Seat,
    seminar: Seminar,
    theirs: Mapping[str, list[Seat]],
    seminars: Mapping[str, Seminar],
    had: _Attended,
) -> tuple[tuple[str, str], ...]:
    """What people are told of besides where they have a seat, or are offered one: others at the same hours, and one in
    an earlier edition; not once more what they are asked about."""
    if seat.state not in HELD:
        return ()
    asked = dict(seat.facts).get(ASKED, "")
    hours = _at_the_same_time(seat, seminar, theirs, seminars) if asked != SAME_HOURS else ""
    edition = had.by(seat, seminar) if asked != EARLIER_EDITION else None
    said = f"«{edition.title}» ({edition.code})" if edition is not None else ""
    return tuple((name, lines) for name, lines in (("asked", asked), ("clashes", hours), ("edition", said)) if lines)


def _at_the_same_time(
    seat: Seat, seminar: Seminar, theirs: Mapping[str, list[Seat]], seminars: Mapping[str, Seminar]
) -> str:
    """A line for each session of another seminar in which they have a seat, too, that is at the same hours."""
    others = ((seminars[one.seminar], one.part) for one in theirs.get(seat.person, ()) if one.seminar in seminars)
    return "\n".join(one.line for one in clashes(seminar, seat.part, others))


def _unheard(connection: Connection, kypek: str, seat: Seat, last: Told) -> bool:
    """Whether the last that somebody was to be told was an offer, of which no letter has gone out: none does any
    more."""
    offer = last.state.partition("/")[0] == SeatState.OFFERED.value
    return offer and outbox.unsaid(connection, kypek, seat.seminar, (seat.person, seat.login), last.version)


def not_shown(
    done: list[tuple[Change, Receipt]], waiting: list[Change], mirrors: frozenset[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Seats whose place in the registration platform's group failed, is held or is only planned. A course of `mirrors`,
    as (system, course), that fails costs nobody the letter (design, rule 14): a case is opened for it."""
    failed = [change for change, receipt in done if not receipt.stands]
    return frozenset(
        (change.target.seminar, change.target.login)
        for change in (*failed, *waiting)
        if change.verb in _PLACING and change.target.key not in mirrors
    )


def undecided(
    proposing: Collection[tuple[str, str]],
    decided: Mapping[str, Mapping[str, Seat]],
    held: Iterable[Change],
    asked: Iterable[Change],
) -> frozenset[tuple[str, str]]:
    """Seats, as (seminar, login), that wait for a person where every change of the platform is only proposed:
    everybody's while the course itself is `held`, and those that no group would show (a refusal, say) while places of
    the seminar are still `asked` about. `proposing` are (system, seminar) of such registration platforms.

    Who has a place waits for their own change alone: `not_shown` knows those."""
    whole = {key for c in held if c.verb in _MAKING and (key := (c.target.system, c.target.seminar)) in proposing}
    open_places = {
        key for c in asked if c.verb in _PLACING and (key := (c.target.system, c.target.seminar)) in proposing
    }
    everybody, others = {code for _, code in whole}, {code for _, code in open_places}
    return frozenset(
        (code, login)
        for code in everybody | others
        for login, seat in decided.get(code, {}).items()
        if code in everybody or seat.state is not SeatState.GRANTED
    )


def _deadline(seat: Seat, seminar: Seminar, now: datetime) -> tuple[tuple[str, str], ...]:
    """Until when a seat can be given up in time, as long as it can; and that one was given up later."""
    if is_late(seat):
        return (("late", "yes"),)
    deadline = seminar.leave_by if seat.state is SeatState.GRANTED else None
    return (("leave_by", clock(deadline)),) if deadline is not None and deadline > now else ()


def _facts(seminar: Seminar, seat: Seat, centre: str, page: str, text: Text) -> tuple[tuple[str, str], ...]:
    lines = [
        f"{local(s.starts):%d/%m/%Y %H:%M}-{local(s.ends):%H:%M}" + (f", {s.place}" if s.place else "")
        for s in seminar.sessions
        if s.status is Status.PLANNED
    ]
    return (
        ("centre", centre),
        ("page", f"{page}/s/{seminar.code}"),
        ("reason", own_reason(seat, text)),
        ("sessions", "\n".join(lines)),
        ("title", seminar.title),
    )
