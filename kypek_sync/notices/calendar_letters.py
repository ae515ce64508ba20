"""The calendar files that go with a letter.

A letter goes out at least once, with the same Message-ID each time (design, rule 15), perhaps days after it was decided
on, and must then be the same letter: a mail program that knows the Message-ID shows the first it got. So the sessions
are stored with the letter's other facts, as they were when it was decided on, and the file says what its words say.
What has moved since is another letter with a later version of the session. The values are stored, not the file: it is
ten times as long, most of it the same in every letter, and is made of them in one way only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kypek_sync.language import Text
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.session_versions import Versions
from kypek_sync.model import Seat, SeatState, Seminar
from kypek_sync.notices.calendar import Meeting, called_off, later_by, of_part, taking_place, without
from kypek_sync.notices.calendar_file import MEDIA_TYPE, Method, Sender, letter_file

FACT = "calendar"
"""The name of the fact of a notice that holds these dates."""

Attachment = tuple[str, str, bytes]
"""File name, media type, content."""


@dataclass(frozen=True, slots=True)
class Dates:
    """What a letter about a seminar puts into somebody's calendar, and what it takes out."""

    seminar: str
    added: tuple[Meeting, ...] = ()
    taken: tuple[Meeting, ...] = ()
    sender: Sender | None = None

    @property
    def stored(self) -> str:
        """A line of JSON for the facts of a notice; empty where nothing changes."""
        if not (self.added or self.taken):
            return ""
        return json.dumps(dump(self), ensure_ascii=False, sort_keys=True)


def seat_dates(
    kypek: str, seminar: Seminar, seat: Seat, last: str, count: int, versions: Versions, address: str
) -> Dates:
    """What a letter about a seat changes in their calendar. `last` is what they were told before
    (`seats_told.told_word`, empty: nothing) and `count` how often; `address` is our public one."""
    state, _, part = last.partition("/")
    had = of_part(kypek, seminar, part, versions, address) if state == SeatState.GRANTED.value else ()
    has = of_part(kypek, seminar, seat.part, versions, address) if seat.state is SeatState.GRANTED else ()
    added = taking_place(has)
    return Dates(seminar.code, later_by(added, count), later_by(called_off(without(had, added)), count))


def attachments(facts: Mapping[str, str], decided: datetime, text: Text) -> tuple[Attachment, ...]:
    """The files of a notice with these facts; `decided` is when it was put into the outbox (aware, UTC). One for the
    new dates, one for those taken back: a file has one method."""
    if not facts.get(FACT):
        return ()
    dates = load(Dates, json.loads(facts[FACT]))
    files = []
    for those, method, name in (
        (dates.added, Method.PUBLISH, f"{dates.seminar}.ics"),
        (dates.taken, Method.CANCEL, f"{dates.seminar}-cancelled.ics"),
    ):
        if those:
            content = letter_file(those, method, decided, text, dates.sender)
            files.append((name, f"{MEDIA_TYPE}; method={method.value}", content))
    return tuple(files)
