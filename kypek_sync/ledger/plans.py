"""The plan of a pass as a value: what is to change, in order, and how each change stands. Kept with its run.

A pass in which nothing is to change has no plan. Retention is that of the run: it takes its plan along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger.care_tables import plans
from kypek_sync.ledger.holds import fingerprint

_UNSAID = Sentence("")


class Stand(StrEnum):
    """How a wanted change stands: free to be made, kept back by a guard, rejected by a person, or left alone."""

    FREE = "free"
    HELD = "held"
    REJECTED = "rejected"
    PINNED = "pinned"
    PAUSED = "paused"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Standing:
    """How changes stand: `guard` kept them back; `hold` is the number under which they wait, were rejected, or (where
    they are free) were approved, None where there is nothing to decide; `why` says it to people. Shared by all changes
    that stand alike."""

    stand: Stand = Stand.FREE
    guard: str = ""
    hold: int | None = None
    why: Sentence = _UNSAID


FREE = Standing()


@dataclass(frozen=True, slots=True)
class Planned:
    """One change of a plan."""

    change: Change
    standing: Standing = FREE


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one pass of one lane, made at `at` (aware UTC). `changes` are in the order in which they would be
    made: by seminar, system, verb, target."""

    kypek: str
    lane: str
    at: datetime
    changes: tuple[Planned, ...]

    @property
    def hash(self) -> str:
        """The fingerprint of all its changes by the rule of holds: no times, run ids, reasons or standings."""
        return fingerprint([planned.change for planned in self.changes])

    def of(self, *stands: Stand) -> tuple[Change, ...]:
        """The changes that stand so, in order."""
        return tuple(planned.change for planned in self.changes if planned.standing.stand in stands)

    def groups(self) -> list[tuple[Standing, tuple[Change, ...]]]:
        """Changes that stand alike together: the free ones first, then by what keeps them back."""
        found: dict[Standing, list[Change]] = {}
        for planned in self.changes:
            found.setdefault(planned.standing, []).append(planned.change)
        order = tuple(Stand)
        return [
            (standing, tuple(changes))
            for standing, changes in sorted(
                found.items(),
                key=lambda pair: (order.index(pair[0].stand), pair[0].hold or 0, pair[0].guard, pair[0].why.stored),
            )
        ]


def store(connection: Connection, run: int, plan: Plan) -> None:
    """Keep the plan of a run; an empty one is not kept."""
    if plan.changes:
        connection.execute(insert(plans).values(run=run, hash=plan.hash, body=_dump(plan)))


def get(connection: Connection, run: int) -> Plan | None:
    """The plan of a run, None where nothing was to change or the run ended before it had one."""
    row = connection.execute(select(plans.c.body).where(plans.c.run == run)).first()
    return _load(row.body) if row else None


def _dump(plan: Plan) -> dict[str, Any]:
    """Plain JSON values. Sentences, reasons and standings, which many changes share, are written once."""
    sentences: dict[str, int] = {}
    because: dict[tuple[str, ...], int] = {}
    standings: dict[Standing, int] = {}
    changes = []
    for planned in plan.changes:
        change, target = planned.change, planned.change.target
        changes.append(
            [
                change.verb.value,
                [target.system, target.seminar, target.object, target.login, *([target.part] if target.part else [])],
                [list(pair) for pair in change.before],
                [list(pair) for pair in change.after],
                change.cause.value,
                because.setdefault(change.because, len(because)),
                standings.setdefault(planned.standing, len(standings)),
            ]
        )
    return {
        "kypek": plan.kypek,
        "lane": plan.lane,
        "at": plan.at.astimezone(UTC).isoformat(),
        "because": [[sentences.setdefault(one, len(sentences)) for one in reasons] for reasons in because],
        "sentences": list(sentences),
        "standings": [[s.stand.value, s.guard, s.hold, s.why.stored] for s in standings],
        "changes": changes,
    }


def _load(body: dict[str, Any]) -> Plan:
    sentences = body["sentences"]
    because = [tuple(sentences[one] for one in reasons) for reasons in body["because"]]
    standings = [
        Standing(Stand(stand), guard, hold, Sentence.read(why)) for stand, guard, hold, why in body["standings"]
    ]
    return Plan(
        body["kypek"],
        body["lane"],
        datetime.fromisoformat(body["at"]),
        tuple(
            Planned(
                Change(Verb(verb), Target(*target), _pairs(before), _pairs(after), because[reasons], Cause(cause)),
                standings[standing],
            )
            for verb, target, before, after, cause, reasons, standing in body["changes"]
        ),
    )


def _pairs(stored: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in stored)
