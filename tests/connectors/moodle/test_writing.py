"""How Moodle is written to: read first, in batches, divided around a bad element, read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.moodle import MoodleCourses
from connectors.moodle.accounts import Accounts
from connectors.moodle.mapping import Account
from kypek_sync.contract import Ambiguous, CourseDraft, Enrolment, Outcome, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.moodle.simulated import NOW, TOKEN, Moodle, outcomes
from tests.contracts.courses_platform import REF, SPRING

STUDENT, ASSISTANT, TRAINER = CourseRole.STUDENT, CourseRole.ASSISTANT, CourseRole.TRAINER
PEOPLE = ("elioannou", "gvlachos", "skontou", "vmakri")


@pytest.fixture
def course(server: Moodle) -> str:
    server.people(*PEOPLE)
    return server.platform.add_course("Ρομποτική")


@pytest.fixture
def draft(server: Moodle) -> CourseDraft:
    category = str(server.platform.category)
    return CourseDraft(REF, "Πειράματα & τάξη: α < β", category, "Τρεις <b>συνεδρίες</b>.", SPRING)


def students(*logins: str) -> list[Enrolment]:
    return [Enrolment(login, STUDENT) for login in logins]


def enrolment(server: Moodle, course: str, login: str):
    (found,) = (one for one in server.world.enrolments(int(course)) if one.username == login)
    return found


# Enrolling


def test_somebody_unknown_is_told_to_sign_in_once(courses: MoodleCourses, course: str) -> None:
    (receipt,) = courses.enrol(course, students("kanenas"))
    assert receipt.outcome is Outcome.REFUSED
    assert "kanenas must sign in to Moodle once" in receipt.detail


def test_nobody_is_called_unknown_by_an_account_that_sees_nobody(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-10: the answer is an empty list, not an error."""
    server.world.add_token(
        "weak", capabilities=["moodle/course:view", "moodle/course:viewparticipants", "moodle/role:review"]
    )
    weak = server.connector("weak")
    with pytest.raises(TryLater, match="kanarini"):
        weak.enrol(course, students("elioannou"))
    weak.close()
    assert outcomes(courses.enrol(course, students("elioannou"))) == [Outcome.DONE]


def test_capitals_in_a_login_never_reach_the_server(server: Moodle, courses: MoodleCourses, course: str) -> None:
    """M-18: one such value would refuse the question for everybody."""
    receipts = courses.enrol(course, students("ELIOANNOU", "gvlachos", "μαρία"))
    assert outcomes(receipts) == [Outcome.REFUSED, Outcome.DONE, Outcome.REFUSED]
    assert "small Latin letters" in receipts[0].detail


