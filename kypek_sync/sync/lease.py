"""Holds the lease of a lane while a pass runs: a heartbeat in a thread that dies with the process (design, rule 11)."""

from __future__ import annotations

import os
import socket
import threading
from types import TracebackType
from uuid import uuid4

import structlog

from kypek_sync.ledger import Ledger, LedgerError, leases
from kypek_sync.model import Clock, local

BEAT = 20.0
"""Seconds between heartbeats: several fit into the lease's length."""

log = structlog.get_logger(__name__)


class LaneTaken(Exception):
    """Somebody else has the lane; the message names them."""


class LeaseLost(Exception):
    """The lease passed to somebody else while we worked: nothing more may be written."""


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


class LaneLease:
    """A context manager around one pass. `still_ours()` is asked before each foreign call."""

    def __init__(self, ledger: Ledger, kypek: str, lane: str, clock: Clock) -> None:
        self.ledger = ledger
        self.kypek = kypek
        self.lane = lane
        self.clock = clock
        self.holder = f"{this_machine()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.fence = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> LaneLease:
        """Take the lease. Raises `LaneTaken`."""
        now = self.clock()
        with self.ledger.begin() as connection:
            fence = leases.take(connection, self.kypek, self.lane, self.holder, now)
            other = leases.holder_of(connection, self.kypek, self.lane, now)
            if fence is None and _died(other):
                leases.break_dead(connection, self.kypek, self.lane, other)
                fence = leases.take(connection, self.kypek, self.lane, self.holder, now)
            if fence is None:
                host, process, _ = (*other.split(":"), "", "", "")[:3]
                until = leases.ends(connection, self.kypek, self.lane) or now
                raise LaneTaken(
                    f"Lane {self.lane} of {self.kypek} is being worked on by process {process} on {host}. Wait until "
                    f"it is done; should it have died, the lane is free at {local(until):%H:%M:%S}."
                )
        self.fence = fence
        self._thread = threading.Thread(target=self._beat, name=f"lease-{self.kypek}-{self.lane}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self.ledger.begin() as connection:
            leases.give_back(connection, self.kypek, self.lane, self.holder)

    def still_ours(self) -> None:
        """Raises `LeaseLost` if the lane has passed to somebody else."""
        with self.ledger.begin() as connection:
            if not leases.holds(connection, self.kypek, self.lane, self.holder, self.fence, self.clock()):
                raise LeaseLost(f"Lane {self.lane} of {self.kypek} was taken over; this pass stops here.")

    def _beat(self) -> None:
        while not self._stop.wait(BEAT):
            try:
                with self.ledger.begin() as connection:
                    leases.take(connection, self.kypek, self.lane, self.holder, self.clock())
            except LedgerError as error:
                log.warning("heartbeat failed", kypek=self.kypek, lane=self.lane, error=str(error))
