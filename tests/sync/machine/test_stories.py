"""What the machine found, each told as a story."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kypek_sync.sync.planning.desired import SEATED, reference
from tests.sync.machine import promises
from tests.sync.machine.fate import Fault
from tests.sync.machine.platforms import HAND, SELF, Room
from tests.sync.machine.village import KYPEK, MADE, Village


@pytest.fixture
def village() -> Iterator[Village]:
    """Two have a seat, and are in the mirror with its group."""
    village = Village()
    village.sync()
    for login in ("t01", "t02"):
        village.eclass.joins(registration(village), login, SELF)
    syncs(village, 2)
    assert {"t01", "t02"} <= mirror(village).members.keys()
    yield village
    village.close()


def registration(village: Village) -> Room:
    room = village.eclass.room(reference(KYPEK, MADE))
    assert room is not None
    return room


def mirror(village: Village) -> Room:
    room = village.moodle.room(reference(KYPEK, MADE))
    assert room is not None
    return room


def group(room: Room) -> dict[str, str]:
    return next(circle.members for circle in room.circles.values() if circle.name == SEATED)


def syncs(village: Village, times: int = 1) -> None:
    for _ in range(times):
        village.clock.now += timedelta(minutes=20)
        village.sync()


def test_who_was_left_out_and_is_put_back_by_hand_stays_when_the_seat_goes(village: Village) -> None:
    """A teacher took Anna out of the mirror, we put her back, the teacher took her out again, and we respected it. Then
    the teacher let her in after all. The ledger still held our first claim on her: when she gave her seat back, we
    ended a membership that the teacher had made (rule 4)."""
    room = mirror(village)
    for _ in range(2):
        village.moodle.leaves(room, "t01")
        syncs(village)
    assert "t01" not in room.members
    village.moodle.joins(room, "t01", HAND)
    syncs(village)
    village.eclass.leaves(registration(village), "t01")
    syncs(village, 2)
    assert room.members["t01"].by == HAND
    promises.nobody_loses_what_we_did_not_give(village)


def test_who_is_put_back_by_hand_before_we_could_stays_when_the_seat_goes(village: Village) -> None:
    """A teacher took Anna out of the mirror by mistake. Moodle did not answer when we wanted to put her back, so the
    teacher did. She is not ours any more: nothing ends with her seat (rule 4)."""
    room = mirror(village)
    village.moodle.leaves(room, "t01")
    village.fate.faults["moodle"] = deque([Fault.AWAY] * 5)
    syncs(village)
    village.fate.lift()
    village.moodle.joins(room, "t01", HAND)
    syncs(village)
    village.eclass.leaves(registration(village), "t01")
    syncs(village, 2)
    assert room.members["t01"].by == HAND


def test_who_is_put_back_into_a_group_by_hand_stays_in_it(village: Village) -> None:
    """The same with the mirror's group, for somebody whom the teacher had let into the course."""
    room = mirror(village)
    room.members["t01"].by = HAND
    village.moodle.may_be_ours.clear()
    del group(room)["t01"]
    village.fate.faults["moodle"] = deque([Fault.AWAY] * 5)
    syncs(village)
    village.fate.lift()
    group(room)["t01"] = HAND
    syncs(village)
    assert village.moodle.deeds[-1].verb == "join"  # of the beginning: nothing was done since


def test_a_group_deleted_in_a_cancelled_seminar_is_doubted_once_and_then_believed(village: Village) -> None:
    """A seminar was cancelled and its teacher deleted our group. Nothing makes it again, so each second read found it
    missing anew: half of all passes failed for ever over a group that nobody wanted."""
    row = village.rows[MADE]
    row.cancelled = True
    village.row(row)
    syncs(village)
    registration(village).circles.clear()
    syncs(village)
    assert "no group is listed" in str(village.reports)
    for _ in range(4):
        syncs(village)
        assert not [problem for report in village.reports for problem in report.problems]
