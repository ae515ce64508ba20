"""Typed codes that belong to another seminar: a row that was copied with its code, or last year's code typed again.

Everything is matched by the code, so such a row would rename the seminar that has it and move its course and its people
to another subject. What is a correction and what is another seminar is told by title and dates together:

- another title and none of the old dates: an error, unless the titles are alike; then a warning
- another title and some of the old dates: a warning, unless the titles are alike; it may be a thorough correction
- dates that all lie in this school year while the old ones all lie before it: an error, whatever the title

Who really gives a seminar a new title and new dates changes one in one file and the other in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher

from kypek_sync.model import Status
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.grouping import code_text
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import squeeze
from kypek_sync.programme.seminars import Draft
from kypek_sync.programme.tray import Tray

_ALIKE = 0.6
"""The share of equal letters from which two titles count as one title that was edited."""


def check_reused_codes(drafts: Sequence[Draft], ground: Ground, tray: Tray) -> None:
    """Notes rows whose typed code stands for another seminar that is in force."""
    for draft in drafts:
        code, seminar = draft.seminar.code, draft.seminar
        known = ground.own_codes.get(code)
        if known is None or not code_text(draft.entry.row) or seminar.status is Status.CANCELLED:
            continue
        dates = {s.starts for s in seminar.sessions if s.status is Status.PLANNED}
        word = _judge(ground, code, known, seminar.title, dates)
        if word:
            tray.add(word, draft.entry.row.cell(Field.CODE), code, known=known)


def _judge(ground: Ground, code: str, known: str, title: str, dates: set[datetime]) -> str:
    """The mistake's word, or empty."""
    before = set(ground.own_dates.get(code, ()))
    if ground.is_of_an_earlier_year(code) and dates and min(dates) >= ground.year_begins:
        return "code-earlier-year"
    if not title or squeeze(title) == squeeze(known):
        return ""
    alike, moved = _are_alike(title, known), bool(before and dates) and not before & dates
    if moved:
        return "code-other-dates" if alike else "code-other-seminar"
    return "" if alike else "code-other-title"


def _are_alike(one: str, other: str) -> bool:
    first, second = squeeze(one), squeeze(other)
    return first in second or second in first or SequenceMatcher(None, first, second).ratio() >= _ALIKE
