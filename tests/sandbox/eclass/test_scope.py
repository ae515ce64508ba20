"""What a newer token limited to courses or to a department may see and do (E-25, E-27)."""

from __future__ import annotations

import pytest

from tests.sandbox.eclass.platform import Platform


@pytest.fixture
def scoped(newer: Platform) -> Platform:
    """Two courses in two departments, a token for each kind of limit, and one person with a department."""
    newer.world.add_course("Στο 4", 4, teacher="mpapadopoulou")
    newer.world.add_course("Στο 5", 5)
    newer.world.add_user("gvlachos", "Γεώργιος", "Βλάχος", "gvlachos@sch.example", department=4)
    newer.world.add_token("ONE", courses=["TMA2101"])
    newer.world.add_token("FOUR", department=4)
    newer.world.add_token("ABOVE", department=3)
    return newer


@pytest.mark.parametrize(
    ("token", "codes"), [("ONE", ["TMA2101"]), ("FOUR", ["TMA1101"]), ("ABOVE", ["TMA1101", "TMA2101"])]
)
def test_the_list_of_courses_is_filtered_by_scope_and_a_department_includes_its_own(
    scoped: Platform, token: str, codes: list[str]
) -> None:
    assert [row["id"] for row in scoped.read("courses/", token)] == codes


def test_a_single_course_is_hidden_by_department_but_not_by_a_list_of_courses(scoped: Platform) -> None:
    assert scoped.read("courses/", "FOUR", course_id="TMA2101") == []
    assert scoped.read("courses/", "FOUR", course_id="TMA1101", uname="mpapadopoulou")["registered"] is True
    scoped.world.enrol("mpapadopoulou", "TMA2101", "student", scoped.world.members("TMA1101")[0].reg_date)
    assert scoped.read("courses/", "FOUR", course_id="TMA2101", uname="mpapadopoulou") == {"registered": False}
    assert scoped.read("courses/", "ONE", course_id="TMA1101")[0]["code"] == "TMA1101"
    assert scoped.read("courses/", "FOUR", uname="mpapadopoulou")[0]["code"] == "TMA1101"


def test_only_members_with_a_department_are_shown(scoped: Platform) -> None:
    """E-27"""
    teacher = scoped.world.members("TMA1101")[0]
    scoped.world.enrol("gvlachos", "TMA1101", "student", teacher.reg_date)
    assert [row["username"] for row in scoped.read("users/", "FOUR", course_id="TMA1101")] == ["gvlachos"]
    assert len(scoped.read("users/", course_id="TMA1101")) == 2
    assert scoped.read("users/", "FOUR", username="gvlachos")["username"] == "gvlachos"
    assert scoped.read("users/", "FOUR", emailaddress="mpapadopoulou@sch.example")["errorcode"] == 404


def test_an_unknown_course_is_refused_to_a_scoped_token_and_empty_for_a_full_one(scoped: Platform) -> None:
    """E-27"""
    assert scoped.get("users/", course_id="TMA999").text == "[]"
    for token in ("ONE", "FOUR"):
        assert scoped.get("users/", token, course_id="TMA999").status_code == 403


def test_group_members_follow_the_scope_of_their_course(scoped: Platform) -> None:
    group = scoped.write("groups/", course_id="TMA2101", groupname="Α΄")["id"]
    assert scoped.get("users/", "ONE", group_id=group).text == "[]"
    assert scoped.get("users/", "FOUR", group_id=group).status_code == 403


def test_groups_are_refused_outside_the_department(scoped: Platform) -> None:
    for answer in (
        scoped.post("groups/", "FOUR", course_id="TMA2101", groupname="Α΄"),
        scoped.get("groups/", "FOUR", course_id="TMA2101"),
    ):
        assert (answer.status_code, answer.get_json()["errorcode"]) == (403, 403)
    assert scoped.world.groups("TMA2101") == ()


def test_creating_outside_the_department_is_refused_before_a_number_is_drawn(scoped: Platform) -> None:
    answer = scoped.post("courses/", "FOUR", title="Άλλο", department_id=5)
    assert answer.status_code == 403
    assert scoped.write("courses/", title="Επόμενο", department_id=5)["code"] == "TMA2102"


def test_enrolment_does_not_look_at_the_scope(scoped: Platform) -> None:
    """E-25"""
    for token in ("ONE", "FOUR"):
        enrolled = scoped.write("enroll_user/", token, user_id=scoped.teacher, course_id="TMA1101", role_id="student")
        assert enrolled == {"status": "ok"}
    assert scoped.member("TMA1101", "mpapadopoulou") == "student"


def test_the_older_api_knows_no_scope(older: Platform) -> None:
    code = older.world.add_course("Σεμινάριο", 4)
    older.world.add_token("FIVE", department=5, courses=[])
    assert [row["id"] for row in older.read("courses/", "FIVE")] == [code]
