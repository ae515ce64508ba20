"""Why somebody has or has not a seat: everything the ledger knows of it, gathered for one login. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kypek_sync.contract import Verb
from kypek_sync.ledger import decisions, holds, lookups, outbox, pauses, persons, pins, programmes, rulings, runs, seats
from kypek_sync.ledger.decisions import Decision
from kypek_sync.ledger.holds import Hold, HoldState
from kypek_sync.ledger.identities import Doubt, doubt
from kypek_sync.ledger.lookups import Wish
from kypek_sync.ledger.outbox import Row
from kypek_sync.ledger.pauses import Pause
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.pins import Pin
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.rulings import Recorded
from kypek_sync.ledger.runs import Deed
from kypek_sync.model import Seat, SeatState, Seminar, Unit
from kypek_sync.seminar.by_hand import over
from kypek_sync.seminar.eligibility import Verdict, verdicts
from kypek_sync.seminar.serving import Placed
from kypek_sync.sync.beside import Beside, Besides
from kypek_sync.sync.directory.leaving import Goer, goer
from kypek_sync.sync.directory.serving import served, settled
from kypek_sync.sync.directory.unread import Unread, unread
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.seats.bare_names import bare_names
from kypek_sync.sync.seats.teaching import teaches_in
from kypek_sync.sync.shared_use import SharedCourse, shared_by

_COUNTED = (SeatState.GRANTED, SeatState.WAITING, SeatState.OFFERED, SeatState.UNDER_APPROVAL)

FREEZING = ("withdrawals", "departures")
"""The guards that let nobody of a seminar move up while their hold waits (design, rule 5)."""


@dataclass(frozen=True, slots=True)
class PartPlaces:
    """The same of a part of a seminar that has seats of its own."""

    name: str
    capacity: int
    granted: int
    waiting: int
    offered: int
    under_approval: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """How many seats of a seminar are granted, how many people wait, to how many a seat is offered, and for how many
    one is kept until an officer approves it; `capacity` is None when unlimited."""

    capacity: int | None
    granted: int
    waiting: int
    offered: int = 0
    under_approval: int = 0
    parts: tuple[PartPlaces, ...] = ()


@dataclass(frozen=True, slots=True)
class SeminarStory:
    """One person and one seminar. `criteria` are all criteria of its audience with their outcome, empty for somebody
    who is not in the directory; `holds` are those that keep back a change of this person, or were rejected; `freezing`
    are others that wait for a person and keep the whole seminar back: its course is not made, or nobody moves up;
    `rulings` are what officers decided about them by name, and they about their own application; `teaches` are the
    platforms on which they teach in the course where they applied; `otherwise` are sentences about its courses that the
    programme names otherwise than they are;
    `beside` is what they have at the same hours, and had in an earlier edition."""

    offering: Offering
    wishes: tuple[Wish, ...]
    seat: Seat | None
    criteria: tuple[Verdict, ...]
    places: Places
    decisions: tuple[Decision, ...]
    deeds: tuple[Deed, ...]
    notices: tuple[Row, ...]
    pins: tuple[Pin, ...] = ()
    pause: Pause | None = None
    holds: tuple[Hold, ...] = ()
    freezing: tuple[Hold, ...] = ()
    rulings: tuple[Recorded, ...] = ()
    teaches: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True, slots=True)
class Story:
    """One person in one KYPEK. `known` is None while the directory has no such login; `logins` are all they had;
    `units` those of the person that the directory still has, `unknown` the ids of those that it does not have (D-2);
    `unread` is set while that directory has shown nobody: then `known` is who the one before it showed, and None says
    nothing; `placed` is where each of their units belongs; `goer` is set while they are leaving it; `doubts` are about
    those of the logins of which it is not sure whose they are; `shared` are the KYPEK's courses in which several
    seminars are taught."""

    kypek: str
    login: str
    logins: tuple[str, ...]
    known: Known | None
    units: tuple[Unit, ...]
    seminars: tuple[SeminarStory, ...]
    goer: Goer | None = None
    doubts: tuple[Doubt, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: Unread | None = None
    shared: tuple[SharedCourse, ...] = ()
    placed: tuple[Placed, ...] = ()


def explain(inst: Installation, kypek: str, login: str, seminar: str = "") -> Story:
    """The story of a login in a KYPEK: the seminar that is asked for, else all where something happened."""
    directory = inst.kypek(kypek).directory
    with inst.ledger.begin(keep=False) as connection:
        waits = unread(connection, inst, directory)
        users = inst.sharing(directory)
        directory = waits.source if waits is not None else directory
        known = lookups.person(connection, directory, login) if directory else None
        logins = tuple(lookups.logins(connection, known.id)) if known else (login,)
        own = persons.units_of(connection, directory, [known.person]) if known else {}
        placed = served(connection, inst, directory, known.person) if known else ()
        units = settled(connection, inst, directory, own)
        offerings = programmes.in_force(connection, kypek)
        stories = []
        decided, shared = seats.decided(connection, kypek), shared_by(connection, inst, kypek)
        besides = Besides(connection, inst, kypek, known, logins, offerings, decided)
        paused = pauses.for_kypek(connection, kypek, inst.clock())
        kept_back = holds.listed(connection, kypek, states=(HoldState.OPEN, HoldState.REJECTED))
        for code in _codes(connection, kypek, logins, offerings, seminar):
            offering = offerings[code]
            criteria = verdicts(known.person, offering.seminar.audience, units) if known else ()
            wishes = tuple(w for one in logins for w in lookups.wishes(connection, kypek, login=one, seminar=code))
            stories.append(
                SeminarStory(
                    offering=offering,
                    wishes=wishes,
                    teaches=teaches_in(connection, kypek, wishes),
                    otherwise=_otherwise(connection, inst, kypek, offering.seminar),
                    seat=next((decided[code][one] for one in reversed(logins) if one in decided.get(code, {})), None),
                    criteria=criteria,
                    beside=besides.of(code),
                    places=places(offering.seminar, decided.get(code, {}).values()),
                    rulings=rulings.history(connection, kypek, code, logins),
                    decisions=tuple(d for one in logins for d in decisions.history(connection, kypek, one, code)),
                    deeds=tuple(d for one in logins for d in runs.deeds(connection, login=one, seminar=code)),
                    notices=_notices(connection, kypek, logins, code),
                    pins=tuple(
                        pin
                        for one in logins
                        for pin in pins.listed(connection, kypek, login=one)
                        if pin.target.seminar == code
                    ),
                    pause=paused.whole or paused.seminars.get(code),
                    holds=tuple(
                        hold
                        for hold in kept_back
                        if hold.seminar == code and any(change.target.login in logins for change in hold.changes)
                    ),
                    freezing=tuple(
                        hold
                        for hold in kept_back
                        if hold.seminar == code
                        and freezes(hold)
                        and not any(change.target.login in logins for change in hold.changes)
                    ),
                )
            )
        found = (doubt(connection, directory, one, users) for one in logins if directory)
        doubts = tuple(one for one in found if one is not None)
        leaves = goer(connection, inst, kypek, known.id) if known and known.leaving_since else None
    mine = tuple(units[u] for u in known.person.units if u in units) if known else ()
    unknown = tuple(u for u in known.person.units if u not in units) if known else ()
    return Story(kypek, login, logins, known, mine, tuple(stories), leaves, doubts, unknown, waits, shared, placed)


def _otherwise(connection: Connection, inst: Installation, kypek: str, seminar: Seminar) -> tuple[str, ...]:
    """What is told of the addresses of a seminar's courses; nothing of one that is over."""
    if over(seminar, inst.clock()):
        return ()
    wished = desired.courses([seminar], {}, inst.centre(kypek))
    return tuple(bare_names(connection, kypek, wished, inst.connectors.named, inst.text).values())


