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
    assert f"Hold {number} (mode of the system), att-a, seminar {CODE} on eclass: waits" in shown.out
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


def test_what_was_decided_so_is_not_decided_so_again(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    kypek("holds", "reject", number, "--who", "maria")
    again = kypek("holds", "reject", number)
    assert again.code == 1
    assert again.err.startswith(f"Nothing was changed: Hold {number} (mode of the system)")
    assert "rejected, by maria" in again.err


def test_a_rejection_waits_for_nobody_and_can_be_taken_back(full: Centre, kypek: Terminal) -> None:
    """An administrator rejected a proposal while trying things out, and then switched the system to `apply`: every pass
    said that the changes of a system in `propose` waited for approval, and there was no way to let them pass."""
    number = proposed(full, kypek)
    kypek("holds", "reject", number)
    full.settings(mode="apply")
    full.clock.turn(minutes=1)
    said = kypek("sync")
    assert said.code == 0
    assert f"Rejected (hold {number}, mode of the system): It was rejected as hold {number}" in said.out
    assert "propose" not in said.out
    assert "0 held" in said.out
    assert "something waits for approval" not in kypek("status").out
    full.clock.turn(minutes=1)
    assert kypek("holds", "approve", number).code == 0
    assert kypek("sync").code == 0
    assert group(full, full.world.courses()[0].code) == {"teacher1", "teacher2"}


def test_explain_names_the_hold_that_keeps_a_seat_from_the_platform(full: Centre, kypek: Terminal) -> None:
    """Somebody had a seat, no mail and no group, and `explain` did not say that their seat waited for a person."""
    number = proposed(full, kypek)
    said = kypek("explain", "teacher1", language="el").out
    assert f"περιμένει έγκριση: «kypek-sync holds show {number}»" in said
    assert "waits for approval" not in kypek("explain", "teacher4").out
    kypek("holds", "reject", number, "--who", "maria")
    assert f"was rejected with hold {number} by maria on 02/11/2026 11:00" in kypek("explain", "teacher1").out
    ((one,),) = [story["seminars"] for story in kypek("explain", "teacher1", "--json").json]
    assert one["holds"] == [{"id": number, "guard": "mode", "state": "rejected"}]


def test_explain_names_the_hold_that_keeps_a_whole_seminar_back(full: Centre, kypek: Terminal) -> None:
    """Most of a course vanished in one read: whoever waits does not move up, and `explain` did not say why."""
    full.settings(mode="apply")
    kypek("sync")
    course = full.world.courses()[0].code
    for login in ("teacher1", "teacher2", "stranger"):
        full.world.unenrol(login, course)
    full.clock.turn(hours=1)
    kypek("sync")
    ((number, guard),) = [(one["id"], one["guard"]) for one in kypek("holds", "list", "--json").json]
    assert guard == "withdrawals"
    said = kypek("explain", "teacher3", language="el").out
    assert f"ώσπου να αποφασίσει κάποιος για τις αποσύρσεις του: «kypek-sync holds show {number}»" in said
    assert f"«holds approve {number}»" in said
    ((one,),) = [story["seminars"] for story in kypek("explain", "teacher3", "--json").json]
    assert (one["holds"], [hold["id"] for hold in one["freezing"]]) == ([], [number])
    kypek("holds", "approve", number)
    kypek("sync")
    assert "ώσπου να αποφασίσει" not in kypek("explain", "teacher3", language="el").out


def test_guards_have_names_in_greek_and_the_word_that_the_option_takes(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    assert "τρόπος λειτουργίας του συστήματος (mode)" in kypek("holds", "list", language="el").out
    assert "(τρόπος λειτουργίας του συστήματος)" in kypek("holds", "show", number, language="el").out


def test_an_approval_can_be_taken_back_before_the_next_pass(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    kypek("holds", "approve", number)
    assert kypek("holds", "reject", number, "--who", "maria").code == 0
    full.clock.turn(minutes=1)
    kypek("sync")
    assert group(full, full.world.courses()[0].code) == set()


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


def two_proposed(full: Centre, kypek: Terminal) -> list[int]:
    """The numbers of two holds, of two seminars."""
    full.seminar("EKFE-26-02")
    full.settings(mode="propose")
    kypek("sync")
    return [int(hold["id"]) for hold in kypek("holds", "list", "--json").json]


def states(kypek: Terminal) -> list[str]:
    return [hold["state"] for hold in kypek("holds", "list", "--all", "--json").json]


def test_a_hold_shows_its_fingerprint_and_until_when_it_is_approved(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    whole = kypek("holds", "show", number, "--json").json["hash"]
    assert f"Since 02/11/2026 11:00. Fingerprint: {whole[:12]}" in kypek("holds", "show", number).out
    kypek("holds", "approve", number, "--who", "maria", "--until", "3/11/2026")
    assert "approved, by maria on 02/11/2026 11:00, until 03/11/2026 23:59" in kypek("holds", "show", number).out
    full.clock.turn(days=2)
    assert "approved, by maria on 02/11/2026 11:00, ran out on 03/11/2026 23:59" in kypek("holds", "show", number).out
    assert "εγκρίθηκε" in kypek("holds", "show", number, language="el").out


def test_an_approval_by_fingerprint_counts_only_for_what_was_shown(full: Centre, kypek: Terminal) -> None:
    number = proposed(full, kypek)
    whole = kypek("holds", "show", number, "--json").json["hash"]
    refused = kypek("holds", "approve", number, "--hash", "0000" if not whole.startswith("0000") else "1111")
    assert (refused.code, f"its fingerprint is {whole[:12]}" in refused.err) == (1, True)
    assert states(kypek) == ["open"]
    assert kypek("holds", "approve", number, "--hash", whole[:3]).code == 64
    assert kypek("holds", "approve", number, "--hash", whole[:12].upper()).code == 0
    assert states(kypek) == ["approved"]


def test_several_are_decided_together_or_none(full: Centre, kypek: Terminal) -> None:
    first, second = two_proposed(full, kypek)
    refused = kypek("holds", "approve", first, 99, second)
    assert (refused.code, "There is no hold 99" in refused.err) == (1, True)
    assert states(kypek) == ["open", "open"]
    said = kypek("holds", "approve", second, first, second, "--who", "maria")
    assert said.code == 0
    assert said.out.count("is approved by maria") == 2


def test_all_holds_of_one_seminar_or_guard_are_decided_but_never_simply_all(full: Centre, kypek: Terminal) -> None:
    two_proposed(full, kypek)
    for words in (["--all"], ["--all", 1, "--guard", "mode"], ["--guard", "mode"], [], ["--hash", "abcdef", 1, 2]):
        assert kypek("holds", "approve", *words).code == 64
    assert kypek("holds", "approve", "--all", "--kypek", "att-a").code == 64
    assert states(kypek) == ["open", "open"]
    assert kypek("holds", "approve", "--all", "--seminar", "EKFE-26-99").err == "Nothing waits for approval.\n"
    assert kypek("holds", "approve", "--all", "--seminar", CODE, "--kypek", "att-a").code == 0
    assert sorted(states(kypek)) == ["approved", "open"]
    assert kypek("holds", "reject", "--all", "--guard", "mode").code == 0
    assert sorted(states(kypek)) == ["approved", "rejected"]


def test_what_is_only_observed_waits_for_nobody(full: Centre, kypek: Terminal) -> None:
    """In `observe` the report said that 190 changes waited, and the list of runs that something waited for approval: an
    administrator looked in vain for what to approve."""
    full.settings(mode="observe")
    said = kypek("sync", language="el")
    assert said.code == 2
    assert "σε αναμονή: 0," in said.out
    assert "Θα γίνονταν: 5 («observe»: μόνο παρατήρηση, δεν περιμένει κανέναν)." in said.out
    for words in (("runs", "list"), ("status",)):
        out = kypek(*words, language="el").out
        assert "αλλαγές που θα γίνονταν (observe)" in out
        assert "κάτι περιμένει έγκριση" not in out
    assert "Θα γίνονταν («observe»): " in kypek("runs", "show", "2", language="el").out
    plan = kypek("plan", "--format", "md", language="el").out
    assert "Θα γίνονταν: 5 " in plan
    assert "Περιμένουν απόφαση ανθρώπου: 0." in plan
