"""Messages, cohorts, reports, and several functions in one call."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.sandbox.moodle.site import NOW, Site


def message(site: Site, *receivers: int, token: str = "TOKEN", **fields: Any) -> Any:
    """Send one call with a message to each receiver."""
    messages = [{"touserid": receiver, "text": "Καλημέρα", "textformat": 1} | fields for receiver in receivers]
    return site.call("core_message_send_instant_messages", {"messages": messages}, token)


def test_a_mixed_call_fails_though_the_good_message_is_sent(site: Site) -> None:
    """M-33: whichever comes first."""
    maria = site.user("maria")
    assert message(site, maria, 999)["errorcode"] == "formatnotsupported"
    assert message(site, 999, maria)["errorcode"] == "formatnotsupported"
    assert [sent.receiver for sent in site.world.messages()] == ["maria", "maria"]
    assert [result["msgid"] for result in message(site, 999, 998)] == [-1, -1]
    assert [result["msgid"] > 0 for result in message(site, maria, maria)] == [True, True]


def test_the_clients_own_id_does_not_deduplicate(site: Site) -> None:
    """M-33"""
    maria = site.user("maria")
    first = message(site, maria, clientmsgid="k1")[0]
    again = message(site, maria, clientmsgid="k1")[0]
    assert first["conversationid"] == again["conversationid"]
    assert [sent.client_id for sent in site.world.messages()] == ["k1", "k1"]
    assert "clientmsgid" not in message(site, maria)[0]


def test_messages_are_read_by_those_who_wrote_or_got_them(site: Site) -> None:
    maria = site.user("maria")
    site.world.add_token("MARIA", username="maria", capabilities=())
    site.world.add_token("ADMIN-TOKEN", username="admin")
    message(site, maria, text="πρώτο")
    message(site, maria, text="δεύτερο")
    asked = {"useridto": maria, "type": "conversations", "read": 2}

    def texts(token: str, **options: object) -> list[str]:
        answer = site.call("core_message_get_messages", asked | options, token)
        return [one["fullmessage"] for one in answer["messages"]]

    assert texts("MARIA") == ["δεύτερο", "πρώτο"]
    assert texts("TOKEN", useridfrom=3, newestfirst=0, limitnum=1) == ["πρώτο"]
    assert texts("MARIA", read=1) == []
    assert texts("MARIA", type="notifications") == []
    assert site.errorcode("core_message_get_messages", asked, "ADMIN-TOKEN") == "accessdenied"


def test_without_the_permission_a_message_is_refused_one_by_one(site: Site) -> None:
    maria = site.user("maria")
    site.world.add_token("MARIA", username="maria", capabilities=())
    refused = message(site, 3, token="MARIA")
    assert refused[0]["msgid"] == -1
    assert "message preferences" in refused[0]["errormessage"]
    assert maria > 3


def test_a_cohort_is_filled_without_any_look_up(site: Site) -> None:
    maria = site.user("maria")
    cohort = {"categorytype": {"type": "system", "value": ""}, "name": "ΠΕ86 & ΠΕ87", "idnumber": "C-1"}
    made = site.call("core_cohort_create_cohorts", {"cohorts": [cohort]})[0]
    assert made["name"] == "ΠΕ86 &amp; ΠΕ87"
    good = {"cohorttype": {"type": "idnumber", "value": "C-1"}, "usertype": {"type": "username", "value": "maria"}}
    wrong = [
        good | {"cohorttype": {"type": "name", "value": "x"}},
        good | {"usertype": {"type": "email", "value": "x"}},
        good | {"cohorttype": {"type": "id", "value": "99"}},
    ]
    warnings = site.call("core_cohort_add_cohort_members", {"members": [*wrong, good]})["warnings"]
    assert [warning["warningcode"] for warning in warnings] == ["1", "1", "2"]
    assert site.world.cohorts()[0].members == ("maria",)
    assert [one["id"] for one in site.call("core_cohort_get_cohorts")] == [made["id"]]
    assert site.call("core_cohort_get_cohorts", {"cohortids": [99]}) == []
    leaving = [{"cohortid": made["id"], "userid": maria}, {"cohortid": made["id"], "userid": 999}]
    assert site.errorcode("core_cohort_delete_cohort_members", {"members": leaving}) == "invalidrecordunknown"
    assert site.world.cohorts()[0].members == ("maria",)
    elsewhere = cohort | {"categorytype": {"type": "idnumber", "value": "nosuch"}, "idnumber": "C-2"}
    assert site.errorcode("core_cohort_create_cohorts", {"cohorts": [elsewhere]}) == "invalidparameter"


def rows(site: Site, report: int, page: int = 0, perpage: int = 50, token: str = "TOKEN") -> list[list[str]]:
    """The rows of one page of a report."""
    params = {"reportid": report, "page": page, "perpage": perpage}
    answer = site.call("core_reportbuilder_retrieve_report", params, token)
    return [row["columns"] for row in answer["data"]["rows"]]


def since(site: Site, report: int, at: int, token: str = "TOKEN") -> Any:
    """Store the filter "enrolled since"."""
    values = {
        "enrolment:timecreated_operator": 3,
        "enrolment:timecreated_from": at,
        "enrolment:timecreated_to": 0,
    }
    return site.call("core_reportbuilder_set_filters", {"reportid": report, "values": json.dumps(values)}, token)


def test_the_report_shows_how_and_when_people_enrolled(site: Site) -> None:
    """M-35: dates are text in the site's zone, to the minute; one row per role; blank rows for unused methods."""
    course = site.course(manual_enrolment=False)
    site.user("maria", idnumber="P-1")
    site.world.self_enrol("maria", course, NOW + timedelta(seconds=59))
    report = site.world.add_participants_report()
    when = "Sunday, 22 November 2026, 10:02 PM"
    site.pass_time(hours=1)
    assert rows(site, report) == [["SEM-1", "P-1", "maria", when, "Active", "Self enrolment", "student"]]
    site.world.assign_role("maria", course, 3)
    assert [row[-1] for row in rows(site, report)] == ["editingteacher", "student"]
    site.world.set_method(course, "manual", enabled=True)
    assert ["SEM-1", "", "", "", "", "Manual enrolments", ""] in rows(site, report)
    assert [len(rows(site, report, page, perpage=2)) for page in (0, 1, 2)] == [2, 1, 0]


