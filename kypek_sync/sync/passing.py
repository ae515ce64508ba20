"""One pass of one lane under way: what all lanes have in common, from the run's begin to its report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog

from kypek_sync.contract import Change, Verb
from kypek_sync.ledger import runs, setbacks
from kypek_sync.ledger.pauses import NOTHING, Paused
from kypek_sync.settings import Limits
from kypek_sync.sync.applying.apply import Applier, Call, NobodyWatches, Remember
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.aside import Aside, Reason
from kypek_sync.sync.planning.periods import active
from kypek_sync.sync.report import LaneReport

log = structlog.get_logger(__name__)

Progress = Callable[[str, int], None]
"""Told `("total", n)` when n changes are about to be applied and `("done", n)` as they are."""


def silent(word: str, count: int) -> None:
    """Progress for nobody."""
    del word, count


@dataclass
class Pass:
    """One pass under way. `only` limits what may be applied to these changes (`apply FILE`); `undoes` is the run that
    this pass takes back, if it is an undo; `paused` is what people paused when it began; `by_hand`: a person makes
    it."""

    inst: Installation
    kypek: str
    lane: str
    dry: bool
    report: LaneReport
    still_ours: Callable[[], None]
    only: frozenset[Change] | None = None
    progress: Progress = field(default=silent)
    undoes: int | None = None
    paused: Paused = NOTHING
    by_hand: bool = False

    def begin(self) -> None:
        """Open the run that everything of this pass belongs to; a dry pass has none."""
        if not self.dry:
            with self.inst.ledger.begin() as connection:
                self.report.run = runs.begin_run(connection, self.kypek, self.lane, self.inst.clock(), self.undoes)

    def limits(self) -> Limits:
        """The KYPEK's limits, or those of an announced period that includes today (by the calendar of Athens)."""
        period = active(self.inst.loaded.settings.announced_periods, self.inst.clock())
        return period.limits if period else self.inst.kypek(self.kypek).limits

    def announced(self) -> date | None:
        """The last day of the announced period that is on, None when the usual limits hold."""
        period = active(self.inst.loaded.settings.announced_periods, self.inst.clock())
        return period.ends if period else None

    def carry_out(
        self,
        passed: Sequence[Change],
        calls: dict[Verb, Call],
        remember: Remember,
        across: Collection[tuple[str, Verb]] = (),
    ) -> None:
        """Apply what the guards let pass; a dry pass only shows it. `across` as in `Applier`."""
        wanted: list[Change] = []
        for change in passed:
            asked = self.only is None or change.bare in self.only
            (wanted if asked else self.report.waiting).append(change)
        if self.dry:
            self.report.waiting = list(passed)
            return
        if self.report.run is None:
            return
        wanted = self._troubled_last(self._without_those_left_in_peace(wanted))
        self.progress("total", len(wanted))
        applier = Applier(
            ledger=self.inst.ledger,
            clock=self.inst.clock,
            kypek=self.kypek,
            run=self.report.run,
            calls=calls,
            remember=remember,
            still_ours=self.still_ours,
            progress=lambda count: self.progress("done", count),
            done=self.report.done,
            put_off=self.report.put_off,
            lane=self.lane,
            watcher=self.inst.breakers or NobodyWatches(),
            across=across,
        )
        applier.apply(wanted)

    def _without_those_left_in_peace(self, wanted: list[Change]) -> list[Change]:
        """What may be asked for: changes of a connector whose breaker is open wait, and nobody failed."""
        why = {system: self.inst.shut(system) for system in {change.target.system for change in wanted}}
        for change in wanted:
            if (reason := why[change.target.system]) is not None:
                self.report.aside.append(Aside(Reason.RESTING, change, str(reason)))
        return [change for change in wanted if why[change.target.system] is None]

    def _troubled_last(self, wanted: list[Change]) -> list[Change]:
        """The courses that did not succeed at the last try come after all others, those tried most often last: a system
        is left alone after a few failures in a row, and what fails every time would keep everything behind it waiting
        for ever. Changes of one course keep their order."""
        with self.inst.ledger.begin(keep=False) as connection:
            those = setbacks.listed(connection, self.kypek, lane=self.lane)
        troubled: dict[tuple[str, str], int] = {}
        for one in those:
            key = one.target.key
            troubled[key] = max(troubled.get(key, 0), one.attempts)
        return sorted(wanted, key=lambda change: troubled.get(change.target.key, 0))

    def end(self) -> None:
        """Close the run with its report."""
        report = self.report
        if report.run is not None:
            with self.inst.ledger.begin() as connection:
                runs.end_run(connection, report.run, report.outcome, report.as_dict(), self.inst.clock())
        figures = {word.replace(" ", "_"): number for word, number in report.counts.items()}
        log.info("pass", outcome=report.outcome, changed=report.changed, **figures)
