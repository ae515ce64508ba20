"""What people do by hand on a Moodle, and what becomes of it: the same for the simulator and for a real one.

Each accident has one outcome: an account that is suspended keeps all it has; one that is deleted, renamed or made anew
is told about only as far as Moodle can; a course that is hidden or moved is still ours; one that is deleted is proven
gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.moodle import MoodleCourses
from kypek_sync.contract import CourseDraft, Enrolment, Outcome, TryLater
from kypek_sync.model import CourseRole
from tests.contracts.courses_platform import World

REF = "kypek:att-a:EKFE-27-09"
ANNA, VASO, DORA = "elioannou", "gvlachos", "skontou"
AGO = datetime(2026, 9, 21, 5, 0, tzinfo=UTC)
STUDENT = CourseRole.STUDENT


def students(*logins: str) -> list[Enrolment]:
    """Enrolments as students."""
    return [Enrolment(login, STUDENT) for login in logins]


@dataclass
class Place:
    """A Moodle: `call` is a web service as the administrator, `world` the hand inside, `make` gives connectors."""

    world: World
    call: Callable[..., Any]
    make: Callable[[], MoodleCourses]
    category: str

    def number(self, login: str) -> int:
        """The account's number."""
        (found,) = self.call("core_user_get_users_by_field", field="username", values=[login])
        return int(found["id"])

    def change_person(self, login: str, **values: object) -> None:
        """The administrator changes an account."""
        self.call("core_user_update_users", users=[{"id": self.number(login), **values}])

    def delete_person(self, login: str) -> None:
        """The administrator deletes an account."""
        self.call("core_user_delete_users", userids=[self.number(login)])

    def make_person(self, login: str) -> None:
        """The administrator makes an account, perhaps of a name that was there before."""
        person = {"username": login, "firstname": "Ελένη", "lastname": "Ιωάννου", "email": f"{login}@again.invalid"}
        self.call(
            "core_user_create_users", users=[{**person, "password": "Aa1-again.", "idnumber": f"kypek-test-{login}"}]
        )

    def change_course(self, course: str, **values: object) -> None:
        """The administrator changes a course."""
        self.call("core_course_update_courses", courses=[{"id": course, **values}])

    def enrol_for(self, login: str, course: str, begins: datetime, ends: datetime | None) -> None:
        """A teacher enrols somebody for a while."""
        times = {"timestart": int(begins.timestamp()), "timeend": int(ends.timestamp()) if ends else 0, "suspend": 0}
        wanted = {"roleid": 5, "userid": self.number(login), "courseid": course, **times}
        self.call("enrol_manual_enrol_users", enrolments=[wanted])