def test_the_report_tells_suspended_from_not_current(site: Site) -> None:
    course = site.course(self_enrolment=False)
    for name in ("a", "b", "c", "d"):
        site.user(name)
    site.world.enrol_manually("a", course)
    site.world.enrol_manually("b", course, suspended=True)
    site.world.enrol_manually("c", course, start=NOW + timedelta(days=1))
    site.world.enrol_manually("d", course, end=NOW - timedelta(days=1))
    status = {row[2]: row[4] for row in rows(site, site.world.add_participants_report())}
    assert status == {"a": "Active", "b": "Suspended", "c": "Not current", "d": "Not current"}


def test_a_delta_leaves_out_the_old_and_says_nothing_of_departures(site: Site) -> None:
    """M-35"""
    course = site.course()
    for name in ("old", "new"):
        site.user(name)
    site.world.self_enrol("old", course, NOW - timedelta(days=1))
    site.world.self_enrol("new", course, NOW)
    report = site.world.add_participants_report()
    assert since(site, report, int(NOW.timestamp())) is True
    assert [row[2] for row in rows(site, report)] == ["new"]
    site.world.leave("old", course)
    assert [row[2] for row in rows(site, report)] == ["new"]


def test_filters_belong_to_the_account_so_two_pollers_clash(site: Site) -> None:
    """M-35"""
    course = site.course()
    site.user("maria")
    site.world.self_enrol("maria", course, NOW)
    report = site.world.add_participants_report()
    site.world.add_token("SECOND")
    site.world.add_token("ADMIN-TOKEN", username="admin")
    since(site, report, int(NOW.timestamp()) + 60, "SECOND")
    assert rows(site, report) == []
    assert "maria" in [row[2] for row in rows(site, report, token="ADMIN-TOKEN")]


