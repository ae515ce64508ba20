"""Verifies chains: recomputes every hash and commitment, and holds the journal against what it has to explain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from kypek_sync.ledger.care_tables import journal, journal_contents, journal_people
from kypek_sync.ledger.journal import HASHED, Head, Kind, commitment, digest, stamp
from kypek_sync.ledger.journal_facts import CHANGED
from kypek_sync.ledger.journal_people import opaque
from kypek_sync.ledger.journal_reading import IN_ORDER, PORTION
from kypek_sync.ledger.store import Ledger, alone
from kypek_sync.ledger.tables import intents, receipts, runs


class Fault(StrEnum):
    """What is wrong with a chain."""

    GAP = "gap"
    BEFORE = "before"
    HASH = "hash"
    COMMITMENT = "commitment"
    CONTENT_MISSING = "content-missing"
    CONTENT_ASTRAY = "content-astray"
    PERSON = "person"
    PERSON_MISSING = "person-missing"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken: at which entry (0: none in particular) and how. `detail` names what: a day, an id."""

    kypek: str
    number: int
    fault: Fault
    detail: str = ""


@dataclass
class Verdict:
    """What the check of one chain found. `breaks` are in the order of the entries; `erased` counts contents that were
    erased and whose erasure the chain itself tells."""

    kypek: str
    head: Head = field(default_factory=Head)
    contents: int = 0
    erased: int = 0
    breaks: list[Break] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.breaks


def verify(ledger: Ledger, kypek: str, heads: Iterable[tuple[str, Head]] = ()) -> Verdict:
    """Check one chain. `heads`: (day, head) as they were written out earlier, which show also that nothing was taken
    off the end. Raises `LedgerError`."""
    walk = _Walk(kypek, heads)
    while True:
        with ledger.begin(keep=False) as connection:
            alone(connection, f"journal {kypek}")
            query = IN_ORDER.where(journal.c.kypek == kypek, journal.c.number > walk.last.number)
            rows = connection.execute(query.order_by(journal.c.number).limit(PORTION)).all()
            for row in rows:
                walk.step(row)
            if len(rows) < PORTION:  # the rest at once: nobody is forgotten in between
                return walk.end(_strays(connection, kypek), _people(connection, kypek))


class _Walk:
    """The way along one chain."""

    def __init__(self, kypek: str, heads: Iterable[tuple[str, Head]]) -> None:
        self.last = Head()
        self.verdict = Verdict(kypek)
        self.heads = sorted(heads, key=lambda pair: (pair[1].number, pair[0]))
        self.known: dict[int, str] = {head.number: "" for _, head in self.heads}
        self.missing: set[int] = set()
        self.people: dict[str, int] = {}
        self.forgotten: set[str] = set()
        self.told: set[int] = set()
        self.through = 0

    def step(self, row: Any) -> None:
        """The next entry."""
        if row.number != self.last.number + 1:
            self._broken(row.number, Fault.GAP)
        if row.before != self.last.hash:
            self._broken(row.number, Fault.BEFORE)
        if digest({name: getattr(row, name) for name in HASHED}) != row.hash:
            self._broken(row.number, Fault.HASH)
        if row.content is None:
            self.missing.add(row.number)
        else:
            self.verdict.contents += 1
            if not _commits(row):
                self._broken(row.number, Fault.COMMITMENT)
            elif row.kind in (Kind.FORGOTTEN, Kind.ERASED):
                self._erasure(json.loads(row.body))
        if row.kind == Kind.FORGOTTEN and row.person:
            self.forgotten.add(row.person)
        if row.person:
            self.people[row.person] = row.number
        if row.number in self.known:
            self.known[row.number] = row.hash
        self.last = Head(row.number, row.hash)

    def end(self, strays: Sequence[int], people: Iterable[Any]) -> Verdict:
        """What can be said only after the last entry."""
        unexplained = {n for n in self.missing - self.told if n > self.through}
        self.verdict.erased = len(self.missing) - len(unexplained)
        for number in sorted(unexplained):
            self._broken(number, Fault.CONTENT_MISSING)
        for number in strays:
            self._broken(number, Fault.CONTENT_ASTRAY)
        there = set()
        for row in people:
            there.add(row.person)
            if opaque(row._mapping) != row.person:
                self._broken(self.people.get(row.person, 0), Fault.PERSON, str(row.person))
        for person, number in self.people.items():
            if person not in there and person not in self.forgotten and number > self.through:
                self._broken(number, Fault.PERSON_MISSING, person)
        for day, head in self.heads:
            if self.known[head.number] != head.hash and head.number:
                self._broken(head.number, Fault.HEAD, day)
        self.verdict.head = self.last
        self.verdict.breaks.sort(key=lambda one: one.number or self.last.number + 1)
        return self.verdict

    def _erasure(self, content: Any) -> None:
        self.told.update(content.get("erased", ()))
        self.through = max(self.through, content.get("through", 0))

    def _broken(self, number: int, fault: Fault, detail: str = "") -> None:
        place = number if isinstance(number, int) else 0  # SQLite keeps whatever was put there
        self.verdict.breaks.append(Break(self.verdict.kypek, place, fault, detail))


