"""A programme is read again only where its bytes, or what it is checked against, are others than before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kypek_sync.model import Unit
from kypek_sync.programme import Ground, ProgrammeUnreadable, Schools
from kypek_sync.programme.remembered import Readings

GROUND = Ground("att-a", "ekfe", {"ekfe": "ΕΚΦΕ"}, "2026-2027", known_logins={"trainer1"})
ROW = """\
σεμινάρια:
  - κωδικός: EKFE-26-01
    τίτλος: Ρομποτική
    μορφή: δια ζώσης
    θέσεις: 20
    ειδικότητες: [ΠΕ86]
    επιμορφωτές: trainer1
    συνεδρίες:
      - {αριθμός: 1, ημερομηνία: 3/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "ekfe.yaml"
    found.write_text(ROW, encoding="utf-8")
    return found


def test_the_same_file_on_the_same_ground_is_the_very_same_reading(file: Path) -> None:
    readings = Readings()
    first = readings.read(file, GROUND)
    assert [one.code for one in first.seminars] == ["EKFE-26-01"]
    file.write_text(ROW, encoding="utf-8")  # touched, not changed
    assert readings.read(file, replace(GROUND, known_logins={"trainer1", "somebody"})) is first


def test_another_byte_is_another_reading(file: Path) -> None:
    readings = Readings()
    first = readings.read(file, GROUND)
    file.write_text(ROW.replace("20\n", "21\n"), encoding="utf-8")
    assert readings.read(file, GROUND).seminars[0].capacity == 21 != first.seminars[0].capacity


@pytest.mark.parametrize(
    "ground",
    [
        replace(GROUND, known_logins={"trainer2"}),
        replace(GROUND, known_logins=None),
        replace(GROUND, taken_codes=frozenset({"EKFE-26-01"})),
        replace(GROUND, school_year="2025-2026"),
    ],
)
def test_another_ground_is_another_reading(file: Path, ground: Ground) -> None:
    readings = Readings()
    first = readings.read(file, GROUND)
    again = readings.read(file, ground)
    assert again is not first
    assert again == Readings().read(file, ground)
    assert readings.read(file, GROUND) == first


def test_what_names_a_school_is_read_anew_each_time(file: Path) -> None:
    file.write_text(ROW.replace("    επιμορφωτές", "    σχολεία: [9999999]\n    επιμορφωτές"), encoding="utf-8")
    asked: list[str] = []

    def units() -> list[Unit]:
        asked.append("units")
        return []

    readings = Readings()
    for _ in range(2):
        readings.read(file, replace(GROUND, schools=Schools(units)))
    assert asked == ["units"] * 2


def test_what_cannot_be_read_is_told_each_time(file: Path) -> None:
    readings = Readings()
    first = readings.read(file, GROUND)
    file.write_text("a: [", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ProgrammeUnreadable):
            readings.read(file, GROUND)
    file.write_text(ROW, encoding="utf-8")
    assert readings.read(file, GROUND) == first
