"""A process dies with a request under way; the server carries it out after the next process has read the course.

Found by a kill test: the read showed nothing, the intent was closed as not done, the second request was answered with
"already", and nobody remembered any more that it was ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Change, Course, Group, Member, Snapshot, Target, Verb
from kypek_sync.ledger import Ledger, bindings, open_ledger, runs
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.ownership import CALLS, reconcile
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from tests.sync.centre import START

KEY = ("eclass", "EKFE-26-01")
SEATED = "Συμμετέχοντες"
JOIN = Change(Verb.JOIN_GROUP, Target(*KEY, SEATED, "anna"), (), ())
ENROL = Change(Verb.ENROL, Target(*KEY, "", "anna"), (), (("role", "student"),))
SOON = START + timedelta(seconds=3)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    it = open_ledger(f"sqlite:///{tmp_path}/kypek.db", tmp_path)
    yield it
    it.close()


def shown(
    ledger: Ledger, at: datetime, *, member: bool, placed: bool, decided: timedelta = timedelta(0), groups_at: float = 0
) -> None:
    """A later process reads the course, its groups `groups_at` seconds after the members, and decides when it has
    `decided`, after all the other courses."""
    anna = Member("anna", CourseRole.STUDENT, START + timedelta(seconds=4), "manual")
    members = Snapshot("eclass", "12", at, (anna,) if member else (), complete=True)
    group = Group("7", SEATED, frozenset({"anna"} if placed else ()))
    groups = Snapshot("eclass", "12", at + timedelta(seconds=groups_at), (group,), complete=True)
    read = CourseRead(CourseTask(*KEY, "12"), Course("12", "…", ""), members=members, groups=groups)
    with ledger.begin() as connection:
        reconcile(connection, "att-a", {KEY: read}, at + decided)


def asked(ledger: Ledger, change: Change) -> None:
    """At START a process writes its intent, asks, and dies."""
    with ledger.begin() as connection:
        runs.intend(connection, runs.begin_run(connection, "att-a", "seats", START), "att-a", [change], START)


def open_intents(ledger: Ledger) -> int:
    with ledger.begin(keep=False) as connection:
        return len(runs.open_intents(connection, "att-a", (Verb.ENROL, Verb.JOIN_GROUP)))


def claimed(ledger: Ledger, kind: str, object_: str) -> bool:
    with ledger.begin(keep=False) as connection:
        return "anna" in bindings.claimed(connection, "att-a", kind).get(("eclass", object_), ())


def test_a_place_in_a_group_that_shows_only_at_the_second_read_is_ours(ledger: Ledger) -> None:
    asked(ledger, JOIN)
    shown(ledger, SOON, member=True, placed=False)
    assert open_intents(ledger) == 1
    shown(ledger, SOON + timedelta(seconds=5), member=True, placed=True)
    assert claimed(ledger, "membership", f"EKFE-26-01/{SEATED}")
    assert open_intents(ledger) == 0


def test_a_membership_that_shows_only_at_the_second_read_is_ours(ledger: Ledger) -> None:
    asked(ledger, ENROL)
    shown(ledger, SOON, member=False, placed=False)
    shown(ledger, SOON + timedelta(seconds=5), member=True, placed=False)
    assert claimed(ledger, "enrolment", "EKFE-26-01")


@pytest.mark.parametrize("change", [JOIN, ENROL], ids=["place", "membership"])
def test_it_is_the_read_that_must_be_late_not_the_end_of_a_long_pass(ledger: Ledger, change: Change) -> None:
    """A national centre reads for a quarter of an hour: what its first course did not show yet is still looked for."""
    asked(ledger, change)
    shown(ledger, SOON, member=False, placed=False, decided=2 * CALLS)
    assert open_intents(ledger) == 1
    shown(ledger, SOON + 3 * CALLS, member=True, placed=True)
    kind, object_ = ("membership", f"EKFE-26-01/{SEATED}") if change is JOIN else ("enrolment", "EKFE-26-01")
    assert claimed(ledger, kind, object_)


def test_groups_that_were_asked_about_ahead_count_from_then_on(ledger: Ledger) -> None:
    asked(ledger, JOIN)
    shown(ledger, START + CALLS, member=True, placed=False, groups_at=-1)
    assert open_intents(ledger) == 1


def test_what_has_not_landed_by_then_never_will(ledger: Ledger) -> None:
    asked(ledger, JOIN)
    shown(ledger, START + CALLS, member=True, placed=False)
    assert open_intents(ledger) == 0
    shown(ledger, START + CALLS + timedelta(seconds=5), member=True, placed=True)
    assert not claimed(ledger, "membership", f"EKFE-26-01/{SEATED}")
