"""What `check` says of a Moodle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.moodle import SPEC
from connectors.moodle.catalogue import SEARCH
from connectors.moodle.feed import COLUMNS as FEED_HEADERS
from connectors.moodle.needs import BEHIND, EXTRAS, FUNCTIONS, PERMISSIONS, REPORTING, SITE_INFO
from connectors.moodle.probing import expiry_line
from connectors.moodle.setup import instructions
from kypek_sync.contract import Capability, Probe, ProbeLevel, ProbeLine, StopConnector
from kypek_sync.sandbox.moodle.calls import CAPABILITY_NAMES
from kypek_sync.sandbox.moodle.reports import DEFAULT_CONDITIONS, FEED_COLUMNS
from tests.connectors.moodle.simulated import OTHER_TOKEN, TOKEN, Moodle, moodle

FAR = date(2031, 3, 1)
EVERYTHING = set(FUNCTIONS)
COLUMNS = {
    "course:idnumber": "Course id number",
    "user:username": "Username",
    "enrolment:timecreated": "Time created",
    "enrol:plugin": "Plugin",
}
"""The columns of the report that are needed, and what `check` calls them."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Moodle]:
    with moodle(tmp_path, report=True) as running:
        yield running


def line(probe: Probe, subject: str) -> ProbeLine:
    (found,) = (one for one in probe.lines if one.subject == subject)
    return found


def test_all_is_well(server: Moodle) -> None:
    server.platform.add_course("Ρομποτική")
    connector = server.connector(token_expires=FAR)
    probe = connector.probe()
    assert {one.level for one in probe.lines} == {ProbeLevel.OK}, probe
    subjects = "address token version functions permissions roles canary category report calendar announcements"
    subjects += " clock token-expiry"
    assert {one.subject for one in probe.lines} == set(subjects.split())
    assert probe.version == "5.0dev+ (Build: 20250304)"
    assert "syncd" in line(probe, "token").text
    connector.close()


def test_missing_functions_are_named_and_what_hangs_on_them_is_not_promised(server: Moodle) -> None:
    lost = ("core_course_update_courses", "core_group_delete_group_members")
    server.world.add_token("short", functions=EVERYTHING - set(lost))
    connector = server.connector("short")
    found = line(connector.probe(), "functions")
    assert found.level is ProbeLevel.PROBLEM
    assert all(name in found.text for name in lost)
    able = set(BEHIND) | {Capability.MEMBER_DATES}
    assert connector.capabilities() == able - {Capability.COURSE_UPDATE, Capability.GROUP_REMOVE}
    connector.close()


@pytest.mark.parametrize("lost", FUNCTIONS[1:])
def test_each_function_of_setup_is_missed_by_name(server: Moodle, lost: str) -> None:
    server.world.add_token("short", functions=EVERYTHING - {lost})
    connector = server.connector("short", calendar=False)
    found = line(connector.probe(), "functions")
    assert (found.level, lost in found.text) == (ProbeLevel.PROBLEM, True)
    connector.close()


def test_a_service_without_even_the_first_function_is_told_so(server: Moodle) -> None:
    server.world.add_token("short", functions=EVERYTHING - {SITE_INFO})
    connector = server.connector("short")
    found = line(connector.probe(), "token")
    assert (found.level, SITE_INFO in found.text) == (ProbeLevel.PROBLEM, True)
    connector.close()


@pytest.mark.parametrize("lost", PERMISSIONS)
def test_each_capability_of_setup_is_missed_by_name(server: Moodle, lost: str) -> None:
    """M-10: without it much is empty and nothing an error. No web service lists what an account may do, but the search
    for courses tells it."""
    server.platform.add_course("Ρομποτική")
    server.world.add_token("short", capabilities=set(PERMISSIONS) - {lost})
    connector = server.connector("short", calendar=False)
    found = line(connector.probe(), "permissions")
    assert found.level is ProbeLevel.PROBLEM
    assert found.text == f"The account lacks the capabilities {lost}."
    connector.close()


