"""How a request is read and an answer written: PHP's variables and their limit, XML by default, what is a write."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kypek_sync.sandbox.moodle import is_write
from kypek_sync.sandbox.moodle.wire import read_request
from tests.sandbox.moodle.site import PATH, Site


def environ_of(body: str, query: str = "", kind: str = "application/x-www-form-urlencoded") -> dict[str, Any]:
    """A POST as a server hands it over."""
    return {
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body.encode())),
        "wsgi.input": io.BytesIO(body.encode()),
    }


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("u[0][name]=x&u[1][name]=y", {"u": {"0": {"name": "x"}, "1": {"name": "y"}}}),
        ("u[]=x&u[]=y&u[7]=z&u[]=w", {"u": {"0": "x", "1": "y", "7": "z", "8": "w"}}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a[b]=2&a=1", {"a": "1"}),
        ("a.b=1&c d=2&e[f=3", {"a_b": "1", "c_d": "2", "e_f": "3"}),
        ("n=%CE%91%20%CE%92+%CE%93", {"n": "Α Β Γ"}),
        ("=1&[x]=2", {}),
    ],
)
def test_variables_are_read_as_php_reads_them(body: str, parameters: dict[str, Any]) -> None:
    assert read_request(environ_of(body), 1000).parameters == parameters


def test_the_body_wins_over_the_query_string() -> None:
    request = read_request(environ_of("wstoken=BODY", query="wstoken=QUERY&wsfunction=f"), 1000)
    assert (request.token, request.function) == ("BODY", "f")


def test_a_json_body_is_not_read() -> None:
    """M-1"""
    request = read_request(environ_of('{"wstoken": "T"}', kind="application/json"), 1000)
    assert request.token is None
    assert request.parameters == {}


def test_the_answer_is_xml_unless_json_is_asked_for(site: Site) -> None:
    """M-1"""
    answer = site.send(
        [TOKEN, ("field", "username"), ("values[0]", "guest"), ("wsfunction", "core_user_get_users_by_field")]
    )
    assert answer.content_type == "application/xml; charset=utf-8"
    assert '<MULTIPLE>\n<SINGLE>\n<KEY name="id"><VALUE>1</VALUE>\n</KEY>' in answer.text
    empty = site.send([("wstoken", "TOKEN"), ("wsfunction", "enrol_manual_enrol_users")])
    assert '<EXCEPTION class="core\\exception\\invalid_parameter_exception">' in empty.text


def test_a_get_works_too(site: Site) -> None:
    """M-1: and puts the token into logs."""
    query = urlencode({"wstoken": "TOKEN", "moodlewsrestformat": "json", "wsfunction": "core_webservice_get_site_info"})
    answer = site.client.get(f"{PATH}?{query}")
    assert answer.json is not None
    assert answer.json["username"] == "syncd"


def test_another_path_is_not_found(site: Site) -> None:
    assert site.client.get("/login/index.php").status_code == 404


def many(course: int, number: int, keys: tuple[str, ...] = ("roleid", "userid", "courseid")) -> list[tuple[str, str]]:
    """Enrolments of the users from 100 on."""
    values = {"roleid": "5", "courseid": str(course), "suspend": "1"}
    return [(f"enrolments[{n}][{key}]", values.get(key, str(100 + n))) for n in range(number) for key in keys]


FUNCTION = ("wsfunction", "enrol_manual_enrol_users")
TOKEN = ("wstoken", "TOKEN")
JSON = ("moodlewsrestformat", "json")
FOUR = ("roleid", "userid", "courseid", "suspend")


@pytest.mark.parametrize(
    ("limit", "head", "query", "number", "keys", "arrived"),
    [
        pytest.param(5000, [TOKEN, JSON, FUNCTION], [], 2000, FOUR[:3], 1666, id="5000, JSON, 2000 x 3"),
        pytest.param(
            5000,
            [TOKEN, JSON, FUNCTION, ("moodlewssettingraw", "1"), ("moodlewssettinglang", "en")],
            [],
            2000,
            FOUR,
            1249,
            id="5000, five headers, 2000 x 4",
        ),
        pytest.param(5000, [TOKEN, FUNCTION], [], 2000, FOUR, 1250, id="5000, XML, 2000 x 4"),
        pytest.param(1000, [TOKEN, FUNCTION], [], 500, FOUR[:3], 333, id="PHP's default, XML, 500 x 3"),
        pytest.param(1000, [TOKEN, JSON, FUNCTION], [], 500, FOUR[:3], 0, id="PHP's default, JSON, 500 x 3"),
        pytest.param(5000, [], [TOKEN, JSON, FUNCTION], 2000, FOUR[:3], 1667, id="token in the query string"),
    ],
)
def test_what_is_over_the_limit_is_lost_without_a_word(
    tmp_path: Path,
    limit: int,
    head: list[tuple[str, str]],
    query: list[tuple[str, str]],
    number: int,
    keys: tuple[str, ...],
    arrived: int,
) -> None:
    """M-12: each line of the fact sheet."""
    site = Site(tmp_path / "moodle.sqlite", max_input_vars=limit)
    course = fill(site, number)
    answer = site.send(head + many(course, number, keys), query)
    assert answer.status_code == 200
    assert ("invalid_parameter_exception" in answer.text) == (arrived == 0)
    assert len(site.world.members(course)) == arrived


def test_the_cut_may_leave_the_last_one_active_instead_of_suspended(tmp_path: Path) -> None:
    """M-12"""
    site = Site(tmp_path / "moodle.sqlite", max_input_vars=5000)
    course = fill(site, 2000)
    site.send([TOKEN, FUNCTION, *many(course, 2000, FOUR)])
    suspended = [enrolment.suspended for enrolment in site.world.enrolments(course)]
    assert suspended == [True] * 1249 + [False]


def test_with_the_function_last_a_cut_body_does_nothing(tmp_path: Path) -> None:
    """M-12: the fail-closed trick."""
    site = Site(tmp_path / "moodle.sqlite", max_input_vars=1000)
    course = fill(site, 500)
    cut = site.send([TOKEN, JSON, *many(course, 500), FUNCTION])
    assert cut.json is not None
    assert cut.json["errorcode"] == "invalidparameter"
    assert site.world.members(course) == []
    assert site.send([TOKEN, JSON, *many(course, 300), FUNCTION]).text == "null"
    assert len(site.world.members(course)) == 300


def fill(site: Site, number: int) -> int:
    """A course, and users whose ids are 100, 101, …"""
    with closing(sqlite3.connect(site.state)) as db:
        rows = [(100 + n, f"many{n}", "Α", f"Β{n}", f"many{n}@sch.example") for n in range(number)]
        db.executemany("insert into users (id, username, firstname, lastname, email) values (?, ?, ?, ?, ?)", rows)
        db.commit()
    return site.course()


@pytest.mark.parametrize(
    ("function", "writes"),
    [
        ("core_user_create_users", True),
        ("enrol_manual_enrol_users", True),
        ("tool_mobile_call_external_functions", True),
        ("core_reportbuilder_set_filters", False),
        ("core_user_get_users", False),
        ("core_webservice_get_site_info", False),
        ("no_such_function", False),
        ("", False),
    ],
)
def test_a_write_is_known_by_its_function_and_the_body_stays_readable(function: str, writes: bool) -> None:
    body = urlencode({"wstoken": "T", "values[0]": "Ελένη", "wsfunction": function})
    environ = environ_of(body)
    assert is_write(environ) is writes
    assert environ["wsgi.input"].read() == body.encode()
