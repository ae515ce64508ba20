"""What changed between two readings of a programme.

A seminar that is missing from the newer one is told as missing: that is a finding, never a cancellation (rule 20).
Rows move freely: where something is written does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from kypek_sync.model import Group, Part, Reserved, Seminar, Session, Status, Trainer, local
from kypek_sync.programme.parts import written
from kypek_sync.seminar.priority import BETWEEN


class DiffKind(StrEnum):
    """What happened to a seminar or session. `RESTORED`: was cancelled, is planned again."""

    ADDED = "added"
    MISSING = "missing"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field, named as in the model (`capacity`, `audience.specialties`, `starts`), before and after as text in
    local time; empty where there is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SessionDiff:
    """What happened to one session, matched by its number."""

    number: int
    kind: DiffKind
    fields: tuple[FieldDiff, ...] = ()


@dataclass(frozen=True, slots=True)
class SeminarDiff:
    """What happened to one seminar, matched by its code. `staying` are the names of parts that are gone from the file
    and stay with their courses; an empty one is the course that the seminar had before it had parts."""

    code: str
    title: str
    kind: DiffKind
    fields: tuple[FieldDiff, ...] = ()
    sessions: tuple[SessionDiff, ...] = ()
    staying: tuple[str, ...] = ()

    @property
    def touched(self) -> frozenset[str]:
        """Names of all fields that changed, those of sessions as `session.starts`; sessions added or missing as
        `session`. For rules such as "dates, places and trainers may change after approval"."""
        own = {diff.field for diff in self.fields}
        inner = {f"session.{diff.field}" for session in self.sessions for diff in session.fields}
        whole = {"session" for s in self.sessions if s.kind in (DiffKind.ADDED, DiffKind.MISSING)}
        return frozenset(own | inner | whole)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Trainer):
        return value.login or f"{value.name} <{value.mail}>"
    if isinstance(value, Part):
        return written(value)
    if isinstance(value, Reserved):
        return f"{value.seats} {value.group.name} {_shown(value.until)}"
    if isinstance(value, Group):
        return value.name
    if isinstance(value, tuple) and all(isinstance(one, Group) for one in value):
        return BETWEEN.join(_shown(one) for one in value)
    if isinstance(value, tuple):
        return ", ".join(_shown(one) for one in value if not (isinstance(one, Part) and one.missing))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _facts(seminar: Seminar) -> dict[str, object]:
    own: dict[str, object] = {
        f.name: getattr(seminar, f.name)
        for f in fields(seminar)
        if f.name not in ("code", "source", "sessions", "audience")
    }
    return own | {f"audience.{f.name}": getattr(seminar.audience, f.name) for f in fields(seminar.audience)}


def _session_facts(session: Session) -> dict[str, object]:
    return {f.name: getattr(session, f.name) for f in fields(session) if f.name != "number"}


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldDiff, ...]:
    return tuple(
        FieldDiff(name, _shown(old), _shown(after[name])) for name, old in before.items() if old != after[name]
    )


def _kind(before: Status, after: Status) -> DiffKind:
    if before is after:
        return DiffKind.CHANGED
    return DiffKind.CANCELLED if after is Status.CANCELLED else DiffKind.RESTORED


def _sessions(before: Seminar, after: Seminar) -> Iterable[SessionDiff]:
    for number in sorted({s.number for s in before.sessions} | {s.number for s in after.sessions}):
        old, new = before.session(number), after.session(number)
        if new is None:
            yield SessionDiff(number, DiffKind.MISSING)
        elif old is None:
            yield SessionDiff(number, DiffKind.ADDED)
        elif changed := _changed(_session_facts(old), _session_facts(new)):
            told = tuple(_by_name(one, before, after) if one.field == "part" else one for one in changed)
            yield SessionDiff(number, _kind(old.status, new.status), told)


def _by_name(diff: FieldDiff, before: Seminar, after: Seminar) -> FieldDiff:
    """Parts are compared by their ids, and shown by their names."""
    return FieldDiff(diff.field, before.part_name(diff.before), after.part_name(diff.after))


def _staying(before: Seminar, after: Seminar) -> tuple[str, ...]:
    """The parts that the newer one does not name any more, told when they are first missing."""
    told = {part.id for part in before.parts if part.missing}
    return tuple(part.name for part in after.parts if part.missing and part.id not in told)


def _seminar(before: Seminar | None, after: Seminar) -> SeminarDiff | None:
    if before is None:
        return SeminarDiff(after.code, after.title, DiffKind.ADDED)
    changed, sessions = _changed(_facts(before), _facts(after)), tuple(_sessions(before, after))
    if not changed and not sessions:
        return None
    kind, staying = _kind(before.status, after.status), _staying(before, after)
    return SeminarDiff(after.code, after.title, kind, changed, sessions, staying)


def diff(before: Sequence[Seminar], after: Sequence[Seminar]) -> tuple[SeminarDiff, ...]:
    """What happened to each seminar that is not the same in both, in the order of `after`, missing ones last. Parts
    that stay although a file does not name them any more are in `after` too, marked so (`seminar.parts_kept`)."""
    old = {seminar.code: seminar for seminar in before}
    codes = {seminar.code for seminar in after}
    found = [d for seminar in after if (d := _seminar(old.get(seminar.code), seminar))]
    gone = [SeminarDiff(s.code, s.title, DiffKind.MISSING) for s in before if s.code not in codes]
    return (*found, *gone)
