"""What a pass costs: one query to eClass's database for all its courses, and no call of the API if nothing is new."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass import EclassCourses
from connectors.eclass.database import LOOKED_AT
from kypek_sync.contract import Member, Work
from tests.connectors.eclass.simulated import Eclass, eclass
from tests.connectors.eclass.tables import Tables
from tests.contracts.courses_platform import SPRING, SUMMER

pytestmark = pytest.mark.server("mariadb")
NUMBER = 12


@pytest.fixture
def server(tmp_path: Path, lasting_tables: Tables) -> Iterator[Eclass]:
    with eclass(tmp_path, "older", lasting_tables) as running:
        yield running


@pytest.fixture
def tables(lasting_tables: Tables) -> Tables:
    return lasting_tables


@pytest.fixture
def now() -> list[datetime]:
    return [SUMMER]


@pytest.fixture
def connector(server: Eclass, now: list[datetime]) -> Iterator[EclassCourses]:
    made = server.connector(clock=lambda: now[0])
    yield made
    made.close()


@pytest.fixture
def codes(server: Eclass) -> list[str]:
    """Courses of two people each, one of whom is in all of them, and with one who asks to be let in."""
    people = ["elioannou", "gvlachos", *(f"t{number}" for number in range(NUMBER))]
    for login in people:
        server.world.add_user(login, "Ελένη", "Ιωάννου", "")
    made = [server.world.add_course(f"Μάθημα {number}", 4) for number in range(NUMBER)]
    for number, code in enumerate(made):
        server.world.enrol("elioannou", code, "student", SPRING)
        server.world.enrol(f"t{number}", code, "student", SPRING)
        server.world.apply_for("gvlachos", code, SUMMER)
    server.platform.mirror()
    return made


def whole(connector: EclassCourses, codes: list[str]) -> dict[str, dict[str, Member]]:
    """A full read as the daemon makes it, several courses at a time: the members."""
    found: dict[str, dict[str, Member]] = {}

    def read(code: str) -> None:
        assert connector.course(code) is not None
        members = connector.members(code, {})
        assert members.complete
        assert [one.login for one in connector.requests(code).items] == ["gvlachos"]
        assert connector.groups(code).complete
        found[code] = {one.login: one for one in members.items}

    connector.expect(codes)
    threads = [threading.Thread(target=read, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def queries(said: list[str]) -> list[str]:
    """What was asked of the tables; the others settle the session."""
    settling = ("SET ", "START TRANSACTION ", "ROLLBACK", "COMMIT")
    return [sql for sql in said if not sql.upper().startswith(settling)]


def test_all_courses_of_a_pass_are_one_query(
    server: Eclass, tables: Tables, connector: EclassCourses, codes: list[str]
) -> None:
    connector.capabilities()
    whole(connector, codes)
    before = server.running.calls["read"]
    with tables.overheard() as said:
        members = whole(connector, codes)
    assert {code: set(known) for code, known in members.items()} == {
        code: {"elioannou", f"t{number}"} for number, code in enumerate(codes)
    }
    assert len(queries(said)) == 1
    assert server.running.calls["read"] == before  # the database proves it by itself
    assert len(said) <= 7  # with what settles the session


def test_a_light_look_is_one_query_whatever_the_number_of_courses(
    server: Eclass, tables: Tables, connector: EclassCourses, codes: list[str]
) -> None:
    known = whole(connector, codes)
    before = server.running.calls["read"]
    with tables.overheard() as said:
        assert connector.quiet(known) == set(codes)
    assert len(queries(said)) == 1
    assert server.running.calls["read"] == before


def test_the_first_read_looks_at_the_account_and_holds_two_courses_against_the_api(
    server: Eclass, tables: Tables, connector: EclassCourses, codes: list[str], now: list[datetime]
) -> None:
    for _ in range(2):
        connector.departments()  # the line is known by now
        before = server.running.calls["read"]
        now[0] += LOOKED_AT
        with tables.overheard() as said:
            connector.expect(codes)
            assert connector.course(codes[0]) is not None
        assert [sql.split()[0] for sql in queries(said)] == ["SHOW", "SELECT", "SELECT"]
        assert server.running.calls["read"] - before == 4


def test_what_teachers_were_asked_to_do_is_fetched_along(
    server: Eclass, tables: Tables, connector: EclassCourses, codes: list[str], now: list[datetime]
) -> None:
    known = whole(connector, codes)
    asked = [(code, work) for code in codes[:3] for work in (Work.ANNOUNCEMENT, Work.DATES)]
    with tables.overheard() as said:
        assert connector.work_shown(asked) == dict.fromkeys(asked, "")
    assert len(queries(said)) == 1
    tables.run(
        "INSERT INTO announcement (course_id, title, content, visible) SELECT id, 'Συνεδρίες', '<p>ναι</p>', 1"
        f" FROM course WHERE code = '{codes[1]}'"
    )
    try:
        for look in (lambda: connector.quiet(known), lambda: whole(connector, codes)):
            with tables.overheard() as said:
                look()
                shown = connector.work_shown(asked)
            assert len(queries(said)) == 1
            assert {item for item, text in shown.items() if text} == {(codes[1], Work.ANNOUNCEMENT)}
            now[0] += timedelta(minutes=5)
        with tables.overheard() as said:
            connector.work_shown(asked)  # handed out already: asked anew
        assert len(queries(said)) == 1
        now[0] += timedelta(minutes=70)  # nobody asked for a long time
        connector.quiet(known)
        with tables.overheard() as said:
            connector.work_shown(asked)
        assert len(queries(said)) == 1
    finally:
        tables.run("DELETE FROM announcement")


def test_tables_of_different_ages_are_asked_together(
    server: Eclass, tables: Tables, connector: EclassCourses, codes: list[str]
) -> None:
    """A platform that was updated for years has several charsets and collations, numbers with and without a sign."""
    changes = (
        ("course", "title", "VARCHAR(255) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL DEFAULT ''"),
        ("course", "code", "VARCHAR(40) CHARACTER SET latin1 NOT NULL"),
        ("user", "surname", "VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL DEFAULT ''"),
        ("course_user", "status", "BIGINT UNSIGNED NOT NULL DEFAULT 0"),
    )
    tables.run(*(f"ALTER TABLE `{table}` MODIFY `{column}` {kind}" for table, column, kind in changes))
    try:
        known = whole(connector, codes)
        assert known[codes[0]]["t0"].name == "Ελένη Ιωάννου"
        assert connector.quiet(known) == set(codes)
        tables.run(f"UPDATE course SET description = REPEAT('Ω', 300000) WHERE code = '{codes[0]}'")
        connector.expect(codes)
        shown = connector.course(codes[0])
        assert shown is not None
        assert len(shown.description) == 300_000
    finally:
        own = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        tables.run(
            f"ALTER TABLE course MODIFY title VARCHAR(255) {own} NOT NULL DEFAULT '',"
            f" MODIFY code VARCHAR(40) {own} NOT NULL",
            f"ALTER TABLE user MODIFY surname VARCHAR(100) {own} NOT NULL DEFAULT ''",
            "ALTER TABLE course_user MODIFY status TINYINT NOT NULL DEFAULT 0",
        )
