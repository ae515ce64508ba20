"""Traps of eClass that no other test of the connector names: mostly calls that are never made, and in what form the
others are.

Whole tours of the connector are overheard request by request. Left to others: what concerns the platform's own
administrators and sign-in (E-35, E-38, E-39), and what the sandbox plays without anybody asking (E-25).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

import pytest

import connectors.eclass.mapping as mapping
from connectors.eclass import EclassCourses
from connectors.eclass.database_columns import NEEDED
from connectors.eclass.database_sessions import listed, teleconferences
from kypek_sync.contract import CourseDraft, Enrolment, Outcome, Work
from kypek_sync.model import CourseRole
from tests.connectors.eclass.simulated import DEPARTMENT, TOKEN, Eclass, Version, eclass
from tests.connectors.eclass.tables import Tables
from tests.contracts.courses_platform import SPRING
from tests.contracts.courses_writing import students

NEW = Enrolment("mpappa", CourseRole.STUDENT, "Μαρία", "Παππά", "MPappa@Sch.example")


@dataclass(frozen=True)
class Asked:
    """One request as it came: words of the query and of the form, each name once."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    kind: str


def overhear(server: Eclass) -> list[Asked]:
    """From now on every request is noted."""
    heard: list[Asked] = []
    inner = server.running.app.app

    def listening(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        query, form = (
            {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
            for text in (environ.get("QUERY_STRING", ""), body.decode())
        )
        headers = {name[5:].lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
        kind = environ.get("CONTENT_TYPE", "")
        heard.append(Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, form, headers, kind))
        return inner(environ, start_response)

    server.running.app.app = listening
    return heard


@pytest.fixture(params=["older", "newer"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Eclass]:
    version: Version = request.param
    with eclass(tmp_path, version) as running:
        yield running


@pytest.fixture
def toured(server: Eclass) -> list[Asked]:
    """All that the connector ever does, once."""
    for login in ("elioannou", "gvlachos"):
        server.platform.add_person(login)
    heard = overhear(server)
    connector = server.connector(create_accounts="ldap")
    connector.probe()
    connector.capabilities()
    connector.departments()
    draft = CourseDraft("kypek:att-a:EKFE-27-03", "Πειράματα", DEPARTMENT, "", None, None)
    code = connector.create(draft).foreign_id
    connector.find(draft.ref)
    connector.at(code)
    connector.course(code)
    connector.course("TMA999")
    connector.enrol(code, [*students("elioannou"), Enrolment("gvlachos", CourseRole.TRAINER), NEW])
    group = connector.create_group(code, "Συμμετέχοντες").foreign_id
    connector.join_group(code, group, ["elioannou", "gvlachos"])
    members = connector.members(code, {})
    connector.quiet({code: {one.login: one for one in members.items}})
    connector.groups(code)
    connector.membership(code, "elioannou")
    server.world.set_visible(code, 2)
    connector.course(code)
    connector.work_shown([(code, Work.ANNOUNCEMENT)])
    connector.leave_group(code, group, ["elioannou"])
    connector.suspend(code, ["elioannou"])
    connector.update(code, draft)
    connector.unenrol(code, ["elioannou"])
    connector.close()
    assert len(heard) > 30
    return heard


def test_only_harmless_calls_are_made(toured: list[Asked]) -> None:
    """E-31, E-32, E-33: never registeruser, sso, clone_course; E-41, E-42, E-50: no personal calendar, no joining of
    meetings, no sign-in of the mobile application."""
    api = {"users", "courses", "enroll_user", "unenroll_user", "groups", "categories", "registration"}
    assert {one.path for one in toured} == {f"/api/v1/{call}/" for call in api} | {"/modules/announcements/rss.php"}


def test_every_request_has_the_form_that_eclass_understands(toured: list[Asked]) -> None:
    """E-3, E-4, E-5, E-12: a capital Bearer and the token nowhere else, forms, the last slash, no cookie."""
    for one in toured:
        assert one.method in ("GET", "POST")
        assert one.path.endswith(("/", ".php"))
        assert "cookie" not in one.headers
        assert TOKEN not in json.dumps([one.query, one.form])
        if one.path.startswith("/api/"):
            assert one.headers["authorization"] == f"Bearer {TOKEN}"
        if one.method == "POST":
            assert one.kind == "application/x-www-form-urlencoded"
            assert one.form
            assert not one.query


def test_what_is_asked_for_is_named_so_that_the_answer_can_be_checked(toured: list[Asked]) -> None:
    """E-11: people by username, never by an id that may match half; E-21: never the list of somebody's courses, which
    shows only those where they teach; E-29, E-30: all departments, and no count without a course."""
    for one in toured:
        call = one.path.removeprefix("/api/v1/").rstrip("/")
        if one.method == "POST":
            continue
        if call == "users":
            assert len(one.query) == 1
            assert one.query.keys() <= {"username", "course_id", "group_id"}
        if call == "courses":
            assert "uname" not in one.query or one.query["course_id"]
        if call == "categories":
            assert one.query == {"all": "1"}
        if call == "registration":
            assert one.query["course_id"]


def test_a_role_always_travels_as_a_word(toured: list[Asked]) -> None:
    """E-24: by an enrolment and by a group."""
    sent = [one.form for one in toured if one.path == "/api/v1/enroll_user/"]
    assert {form["role_id"] for form in sent} == {"student", "teacher"}
    assert {form["role_id"] for form in sent if "group_id" in form} == {"student", "teacher"}


def test_ids_are_taken_as_numbers_or_as_digits(tmp_path: Path) -> None:
    """E-9, E-11: strings after a write, numbers when read; what only begins like one is none."""
    assert [mapping.whole(value) for value in (2137, "2137")] == [2137, 2137]
    for wrong in ("2abc", "", " 2", "2.0", 2.0, True, None, "٢"):
        with pytest.raises(mapping.Misshapen):
            mapping.whole(wrong)


def test_an_account_that_is_there_is_never_written_to(server: Eclass) -> None:
    """E-14, E-16, E-37: the older API refuses it, the newer one would change names that belong to LDAP."""
    server.world.add_user("mpappa", "Μαρία-Ελένη", "Παππά", "other@sch.example", auth="eclass")
    course = server.platform.add_course("Ρομποτική")
    heard = overhear(server)
    connector = server.connector(create_accounts="ldap")
    assert connector.enrol(course, [NEW])[0].outcome is Outcome.DONE
    assert [one for one in heard if one.method == "POST" and one.path == "/api/v1/users/"] == []
    connector.close()


def test_a_made_account_is_known_by_its_username_whatever_became_of_its_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """E-18: eClass lower-cases the address; E-17: a password that it answers with goes no further, and none is sent."""
    caplog.set_level("DEBUG")
    with eclass(tmp_path, "newer") as server:
        course = server.platform.add_course("Ρομποτική")
        inner = server.running.app.app

        def revealing(environ: dict[str, Any], start_response: Any) -> Any:
            if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/api/v1/users/"):
                return inner(environ, start_response)
            answer = b"".join(inner(environ, lambda *words: None))
            body = json.dumps(json.loads(answer) | {"password": "fanero-mystiko"}).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]

        server.running.app.app = revealing
        heard = overhear(server)
        connector = server.connector(create_accounts="ldap")
        receipts = [connector.enrol(course, [NEW])[0] for _ in range(2)]
        read = connector.members(course, {})
        connector.close()
        (made,) = server.world.users()
    assert [one.outcome for one in receipts] == [Outcome.DONE, Outcome.ALREADY]
    assert (made.email, [one.login for one in read.items]) == ("mpappa@sch.example", ["mpappa"])
    assert "fanero" not in f"{receipts}{read}{caplog.text}"
    assert not [one for one in heard if "password" in one.form]


def test_a_sign_in_that_renames_somebody_changes_nothing_but_the_name(tmp_path: Path) -> None:
    """E-37: LDAP overwrites names and am at each sign-in; the username is the key, and `am` is none: it may repeat."""
    with eclass(tmp_path, "newer") as server:
        course = server.platform.add_course("Ρομποτική")
        for login in ("elioannou", "gvlachos"):
            server.world.add_user(login, "Ελένη", "Ιωάννου", "", am="194434")
            server.platform.self_enrol(login, course, SPRING)
        connector: EclassCourses = server.connector()
        before = {one.login: one for one in connector.members(course, {}).items}
        with closing(sqlite3.connect(tmp_path / "eclass.sqlite")) as state, state:
            state.execute("UPDATE user SET surname = 'Νέου', am = '7' WHERE username = 'elioannou'")
        read = connector.members(course, before)
        connector.close()
    assert {one.login for one in read.items} == set(before) == {"elioannou", "gvlachos"}
    assert {one.login: one.name for one in read.items}["elioannou"] == "Ελένη Νέου"
    assert (read.complete, read.findings) == (True, ())


def test_columns_that_mislead_are_not_read() -> None:
    """E-44: `public` is '0' by a quirk; E-48: the log tells of no enrolment by the API; `am` is no key (E-37); E-49."""
    assert "public" not in NEEDED["tc_session"]
    assert "am" not in NEEDED["user"]
    assert NEEDED.keys().isdisjoint({"log", "log_archive", "actions_daily", "loginout"})


@pytest.mark.server("mariadb")
def test_a_session_that_nobody_kept_count_of_is_told_as_that(tmp_path: Path, tables: Tables) -> None:
    """E-43: the older eClass writes only while somebody keeps its page open: no rows mean nothing, least of all that
    nobody came."""
    with eclass(tmp_path, "older", tables) as server:
        course = server.platform.add_course("Ρομποτική")
        tables.run(
            "INSERT INTO tc_session (course_id, title, start_date, end_date, meeting_id)"
            " SELECT id, 'Πρώτη', '2027-03-08 17:00:00', '2027-03-08 19:00:00', 'abcdefghij' FROM course"
        )
        connector = server.connector()
        assert connector.database is not None
        with connector.database.reading() as reading:
            (one,) = teleconferences(reading, course)
        connector.close()
    assert one.present == ()
    assert listed((one,)) == "2027-03-08 17:00 – 2027-03-08 19:00  Πρώτη"


def test_a_list_is_one_answer_and_a_write_is_about_one_person(tmp_path: Path) -> None:
    """E-13: no pages, no batches, nothing conditional; how many requests are under way is bounded by us."""
    with eclass(tmp_path, "newer") as newer:
        _one_by_one(newer)


def _one_by_one(newer: Eclass) -> None:
    people = [f"member{number}" for number in range(9)]
    for login in people:
        newer.platform.add_person(login)
    course = newer.platform.add_course("Ρομποτική")
    connector = newer.connector()
    asked: list[tuple[str, str, str]] = []
    under_way, most, lock = [0], [0], Lock()
    inner = newer.running.app.app

    def watching(environ, start_response):
        with lock:
            asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]))
            assert not {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"} & environ.keys()
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        try:
            return list(inner(environ, start_response))
        finally:
            with lock:
                under_way[0] -= 1

    newer.running.app.app = watching
    receipts = connector.enrol(course, [Enrolment(login, CourseRole.STUDENT) for login in people])
    assert {receipt.outcome for receipt in receipts} == {Outcome.DONE}
    assert [path for method, path, _ in asked if method == "POST"] == ["/api/v1/enroll_user/"] * 9
    asked.clear()
    assert len(connector.members(course, {}).items) == 9
    assert [query for _, path, query in asked if path.endswith("/users/") and course in query] == [
        f"course_id={course}"
    ]
    assert most[0] <= 2
    connector.close()
