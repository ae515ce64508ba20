"""Users, enrolments and groups, beyond what was recorded."""

from __future__ import annotations

import pytest

from kypek_sync.sandbox.eclass import User
from tests.sandbox.eclass.platform import Platform

ELENI = {
    "username": "elioannou",
    "firstname": "Ελένη",
    "lastname": "Ιωάννου",
    "emailaddress": "Elioannou@SCH.example",
    "adt": "700101",
}


@pytest.fixture
def code(either: Platform) -> str:
    """A course with Maria as its teacher."""
    return either.world.add_course("Σεμινάριο", 4, teacher="mpapadopoulou")


def only(platform: Platform, username: str) -> User:
    """The one person of this name, as the server holds them."""
    return next(user for user in platform.world.users() if user.username == username)


def test_a_created_account_is_a_local_students_with_a_lower_case_address(older: Platform) -> None:
    """E-15, E-18"""
    older.write("users/", **ELENI)
    user = only(older, "elioannou")
    assert (user.auth, user.status, user.email) == ("eclass", 5, "elioannou@sch.example")


def test_an_older_duplicate_changes_nothing(older: Platform) -> None:
    """E-14"""
    older.write("users/", **ELENI)
    assert older.write("users/", **{**ELENI, "lastname": "Άλλη"})["errorcode"] == 20
    assert only(older, "elioannou").surname == "Ιωάννου"


def test_a_strict_database_refuses_a_long_am(either: Platform) -> None:
    """E-34"""
    either.world.set_sql_mode(True)
    assert either.write("users/", **{**ELENI, "adt": "1" * 21})["errorcode"] == 20
    assert [user.username for user in either.world.users()] == ["admin", "mpapadopoulou"]


def test_a_zero_counts_as_missing(either: Platform) -> None:
    """PHP's empty()."""
    assert either.write("users/", **{**ELENI, "lastname": "0"})["errorcode"] == 2


def test_white_space_is_put_in_order(either: Platform) -> None:
    either.write("users/", **{**ELENI, "lastname": "  Ιωάννου   Νέα "})
    assert only(either, "elioannou").surname == "Ιωάννου Νέα"


def test_auth_alone_is_answered_as_updated_but_not_written(newer: Platform) -> None:
    """E-16"""
    newer.write("users/", **ELENI)
    same = {**ELENI, "emailaddress": "elioannou@sch.example"}
    assert newer.write("users/", **same, auth="ldap")["auth"] == "ldap"
    assert only(newer, "elioannou").auth == "eclass"
    newer.write("users/", **same, auth="ldap", password="mystiko")
    assert only(newer, "elioannou").auth == "ldap"


def test_auth_is_written_when_anything_else_differs(newer: Platform) -> None:
    """E-16, the other side: an am left out differs from the stored one."""
    newer.write("users/", **ELENI)
    without_am = {name: value for name, value in ELENI.items() if name != "adt"}
    newer.write("users/", **{**without_am, "emailaddress": "elioannou@sch.example"}, auth="ldap")
    user = only(newer, "elioannou")
    assert (user.auth, user.am) == ("ldap", "700101")


def test_an_update_keeps_the_capitals_of_the_address_and_echoes_the_password(newer: Platform) -> None:
    """E-17, E-18"""
    newer.write("users/", **ELENI)
    answer = newer.write("users/", **ELENI, password="mystiko")
    assert answer == {"id": only(newer, "elioannou").id, "status": "updated", "password": "mystiko"}
    assert only(newer, "elioannou").email == "Elioannou@SCH.example"
    assert newer.read("users/", emailaddress="ELIOANNOU@sch.example")[0]["username"] == "elioannou"


def test_a_strict_update_loses_the_am_and_still_says_updated(newer: Platform) -> None:
    """E-7"""
    newer.write("users/", **ELENI)
    newer.world.set_sql_mode(True)
    answer = newer.write("users/", **{**ELENI, "lastname": "Νέα", "adt": "1" * 21})
    assert answer["status"] == "updated"
    assert (only(newer, "elioannou").surname, only(newer, "elioannou").am) == ("Νέα", "700101")


def test_a_local_method_cannot_be_asked_for(newer: Platform) -> None:
    answer = newer.write("users/", **ELENI, auth="eclass")
    assert answer["errormessage"] == "Invalid authentication method. Allowed methods are: ldap, cas"


def test_an_administrator_is_not_touched(newer: Platform) -> None:
    """E-17"""
    before = newer.world.users()
    assert newer.write("users/", **{**ELENI, "username": "admin"})["errorcode"] == 403
    assert newer.world.users() == before


