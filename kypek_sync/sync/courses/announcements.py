"""The announcements in courses: read where it is time to, and held against what the ledger says (rules 1, 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import (
    Announcement,
    Capability,
    ConnectorError,
    CourseAnnouncements,
    Courses,
    Snapshot,
    Verb,
)
from kypek_sync.language import Text
from kypek_sync.ledger import course_notices, runs
from kypek_sync.sync.courses.ownership import CALLS, Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.planning.announcements import ObservedAnnouncement, announcement_reference
from kypek_sync.sync.planning.desired import reference
from kypek_sync.sync.planning.rests import rests_on

Board = Snapshot[Announcement]


@dataclass(frozen=True, slots=True)
class BoardsRead:
    """The announcements that were read, by (system, course), with the problems met; `unread` were asked for in
    vain."""

    boards: Mapping[Key, Board] = field(default_factory=dict)
    problems: tuple[ConnectorError, ...] = ()
    unread: frozenset[Key] = frozenset()


def read_boards(
    keys: Iterable[Key],
    courses: Mapping[Key, CourseRead],
    platforms: Mapping[str, Courses],
    abilities: Mapping[str, frozenset[Capability]],
    still_ours: Callable[[], None],
) -> BoardsRead:
    """Read the announcements of these courses, those of one system together. Courses that were not read themselves are
    left out."""
    by_system: dict[str, dict[Key, str]] = {}
    for key in keys:
        read = courses.get(key)
        able = Capability.ANNOUNCEMENT in abilities.get(key[0], frozenset())
        if able and read is not None and read.course is not None:
            by_system.setdefault(key[0], {})[key] = read.course.id
    boards: dict[Key, Board] = {}
    problems: list[ConnectorError] = []
    for system, mine in sorted(by_system.items()):
        platform = platforms[system]
        if not isinstance(platform, CourseAnnouncements):
            continue
        still_ours()
        try:
            found = platform.announcements(sorted(set(mine.values())))
        except ConnectorError as error:
            problems.append(error)
            continue
        boards |= {key: found[course] for key, course in mine.items() if course in found}
    whole = {key for key, board in boards.items() if board.complete}
    return BoardsRead(boards, tuple(problems), frozenset(key for mine in by_system.values() for key in mine) - whole)


def observed_announcements(
    connection: Connection, kypek: str, boards: Mapping[Key, Board], text: Text, now: datetime
) -> dict[Key, ObservedAnnouncement]:
    """What the courses show of our announcements, where they were shown whole. Closes what never got a clear answer,
    and remembers what somebody deleted by hand."""
    whole = {key: board for key, board in boards.items() if board.complete}
    reconcile(connection, kypek, whole, now)
    bound, written = course_notices.known(connection, kypek), course_notices.written(connection, kypek)
    found: dict[Key, ObservedAnnouncement] = {}
    for key, board in whole.items():
        mine = bound.get(key)
        ref = announcement_reference(reference(kypek, key[1]))
        same = (one for one in board.items if mine is not None and one.id == mine.foreign_id and one.still(ref))
        ours = next(same, None)
        if ours is None and (ours := _alike(board, kypek, key[1])) is not None:
            course_notices.learn(connection, kypek, key, ours.id, now)
        elif ours is None and mine is not None:
            course_notices.deleted_by_hand(connection, kypek, key, now)
        course_notices.saw(connection, kypek, key, now)
        last = written.get((key[0], ours.id), ()) if ours is not None else ()
        found[key] = ObservedAnnouncement(ours, written=last, shown_by=rests_on((board,), text))
    left_out = course_notices.left_out(connection, kypek)
    return {
        key: ObservedAnnouncement(one.ours, key in left_out, one.written, one.shown_by) for key, one in found.items()
    }


def reconcile(connection: Connection, kypek: str, boards: Mapping[Key, Board], now: datetime) -> None:
    """Close the intents that never got a clear answer, by what the courses show. One that may still be on its way is
    waited for (`announcement_calls`); a revision that was not made is wanted again."""
    settled = []
    for deed in runs.open_intents(connection, kypek, (Verb.ANNOUNCE, Verb.REVISE)):
        key = deed.change.target.key
        board = boards.get(key)
        if board is None or not board.complete:
            continue
        found = _alike(board, kypek, key[1])
        if deed.change.verb is Verb.ANNOUNCE:
            if found is None and now - deed.opened < CALLS:
                continue
            if found is not None:
                course_notices.learn(connection, kypek, key, found.id, now)
        settled.append(deed.intent)
    runs.settle(connection, settled, now)


def _alike(board: Board, kypek: str, course: str) -> Announcement | None:
    """The oldest announcement that carries our reference."""
    ref = announcement_reference(reference(kypek, course))
    mine = [one for one in board.items if one.ref == ref]
    return min(mine, key=lambda one: (len(one.id), one.id), default=None)
