"""A plan can be read on the terminal, as JSON, Markdown and HTML, now and after its run; each form says the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.cli.plan_html import html
from kypek_sync.cli.plan_markdown import markdown
from kypek_sync.cli.plan_words import COLUMNS, sheet
from kypek_sync.contract import Change, Target, Verb
from kypek_sync.language import Sentence, speaker
from kypek_sync.ledger.plans import Plan, Planned, Stand, Standing
from kypek_sync.sync.report import LaneReport
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GREEK, ENGLISH = speaker("el"), speaker("en")
HELD = Standing(Stand.HELD, "limit", 7, Sentence("because <b>so</b>"))
NASTY = "</td><script>alert(1)</script>|a\nb`c*d_[e](javascript:f)\u202e"


def report(*planned: Planned, problems: tuple[str, ...] = ()) -> LaneReport:
    made = LaneReport("att-a", "seats", problems=list(problems))
    made.plan = Plan("att-a", "seats", NOW, planned)
    return made


def change(login: str = "anna", because: tuple[str, ...] = ("ekfe.xlsx: Φύλλο, γραμμή 3",)) -> Change:
    target = Target("eclass", "EKFE-26-01", "Συμμετέχοντες", login)
    return Change(Verb.JOIN_GROUP, target, (), (("group", "Συμμετέχοντες"),), because)


class Page(HTMLParser):
    """What a browser would make of it: the elements in order, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_is_well_formed_greek_and_needs_nothing_else() -> None:
    made = html(sheet([report(Planned(change()), Planned(change("dora"), HELD))], GREEK), GREEK, "el")
    page = Page(made)
    assert page.open == []
    assert page.all("html") == [{"lang": "el"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    tables = page.all("table")
    assert len(tables) == len(page.all("caption")) == 2
    assert sum(th.get("scope") == "col" for th in page.all("th")) == 2 * len(COLUMNS)
    assert sum(th.get("scope") == "row" for th in page.all("th")) == 2
    assert not page.all("script") + page.all("link") + page.all("img")
    assert "src=" not in made
    assert "http://" not in made
    for words in ("Σχέδιο αλλαγών", "Θα γίνουν", "Περιμένουν απόφαση ανθρώπου (αναμονή 7)", "ομάδα: Συμμετέχοντες"):
        assert words in page.text


def test_what_foreign_systems_say_is_shown_and_never_carried_out() -> None:
    nasty = report(
        Planned(change(NASTY, (NASTY,)), Standing(Stand.HELD, "limit", 7, Sentence(NASTY))), problems=(NASTY,)
    )
    made = sheet([nasty], ENGLISH)
    page = Page(html(made, ENGLISH, "en"))
    assert page.open == []
    assert not page.all("script") + page.all("b")
    assert "<script>alert(1)</script>" in page.text
    written = markdown(made, ENGLISH)
    assert "<" not in written
    assert "\u202e" not in written + page.text  # nothing turns the direction of what is read


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_no_text_breaks_a_markdown_table(words: list[str]) -> None:
    written = markdown(sheet([report(Planned(change(words[0], tuple(words))))], ENGLISH), ENGLISH)
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows] == [len(COLUMNS) + 1] * 3


def test_each_way_of_standing_has_its_words_and_says_what_to_do() -> None:
    stands = [Standing(stand, "limit" if stand is Stand.HELD else "", 3) for stand in (Stand.HELD, Stand.REJECTED)]
    stands += [Standing(stand, why=Sentence("until noon")) for stand in (Stand.PINNED, Stand.PAUSED, Stand.RESTING)]
    stands += [Standing(Stand.HELD, "mode"), Standing(Stand.FREE, hold=9)]
    made = sheet([report(*(Planned(change(f"t{n}"), s) for n, s in enumerate(stands)))], ENGLISH)
    blocks = made.sections[0].blocks
    assert [block.heading for block in blocks] == [
        "To be made: approved under hold 9",
        "Would be made (`observe`)",
        "Waits for a person (hold 3)",
        "Rejected by a person (hold 3)",
        "Left alone: pinned",
        "Left alone: paused",
        "Left alone: rests after a setback",
    ]
    assert [bool(block.step) for block in blocks] == [False, False, True, False, False, False, False]
    assert made.facts == (
        "Changes to be made: 1. Waiting for a person: 1. Rejected or left alone: 4. "
        "Would be made: 1 (`observe`: only watched, nobody is asked).",
    )


def test_a_plan_is_written_in_the_form_that_is_asked_for(full: Centre, kypek: Terminal) -> None:
    table = kypek("plan")
    assert table.code == 2
    again = kypek("plan", "--format", "table").out
    assert again[again.index("Seats and courses") :] == table.out[table.out.index("Seats and courses") :]
    body = kypek("plan", "--format", "json").json
    assert body["format"] == "kypek-sync plan 1"
    assert {c["verb"] for c in body["passes"][0]["changes"]} >= {"course.adopt", "membership.add"}
    assert kypek("plan", "--format", "md").out.startswith("# Plan\n")
    assert kypek("plan", "--format", "html", language="el").out.startswith('<!DOCTYPE html>\n<html lang="el">')
    assert kypek("plan", "--format", "pdf").code == 64


def test_a_file_has_the_form_that_its_name_asks_for(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    for name, start in {"a.json": "{", "a.md": "# ", "a.HTML": "<!DOCTYPE"}.items():
        assert kypek("plan", "-o", tmp_path / name).code == 2
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    kypek("plan", "-o", tmp_path / "a.txt", "--format", "md")
    assert (tmp_path / "a.txt").read_text("utf-8") == (tmp_path / "a.md").read_text("utf-8")
    for unknown in ("a.pdf", "a"):
        refused = kypek("plan", "-o", tmp_path / unknown)
        assert (refused.code, refused.out) == (64, "")
        assert ".json, .md, .markdown, .html, .htm" in refused.err
        assert not (tmp_path / unknown).exists()
    said = kypek("plan", "-o", tmp_path / "nowhere" / "a.md")
    assert (said.code, "cannot be written" in said.err) == (1, True)


def test_the_plan_of_a_run_is_kept_with_it_and_shown_later(full: Centre, kypek: Terminal) -> None:
    full.settings(mode="propose")
    before = json.loads(kypek("plan", "--format", "json").out)["passes"][0]
    kypek("sync")
    (number,) = [run["id"] for run in kypek("runs", "list", "--json").json if run["lane"] == "seats"]
    kept = kypek("runs", "show", number, "--plan", "--format", "json").json["passes"][0]
    assert kept["hash"] == before["hash"]
    (apart,) = kept["apart"]
    assert (apart["stand"], apart["guard"]) == ("held", "mode")
    assert apart["hold"] == kypek("holds", "list", "--json").json[0]["id"]
    shown = kypek("runs", "show", number, "--plan").out
    assert f"Made by run {number} on 02/11/2026 11:00." in shown
    assert "eclass is in mode `propose`" in shown
    greek = kypek("runs", "show", number, "--plan", "--format", "html", language="el").out
    assert "Το eclass είναι σε λειτουργία `propose`" in greek


def test_a_run_without_changes_and_a_plan_that_was_only_shown_keep_none(full: Centre, kypek: Terminal) -> None:
    kypek("plan")
    runs = kypek("runs", "list", "--json").json
    assert {run["lane"] for run in runs} == {"directory"}  # read into our own ledger, also for a plan
    said = kypek("runs", "show", runs[0]["id"], "--plan")
    assert (said.code, "has no plan" in said.err) == (1, True)


def test_every_change_says_its_source_its_rule_and_the_reads_it_rests_on(full: Centre, kypek: Terminal) -> None:
    changes = kypek("plan", "--format", "json").json["passes"][0]["changes"]
    reasons = {(c["verb"], c["target"]["login"]): " | ".join(c["because"]) for c in changes}
    for said in reasons.values():
        assert "ekfe.yaml" in said
        assert "eclass" in said
        assert "ανάγνωση 02/11/2026 11:00" in said
    assert "πλήρης" in reasons["membership.add", "teacher1"]
    assert "directory, ανάγνωση 02/11/2026" in reasons["membership.add", "teacher1"]


@pytest.mark.parametrize("lane", ["seats"])
def test_reasons_and_times_do_not_change_what_a_plan_is(full: Centre, kypek: Terminal, lane: str) -> None:
    first = kypek("plan", "--format", "json").json["passes"][0]
    full.clock.turn(minutes=1)
    second = kypek("plan", "--format", "json").json["passes"][0]
    assert first["hash"] == second["hash"]
    assert [c["because"] for c in first["changes"]] != [c["because"] for c in second["changes"]]


def test_roles_and_moments_are_said_as_people_say_them() -> None:
    """The plan for the council said «ρόλος: trainer» and gave hours in UTC."""
    after = (("ends", "2027-03-12T18:00:00+00:00"), ("role", "trainer"))
    enrol = replace(change(), before=(), after=after)
    made = markdown(sheet([report(Planned(enrol))], GREEK), GREEK)
    assert "ρόλος: επιμορφωτής" in made
    assert "12/03/2027 20:00" in made
    assert "2027-03-12T" not in made
