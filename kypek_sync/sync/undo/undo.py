"""Undo: a pass that takes back what a run did, as far as it still stands, and pins it (design, rule 9).

It holds the lane of that run, reads again what the run touched, leaves alone what is not as the run left it, and is
guarded and applied like every pass. What it takes back is pinned before the first call: whatever happens to this
process, the next pass does not do it again. The undo of an undo releases the pins instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Change, Outcome, Verb
from kypek_sync.ledger import decisions, holds, journal, outbox, pins, runs
from kypek_sync.ledger.decisions import Decision
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.outbox import Row
from kypek_sync.ledger.pins import Spot, spot
from kypek_sync.ledger.runs import Deed, Run
from kypek_sync.sync.applying.apply import Call, Remember
from kypek_sync.sync.applying.holding import guarded
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.passing import Pass, Progress, silent
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.undo.courses import CoursesBack
from kypek_sync.sync.undo.services import RoomsBack, TicketsBack
from kypek_sync.sync.undo.undoing import Undoing, ours, take_back

UNDOABLE = ("seats", "rooms", "tickets")
"""Lanes that change foreign systems in a way that has a way back: the directory is only read, and a mail is gone."""


class NoSuchRun(LookupError):
    """There is no run of that number."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants to be taken back: a run, or of it only some changes (`only`, by their number in it), one
    seminar, one login."""

    run: int
    who: str
    only: frozenset[int] = frozenset()
    seminar: str = ""
    login: str = ""

    def covers(self, deed: Deed) -> bool:
        """Whether a deed of the run is meant."""
        target = deed.change.target
        if self.only and deed.intent not in self.only:
            return False
        return self.seminar in ("", target.seminar) and self.login in ("", target.login)


@dataclass
class Undone:
    """What an undo did, or would do (`dry`).

    `undoing` is the way back from the run; `fallen` are its changes that do not hold any more, each with why, `already`
    those that an earlier undo of this run took back. `pins` are the spots that stay as they are from now on, `releases`
    how many pins are let go of instead. `decisions` on seats are kept; the `mail` of them is sent or waits.
    """

    run: Run
    report: LaneReport
    undoing: Undoing = field(default_factory=lambda: Undoing((), (), ()))
    fallen: list[tuple[Change, str]] = field(default_factory=list)
    already: list[Change] = field(default_factory=list)
    pins: list[Spot] = field(default_factory=list)
    releases: int = 0
    decisions: list[Decision] = field(default_factory=list)
    mail: list[Row] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        """Whether the run is of a kind that has a way back."""
        return self.run.lane in UNDOABLE


class WayBack(Protocol):
    """What a lane knows about taking its deeds back."""

    problems: list[str]
    abilities: Mapping[str, frozenset[Capability]]

    def look(self, still_ours: Callable[[], None]) -> None:
        """Read what the deeds touched. Writes nothing."""

    def prepare(self, connection: Connection) -> None:
        """Bring the ledger up to date with that read."""

    def fallen(self, connection: Connection, change: Change, deed: Deed, along: frozenset[Change]) -> str:
        """Why a change does not hold any more; an empty word if it does."""

    def calls(self) -> tuple[dict[Verb, Call], Remember]:
        """How changes are made, and what their receipts teach."""


def undo(inst: Installation, order: Order, *, dry: bool = False, progress: Progress = silent) -> Undone:
    """Take a run back as far as it still stands; `dry` only looks.

    Raises `NoSuchRun`, or `LedgerError` if our own database refuses."""
    with inst.ledger.begin(keep=False) as connection:
        run = runs.get(connection, order.run)
        if run is None or run.kypek not in inst.loaded.settings.kypeks:
            raise NoSuchRun(order.run)
        result = Undone(run, LaneReport(run.kypek, run.lane))
        _gather(connection, result, order)
    if not result.possible:
        return result

    def work(this: Pass) -> None:
        _take_back(this, result, order)

    result.report = run_lane(
        inst, run.kypek, run.lane, dry=dry, progress=progress, by_hand=True, work=work, undoes=run.id
    )
    return result


def _gather(connection: Connection, result: Undone, order: Order) -> None:
    """What is kept whatever happens: decisions on seats, and what people were told of them."""
    run = result.run
    for one in decisions.of_run(connection, run.id):
        if not order.only and order.seminar in ("", one.seminar) and order.login in ("", one.login):
            result.decisions.append(one)
    about = {(one.login, one.seminar) for one in result.decisions}
    for row in outbox.listed(connection, run.kypek):
        seminar = row.notice.cause.partition(":")[2]
        in_time = run.started <= row.created and (run.ended is None or row.created <= run.ended)
        if in_time and (row.notice.login, seminar) in about:
            result.mail.append(row)


def _take_back(this: Pass, result: Undone, order: Order) -> None:
    inst, run = this.inst, result.run
    with inst.ledger.begin(keep=False) as connection:
        deeds = [d for d in _with_groups(runs.deeds(connection, run=run.id)) if ours(d) and order.covers(d)]
    way = _way(inst, run, deeds, order.who)
    way.look(this.still_ours)
    this.report.problems += way.problems
    because = (inst.text("run %(run)s is taken back by %(who)s", run=run.id, who=order.who),)
    result.undoing = take_back(deeds, way.abilities, because)
    with inst.ledger.begin(keep=not this.dry) as connection:
        way.prepare(connection)
        standing = _judge(connection, this, result, way)
        passed = guarded(this, connection, standing, frozenset(), {})
        holds.forget_undo(connection, this.kypek, result.undoing.changes, inst.clock())
        _pin(connection, this, result, order, passed)
    calls, remember = way.calls()
    this.carry_out(passed, calls, remember)
    if not this.dry:
        _unpin_what_failed(this, result, order)


def _with_groups(deeds: Sequence[Deed]) -> list[Deed]:
    """Who is taken out of a course leaves its groups with it: what was so already when we came to a group may have been
    our doing, and what shows now decides about that."""
    outs = {
        (*deed.change.target.key, deed.change.target.login)
        for deed in deeds
        if deed.change.verb is Verb.UNENROL and ours(deed)
    }

    def along(deed: Deed) -> bool:
        target = deed.change.target
        return deed.change.verb is Verb.LEAVE_GROUP and (*target.key, target.login) in outs

    return [replace(deed, receipt=None) if along(deed) and not ours(deed) else deed for deed in deeds]


def _way(inst: Installation, run: Run, deeds: Sequence[Deed], who: str) -> WayBack:
    if run.lane == "rooms":
        return RoomsBack(inst, run.kypek, deeds)
    if run.lane == "tickets":
        return TicketsBack(inst, run.kypek, deeds, who, run.id)
    return CoursesBack(inst, run.kypek, deeds)


def _judge(connection: Connection, this: Pass, result: Undone, way: WayBack) -> list[Change]:
    """The changes that still hold: nobody has done anything at their target since, neither we nor somebody else."""
    text, run = this.inst.text, result.run
    later = runs.later(connection, result.run.kypek, [deed for _, deed in result.undoing.back])
    undone = {one.id: one.undoes for one in runs.undos(connection, run.kypek)}
    along = frozenset(result.undoing.changes)
    standing = []
    for change, deed in result.undoing.back:
        clear = deed.receipt is not None and deed.receipt.outcome is Outcome.DONE
        since = [one for one in later.get(spot(change), ()) if one.intent > deed.intent and one.run != run.id]
        done = [one for one in since if one.receipt is not None and one.receipt.outcome is Outcome.DONE]
        if done and undone.get(done[-1].run) == run.id:
            result.already.append(change)
        elif done:
            why = text("run %(run)s changed it since: take that one back", run=done[-1].run)
            result.fallen += [(change, why)] if clear else []  # without an answer it may never have been done
        elif why := way.fallen(connection, change, deed, along):
            if any(undone.get(one.run) == run.id for one in since):
                result.already.append(change)  # the undo got no clear answer, and it was done after all
            elif clear:
                result.fallen.append((change, why))
        else:
            standing.append(change)
    this.report.problems += [
        text("Not taken back: %(what)s: %(why)s.", what=named(change), why=why) for change, why in result.fallen
    ]
    return standing


def named(change: Change) -> str:
    """A change's target in words that stand in a sentence."""
    target = change.target
    words = (target.system, target.course, target.object, target.login)
    return f"{change.verb.value} {' '.join(word for word in words if word)}"


