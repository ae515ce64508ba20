"""What a course shows of announcements and dates, from the database: whether teachers did what they were asked."""

from __future__ import annotations

from connectors.eclass.database import Reading
from kypek_sync.contract import Work, words_of
from kypek_sync.model import local

_ANNOUNCEMENTS = (
    "SELECT a.title, a.content FROM announcement a JOIN course c ON c.id = a.course_id"
    " WHERE c.code = :code AND a.visible = 1 ORDER BY a.id"
)
_DATES = (
    "SELECT a.title, CAST(a.start AS CHAR) AS begins FROM agenda a JOIN course c ON c.id = a.course_id"
    " WHERE c.code = :code AND a.visible = 1 ORDER BY a.start, a.id"
)


def shown(reading: Reading, course: str, work: Work) -> str | None:
    """Titles and texts of the announcements, or a line for each date of the calendar, which begins with its start on a
    clock in Greece (E-47). What is hidden there counts as not there. None of other work."""
    if work is Work.ANNOUNCEMENT:
        rows = reading.rows(_ANNOUNCEMENTS, code=course)
        return "\n\n".join(f"{row.title or ''}\n{words_of(str(row.content or ''))}" for row in rows)
    if work is not Work.DATES:
        return None
    moment = reading.moment("agenda", "start")
    lines = []
    for row in reading.rows(_DATES, code=course):
        begins = moment(row.begins)
        if begins is not None:
            lines.append(f"{local(begins):%d/%m/%Y %H:%M} {row.title or ''}")
    return "\n".join(lines)
