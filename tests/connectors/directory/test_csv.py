"""Exports of school registers as CSV: headings, encodings, separators, and what a spreadsheet does to numbers."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.csv_export import CsvDirectory, CsvSettings
from connectors.csv_export.people import tax_number
from connectors.ldif.records import LdifReader, Record
from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import (
    OLD_EXPORT,
    PERSON_ATTRIBUTES,
    UNIT_ATTRIBUTES,
    ProbeLevel,
    SkipThis,
    StopConnector,
    TryLater,
    whole_people,
    whole_units,
)
from kypek_sync.language import speaker
from kypek_sync.model import Person, PersonKey, PersonKind, UnitRole
from tests.contracts.directory import NOW, DirectoryContract, Remembering, context, registry_hash
from tests.contracts.directory_people import POPULATION

MakeCsv = Callable[..., CsvDirectory]
HEADING = "Όνομα χρήστη;Επώνυμο;Όνομα;Email;Α.Μ.;Ειδικότητα;Κωδικός μονάδας;Σχολείο"
MARIA = "mpappa;ΠΑΠΠΑ;ΜΑΡΙΑ;mpappa@sch.example;700001;ΠΕ86;0501659;10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ"
ILIO = "gsnunitcode=0501659,ou=att-g,ou=units"


@pytest.fixture
def export(tmp_path: Path) -> MakeCsv:
    """`export("row", "row", encoding=…, units=…, …)`: the connector over a file of these lines, drawn `age` ago."""

    def make(
        *lines: str,
        encoding: str = "utf-8",
        age: timedelta = timedelta(0),
        units: str = "",
        raw: bytes = b"",
        says: str = "",
        **own: object,
    ) -> CsvDirectory:
        (tmp_path / "people.csv").write_bytes(raw or "".join(f"{line}\r\n" for line in lines).encode(encoding))
        if units:
            (tmp_path / "units.csv").write_text(units)
            own["units_file"] = "units.csv"
        drawn = (NOW - age).timestamp()
        for path in tmp_path.glob("*.csv"):
            os.utime(path, (drawn, drawn))
        values = {"file": "people.csv", "directorate": "att-g", "encoding": says, **own}
        return CsvDirectory(CsvSettings.model_validate(values), context(tmp_path))

    return make


def one(directory: CsvDirectory) -> Person:
    (person,) = whole_people(directory).items
    return person


# ------------------------------------------------------------------------------------------------ the contract


def as_csv(dns: str, attributes: Sequence[str]) -> str:
    """The entries of the population below `dns` as CSV, one column for each attribute, `|` between values."""
    records = [
        block.record(frozenset(name.lower() for name in attributes))
        for block in LdifReader(io.BytesIO(POPULATION.encode()))
    ]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(("dn", *attributes))
    for record in records:
        assert isinstance(record, Record)
        if f",{dns}" in record.dn and (dns.startswith("ou=people") or b"gsnUnit" in record.values["objectclass"]):
            cells = ["|".join(value.decode() for value in record.values.get(name.lower(), ())) for name in attributes]
            writer.writerow((record.dn, *cells))
    return text.getvalue()


class TestCsv(DirectoryContract):
    """With a column for every attribute a CSV file carries all that an entry does."""

    @pytest.fixture
    def directory(self, tmp_path: Path) -> CsvDirectory:
        return self.over(tmp_path, as_csv("ou=people", PERSON_ATTRIBUTES))

    @pytest.fixture
    def truncated(self, tmp_path: Path) -> CsvDirectory:
        (tmp_path / "cut").mkdir()
        whole = as_csv("ou=people", PERSON_ATTRIBUTES)
        return self.over(tmp_path / "cut", whole[: whole.index("psamar@")])

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> CsvDirectory:
        return CsvDirectory(CsvSettings(file="nothing.csv"), context(tmp_path))

    @pytest.fixture
    def secrets(self) -> tuple[str, ...]:
        return ()

    def over(self, folder: Path, people: str) -> CsvDirectory:
        for name, text in (("people.csv", people), ("units.csv", as_csv("ou=units", UNIT_ATTRIBUTES))):
            (folder / name).write_text(text, newline="")
            os.utime(folder / name, (NOW.timestamp(), NOW.timestamp()))
        return CsvDirectory(CsvSettings(file="people.csv", units_file="units.csv"), context(folder))


# ------------------------------------------------------------------------------------------------ reading


def test_a_register_with_greek_headings_is_understood(export: MakeCsv) -> None:
    directory = export(HEADING, MARIA)
    person = one(directory)
    assert (person.login, person.surname, person.given_name) == ("mpappa", "ΠΑΠΠΑ", "ΜΑΡΙΑ")
    assert (person.kind, person.active, person.specialties) == (PersonKind.TEACHER, True, ("ΠΕ86",))
    assert (person.units, person.directorates) == ((ILIO,), ("att-g",))
    assert person.keys == (PersonKey("registry", registry_hash("700001")), PersonKey("login", "mpappa"))
    (unit,) = whole_units(directory).items
    assert (unit.id, unit.code, unit.name, unit.directorate) == (ILIO, "0501659", "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ", "att-g")
    assert whole_people(directory, whole_units(directory)).findings == ()
    assert whole_people(directory).complete


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1253"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encoding_and_separator_are_found(export: MakeCsv, encoding: str, separator: str) -> None:
    directory = export(*(line.replace(";", separator) for line in (HEADING, MARIA)), encoding=encoding)
    assert one(directory) == one(export(HEADING, MARIA))
    assert directory.person("MPappa ") == one(directory)


def test_headings_may_be_named_in_the_settings(export: MakeCsv) -> None:
    own = export("Χρήστης;Εκπαιδευτικός", "mpappa;ΠΑΠΠΑ", columns={"login": "χρηστης", "surname": "Εκπαιδευτικός"})
    assert (one(own).login, one(own).surname) == ("mpappa", "ΠΑΠΠΑ")


def test_quotes_line_breaks_and_spaces_in_cells(export: MakeCsv) -> None:
    directory = export(
        "uid;sn;givenName", 'mpappa;"ΠΑΠΠΑ;\n ""ΑΛΕΞΙΟΥ"""; ΜΑΡΙΑ\u00a0', "", "gnikol;ΝΙΚΟΛΑΟΥ;ΓΙΩΡΓΟΣ;;"
    )
    people = {person.login: person for person in whole_people(directory).items}
    assert people["mpappa"].surname == 'ΠΑΠΠΑ; "ΑΛΕΞΙΟΥ"'
    assert people["mpappa"].given_name == "ΜΑΡΙΑ"
    assert people["gnikol"].given_name == "ΓΙΩΡΓΟΣ"  # more cells than headings, and all of them empty
    assert whole_people(directory).complete


