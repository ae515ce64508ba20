"""Greece's clocks as calendars are told of them: the VTIMEZONE Europe/Athens (RFC 5545, 3.6.5).

Written out, in the rules that hold since 1996 (directive 2000/84/EC), as the time-zone database states them; a test
holds every change of many years against that database. `icalendar` can make one from a `ZoneInfo`, but 7.3 gives the
wall clock *after* a change where the standard wants the one before it: each spring's began an hour late.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from kypek_sync.model import ATHENS, local

_WINTER, _SUMMER = timedelta(hours=2), timedelta(hours=3)


def athens() -> Timezone:
    """The component; each call gives a new one."""
    summer = _change(TimezoneDaylight(), "EEST", datetime.fromisoformat("1996-03-31T03:00"), _WINTER, _SUMMER)
    winter = _change(TimezoneStandard(), "EET", datetime.fromisoformat("1996-10-27T04:00"), _SUMMER, _WINTER)
    zone = Timezone()
    zone.add("TZID", ATHENS.key)
    zone.add_component(summer)
    zone.add_component(winter)
    return zone


def span(starts: datetime, ends: datetime) -> tuple[datetime, datetime]:
    """Two moments as they are written: on a Greek clock, or both in UTC where that clock would be misread. In the hour
    that comes twice each autumn a clock means the first of the two (RFC 5545, 3.3.5)."""
    edges = local(starts), local(ends)
    if any(edge.fold for edge in edges):
        return starts.astimezone(UTC), ends.astimezone(UTC)
    return edges


def _change(
    part: TimezoneDaylight | TimezoneStandard, name: str, first: datetime, before: timedelta, after: timedelta
) -> TimezoneDaylight | TimezoneStandard:
    """A change on the last Sunday of a month; `first` is on the clock as it was just before."""
    part.add("DTSTART", first)
    part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": first.month, "BYDAY": "-1SU"})
    part.add("TZNAME", name)
    part.add("TZOFFSETFROM", before)
    part.add("TZOFFSETTO", after)
    return part
