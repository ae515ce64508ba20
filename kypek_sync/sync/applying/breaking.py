"""Keeps a pass away from connectors that keep failing, and tells when that begins and ends, once (design, rule 18).

What a pass of the daemon may not ask is `shut` for it: nothing of that system is read or written, so nothing is removed
for it either, and the report has one line. Whoever makes a pass by hand is there to see what happens: such a pass tries
at any time, and its success lets everybody else go on. A dry pass tries too and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

import structlog

from kypek_sync.contract import ConnectorError, StopConnector, TryLater
from kypek_sync.ledger import Ledger, breakers
from kypek_sync.ledger.breakers import Breaker
from kypek_sync.model import Clock, local

log = structlog.get_logger(__name__)


class LeftInPeace(TryLater):
    """The connector is not asked in this pass: its breaker is open."""


class Breakers:
    """The circuit breakers as one pass sees them. `by_hand`: a person makes the pass. `keep`: what it learns is
    recorded; a dry pass learns nothing. Raises `LedgerError`."""

    def __init__(self, ledger: Ledger, clock: Clock, *, by_hand: bool = False, keep: bool = True) -> None:
        self.ledger = ledger.unfenced  # how a server answers is a fact, whoever has the lane
        self.clock = clock
        self.by_hand = by_hand
        self.keep = keep
        self._answers: dict[str, LeftInPeace | None] = {}
        self._trials: set[str] = set()
        self._sound: set[str] = set()

    def __enter__(self) -> Breakers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A pass that was let in to try and then had nothing to ask leaves the try to the next one."""
        if self.keep and self._trials:
            with self.ledger.begin() as connection:
                breakers.half_open(connection, self._trials, self.clock())

    def shut(self, system: str) -> LeftInPeace | None:
        """None if this pass may ask the connector; else why not. The answer stands for the whole pass."""
        if system not in self._answers:
            self._answers[system] = self._ask(system)
        return self._answers[system]

    @property
    def left_in_peace(self) -> list[LeftInPeace]:
        """What this pass was kept away from."""
        return [why for _, why in sorted(self._answers.items()) if why is not None]

    def failed(self, system: str, error: ConnectorError) -> None:
        """The connector failed in a way that says something about its server."""
        self._sound.discard(system)
        if not self.keep or isinstance(error, LeftInPeace):
            return
        with self.ledger.begin() as connection:
            opened = breakers.failed(
                connection,
                system,
                str(error),
                self.clock(),
                stopped=isinstance(error, StopConnector),
                trial=system in self._trials,
                after=error.after if isinstance(error, TryLater) else None,
            )
        self._trials.discard(system)  # one try lengthens its time once
        if opened is not None and opened.until is not None:
            self._log("connector left in peace", system=system, until=opened.until.isoformat(), why=opened.message)

    def succeeded(self, system: str) -> None:
        """The connector answered as it should."""
        if not self.keep or system in self._sound:
            return
        self._sound.add(system)
        self._trials.discard(system)
        with self.ledger.begin() as connection:
            closed = breakers.succeeded(connection, system)
        if closed is not None and closed.opened is not None:
            self._log("connector answers again", system=system, since=closed.opened.isoformat())

    def _log(self, event: str, **facts: object) -> None:
        """Whoever gave a command reads it in the report, in their language; a daemon's lines are all that is there."""
        (log.info if self.by_hand else log.warning)(event, **facts)

    def heard(self, system: str, errors: Iterable[ConnectorError], answers: int) -> None:
        """How one connector did in a round of reading: one answer makes it sound, unless it wants a person."""
        found = [error for error in errors if not isinstance(error, LeftInPeace)]
        stops = [error for error in found if isinstance(error, StopConnector)]
        if stops or (found and not answers):
            self.failed(system, (stops or found)[0])
        elif answers:
            self.succeeded(system)

    def _ask(self, system: str) -> LeftInPeace | None:
        with self.ledger.begin(keep=self.keep) as connection:
            found = breakers.get(connection, system)
            if found is None or found.opened is None:
                return None
            why = None if self.by_hand or not self.keep else breakers.admit(connection, system, self.clock())
        if why is None:
            self._trials.add(system)
            return None
        return _sentence(why)


def _sentence(one: Breaker) -> LeftInPeace:
    until = f"{local(one.until):%d/%m/%Y %H:%M:%S}" if one.until else "the next pass"
    since = f"{local(one.opened):%d/%m/%Y %H:%M}" if one.opened else "now"
    return LeftInPeace(
        one.system,
        f"It fails since {since} and is left in peace until {until}; nothing is read from it, nothing is changed "
        f"there. It failed with: {one.message}",
        hint="`kypek-sync sync` tries at once.",
    )
