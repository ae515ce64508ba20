"""The sessions of a seminar as calendars show them: values, from which `calendar_file` writes iCalendar.

What stands here is public: never a link into a room (the seminar's page is the one way there), never a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kypek_sync.ledger.session_versions import Versions, is_cancelled, is_postponed
from kypek_sync.model import Form, Seminar


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as a calendar shows it.

    `uid` names it for ever: it is made of the seminar's code and the session's number, which last, never of a date,
    which may move. `sequence` and `changed` (aware, UTC) are its version; `page` is the seminar's lasting address;
    `teaching`: whoever's calendar this is teaches it; `postponed`: it is cancelled on this day, and is to take place on
    one that is not known yet.
    """

    uid: str
    title: str
    starts: datetime
    ends: datetime
    form: Form
    place: str
    topic: str
    cancelled: bool
    sequence: int
    changed: datetime
    page: str
    teaching: bool = False
    postponed: bool = False


def uid(kypek: str, seminar: str, session: int) -> str:
    """The name of a session in calendars (RFC 5545, UID): the number comes first, since a code may end in one. It does
    not hang on our public address, which may move to another server."""
    return f"{session}.{seminar}@{kypek}.kypek-sync"


def page_of(address: str, seminar: str) -> str:
    """The lasting page of a seminar, from our public address."""
    return f"{address.rstrip('/')}/s/{seminar}"


def meetings(kypek: str, seminar: Seminar, versions: Versions, address: str) -> tuple[Meeting, ...]:
    """All sessions of a seminar as everybody sees them, those that do not take place among them, in the order of time.
    `address` is our public one."""
    return _meetings(kypek, seminar, versions, address, {part.id: part.name for part in seminar.parts})


def of_part(kypek: str, seminar: Seminar, part: str, versions: Versions, address: str) -> tuple[Meeting, ...]:
    """The sessions of somebody whose seat is in a part of a seminar; all of them where it has no parts."""
    return _meetings(kypek, seminar.of_part(part), versions, address, {})


def taking_place(those: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """Those that are not cancelled."""
    return tuple(one for one in those if not one.cancelled)


def called_off(those: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """The same, as they are taken back from somebody."""
    return tuple(replace(one, cancelled=True) for one in those)


def without(those: Iterable[Meeting], others: Collection[Meeting]) -> tuple[Meeting, ...]:
    """Those that are not among the others, by their name."""
    named = {one.uid for one in others}
    return tuple(one for one in those if one.uid not in named)


def later_by(those: Iterable[Meeting], count: int) -> tuple[Meeting, ...]:
    """The same for the calendar of a person who was told so many times before of their seat: who loses it, and gets it
    again, has a later version each time, although the session itself is as it was."""
    return tuple(replace(one, sequence=one.sequence + count) for one in those)


def in_order(those: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """By time, and then always in the same order."""
    return tuple(sorted(those, key=lambda one: (one.starts, one.ends, one.uid)))


def _meetings(
    kypek: str, seminar: Seminar, versions: Versions, address: str, parts: Mapping[str | None, str]
) -> tuple[Meeting, ...]:
    """`parts` are the names that the title does not have yet, by id."""
    found = []
    for session in seminar.sessions:
        version, part = versions.version(session.number), parts.get(session.part)
        found.append(
            Meeting(
                uid=uid(kypek, seminar.code, session.number),
                title=f"{seminar.title} – {part}" if part else seminar.title,
                starts=session.starts,
                ends=session.ends,
                form=session.form,
                place=session.place,
                topic=session.topic,
                cancelled=is_cancelled(seminar, session),
                sequence=version.sequence,
                changed=version.changed,
                page=page_of(address, seminar.code),
                postponed=is_postponed(seminar, session),
            )
        )
    return in_order(found)
