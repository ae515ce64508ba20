"""Groups, calendar, announcements, activities: what happens inside a course."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.moodle.site import NOW, Site

START = int(datetime(2026, 12, 1, 16, tzinfo=UTC).timestamp())


def group(site: Site, course: int, name: str, **fields: Any) -> int:
    """A group made by the web service."""
    new = {"courseid": course, "name": name, "description": ""} | fields
    return int(site.call("core_group_create_groups", {"groups": [new]})[0]["id"])


def event(site: Site, **fields: Any) -> Any:
    """Create one calendar event by the web service."""
    usual = {"name": "1η συνεδρία", "eventtype": "course", "timestart": START, "timeduration": 3600}
    return site.call("core_calendar_create_calendar_events", {"events": [usual | fields]})


def test_one_who_is_not_enrolled_refuses_the_whole_batch(site: Site) -> None:
    """M-31"""
    maria, nikos, course = site.user("maria"), site.user("nikos"), site.course()
    site.enrol(maria, course)
    group_id = group(site, course, "Α")
    both = [{"groupid": group_id, "userid": user} for user in (maria, nikos)]
    assert site.errorcode("core_group_add_group_members", {"members": both}) == "invalidparameter"
    assert site.world.groups()[0].members == ()
    assert site.call("core_group_add_group_members", {"members": [both[0], both[0]]}) is None
    assert site.listed(course, groupid=str(group_id)) == ["maria"]
    assert site.call("core_enrol_get_enrolled_users", {"courseid": course})[0]["groups"][0]["name"] == "Α"
    unknown = {"members": [{"groupid": 99, "userid": maria}]}
    assert site.errorcode("core_group_add_group_members", unknown) == "invalidrecordunknown"
    assert site.errorcode("core_group_delete_group_members", unknown) == "invalidrecordunknown"


def test_a_group_is_unique_by_name_and_idnumber_within_its_course(site: Site) -> None:
    course, other = site.course(), site.course("OTHER")
    first = group(site, course, "Α", idnumber="G-1")
    second = group(site, course, "Β")
    assert group(site, other, "Α", idnumber="G-1") > second
    for change, code in (({"name": "Α"}, "invalidparameter"), ({"name": "Γ", "idnumber": "G-1"}, "idnumbertaken")):
        assert site.errorcode("core_group_update_groups", {"groups": [{"id": second} | change]}) == code
    assert site.call("core_group_update_groups", {"groups": [{"id": first, "name": "Α & Β"}]}) is None
    assert [one["name"] for one in site.call("core_group_get_groups", {"groupids": [first]})] == ["Α &amp; Β"]
    assert site.call("core_group_get_groups", {"groupids": [first]}, raw=True)[0]["name"] == "Α & Β"
    blank = {"courseid": course, "name": " ", "description": ""}
    assert site.errorcode("core_group_create_groups", {"groups": [blank]}) == "invalidparameter"


def test_deleting_an_unknown_group_is_no_error(site: Site) -> None:
    """M-31"""
    group_id = group(site, site.course(), "Α")
    assert site.call("core_group_delete_groups", {"groupids": [999, group_id]}) is None
    assert site.world.groups() == []


def test_without_permission_no_event_and_no_error(site: Site) -> None:
    """M-32: and the events that are allowed are made all the same."""
    site.user("student")
    course = site.course()
    site.world.enrol_manually("student", course)
    site.world.add_token("STUDENT", username="student", capabilities=())
    events = [
        {"name": "ξένη", "eventtype": "course", "courseid": course, "timestart": START},
        {"name": "δική μου", "eventtype": "user", "timestart": START},
    ]
    answer = site.call("core_calendar_create_calendar_events", {"events": events}, "STUDENT")
    assert [made["name"] for made in answer["events"]] == ["δική μου"]
    assert [warning["item"] for warning in answer["warnings"]] == ["ξένη"]


def test_a_course_event_without_a_course_is_an_orphan(site: Site) -> None:
    """M-32"""
    assert event(site)["events"][0]["courseid"] == 0
    orphan = site.world.events()[0]
    assert (orphan.course, orphan.kind) == (0, "course")
    assert site.call("core_calendar_get_calendar_events", {"events": {"courseids": [1]}})["events"] == []


def test_events_are_filtered_by_course_and_time(site: Site) -> None:
    course, other = site.course(), site.course("OTHER")
    event(site, courseid=course)
    event(site, courseid=course, timestart=START + 86400)
    event(site, courseid=other)

    def listed(**options: int) -> int:
        params = {"events": {"courseids": [course]}, "options": {"userevents": 0, "siteevents": 0} | options}
        return len(site.call("core_calendar_get_calendar_events", params)["events"])

    assert listed() == 2
    assert listed(timestart=START + 7200) == 1
    assert listed(timeend=START + 7200) == 1
    assert site.call("core_calendar_get_calendar_events")["events"] == []


def test_a_teacher_may_delete_our_event_and_a_student_may_read_it(site: Site) -> None:
    """M-32"""
    course = site.course()
    for name, role in (("trainer", 3), ("student", 5)):
        site.user(name)
        site.world.enrol_manually(name, course, role=role)
        site.world.add_token(name, username=name, capabilities=())
    link = '<p><a href="https://kypek.example/j/1" onclick="x()">Είσοδος</a></p>'
    made = event(site, courseid=course, description=link)["events"][0]["id"]
    shown = site.call("core_calendar_get_calendar_event_by_id", {"eventid": made}, "student")["event"]
    assert shown["description"] == '<p><a href="https://kypek.example/j/1">Είσοδος</a></p>'
    assert shown["candelete"] is False
    deletion = {"events": [{"eventid": made, "repeat": 0}]}
    assert site.errorcode("core_calendar_delete_calendar_events", deletion, "student") == "nopermissions"
    assert site.call("core_calendar_delete_calendar_events", deletion, "trainer") is None
    assert site.world.events() == []


def test_only_the_day_of_an_event_can_be_changed(site: Site) -> None:
    """M-32"""
    made = event(site, courseid=site.course())["events"][0]["id"]
    day = int(datetime(2026, 12, 5, tzinfo=UTC).timestamp())
    site.call("core_calendar_update_event_start_day", {"eventid": made, "daytimestamp": day})
    assert site.world.events()[0].start == datetime(2026, 12, 5, 16, tzinfo=UTC)
    form = site.call("core_calendar_submit_create_update_form", {"formdata": f"id={made}&name=x"})
    assert form == {"validationerror": True}
    site.world.delete_event(made)
    gone = {"eventid": made}
    assert site.errorcode("core_calendar_get_calendar_event_by_id", gone) == "invalidrecordunknown"


def test_an_announcement_is_updatable_in_place(site: Site) -> None:
    course = site.course()
    forum = site.call("mod_forum_get_forums_by_courses", {"courseids": [course]})[0]["id"]
    params = {"forumid": forum, "subject": "Σύνδεση", "message": "<p>18:00</p>"}
    site.call("mod_forum_add_discussion", params)
    site.pass_time(minutes=5)
    site.call("mod_forum_add_discussion", params | {"subject": "Αλλαγή"})
    discussions = site.call("mod_forum_get_forum_discussions", {"forumid": forum})["discussions"]
    assert [discussion["subject"] for discussion in discussions] == ["Αλλαγή", "Σύνδεση"]
    page = site.call("mod_forum_get_forum_discussions", {"forumid": forum, "page": 1, "perpage": 1})["discussions"]
    assert [discussion["subject"] for discussion in page] == ["Σύνδεση"]
    site.call("mod_forum_update_discussion_post", {"postid": page[0]["id"], "message": "<p>19:00</p>"})
    first = site.world.posts()[0]
    assert (first.subject, first.message) == ("Σύνδεση", "<p>19:00</p>")
    since = {"courseid": course, "since": int(NOW.timestamp())}
    assert len(site.call("core_course_get_updates_since", since)["instances"]) == 1
    wrong = params | {"options": [{"name": "nosuch", "value": "1"}]}
    assert site.errorcode("mod_forum_add_discussion", wrong) == "errorinvalidparam"


def test_a_student_writes_no_announcements(site: Site) -> None:
    course = site.course()
    site.user("student")
    site.world.enrol_manually("student", course)
    site.world.add_token("STUDENT", username="student", capabilities=())
    forum = site.call("mod_forum_get_forums_by_courses", {"courseids": [course]}, "STUDENT")[0]
    assert forum["cancreatediscussions"] is False
    params = {"forumid": forum["id"], "subject": "α", "message": "β"}
    assert site.errorcode("mod_forum_add_discussion", params, "STUDENT") == "cannotcreatediscussion"


def test_enrolments_do_not_count_as_updates_of_a_course(site: Site) -> None:
    course, maria = site.course(), site.user("maria")
    site.enrol(maria, course)
    assert site.call("core_course_get_updates_since", {"courseid": course, "since": 0})["instances"] == []


@pytest.mark.parametrize("module", ["url", "lti", "bigbluebuttonbn", "forum"])
def test_no_activity_can_be_created(site: Site, module: str) -> None:
    """M-34"""
    params = {"courseid": site.course(), "modname": module, "targetsectionnum": 1}
    code = site.errorcode("core_courseformat_create_module", params)
    assert code == f"Module {module} does not support quick creation"


def test_completion_and_grades_need_what_is_not_there(site: Site) -> None:
    course, maria = site.course(), site.user("maria")
    site.world.add_token("MARIA", username="maria", capabilities=())
    site.enrol(maria, course)
    status = "core_completion_get_activities_completion_status"
    assert site.call(status, {"courseid": course, "userid": maria})["statuses"] == []
    assert site.errorcode(status, {"courseid": course, "userid": 3}, "MARIA") == "nopermissions"
    grade = {"source": "kypek", "courseid": course, "component": "mod_assign", "activityid": 1, "itemnumber": 0}
    assert site.errorcode("core_grades_update_grades", grade) == "invalidcoursemodule"
