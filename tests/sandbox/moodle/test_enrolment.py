"""Enrolments: atomic, overwritten in full, and only by hand what was done by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.moodle.site import NOW, Site


def unenrol(site: Site, user: int, course: int) -> Any:
    """End a manual enrolment by the web service."""
    return site.call("enrol_manual_unenrol_users", {"enrolments": [{"userid": user, "courseid": course}]})


def test_what_is_not_sent_is_reset(site: Site) -> None:
    """M-22"""
    maria, course = site.user("maria"), site.course()
    soon = int((NOW + timedelta(days=1)).timestamp())
    site.enrol(maria, course, suspend=1, timestart=soon, timeend=soon + 60)
    before = site.world.enrolments(course)[0]
    assert (before.suspended, before.start) == (True, NOW + timedelta(days=1))
    assert site.enrol(maria, course) is None
    after = site.world.enrolments(course)[0]
    assert (after.id, after.suspended, after.start, after.end) == (before.id, False, None, None)


def test_a_second_role_is_added_and_taken_away_apart(site: Site) -> None:
    """M-23"""
    maria, course = site.user("maria"), site.course()
    site.enrol(maria, course, role=5)
    site.enrol(maria, course, role=3)
    assert site.world.enrolments(course)[0].roles == (3, 5)
    place = {"userid": maria, "contextlevel": "course", "instanceid": course}
    assert site.call("core_role_unassign_roles", {"unassignments": [{"roleid": 5} | place]}) is None
    assert site.call("core_role_unassign_roles", {"unassignments": [{"roleid": 5} | place]}) is None
    assert site.call("core_role_assign_roles", {"assignments": [{"roleid": 4} | place]}) is None
    assert site.world.enrolments(course)[0].roles == (3, 4)
    assert site.errorcode("core_role_assign_roles", {"assignments": [{"roleid": 1} | place]}) == "invalidparameter"


def test_a_batch_is_enrolled_whole_or_not_at_all(site: Site) -> None:
    """M-24: each refusal has another face."""
    maria, gone, course = site.user("maria"), site.user("gone"), site.course()
    by_hand_closed = site.course("CLOSED", manual_enrolment=False)
    site.call("core_user_delete_users", {"userids": [gone]})
    good = {"roleid": 5, "userid": maria, "courseid": course}
    for bad, code in (
        ({"userid": 999}, "TypeError"),
        ({"userid": gone}, "codingerror"),
        ({"roleid": 1}, "wsusercannotassign"),
        ({"courseid": by_hand_closed}, "wsnoinstance"),
        ({"courseid": 999}, "invalidparameter"),
        ({"status": 1}, "invalidparameter"),
    ):
        assert site.errorcode("enrol_manual_enrol_users", {"enrolments": [good, good | bad]}) == code
        assert site.world.enrolments() == []


def test_an_administrator_may_assign_managers(site: Site) -> None:
    maria, course = site.user("maria"), site.course()
    site.world.add_token("ADMIN-TOKEN", username="admin")
    enrolments = [{"roleid": 1, "userid": maria, "courseid": course}]
    assert site.call("enrol_manual_enrol_users", {"enrolments": enrolments}, "ADMIN-TOKEN") is None


def test_a_newcomer_is_greeted_where_there_is_a_teacher(site: Site) -> None:
    """M-25: once, unless the site has switched it off."""
    maria, nikos, course = site.user("maria"), site.user("nikos"), site.course()
    site.user("trainer")
    site.enrol(maria, course)
    assert site.world.messages() == []
    site.world.enrol_manually("trainer", course, role=3)
    site.enrol(maria, course)
    assert site.world.messages() == []
    site.enrol(nikos, course)
    assert [(m.sender, m.receiver, m.welcome) for m in site.world.messages()] == [("trainer", "nikos", True)]
    site.world.set_welcome_message(False)
    site.enrol(site.user("late"), course)
    assert len(site.world.messages()) == 1


@pytest.mark.parametrize("method", ["self", "ldap", "cohort"])
def test_manual_unenrolment_leaves_other_methods_alone_without_a_word(site: Site, method: str) -> None:
    """M-26"""
    maria, course = site.user("maria"), site.course()
    site.world.enrol_by(method, "maria", course)
    site.enrol(maria, course)
    assert unenrol(site, maria, course) is None
    assert [enrolment.method for enrolment in site.world.enrolments(course)] == [method]
    assert site.listed(course) == ["maria"]
    assert site.world.enrolments(course)[0].roles == (5,)


def test_with_the_last_enrolment_go_roles_and_groups(site: Site) -> None:
    maria, course = site.user("maria"), site.course()
    site.enrol(maria, course)
    group = site.call("core_group_create_groups", {"groups": [{"courseid": course, "name": "Α", "description": ""}]})
    members = {"members": [{"groupid": group[0]["id"], "userid": maria}]}
    site.call("core_group_add_group_members", members)
    assert site.world.groups(course)[0].members == ("maria",)
    unenrol(site, maria, course)
    assert site.world.groups(course)[0].members == ()
    site.world.self_enrol("maria", course, NOW)
    assert site.world.enrolments(course)[0].roles == (5,)


def test_members_are_merged_and_tell_neither_method_nor_time(site: Site) -> None:
    """M-27"""
    maria, course = site.user("maria"), site.course()
    site.world.self_enrol("maria", course, NOW)
    site.enrol(maria, course)
    members = site.call("core_enrol_get_enrolled_users", {"courseid": course})
    assert len(members) == 1
    assert {"method", "status", "timecreated", "ueid"}.isdisjoint(members[0])
    assert [role["shortname"] for role in members[0]["roles"]] == ["student"]


def test_suspended_means_by_no_method_in_force(site: Site) -> None:
    """M-27: so also expired, and not yet started."""
    course = site.course()
    for name in ("active", "suspended", "expired", "early", "both"):
        site.user(name)
    site.world.enrol_manually("active", course)
    site.world.enrol_manually("suspended", course, suspended=True)
    site.world.enrol_manually("expired", course, end=NOW - timedelta(days=1))
    site.world.enrol_manually("early", course, start=NOW + timedelta(days=1))
    site.world.enrol_manually("both", course, suspended=True)
    site.world.self_enrol("both", course, NOW)
    assert site.listed(course, onlysuspended="1") == ["suspended", "expired", "early"]
    assert site.listed(course, onlyactive="1") == ["active", "both"]
    site.pass_time(days=2)
    assert site.listed(course, onlyactive="1") == ["active", "early", "both"]


def test_pages_sorting_and_wrong_options(site: Site) -> None:
    course = site.course()
    for name in ("gamma", "alpha", "beta"):
        site.enrol(site.user(name), course)
    assert site.listed(course, limitfrom="1", limitnumber="1") == ["alpha"]
    assert site.listed(course, sortby="lastname", sortdirection="DESC") == ["gamma", "beta", "alpha"]
    assert site.listed(course, nosuchoption="1", groupid="99") == []
    for name, value, code in (
        ("sortby", "email", "invalidparameter"),
        ("limitnumber", "many", "invalidparameter"),
        ("userfields", "id,shoesize", "invaliduserfield"),
    ):
        params = {"courseid": course, "options": [{"name": name, "value": value}]}
        assert site.errorcode("core_enrol_get_enrolled_users", params) == code


def test_only_what_a_visitor_can_use_counts_as_a_method(site: Site) -> None:
    """M-28"""
    both, by_hand = site.course("BOTH"), site.course("BY-HAND", self_enrolment=False)
    function = "core_enrol_get_course_enrolment_methods"
    assert [method["type"] for method in site.call(function, {"courseid": both})] == ["self"]
    assert site.call(function, {"courseid": by_hand}) == []
    assert site.errorcode(function, {"courseid": 999}) == "invalidrecordunknown"


def test_an_enrolment_by_its_id(site: Site) -> None:
    """M-29: works for self-enrolments, not for what Moodle's own sync made."""
    course = site.course()
    site.user("maria")
    site.world.self_enrol("maria", course, NOW)
    site.world.enrol_by("ldap", "maria", course)
    by_self, by_sync = site.world.enrolments(course)
    function = "core_enrol_unenrol_user_enrolment"
    assert site.call(function, {"ueid": by_self.id}) == {"result": True, "errors": []}
    assert site.call(function, {"ueid": by_self.id})["errors"][0]["key"] == "invalidrequest"
    assert site.call(function, {"ueid": by_sync.id})["result"] is False
    assert site.world.enrolments(course) == [by_sync]


