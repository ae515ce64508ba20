"""A centre on an older eClass with an account of its database: applications are seen there, and requests count too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.eclass.tables import Tables
from tests.servers import mariadb
from tests.sync.centre import Centre, done, group, seats, sync_once
from tests.sync.test_main_job import four_applicants

pytestmark = [pytest.mark.server("mariadb"), pytest.mark.slow]

Mirror = Callable[[], None]


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    with mariadb.running() as server:
        made = Tables(server, "eclass")
        yield made
        made.drop()


@pytest.fixture
def mirror(older: Centre, tables: Tables) -> Mirror:
    return mirroring(older, tables)


def mirroring(centre: Centre, tables: Tables) -> Mirror:
    """Copies what the simulator holds into MariaDB; so does each of our own writes. The centre has the account."""

    def copy() -> None:
        tables.copy(centre.folder / "eclass.db")

    inner = centre.server.app.app

    def mirrored(environ: Any, start_response: Any) -> Any:
        answer = list(inner(environ, start_response))
        if environ["REQUEST_METHOD"] == "POST":
            copy()
        return answer

    centre.server.app.app = mirrored
    (centre.folder / "database").write_text(tables.url)
    (centre.folder / "database").chmod(0o600)
    centre.settings(token='file:token"\n    database_url: "file:database')
    copy()
    return copy


def test_who_applies_in_an_older_eclass_gets_a_seat(older: Centre, mirror: Mirror) -> None:
    code, course = four_applicants(older)
    mirror()
    report = sync_once(older)["seats"]
    assert report.problems == []
    assert set(seats(older, code).values()) == {"granted", "waiting"}
    granted = {login for login, state in seats(older, code).items() if state == "granted"}
    assert group(older, course) >= granted
    older.clock.turn(minutes=20)
    assert sync_once(older)["seats"].done == []


def test_who_leaves_an_older_eclass_gives_the_seat_back(older: Centre, mirror: Mirror) -> None:
    code, course = four_applicants(older)
    mirror()
    sync_once(older)
    first = sorted(login for login, state in seats(older, code).items() if state == "granted")[0]
    older.world.unenrol(first, course)
    mirror()
    older.clock.turn(minutes=20)
    sync_once(older)
    assert seats(older, code)[first] == "withdrawn"
    assert list(seats(older, code).values()).count("granted") == 2  # the next one moved up


def test_a_request_to_be_let_in_is_an_application(older: Centre, mirror: Mirror) -> None:
    """In order of asking, among those who are in already; who gets a seat is enrolled."""
    course = older.course()
    code = older.seminar(course=older.address(course), capacity=2)
    older.apply("teacher1", course, minutes_ago=50)
    for login, minutes in (("teacher2", 60), ("teacher3", 40)):
        older.world.apply_for(login, course, older.clock.now - timedelta(minutes=minutes))
    mirror()
    report = sync_once(older)["seats"]
    assert seats(older, code) == {"teacher1": "granted", "teacher2": "granted", "teacher3": "waiting"}
    assert ("enrolment.add", code, "teacher2", "done") in done(report)
    assert "teacher2" in {member.username for member in older.world.members(course)}
    assert "teacher3" not in {member.username for member in older.world.members(course)}
    older.clock.turn(minutes=20)
    assert sync_once(older)["seats"].done == []
    assert seats(older, code)["teacher3"] == "waiting"  # its request stands


def test_a_request_that_was_taken_back_is_a_withdrawal(older: Centre, mirror: Mirror, tables: Tables) -> None:
    course = older.course()
    code = older.seminar(course=older.address(course), capacity=1)
    for login, minutes in (("teacher2", 60), ("teacher3", 40)):
        older.world.apply_for(login, course, older.clock.now - timedelta(minutes=minutes))
    mirror()
    sync_once(older)
    assert seats(older, code) == {"teacher2": "granted", "teacher3": "waiting"}
    tables.run("DELETE r FROM course_user_request r JOIN user u ON u.id = r.uid WHERE u.username = 'teacher3'")
    older.clock.turn(minutes=20)
    sync_once(older)
    assert seats(older, code)["teacher3"] == "withdrawn"


def test_without_the_database_no_request_counts_as_taken_back(centre: Centre, tables: Tables) -> None:
    """A newer eClass still lists its members, so the absence of the others looked proven."""
    mirror = mirroring(centre, tables)
    settings = (centre.folder / "kypek.yaml").read_text(encoding="utf-8")
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=2)
    for login, minutes in (("teacher2", 60), ("teacher3", 50), ("teacher4", 40)):
        centre.world.apply_for(login, course, centre.clock.now - timedelta(minutes=minutes))
    mirror()
    sync_once(centre)
    before = {"teacher2": "granted", "teacher3": "granted", "teacher4": "waiting"}
    assert seats(centre, code) == before
    centre.settings()
    for _ in range(2):
        centre.clock.turn(minutes=65)
        report = sync_once(centre)["seats"]
        assert ["teacher4" in note for note in report.notes] == [True]
        assert seats(centre, code) == before
    (centre.folder / "kypek.yaml").write_text(settings, encoding="utf-8")
    centre.clock.turn(minutes=65)
    sync_once(centre)
    assert seats(centre, code) == before


def test_an_old_request_is_no_new_application(older: Centre, mirror: Mirror) -> None:
    """eClass keeps a request open when its API enrols the person."""
    course = older.course()
    code = older.seminar(course=older.address(course), capacity=2)
    older.world.apply_for("teacher2", course, older.clock.now - timedelta(minutes=60))
    mirror()
    sync_once(older)
    older.world.unenrol("teacher2", course)  # leaves by themselves
    mirror()
    for _ in range(2):
        older.clock.turn(minutes=20)
        sync_once(older)
        assert seats(older, code) == {"teacher2": "withdrawn"}
    older.world.apply_for("teacher2", course, older.clock.now)  # and asks once more
    mirror()
    older.clock.turn(minutes=20)
    sync_once(older)
    assert seats(older, code) == {"teacher2": "granted"}


def test_while_the_database_lags_nobody_gives_anything_back(older: Centre, mirror: Mirror) -> None:
    code, course = four_applicants(older)
    mirror()
    sync_once(older)
    before = seats(older, code)
    older.apply("teacher7", course)  # not in the database yet, and who left is not gone there either
    older.world.unenrol("teacher1", course)
    older.world.enrol("teacher8", course, "student", older.clock.now)
    older.clock.turn(minutes=20)
    report = sync_once(older)["seats"]
    assert seats(older, code) == before
    assert report.counts["courses partly read"] == 1
