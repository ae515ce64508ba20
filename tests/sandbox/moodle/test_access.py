"""Tokens, permissions and the state of the site: everything that happens before a function runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.moodle.site import NOW, Site

INFO = "core_webservice_get_site_info"


def test_an_expired_token_answers_differently_the_second_time(site: Site) -> None:
    """M-4"""
    site.world.add_token("OLD", valid_until=NOW + timedelta(hours=1))
    assert site.call(INFO, token="OLD")["username"] == "syncd"
    site.pass_time(hours=2)
    assert site.errorcode(INFO, token="OLD") == "accessexception"
    assert site.errorcode(INFO, token="OLD") == "invalidtoken"


def test_the_date_of_the_service_user_is_compared_the_wrong_way_round(site: Site) -> None:
    """M-6"""
    site.world.add_token("FUTURE", service_user_until=NOW + timedelta(days=1))
    site.world.add_token("PAST", service_user_until=NOW - timedelta(days=1))
    assert site.errorcode(INFO, token="FUTURE") == "accessexception"
    assert site.call(INFO, token="PAST")["username"] == "syncd"


def test_the_functions_of_the_service_are_told(site: Site) -> None:
    site.world.add_token("TWO", functions=[INFO, "core_user_get_users"])
    names = [function["name"] for function in site.call(INFO, token="TWO")["functions"]]
    assert names == ["core_user_get_users", INFO]
    assert "enrol_manual_enrol_users" in [function["name"] for function in site.call(INFO)["functions"]]
    assert site.call(INFO)["sitename"] == "sandbox"


def test_a_token_dies_with_its_account(site: Site) -> None:
    user = site.user("leaver")
    site.world.add_token("LEAVER", username="leaver")
    assert site.call("core_user_delete_users", {"userids": [user]}) is None
    assert site.errorcode(INFO, token="LEAVER") == "invalidtoken"


def test_a_lost_permission_is_an_empty_answer_and_no_error(site: Site) -> None:
    """M-10: users, courses and events; a write says so, or merely warns."""
    site.user("maria")
    course = site.course()
    site.faults.set("moodle:no-permission")
    by_name = {"field": "username", "values": ["maria"]}
    assert site.call("core_user_get_users_by_field", by_name) == []
    everybody = site.call("core_user_get_users", {"criteria": [{"key": "email", "value": "%"}]})
    assert everybody == {"users": [], "warnings": []}
    by_number = {"field": "idnumber", "value": "SEM-1"}
    assert site.call("core_course_get_courses_by_field", by_number) == {"courses": [], "warnings": []}
    assert site.call("core_course_get_courses", {"options": {"ids": [course]}}) == []
    event = {"name": "1η", "eventtype": "course", "courseid": course, "timestart": 1}
    refused = site.call("core_calendar_create_calendar_events", {"events": [event]})
    assert refused["events"] == []
    assert refused["warnings"][0]["warningcode"] == "nopermissions"
    assert site.errorcode("core_enrol_get_enrolled_users", {"courseid": course}) == "errorcoursecontextnotvalid"
    site.faults.lift()
    assert len(site.call("core_user_get_users_by_field", by_name)) == 1


def test_somebody_without_permissions_sees_a_visible_course_but_not_its_idnumber(site: Site) -> None:
    """M-10"""
    site.user("weak")
    site.world.add_token("WEAK", username="weak", capabilities=())
    site.course("OPEN")
    site.course("HIDDEN", visible=False)
    shown = site.call("core_course_get_courses_by_field", token="WEAK")["courses"]
    assert [course["shortname"] for course in shown] == ["sandbox", "OPEN"]
    assert "idnumber" not in shown[1]
    assert "visible" not in shown[1]


def test_single_capabilities_are_enough_for_what_they_allow(site: Site) -> None:
    site.world.add_token("READER", capabilities=["moodle/user:viewdetails"])
    site.user("maria")
    assert len(site.call("core_user_get_users_by_field", {"field": "username", "values": ["maria"]}, "READER")) == 1
    new = {"username": "x", "firstname": "Χ", "lastname": "Ψ", "email": "x@sch.example", "auth": "cas"}
    assert site.errorcode("core_user_create_users", {"users": [new]}, "READER") == "nopermissions"


def test_a_teacher_may_manage_their_own_course_only(site: Site) -> None:
    site.user("trainer")
    own, other = site.course("OWN"), site.course("OTHER")
    site.world.enrol_manually("trainer", own, role=3)
    site.world.add_token("TRAINER", username="trainer", capabilities=())
    group = {"name": "Α", "description": ""}
    assert site.call("core_group_create_groups", {"groups": [group | {"courseid": own}]}, "TRAINER")[0]["name"] == "Α"
    refused = site.errorcode("core_group_create_groups", {"groups": [group | {"courseid": other}]}, "TRAINER")
    assert refused == "errorcoursecontextnotvalid"


@pytest.mark.parametrize(("fault", "code"), [("maintenance", "sitemaintenance"), ("bad-token", "invalidtoken")])
def test_a_fault_strikes_as_often_as_asked_and_does_nothing(site: Site, fault: str, code: str) -> None:
    """M-3, M-7"""
    site.faults.set(f"moodle:{fault}@2")
    new = {"name": "Κατηγορία", "idnumber": "K"}
    assert site.errorcode("core_course_create_categories", {"categories": [new]}) == code
    assert site.errorcode("core_course_create_categories", {"categories": [new]}) == code
    assert site.call("core_course_create_categories", {"categories": [new]})[0]["name"] == "Κατηγορία"


def test_the_upgrade_page_is_503_for_administrators_too(site: Site) -> None:
    """M-7"""
    site.world.add_token("ADMIN-TOKEN", username="admin")
    site.faults.set("moodle:maintenance-cli@1")
    answer = site.send([("wstoken", "ADMIN-TOKEN"), ("wsfunction", INFO)])
    assert (answer.status, answer.headers["Retry-After"]) == ("503 Moodle under maintenance", "300")
    site.world.set_maintenance("cli")
    assert site.send([("wstoken", "ADMIN-TOKEN"), ("wsfunction", INFO)]).status_code == 503
    site.world.set_maintenance("web")
    assert site.call(INFO, token="ADMIN-TOKEN")["userissiteadmin"] is True
    assert site.errorcode(INFO) == "sitemaintenance"


def test_debugging_names_the_element_within_a_list(site: Site) -> None:
    """M-2, M-5"""
    site.world.set_debug(True)
    enrolments = [{"roleid": 5, "userid": 2, "courseid": "abc"}]
    answer = site.call("enrol_manual_enrol_users", {"enrolments": enrolments})
    assert answer["debuginfo"] == (
        "enrolments => Invalid parameter value detected: courseid => Invalid parameter value detected: "
        'Invalid external api parameter: the value is "abc", the server was expecting "int" type'
    )
    site.world.set_debug(False)
    assert "debuginfo" not in site.call("enrol_manual_enrol_users", {"enrolments": enrolments})


@pytest.mark.parametrize("value", ["", " 1", "01", "1.0", "+1", "9" * 19, "١"])
def test_a_number_is_taken_only_as_php_would_write_it(site: Site, value: str) -> None:
    assert site.errorcode("core_course_get_contents", {"courseid": value}) == "invalidparameter"


def test_an_empty_list_cannot_be_sent_in_a_form(site: Site) -> None:
    """M-9"""
    assert site.errorcode("core_user_delete_users", {"userids": []}) == "invalidparameter"


def test_every_call_that_got_through_is_written_down(site: Site) -> None:
    """M-13"""
    site.call(INFO)
    site.errorcode("core_course_get_contents", {"courseid": 999})
    site.errorcode(INFO, token="WRONG")
    assert site.world.calls() == [INFO, "core_course_get_contents"]


def test_the_state_outlives_the_server(site: Site) -> None:
    site.user("maria")
    again = Site(site.state)
    assert [user.username for user in again.world.users()] == ["guest", "admin", "syncd", "maria"]