def test_terms_are_always_sent_and_a_suspended_member_is_let_in_again(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-22"""
    server.world.enrol_manually("elioannou", int(course), suspended=True, end=NOW - timedelta(days=1))
    assert outcomes(courses.enrol(course, students("elioannou"))) == [Outcome.DONE]
    after = enrolment(server, course, "elioannou")
    assert (after.suspended, after.start, after.end) == (False, None, None)


def test_a_new_role_leaves_the_enrolment_as_it_is_and_takes_the_lower_one_away(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-22 and M-23: an enrolment made anew would lose its end; a role is added, never replaced."""
    end = NOW + timedelta(days=90)
    server.world.enrol_manually("elioannou", int(course), end=end)
    server.platform.self_enrol("gvlachos", course, SPRING)
    wanted = [Enrolment("elioannou", TRAINER), Enrolment("gvlachos", ASSISTANT)]
    assert outcomes(courses.enrol(course, wanted)) == [Outcome.DONE, Outcome.DONE]
    assert enrolment(server, course, "elioannou").end == end
    assert enrolment(server, course, "elioannou").roles == (3,)
    assert enrolment(server, course, "gvlachos").method == "self"
    assert enrolment(server, course, "gvlachos").roles == (4,)
    assert server.calls("enrol_manual_enrol_users") == 0


def test_a_bad_element_is_found_by_dividing_and_the_rest_is_done(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-24: somebody deleted between look-up and enrolment fails the whole atomic batch."""
    many = server.people(*(f"t{number}" for number in range(20)))
    look = Accounts.lookup

    def with_a_ghost(self: Accounts, logins: list[str]) -> dict[str, Account]:
        return look(self, logins) | {"ghost": Account(987654, "ghost", suspended=False)}

    monkeypatch.setattr(Accounts, "lookup", with_a_ghost)
    receipts = courses.enrol(course, students(*many[:7], "ghost", *many[7:]))
    assert [receipt.outcome for receipt in receipts if receipt.outcome is not Outcome.DONE] == [Outcome.LATER]
    assert not receipts[7].stands
    assert set(server.world.members(int(course))) == set(many)
    assert server.calls("enrol_manual_enrol_users") <= 1 + 2 * 5


def test_a_php_fault_that_did_the_work_is_seen_to_have_done_it(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-11"""
    server.faults.set("moodle:enrol-error-but-done@1")
    assert outcomes(courses.enrol(course, students(*PEOPLE))) == [Outcome.DONE] * 4
    assert server.calls("enrol_manual_enrol_users") == 1
    server.faults.set("moodle:enrol-error-but-done@1")
    assert outcomes(courses.unenrol(course, PEOPLE)) == [Outcome.DONE] * 4


def test_a_course_without_manual_enrolment_says_what_to_switch_on(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-24: refused for all alike, so the batch is not divided."""
    server.world.set_method(int(course), "manual", enabled=False)
    receipts = courses.enrol(course, students(*PEOPLE))
    assert outcomes(receipts) == [Outcome.REFUSED] * 4
    assert "Manual enrolments" in receipts[0].detail
    assert server.calls("enrol_manual_enrol_users") == 1


def test_a_role_that_may_not_be_assigned_costs_the_others_nothing(server: Moodle, course: str) -> None:
    """M-24"""
    connector = server.connector(trainer_role=1)
    wanted = [Enrolment("elioannou", STUDENT), Enrolment("gvlachos", TRAINER), Enrolment("skontou", STUDENT)]
    receipts = connector.enrol(course, wanted)
    assert outcomes(receipts) == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    assert "Allow role assignments" in receipts[1].detail
    connector.close()


def test_there_is_no_role_for_others(courses: MoodleCourses, course: str) -> None:
    (receipt,) = courses.enrol(course, [Enrolment("elioannou", CourseRole.OTHER)])
    assert receipt.outcome is Outcome.REFUSED


def test_the_same_person_twice_is_enrolled_once(server: Moodle, courses: MoodleCourses, course: str) -> None:
    assert outcomes(courses.enrol(course, students("elioannou", "elioannou"))) == [Outcome.DONE, Outcome.DONE]
    assert server.world.members(int(course)) == ["elioannou"]


def test_what_cannot_be_read_back_is_not_told_as_done(
    server: Moodle, courses: MoodleCourses, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.platform.self_enrol("vmakri", course, SPRING)
    write = type(courses._client).write

    def then_silence(self, *words):
        write(self, *words)
        server.faults.set("moodle:html-200")

    monkeypatch.setattr(type(courses._client), "write", then_silence)
    receipts = courses.enrol(course, students("elioannou", "gvlachos"))
    assert outcomes(receipts) == [Outcome.AMBIGUOUS] * 2
    server.faults.lift()
    monkeypatch.undo()
    assert outcomes(courses.enrol(course, students("elioannou", "gvlachos"))) == [Outcome.ALREADY] * 2


# Ending


@pytest.mark.parametrize("method", ["self", "ldap", "cohort"])
def test_another_method_keeps_its_people_and_that_is_told(
    server: Moodle, courses: MoodleCourses, course: str, method: str
) -> None:
    """M-26: the answer is `null`, a success."""
    server.world.enrol_by(method, "elioannou", int(course))
    courses.enrol(course, students("gvlachos"))
    receipts = courses.unenrol(course, ["elioannou", "gvlachos"])
    assert outcomes(receipts) == [Outcome.REFUSED, Outcome.DONE]
    assert "another method" in receipts[0].detail
    assert server.world.members(int(course)) == ["elioannou"]


def test_a_list_that_went_empty_ends_nobody_s_membership_on_paper(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    """M-10: nobody is told to be out already because a list is silent."""
    courses.enrol(course, students("elioannou"))
    server.faults.set("moodle:empty-members")
    with pytest.raises(TryLater, match="another shows 1"):
        courses.unenrol(course, ["elioannou"])
    with pytest.raises(TryLater):
        courses.enrol(course, students("gvlachos"))
    server.faults.lift()
    assert server.world.members(int(course)) == ["elioannou"]


# Groups


def test_somebody_not_enrolled_does_not_spoil_a_group(server: Moodle, courses: MoodleCourses, course: str) -> None:
    """M-31"""
    courses.enrol(course, students("elioannou", "skontou"))
    group = courses.create_group(course, "Συμμετέχοντες").foreign_id
    receipts = courses.join_group(course, group, ["elioannou", "gvlachos", "kanenas", "skontou"])
    assert outcomes(receipts) == [Outcome.DONE, Outcome.REFUSED, Outcome.REFUSED, Outcome.DONE]
    assert server.platform.group_members(course, group) == {"elioannou", "skontou"}
    assert outcomes(courses.join_group(course, group, ["elioannou"])) == [Outcome.ALREADY]
    assert outcomes(courses.leave_group(course, group, ["gvlachos", "elioannou"])) == [Outcome.ALREADY, Outcome.DONE]


@pytest.mark.parametrize("name", ["", "   ", "x" * 300, "δύο\nγραμμές", "\ud800"])
def test_a_group_s_name_is_looked_at_before_it_is_sent(courses: MoodleCourses, course: str, name: str) -> None:
    assert courses.create_group(course, name).outcome is Outcome.REFUSED


def test_a_group_whose_making_got_no_answer_is_found_by_looking(
    server: Moodle, courses: MoodleCourses, course: str
) -> None:
    courses.groups(course)
    server.faults.set("moodle:reset-after-write@1")
    with pytest.raises(Ambiguous):
        courses.create_group(course, "Αναμονή")
    assert courses.create_group(course, "Αναμονή").outcome is Outcome.ALREADY
    assert len(server.world.groups()) == 1


# Courses


def test_a_course_is_made_as_its_draft_says(server: Moodle, courses: MoodleCourses, draft: CourseDraft) -> None:
    ends = SPRING + timedelta(days=30)
    receipt = courses.create(replace(draft, ends=ends))
    (made,) = server.world.courses()
    assert (made.fullname, made.idnumber, made.shortname) == (draft.title, REF, "EKFE-27-03 att-a")
    assert (made.category, made.start, made.end, made.visible) == (server.platform.category, SPRING, ends, True)
    assert made.summary == "<p>Τρεις &lt;b&gt;συνεδρίες&lt;/b&gt;.</p>"
    assert courses.course(receipt.foreign_id).description == draft.description
    assert courses.course(receipt.foreign_id).title == draft.title


def test_self_enrolment_is_something_for_people_to_switch_on(
    server: Moodle, courses: MoodleCourses, draft: CourseDraft
) -> None:
    """M-28"""
    assert "Self enrolment" in courses.create(draft).detail
    category = server.platform.category
    server.world.add_course("Έτοιμο", "ready", category, idnumber="kypek:att-a:READY", self_enrolment=True)
    assert courses.create(replace(draft, ref="kypek:att-a:READY")).detail == ""


def test_a_short_name_that_is_taken_gives_way(server: Moodle, courses: MoodleCourses, draft: CourseDraft) -> None:
    server.world.add_course("Άλλο", "EKFE-27-03 att-a", server.platform.category)
    assert courses.create(draft).outcome is Outcome.DONE
    assert server.world.courses()[-1].shortname == REF


def test_a_course_with_our_reference_that_is_hidden_is_not_made_twice(server: Moodle, draft: CourseDraft) -> None:
    """M-10: the hidden one is an empty answer, but its ID number is taken."""
    hidden = server.world.add_course("Κρυφό", "hidden", server.platform.category, idnumber=REF, visible=False)
    able = ["moodle/course:create", "moodle/course:view", "moodle/user:viewdetails"]
    server.world.add_token("half-blind", capabilities=able)
    connector = server.connector("half-blind")
    receipt = connector.create(draft)
    assert receipt.outcome is Outcome.REFUSED
    assert "may not see it" in receipt.detail
    with pytest.raises(TryLater):
        connector.course(str(hidden))
    assert len(server.world.courses()) == 1
    connector.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"category": "Φυσική"}, "no number of a category"),
        ({"category": "999999"}, "errorcatcontextnotvalid"),
        ({"title": "  "}, "title is empty"),
        ({"title": "Χρήση της <table>"}, "takes for HTML"),
        ({"ref": "kypek:att-a:" + "x" * 100}, "reference"),
        ({"ref": "kypek:att-a:\x07"}, "reference"),
        ({"description": "\ud800"}, "UTF-8"),
        ({"ends": datetime(2026, 1, 1, tzinfo=UTC)}, "end before it starts"),
    ],
)
def test_what_moodle_would_refuse_or_spoil_is_refused_with_a_sentence(
    server: Moodle, courses: MoodleCourses, draft: CourseDraft, change: dict[str, object], words: str
) -> None:
    """M-21, section 7, rule 9."""
    receipt = courses.create(replace(draft, **change))
    assert receipt.outcome is Outcome.REFUSED
    assert words in receipt.detail
    assert server.world.courses() == []


@pytest.mark.parametrize(("release", "room"), [("5.0.2 (Build: 20250811)", 1333), ("4.5.6 (Build: 20250811)", 254)])
def test_a_title_is_as_long_as_the_release_holds(server: Moodle, draft: CourseDraft, release: str, room: int) -> None:
    """Until 4.5 the column has 254 letters, from 5.0 on 1333 (M-15): one more, and the database refuses the course."""
    server.world.set_release(release)
    connector = server.connector()
    for length in (room, room + 1, 2000):
        long = replace(draft, ref=f"{REF}-{length}", title="χ" * length)
        assert connector.create(long).outcome is Outcome.DONE
        title = connector.find(long.ref).title
        assert title == ("χ" * room if length == room else "χ" * (room - 1) + "…")
        assert connector.update(connector.find(long.ref).id, long).outcome is Outcome.ALREADY
    connector.close()


def test_no_category_anywhere_is_told(server: Moodle, draft: CourseDraft) -> None:
    connector = server.connector(category="")
    assert "No category" in connector.create(replace(draft, category="")).detail
    connector.close()


def test_an_update_that_changes_nothing_writes_nothing(
    server: Moodle, courses: MoodleCourses, draft: CourseDraft
) -> None:
    """M-8: `&` comes back as `&`, because the stored text is asked for."""
    course = courses.create(draft).foreign_id
    assert courses.update(course, draft).outcome is Outcome.ALREADY
    assert server.calls("core_course_update_courses") == 0
    assert courses.update(course, replace(draft, description="Νέο & παλιό")).outcome is Outcome.DONE
    assert courses.update(course, replace(draft, description="Νέο & παλιό")).outcome is Outcome.ALREADY
    assert server.calls("core_course_update_courses") == 1


def test_what_an_update_could_not_do_is_told(server: Moodle, courses: MoodleCourses, draft: CourseDraft) -> None:
    """Each course is changed on its own, and a failure is a warning in a success."""
    course = courses.create(replace(draft, ends=SPRING + timedelta(days=1))).foreign_id
    receipt = courses.update(course, replace(draft, starts=SPRING + timedelta(days=9), ends=None))
    assert receipt.outcome is Outcome.REFUSED
    assert "enddatebeforestartdate" in receipt.detail
    assert courses.update("999999", draft).outcome is Outcome.REFUSED


def test_the_token_is_in_no_sentence(server: Moodle, courses: MoodleCourses, course: str) -> None:
    server.world.set_method(int(course), "manual", enabled=False)
    said = repr(courses.enrol(course, students(*PEOPLE))) + repr(courses) + repr(vars(courses))
    assert TOKEN not in said
