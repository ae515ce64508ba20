"""Carries out a guarded plan: intent → call → receipt, each committed (design, rule 8).

Changes of one verb on one course go out together. One bad item never blocks others; a system that fails is left alone
for the rest of the pass; an outcome that is not clear is looked up at the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection

from kypek_sync.contract import (
    Ambiguous,
    Change,
    ConnectorError,
    Outcome,
    Receipt,
    SkipThis,
    StopConnector,
    TryLater,
    Verb,
)
from kypek_sync.ledger import Ledger, runs
from kypek_sync.model import Clock

BATCH = 200
"""Changes recorded as intended and asked for together; connectors divide further as their server wants."""
PATIENCE = 3
"""Failures in a row after which a system is left alone for the rest of the pass."""

Call = Callable[[Sequence[Change]], Sequence[Receipt]]
"""Asks the foreign system for changes of one kind; one receipt each, in order. Raises `ConnectorError`."""

Remember = Callable[[Connection, Change, Receipt], None]
"""Records what a receipt teaches (bindings, claims) in the transaction that records the receipt."""


class NotYet(TryLater):
    """Something of ours has to be there first: says nothing about the system."""


def print_nothing(count: int) -> None:
    """Progress for nobody: a pipe, a test, the daemon."""
    del count


@dataclass
class Applier:
    """Applies changes with the calls and memories of one lane. `still_ours` raises when the lease was lost; `done` has
    what was answered until then."""

    ledger: Ledger
    clock: Clock
    kypek: str
    run: int
    calls: dict[Verb, Call]
    remember: Remember
    still_ours: Callable[[], None]
    progress: Callable[[int], None] = print_nothing
    done: list[tuple[Change, Receipt]] = field(default_factory=list)
    _down: dict[str, str] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)
    _broken: set[tuple[str, str]] = field(default_factory=set)

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply in order; a receipt for every change goes to `done` as it is made, whatever ends the rest."""
        for batch in _batches(changes):
            self.done += self._batch(batch)
            self.progress(len(batch))

    def _batch(self, batch: Sequence[Change]) -> list[tuple[Change, Receipt]]:
        target = batch[0].target
        if why := self._down.get(target.system):
            return [(change, Receipt(Outcome.LATER, detail=why)) for change in batch]
        if (target.system, target.seminar) in self._broken:
            why = "It needs the course, which could not be made in this pass."
            return [(change, Receipt(Outcome.LATER, detail=why)) for change in batch]
        self.still_ours()
        with self.ledger.begin() as connection:
            intents = runs.intend(connection, self.run, self.kypek, batch, self.clock())
        receipts = self._ask(batch)
        with self.ledger.begin() as connection:
            for intent, change, receipt in zip(intents, batch, receipts, strict=True):
                runs.receive(connection, intent, receipt, self.clock())
                self.remember(connection, change, receipt)
        self._learn(batch, receipts)
        return list(zip(batch, receipts, strict=True))

    def _ask(self, batch: Sequence[Change]) -> Sequence[Receipt]:
        system = batch[0].target.system
        try:
            receipts = self.calls[batch[0].verb](batch)
            self._failures[system] = 0
            return receipts
        except Ambiguous as error:
            outcome, detail = Outcome.AMBIGUOUS, str(error)
            self._failed(system, error)
        except SkipThis as error:
            outcome, detail = Outcome.REFUSED, str(error)
        except NotYet as error:
            outcome, detail = Outcome.LATER, str(error)
        except ConnectorError as error:
            outcome, detail = Outcome.LATER, str(error)
            self._failed(system, error)
        return [Receipt(outcome, detail=detail)] * len(batch)

    def _failed(self, system: str, error: ConnectorError) -> None:
        self._failures[system] = self._failures.get(system, 0) + 1
        if isinstance(error, StopConnector) or self._failures[system] >= PATIENCE:
            self._down[system] = str(error)

    def _learn(self, batch: Sequence[Change], receipts: Sequence[Receipt]) -> None:
        """What depends on a course that was not made waits for the next pass."""
        if batch[0].verb in (Verb.CREATE_COURSE, Verb.ADOPT_COURSE):
            for change, receipt in zip(batch, receipts, strict=True):
                if not receipt.stands:
                    self._broken.add((change.target.system, change.target.seminar))


def _batches(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    def kind(change: Change) -> tuple[str, str, str, str]:
        target = change.target
        return change.verb.value, target.system, target.seminar, target.object

    for _, group in groupby(changes, key=kind):
        yield from _pieces(list(group))


def _pieces(changes: list[Change]) -> Iterable[Sequence[Change]]:
    return (changes[start : start + BATCH] for start in range(0, len(changes), BATCH))
