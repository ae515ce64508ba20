"""Work by hand on a seminar's page: for those who teach it what waits for them, for anybody where they must sign in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from kypek_sync.language import Text
from kypek_sync.ledger import todos
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.todos import Closed, Entry
from kypek_sync.model import Seminar
from kypek_sync.seminar.by_hand import FOR_OFFICERS, FOR_TEACHERS, Kind
from kypek_sync.seminar.by_hand_words import line
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.letters_by_hand import teachers
from kypek_sync.web.courses import platform_name
from kypek_sync.web.facts import moment
from kypek_sync.web.roles import PageRole, Visitor

_ON_PAGE = (*FOR_TEACHERS, *FOR_OFFICERS)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: `what` in a line, `platform` (with the part of the seminar) and `link` where, `text` to paste
    with its number of `rows`; `ticked`: who said when that it is done, empty while it is open."""

    id: int
    what: str
    platform: str
    link: str
    text: str
    rows: int
    ticked: str


def may_work(inst: Installation, offering: Offering, who: Visitor | None) -> bool:
    """Whether somebody sees, and ticks off, the work in a seminar's course: trainers, officers, administrators."""
    if who is None:
        return False
    return PageRole.ADMINISTRATOR in who.roles or who.login in teachers(inst, offering.kypek, offering.seminar)


def tasks(
    connection: Connection, inst: Installation, offering: Offering, text: Text, language: str
) -> tuple[Task, ...]:
    """What is to be done, and what somebody ticked off."""
    listed = todos.listed(connection, offering.kypek, seminar=offering.seminar.code, kinds=_ON_PAGE, every=True)
    shown = [one for one in listed if one.closed is None or one.how is Closed.TICKED]
    seminar = offering.seminar
    return tuple(
        _task(inst, seminar, one, text, language) for one in sorted(shown, key=lambda one: one.closed is not None)
    )


def sign_in_at(
    connection: Connection, inst: Installation, offering: Offering, login: str
) -> tuple[tuple[str, str], ...]:
    """Platforms, with their addresses, at which somebody has to sign in once before they can be let in."""
    listed = todos.listed(connection, offering.kypek, seminar=offering.seminar.code, kinds=(Kind.SIGN_IN,))
    return tuple((platform_name(inst, one.system), one.link) for one in listed if one.login == login and one.link)


def tick(connection: Connection, inst: Installation, offering: Offering, number: str, who: str, *, back: bool) -> bool:
    """Tick something off, or take that `back`; False if it is no work of this seminar."""
    one = todos.get(connection, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    mine = one is not None and (one.kypek, one.seminar) == (offering.kypek, offering.seminar.code)
    if one is None or not mine or one.kind not in _ON_PAGE:
        return False
    if back:
        return todos.reopen(connection, one.id, inst.clock())
    return todos.close(connection, one.id, Closed.TICKED, who, inst.clock())


def _task(inst: Installation, seminar: Seminar, one: Entry, text: Text, language: str) -> Task:
    ticked = ""
    if one.closed is not None:
        ticked = text("Done, says %(who)s (%(when)s)", who=one.closed_by, when=moment(one.closed, language))
    part = seminar.part_name(one.part)
    platform = platform_name(inst, one.system) + (f" – {part}" if part else "")
    return Task(one.id, line(one.kind, text), platform, one.link, one.text, one.text.count("\n") + 1, ticked)
