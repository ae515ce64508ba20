"""One pass of one lane: read → plan → guard → apply → record.

A pass is a plain function of (installation, KYPEK, lane); who calls it, the command line or the daemon, does not
matter. `dry` makes the same way without keeping anything: what `plan` shows is what `sync` does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

import structlog
from sqlalchemy import Connection

from kypek_sync.contract import Change, Helpdesk, Rooms
from kypek_sync.ledger import pauses
from kypek_sync.ledger.pauses import Paused
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seat, SeatState, Seminar
from kypek_sync.settings import Mode
from kypek_sync.sync import mail_lane, rooms_lane, tickets_lane
from kypek_sync.sync.applying.apply import Answered
from kypek_sync.sync.applying.breaking import Breakers
from kypek_sync.sync.applying.holding import approved_changes, guarded, rejected_changes
from kypek_sync.sync.directory import incremental
from kypek_sync.sync.directory.leaving import goers
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.lease import LaneLease, LaneTaken, LeaseLost, Stopped, length_for
from kypek_sync.sync.passing import Pass, Progress, silent
from kypek_sync.sync.planning.left_alone import pause_words
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.seats import lane as seats_lane
from kypek_sync.sync.seats import reading as seats_reading
from kypek_sync.sync.seats import restricting
from kypek_sync.sync.seats.approval_letters import put_approval_letters
from kypek_sync.sync.seats.by_hand import settle
from kypek_sync.sync.seats.change_letters import put_change_letters
from kypek_sync.sync.seats.lane import SeatsDecided
from kypek_sync.sync.seats.letters_by_hand import put_letters
from kypek_sync.sync.seats.notices import enqueue, not_shown, undecided
from kypek_sync.sync.seats.reading import SeatsRead

LANES = ("directory", "seats", "rooms", "tickets", "mail")
"""In the order of a whole sync: who people are, what they get, where they meet, what went wrong, what they are told."""

log = structlog.get_logger(__name__)


def run_lane(
    inst: Installation,
    kypek: str,
    lane: str,
    *,
    dry: bool = False,
    only: frozenset[Change] | None = None,
    progress: Progress = silent,
    stop: threading.Event | None = None,
    by_hand: bool = False,
    work: Callable[[Pass], None] | None = None,
    undoes: int | None = None,
) -> LaneReport:
    """Make one pass and report it. A lane that somebody else works on is skipped, and says so. When `stop` is set the
    pass ends before its next foreign change; what is left is wanted again at the next one. `by_hand`: a person makes
    the pass, so that connectors which are left in peace are tried too and every course is read in full. What people
    paused is left alone, and the report says so. `work` makes another pass in this lane than the usual one; `undoes`
    is the run that it takes back.

    Everything that the pass decides is kept only while the lane is its own (`sync.lease`).

    Raises `LedgerError` if our own database refuses; then nothing of the step at hand was kept.
    """
    report = LaneReport(kypek, lane)
    with inst.ledger.begin(keep=False) as connection:
        paused = pauses.for_kypek(connection, kypek, inst.clock())
    report.paused = _all_paused(inst, kypek, lane, paused)
    if report.paused:
        return report
    breakers = Breakers(inst.ledger, inst.clock, by_hand=by_hand or undoes is not None, keep=not dry)
    length = length_for(inst.longest_call)
    lease = None if dry else LaneLease(inst.ledger, kypek, lane, inst.clock, length=length)
    try:
        with lease or nullcontext(), breakers:
            mine = replace(inst, ledger=lease.ledger if lease else inst.ledger, breakers=breakers)
            this = Pass(mine, kypek, lane, dry, report, _asking(lease, stop), only, progress, undoes, paused, by_hand)
            this.begin()
            with structlog.contextvars.bound_contextvars(kypek=kypek, lane=lane, run=report.run):
                _make(this, work or _PASSES[lane])
                _tell_left_in_peace(report, breakers)
                this.end()
    except LaneTaken as taken:
        report.skipped = str(taken)
    except LeaseLost as lost:
        report.problems.append(str(lost))
    return report


def sync(
    inst: Installation,
    *,
    kypeks: Sequence[str] = (),
    lanes: Sequence[str] = LANES,
    dry: bool = False,
    progress: Progress = silent,
) -> list[LaneReport]:
    """A pass of every lane for every KYPEK, in order, by hand."""
    chosen = kypeks or sorted(inst.loaded.settings.kypeks)
    return [run_lane(inst, kypek, lane, dry=dry, progress=progress, by_hand=True) for kypek in chosen for lane in lanes]


def _tell_left_in_peace(report: LaneReport, breakers: Breakers) -> None:
    """One line for each connector that was not asked, whatever was missed because of it."""
    report.left_in_peace = [str(why) for why in breakers.left_in_peace]
    report.problems = [one for one in report.problems if not one.startswith(tuple(report.left_in_peace))]


def _asking(lease: LaneLease | None, stop: threading.Event | None) -> Callable[[], None]:
    """What is asked before each foreign change: is the lane still ours, and were we told to stop?"""

    def ask() -> None:
        if stop is not None and stop.is_set():
            raise Stopped("Told to stop; what is left is done at the next pass.")
        if lease is not None:
            lease.still_ours()

    return ask


# --------------------------------------------------------------------------------------------- the lanes' passes


def _seats(this: Pass) -> None:
    inst, kypek = this.inst, this.kypek
    read = seats_reading.read(inst, kypek, this.still_ours, whole=this.by_hand or this.dry)
    while True:
        try:
            decided, passed = _decided(this, read)
            break
        except _ReadFirst as these:
            read = seats_reading.read_again(inst, read, these.keys, this.still_ours)
    if not this.dry:
        inst.remembered.keep(kypek, decided.courses, read.abilities)
        if decided.settling is not None:
            decided.settling.keep()
    calls = seats_lane.calls_for(inst, kypek, read, decided, this.still_ours)
    this.carry_out(passed, calls.calls(), calls.remember, calls.courses.across())
    if this.dry:
        return
    left_to_do = settle(inst, kypek, read, decided, this.report.done)
    held = [change for _, one in this.report.held for change in one.changes]
    held += [one.change for one in this.report.aside]
    mirrors = frozenset(key for key, wish in decided.wished.items() if wish.mirror)
    carried_out = _carried_out(this, decided.offerings)
    pending = not_shown(this.report.done, [*held, *this.report.waiting], mirrors) | decided.unseen
    with inst.ledger.begin() as connection:
        queued = enqueue(
            connection,
            kypek,
            carried_out,
            decided.seats,
            pending | _undecided(this, decided, carried_out),
            centre=inst.kypek(kypek).name,
            mail=inst.kypek(kypek).mail,
            page=inst.loaded.settings.public_address.rstrip("/"),
            host=inst.host,
            text=inst.text,
            now=inst.clock(),
        )
        queued += restricting.put_letters(
            *(connection, kypek, this.report.done, carried_out, decided.seats),
            centre=inst.kypek(kypek).name,
            page=inst.loaded.settings.public_address.rstrip("/"),
            host=inst.host,
            now=inst.clock(),
        )
        queued += put_change_letters(connection, inst, kypek, carried_out, decided.seats)
        queued += put_letters(connection, inst, kypek, carried_out)
        queued += put_approval_letters(connection, inst, kypek, carried_out)
    this.report.counts["notices queued"] = queued
    this.report.counts["work by hand"] = left_to_do


class _ReadFirst(Exception):
    """Nothing of what was decided counts: these courses, of which something is wanted, were not read in this pass."""

    def __init__(self, keys: frozenset[tuple[str, str]]) -> None:
        super().__init__(keys)
        self.keys = keys


def _decided(this: Pass, read: SeatsRead) -> tuple[SeatsDecided, tuple[Change, ...]]:
    """Decide seats and plan, in one transaction: what was decided, and the changes that the guards let pass. Raises
    `_ReadFirst`, and keeps nothing, where that would rest on courses as they were some time ago."""
    inst, kypek = this.inst, this.kypek
    with inst.ledger.begin(keep=not this.dry) as connection:
        refused = rejected_changes(this, connection)
        approved = approved_changes(this, connection).keys() - refused
        decided = seats_lane.decide(connection, inst, kypek, read, this.report.run, this.limits(), approved, refused)
        if unread := seats_lane.to_be_read_first(read, decided):
            raise _ReadFirst(unread)
        this.report.problems += decided.problems
        this.report.notes += decided.notes
        this.report.counts |= decided.counts
        granted, partial = _granted(decided.seats), decided.partial
        passed = guarded(this, connection, decided.changes, decided.looked, granted, decided.held, partial=partial)
        this.report.leaving = goers(connection, inst, kypek)
    return decided, passed


def _rooms(this: Pass) -> None:
    read = rooms_lane.read(this.inst, this.kypek)
    with this.inst.ledger.begin(keep=not this.dry) as connection:
        decided = rooms_lane.decide(connection, this.inst, this.kypek, read, this.report)
        passed = guarded(this, connection, decided.changes, decided.looked, {})
    server = this.inst.connectors.rooms(this.kypek)
    if isinstance(server, Rooms):
        this.carry_out(passed, rooms_lane.calls(this.inst, this.kypek, decided, server), _nothing)


def _tickets(this: Pass) -> None:
    with this.inst.ledger.begin(keep=not this.dry) as connection:
        decided = tickets_lane.decide(connection, this.inst, this.kypek, this.report)
        passed = guarded(this, connection, decided.changes, decided.looked, {})
    helpdesk = this.inst.connectors.helpdesk(this.kypek)
    if isinstance(helpdesk, Helpdesk):
        this.carry_out(passed, tickets_lane.calls(this.inst, this.kypek, decided, helpdesk), _nothing)


_PASSES: dict[str, Callable[[Pass], None]] = {
    "directory": incremental.make,
    "seats": _seats,
    "rooms": _rooms,
    "tickets": _tickets,
    "mail": mail_lane.send,
}


# --------------------------------------------------------------------------------------------- what all have in common


def _all_paused(inst: Installation, kypek: str, lane: str, paused: Paused) -> str:
    """Why a lane is not worked on at all: its KYPEK is paused, or the directory, which is only read. Rooms are still
    watched while their server is paused (who was inside cannot be asked for later), and courses still read."""
    system = inst.kypek(kypek).directory if lane == "directory" else ""
    pause = paused.whole or paused.connectors.get(system)
    return pause_words(pause, inst.text) if pause else ""


def _make(this: Pass, work: Callable[[Pass], None]) -> None:
    try:
        work(this)
    except Stopped as stopped:
        this.report.skipped = str(stopped)


def _nothing(connection: Connection, answered: Answered) -> None:
    del connection, answered


def _carried_out(this: Pass, offerings: Mapping[str, Offering]) -> dict[str, Seminar]:
    """Approved seminars whose platform may be changed, by us or as a person approves: while we only observe, nobody is
    told of seats that nobody can see (design, rules 10 and 14). Notices of what is paused wait."""
    modes, usual = this.inst.modes(), this.inst.kypek(this.kypek).courses
    return {
        code: offering.seminar
        for code, offering in offerings.items()
        if offering.approved
        and modes.get(system := offering.seminar.platform or usual, Mode.OBSERVE) is not Mode.OBSERVE
        and this.paused.of(system, code) is None
    }


def _undecided(this: Pass, decided: SeatsDecided, carried_out: Mapping[str, Seminar]) -> frozenset[tuple[str, str]]:
    """Seats of whose seminar a person has not let pass yet what its platform should show."""
    modes, usual = this.inst.modes(), this.inst.kypek(this.kypek).courses
    proposing = {
        (system, code)
        for code, seminar in carried_out.items()
        if modes[system := seminar.platform or usual] is Mode.PROPOSE
    }
    all_held, asked = ([c for _, h in those for c in h.changes] for those in (this.report.held, this.report.asked))
    return undecided(proposing, decided.seats, all_held, asked)


def _granted(seats: Mapping[str, Mapping[str, Seat]]) -> dict[str, int]:
    return {code: sum(s.state is SeatState.GRANTED for s in those.values()) for code, those in seats.items()}
