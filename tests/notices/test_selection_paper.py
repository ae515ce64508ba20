"""The paper for the head of the school: what it says, that it is one page, and that it is always the same file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from kypek_sync.language import speaker
from kypek_sync.ledger.codec import dump
from kypek_sync.model import Form
from kypek_sync.notices.calendar import Meeting
from kypek_sync.notices.calendar_file import Sender
from kypek_sync.notices.calendar_letters import FACT, Dates
from kypek_sync.notices.programme_letter import Leaflet, Line, Month, programme_paper
from kypek_sync.notices.selection_paper import Selection, papers, selection_paper

GREEK = speaker("el")
ISSUED = datetime(2026, 9, 24, 22, 30, tzinfo=UTC)
"""The 25th in Greece."""
START = datetime(2026, 10, 22, 14, 0, tzinfo=UTC)


def meeting(number: int, form: Form = Form.IN_PERSON, place: str = "1ο ΕΚΦΕ, αίθουσα Φυσικής") -> Meeting:
    starts = START + timedelta(weeks=number - 1)
    ends = starts + timedelta(hours=2, minutes=30)
    return Meeting(str(number), "Σεμινάριο", starts, ends, form, place, "", False, 0, ISSUED, "page")


ONE = Selection(
    name="Δήμητρα Παπαϊωάννου",
    units=("2ο ΓΥΜΝΑΣΙΟ ΧΟΛΑΡΓΟΥ",),
    title="Προϋπάρχουσες ιδέες: από το «γιατί» στο πείραμα",
    code="EKFE-26-01",
    structure="ΕΚΦΕ Χολαργού",
    centre="Κ.ΥΠ.Ε.Κ. Β΄ Αθήνας",
    mail="info@kypek.example",
    page="https://kypek.example/s/EKFE-26-01",
    letterhead=("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ",),
    meetings=(meeting(1), meeting(2, Form.ONLINE, "")),
    issued=ISSUED,
)


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content), strict=True)


def said(its: Selection) -> str:
    """Its words, in one line."""
    return " ".join(read(selection_paper(its, GREEK, "el")).pages[0].extract_text().split())


def test_it_says_who_what_when_where_and_who_gives_it() -> None:
    words = said(ONE)
    for part in (
        "ΒΕΒΑΙΩΣΗ ΕΠΙΛΟΓΗΣ",
        "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ Κ.ΥΠ.Ε.Κ. Β΄ Αθήνας ΕΚΦΕ Χολαργού",
        "Ημερομηνία: 25 Σεπτεμβρίου 2026",
        "Προς: 2ο ΓΥΜΝΑΣΙΟ ΧΟΛΑΡΓΟΥ",
        "Δήμητρα Παπαϊωάννου",
        "«Προϋπάρχουσες ιδέες: από το «γιατί» στο πείραμα» (κωδικός EKFE-26-01)",
        "1 Πέμ 22 Οκτωβρίου 2026 17:00–19:30 1ο ΕΚΦΕ, αίθουσα Φυσικής",
        "2 Πέμ 29 Οκτωβρίου 2026 16:00–18:30 εξ αποστάσεως",
        "Σύνολο: 2 συνεδρίες, ώρες: 5.",
        "info@kypek.example · https://kypek.example/s/EKFE-26-01",
    ):
        assert part in words
    assert "Αντικαθιστά" not in words


def test_it_is_a4_with_its_letters_in_it() -> None:
    page = read(selection_paper(ONE, GREEK, "el")).pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"].get_object()


@pytest.mark.parametrize("count", [1, 20, 90])
def test_it_is_one_page_however_many_sessions(count: int) -> None:
    its = replace(ONE, meetings=tuple(meeting(number) for number in range(1, count + 1)))
    content = selection_paper(its, GREEK, "el")
    assert len(read(content).pages) == 1
    words = said(its)
    assert (f"{count} Πέμ" in words) is (count <= 20)
    assert ("Οι συνεδρίες που δεν φαίνονται εδώ" in words) is (count > 20)
    noun = "συνεδρία" if count == 1 else "συνεδρίες"
    assert f"Σύνολο: {count} {noun}, ώρες: {f'{count * 2.5:g}'.replace('.', ',')}." in words


def test_it_is_one_page_with_long_names_too() -> None:
    its = replace(
        ONE,
        title="Διαθεματικές προσεγγίσεις " * 12,
        units=tuple(f"{number}ο ΗΜΕΡΗΣΙΟ ΕΠΑΓΓΕΛΜΑΤΙΚΟ ΛΥΚΕΙΟ ΑΓΙΑΣ ΠΑΡΑΣΚΕΥΗΣ" for number in range(1, 6)),
        meetings=tuple(
            meeting(number, place="Αμφιθέατρο του Δημοτικού Μεγάρου, Λεωφόρος Μεσογείων 415" * 2)
            for number in range(1, 21)
        ),
    )
    assert len(read(selection_paper(its, GREEK, "el")).pages) == 1


@pytest.mark.parametrize("place", ["αίθουσα " * 800, "Α" * 32_767, "όροφος\n" * 400])
def test_a_place_longer_than_a_page_costs_nobody_the_paper_or_the_programme(place: str) -> None:
    """A cell of the programme may hold 32,767 characters; the library cannot write a row higher than a page."""
    assert len(read(selection_paper(replace(ONE, meetings=(meeting(1, place=place),)), GREEK, "el")).pages) == 1
    line = Line(
        "Τίτλος " * 40, "ΕΚΦΕ", "Πέμ 22", "17:00–19:30", place, "", cancelled=False, page="https://x.example/s/1"
    )
    leaflet = Leaflet("ΚΥΠΕΚ", "", (), "", "https://x.example", (Month("Οκτώβριος", (line,)),), ISSUED)
    assert programme_paper(leaflet, GREEK, "el").startswith(b"%PDF")


def test_the_same_letter_has_the_same_bytes_and_another_has_others() -> None:
    assert selection_paper(ONE, GREEK, "el") == selection_paper(ONE, GREEK, "el")
    assert selection_paper(ONE, GREEK, "el") != selection_paper(replace(ONE, name="Άννα Ζώη"), GREEK, "el")


def test_every_accent_of_greek_is_in_its_letters(caplog: pytest.LogCaptureFixture) -> None:
    every = "ΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰς«»·΄–…’"
    assert every in said(replace(ONE, title=every))
    assert not caplog.records


def test_without_a_unit_it_is_for_whom_it_may_concern() -> None:
    words = said(replace(ONE, units=()))
    assert "Προς: κάθε ενδιαφερόμενη υπηρεσία" in words
    assert "Υπηρετεί" not in words


FACTS = {
    FACT: json.dumps(dump(Dates("EKFE-26-01", (meeting(1),), (), Sender("Κ.ΥΠ.Ε.Κ.", "info@kypek.example")))),
    "title": "Σεμινάριο",
    "centre": "Κ.ΥΠ.Ε.Κ.",
    "page": "https://kypek.example/s/EKFE-26-01",
    "structure": "ΕΚΦΕ",
    "units": "1ο ΓΥΜΝΑΣΙΟ\n2ο ΓΥΜΝΑΣΙΟ 123456783",
}


def of_letter(kind: str, name: str = "Άννα Ζώη", **facts: str) -> str:
    """The words of the paper of a letter; empty where it brings none."""
    those = papers(kind, FACTS | facts, name, ISSUED, GREEK, "el")
    for file, media, content in those:
        assert (file, media) == ("EKFE-26-01-vevaiosi-epilogis.pdf", "application/pdf")
        return " ".join(read(content).pages[0].extract_text().split())
    return ""


def test_only_letters_of_a_seat_and_of_other_dates_bring_it() -> None:
    assert "ΒΕΒΑΙΩΣΗ" in of_letter("seat-granted")
    assert "Αντικαθιστά την προηγούμενη" in of_letter("sessions-changed")
    assert [of_letter(kind) for kind in ("seat-offered", "seat-waiting", "seminar-called-off")] == ["", "", ""]
    assert [of_letter("seat-granted", structure=""), of_letter("seat-granted", **{FACT: ""})] == ["", ""]


def test_no_tax_or_registry_number_stands_in_it() -> None:
    words = of_letter("seat-granted", name="Άννα 700001 Ζώη 123456783")
    assert "700001" not in words
    assert "123456783" not in words
    assert "Προς: 1ο ΓΥΜΝΑΣΙΟ, 2ο ΓΥΜΝΑΣΙΟ *******83" in words
