"""Undo, pins and pauses as a person meets them at the terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, group
from tests.sync.services import with_mail
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow

CODE = "EKFE-26-01"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        it.settings(courses="eclass")
        here = it.eclass_course()
        for number, login in enumerate(PEOPLE[:3]):
            it.apply_in_eclass(login, here, minutes_ago=300 - number)
        it.seminar(CODE, course=it.eclass_address(here), mirrors="[moodle]", capacity=2)
        yield it


@pytest.fixture
def there(both: TwoPlatforms, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line on the two platforms, after a sync."""
    it = Terminal(capsys, both.clock, both.folder / "kypek.yaml")
    both.clock.turn(minutes=15)
    assert it("sync").code == 0
    return it


def seats_run(there: Terminal) -> int:
    return int(next(run["id"] for run in there("runs", "list", "--changed", "--json").json if run["lane"] == "seats"))


class Keyboard(io.StringIO):
    """A person at the terminal, with their answers."""

    def isatty(self) -> bool:
        return True


def answer(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(word + "\n"))


# ------------------------------------------------------------------------------------------------ undo and pins


def test_a_dry_undo_tells_everything_and_does_nothing(both: TwoPlatforms, there: Terminal) -> None:
    run, writes = seats_run(there), both.writes()
    said = there("runs", "undo", run, "--dry")
    assert (said.code, both.writes()) == (2, writes)
    for sentence in (
        "Will be taken back:",
        "unenrol",
        "take out of group",
        "Will be pinned, so that the next pass leaves it as it is: enrolment 2, place in the group 2",
        "the course stays: no platform lets us delete one; close or delete it there by hand: moodle EKFE-26-01",
        "they stay in the group: this platform takes nobody out of a group",
        "who teaches stays",
        "decisions on seats stay as they are: EKFE-26-01 t01 → has a seat",
        "a notice waits: t01, seat:EKFE-26-01",
    ):
        assert sentence in said.out
    assert there("pins", "list").out == "Nothing is pinned.\n"


def test_it_speaks_greek(there: Terminal) -> None:
    said = there("runs", "undo", seats_run(there), "--dry", language="el").out
    assert "EKFE-26-01 t01 → έχει θέση" in said  # the word that officers read everywhere, not the ledger's
    assert "Θα ανακληθούν:" in said
    assert "Θα καρφιτσωθούν, ώστε το επόμενο πέρασμα να τα αφήσει όπως είναι: εγγραφή 2, θέση στην ομάδα 2" in said
    assert "το μάθημα μένει: καμία πλατφόρμα δεν μας αφήνει να το σβήσουμε" in said


