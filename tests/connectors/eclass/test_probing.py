"""Which eClass it is, and what `check` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass.probing import expiry_line
from kypek_sync.contract import Capability, Probe, ProbeLevel, StopConnector, TryLater
from tests.connectors.eclass.simulated import OTHER_TOKEN, TOKEN, Eclass, eclass

FAR = date(2031, 3, 1)


@pytest.fixture(params=["newer", "older"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, request.param) as running:
        yield running


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "newer") as running:
        yield running


def line(probe: Probe, subject: str):
    (found,) = [one for one in probe.lines if one.subject == subject]
    return found


def test_the_newer_api_shows_members_and_the_older_only_dates(tmp_path: Path) -> None:
    able = {}
    for version in ("newer", "older"):
        (tmp_path / version).mkdir()
        with eclass(tmp_path / version, version) as server:
            connector = server.connector()
            able[version] = connector.capabilities()
            assert connector.probe().version.startswith(f"{version} API")
            connector.close()
    assert able["newer"] == {
        Capability.MEMBER_LIST,
        Capability.MEMBER_DATES,
        Capability.GROUP_MEMBERS,
        Capability.END_MEMBERSHIP,
    }
    assert able["older"] == {Capability.MEMBER_DATES}


def test_the_version_is_asked_for_once(server: Eclass) -> None:
    connector = server.connector()
    connector.capabilities()
    before = server.running.calls["read"]
    connector.capabilities()
    assert server.running.calls["read"] == before
    connector.close()


def test_a_department_token_is_no_reason_to_take_the_api_for_the_older_one(newer: Eclass) -> None:
    """E-27: such a token gets a 403 where others get an empty list."""
    newer.world.add_token(OTHER_TOKEN, department=4)
    connector = newer.connector(OTHER_TOKEN)
    assert Capability.MEMBER_LIST in connector.capabilities()
    connector.close()


def test_all_is_well(server: Eclass) -> None:
    connector = server.connector(token_expires=FAR)
    probe = connector.probe()
    assert [one.subject for one in probe.lines] == [
        "address",
        "api",
        "token",
        "token-scope",
        "version",
        "abilities",
        "clock",
        "token-expiry",
    ]
    assert {one.level for one in probe.lines if one.subject != "abilities"} == {ProbeLevel.OK}
    connector.close()


def test_a_refused_token_names_all_its_causes(server: Eclass) -> None:
    """Errorcode 1 is one answer for many causes."""
    server.world.add_token(OTHER_TOKEN, expired=True)
    connector = server.connector(OTHER_TOKEN)
    said = line(connector.probe(), "token")
    assert said.level is ProbeLevel.PROBLEM
    for cause in ("mistyped", "expired", "switched off", "IP addresses"):
        assert cause in said.text
    assert OTHER_TOKEN not in repr(connector.probe())
    with pytest.raises(StopConnector, match="Seats stay as they are"):
        connector.capabilities()
    connector.close()


def test_an_api_that_is_switched_off_is_told_as_that(server: Eclass) -> None:
    """E-1"""
    server.world.set_api(False)
    connector = server.connector()
    said = line(connector.probe(), "api")
    assert said.level is ProbeLevel.PROBLEM
    assert "making a token is not enough" in said.next_step
    connector.close()


@pytest.mark.parametrize("fault", ["database-unreachable", "maintenance"])
def test_a_page_of_eclass_is_not_a_version(server: Eclass, fault: str) -> None:
    """E-7: an HTML page with status 200, or a redirect to one."""
    connector = server.connector()
    server.faults.set(f"eclass:{fault}")
    with pytest.raises(TryLater):
        connector.capabilities()
    assert not connector.probe().usable
    server.faults.lift()
    assert connector.probe().usable
    connector.close()


def test_clocks_that_differ_are_told(server: Eclass) -> None:
    connector = server.connector(clock=lambda: datetime.now(UTC) + timedelta(minutes=40))
    said = line(connector.probe(), "clock")
    assert said.level is ProbeLevel.WARNING
    assert "40 minutes" in said.text
    connector.close()


@pytest.mark.parametrize(
    ("expires", "today", "level", "word"),
    [
        (None, date(2026, 10, 1), ProbeLevel.WARNING, "token_expires"),
        (date(2027, 3, 1), date(2026, 10, 1), ProbeLevel.OK, ""),
        (date(2026, 11, 30), date(2026, 10, 1), ProbeLevel.WARNING, "Make a new token"),
        (date(2026, 12, 1), date(2026, 10, 1), ProbeLevel.OK, ""),
        (date(2026, 10, 31), date(2026, 10, 1), ProbeLevel.WARNING, "now"),
        (date(2026, 10, 1), date(2026, 10, 1), ProbeLevel.WARNING, "now"),
        (date(2026, 9, 30), date(2026, 10, 1), ProbeLevel.PROBLEM, "new token"),
        (date(2027, 9, 25), date(2027, 6, 14), ProbeLevel.OK, ""),
        (date(2027, 9, 25), date(2027, 6, 15), ProbeLevel.WARNING, "summer"),
        (date(2027, 10, 1), date(2027, 6, 15), ProbeLevel.OK, ""),
        (date(2028, 9, 25), date(2027, 6, 15), ProbeLevel.OK, ""),
    ],
)
def test_the_tokens_last_day_is_told_in_time(expires, today, level, word) -> None:
    """E-2: 60 and 30 days ahead, and before the summer in which nobody could renew it."""
    said = expiry_line(expires, today)
    assert said.level is level
    assert word in said.next_step


def test_the_token_travels_in_the_header_alone(server: Eclass) -> None:
    """E-3"""
    asked: list[dict[str, str]] = []
    inner = server.running.app.app

    def watching(environ, start_response):
        asked.append({"query": environ["QUERY_STRING"], "auth": environ.get("HTTP_AUTHORIZATION", "")})
        return inner(environ, start_response)

    server.running.app.app = watching
    connector = server.connector()
    connector.probe()
    connector.close()
    assert asked
    assert {one["auth"] for one in asked} == {f"Bearer {TOKEN}"}
    assert all(TOKEN not in one["query"] for one in asked)
