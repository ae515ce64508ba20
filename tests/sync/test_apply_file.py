"""`plan -o FILE`, then `apply FILE`: what still holds true is applied, the rest is refused by name (design, rule 7)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.cli import run
from kypek_sync.contract import Target
from kypek_sync.ledger import outbox, pins
from kypek_sync.sync.planning.desired import SEATED
from tests.sync.centre import Centre, group, seats, sync_once


def command(centre: Centre, *words: str) -> int:
    return run(["--settings", str(centre.folder / "kypek.yaml"), "--lang", "en", *words], clock=centre.clock)


@pytest.fixture
def planned(centre: Centre) -> Path:
    """A plan for a seminar whose existing course three teachers have joined; two have a seat."""
    course = centre.course()
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    centre.seminar(course=centre.address(course))
    file = centre.folder / "plan.json"
    assert command(centre, "plan", "-o", str(file)) == 2
    return file


def course_of(centre: Centre) -> str:
    return next(c.code for c in centre.world.courses())


def changes(file: Path) -> list[dict[str, Any]]:
    return [c for one in json.loads(file.read_text(encoding="utf-8"))["passes"] for c in one["changes"]]


def without(file: Path, verb: str) -> None:
    """The plan less the changes of a kind, as somebody may cut it by hand."""
    body = json.loads(file.read_text(encoding="utf-8"))
    for one in body["passes"]:
        one["changes"] = [c for c in one["changes"] if c["verb"] != verb]
    file.write_text(json.dumps(body), encoding="utf-8")


def test_a_plan_changes_nothing_and_decides_nothing(centre: Centre, planned: Path) -> None:
    assert centre.server.calls["write"] == 0
    assert seats(centre, "EKFE-26-01") == {}
    assert sorted((c["verb"], c["target"]["login"]) for c in changes(planned)) == [
        ("course.adopt", ""),
        ("enrolment.add", "trainer1"),
        ("group.create", ""),
        ("membership.add", "teacher1"),
        ("membership.add", "teacher2"),
    ]


def test_a_plan_is_the_same_however_often_it_is_made(centre: Centre, planned: Path) -> None:
    before = planned.read_text(encoding="utf-8")
    command(centre, "plan", "-o", str(planned))
    assert planned.read_text(encoding="utf-8") == before


def test_what_still_holds_true_is_applied(centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(centre, "apply", str(planned)) == 0
    assert "Not applied" not in capsys.readouterr().out
    assert group(centre, course_of(centre)) == {"teacher1", "teacher2"}
    assert not sync_once(centre)["seats"].done


def test_what_is_no_longer_wanted_is_counted_and_the_rest_applied(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is left to do about it, so it is no mistake: a line for each of them hid what else there was."""
    centre.world.unenrol("teacher2", course_of(centre))
    assert command(centre, "apply", str(planned)) == 0
    told = capsys.readouterr().out
    assert "No longer needed: 1 (done already, or their reason is gone)." in told
    assert "Not applied" not in told
    assert group(centre, course_of(centre)) == {"teacher1"}


