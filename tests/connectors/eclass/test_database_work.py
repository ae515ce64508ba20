"""Announcements and dates of a course in a real MariaDB: what shows that a teacher did what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.eclass import EclassCourses
from kypek_sync.contract import Work
from tests.connectors.eclass.simulated import Eclass, eclass
from tests.connectors.eclass.tables import Tables

pytestmark = pytest.mark.server("mariadb")


@pytest.fixture
def server(tmp_path: Path, lasting_tables: Tables) -> Iterator[Eclass]:
    with eclass(tmp_path, "older", lasting_tables) as running:
        yield running


@pytest.fixture
def connector(server: Eclass) -> Iterator[EclassCourses]:
    made = server.connector()
    yield made
    made.close()


@pytest.fixture
def course(server: Eclass, connector: EclassCourses, lasting_tables: Tables) -> Iterator[str]:
    """A course, in the database too."""
    code = server.platform.add_course("Ρομποτική")
    connector.members(code, {})
    yield code
    lasting_tables.run("DELETE FROM announcement", "DELETE FROM agenda")


def test_announcements_are_read_as_words_whether_the_course_is_open_or_not(
    connector: EclassCourses, lasting_tables: Tables, course: str
) -> None:
    asked = [(course, Work.ANNOUNCEMENT)]
    assert connector.work_shown(asked) == {asked[0]: ""}
    lasting_tables.run(
        "INSERT INTO announcement (course_id, title, content, visible) SELECT id, 'Συνεδρίες',"
        f" '<p>05/03/2027 17:00&ndash;20:00</p>', 1 FROM course WHERE code = '{course}'",
        "INSERT INTO announcement (course_id, title, content, visible) SELECT id, 'Κρυφή', 'x', 0 FROM course"
        f" WHERE code = '{course}'",
        "INSERT INTO announcement (course_id, title, content, visible) VALUES (999999, 'Αλλού', 'x', 1)",
    )
    assert connector.work_shown(asked)[asked[0]].strip() == "Συνεδρίες\n05/03/2027 17:00–20:00"


def test_dates_begin_on_a_clock_in_greece(connector: EclassCourses, lasting_tables: Tables, course: str) -> None:
    """E-47: naive Athens, in winter and in summer."""
    for title, start, visible in (
        ("Β΄", "2027-07-05 17:00:00", 1),
        ("Α΄", "2027-03-05 17:00:00", 1),
        ("Κρυφή", "2027-03-06 17:00:00", 0),
    ):
        lasting_tables.run(
            f"INSERT INTO agenda (course_id, title, start, visible) SELECT id, '{title}', '{start}', {visible}"
            f" FROM course WHERE code = '{course}'"
        )
    shown = connector.work_shown([(course, Work.DATES), (course, Work.DETAILS)])
    assert shown == {(course, Work.DATES): "05/03/2027 17:00 Α΄\n05/07/2027 17:00 Β΄"}
