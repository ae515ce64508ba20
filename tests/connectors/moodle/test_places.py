"""Places in groups of many courses at once: few calls, and everybody judged as course by course (M-31)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import pytest

import connectors.moodle.mapping as mapping
from connectors.moodle import MoodleCourses, MoodleSettings
from connectors.moodle.client import MoodleClient
from connectors.moodle.places import Places
from connectors.moodle.refusals import Refused
from kypek_sync.contract import Enrolment, GroupPlace, Outcome, SkipThis, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.moodle.simulated import TOKEN, Moodle, asked, outcomes

ADD, MEMBERS = "core_group_add_group_members", "core_group_get_group_members"
COURSES = 8
INSIDE, OUTSIDE = "elioannou", "gvlachos"


@pytest.fixture
def places(server: Moodle, courses: MoodleCourses) -> list[GroupPlace]:
    """A course each with a group, and somebody who is in the course."""
    server.people(INSIDE, OUTSIDE)
    made = []
    for number in range(COURSES):
        course = server.platform.add_course(f"Μάθημα {number}")
        courses.enrol(course, [Enrolment(INSIDE, CourseRole.STUDENT)])
        made.append(GroupPlace(course, courses.create_group(course, "Συμμετέχοντες").foreign_id, INSIDE))
    return made


def inside(server: Moodle, place: GroupPlace) -> frozenset[str]:
    return server.platform.group_members(place.course, place.group)


def test_one_write_serves_many_courses_with_a_look_before_and_a_look_after(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace]
) -> None:
    courses.capabilities()  # asked once and kept
    calls = asked(server, lambda: courses.join_groups(places))
    assert calls == {"core_user_get_users_by_field": 1, MEMBERS: 2, ADD: 1}
    assert all(inside(server, place) == {INSIDE} for place in places)
    calls = asked(server, lambda: courses.leave_groups(places))
    assert calls == {MEMBERS: 2, "core_group_delete_group_members": 1}
    assert not any(inside(server, place) for place in places)


def test_applying_twice_is_applying_once(courses: MoodleCourses, places: list[GroupPlace]) -> None:
    assert outcomes(courses.join_groups(places)) == [Outcome.DONE] * COURSES
    assert outcomes(courses.join_groups(places)) == [Outcome.ALREADY] * COURSES
    assert outcomes(courses.leave_groups(places)) == [Outcome.DONE] * COURSES
    assert outcomes(courses.leave_groups(places)) == [Outcome.ALREADY] * COURSES


def test_who_is_not_in_a_course_is_found_by_dividing_and_told_so(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace]
) -> None:
    """M-31: one refuses the whole write; the others get their places."""
    wrong = places[3]._replace(login=OUTSIDE)
    nobody = places[5]._replace(login="kanenas")
    receipts = courses.join_groups([*places[:3], wrong, *places[4:], nobody])
    assert outcomes(receipts) == [Outcome.DONE] * 3 + [Outcome.REFUSED] + [Outcome.DONE] * 4 + [Outcome.REFUSED]
    assert "invalidparameter" in receipts[3].detail
    assert receipts[-1].detail.startswith("kanenas is not in the course")
    assert [inside(server, place) for place in places] == [{INSIDE}] * 3 + [set()] + [{INSIDE}] * 4
    assert outcomes(courses.leave_groups([wrong, nobody])) == [Outcome.ALREADY] * 2


def test_who_got_another_name_since_the_read_leaves_all_the_same(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace]
) -> None:
    """By the new name nobody would be found, and who lost a seat would stay as if put there by hand."""
    courses.join_groups(places)
    client = MoodleClient("moodle", MoodleSettings(address=server.running.address, token=TOKEN))
    user = server.world.user(INSIDE).id
    client.write("core_user_update_users", mapping.warnings, {"users": [{"id": user, "username": "elpapadaki"}]})
    client.close()
    assert outcomes(courses.leave_groups(places)) == [Outcome.DONE] * COURSES
    assert not any(inside(server, place) for place in places)


def test_a_course_that_refuses_costs_the_others_nothing(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would refuse everybody in one course is divided where there are several."""
    write = MoodleClient.write

    def denied(self: MoodleClient, function: str, parse: Any, words: Any) -> Any:
        if any(one["groupid"] == int(places[2].group) for one in words.get("members", ())):
            raise Refused("moodle", "nopermissions", "Moodle refused it.")
        return write(self, function, parse, words)

    monkeypatch.setattr(MoodleClient, "write", denied)
    receipts = courses.join_groups(places)
    assert outcomes(receipts) == [Outcome.DONE] * 2 + [Outcome.REFUSED] + [Outcome.DONE] * (COURSES - 3)


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("move", ["join_groups", "leave_groups"])
def test_a_group_that_is_deleted_meanwhile_costs_the_others_nothing(
    courses: MoodleCourses, places: list[GroupPlace], monkeypatch: pytest.MonkeyPatch, move: str, sent: bool
) -> None:
    """Somebody deletes one group right before the write, or between it and the look after it: where it was sent nobody
    can see what became of the place there, and nobody is told that it was given up."""
    if move == "leave_groups":
        courses.join_groups(places)
    write = MoodleClient.write

    def deleted(self: MoodleClient, function: str, parse: Any, words: Any) -> Any:
        monkeypatch.undo()
        answer = write(self, function, parse, words) if sent else None
        write(self, "core_group_delete_groups", mapping.nothing, {"groupids": [int(places[2].group)]})
        return answer if sent else write(self, function, parse, words)

    monkeypatch.setattr(MoodleClient, "write", deleted)
    found = outcomes(getattr(courses, move)(places))
    assert found.pop(2) is (Outcome.AMBIGUOUS if sent else Outcome.REFUSED)
    assert found == [Outcome.DONE] * (COURSES - 1)


