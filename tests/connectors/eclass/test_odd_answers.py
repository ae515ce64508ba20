"""Answers that are JSON and still nothing that eClass says: an error of ours, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import connectors.eclass.mapping as mapping
from kypek_sync.contract import Ambiguous, ConnectorError
from tests.connectors.eclass.simulated import Eclass, eclass

ODD = [
    '{"errorcode": "²", "errormessage": "?"}',
    '{"errorcode": "' + "9" * 5000 + '"}',
    '{"errorcode": 0}',
    '{"errorcode": null}',
    '{"id": "' + "9" * 5000 + '", "username": "elioannou"}',
    '{"id": 2, "username": "elioannou", "firstname": "\\ud800"}',
    '{"registered": true, "status": "student", "course_code": "TMA101", "uname": "elioannou",'
    ' "reg_date": "5/10/2026 9:00"}',
    "[" * 100_000,
    "[[]]",
    "[null]",
    "7",
    '"ok"',
    "null",
    "true",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "newer") as running:
        yield running


@pytest.mark.parametrize("body", ODD, ids=lambda body: body[:24])
def test_an_odd_answer_is_no_answer(server: Eclass, body: str) -> None:
    """Section 7, rule 1."""
    connector = server.connector()
    connector.capabilities()

    def odd(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body.encode())))])
        return [body.encode()]

    server.running.app.app = odd
    client = connector._client
    for read in (
        lambda: client.account("elioannou"),
        lambda: client.standing("TMA101", "elioannou"),
        lambda: client.course_people("TMA101"),
        lambda: client.count("TMA101"),
        lambda: client.groups("TMA101"),
        client.courses,
        client.departments,
    ):
        with pytest.raises(ConnectorError):
            read()
    for write in (lambda: client.enrol(2, "TMA101", "student"), lambda: client.create_group("TMA101", "Ομάδα")):
        with pytest.raises(Ambiguous):
            write()
    connector.close()


@pytest.mark.parametrize("text", ["0000-00-00 00:00:00", "0001-01-01 00:00:00", "2026-00-00 00:00:00", "", None])
def test_a_date_that_is_on_no_calendar_is_not_known(text: str | None) -> None:
    """E-34."""
    assert mapping.moment(text) is None


@pytest.mark.parametrize("text", ["2026-10-05T09:00:00", "2026-10-05", "5/10/2026 9:00"])
def test_a_date_of_another_form_is_not_passed_over(text: str) -> None:
    with pytest.raises(mapping.Misshapen):
        mapping.moment(text)
