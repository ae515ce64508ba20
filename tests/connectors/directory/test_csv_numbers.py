"""Numbers of people that a shifted column of a CSV export brings elsewhere: never a school's name or code (D-4)."""

from __future__ import annotations

import pytest

from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import whole_people, whole_units
from kypek_sync.language import speaker
from tests.connectors.directory.csv_files import HEADING, ILIO, MARIA, MakeCsv, export

__all__ = ["export"]

TAX = "123456783"
SCHOOL = "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ"


def row(login: str, school: str, code: str = "0501659") -> str:
    return f"{login};ΠΑΠΠΑ;ΜΑΡΙΑ;{login}@sch.example;700002;ΠΕ86;{code};{school}"


@pytest.mark.parametrize("moved", [TAX, "700002", "123 456 783", f"ΑΦΜ {TAX}", "nea@sch.example", "12345678"])
def test_what_is_no_name_does_not_become_the_name_of_the_school(export: MakeCsv, moved: str) -> None:
    snapshot = whole_units(export(HEADING, row("a", moved), row("b", moved), row("c", SCHOOL)))
    assert [(one.id, one.name) for one in snapshot.items] == [(ILIO, SCHOOL)]
    assert [f.code for f in snapshot.findings] == ["unit-name-number"]
    said = worded(snapshot.findings[0].text, speaker("el"))
    assert said == (
        "Σε 2 γραμμές η στήλη «Σχολείο» αυτής της μονάδας δεν έχει όνομα· παραλείφθηκε, γιατί μπορεί να είναι κάποιου."
    )
    assert moved not in repr(snapshot)


def test_a_school_that_only_a_number_names_is_called_by_its_code(export: MakeCsv) -> None:
    snapshot = whole_units(export(HEADING, row("a", TAX)))
    assert [one.name for one in snapshot.items] == ["0501659"]


def test_of_several_names_the_one_of_most_rows_counts_and_that_is_told(export: MakeCsv) -> None:
    rows = (row("a", "ΑΒΡΑΜΙΔΗΣ"), row("b", SCHOOL), row("c", SCHOOL), row("d", "10ο Γυμνάσιο Ιλίου"))
    snapshot = whole_units(export(HEADING, *rows))
    assert [one.name for one in snapshot.items] == [SCHOOL]
    assert [(f.subject, f.code) for f in snapshot.findings] == [(ILIO, "unit-name-several")]
    assert worded(snapshot.findings[0].text, speaker("el")) == (
        "Οι γραμμές δίνουν σε αυτή τη μονάδα διαφορετικά ονόματα στη στήλη «Σχολείο»· μετρά εκείνο που έχουν οι "
        "περισσότερες."
    )


def test_a_school_written_in_two_ways_has_one_name_and_its_code_may_stand_in_it(export: MakeCsv) -> None:
    rows = (row("a", "0501659 - " + SCHOOL), row("b", "0501659 - 10ο Γυμνάσιο Ιλίου"))
    snapshot = whole_units(export(HEADING, *rows))
    assert not snapshot.findings
    assert [one.name for one in snapshot.items] == ["0501659 - " + SCHOOL]


def test_each_of_several_codes_in_a_cell_has_its_own_name(export: MakeCsv) -> None:
    snapshot = whole_units(export(HEADING, row("a", "Α ΓΥΜΝΑΣΙΟ|Β ΓΥΜΝΑΣΙΟ", "0501659|0501660")))
    assert [one.name for one in snapshot.items] == ["Α ΓΥΜΝΑΣΙΟ", "Β ΓΥΜΝΑΣΙΟ"]


def test_a_name_in_the_units_file_has_no_number_either(export: MakeCsv) -> None:
    units = f"Κωδικός;Ονομασία\n0501659;{SCHOOL} {TAX}\n0501660;{TAX}\n"
    snapshot = whole_units(export(HEADING, MARIA, units=units))
    assert [one.name for one in snapshot.items] == [SCHOOL, "0501660"]
    assert [f.code for f in snapshot.findings if f.code != "unit-code-missing"] == ["unit-name-number"] * 2


@pytest.mark.parametrize("code", [f"EL{TAX}", "EL012345678", "AM700002", f"0501659{TAX}", "700002"])
@pytest.mark.parametrize("units", ["", f"Κωδικός;Ονομασία\n0501659;{SCHOOL}\n"])
def test_a_number_in_whatever_dress_is_no_unit_code(export: MakeCsv, code: str, units: str) -> None:
    directory = export(HEADING, MARIA, row("a", SCHOOL, code), units=units)
    people = whole_people(directory, whole_units(directory))
    assert [one.units for one in people.items] == [(), (ILIO,)]
    assert [f.code for f in people.findings] == ["unit-code-unreadable"]
    assert not [one for one in (*people.items, *people.findings, *whole_units(directory).items) if code in repr(one)]


def test_a_registry_number_that_has_left_its_column_is_no_unit_code(export: MakeCsv) -> None:
    """Without a units file six digits may be a code without its zero, but not where something else stands for the
    number."""
    moved = "a;ΠΑΠΠΑ;ΜΑΡΙΑ;a@sch.example;ΠΕ86;Γ;700002;" + SCHOOL
    people = whole_people(export(HEADING, MARIA.replace("0501659", "501659"), moved))
    assert [one.units for one in people.items] == [(), (ILIO,)]
    assert "700002" not in repr(people)


def test_a_unit_code_in_the_units_file_that_is_somebody_s_number_is_left_out(export: MakeCsv) -> None:
    units = f"DN;Κωδικός;Ονομασία\nou=1gym,ou=att-g,ou=units;EL{TAX};{SCHOOL}\n"
    snapshot = whole_units(export(HEADING, MARIA, units=units))
    assert [(one.code, one.name) for one in snapshot.items] == [("", SCHOOL)]
    assert TAX not in repr(snapshot)


@pytest.mark.parametrize(
    "login", [f"EL{TAX}", f"ΑΦΜ {TAX}", "ΑΜ 700001", "700.001", "am700001", "mp700001", "700001@sch.gr"]
)
def test_a_number_with_something_around_it_is_no_login_and_is_counted_without_it(export: MakeCsv, login: str) -> None:
    snapshot = whole_people(export(HEADING, row("a", SCHOOL), MARIA.replace("mpappa", login, 1)))
    assert [one.login for one in snapshot.items] == ["a"]
    assert [f.code for f in snapshot.findings] == ["entry-unreadable"]
    assert not snapshot.complete, "whose row it is cannot be told, so nobody's absence counts"
    assert worded(snapshot.findings[0].text, speaker("el")) == (
        "Γραμμή 3: στη θέση του λογαριασμού υπάρχει αριθμός με κάτι γύρω του, ίσως κάποιου· κάντε ξανά την εξαγωγή."
    )
    assert "700001" not in repr(snapshot)
    assert TAX not in repr(snapshot)


@pytest.mark.parametrize("login", ["mpappa1985", "x123456", "mp.123456", "2101234567"])
def test_digits_in_a_login_are_no_number_of_anybody_s(export: MakeCsv, login: str) -> None:
    snapshot = whole_people(export(HEADING, MARIA.replace("mpappa", login, 1)))
    assert [one.login for one in snapshot.items] == [login]
