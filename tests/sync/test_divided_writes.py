"""A batch that a connector divides asks before each of its writes whether the lane is still ours (design, rule 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import connectors.moodle.batches as batches
from kypek_sync.contract import Change, Enrolment, GroupPlace, Outcome, Target, Verb
from kypek_sync.ledger import Ledger, open_ledger, runs, setbacks
from kypek_sync.ledger.leases import LeaseLost
from kypek_sync.model import CourseRole
from kypek_sync.sync.applying.apply import Applier
from kypek_sync.sync.lease import Stopped
from tests.connectors.moodle.simulated import NOW, Moodle, moodle

ADD = "core_group_add_group_members"
PEOPLE = tuple(f"t{number:02}" for number in range(8))


class Site:
    """A course on Moodle with a group for people who are in the course; a write carries two of them."""

    def __init__(self, server: Moodle, ledger: Ledger) -> None:
        self.server, self.ledger, self.courses = server, ledger, server.connector()
        server.people(*PEOPLE)
        self.course = server.platform.add_course("Ρομποτική")
        self.courses.enrol(self.course, [Enrolment(login, CourseRole.STUDENT) for login in PEOPLE])
        self.group = self.courses.create_group(self.course, "Συμμετέχοντες").foreign_id

    def applier(self, still_ours: Callable[[], None]) -> Applier:
        with self.ledger.begin() as connection:
            run = runs.begin_run(connection, "att-a", "seats", NOW)

        def join(changes):
            return self.courses.join_groups([GroupPlace(self.course, self.group, c.target.login) for c in changes])

        return Applier(
            *(self.ledger, lambda: NOW, "att-a", run, {Verb.JOIN_GROUP: join}, lambda _, answered: None),
            still_ours=still_ours,
            lane="seats",
        )

    def inside(self) -> set[str]:
        return set(self.server.platform.group_members(self.course, self.group))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(batches, "AT_MOST", 2)
    monkeypatch.setattr("connectors.moodle.places.AT_MOST", 2)
    ledger = open_ledger("sqlite:///kypek.db", tmp_path)
    with moodle(tmp_path) as server:
        site = Site(server, ledger)
        yield site
        site.courses.close()
    ledger.close()


def joining(*logins: str) -> list[Change]:
    return [Change(Verb.JOIN_GROUP, Target("moodle", "S1", "Συμμετέχοντες", login)) for login in logins]


def test_no_more_is_sent_once_the_lane_is_lost_and_what_was_sent_is_kept_as_a_fact(site: Site) -> None:
    def ours() -> None:
        if site.server.calls(ADD) >= 2:
            raise LeaseLost("The lane was taken over.")

    applier = site.applier(ours)
    with pytest.raises(LeaseLost):
        applier.apply(joining(*PEOPLE))
    assert site.server.calls(ADD) == 2
    assert site.inside() == set(PEOPLE[:4])
    assert [receipt.outcome for _, receipt in applier.done] == [Outcome.DONE] * 4 + [Outcome.LATER] * 4
    with site.ledger.begin() as connection:
        assert setbacks.listed(connection, "att-a", lane="seats") == []  # nobody was refused anything


def test_a_lane_that_is_lost_before_the_first_write_is_no_failure_of_the_system(site: Site) -> None:
    asked: list[int] = []

    def ours() -> None:
        asked.append(site.server.calls(ADD))
        if len(asked) == 3:  # the batch, the call, and then its first write
            raise LeaseLost("The lane was taken over.")

    applier = site.applier(ours)
    with pytest.raises(LeaseLost):
        applier.apply(joining(*PEOPLE))
    assert site.inside() == set()
    assert {receipt.outcome for _, receipt in applier.done} == {Outcome.LATER}
    with site.ledger.begin() as connection:
        assert setbacks.listed(connection, "att-a", lane="seats") == []


def test_whoever_is_told_to_stop_ends_the_call_that_was_begun(site: Site) -> None:
    """Half of an answer would leave in doubt what was done."""

    def ours() -> None:
        if site.server.calls(ADD) >= 1:
            raise Stopped("Told to stop.")

    applier = site.applier(ours)
    applier.apply(joining(*PEOPLE))
    assert site.inside() == set(PEOPLE)
    with pytest.raises(Stopped):
        applier.apply(joining("t99"))


def test_before_each_write_and_before_no_read(site: Site) -> None:
    asked: list[int] = []
    site.applier(lambda: asked.append(site.server.calls(ADD))).apply(joining(*PEOPLE))
    assert asked == [0, 0, 0, 1, 2, 3]
