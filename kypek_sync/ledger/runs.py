"""Runs, the intents recorded before each foreign call, and the receipts recorded after it (design, rule 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from kypek_sync.contract import REMOVALS, Cause, Change, Outcome, Receipt, Target, Verb, part_of, seminar_of
from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.tables import intents, receipts, runs


@dataclass(frozen=True, slots=True)
class Run:
    """One pass of a lane. `outcome` is empty while it runs or if it died; then `done`, `held`, `observed`, `partly` or
    `failed`. `undoes` is the run that it takes back, None for every other pass."""

    id: int
    kypek: str
    lane: str
    started: datetime
    ended: datetime | None
    outcome: str
    report: dict[str, Any]
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that was attempted, with its receipt (None: the programme died in between)."""

    intent: int
    run: int
    change: Change
    opened: datetime
    receipt: Receipt | None


def begin_run(connection: Connection, kypek: str, lane: str, now: datetime, undoes: int | None = None) -> int:
    """A new run; its id. `undoes` is the run that it takes back."""
    identity = connection.execute(
        insert(runs).values(kypek=kypek, lane=lane, started=now, undoes=undoes).returning(runs.c.id)
    ).scalar_one()
    return int(identity)


def end_run(connection: Connection, run: int, outcome: str, report: dict[str, Any], now: datetime) -> None:
    """Close a run with its outcome and report."""
    connection.execute(update(runs).where(runs.c.id == run).values(ended=now, outcome=outcome, report=report))


def recent(
    connection: Connection, *, kypek: str = "", lane: str = "", changed: bool = False, limit: int = 20
) -> list[Run]:
    """The newest runs first; `changed`: only those that asked for a change, also if they broke off."""
    query = select(runs).order_by(runs.c.id.desc()).limit(limit)
    if lane:
        query = query.where(runs.c.lane == lane)
    if kypek:
        query = query.where(runs.c.kypek == kypek)
    if changed:
        query = query.where(runs.c.id.in_(select(intents.c.run)))
    return [_run(row) for row in connection.execute(query)]


def first_since(connection: Connection, kypeks: Collection[str], lane: str, since: datetime) -> datetime | None:
    """When the first run of a lane of these KYPEKs began after a moment; None if none did."""
    mine = runs.c.kypek.in_(sorted(kypeks)) & (runs.c.lane == lane) & (runs.c.started > since)
    return connection.execute(select(runs.c.started).where(mine).order_by(runs.c.started).limit(1)).scalar()


def get(connection: Connection, run: int) -> Run | None:
    """One run by its id."""
    row = connection.execute(select(runs).where(runs.c.id == run)).first()
    return _run(row) if row else None


def deeds(connection: Connection, *, run: int | None = None, login: str = "", seminar: str = "") -> list[Deed]:
    """Attempted changes in order, of a run or about a person or seminar."""
    query = select(intents, receipts.c.outcome, receipts.c.foreign_id, receipts.c.address, receipts.c.detail)
    query = query.select_from(intents.outerjoin(receipts)).order_by(intents.c.id)
    if run is not None:
        query = query.where(intents.c.run == run)
    if login:
        query = query.where(intents.c.login == login)
    if seminar:
        query = query.where(intents.c.seminar == seminar)
    return [_deed(row) for row in connection.execute(query)]


def undos(connection: Connection, kypek: str) -> list[Run]:
    """The runs of a KYPEK that take another one back, oldest first."""
    query = select(runs).where(runs.c.kypek == kypek, runs.c.undoes.is_not(None)).order_by(runs.c.id)
    return [_run(row) for row in connection.execute(query)]


def depth(connection: Connection, run: Run) -> int:
    """How many undos deep a run is: 0 for a pass of its own, 1 for one that takes that back, 2 for the undo of this."""
    count, one = 0, run
    while one.undoes is not None and (before := get(connection, one.undoes)) is not None:
        count, one = count + 1, before
    return count


def later(connection: Connection, kypek: str, those: Sequence[Deed]) -> dict[tuple[str, Target], list[Deed]]:
    """What we attempted at the same spots (aspect and target) since the first of these deeds, oldest first."""
    if not those:
        return {}
    spots = {(deed.change.verb.value.partition(".")[0], deed.change.target) for deed in those}
    query = (
        select(intents, receipts.c.outcome, receipts.c.foreign_id, receipts.c.address, receipts.c.detail)
        .select_from(intents.outerjoin(receipts))
        .where(intents.c.kypek == kypek, intents.c.id > min(deed.intent for deed in those))
        .where(intents.c.seminar.in_(sorted({target.seminar for _, target in spots})))
        .order_by(intents.c.id)
    )
    found: dict[tuple[str, Target], list[Deed]] = {}
    for row in connection.execute(query):
        spot = row.verb.partition(".")[0], Target(row.system, row.seminar, row.object, row.login, row.part)
        if spot in spots:
            found.setdefault(spot, []).append(_deed(row))
    return found


