"""The account of the database may read what is needed and nothing else, on a real MariaDB (E-49)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass.database import LOOKED_AT
from connectors.eclass.database_rights import Given, given
from kypek_sync.contract import Probe, ProbeLevel, ProbeLine, StopConnector
from tests.connectors.eclass.simulated import Eclass, eclass
from tests.connectors.eclass.tables import PASSWORD, Tables

pytestmark = pytest.mark.server("mariadb")


@pytest.fixture
def server(tmp_path: Path, tables: Tables) -> Iterator[Eclass]:
    with eclass(tmp_path, "older", tables) as running:
        yield running


def of_database(probe: Probe) -> list[ProbeLine]:
    return [line for line in probe.lines if line.subject == "database"]


def refused(server: Eclass) -> StopConnector:
    """The account is refused by whatever asks for it, before anything is read, and `check` says so too."""
    connector = server.connector()
    try:
        course = server.platform.add_course("Ρομποτική")
        for ask in (connector.capabilities, lambda: connector.members(course, {}), lambda: connector.groups(course)):
            with pytest.raises(StopConnector) as caught:
                ask()
        said = caught.value
        probe = connector.probe()
        assert not probe.usable
        problems = [line for line in of_database(probe) if line.level is ProbeLevel.PROBLEM]
        assert any(line.text in said.message and line.next_step == said.hint for line in problems)
        assert PASSWORD not in f"{said}{probe}"
        return said
    finally:
        connector.close()


def test_the_rights_that_are_printed_are_enough(server: Eclass) -> None:
    connector = server.connector()
    server.platform.add_course("Ρομποτική")
    assert connector.capabilities() >= {"member-list", "member-dates", "group-members", "course-requests"}
    probe = connector.probe()
    assert probe.usable
    assert {line.level for line in of_database(probe)} == {ProbeLevel.OK}
    (abilities,) = [line for line in probe.lines if line.subject == "abilities"]
    assert abilities.level is ProbeLevel.OK
    assert any("It is the database of" in line.text for line in of_database(probe))
    connector.close()


@pytest.mark.parametrize(
    "right",
    [
        "INSERT ON `{db}`.course_user",
        "UPDATE (editor) ON `{db}`.course_user",
        "DELETE ON `{db}`.`group`",
        "CREATE, DROP ON `{db}`.*",
        "CREATE TEMPORARY TABLES ON `{db}`.*",
        "LOCK TABLES ON `{db}`.*",
        "EXECUTE ON `{db}`.*",
        "FILE ON *.*",
        "PROCESS ON *.*",
        "INSERT ON `another`.*",
    ],
)
def test_an_account_that_may_do_more_than_read_is_refused(server: Eclass, tables: Tables, right: str) -> None:
    tables.run("CREATE DATABASE IF NOT EXISTS another", f"GRANT {right.format(db=tables.name)} TO {tables.reader}")
    said = refused(server)
    assert "may do more than read" in said.message
    assert right.split(" ON ")[0].split(",")[0].split(" (")[0] in said.message  # which right has to go
    assert "Take that away" in said.hint


def test_an_account_that_may_pass_its_rights_on_is_refused(server: Eclass, tables: Tables) -> None:
    tables.run(f"GRANT SELECT ON `{tables.name}`.course_department TO {tables.reader} WITH GRANT OPTION")
    assert "GRANT OPTION" in refused(server).message


def test_an_account_with_a_role_is_refused(server: Eclass, tables: Tables) -> None:
    tables.run("CREATE ROLE IF NOT EXISTS clerks", f"GRANT clerks TO {tables.reader}")
    try:
        assert "has a role (clerks)" in refused(server).message
    finally:
        tables.run("DROP ROLE clerks")


def test_what_everybody_may_write_counts_too(server: Eclass, tables: Tables) -> None:
    tables.run(f"GRANT INSERT ON `{tables.name}`.course_user TO PUBLIC")
    try:
        assert "INSERT" in refused(server).message
    finally:
        tables.run(f"REVOKE INSERT ON `{tables.name}`.course_user FROM PUBLIC")


@pytest.mark.parametrize(
    ("right", "secret"),
    [
        ("SELECT ON `{db}`.config", "config"),
        ("SELECT (`key`) ON `{db}`.config", "config"),
        ("SELECT ON `{db}`.api_token", "api_token"),
        ("SELECT (password) ON `{db}`.user", "user.password"),
        ("SELECT ON `{db}`.user", "user.password"),
        ("SELECT (password) ON `{db}`.course", "course.password"),
        ("SELECT (mod_pw, att_pw) ON `{db}`.tc_session", "tc_session.mod_pw"),
        ("SELECT ON `{db}`.*", "user.password"),
        ("SELECT ON *.*", "user.password"),
    ],
)
def test_an_account_that_sees_secrets_is_refused(server: Eclass, tables: Tables, right: str, secret: str) -> None:
    """E-49, E-20: and the right by which it sees them is named."""
    given_now = right.format(db=tables.name)
    tables.run(f"GRANT {given_now} TO {tables.reader}")
    said = refused(server)
    assert "can read secrets" in said.message
    assert secret in said.message
    assert f"SELECT on {given_now.split(' ON ')[1].replace('`', '')}" in said.hint


def test_an_account_that_sees_the_servers_own_tables_is_refused(server: Eclass, tables: Tables) -> None:
    tables.run(f"GRANT SELECT ON mysql.* TO {tables.reader}")
    assert "the server's own tables" in refused(server).message


def test_a_missing_right_is_named(server: Eclass, tables: Tables) -> None:
    tables.run(f"REVOKE SELECT (reg_date) ON `{tables.name}`.course_user FROM {tables.reader}")
    said = refused(server)
    assert "course_user.reg_date" in said.message
    assert "connector eclass grants" in said.hint


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ("DROP TABLE course_user_request", "course_user_request.uid"),
        ("ALTER TABLE course_user DROP COLUMN editor", "course_user.editor"),
        ("ALTER TABLE user RENAME COLUMN givenname TO firstname", "user.givenname"),
    ],
)
def test_an_eclass_with_other_tables_is_not_read(server: Eclass, tables: Tables, change: str, lacking: str) -> None:
    """Another version may have other columns: nothing is guessed."""
    course = server.platform.add_course("Ρομποτική")
    tables.run(change)
    connector = server.connector()
    with pytest.raises(StopConnector) as caught:
        connector.members(course, {})
    assert lacking in caught.value.message
    connector.close()


def test_what_is_seen_beyond_need_is_told_and_does_no_harm(server: Eclass, tables: Tables) -> None:
    tables.run(f"GRANT SELECT ON `{tables.name}`.course_department TO {tables.reader}")
    connector = server.connector()
    probe = connector.probe()
    assert probe.usable
    (warning,) = [line for line in of_database(probe) if line.level is ProbeLevel.WARNING and "more than" in line.text]
    assert "course_department" in warning.text
    assert connector.capabilities()
    connector.close()


def test_a_right_that_comes_while_we_run_stops_the_reads_within_the_hour(server: Eclass, tables: Tables) -> None:
    now = [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)]
    connector = server.connector(clock=lambda: now[0])
    course = server.platform.add_course("Ρομποτική")
    assert connector.members(course, {}).complete
    tables.run(f"GRANT INSERT ON `{tables.name}`.course_user TO {tables.reader}")
    now[0] += LOOKED_AT - timedelta(minutes=1)
    assert connector.members(course, {}).complete
    now[0] += timedelta(minutes=1)
    for _ in range(2):  # what was refused is not taken for granted the next time
        with pytest.raises(StopConnector, match="may do more than read"):
            connector.members(course, {})
    tables.run(f"REVOKE INSERT ON `{tables.name}`.course_user FROM {tables.reader}")
    assert connector.members(course, {}).complete
    connector.close()


def test_a_right_that_is_taken_away_while_we_run_is_told_at_once_and_named_at_the_next_look(
    server: Eclass, tables: Tables
) -> None:
    connector = server.connector()
    course = server.platform.add_course("Ρομποτική")
    assert connector.members(course, {}).complete
    tables.run(f"REVOKE SELECT (reg_date) ON `{tables.name}`.course_user FROM {tables.reader}")
    for words in ("lacks the right to it", "course_user.reg_date"):
        with pytest.raises(StopConnector, match=words):
            connector.members(course, {})
    connector.close()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://{user}:wrong@127.0.0.1:{port}/{db}", "refuses the account of the database or its password"),
        ("mysql://nobody:wrong@127.0.0.1:{port}/{db}", "refuses the account of the database or its password"),
        ("mysql://{user}:{password}@127.0.0.1:{port}/elsewhere", "does not let the account into this database"),
    ],
)
def test_an_account_that_is_not_let_in_stops_the_connector(server: Eclass, tables: Tables, url: str, word: str) -> None:
    made = url.format(user=tables.user, password=PASSWORD, port=tables.server.port, db=tables.name)
    connector = server.connector(database_url=made)
    with pytest.raises(StopConnector, match=word) as caught:
        connector.capabilities()
    assert caught.value.hint
    probe = connector.probe()
    assert not probe.usable
    assert "wrong" not in f"{caught.value}{probe}"
    connector.close()


def test_grants_are_understood_or_count_as_too_much() -> None:
    lines = [
        "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*B69027D44F6E5EDC07F1AEAD1477967B16F28227'",
        "GRANT SELECT (`id`, `user name`), UPDATE (`x`) ON `e`.`a.b` TO `a`@`%`",
        "GRANT ALL PRIVILEGES ON `test\\_%`.* TO PUBLIC",
        "GRANT PROXY ON ''@'%' TO 'a'@'%' WITH GRANT OPTION",
        "GRANT EXECUTE ON FUNCTION `e`.`f` TO `a`@`%`",
        "GRANT `clerks`@`%` TO `a`@`%`",
        "SET DEFAULT ROLE `clerks` FOR `a`@`%`",
        "something else",
    ]
    assert given(lines) == (
        Given("USAGE", "*.*"),
        Given("SELECT", "e.a.b", frozenset({"id", "user name"})),
        Given("UPDATE", "e.a.b", frozenset({"x"})),
        Given("ALL PRIVILEGES", r"test\_%.*", everybody=True),
        Given("UNKNOWN", "''@'%'"),
        Given("UNKNOWN", "FUNCTION e.f"),
        Given("ROLE", "clerks@%"),
        Given("UNKNOWN", ""),
    )


def test_a_limit_of_connections_hides_no_right_to_pass_rights_on(server: Eclass, tables: Tables) -> None:
    """The account has one, as it is printed; SHOW GRANTS writes it behind GRANT OPTION."""
    tables.run(f"GRANT USAGE ON *.* TO {tables.reader} WITH GRANT OPTION")
    assert "GRANT OPTION" in refused(server).message
