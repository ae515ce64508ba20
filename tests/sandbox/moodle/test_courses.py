"""Courses and categories: texts prepared for display, partial updates, and look-ups."""

from __future__ import annotations

from typing import Any

import pytest

from kypek_sync.sandbox.moodle.texts import for_message, format_string, purify
from tests.sandbox.moodle.site import Site


def new(shortname: str = "KYPEK-1", **fields: Any) -> dict[str, Any]:
    """A course as the service sends one."""
    return {"fullname": "Ρομποτική & τάξη", "shortname": shortname, "categoryid": 1} | fields


def create(site: Site, *courses: dict[str, Any]) -> Any:
    """Create courses by the web service."""
    return site.call("core_course_create_courses", {"courses": list(courses)})


def by(site: Site, field: str, value: str, raw: bool = False) -> list[dict[str, Any]]:
    """Look courses up."""
    params = {"field": field, "value": value}
    found: list[dict[str, Any]] = site.call("core_course_get_courses_by_field", params, raw=raw)["courses"]
    return found


def test_titles_come_back_prepared_unless_raw_is_asked_for(site: Site) -> None:
    """M-8: a naive comparison would update for ever."""
    create(site, new(fullname="Α & Β < Γ"))
    assert by(site, "shortname", "KYPEK-1")[0]["fullname"] == "Α &amp; Β &lt; Γ"
    assert by(site, "shortname", "KYPEK-1", raw=True)[0]["fullname"] == "Α & Β < Γ"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Α & Β", "Α &amp; Β"),
        ("Α &amp; Β", "Α &amp; Β"),
        ("α < β", "α &lt; β"),
        ("<b>α</b>", "α"),
    ],
)
def test_a_title_as_it_is_shown(stored: str, shown: str) -> None:
    assert format_string(stored, raw=False) == shown
    assert format_string(stored, raw=True) == stored


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("χωρίς σήμανση", "χωρίς σήμανση"),
        ("<p>α</p><script>1</script>β", "<p>α</p>β"),
        ('<p onclick="x()">α</p>', "<p>α</p>"),
        ('<a href="javascript:x()">α</a>', "<a>α</a>"),
        ('<iframe src="https://kypek.example/"></iframe><font>α</font>', "α"),
        ("<!-- σχόλιο --><em>α</em>", "<em>α</em>"),
    ],
)
def test_nothing_active_is_shown(stored: str, shown: str) -> None:
    """M-8, M-32"""
    assert purify(stored) == shown


def test_a_plain_message_becomes_a_paragraph() -> None:
    assert for_message("Καλημέρα") == "<p>Καλημέρα</p>"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fullname": "<b>Ρ</b>"}, "invalidparameter"),
        ({"idnumber": "x" * 101}, "dmlwriteexception"),
        ({"shortname": "x" * 256}, "dmlwriteexception"),
        ({"fullname": "x" * 1334}, "dmlwriteexception"),
        ({"categoryid": 99}, "errorcatcontextnotvalid"),
        ({"startdate": 20, "enddate": 10}, "enddatebeforestartdate"),
        ({"location": "Πάτρα"}, "invalidparameter"),
    ],
)
def test_such_a_course_is_refused_with_all_the_others(site: Site, fields: dict[str, Any], code: str) -> None:
    """M-21"""
    assert create(site, new("GOOD"), new(**fields))["errorcode"] == code
    assert site.world.courses() == []


def test_a_new_course_has_manual_enrolment_and_an_announcements_forum_at_once(site: Site) -> None:
    course = create(site, new(fullname="α < β", numsections=1))[0]["id"]
    assert by(site, "id", str(course))[0]["enrollmentmethods"] == ["manual"]
    forums = site.call("mod_forum_get_forums_by_courses", {"courseids": [course]})
    assert [forum["type"] for forum in forums] == ["news"]
    sections = site.call("core_course_get_contents", {"courseid": course})
    assert [section["section"] for section in sections] == [0, 1]
    named = {"courseid": course, "options": [{"name": "sectionnumber", "value": "1"}]}
    assert [section["section"] for section in site.call("core_course_get_contents", named)] == [1]
    wrong = {"courseid": course, "options": [{"name": "nosuch", "value": "1"}]}
    assert site.errorcode("core_course_get_contents", wrong) == "errorinvalidparam"


