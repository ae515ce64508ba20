"""A connector that was LDAP and is an export now, or the other way round: no word of the former source is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kypek_sync.ledger.reads import SIZE, Extent
from kypek_sync.ledger.tables import reads as table
from tests.cli.conftest import Terminal
from tests.sync.centre import START, TEACHERS, Centre

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
