"""The rooms lane on a real wire: rooms open for sessions that are on, presence in intervals, gaps that blame nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.ledger import rooms as room_book
from kypek_sync.sandbox.bigbluebutton import World
from kypek_sync.sandbox.serving import Running
from kypek_sync.sync.planning.desired import room_reference
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import run_lane
from tests.sync.centre import Centre, done, sync_once
from tests.sync.services import with_rooms

CODE = "EKFE-26-01"
REF = room_reference("att-a", CODE, 1)
BEGINS = datetime(2027, 3, 12, 15, 0, tzinfo=UTC)
"""17:00 in Greece, in winter."""
ENDS = BEGINS + timedelta(hours=3)


@pytest.fixture
def bbb(centre: Centre) -> Iterator[tuple[World, Running]]:
    """A server that lists its meetings."""
    with with_rooms(centre) as it:
        _planned(centre)
        yield it


@pytest.fixture
def world(bbb: tuple[World, Running]) -> World:
    """What the server really holds."""
    return bbb[0]


def _planned(centre: Centre) -> None:
    """One online session, and the directory is read."""
    centre.seminar(CODE, day=12, form="εξ αποστάσεως", title="Ρομποτική")
    sync_once(centre, "directory")
    sync_once(centre, "seats")


def at(centre: Centre, moment: datetime) -> LaneReport:
    """A pass at this moment."""
    centre.clock.now = moment
    return sync_once(centre, "rooms")["rooms"]


def minute(number: float) -> datetime:
    """That many minutes after the session began."""
    return BEGINS + timedelta(minutes=number)


def present(centre: Centre) -> list[tuple[str, float, float]]:
    """Presence as it is recorded: who, from and to in minutes of the session."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = room_book.intervals(connection, "att-a", REF)
    return [(who, (a - BEGINS) / timedelta(minutes=1), (b - BEGINS) / timedelta(minutes=1)) for who, a, b in found]


