"""What a CSV export tells of itself: where it was cut, what is odd in which line and column, units by their names."""

from __future__ import annotations

import re

import pytest

from connectors.csv_export import CsvDirectory
from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import ProbeLevel, TryLater, whole_people, whole_units
from kypek_sync.language import speaker
from kypek_sync.model import Person
from tests.connectors.directory.csv_files import HEADING, ILIO, MARIA, MakeCsv, export
from tests.contracts.directory import Remembering

__all__ = ["export"]

# ------------------------------------------------------------------------------------------------ cut files

HALVES = ("b;Markou;0501659", "b;Markou;0501", "b;Markou;", "b;Ma", "b", 'b;"Markou";0501659')


@pytest.mark.parametrize("half", HALVES)
def test_a_file_whose_last_line_has_no_end_is_cut_and_that_row_changes_nobody(export: MakeCsv, half: str) -> None:
    """Also where the row has all its cells: half of `ΠΑΠΠΑ` is a name too."""
    snapshot = whole_people(export(raw=f"uid;sn;l\r\na;Maria;0501659\r\n{half}".encode()))
    assert [person.login for person in snapshot.items] == ["a"]
    assert snapshot.why_partial == "The export seems cut: line 3, its last one, has no end."
    told = [f.text for f in snapshot.findings if f.code == "entry-unreadable"]
    assert told == ["Line 3: the row has no end; draw the export again."]
    with pytest.raises(TryLater, match="proves nothing"):
        export(raw=f"uid;sn;l\r\na;Maria;0501659\r\n{half}".encode()).person("b")


def test_a_file_cut_within_a_quote_is_cut(export: MakeCsv) -> None:
    snapshot = whole_people(export(raw=b'uid;sn\r\na;Maria\r\nb;"Ma'))
    assert [person.login for person in snapshot.items] == ["a"]
    assert snapshot.why_partial == "A quote that opens at line 3 is never closed."


@pytest.mark.parametrize(
    ("half", "left"),
    [("a;Maria;0500", []), ("a", []), ("ab", ["a"]), ("b;Ma", ["a"]), ("", ["a"])],
)
def test_a_cut_in_the_midst_of_ones_rows_takes_no_unit_from_them(export: MakeCsv, half: str, left: list[str]) -> None:
    snapshot = whole_people(export(raw=f"uid;sn;l\r\na;Maria;0501659\r\n{half}".encode()))
    assert [person.login for person in snapshot.items] == left


def test_a_programme_that_never_ends_the_last_line_can_be_named_and_check_says_what_that_hides(
    export: MakeCsv,
) -> None:
    own = export(raw=b"uid;sn\r\na;Maria\r\nb;Markou", ends_last_line=False)
    snapshot = whole_people(own)
    assert [person.login for person in snapshot.items] == ["a", "b"]
    assert (snapshot.complete, snapshot.why_partial) == (True, "")
    assert [line.level for line in own.probe().lines if line.subject == "whole"] == [ProbeLevel.WARNING]
    cut = whole_people(export(raw=b"uid;sn;mail\r\na;Maria;\r\nb;Markou", ends_last_line=False))
    assert "seems cut: line 3" in cut.why_partial


# ------------------------------------------------------------------------------------------------ what findings say


def told(directory: CsvDirectory, code: str) -> list[str]:
    return [finding.text for finding in whole_people(directory).findings if finding.code == code]


@pytest.mark.parametrize(
    ("heading", "cell", "code", "words"),
    [
        ("Α.Μ.", "12", "registry-unreadable", "The «Α.Μ.» is neither a registry nor a tax number; it was left out."),
        ("Α.Μ.", "", "registry-missing", "The teacher has no «Α.Μ.», so a new login could not be recognised by it."),
        ("Ειδικότητα", "Μουσικός", "specialty-unknown", "The «Ειδικότητα» Μουσικός is no specialty code"),
        ("Κατηγορία", "κηπουρός", "kind-unknown", "The «Κατηγορία» κηπουρός is not known."),
        ("Κατάσταση", "ίσως", "status-unknown", "The «Κατάσταση» ίσως is not known; it is taken for inactive."),
        ("Email", "όχι", "mail-unreadable", "The «Email» is no address; it was left out."),
        ("Κωδ. σχολείου", "", "unit-missing", "The entry names no unit in «Κωδ. σχολείου», so its primary unit"),
        ("Κωδ. σχολείου", "?", "unit-code-unreadable", "The «Κωδ. σχολείου» is no code of a unit, or a spreadsheet"),
        ("Επώνυμο", "Α|Β", "name-several", "The entry has several values of «Επώνυμο»; the first by letter counts."),
        ("Ρόλος", "ταμίας", "role-unnamed", "The «Ρόλος» is not known; it was left out."),
        ("Διεύθυνση εκπαίδευσης", "Α Αθ.", "unit-directorate-unknown", "The «Διεύθυνση εκπαίδευσης» is no label"),
    ],
)
def test_a_finding_names_the_line_and_the_column_of_the_file(
    export: MakeCsv, heading: str, cell: str, code: str, words: str
) -> None:
    """No administrator of an export knows that the registry number is `employeeNumber` in LDAP."""
    (text,) = told(export(f"Login;{heading}", f"a;{cell}", ";"), code)
    assert text.startswith(f"Line 2: {words}")
    greek = worded(text, speaker("el"))
    assert greek.startswith("Γραμμή 2: ")
    assert not re.search("[A-Za-z]{2}", greek.replace("Email", "").replace("att-a", ""))


def test_a_column_that_the_file_lacks_is_called_as_it_usually_is(export: MakeCsv) -> None:
    assert told(export("Login", "a"), "unit-missing")[0].startswith(
        "Line 2: The entry names no unit in «Κωδικός μονάδας»"
    )


