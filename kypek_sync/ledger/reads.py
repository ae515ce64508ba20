"""What was read when, how much of it, and the oddities found on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from kypek_sync.contract import Member, Snapshot
from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.persons import chunks
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.tables import findings, memberships, reads
from kypek_sync.model import Finding, FindingLevel

T = TypeVar("T")


_THIS_MEMBER = and_(*(memberships.c[name] == bindparam(f"this_{name}") for name in ("system", "course", "login")))
"""Written once: to build a statement anew for each of twenty thousand members takes longer than to carry it out."""
_THIS_READ = and_(*(reads.c[name] == bindparam(f"this_{name}") for name in ("system", "scope")))

SIZE = "size"
"""The doubt of a read that looks whole and is far smaller than the last good one: the only one a person can lift."""


@dataclass(frozen=True, slots=True)
class LastRead:
    """The last read of a scope and the last good one. `doubt` is `SIZE` where nothing but its size speaks against the
    last read; `good_proven`: the last good one told itself how its making ended; `accepted_items` is the size that a
    person said is right, until a good read of it came."""

    system: str
    scope: str
    as_of: datetime
    complete: bool
    items: int
    why_partial: str
    good_as_of: datetime | None
    good_items: int | None
    doubt: str = ""
    accepted_items: int | None = None
    accepted_at: datetime | None = None
    accepted_by: str = ""
    accepted_why: str = ""
    good_proven: bool = False

    @property
    def extent(self) -> Extent:
        """What the last read showed."""
        return Extent(self.system, self.scope, self.as_of, self.items, self.complete, self.why_partial)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a read showed of a scope, without the items themselves: there were `size` of them. Fields as in
    `Snapshot`; `proven` as in `Reading`."""

    system: str
    scope: str
    as_of: datetime
    size: int
    complete: bool
    why_partial: str = ""
    content: str = ""
    proven: bool = False

    @classmethod
    def of(cls, snapshot: Snapshot[Any]) -> Extent:
        """That of a snapshot."""
        return cls(
            snapshot.system,
            snapshot.scope,
            snapshot.as_of,
            len(snapshot.items),
            snapshot.complete,
            snapshot.why_partial,
            snapshot.content,
        )

    def believed(self, last: LastRead | None, smallest_share: float) -> Extent:
        """As `believed` does with a snapshot."""
        why = _too_early(self, last) or _too_small(self, last, smallest_share)
        return replace(self, complete=False, why_partial=why) if why else self

    def doubt(self, last: LastRead | None, smallest_share: float) -> str:
        """`SIZE` if only its size speaks against a read as its connector gave it; else an empty word."""
        if _too_early(self, last):
            return ""
        return SIZE if _too_small(self, last, smallest_share) else ""

    def note(self, connection: Connection, doubted: str = "") -> None:
        """Remember the read and what is `doubted` of it; a complete one becomes the last good one, and what a person
        had accepted is used up."""
        where = (reads.c.system == self.system) & (reads.c.scope == self.scope)
        values = self._values(doubted)
        if connection.execute(update(reads).where(where).values(**values)).rowcount == 0:
            connection.execute(insert(reads).values(system=self.system, scope=self.scope, **values))

    def _values(self, doubted: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            "as_of": self.as_of,
            "complete": self.complete,
            "items": self.size,
            "why_partial": self.why_partial,
            "content": self.content,
            "doubt": doubted,
        }
        if self.complete:
            values |= {"good_as_of": self.as_of, "good_items": self.size, "good_proven": self.proven}
            values |= {"accepted_items": None}
        return values


def believed(snapshot: Snapshot[T], last: LastRead | None, smallest_share: float) -> Snapshot[T]:
    """The snapshot, marked partial if it is far smaller than the last good one, shows nothing where something was, or
    shows an earlier state than that (design, rules 1 and 2: an old export put back proves nothing)."""
    seen = Extent.of(snapshot).believed(last, smallest_share)
    same = (seen.complete, seen.why_partial) == (snapshot.complete, snapshot.why_partial)
    return snapshot if same else replace(snapshot, complete=seen.complete, why_partial=seen.why_partial)


def doubt(snapshot: Snapshot[T], last: LastRead | None, smallest_share: float) -> str:
    """`SIZE` if only its size speaks against a snapshot as its connector gave it; else an empty word."""
    return Extent.of(snapshot).doubt(last, smallest_share)


