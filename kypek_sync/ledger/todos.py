"""What people have to do by hand: opened when it is wanted, closed when it is seen done, ticked off, or over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kypek_sync.contract import CourseKey, part_of, seminar_of
from kypek_sync.ledger.todo_tables import todos
from kypek_sync.seminar.by_hand import Kind, Todo


class Closed(StrEnum):
    """How something to do came to its end."""

    SEEN = "seen"
    """The platform shows that it is done."""
    TICKED = "ticked"
    """A person says so."""
    OVER = "over"
    """Nobody wants it any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do in one course. `closed` is None while it is open; `told` is when its person got a letter; `part`
    is the seminar's part whose course it is."""

    id: int
    kypek: str
    system: str
    seminar: str
    kind: Kind
    login: str
    link: str
    text: str
    opened: datetime
    closed: datetime | None
    how: Closed | None
    closed_by: str
    told: datetime | None
    part: str = ""

    @property
    def key(self) -> CourseKey:
        """The course: system, and our name of it."""
        return CourseKey.of(self.system, self.seminar, self.part)


Account = Mapping[CourseKey, Sequence[Any]]
"""The rows of a KYPEK, open and closed, by course."""


def account(connection: Connection, kypek: str) -> Account:
    """All that is or was to be done, for `record`."""
    found: dict[CourseKey, list[Any]] = {}
    for row in connection.execute(select(todos).where(todos.c.kypek == kypek)):
        found.setdefault(CourseKey.of(row.system, row.seminar, row.part), []).append(row)
    return found


def record(
    connection: Connection,
    kypek: str,
    system: str,
    course: str,
    wanted: Iterable[Todo],
    now: datetime,
    kinds: Collection[Kind],
    account: Account | None = None,
) -> None:
    """Of these kinds exactly these things are to be done in a course now. What was ticked off stays so until its text
    is another one; what was seen done is open again when it is seen not to be. `account` are the rows as they were read
    for all courses together, before any of them was recorded."""
    if account is None:
        those = connection.execute(select(todos).where(_at(kypek, system, course))).all()
    else:
        those = account.get(CourseKey(system, course), [])
    rows = {(row.kind, row.login): row for row in those}
    asked = {(one.kind.value, one.login): one for one in wanted}
    for place, one in asked.items():
        row = rows.get(place)
        if row is None:
            _add(connection, kypek, system, course, one, now)
            continue
        values: dict[str, Any] = {} if (row.link, row.text) == (one.link, one.text) else {"link": one.link}
        if _again(row, one):
            values |= {"opened": now, "closed": None, "how": "", "closed_by": "", "told": None}
        elif one.seen and row.closed is None:
            values |= {"closed": now, "how": Closed.SEEN.value}
        if row.digest != one.digest:
            values |= {"digest": one.digest, "text": one.text}
        if values:
            connection.execute(update(todos).where(todos.c.id == row.id).values(**values))
    for place, row in rows.items():
        if place not in asked and row.kind in {kind.value for kind in kinds} and row.closed is None:
            _close(connection, row.id, Closed.OVER, "", now)


def open_one(connection: Connection, kypek: str, system: str, course: str, one: Todo, now: datetime) -> None:
    """This is to be done, whatever else is; as it was if it is open."""
    where = _at(kypek, system, course) & (todos.c.kind == one.kind.value) & (todos.c.login == one.login)
    row = connection.execute(select(todos).where(where)).first()
    if row is None:
        _add(connection, kypek, system, course, one, now)
    elif row.closed is not None:
        fresh = {"opened": now, "closed": None, "how": "", "closed_by": "", "told": None, "link": one.link}
        connection.execute(update(todos).where(todos.c.id == row.id).values(**fresh))


def close(connection: Connection, number: int, how: Closed, who: str, now: datetime) -> bool:
    """Close one; False if it is not there or closed already."""
    row = connection.execute(select(todos.c.id).where(todos.c.id == number, todos.c.closed.is_(None))).first()
    if row is None:
        return False
    _close(connection, number, how, who, now)
    return True


