"""What every course platform must keep when a pass asks about several people and courses at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from kypek_sync.contract import (
    Capability,
    ConnectorError,
    CourseNews,
    Courses,
    ManyCourses,
    ManyMemberships,
    Member,
    MembershipsAcross,
)
from tests.contracts.courses_platform import NO_ANSWERS, SPRING, Platform

ANNA, VASO, DORA = "elioannou", "gvlachos", "skontou"
Told = Mapping[str, Member | None]


def told(courses: Courses, asked: Mapping[str, Sequence[str]]) -> dict[str, Told]:
    """Second looks as a pass makes them: at all courses, at each course, or at each person, whichever is offered."""
    if isinstance(courses, MembershipsAcross):
        return dict(courses.memberships_across(asked))
    return {course: _told_of(courses, course, logins) for course, logins in asked.items()}


def _told_of(courses: Courses, course: str, logins: Sequence[str]) -> Told:
    if isinstance(courses, ManyMemberships):
        return courses.memberships(course, logins)
    return {login: courses.membership(course, login) for login in logins}


def gone(answer: Mapping[str, Told]) -> dict[str, set[str]]:
    """Who is proven to be no member, by course."""
    return {course: {login for login, member in mine.items() if member is None} for course, mine in answer.items()}


def expect(platform: Platform, courses: Sequence[str]) -> None:
    """Say what is about to be read, where that is heard."""
    if isinstance(platform.courses, ManyCourses):
        platform.courses.expect(courses)


class SeveralContract:
    """An answer about many is worth what the answers about each are worth (rule 3)."""

    def test_who_left_some_of_several_courses_is_gone_from_those_alone(self, platform: Platform) -> None:
        first, second, third = made = self._three_in_three(platform)
        platform.world.leave(ANNA, first)
        platform.world.leave(ANNA, second)
        platform.world.leave(VASO, second)
        for course in made:
            platform.courses.members(course, {})
        asked = {first: [ANNA, VASO], second: [ANNA, VASO, DORA], third: [ANNA]}
        answer = told(platform.courses, asked)
        assert gone(answer) == {first: {ANNA}, second: {ANNA, VASO}, third: set()}
        assert {course: set(mine) for course, mine in answer.items()} == {one: set(who) for one, who in asked.items()}
        for course, logins in asked.items():
            alone = {login for login in logins if platform.courses.membership(course, login) is None}
            assert gone(answer)[course] == alone

    def test_a_second_look_sees_what_happened_since_the_list(self, platform: Platform) -> None:
        """Who came back has not gone, whoever else left meanwhile."""
        first, second, _ = self._three_in_three(platform)
        platform.world.leave(ANNA, first)
        for course in (first, second):
            platform.courses.members(course, {})
        platform.world.self_enrol(ANNA, first, SPRING)
        platform.world.leave(VASO, first)
        platform.world.leave(ANNA, second)
        answer = told(platform.courses, {first: [ANNA], second: [ANNA]})
        assert gone(answer) == {first: set(), second: {ANNA}}

    def test_nothing_is_proven_of_a_course_that_is_not_there_and_the_others_are_told_about(
        self, platform: Platform
    ) -> None:
        (login,) = platform.people(ANNA)
        course = platform.world.add_course("Ρομποτική")
        if not isinstance(platform.courses, MembershipsAcross):
            with pytest.raises(ConnectorError):
                told(platform.courses, {platform.unknown_course: [login]})
            return
        answer = told(platform.courses, {course: [login], platform.unknown_course: [login]})
        assert gone(answer)[course] == {login}
        assert not answer.get(platform.unknown_course)

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_server_that_does_not_answer_proves_nobody_gone(self, platform: Platform, fault: str) -> None:
        first, second, _ = self._three_in_three(platform)
        asked = {}
        for course in (first, second):
            platform.world.leave(ANNA, course)
            platform.courses.members(course, {})
            asked[course] = [ANNA, VASO]
        with platform.trouble(fault):
            try:
                answer = told(platform.courses, asked)
            except ConnectorError:
                answer = {}  # nothing can be told
        assert not any(gone(answer).values())
        assert gone(told(platform.courses, asked)) == {first: {ANNA}, second: {ANNA}}

    def test_groups_of_expected_courses_are_shown_as_they_are(self, platform: Platform) -> None:
        """Twice, so that the second reading may rest on what the first one learnt."""
        made = self._three_in_three(platform)
        groups = [platform.courses.create_group(course, "Συμμετέχοντες").foreign_id for course in made]
        inside: list[set[str]] = [{ANNA}, {VASO, DORA}, set()]
        for logins in inside, [{ANNA, VASO}, {VASO, DORA}, {DORA}]:
            for course, group, wanted in zip(made, groups, logins, strict=True):
                platform.courses.join_group(course, group, sorted(wanted))
            expect(platform, made)
            for course, group, wanted in zip(made, groups, logins, strict=True):
                read = platform.courses.groups(course)
                assert {one.id for one in read.items} == {group}
                assert platform.shows(course, group, wanted)
                if platform.can(Capability.GROUP_MEMBERS):
                    assert read.complete
                    assert [one.members for one in read.items] == [wanted]

    def test_facts_of_expected_courses_are_shown_and_one_that_is_not_there_costs_the_others_nothing(
        self, platform: Platform
    ) -> None:
        made = [platform.world.add_course(title) for title in ("Ρομποτική", "Οπτική")]
        those = [made[0], platform.unknown_course, made[1]]
        expect(platform, those)
        found = [platform.courses.course(course) for course in those]
        assert [one.title if one else None for one in found] == ["Ρομποτική", None, "Οπτική"]

    def test_a_course_with_somebody_new_is_not_quiet(self, platform: Platform) -> None:
        """A light look is a hint: a quiet course may be called busy, never a busy one quiet. Where members are not
        listed it tells of nobody new."""
        first, second, third = made = self._three_in_three(platform)
        (late,) = platform.people("mnikolaou")
        known = {course: _by_login(platform, course) for course in made}
        platform.world.self_enrol(late, second, SPRING)
        quiet = platform.courses.quiet(known) if isinstance(platform.courses, CourseNews) else frozenset()
        assert quiet <= ({first, third} if platform.can(Capability.MEMBER_LIST) else set(made))
        assert platform.courses.membership(second, late) is not None

    @staticmethod
    def _three_in_three(platform: Platform) -> list[str]:
        """Three courses, in each of which three people have registered."""
        logins = platform.people(ANNA, VASO, DORA)
        made = [platform.world.add_course(title) for title in ("Ρομποτική", "Οπτική", "Οικολογία")]
        for course in made:
            for login in logins:
                platform.world.self_enrol(login, course, SPRING)
        return made


def _by_login(platform: Platform, course: str) -> dict[str, Member]:
    """The members as last read in full."""
    return {member.login: member for member in platform.courses.members(course, {}).items}
