"""An independent client, generated from a real Moodle 4.5, works against the simulator as it is served."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import httpx
import pytest
from moodle.exceptions import WebserviceException
from moodle.session import MoodleClient
from moodle.ws import types

from kypek_sync.sandbox.moodle import is_write
from kypek_sync.sandbox.serving import Running, serve
from tests.sandbox.moodle.site import Site


@pytest.fixture
def served(site: Site) -> Iterator[Running]:
    """The simulator on a free port of this machine."""
    running = serve(site.app, "moodle", site.faults, is_write=is_write)
    yield running
    running.stop()


@pytest.fixture
def client(served: Running) -> Iterator[MoodleClient]:
    """The foreign client with the token of the service account."""
    with MoodleClient(served.address, "TOKEN", {"moodlewssettingraw": 1}, timeout=10) as opened:
        yield opened


def keys_of(item: type) -> set[str]:
    """The keys that the foreign client knows of one answer."""
    return set(get_type_hints(item, vars(types)))


def test_the_foreign_client_makes_a_course_and_fills_it(client: MoodleClient, served: Running, site: Site) -> None:
    info = client.core_webservice_get_site_info()
    assert info["username"] == "syncd"
    assert info["release"] == "5.0dev+ (Build: 20250304)"
    assert set(info) <= keys_of(types.CoreWebserviceGetSiteInfoReturns)
    category = client.core_course_create_categories(categories=[{"name": "Σεμινάρια", "idnumber": "K-1"}])[0]["id"]
    new_course: Any = {"fullname": "Ρομποτική & τάξη", "shortname": "ROB", "categoryid": category, "idnumber": "S-1"}
    course = client.core_course_create_courses(courses=[new_course])[0]["id"]
    new_user: Any = {
        "username": "maria",
        "firstname": "Μαρία",
        "lastname": "Ν",
        "email": "m@sch.example",
        "auth": "cas",
    }
    user = client.core_user_create_users(users=[new_user])[0]["id"]
    assert course
    assert user
    client.enrol_manual_enrol_users(enrolments=[{"roleid": 5, "userid": user, "courseid": course}])
    members = client.core_enrol_get_enrolled_users(courseid=course)
    assert [member["fullname"] for member in members] == ["Μαρία Ν"]
    assert set(members[0]) <= keys_of(get_args(types.CoreEnrolGetEnrolledUsersReturns)[0])
    found = client.core_course_get_courses_by_field(field="idnumber", value="S-1")["courses"]
    assert [one["fullname"] for one in found] == ["Ρομποτική & τάξη"]
    assert set(found[0]) <= keys_of(types.CoreCourseGetCoursesByFieldReturnsCourses)
    client.enrol_manual_unenrol_users(enrolments=[{"userid": user, "courseid": course}])
    assert client.core_enrol_get_enrolled_users(courseid=course) == []
    assert site.world.courses()[0].fullname == "Ρομποτική & τάξη"
    assert served.calls == {"read": 4, "write": 5}


def test_the_foreign_client_reads_groups_events_and_announcements(client: MoodleClient, site: Site) -> None:
    course, maria = site.course(), site.user("maria")
    site.world.enrol_manually("maria", course)
    group = client.core_group_create_groups(groups=[{"courseid": course, "name": "Α", "description": ""}])[0]
    assert set(group) <= keys_of(get_args(types.CoreGroupCreateGroupsReturns)[0])
    client.core_group_add_group_members(members=[{"groupid": group["id"] or 0, "userid": maria}])
    assert client.core_group_get_group_members(groupids=[group["id"] or 0])[0]["userids"] == [maria]
    new_event: Any = {"name": "1η", "eventtype": "course", "courseid": course, "timestart": 1795492800}
    event = client.core_calendar_create_calendar_events(events=[new_event])["events"][0]
    full = client.core_calendar_get_calendar_event_by_id(eventid=event["id"] or 0)["event"]
    assert set(full) <= keys_of(types.CoreCalendarGetCalendarEventByIdReturnsEvent)
    forum = client.mod_forum_get_forums_by_courses(courseids=[course])[0]
    assert forum["type"] == "news"
    client.mod_forum_add_discussion(forumid=forum["id"] or 0, subject="Σύνδεση", message="<p>α</p>")
    discussions = client.mod_forum_get_forum_discussions(forumid=forum["id"] or 0)["discussions"]
    assert [one["subject"] for one in discussions] == ["Σύνδεση"]
    assert set(discussions[0]) <= keys_of(types.ModForumGetForumDiscussionsReturnsDiscussions)


def test_the_foreign_client_reads_a_refusal(client: MoodleClient) -> None:
    with pytest.raises(WebserviceException) as caught:
        client.core_course_get_contents(courseid=999)
    assert caught.value.errorcode == "invalidrecordunknown"


def test_a_write_that_is_reset_was_done(client: MoodleClient, served: Running, site: Site) -> None:
    """The wire fault strikes writes only, and everything is posted: so the function decides."""
    site.faults.set("moodle:reset-after-write@1")
    assert client.core_webservice_get_site_info()["username"] == "syncd"
    with pytest.raises(httpx.TransportError):
        client.core_course_create_categories(categories=[{"name": "Σεμινάρια"}])
    assert [one["name"] for one in client.core_course_get_categories()] == ["Category 1", "Σεμινάρια"]
    assert served.calls["write"] == 1


def test_many_may_ask_at_once(served: Running, site: Site) -> None:
    """Identical enrolments at the same time leave one each. (M-30's dmlwriteexception is not simulated.)"""
    course = site.course()
    users = [site.user(f"user{n}") for n in range(5)]
    problems: list[Exception] = []

    def work() -> None:
        try:
            with MoodleClient(served.address, "TOKEN", timeout=30) as own:
                for user in users:
                    own.enrol_manual_enrol_users(enrolments=[{"roleid": 5, "userid": user, "courseid": course}])
        except (httpx.HTTPError, WebserviceException) as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
    assert len(site.world.enrolments(course)) == 5