def test_rows_of_one_person_that_follow_each_other_are_one_person_with_several_units(export: MakeCsv) -> None:
    """D-2: registers have a row for each placement."""
    second = MARIA.replace("0501659;10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ", "0500001;1ο ΓΥΜΝΑΣΙΟ").replace("ΠΕ86", "ΠΕ03")
    directory = export(HEADING, MARIA, second)
    person = one(directory)
    assert person.units == (ILIO, ILIO.replace("0501659", "0500001"))
    assert person.specialties == ("ΠΕ03", "ΠΕ86")
    apart = export(HEADING, MARIA, MARIA.replace("mpappa", "gnikol").replace("700001", "700002"), second)
    assert "login-duplicate" in {finding.code for finding in whole_people(apart).findings}
    with pytest.raises(SkipThis):
        apart.person("mpappa")


@pytest.mark.parametrize(
    ("heading", "cell", "kind", "active", "roles"),
    [
        ("Κατηγορία", "Εκπαιδευτικός", PersonKind.TEACHER, True, ()),
        ("Κατηγορία", "Διοικητικό Προσωπικό", PersonKind.STAFF, True, ()),
        ("Κατηγορία", "κηπουρός", PersonKind.UNKNOWN, True, ()),
        ("Ενεργός", "ΟΧΙ", PersonKind.TEACHER, False, ()),
        ("Ενεργός", "Ναι", PersonKind.TEACHER, True, ()),
        ("Κατάσταση", "Ενεργή", PersonKind.TEACHER, True, ()),
        ("Θέση ευθύνης", "Διευθύντρια", PersonKind.TEACHER, True, (UnitRole("school-principal", ILIO),)),
    ],
)
def test_words_of_a_register(
    export: MakeCsv, heading: str, cell: str, kind: PersonKind, active: bool, roles: tuple[UnitRole, ...]
) -> None:
    person = one(export(f"{HEADING};{heading}", f"{MARIA};{cell}"))
    assert (person.kind, person.active, person.roles) == (kind, active, roles)


