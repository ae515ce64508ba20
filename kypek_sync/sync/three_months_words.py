"""A programme in words, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from babel.dates import format_date

from kypek_sync.language import Text
from kypek_sync.model import Form, local
from kypek_sync.notices.calendar import Meeting
from kypek_sync.notices.form_words import FORMS
from kypek_sync.sync.three_months import Listed, Programme

_DAY, _MONTH = "EEE d MMM", "LLLL y"


@dataclass(frozen=True, slots=True)
class Line:
    """One session of the programme. `starts` is for machines; `part` names the part of the seminar that meets, empty:
    all; `where` is the place, or that it is online."""

    code: str
    title: str
    part: str
    structure: str
    day: str
    hours: str
    starts: str
    where: str
    topic: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Month:
    """The sessions of a month, in the order of time."""

    name: str
    lines: tuple[Line, ...]


def months(programme: Programme, text: Text, language: str) -> tuple[Month, ...]:
    """The programme, month by month."""
    locale = "en_GB" if language == "en" else language
    found = []
    for _, those in groupby(programme.meetings, key=lambda pair: local(pair[0].starts).strftime("%Y-%m")):
        pairs = list(those)
        name = format_date(local(pairs[0][0].starts), _MONTH, locale=locale)
        lines = tuple(_line(meeting, listed, text, locale) for meeting, listed in pairs)
        found.append(Month(name[:1].upper() + name[1:], lines))
    return tuple(found)


def _line(meeting: Meeting, listed: Listed, text: Text, locale: str) -> Line:
    starts, ends = local(meeting.starts), local(meeting.ends)
    seminar = listed.seminar
    return Line(
        code=seminar.code,
        title=seminar.title,
        part=meeting.title.removeprefix(seminar.title).removeprefix(" – "),
        structure=listed.structure,
        day=format_date(starts, _DAY, locale=locale),
        hours=f"{starts:%H:%M}–{ends:%H:%M}",
        starts=starts.isoformat(),
        where=meeting.place or text(FORMS[meeting.form if meeting.form is Form.ONLINE else seminar.form]),
        topic=meeting.topic,
        cancelled=meeting.cancelled,
    )
