"""No sentence ends twice: one that stands inside another one loses its own full stop (`language.clause`)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kypek_sync.cli.foreign_words import worded
from kypek_sync.language import Sentence, clause, speaker
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre

DOUBLED = re.compile(r"(?<!\.)\.\.(?![./])|\.\)\.|\.[»”\"]\.|[^\s…·✓✗] \.(?:\s|$)|\.[;,]")
"""Full stops that follow each other, also behind a bracket, and one that stands alone."""
SAMPLE = Path(__file__).parents[3] / "shared" / "recorded" / "directory" / "sample.ldif"


def ill_ended(said: str) -> list[str]:
    """What of a text ends twice, with the words beside it."""
    joined = re.sub(r"\s+", " ", said)
    return [joined[max(0, found.start() - 50) : found.end() + 10] for found in DOUBLED.finditer(joined)]


@pytest.mark.parametrize(
    "bad", ["It is so.. ", "in part (Try later.). What", "It is so .", "«Try later.».", "so.; then"]
)
def test_such_ends_are_seen(bad: str) -> None:
    assert ill_ended(bad)
    assert not ill_ended("It is so. In part (try later). And … 1.5 file.csv, see ../shared, so...")


@pytest.mark.parametrize("language", ["el", "en"])
def test_a_fact_that_is_a_sentence_is_a_clause_within_another_one(language: str) -> None:
    text, why = speaker(language), "It is 40 days old, more than the 7 days allowed."
    assert clause(why) == why[:-1]
    for message in ("one (%(why)s). Next", "one: %(why)s. Next", "one «%(why)s».", "one, %(why)s; then"):
        assert not ill_ended(text(message, why=why))
    assert text("It was so: %(why)s", why=why).endswith("allowed.")
    assert Sentence.of("one (%(why)s).", why=why).said(text).endswith("allowed).")
    assert not ill_ended(
        worded(f"directory: people was read only in part ({clause(why)}). What was seen counts.", text)
    )


Said = list[tuple[tuple[object, ...], str]]


def everything_said(kypek: Terminal, *more: tuple[object, ...]) -> Said:
    """What the commands say in Greek that quote findings and explanations."""
    codes = [one["code"] for one in kypek("directory", "findings", "--json").json["kinds"]]
    by_kind = [("directory", "findings", "--code", code, "--limit", "500") for code in codes]
    found = []
    for words in (("sync",), ("check",), ("status",), *by_kind, *more):
        said = kypek(*words, language="el")
        found.append((words, f"{said.out}\n{said.err}"))
    return found


def test_no_sentence_of_a_centre_with_all_its_troubles_ends_twice(full: Centre, kypek: Terminal) -> None:
    """An export beyond its age, smaller than before, cut; people waiting, refused and unknown."""
    said = everything_said(kypek, *(("explain", login) for login in ("teacher1", "teacher4", "stranger")))
    file = full.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("max_age: 400 days", "max_age: 7 days"), "utf-8")
    full.clock.turn(days=9)
    said += everything_said(kypek, ("tickets", "list"), ("explain", "teacher1"))
    full.people(*TEACHERS[:3])
    said += everything_said(kypek)
    export = full.folder / "directory.ldif"
    export.write_text(export.read_text("utf-8")[:-20], "utf-8")
    said += everything_said(kypek)
    assert any("μόνο εν μέρει" in text and "κομμένη" in text for _, text in said)
    assert [(words, bad) for words, text in said if (bad := ill_ended(text))] == []


@pytest.mark.skipif(not SAMPLE.exists(), reason="the recorded directory is not here")
def test_no_finding_of_the_dirty_sample_ends_twice(centre: Centre, kypek: Terminal) -> None:
    export = centre.folder / "directory.ldif"
    export.write_bytes(SAMPLE.read_bytes())
    os.utime(export, (centre.clock.now.timestamp(),) * 2)
    kypek("directory", "refresh")
    persons = [one["login"] for one in kypek("directory", "find", "a", "--json").json["people"]][:4]
    said = everything_said(kypek, *(("directory", "person", login) for login in persons))
    assert len(said) > 10
    assert [(words, bad) for words, text in said if (bad := ill_ended(text))] == []
