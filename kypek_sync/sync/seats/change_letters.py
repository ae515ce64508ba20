"""Puts into the outbox what people who have a seat should be told of sessions that moved or were cancelled.

Once for each change and person, in one letter: what they know is what stands in their last letter about the seminar,
and it is held against what is. An officer who saves a file thrice in ten minutes sends one letter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.ledger import outbox, session_versions
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.outbox import Latest, Notice
from kypek_sync.ledger.session_versions import Versions
from kypek_sync.model import Seat, SeatState, Seminar, Status
from kypek_sync.notices.calendar import Meeting, called_off, later_by, of_part, page_of, taking_place
from kypek_sync.notices.calendar_file import Sender
from kypek_sync.notices.calendar_letters import FACT, Dates
from kypek_sync.notices.change_words import CALLED_OFF, CHANGED, change_lines, meeting_line
from kypek_sync.sync.installation import Installation

REST = timedelta(minutes=10)
"""A change is told once nothing of the seminar's sessions has changed for so long …"""
SOON = timedelta(hours=24)
"""… or at once where a session that it concerns is, or would have been, so near."""
PERIOD = timedelta(days=60)
"""Changes longer ago than this are not looked at any more."""


def put_change_letters(
    connection: Connection,
    inst: Installation,
    kypek: str,
    seminars: Mapping[str, Seminar],
    decided: Mapping[str, Mapping[str, Seat]],
) -> int:
    """Letters to those who have a seat in these seminars; how many were put in. A centre that sends no mail gets none:
    they would all go out on the day it begins to."""
    if not inst.kypek(kypek).post:
        return 0
    now, versions = inst.clock(), session_versions.standing(connection, kypek)
    recent = {
        code: seminar
        for code, seminar in seminars.items()
        if code in versions and versions[code].of and now - PERIOD <= versions[code].latest <= now
    }
    if not recent:
        return 0
    told = outbox.latest_of_seminars(connection, kypek, recent)
    notices = []
    for code, seminar in sorted(recent.items()):
        it = _Seminar(inst, kypek, seminar, versions[code], now)
        for login, seat in sorted(decided.get(code, {}).items()):
            last = told.get((code, seat.person or login))
            if seat.state is SeatState.GRANTED and last is not None and (notice := it.notice(seat, last)) is not None:
                notices.append(notice)
    return outbox.put_all(connection, notices, inst.host, now)


@dataclass(frozen=True)
class _Seminar:
    """What the letters of one seminar have in common."""

    inst: Installation
    kypek: str
    seminar: Seminar
    versions: Versions
    now: datetime

    def notice(self, seat: Seat, last: Latest) -> Notice | None:
        """What somebody should be told, as their `last` letter stands; None if they know it, or the change has yet to
        come to rest."""
        now = of_part(self.kypek, self.seminar, seat.part, self.versions, self.inst.loaded.settings.public_address)
        knew = _known(last)
        meant = now if knew is not None else tuple(one for one in now if one.changed > last.created)
        lines = change_lines(knew, meant, self.inst.text)
        ahead = [one for one in (*now, *(knew or ())) if one.ends > self.now]
        if not lines or not ahead or not self._rests(meant, knew):
            return None
        off = self.seminar.status is Status.CANCELLED
        if off:
            lines = [meeting_line(one) for one in (knew or now) if one.ends > self.now]
        title = self.seminar.of_part(seat.part).title
        facts = {
            FACT: self._dates(last, now, knew).stored,
            "centre": self.inst.kypek(self.kypek).name,
            "changes": "\n".join(lines),
            "page": page_of(self.inst.loaded.settings.public_address, self.seminar.code),
            "sessions": "\n".join(meeting_line(one) for one in taking_place(now)),
            "title": title,
        }
        cause, kind = f"{outbox.DATES}{self.seminar.code}", CALLED_OFF if off else CHANGED
        return Notice(self.kypek, seat.person, seat.login, cause, last.changes + 1, kind, tuple(sorted(facts.items())))

    def _rests(self, now: Sequence[Meeting], knew: Sequence[Meeting] | None) -> bool:
        """Whether the change may be told."""
        if self.now - self.versions.latest >= REST:
            return True
        return any(self.now < one.ends and one.starts - self.now <= SOON for one in (*now, *(knew or ())))

    def _dates(self, last: Latest, now: Sequence[Meeting], knew: Sequence[Meeting] | None) -> Dates:
        """What changes in a calendar. Their next letter about the seat raises the version once more."""
        entry = self.inst.kypek(self.kypek)
        count = max(last.told - 1, 0)
        had = {one.uid for one in knew or () if not one.cancelled} if knew is not None else {one.uid for one in now}
        added = later_by(taking_place(now), count)
        taken = later_by(called_off(one for one in now if one.cancelled and one.uid in had), count)
        return Dates(self.seminar.code, added, taken, Sender(entry.name, entry.mail))


def _known(last: Latest) -> tuple[Meeting, ...] | None:
    """The sessions as somebody's last letter gave them; None where it gave none."""
    if not last.dates:
        return None
    dates = load(Dates, json.loads(last.dates))
    return (*dates.added, *dates.taken)
