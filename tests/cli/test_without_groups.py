"""Nobody is in a group of the directory any more: a person says so, and the roles that groups gave end (D-12)."""

from __future__ import annotations

import os

import pytest

from kypek_sync.ledger import cases
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, sync_once

ACCEPT = ("directory", "accept", "directory", "--groups", "--why", "dissolved", "--who", "maria")
GROUP = "memberOf: cn=plinet,ou=Groups,ou=att-a,ou=units,dc=sch,dc=gr"


def drawn(centre: Centre, *members: str, hours: float = 7) -> None:
    """Hours later the export is drawn anew; these are in a group."""
    centre.clock.turn(hours=hours)
    centre.people()
    export, moment = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    text = export.read_text("utf-8")
    for login in members:
        text = text.replace(f"\nuid: {login}\n", f"\nuid: {login}\n{GROUP}\n")
    export.write_text(text, "utf-8")
    os.utime(export, (moment, moment))


def roles(kypek: Terminal, login: str = "teacher1") -> list[str]:
    return [one["role"] for one in kypek("directory", "person", login, "--json").json[0]["roles"]]


@pytest.fixture
def dissolved(centre: Centre, kypek: Terminal) -> Centre:
    """Three were in a group once, and nobody is now."""
    drawn(centre, "teacher1", "teacher2", "teacher3")
    assert kypek("directory", "refresh").code == 0
    drawn(centre)
    return centre


def test_a_person_accepts_that_nobody_is_in_a_group_any_more(dissolved: Centre, kypek: Terminal) -> None:
    said = " ".join(kypek("directory", "refresh", language="el").out.split())
    command = "kypek-sync directory accept directory --groups --why"
    assert "3 από 3 πρόσωπα έχασαν μαζί: ρόλοι από ομάδες" in said
    assert command in said
    assert roles(kypek) == ["plinet"]
    refused = kypek("directory", "accept", "directory", "--why", "…", "--yes", language="el")
    assert (refused.code, command in " ".join(refused.err.split())) == (1, True)
    assert kypek(*ACCEPT).code == 1  # nobody is here to be asked
    done = kypek(*ACCEPT, "--yes", language="el")
    assert (done.code, "Οι ρόλοι που έδιναν οι ομάδες" in done.out) == (0, True)
    (entry,) = [one for one in kypek("journal", "list", "--json").json if one["kind"] == "accepted"]
    assert (entry["content"]["without"], entry["content"]["why"]) == ("groups", "dissolved")
    assert "ήδη δεκτό" in kypek(*ACCEPT, "--yes", language="el").err
    assert "κατάλογος χωρίς ρόλους από ομάδες" in kypek("directory", "findings", language="el").out
    drawn(dissolved)
    assert (kypek("directory", "refresh").code, roles(kypek)) == (0, [])


def test_the_case_says_what_to_do(dissolved: Centre) -> None:
    for hours in (1, 48):
        dissolved.clock.turn(hours=hours)
        drawn(dissolved, hours=0)
        for lane in ("directory", "tickets"):
            sync_once(dissolved, lane)
    with dissolved.installation() as inst, inst.ledger.begin(keep=False) as connection:
        (case,) = [one.case for one in cases.listed(connection, "att-a") if one.cured is None]
    assert "Αν δεν ανήκει πια εκεί κανείς σε ομάδα: «kypek-sync directory accept directory --groups" in case.body


def test_there_is_nothing_to_accept_while_somebody_is_in_a_group(centre: Centre, kypek: Terminal) -> None:
    drawn(centre, "teacher1")
    kypek("directory", "refresh")
    assert "nothing to accept" in kypek(*ACCEPT, "--yes").err
