"""How Moodle is read: an empty or short answer is unknown until something else agrees with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

import connectors.moodle.memberships as memberships
from connectors.moodle import MoodleCourses
from kypek_sync.contract import CourseAddresses, Enrolment, SkipThis, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.moodle.simulated import NOW, Moodle
from tests.contracts.courses_platform import SPRING

PEOPLE = ("elioannou", "gvlachos", "skontou", "vmakri", "apapas")


@pytest.fixture
def course(server: Moodle) -> str:
    server.people(*PEOPLE)
    return server.platform.add_course("Ρομποτική")


def logins(snapshot) -> list[str]:
    return [member.login for member in snapshot.items]


# Members


@pytest.mark.parametrize("page", [1, 2, 4, 5, 6])
def test_all_pages_are_read(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(memberships, "PAGE", page)
    for login in PEOPLE:
        server.platform.self_enrol(login, course, SPRING)
    read = courses.members(course, {})
    assert logins(read) == sorted(PEOPLE)
    assert read.complete
    assert read.proofs == ("end of pages", "Moodle counts 5 members")


def test_a_member_comes_with_name_mail_and_role(server: Moodle, courses: MoodleCourses, course: str) -> None:
    server.world.enrol_manually("elioannou", int(course), role=4)
    (member,) = courses.members(course, {}).items
    assert (member.name, member.mail) == ("Ελένη Ιωάννου", "elioannou@sch.example")
    assert (member.role, member.since, member.origin, member.active) == (CourseRole.ASSISTANT, None, "", True)


def test_the_highest_role_counts_and_a_strange_one_is_other(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-23: roles are added to each other."""
    server.world.enrol_manually("elioannou", int(course), role=5)
    server.world.assign_role("elioannou", int(course), 3)
    server.world.enrol_manually("gvlachos", int(course), role=1)
    roles = {member.login: member.role for member in courses.members(course, {}).items}
    assert roles == {"elioannou": CourseRole.TRAINER, "gvlachos": CourseRole.OTHER}