def test_nobody_there_to_answer_means_no(both: TwoPlatforms, there: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said = there("runs", "undo", seats_run(there))
    assert said.code == 1
    assert "Add --yes" in said.err
    assert both.students(both.made(CODE)) == {"t01", "t02"}


@pytest.mark.parametrize(("word", "left"), [("n", {"t01", "t02"}), ("y", set())])
def test_the_person_is_asked(
    both: TwoPlatforms, there: Terminal, monkeypatch: pytest.MonkeyPatch, word: str, left: set[str]
) -> None:
    answer(monkeypatch, word)
    there("runs", "undo", seats_run(there))
    assert both.students(both.made(CODE)) == left


def test_an_undo_its_pins_and_their_release(both: TwoPlatforms, there: Terminal) -> None:
    run = seats_run(there)
    said = there("runs", "undo", run, "--yes", "--who", "maria.papadea")
    assert said.code == 0
    assert "4 things are pinned" in said.out
    undone = seats_run(there)
    pins = there("pins", "list", "--json").json
    assert {pin["who"] for pin in pins} == {"maria.papadea"}
    assert {pin["run"] for pin in pins} == {undone}
    both.clock.turn(minutes=15)
    synced = there("sync", "--lane", "seats")
    assert synced.code == 0
    assert "Left alone: pinned" in synced.out
    assert "Pinned: 4" in there("status").out
    assert "by maria.papadea: enrolment, moodle EKFE-26-01 t01" in there("explain", "t01").out
    released = there("pins", "release", "--run", undone, "--yes")
    assert released.code == 0
    assert "4 pins were released" in released.out
    assert there("pins", "list", "--json").json == []
    assert len(there("pins", "list", "--all", "--json").json) == 4
    there("sync")
    assert both.students(both.made(CODE)) == {"t01", "t02"}


def test_one_change_is_taken_back_by_its_number(both: TwoPlatforms, there: Terminal) -> None:
    run = seats_run(there)
    shown = there("runs", "undo", run, "--dry", "--json").json
    number = next(
        one["number"]
        for one in shown["back"]
        if one["change"]["verb"] == "membership.remove" and one["change"]["target"]["login"] == "t02"
    )
    assert there("runs", "undo", run, "--yes", "--only", number).code == 0
    assert both.students(both.made(CODE)) == {"t01", "t02"}
    assert both.group(both.made(CODE)) == {"t01"}
    (pin,) = there("pins", "list", "--json").json
    assert there("pins", "release", pin["id"], "--yes").code == 0


def test_what_does_not_hold_any_more_is_refused_by_name(both: TwoPlatforms, there: Terminal) -> None:
    both.moodle.leave("t01", both.made(CODE), "manual")
    said = there("runs", "undo", seats_run(there), "--yes")
    assert said.code == 1
    assert "Not taken back: enrolment.remove moodle EKFE-26-01 t01: is not in the course any more." in said.out
    assert both.students(both.made(CODE)) == set()


@pytest.mark.parametrize(("lane", "why"), [("directory", "only read"), ("mail", "cannot be taken back")])
def test_where_there_is_no_way_back_it_says_so(there: Terminal, lane: str, why: str) -> None:
    number = next(run["id"] for run in there("runs", "list", "--json").json if run["lane"] == lane)
    said = there("runs", "undo", number, "--yes")
    assert said.code == 0
    assert why in said.out


def test_wrong_words_are_told(there: Terminal) -> None:
    assert "There is no run 999." in there("runs", "undo", 999, "--yes").err
    assert "There is no pin 999" in there("pins", "release", 999, "--yes").err
    assert there("pins", "release", "--yes").code == 64
    assert there("runs", "undo", seats_run(there), "--json").code == 64


# ------------------------------------------------------------------------------------------------ pause and resume


def test_a_seminar_is_paused_shown_and_resumed(full: Centre, kypek: Terminal) -> None:
    kypek("sync", "--lane", "directory")
    full.clock.turn(minutes=15)
    kypek("plan")
    kypek("sync", "--lane", "seats")
    said = kypek("pause", "seminar", CODE, "--why", "another room", "--for", "3d", "--who", "maria.papadea")
    assert said.code == 0
    assert f"seminar {CODE} is paused until 05/11/2026 11:15." in said.out
    line = f"paused: seminar {CODE}, until 05/11/2026 11:15, by maria.papadea since 02/11/2026 11:15: another room"
    for words in (("status",), ("seminar", CODE), ("explain", "teacher1")):
        assert line in kypek(*words).out
    assert CODE in kypek("pause").out
    assert kypek("resume", "seminar", CODE).code == 0
    assert kypek("pause").out == "Nothing is paused.\n"
    assert kypek("resume", "seminar", CODE).code == 1


def test_a_paused_kypek_says_so_and_is_no_error(full: Centre, kypek: Terminal) -> None:
    kypek("pause", "kypek", "att-a", "--why", "moving house", "--who", "maria.papadea", "--until", "30/11/2026")
    said = kypek("sync", language="el")
    assert said.code == 0
    assert "Σε παύση από maria.papadea ως 30/11/2026 23:59 (kypek att-a): moving house" in said.out
    assert "Τίποτα δεν έμεινε να γίνει" not in said.out
    assert group(full, full.world.courses()[0].code) == set()
    kypek("resume", "kypek", "att-a")
    kypek("sync")
    assert group(full, full.world.courses()[0].code) == {"teacher1", "teacher2"}


def test_a_plan_from_a_file_waits_while_its_kypek_is_paused(full: Centre, kypek: Terminal) -> None:
    kypek("sync", "--lane", "directory")
    file = full.folder / "plan.json"
    assert kypek("plan", "--lane", "seats", "-o", file).code == 2
    kypek("pause", "kypek", "att-a", "--why", "moving house")
    said = kypek("apply", file)
    assert said.code == 2
    assert "moving house" in said.out
    assert group(full, full.world.courses()[0].code) == set()
    assert "moving house" in kypek("plan", "--format", "md").out
    kypek("resume", "kypek", "att-a")
    assert kypek("apply", file).code == 0
    assert group(full, full.world.courses()[0].code) == {"teacher1", "teacher2"}


def test_a_paused_connector_leaves_its_changes_aside(full: Centre, kypek: Terminal) -> None:
    kypek("pause", "connector", "eclass", "--why", "upgrade")
    said = kypek("sync")
    assert said.code == 0
    assert "Left alone: paused" in said.out
    assert "upgrade" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("connector", "eclas", "--why", "x"),
        ("kypek", "att-z", "--why", "x"),
        ("connector", "eclass"),
        ("connector", "eclass", "--why", "x", "--for", "soon"),
        ("connector", "eclass", "--why", "x", "--until", "1/1/2020"),
        ("connector", "eclass", "--why", "x", "--until", "30/11/2026", "--for", "3d"),
    ],
)
def test_a_pause_that_says_too_little_is_wrong_usage(kypek: Terminal, words: tuple[str, ...]) -> None:
    assert kypek("pause", *words).code == 64
    assert kypek("pause", "--json").json == []


def test_a_seminar_that_nobody_knows_cannot_be_paused(kypek: Terminal) -> None:
    assert kypek("pause", "seminar", "EKFE-99", "--why", "x").code == 1


# ------------------------------------------------------------------------------------------------ mail


def test_redirected_mail_is_said_loudly(full: Centre, kypek: Terminal) -> None:
    with with_mail(full):
        assert "ALL MAIL GOES TO" not in kypek("check").out + kypek("status").out
        full.services["all_mail_to"] = "trial@example.gr"
        full.settings()
        assert "ALL MAIL GOES TO trial@example.gr" in kypek("status").out
        assert "ALL MAIL GOES TO trial@example.gr" in kypek("check").out
        assert kypek("status", "--json").json[0]["all_mail_to"] == "trial@example.gr"
        full.services["all_mail_to"] = "nobody"
        full.settings()
        assert kypek("status").code == 1
