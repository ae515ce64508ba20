"""Who gets a seat gets the paper for their school with the letter, on a real wire; nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from kypek_sync.sandbox.mail import Sink
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import seminar, text


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


def papers(sink: Sink, login: str) -> list[list[bytes]]:
    """The PDFs of each letter to somebody, oldest first."""
    found = []
    for one in sink.messages():
        if one.recipients[0].startswith(f"{login}@"):
            parts = [part for part in one.message.iter_attachments() if part.get_content_type() == "application/pdf"]
            found.append([bytes(part.get_payload(decode=True)) for part in parts])  # type: ignore[arg-type]
    return found


def words(content: bytes) -> str:
    return " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())


def test_a_seat_comes_with_the_paper_for_the_school_and_a_place_in_the_line_does_not(
    centre: Centre, sink: Sink
) -> None:
    centre.services |= {"mail": "kypek@sch.example", "letterhead": "[ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ]"}
    centre.settings()
    seminar(centre, applicants=3, day=12)
    sync_once(centre)
    ((paper,),) = papers(sink, "teacher1")
    for part in (
        "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ ΚΥΠΕΚ Α΄ Αθήνας ΕΚΦΕ",
        "Όνομα Teacher1",
        "Υπηρετεί 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ",
        "«Σεμινάριο EKFE-26-01» (κωδικός EKFE-26-01)",
        "Παρ 12 Μαρτίου 2027 17:00–20:00 ΕΚΦΕ",
        "kypek@sch.example",
    ):
        assert part in words(paper)
    assert "700000" not in words(paper)  # their registry number (D-4)
    assert papers(sink, "teacher3") == [[]]
    told = [text(one.message) for one in sink.messages()]
    assert [one.count("βεβαίωση επιλογής για τη διεύθυνση του σχολείου σας") for one in told] == [1, 1, 0]


def test_a_letter_that_has_to_go_out_twice_brings_the_same_file(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=1, day=12)
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET sent = NULL")
    sync_once(centre, "mail")
    first, second = papers(sink, "teacher1")
    assert first == second


def test_who_lost_the_seat_before_the_letter_went_out_gets_no_paper(centre: Centre, sink: Sink) -> None:
    _, course = seminar(centre, applicants=1, day=12)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    sync_once(centre, "mail")
    assert not any(papers(sink, "teacher1"))


def test_other_dates_bring_a_new_paper(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=1, day=12)
    sync_once(centre)
    centre.seminar("EKFE-26-01", day=19)
    sync_once(centre)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    _, (paper,) = papers(sink, "teacher1")
    assert "Παρ 19 Μαρτίου 2027" in words(paper)
    assert "Αντικαθιστά" in words(paper)
