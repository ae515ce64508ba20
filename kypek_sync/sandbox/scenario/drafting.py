"""From templates to plans: dates around the scenario's present moment, trainers, seats, those who applied."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

from kypek_sync.sandbox.scenario.cast import QUIET, STRANGERS, Cast
from kypek_sync.sandbox.scenario.plans import (
    ATHENS,
    CANCELLED,
    ONLINE,
    STRUCTURES,
    Applicant,
    SeminarPlan,
    SessionPlan,
    first_year,
)
from kypek_sync.sandbox.scenario.templates import TEMPLATES, Slot, Template

_PREFIXES = {structure.id: structure.prefix for structure in STRUCTURES}
_OPEN_FOR = timedelta(days=18)
_SMALLEST = 4


def draft(cast: Cast, now: datetime, seminars: int) -> tuple[SeminarPlan, ...]:
    """`seminars` plans around `now` (aware); after the twelfth the templates come again, as a further cycle."""
    numbers: Counter[str] = Counter()
    plans = []
    for number in range(seminars):
        cycle, place = divmod(number, len(TEMPLATES))
        template = TEMPLATES[place]
        numbers[template.structure] += 1
        code = f"{_PREFIXES[template.structure]}-{first_year(now) % 100:02d}-{numbers[template.structure]:02d}"
        plans.append(_plan(code, template, cycle, cast, now))
    return tuple(plans)


def _plan(code: str, template: Template, cycle: int, cast: Cast, now: datetime) -> SeminarPlan:
    today = now.astimezone(ATHENS).date()
    sessions = tuple(_session(n, slot, template, cycle, today, now) for n, slot in enumerate(template.slots, start=1))
    trainer = cast.trainer(session.starts.date() for session in sessions)
    trainers = (trainer, template.guest) if template.guest else (trainer,)
    besides = [trainer, *cast.officials]
    opens = _at(min(today, sessions[0].starts.date()) - _OPEN_FOR, time(8))
    closes = _at(sessions[0].starts.date() - timedelta(days=2), time(23, 59))
    last = min(now.astimezone(ATHENS) - QUIET, closes)
    adopts = template.adopts if cycle == 0 else ""
    seats = template.seats
    applicants: tuple[Applicant, ...] = ()
    if adopts:
        seats, applicants = _applied(template, cast, opens, last, besides)
    return SeminarPlan(
        code=code,
        structure=template.structure,
        title=template.title if cycle == 0 else f"{template.title} ({cycle + 1}ος κύκλος)",
        description=template.description,
        form=template.form,
        seats=seats,
        minimum=min(seats, 5),
        hours=sum(slot.hours for slot in template.slots),
        audience=template.audience,
        opens=opens,
        closes=closes,
        trainers=trainers,
        sessions=sessions,
        platform=template.platform,
        adopts=adopts,
        mirrors=template.mirrors,
        status=CANCELLED if template.cancelled and cycle == 0 else "",
        applicants=applicants,
    )


def _applied(
    template: Template, cast: Cast, opens: datetime, last: datetime, besides: list[str]
) -> tuple[int, tuple[Applicant, ...]]:
    """The seats and those who applied. Where there is to be a crowd, seats are fewer than those who could come."""
    fitting = cast.suitable(template.audience, besides)
    crowded = template.demand > 1
    seats = max(_SMALLEST, min(template.seats, int(len(fitting) * 0.6))) if crowded else template.seats
    wanted = round(seats * template.demand)
    found = cast.applicants(template.audience, fitting, wanted, opens, last, besides, strangers=template.strangers)
    if template.adopts == "moodle":  # one stranger is enough there
        found = tuple(each for each in found if each.login != STRANGERS[1].login)
    return seats, found


def _session(number: int, slot: Slot, template: Template, cycle: int, today: date, now: datetime) -> SessionPlan:
    place = "" if slot.form == ONLINE else template.place
    if slot.running and cycle == 0:
        starts, ends = running(now, slot.hours)
    else:
        day = workday(today + timedelta(days=slot.day + 2 * cycle + (1 if slot.running else 0)))
        starts = _at(day, time(slot.hour))
        ends = _at(day, time(slot.hour + slot.hours))
    return SessionPlan(number, starts, ends, slot.form, place, slot.topic)


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def running(now: datetime, hours: int) -> tuple[datetime, datetime]:
    """Beginning and end of a session that runs at `now`, on one day of Athens: it began in the last 45 minutes."""
    floor = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) - timedelta(minutes=30)
    today = now.astimezone(ATHENS).date()
    starts = max(floor.astimezone(ATHENS), _at(today, time(0)))
    ends = min((floor + timedelta(hours=hours)).astimezone(ATHENS), _at(today, time(23, 59)))
    return starts, ends


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ATHENS)