def intend(connection: Connection, run: int, kypek: str, changes: Sequence[Change], now: datetime) -> list[int]:
    """Record what is about to be asked of a foreign system; the intents' ids in order. Commit before calling."""
    rows = [
        {
            "run": run,
            "kypek": kypek,
            "verb": change.verb.value,
            "system": change.target.system,
            "seminar": change.target.seminar,
            "object": change.target.object,
            "login": change.target.login,
            "part": change.target.part,
            "body": dump(change),
            "opened": now,
            "settled": False,
        }
        for change in changes
    ]
    if not rows:
        return []
    made = connection.execute(insert(intents).returning(intents.c.id, sort_by_parameter_order=True), rows)
    return [int(identity) for identity in made.scalars()]


def receive(connection: Connection, intent: int, receipt: Receipt, now: datetime) -> None:
    """Record an answer, in the journal too. An ambiguous one leaves its intent unsettled: it must be looked up (rule
    8). One that stands settles earlier attempts at the same target too."""
    receive_all(connection, [(intent, receipt)], now)


def receive_all(connection: Connection, answers: Sequence[tuple[int, Receipt]], now: datetime) -> None:
    """Record the answers to a batch, each as `receive` does."""
    those = [intent for intent, _ in answers]
    query = select(intents.c.id, intents.c.run, intents.c.kypek, intents.c.body).where(intents.c.id.in_(those))
    asked = {row.id: (row.kypek, row.run, load(Change, row.body)) for row in connection.execute(query)}
    if answers:
        rows = [
            {
                "intent": intent,
                "at": now,
                "outcome": receipt.outcome.value,
                "foreign_id": receipt.foreign_id,
                "address": receipt.address,
                "detail": receipt.detail,
            }
            for intent, receipt in answers
        ]
        connection.execute(insert(receipts), rows)
    clear = [intent for intent, receipt in answers if receipt.outcome is not Outcome.AMBIGUOUS]
    connection.execute(update(intents).where(intents.c.id.in_(clear)).values(settled=True))
    for kypek in sorted({kypek for kypek, _, _ in asked.values()}):
        mine = [(intent, receipt, *asked[intent][1:]) for intent, receipt in answers if asked[intent][0] == kypek]
        journal_facts.answered(connection, kypek, [(run, i, change, r) for i, r, run, change in mine], now)
        stand = {(change.verb, change.target) for _, receipt, _, change in mine if receipt.stands}
        # whether we made another course is asked no more
        stand |= {(Verb.CREATE_COURSE, target) for verb, target in stand if verb is Verb.ADOPT_COURSE}
        settle(connection, _unsettled_of(connection, kypek, stand), now)


def reopen(connection: Connection, those: Sequence[int]) -> None:
    """These intents were answered, and what follows from the answers was not recorded: somebody has to look again."""
    connection.execute(update(intents).where(intents.c.id.in_(those)).values(settled=False))


def unsettled(connection: Connection, kypek: str, verb: Verb, target: Target) -> list[int]:
    """Intents for the same target that never got a clear answer: the call may have been done."""
    query = select(intents.c.id).where(
        intents.c.kypek == kypek,
        intents.c.verb == verb.value,
        intents.c.system == target.system,
        intents.c.seminar == target.seminar,
        intents.c.object == target.object,
        intents.c.login == target.login,
        intents.c.part == target.part,
        intents.c.settled.is_(False),
    )
    return [int(row.id) for row in connection.execute(query.order_by(intents.c.id))]


def _unsettled_of(connection: Connection, kypek: str, those: Collection[tuple[Verb, Target]]) -> list[int]:
    """`unsettled` of all of these."""
    if not those:
        return []
    query = select(intents).where(
        intents.c.kypek == kypek,
        intents.c.settled.is_(False),
        intents.c.verb.in_(sorted({verb.value for verb, _ in those})),
        intents.c.seminar.in_(sorted({target.seminar for _, target in those})),
    )
    return [
        int(row.id)
        for row in connection.execute(query.order_by(intents.c.id))
        if (Verb(row.verb), Target(row.system, row.seminar, row.object, row.login, row.part)) in those
    ]