def test_suspended_expired_and_future_members_are_there_but_not_active(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-27"""
    number = int(course)
    server.world.enrol_manually("elioannou", number)
    server.world.enrol_manually("gvlachos", number, suspended=True)
    server.world.enrol_manually("skontou", number, end=NOW - timedelta(days=1))
    server.world.enrol_manually("vmakri", number, start=NOW + timedelta(days=1))
    read = courses.members(course, {})
    active = {member.login: member.active for member in read.items}
    assert active == {"elioannou": True, "gvlachos": False, "skontou": False, "vmakri": False}
    assert read.complete
    assert courses.membership(course, "gvlachos").active is False


def test_a_course_of_suspended_people_alone_is_proven_by_a_second_list(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    server.world.enrol_manually("gvlachos", int(course), suspended=True)
    read = courses.members(course, {})
    assert (logins(read), read.complete) == (["gvlachos"], True)
    assert "other order" in read.proofs[1]


def test_a_list_that_is_shorter_than_the_count_is_partial(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Separate groups hide members without a word; what is hidden here is a page."""
    for login in PEOPLE:
        server.platform.self_enrol(login, course, SPRING)
    pages = memberships.Memberships._pages

    def some(self, course: str, *, backwards: bool):
        return pages(self, course, backwards=backwards)[:3]

    monkeypatch.setattr(memberships.Memberships, "_pages", some)
    read = courses.members(course, {})
    assert not read.complete
    assert "shows 3 members, Moodle counts 5" in read.why_partial
    with pytest.raises(TryLater, match="not certain"):
        courses.membership(course, "elioannou")


def test_an_empty_list_is_unknown_while_another_shows_people(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-10"""
    server.platform.self_enrol("elioannou", course, SPRING)
    server.faults.set("moodle:empty-members")
    read = courses.members(course, {})
    assert (read.items, read.complete) == ((), False)
    assert "another shows 1" in read.why_partial
    with pytest.raises(TryLater):
        courses.membership(course, "elioannou")


def test_an_account_that_lost_its_permissions_proves_nothing(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-10: many of its answers are empty, none says why."""
    server.platform.self_enrol("elioannou", course, SPRING)
    courses.members(course, {})
    server.faults.set("moodle:no-permission")
    for ask in (
        lambda: courses.course(course),
        lambda: courses.find("kypek:att-a:EKFE-27-03"),
        lambda: courses.at(course),
        lambda: courses.members(course, {}),
        lambda: courses.membership(course, "elioannou"),
        lambda: courses.groups(course),
    ):
        with pytest.raises(TryLater):
            ask()


def test_several_people_are_asked_about_at_the_price_of_about_one(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """Twenty people left a course in a quarter of an hour, and for each of them the whole list was read again."""
    for login in PEOPLE:
        server.platform.self_enrol(login, course, SPRING)
    for login in PEOPLE[1:]:
        server.platform.leave(login, course)
    singly = {login: courses.membership(course, login) for login in PEOPLE}
    before = server.calls("core_enrol_get_enrolled_users")
    assert courses.memberships(course, PEOPLE) == singly
    assert [login for login, member in singly.items() if member is not None] == [PEOPLE[0]]
    assert server.calls("core_enrol_get_enrolled_users") - before <= 2  # the list, and who of it is suspended


def test_who_cannot_be_told_about_is_left_out_of_the_answer(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.platform.self_enrol("elioannou", course, SPRING)
    server.platform.self_enrol("skontou", course, SPRING)
    told = courses.memberships(course, ("elioannou", "gvlachos", "kanenas"))
    assert {login: member is not None for login, member in told.items()} == {"elioannou": True, "gvlachos": False}
    pages = memberships.Memberships._pages
    monkeypatch.setattr(memberships.Memberships, "_pages", lambda *a, **w: pages(*a, **w)[1:])
    (seen,) = logins(courses.members(course, {}))
    assert set(courses.memberships(course, ("elioannou", "gvlachos", "skontou"))) <= {"elioannou", "skontou"} - {seen}


def test_whoever_their_own_courses_still_show_there_is_not_told_to_be_gone(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.platform.self_enrol("elioannou", course, SPRING)
    monkeypatch.setattr(memberships.Memberships, "_counts", lambda *_: {int(course): 1})
    assert set(courses.memberships(course, ("elioannou", "gvlachos"))) == {"elioannou"}


def test_what_was_proven_before_the_server_went_away_stands(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.platform.self_enrol("elioannou", course, SPRING)
    counts, asked = memberships.Memberships._counts, []

    def lost(self, user: int):
        asked.append(user)
        if len(asked) > 3:
            raise TryLater("moodle", "No answer.")
        return counts(self, user)

    monkeypatch.setattr(memberships.Memberships, "_counts", lost)
    told = courses.memberships(course, PEOPLE)
    assert told.pop("elioannou") is not None
    assert set(told.values()) == {None}
    assert len(told) == 2
    assert len(asked) == 4


def test_a_hidden_course_is_read_whole_though_its_students_own_lists_leave_it_out(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """Their count of members is lost with it; a trainer's list keeps it."""
    for login in PEOPLE:
        server.platform.self_enrol(login, course, SPRING)
    server.world.hide(int(course))
    read = courses.members(course, {})
    assert (len(read.items), read.complete) == (len(PEOPLE), True)
    few = ["moodle/course:view", "moodle/course:viewhiddencourses", "moodle/course:viewparticipants"]
    few += ["moodle/user:viewdetails", "moodle/user:viewalldetails", "moodle/course:update"]
    server.world.add_token("few", capabilities=few)
    connector = server.connector("few")
    read = connector.members(course, {})
    assert not read.complete  # perhaps it sees its own groups only
    assert "accessallgroups" in read.why_partial
    connector.close()


def test_a_membership_ends_by_two_ways_of_asking(server: Moodle, courses: MoodleCourses, course: str) -> None:
    server.platform.self_enrol("elioannou", course, SPRING)
    server.platform.self_enrol("gvlachos", course, SPRING)
    assert courses.membership(course, "elioannou").active
    server.platform.leave("elioannou", course)
    before = server.calls("core_enrol_get_users_courses")
    assert courses.membership(course, "elioannou") is None
    assert server.calls("core_enrol_get_users_courses") == before + 2  # the person's own, and the count


def test_a_login_that_can_be_no_username_cannot_be_told_about(courses: MoodleCourses, course: str) -> None:
    with pytest.raises(TryLater):
        courses.membership(course, "Μαρία")


def test_a_read_of_a_course_takes_three_calls_and_its_groups_two(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """Without a report. The groups know the members' names from the list that was just read."""
    for login in PEOPLE:
        server.platform.self_enrol(login, course, SPRING)
    group = courses.create_group(course, "Συμμετέχοντες").foreign_id
    courses.join_group(course, group, ["elioannou"])
    courses.capabilities()
    before = len(server.world.calls())
    courses.members(course, {})
    assert len(server.world.calls()) == before + 3
    (read,) = courses.groups(course).items
    assert len(server.world.calls()) == before + 5
    assert read.members == {"elioannou"}


# Courses


def test_a_hidden_course_is_not_taken_for_a_deleted_one(server: Moodle, course: str) -> None:
    """M-10: the empty answer is the same; the second call names the difference."""
    hidden = str(server.world.add_course("Κρυφό", "hidden", server.platform.category, visible=False))
    server.world.add_token("half-blind", capabilities=["moodle/course:view", "moodle/user:viewdetails"])
    connector = server.connector("half-blind")
    assert connector.course(course).title == "Ρομποτική"
    with pytest.raises(TryLater):
        connector.course(hidden)
    with pytest.raises(TryLater):
        connector.at(hidden)
    assert connector.course("999999") is None
    connector.close()


@pytest.mark.parametrize("course", ["", "1", "0", "-3", "007", "x", "9" * 30, "٣"])
def test_what_is_no_course_s_number_is_no_course(courses: MoodleCourses, course: str) -> None:
    """The front page (1) is none either."""
    assert courses.course(course) is None
    with pytest.raises(SkipThis):
        courses.at(course)


def test_what_an_address_names_is_told_without_asking(server: Moodle, courses: MoodleCourses) -> None:
    assert isinstance(courses, CourseAddresses)
    home = server.running.address
    calls = dict(server.running.calls)
    for address, named in (
        (f" {home}/course/view.php?id=12#top", "12"),
        ("12", "12"),
        (f"{home}/course/view.php", ""),
        ("https://elsewhere.example/course/view.php?id=12", ""),
    ):
        assert courses.named_by(address) == named
    assert dict(server.running.calls) == calls


def test_addresses_of_a_course_lead_to_it(server: Moodle, courses: MoodleCourses, course: str) -> None:
    base = server.running.address
    for address in (
        f"{base}/course/view.php?id={course}",
        f"{base}/course/view.php?id={course}&section=2#here",
        f"{base}/course/edit.php?id={course}",
        course,
    ):
        assert courses.at(address).id == course
    for address in (f"{base}/mod/forum/view.php?id={course}", f"{base}/course/view.php", "http://[bad", f"{base}:9/"):
        with pytest.raises(SkipThis):
            courses.at(address)


def test_an_idnumber_that_is_not_ours_is_no_reference(server: Moodle, courses: MoodleCourses, course: str) -> None:
    assert courses.course(course).ref == ""
    assert courses.find("SEM-1") is not None
    assert courses.find("sem-1") is None  # M-21
    assert courses.find("") is None


def test_a_script_in_a_summary_is_no_description(server: Moodle, courses: MoodleCourses) -> None:
    summary = "<h3>Ώρες</h3><p>Α &amp; Β<br>Γ</p><script>alert(1)</script>"
    course = server.world.add_course("Ρομποτική", "r", server.platform.category, summary=summary)
    assert courses.course(str(course)).description == "Ώρες\n\nΑ & Β\nΓ"


# Groups


def test_groups_of_two_courses_are_kept_apart(server: Moodle, courses: MoodleCourses, course: str) -> None:
    other = server.platform.add_course("Χημεία")
    courses.enrol(course, [Enrolment("elioannou", CourseRole.STUDENT)])
    group = courses.create_group(course, "Συμμετέχοντες").foreign_id
    courses.create_group(other, "Συμμετέχοντες")
    courses.join_group(course, group, ["elioannou"])
    fresh = server.connector()  # knows no names yet
    assert [one.members for one in fresh.groups(course).items] == [{"elioannou"}]
    assert [one.members for one in fresh.groups(other).items] == [frozenset()]
    fresh.close()