@pytest.mark.parametrize("move", ["join_groups", "leave_groups"])
def test_what_is_not_shown_is_refused_as_a_whole_before_anything_is_sent(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace], move: str
) -> None:
    """A group of another course, one that a connector has never seen, and one that somebody deleted."""
    courses.capabilities()
    stray = places[0]._replace(group=places[1].group)
    fresh = server.connector()
    for connector, those in ((courses, [stray, places[2]]), (fresh, places)):
        with pytest.raises(SkipThis):
            getattr(connector, move)(those)
    fresh.close()
    client = MoodleClient("moodle", MoodleSettings(address=server.running.address, token=TOKEN))
    client.write("core_group_delete_groups", mapping.nothing, {"groupids": [int(places[0].group)]})
    client.close()
    with pytest.raises(SkipThis):
        getattr(courses, move)(places)
    assert server.calls(ADD) == server.calls("core_group_delete_group_members") == 0


class Hand:
    """A teacher who puts people into groups at a moment of their choosing."""

    def __init__(self, server: Moodle, monkeypatch: pytest.MonkeyPatch) -> None:
        self.write, self.monkeypatch = MoodleClient.write, monkeypatch
        self.client = MoodleClient("moodle", MoodleSettings(address=server.running.address, token=TOKEN))

    def puts(self, server: Moodle, place: GroupPlace) -> None:
        one = {"groupid": int(place.group), "userid": server.world.user(place.login).id}
        self.write(self.client, ADD, mapping.nothing, {"members": [one]})

    def at(self, call: int, happens: Callable[[], None], refused: Collection[int] = ()) -> None:
        """Something happens right before our write of this number; writes with these groups are refused."""
        calls = 0

        def watched(client: MoodleClient, function: str, parse: Any, words: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call:
                happens()
            if any(one["groupid"] in refused for one in words.get("members", ())):
                raise Refused("moodle", "invalidparameter", "Moodle refused it.")
            return self.write(client, function, parse, words)

        self.monkeypatch.setattr(MoodleClient, "write", watched)


@pytest.fixture
def hand(server: Moodle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    it = Hand(server, monkeypatch)
    yield it
    it.client.close()


def test_a_place_made_by_hand_while_a_batch_is_divided_is_not_ours(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace], hand: Hand
) -> None:
    """The look from before the first call tells no more who is there."""
    hand.at(1, lambda: hand.puts(server, places[6]), refused={int(places[1].group)})
    found = outcomes(courses.join_groups(places))
    assert found == [Outcome.DONE, Outcome.REFUSED, *[Outcome.DONE] * 4, Outcome.ALREADY, Outcome.DONE]


def test_so_it_is_in_the_group_of_one_course(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace], hand: Hand
) -> None:
    """Three people, one of whom has left the course since the look: their refusal divides the call."""
    course, group, _ = places[0]
    people = [INSIDE, OUTSIDE, *server.people("skontou")]
    courses.enrol(course, [Enrolment(login, CourseRole.STUDENT) for login in people])

    def meanwhile() -> None:
        server.world.leave(INSIDE, int(course), "manual")
        hand.puts(server, GroupPlace(course, group, "skontou"))

    hand.at(1, meanwhile)
    found = outcomes(courses.join_group(course, group, people))
    assert found == [Outcome.REFUSED, Outcome.DONE, Outcome.ALREADY]


def test_a_place_that_stands_although_ours_was_refused_is_not_ours(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace], hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A teacher puts them in between our refused call and the look after it."""
    shown = Places._inside
    looks: list[int] = []

    def looked(self: Places, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        looks.append(1)
        if len(looks) == 2:
            hand.puts(server, places[0])
        return shown(self, groups)

    monkeypatch.setattr(Places, "_inside", looked)
    hand.at(99, lambda: None, refused={int(places[0].group)})
    assert outcomes(courses.join_groups(places[:1])) == [Outcome.ALREADY]


def test_whom_somebody_took_out_while_a_batch_is_divided_is_out_already(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace], hand: Hand
) -> None:
    courses.join_groups(places)

    def taken_out() -> None:
        one = {"groupid": int(places[6].group), "userid": server.world.user(INSIDE).id}
        hand.write(hand.client, "core_group_delete_group_members", mapping.nothing, {"members": [one]})

    hand.at(1, taken_out, refused={int(places[1].group)})
    found = outcomes(courses.leave_groups(places))
    assert found == [Outcome.DONE, Outcome.REFUSED, *[Outcome.DONE] * 4, Outcome.ALREADY, Outcome.DONE]


def test_a_write_without_an_answer_that_shows_is_told_as_done(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace]
) -> None:
    """M-11"""
    server.faults.set("moodle:reset-after-write@1")
    assert outcomes(courses.join_groups(places)) == [Outcome.DONE] * COURSES
    assert server.calls(ADD) == 1


def test_a_server_that_does_not_answer_is_told_before_anything_was_sent(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace]
) -> None:
    server.world.set_maintenance("cli")
    with pytest.raises(TryLater):
        courses.join_groups(places)
    server.world.set_maintenance("")
    assert not any(inside(server, place) for place in places)


def test_nobody_is_taken_for_a_stranger_by_an_account_that_sees_nobody(
    server: Moodle, courses: MoodleCourses, places: list[GroupPlace]
) -> None:
    """M-10"""
    server.faults.set("moodle:no-permission")
    with pytest.raises(TryLater):
        courses.join_groups(places)
    assert server.calls(ADD) == 0
