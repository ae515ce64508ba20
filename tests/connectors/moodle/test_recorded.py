"""The client understands what a real Moodle answered: recorded exchanges, played back over the wire.

Each row below is one recording and what our client makes of it. The recordings lie beside the project, not in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug.wrappers import Request, Response

import connectors.moodle.extra_mapping as extra_mapping
import connectors.moodle.mapping as mapping
from connectors.moodle.client import MoodleClient
from connectors.moodle.mapping import Account, GroupRow
from connectors.moodle.refusals import Broke, Faulted, Refused
from connectors.moodle.settings import MoodleSettings
from kypek_sync.contract import Ambiguous, StopConnector, TryLater
from kypek_sync.sandbox.serving import Running, serve

RECORDED = Path(__file__).resolve().parents[3].parent / "shared" / "recorded" / "moodle"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"the recorded exchanges are not here: {RECORDED} is absent"
)
Call = Callable[[MoodleClient], object]


class Replay:
    """Answers everything with one recorded answer, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.asked: list[list[tuple[str, str]]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        assert (request.method, request.path, request.args.to_dict()) == ("POST", "/webservice/rest/server.php", {})
        self.asked.append(parse_qsl(request.get_data(as_text=True), keep_blank_values=True))
        recorded = self.answer
        body = json.dumps(recorded["json"]) if "json" in recorded else recorded["body"]
        headers = {name: value for name, value in recorded["headers"].items() if name != "content-type"}
        response = Response(body, recorded["status"], headers, content_type=recorded["headers"]["content-type"])
        return response(environ, start_response)


@pytest.fixture(scope="module")
def replay() -> Iterator[tuple[Replay, MoodleClient]]:
    app = Replay()
    running: Running = serve(app, "moodle")
    client = MoodleClient("moodle", MoodleSettings(address=running.address, token="TOKEN"))
    yield app, client
    client.close()
    running.stop()


def recording(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def words_of(name: str) -> dict[str, Any]:
    """The recorded form as the nested values that our client is given."""
    own = ("wstoken", "moodlewsrestformat", "moodlewssettingraw", "wsfunction")
    return {key: value for key, value in recording(name)["request"]["form"] if key not in own}


def function_of(name: str) -> str:
    return dict(recording(name)["request"]["form"]).get("wsfunction", "nothing")


def asked(name: str, parse: Callable[[Any], object]) -> Call:
    return lambda client: client.read(function_of(name), parse, words_of(name))


def told(name: str, parse: Callable[[Any], object]) -> Call:
    return lambda client: client.write(function_of(name), parse, words_of(name))


ELENI, GIORGOS, ANNA = "elioannou", "gvlachos", "aonil"
READS: list[tuple[str, Callable[[Any], object], object]] = [
    ("042-users-by-username", lambda v: [a.username for a in mapping.accounts(v)], [ELENI, ANNA]),
    ("046-users-no-permission-empty", mapping.accounts, ()),
    ("051-users-after-update", lambda v: {a.suspended for a in mapping.accounts(v)}, {False}),
    ("065-courses-by-idnumber", lambda v: mapping.courses(v)[0].title, "Ψηφιακά εργαλεία &amp; τάξη «1»"),
    ("066-courses-by-idnumber-raw", lambda v: mapping.courses(v)[0].title, "Ψηφιακά εργαλεία & τάξη «1»"),
    ("066-courses-by-idnumber-raw", lambda v: mapping.courses(v)[0].idnumber, "SEM-2027-1"),
    ("067-courses-by-idnumber-unknown", mapping.courses, ()),
    ("068-courses-by-idnumber-lower-case", mapping.courses, ()),
    ("070-courses-get-one-unknown", lambda v: 99999999 in mapping.course_ids(v), False),
    ("073-courses-hidden-no-permission", mapping.courses, ()),
    ("078-enrolment-methods", mapping.methods, frozenset()),
    ("079-enrolled-empty", mapping.members, ()),
    ("081-enrolled", lambda v: [m.roles for m in mapping.members(v)], [((5, "student"),)] * 2),
    ("082-enrolled-few-fields", lambda v: [m.username for m in mapping.members(v)], [ELENI, GIORGOS, ANNA]),
    ("084-enrolled-only-suspended", mapping.ids, frozenset({32603})),
    ("088-enrolled-after-reset", mapping.ids, frozenset()),
    ("090-enrolled-roles", mapping.ids, frozenset({32604})),
    ("099-enrolled-page-3", mapping.members, ()),
    ("101-enrolled-unknown-group", mapping.members, ()),
    ("105-users-courses", mapping.counts, {345: 3}),
    ("116-self-enrolled-still", lambda v: [m.username for m in mapping.members(v)], ["recstudent"]),
    ("121-groups-list", mapping.groups, (GroupRow(7, "Τμήμα Α΄"), GroupRow(8, "Τμήμα Β΄"))),
    ("125-group-members", mapping.group_members, {7: frozenset({32603, 32604}), 8: frozenset()}),
    (
        "133-calendar-get",
        lambda v: [(e.id, e.course, e.author) for e in extra_mapping.calendar(v).events],
        [(10, 345, 3)],
    ),
    ("134-calendar-create-no-permission", lambda v: extra_mapping.calendar(v).events, ()),
    ("134-calendar-create-no-permission", lambda v: extra_mapping.calendar(v).warnings[0][:13], "nopermissions"),
    ("147-forums", lambda v: [(f.id, f.course, f.kind) for f in extra_mapping.forums(v)], [(344, 345, "news")]),
    (
        "149-forum-discussions",
        lambda v: [(p.id, p.author, p.pinned) for p in extra_mapping.posts(v).posts],
        [(3, 3, False)],
    ),
    ("154-cohort-members-add", lambda v: extra_mapping.forum_answer(v)[0], "2: user username=kanenas not exists"),
    ("155-cohort-members", extra_mapping.cohort_members, {6: frozenset({32603, 32604})}),
    ("158-report-set-filter", mapping.yes, None),
    ("159-report-retrieve", lambda v: [row[2] for row in mapping.report_page(v).rows], [GIORGOS, ELENI]),
]

NO_READS: list[tuple[str, Callable[[Any], object], type[Exception]]] = [
    ("002-bad-token", mapping.site_info, StopConnector),
    ("003-no-token", mapping.site_info, StopConnector),
    ("004-bad-token-xml", mapping.site_info, TryLater),
    ("005-expired-token", mapping.site_info, StopConnector),
    ("006-expired-token-again", mapping.site_info, StopConnector),
    ("007-ip-limited-token", mapping.site_info, StopConnector),
    ("008-suspended-service-user", mapping.site_info, StopConnector),
    ("009-nologin-service-user", mapping.site_info, StopConnector),
    ("012-function-not-in-service", mapping.accounts, StopConnector),
    ("010-unknown-function", mapping.accounts, Refused),
    ("011-missing-function", mapping.accounts, Refused),
    ("013-missing-parameter", mapping.accounts, Refused),
    ("018-unknown-function-debug", mapping.accounts, Refused),
    ("019-missing-capability", mapping.accounts, Refused),
    ("020-maintenance", mapping.site_info, TryLater),
    ("022-maintenance-cli", mapping.site_info, TryLater),
    ("023-rest-off", mapping.site_info, StopConnector),
    ("024-web-services-off", mapping.site_info, StopConnector),
    ("025-wrong-host", mapping.site_info, TryLater),
    ("044-users-by-username-upper-case", mapping.accounts, Refused),
    ("069-courses-by-ids-one-unknown", mapping.courses, Broke),
    ("086-enrolled-both-flags", mapping.members, Refused),
    ("102-enrolled-unknown-course", mapping.members, Refused),
    ("104-enrolled-no-permission", mapping.members, Refused),
    ("160-report-unknown", mapping.report_page, Refused),
    ("121-groups-list", mapping.courses, TryLater),
    ("079-enrolled-empty", mapping.site_info, TryLater),
]

WRITES: list[tuple[str, Callable[[Any], object], object]] = [
    ("080-enrol", mapping.nothing, None),
    ("083-enrol-again-suspended", mapping.nothing, None),
    ("089-enrol-other-role", mapping.nothing, None),
    ("106-role-unassign", mapping.nothing, None),
    ("107-unenrol", mapping.nothing, None),
    ("115-self-enrolled-manual-unenrol", mapping.nothing, None),
    ("119-groups-create", lambda v: len(mapping.groups(v)), 2),
    ("122-group-members-add", mapping.nothing, None),
    ("127-group-members-delete", mapping.nothing, None),
    ("074-courses-update-visible", mapping.warnings, ()),
    ("071-courses-update-partial", lambda v: len(mapping.warnings(v)), 2),
    ("060-courses-create", mapping.created, Ambiguous),
    ("061-courses-create-duplicate-shortname", mapping.created, Refused),
    ("062-courses-create-duplicate-idnumber", mapping.created, Refused),
    ("063-courses-create-dates-reversed", mapping.created, Refused),
    ("064-courses-create-unknown-category", mapping.created, Refused),
    ("091-enrol-unknown-user", mapping.nothing, Faulted),
    ("092-enrol-deleted-user", mapping.nothing, Refused),
    ("093-enrol-unknown-course", mapping.nothing, Refused),
    ("094-enrol-role-not-assignable", mapping.nothing, Refused),
    ("095-enrol-one-bad", mapping.nothing, Refused),
    ("110-unenrol-one-bad", mapping.nothing, Refused),
    ("113-self-enrol", mapping.nothing, Faulted),
    ("120-groups-create-duplicate", mapping.groups, Refused),
    ("124-group-members-add-not-enrolled", mapping.nothing, Refused),
    ("004-bad-token-xml", mapping.nothing, Ambiguous),
    ("020-maintenance", mapping.nothing, TryLater),
    ("022-maintenance-cli", mapping.nothing, TryLater),
    ("023-rest-off", mapping.nothing, StopConnector),
]


def ids(rows: list[tuple[str, Any, Any]]) -> list[str]:
    return [row[0] for row in rows]


@pytest.mark.parametrize(("name", "parse", "expected"), READS, ids=ids(READS))
def test_a_recorded_answer_is_read_as_it_is_meant(replay, name, parse, expected) -> None:
    app, client = replay
    app.answer = recording(name)["response"]
    assert asked(name, parse)(client) == expected


@pytest.mark.parametrize(("name", "parse", "error"), NO_READS, ids=ids(NO_READS))
def test_a_recorded_refusal_is_no_answer(replay, name, parse, error) -> None:
    """M-1 to M-7: codes behind status 200, PHP faults without a code, pages, empty bodies, redirects."""
    app, client = replay
    app.answer = recording(name)["response"]
    with pytest.raises(error) as caught:
        asked(name, parse)(client)
    assert type(caught.value) is error
    assert "TOKEN" not in str(caught.value)


@pytest.mark.parametrize(("name", "parse", "expected"), WRITES, ids=ids(WRITES))
def test_a_recorded_write_ends_as_it_did(replay, name, parse, expected) -> None:
    app, client = replay
    app.answer = recording(name)["response"]
    if not isinstance(expected, type):
        assert told(name, parse)(client) == expected
        return
    with pytest.raises(expected) as caught:
        told(name, parse)(client)
    assert type(caught.value) is expected


def test_a_deleted_user_answers_by_number_without_a_mark(replay) -> None:
    """M-17"""
    app, client = replay
    app.answer = recording("056-users-after-delete")["response"]
    (found,) = asked("056-users-after-delete", mapping.accounts)(client)
    assert isinstance(found, Account)
    assert not found.suspended
    assert "@" in found.username


ENROLMENT = {"roleid": 5, "userid": 32603, "courseid": 345, "suspend": 0, "timestart": 0, "timeend": 0}
FORMS: list[tuple[str, Call]] = [
    (
        "042-users-by-username",
        lambda c: c.read(
            "core_user_get_users_by_field",
            mapping.accounts,
            {"field": "username", "values": [v for k, v in words_of("042-users-by-username").items() if k != "field"]},
        ),
    ),
    (
        "083-enrol-again-suspended",
        lambda c: c.write("enrol_manual_enrol_users", mapping.nothing, {"enrolments": [ENROLMENT | {"suspend": True}]}),
    ),
    (
        "106-role-unassign",
        lambda c: c.write(
            "core_role_unassign_roles",
            mapping.nothing,
            {"unassignments": [{"roleid": 3, "userid": 32604, "contextlevel": "course", "instanceid": "345"}]},
        ),
    ),
    (
        "122-group-members-add",
        lambda c: c.write(
            "core_group_add_group_members",
            mapping.nothing,
            {"members": [{"groupid": 7, "userid": 32603}, {"groupid": 7, "userid": 32604}]},
        ),
    ),
]


@pytest.mark.parametrize(("name", "call"), FORMS, ids=[row[0] for row in FORMS])
def test_our_requests_have_the_recorded_form(replay, name: str, call: Call) -> None:
    """M-1 a form, M-8 raw texts asked for, M-12 the function as the last variable of all."""
    app, client = replay
    recorded = recording(name)
    app.answer = recorded["response"]
    app.asked.clear()
    call(client)
    (pairs,) = app.asked
    assert [key for key, _ in pairs[:3]] == ["wstoken", "moodlewsrestformat", "moodlewssettingraw"]
    assert pairs[-1] == ("wsfunction", function_of(name))
    form = {key: value for key, value in recorded["request"]["form"] if key != "moodlewssettingraw"}
    assert {key: value for key, value in pairs if key != "moodlewssettingraw"} == form


def test_how_many_recordings_are_claimed(capsys: pytest.CaptureFixture[str]) -> None:
    claimed = {row[0] for rows in (READS, NO_READS, WRITES, FORMS) for row in rows} | {"056-users-after-delete"}
    there = {path.stem for path in RECORDED.glob("*.json")}
    assert claimed <= there
    with capsys.disabled():
        print(f"\nMoodle client: {len(claimed)} of {len(there)} recorded exchanges claimed")
