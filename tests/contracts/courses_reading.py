"""What every course platform must keep when it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kypek_sync.contract import Capability, Course, Enrolment, SkipThis, TryLater
from kypek_sync.model import CourseRole
from tests.contracts.courses_platform import NO_ANSWERS, SPRING, SUMMER, Platform


class ReadingContract:
    """Absence is evidence only when it was shown (design, rule 1)."""

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_unreachable_is_not_empty(self, platform: Platform, fault: str) -> None:
        """html is not empty, an empty answer is not empty, a cut one neither: no read returns anything. What is read
        another way is as it was."""
        login, member = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(member, course, SPRING)
        address = self._shown(platform, course).address
        reads = {
            "find": lambda: platform.courses.find(platform.ref),
            "at": lambda: platform.courses.at(address),
            "course": lambda: platform.courses.course(course),
            "members": lambda: platform.courses.members(course, {}),
            "membership": lambda: platform.courses.membership(course, login),
            "groups": lambda: platform.courses.groups(course),
        }
        before = {name: read() for name, read in reads.items()}  # they work, and the version is known by now
        with platform.trouble(fault):
            for name in reads.keys() & platform.beside:
                assert reads.pop(name)().items == before[name].items
            for name, read in reads.items():
                with pytest.raises(TryLater) as caught:
                    read()
                assert caught.value.system, name
        assert platform.courses.membership(course, login) is None

    def test_a_slow_server_is_given_up_in_time(self, platform: Platform, stopwatch) -> None:
        course = platform.world.add_course("Ρομποτική")
        platform.hasty.capabilities()
        with platform.trouble(f"hang={platform.hasty_seconds:g}"), stopwatch() as elapsed, pytest.raises(TryLater):
            platform.hasty.course(course)
        assert elapsed() < platform.hasty_seconds

    def test_members_are_read_with_role_and_date(self, platform: Platform) -> None:
        one, two, trainer = platform.people("elioannou", "gvlachos", "mpapadopoulou")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(one, course, SPRING)
        platform.world.self_enrol(two, course, SUMMER)
        platform.courses.enrol(course, [Enrolment(trainer, CourseRole.TRAINER)])
        known = {login: platform.courses.membership(course, login) for login in (one, two, trainer)}
        assert all(known.values())
        read = platform.courses.members(course, known)
        roles = {member.login: member.role for member in read.items}
        assert roles == {one: CourseRole.STUDENT, two: CourseRole.STUDENT, trainer: CourseRole.TRAINER}
        fresh = platform.courses.members(course, {})
        if platform.can(Capability.MEMBER_LIST):
            assert {member.login for member in fresh.items} == set(roles)
            assert fresh.complete
            assert fresh.proofs
            assert not fresh.why_partial
        else:
            assert not fresh.complete
            assert not read.complete
        if platform.can(Capability.MEMBER_DATES):
            since = {member.login: member.since for member in read.items}
            when = (SPRING, SUMMER) if platform.backdates else (read.as_of, read.as_of)
            assert abs(since[one] - when[0]) < timedelta(minutes=1)
            assert abs(since[two] - when[1]) < timedelta(minutes=1)

    def test_dates_are_aware_utc(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(login, course, SPRING)
        read = platform.courses.members(course, {})
        known = platform.courses.membership(course, login)
        moments = [read.as_of, *(member.since for member in (*read.items, known) if member.since is not None)]
        assert [moment.utcoffset() for moment in moments] == [timedelta(0)] * len(moments)

    def test_who_left_is_not_kept_because_we_knew_them(self, platform: Platform) -> None:
        one, two = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        for login in (one, two):
            platform.world.self_enrol(login, course, SPRING)
        known = {login: platform.courses.membership(course, login) for login in (one, two)}
        platform.world.leave(two, course)
        assert [member.login for member in platform.courses.members(course, known).items] == [one]

    def test_an_empty_course_is_proven_empty_or_said_to_be_partial(self, platform: Platform) -> None:
        course = platform.world.add_course("Ρομποτική")
        read = platform.courses.members(course, {})
        assert read.items == ()
        assert read.proofs if read.complete else read.why_partial

    def test_an_empty_answer_about_no_course_is_no_proof(self, platform: Platform) -> None:
        try:
            read = platform.courses.members(platform.unknown_course, {})
        except TryLater:
            return
        assert not read.complete
        assert read.why_partial

    def test_a_partial_read_says_why(self, platform: Platform) -> None:
        platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol("elioannou", course, SPRING)
        for read in (platform.courses.members(course, {}), platform.courses.groups(course)):
            assert read.complete == (not read.why_partial)
            assert read.scope == course

    def test_a_membership_has_a_second_proof(self, platform: Platform) -> None:
        member, other = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(member, course, SPRING)
        assert platform.courses.membership(course, member).role is CourseRole.STUDENT
        assert platform.courses.membership(course, other) is None

    def test_nothing_is_proven_about_unknown_people_and_courses(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        with pytest.raises(TryLater):
            platform.courses.membership(course, "kanenas")
        with pytest.raises(TryLater):
            platform.courses.membership(platform.unknown_course, login)

    def test_a_course_is_shown_or_shown_to_be_absent(self, platform: Platform) -> None:
        course = platform.world.add_course("Ρομποτική")
        assert self._shown(platform, course).title == "Ρομποτική"
        assert platform.courses.course(platform.unknown_course) is None

    def test_a_course_is_adopted_by_its_address(self, platform: Platform) -> None:
        course = self._shown(platform, platform.world.add_course("Ρομποτική"))
        assert platform.courses.at(course.address) == course
        assert platform.courses.at(f" {course.id} ") == course
        for elsewhere in ("https://elsewhere.example/courses/1", platform.unknown_course, "δεν είναι διεύθυνση", ""):
            with pytest.raises(SkipThis):
                platform.courses.at(elsewhere)

    def test_a_course_without_our_reference_is_not_found(self, platform: Platform) -> None:
        platform.world.add_course(f"Ρομποτική [{platform.ref.rsplit(':', 1)[1]}]")
        assert platform.courses.find(platform.ref) is None

    @staticmethod
    def _shown(platform: Platform, course: str) -> Course:
        found = platform.courses.course(course)
        assert found is not None
        assert found.id == course
        return found
