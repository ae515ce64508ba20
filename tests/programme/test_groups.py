"""Groups of people as an officer may write them: who goes first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.model import Audience, Group, Reserved, Seminar, Trait, Unit
from kypek_sync.programme import DiffKind, FieldDiff, Schools, diff, read
from kypek_sync.programme.kept_seats import without_dates
from tests.programme.files import SEMINAR, SESSION, codes, found, ground, reading, two_sheets

COLUMN, CLOSES = "Προτεραιότητα", {"Λήξη αιτήσεων": "1/3/2027"}
SCHOOLS = Schools(lambda: [Unit("ou=1", "1ο ΓΥΜΝΑΣΙΟ ΣΠΑΡΤΗΣ", "0500001"), Unit("ou=2", "ΔΗΜΟΤΙΚΟ ΜΟΛΑΩΝ", "0500002")])


def traits(*ways: Audience | Trait) -> tuple[Trait, ...]:
    return tuple(one if isinstance(one, Trait) else Trait(one) for one in ways)


def priority(tmp_path: Path, cell: str, **facts: Any) -> tuple[Group, ...]:
    got = reading(tmp_path, two_sheets([{**SEMINAR, **CLOSES, COLUMN: cell}], [SESSION]), **facts)
    assert codes(got) == set()
    return got.seminars[0].priority


MOLAI = traits(Audience(units=("Δημοτικό Μολάων",)), Audience(units=("0500001",)))
E04, E86 = Audience(specialties=("ΠΕ04",)), Audience(specialties=("ΠΕ86",))


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("ΠΕ04", [("ΠΕ04", traits(E04))]),
        ("ΠΕ86, ΠΕ04", [("ΠΕ86, ΠΕ04", traits(E86, E04))]),
        ("πρώτα: ΠΕ86 · μετά: ΠΕ04", [("ΠΕ86", traits(E86)), ("ΠΕ04", traits(E04))]),
        ("1. ΠΕ86\n2) ΠΕ04\n\n", [("ΠΕ86", traits(E86)), ("ΠΕ04", traits(E04))]),
        ("ΠΕ86 > ΠΕ04 > ΠΕ86", [("ΠΕ86", traits(E86)), ("ΠΕ04", traits(E04))]),
        ("ΠΕ86 και ΠΕ04; νέοι", [("ΠΕ86 και ΠΕ04", traits(E86, E04)), ("νέοι", (Trait(newcomer=True),))]),
        ("ΠΕ86 + πρώτη φορά", [("ΠΕ86 + πρώτη φορά", (Trait(E86, newcomer=True),))]),
        ("νέοι + ΠΕ86", [("νέοι + ΠΕ86", (Trait(E86, newcomer=True),))]),
        (
            "Γυμνάσια + ΠΕ86",
            [("Γυμνάσια + ΠΕ86", traits(Audience(specialties=("ΠΕ86",), unit_kinds=("gym",))))],
        ),
        ("Διευθυντές", [("Διευθυντές", traits(Audience(roles=("school-principal",))))]),
        ("ΔΔΕ Λακωνίας", [("ΔΔΕ Λακωνίας", traits(Audience(directorates=("lak/ΔΕ",))))]),
        ("1ο Γυμνάσιο Σπάρτης", [("1ο Γυμνάσιο Σπάρτης", traits(Audience(units=("1ο Γυμνάσιο Σπάρτης",))))]),
        (
            "Δημοτικό Μολάων ή 0500001",
            [("Δημοτικό Μολάων ή 0500001", traits(*(Audience(units=(u,)) for u in ("Δημοτικό Μολάων", "0500001"))))],
        ),
    ],
)
def test_a_group_is_read_as_the_columns_of_the_audience_are(tmp_path, cell, wanted):
    assert [(one.name, one.traits) for one in priority(tmp_path, cell, schools=SCHOOLS)] == wanted


def test_remote_schools_are_those_of_the_settings(tmp_path):
    [remote, _] = priority(tmp_path, "απομακρυσμένα σχολεία\nΠΕ04", remote=("0500002", "ΔΠΕ Λακωνίας"), schools=SCHOOLS)
    assert remote.traits == traits(Audience(units=("0500002",)), Audience(directorates=("lak/ΠΕ",)))
    [both] = priority(tmp_path, "δυσπρόσιτα + ΠΕ04", remote=("0500002",))
    assert both.traits == traits(Audience(specialties=("ΠΕ04",), units=("0500002",)))


def test_a_remote_school_of_the_settings_that_nobody_knows_is_told_at_the_cell(tmp_path):
    sheets = two_sheets([{**SEMINAR, **CLOSES, COLUMN: "απομακρυσμένα"}], [SESSION])
    assert "κάπου" in found(reading(tmp_path, sheets, remote=("κάπου",)), "group-unknown").text


@pytest.mark.parametrize(
    ("cell", "near"),
    [("Γυμνάσηα", "Γυμνάσιο"), ("νέι", "νέοι"), ("Διευθυντεσς", "Διευθυντής"), ("ΔΔΕ Λακωνίαςς", "Λακωνία")],
)
def test_what_was_meant_is_guessed(tmp_path, cell, near):
    mistake = found(reading(tmp_path, two_sheets([{**SEMINAR, **CLOSES, COLUMN: cell}], [SESSION])), "group-unknown")
    assert near[:6] in mistake.text


def test_the_date_stands_for_the_whole_day_and_needs_no_priority(tmp_path):
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Κρίση αιτήσεων": "2/3/2027", "Σειρά": "Ήχος"}], [SESSION]))
    assert codes(got) == set()
    assert got.seminars[0].series == "Ήχος"
    assert f"{got.seminars[0].judged_at:%d/%m %H:%M}" == "02/03 21:59"


def test_an_unreadable_end_of_registration_is_told_once(tmp_path):
    got = reading(tmp_path, two_sheets([{**SEMINAR, COLUMN: "ΠΕ04", "Λήξη αιτήσεων": "σύντομα"}], [SESSION]))
    assert codes(got) == {"date-unreadable"}


def test_yaml_takes_a_list_of_groups(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(
        "σεμινάρια:\n  - κωδικός: K-1\n    τίτλος: Τ\n    μορφή: δια ζώσης\n    επιμορφωτές: mnikou\n"
        "    priority:\n      - ΠΕ86, ΠΕ04\n      - νέοι\n    decide: 2/3/2027\n    series: Ήχος\n"
        '    συνεδρίες:\n      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", '
        "χώρος: ΕΚΦΕ}\n",
        encoding="utf-8",
    )
    got = read(file, ground())
    assert got.mistakes == ()
    assert [one.name for one in got.seminars[0].priority] == ["ΠΕ86, ΠΕ04", "νέοι"]
    assert (got.seminars[0].series, got.seminars[0].decide_at is not None) == ("Ήχος", True)


def test_a_changed_order_is_a_difference(tmp_path):
    def one(cell: str) -> Seminar:
        return reading(tmp_path, two_sheets([{**SEMINAR, **CLOSES, COLUMN: cell}], [SESSION])).seminars[0]

    [changed] = diff([one("ΠΕ86 · ΠΕ04")], [one("ΠΕ04 · ΠΕ86")])
    assert changed.kind is DiffKind.CHANGED
    assert changed.fields == (FieldDiff("priority", "ΠΕ86 · ΠΕ04", "ΠΕ04 · ΠΕ86"),)


FIRST_OF_MARCH = datetime(2027, 3, 1, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    ["5 για ΠΕ04 έως 1/3/2027", "5 θέσεις: ΠΕ04 μέχρι 1/3", "ΠΕ04: 5 έως 1/3/2027", "ΠΕ04 (5)", "5 για ΠΕ04"],
)
def test_kept_seats_are_read_as_people_write_them(tmp_path, cell):
    got = reading(tmp_path, two_sheets([{**SEMINAR, **CLOSES, "Κρατημένες θέσεις": cell}], [SESSION]))
    assert codes(got) == set()
    assert got.seminars[0].reserved == (Reserved(Group("ΠΕ04", traits(E04)), 5, FIRST_OF_MARCH),)


def test_several_groups_have_kept_seats_of_parts_too(tmp_path):
    cell = "5 για ΠΕ04\n2 για νέοι + ΠΕ86 έως 20/2/2027 14:00"
    row = {**SEMINAR, **CLOSES, "Θέσεις": None, "Τμήματα": "πρωινό (5); απογευματινό (4)", "Κρατημένες θέσεις": cell}
    got = reading(tmp_path, two_sheets([row], [SESSION]))
    assert codes(got) == set()
    assert [(one.group.name, one.seats) for one in got.seminars[0].reserved] == [("ΠΕ04", 5), ("νέοι + ΠΕ86", 2)]
    assert got.seminars[0].reserved[1].until == datetime(2027, 2, 20, 12, tzinfo=UTC)


def test_yaml_takes_kept_seats_as_a_list(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(
        "σεμινάρια:\n  - κωδικός: K-1\n    τίτλος: Τ\n    μορφή: δια ζώσης\n    επιμορφωτές: mnikou\n    θέσεις: 9\n"
        "    λήξη αιτήσεων: 20/2/2027\n    reserved:\n      - {for: ΠΕ04, seats: 5, until: 1/3/2027}\n"
        "      - {για: νέοι, θέσεις: 2}\n      - 1 για ΠΕ86\n"
        '    συνεδρίες:\n      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", '
        "χώρος: ΕΚΦΕ}\n",
        encoding="utf-8",
    )
    got = read(file, ground())
    assert got.mistakes == ()
    assert [(one.group.name, one.seats) for one in got.seminars[0].reserved] == [("ΠΕ04", 5), ("νέοι", 2), ("ΠΕ86", 1)]
    assert got.seminars[0].reserved[0].until == FIRST_OF_MARCH


@pytest.mark.parametrize("item", ["{ποιοι: ΠΕ04}", "{for: [ΠΕ04], seats: 5}"])
def test_odd_kept_seats_of_yaml_are_no_value(tmp_path, item):
    file = tmp_path / "p.yaml"
    rows = f"  - τίτλος: Τ\n    μορφή: δια ζώσης\n    θέσεις: 9\n    reserved:\n      - {item}\n"
    file.write_text(f"σεμινάρια:\n{rows}", encoding="utf-8")
    assert "not-a-value" in codes(read(file, ground()))


def test_last_years_kept_seats_come_without_their_dates():
    assert without_dates("5 για ΠΕ04 έως 1/3/2027; 2 για νέοι") == "5 για ΠΕ04\n2 για νέοι"


def test_changed_kept_seats_are_a_difference(tmp_path):
    def one(cell: str) -> Seminar:
        sheets = two_sheets([{**SEMINAR, **CLOSES, "Κρατημένες θέσεις": cell}], [SESSION])
        return reading(tmp_path, sheets).seminars[0]

    [changed] = diff([one("5 για ΠΕ04")], [one("6 για ΠΕ04")])
    assert changed.fields == (FieldDiff("reserved", "5 ΠΕ04 2027-03-01 23:59", "6 ΠΕ04 2027-03-01 23:59"),)
