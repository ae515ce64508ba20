"""Decides the seats of a seminar, or takes what the last pass decided where nothing that it rests on has changed
(`seats.settled`). Whatever is in doubt is decided in full."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kypek_sync.model import SeatState, Seminar
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.deciding import Deciding, SeatsOfOne
from kypek_sync.sync.seats.departing import Departures
from kypek_sync.sync.seats.registration import Registration
from kypek_sync.sync.seats.settled import Common
from kypek_sync.sync.seats.settled import Deciding as Settling

_TIMED = (SeatState.OFFERED, SeatState.UNDER_APPROVAL)


def common(deciding: Deciding, inst: Installation) -> Common:
    """What the seats of all seminars rest on."""
    centre = deciding.centre
    return Common(
        deciding.known,
        (
            *(deciding.directory, centre.platform, centre.officers, inst.tie_key),
            *(deciding.limits, deciding.announced, deciding.margin),
            *(frozenset(deciding.released), frozenset(deciding.refused), frozenset(deciding.paused)),
            *(deciding.ground.units, deciding.identities, deciding.offers),
        ),
    )


def seats_of(
    deciding: Deciding,
    settling: Settling,
    seminar: Seminar,
    registration: Registration,
    departed: Departures,
    former: Collection[CourseRead] = (),
) -> SeatsOfOne:
    """As `Deciding.seats_of`, which is asked where anything has changed."""
    if former or not _plain(deciding, seminar, registration, departed):
        return deciding.seats_of(seminar, registration, departed, former)
    before, standing = deciding.before.get(seminar.code), deciding.standing.get(seminar.code)
    if any(seat.state in _TIMED for seat in (before or {}).values()):
        return deciding.seats_of(seminar, registration, departed, former)  # it ends by the clock alone
    ours = (deciding.enrolled.get(read.task.key) for read in registration.reads)
    inputs = (seminar, before, standing, deciding.rulings.get(seminar.code), *registration.reads, *ours)
    people = (before or {}).keys(), (login for _, login, _ in standing or ()), _members(registration)
    last = settling.serving(seminar.code, inputs, people)
    if isinstance(last, SeatsOfOne):
        return last
    made = deciding.seats_of(seminar, registration, departed, former)
    if not made.steps and not made.held and not made.refused:
        settling.settle(seminar.code, inputs, made)
    return made


def _plain(deciding: Deciding, seminar: Seminar, registration: Registration, departed: Departures) -> bool:
    """Whether nothing but its courses, the ledger and the people in it bear upon a seminar's seats."""
    if seminar.judged_at is not None or seminar.reserved:
        return False  # the seats of earlier editions count, and moments that are no application's
    if seminar.code in deciding.paused or departed.of(seminar) or departed.doubted.get(seminar.code):
        return False
    return registration.whole and not any(read.asking or read.hidden for read in registration.reads)


def _members(registration: Registration) -> Iterator[str]:
    """Everybody who is in the courses."""
    return (member.login for read in registration.reads if read.members is not None for member in read.members.items)
