"""The dates of sessions on the Moodle simulator: what is peculiar to Moodle (M-32)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.moodle.needs import PERMISSIONS
from kypek_sync.contract import Outcome
from tests.connectors.moodle.simulated import Moodle, contract_platform
from tests.contracts.courses_calendar import FIRST, SECOND, CalendarContract
from tests.contracts.courses_platform import Platform

READ, ADD, DELETE = (f"core_calendar_{word}_calendar_events" for word in ("get", "create", "delete"))


class TestCalendar(CalendarContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, report=False) as platform:
            yield platform


def test_no_date_is_ever_an_orphan(server: Moodle) -> None:
    """M-32: eventtype=course without courseid is accepted, and shown nowhere."""
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    connector.add_events(course, [FIRST, SECOND])
    assert {(event.course, event.kind) for event in server.world.events()} == {(int(course), "course")}
    assert server.calls(ADD) == 1
    connector.close()


def test_all_courses_are_asked_about_in_one_call(server: Moodle) -> None:
    connector = server.connector()
    courses = [server.platform.add_course(f"Μάθημα {number}") for number in range(30)]
    shown = connector.events(dict.fromkeys(courses, frozenset()))
    assert set(shown) == set(courses)
    assert all(one.complete for one in shown.values())
    assert server.calls(READ) == 1
    connector.close()


def test_without_the_permission_an_empty_calendar_proves_nothing_and_a_warning_is_a_refusal(server: Moodle) -> None:
    """M-10, M-32. The account sees its own dates all the same: of them alone it can tell that they are there."""
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    (made,) = connector.add_events(course, [FIRST])
    server.world.add_token("weak", capabilities=PERMISSIONS)
    weak = server.connector("weak")
    shown = weak.events({course: frozenset({made.foreign_id})})[course]
    assert (shown.complete, [event.id for event in shown.items]) == (True, [made.foreign_id])
    shown = weak.events({course: frozenset({made.foreign_id, "999"})})[course]
    assert not shown.complete
    assert "may not see all dates" in shown.why_partial
    (refused,) = weak.add_events(course, [SECOND])
    assert refused.outcome is Outcome.REFUSED
    assert "nopermissions" in refused.detail
    assert len(server.world.events()) == 1
    for one in (connector, weak):
        one.close()


def test_a_date_that_is_only_warned_of_may_be_in_any_course(server: Moodle) -> None:
    """M-32: of a date that the account may not see Moodle tells the number alone, beside what it says of courses."""
    connector = server.connector()
    open_one, other, hidden = (server.platform.add_course(title) for title in ("Α", "Β", "Γ"))
    (made,) = connector.add_events(open_one, [FIRST])
    server.world.hide(int(hidden))
    server.world.add_token("weak", capabilities=set(PERMISSIONS) - {"moodle/course:viewhiddencourses"})
    weak = server.connector("weak")
    courses = dict.fromkeys((open_one, other, hidden), frozenset[str]())
    assert {course: one.complete for course, one in weak.events(courses).items()} == {
        open_one: True,
        other: True,
        hidden: False,
    }
    server.world.copy_event(int(made.foreign_id), "admin")
    shown = weak.events(courses)
    assert not any(one.complete for one in shown.values())
    assert "view this event" in shown[other].why_partial
    for one in (connector, weak):
        one.close()


def test_a_course_that_is_gone_costs_the_others_nothing(server: Moodle) -> None:
    """M-10: its dates are unknown, since Moodle shows none and warns of nothing."""
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    (made,) = connector.add_events(course, [FIRST])
    shown = connector.events({"999999": frozenset({"7"}), course: frozenset({made.foreign_id})})
    assert not shown["999999"].complete
    assert (shown[course].complete, len(shown[course].items)) == (True, 1)
    connector.close()


def test_a_copy_by_somebody_else_is_not_ours(server: Moodle) -> None:
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    (made,) = connector.add_events(course, [FIRST])
    copy = server.world.copy_event(int(made.foreign_id), "admin")
    shown = {event.id: event for event in connector.events({course: frozenset()})[course].items}
    assert (shown[made.foreign_id].ref, shown[str(copy)].ref) == (FIRST.ref, "")
    assert shown[str(copy)].description == FIRST.description
    connector.close()


def test_a_hidden_date_is_there(server: Moodle) -> None:
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    (made,) = connector.add_events(course, [FIRST])
    server.world.change_event(int(made.foreign_id), visible=0)
    assert [event.id for event in connector.events({course: frozenset()})[course].items] == [made.foreign_id]
    connector.close()
