"""Holds the lease of a lane while a pass runs: a heartbeat in a thread that dies with the process (design, rule 11).

What a pass may do after its lane was taken over (its process was stopped for a while, or its ledger was away):

- ask nothing more of a foreign system: `still_ours` is asked before each call, and a lease that it found to be ours
  lasts longer than the call can;
- decide nothing more: every transaction of the pass is fenced, that is, it looks again in the moment of its commit, and
  is rolled back if the lane has passed to somebody else. So no hold, seat, claim or binding of a pass that has lost its
  lane is ever kept, however long before it was worked out;
- say what was answered: a receipt of a call that had been sent is a fact, and the intent belongs to our run. It is
  recorded outside the fence, without what it would teach (claims, bindings), and its intent stays open, so that
  whoever works on the lane now looks at the foreign system and draws the conclusions (rule 8).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from kypek_sync.ledger import Ledger, LedgerError, leases
from kypek_sync.ledger.leases import LENGTH, LeaseLost
from kypek_sync.model import Clock, local

BEAT = 20.0
"""Seconds between heartbeats: several fit into the lease's length."""
MARGIN = timedelta(seconds=10)
"""Between the look at the lease and the first byte of the call: a turn at the server, a slow disk."""

__all__ = ["LENGTH", "FencedLedger", "LaneLease", "LaneTaken", "LeaseLost", "Stopped", "length_for", "this_machine"]

log = structlog.get_logger(__name__)


class LaneTaken(Exception):
    """Somebody else has the lane; the message names them."""


class Stopped(Exception):
    """We were told to stop: what is left is wanted again at the next pass."""


def this_machine() -> str:
    """The host's name and, on Linux, the space of its process numbers: two containers may share a name, not a space."""
    try:
        space = "".join(filter(str.isdigit, os.readlink("/proc/self/ns/pid")))
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{space}" if space else socket.gethostname()


def _died(holder: str) -> bool:
    """Whether a holder was a process of this machine that is gone: nobody has to wait for its lease to run out."""
    host, _, rest = holder.partition(":")
    process = rest.partition(":")[0]
    if host != this_machine() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def length_for(longest_call: timedelta) -> timedelta:
    """How long a lease must last where one foreign call may take this long: a lane that was taken over has no call of
    its former holder under way."""
    return max(LENGTH, longest_call + timedelta(seconds=BEAT) + MARGIN)


class LaneLease:
    """A context manager around one pass. `still_ours()` is asked before each foreign call; `ledger` is what the pass
    writes into (`FencedLedger`). `length` is how long the lease lasts without a heartbeat, `beat` the seconds between
    two of them."""

    def __init__(
        self,
        ledger: Ledger,
        kypek: str,
        lane: str,
        clock: Clock,
        *,
        length: timedelta = LENGTH,
        beat: float = BEAT,
    ) -> None:
        self.ledger = FencedLedger(ledger, self)
        self.kypek = kypek
        self.lane = lane
        self.clock = clock
        self.length = length
        self.beat = beat
        self.holder = f"{this_machine()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.fence = 0
        self._unfenced = ledger
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> LaneLease:
        """Take the lease. Raises `LaneTaken`."""
        now = self.clock()
        with self._unfenced.begin() as connection:
            fence = self._take(connection)
            other = leases.holder_of(connection, self.kypek, self.lane, now)
            if fence is None and _died(other):
                leases.break_dead(connection, self.kypek, self.lane, other)
                fence = self._take(connection)
            if fence is None:
                host, process, _ = (*other.split(":"), "", "", "")[:3]
                until = leases.ends(connection, self.kypek, self.lane) or now
                raise LaneTaken(
                    f"Lane {self.lane} of {self.kypek} is being worked on by process {process} on {host}. Wait until "
                    f"it is done; should it have died, the lane is free at {local(until):%H:%M:%S}."
                )
        self.fence = fence
        self._thread = threading.Thread(target=self._beats, name=f"lease-{self.kypek}-{self.lane}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self._unfenced.begin() as connection:
            leases.give_back(connection, self.kypek, self.lane, self.holder)

    def still_ours(self) -> None:
        """The lane is ours for at least as long as a foreign call can last. Raises `LeaseLost` if it has passed to
        somebody else."""
        with self._unfenced.begin() as connection:
            if not self._renewed(connection, spare=timedelta(seconds=self.beat)):
                raise self._lost()

    def hold(self, connection: Connection, *, lock: bool) -> None:
        """Let this transaction go on, with `lock` to its commit. Raises `LeaseLost` if the lane has passed to somebody
        else."""
        if not leases.fenced(connection, self.kypek, self.lane, self.holder, self.fence, lock=lock):
            raise self._lost()

    def _lost(self) -> LeaseLost:
        return LeaseLost(f"Lane {self.lane} of {self.kypek} was taken over; this pass stops here.")

    def _take(self, connection: Connection) -> int | None:
        return leases.take(connection, self.kypek, self.lane, self.holder, self.clock(), self.length)

    def _renewed(self, connection: Connection, spare: timedelta) -> bool:
        return leases.renewed(
            connection, self.kypek, self.lane, self.holder, self.fence, self.clock(), self.length, spare
        )

    def _beats(self) -> None:
        while not self._stop.wait(self.beat):
            try:
                with self._unfenced.begin() as connection:
                    if not self._renewed(connection, spare=timedelta(0)):
                        return  # the pass hears of it before its next call, and at its next commit
            except LedgerError as error:
                log.warning("heartbeat failed", kypek=self.kypek, lane=self.lane, error=str(error))


class FencedLedger(Ledger):
    """The ledger as a pass of one lane writes it: a transaction is kept only if the lane is still its own in the moment
    of the commit. `unfenced` is the ledger for facts, which are true whoever has the lane."""

    def __init__(self, ledger: Ledger, lease: LaneLease) -> None:
        super().__init__(ledger.engine, ledger.name)
        self._lease = lease
        self._facts = ledger

    @property
    def unfenced(self) -> Ledger:
        """The same database without the fence: for what a server answered, and for what was seen to happen."""
        return self._facts

    @contextmanager
    def begin(self, *, keep: bool = True) -> Iterator[Connection]:
        """As `Ledger.begin`; raises `LeaseLost` too, and then keeps nothing."""
        with super().begin(keep=keep) as connection:
            self._lease.hold(connection, lock=False)
            yield connection
            if keep:
                self._lease.hold(connection, lock=True)
