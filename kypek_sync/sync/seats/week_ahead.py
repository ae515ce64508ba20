"""What a structure's officer should know on Monday morning: this week's sessions, what waits for them, free seats."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from babel.dates import format_datetime
from sqlalchemy import Connection

from kypek_sync.language import Text
from kypek_sync.ledger import holds, seats
from kypek_sync.ledger.session_versions import is_cancelled
from kypek_sync.model import HELD, Seat, SeatState, Seminar, Session, local
from kypek_sync.seminar.free_seats import FreeSeats
from kypek_sync.sync.seats.approvals import Approvals, approvals
from kypek_sync.sync.seats.lowering import Excess

WEEK = timedelta(days=7)
MONTH = timedelta(days=28)
"""Of seminars that begin so soon it is told how many seats are free."""


def week_ahead(
    connection: Connection,
    kypek: str,
    seminars: Collection[Seminar],
    since: datetime,
    text: Text,
    language: str,
    above: Collection[Excess] = (),
) -> str:
    """Paragraphs about these seminars in the week from `since` (a Monday morning); empty where no session is held in it
    and nothing waits for the officer. `above` are seminars with fewer seats than people have."""
    decided = seats.decided(connection, kypek)
    those = sorted(seminars, key=lambda one: one.code)
    week = _sessions(those, decided, since, text, language)
    waits = [*_to_approve(connection, kypek, those, since, text), *_held(connection, kypek, those, since, text)]
    waits += _unknown(those, decided, since, text)
    codes = {one.code for one in those}
    waits += [one.line(text) for one in above if one.seminar.code in codes]
    if not (week or waits):
        return ""
    free = [line for one in those if (line := _free(one, decided.get(one.code, {}), since, text))]
    parts = (
        (text("This week:"), week or [text("No session is held.")]),
        (text("What waits for you:"), waits),
        (text("Free seats in the next four weeks:"), free),
    )
    return "\n\n".join("\n".join((heading, *lines)) for heading, lines in parts if lines)


def _sessions(
    seminars: Collection[Seminar], decided: Mapping[str, Mapping[str, Seat]], since: datetime, text: Text, language: str
) -> list[str]:
    found = sorted(
        ((session.starts, seminar.code, session.number), seminar, session)
        for seminar in seminars
        for session in seminar.sessions
        if since <= session.starts < since + WEEK and not is_cancelled(seminar, session)
    )
    lines = []
    for _, seminar, session in found:
        figures = _figures(seminar, decided.get(seminar.code, {}), session.part, text)
        title = seminar.of_part(session.part or "").title
        lines.append(f"{_when(session, language)} – {title} ({seminar.code}): {figures}")
    return lines


def _when(session: Session, language: str) -> str:
    starts, ends = local(session.starts), local(session.ends)
    day = format_datetime(starts, "EEEE d/M", locale="en_GB" if language == "en" else language)
    return f"{day}, {starts:%H:%M}-{ends:%H:%M}" + (f", {session.place}" if session.place else "")


def _figures(seminar: Seminar, those: Mapping[str, Seat], part: str | None, text: Text) -> str:
    mine = [one for one in those.values() if part is None or one.part == part]
    granted, waiting = (sum(one.state is state for one in mine) for state in (SeatState.GRANTED, SeatState.WAITING))
    capacity = next((one.capacity for one in seminar.parts if one.id == part), None) if part else None
    limit = capacity if capacity is not None else seminar.capacity
    if limit is None:
        return text("%(granted)s have a seat, %(waiting)s wait", granted=granted, waiting=waiting)
    return text(
        "%(granted)s of %(capacity)s have a seat, %(waiting)s wait", granted=granted, capacity=limit, waiting=waiting
    )


def _free(seminar: Seminar, those: Mapping[str, Seat], since: datetime, text: Text) -> str:
    """How many seats of a seminar that begins soon are neither given nor offered; empty if none is."""
    starts = [one.starts for one in seminar.sessions if not is_cancelled(seminar, one)]
    if not starts or seminar.capacity is None or not since <= min(starts) < since + MONTH:
        return ""
    held = sum(one.state in HELD for one in those.values())
    free = seminar.capacity - held
    if free <= 0 or not any(FreeSeats(seminar, those.values()).for_part(one.id) for one in seminar.courses):
        return ""
    return text(
        "%(title)s (%(code)s): %(free)s of %(capacity)s, begins on %(day)s",
        title=seminar.title,
        code=seminar.code,
        free=free,
        capacity=seminar.capacity,
        day=f"{local(min(starts)):%d/%m/%Y}",
    )


def _to_approve(
    connection: Connection, kypek: str, seminars: Collection[Seminar], since: datetime, text: Text
) -> list[str]:
    """Applications about which the officer was asked before Monday morning, and has said nothing yet."""
    titles = {one.code: one.title for one in seminars}
    asks = any(one.approval for one in seminars)
    waiting = approvals(connection, kypek, since, before=since) if asks else ()
    return [to_approve_line(one, titles[one.seminar], text) for one in waiting if one.seminar in titles]


def to_approve_line(one: Approvals, title: str, text: Text) -> str:
    """How many applications of a seminar wait for an approval, and until when."""
    return text(
        "%(title)s (%(code)s): applications that wait for your approval: %(count)s, the first until %(until)s",
        title=title,
        code=one.seminar,
        count=one.count,
        until=f"{local(one.until):%d/%m/%Y %H:%M}" if one.until else "–",
    )


def _held(connection: Connection, kypek: str, seminars: Collection[Seminar], since: datetime, text: Text) -> list[str]:
    """Holds that waited already on Monday morning."""
    codes = {one.code for one in seminars}
    mine = (one for one in holds.listed(connection, kypek) if one.seminar in codes and one.opened < since)
    return [
        text("%(code)s: changes wait for an approval, hold %(id)s", code=one.seminar, id=one.id)
        for one in sorted(mine, key=lambda one: (one.seminar, one.id))
    ]


def _unknown(
    seminars: Collection[Seminar], decided: Mapping[str, Mapping[str, Seat]], since: datetime, text: Text
) -> list[str]:
    """Applications, by Monday morning, of accounts that the directory does not know: an officer may vouch for them."""
    found = []
    for seminar in seminars:
        those = decided.get(seminar.code, {}).values()
        count = sum(
            one.state is SeatState.UNDER_IDENTIFICATION and one.applied_at is not None and one.applied_at < since
            for one in those
        )
        if count:
            said = text("applications of accounts that are not in the directory yet: %(count)s", count=count)
            found.append(f"{seminar.title} ({seminar.code}): {said}")
    return found