def test_a_report_is_for_its_audience(site: Site) -> None:
    """M-35: with "all users" anybody may call it."""
    site.user("weak")
    site.world.add_token("WEAK", username="weak", capabilities=())
    ours, everybodys = site.world.add_participants_report(), site.world.add_participants_report(everybody=True)
    assert site.errorcode("core_reportbuilder_retrieve_report", {"reportid": ours}, "WEAK") == "errorreportview"
    assert rows(site, everybodys, token="WEAK") == []


def test_a_filter_that_is_no_filter_is_refused(site: Site) -> None:
    report = site.world.add_participants_report()
    for values in ("not json", "[]", '{"enrolment:timecreated_operator": 4}'):
        params = {"reportid": report, "values": values}
        assert site.errorcode("core_reportbuilder_set_filters", params) == "invalidparameter"


def batch(site: Site, *requests: tuple[str, Any], token: str = "TOKEN") -> list[dict[str, Any]]:
    """Several functions in one call."""
    sent = [{"function": name, "arguments": json.dumps(arguments)} for name, arguments in requests]
    answer = site.call("tool_mobile_call_external_functions", {"requests": sent}, token)
    responses: list[dict[str, Any]] = answer["responses"]
    return responses


def test_a_batch_stops_at_the_first_failure_and_what_was_done_stays(site: Site) -> None:
    """M-14"""
    first, fails, third = (
        ("core_course_create_categories", {"categories": [{"name": name, "parent": parent}]})
        for name, parent in (("Α", 0), ("Β", 99), ("Γ", 0))
    )
    responses = batch(site, first, fails, third)
    assert [response["error"] for response in responses] == [False, True]
    names = [category["name"] for category in site.call("core_course_get_categories")]
    assert names == ["Category 1", "Α"]


def test_a_batch_takes_two_thousand_enrolments_in_one_variable(site: Site) -> None:
    """Section 3: past the limit of variables (here PHP's default)."""
    course = site.course()
    users = [site.user(f"user{n}") for n in range(50)]
    enrolments = [{"roleid": 5, "userid": users[n % 50], "courseid": course} for n in range(2000)]
    assert batch(site, ("enrol_manual_enrol_users", {"enrolments": enrolments})) == [{"error": False, "data": None}]
    assert len(site.world.members(course)) == 50


def test_a_php_fault_within_a_batch_gets_a_code_and_may_be_done_all_the_same(site: Site) -> None:
    """M-11, M-14"""
    maria, course = site.user("maria"), site.course()
    site.faults.set("moodle:enrol-error-but-done@1")
    enrolment = {"roleid": 5, "userid": maria, "courseid": course}
    told = json.loads(batch(site, ("enrol_manual_enrol_users", {"enrolments": [enrolment]}))[0]["exception"])
    assert told["errorcode"] == "generalexceptionmessage"
    assert site.world.members(course) == ["maria"]


def test_the_inner_functions_must_be_in_the_service_too(site: Site) -> None:
    site.world.add_token("BATCH", functions=["tool_mobile_call_external_functions"])
    told = batch(site, ("core_webservice_get_site_info", {}), token="BATCH")[0]
    assert json.loads(told["exception"])["errorcode"] == "accessexception"
    nothing = batch(site, ("core_user_get_users", "no object"))[0]
    assert json.loads(nothing["exception"])["errorcode"] == "invalidparameter"


def test_values_in_a_batch_keep_their_json_types(site: Site) -> None:
    site.user("maria")
    found = batch(site, ("core_user_get_users_by_field", {"field": "id", "values": [4]}))[0]
    assert json.loads(found["data"])[0]["username"] == "maria"
    update = {"users": [{"id": 4, "suspended": True}]}
    assert batch(site, ("core_user_update_users", update))[0]["error"] is False
    assert site.world.user("maria").suspended is True
    null = {"users": [{"id": 4, "firstname": None}]}
    assert batch(site, ("core_user_update_users", null))[0]["error"] is True