def test_what_is_no_longer_wanted_hides_nothing_that_was_refused(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.world.unenrol("teacher2", course_of(centre))
    centre.apply("trainer1", course_of(centre))  # a student now: not the change that was planned
    assert command(centre, "apply", str(planned)) == 1
    told = capsys.readouterr().out
    assert "No longer needed: 1 " in told
    assert told.count("Not applied") == 1
    assert "Not applied: enrol eclass EKFE-26-01 trainer1. It is another change now" in told


def test_machines_are_told_by_name_what_is_no_longer_wanted(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.world.unenrol("teacher2", course_of(centre))
    capsys.readouterr()
    assert command(centre, "apply", str(planned), "--json") == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert [(one["verb"], one["target"]["login"]) for one in report["over"]] == [("membership.add", "teacher2")]


def test_a_change_whose_before_is_another_now_is_refused(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trainer was to be enrolled; meanwhile they joined as a student, so it would be another change."""
    centre.apply("trainer1", course_of(centre))
    assert command(centre, "apply", str(planned)) == 1
    assert (
        "Not applied: enrol eclass EKFE-26-01 trainer1. It is another change now: from «role student» to «role "
        "trainer», and the plan has «–» to «role trainer»." in capsys.readouterr().out
    )
    roles = {m.username: m.role for m in centre.world.members(course_of(centre))}
    assert roles["trainer1"] == "student"
    assert group(centre, course_of(centre)) == {"teacher1", "teacher2"}


def test_what_is_wanted_anew_is_not_applied(centre: Centre, planned: Path) -> None:
    """Only what the file names: the person who has looked at it has not seen more."""
    centre.seminar(capacity=3)
    assert command(centre, "apply", str(planned)) == 0
    assert group(centre, course_of(centre)) == {"teacher1", "teacher2"}
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        told = {row.notice.login for row in outbox.listed(connection, "att-a")}
    assert told == {"teacher1", "teacher2"}  # teacher3 has a seat, but the platform does not show it yet
    sync_once(centre)
    assert group(centre, course_of(centre)) == {"teacher1", "teacher2", "teacher3"}


def test_a_plan_that_was_applied_leaves_nothing_to_do_the_second_time(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ended as an error, with «no longer wanted» on a line for each of 188 changes."""
    command(centre, "apply", str(planned))
    writes = centre.server.calls["write"]
    capsys.readouterr()
    assert command(centre, "apply", str(planned)) == 0
    told = capsys.readouterr().out
    assert "No longer needed: 5 (done already, or their reason is gone).\nNothing was left to do." in told
    assert "Not applied" not in told
    assert centre.server.calls["write"] == writes


def test_what_needs_something_that_was_cut_from_the_plan_waits_and_stops_nobody(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without(planned, "course.adopt")
    assert command(centre, "apply", str(planned)) == 1
    assert "does not exist yet" in capsys.readouterr().out
    assert centre.server.calls["write"] == 0
    sync_once(centre)
    assert group(centre, course_of(centre)) == {"teacher1", "teacher2"}


@pytest.mark.parametrize("text", ["", "[]", '{"format": "another 1", "passes": []}', '{"format": 3}'])
def test_what_is_no_plan_is_refused(centre: Centre, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = centre.folder / "plan.json"
    file.write_text(text, encoding="utf-8")
    centre.seminar()
    assert command(centre, "apply", str(file)) == 1
    assert "Make a new one" in capsys.readouterr().err


def test_a_plan_that_is_cut_off_or_of_another_version_says_so(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = planned.read_text(encoding="utf-8")
    for written, sentence in (
        (whole[: len(whole) // 2], "is cut off or damaged at line"),
        (whole.replace("kypek-sync plan 1", "kypek-sync plan 2"), "is of another version (kypek-sync plan 2)"),
        (whole.replace('"seats"', '"seas"'), "is not a plan"),
        ("# Plan", "is not a plan"),
    ):
        planned.write_text(written, encoding="utf-8")
        assert command(centre, "apply", str(planned)) == 1
        assert sentence in capsys.readouterr().err
    planned.write_bytes(b"\xff\xfe\x00")
    assert command(centre, "apply", str(planned)) == 1
    assert "is not a plan" in capsys.readouterr().err
    assert centre.server.calls["write"] == 0


def test_a_plan_in_which_everything_waited_has_nothing_to_apply(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.settings(mode="propose")
    command(centre, "plan", "-o", str(planned))
    assert command(centre, "apply", str(planned)) == 1
    assert "There is nothing in" in capsys.readouterr().err


def test_what_is_held_meanwhile_says_which_hold_and_what_to_do(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.settings(mode="propose")
    assert command(centre, "apply", str(planned)) == 2  # only held: no error
    told = capsys.readouterr().out
    assert "It is held now as hold 1: look with `kypek-sync holds show 1`, then `holds approve 1`" in told
    assert "eclass is in mode `propose`" in told
    assert command(centre, "holds", "approve", "1") == 0
    centre.clock.turn(minutes=1)
    assert command(centre, "apply", str(planned)) == 0
    assert group(centre, course_of(centre)) == {"teacher1", "teacher2"}


def test_what_was_rejected_meanwhile_is_not_made_by_a_file(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.settings(mode="propose")
    command(centre, "apply", str(planned))
    command(centre, "holds", "reject", "1")
    centre.settings(mode="apply")
    assert command(centre, "apply", str(planned)) == 1
    assert "It was rejected as hold 1" in capsys.readouterr().out
    assert centre.server.calls["write"] == 0


def test_where_a_system_is_only_observed_meanwhile_it_says_so(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.settings(mode="observe")
    assert command(centre, "apply", str(planned)) == 2
    assert "It is only shown. eclass is in mode `observe`" in capsys.readouterr().out


def test_what_is_pinned_meanwhile_is_left_alone_and_says_so(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        spot = "membership", Target("eclass", "EKFE-26-01", SEATED, "teacher2")
        pins.add(connection, "att-a", [spot], run=None, who="maria", why="a talk first", now=centre.clock.now)
    assert command(centre, "apply", str(planned)) == 2
    told = capsys.readouterr().out
    assert "Not applied: add to group eclass EKFE-26-01 Συμμετέχοντες teacher2. It is pinned." in told
    assert "maria" in told
    assert group(centre, course_of(centre)) == {"teacher1"}


def test_a_seminar_that_is_not_in_force_is_named(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned.write_text(planned.read_text(encoding="utf-8").replace("EKFE-26-01", "EKFE-26-99"), encoding="utf-8")
    assert command(centre, "apply", str(planned)) == 1
    assert "No programme in force has the seminar EKFE-26-99." in capsys.readouterr().out
    assert centre.server.calls["write"] == 0


def test_a_course_that_cannot_be_read_is_no_reason_to_drop_the_plan(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.faults.set("eclass:unavailable")
    assert command(centre, "apply", str(planned)) == 1
    assert "eclass could not be read for EKFE-26-01, so nobody can tell." in capsys.readouterr().out


def test_a_missing_plan_is_named(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(centre, "apply", str(centre.folder / "nowhere.json")) == 1
    assert "nowhere.json" in capsys.readouterr().err


def test_a_plan_for_another_centre_is_refused(
    centre: Centre, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned.write_text(planned.read_text(encoding="utf-8").replace('"att-a"', '"att-v"'), encoding="utf-8")
    assert command(centre, "apply", str(planned)) == 1
    assert "att-v" in capsys.readouterr().err
