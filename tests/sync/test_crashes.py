"""The programme may die at any moment; the next passes finish what it began, once (design, rule 8).

A death is played at every commit of the ledger (which is then rolled back) and after every request that changed a
server. Nothing of the dead process runs afterwards: its lease stays until it runs out. In between, the dead process had
nothing to lose: a death anywhere else is one of these.

The usual run takes the first and the last moment of each kind (the line that commits or writes) and every fifth of the
others; `EVERY_DEATH=1`, as in `make chaos`, takes each.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Connection, select

from kypek_sync.contract import wire
from kypek_sync.contract.wire import Wire
from kypek_sync.ledger import Ledger, outbox, seats, store
from kypek_sync.ledger.tables import claims, intents
from kypek_sync.plugins import Connectors
from kypek_sync.sandbox import eclass, moodle
from kypek_sync.sync import lease
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import sync
from tests.sync.explained import everything_is_explained
from tests.sync.two_platforms import TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow

LANES = ("seats", "tickets")
"""Those that change foreign systems here; the directory is read before."""
STATES = ("eclass.sqlite", "moodle.sqlite", "rt.sqlite", "kypek.db")

EVERY_DEATH = "EVERY_DEATH" in os.environ
STRIDE = 5
PASSED_OVER = frozenset(module.__file__ for module in (contextlib, store, wire, lease)) | {__file__}
"""What stands between whoever commits or writes and the moment at which it is noticed."""


class Death(BaseException):
    """The process ends here."""


class Fate:
    """Counts the moments at which a process may die, and kills it at one of them."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.moments: list[str] = []
        self.dead = False

    def pass_by(self, moment: str) -> None:
        """One such moment. Raises `Death` if it is the one."""
        if self.dead:
            raise Death
        self.moments.append(moment)
        if len(self.moments) == self.at:
            self.dead = True
            raise Death

    def still_alive(self) -> None:
        """The dead do nothing."""
        if self.dead:
            raise Death