def reopen(connection: Connection, number: int, now: datetime) -> bool:
    """Take back a tick; False if it is not ticked off."""
    where = (todos.c.id == number) & (todos.c.how == Closed.TICKED.value)
    values = {"opened": now, "closed": None, "how": "", "closed_by": "", "told": None}
    return connection.execute(update(todos).where(where).values(**values)).rowcount > 0


def ticked(connection: Connection, kypek: str, kind: Kind) -> frozenset[CourseKey]:
    """The courses in which somebody ticked off what is to be done of a kind."""
    where = (todos.c.kypek == kypek) & (todos.c.kind == kind.value) & (todos.c.how == Closed.TICKED.value)
    rows = connection.execute(select(todos.c.system, todos.c.seminar, todos.c.part).where(where))
    return frozenset(CourseKey.of(row.system, row.seminar, row.part) for row in rows)


def only_in(connection: Connection, kypek: str, kind: Kind, links: Mapping[CourseKey, str], now: datetime) -> None:
    """Something of this kind is to be done in exactly these courses, each with the address where; elsewhere it is over,
    also where it was ticked off: should it come again, it is to be done anew."""
    rows = connection.execute(select(todos).where(todos.c.kypek == kypek, todos.c.kind == kind.value)).all()
    for row in rows:
        if CourseKey.of(row.system, row.seminar, row.part) not in links and row.how != Closed.OVER.value:
            _close(connection, row.id, Closed.OVER, "", now)
    for key, link in sorted(links.items()):
        record(connection, kypek, *key, [Todo(kind, link=link)], now, (kind,))


def mark_told(connection: Connection, number: int, now: datetime) -> None:
    """Its person was written to."""
    connection.execute(update(todos).where(todos.c.id == number).values(told=now))


def listed(
    connection: Connection,
    kypek: str,
    *,
    seminar: str = "",
    kinds: Collection[Kind] = tuple(Kind),
    every: bool = False,
) -> list[Entry]:
    """What is to be done, by seminar, in the order of its kinds; with `every` also what is closed."""
    query = select(todos).where(todos.c.kypek == kypek, todos.c.kind.in_([kind.value for kind in kinds]))
    if seminar:
        query = query.where(todos.c.seminar == seminar)
    if not every:
        query = query.where(todos.c.closed.is_(None))
    order = list(Kind)
    found = [_entry(row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (one.seminar, one.system, one.part, order.index(one.kind), one.login))


def get(connection: Connection, number: int) -> Entry | None:
    """One of them, open or closed."""
    row = connection.execute(select(todos).where(todos.c.id == number)).first()
    return None if row is None else _entry(row)


def _at(kypek: str, system: str, course: str) -> Any:
    same = (todos.c.seminar == seminar_of(course)) & (todos.c.part == part_of(course))
    return (todos.c.kypek == kypek) & (todos.c.system == system) & same


def _again(row: Any, one: Todo) -> bool:
    """Whether something that was closed is to be done again."""
    if row.closed is None or one.seen:
        return False
    if row.digest != one.digest or row.how == Closed.OVER.value:
        return True
    return row.how == Closed.SEEN.value and one.seen is False


def _add(connection: Connection, kypek: str, system: str, course: str, one: Todo, now: datetime) -> None:
    place = {"seminar": seminar_of(course), "part": part_of(course)}
    where = {"kypek": kypek, "system": system, **place, "kind": one.kind.value, "login": one.login}
    end = {"closed": now, "how": Closed.SEEN.value} if one.seen else {}
    said = {"digest": one.digest, "link": one.link, "text": one.text, "opened": now}
    connection.execute(insert(todos).values(**where, **said, **end))


def _close(connection: Connection, number: int, how: Closed, who: str, now: datetime) -> None:
    connection.execute(update(todos).where(todos.c.id == number).values(closed=now, how=how.value, closed_by=who))


def _entry(row: Any) -> Entry:
    return Entry(
        row.id,
        row.kypek,
        row.system,
        row.seminar,
        Kind(row.kind),
        row.login,
        row.link,
        row.text,
        row.opened,
        row.closed,
        Closed(row.how) if row.how else None,
        row.closed_by,
        row.told,
        row.part,
    )
