"""Carries out a guarded plan: intent → call → receipt, each committed (design, rule 8).

Changes of one verb on one course go out together, and where a system takes them so (`across`) those of several courses
that follow each other. One bad item never blocks others: a batch that is refused as a whole
is halved until the bad ones are found (`bisect`), under the intents that were recorded for the whole; what is not clear
is never halved, because it must be looked at before anything is sent again. A system that fails is left alone for the
rest of the pass; an outcome that is not clear is looked up at the next one. What did not succeed is a setback, which
tells when it is tried again. A call that a connector divides asks before each of its writes whether the lane is still
ours (rule 11): if not, no more is sent, what was sent is looked at and kept as a fact, and the pass ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Protocol

from sqlalchemy import Connection

from kypek_sync.contract import (
    Ambiguous,
    Change,
    ConnectorError,
    Outcome,
    Receipt,
    SkipThis,
    StopConnector,
    Target,
    TryLater,
    Verb,
    asked_before_writes,
)
from kypek_sync.ledger import Ledger, LedgerError, runs, setbacks
from kypek_sync.ledger.leases import LeaseLost
from kypek_sync.model import Clock
from kypek_sync.sync.applying.bisect import bisected
from kypek_sync.sync.lease import Stopped

BATCH = 200
"""Changes recorded as intended and asked for together; connectors divide further as their server wants."""
PATIENCE = 3
"""Failures in a row after which a system is left alone for the rest of the pass."""

_TOGETHER = frozenset({Verb.REMOVE_EVENT, Verb.ADD_EVENT})
"""Of these all of one course go out together, whatever object they are about."""

Call = Callable[[Sequence[Change]], Sequence[Receipt]]
"""Asks the foreign system for changes of one kind; one receipt each, in order. Raises `ConnectorError`."""

Answered = Sequence[tuple[Change, Receipt]]
"""Changes that were asked for together, each with its receipt."""

Remember = Callable[[Connection, Answered], None]
"""Records what receipts teach (bindings, claims) in the transaction that records the receipts."""


class NotYet(TryLater):
    """Something of ours has to be there first: says nothing about the system."""


Intended = tuple[int, Change]
"""A change with the intent that was recorded for it."""


class Watcher(Protocol):
    """Hears how systems answer: the circuit breakers (`sync.breaking`)."""

    def failed(self, system: str, error: ConnectorError) -> None:
        """A call failed in a way that says something about the system."""

    def succeeded(self, system: str) -> None:
        """A call was answered."""


class NobodyWatches:
    """For an applier by itself."""

    def failed(self, system: str, error: ConnectorError) -> None:
        """Nothing is remembered."""

    def succeeded(self, system: str) -> None:
        """Nothing is remembered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gave: a receipt for each change. `whole`: refused as a whole, so nothing was changed. `tried`: it
    was really asked, so a failure counts as a setback; with `after` the server said when to come back."""

    receipts: Sequence[Receipt]
    whole: bool = False
    tried: bool = True
    after: timedelta | None = None


def print_nothing(count: int) -> None:
    """Progress for nobody: a pipe, a test, the daemon."""
    del count


@dataclass
class Applier:
    """Applies changes with the calls and memories of one lane. `still_ours` raises when the lease was lost; `done` has
    what was answered until then, `put_off` what of it was not even asked for: it waits for another change or system.
    `across` are the systems with the verbs of which they take changes in several courses together."""

    ledger: Ledger
    clock: Clock
    kypek: str
    run: int
    calls: dict[Verb, Call]
    remember: Remember
    still_ours: Callable[[], None]
    progress: Callable[[int], None] = print_nothing
    done: list[tuple[Change, Receipt]] = field(default_factory=list)
    lane: str = ""
    watcher: Watcher = field(default_factory=NobodyWatches)
    put_off: list[Change] = field(default_factory=list)
    across: Collection[tuple[str, Verb]] = frozenset()
    _down: dict[str, str] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)
    _broken: set[tuple[str, str]] = field(default_factory=set)
    _lost: LeaseLost | LedgerError | None = None

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply in order; a receipt for every change goes to `done` as it is made, whatever ends the rest."""
        for batch in _batches(changes, self.across):
            self._batch(self._possible(batch))
            self.progress(len(batch))

    def _possible(self, batch: Sequence[Change]) -> Sequence[Change]:
        """What of a batch can be asked for; the others have their answer."""
        possible = []
        for change in batch:
            if why := self._not_now(change.target):
                self.done.append((change, Receipt(Outcome.LATER, detail=why)))
                self.put_off.append(change)
            else:
                possible.append(change)
        return possible

    def _batch(self, batch: Sequence[Change]) -> None:
        if not batch:
            return
        self.still_ours()
        with self.ledger.begin() as connection:
            intents = runs.intend(connection, self.run, self.kypek, batch, self.clock())
        intended = list(zip(intents, batch, strict=True))
        for part, answer in bisected(intended, self._ask, lambda answer: answer.whole):
            self._record(part, answer)
            if self._lost is not None:
                raise self._lost

    def _not_now(self, target: Target) -> str:
        """Why nothing is asked of a system, or about a course on it, for the rest of this pass; else an empty word."""
        if target.key in self._broken:
            return "It needs the course, which could not be made in this pass."
        return self._down.get(target.system, "")

    def _record(self, part: Sequence[Intended], answer: Answer) -> None:
        """Keep what was answered and what it teaches. Where the lane was lost meanwhile the answers are kept all the
        same, and nothing else; their intents stay open, so that whoever has the lane now looks for itself.

        Raises `LeaseLost`."""
        intents = [intent for intent, _ in part]
        answered = [(change, receipt) for (_, change), receipt in zip(part, answer.receipts, strict=True)]
        now = self.clock()
        try:
            with self.ledger.begin() as connection:
                runs.receive_all(connection, list(zip(intents, answer.receipts, strict=True)), now)
                self.remember(connection, answered)
                if answer.tried:
                    tried = [pair for pair in answered if self._lost is None or pair[1].outcome is not Outcome.LATER]
                    setbacks.note_all(connection, self.kypek, self.lane, tried, now, answer.after)
        except LeaseLost:
            with self.ledger.unfenced.begin() as connection:
                runs.receive_all(connection, list(zip(intents, answer.receipts, strict=True)), now)
                runs.reopen(connection, intents)
            self.done += answered
            raise
        self.done += answered
        if not answer.tried:
            self.put_off += [change for change, _ in answered]
        self._learn(answered)

    def _ask(self, part: Sequence[Intended]) -> Answer:
        """Ask for some of a batch, if the system still answers and the lane is still ours."""
        changes = [change for _, change in part]
        system = changes[0].target.system
        if why := self._down.get(system):  # it went away while the batch was being divided
            return Answer([Receipt(Outcome.LATER, detail=why)] * len(part), tried=False)
        self.still_ours()
        whole, tried, after = False, True, None
        try:
            with asked_before_writes(lambda: self._before_a_write(system)):
                receipts = self.calls[changes[0].verb](changes)
            self._failures[system] = 0
            self.watcher.succeeded(system)
            return Answer(receipts)
        except Ambiguous as error:
            outcome, detail = Outcome.AMBIGUOUS, str(error)
            self._failed(system, error)
        except SkipThis as error:
            outcome, detail, whole = Outcome.REFUSED, str(error), True
        except NotYet as error:
            outcome, detail, tried = Outcome.LATER, str(error), False
            whole = len({(change.target.key, change.target.object) for change in changes}) > 1  # others may be there
        except ConnectorError as error:
            outcome, detail = Outcome.LATER, str(error)
            after = error.after if isinstance(error, TryLater) else None
            tried = self._lost is None
            if tried:
                self._failed(system, error)
        return Answer([Receipt(outcome, detail=detail)] * len(part), whole, tried, after)

    def _before_a_write(self, system: str) -> None:
        """Whether a call may send one more write. Raises `TryLater` if not; told to stop, it ends what it began."""
        try:
            self.still_ours()
        except Stopped:
            return
        except (LeaseLost, LedgerError) as error:
            self._lost = error
            raise TryLater(system, "The work passed to somebody else meanwhile; no more is sent.") from error

    def _failed(self, system: str, error: ConnectorError) -> None:
        self.watcher.failed(system, error)
        self._failures[system] = self._failures.get(system, 0) + 1
        if isinstance(error, StopConnector) or self._failures[system] >= PATIENCE:
            self._down[system] = str(error)

    def _learn(self, answered: Sequence[tuple[Change, Receipt]]) -> None:
        """What depends on a course that was not made waits for the next pass."""
        for change, receipt in answered:
            if change.verb in (Verb.CREATE_COURSE, Verb.ADOPT_COURSE) and not receipt.stands:
                self._broken.add(change.target.key)


def _batches(changes: Sequence[Change], across: Collection[tuple[str, Verb]]) -> Iterator[Sequence[Change]]:
    def kind(change: Change) -> tuple[str, str, str, str]:
        target = change.target
        if (target.system, change.verb) in across:
            return change.verb.value, target.system, "", ""
        return change.verb.value, target.system, target.course, "" if change.verb in _TOGETHER else target.object

    for _, group in groupby(changes, key=kind):
        yield from _pieces(list(group))


def _pieces(changes: list[Change]) -> Iterable[Sequence[Change]]:
    return (changes[start : start + BATCH] for start in range(0, len(changes), BATCH))