def freezes(hold: Hold) -> bool:
    """Whether a hold keeps back a whole seminar: too many left it at once, or its course waits to be made."""
    course = any(change.verb in (Verb.CREATE_COURSE, Verb.ADOPT_COURSE) for change in hold.changes)
    return hold.state is HoldState.OPEN and (hold.guard in FREEZING or course)


def places(seminar: Seminar, decided: Iterable[Seat]) -> Places:
    """How full a seminar is."""
    counts = Counter((seat.part, seat.state) for seat in decided)
    parts = tuple(
        PartPlaces(part.name, part.capacity, *(counts[part.id, state] for state in _COUNTED))
        for part in seminar.parts
        if part.capacity is not None and part.id not in seminar.cancelled_parts
    )
    granted, waiting, offered, under = (
        sum(count for (_, state), count in counts.items() if state is wanted) for wanted in _COUNTED
    )
    return Places(seminar.capacity, granted, waiting, offered, under, parts)


def _codes(
    connection: Connection, kypek: str, logins: tuple[str, ...], offerings: dict[str, Offering], seminar: str
) -> list[str]:
    if seminar:
        return [seminar] if seminar in offerings else []
    touched = {w.seminar for one in logins for w in lookups.wishes(connection, kypek, login=one)}
    touched |= {d.change.target.seminar for one in logins for d in runs.deeds(connection, login=one)}
    touched |= {d.seminar for one in logins for d in decisions.history(connection, kypek, one)}
    return sorted(touched & set(offerings))


def _notices(connection: Connection, kypek: str, logins: tuple[str, ...], code: str) -> tuple[Row, ...]:
    return tuple(
        row
        for one in logins
        for row in outbox.listed(connection, kypek, login=one)
        if row.notice.cause.partition(":")[2] == code
    )
