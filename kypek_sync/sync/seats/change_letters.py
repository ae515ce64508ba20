"""Puts into the outbox what people should be told of sessions that moved, were put off or cancelled, and of seminars
that somebody else teaches: who has a seat, is offered one or waits for one, who teaches and the structure's officers.

Once for each change and person, in one letter: what they know is what stands in their last letter about the seminar,
and it is held against what is. An officer who saves a file thrice in ten minutes sends one letter. What a person
confirmed by a command is told at once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.ledger import outbox, session_rulings, session_versions
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.outbox import Latest, Notice
from kypek_sync.ledger.session_rulings import Recorded
from kypek_sync.ledger.session_versions import Versions
from kypek_sync.model import Seat, SeatState, Seminar, Status
from kypek_sync.notices.calendar import Meeting, called_off, later_by, meetings, of_part, page_of, taking_place, uid
from kypek_sync.notices.calendar_file import Sender
from kypek_sync.notices.calendar_letters import FACT, Dates
from kypek_sync.notices.change_words import (
    CALLED_OFF,
    CHANGED,
    OFFERED,
    OFFICER,
    SEATED,
    TRAINER,
    WAITING,
    change_lines,
    meeting_line,
    trainers_line,
)
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.taught_by import taught_by

REST = timedelta(minutes=10)
"""A change is told once nothing of the seminar's sessions has changed for so long …"""
SOON = timedelta(hours=24)
"""… or at once where a session that it concerns is, or would have been, so near."""
PERIOD = timedelta(days=60)
"""Changes longer ago than this are not looked at any more."""
FRESH = timedelta(days=2)
"""Trainers and officers who were never told anything of a seminar are told of changes that are not older."""

_ROLES = {SeatState.GRANTED: SEATED, SeatState.OFFERED: OFFERED, SeatState.WAITING: WAITING}
"""Which of those who applied are told, and as what."""
_UNDECIDED = (OFFERED, WAITING)
"""These have no dates in their calendar. Where the seminar, or their part, does not take place, they are told so by the
letter about their application."""


def put_change_letters(
    connection: Connection,
    inst: Installation,
    kypek: str,
    seminars: Mapping[str, Seminar],
    decided: Mapping[str, Mapping[str, Seat]],
    *,
    at_once: Collection[str] = (),
) -> int:
    """Letters to the people of these seminars; how many were put in. Changes of seminars that a person confirmed go
    `at_once`. A centre that sends no mail gets none: they would all go out on the day it begins to."""
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
    ruled: dict[str, list[Recorded]] = {}
    for one in session_rulings.history(connection, kypek, recent):
        ruled.setdefault(one.ruling.seminar, []).append(one)
    directory, notices = inst.kypek(kypek).directory, []
    for code, seminar in sorted(recent.items()):
        names = taught_by(connection, directory, seminar)
        quick = code in at_once
        it = _Seminar(inst, kypek, seminar, versions[code], now, names, tuple(ruled.get(code, ())), quick=quick)
        notices += [put for who in it.people(decided.get(code, {}), told) if (put := it.notice(who)) is not None]
    return outbox.put_all(connection, notices, inst.host, now)


@dataclass(frozen=True, slots=True)
class _Told:
    """Whom a letter goes to: our id (empty: by login alone), what they are to the seminar, the part of their seat, and
    what they were told last."""

    person: str
    login: str
    role: str
    part: str
    last: Latest
    had_letter: bool = True


