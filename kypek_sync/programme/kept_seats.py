"""Seats that a programme keeps for some («Κρατημένες θέσεις»): «5 για ΠΕ04 έως 1/3/2027», one group on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time

from kypek_sync.model import Reserved, Seminar
from kypek_sync.programme.calendar import Doubt, moment, read_when
from kypek_sync.programme.groups import read_group
from kypek_sync.programme.headings import Field
from kypek_sync.programme.rows import RowReader
from kypek_sync.programme.sessions import clock_text
from kypek_sync.seminar.free_seats import seats_in_all

_UNTIL = re.compile(r"(?P<rest>.*?)\s+(?:έως|εως|ως|μέχρι|μεχρι|until)\s+(?P<until>.+)\Z", re.IGNORECASE)
_FIRST = re.compile(r"(?P<seats>\d{1,4})\s*(?:θέσεις|θέση|θεσεις)?\s*(?:για|:)\s*(?P<who>.+)\Z", re.IGNORECASE)
_LAST = re.compile(r"(?P<who>.+?)\s*[:(]\s*(?P<seats>\d{1,4})\s*(?:θέσεις|θέση|θεσεις)?\s*\)?\Z", re.IGNORECASE)
_END_OF_DAY = time(23, 59)


def read_reserved(reader: RowReader, closes: datetime | None, starts: datetime | None) -> tuple[Reserved, ...]:
    """The seats that a row keeps; `closes` is when registration ends, `starts` when the seminar begins."""
    found = [_one(reader, piece, closes, starts) for piece in _pieces(reader.text(Field.RESERVED))]
    return tuple(one for one in found if one is not None)


def check_reserved(reader: RowReader, seminar: Seminar) -> None:
    """Notes seats that are kept of none, or more than there are."""
    limit, kept = seats_in_all(seminar), sum(one.seats for one in seminar.reserved)
    if kept and limit is None and Field.CAPACITY not in reader.failed:
        reader.note("reserved-without-seats", Field.RESERVED)
    elif limit is not None and kept > limit:
        reader.note("reserved-above-capacity", Field.RESERVED, value=str(kept), capacity=str(limit))


def without_dates(text: str) -> str:
    """A cell of kept seats for another year: without its dates."""
    return "\n".join(found["rest"] if (found := _UNTIL.match(piece)) else piece for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    return filter(None, (" ".join(piece.split()) for piece in re.split(r"[;\n·]", text)))


def _one(reader: RowReader, piece: str, closes: datetime | None, starts: datetime | None) -> Reserved | None:
    dated = _UNTIL.match(piece)
    words = dated["rest"] if dated else piece
    match = _FIRST.match(words) or _LAST.match(words)
    if match is None or not int(match["seats"]):
        reader.note("reserved-unreadable", Field.RESERVED, value=piece[:80])
        return None
    group = read_group(reader, Field.RESERVED, match["who"].strip())
    until = _until(reader, dated["until"]) if dated else closes
    if until is None and not dated and Field.CLOSES not in reader.failed:
        reader.note("reserved-without-date", Field.RESERVED)
    if until is not None and starts is not None and until > starts:
        reader.note("reserved-late", Field.RESERVED, until=clock_text(until), starts=clock_text(starts))
    return Reserved(group, int(match["seats"]), until) if group is not None and until is not None else None


def _until(reader: RowReader, text: str) -> datetime | None:
    """The moment that a date says; a day counts whole."""
    try:
        when = read_when(text, reader.ground.first_year)
        if when.day is None:
            raise Doubt("date-unreadable", value=text[:60])
        return moment(when.day, when.ends or when.starts or _END_OF_DAY)
    except Doubt as doubt:
        reader.doubts([doubt], Field.RESERVED)
        return None
