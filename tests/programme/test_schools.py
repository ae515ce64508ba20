"""Schools that a programme names are checked against the directory; every rule of an audience in every format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kypek_sync.model import Audience, Unit
from kypek_sync.programme import Reading, Schools, read
from kypek_sync.programme.schools import read_units
from tests.programme import files
from tests.programme.files import SEMINAR, SESSION, codes, found, ground, two_sheets

UNITS = (
    Unit("ou=1", "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ", "0501659", "1000169"),
    Unit("ou=2", "2ο ΛΥΚΕΙΟ ΑΡΓΟΥΣ", "0201020", "1000170"),
    Unit("ou=3", "ΝΗΠΙΑΓΩΓΕΙΟ, ΚΑΤΩ ΑΧΑΪΑΣ", "9060001", "1000171"),
    Unit("ou=4", "ΔΗΜΟΤΙΚΟ ΣΧΟΛΕΙΟ", "9060002", "1000172"),
    Unit("ou=5", "ΔΗΜΟΤΙΚΟ ΣΧΟΛΕΙΟ", "9060003", "1000172"),
    Unit("ou=6", "1ο ΕΚ", "EK04932"),
    Unit("ou=7", "ΒΙΒΛΙΟΘΗΚΗ ΛΑΡΙΣΑΣ"),
    Unit("ou=8", "ΔΙΔΥΜΟ", "7777777"),
    Unit("ou=9", "ΑΛΛΟ ΔΙΔΥΜΟ", "7777777"),
)
SCHOOLS = Schools(lambda: UNITS)


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("0501659", ("0501659",)),
        ("0501659; 0201020", ("0501659", "0201020")),
        ("10ο Γυμνάσιο  Ιλίου", ("10ο Γυμνάσιο Ιλίου",)),
        ("Νηπιαγωγείο, Κάτω Αχαΐας\n1ο ΕΚ", ("Νηπιαγωγείο, Κάτω Αχαΐας", "1ο ΕΚ")),
        ("ek04932", ("ek04932",)),
        ("Βιβλιοθήκη Λάρισας", ("Βιβλιοθήκη Λάρισας",)),
        ("", ()),
    ],
)
def test_a_school_is_known_by_code_and_by_name(written: str, units: tuple[str, ...]) -> None:
    assert read_units(written, SCHOOLS) == (units, [])


@pytest.mark.parametrize(
    ("written", "code", "values"),
    [
        ("501659", "unit-unknown", {"suggestion": "0501659"}),  # D-9: a spreadsheet took the zero away
        ("1000169", "unit-unknown", {"suggestion": "0501659"}),  # its number in the register
        ("1000172", "unit-unknown", {"suggestion": ""}),  # the number of two schools (D-10): nothing is guessed
        ("0501695", "unit-unknown", {"suggestion": "0501659"}),
        ("10ο Γυμνάσιο Ηλίου", "unit-unknown", {"suggestion": "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ"}),
        ("Κάτι άλλο", "unit-unknown", {"suggestion": ""}),
        ("Δημοτικό Σχολείο", "unit-ambiguous", {"known": "9060002, 9060003"}),
        ("7777777", "unit-ambiguous", {"known": "7777777"}),
    ],
)
def test_a_school_that_cannot_be_told_is_a_mistake_with_what_was_meant(
    written: str, code: str, values: dict[str, str]
) -> None:
    units, (doubt,) = read_units(f"{written}; 0201020", SCHOOLS)
    assert units == ("0201020",)
    assert doubt.code == code
    assert {key: doubt.values[key] for key in values} == values
    assert doubt.values["value"] == written


def test_nothing_is_checked_while_the_directory_is_unknown() -> None:
    assert read_units("Οτιδήποτε", None) == (("Οτιδήποτε",), [])
    assert read_units("Οτιδήποτε", Schools(tuple)) == (("Οτιδήποτε",), [])


def test_the_directory_is_asked_once_and_only_if_a_school_is_named() -> None:
    asked: list[int] = []

    def load() -> tuple[Unit, ...]:
        asked.append(1)
        return UNITS

    schools = Schools(load)
    read_units("", schools)
    assert asked == []
    for _ in range(3):
        read_units("0501659; λάθος", schools)
    assert asked == [1]


def test_an_unknown_school_keeps_its_seminar_back_and_is_told_in_its_cell(tmp_path: Path) -> None:
    row = SEMINAR | {"Σχολεία": "10ο Γυμνάσιο Ηλίου"}
    reading = files.reading(tmp_path, two_sheets([row], [SESSION]), schools=SCHOOLS)
    mistake = found(reading, "unit-unknown")
    assert (mistake.column, mistake.cell[:1]) == ("Σχολεία", "K")
    assert reading.held == {"KEPL-26-01"}
    assert "Did you mean «10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ»?" in mistake.text


RULES: dict[str, Any] = {
    "Ειδικότητες": "ΠΕ86, PE04.01",
    "Διευθύνσεις": "ΔΔΕ Α΄ Αθήνας, att-v",
    "Τύποι μονάδων": "Γυμνάσιο, Βιβλιοθήκη",
    "Σχολεία": "0501659; 2ο Λύκειο Άργους",
    "Ρόλοι": "Διευθυντής, Υπεύθυνος ΣΕΠΕΗΥ",
    "Άτομα": "mnikou, kpapp",
}
READ = Audience(
    specialties=("ΠΕ86", "ΠΕ04.01"),
    directorates=("att-a/ΔΕ", "att-v"),
    unit_kinds=("gym", "library"),
    units=("0501659", "2ο Λύκειο Άργους"),
    roles=("school-principal", "itlab-responsible"),
    people=("mnikou", "kpapp"),
)


def a_programme(folder: Path, kind: str) -> Path:
    sheets = two_sheets([SEMINAR | RULES], [SESSION])
    if kind == "xlsx":
        return files.xlsx(folder / "p.xlsx", sheets)
    if kind == "ods":
        return files.ods(folder / "p.ods", sheets)
    one = SEMINAR | RULES | {name: SESSION[name] for name in ("Ημερομηνία", "Ώρα έναρξης", "Ώρα λήξης", "Χώρος")}
    if kind == "csv":
        return files.csv(folder / "p.csv", files.table(list(one), one))
    lines = [f'    {name}: "{value}"' for name, value in (SEMINAR | RULES).items()]
    text = "σεμινάρια:\n  -" + "\n".join(lines)[3:]
    text += '\n    συνεδρίες:\n      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00"}\n'
    file = folder / "p.yaml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv", "yaml"])
def test_every_rule_about_an_audience_is_read_from_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    reading: Reading = read(a_programme(tmp_path, kind), ground(schools=SCHOOLS))
    assert codes(reading) & {m.code for m in reading.errors} == set()
    assert [seminar.audience for seminar in reading.seminars] == [READ]


@pytest.mark.parametrize(
    ("column", "wrong", "mistake"),
    [
        ("Ειδικότητες", "ΠΕ99", "specialty-unknown"),
        ("Διευθύνσεις", "att-b", "directorate-unknown"),  # D-13
        ("Τύποι μονάδων", "Πλοίο", "unit-kind-unknown"),
        ("Σχολεία", "501659", "unit-unknown"),
        ("Ρόλοι", "Μάγειρας", "role-unknown"),
        ("Άτομα", "κάποιος", "login-unreadable"),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_rule_that_cannot_be_read_keeps_its_seminar_back(
    tmp_path: Path, column: str, wrong: str, mistake: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, column, wrong)
    reading = read(a_programme(tmp_path, kind), ground(schools=SCHOOLS))
    assert mistake in codes(reading)
    assert reading.held == {"KEPL-26-01"}


def test_a_level_of_education_stands_for_its_schools(tmp_path: Path) -> None:
    row = SEMINAR | {"Τύποι μονάδων": "Δευτεροβάθμια"}
    reading = files.reading(tmp_path, two_sheets([row], [SESSION]))
    assert reading.seminars[0].audience.unit_kinds == ("gym", "lyk", "epal", "ek")
