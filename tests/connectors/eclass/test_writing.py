"""How eClass is written to: read first, the role as a word, read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.eclass import EclassCourses
from kypek_sync.contract import Ambiguous, CourseDraft, Enrolment, Outcome, StopConnector
from kypek_sync.model import CourseRole
from tests.connectors.eclass.simulated import DEPARTMENT, OTHER_TOKEN, Eclass, eclass

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
DRAFT = CourseDraft("kypek:att-a:EKFE-27-03", "Πειράματα φυσικής", DEPARTMENT, "Τρεις συνεδρίες.")
PEOPLE = ("elioannou", "gvlachos", "skontou", "vmakri")


@pytest.fixture(params=["newer", "older"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, request.param) as running:
        yield running


@pytest.fixture
def courses(server: Eclass) -> Iterator[EclassCourses]:
    connector = server.connector()
    yield connector
    connector.close()


@pytest.fixture
def course(server: Eclass) -> str:
    for login in PEOPLE:
        server.platform.add_person(login)
    return server.platform.add_course("Ρομποτική")


def students(*logins: str) -> list[Enrolment]:
    return [Enrolment(login, CourseRole.STUDENT) for login in logins]


def test_somebody_unknown_is_told_to_sign_in_once(courses: EclassCourses, course: str) -> None:
    """E-36: eClass makes no account by itself, and we make none."""
    (receipt,) = courses.enrol(course, students("kanenas"))
    assert receipt.outcome is Outcome.REFUSED
    assert "kanenas must sign in to" in receipt.detail
    assert "once" in receipt.detail


def test_an_account_made_meanwhile_is_seen(server: Eclass, courses: EclassCourses, course: str) -> None:
    courses.enrol(course, students("neos"))
    server.platform.add_person("neos")
    assert courses.enrol(course, students("neos"))[0].outcome is Outcome.DONE


def test_a_person_is_asked_for_once(server: Eclass, courses: EclassCourses, course: str) -> None:
    other = server.platform.add_course("Χημεία")
    courses.enrol(course, students("elioannou"))
    before = server.running.calls["read"]
    courses.enrol(other, students("elioannou"))
    assert server.running.calls["read"] - before == 3  # the course, the standing before and after


def test_an_account_deleted_and_made_again_is_found_by_the_next_pass(
    server: Eclass, courses: EclassCourses, course: str, tmp_path: Path
) -> None:
    courses.enrol(course, students("elioannou"))
    with sqlite3.connect(tmp_path / "eclass.sqlite") as database:
        database.execute("DELETE FROM course_user")
        database.execute("DELETE FROM user WHERE username = 'elioannou'")
    database.close()
    server.platform.add_person("elioannou")
    outcomes = [courses.enrol(course, students("elioannou"))[0].outcome for _ in range(2)]
    assert outcomes[-1] is Outcome.DONE
    assert server.platform.members(course) == {"elioannou": CourseRole.STUDENT}


def test_a_guest_is_left_alone(server: Eclass, courses: EclassCourses, course: str, tmp_path: Path) -> None:
    """A role that the API does not name cannot be given back, so it is not overwritten (E-24)."""
    server.platform.self_enrol("elioannou", course, AT)
    with sqlite3.connect(tmp_path / "eclass.sqlite") as database:
        database.execute("UPDATE course_user SET status = 10")
    database.close()
    group = courses.create_group(course, "Συμμετέχοντες").foreign_id
    receipts = [*courses.enrol(course, students("elioannou")), *courses.join_group(course, group, ["elioannou"])]
    assert [receipt.outcome for receipt in receipts] == [Outcome.REFUSED] * 2
    assert server.platform.group_members(course, group) == frozenset()


def test_a_role_that_eclass_has_not_is_refused(courses: EclassCourses, course: str) -> None:
    (receipt,) = courses.enrol(course, [Enrolment("elioannou", CourseRole.OTHER)])
    assert receipt.outcome is Outcome.REFUSED


def test_an_ok_that_did_nothing_is_found_out(server: Eclass, courses: EclassCourses, course: str) -> None:
    """E-7: strict SQL errors can still answer ok."""
    inner = server.running.app.app

    def lying(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "15")])
            return [b'{"status":"ok"}']
        return inner(environ, start_response)

    server.running.app.app = lying
    server.platform.self_enrol("gvlachos", course, AT)
    receipts = [*courses.enrol(course, students("elioannou")), *courses.unenrol(course, ["gvlachos"])]
    assert [receipt.outcome for receipt in receipts] == [Outcome.LATER] * 2
    assert all("as before" in receipt.detail for receipt in receipts)


def test_after_two_failures_in_a_row_the_rest_waits(server: Eclass, courses: EclassCourses, course: str) -> None:
    inner = server.running.app.app
    asked: list[str] = []

    def tired(environ, start_response):
        query = environ["QUERY_STRING"]
        asked.append(query)
        if "uname=" in query and "uname=elioannou" not in query:
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return []
        return inner(environ, start_response)

    server.running.app.app = tired
    receipts = courses.enrol(course, students(*PEOPLE))
    assert [receipt.outcome for receipt in receipts] == [Outcome.DONE] + [Outcome.LATER] * 3
    assert "failed before" in receipts[-1].detail
    assert not any(PEOPLE[-1] in query for query in asked)
    server.running.app.app = inner
    assert all(receipt.stands for receipt in courses.enrol(course, students(*PEOPLE)))


def test_an_api_switched_off_in_the_middle_keeps_the_receipts_so_far(
    server: Eclass, courses: EclassCourses, course: str
) -> None:
    inner = server.running.app.app

    def switching(environ, start_response):
        if "username=skontou" in environ["QUERY_STRING"]:
            server.world.set_api(False)
        return inner(environ, start_response)

    server.running.app.app = switching
    outcomes = [receipt.outcome for receipt in courses.enrol(course, students(*PEOPLE))]
    assert outcomes == [Outcome.DONE, Outcome.DONE, Outcome.LATER, Outcome.LATER]
    with pytest.raises(StopConnector, match="switched off"):
        courses.enrol(course, students(*PEOPLE))


def test_a_failed_unenrolment_is_ambiguous_until_it_is_looked_at(tmp_path: Path) -> None:
    """E-26: errorcode 500 says that something failed, not that nothing was done."""
    with eclass(tmp_path, "newer") as server:
        connector = server.connector()
        server.platform.add_person("elioannou")
        course = server.platform.add_course("Ρομποτική")
        server.platform.self_enrol("elioannou", course, AT)
        server.faults.set("eclass:unenrol-fails@1")
        (first,) = connector.unenrol(course, ["elioannou"])
        assert first.outcome is Outcome.AMBIGUOUS
        assert connector.unenrol(course, ["elioannou"])[0].outcome is Outcome.DONE
        connector.close()


def test_of_two_groups_with_one_name_the_oldest_is_ours(
    server: Eclass, courses: EclassCourses, course: str, tmp_path: Path
) -> None:
    """E-28"""
    first = courses.create_group(course, "Συμμετέχοντες")
    with sqlite3.connect(tmp_path / "eclass.sqlite") as database:
        database.execute('INSERT INTO "group" (course_id, name) SELECT course_id, name FROM "group"')
    database.close()
    assert courses.create_group(course, "Συμμετέχοντες").foreign_id == first.foreign_id
    assert len(server.world.groups(course)) == 2


@pytest.mark.parametrize("name", ["", "x" * 101, " Συμμετέχοντες", "δύο\nγραμμές"])
def test_a_name_that_eclass_would_change_is_not_sent(
    server: Eclass, courses: EclassCourses, course: str, name: str
) -> None:
    """E-34"""
    assert courses.create_group(course, name).outcome is Outcome.REFUSED
    assert server.world.groups(course) == ()


def test_a_course_is_open_for_registration_and_carries_the_reference(server: Eclass, courses: EclassCourses) -> None:
    receipt = courses.create(DRAFT)
    (made,) = server.world.courses()
    assert (made.code, made.visible, made.departments) == (receipt.foreign_id, 1, (int(DEPARTMENT),))
    assert made.title == "Πειράματα φυσικής [EKFE-27-03]"
    assert made.public_code.startswith("EKFE-27-03~")
    assert made.description.endswith("<p>kypek:att-a:EKFE-27-03</p>")
    assert receipt.address == f"{server.running.address}/courses/{made.code}/"


def test_the_settings_department_serves_a_draft_without_one(server: Eclass, courses: EclassCourses) -> None:
    assert courses.create(replace(DRAFT, category="")).outcome is Outcome.DONE
    assert server.world.courses()[0].departments == (int(DEPARTMENT),)


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        (replace(DRAFT, category="999"), "999"),
        (replace(DRAFT, category="Φυσική"), "Φυσική"),
        (replace(DRAFT, title=" "), "title"),
        (replace(DRAFT, description="\ud800"), "UTF-8"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_name(
    server: Eclass, courses: EclassCourses, draft: CourseDraft, word: str
) -> None:
    """E-23: an unknown department is answered by a sentence with status 200."""
    receipt = courses.create(draft)
    assert receipt.outcome is Outcome.REFUSED
    assert word in receipt.detail
    assert server.world.courses() == ()


def test_no_department_at_all_is_refused(server: Eclass) -> None:
    connector = server.connector(department="")
    receipt = connector.create(replace(DRAFT, category=""))
    assert receipt.outcome is Outcome.REFUSED
    assert "department" in receipt.detail
    connector.close()


def test_a_code_without_a_course_is_refused(server: Eclass, courses: EclassCourses) -> None:
    """E-23: a plausible answer with id null."""
    server.faults.set("eclass:course-null-id@1")
    receipt = courses.create(DRAFT)
    assert receipt.outcome is Outcome.REFUSED
    assert "does not exist" in receipt.detail
    assert courses.create(DRAFT).outcome is Outcome.DONE
    assert len(server.world.courses()) == 1


def test_a_course_that_cannot_be_read_back_is_ambiguous(server: Eclass, courses: EclassCourses) -> None:
    inner = server.running.app.app

    def failing(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            server.faults.set("eclass:server-error@1")
        return inner(environ, start_response)

    server.running.app.app = failing
    with pytest.raises(Ambiguous, match="could not be read back"):
        courses.create(DRAFT)
    server.running.app.app = inner
    assert courses.create(DRAFT).outcome is Outcome.ALREADY


def test_a_course_made_inactive_is_not_found_and_so_no_proof(server: Eclass, courses: EclassCourses) -> None:
    """E-19, and why COURSE_LOOKUP is not declared."""
    code = courses.create(DRAFT).foreign_id
    server.world.set_visible(code, 3)
    assert courses.find(DRAFT.ref) is None
    assert courses.course(code).ref == DRAFT.ref


def test_of_two_courses_with_our_reference_the_oldest_is_found(server: Eclass, courses: EclassCourses) -> None:
    """E-23: public codes are not unique."""
    code = courses.create(DRAFT).foreign_id
    made = server.world.courses()[0]
    other = server.world.add_course(made.title, int(DEPARTMENT), public_code=made.public_code)
    found, again = courses.find(DRAFT.ref), courses.create(DRAFT)
    assert found.id == code
    assert [identity for identity, _ in found.twins] == [other]
    assert (again.outcome, again.foreign_id, again.twins) == (Outcome.ALREADY, code, found.twins)


def test_a_course_outside_the_tokens_department_is_refused(tmp_path: Path) -> None:
    with eclass(tmp_path, "newer") as server:
        server.world.add_department(9, "OTH", "Άλλο")
        server.world.add_token(OTHER_TOKEN, department=9)
        connector = server.connector(OTHER_TOKEN)
        receipt = connector.create(DRAFT)
        assert receipt.outcome is Outcome.REFUSED
        assert "limited" in receipt.detail
        connector.close()


def test_who_is_not_in_the_course_is_told_so_when_a_group_is_asked_for(courses: EclassCourses, course: str) -> None:
    """E-24: the call would enrol them on the way."""
    group = courses.create_group(course, "Συμμετέχοντες").foreign_id
    (receipt,) = courses.join_group(course, group, ["elioannou"])
    assert receipt.outcome is Outcome.REFUSED
    assert "elioannou is not in the course" in receipt.detail


def test_a_course_that_only_the_answer_knows_is_ambiguous(server: Eclass, courses: EclassCourses) -> None:
    """E-23: even with an id, what was made must be seen."""
    inner = server.running.app.app
    body = b'{"id": "2052", "code": "TMA777"}'

    def promising(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        return inner(environ, start_response)

    server.running.app.app = promising
    with pytest.raises(Ambiguous, match="TMA777"):
        courses.create(DRAFT)
