"""`kypek-sync run`: passes at their intervals, one daemon at a time, a clean stop within seconds.

A second daemon on the same ledger waits for the first one's lease and takes over when it ends or dies. A pass that is
under way at the stop ends before its next foreign call; what it was doing is found again by the next one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from kypek_sync.ledger import LedgerError, retention
from kypek_sync.ledger.retention import Periods
from kypek_sync.sync.inbox import process as process_inbox
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.lease import LaneLease, LaneTaken, LeaseLost
from kypek_sync.sync.run import LANES, run_lane

EVERYTHING, DAEMON = "*", "daemon"
"""The lease of the daemon itself, besides those of the lanes."""
ASK_AGAIN = 3.0
"""Seconds between two tries to take over."""
INBOX = timedelta(minutes=1)
HOUSEKEEPING = timedelta(hours=6)
PATIENCE = 8.0
"""Seconds that a pass under way gets at the stop."""

log = structlog.get_logger(__name__)


class Daemon:
    """Makes the passes of every KYPEK until told to stop. `stop` may be set from any thread or signal handler."""

    def __init__(self, inst: Installation) -> None:
        self.inst = inst
        self.stop = threading.Event()
        self._busy = 0
        self._idle = threading.Condition()

    def run(self) -> None:
        """Wait for the lease, make passes, return after `stop` was set and the passes under way have ended."""
        lease = self._lease()
        if lease is None:
            return
        try:
            self._work(lease)
        finally:
            lease.__exit__(None, None, None)
            log.info("daemon stopped")

    def _lease(self) -> LaneLease | None:
        """The daemon's lease, as soon as nobody else has it; None if told to stop meanwhile."""
        told = False
        while not self.stop.is_set():
            lease = LaneLease(self.inst.ledger, EVERYTHING, DAEMON, self.inst.clock)
            try:
                return lease.__enter__()
            except LaneTaken as taken:
                if not told:
                    log.warning("another daemon works on this ledger; waiting to take over", holder=str(taken))
                    told = True
                self.stop.wait(ASK_AGAIN)
        return None

    def _work(self, lease: LaneLease) -> None:
        settings = self.inst.loaded.settings
        scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={lane: ThreadPoolExecutor(max(len(settings.kypeks), 1)) for lane in (*LANES, "default")},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for kypek in sorted(settings.kypeks):
            for lane in LANES:
                every: timedelta = getattr(settings.intervals, lane)
                self._add(scheduler, lane, every, partial(self._pass, kypek, lane, lease))
            self._add(scheduler, "default", INBOX, partial(self._inbox, kypek))
        self._add(scheduler, "default", HOUSEKEEPING, self._housekeeping)
        scheduler.start()
        log.info("daemon started", kypeks=len(settings.kypeks))
        try:
            while not self.stop.wait(1.0):
                lease.still_ours()
        except LeaseLost as lost:
            log.error("the lease was lost; stopping", why=str(lost))
            self.stop.set()
        finally:
            scheduler.shutdown(wait=False)
            with self._idle:
                self._idle.wait_for(lambda: self._busy == 0, timeout=PATIENCE)

    def _add(self, scheduler: BackgroundScheduler, executor: str, every: timedelta, work: Callable[[], None]) -> None:
        """A job now and at its interval; each kind of pass has threads of its own, so that none waits for another."""
        scheduler.add_job(
            lambda: self._counted(work),
            "interval",
            seconds=max(every.total_seconds(), 1.0),
            executor=executor,
            next_run_time=self.inst.clock(),
        )

    def _counted(self, work: Callable[[], None]) -> None:
        if self.stop.is_set():
            return
        with self._idle:
            self._busy += 1
        try:
            work()
        except LedgerError as error:
            log.error("the ledger refused", error=str(error))
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _pass(self, kypek: str, lane: str, lease: LaneLease) -> None:
        try:
            lease.still_ours()
        except LeaseLost:
            return
        report = run_lane(self.inst, kypek, lane, stop=self.stop)
        for problem in report.problems:
            log.warning("problem", kypek=kypek, lane=lane, problem=problem)

    def _inbox(self, kypek: str) -> None:
        for answer in process_inbox(self.inst, kypek):
            log.info("inbox", kypek=kypek, answer=str(answer))

    def _housekeeping(self) -> None:
        kept = self.inst.loaded.settings.retention
        with self.inst.ledger.begin() as connection:
            gone = retention.forget(connection, Periods(kept.presence, kept.outbox, kept.runs), self.inst.clock())
        log.info("housekeeping", **gone)


def run_until_told(inst: Installation) -> None:
    """Run the daemon in this process until SIGTERM or SIGINT."""
    daemon = Daemon(inst)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop.set())
    daemon.run()
