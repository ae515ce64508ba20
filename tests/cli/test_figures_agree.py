"""After failures the summary, `runs list` and `errors list` count alike."""

from __future__ import annotations

import json

from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher

WAITING = "Waiting for another change or a system to succeed first: {}."


def figures(kypek: Terminal) -> tuple[int, int, int]:
    """Made, failed and put off in the newest pass of the seats."""
    run = next(one for one in kypek("runs", "list", "--json").json if one["lane"] == "seats")
    return run["made"], run["failed"], run["put_off"]


def test_what_only_waits_for_another_change_has_not_failed(full: Centre, kypek: Terminal) -> None:
    """Of 92 changes that «failed» 86 had not been tried: `errors list` knew 6, and `runs list` showed no failure."""
    file = full.folder / "plan.json"
    kypek("plan", "-o", file)
    body = json.loads(file.read_text("utf-8"))
    for one in body["passes"]:
        one["changes"] = [change for change in one["changes"] if change["verb"] != "course.adopt"]
    rest = sum(len(one["changes"]) for one in body["passes"])
    file.write_text(json.dumps(body), encoding="utf-8")
    said = kypek("apply", file)
    assert said.code == 1
    assert "0 changes made" in said.out
    assert "0 failed." in said.out
    assert WAITING.format(rest) in said.out
    assert figures(kypek) == (0, 0, rest)
    assert kypek("errors", "list", "--json").json == []


def test_what_was_tried_and_refused_has_failed_everywhere(full: Centre, kypek: Terminal) -> None:
    full.people(*TEACHERS, Teacher("newtrainer"))  # eClass has never seen them
    file = full.folder / "ekfe.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("επιμορφωτές: trainer1", "επιμορφωτές: [trainer1, newtrainer]"), encoding="utf-8")
    said = kypek("sync")
    made, failed, put_off = figures(kypek)
    assert f"{made} changes made, 0 planned, 0 held, 1 failed." in said.out
    assert (failed, put_off) == (1, 0)
    assert "first:" not in said.out
    assert len(kypek("errors", "list", "--json").json) == 1
    headings = kypek("runs", "list", language="el").out.splitlines()[0]
    assert "Απέτυχαν" in headings
    assert "Αναβλήθηκαν" in headings
