"""Writes are few and never overlap on one course: counted at the simulator, in its own log of calls."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Any

import pytest

from connectors.moodle.batches import Writer
from connectors.moodle.client import MoodleClient
from kypek_sync.contract import Enrolment, Outcome
from kypek_sync.model import CourseRole
from tests.connectors.moodle.simulated import Moodle

ENROL = "enrol_manual_enrol_users"


def students(logins: tuple[str, ...]) -> list[Enrolment]:
    return [Enrolment(login, CourseRole.STUDENT) for login in logins]


@pytest.mark.parametrize("people", [1, 148, 149, 320])
def test_so_many_enrolments_take_no_more_writes_than_promised(server: Moodle, people: int) -> None:
    """Promised is ⌈changes / 200⌉ + 1; a call carries at most 900 variables, six for each (M-12)."""
    course = server.platform.add_course("Ρομποτική")
    logins = server.people(*(f"t{number:03}" for number in range(people)))
    connector = server.connector()
    receipts = connector.enrol(course, students(logins))
    assert {receipt.outcome for receipt in receipts} == {Outcome.DONE}
    assert server.calls(ENROL) == ceil(people / 149) <= ceil(people / 200) + 1
    connector.close()


def test_reads_around_a_write_do_not_grow_with_the_people(server: Moodle) -> None:
    course = server.platform.add_course("Ρομποτική")
    connector = server.connector()
    asked = []
    for logins in (server.people("a1"), server.people(*(f"b{number:02}" for number in range(80)))):
        before = Counter(server.world.calls())
        connector.enrol(course, students(logins))
        asked.append((Counter(server.world.calls()) - before).total())
    assert asked[0] <= 12  # the first also asks what the service can do, and proves that an empty list is empty
    assert asked[1] <= 9
    connector.close()


def test_joining_a_group_takes_one_write_and_few_reads(server: Moodle) -> None:
    course = server.platform.add_course("Ρομποτική")
    logins = server.people(*(f"t{number:02}" for number in range(80)))
    connector = server.connector()
    connector.enrol(course, students(logins))
    group = connector.create_group(course, "Συμμετέχοντες").foreign_id
    before = Counter(server.world.calls())
    connector.join_group(course, group, logins)
    asked = Counter(server.world.calls()) - before
    assert asked["core_group_add_group_members"] == 1
    assert asked.total() <= 5
    connector.close()


def test_writes_on_one_course_never_overlap_and_those_on_others_need_not_wait(
    server: Moodle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-30: of parallel batches on one course one wins, the others fail."""
    here, there = server.platform.add_course("Ρομποτική"), server.platform.add_course("Οπτική")
    server.people("t1", "t2", "t3")
    connector = server.connector()
    queued, elsewhere = threading.Semaphore(0), threading.Event()
    inside: Counter[str] = Counter()
    most: Counter[str] = Counter()
    send, alone = MoodleClient.write, Writer.alone

    def arriving(self: Writer, course: str) -> Any:
        queued.release()
        return alone(self, course)

    def slowly(self: MoodleClient, function: str, parse: Any, words: Any) -> Any:
        course = str(words["enrolments"][0]["courseid"])
        inside[course] += 1
        most[course] = max(most[course], inside[course])
        if course == there:
            elsewhere.set()
        else:
            assert elsewhere.wait(30), "a write on another course was kept waiting"
        made = send(self, function, parse, words)
        inside[course] -= 1
        return made

    monkeypatch.setattr(Writer, "alone", arriving)
    monkeypatch.setattr(MoodleClient, "write", slowly)
    with ThreadPoolExecutor(3) as pool:
        first = [pool.submit(connector.enrol, here, students((login,))) for login in ("t1", "t2")]
        for _ in first:
            assert queued.acquire(timeout=30)
        other = pool.submit(connector.enrol, there, students(("t3",)))
        receipts = [one.result()[0].outcome for one in (*first, other)]
    assert receipts == [Outcome.DONE] * 3
    assert most == {here: 1, there: 1}
    connector.close()
