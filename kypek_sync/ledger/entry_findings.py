"""What is odd about the entries of a directory, kept for as long as the entry stays as it is.

A finding belongs to an entry by its subject, a login or a unit id. What shows only beside other entries (`ACROSS`) is
told anew whenever one of them changes; a *loose* finding belongs to no entry that is kept, but to the source or to a
record that stands for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import findings
from kypek_sync.model import Finding, FindingLevel

DANGLING = "unit-dangling"
CODE_SHARED = "unit-code-shared"
ACROSS = frozenset(
    {
        DANGLING,
        CODE_SHARED,
        *(f"{kind}-{what}" for kind in ("entry-uuid", "registry", "login") for what in ("duplicate", "shared")),
        "login-reused",
        "keys-disagree",
    }
)
"""Codes of what no entry shows by itself."""
BESIDE_OTHERS = ACROSS - {DANGLING, CODE_SHARED}
"""Those of them that rest on the entries of other people."""

_THIS = (
    (findings.c.source == bindparam("its_source"))
    & (findings.c.subject == bindparam("its_subject"))
    & (findings.c.code == bindparam("its_code"))
)
_STALE = delete(findings).where(_THIS)
_CHANGED = update(findings).where(_THIS).values({name: bindparam(name) for name in ("level", "text", "loose")})


@dataclass(frozen=True, slots=True)
class Told:
    """The findings of one entry: all of them, or with `of` all those of these codes, and the others stand. Those of the
    codes `standing` stand whatever is told: who they are about beside it was not seen."""

    findings: tuple[Finding, ...]
    of: frozenset[str] | None = None
    standing: frozenset[str] = frozenset()


def tell(connection: Connection, source: str, told: Mapping[str, Told], now: datetime) -> None:
    """The findings of these subjects are now these. One that was there keeps the moment it was first seen; the same
    again writes nothing."""
    for subjects in parts(sorted(told)):
        query = select(findings).where(findings.c.source == source, findings.c.subject.in_(subjects))
        before = {(row.subject, row.code): row for row in connection.execute(query)}
        wanted = {(subject, f.code): f for subject in subjects for f in told[subject].findings}
        stale = [key for key in before if key not in wanted and _said(told[key[0]], key[1])]
        _write(connection, source, before, wanted, stale, now, loose=False)


def tell_code(connection: Connection, source: str, code: str, found: Iterable[Finding], now: datetime) -> None:
    """The findings of one code are now these, whatever their subject."""
    query = select(findings).where(findings.c.source == source, findings.c.code == code)
    before = {(row.subject, row.code): row for row in connection.execute(query)}
    wanted = {(f.subject, f.code): f for f in found}
    _write(connection, source, before, wanted, sorted(before.keys() - wanted.keys()), now, loose=False)


def tell_loose(connection: Connection, source: str, found: Iterable[Finding], now: datetime, *, whole: bool) -> None:
    """The findings of no entry are now these; of a read that was not `whole`, these too."""
    query = select(findings).where(findings.c.source == source, findings.c.loose.is_(True))
    before = {(row.subject, row.code): row for row in connection.execute(query)}
    wanted = {(f.subject, f.code): f for f in found}
    stale = sorted(before.keys() - wanted.keys()) if whole else []
    strange = sorted({subject for subject, _ in wanted.keys() - before.keys()})
    for some in parts(strange):
        rows = select(findings).where(findings.c.source == source, findings.c.subject.in_(some))
        before |= {key: row for row in connection.execute(rows) if (key := (row.subject, row.code)) in wanted}
    _write(connection, source, before, wanted, stale, now, loose=True)


def drop(connection: Connection, source: str, subjects: Collection[str]) -> None:
    """Nothing is odd any more about what is not there."""
    for some in parts(sorted(subjects)):
        connection.execute(delete(findings).where(findings.c.source == source, findings.c.subject.in_(some)))


def own(connection: Connection, source: str, subjects: Collection[str]) -> dict[str, list[Finding]]:
    """What is known to be odd about these subjects by themselves, by subject."""
    found: dict[str, list[Finding]] = {}
    for some in parts(sorted(subjects)):
        query = select(findings).where(findings.c.source == source, findings.c.subject.in_(some))
        for row in connection.execute(query.where(findings.c.loose.is_(False), findings.c.code.not_in(ACROSS))):
            told = Finding(row.subject, row.code, row.text, FindingLevel(row.level))
            found.setdefault(row.subject, []).append(told)
    return found


def count(connection: Connection, source: str) -> int:
    """How many findings a source has."""
    query = select(func.count()).select_from(findings).where(findings.c.source == source)
    return int(connection.execute(query).scalar_one())


def _said(told: Told, code: str) -> bool:
    return (told.of is None or code in told.of) and code not in told.standing


def _write(
    connection: Connection,
    source: str,
    before: Mapping[tuple[str, str], Any],
    wanted: Mapping[tuple[str, str], Finding],
    stale: Collection[tuple[str, str]],
    now: datetime,
    *,
    loose: bool,
) -> None:
    new: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    for key, f in wanted.items():
        row = before.get(key)
        if row is None:
            keys = {"source": source, "subject": key[0], "code": f.code, "first_seen": now}
            new.append(keys | {"level": f.level.value, "text": f.text, "loose": loose})
        elif (row.text, row.level, row.loose) != (f.text, f.level.value, loose):
            keys = {"its_source": source, "its_subject": key[0], "its_code": f.code}
            other.append(keys | {"level": f.level.value, "text": f.text, "loose": loose})
    if stale:
        gone = [{"its_source": source, "its_subject": subject, "its_code": code} for subject, code in stale]
        connection.execute(_STALE, gone)
    if other:
        connection.execute(_CHANGED, other)
    if new:
        connection.execute(insert(findings), new)