@dataclass(frozen=True)
class _Seminar:
    """What the letters of one seminar have in common. `quick`: it does not have to come to rest."""

    inst: Installation
    kypek: str
    seminar: Seminar
    versions: Versions
    now: datetime
    trainers: str
    ruled: tuple[Recorded, ...] = ()
    quick: bool = False

    def people(self, decided: Mapping[str, Seat], told: Mapping[tuple[str, str], Latest]) -> Iterator[_Told]:
        """Who is to know of a change: each once, as what they are first."""
        code, seen = self.seminar.code, set()
        for login, seat in sorted(decided.items()):
            last = told.get((code, seat.person or login))
            role = _ROLES.get(seat.state)
            if role is None or (role in _UNDECIDED and self._is_off(seat.part)):
                continue
            seen.add(login)
            if last is not None:
                yield _Told(seat.person, login, role, seat.part, last)
        never = Latest(max(self.now - FRESH, self.versions.first_seen), "", 0, 0)
        for login, role in self._staff():
            if login not in seen:
                seen.add(login)
                yield _Told("", login, role, "", told.get((code, login), never), (code, login) in told)

    def _is_off(self, part: str) -> bool:
        return self.seminar.status is Status.CANCELLED or part in self.seminar.cancelled_parts

    def _staff(self) -> Iterator[tuple[str, str]]:
        yield from ((trainer.login, TRAINER) for trainer in self.seminar.trainers if trainer.login)
        structure = self.inst.kypek(self.kypek).structures.get(self.seminar.structure)
        yield from ((login, OFFICER) for login in (structure.officers if structure is not None else ()))

    def notice(self, who: _Told) -> Notice | None:
        """What somebody should be told; None if they know it, or the change has yet to come to rest."""
        last = who.last
        now = self._meetings(who)
        knew = known_dates(last) if who.role not in _UNDECIDED else None
        if who.role in _UNDECIDED and last.sessions == _lines(now):
            return None  # it was changed back, or their letter said so
        meant = now if knew is not None else tuple(one for one in now if self._is_new(one, who))
        touched = [one for one in meant if change_lines(knew, (one,), self.inst.text)]
        lines = change_lines(knew, touched, self.inst.text)
        off = self.seminar.status is Status.CANCELLED
        if not off and (line := self._other_trainers(last)):
            lines.append(line)
        ahead = [one for one in (*now, *(knew or ())) if one.ends > self.now]
        near = self._near(touched, knew)
        if not lines or not ahead or not (near or self.quick or self.now - self.versions.latest >= REST):
            return None
        if off:
            lines = [meeting_line(one) for one in (knew or now) if one.ends > self.now]
        facts = {
            FACT: self._dates(last, now, knew).stored if who.role not in _UNDECIDED else "",
            "centre": self.inst.kypek(self.kypek).name,
            "changes": "\n".join(lines),
            "page": page_of(self.inst.loaded.settings.public_address, self.seminar.code),
            "role": who.role,
            "sessions": _lines(now),
            "title": self.seminar.of_part(who.part).title,
            "trainers": self.trainers,
            "why": self._why(touched, last.created),
        }
        cause, kind = f"{outbox.DATES}{self.seminar.code}", CALLED_OFF if off else CHANGED
        version = last.changes + 1
        return Notice(self.kypek, who.person, who.login, cause, version, kind, tuple(sorted(facts.items())), near)

    def _meetings(self, who: _Told) -> tuple[Meeting, ...]:
        """Their sessions as they are now; who teaches, or plans, has those of all parts."""
        address = self.inst.loaded.settings.public_address
        if who.role in (SEATED, *_UNDECIDED):
            return of_part(self.kypek, self.seminar, who.part, self.versions, address)
        return meetings(self.kypek, self.seminar, self.versions, address)

    def _is_new(self, one: Meeting, who: _Told) -> bool:
        """Whether a session changed since somebody was told, whose letter did not say what it was."""
        changed_at_all = who.had_letter or one.sequence > 0 or one.changed > self.versions.born
        return changed_at_all and one.changed > who.last.created

    def _other_trainers(self, last: Latest) -> str:
        """That somebody else teaches than when they were told last."""
        taught = self.versions.trainers
        if (
            not self.trainers
            or taught.sequence == 0
            or taught.changed <= last.created
            or last.trainers == self.trainers
        ):
            return ""
        return trainers_line(last.trainers, self.trainers, self.inst.text)

    def _near(self, touched: Sequence[Meeting], knew: Sequence[Meeting] | None) -> bool:
        """Whether a session that changes is, or would have been, so soon that it is told at once, also at night."""
        names = {one.uid for one in touched}
        those = (*touched, *(one for one in knew or () if one.uid in names))
        return any(self.now < one.ends and one.starts - self.now <= SOON for one in those)

    def _why(self, touched: Sequence[Meeting], since: datetime) -> str:
        """The reasons that were given for it, each once."""
        names = {one.uid for one in touched}
        mine = (one for one in self.ruled if uid(self.kypek, self.seminar.code, one.ruling.number) in names)
        return " ".join(dict.fromkeys(why for one in mine if (why := one.told_since(since))))

    def _dates(self, last: Latest, now: Sequence[Meeting], knew: Sequence[Meeting] | None) -> Dates:
        """What changes in a calendar. Their next letter about the seat raises the version once more."""
        entry = self.inst.kypek(self.kypek)
        count = max(last.told - 1, 0) if last.told else last.changes
        had = {one.uid for one in knew or () if not one.cancelled} if knew is not None else {one.uid for one in now}
        added = later_by(taking_place(now), count)
        taken = later_by(called_off(one for one in now if one.cancelled and one.uid in had), count)
        return Dates(self.seminar.code, added, taken, Sender(entry.name, entry.mail))


def _lines(now: Sequence[Meeting]) -> str:
    return "\n".join(meeting_line(one) for one in taking_place(now))


def known_dates(last: Latest) -> tuple[Meeting, ...] | None:
    """The sessions as somebody's last letter gave them; None where it gave none."""
    if not last.dates:
        return None
    dates = load(Dates, json.loads(last.dates))
    return (*dates.added, *dates.taken)