def test_capabilities_are_not_told_before_there_is_a_course(server: Moodle) -> None:
    connector = server.connector(announcements=False)
    assert line(connector.probe(), "permissions").level is ProbeLevel.WARNING
    server.platform.add_course("Ρομποτική")
    before = server.calls(SEARCH)
    assert line(connector.probe(), "permissions").level is ProbeLevel.OK
    assert server.calls(SEARCH) - before == 3  # a course of ours, any course, any with all capabilities
    connector.close()


@pytest.mark.parametrize("role", [3, 4, 5])
def test_a_role_that_may_not_be_given_is_told_and_nobody_is_enrolled_by_asking(server: Moodle, role: int) -> None:
    server.platform.add_course("Ρομποτική")
    server.world.forbid_assigning(role)
    connector = server.connector()
    found = line(connector.probe(), "roles")
    assert found.level is ProbeLevel.PROBLEM
    assert found.text.endswith(f"numbers {role}.")
    assert server.world.enrolments() == []
    connector.close()


@pytest.mark.parametrize("column", COLUMNS)
def test_each_column_of_the_report_is_missed_by_name(server: Moodle, column: str) -> None:
    report = server.world.add_participants_report([name for name in FEED_COLUMNS if name != column])
    connector = server.connector(report=report)
    found = line(connector.probe(), "report")
    assert (found.level, COLUMNS[column] in found.text) == (ProbeLevel.PROBLEM, True)
    connector.close()


def test_a_report_that_hides_people_or_cannot_be_filtered_is_told(server: Moodle) -> None:
    """What Moodle proposes for a report leaves out those suspended; a filter that is not there is taken silently."""
    course = server.platform.add_course("Ρομποτική")
    server.people("elioannou")
    server.platform.self_enrol("elioannou", course, datetime(2026, 11, 2, 7, 30, tzinfo=UTC))
    for settings, level, word in (
        ({"conditions": DEFAULT_CONDITIONS}, ProbeLevel.PROBLEM, "enrolment:status"),
        ({"filtered": False}, ProbeLevel.WARNING, "filter Time created"),
        ({}, ProbeLevel.OK, "when and how"),
    ):
        connector = server.connector(report=server.world.add_participants_report(**settings))
        found = line(connector.probe(), "report")
        assert found.level is level
        assert word in found.text
        connector.close()


def test_setup_prints_all_that_check_looks_for_in_both_languages() -> None:
    text = instructions(5, 4, 3)
    for name in (*FUNCTIONS, *PERMISSIONS):
        assert text.count(f"     {name}\n") == 2, name
    for header in FEED_HEADERS.values():
        assert text.upper().count(f"> {header}") >= 2


def test_the_report_s_functions_are_missed_only_where_there_is_a_report(server: Moodle) -> None:
    server.world.add_token("plain", functions=EVERYTHING - set(REPORTING))
    without = server.connector("plain", report=None)
    assert line(without.probe(), "functions").level is ProbeLevel.OK
    assert line(without.probe(), "report").level is ProbeLevel.WARNING
    assert Capability.MEMBER_DATES not in without.capabilities()
    having = server.connector("plain")
    assert REPORTING[0] in line(having.probe(), "functions").text
    assert Capability.MEMBER_DATES not in having.capabilities()
    for connector in (without, having):
        connector.close()


def test_what_the_calendar_needs_is_asked_for_only_where_it_is_used(server: Moodle) -> None:
    functions, permissions = EXTRAS[Capability.CALENDAR].functions, EXTRAS[Capability.CALENDAR].permissions
    server.world.add_token("plain", functions=EVERYTHING)
    server.world.add_token("weak", capabilities=set(PERMISSIONS))
    for token, words in (("plain", functions), ("weak", permissions)):
        connector = server.connector(token)
        found = line(connector.probe(), "calendar")
        assert found.level is ProbeLevel.WARNING
        assert connector.probe().usable
        assert all(word in found.text + found.next_step for word in words)
        assert (Capability.CALENDAR in connector.capabilities()) == (token == "weak")
        connector.close()
    without = server.connector("plain", calendar=False)
    assert {one.level for one in without.probe().lines if one.subject in ("calendar", "functions")} == {ProbeLevel.OK}
    for connector, used in ((without, False), (server.connector(), True)):
        text = SPEC.commands["setup"](connector, ())
        assert all((f"     {name}\n" in text) == used for name in (*functions, *permissions))
        connector.close()


