"""`kypek-sync run`: passes at their intervals, one daemon at a time, a clean stop within seconds.

A second daemon on the same ledger waits for the first one's lease and takes over when it ends or dies. A pass that is
under way at the stop ends before its next foreign call; what it was doing is found again by the next one.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from kypek_sync.ledger import LedgerError, journal_heads, reads, retention
from kypek_sync.ledger.journal_heads import HeadsUnwritable
from kypek_sync.ledger.retention import Periods
from kypek_sync.model import system_clock
from kypek_sync.service.telling import Telling
from kypek_sync.sync.directory import incremental
from kypek_sync.sync.inbox.inbox import process as process_inbox
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.lease import LaneLease, LaneTaken, LeaseLost
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import LANES, run_lane

EVERYTHING, DAEMON = "*", "daemon"
"""The lease of the daemon itself, besides those of the lanes."""
ASK_AGAIN = 3.0
"""Seconds between two tries to take over."""
LOOK = 5.0
"""Seconds between two looks whether the lease is still ours."""
INBOX = timedelta(minutes=1)
HOUSEKEEPING = timedelta(hours=6)
SOON = timedelta(seconds=20)
"""After this a pass is made that found its lane taken."""
PATIENCE = 8.0
"""Seconds that a pass under way gets at the stop."""
NEED_PEOPLE = ("seats", "tickets")
"""Lanes that judge people: on a new ledger they wait until the directory has been read once."""

log = structlog.get_logger(__name__)

# What happens to its jobs we tell ourselves: one line for each event, with the lane's name.
logging.getLogger("apscheduler").setLevel(logging.CRITICAL + 1)


class Daemon:
    """Makes the passes of every KYPEK until told to stop. `stop` may be set from any thread or signal handler.

    `ask_again`: seconds between two tries to take over from another one.
    """

    def __init__(self, inst: Installation, *, ask_again: float = ASK_AGAIN) -> None:
        self.inst = inst
        self.stop = threading.Event()
        self.ask_again = ask_again
        self._telling = Telling()
        self._busy = 0
        self._idle = threading.Condition()
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={
                lane: ThreadPoolExecutor(max(len(inst.loaded.settings.kypeks), 1)) for lane in (*LANES, "default")
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> bool:
        """Wait for the lease, make passes, return after `stop` was set. False if a pass did not end in time: its thread
        is still at work, and only the end of the process ends it.

        Raises `LedgerError` if the ledger does not answer at the start.
        """
        lease = self._lease()
        if lease is None:
            return True
        try:
            ended = self._work(lease)
        finally:
            try:
                lease.__exit__(None, None, None)
            except LedgerError as error:
                log.error("the lease could not be given back", error=str(error))
        log.info("daemon stopped", clean=ended)
        return ended

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
                self.stop.wait(self.ask_again)
        return None

    def _work(self, lease: LaneLease) -> bool:
        kypeks = sorted(self.inst.loaded.settings.kypeks)
        scheduler = self._scheduler
        scheduler.add_listener(self._failed, EVENT_JOB_ERROR)
        for kypek in kypeks:
            known = self._knows_people(kypek)
            for lane in LANES:
                every: timedelta = getattr(self.inst.loaded.settings.intervals, lane)
                first = known or lane not in NEED_PEOPLE
                self._add(f"{kypek} {lane}", lane, every, partial(self._pass, kypek, lane, lease), at_once=first)
            self._add(f"{kypek} inbox", "default", INBOX, partial(self._inbox, kypek))
        self._add("housekeeping", "default", HOUSEKEEPING, self._housekeeping)
        scheduler.start()
        log.info("daemon started", kypeks=kypeks)
        try:
            self._watch(lease)
        finally:
            self.stop.set()
            scheduler.shutdown(wait=False)
            with self._idle:
                ended = self._idle.wait_for(lambda: self._busy == 0, timeout=PATIENCE)
        return ended

    def _watch(self, lease: LaneLease) -> None:
        """Until told to stop, or the lease is somebody else's. A ledger that is busy or away for a while ends nothing:
        passes that need it say so."""
        while not self.stop.wait(LOOK):
            try:
                lease.still_ours()
            except LeaseLost as lost:
                log.error("the lease was lost; stopping", why=str(lost))
                return
            except LedgerError as error:
                log.error("the ledger refused", job=DAEMON, error=str(error))

    def _knows_people(self, kypek: str) -> bool:
        """Whether the directory has been read before, or there is none to wait for."""
        directory = self.inst.kypek(kypek).directory
        if not directory:
            return True
        with self.inst.ledger.begin(keep=False) as connection:
            return reads.ever(connection, directory)

    def _add(
        self, name: str, executor: str, every: timedelta, work: Callable[[], None], *, at_once: bool = True
    ) -> None:
        """A job now and at its interval; each kind of pass has threads of its own, so that none waits for another."""
        now = system_clock()
        self._scheduler.add_job(
            partial(self._counted, name, work),
            "interval",
            seconds=max(every.total_seconds(), 1.0),
            id=name,
            executor=executor,
            next_run_time=now if at_once else now + every,
        )

    def _soon(self, name: str, after: timedelta = timedelta(0)) -> None:
        """Make a job's next pass come sooner; never later."""
        job = self._scheduler.get_job(name)
        if job is None or job.next_run_time is None:
            return
        with suppress(JobLookupError):
            self._scheduler.modify_job(name, next_run_time=min(job.next_run_time, system_clock() + after))

    def _counted(self, name: str, work: Callable[[], None]) -> None:
        with self._idle:
            if self.stop.is_set():
                return
            self._busy += 1
        try:
            work()
        except LedgerError as error:
            log.error("the ledger refused", job=name, error=str(error))
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _failed(self, event: JobExecutionEvent) -> None:
        """A mistake of ours in one pass: told with its trace. The others go on, and this one comes again."""
        log.error("a pass failed", job=event.job_id, error=repr(event.exception), trace=event.traceback)

    def _pass(self, kypek: str, lane: str, lease: LaneLease) -> None:
        try:
            lease.still_ours()
        except LeaseLost:
            return
        if lane == "directory" and not incremental.is_time(self.inst, kypek):
            return
        first = lane == "directory" and not self._knows_people(kypek)
        report = run_lane(self.inst, kypek, lane, stop=self.stop)
        self._tell(report)
        if first and not self.stop.is_set():
            for waiting in NEED_PEOPLE:
                self._soon(f"{kypek} {waiting}")
        if report.skipped and not self.stop.is_set():
            log.info("pass skipped", kypek=kypek, lane=lane, why=report.skipped)
            self._soon(f"{kypek} {lane}", SOON)

    def _tell(self, report: LaneReport) -> None:
        """What went wrong in a pass; of the directory only what was not told before."""
        kypek, lane, problems = report.kypek, report.lane, report.problems
        system = self.inst.kypek(kypek).directory if lane == "directory" else ""
        if system:
            problems = self._telling.begins(system, kypek, problems)
        for problem in problems:
            log.warning("problem", kypek=kypek, lane=lane, problem=problem)
        untouched = report.problems or report.left_in_peace or report.skipped or report.paused
        if system and not untouched and self._telling.ends(system, kypek):
            log.info("problems over", lane=lane, system=system)

    def _inbox(self, kypek: str) -> None:
        for answer in process_inbox(self.inst, kypek):
            log.info("inbox", kypek=kypek, answer=str(answer))

    def _housekeeping(self) -> None:
        kept = self.inst.loaded.settings.retention
        with self.inst.ledger.begin() as connection:
            periods = Periods(kept.presence, kept.outbox, kept.runs, kept.journal)
            gone = retention.forget(connection, periods, self.inst.clock())
        log.info("housekeeping", **gone)
        self._heads()

    def _heads(self) -> None:
        """The journal's heads of the day, written out. A disk that is full ends nothing: they are tried again."""
        kypeks, place = sorted(self.inst.loaded.settings.kypeks), self.inst.heads_place
        try:
            for head in journal_heads.write_out(self.inst.ledger, kypeks, place, self.inst.clock()):
                log.info("journal head", kypek=head.kypek, number=head.head.number, hash=head.head.hash)
        except HeadsUnwritable as error:
            log.error("the journal's heads could not be written out", error=str(error))


def run_until_told(inst: Installation) -> bool:
    """Run the daemon in this process until SIGTERM or SIGINT. False as for `Daemon.run`."""
    daemon = Daemon(inst)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop.set())
    return daemon.run()
