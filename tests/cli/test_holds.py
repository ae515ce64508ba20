"""Holds: what a guard kept back is shown, approved or rejected by a named person, and done or left."""

from __future__ import annotations

import getpass

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, group

CODE = "EKFE-26-01"


def proposed(full: Centre, kypek: Terminal) -> int:
    """The number of the hold over everything that eClass should be changed in."""
    full.settings(mode="propose")
    assert kypek("sync").code == 2
    (hold,) = kypek("holds", "list", "--json").json
    return int(hold["id"])


def test_a_hold_is_listed_and_shown_with_its_changes(full: Centre, kypek: Terminal) -> None:
    assert kypek("holds", "list").out == "Nothing waits for approval.\n"
    number = proposed(full, kypek)
    assert "`propose`" in kypek("holds", "list").out
    shown = kypek("holds", "show", number)
    assert f"Hold {number} (mode), att-a, seminar {CODE} on eclass: waits" in shown.out
    assert "adopt course" in shown.out
    assert "teacher1" in shown.out
    assert f"hold {number} since 02/11/2026 11:00" in kypek("status").out
    verbs = {change["verb"] for change in kypek("holds", "show", number, "--json").json["changes"]}
    assert {"course.adopt", "membership.add"} <= verbs


def test_an_approved_hold_is_carried_out_at_the_next_sync(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    said = kypek("holds", "approve", number, "--who", "maria.papadea", "--until", "30/11/2026")
    assert said.code == 0
    assert f"Hold {number} is approved by maria.papadea until 30/11/2026 23:59." in said.out
    full.clock.turn(minutes=1)
    kypek("sync")
    assert group(full, full.world.courses()[0].code) == {"teacher1", "teacher2"}
    assert "by maria.papadea on 02/11/2026 11:00" in kypek("holds", "show", number).out


def test_an_approval_counts_seven_days_and_carries_the_account_of_who_gives_it(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    said = kypek("holds", "approve", number).out
    assert f"approved by {getpass.getuser()} until 09/11/2026 11:00" in said
    full.clock.turn(days=8)
    kypek("sync")
    assert group(full, full.world.courses()[0].code) == set()


def test_a_rejected_hold_is_never_done_nor_asked_again(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    assert "is rejected by" in kypek("holds", "reject", number).out
    kypek("sync")
    assert kypek("holds", "list", "--json").json == []
    assert [hold["state"] for hold in kypek("holds", "list", "--all", "--json").json] == ["rejected"]
    assert group(full, full.world.courses()[0].code) == set()


def test_what_was_decided_is_not_decided_again(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    kypek("holds", "reject", number, "--who", "maria")
    again = kypek("holds", "approve", number)
    assert again.code == 1
    assert again.err.startswith(f"Nothing was changed: Hold {number} (mode)")
    assert "rejected, by maria" in again.err


def test_an_unknown_hold_is_one_sentence(kypek: Terminal) -> None:
    for verb in ("show", "approve", "reject"):
        said = kypek("holds", verb, 99)
        assert (said.code, said.out) == (1, "")
        assert said.err == "There is no hold 99. `kypek-sync holds list` shows those that wait.\n"


def test_a_date_that_is_over_or_no_date_is_wrong_usage(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    over = kypek("holds", "approve", number, "--until", "1/11/2026")
    assert (over.code, "1/11/2026 is over already" in over.err) == (64, True)
    wrong = kypek("holds", "approve", number, "--until", "αύριο", language="el")
    assert (wrong.code, "το αύριο δεν είναι ημερομηνία" in wrong.err) == (64, True)
    assert kypek("holds", "approve", "x").code == 64