# ------------------------------------------------------------------------------------------------ damaged numbers


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        (("0501659", "501660"), ("0501659", "")),  # zeros stand elsewhere, so this one has none to get back: a finding
        (("501659", "9905101"), ("0501659", "9905101")),  # no zero in the whole column: a spreadsheet took them
        (("501659.0", "14643,0"), ("0501659", "0014643")),
        (("5,02E+05", "9905101"), ("", "9905101")),
        (("1/4/2026", "ΕΚ04932"), ("", "EK04932")),
    ],
)
def test_a_unit_code_gets_its_zeros_back_only_where_that_can_be_told(
    export: MakeCsv, codes: tuple[str, str], read: tuple[str, str]
) -> None:
    """D-9."""
    directory = export("uid;sn;Κωδικός μονάδας", *(f"user{n};Χ;{code}" for n, code in enumerate(codes)))
    snapshot = whole_people(directory)
    units = tuple("".join(p.units).partition("=")[2].partition(",")[0].upper() for p in snapshot.items)
    assert units == read
    told = [finding.subject for finding in snapshot.findings if finding.code == "unit-code-unreadable"]
    assert told == [f"user{n}" for n, code in enumerate(read) if not code]


def test_with_the_units_known_a_code_is_the_one_that_exists(export: MakeCsv) -> None:
    units = "Κωδικός;Ονομασία;Διεύθυνση εκπαίδευσης\n0501659;10ο ΓΥΜΝΑΣΙΟ;att-v\n0000012;Α;att-v\n"
    directory = export("uid;sn;Κωδικός μονάδας", "a;Χ;501659", "b;Χ;501777", "c;Χ;0501659", units=units)
    snapshot = whole_people(directory, whole_units(directory))
    ilio = ILIO.replace("att-g", "att-v")
    assert [person.units for person in snapshot.items] == [(ilio,), ("gsnunitcode=501777,ou=att-g,ou=units",), (ilio,)]
    assert [(f.subject, f.code) for f in snapshot.findings if f.code.startswith("unit")] == [("b", "unit-dangling")]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("999000001", "999000001"),
        ("12345670", "012345670"),  # the check digit agrees that a zero is missing
        ("12345671", "12345671?"),
        ("123456", "123456?"),  # never a registry number
        ("9,99E+08", "9,99E+08"),
        ("999000001.0", "999000001"),
    ],
)
def test_a_tax_number_gets_its_zero_back_only_where_its_check_digit_agrees(written: str, number: str) -> None:
    assert tax_number(written) == number


def test_a_damaged_registry_number_is_told_and_shown_nowhere(export: MakeCsv) -> None:
    """D-4."""
    snapshot = whole_people(export("uid;sn;Α.Μ.;Α.Φ.Μ.", "mpappa;Χ;7,00E+05;999000001", "gnikol;Χ;700002.0;"))
    kinds = {person.login: [key.value for key in person.keys if key.kind == "registry"] for person in snapshot.items}
    assert kinds == {"mpappa": [registry_hash("999000001")], "gnikol": [registry_hash("700002")]}
    assert [(f.subject, f.code) for f in snapshot.findings if f.code.startswith("registry")] == [
        ("mpappa", "registry-unreadable")
    ]
    assert not [number for number in ("999000001", "700002", "7,00E") if number in repr(snapshot)]


# ------------------------------------------------------------------------------------------------ what is refused


def test_a_ragged_row_is_told_with_its_line_and_nobody_leaves(export: MakeCsv) -> None:
    directory = export("uid;sn;mail", "a;Α;a@sch.example", "b;Β", "c;Γ;c@sch.example;x", "Σύνολο: 3", "d;Δ;")
    snapshot = whole_people(directory)
    assert [person.login for person in snapshot.items] == ["a", "d"]
    assert snapshot.why_partial == "3 rows of the file could not be read, the first at line 3."
    told = [finding.text for finding in snapshot.findings if finding.code == "entry-unreadable"]
    assert told[0] == "Line 3: the row has 2 cells and the heading 3; draw the export again."


def test_a_row_without_a_login_is_told_with_its_line(export: MakeCsv) -> None:
    snapshot = whole_people(export("uid;sn", "a;Α", ";Β"))
    assert [person.login for person in snapshot.items] == ["a"]
    assert [f.text for f in snapshot.findings if f.code == "entry-unreadable"] == [
        "Line 3: the row has no login; draw the export again."
    ]


def test_an_open_quote_does_not_swallow_the_rest_in_silence(export: MakeCsv) -> None:
    snapshot = whole_people(export("uid;sn", "a;Α", 'b;"Β', "c;Γ"))
    assert [person.login for person in snapshot.items] == ["a"]
    assert snapshot.why_partial == "A quote that opens at line 3 is never closed."