def test_a_canary_that_is_not_seen_is_a_problem_and_oneself_a_weak_one(server: Moodle) -> None:
    """M-10"""
    cases = {"kanenas": ProbeLevel.PROBLEM, "": ProbeLevel.WARNING, "kanarini": ProbeLevel.OK}
    for canary, level in cases.items():
        connector = server.connector(canary=canary)
        assert line(connector.probe(), "canary").level is level
        connector.close()
    few = [name for name in CAPABILITY_NAMES if "user" not in name]
    server.world.add_token("weak", capabilities=few)
    connector = server.connector("weak")
    assert not connector.probe().usable
    connector.close()


def test_an_administrator_s_token_may_do_too_much(server: Moodle) -> None:
    server.world.add_token("admin-token", username="admin")
    connector = server.connector("admin-token")
    assert line(connector.probe(), "account").level is ProbeLevel.WARNING
    connector.close()


def test_a_category_that_is_not_there_is_told(server: Moodle) -> None:
    connector = server.connector(category="4711")
    assert "4711" in line(connector.probe(), "category").text
    assert not connector.probe().usable
    connector.close()


def test_a_site_that_calls_itself_otherwise_is_told(server: Moodle) -> None:
    connector = server.connector()
    connector._client.address += "/"  # as a proxy's address would differ
    assert line(connector.probe(), "address").level is ProbeLevel.WARNING
    connector.close()


def test_a_clock_that_is_off_is_told(server: Moodle) -> None:
    connector = server.connector(clock=lambda: datetime.now(UTC) + timedelta(minutes=7))
    assert "7 minutes apart" in line(connector.probe(), "clock").text
    connector.close()


def test_a_bad_or_expired_token_says_all_that_it_may_mean(server: Moodle) -> None:
    """M-3, M-4, M-6: invalidtoken and accessexception have several causes each."""
    server.world.add_token("expired", valid_until=datetime(2026, 1, 1, tzinfo=UTC))
    server.world.add_token("elsewhere", ip="192.0.2.1")
    server.world.add_token("future", service_user_until=datetime(2031, 1, 1, tzinfo=UTC))
    for token, word in (
        (OTHER_TOKEN, "mistyped"),
        ("expired", "has expired"),
        ("expired", "mistyped"),
        ("elsewhere", "other IP addresses"),
        ("future", "denies access"),
    ):
        connector = server.connector(token)
        with pytest.raises(StopConnector, match=word) as caught:
            connector.capabilities()
        assert caught.value.hint
        assert not connector.probe().usable
        connector.close()


def test_a_suspended_service_account_is_told(server: Moodle) -> None:
    server.world.suspend_user("syncd")
    connector = server.connector()
    assert "suspended" in line(connector.probe(), "token").text
    assert TOKEN not in repr(connector.probe())
    connector.close()


@pytest.mark.parametrize(
    ("expires", "today", "level", "words"),
    [
        (None, date(2026, 11, 1), ProbeLevel.WARNING, "not known"),
        (date(2026, 10, 31), date(2026, 11, 1), ProbeLevel.PROBLEM, "expired"),
        (date(2026, 11, 1), date(2026, 11, 1), ProbeLevel.WARNING, "0 days"),
        (date(2026, 12, 1), date(2026, 11, 1), ProbeLevel.WARNING, "30 days"),
        (date(2026, 12, 31), date(2026, 11, 1), ProbeLevel.WARNING, "60 days"),
        (date(2027, 1, 1), date(2026, 11, 1), ProbeLevel.OK, "61 days"),
        (date(2027, 9, 10), date(2027, 6, 15), ProbeLevel.WARNING, "87 days"),
        (date(2027, 9, 10), date(2027, 6, 14), ProbeLevel.OK, "88 days"),
    ],
)
def test_a_token_is_told_to_end_in_time(expires: date | None, today: date, level: ProbeLevel, words: str) -> None:
    found = expiry_line(expires, today)
    assert found.level is level
    assert words in found.text
    assert bool(found.next_step) == (level is not ProbeLevel.OK)
