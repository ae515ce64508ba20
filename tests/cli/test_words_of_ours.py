"""Stable words of ours are said in Greek wherever people read them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from kypek_sync.cli.foreign_words import finding_word, worded
from kypek_sync.cli.report import show
from kypek_sync.cli.subjects import scope_word, subject_word
from kypek_sync.language import speaker
from kypek_sync.ledger.identities import DOUBTFUL
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.seats.unsure import FINDINGS
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

GREEK = speaker("el")
GLAD = "sch: people who were known from directory are recognised here by their keys."


def shown(report: LaneReport) -> str:
    out = Console(file=io.StringIO(), width=400)
    show(out, [report], GREEK)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


@pytest.mark.parametrize(
    "note", [GLAD, "sch: people who applied while another directory was read (3) are recognised here by their keys."]
)
def test_that_people_are_recognised_is_a_note_and_waits_for_nobody(note: str) -> None:
    report = LaneReport("att-a", "directory", notes=[note])
    assert (report.outcome, exit_code([report])) == ("done", 0)
    assert "Σημείωση: sch: " in shown(report)
    assert "people" not in shown(report)
    assert "Περιμένει διόρθωση" not in shown(report)


def test_what_somebody_has_to_do_is_still_told_as_such() -> None:
    report = LaneReport("att-a", "directory", notes=[GLAD, "sch: 3 of 9 people lost their mail at once."])
    assert (report.outcome, exit_code([report])) == ("held", 2)
    assert shown(report).count("Περιμένει διόρθωση") == shown(report).count("Σημείωση") == 1


def test_scopes_subjects_and_findings_have_words() -> None:
    assert [scope_word(one, GREEK) for one in ("people", "units")] == ["άτομα", "μονάδες"]
    assert scope_word("ou=people,dc=sch,dc=gr", GREEK) == "ou=people,dc=sch,dc=gr"
    assert subject_word("announcements", GREEK) == "ανακοινώσεις σε μαθήματα"
    assert finding_word("unit-name-unknown", GREEK) == "μονάδα που αναφέρεται μόνο με όνομα"
    assert set(FINDINGS) == DOUBTFUL
    assert all(finding_word(code, GREEK) == GREEK(words) for code, words in FINDINGS.items())
    said = worded("The same registry key is held by a, b; ask the directory which of them is right.", GREEK)
    assert said.startswith("Το ίδιο κλειδί (αριθμός μητρώου) έχουν οι a, b·")


def test_the_journal_says_what_became_of_a_seat(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    told = " ".join(kypek("journal", "list", "-n", "200", language="el").out.split())
    assert "έχει θέση" in told
    assert "granted" not in told
