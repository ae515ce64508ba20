"""Who goes before whom when a seminar's applications are decided together: the priority of its programme. Pure.

A seat that was told is never taken for somebody with priority (design, rule 13): so a seminar with a priority, or with
a moment of its own at which it is decided, gives no seat before that moment. Until then everybody waits to be judged,
and is told so. Once a complete read shows all that applied by then, they are served together: those of the first group
of the priority in the order of their applications, then those of the second, then the others. The waiting list has
that order. Who applies later comes after all of them, first come, first served. Grants by name wait for nothing.

Whom a new or changed priority moves in the order is written no letter: it gives and takes no seat, an officer may
change it once more before the moment, and the person's page shows the place as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from kypek_sync.contract import capitals
from kypek_sync.model import Application, Group, Person, Seat, SeatState, Seminar, Unit
from kypek_sync.seminar.eligibility import Facts, judge
from kypek_sync.seminar.offers import begins

GATHERED = "decided-together"
"""The rule by which an application waits for the moment at which all are decided (`Seat.rule`)."""
WHEN, PRIORITY, STEP = "when", "priority", "step"
"""Facts: that moment (ISO 8601); the groups, in their order; the group of the priority that somebody belongs to, empty
for the others, `LATER` for who applied after that moment."""
LATER = "-"
BETWEEN = " · "
"""Between the groups of a priority."""


def belongs(group: Group, person: Person, units: Mapping[str, Unit], *, newcomer: bool) -> bool:
    """Whether somebody is of a group; `newcomer`: they had no seat in an earlier edition."""
    return any(
        (newcomer or not trait.newcomer) and judge(person, trait.audience, units).passed for trait in group.traits
    )


def asks_for_newcomers(groups: Iterable[Group]) -> bool:
    """Whether one of these groups is about earlier editions."""
    return any(trait.newcomer for group in groups for trait in group.traits)


def is_gathered(seminar: Seminar, watermark: datetime | None) -> bool:
    """Whether not all are known yet, by a complete read, who applied before they are decided together."""
    at = seminar.judged_at
    return at is not None and (watermark is None or watermark < at)


def step(
    seminar: Seminar, application: Application, person: Person | None, units: Mapping[str, Unit], *, newcomer: bool
) -> int:
    """The place of an application's group in the order: from 0 those of the priority, then the others, then those that
    came after all were decided."""
    at = seminar.judged_at
    if at is not None and application.at > at:
        return len(seminar.priority) + 1
    if person is None:
        return len(seminar.priority)
    found = (n for n, group in enumerate(seminar.priority) if belongs(group, person, units, newcomer=newcomer))
    return next(found, len(seminar.priority))


def priority_facts(seminar: Seminar, number: int) -> Facts:
    """What people are told of the order, by the place (`step`) of their application's group."""
    if not seminar.priority:
        return ()
    names = [group.name for group in seminar.priority]
    mine = names[number] if number < len(names) else LATER if number > len(names) else ""
    return (PRIORITY, BETWEEN.join(names)), (STEP, mine)


def gathered_facts(seminar: Seminar, number: int) -> Facts:
    """The same while applications are gathered, with the moment at which they are decided."""
    at = seminar.judged_at
    return ((WHEN, at.isoformat() if at is not None else ""), *priority_facts(seminar, number))


def earlier_editions(seminar: Seminar, seminars: Iterable[Seminar]) -> tuple[Seminar, ...]:
    """Those of the seminars that are earlier editions of one: of the same series, or, where one of the two names none,
    with the same title, and begun before it begins (the others, if nobody knows when it does)."""
    start = _begins(seminar)
    return tuple(
        one
        for one in seminars
        if one.code != seminar.code
        and _same_series(one, seminar)
        and (began := _begins(one)) is not None
        and (start is None or began < start)
    )


def veterans(seminar: Seminar, seminars: Iterable[Seminar], seats: Mapping[str, Mapping[str, Seat]]) -> Collection[str]:
    """The logins of those, and our ids of them, who had a seat in an earlier edition, by what is known of `seats`, by
    seminar and login; nobody where the seminar does not ask. Whether they came counts for nothing: the seat was
    theirs."""
    if not asks_for_newcomers((*seminar.priority, *(one.group for one in seminar.reserved))):
        return frozenset()
    those = (seat for one in earlier_editions(seminar, seminars) for seat in seats.get(one.code, {}).values())
    return {who for seat in those if seat.state is SeatState.GRANTED for who in (seat.login, seat.person) if who}


def _same_series(one: Seminar, other: Seminar) -> bool:
    if one.series and other.series:
        return capitals(one.series) == capitals(other.series)
    return capitals(one.title) == capitals(other.title)


def _begins(seminar: Seminar) -> datetime | None:
    """When a seminar begins, whichever of its parts begins first."""
    return min((at for part in seminar.courses if (at := begins(seminar, part.id)) is not None), default=None)
