"""From the rows of one seminar's sessions to its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kypek_sync.model import Form, Session, SourceRow, Status, local
from kypek_sync.programme.calendar import comes_twice, shown, within
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.grouping import Entry
from kypek_sync.programme.headings import Field
from kypek_sync.programme.parts import PartsRead, named_part
from kypek_sync.programme.rows import RowReader
from kypek_sync.programme.tables import Row
from kypek_sync.programme.tray import Tray

_LONGEST = timedelta(hours=12)
_MOST_SESSIONS = 1_000
_EARLY = time(7)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session with the row that states it."""

    session: Session
    row: Row


def clock_text(moment: datetime) -> str:
    """A moment as people in Greece read it: 12/3/2027 17:00."""
    there = local(moment)
    return f"{shown(there.date())} {there:%H:%M}"


def _numbers(entry: Entry, ground: Ground, tray: Tray) -> tuple[list[int], dict[SourceRow, int]]:
    """Each row's number: the one written, else the smallest that is free, in order; and those that were given."""
    written: list[int | None] = []
    seen: dict[int, Row] = {}
    for row in entry.sessions:
        reader = RowReader(row, entry.code, ground, tray)
        text = reader.line(Field.NUMBER).rstrip("ηος.")
        number = int(text) if text.isdecimal() and text.isascii() and 1 <= int(text[:9]) <= _MOST_SESSIONS else None
        if text and number is None:
            reader.note("session-number", Field.NUMBER)
        elif number in seen and number is not None:
            reader.note("session-number-duplicate", Field.NUMBER, row=str(seen[number].source.row))
        if number is not None:
            seen.setdefault(number, row)
        written.append(number)
    free = iter(n for n in range(1, len(written) + len(seen) + 2) if n not in seen)
    given: dict[SourceRow, int] = {}
    numbers = []
    for row, number in zip(entry.sessions, written, strict=True):
        if number is None:
            number = given[row.source] = next(free)
        numbers.append(number)
    return numbers, given


def _hours(reader: RowReader) -> tuple[datetime | None, datetime | None]:
    """When a row's session starts and ends, whatever cell says it: a range may stand beside the date or the start."""
    when, until = reader.when(Field.DATE), None
    if reader.row.has(Field.DATE) or not reader.dated(Field.STARTS):
        starts, range_ends = reader.clock(Field.STARTS)
    else:
        when = reader.when(Field.STARTS)
        starts, range_ends = when.starts, when.ends
    if reader.dated(Field.ENDS):
        until = reader.when(Field.ENDS)
        ends = until.starts
    else:
        ends = reader.clock(Field.ENDS)[0]
    starts = starts or when.starts
    ends = ends or range_ends or when.ends
    if when.day is None:
        if Field.DATE not in reader.failed:
            reader.note("date-empty", Field.DATE)
        return None, None
    if not within(when.day, reader.ground.first_year):
        reader.note("date-outside-year", Field.DATE, date=shown(when.day), year=reader.ground.school_year)
    if starts is None:
        if not {Field.STARTS, Field.DATE} & reader.failed:
            reader.note("start-missing", Field.STARTS)
        return None, None
    if starts < _EARLY:
        reader.note("time-odd", Field.STARTS, value=f"{starts:%H:%M}")
    if ends is None:
        if not {Field.ENDS, Field.STARTS} & reader.failed:
            reader.note("end-missing", Field.ENDS)
        return reader.at(when, starts, Field.STARTS), None
    begins, finishes = reader.at(when, starts, Field.STARTS), reader.at(until or when, ends, Field.ENDS)
    if begins and comes_twice(when.day, starts):
        reader.note("time-twice", Field.STARTS, date=shown(when.day), time=f"{starts:%H:%M}")
    if begins and finishes and finishes <= begins:
        reader.note("ends-before-start", Field.ENDS, starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}")
        return begins, None
    if begins and finishes and finishes - begins > _LONGEST:
        length = f"{(finishes - begins) / timedelta(hours=1):g}"
        reader.note("session-long", Field.ENDS, length=length)
    return begins, finishes


def _form(reader: RowReader, seminar: Form | None, *, beside: bool) -> Form:
    form = reader.form(Field.SESSION_FORM)
    if form is None and beside:
        own = reader.form(Field.FORM)
        # In the one-sheet form the column speaks of the seminar; in a further row it may speak of that session.
        form = own if own is not Form.BLENDED else None
    if form:
        return form
    if seminar is Form.BLENDED and Field.SESSION_FORM not in reader.failed:
        reader.note("session-form-empty", Field.FORM if beside else Field.SESSION_FORM)
    return seminar or Form.IN_PERSON


def _statuses(entry: Entry, readers: Sequence[RowReader]) -> tuple[list[Status], Status]:
    """Each session's status, and the seminar's.

    In the one-sheet form the column Κατάσταση of the first row stands beside both. All rows cancelled: the seminar is;
    further rows only: those sessions are; the first of several only: nobody can tell, so it is asked.
    """
    first = RowReader(entry.row, entry.code, readers[0].ground, readers[0].tray) if readers else None
    own = [reader.status(Field.SESSION_STATUS) for reader in readers]
    if first is None or not entry.beside:
        return own, Status.PLANNED
    rows = [reader.status(Field.STATUS) for reader in readers[: entry.beside]]
    whole = first.status(Field.STATUS)
    if whole is Status.CANCELLED and len(rows) > 1 and readers[0].row is entry.row:
        if all(status is Status.CANCELLED for status in rows):
            return own, whole
        first.note("status-ambiguous", Field.STATUS)
        return own, Status.PLANNED
    for number, status in enumerate(rows):
        if status is Status.CANCELLED and readers[number].row is not entry.row:
            own[number] = status
    return own, whole


def read_sessions(
    entry: Entry, form: Form | None, ground: Ground, tray: Tray, parts: PartsRead
) -> tuple[list[Meeting], dict[SourceRow, int], Status]:
    """The sessions that could be read, the numbers that were given, and the seminar's status as the one-sheet form says
    it (`PLANNED` where a sheet of sessions is used). The sessions of a cancelled part do not take place."""
    numbers, given = _numbers(entry, ground, tray)
    readers = [RowReader(row, entry.code, ground, tray) for row in entry.sessions]
    statuses, whole = _statuses(entry, readers)
    off = {part.id for part in parts.parts if part.status is Status.CANCELLED}
    meetings: list[Meeting] = []
    for at, (reader, number, status) in enumerate(zip(readers, numbers, statuses, strict=True)):
        starts, ends = _hours(reader)
        meets = _form(reader, form, beside=at < entry.beside)
        place, part = reader.line(Field.PLACE), named_part(reader, Field.PART, parts)
        status = Status.CANCELLED if part in off else status
        if meets is Form.IN_PERSON and not place and status is Status.PLANNED and whole is Status.PLANNED:
            reader.note("place-missing", Field.PLACE)
        topic = reader.line(Field.TOPIC)
        if starts and ends:
            session = Session(number, starts, ends, meets, place, topic, status, part)
            meetings.append(Meeting(session, reader.row))
    return sorted(meetings, key=lambda m: m.session.number), given, whole