def _pin(connection: Connection, this: Pass, result: Undone, order: Order, passed: Sequence[Change]) -> None:
    """Before the first call: pin what is taken back, or, where an undo is undone, let go of what it pinned."""
    run, now = result.run, this.inst.clock()
    if this.report.run is not None:
        content = {"undoes": run.id, "changes": len(passed), "refused": len(result.fallen)}
        told = Entry(Kind.UNDO, content, people={"who": [Who(order.who)]}, run=this.report.run)
        journal.append(connection, this.kypek, [told], now)
    if runs.depth(connection, run) % 2:
        held = {spot(change) for _, one in this.report.held for change in one.changes}
        mine = {s: p for s, p in pins.for_kypek(connection, this.kypek).items() if p.run == run.id}
        meant = [s for s in mine if s not in held and _meant(s, order, result)]
        result.releases = pins.release_spots(connection, mine, meant, order.who, now)
        return
    result.pins = sorted({spot(change) for change in passed})
    why = this.inst.text("run %(run)s was taken back", run=run.id)
    if this.report.run is not None:
        pins.add(connection, this.kypek, result.pins, run=this.report.run, who=order.who, why=why, now=now)


def _meant(one: Spot, order: Order, result: Undone) -> bool:
    target = one[1]
    if order.only:
        return one in {spot(deed.change) for _, deed in result.undoing.back}
    return order.seminar in ("", target.seminar) and order.login in ("", target.login)


def _unpin_what_failed(this: Pass, result: Undone, order: Order) -> None:
    """A change that was plainly not made left nothing to protect: its pin would only keep the engine from its work."""
    clear = (Outcome.REFUSED, Outcome.LATER)
    failed = [spot(change) for change, receipt in this.report.done if receipt.outcome in clear]
    failed += [spot(one.change) for one in this.report.aside]
    if not failed or not result.pins:
        return
    with this.inst.ledger.begin() as connection:
        mine = {s: p for s, p in pins.for_kypek(connection, this.kypek).items() if p.run == this.report.run}
        pins.release_spots(connection, mine, failed, order.who, this.inst.clock())
    result.pins = [one for one in result.pins if one not in set(failed)]
