"""Lists of applicants as officers hand them in: what is read, and every mistake with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from kypek_sync.model import FindingLevel, Part
from kypek_sync.programme import ProgrammeUnreadable
from kypek_sync.programme.applicants import MOST, ApplicantList, read_applicants
from tests.seminar.builders import seminar

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PARTED = seminar(parts=(Part("am", "πρωινό"), Part("pm", "απογευματινό")))

MISTAKES = {
    "applicant-missing": ("Λογαριασμός;Υποβολή\n;12/10/2026\n", "A2"),
    "applicant-unreadable": ("Λογαριασμός\nΜαρία Νίκου\n", "A2"),
    "applicant-twice": ("Λογαριασμός\nanna\nΑννα@sch.gr\nanna@sch.gr\n", "A4"),
    "moment-is-number": ("Λογαριασμός;Υποβολή\nanna;123456783\n", "B2"),
    "applied-later": ("Λογαριασμός;Υποβολή\nanna;3/11/2026\n", "B2"),
    "date-unreadable": ("Λογαριασμός;Υποβολή\nanna;προχθές\n", "B2"),
}
"""By the word of the mistake: a list that has it, and where."""
OF_PARTS = {
    "applicant-without-part": ("Λογαριασμός;Τμήμα\nanna;\n", "B2"),
    "part-unknown": ("Λογαριασμός;Τμήμα\nanna;βραδινό\n", "B2"),
}

OF_APPLICANTS = frozenset({*MISTAKES, *OF_PARTS, "list-too-long"})
"""The words that lists have a test of."""


def read(tmp_path: Path, text: str, it: object = None, known: tuple[str, ...] = ()) -> ApplicantList:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    return read_applicants(file, it or seminar(), 2026, NOW, known)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", sorted(MISTAKES))
def test_a_mistake_is_told_with_its_cell(tmp_path: Path, word: str) -> None:
    text, where = MISTAKES[word]
    found = [one for one in read(tmp_path, text).mistakes if one.code == word]
    assert [(one.where, one.level) for one in found] == [(where, FindingLevel.ERROR)]


@pytest.mark.parametrize("word", sorted(OF_PARTS))
def test_a_seminar_in_parts_wants_to_know_which(tmp_path: Path, word: str) -> None:
    text, where = OF_PARTS[word]
    assert [(one.code, one.where) for one in read(tmp_path, text, PARTED).errors] == [(word, where)]


def test_a_list_has_an_end(tmp_path: Path) -> None:
    got = read(tmp_path, "Λογαριασμός\n" + "".join(f"t{n}\n" for n in range(MOST + 1)))
    assert [(one.code, one.where) for one in got.errors] == [("list-too-long", f"A{MOST + 2}")]
    assert len(got.applicants) == MOST


def test_rows_without_moments_come_in_their_order(tmp_path: Path) -> None:
    got = read(tmp_path, "Α/Α;Λογαριασμός\n1;dora\n\n2;Anna@sch.gr\n")
    assert [(one.login, one.stated, one.source.row) for one in got.applicants] == [
        ("dora", False, 2),
        ("anna", False, 4),
    ]
    assert NOW <= got.applicants[0].at < got.applicants[1].at


def test_moments_are_those_of_a_clock_in_greece(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "Χρονική σήμανση,Διεύθυνση email\n19/10/2026 10:30:05,anna@sch.gr\n").applicants
    assert (one.at, one.stated) == (datetime(2026, 10, 19, 7, 30, 5, tzinfo=UTC), True)


def test_a_column_of_logins_counts_before_one_of_addresses(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "E-mail;Όνομα χρήστη\nanna@example.gr;dora\n").applicants
    assert one.login == "dora"


def test_a_number_that_is_nobodys_login_is_not_repeated(tmp_path: Path) -> None:
    """Perhaps it is a registry number, or the tax number 000000000 with its check (D-4)."""
    got = read(tmp_path, "Λογαριασμός\n700001\n123456783\n")
    assert [one.code for one in got.errors] == ["applicant-unreadable"] * 2
    assert all(number not in one.text for one in got.errors for number in ("700001", "123456783"))
    (one,) = read(tmp_path, "Λογαριασμός\n700001\n", known=("700001",)).applicants
    assert one.login == "700001"


def test_parts_are_known_by_their_names(tmp_path: Path) -> None:
    got = read(tmp_path, "Λογαριασμός;Τμήμα\nanna;Πρωινό\ndora;απογευματινο\n", PARTED)
    assert [(one.login, one.part) for one in got.applicants] == [("anna", "am"), ("dora", "pm")]


def test_a_workbook_is_read_from_its_first_visible_sheet_with_logins(tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.worksheets[0]
    hidden.title = "παλιό"
    hidden.append(["Λογαριασμός"])
    hidden.append(["former"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Λίστα")
    for row in (["ΚΥΠΕΚ Α΄ Αθήνας"], [], ["Επώνυμο", "Λογαριασμός"], ["Μία", "anna"], ["Άλλη", "=1/0"]):
        sheet.append(row)
    file = tmp_path / "list.xlsx"
    book.save(file)
    got = read_applicants(file, seminar(), 2026, NOW, ())
    assert [one.login for one in got.applicants] == ["anna"]
    assert [(one.code, one.where) for one in got.errors] == [("formula-empty", "Λίστα!B5")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.csv", "Επώνυμο\nΜία\n", "no column of logins"),
        ("list.csv", "Λογαριασμός\n\n", "names nobody"),
        ("list.csv", "", "is empty"),
        ("list.yaml", "- anna\n", "is not a list of applicants"),
        ("list.pdf", "%PDF-1.7", "is not a list of applicants"),
    ],
)
def test_what_is_no_list_is_said_so(tmp_path: Path, name: str, content: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ProgrammeUnreadable, match=said):
        read_applicants(file, seminar(), 2026, NOW, ())
