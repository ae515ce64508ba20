"""A database that is away, slow, behind, another platform's or not encrypted: never fewer people than there are."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.eclass import EclassCourses
from connectors.eclass.database import Reading
from connectors.eclass.database_reading import PROVEN_FOR
from kypek_sync.contract import Outcome, ProbeLevel, StopConnector, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.eclass.simulated import TOKEN, Eclass, eclass
from tests.connectors.eclass.tables import PASSWORD, Tables
from tests.contracts.courses_platform import SPRING
from tests.contracts.courses_writing import students
from tests.servers import mariadb
from tests.servers.between import Between
from tests.servers.slapd import make_certificates

pytestmark = pytest.mark.server("mariadb")
PROBED = 2
"""Calls by which the version is told, once."""


@pytest.fixture
def tables(lasting_tables: Tables) -> Tables:
    return lasting_tables


@pytest.fixture
def server(tmp_path: Path, tables: Tables) -> Iterator[Eclass]:
    with eclass(tmp_path, "older", tables) as running:
        yield running


@pytest.fixture
def connector(server: Eclass) -> Iterator[EclassCourses]:
    made = server.connector()
    yield made
    made.close()


@pytest.fixture
def code(server: Eclass) -> str:
    """A course with two students."""
    made = server.platform.add_course("Ρομποτική")
    for login in ("elioannou", "gvlachos"):
        server.platform.add_person(login)
        server.platform.self_enrol(login, made, SPRING)
    return made


# Away, slow, cut


def test_a_database_that_is_away_is_not_empty(server: Eclass, tables: Tables, code: str) -> None:
    port = tables.server.port
    with Between(port, 0, lambda _: None) as between:
        gone = between.port
    connector = server.connector(database_url=tables.url.replace(f":{port}/", f":{gone}/"))
    for ask in (
        connector.capabilities,
        lambda: connector.members(code, {}),
        lambda: connector.groups(code),
        lambda: connector.requests(code),
    ):
        with pytest.raises(TryLater, match="cannot be reached"):
            ask()
    probe = connector.probe()
    assert not probe.usable
    assert all(line.next_step for line in probe.lines if line.level is ProbeLevel.PROBLEM)
    connector.close()


def test_the_database_may_come_back(server: Eclass, tables: Tables, code: str) -> None:
    connector = server.connector(timeout=1)
    connector.expect([code])
    with tables.server.frozen(), pytest.raises(TryLater):
        connector.members(code, {})
    assert len(connector.members(code, {}).items) == 2
    connector.close()


def test_a_frozen_database_is_given_up_in_time(server: Eclass, tables: Tables, code: str, stopwatch) -> None:
    connector = server.connector(timeout=1)
    connector.capabilities()
    with tables.server.frozen(), stopwatch() as elapsed, pytest.raises(TryLater):
        connector.members(code, {})
    assert elapsed() < 8
    connector.close()


@pytest.mark.parametrize("after", [20, 400, 3000])
def test_a_line_that_breaks_in_the_middle_shows_nobody(server: Eclass, tables: Tables, code: str, after: int) -> None:
    """In the greeting, among the first answers, among the rights."""
    with Between(tables.server.port, after, lambda one: one.reset()) as between:
        connector = server.connector(
            database_url=tables.url.replace(f":{tables.server.port}/", f":{between.port}/"), timeout=2
        )
        with pytest.raises(TryLater):
            connector.members(code, {})
        connector.close()


@pytest.mark.parametrize("after", [1, 400, 3000])
def test_a_line_that_falls_silent_shows_nobody(
    server: Eclass, tables: Tables, code: str, after: int, stopwatch
) -> None:
    with Between(tables.server.port, after, lambda one: one.hush()) as between:
        connector = server.connector(
            database_url=tables.url.replace(f":{tables.server.port}/", f":{between.port}/"), timeout=1
        )
        with stopwatch() as elapsed, pytest.raises(TryLater):
            connector.capabilities()
        assert elapsed() < 8
        connector.close()


def test_what_is_no_database_is_not_understood(server: Eclass, tables: Tables) -> None:
    """The address of the web server, say: it waits for a question as long as we do."""
    own = server.running.address.rsplit(":", 1)[1].split("/")[0]
    connector = server.connector(database_url=tables.url.replace(f":{tables.server.port}/", f":{own}/"), timeout=1)
    with pytest.raises(TryLater):
        connector.capabilities()
    connector.close()


def test_a_lock_that_holds_the_tables_is_waited_for_no_longer_than_set(
    server: Eclass, tables: Tables, code: str, stopwatch
) -> None:
    connector = server.connector(timeout=1)
    connector.capabilities()
    holder = tables.server.administrator(tables.name)
    with holder.cursor() as cursor:
        cursor.execute("LOCK TABLES course_user WRITE")
        with stopwatch() as elapsed, pytest.raises(TryLater):
            connector.members(code, {})
        assert elapsed() < 8
    holder.close()
    assert connector.members(code, {}).complete
    connector.close()


# Behind, or of another platform


def test_a_database_that_lags_behind_shows_no_fewer(server: Eclass, connector: EclassCourses, code: str) -> None:
    server.platform.add_person("skontou")
    server.world.enrol("skontou", code, "student", SPRING)  # not in the database yet
    read = connector.members(code, {})
    assert not read.complete
    assert "lags behind" in read.why_partial
    assert not read.proofs
    assert not connector.groups(code).complete
    assert not connector.requests(code).complete
    server.platform.mirror()
    assert connector.members(code, {}).complete


def test_in_a_pass_every_course_is_looked_at_if_one_lags(server: Eclass, connector: EclassCourses) -> None:
    codes = [server.platform.add_course(f"Μάθημα {number}") for number in range(6)]
    server.platform.add_person("elioannou")
    behind = codes[:2]  # the first that are held against the API; then another one, too
    for one in (*behind, codes[4]):
        server.world.enrol("elioannou", one, "student", SPRING)
    connector.expect(codes)
    whole = {one for one in codes if connector.members(one, {}).complete}
    assert whole == set(codes) - {*behind, codes[4]}


def test_after_an_hour_other_courses_are_held_against_the_api(server: Eclass) -> None:
    now = [SPRING]
    connector = server.connector(clock=lambda: now[0])
    codes = [server.platform.add_course(f"Μάθημα {number}") for number in range(6)]
    server.platform.add_person("elioannou")
    server.world.enrol("elioannou", codes[5], "student", SPRING)  # seen only by who looks there
    found, asked = [], []
    for _ in range(3):
        for _ in range(2):
            before = server.running.calls["read"]
            connector.expect(codes)
            found.append(connector.members(codes[5], {}).complete)
            asked.append(server.running.calls["read"] - before)
        now[0] += PROVEN_FOR
    assert found == [True, True, True, True, False, False]
    assert asked[:4] == [4 + PROBED, 0, 4, 0]
    assert min(asked[4:]) >= 2 * len(codes)  # one differs: all are looked at, until none does
    connector.close()


def test_a_course_that_lost_somebody_is_held_against_the_api_at_once(
    server: Eclass, tables: Tables, connector: EclassCourses, code: str
) -> None:
    """Whoever is missing in an old copy is in the course all the same."""
    assert connector.members(code, {}).complete
    tables.run("DELETE cu FROM course_user cu JOIN user u ON u.id = cu.user_id WHERE u.username = 'gvlachos'")
    for _ in range(2):
        read = connector.members(code, {})
        assert not read.complete
        assert "lags behind" in read.why_partial
    server.platform.leave("gvlachos", code)
    read = connector.members(code, {})
    assert (read.complete, read.proofs) == (True, ("registration count 1",))
    assert connector.members(code, {}).proofs == ("the database's own count 1",)


def test_an_answer_that_was_cut_short_is_no_answer(
    server: Eclass, connector: EclassCourses, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Reading.rows

    def cut(reading: Reading, sql: str, **values: Any) -> list[Any]:
        found = rows(reading, sql, **values)
        return found[:-1] if "UNION" in sql else found

    monkeypatch.setattr(Reading, "rows", cut)
    for ask in (lambda: connector.members(code, {}), lambda: connector.quiet({code: {}})):
        with pytest.raises(TryLater, match="without its end"):
            ask()


def test_a_copy_that_follows_another_is_held_against_the_api_in_every_course(
    server: Eclass, tables: Tables, connector: EclassCourses
) -> None:
    codes = [server.platform.add_course(f"Μάθημα {number}") for number in range(6)]
    server.platform.add_person("elioannou")
    server.world.enrol("elioannou", codes[5], "student", SPRING)
    tables.run("SET GLOBAL read_only = 1")
    try:
        connector.expect(codes)
        assert {one for one in codes if not connector.members(one, {}).complete} == {codes[5]}
        said = [line.text for line in connector.probe().lines if line.subject == "database"]
        assert any("copy that follows another" in text for text in said)
    finally:
        tables.run("SET GLOBAL read_only = 0")


def test_a_course_that_only_the_api_shows_is_unknown_and_not_empty(
    server: Eclass, tables: Tables, connector: EclassCourses, code: str
) -> None:
    known = {member.login: member for member in connector.members(code, {}).items}
    tables.run(f"DELETE FROM course WHERE code = '{code}'")
    for expected in ((), (code,)):
        connector.expect(expected)
        assert connector.course(code) is not None
        read = connector.members(code, known)
        assert not read.complete
        assert "has no course" in read.why_partial
        assert {member.login for member in read.items} == set(known)  # by the API, one by one
        assert not connector.groups(code).complete
        assert not connector.requests(code).complete


def test_another_platforms_database_is_told(
    server: Eclass, tables: Tables, connector: EclassCourses, code: str
) -> None:
    tables.run("SET FOREIGN_KEY_CHECKS = 0", f"UPDATE course SET id = id + 1000 WHERE code = '{code}'")
    read = connector.members(code, {})
    assert not read.complete
    assert "not of this eClass" in read.why_partial
    problems = [line for line in connector.probe().lines if line.level is ProbeLevel.PROBLEM]
    assert any("not of this eClass" in line.text for line in problems)


def test_a_database_whose_courses_are_not_shown_is_doubted(
    server: Eclass, tables: Tables, connector: EclassCourses, code: str
) -> None:
    tables.run(f"UPDATE course SET code = 'ELSEWHERE{code}'")
    lines = [line for line in connector.probe().lines if line.subject == "database"]
    assert any(line.level is ProbeLevel.WARNING and "not known" in line.text for line in lines)


def test_who_is_missing_in_a_lagging_database_is_not_gone(server: Eclass, connector: EclassCourses, code: str) -> None:
    """The second proof is the API's word, not the database's (design, rule 3)."""
    server.platform.add_person("skontou")
    server.world.enrol("skontou", code, "student", SPRING)
    member = connector.membership(code, "skontou")
    assert member is not None
    assert member.role is CourseRole.STUDENT


def test_writing_goes_by_the_api_and_is_seen_in_the_database(
    server: Eclass, connector: EclassCourses, code: str
) -> None:
    server.platform.add_person("skontou")
    assert [receipt.outcome for receipt in connector.enrol(code, students("skontou"))] == [Outcome.DONE]
    assert "skontou" in {member.login for member in connector.members(code, {}).items}


def test_a_join_that_the_database_does_not_show_does_not_stand(
    server: Eclass, tables: Tables, connector: EclassCourses, code: str
) -> None:
    """E-7: an ok proves nothing. The older API itself could not tell."""
    group = connector.create_group(code, "Συμμετέχοντες").foreign_id
    tables.run(
        "CREATE TRIGGER nobody_in BEFORE INSERT ON group_members FOR EACH ROW SET NEW.user_id = 1000000 + NEW.user_id"
    )
    try:
        (receipt,) = connector.join_group(code, group, ["elioannou"])
        assert receipt.outcome is Outcome.LATER
    finally:
        tables.run("DROP TRIGGER nobody_in")


def test_a_clock_that_differs_is_told(server: Eclass, tables: Tables) -> None:
    connector = server.connector(clock=lambda: SPRING)
    lines = [line for line in connector.probe().lines if line.subject == "database"]
    assert any("minutes apart" in line.text for line in lines)
    connector.close()


# One moment, nothing written, limits


def test_a_read_sees_one_moment(server: Eclass, connector: EclassCourses, code: str) -> None:
    assert connector.database is not None
    count = "SELECT COUNT(*) AS members FROM course_user"
    with connector.database.looking() as reading:
        before = reading.rows(count)
        server.platform.leave("gvlachos", code)
        assert reading.rows(count) == before
    with connector.database.looking() as reading:
        assert reading.rows(count) != before


def test_a_session_writes_nothing_whatever_the_account_may(server: Eclass, tables: Tables) -> None:
    connector = server.connector(
        database_url=tables.server.url(mariadb.ROOT, mariadb.ROOT_PASSWORD.replace(" ", "%20"), tables.name)
    )
    assert connector.database is not None
    with pytest.raises(TryLater, match="1792"), connector.database.looking() as reading:  # a read-only transaction
        reading.rows("DELETE FROM course_user")
    connector.close()


def test_a_session_has_its_own_limits_and_its_own_clock(server: Eclass, tables: Tables) -> None:
    """E-47; what we no longer wait for the server does not go on with."""
    tables.run("SET GLOBAL time_zone = '-07:00'")
    try:
        connector = server.connector(timeout=7)
        assert connector.database is not None
        with connector.database.looking() as reading:
            (row,) = reading.rows(
                "SELECT @@max_statement_time AS longest, @@lock_wait_timeout AS locked, @@time_zone AS zone"
            )
        assert (float(row.longest), int(row.locked), row.zone) == (7.0, 7, "+00:00")
        connector.close()
    finally:
        tables.run("SET GLOBAL time_zone = 'SYSTEM'")


# Encryption


@pytest.fixture(scope="module")
def encrypting() -> Iterator[tuple[Tables, Path]]:
    """A MariaDB with a certificate for localhost and 127.0.0.1, and the file of its authority."""
    folder = Path(tempfile.mkdtemp(prefix="kypek-tls-"))
    folder.chmod(0o755)  # whoever runs the server reads it
    made = make_certificates(folder)
    for file in folder.iterdir():
        file.chmod(0o644)
    with mariadb.running(f"--ssl-ca={made.ca}", f"--ssl-cert={made.certificate}", f"--ssl-key={made.key}") as server:
        tables = Tables(server, "eclass")
        yield tables, made.ca
        tables.drop()
    shutil.rmtree(folder)


def test_the_line_is_encrypted_and_the_certificate_verified(
    encrypting: tuple[Tables, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, authority = encrypting
    tables.run(f"ALTER USER {tables.reader} REQUIRE SSL")
    with eclass(tmp_path, "older", tables) as server:
        url = tables.url.replace("127.0.0.1", "localhost")
        connector = server.connector(database_url=url, database_ca_file=str(authority))
        assert connector.database is not None
        with connector.database.looking() as reading:
            assert reading.server().encrypted
        connector.close()


def test_a_certificate_of_an_unknown_authority_is_refused(encrypting: tuple[Tables, Path], tmp_path: Path) -> None:
    tables, _ = encrypting
    other = tmp_path / "other"
    other.mkdir()
    with eclass(tmp_path, "older", tables) as server:
        connector = server.connector(database_ca_file=str(make_certificates(other).ca))
        with pytest.raises(StopConnector, match="certificate") as caught:
            connector.capabilities()
        assert "database_ca_file" in caught.value.hint
        connector.close()


def test_a_server_without_encryption_is_refused_where_it_is_wanted(server: Eclass, tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    connector = server.connector(database_ca_file=str(make_certificates(folder).ca))
    with pytest.raises(StopConnector, match="does not encrypt") as caught:
        connector.capabilities()
    assert "database_tls" in caught.value.hint
    connector.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_is_no_certificate_is_told(server: Eclass, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    connector = server.connector(database_ca_file=str(file))
    with pytest.raises(StopConnector, match=re.escape(str(file))):
        connector.capabilities()
    connector.close()


def test_no_secret_is_said(server: Eclass, tables: Tables, code: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    connector = server.connector()
    said = [repr(connector.members(code, {})), repr(connector.probe()), repr(connector.database), caplog.text]
    assert [one for one in said if PASSWORD in one or TOKEN in one] == []
    connector.close()


def test_a_read_that_drips_is_given_up_as_a_whole(server: Eclass, connector: EclassCourses) -> None:
    assert connector.database is not None
    with connector.database.looking() as reading:
        assert reading.server().version
        reading._end = 0.0
        with pytest.raises(TryLater, match="too long"):
            reading.server()
