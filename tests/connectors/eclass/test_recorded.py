"""The client understands what real servers answered: recorded exchanges, played back over the wire.

Each row below is one recording and what our client makes of it. The recordings lie beside the project, not in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.eclass.client import EclassClient
from connectors.eclass.mapping import Account, Department, GroupRow, Listed, Standing
from connectors.eclass.settings import EclassSettings
from kypek_sync.contract import Ambiguous, SkipThis, StopConnector, TryLater
from kypek_sync.model import CourseRole
from kypek_sync.sandbox.serving import Running, serve

RECORDED = Path(__file__).resolve().parents[3].parent / "shared" / "recorded"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"the recorded exchanges are not here: {RECORDED} is absent"
)


class Replay:
    """Answers everything with one recorded answer, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.asked: list[tuple[str, str, dict[str, str], dict[str, str]]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        self.asked.append((request.method, request.path, request.args.to_dict(), request.form.to_dict()))
        recorded = self.answer
        body = json.dumps(recorded["json"], ensure_ascii=False) if "json" in recorded else recorded["body"]
        headers = {name: value for name, value in recorded["headers"].items() if name != "content-type"}
        response = Response(body, recorded["status"], headers, content_type=recorded["headers"]["content-type"])
        return response(environ, start_response)


@pytest.fixture(scope="module")
def replay() -> Iterator[tuple[Replay, EclassClient]]:
    app = Replay()
    running: Running = serve(app, "eclass")
    client = EclassClient("eclass", EclassSettings(address=running.address, token="TOKEN"))
    yield app, client
    client.close()
    running.stop()


def recording(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


CODE, LATER = "TMA1154", "TMA1160"
AT = datetime(2026, 11, 22, 20, 6, 46, tzinfo=UTC)
ELENI = Account(2131, "elioannou", "Ελένη Ιωάννου", "elioannou@sch.example")
NEWER_ELENI = Account(2136, "elioannou", "Ελένη Ιωάννου", "elioannou@sch.example")
GROUP = "Τμήμα Α΄ — Πάτρα"

READS: list[tuple[str, Callable[[EclassClient], object], object]] = [
    ("eclass/10-user-get-by-username", lambda c: c.account("elioannou"), ELENI),
    ("eclass/14-user-unknown-username", lambda c: c.account("kanenas"), None),
    ("eclass/37-course-get-unknown", lambda c: c.row("TMA999"), None),
    ("eclass/41-status-not-registered", lambda c: c.standing(CODE, "elioannou"), Standing(False)),
    ("eclass/43-status-teacher", lambda c: c.standing(CODE, "elioannou"), Standing(True, CourseRole.TRAINER, AT)),
    (
        "eclass/50-status-teacher-assistant",
        lambda c: c.standing(CODE, "elioannou"),
        Standing(True, CourseRole.ASSISTANT, AT),
    ),
    ("eclass/53-status-student", lambda c: c.standing(CODE, "elioannou"), Standing(True, CourseRole.STUDENT, AT)),
    ("eclass/62-groups-list", lambda c: c.groups(CODE), (GroupRow(38, GROUP), GroupRow(39, GROUP))),
    ("eclass/63-groups-unknown-course", lambda c: c.unknown("TMA999"), True),
    ("eclass/62-groups-list", lambda c: c.unknown(CODE), False),
    ("eclass/73-registration-count", lambda c: c.count(CODE), 1),
    ("eclass/78-status-unknown-course", lambda c: c.standing("TMA999", "elioannou"), Standing(False)),
    ("eclass/79-status-unknown-user", lambda c: c.standing(CODE, "kanenas"), Standing(False)),
    ("eclass/80-registration-count-empty", lambda c: c.count(CODE), 0),
    (
        "eclass/84-categories-all",
        lambda c: c.departments()[:2],
        (Department(1, "", "ΚΥΠΕΚ"), Department(2, "TMA", "Δοκιμαστικό Τμήμα")),
    ),
    (
        "eclass/35-courses-list",
        lambda c: c.courses(),
        (Listed("TMA105", "en1"), Listed("TMA110", "ok"), Listed("TMA106", "Αντίγραφο")),
    ),
    ("eclass-newer/03-user-unknown-username", lambda c: c.account("kanenas"), None),
    ("eclass-newer/13-user-after-update-without-am", lambda c: c.account("elioannou"), NEWER_ELENI),
    ("eclass-newer/20-members-empty", lambda c: c.course_people(LATER), ()),
    ("eclass-newer/24-members-unknown-course", lambda c: c.course_people("TMA999"), ()),
    ("eclass-newer/23-members", lambda c: [a.login for a in c.course_people(LATER)], ["elioannou", "gvlachos"]),
    ("eclass-newer/37-group-members", lambda c: [a.login for a in c.group_people("40")], ["gvlachos"]),
    ("eclass-newer/48-group-members-after-unenroll", lambda c: c.group_people("40"), ()),
]

REFUSED_READS: list[tuple[str, Callable[[EclassClient], object], type[Exception]]] = [
    ("eclass/02-no-token", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass/03-bad-token", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass/04-bearer-lower-case", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass/06-expired-token", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass/07-ip-limited-token-refused", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass/93-api-disabled", lambda c: c.account("elioannou"), StopConnector),
    ("eclass/17-users-course-id-not-supported", lambda c: c.course_people("TMA101"), SkipThis),
    ("eclass/63-groups-unknown-course", lambda c: c.groups("TMA999"), SkipThis),
    ("eclass/81-registration-no-parameter", lambda c: c.count(CODE), TryLater),
    ("eclass/94-maintenance-get", lambda c: c.account("elioannou"), TryLater),
    ("eclass/96-maintenance-page", lambda c: c.account("elioannou"), TryLater),
    ("eclass/97-database-unreachable", lambda c: c.account("elioannou"), TryLater),
    ("eclass/10-user-get-by-username", lambda c: c.account("somebodyelse"), TryLater),
    ("eclass/36-course-get", lambda c: c.row("TMA1155"), TryLater),
    ("eclass/43-status-teacher", lambda c: c.standing(CODE, "somebodyelse"), TryLater),
    ("eclass/83-categories-unknown", lambda c: c.departments(), TryLater),
    ("eclass/62-groups-list", lambda c: c.account("elioannou"), TryLater),
    ("eclass-newer/01-no-token", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass-newer/02-bad-token", lambda c: c.account("mpapadopoulou"), StopConnector),
    ("eclass-newer/38-group-members-unknown", lambda c: c.group_people("99999"), SkipThis),
    ("eclass-newer/39-scoped-token-members-refused", lambda c: c.course_people(LATER), SkipThis),
    ("eclass-newer/41-scoped-token-user", lambda c: c.account("elioannou"), SkipThis),
    ("eclass-newer/43-course-token-members-refused", lambda c: c.course_people(LATER), SkipThis),
    ("eclass-newer/49-api-disabled", lambda c: c.account("elioannou"), StopConnector),
]


def course(client: EclassClient) -> object:
    return client.create_course({"title": "Σεμινάριο", "department_id": "999"})


def enrolment(client: EclassClient) -> object:
    return client.enrol(2131, CODE, "student")


WRITES: list[tuple[str, Callable[[EclassClient], object], object]] = [
    ("eclass/27-course-create", course, CODE),
    ("eclass/29-course-create-bad-department", course, SkipThis),
    ("eclass/30-course-create-missing-title", course, SkipThis),
    ("eclass/31-course-create-bad-visible", course, SkipThis),
    ("eclass/33-course-create-sql-failure", course, SkipThis),
    ("eclass/42-enroll-teacher", enrolment, None),
    ("eclass/55-enroll-unknown-user", enrolment, SkipThis),
    ("eclass/56-enroll-unknown-course", enrolment, SkipThis),
    ("eclass/57-enroll-missing-course", enrolment, SkipThis),
    ("eclass/58-enroll-no-trailing-slash", enrolment, TryLater),
    ("eclass/60-group-create", lambda c: c.create_group(CODE, GROUP), 38),
    ("eclass/68-enroll-group-of-other-course", enrolment, SkipThis),
    ("eclass/74-unenroll", lambda c: c.unenrol(2131, CODE), None),
    ("eclass/75-unenroll-not-a-member", lambda c: c.unenrol(2131, CODE), None),
    ("eclass/76-unenroll-unknown-course", lambda c: c.unenrol(2131, "TMA999"), SkipThis),
    ("eclass/87-put-directory-refused", enrolment, Ambiguous),
    ("eclass/24-user-create-array-parameter", enrolment, Ambiguous),
    ("eclass/93-api-disabled", enrolment, StopConnector),
    ("eclass/95-maintenance-post", enrolment, TryLater),
    ("eclass/98-database-unreachable-post", enrolment, Ambiguous),
    ("eclass-newer/21-enroll-teacher", enrolment, None),
    ("eclass-newer/31-enroll-unknown-user", enrolment, SkipThis),
    ("eclass-newer/32-enroll-unknown-course", enrolment, SkipThis),
    ("eclass-newer/35-group-create", lambda c: c.create_group(LATER, "Ομάδα 1"), 40),
    ("eclass-newer/47-unenroll-unknown-course", lambda c: c.unenrol(2137, "TMA999"), SkipThis),
]


@pytest.mark.parametrize(("name", "call", "expected"), READS, ids=[row[0] for row in READS])
def test_a_recorded_answer_is_read_as_it_is_meant(replay, name, call, expected) -> None:
    app, client = replay
    app.answer = recording(name)["response"]
    assert call(client) == expected


@pytest.mark.parametrize(("name", "call", "error"), REFUSED_READS, ids=[row[0] for row in REFUSED_READS])
def test_a_recorded_refusal_is_no_answer(replay, name, call, error) -> None:
    """E-6, E-7, E-8, E-11: codes behind status 200, pages, empty answers, answers about somebody else."""
    app, client = replay
    app.answer = recording(name)["response"]
    with pytest.raises(error) as caught:
        call(client)
    assert type(caught.value) is error
    assert "TOKEN" not in str(caught.value)


@pytest.mark.parametrize(("name", "call", "expected"), WRITES, ids=[row[0] for row in WRITES])
def test_a_recorded_write_ends_as_it_did(replay, name, call, expected) -> None:
    app, client = replay
    app.answer = recording(name)["response"]
    if not isinstance(expected, type):
        assert call(client) == expected
        return
    with pytest.raises(expected) as caught:
        call(client)
    assert type(caught.value) is expected


def test_our_requests_have_the_recorded_form(replay) -> None:
    """Path with its last slash (E-5), words in a form (E-4), the role always among them (E-24)."""
    app, client = replay
    for name, call in (
        ("eclass/51-enroll-student", enrolment),
        ("eclass/43-status-teacher", lambda c: c.standing(CODE, "elioannou")),
        ("eclass/73-registration-count", lambda c: c.count(CODE)),
        ("eclass/60-group-create", lambda c: c.create_group(CODE, GROUP)),
        ("eclass/74-unenroll", lambda c: c.unenrol(2131, CODE)),
        ("eclass/84-categories-all", lambda c: c.departments()),
        ("eclass-newer/36-enroll-group", lambda c: c.enrol(2137, LATER, "student", "40")),
        ("eclass-newer/23-members", lambda c: c.course_people(LATER)),
    ):
        recorded = recording(name)
        app.answer = recorded["response"]
        app.asked.clear()
        call(client)
        request = recorded["request"]
        ((method, path, query, form),) = app.asked
        assert (method, path) == (request["method"], request["path"]), name
        assert query == dict(request["query"]), name
        assert form.items() >= dict(request.get("form", [])).items(), name


def test_the_course_password_goes_no_further_than_the_wire(replay) -> None:
    """E-20"""
    app, client = replay
    response = recording("eclass/36-course-get")["response"]
    response["json"][0]["password"] = "kodikos-mathimatos"
    app.answer = response
    row = client.row(CODE)
    assert row.public_code == "KYPEK-2027-001"
    assert "kodikos" not in repr(row)
    assert "kodikos" not in repr(client.ask("courses", course_id=CODE))
