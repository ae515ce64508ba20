"""While a directory of the settings has shown nobody, nobody is denied, and no case resting on it closes (rule 1)."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import select

from kypek_sync.ledger.tables import cases, seats
from tests.cli.conftest import Terminal
from tests.cli.test_switching_of_several import Shared, shared
from tests.sync.centre import Centre

__all__ = ["shared"]

NOT_YET = "Ο κατάλογος other δεν έχει διαβαστεί ακόμη."
TRIED = "Ο κατάλογος other δεν έχει διαβαστεί· η τελευταία προσπάθεια ήταν στις 02/11/2026 11:00: δεν υπάρχει το αρχείο"
KNOWN = "Ώσπου να διαβαστεί, 10 πρόσωπα είναι γνωστά από τον κατάλογο directory, όπως τα έδειχνε στις 02/11/2026 11:00."
READ = "Τον διαβάζει η εντολή «kypek-sync directory refresh» και τα μεταφέρει σε αυτόν."
MEND = "Διορθώστε το και ύστερα δώστε «kypek-sync directory refresh»."
SWITCHES = pytest.mark.parametrize("second", ["other", "directory"], ids=["both switch", "one switches"])


def said(shared: Shared, *words: str) -> str:
    """One line of what a command says in Greek, on either stream."""
    result = shared.kypek(*words, language="el")
    return " ".join((result.out + result.err).split())


def strangers(shared: Shared) -> list[tuple[object, ...]]:
    query = select(cases.c.ref, cases.c.opened, cases.c.cured, cases.c.version, cases.c.body)
    with shared.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [tuple(row) for row in connection.execute(query.where(cases.c.kind == "unknown-people"))]


def seated(shared: Shared) -> list[tuple[object, ...]]:
    with shared.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [tuple(row) for row in connection.execute(select(seats.c.login, seats.c.state).order_by(seats.c.login))]


@SWITCHES
def test_explain_tells_who_somebody_was_until_now_and_that_the_new_directory_was_not_read(
    shared: Shared, second: str
) -> None:
    shared.reads("other", second)
    for waits, then in ((NOT_YET, READ), (TRIED, MEND)):
        told = said(shared, "explain", "teacher1", "-k", "att-a")
        assert "εκπαιδευτικός, ΠΕ86" in told
        assert "✓ ειδικότητα" in told
        for login in ("stranger", "nobody", "teacher1"):
            told = said(shared, "explain", login, "-k", "att-a")
            assert waits in told
            assert f"{KNOWN} {then}" in told
            assert "δεν υπάρχει στον κατάλογο" not in told.partition("Αποφάσεις:")[0], (
                "what was decided before stays told"
            )
            assert "Κανείς δεν λέγεται" not in told
            assert "Κανείς δεν φεύγει" not in told
        assert "Δεν είναι γνωστό αν ο λογαριασμός stranger υπάρχει" in said(shared, "explain", "stranger")
        shared.kypek("directory", "refresh", "-k", "att-a")


@SWITCHES
def test_find_looks_where_people_are_known_from_and_says_so(shared: Shared, second: str) -> None:
    shared.reads("other", second)
    for waits in (NOT_YET, TRIED):
        told = said(shared, "directory", "find", "teacher1")
        assert waits in told
        assert told.count("εκπαιδευτικός") == 1, "once, also where the other KYPEK reads it still"
        assert waits in said(shared, "directory", "find", "nobody")
        assert shared.kypek("directory", "find", "teacher1", "--json").json["unread"][0]["before"] == ["directory"]
        shared.kypek("directory", "refresh")


def test_a_plan_after_a_read_that_failed_says_why_it_failed_and_not_that_a_refresh_helps(shared: Shared) -> None:
    shared.reads("other", "other")
    assert f"{KNOWN} {READ}" in said(shared, "plan")
    shared.kypek("directory", "refresh")
    told = said(shared, "plan")
    assert TRIED in told
    assert f"{KNOWN} {MEND}" in told
    assert READ not in told


def test_a_plan_after_an_export_that_was_refused_says_why(shared: Shared) -> None:
    shared.drawn()
    shared.centre.clock.turn(hours=1)
    shared.kypek("directory", "refresh")
    shared.centre.clock.turn(hours=1)
    shared.drawn()
    shared.kypek("directory", "refresh")
    shared.reads("other", "other")
    day = 86400
    os.utime(shared.centre.folder / "other.ldif", (shared.centre.clock.now.timestamp() - 2 * day,) * 2)
    shared.kypek("directory", "refresh")
    told = said(shared, "plan")
    assert "η εξαγωγή δείχνει την κατάσταση" in told
    assert MEND in told


@SWITCHES
def test_the_case_of_unknown_people_stays_as_it_was_until_the_directory_is_read(shared: Shared, second: str) -> None:
    before, places = strangers(shared), seated(shared)
    assert [cured for _, _, cured, _, _ in before] == [None]
    shared.reads("other", second)
    for _ in range(2):
        assert "οι θέσεις μένουν όπως είναι" in said(shared, "sync")
        assert (strangers(shared), seated(shared)) == (before, places)
        shared.centre.clock.turn(minutes=40)
    shared.drawn()
    shared.kypek("sync")
    assert strangers(shared) == before
    assert seated(shared) == places


def test_before_the_first_read_of_all_nothing_is_denied_either(centre: Centre, kypek: Terminal) -> None:
    told = kypek("explain", "nobody", language="el")
    assert "Ο κατάλογος directory δεν έχει διαβαστεί ακόμη." in told.err
    assert "δεν έχει διαβαστεί ακόμη" in kypek("directory", "find", "nobody", language="el").err
