"""The right to the registry numbers is withdrawn for good: a person says so, and reads count without them (rule 12)."""

from __future__ import annotations

import os
import re

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher
from tests.sync.centre import seats as decided_seats

ACCEPT = ("directory", "accept", "directory", "--numbers", "--why", "decided by the directory", "--who", "maria")


def drawn(centre: Centre, *teachers: Teacher, numbers: bool = False, hours: float = 7, without: str = "-") -> None:
    """Hours later the export is drawn anew, `without` somebody."""
    centre.clock.turn(hours=hours)
    centre.people(*(teachers or TEACHERS))
    export, moment = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    blocks = [one for one in export.read_text("utf-8").split("\n\n") if not one.startswith(f"dn: uid={without},")]
    text = "\n\n".join(blocks)
    export.write_text(text if numbers else re.sub("employeeNumber: .*\n", "", text), "utf-8")
    os.utime(export, (moment, moment))


@pytest.fixture
def blind(full: Centre, kypek: Terminal) -> Centre:
    """Numbers were shown once and are not any more."""
    kypek("sync")
    drawn(full)
    return full


def test_a_person_accepts_that_numbers_are_not_read_any_more(blind: Centre, kypek: Terminal) -> None:
    """Each read was partial for ever, and nobody could leave."""
    said = " ".join(kypek("directory", "refresh", language="el").out.split())
    command = "kypek-sync directory accept directory --numbers --why"
    assert command in said
    refused = kypek("directory", "accept", "directory", "--why", "…", "--yes", language="el")
    assert refused.code == 1
    assert command in " ".join(refused.err.split())
    assert not re.search("[α-ω];", refused.err)
    assert kypek(*ACCEPT, language="el").code == 1  # nobody is here to be asked
    done = kypek(*ACCEPT, "--yes", language="el")
    assert done.code == 0
    assert "Οι αριθμοί που ήταν γνωστοί μένουν σε όποιον τους έχει." in done.out
    assert "Το δέχτηκε: maria" in done.out
    (entry,) = [one for one in kypek("journal", "list", "--json").json if one["kind"] == "accepted"]
    assert (entry["content"]["without"], entry["content"]["why"]) == ("registry", "decided by the directory")
    assert "κατάλογος χωρίς αριθμούς μητρώου" in kypek("directory", "findings", language="el").out
    assert "ήδη δεκτό" in kypek(*ACCEPT, "--yes", language="el").err
    for hours in (7, 200):
        drawn(blind, hours=hours, without="teacher1")
        assert kypek("directory", "refresh").code == 0
    person = kypek("directory", "person", "teacher1", "--json")
    assert person.json[0]["gone"] is True
    kept = kypek("directory", "person", "teacher2").out
    assert "registry or tax number, kept as a keyed hash: since" in kept


def test_who_was_known_by_number_is_who_they_are_and_newcomers_have_none(blind: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    kypek(*ACCEPT, "--yes")
    for login in ("moved1", "moved2"):
        drawn(blind, Teacher(login), *TEACHERS[1:])
        assert kypek("directory", "refresh").code == 0
    person = kypek("directory", "person", "moved2").out
    assert "has had the logins teacher1, moved1" in person
    assert "registry or tax number, kept as a keyed hash: since" in person
    kypek("sync")
    assert decided_seats(blind, "EKFE-26-01")["teacher1"] == "granted"


def test_it_ends_when_numbers_are_shown_again(blind: Centre, kypek: Terminal) -> None:
    kypek("directory", "refresh")
    kypek(*ACCEPT, "--yes")
    drawn(blind)
    assert kypek("directory", "refresh").code == 0
    drawn(blind, numbers=True)
    assert kypek("directory", "refresh").code == 0
    assert "numbers-not-shown" not in str(kypek("directory", "findings", "--json").json)
    drawn(blind)
    assert "--numbers" in kypek("directory", "refresh").out


def test_nothing_is_accepted_while_numbers_are_shown(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    assert "nothing to accept" in kypek(*ACCEPT, "--yes").err
    drawn(full, numbers=True)
    assert kypek("directory", "refresh").code == 0
