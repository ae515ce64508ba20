"""How a seminar chooses among those who apply: the series it is an edition of, who goes first, when it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kypek_sync.model import Group, Reserved
from kypek_sync.programme.groups import read_priority
from kypek_sync.programme.headings import Field
from kypek_sync.programme.kept_seats import read_reserved
from kypek_sync.programme.rows import RowReader
from kypek_sync.programme.sessions import clock_text

LONGEST_SERIES = 60


@dataclass(frozen=True, slots=True)
class Choosing:
    """What these columns say; all empty in most seminars."""

    series: str = ""
    priority: tuple[Group, ...] = ()
    decide_at: datetime | None = None
    reserved: tuple[Reserved, ...] = ()


def read_choosing(
    reader: RowReader, opens: datetime | None, closes: datetime | None, starts: datetime | None
) -> Choosing:
    """The columns of a row; `opens` and `closes` are the moments of registration, `starts` when the seminar does."""
    series = reader.line(Field.SERIES)
    if len(series) > LONGEST_SERIES:
        reader.note("series-long", Field.SERIES, most=str(LONGEST_SERIES))
    priority = read_priority(reader)
    decide_at = reader.registration(Field.DECIDE, closing=True)
    if decide_at and starts and decide_at > starts:
        reader.note("decide-late", Field.DECIDE, decide=clock_text(decide_at), starts=clock_text(starts))
    elif decide_at and opens and decide_at <= opens:
        reader.note("decide-early", Field.DECIDE, decide=clock_text(decide_at), opens=clock_text(opens))
    unread = {Field.DECIDE, Field.CLOSES} & reader.failed
    if priority and decide_at is None and closes is None and not unread:
        reader.note("priority-without-date", Field.PRIORITY)
    return Choosing(series, priority, decide_at, read_reserved(reader, closes, starts))
