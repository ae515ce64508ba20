"""What a pass did, for people and machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kypek_sync.contract import Change, Outcome, Receipt
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.cursors import How
from kypek_sync.ledger.plans import Plan, Stand
from kypek_sync.sync.directory.due import Why
from kypek_sync.sync.directory.leaving import Goer
from kypek_sync.sync.planning.aside import Aside
from kypek_sync.sync.planning.guard import Held

GLAD = "recognised here by their keys"
"""What a note of the directory's lane says that keeps nothing back: people of another directory are known in this one
too (`directory.recording`, `directory.incremental`)."""


@dataclass(frozen=True, slots=True)
class DirectoryStory:
    """How the directory was read: everything (and `why`), only what changed, or nothing; when everything was last read
    (aware UTC; None: never), and a `remark` in a sentence on what was odd and needs nobody."""

    how: How
    why: Why | None
    full_at: datetime | None
    remark: str = ""


@dataclass
class LaneReport:
    """One pass of one lane. `counts` are figures worth showing, by a stable word; `problems` whole sentences; `notes`
    are mistakes in programmes that keep a seminar back; `waiting` are changes that were planned and neither applied
    nor held (a dry run); `aside` are changes that are left alone; `plan` all that the pass wanted, as it stood after
    the guards; `leaving` who is on the way out of the directory;
    `looked` are (system, seminar) that the pass could judge; `left_in_peace` says, in a sentence
    for each, which connectors were not asked because they keep failing; `skipped` who else has the lane; `paused` that
    people paused what the lane is for, which is no error; `directory` how that was read; `over` what a plan in a file
    asks for and nobody wants any more, so that nothing is left to do about it; `put_off` what of `done` was
    not even asked for, because another change or its system has to be well first."""

    kypek: str
    lane: str
    run: int | None = None
    done: list[tuple[Change, Receipt]] = field(default_factory=list)
    held: list[tuple[int | None, Held]] = field(default_factory=list)
    waiting: list[Change] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    plan: Plan | None = None
    leaving: tuple[Goer, ...] = ()
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looked: frozenset[tuple[str, str]] = frozenset()
    counts: dict[str, int] = field(default_factory=dict)
    skipped: str = ""
    left_in_peace: list[str] = field(default_factory=list)
    paused: str = ""
    directory: DirectoryStory | None = None
    over: list[Change] = field(default_factory=list)
    put_off: list[Change] = field(default_factory=list)

    @property
    def failed(self) -> list[tuple[Change, Receipt]]:
        """Changes that do not stand."""
        return [(change, receipt) for change, receipt in self.done if not receipt.stands]

    @property
    def remarks(self) -> list[str]:
        """Of the notes, the good news: nobody has to do anything about them."""
        return [note for note in self.notes if GLAD in note]

    @property
    def kept_back(self) -> list[str]:
        """Of the notes, those that somebody has to do something about."""
        return [note for note in self.notes if GLAD not in note]

    @property
    def outcome(self) -> str:
        """`failed` (problems and nothing done), `partly`, `held`, `observed` (changes that are only shown), `done`,
        `skipped` (somebody else has the lane), or `paused`."""
        if self.skipped or self.paused:
            return "skipped" if self.skipped else "paused"
        if self.problems or self.left_in_peace or self.failed:
            return "partly" if any(receipt.stands for _, receipt in self.done) else "failed"
        if self.waiting_for_somebody or self.kept_back:
            return "held"
        return "observed" if self.only_shown else "done"

    @property
    def rejected(self) -> frozenset[int]:
        """The holds that a person rejected whose changes are still wanted: nothing of them waits for anybody."""
        standings = [standing for standing, _ in self.plan.groups()] if self.plan is not None else []
        return frozenset(s.hold for s in standings if s.stand is Stand.REJECTED and s.hold is not None)

    @property
    def asked(self) -> list[tuple[int | None, Held]]:
        """What is held and no person has rejected."""
        rejected = self.rejected
        return [(number, held) for number, held in self.held if number not in rejected]

    @property
    def waiting_for_somebody(self) -> list[tuple[int, Held]]:
        """What is held and a person can approve, with the number of the hold."""
        return [(number, held) for number, held in self.asked if number is not None]

    @property
    def only_shown(self) -> list[Held]:
        """What a system in `observe` would be changed in: nobody is asked, and nothing can be approved."""
        return [held for number, held in self.asked if number is None]

    @property
    def changed(self) -> int:
        """How many changes were made in foreign systems."""
        return sum(receipt.outcome is Outcome.DONE for _, receipt in self.done)

    def as_dict(self) -> dict[str, Any]:
        """For machines: stable, sorted, no moments."""
        return {
            "kypek": self.kypek,
            "lane": self.lane,
            "run": self.run,
            "outcome": self.outcome,
            "counts": dict(sorted(self.counts.items())),
            "done": [{"change": dump(c), "receipt": dump(r)} for c, r in self.done],
            "held": [
                {"hold": number, "guard": h.guard, "seminar": h.seminar, "system": h.system, "why": str(h.why)}
                | {"said": h.why.stored, "changes": [dump(c) for c in h.changes]}
                for number, h in self.held
            ],
            "waiting": [dump(c) for c in self.waiting],
            "aside": [{"reason": a.reason.value, "change": dump(a.change), "why": a.why} for a in self.aside],
            "leaving": [goer.as_dict() for goer in self.leaving if goer.places],
            "problems": self.problems,
            "left_in_peace": self.left_in_peace,
            "notes": self.notes,
            "paused": self.paused,
            "over": [dump(c) for c in self.over],
            "put_off": len(self.put_off),
            "directory": {"read": self.directory.how.value, "why": self.directory.why, "remark": self.directory.remark}
            if self.directory
            else None,
            "looked": sorted(list(one) for one in self.looked),
        }


def exit_code(reports: list[LaneReport], *, dry: bool = False) -> int:
    """0 done or nothing to do; 1 an error, also when part was applied or somebody else is at work; 2 differences found
    (dry, or in a system that is only observed) or only held."""
    if any(report.problems or report.left_in_peace or report.failed or report.skipped for report in reports):
        return 1
    if any(report.asked or report.kept_back for report in reports) or (
        dry and any(report.waiting for report in reports)
    ):
        return 2
    return 0