def test_a_finding_keeps_its_line_right_when_rows_come_before_it(export: MakeCsv) -> None:
    """The rows that are as they were are not mapped again, and whoever has a finding is told of with the new line."""
    odd, whole = MARIA.replace("700001", "12"), MARIA.replace("mpappa", "gnikol").replace("700001", "700002")
    first: Remembering[Person] = Remembering()
    export(HEADING, odd, whole).read_people(first)
    same: Remembering[Person] = Remembering(first.digests)
    export(HEADING, odd, whole).read_people(same)
    assert (same.items, len(same.met)) == ([], 2)
    moved: Remembering[Person] = Remembering(first.digests)
    export(HEADING, MARIA.replace("mpappa", "zaf").replace("700001", "700003"), odd, whole).read_people(moved)
    assert [person.login for person in moved.items] == ["zaf", "mpappa"]
    assert [f.text.partition(":")[0] for f in moved.findings if f.code == "registry-unreadable"] == ["Line 3"]


def test_findings_of_units_name_the_columns_of_their_own_file(export: MakeCsv) -> None:
    units = "Κωδικός μονάδας;Ονομασία;DN;E-mail\n;Α;ou=a,ou=att-g,ou=units;x\n"
    found = whole_units(export(HEADING, MARIA, units=units)).findings
    assert [(f.code, f.text) for f in found] == [
        ("mail-unreadable", "Line 2: The «E-mail» is no address; it was left out."),
        ("unit-code-missing", "Line 2: The unit has no «Κωδικός MM»; ask the units register to complete it."),
        ("unit-code-missing", "Line 2: The unit has no «Κωδικός μονάδας»; ask the units register to complete it."),
    ]


# ------------------------------------------------------------------------------------------------ units by their name

NAMED = (
    "Κωδικός;Ονομασία;Διεύθυνση εκπαίδευσης\n0501659;10ο Γυμνάσιο  Ιλίου;att-g\n0500001;ΕΚ;att-g\n0500002;Ε Κ;att-g\n"
)


@pytest.mark.parametrize(
    ("heading", "cell", "units", "code"),
    [
        ("Σχολείο", "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ", (ILIO,), ""),
        ("Σχολείο", " 10Ο γυμνασιο  ιλιου", (ILIO,), ""),
        ("Κωδικός μονάδας", "10ο Γυμνάσιο Ιλίου", (ILIO,), ""),
        ("Κωδικός μονάδας", "501659", (ILIO,), ""),
        ("Σχολείο", "11ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ", (), "unit-name-unknown"),
        ("Σχολείο", "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ|Λύκειο", (ILIO,), "unit-name-unknown"),
        ("Άλλες μονάδες", "10ο Γυμνάσιο Ιλίου", (ILIO,), "unit-missing"),
    ],
)
def test_a_unit_told_by_its_name_is_the_one_that_has_it(
    export: MakeCsv, heading: str, cell: str, units: tuple[str, ...], code: str
) -> None:
    directory = export(f"Login;Α.Μ.;{heading}", f"a;700001;{cell}", units=NAMED)
    snapshot = whole_people(directory, whole_units(directory))
    assert snapshot.items[0].units == units
    assert [finding.code for finding in snapshot.findings] == ([code] if code else [])


def test_a_name_that_several_units_have_finds_none_of_them(export: MakeCsv) -> None:
    twice = NAMED.replace("Ε Κ;", "Εκ;")
    snapshot = whole_people(export("Login;Α.Μ.;Σχολείο", "a;700001;ΕΚ", units=twice))
    assert snapshot.items[0].units == ()
    assert [f.text for f in snapshot.findings] == [
        "Line 2: The «Σχολείο» is the name of several units; write the unit's code."
    ]


def test_without_a_file_of_units_a_name_finds_none(export: MakeCsv) -> None:
    snapshot = whole_people(export("Login;Α.Μ.;Σχολείο", "a;700001;10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ"))
    assert [f.text for f in snapshot.findings] == [
        "Line 2: The «Σχολείο» names a unit, and no `units_file` says which one it is."
    ]


# -------------------------------------------------------------------------------- told by a login alone


def by_login_alone(own: CsvDirectory) -> list[str]:
    """What the probe says where people are told by nothing but a login."""
    return [line.next_step for line in own.probe().lines if "neither an entryUUID" in line.text]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("uid;sn", ("a;Alpha", "b;Beta")),
        ("uid;sn;employeeNumber", ("a;Alpha;", "b;Beta;")),  # the column is there, and empty
        ("uid;sn;employeeNumber", ("a;Alpha;700001", "b;Beta;", "c;Gamma;")),
    ],
)
def test_check_says_what_an_export_without_keys_hides(export: MakeCsv, heading: str, rows: tuple[str, ...]) -> None:
    """A login that was handed to somebody with other names stayed the same person, with the seats, and nothing had
    said that such an export cannot tell."""
    (step,) = by_login_alone(export(heading, *rows))
    assert "with entryUUID, or with registry numbers" in step
    assert "αποφασίστε για τις θέσεις του" in worded(step, speaker("el"))


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("uid;sn;employeeNumber", ("a;Alpha;700001", "b;Beta;700002", "c;Gamma;")),
        ("uid;sn;entryUUID", ("a;Alpha;00000000-0000-4000-8000-000000000001",)),
        ("uid;sn", ()),
    ],
)
def test_with_keys_for_most_it_says_nothing(export: MakeCsv, heading: str, rows: tuple[str, ...]) -> None:
    assert by_login_alone(export(heading, *rows)) == []