def test_a_quote_within_a_cell_is_told_by_its_line(export: MakeCsv) -> None:
    snapshot = whole_people(export("uid;sn", "a;Α", 'b;"Β"γ', "c;Γ"))
    assert [person.login for person in snapshot.items] == ["a"]
    assert snapshot.why_partial == "Line 3 of the file is no row."


@pytest.mark.parametrize(
    ("raw", "own", "words"),
    [
        ("uid;sn\r\na;ΠΑΠΠΑ\r\n".encode("cp737"), {}, "neither UTF-8 nor windows-1253|is not utf-8 nor cp1253"),
        ("uid;sn\r\na;Άννα\r\n".encode("iso-8859-7"), {}, "neither UTF-8 nor windows-1253"),
        ("uid;sn\r\na;Παππά\r\n".encode(), {"says": "windows-1253"}, "is UTF-8, and the settings say cp1253"),
        ("uid;sn\r\na;Παππά\r\n".encode("cp1253"), {"says": "utf-8"}, "is not utf-8"),
        ("uid;sn\r\na;Παπαίαα\r\n".encode().decode("cp1253").encode(), {}, "was spoilt"),
        (b"uid;sn\r\na;\x81\xfe\r\n", {}, "is not utf-8 nor cp1253"),
        (b"<!DOCTYPE html>\r\n<p>Please sign in</p>\r\n", {}, "No column is known to hold the field login"),
        (b"uid;sn;sn\r\na;b;c\r\n", {}, "Two columns may hold the field surname"),
        ("uid;Κλάδος;Ειδικότητα\r\na;b;c\r\n".encode(), {}, "Two columns may hold the field specialty"),
        (b"uid;sn\r\na;b\r\n", {"columns": {"mail": "Post"}}, "No column has the heading Post"),
        (b"", {}, "No column is known"),
    ],
)
def test_a_file_that_cannot_be_read_rightly_makes_nobody(
    export: MakeCsv, tmp_path: Path, raw: bytes, own: dict[str, object], words: str
) -> None:
    directory = export("x", raw=raw or b"\n", **own)
    with pytest.raises(StopConnector, match=words) as raised:
        whole_people(directory)
    assert raised.value.hint
    assert not directory.probe().usable


def test_another_greek_encoding_is_read_where_it_is_named(export: MakeCsv) -> None:
    directory = export("uid;sn", "a;Άννα", encoding="iso-8859-7", says="iso-8859-7")
    assert one(directory).surname == "Άννα"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "people.csv").write_bytes(b"uid;sn;l;employeeNumber\n" + content)
    directory = CsvDirectory(CsvSettings(file="people.csv"), context(folder))
    try:
        whole_people(directory)
        whole_units(directory)
    except StopConnector:
        assert not directory.probe().usable


# ------------------------------------------------------------------------------------------------ the file


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


# ------------------------------------------------------------------------------------------------ the export's age


def test_age_and_content_are_those_of_any_export(export: MakeCsv) -> None:
    fresh = whole_people(export(HEADING, MARIA))
    old = export(HEADING, MARIA, age=timedelta(days=8))
    snapshot = whole_people(old)
    assert (snapshot.as_of, snapshot.content) == (NOW - timedelta(days=8), fresh.content)
    assert "It is 8 days old, more than the 7 days allowed." in snapshot.why_partial
    assert OLD_EXPORT in {finding.code for finding in snapshot.findings}
    assert OLD_EXPORT not in {finding.code for finding in fresh.findings}
    with pytest.raises(TryLater, match="proves nothing"):
        old.person("nobody")
    assert [line.level for line in old.probe().lines if line.subject == "age"] == [ProbeLevel.WARNING]
    assert whole_people(export(HEADING, MARIA, "")).content != fresh.content


def test_the_probe_says_which_columns_are_missing(export: MakeCsv) -> None:
    lines = export("uid;sn", "a;Α").probe().lines
    told = {line.text.partition(",")[0] for line in lines if line.subject == "attributes"}
    assert told == {f"No column holds the field {name}" for name in ("registry", "role", "specialty", "unit")}


def test_settings_refuse_what_makes_no_sense() -> None:
    for wrong in (
        {},
        {"file": ""},
        {"file": "x", "columns": {"surnames": "y"}},
        {"file": "x", "encoding": "klingon"},
        {"file": "x", "separator": "|"},
        {"file": "x", "kind": "pupil"},
        {"file": "x", "max_age": timedelta(0)},
    ):
        with pytest.raises(ValidationError):
            CsvSettings.model_validate(wrong)
