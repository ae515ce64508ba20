"""Calendars, announcements and cohorts on a real Moodle, when the environment names one (see `real.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kypek_sync.contract import Capability, CourseAnnouncements, CourseCalendar, Outcome
from tests.connectors.moodle.real import Hand, RealMoodle, contract_platform, lacking, real_moodle
from tests.contracts.courses_announcements import DRAFT, AnnouncementsContract, board_of
from tests.contracts.courses_calendar import FIRST, SECOND, CalendarContract, calendar_of
from tests.contracts.courses_cohorts import CohortsContract, cohorts_of
from tests.contracts.courses_platform import SPRING, Platform

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(lacking()), reason=f"no real Moodle: set {', '.join(lacking())}"),
]
ADD_MEMBERS = "core_cohort_add_cohort_members"


@pytest.fixture(scope="module")
def server() -> Iterator[RealMoodle]:
    with real_moodle() as running:
        yield running


@pytest.fixture
def hand(server: RealMoodle) -> Hand:
    return server.hand


class TestRealCalendar(CalendarContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None) as platform:
            yield platform

    def test_it_is_stored_as_a_date_of_the_course_with_a_link(self, platform: Platform, hand: Hand) -> None:
        """M-32: never an orphan."""
        calendar, course = calendar_of(platform), hand.add_course("Ρομποτική")
        (made,) = calendar.add_events(course, [FIRST])
        query = "select courseid, eventtype, groupid, repeatid, description from {}event where id = :id"
        (row,) = hand.sql(query, id=int(made.foreign_id))
        assert (row.courseid, row.eventtype, row.groupid, row.repeatid) == (int(course), "course", 0, 0)
        assert '<a href="https://kypek.att-a.sch.gr/s/EKFE-27-03">' in row.description

    def test_a_hidden_date_is_there(self, platform: Platform, hand: Hand) -> None:
        calendar, course = calendar_of(platform), hand.add_course("Ρομποτική")
        (made,) = calendar.add_events(course, [FIRST])
        hand.sql("update {}event set visible = 0 where id = :id", id=int(made.foreign_id))
        assert [event.id for event in calendar.events({course: frozenset()})[course].items] == [made.foreign_id]

    def test_a_date_of_somebody_else_is_shown_and_not_ours(self, platform: Platform, hand: Hand) -> None:
        calendar, course = calendar_of(platform), hand.add_course("Ρομποτική")
        event = {"name": "Αντίγραφο", "description": f"<p>{FIRST.ref}</p>", "courseid": course, "eventtype": "course"}
        hand.call("core_calendar_create_calendar_events", events=[event | {"timestart": int(SPRING.timestamp())}])
        (theirs,) = calendar.events({course: frozenset()})[course].items
        assert (theirs.ref, theirs.title) == ("", "Αντίγραφο")

    def test_a_course_that_is_gone_costs_the_others_nothing(self, platform: Platform, hand: Hand) -> None:
        """M-10: of a deleted course Moodle shows no date and warns of nothing."""
        calendar, course, gone = calendar_of(platform), hand.add_course("Ρομποτική"), hand.add_course("Οπτική")
        ids = {one: calendar.add_events(one, [FIRST])[0].foreign_id for one in (course, gone)}
        hand.call("core_course_delete_courses", courseids=[gone])
        shown = calendar.events({one: frozenset({event}) for one, event in ids.items()})
        assert {one: snapshot.complete for one, snapshot in shown.items()} == {course: True, gone: False}

    def test_without_the_permission_only_its_own_dates_are_shown(
        self, platform: Platform, server: RealMoodle, hand: Hand
    ) -> None:
        """M-32: a student sees the course's dates and may make none; of a course they are not in they see nothing, and
        Moodle says so."""
        calendar = calendar_of(platform)
        here, elsewhere = hand.add_course("Ρομποτική"), hand.add_course("Οπτική")
        ids = {one: calendar.add_events(one, [FIRST])[0].foreign_id for one in (here, elsewhere)}
        platform.people("elioannou")
        hand.self_enrol("elioannou", here, SPRING)
        with hand.token_of("elioannou") as token:
            student = server.connector(token)
            assert isinstance(student, CourseCalendar)
            shown = student.events({one: frozenset({event}) for one, event in ids.items()})
            (refused,) = student.add_events(here, [SECOND])
            lost = student.events({here: frozenset({ids[here], "999999999"})})[here]
            student.close()
        hand.forget_people()
        assert {one: (snapshot.complete, len(snapshot.items)) for one, snapshot in shown.items()} == {
            here: (True, 1),
            elsewhere: (False, 0),
        }
        assert refused.outcome is Outcome.REFUSED
        assert "moodle/calendar:manageentries" in refused.detail
        assert not lost.complete


class TestRealAnnouncements(AnnouncementsContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None) as platform:
            yield platform

    def test_an_old_one_is_changed_in_place(self, platform: Platform, hand: Hand) -> None:
        """In a forum for news the half hour of other forums does not count, nor that it was mailed."""
        board, course = board_of(platform), hand.add_course("Ρομποτική")
        made = board.announce(course, DRAFT).foreign_id
        old = "update {}forum_posts set created = created - 900000, modified = modified - 900000, mailed = 1"
        hand.sql(f"{old} where id = :id", id=int(made))
        assert board.revise(course, made, replace(DRAFT, title="Αναβολή")).outcome is Outcome.DONE
        (one,) = board.announcements([course])[course].items
        assert (one.id, one.title, one.pinned) == (made, "Αναβολή", True)

    def test_in_a_course_of_groups_everybody_sees_it(self, platform: Platform, server: RealMoodle, hand: Hand) -> None:
        board, course = board_of(platform), hand.add_course("Ρομποτική")
        hand.call("core_course_update_courses", courses=[{"id": course, "groupmode": 1, "groupmodeforce": 1}])
        group = {"courseid": course, "name": "Α", "description": ""}
        (made,) = hand.call("core_group_create_groups", groups=[group])
        platform.people("elioannou")
        hand.self_enrol("elioannou", course, SPRING)
        member = {"groupid": made["id"], "userid": hand.made["elioannou"]}
        hand.call("core_group_add_group_members", members=[member])
        board.announce(course, DRAFT)
        with hand.token_of("elioannou") as token:
            student = server.connector(token)
            assert isinstance(student, CourseAnnouncements)
            shown = student.announcements([course])[course]
            student.close()
        hand.forget_people()
        assert [one.title for one in shown.items] == [DRAFT.title]

    def test_without_the_permission_nothing_is_announced(
        self, platform: Platform, server: RealMoodle, hand: Hand
    ) -> None:
        board, course = board_of(platform), hand.add_course("Ρομποτική")
        made = board.announce(course, DRAFT).foreign_id
        platform.people("elioannou")
        hand.self_enrol("elioannou", course, SPRING)
        with hand.token_of("elioannou") as token:
            student = server.connector(token)
            outcomes = {
                student.announce(course, DRAFT).outcome,
                student.revise(course, made, replace(DRAFT, text="Α")).outcome,
            }
            student.close()
        hand.forget_people()
        assert outcomes == {Outcome.REFUSED}
        assert len(board.announcements([course])[course].items) == 1


class TestRealCohorts(CohortsContract):
    @pytest.fixture
    def platform(self, server: RealMoodle) -> Iterator[Platform]:
        with contract_platform(server, None, cohorts=True) as platform:
            assert platform.can(Capability.COHORTS)
            yield platform
            server.hand.forget_people()

    @pytest.fixture
    def cohort(self, platform: Platform) -> str:
        assert isinstance(platform.world, Hand)
        return platform.world.add_cohort("ΠΕ86 Αχαΐας")

    def test_what_moodle_only_warns_of(self, platform: Platform, cohort: str, hand: Hand) -> None:
        """P: by ID number and username, each for itself; the words are those that the simulator says."""
        platform.people("elioannou")
        assert [one.outcome for one in cohorts_of(platform).join_cohort(cohort, ["elioannou"])] == [Outcome.DONE]
        said = hand.warnings(
            ADD_MEMBERS,
            members=[
                _member(cohort, "elioannou"),
                _member(cohort, "kanenas"),
                _member("ΑΛΛΟ", "elioannou"),
                _member(cohort, "elioannou", kind="email"),
            ],
        )
        assert said == [
            ("3", f"record already exists: cohort(idnumber={cohort} username=elioannou)"),
            ("2", "user username=kanenas not exists"),
            ("2", "cohort idnumber=ΑΛΛΟ not exists"),
            ("1", "invalid parameter: usertype=email"),
        ]


def _member(cohort: str, login: str, kind: str = "username") -> dict[str, dict[str, str]]:
    return {"cohorttype": {"type": "idnumber", "value": cohort}, "usertype": {"type": kind, "value": login}}
