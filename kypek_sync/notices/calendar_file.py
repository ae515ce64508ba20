"""Writes iCalendar (RFC 5545, 5546, 7986): what people attach to their calendars, by a letter or by a feed.

The same sessions are the same bytes each time: nothing in a file says when it was written, so that a letter that goes
out twice is the same letter, and a feed in which nothing changed is known for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from kypek_sync.language import Text
from kypek_sync.model import ATHENS, Form
from kypek_sync.notices.calendar import Meeting, in_order
from kypek_sync.notices.calendar_zone import athens, span

MEDIA_TYPE = "text/calendar"
_PRODUCT = "-//kypek-sync//Seminars//EL"
_FORMS = {Form.IN_PERSON: "in person", Form.ONLINE: "online", Form.BLENDED: "blended"}


class Method(StrEnum):
    """What a file asks of a calendar (RFC 5546). There is no REQUEST: that is an invitation, which wants each person's
    answer sent to an organiser who reads it, may name one event only, and is shown with buttons for «yes» and «no».
    Nobody would read the answers, and a seat is given back in the course or on our page: who presses «no» would think
    that they had done it. PUBLISH says what is true: these are the dates, put them into your calendar."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Sender:
    """By whom a file with a method was sent: the centre's name and e-mail (RFC 5546 wants an organiser)."""

    name: str
    mail: str


def letter_file(
    meetings: Iterable[Meeting], method: Method, stamp: datetime, text: Text, sender: Sender | None = None
) -> bytes:
    """A file for one letter. `stamp` is when the letter was decided on (aware, UTC): it becomes DTSTAMP."""
    calendar = _calendar()
    calendar.add("METHOD", method.value)
    return _filled(calendar, meetings, text, stamp, sender)


def feed_file(meetings: Iterable[Meeting], name: str, source: str, refresh: timedelta, text: Text) -> bytes:
    """A file to which calendars subscribe at the address `source` (empty where it is secret); it is called `name`
    there, and is looked at again after `refresh`. Without a METHOD, so DTSTAMP says when each session changed last
    (RFC 5545, 3.8.7.2)."""
    calendar = _calendar()
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, _clean(name))
    calendar.add("X-WR-TIMEZONE", ATHENS.key)
    if source:
        calendar.add("SOURCE", source, {"VALUE": "URI"})
    calendar.add("REFRESH-INTERVAL", refresh, {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(refresh))
    return _filled(calendar, meetings, text, None, None)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    return calendar


def _filled(
    calendar: Calendar, meetings: Iterable[Meeting], text: Text, stamp: datetime | None, sender: Sender | None
) -> bytes:
    calendar.add_component(athens())
    for meeting in in_order(meetings):
        calendar.add_component(_event(meeting, text, stamp or meeting.changed, sender))
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _event(meeting: Meeting, text: Text, stamp: datetime, sender: Sender | None) -> Event:
    starts, ends = span(meeting.starts, meeting.ends)
    title = text("Cancelled: %(title)s", title=meeting.title) if meeting.cancelled else meeting.title
    event = Event()
    event.add("UID", meeting.uid)
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", stamp)
    event.add("LAST-MODIFIED", meeting.changed)
    event.add("DTSTART", starts)
    event.add("DTEND", ends)
    event.add("SUMMARY", _clean(title))
    where = meeting.place or (_form(meeting, text) if meeting.form is Form.ONLINE else "")
    if where:
        event.add("LOCATION", _clean(where))
    event.add("DESCRIPTION", _description(meeting, text))
    event.add("URL", meeting.page)
    event.add("STATUS", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    if meeting.cancelled:
        event.add("TRANSP", "TRANSPARENT")  # the hour is free again
    if sender is not None and sender.mail:
        organiser = vCalAddress(f"mailto:{sender.mail}")
        organiser.params["CN"] = vText(_clean(sender.name))
        event.add("ORGANIZER", organiser)
    return event


def _description(meeting: Meeting, text: Text) -> str:
    lines = [text("This session does not take place.")] if meeting.cancelled else []
    if meeting.topic:
        lines.append(text("Topic: %(topic)s", topic=_clean(meeting.topic)))
    lines.append(_form(meeting, text))
    if meeting.teaching:
        lines.append(text("You teach in this seminar."))
    lines.append(text("The seminar's page: %(page)s", page=meeting.page))
    return "\n".join(lines)


def _form(meeting: Meeting, text: Text) -> str:
    word = text(_FORMS[meeting.form])
    return word[:1].upper() + word[1:]


def _clean(words: str) -> str:
    """In one line, without the characters that no text of a calendar may hold (RFC 5545, 3.3.11)."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())