def running(centre: Centre) -> dict[str, str]:
    """Rooms that are not known to have ended."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return room_book.running(connection, "att-a")


def test_a_room_opens_half_an_hour_before_its_session_and_once(centre: Centre, world: World) -> None:
    assert at(centre, minute(-31)).done == []
    assert world.meetings() == []
    report = at(centre, minute(-30))
    assert done(report) == [("room.open", CODE, "1", "done")]
    meeting = world.living(REF)
    assert meeting is not None
    assert meeting.name == "Ρομποτική (1)"
    assert at(centre, minute(-29)).done == []
    assert len(world.meetings()) == 1


def test_while_nothing_is_on_the_server_is_not_asked(centre: Centre, bbb: tuple[World, Running]) -> None:
    at(centre, minute(-600))
    assert sum(bbb[1].calls.values()) == 0


def test_a_session_in_person_needs_no_room(centre: Centre, bbb: tuple[World, Running]) -> None:
    centre.seminar(CODE, form="δια ζώσης")
    sync_once(centre, "seats")
    assert at(centre, minute(10)).done == []
    assert bbb[0].meetings() == []


def test_a_cancelled_seminar_opens_none_and_ends_the_one_that_is_open(centre: Centre, world: World) -> None:
    at(centre, minute(-20))
    centre.seminar(CODE, status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre, "seats")
    assert done(at(centre, minute(-19))) == [("room.end", CODE, "1", "done")]


def test_who_is_inside_is_recorded_in_intervals(centre: Centre, world: World) -> None:
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    world.enter(REF, "Νίκος", user_id="person-2")
    for number in (0, 1, 2):
        report = at(centre, minute(number))
    assert report.counts == {"rooms": 1, "people inside": 2}
    world.leave(REF, "person-2")
    for number in (3, 4, 5):
        at(centre, minute(number))
    assert present(centre) == [("person-1", 0, 5), ("person-2", 0, 2)]


def test_two_windows_of_one_person_are_one_presence(centre: Centre, world: World) -> None:
    at(centre, minute(-10))
    for _ in range(2):
        world.enter(REF, "Μαρία", user_id="person-1")
    assert at(centre, minute(0)).counts["people inside"] == 1
    at(centre, minute(1))
    assert present(centre) == [("person-1", 0, 1)]


def test_one_missed_poll_is_bridged_and_a_longer_silence_is_a_gap(centre: Centre, world: World) -> None:
    """B-28: a missed poll is a gap, never an absence."""
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    for number in (0, 1, 3, 4):
        at(centre, minute(number))
    assert present(centre) == [("person-1", 0, 4)]
    for number in (14, 15):
        at(centre, minute(number))
    assert present(centre) == [("person-1", 0, 4), ("person-1", 14, 15)]


def test_a_server_that_is_away_ends_nobody_s_presence(centre: Centre, world: World) -> None:
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    at(centre, minute(0))
    centre.faults.set("bbb:server-error")
    report = at(centre, minute(1))
    assert "nobody counts as absent" in report.problems[0]
    assert exit_code([report]) == 1
    assert report.done == []
    assert set(running(centre)) == {REF}
    centre.faults.lift()
    at(centre, minute(2))
    assert present(centre) == [("person-1", 0, 2)]


def test_no_meetings_from_a_server_that_hides_them_ends_nothing(centre: Centre) -> None:
    """B-40: a balancer may answer noMeetings at all times."""
    with with_rooms(centre, lists_meetings=False) as (world, _):
        _planned(centre)
        at(centre, minute(-10))
        world.enter(REF, "Μαρία", user_id="person-1")
        at(centre, minute(0))
        centre.faults.set("bbb:no-meetings")
        for number in (1, 2):
            report = at(centre, minute(number))
            assert not report.problems
            assert {verb for verb, *_ in done(report)} <= {"room.open"}
        assert set(running(centre)) == {REF}
        centre.faults.lift()
        at(centre, minute(3))
        assert present(centre) == [("person-1", 0, 3)]
        assert len(world.meetings()) == 1


def test_a_listing_that_missed_a_room_once_does_not_end_it_for_good(centre: Centre, world: World) -> None:
    """A server that lists its meetings did not, for once: the room is shown again, so it lives."""
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    at(centre, minute(0))
    centre.faults.set("bbb:no-meetings@1")
    at(centre, minute(1))
    at(centre, minute(2))
    assert set(running(centre)) == {REF}
    assert present(centre) == [("person-1", 0, 2)]
    assert len(world.meetings()) == 1


def test_a_room_that_died_is_opened_again_as_a_new_one_and_presence_goes_on(centre: Centre, world: World) -> None:
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    at(centre, minute(0))
    world.ask_end(REF)
    for number in range(1, 6):
        at(centre, minute(number))
    first, second = world.meetings()
    assert first.internal_id != second.internal_id
    world.enter(REF, "Μαρία", user_id="person-1")
    at(centre, minute(8))
    at(centre, minute(9))
    assert present(centre)[-1] == ("person-1", 8, 9)
    assert set(running(centre).values()) == {second.internal_id}


def test_a_meeting_that_nobody_joined_and_died_is_simply_opened_again(centre: Centre, world: World) -> None:
    centre.faults.set("bbb:meeting-dies@1")
    assert done(at(centre, minute(-10))) == [("room.open", CODE, "1", "done")]
    assert done(at(centre, minute(-9))) == [("room.open", CODE, "1", "done")]
    assert at(centre, minute(-8)).done == []
    assert world.living(REF) is not None


def test_an_hour_after_its_session_a_room_is_ended(centre: Centre, world: World) -> None:
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    at(centre, minute(0))
    assert at(centre, ENDS + timedelta(minutes=59)).done == []
    assert done(at(centre, ENDS + timedelta(minutes=60))) == [("room.end", CODE, "1", "done")]
    for number in range(61, 66):
        at(centre, ENDS + timedelta(minutes=number))
    assert world.living(REF) is None
    assert running(centre) == {}
    assert at(centre, ENDS + timedelta(minutes=70)).done == []


def test_a_room_created_without_an_answer_is_there_once(centre: Centre, world: World) -> None:
    """B-12: the same call again is told that the room exists."""
    centre.faults.set("bbb:reset-after-write@1")
    first = at(centre, minute(-10))
    assert [verb for verb, *_ in done(first)] == ["room.open"]
    at(centre, minute(-9))
    at(centre, minute(-8))
    assert len(world.meetings()) == 1
    assert set(running(centre)) == {REF}


def test_somebody_else_s_rooms_are_left_alone(centre: Centre, world: World) -> None:
    centre.clock.now = minute(-11)
    world.create("the-headmaster", "Σύλλογος")
    world.enter("the-headmaster", "Διευθύντρια")
    at(centre, minute(-10))
    at(centre, ENDS + timedelta(minutes=61))
    assert world.living("the-headmaster") is not None
    assert REF in {meeting.meeting_id for meeting in world.meetings()}


def test_a_server_that_is_only_observed_gets_no_rooms_and_tells_who_is_inside(centre: Centre, world: World) -> None:
    at(centre, minute(-10))
    world.enter(REF, "Μαρία", user_id="person-1")
    centre.connectors["rooms"] = centre.connectors["rooms"].replace("mode: apply", "mode: observe")
    centre.settings()
    assert at(centre, minute(0)).counts["people inside"] == 1
    centre.seminar(CODE, status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre, "seats")
    report = at(centre, minute(1))
    assert report.done == []
    assert [held.guard for _, held in report.held] == ["mode"]
    assert world.living(REF) is not None


def test_a_plan_looks_and_keeps_nothing(centre: Centre, world: World) -> None:
    centre.clock.now = minute(-10)
    with centre.installation() as inst:
        report = run_lane(inst, "att-a", "rooms", dry=True)
    assert [change.verb.value for change in report.waiting] == ["room.open"]
    assert world.meetings() == []
    assert running(centre) == {}
