"""Our clock was ahead when the directory was read, and is right again: it is said, and a person ends it (rule 1)."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from kypek_sync.ledger import cases
from kypek_sync.ledger.tables import person_keys
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, sync_once

COMMAND = "kypek-sync directory accept directory --clock --why"
ACCEPT = ("directory", "accept", "directory", "--clock", "--why", "an empty battery", "--who", "maria")


def drawn(centre: Centre, *, without: str = "-") -> None:
    """The export is drawn anew, `without` somebody, by the clock as it is."""
    centre.people()
    export, moment = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    blocks = [one for one in export.read_text("utf-8").split("\n\n") if not one.startswith(f"dn: uid={without},")]
    export.write_text("\n\n".join(blocks), "utf-8")
    os.utime(export, (moment, moment))


@pytest.fixture
def ahead(centre: Centre, kypek: Terminal) -> Centre:
    """The clock was ten days ahead for one full read, in which teacher1 was not shown any more; an hour later it is
    right and the export is drawn again."""
    drawn(centre)
    kypek("directory", "refresh")
    centre.clock.turn(days=10)
    drawn(centre, without="teacher1")
    assert kypek("directory", "refresh").code == 0
    centre.clock.turn(days=-10, hours=1)
    drawn(centre, without="teacher1")
    return centre


def test_it_is_said_wherever_somebody_looks(ahead: Centre, kypek: Terminal) -> None:
    refresh = kypek("directory", "refresh", language="el")
    assert refresh.code == 1
    said = " ".join(refresh.out.split())
    assert "Αν το ρολόι μας πήγαινε τότε μπροστά και τώρα είναι σωστό" in said
    assert COMMAND in said
    status = " ".join(kypek("status", language="el").out.split())
    assert "Το ρολόι μας πήγαινε τότε μπροστά ή είναι τώρα πίσω" in status
    assert COMMAND in status
    assert list(kypek("status", "--json").json[0]["dated_later"]) == ["directory"]
    lines = [one for one in kypek("check", "--json").json["lines"] if "still to come" in one["text"]]
    assert [(one["level"], COMMAND in one["next_step"]) for one in lines] == [("problem", True)]


def test_it_is_a_case_until_it_is_put_right(ahead: Centre, kypek: Terminal) -> None:
    def told() -> list[str]:
        sync_once(ahead, "tickets")
        with ahead.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return [one.case.body for one in cases.listed(connection, "att-a") if one.cured is None]

    (body,) = told()
    assert COMMAND in body
    assert "που δεν έχει έρθει ακόμη" in body
    kypek(*ACCEPT, "--yes")
    assert told() == []


def test_a_person_says_that_it_is_right_now_and_the_next_full_read_counts(ahead: Centre, kypek: Terminal) -> None:
    assert kypek(*ACCEPT).code == 1  # nobody is here to be asked
    done = kypek(*ACCEPT, "--yes", language="el")
    assert done.code == 0
    assert "Το ρολόι μας λέει 02/11/2026 12:00" in done.out
    assert "υπό αποχώρηση (1) το μέτρημα αρχίζει από την αρχή" in " ".join(done.out.split())
    (entry,) = [one for one in kypek("journal", "list", "--json").json if one["kind"] == "accepted"]
    assert (entry["content"]["system"], entry["content"]["why"]) == ("directory", "an empty battery")
    drawn(ahead, without="teacher1")
    refresh = kypek("directory", "refresh")
    assert (refresh.code, "only in part" in refresh.out) == (0, False)
    assert kypek("status", "--json").json[0]["dated_later"] == {}


def test_nobody_is_gone_sooner_because_of_it(ahead: Centre, kypek: Terminal) -> None:
    """One read by the wrong clock ten days from now and one before it: the grace of a week was over in an hour."""
    kypek(*ACCEPT, "--yes")

    def gone() -> bool:
        assert kypek("directory", "refresh").code == 0
        return bool(kypek("directory", "person", "teacher1", "--json").json[0]["gone"])

    began = ahead.clock.now
    while not gone():
        ahead.clock.turn(hours=12)
        drawn(ahead, without="teacher1")
        assert ahead.clock.now - began < timedelta(days=9)
    assert ahead.clock.now - began >= timedelta(days=7)


def test_whoever_the_wrong_clock_made_gone_is_leaving_again(centre: Centre, kypek: Terminal) -> None:
    drawn(centre)
    kypek("directory", "refresh")
    centre.clock.turn(hours=1)
    drawn(centre, without="teacher1")
    kypek("directory", "refresh")
    centre.clock.turn(days=10)
    drawn(centre, without="teacher1")
    kypek("directory", "refresh")
    assert kypek("directory", "person", "teacher1", "--json").json[0]["gone"] is True
    centre.clock.turn(days=-10, hours=1)
    said = kypek(*ACCEPT, "--yes", language="el").out
    assert re.search(r"δεν έχει έρθει ακόμη \(1\) είναι πάλι\s+υπό αποχώρηση", said)
    (person,) = kypek("directory", "person", "teacher1", "--json").json
    assert (person["gone"], person["leaving"]) == (False, True)
    drawn(centre)
    kypek("directory", "refresh")
    (person,) = kypek("directory", "person", "teacher1", "--json").json
    assert (person["gone"], person["leaving"]) == (False, False)


def test_a_clock_that_was_ahead_by_several_amounts_brings_nothing_to_before_it_was_right(
    centre: Centre, kypek: Terminal
) -> None:
    """Brought back by forty days, what had been dated by ten came to lie a month before anybody was known at all: a
    login would have passed on before its former holder had it."""
    drawn(centre)
    kypek("directory", "refresh")
    began = centre.clock.now
    for days, renamed in ((10, ["teacher2"]), (30, ["teacher2", "teacher3"])):
        centre.clock.turn(days=days)
        centre.people(*(replace(one, login=f"new-{one.login}") if one.login in renamed else one for one in TEACHERS))
        assert kypek("directory", "refresh").code == 0
    centre.clock.turn(days=-40, hours=1)
    assert kypek(*ACCEPT, "--yes").code == 0
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        query = select(person_keys.c.value, person_keys.c.first_seen, person_keys.c.until)
        rows = connection.execute(query.where(person_keys.c.kind == "login")).all()
    came = {row.value: row.first_seen for row in rows}
    until = {row.value: row.until for row in rows}
    assert began < came["new-teacher2"] <= until["teacher2"] < came["new-teacher3"] <= centre.clock.now
    assert all(row.until is None or row.first_seen < row.until for row in rows)


def test_a_clock_that_was_behind_lets_the_counting_begin_anew_too(centre: Centre, kypek: Terminal) -> None:
    """Installed with a clock twenty days behind: whoever left meanwhile would be gone hours after it was put right."""
    centre.clock.turn(days=-20)
    drawn(centre)
    kypek("directory", "refresh")
    drawn(centre, without="teacher1")
    kypek("directory", "refresh")
    centre.clock.turn(days=20, hours=1)
    assert "(1) starts anew" in " ".join(kypek(*ACCEPT, "--yes").out.split())
    drawn(centre, without="teacher1")
    kypek("directory", "refresh")
    (person,) = kypek("directory", "person", "teacher1", "--json").json
    assert (person["gone"], person["leaving"]) == (False, True)


def test_there_is_nothing_to_say_of_a_clock_that_was_right(centre: Centre, kypek: Terminal) -> None:
    drawn(centre)
    kypek("directory", "refresh")
    refused = kypek(*ACCEPT, "--yes")
    assert (refused.code, "nothing to accept" in refused.err) == (1, True)
    both = kypek(*ACCEPT, "--numbers", "--yes")
    assert (both.code, "one thing at a time" in both.err) == (64, True)