def asker() -> str:
    """The line of the programme that commits or writes now."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename in PASSED_OVER:
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).stem}:{frame.f_lineno}"


def chosen(moments: list[str]) -> list[tuple[int, str]]:
    """The moments to die at, numbered from 1."""
    numbered = list(enumerate(moments, 1))
    if EVERY_DEATH:
        return numbered
    last = {moment: number for number, moment in numbered}
    first = {moment: number for number, moment in reversed(numbered)}
    ends = {*first.values(), *last.values()}
    return [(number, moment) for number, moment in numbered if number in ends or number % STRIDE == 0]


@pytest.fixture
def fates(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fate], None]:
    """Puts a process under a fate: every commit of the ledger and every write on the wire asks it."""
    begin, exchange = Ledger.begin, Wire._exchange
    ruling = Fate()

    @contextmanager
    def watched(self: Ledger, *, keep: bool = True) -> Iterator[Connection]:
        fate = ruling
        fate.still_alive()
        with begin(self, keep=keep) as connection:
            yield connection
            if keep:
                fate.pass_by(f"commit by {asker()}")

    def watched_exchange(self: Wire, method: str, url: str, *, write: bool, **rest: Any) -> Any:
        fate = ruling
        fate.still_alive()
        answer = exchange(self, method, url, write=write, **rest)
        if write:
            fate.pass_by(f"write on {self.system} by {asker()}")
        return answer

    monkeypatch.setattr(Ledger, "begin", watched)
    monkeypatch.setattr(Wire, "_exchange", watched_exchange)

    def rule(fate: Fate) -> None:
        nonlocal ruling
        ruling = fate

    return rule


@dataclass(frozen=True)
class Scenario:
    """A centre at the moment before a sync: somebody applied in the eClass course `here`. `open` is an installation
    whose settings and ledger each process of the test shares, to save time; connectors are its own."""

    both: TwoPlatforms
    here: str
    open: Installation

    @contextmanager
    def process(self) -> Iterator[Installation]:
        """A new process, two minutes after the last: a lease that was left behind has run out."""
        self.both.clock.turn(minutes=2)
        connectors = Connectors(self.open.loaded, self.both.clock)
        yield replace(self.open, connectors=connectors)
        connectors.close()

    def keep(self, into: Path) -> None:
        """Copy what the servers and the ledger hold."""
        into.mkdir()
        for name in STATES:
            copy(self.both.folder / name, into / name)

    def restore(self, kept: Path) -> None:
        """Bring servers and ledger back to what was kept."""
        for name in STATES:
            copy(kept / name, self.both.folder / name)


def until_quiet(scenario: Scenario) -> dict[str, Any]:
    """Another process syncs until there is nothing left to do; fails if that takes long, or if the journal does not
    explain all that was done. What is there then."""
    with scenario.process() as inst:
        for _ in range(6):
            if not any(report.done or report.problems for report in sync(inst, lanes=LANES)):
                everything_is_explained(inst.ledger)
                with inst.ledger.begin(keep=False) as connection:
                    return world(scenario.both, connection)
            scenario.both.clock.turn(minutes=2)
    raise AssertionError("it never comes to rest")


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)


def world(both: TwoPlatforms, connection: Connection) -> dict[str, Any]:
    """All that matters of what the servers and the ledger hold, in an order that does not depend on how it came."""
    notices = (row.notice for row in outbox.listed(connection))
    unsettled = connection.execute(select(intents.c.verb).where(intents.c.settled.is_(False)))
    decided = (seat for those in seats.decided(connection, "att-a").values() for seat in those.values())
    return {
        "eclass": sorted(eclass_course(both.eclass, course) for course in both.eclass.courses()),
        "moodle": sorted(moodle_course(both.moodle, course) for course in both.moodle.courses()),
        "tickets": sorted((t.subject, t.status) for t in both.rt.tickets()),
        "notes": Counter((t.subject, n.text) for t in both.rt.tickets() for n in both.rt.transactions(t.id) if n.text),
        "seats": sorted((s.login, s.state.value) for s in decided),
        "told": sorted((n.login, n.cause, n.version, n.kind) for n in notices),
        "owned": sorted(tuple(row)[1:6] for row in connection.execute(select(claims))),
        "unclear": [row.verb for row in unsettled],
    }


def eclass_course(there: eclass.World, course: Any) -> tuple[Any, ...]:
    """A course as eClass holds it."""
    groups = [(g.name, sorted(m.username for m in there.group_members(g.id))) for g in there.groups(course.code)]
    return course.title, sorted((m.username, m.role) for m in there.members(course.code)), sorted(groups)


def moodle_course(there: moodle.World, course: Any) -> tuple[Any, ...]:
    """A course as Moodle holds it."""
    people = sorted((e.username, e.method, e.roles) for e in there.enrolments(course.id))
    return course.idnumber, course.fullname, people, sorted((g.name, g.members) for g in there.groups(course.id))


def die_everywhere(scenario: Scenario, fates: Callable[[Fate], None], kept: Path) -> None:
    """One undisturbed run, then one with a death at each of its moments, each from the same start to the same end."""
    scenario.keep(kept)
    start, count = scenario.both.clock.now, Fate()
    fates(count)
    with scenario.process() as inst:
        sync(inst, lanes=LANES)
    fates(Fate())
    undisturbed = until_quiet(scenario)
    assert undisturbed["unclear"] == []
    assert {moment.partition(" ")[0] for moment in count.moments} == {"commit", "write"}
    wrong = {}
    for number, moment in chosen(count.moments):
        scenario.restore(kept)
        scenario.both.clock.now = start
        fates(Fate(number))
        with pytest.raises(Death), scenario.process() as inst:
            sync(inst, lanes=LANES)
        fates(Fate())
        after = until_quiet(scenario)
        if different := {k: (v, undisturbed[k]) for k, v in after.items() if v != undisturbed[k]}:
            wrong[f"{number} of {len(count.moments)}: {moment}"] = different
    assert wrong == {}


@pytest.fixture
def scenario() -> Iterator[Scenario]:
    """One seat, two who want it, and somebody whom the directory does not know; eClass with a mirror in Moodle."""
    memory = Path("/dev/shm")  # hundreds of commits: on a disk most of the time would be waiting for it
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder, two_platforms(Path(folder)) as both:
        both.settings(courses="eclass", report=both.moodle.add_participants_report())  # without dates nothing is proven
        both.eclass.add_user("stranger", "Νέα", "Άγνωστη", "s@sch.example")
        here = both.eclass_course()
        for number, login in enumerate(("t01", "t02", "stranger")):
            both.apply_in_eclass(login, here, minutes_ago=300 - number)
        both.seminar(course=both.eclass_address(here), mirrors="[moodle]", capacity=1)
        with both.installation() as inst:
            sync(inst, lanes=("directory",))
            yield Scenario(both, here, inst)


def test_a_death_at_any_moment_of_the_first_sync_changes_nothing_in_the_end(
    scenario: Scenario, fates: Callable[[Fate], None], tmp_path: Path
) -> None:
    """Courses, groups, enrolments and a ticket are made."""
    die_everywhere(scenario, fates, tmp_path / "kept")


def test_a_death_at_any_moment_of_a_promotion_changes_nothing_in_the_end(
    scenario: Scenario, fates: Callable[[Fate], None], tmp_path: Path
) -> None:
    """A seat is given back and goes to the next; the mirror follows; the stranger leaves too, so the ticket closes."""
    until_quiet(scenario)
    scenario.both.eclass.unenrol("t01", scenario.here)
    scenario.both.eclass.unenrol("stranger", scenario.here)
    die_everywhere(scenario, fates, tmp_path / "kept")
