"""Decides the seats of a seminar, or takes what the last pass decided where nothing that it rests on has changed
(`seats.settled`). Whatever is in doubt is decided in full."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

from kypek_sync.model import SeatState, Seminar
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.deciding import Deciding, SeatsOfOne
from kypek_sync.sync.seats.departing import Departures
from kypek_sync.sync.seats.editions import ended
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
            *(deciding.ground.units, deciding.identities, deciding.offers, deciding.clashes),
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
    keys = [read.task.key for read in registration.reads]
    ours = (*map(deciding.enrolled.get, keys), *map(deciding.put_out.get, keys))
    inputs = (seminar, before, standing, deciding.rulings.get(seminar.code), *registration.reads, *ours)
    people = (before or {}).keys(), (login for _, login, _ in standing or ()), _members(registration)
    last = settling.serving(seminar.code, inputs, people)
    if isinstance(last, SeatsOfOne):
        if deciding.several is not None:
            deciding.several.served[seminar.code] = partial(deciding.seats_of, seminar, registration, departed, former)
        return last
    made = deciding.seats_of(seminar, registration, departed, former)
    if deciding.several is not None and seminar.code in deciding.several.pending:
        deciding.several.inputs[seminar.code] = inputs
    elif not made.steps and not made.held and not made.refused:
        settling.settle(seminar.code, inputs, made)
    return made


def decided_together(deciding: Deciding, settling: Settling, every: Mapping[str, SeatsOfOne]) -> dict[str, SeatsOfOne]:
    """What was put off until all seminars of the pass had been looked at, decided and recorded, by seminar; `every` are
    the others as they stand."""
    several = deciding.several
    if several is None:
        return {}
    for code in sorted(several.met_now() & several.served.keys()):
        several.served[code]()  # somebody in it came to, or applied for, something else at its hours in this pass
    seats = several.decided({code: made.seats for code, made in every.items()})
    found = {}
    for code, those in seats.items():
        made = deciding.recorded(several.pending[code].seminar, tuple(those.values()))
        found[code] = replace(made, held=every[code].held, refused=every[code].refused)
        if code in several.inputs and not made.steps and not found[code].refused:
            settling.settle(code, several.inputs[code], found[code])
    return found


def _plain(deciding: Deciding, seminar: Seminar, registration: Registration, departed: Departures) -> bool:
    """Whether nothing but its courses, the ledger and the people in it bear upon a seminar's seats."""
    if seminar.judged_at is not None or seminar.reserved:
        return False  # the seats of earlier editions count, and moments that are no application's
    if deciding.several is not None and seminar.code in deciding.several.entangled:
        return False  # so do those of other seminars at the same hours
    if ended(deciding, seminar):
        return False
    if seminar.code in deciding.paused or departed.of(seminar) or departed.doubted.get(seminar.code):
        return False
    return registration.whole and not any(read.asking or read.hidden for read in registration.reads)


def _members(registration: Registration) -> Iterator[str]:
    """Everybody who is in the courses."""
    return (member.login for read in registration.reads if read.members is not None for member in read.members.items)
