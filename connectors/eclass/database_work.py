"""What a course shows of announcements and dates, from the database: whether teachers did what they were asked."""

from __future__ import annotations

from collections.abc import Collection

from connectors.eclass.database import Reading
from kypek_sync.contract import Work, words_of
from kypek_sync.model import local

_ANNOUNCEMENTS = (
    "SELECT c.code, a.title, a.content FROM announcement a JOIN course c ON c.id = a.course_id"
    " WHERE c.code IN :codes AND a.visible = 1 ORDER BY a.id"
)
_DATES = (
    "SELECT c.code, a.title, CAST(a.start AS CHAR) AS begins FROM agenda a JOIN course c ON c.id = a.course_id"
    " WHERE c.code IN :codes AND a.visible = 1 ORDER BY a.start, a.id"
)


def shown(reading: Reading, asked: Collection[tuple[str, Work]]) -> dict[tuple[str, Work], str]:
    """Titles and texts of the announcements, or a line for each date of the calendar, which begins with its start on a
    clock in Greece (E-47). What is hidden there counts as not there. Nothing of other work. One question for each kind
    of work, whatever the number of courses."""
    parts: dict[tuple[str, Work], list[str]] = {one: [] for one in asked if one[1] in (Work.ANNOUNCEMENT, Work.DATES)}
    if codes := sorted({code for code, work in parts if work is Work.ANNOUNCEMENT}):
        for row in reading.rows(_ANNOUNCEMENTS, codes=codes):
            text = f"{row.title or ''}\n{words_of(str(row.content or ''))}\n"
            parts.get((str(row.code), Work.ANNOUNCEMENT), []).append(text)
    if codes := sorted({code for code, work in parts if work is Work.DATES}):
        moment = reading.moment("agenda", "start")
        for row in reading.rows(_DATES, codes=codes):
            if (begins := moment(row.begins)) is not None:
                line = f"{local(begins):%d/%m/%Y %H:%M} {row.title or ''}"
                parts.get((str(row.code), Work.DATES), []).append(line)
    return {one: "\n".join(lines) for one, lines in parts.items()}