def test_the_form_is_of_no_use_to_a_token(site: Site) -> None:
    """M-29"""
    function = "core_enrol_submit_user_enrolment_form"
    assert site.call(function, {"formdata": "ueid=1&status=1"}) == {"result": False, "validationerror": True}
    assert site.errorcode(function, {"formdata": "status=1"}) == "missingparam"


def test_a_self_enrolment_is_stored_though_an_error_comes_back(site: Site) -> None:
    """M-11"""
    course, closed = site.course(), site.course("CLOSED", self_enrolment=False)
    site.user("maria")
    site.world.add_token("MARIA", username="maria", capabilities=())
    assert site.errorcode("enrol_self_enrol_user", {"courseid": course}, "MARIA") == "Error"
    assert [(e.username, e.method, e.created) for e in site.world.enrolments()] == [("maria", "self", NOW)]
    assert site.call("enrol_self_enrol_user", {"courseid": course}, "MARIA")["status"] is False
    assert site.errorcode("enrol_self_enrol_user", {"courseid": closed}, "MARIA") == "canntenrol"


def test_an_error_does_not_prove_that_nothing_was_done(site: Site) -> None:
    """M-11: the fault stores the enrolments and reports a PHP error."""
    maria, course = site.user("maria"), site.course()
    site.faults.set("moodle:enrol-error-but-done@2")
    answer = site.enrol(maria, course)
    assert answer["exception"] == "Error"
    assert "errorcode" not in answer
    assert site.world.members(course) == ["maria"]
    assert unenrol(site, maria, course)["exception"] == "Error"
    assert site.world.members(course) == []
    assert site.enrol(maria, course) is None


