"""What every course platform must keep. Subclass `CoursesContract` with a fixture; nothing may be skipped:

class TestMoodle(CoursesContract):
    @pytest.fixture
    def platform(self, tmp_path) -> Iterator[Platform]: ...
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from kypek_sync.contract import Capability, ConnectorError, Courses, ProbeLevel, StopConnector
from tests.contracts.courses_platform import NO_ANSWERS, SPRING, Platform
from tests.contracts.courses_reading import ReadingContract
from tests.contracts.courses_several import SeveralContract
from tests.contracts.courses_writing import WritingContract, students

Elapsed = Callable[[], float]


class CoursesContract(ReadingContract, WritingContract, SeveralContract):
    """The whole suite. The subclass gives `platform`, fresh for each test."""

    @pytest.fixture
    def platform(self) -> Platform:
        raise NotImplementedError("the subclass gives the platform")

    @pytest.fixture
    def stopwatch(self) -> Callable[[], AbstractContextManager[Elapsed]]:
        """Measures a block in seconds."""

        @contextmanager
        def measured() -> Iterator[Elapsed]:
            start = time.monotonic()
            taken: list[float] = []
            yield lambda: taken[0]
            taken.append(time.monotonic() - start)

        return measured

    def test_it_fills_the_role(self, platform: Platform) -> None:
        assert isinstance(platform.courses, Courses)

    def test_capabilities_are_of_courses_and_stay_the_same(self, platform: Platform) -> None:
        able = platform.courses.capabilities()
        assert able <= {
            Capability.MEMBER_LIST,
            Capability.MEMBER_DATES,
            Capability.COURSE_REQUESTS,
            Capability.GROUP_MEMBERS,
            Capability.GROUP_REMOVE,
            Capability.COURSE_UPDATE,
            Capability.SUSPEND,
            Capability.COURSE_LOOKUP,
            Capability.CALENDAR,
            Capability.ANNOUNCEMENT,
            Capability.COHORTS,
            Capability.END_MEMBERSHIP,
        }
        with platform.trouble("refuse"):
            assert platform.courses.capabilities() == able  # asked once and kept

    def test_a_membership_that_a_student_began_ends_where_the_platform_says_that_it_can(
        self, platform: Platform
    ) -> None:
        able = Capability.END_MEMBERSHIP in platform.courses.capabilities()
        assert not able or Capability.MEMBER_LIST in platform.courses.capabilities()
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(login, course, SPRING)
        platform.courses.unenrol(course, [login])
        assert login not in platform.world.members(course) or not able

    def test_a_working_platform_is_usable(self, platform: Platform) -> None:
        probe = platform.courses.probe()
        assert probe.usable
        assert probe.version
        assert all(line.text for line in probe.lines)
        assert all(line.next_step for line in probe.lines if line.level is not ProbeLevel.OK)

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_probe_tells_and_never_raises(self, platform: Platform, fault: str) -> None:
        with platform.trouble(fault):
            probe = platform.courses.probe()
        assert not probe.usable
        assert all(line.next_step for line in probe.lines if line.level is ProbeLevel.PROBLEM)

    def test_a_wrong_credential_stops_the_connector(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        for call in (
            lambda: platform.locked_out.capabilities(),
            lambda: platform.locked_out.find(platform.ref),
            lambda: platform.locked_out.course(course),
            lambda: platform.locked_out.members(course, {}),
            lambda: platform.locked_out.membership(course, login),
            lambda: platform.locked_out.groups(course),
            lambda: platform.locked_out.enrol(course, students(login)),
            lambda: platform.locked_out.create(platform.draft()),
        ):
            with pytest.raises(StopConnector) as caught:
                call()
            assert caught.value.hint
        assert not platform.locked_out.probe().usable
        assert platform.world.members(course) == {}

    def test_no_secret_in_log_or_repr(self, platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(login, course, SPRING)
        said = [repr(platform.courses), repr(platform.courses.probe()), repr(platform.locked_out.probe())]
        said += [repr(platform.courses.course(course)), repr(platform.courses.members(course, {}))]
        said += [repr(platform.courses.enrol(course, students(login, "kanenas")))]
        for fault in ("html-200", "refuse", "cut-body", "redirect", "reset-after-write"):
            with platform.trouble(fault):
                for call in (
                    lambda: platform.courses.course(course),
                    lambda: platform.courses.create(platform.draft()),
                    lambda: platform.locked_out.course(course),
                ):
                    try:
                        said.append(repr(call()))
                    except ConnectorError as error:
                        said += [repr(error), "".join(traceback.format_exception(error))]
        everything = "\n".join([*said, caplog.text])
        assert platform.secrets
        assert [secret for secret in platform.secrets if secret in everything] == []

    def test_it_can_be_closed_twice(self, platform: Platform) -> None:
        course = platform.world.add_course("Ρομποτική")
        assert platform.courses.course(course) is not None
        for _ in range(2):
            assert platform.courses.close() is None