def test_an_update_is_done_course_by_course(site: Site) -> None:
    one, two = (made["id"] for made in create(site, new("ONE", idnumber="1"), new("TWO")))
    changes = [{"id": one, "summary": "<p>νέο</p>", "visible": 0}, {"id": two, "idnumber": "1", "fullname": "χ"}]
    warnings = site.call("core_course_update_courses", {"courses": changes})["warnings"]
    assert [(warning["itemid"], warning["warningcode"]) for warning in warnings] == [(two, "courseidnumbertaken")]
    first, second = site.world.courses()
    assert (first.summary, first.visible) == ("<p>νέο</p>", False)
    assert second.fullname == "Ρομποτική & τάξη"


def test_one_unknown_among_ids_is_a_php_error_but_not_so_in_the_other_function(site: Site) -> None:
    """M-20"""
    course = site.course()
    answer = site.call("core_course_get_courses_by_field", {"field": "ids", "value": f"{course},999"})
    assert answer["exception"] == "Error"
    assert "errorcode" not in answer
    assert [one["id"] for one in site.call("core_course_get_courses", {"options": {"ids": [course, 999]}})] == [course]
    assert [one["id"] for one in by(site, "ids", str(course))] == [course]


def test_a_look_up_minds_the_case_and_a_search_the_accents(site: Site) -> None:
    """M-21"""
    site.world.add_course("Ρομποτική", "Rob", 1, idnumber="SEM-9")

    def found(words: str) -> int:
        answer = site.call("core_course_search_courses", {"criterianame": "search", "criteriavalue": words})
        return int(answer["total"])

    assert by(site, "shortname", "rob") == []
    assert (found("ρομποτική"), found("ρομποτικη"), found("SEM-9")) == (1, 0, 1)


def test_a_deleted_course_takes_everything_with_it(site: Site) -> None:
    course, maria = site.course(), site.user("maria")
    site.enrol(maria, course)
    group = {"courseid": course, "name": "Α", "description": ""}
    group_id = site.call("core_group_create_groups", {"groups": [group]})[0]["id"]
    site.call("core_group_add_group_members", {"members": [{"groupid": group_id, "userid": maria}]})
    assert site.call("core_course_delete_courses", {"courseids": [course, 1]})["warnings"][0]["itemid"] == 1
    assert (site.world.courses(), site.world.enrolments(), site.world.groups()) == ([], [], [])


def test_categories_are_found_with_what_is_below_them(site: Site) -> None:
    top = site.call("core_course_create_categories", {"categories": [{"name": "ΚΥΠΕΚ & Σία", "idnumber": "K"}]})[0]
    assert top["name"] == "ΚΥΠΕΚ &amp; Σία"
    below = [{"name": "2027", "parent": top["id"]}]
    child = site.call("core_course_create_categories", {"categories": below})[0]
    params: dict[str, Any] = {"criteria": [{"key": "idnumber", "value": "K"}]}
    found = site.call("core_course_get_categories", params)
    assert [category["path"] for category in found] == [f"/{top['id']}", f"/{top['id']}/{child['id']}"]
    alone = site.call("core_course_get_categories", params | {"addsubcategories": 0})
    assert [category["id"] for category in alone] == [top["id"]]
    orphan = {"categories": [{"name": "Χ", "parent": 99}]}
    assert site.errorcode("core_course_create_categories", orphan) == "unknowncategory"
    wrong = {"criteria": [{"key": "colour", "value": "1"}]}
    assert site.errorcode("core_course_get_categories", wrong) == "errorinvalidparam"
