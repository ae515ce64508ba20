"""Where a teacher of an eClass course does what its API cannot, and what the course shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass import EclassCourses
from connectors.eclass.by_hand import ASK_AGAIN
from kypek_sync.contract import ByHand, Expiring, TryLater, Work
from tests.connectors.eclass.simulated import TOKEN, Eclass, eclass

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
OPEN = 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "newer") as running:
        yield running


@pytest.fixture
def courses(server: Eclass) -> Iterator[EclassCourses]:
    connector = server.connector()
    yield connector
    connector.close()


def test_it_says_where_work_is_done(server: Eclass, courses: EclassCourses) -> None:
    assert isinstance(courses, ByHand)
    before = sum(server.running.calls.values())
    pages = {work: courses.work_page("TMA101", work) for work in Work}
    assert sum(server.running.calls.values()) == before
    assert len(set(pages.values())) == len(Work)
    assert all(page.startswith(f"{server.running.address}/modules/") and "TMA101" in page for page in pages.values())


def test_an_open_course_shows_its_announcements(server: Eclass, courses: EclassCourses) -> None:
    """E-40: its dates are an hour off, so only the words are read."""
    course = server.platform.add_course("Ρομποτική")
    server.world.set_visible(course, OPEN)
    server.world.add_announcement(course, "Συνεδρίες", "<p>05/03/2027 17:00&ndash;20:00, <b>ΕΚΦΕ</b></p>", AT)
    shown = courses.work_shown([(course, Work.ANNOUNCEMENT), (course, Work.DATES)])
    assert set(shown) == {(course, Work.ANNOUNCEMENT)}
    assert "Συνεδρίες" in shown[(course, Work.ANNOUNCEMENT)]
    assert "05/03/2027 17:00–20:00, ΕΚΦΕ" in shown[(course, Work.ANNOUNCEMENT)]


def test_a_course_that_is_not_open_does_not_tell_and_is_not_asked_each_time(server: Eclass) -> None:
    moment = [AT]
    connector = server.connector(clock=lambda: moment[0])
    course = server.platform.add_course("Ρομποτική")
    asked: list[dict[str, str]] = []
    inner = server.running.app.app

    def watching(environ, start_response):
        asked.append({"path": environ["PATH_INFO"], "auth": environ.get("HTTP_AUTHORIZATION", "")})
        return inner(environ, start_response)

    server.running.app.app = watching
    for _ in range(2):
        assert connector.work_shown([(course, Work.ANNOUNCEMENT)]) == {}
    assert asked == [{"path": "/modules/announcements/rss.php", "auth": ""}]
    assert TOKEN not in repr(asked)
    moment[0] += ASK_AGAIN + timedelta(minutes=1)
    server.world.set_visible(course, OPEN)
    assert connector.work_shown([(course, Work.ANNOUNCEMENT)]) == {(course, Work.ANNOUNCEMENT): ""}
    connector.close()


def test_a_course_whose_row_says_that_it_is_not_open_is_not_asked_for_its_feed(
    server: Eclass, courses: EclassCourses
) -> None:
    course = server.platform.add_course("Ρομποτική")
    courses.course(course)
    before = sum(server.running.calls.values())
    assert courses.work_shown([(course, Work.ANNOUNCEMENT)]) == {}
    assert sum(server.running.calls.values()) == before
    server.world.set_visible(course, OPEN)
    courses.course(course)
    assert courses.work_shown([(course, Work.ANNOUNCEMENT)]) == {(course, Work.ANNOUNCEMENT): ""}


def test_a_page_of_eclass_is_no_feed(server: Eclass, courses: EclassCourses) -> None:
    """E-7"""
    course = server.platform.add_course("Ρομποτική")
    server.world.set_visible(course, OPEN)
    server.faults.set("eclass:database-unreachable")
    with pytest.raises(TryLater):
        courses.work_shown([(course, Work.ANNOUNCEMENT)])


def test_the_tokens_end_is_as_the_settings_say(server: Eclass) -> None:
    """E-2: a year, unless told otherwise; 29 February has none in the next."""
    for settings, ends in (
        ({}, None),
        ({"token_expires": "2027-03-01"}, "2027-03-01"),
        ({"token_created": "2026-11-03"}, "2027-11-03"),
        ({"token_created": "2028-02-29"}, "2029-02-28"),
        ({"token_created": "2026-11-03", "token_expires": "2027-03-01"}, "2027-03-01"),
    ):
        connector = server.connector(**settings)
        assert isinstance(connector, Expiring)
        found = connector.credential_ends()
        assert (found.isoformat() if found else None) == ends
        connector.close()


def test_a_guessed_end_says_that_it_is_one(server: Eclass) -> None:
    connector = server.connector(token_created="2031-03-01")
    (said,) = [one for one in connector.probe().lines if one.subject == "token-expiry"]
    assert "2032-03-01" in said.text
    assert "a year after it was made" in said.text
    connector.close()
