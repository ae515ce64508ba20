"""A connector that was LDAP and is an export now, or the other way round: no word of the former source is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kypek_sync.ledger import cases
from kypek_sync.ledger.reads import SIZE, Extent
from kypek_sync.ledger.tables import reads as table
from tests.cli.conftest import Terminal
from tests.sync.centre import START, TEACHERS, Centre, sync_once

TREE = "ou=people,dc=sch,dc=gr"


@pytest.fixture
def after_ldap(centre: Centre, kypek: Terminal) -> Centre:
    """The export is read under the name of an LDAP whose last read was far too small, and has not been whole since."""
    kypek("directory", "refresh")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        connection.execute(table.delete())
        before = Extent("directory", TREE, START - timedelta(hours=9), 10, complete=True)
        before.note(connection)
        few = Extent("directory", TREE, START - timedelta(hours=1), 4, False, "4 entries, but 10 at the last good read")
        few.note(connection, SIZE)
    return centre


def scopes(centre: Centre) -> set[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return set(connection.execute(select(table.c.scope).where(table.c.system == "directory")).scalars())


def test_status_check_and_accept_do_not_speak_of_the_tree_that_is_not_read_any_more(
    after_ldap: Centre, kypek: Terminal
) -> None:
    assert TREE not in kypek("status").out
    assert TREE not in kypek("check").out
    said = kypek("directory", "accept", "directory", "--why", "γιατί", "--yes")
    assert (said.code, TREE in said.out + said.err) == (1, False)


def test_check_holds_the_new_source_against_as_many_as_are_known(after_ldap: Centre, kypek: Terminal) -> None:
    """It said that nothing was read before it; the next pass refused it."""
    after_ldap.clock.turn(hours=1)
    after_ldap.people(*TEACHERS[:5])
    told = [line["text"] for line in kypek("check", "--json").json["lines"] if line["subject"] == "whole"]
    assert any("people: 5 entries, but 10 at the last good read" in one for one in told)


def test_a_whole_read_forgets_what_was_read_of_the_former_source(after_ldap: Centre, kypek: Terminal) -> None:
    after_ldap.clock.turn(hours=1)
    after_ldap.people(*TEACHERS[:5])
    kypek("directory", "refresh", "--full")
    assert scopes(after_ldap) == {"people", "units", TREE}  # it is what the new one is still held against
    after_ldap.people()
    after_ldap.clock.turn(hours=1)
    kypek("directory", "refresh", "--full")
    assert scopes(after_ldap) == {"people", "units"}


def test_before_the_new_source_is_read_every_word_says_that_it_is_another_one(
    after_ldap: Centre, kypek: Terminal
) -> None:
    another = "is another source in the settings now, which has not been read yet"
    for words in (("status",), ("directory", "person", "teacher1")):
        said = kypek(*words)
        assert (said.code, another in said.out) == (0, True)
        assert "it cannot tell what changed" not in said.out
    for option in ((), ("--numbers",)):
        said = kypek("directory", "accept", "directory", *option, "--why", "γιατί", "--yes")
        assert (said.code, another in said.err) == (1, True)
    assert "είναι τώρα άλλη πηγή στις ρυθμίσεις" in kypek("status", language="el").out
    after_ldap.clock.turn(hours=1)
    after_ldap.people()
    kypek("directory", "refresh", "--full")
    assert another not in kypek("status").out


@pytest.fixture
def after_export(centre: Centre, kypek: Terminal) -> Centre:
    """What was an export, too old and far too small at its last read, is LDAP now."""
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("max_age: 400 days", "max_age: 7 days"), "utf-8")
    kypek("directory", "refresh")
    centre.clock.turn(days=9)
    kypek("directory", "refresh")
    assert "too old" in kypek("status").out
    (centre.folder / "password").write_text("invented")
    (centre.folder / "password").chmod(0o600)
    ldap = (
        "type: ldap, mode: observe, address: 'ldaps://127.0.0.1:1', bind_dn: 'uid=kypek,ou=services,dc=sch,dc=gr', "
        "password: 'file:password'"
    )
    export = "type: ldif, mode: apply, file: directory.ldif, max_age: 7 days"
    file.write_text(file.read_text("utf-8").replace(export, ldap), "utf-8")
    return centre


def test_ldap_is_not_spoken_of_as_the_export_that_it_was(after_export: Centre, kypek: Terminal) -> None:
    said = kypek("status").out
    assert "is another source in the settings now" in said
    for former in ("export", "it cannot tell what changed", "people was read"):
        assert former not in said
    sync_once(after_export, "tickets")
    with after_export.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert [one.case.kind for one in cases.listed(connection, "att-a") if one.cured is None] == []
