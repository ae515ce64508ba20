"""`programme send --month` as an administrator meets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from kypek_sync.ledger import holds, outbox
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sandbox.mail import Sink
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import mail
from tests.sync.test_programme_letters import JANUARY, reached, schools


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        centre.clock.now = JANUARY
        schools(centre)
        centre.seminar("EKFE-26-01", day=12, title="Πειράματα")
        sync_once(centre)
        yield it


def test_a_look_at_it_sends_nothing(centre: Centre, sink: Sink, kypek: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "look"
    said = kypek("programme", "send", "--month", "--preview", "--dir", folder, language="el")
    assert said.code == 0
    assert "το πρόγραμμα θα πήγαινε σε 2 σχολεία" in said.out
    assert "δεν παίρνουν τίποτα: 1\n  0501003 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in said.out
    assert "Πειράματα" in (folder / "att-a" / "letter.txt").read_text("utf-8")
    assert "Πειράματα" in (folder / "att-a" / "letter.html").read_text("utf-8")
    assert "Πειράματα" in PdfReader(folder / "att-a" / "programma.pdf").pages[0].extract_text()
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert outbox.listed(connection, "att-a") == []


def test_it_says_what_comes_next_and_status_how_far_it_is(centre: Centre, sink: Sink, kypek: Terminal) -> None:
    said = kypek("programme", "send", "--month", language="el").out
    assert "μηνύματα για 2 σχολεία" in said
    assert "holds approve" in said
    assert "0501003" in said
    mail(centre)
    assert "1/2027: έτοιμο, χωρίς έγκριση ακόμη, για αποστολή 2" in kypek("status", language="el").out
    with centre.installation() as inst, inst.ledger.begin() as connection:
        (hold,) = holds.listed(connection, "att-a")
        holds.decide(connection, hold.id, HoldState.APPROVED, "admin1", centre.clock(), None)
    mail(centre)
    assert len(reached(sink)) == 2
    assert "1/2027: στάλθηκαν 2, μένουν 0" in kypek("status", language="el").out
    assert kypek("status", "--json").json[0]["programme_to_schools"]["sent"] == 2
    again = kypek("programme", "send", "--month", language="el").out
    assert "μηνύματα για 0 σχολεία· είχαν ήδη το δικό τους: 2" in again
    assert "holds approve" not in again


def test_a_trial_sends_no_school_anything_and_says_why(centre: Centre, sink: Sink, kypek: Terminal) -> None:
    centre.services["all_mail_to"] = "trial@sch.example"
    centre.settings()
    said = kypek("programme", "send", "--month", language="el")
    assert said.code == 1
    assert "πηγαίνει στο trial@sch.example, οπότε κανένα σχολείο δεν θα λάβαινε το πρόγραμμα" in said.err
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert outbox.listed(connection, "att-a") == []


def test_an_empty_programme_is_said_to_be_empty(centre: Centre, sink: Sink, kypek: Terminal) -> None:
    centre.seminar("EKFE-26-01", status="ακυρώθηκε")
    sync_once(centre, "seats")
    for more in ((), ("--preview",)):
        assert "δεν στέλνεται τίποτα" in kypek("programme", "send", "--month", *more, language="el").out


def test_without_mail_or_without_month_it_says_so(centre: Centre, kypek: Terminal) -> None:
    assert "--month" in kypek("programme", "send").err
    said = kypek("programme", "send", "--month")
    assert (said.code, "`post`" in said.err + said.out) == (1, True)
