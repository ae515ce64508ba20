"""What the journal says of each kind of fact. Called where the fact itself is recorded, in the same transaction.

Contents hold no login and no name of anyone: who something is about, who decided and whom else it concerns are opaque
ids. Reasons and answers are free text, in which a login may stand; that is why contents can be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.contract import Change, Outcome, Receipt
from kypek_sync.ledger import journal
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.tables import applications, seats

CHANGED = (Outcome.DONE, Outcome.AMBIGUOUS)
"""Answers after which a foreign system may hold something else than before: each has an entry."""


def decided(run: int | None, seminar: str, who: Who, before: str, after: str, rule: str, facts: Any) -> Entry:
    """A seat came into another state, by a rule."""
    content = {"seminar": seminar, "before": before, "after": after, "rule": rule, "facts": [list(p) for p in facts]}
    return Entry(Kind.DECISION, content, about=who, run=run)


def answered(
    connection: Connection, kypek: str, those: Iterable[tuple[int, int, Change, Receipt]], now: datetime
) -> None:
    """Foreign systems answered: (run, intent, change, receipt). Answers that changed nothing have no entry."""
    entries = [
        _about(Kind.CHANGE, run, intent, change, {"outcome": receipt.outcome.value, "detail": receipt.detail})
        for run, intent, change, receipt in those
        if receipt.outcome in CHANGED
    ]
    journal.append(connection, kypek, entries, now)


def settled(connection: Connection, kypek: str, those: Iterable[tuple[int, int, Change]], now: datetime) -> None:
    """Changes without a clear answer that were looked up, or done again with one: (run, intent, change)."""
    journal.append(connection, kypek, [_about(Kind.SETTLED, *one, {}) for one in those], now)


def hold_decided(
    connection: Connection,
    kypek: str,
    hold: int,
    about: Mapping[str, Any],
    changes: Sequence[Change],
    who: str,
    now: datetime,
) -> None:
    """Somebody approved or rejected a hold. `about`: what to say of it."""
    whom = sorted({change.target.login for change in changes if change.target.login})
    content = {**about, "changes": len(changes)}
    named = {"who": [Who(who)], "whom": [Who(login) for login in whom]}
    journal.append(connection, kypek, [Entry(Kind.HOLD, content, people=named, record=hold)], now)


def approved(
    connection: Connection, kypek: str, approval: int, who: str, said: Mapping[str, str], now: datetime
) -> None:
    """The council's decision on a structure's programme. `said`: structure, file hash, the decision's words."""
    journal.append(connection, kypek, [Entry(Kind.APPROVAL, said, people={"who": [Who(who)]}, record=approval)], now)


def accepted(
    connection: Connection, kypeks: Iterable[str], who: str, said: Mapping[str, str | int | None], now: datetime
) -> None:
    """Somebody said that a directory really has become so small: people may leave on the strength of it. It is told in
    the chain of each KYPEK that uses it. `said`: system, scope, how many entries before and after, why."""
    for kypek in sorted(set(kypeks)):  # always in this order, so that no two wait for each other in a ring
        journal.append(connection, kypek, [Entry(Kind.ACCEPTED, said, people={"who": [Who(who)]})], now)


def identity_decided(
    connection: Connection,
    kypeks: Iterable[str],
    login: str,
    person: str,
    verdict: str,
    who: str,
    why: str,
    now: datetime,
) -> None:
    """Somebody said whether the holder of a login is the same person as before (`verdict`: `same` or `other`). It is
    told in the chain of each KYPEK that uses the directory."""
    for kypek in sorted(set(kypeks)):
        content = {"verdict": verdict, "why": why}
        entry = Entry(Kind.IDENTITY, content, about=Who(login, person), people={"who": [Who(who)]})
        journal.append(connection, kypek, [entry], now)


def left(connection: Connection, those: Sequence[Who], now: datetime, *, kind: Kind = Kind.DEPARTURE) -> None:
    """These people count as gone from the directory, or are back (`Kind.RETURN`). It is told in the chain of each KYPEK
    where they applied or have a seat: several may share a directory, and who never applied is nobody's business."""
    by_id = {who.known: who for who in those}
    found: dict[str, list[Who]] = {}
    for kypek, person in _where_known(connection, list(by_id)):
        found.setdefault(kypek, []).append(by_id[person])
    for kypek, whom in sorted(found.items()):  # always in this order, so that no two wait for each other in a ring
        entries = [Entry(kind, about=who) for who in sorted(whom, key=lambda who: who.login)]
        journal.append(connection, kypek, entries, now)


def _where_known(connection: Connection, those: Sequence[str]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for start in range(0, len(those), 500):
        some = those[start : start + 500]
        for table in (applications, seats):
            query = select(table.c.kypek, table.c.person).where(table.c.person.in_(some)).distinct()
            found |= {(row.kypek, row.person) for row in connection.execute(query)}
    return found


def _about(kind: Kind, run: int, intent: int, change: Change, more: Mapping[str, Any]) -> Entry:
    target = change.target
    content = {
        "verb": change.verb.value,
        "system": target.system,
        "seminar": target.course,
        "object": target.object,
        "before": [list(pair) for pair in change.before],
        "after": [list(pair) for pair in change.after],
        "because": list(change.because),
        **more,
    }
    return Entry(kind, content, about=Who(target.login) if target.login else None, run=run, record=intent)