def test_a_course_may_look_empty_though_it_is_not(site: Site) -> None:
    """The fault `empty-members`."""
    maria, course = site.user("maria"), site.course()
    site.enrol(maria, course)
    site.faults.set("moodle:empty-members@1")
    assert site.listed(course) == []
    assert site.listed(course) == ["maria"]


def test_my_courses_are_those_in_force(site: Site) -> None:
    maria, course, other = site.user("maria"), site.course(), site.course("OTHER")
    site.enrol(maria, course)
    site.enrol(maria, other, suspend=1)
    mine = site.call("core_enrol_get_users_courses", {"userid": maria})
    assert [(one["id"], one["enrolledusercount"]) for one in mine] == [(course, 1)]
    uncounted = site.call("core_enrol_get_users_courses", {"userid": maria, "returnusercount": 0})
    assert "enrolledusercount" not in uncounted[0]


def test_who_leaves_by_themselves_is_gone(site: Site) -> None:
    course = site.course()
    site.user("maria")
    site.world.self_enrol("maria", course, NOW)
    site.world.leave("maria", course)
    assert site.listed(course) == []
    with pytest.raises(LookupError, match="not enrolled"):
        site.world.leave("maria", course)
    with pytest.raises(LookupError, match="nobody"):
        site.world.self_enrol("nobody", course, NOW)
    with pytest.raises(LookupError, match="no self enrolment"):
        site.world.self_enrol("maria", site.course("CLOSED", self_enrolment=False), NOW)