def _commits(row: Any) -> bool:
    try:
        return bool(commitment(row.salt, row.body) == row.commitment)
    except UnicodeError:
        return False


def _strays(connection: Connection, kypek: str) -> list[int]:
    """Contents without an entry."""
    entries = select(journal.c.number).where(journal.c.kypek == kypek)
    query = select(journal_contents.c.number).where(
        journal_contents.c.kypek == kypek, journal_contents.c.number.not_in(entries)
    )
    return [row.number for row in connection.execute(query.order_by(journal_contents.c.number))]


def _people(connection: Connection, kypek: str) -> list[Any]:
    return list(connection.execute(select(journal_people).where(journal_people.c.kypek == kypek)))


def known_chains(connection: Connection) -> list[str]:
    """Every KYPEK of which the journal holds anything, also what has lost its chain."""
    found: set[str] = set()
    for table in (journal, journal_contents, journal_people):
        found |= {row.kypek for row in connection.execute(select(table.c.kypek).distinct())}
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """Something that the journal and the rest of the ledger do not both know. `what` is `receipt` (an answer without an
    entry), `look-up` (a change looked up without an entry) or `entry` (an entry without an answer); `number` is the
    intent's or the entry's."""

    what: str
    number: int
    run: int | None


def unexplained(connection: Connection, kypek: str) -> list[Unexplained]:
    """What breaks the rule that the journal explains every change; nothing, if all is well.

    Answers from before the chain began (a ledger that is older than the journal) and entries of runs whose records are
    no longer kept (retention) break no rule.
    """
    begun = connection.execute(select(func.min(journal.c.at)).where(journal.c.kypek == kypek)).scalar()
    oldest = connection.execute(select(func.min(runs.c.started))).scalar()
    entries = select(journal.c.number, journal.c.record, journal.c.at, journal.c.run).where(journal.c.kypek == kypek)
    told = {(r.record, r.at): r for r in connection.execute(entries.where(journal.c.kind == Kind.CHANGE.value))}
    looked = {r.record for r in connection.execute(entries.where(journal.c.kind == Kind.SETTLED.value))}
    answers = (
        select(receipts.c.intent, receipts.c.at, intents.c.run)
        .select_from(receipts.join(intents))
        .where(intents.c.kypek == kypek, receipts.c.outcome.in_([outcome.value for outcome in CHANGED]))
    )
    made = {(row.intent, stamp(row.at)): row.run for row in connection.execute(answers)}
    found = [
        Unexplained("receipt", intent, run)
        for (intent, at), run in made.items()
        if (intent, at) not in told and (begun is None or at >= begun)
    ]
    silent = (
        select(intents.c.id, intents.c.run, intents.c.opened)
        .select_from(intents.outerjoin(receipts))
        .where(intents.c.kypek == kypek, intents.c.settled.is_(True), receipts.c.intent.is_(None))
    )
    found += [
        Unexplained("look-up", row.id, row.run)
        for row in connection.execute(silent)
        if row.id not in looked and (begun is None or stamp(row.opened) >= begun)
    ]
    found += [
        Unexplained("entry", row.number, row.run)
        for key, row in told.items()
        if key not in made and oldest is not None and row.at >= stamp(oldest)
    ]
    return sorted(found, key=lambda one: (one.what, one.number))