class Accidents:
    """The subclass gives `place`, fresh for each test."""

    @pytest.fixture
    def place(self) -> Place:
        raise NotImplementedError("the subclass gives the place")

    @pytest.fixture
    def courses(self, place: Place) -> Iterator[MoodleCourses]:
        for login in (ANNA, VASO, DORA):
            place.world.add_person(login)
        connector = place.make()
        yield connector
        connector.close()

    @pytest.fixture
    def course(self, place: Place, courses: MoodleCourses) -> str:
        return courses.create(self.draft(place)).foreign_id

    @staticmethod
    def draft(place: Place) -> CourseDraft:
        return CourseDraft(REF, "Πειράματα φυσικής", place.category, "Τρεις συνεδρίες.", None, None)

    def test_a_suspended_account_keeps_its_place_and_can_be_given_one(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        """Moodle's own directory sync suspends thousands by accident (M-42, M-43): nobody loses a seat by it."""
        courses.enrol(course, students(ANNA))
        for login in (ANNA, VASO):
            place.change_person(login, suspended=1)
        (member,) = courses.members(course, {}).items
        assert (member.login, member.active) == (ANNA, True)
        receipts = courses.enrol(course, students(ANNA, VASO))
        assert [one.outcome for one in receipts] == [Outcome.ALREADY, Outcome.DONE]
        assert {one.login for one in courses.members(course, {}).items} == {ANNA, VASO}

    def test_expired_and_future_enrolments_are_there_and_an_enrolment_of_ours_opens_them(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        """M-22: begin and end are always sent, so what somebody limited by hand is open again."""
        now = datetime.now(UTC)
        place.enrol_for(ANNA, course, now - timedelta(days=9), now - timedelta(days=2))
        place.enrol_for(VASO, course, datetime(2031, 1, 1, tzinfo=UTC), None)
        read = courses.members(course, {})
        assert {one.login: one.active for one in read.items} == {ANNA: False, VASO: False}
        assert read.complete
        for login in (ANNA, VASO):
            assert courses.membership(course, login) is not None
        assert all(one.outcome is Outcome.DONE for one in courses.enrol(course, students(ANNA, VASO)))
        assert {one.login: one.active for one in courses.members(course, {}).items} == {ANNA: True, VASO: True}

    def test_a_deleted_account_is_out_of_the_list_and_nothing_is_proven_about_it(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        """M-17: its number still answers under a made-up name, so names are never taken from there."""
        courses.enrol(course, students(ANNA, VASO))
        group = courses.create_group(course, "Συμμετέχοντες").foreign_id
        courses.join_group(course, group, [ANNA, VASO])
        courses.groups(course)
        place.delete_person(ANNA)
        read = courses.members(course, {})
        assert ([one.login for one in read.items], read.complete) == ([VASO], True)
        with pytest.raises(TryLater, match=ANNA):
            courses.membership(course, ANNA)
        assert courses.memberships(course, [ANNA, DORA]) == {DORA: None}
        assert [one.members for one in courses.groups(course).items] == [{VASO}]
        refused, done = courses.enrol(course, students(ANNA, DORA))
        assert (refused.outcome, done.outcome) == (Outcome.REFUSED, Outcome.DONE)
        assert "must sign in to Moodle once" in refused.detail
        assert [one.outcome for one in courses.unenrol(course, [ANNA])] == [Outcome.ALREADY]
        place.make_person(ANNA)

    def test_second_looks_at_several_courses_tell_what_those_at_each_would(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        """M-10, M-17: one course is hidden, one shows separate groups; of an account that is gone nothing is proven."""
        other = place.world.add_course("Οπτική")
        for one in (course, other):
            courses.enrol(one, students(ANNA, VASO, DORA))
            courses.unenrol(one, [DORA])
        place.change_course(course, visible=0)
        place.change_course(other, groupmode=1, groupmodeforce=1)
        assert all(courses.members(one, {}).complete for one in (course, other))
        place.delete_person(ANNA)
        told = courses.memberships_across({course: [ANNA, DORA], other: [ANNA, VASO, DORA]})
        assert told[course] == {DORA: None}
        assert {login: member is None for login, member in told[other].items()} == {VASO: False, DORA: True}
        assert told[other][VASO] == courses.membership(other, VASO)
        place.make_person(ANNA)

    def test_a_group_that_somebody_deleted_costs_the_groups_of_other_courses_nothing(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        """Moodle refuses to tell of all groups where one is not there any more; they are asked about one by one."""
        made = [course, place.world.add_course("Οπτική")]
        groups = []
        for one in made:
            courses.enrol(one, students(ANNA))
            groups.append(courses.create_group(one, "Συμμετέχοντες").foreign_id)
            courses.join_group(one, groups[-1], [ANNA])
            courses.groups(one)
        place.call("core_group_delete_groups", groupids=groups[1:])
        courses.expect(made)
        read = [courses.groups(one) for one in made]
        assert [one.complete for one in read] == [True, True]
        assert [[group.members for group in one.items] for one in read] == [[{ANNA}], []]

    def test_an_account_that_was_made_anew_is_somebody_who_is_not_in_yet(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        courses.enrol(course, students(ANNA))
        before = place.number(ANNA)
        place.delete_person(ANNA)
        place.make_person(ANNA)
        assert place.number(ANNA) != before
        assert courses.members(course, {}).items == ()
        assert courses.membership(course, ANNA) is None
        (receipt,) = courses.enrol(course, students(ANNA))
        assert receipt.outcome is Outcome.DONE
        assert [one.login for one in courses.members(course, {}).items] == [ANNA]

    def test_a_renamed_account_is_there_under_its_new_name_alone(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        courses.enrol(course, students(ANNA))
        group = courses.create_group(course, "Συμμετέχοντες").foreign_id
        courses.join_group(course, group, [ANNA])
        courses.groups(course)
        place.change_person(ANNA, username="kypek-test-nea")
        try:
            assert [one.login for one in courses.members(course, {}).items] == ["kypek-test-nea"]
            assert [one.members for one in courses.groups(course).items] == [{"kypek-test-nea"}]
            with pytest.raises(TryLater, match=ANNA):
                courses.membership(course, ANNA)
            (refused,) = courses.enrol(course, students(ANNA))
            assert "must sign in to Moodle once" in refused.detail
            assert courses.enrol(course, students("kypek-test-nea"))[0].outcome is Outcome.ALREADY
        finally:
            place.change_person("kypek-test-nea", username=ANNA)

    def test_two_accounts_with_one_id_number_are_kept_apart_by_their_logins(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        """M-15: Moodle takes a second account with the same ID number; it decides nothing here."""
        for login in (ANNA, VASO):
            place.change_person(login, idnumber="kypek-test-same")
        assert courses.enrol(course, students(ANNA))[0].outcome is Outcome.DONE
        assert courses.membership(course, VASO) is None
        assert [one.login for one in courses.members(course, {}).items] == [ANNA]
        assert courses.enrol(course, students(VASO))[0].outcome is Outcome.DONE
        assert courses.unenrol(course, [ANNA])[0].outcome is Outcome.DONE
        assert [one.login for one in courses.members(course, {}).items] == [VASO]

    def test_a_course_that_was_hidden_is_ours_as_before_and_stays_hidden(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        courses.enrol(course, students(ANNA))
        place.change_course(course, visible=0)
        self._is_ours(place, courses, course)
        assert courses.update(course, self.draft(place)).outcome is Outcome.ALREADY
        (row,) = place.call("core_course_get_courses_by_field", field="id", value=course)["courses"]
        assert row["visible"] == 0

    def test_a_course_that_was_moved_is_found_and_stays_where_it_was_put(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        courses.enrol(course, students(ANNA))
        inner = {"name": "Αρχείο", "idnumber": "kypek-test-archive", "parent": place.category}
        (archive,) = place.call("core_course_create_categories", categories=[inner])
        place.change_course(course, categoryid=archive["id"])
        self._is_ours(place, courses, course)
        assert courses.update(course, self.draft(place)).outcome is Outcome.ALREADY
        (row,) = place.call("core_course_get_courses_by_field", field="id", value=course)["courses"]
        assert row["categoryid"] == archive["id"]

    def test_a_course_that_was_deleted_is_proven_gone_and_can_be_made_anew(
        self, place: Place, courses: MoodleCourses, course: str
    ) -> None:
        courses.enrol(course, students(ANNA))
        place.call("core_course_delete_courses", courseids=[course])
        assert courses.course(course) is None
        assert courses.find(REF) is None
        with pytest.raises(TryLater):
            courses.members(course, {})
        with pytest.raises(TryLater):
            courses.membership(course, ANNA)
        for receipts in (
            courses.enrol(course, students(VASO)),
            courses.unenrol(course, [ANNA]),
            courses.suspend(course, [ANNA]),
            (courses.update(course, self.draft(place)), courses.create_group(course, "Αναμονή")),
        ):
            assert {one.outcome for one in receipts} == {Outcome.REFUSED}
            assert all("no course" in one.detail for one in receipts)
        again = courses.create(self.draft(place))
        assert (again.outcome, again.foreign_id != course) == (Outcome.DONE, True)

    def _is_ours(self, place: Place, courses: MoodleCourses, course: str) -> None:
        """Found, readable and writable as ever."""
        found = courses.find(REF)
        assert found is not None
        assert found.id == course
        assert courses.course(course) == found or courses.course(course).ref == REF
        assert courses.create(self.draft(place)).outcome is Outcome.ALREADY
        read = courses.members(course, {})
        assert ([one.login for one in read.items], read.complete) == ([ANNA], True)
        assert courses.enrol(course, students(VASO))[0].outcome is Outcome.DONE
        assert courses.membership(course, VASO) is not None
        assert courses.create_group(course, "Συμμετέχοντες").outcome is Outcome.DONE