def _too_early(read: Extent, last: LastRead | None) -> str:
    if not read.complete or last is None or last.good_as_of is None or read.as_of >= last.good_as_of:
        return ""
    when = f"{last.good_as_of:%Y-%m-%d %H:%M} UTC"
    return f"it shows the state of {read.as_of:%Y-%m-%d %H:%M} UTC, and {when} was seen already"


def shows_earlier(why: str) -> bool:
    """Whether a read counts only in part since it shows an earlier state than was seen before, by its `why_partial`."""
    return why.endswith(" already") or " already;" in why


def _too_small(read: Extent, last: LastRead | None, smallest_share: float) -> str:
    """Nothing at all is never believed where something was: `[]` is unknown until proven (gitea#7949). An export that
    no longer tells its own end, as the last one did, may be cut between two entries: it must not be smaller at all."""
    if not read.complete or last is None:
        return ""
    if not read.size and (last.good_items or last.items):
        return f"no entries at all, but {last.good_items or last.items} before"
    expected = last.good_items if last.accepted_items is None else last.accepted_items
    if not expected or last.good_as_of is None:
        return ""
    when = f"{last.good_as_of:%Y-%m-%d %H:%M} UTC"
    if last.good_proven and not read.proven and read.size < expected and last.accepted_items is None:
        return (
            f"{read.size} entries of an export that does not tell its own end, but {last.good_items} at the last good "
            f"read, which told it ({when})"
        )
    if read.size >= smallest_share * expected:
        return ""
    return f"{read.size} entries, but {last.good_items} at the last good read ({when})"


def note(connection: Connection, snapshot: Snapshot[Any], doubted: str = "") -> None:
    """Remember a read and what is `doubted` of it; a complete one becomes the last good one, and what a person had
    accepted is used up."""
    Extent.of(snapshot).note(connection, doubted)


def note_all(connection: Connection, those: Iterable[tuple[Snapshot[Any], str]]) -> None:
    """`note` for each of the reads of a pass; of a scope that was read twice both are noted, in order."""
    first: dict[tuple[str, str], tuple[Extent, str]] = {}
    again: list[tuple[Extent, str]] = []
    for snapshot, doubted in those:
        one = Extent.of(snapshot)
        if first.setdefault((one.system, one.scope), (one, doubted))[0] is not one:
            again.append((one, doubted))
    extents = list(first.values())
    systems = sorted({one.system for one, _ in extents})
    query = select(reads.c.system, reads.c.scope).where(reads.c.system.in_(systems))
    there = {(row.system, row.scope) for row in connection.execute(query)} if extents else set()
    for complete in (True, False):
        alike = [(one, one._values(doubted)) for one, doubted in extents if one.complete is complete]
        known = [
            {"this_system": one.system, "this_scope": one.scope, **values}
            for one, values in alike
            if (one.system, one.scope) in there
        ]
        new = [
            {"system": one.system, "scope": one.scope, **values}
            for one, values in alike
            if (one.system, one.scope) not in there
        ]
        if known:
            connection.execute(update(reads).where(_THIS_READ), known)
        if new:
            connection.execute(insert(reads), new)
    for one, doubted in again:
        one.note(connection, doubted)


def accept(
    connection: Connection, last: LastRead, who: str, why: str, now: datetime, kypeks: Iterable[str] = ()
) -> bool:
    """A person says that a scope really has become as small as its last read showed: a complete read of about that size
    counts as good from now on. The journals of the `kypeks` that use it tell so. False if anything but its size speaks
    against that read, or it showed nothing."""
    where = (reads.c.system == last.system) & (reads.c.scope == last.scope) & (reads.c.as_of == last.as_of)
    where &= (reads.c.doubt == SIZE) & (reads.c["items"] == last.items) & (reads.c["items"] > 0)
    values = {"accepted_items": last.items, "accepted_at": now, "accepted_by": who, "accepted_why": why}
    if connection.execute(update(reads).where(where).values(**values)).rowcount != 1:
        return False
    said = {"system": last.system, "scope": last.scope, "good": last.good_items, "items": last.items, "why": why}
    journal_facts.accepted(connection, kypeks, who, said, now)
    return True


def ever(connection: Connection, system: str) -> bool:
    """Whether anything of a system was read before."""
    return connection.execute(select(reads.c.scope).where(reads.c.system == system).limit(1)).first() is not None