@pytest.mark.parametrize("role", [{}, {"role_id": "0"}, {"role_id": "Teacher"}, {"role_id": "5"}])
def test_no_known_role_demotes_a_teacher(either: Platform, code: str, role: dict[str, str]) -> None:
    """E-24"""
    assert either.write("enroll_user/", user_id=either.teacher, course_id=code, **role) == {"status": "ok"}
    assert either.member(code, "mpapadopoulou") == "student"


def test_adding_to_a_group_demotes_a_teacher(either: Platform, code: str) -> None:
    """E-24"""
    group = either.write("groups/", course_id=code, groupname="Α΄")["id"]
    either.write("enroll_user/", user_id=either.teacher, group_id=group)
    assert either.member(code, "mpapadopoulou") == "student"
    assert [member.username for member in either.world.group_members(int(group))] == ["mpapadopoulou"]


def test_the_number_1_is_a_student_for_the_older_and_a_teacher_for_the_newer(older: Platform, newer: Platform) -> None:
    """E-24"""
    roles = []
    for platform in (older, newer):
        course = platform.world.add_course("Σεμινάριο", 4)
        platform.write("enroll_user/", user_id=platform.teacher, course_id=course, role_id="1")
        roles.append(platform.member(course, "mpapadopoulou"))
    assert roles == ["student", "teacher"]


def test_enrolling_again_keeps_the_first_date(either: Platform, code: str) -> None:
    before = either.world.members(code)[0].reg_date
    either.write("enroll_user/", user_id=either.teacher, course_id=code, role_id="student")
    assert either.world.members(code)[0].reg_date == before


def test_an_id_with_letters_behind_it_enrols_the_person_of_its_digits(either: Platform, code: str) -> None:
    """E-11"""
    either.write("enroll_user/", user_id=f"{either.teacher}abc", course_id=code, role_id="teacher_assistant")
    assert either.member(code, "mpapadopoulou") == "teacher_assistant"
    assert either.write("enroll_user/", user_id="abc", course_id=code)["errorcode"] == 3


def test_the_older_unenrolment_leaves_orphans_in_groups_and_the_newer_does_not(
    older: Platform, newer: Platform
) -> None:
    """E-26"""
    left = []
    for platform in (older, newer):
        course = platform.world.add_course("Σεμινάριο", 4)
        group = platform.write("groups/", course_id=course, groupname="Α΄")["id"]
        platform.write("enroll_user/", user_id=platform.teacher, group_id=group, role_id="student")
        platform.write("unenroll_user/", user_id=platform.teacher, course_id=course)
        assert platform.world.members(course) == ()
        left.append([member.username for member in platform.world.group_members(int(group))])
    assert left == [["mpapadopoulou"], []]


def test_the_newer_unenrolment_can_fail_with_500(newer: Platform) -> None:
    """E-26"""
    course = newer.world.add_course("Σεμινάριο", 4, teacher="mpapadopoulou")
    newer.book.set("eclass:unenrol-fails@1")
    answer = newer.post("unenroll_user/", user_id=newer.teacher, course_id=course)
    assert (answer.status_code, answer.get_json()["errorcode"]) == (500, 500)
    assert newer.member(course, "mpapadopoulou") == "teacher"


def test_an_unknown_group_is_not_found(either: Platform, code: str) -> None:
    assert either.write("enroll_user/", user_id=either.teacher, course_id=code, group_id=99)["errorcode"] == 3
    assert either.member(code, "mpapadopoulou") == "teacher"


def test_reading_unenroll_user_asks_for_post(either: Platform) -> None:
    assert either.read("unenroll_user/", user_id=1)["errormessage"].startswith("Required POST parameters")


def test_inactive_courses_have_no_groups_but_can_be_enrolled_into(either: Platform, code: str) -> None:
    either.world.set_visible(code, 3)
    assert either.read("groups/", course_id=code)["errorcode"] == 3
    assert either.write("groups/", course_id=code, groupname="Α΄")["errorcode"] == 3
    assert either.write("enroll_user/", user_id=either.teacher, course_id=code, role_id="teacher") == {"status": "ok"}


def test_group_parameters_are_asked_for(either: Platform) -> None:
    assert either.write("groups/")["errorcode"] == 2
    assert either.write("groups/", course_id="TMA101")["errormessage"] == "Required parameter groupname missing"
    assert either.read("groups/")["errorcode"] == 3
    assert either.read("groups/", group_id=99)["errorcode"] == 3


def test_the_fault_members_empty_hides_members_once(newer: Platform) -> None:
    """E-27"""
    course = newer.world.add_course("Σεμινάριο", 4, teacher="mpapadopoulou")
    newer.book.set("eclass:members-empty@1")
    hidden, shown = (newer.get("users/", course_id=course) for _ in range(2))
    assert (hidden.status_code, hidden.text) == (200, "[]")
    assert [row["username"] for row in shown.get_json(force=True)] == ["mpapadopoulou"]
    assert newer.read("registration/", course_id=course) == [{"code": course, "count": 1}]
