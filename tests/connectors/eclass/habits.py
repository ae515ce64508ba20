"""What an Open eClass does that others do not, and what becomes of it: the same for the simulators and a real one.

Each test shows the habit by a bare request first (fact sheet eclass), then what the connector makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.eclass import EclassCourses
from kypek_sync.contract import Capability, CourseDraft, Enrolment, Outcome, ProbeLevel, TryLater, Work
from kypek_sync.model import CourseRole, system_clock
from tests.connectors.eclass.real import PREFIX, UNKNOWN_COURSE, Hand, RealEclass
from tests.contracts.courses_platform import SPRING
from tests.contracts.courses_writing import students

ANNA, VASO = "elioannou", "gvlachos"


class Habits:
    """The subclass gives `server`."""

    @pytest.fixture
    def hand(self, server: RealEclass) -> Iterator[Hand]:
        with server.hand.room():
            for login in (ANNA, VASO):
                server.hand.add_person(login)
            yield server.hand

    @pytest.fixture
    def connector(self, server: RealEclass, hand: Hand) -> Iterator[EclassCourses]:
        made = server.connector()
        yield made
        made.close()

    @pytest.fixture
    def course(self, hand: Hand) -> str:
        return hand.add_course("Ρομποτική")

    def test_the_version_is_told_by_how_it_refuses(self, hand: Hand, connector: EclassCourses) -> None:
        """E-6, and the lines of `check`."""
        probe = connector.probe()
        assert probe.usable
        assert probe.version.startswith("newer API" if hand.newer else "older API")
        assert (Capability.MEMBER_LIST in connector.capabilities()) == (hand.lists or bool(hand.database))
        assert {line.subject for line in probe.lines} >= {"address", "api", "token", "token-scope", "version"}
        assert not [line for line in probe.lines if line.subject == "token-scope" and line.level is not ProbeLevel.OK]

    def test_only_a_capital_bearer_a_form_and_the_slash_will_do(self, hand: Hand, course: str) -> None:
        """E-3, E-4, E-5."""
        assert hand.error(hand.raw("GET", "courses/", bearer="bearer")) > 0
        wanted = {"user_id": str(hand.people[ANNA]), "course_id": course, "role_id": "student"}
        assert hand.error(hand.raw("POST", "enroll_user/", json=wanted)) == 2
        assert hand.raw("POST", "enroll_user", data=wanted).status_code in (301, 302, 307, 308, 404)
        assert hand.number(course) == 0

    def test_a_code_counts_with_its_capitals(self, hand: Hand, connector: EclassCourses, course: str) -> None:
        """E-10: neither another spelling nor the number nor the public code is the course."""
        (row,) = hand.get("courses/", course_id=course)
        for other in (course.swapcase(), str(row["id"]), str(row["public_code"])):
            assert hand.get("courses/", course_id=other) == []
            assert connector.course(other) is None

    def test_an_inactive_course_is_in_no_list(self, hand: Hand, connector: EclassCourses) -> None:
        """E-19: so that its absence there proves nothing."""
        hidden = hand.add_course("Κρυφό", visible="inactive")
        assert hidden not in hand.listed()
        shown = connector.course(hidden)
        assert shown is not None
        assert shown.title == "Κρυφό"

    def test_an_unknown_course_looks_like_an_empty_one(self, hand: Hand, connector: EclassCourses, course: str) -> None:
        """E-20, E-22, E-27, E-30: nothing is believed of it."""
        for code in (course, UNKNOWN_COURSE):
            assert hand.get("registration/", course_id=code) == []
            assert hand.get("courses/", course_id=code, uname=ANNA) == {"registered": False}
            if hand.lists:
                assert hand.get("users/", course_id=code) == []
        assert connector.membership(course, ANNA) is None
        assert connector.course(UNKNOWN_COURSE) is None
        with pytest.raises(TryLater):
            connector.membership(UNKNOWN_COURSE, ANNA)
        empty, unknown = connector.members(course, {}), connector.members(UNKNOWN_COURSE, {})
        assert (empty.items, unknown.items) == ((), ())
        assert not unknown.complete
        assert empty.complete == (hand.lists or bool(hand.database))

    def test_an_unknown_person_is_never_taken_for_one_who_left(self, connector: EclassCourses, course: str) -> None:
        """E-22, E-36."""
        with pytest.raises(TryLater, match=f"{PREFIX}nobody"):
            connector.membership(course, f"{PREFIX}nobody")
        (receipt,) = connector.enrol(course, students(f"{PREFIX}nobody"))
        assert (receipt.outcome, receipt.unknown) == (Outcome.REFUSED, True)

    def test_the_password_of_a_course_goes_no_further(
        self, hand: Hand, connector: EclassCourses, caplog: pytest.LogCaptureFixture
    ) -> None:
        """E-20."""
        caplog.set_level("DEBUG")
        code = hand.add_course("Κλειδωμένο", password="anoixe-soysami")
        (row,) = hand.get("courses/", course_id=code)
        assert row["password"] == "anoixe-soysami"
        assert "anoixe" not in f"{connector.course(code)!r}{connector.members(code, {})!r}{caplog.text}"

    def test_a_role_that_is_left_out_demotes_and_we_never_leave_it_out(
        self, hand: Hand, connector: EclassCourses, course: str
    ) -> None:
        """E-24: by an enrolment or by a group."""
        hand.enrol(ANNA, course, "teacher")
        hand.post("enroll_user/", user_id=str(hand.people[ANNA]), course_id=course)
        assert hand.members(course) == {ANNA: CourseRole.STUDENT}
        hand.enrol(ANNA, course, "teacher")
        group = connector.create_group(course, "Συμμετέχοντες").foreign_id
        assert connector.join_group(course, group, [ANNA])[0].stands
        assert connector.enrol(course, students(ANNA))[0].outcome is Outcome.ALREADY
        assert hand.members(course) == {ANNA: CourseRole.TRAINER}

    def test_who_leaves_may_stay_in_the_groups(self, hand: Hand, connector: EclassCourses, course: str) -> None:
        """E-26: of the older API; both say ok for somebody who is not in."""
        hand.self_enrol(ANNA, course, SPRING)
        group = connector.create_group(course, "Συμμετέχοντες").foreign_id
        connector.join_group(course, group, [ANNA])
        for outcome in (Outcome.DONE, Outcome.ALREADY):
            assert [one.outcome for one in connector.unenrol(course, [ANNA])] == [outcome]
        assert hand.post("unenroll_user/", user_id=str(hand.people[ANNA]), course_id=course) == {"status": "ok"}
        assert hand.group_members(course, group) in (None, set() if hand.newer else {ANNA})
        (shown,) = connector.groups(course).items
        assert shown.members == hand.group_members(course, group)

    def test_of_two_groups_with_one_name_the_oldest_is_ours(
        self, hand: Hand, connector: EclassCourses, course: str
    ) -> None:
        """E-28."""
        first, second = hand.add_group(course, "Συμμετέχοντες"), hand.add_group(course, "Συμμετέχοντες")
        receipt = connector.create_group(course, "Συμμετέχοντες")
        assert (receipt.outcome, receipt.foreign_id) == (Outcome.ALREADY, first)
        assert [one.id for one in connector.groups(course).items] == [first, second]

    def test_a_course_in_no_department_is_refused(self, hand: Hand, connector: EclassCourses) -> None:
        """E-23: which eClass says in a page, with status 200."""
        answer = hand.raw("POST", "courses/", data={"title": "Χημεία", "department_id": "99999999"})
        assert hand.error(answer) == -1
        draft = CourseDraft(f"kypek:att-a:T{hand.run}-none", "Χημεία", "99999999", "", None, None)
        receipt = connector.create(draft)
        assert receipt.outcome is Outcome.REFUSED
        assert "no department" in receipt.detail
        assert hand.titles() == ()

    def test_departments_are_all_told(self, hand: Hand, connector: EclassCourses) -> None:
        """E-29: only when all are asked for."""
        assert [one.id for one in connector.departments()] == sorted(
            int(one["id"]) for one in hand.get("categories/", all="1")
        )

    def test_a_membership_begins_when_it_was_made(self, hand: Hand, connector: EclassCourses, course: str) -> None:
        """E-47: naive Athens, in the season that it is now."""
        hand.self_enrol(ANNA, course, SPRING)
        member = connector.membership(course, ANNA)
        assert member is not None
        assert member.since is not None
        assert abs(system_clock() - member.since) < timedelta(minutes=3)

    def test_who_was_promoted_by_hand_is_not_taken_out(self, hand: Hand, connector: EclassCourses, course: str) -> None:
        connector.enrol(course, students(ANNA, VASO))
        hand.enrol(ANNA, course, "teacher_assistant")
        assert [one.outcome for one in connector.unenrol(course, [ANNA, VASO])] == [Outcome.REFUSED, Outcome.DONE]
        assert [one.outcome for one in connector.enrol(course, [Enrolment(ANNA, CourseRole.TRAINER)])] == [Outcome.DONE]
        assert hand.members(course) == {ANNA: CourseRole.TRAINER}

    def test_the_announcements_of_an_open_course_are_read(self, hand: Hand, connector: EclassCourses) -> None:
        """E-40: its feed, or the database; nothing is posted by an API."""
        code = hand.add_course("Ανοιχτό", visible="open")
        assert connector.work_shown([(code, Work.ANNOUNCEMENT)]) == {(code, Work.ANNOUNCEMENT): ""}


class DatabaseHabits:
    """What only the account of the database can prove; it is read and never written to. The subclass gives `server`,
    with a database."""

    hand, connector, course = Habits.hand, Habits.connector, Habits.course

    def test_the_account_is_fit_and_the_database_that_of_the_platform(
        self, hand: Hand, connector: EclassCourses, course: str
    ) -> None:
        """E-49."""
        lines = [line for line in connector.probe().lines if line.subject == "database"]
        assert not [line.text for line in lines if line.level is ProbeLevel.PROBLEM]
        assert any(
            line.text == f"It is the database of {connector.work_page(course, Work.DETAILS).split('/mod')[0]}."
            for line in lines
        )
        assert connector.capabilities() >= {Capability.MEMBER_LIST, Capability.COURSE_REQUESTS}

    def test_members_are_those_of_the_api_with_role_and_date(
        self, hand: Hand, connector: EclassCourses, course: str
    ) -> None:
        hand.self_enrol(ANNA, course, SPRING)
        hand.enrol(VASO, course, "teacher_assistant")
        read = connector.members(course, {})
        assert read.complete
        asked = {login: connector.membership(course, login) for login in (ANNA, VASO)}
        assert {one.login: (one.role, one.since) for one in read.items} == {
            login: (one.role, one.since) for login, one in asked.items() if one is not None
        }

    def test_a_pass_asks_the_api_nothing_while_nobody_is_lost(
        self, server: RealEclass, hand: Hand, connector: EclassCourses
    ) -> None:
        codes = [hand.add_course(f"Μάθημα {number}") for number in range(3)]
        for code in codes:
            hand.self_enrol(ANNA, code, SPRING)

        def read() -> dict[str, dict[str, object]]:
            connector.expect(codes)
            for code in codes:
                assert connector.course(code) is not None
                assert connector.requests(code).complete
                assert connector.groups(code).complete
            return {code: {one.login: one for one in connector.members(code, {}).items} for code in codes}

        known = read()
        before = server.running.calls["read"]
        assert read() == known
        assert connector.quiet(known) == set(codes)
        assert server.running.calls["read"] == before
        hand.self_enrol(VASO, codes[0], SPRING)
        hand.leave(ANNA, codes[1])
        assert connector.quiet(known) == {codes[2]}
        assert {code: set(people) for code, people in read().items()} == {
            codes[0]: {ANNA, VASO},
            codes[1]: set(),
            codes[2]: {ANNA},
        }
        assert server.running.calls["read"] == before + 2  # the course that lost somebody, and no other

    def test_what_only_the_database_tells_is_read(self, hand: Hand, connector: EclassCourses, course: str) -> None:
        """Nobody asked to be let in, no session was held, nothing was posted: each is told, and whole."""
        assert (connector.requests(course).items, connector.requests(course).complete) == ((), True)
        assert connector.teleconferences(course) == ()
        asked = [(course, Work.ANNOUNCEMENT), (course, Work.DATES)]
        assert connector.work_shown(asked) == dict.fromkeys(asked, "")