def last(connection: Connection, system: str, scope: str) -> LastRead | None:
    """The last read of a scope."""
    row = connection.execute(select(reads).where(reads.c.system == system, reads.c.scope == scope)).first()
    return _read(row) if row else None


def all_last(connection: Connection, system: str = "") -> list[LastRead]:
    """The last read of every scope (of one system), sorted."""
    query = select(reads).order_by(reads.c.system, reads.c.scope)
    if system:
        query = query.where(reads.c.system == system)
    return [_read(row) for row in connection.execute(query)]


def forget_others(connection: Connection, system: str, scopes: Iterable[str]) -> None:
    """A system was read whole in these scopes: what was read of it in others was read when it was another source, or
    another place of the same one."""
    connection.execute(delete(reads).where(reads.c.system == system, reads.c.scope.not_in(sorted(scopes))))


def replace_findings(connection: Connection, source: str, found: Iterable[Finding], now: datetime) -> None:
    """The findings of a source are now these; those seen before keep the moment they were first seen. The same
    findings again write nothing."""
    before = {
        (row.subject, row.code): row for row in connection.execute(select(findings).where(findings.c.source == source))
    }
    wanted = {(f.subject, f.code): f for f in found}
    changed = {
        key: f
        for key, f in wanted.items()
        if key not in before or (before[key].text, before[key].level) != (f.text, f.level.value)
    }
    for subject, code in [*(before.keys() - wanted.keys()), *(before.keys() & changed.keys())]:
        where = (findings.c.source == source) & (findings.c.subject == subject) & (findings.c.code == code)
        connection.execute(delete(findings).where(where))
    rows = [
        {
            "source": source,
            "subject": f.subject,
            "code": f.code,
            "level": f.level.value,
            "text": f.text,
            "first_seen": before[key].first_seen if key in before else now,
        }
        for key, f in changed.items()
    ]
    if rows:
        connection.execute(insert(findings), rows)


def listed_findings(connection: Connection, source: str = "") -> list[tuple[str, Finding]]:
    """Findings with their source, sorted."""
    query = select(findings).order_by(findings.c.source, findings.c.code, findings.c.subject)
    if source:
        query = query.where(findings.c.source == source)
    return [
        (row.source, Finding(row.subject, row.code, row.text, FindingLevel(row.level)))
        for row in connection.execute(query)
    ]


def known_members(connection: Connection, system: str, courses: Iterable[str]) -> dict[str, Mapping[str, Member]]:
    """Members of these courses as last seen, by course and login: what a connector need not ask again."""
    found: dict[str, Mapping[str, Member]] = {}
    for some in chunks(courses):
        query = select(memberships.c.course, memberships.c.login, memberships.c.body)
        query = query.where(memberships.c.system == system, memberships.c.course.in_(some))
        found |= grouped(connection, ("members", system), query, _members, some=True, many=True)
    return found


def _members(rows: Rows) -> Mapping[str, Member]:
    return {login: load(Member, body) for _, login, body in rows}


def remember_members(
    connection: Connection, course: str, snapshot: Snapshot[Member], before: Mapping[str, Member]
) -> None:
    """Mirror a course's members: what changed is written, who is proven absent leaves the mirror."""
    present = {m.login: m for m in snapshot.items}
    gone = [login for login in before if login not in present] if snapshot.complete else []
    changed = [m for m in present.values() if before.get(m.login) != m]
    if stale := [*gone, *(m.login for m in changed)]:
        where = {"this_system": snapshot.system, "this_course": course}
        connection.execute(delete(memberships).where(_THIS_MEMBER), [where | {"this_login": login} for login in stale])
    if changed:
        connection.execute(
            insert(memberships),
            [
                {
                    "system": snapshot.system,
                    "course": course,
                    "login": m.login,
                    "body": dump(m),
                    "seen_at": snapshot.as_of,
                }
                for m in changed
            ],
        )


def _read(row: Any) -> LastRead:
    return LastRead(
        row.system,
        row.scope,
        row.as_of,
        row.complete,
        row.items,
        row.why_partial,
        row.good_as_of,
        row.good_items,
        row.doubt,
        row.accepted_items,
        row.accepted_at,
        row.accepted_by,
        row.accepted_why,
        row.good_proven,
    )
