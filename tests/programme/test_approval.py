"""The column «Έγκριση»: whether each seat needs the officer's approval, and within how many days."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from kypek_sync.cli.differences import difference_lines
from kypek_sync.language import speaker
from kypek_sync.model import Seminar
from kypek_sync.programme import FieldDiff, diff, read
from kypek_sync.programme.templates import template
from tests.programme.files import SEMINAR, SESSION, codes, ground, ods, reading, two_sheets


def one(tmp_path: Path, cell: object) -> Seminar:
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Έγκριση": cell}], [SESSION]))
    assert codes(got) == set()
    return got.seminars[0]


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        *((None, 0), ("Όχι", 0), ("όχι", 0), ("-", 0), ("no", 0), (False, 0)),
        *(("Ναι", 10), ("ΝΑΙ", 10), ("με έγκριση", 10), ("yes", 10), (True, 10)),
        *(("5 ημέρες", 5), ("1 ημέρα", 1), ("εντός 7 ημερών", 7), ("Ναι, σε 3 μέρες", 3), ("10d", 10), (14, 14)),
        (60.0, 60),
    ],
)
def test_it_is_read_as_people_write_it(tmp_path: Path, cell: object, days: int) -> None:
    assert one(tmp_path, cell).approval == days


@pytest.mark.parametrize(("value", "days"), [("true", 10), ("false", 0), ("10d", 10), ("5", 5), ("5 ημέρες", 5)])
@pytest.mark.parametrize("key", ["approval", "έγκριση"])
def test_yaml_has_it_too(tmp_path: Path, key: str, value: str, days: int) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        "σεμινάρια:\n  - κωδικός: K-1\n    τίτλος: Τ\n    μορφή: δια ζώσης\n    επιμορφωτές: mnikou\n    θέσεις: 9\n"
        f"    {key}: {value}\n"
        '    συνεδρίες:\n      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", '
        "χώρος: ΕΚΦΕ}\n",
        encoding="utf-8",
    )
    got = read(file, ground())
    assert got.mistakes == ()
    assert got.seminars[0].approval == days


def test_a_changed_approval_is_a_difference(tmp_path: Path) -> None:
    [changed] = diff([one(tmp_path, None)], [one(tmp_path, "5 ημέρες")])
    assert changed.fields == (FieldDiff("approval", "0", "5"),)
    assert list(difference_lines(changed, speaker("el")))[1:] == ["  ημέρες για έγκριση: από «δεν χρειάζεται» σε «5»"]


def test_the_mistake_says_what_to_write(tmp_path: Path) -> None:
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Έγκριση": "ίσως"}], [SESSION]))
    [mistake] = got.mistakes
    assert mistake.said(speaker("el")) == (
        "Το «ίσως» δεν λέει αν οι θέσεις χρειάζονται έγκριση. Αφήστε το κενό, ή γράψτε «Ναι» ή σε πόσες ημέρες, 1 έως "
        "60: 5 ημέρες"
    )
    assert got.held == {"KEPL-26-01"}


def test_ods_has_it_as_xlsx_has(tmp_path: Path) -> None:
    file = ods(tmp_path / "p.ods", two_sheets([{**SEMINAR, "Έγκριση": "7 ημέρες"}], [SESSION]))
    assert read(file, ground()).seminars[0].approval == 7


def test_the_template_has_the_column_with_samples(tmp_path: Path) -> None:
    template(tmp_path / "t.xlsx", ground())
    sheet = load_workbook(tmp_path / "t.xlsx")["Σεμινάρια"]
    [cell] = [cell for cell in sheet[1] if cell.value == "Έγκριση"]
    assert cell.comment.text.startswith("«Ναι», ή σε πόσες ημέρες: 5 ημέρες.")
    lists = load_workbook(tmp_path / "t.xlsx")["Λίστες"]
    [samples] = [column for column in lists.iter_cols(values_only=True) if column[0] == "Έγκριση"]
    assert samples[1:5] == ("Ναι", "Όχι", "5 ημέρες", "10 ημέρες")