def enrolled(connection: Connection, kypek: str, system: str, course: str, login: str) -> list[datetime]:
    """When we enrolled somebody in a course, oldest first, since we last took them out ourselves, or may have: of what
    never got a clear answer a beginning is no enrolment, and an end may be the reason why the next one was made. So
    nobody is taken for somebody whom others removed, on the strength of what we did ourselves."""
    return enrolled_by(connection, [(kypek, system, course)], login)


def enrolled_by(connection: Connection, those: Iterable[tuple[str, str, str]], login: str) -> list[datetime]:
    """When any of these, as (KYPEK, system, course), enrolled somebody: they have one course on the platform, so that
    what one of them ended is ended for all."""
    places = or_(
        *(
            (intents.c.kypek == kypek)
            & (intents.c.system == system)
            & (intents.c.seminar == seminar_of(course))
            & (intents.c.part == part_of(course))
            for kypek, system, course in those
        )
    )
    query = (
        select(intents.c.verb, intents.c.opened, receipts.c.outcome)
        .select_from(intents.outerjoin(receipts))
        .where(places, intents.c.login == login, intents.c.verb.in_([Verb.ENROL.value, Verb.UNENROL.value]))
        .order_by(intents.c.id)
    )
    found: list[datetime] = []
    for row in connection.execute(query):
        if row.verb == Verb.ENROL.value:
            found += [row.opened] if row.outcome == Outcome.DONE.value else []
        elif row.outcome in (Outcome.DONE.value, Outcome.AMBIGUOUS.value, None):
            found = []
    return found


def ended(connection: Connection, kypek: str, system: str, course: str, login: str) -> list[datetime]:
    """When we took somebody out of a course, or may have, oldest first."""
    query = (
        select(intents.c.opened, receipts.c.outcome)
        .select_from(intents.outerjoin(receipts))
        .where(
            intents.c.kypek == kypek,
            intents.c.system == system,
            intents.c.seminar == seminar_of(course),
            intents.c.part == part_of(course),
            intents.c.login == login,
            intents.c.verb == Verb.UNENROL.value,
        )
        .order_by(intents.c.id)
    )
    maybe = (Outcome.DONE.value, Outcome.AMBIGUOUS.value, None)
    return [row.opened for row in connection.execute(query) if row.outcome in maybe]


def open_intents(connection: Connection, kypek: str, verbs: Sequence[Verb]) -> list[Deed]:
    """All intents of these verbs that never got a clear answer, oldest first."""
    query = (
        select(intents)
        .where(intents.c.kypek == kypek, intents.c.settled.is_(False), intents.c.verb.in_([v.value for v in verbs]))
        .order_by(intents.c.id)
    )
    return [Deed(r.id, r.run, load(Change, r.body), r.opened, None) for r in connection.execute(query)]


def settle(connection: Connection, those: Sequence[int], now: datetime) -> None:
    """The look-up answered: these intents need no more looking. The journal tells it: what was asked for may have been
    done without an answer that we got."""
    if not those:
        return
    query = select(intents.c.id, intents.c.run, intents.c.kypek, intents.c.body).where(
        intents.c.id.in_(those), intents.c.settled.is_(False)
    )
    by_kypek: dict[str, list[tuple[int, int, Change]]] = {}
    for row in connection.execute(query.order_by(intents.c.id)):
        by_kypek.setdefault(row.kypek, []).append((row.run, row.id, load(Change, row.body)))
    connection.execute(update(intents).where(intents.c.id.in_(those)).values(settled=True))
    for kypek, found in sorted(by_kypek.items()):
        journal_facts.settled(connection, kypek, found, now)


def _run(row: Any) -> Run:
    return Run(row.id, row.kypek, row.lane, row.started, row.ended, row.outcome, dict(row.report or {}), row.undoes)


def _deed(row: Any) -> Deed:
    receipt = None
    if row.outcome is not None:
        receipt = Receipt(Outcome(row.outcome), row.foreign_id, row.address, row.detail)
    return Deed(row.id, row.run, load(Change, row.body), row.opened, receipt)


def removed_since(connection: Connection, kypek: str, since: datetime) -> frozenset[tuple[str, str]]:
    """The seats, as (seminar, login), lost since a moment by removals inferred from absence or changed data (design,
    rule 5). Somebody who leaves a group, its course and a mirror lost one seat."""
    query = (
        select(intents.c.body)
        .select_from(intents.join(receipts))
        .where(
            intents.c.kypek == kypek,
            intents.c.opened >= since,
            intents.c.verb.in_([verb.value for verb in REMOVALS]),
            receipts.c.outcome == Outcome.DONE.value,
        )
    )
    removed = (load(Change, row.body) for row in connection.execute(query))
    return frozenset((c.target.seminar, c.target.login) for c in removed if c.cause in (Cause.INFERRED, Cause.REFUSED))
