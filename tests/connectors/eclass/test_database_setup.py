"""What an administrator writes for the database, and what the administrator of the database enters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

import connectors.eclass.database_address as addresses
from connectors.eclass import SPEC, EclassSettings
from connectors.eclass.database_columns import NEEDED, is_secret
from connectors.eclass.grants import instructions, statements
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import system_clock
from tests.connectors.eclass.simulated import TOKEN

URL = "mysql://kypek_sync:a%40secret@db.example.gr/eclass"


def settings(**changes: object) -> EclassSettings:
    return EclassSettings.model_validate({"address": "https://eclass.sch.gr", "token": TOKEN} | changes)


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"])
def test_a_database_is_written_as_an_address(scheme: str) -> None:
    made = settings(database_url=URL.replace("mysql", scheme, 1))
    assert "secret" not in repr(made)
    url = addresses.address(made.database_url.get_secret_value())
    assert (url.username, url.password, url.host, url.database) == (
        "kypek_sync",
        "a@secret",
        "db.example.gr",
        "eclass",
    )
    assert addresses.words(url) == "eclass@db.example.gr"


@pytest.mark.parametrize(
    "wrong",
    [
        "postgresql://a:a-secret@db/eclass",
        "mysql://a:a-secret@db",
        "mysql://db/eclass?a-secret",
        "mysql://a:a-secret@db/eclass?local_infile=1",
        "mysql://a:a-secret@db:port/eclass",
        "mysql://a:a-secret@/eclass",
        "a-secret",
    ],
)
def test_a_wrong_address_is_refused_without_being_repeated(wrong: str) -> None:
    with pytest.raises(ValidationError, match="database") as caught:
        settings(database_url=wrong)
    assert "a-secret" not in str(caught.value)


def test_to_another_machine_the_line_is_encrypted_unless_somebody_says_otherwise() -> None:
    far, near = addresses.address(URL), addresses.address(URL.replace("db.example.gr", "localhost"))
    socket = addresses.address("mysql://kypek_sync:x@/eclass?unix_socket=/run/mysqld/mysqld.sock")
    assert addresses.words(socket) == "eclass@/run/mysqld/mysqld.sock"
    said = addresses.options(far, timeout=30, tls=True, ca_file="")
    assert said["ssl"].check_hostname
    assert said["ssl"].verify_mode.name == "CERT_REQUIRED"
    for url, tls in ((far, False), (near, True), (socket, True)):
        assert "ssl" not in addresses.options(url, timeout=30, tls=tls, ca_file="")


def test_every_question_has_a_limit() -> None:
    said = addresses.options(addresses.address(URL), timeout=0.3, tls=False, ca_file="")
    assert (said["connect_timeout"], said["read_timeout"], said["write_timeout"]) == (1, 2, 1)
    assert addresses.options(addresses.address(URL), timeout=300, tls=False, ca_file="")["connect_timeout"] == 5
    assert said["charset"] == "utf8mb4"
    assert not said["local_infile"]


def test_nothing_that_is_needed_is_a_secret() -> None:
    """E-49"""
    assert [f"{table}.{name}" for table, names in NEEDED.items() for name in names if is_secret(table, name)] == []
    for table, name in (
        ("config", "value"),
        ("api_token", "comments"),
        ("user", "password"),
        ("course", "password"),
        ("tc_session", "mod_pw"),
        ("tc_session", "att_pw"),
        ("tc_servers", "server_key"),
        ("lti_apps", "lti_provider_secret"),
    ):
        assert is_secret(table, name)


def test_rights_are_given_column_by_column() -> None:
    create, *grants = statements("eclass", "kypek_sync", "10.0.0.7", "it's \\ odd", tls=True)
    assert create.startswith("CREATE USER 'kypek_sync'@'10.0.0.7' IDENTIFIED BY 'it''s \\\\ odd' REQUIRE SSL")
    assert len(grants) == len(NEEDED)
    for grant in grants:
        assert re.fullmatch(r"GRANT SELECT \((`\w+`, )*`\w+`\) ON `eclass`\.`\w+` TO 'kypek_sync'@'10.0.0.7'", grant)


@pytest.mark.parametrize("name", ["", "a`b", "a'b", 'a"b', "a\\b", "a\nb", "x" * 81])
def test_a_name_with_quotes_is_never_put_into_sql(name: str) -> None:
    for names in ((name, "u", "h"), ("d", name, "h"), ("d", "u", name)):
        with pytest.raises(ValueError, match="name"):
            statements(*names, "x", tls=False)


def test_the_command_explains_itself_in_greek_first(tmp_path: Path) -> None:
    context = ConnectorContext("eclass", system_clock, tmp_path, lambda number: number)
    connector = SPEC.build(settings(database_url=URL), context)
    text = SPEC.commands["grants"](connector, ("--host", "10.0.0.7", "--user", "reader"))
    assert (
        text.index("ΜΟΝΟ ΓΙΑ ΑΝΑΓΝΩΣΗ") < text.index("CREATE USER 'reader'@'10.0.0.7'") < text.index("WHAT IS NEEDED")
    )
    assert "ON `eclass`.`course_user` TO 'reader'@'10.0.0.7';" in text
    assert "secret" not in text.replace("secrets", "")
    assert "REQUIRE SSL" in text
    connector.close()


def test_the_command_has_defaults_and_says_how_it_is_written() -> None:
    assert "'kypek_sync'@'localhost' IDENTIFIED BY '…' WITH" in instructions(())
    assert "`other`.`user`" in instructions(("--database", "other"), database="eclass")
    for wrong in (("--tables",), ("eclass",), ("--database", "a`b"), ("--host",)):
        assert instructions(wrong) == (
            "kypek-sync connector eclass grants [--database NAME] [--user NAME] [--host HOST]"
        )
