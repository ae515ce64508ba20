"""What a course shows of announcements and dates, from the database: whether teachers did what they were asked.

What was asked for lately is fetched along with the next question of a pass, so that it costs none of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import connectors.eclass.mapping as mapping
from connectors.eclass.database import Reading
from connectors.eclass.database_question import Part, Row
from kypek_sync.contract import Work, words_of
from kypek_sync.model import Clock, local

Item = tuple[str, Work]
"""A course's code and what is to be done there."""
PARTS = {
    Work.ANNOUNCEMENT: Part(
        "announcement",
        (("id", "a.id"),),
        (("code", "c.code"), ("title", "a.title"), ("content", "a.content")),
        "FROM announcement a JOIN course c ON c.id = a.course_id WHERE c.code IN :announced AND a.visible = 1",
    ),
    Work.DATES: Part(
        "date",
        (("id", "a.id"),),
        (("code", "c.code"), ("title", "a.title"), ("begins", "a.start")),
        "FROM agenda a JOIN course c ON c.id = a.course_id WHERE c.code IN :dated AND a.visible = 1",
    ),
}
_VALUES = {Work.ANNOUNCEMENT: "announced", Work.DATES: "dated"}
STILL_ASKED = timedelta(hours=1)
"""What nobody asked for during this time is not fetched along any more."""
GOOD_FOR = timedelta(minutes=10)
"""How long what was fetched along is handed out."""


def asked(items: Collection[Item]) -> tuple[tuple[Part, ...], dict[str, list[str]]]:
    """The parts of a question for these, and their parameters; nothing for other work."""
    codes = {work: sorted(code for code, of in items if of is work) for work in PARTS}
    wanted = [work for work in PARTS if codes[work]]
    return tuple(PARTS[work] for work in wanted), {_VALUES[work]: codes[work] for work in wanted}


def shown(reading: Reading, rows: Mapping[str, list[Row]], items: Collection[Item]) -> dict[Item, str]:
    """From the answers: titles and texts of the announcements, or a line for each date of the calendar, which begins
    with its start on a clock in Greece (E-47). What is hidden there counts as not there. Nothing of other work."""
    parts: dict[Item, list[str]] = {one: [] for one in items if one[1] in PARTS}
    for row in sorted(rows.get("announcement", ()), key=lambda row: mapping.whole(row["id"])):
        text = f"{row['title'] or ''}\n{words_of(str(row['content'] or ''))}\n"
        parts.get((str(row["code"]), Work.ANNOUNCEMENT), []).append(text)
    moment = reading.moment("agenda", "start")
    for row in sorted(rows.get("date", ()), key=lambda row: (str(row["begins"]), mapping.whole(row["id"]))):
        if (begins := moment(row["begins"])) is not None:
            line = f"{local(begins):%d/%m/%Y %H:%M} {row['title'] or ''}"
            parts.get((str(row["code"]), Work.DATES), []).append(line)
    return {one: "\n".join(lines) for one, lines in parts.items()}


class FetchedAlong:
    """What was asked for lately, and what was fetched of it: each answer is handed out once. Safe to use from several
    threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[Item, datetime] = {}
        self._found: dict[Item, tuple[datetime, str]] = {}

    def wanted(self) -> frozenset[Item]:
        """What the next question fetches along."""
        with self._lock:
            now = self._clock()
            self._asked = {item: at for item, at in self._asked.items() if abs(now - at) < STILL_ASKED}
            return frozenset(self._asked)

    def keep(self, found: Mapping[Item, str], as_of: datetime) -> None:
        """What was fetched."""
        with self._lock:
            self._found |= {item: (as_of, text) for item, text in found.items()}

    def take(self, items: Collection[Item]) -> dict[Item, str] | None:
        """All of these, if all of them were fetched just now; None: ask. From now on they are fetched along."""
        items = [item for item in items if item[1] in PARTS]
        with self._lock:
            now = self._clock()
            self._asked |= dict.fromkeys(items, now)
            got = {item: self._found.pop(item) for item in items if item in self._found}
        if len(got) < len(items) or any(abs(now - at) >= GOOD_FOR for at, _ in got.values()):
            return None
        return {item: text for item, (_, text) in got.items()}
