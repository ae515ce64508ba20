"""Exports of school registers as CSV: headings, encodings, separators, and what a spreadsheet does to numbers."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

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
from tests.connectors.directory.csv_files import HEADING, ILIO, MARIA, MakeCsv, export
from tests.contracts.directory import NOW, DirectoryContract, context, registry_hash
from tests.contracts.directory_people import POPULATION

__all__ = ["export"]


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


UNITS = "Κωδικός;Ονομασία;Διεύθυνση εκπαίδευσης\n0501659;10ο ΓΥΜΝΑΣΙΟ;att-v\n0501660;11ο ΓΥΜΝΑΣΙΟ;att-v\n"


@pytest.mark.parametrize(
    ("units", "why"),
    [
        (UNITS[:-3], "The export seems cut: line 3, its last one, has no end."),
        (UNITS.replace("0501660;", "0501660;;;"), "1 rows of the file could not be read, the first at line 3."),
    ],
)
def test_a_units_file_that_is_not_whole_takes_nobody_s_school_away(export: MakeCsv, units: str, why: str) -> None:
    """By name or by code: whose school it does not show is not seen, and the read of people is partial."""
    rows = ("uid;sn;Σχολείο", "a;Χ;10ο ΓΥΜΝΑΣΙΟ", "b;Χ;11ο ΓΥΜΝΑΣΙΟ", "c;Χ;0501660", "c;Χ;10ο ΓΥΜΝΑΣΙΟ")
    whole = whole_people(export(*rows, units=UNITS))
    assert (len(whole.items), whole.complete) == (3, True)
    directory = export(*rows, units=units)
    cut = whole_people(directory)
    assert [person.login for person in cut.items] == ["a"]
    assert not cut.complete
    assert cut.why_partial == f"units.csv is not whole, so some schools are not known. {why}"
    assert "units.csv δεν είναι" in worded(cut.why_partial, speaker("el"))
    assert "whole" not in worded(cut.why_partial, speaker("el"))
    with pytest.raises(TryLater, match=r"units\.csv is not whole"):
        directory.person("b")
    assert directory.person("a") == whole.items[0]


def test_an_office_without_a_code_is_known_by_its_name_and_keeps_nothing_back(export: MakeCsv) -> None:
    """One row without a code made people and units partial for good: nobody could ever leave, and who served there
    stayed unknown."""
    units = UNITS + ";Γραφείο Φυσικής Αγωγής;att-v\n"
    directory = export("uid;sn;Σχολείο", "a;Χ;10ο ΓΥΜΝΑΣΙΟ", "b;Χ;ΓΡΑΦΕΙΟ ΦΥΣΙΚΗΣ ΑΓΩΓΗΣ", units=units)
    shown = whole_units(directory)
    assert shown.complete
    office = next(one for one in shown.items if not one.code)
    assert (office.name, office.directorate) == ("Γραφείο Φυσικής Αγωγής", "att-v")
    people = whole_people(directory, shown)
    assert people.complete
    assert {one.login: one.units for one in people.items}["b"] == (office.id,)


@pytest.mark.parametrize("row", [";;att-v", "5,01E+05;11ο ΓΥΜΝΑΣΙΟ;att-v", ";123;att-v"])
def test_a_row_of_units_that_names_none_is_still_a_damaged_one(export: MakeCsv, row: str) -> None:
    assert not whole_units(export("uid;sn", "a;Χ", units=f"{UNITS}{row}\n")).complete


def test_an_old_units_file_is_no_reason_to_doubt_where_people_are(export: MakeCsv, tmp_path: Path) -> None:
    directory = export("uid;sn;Σχολείο", "a;Χ;10ο ΓΥΜΝΑΣΙΟ", "b;Χ;12ο ΓΥΜΝΑΣΙΟ", units=UNITS)
    drawn = (NOW - timedelta(days=900)).timestamp()
    os.utime(tmp_path / "units.csv", (drawn, drawn))
    assert not whole_units(directory).complete
    people = whole_people(directory)
    assert (len(people.items), people.complete) == (2, True)


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


@pytest.mark.parametrize("number", ["123456783", "700001"])
def test_a_number_in_the_column_of_units_is_no_unit_and_shown_nowhere(export: MakeCsv, number: str) -> None:
    """D-4: a tax number, or the row's own registry number, stood in clear as the id of a unit."""
    directory = export("Λογαριασμός;ΑΜ;Κωδικός μονάδας", f"mpappa;{number};{number}")
    people, units = whole_people(directory), whole_units(directory)
    assert one(directory).units == ()
    assert units.items == ()
    assert "unit-code-unreadable" in [finding.code for finding in people.findings]
    assert number not in repr((people, units))


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


@pytest.mark.parametrize("encoding", ["utf-8", "cp1253", "utf-16"])
def test_lines_that_end_as_those_of_old_spreadsheets_are_lines(export: MakeCsv, encoding: str) -> None:
    file = 'uid;sn\ra;ΑΛΦΑ\rb;"ΒΗΤΑ\rΓΑΜΑ"\rc\r'
    snapshot = whole_people(export("x", raw=file.encode(encoding)))
    assert [(person.login, person.surname) for person in snapshot.items] == [("a", "ΑΛΦΑ"), ("b", "ΒΗΤΑ ΓΑΜΑ")]
    assert snapshot.why_partial == "1 rows of the file could not be read, the first at line 5."


def test_a_stray_line_end_in_a_row_makes_nobody_and_is_told_by_its_line(export: MakeCsv) -> None:
    snapshot = whole_people(export("uid;sn", "a;Α", "b\r;Β", "c;Γ"))
    assert [person.login for person in snapshot.items] == ["a", "c"]
    assert snapshot.why_partial == "2 rows of the file could not be read, the first at line 3."


def test_a_stray_line_end_in_the_heading_leaves_no_row_whole(export: MakeCsv) -> None:
    snapshot = whole_people(export("uid;sn\r;mail", "a;Α;a@sch.example"))
    assert (snapshot.items, snapshot.complete) == ((), False)
    assert "the first at line 2." in snapshot.why_partial


def test_a_heading_longer_than_any_is_told_by_its_line(export: MakeCsv) -> None:
    with pytest.raises(StopConnector, match="Line 1 of the file is no row"):
        whole_people(export("uid" * 50000, "a"))


def test_a_quote_within_a_cell_is_told_by_its_line(export: MakeCsv) -> None:
    snapshot = whole_people(export("uid;sn", "a;Α", 'b;"Β"γ', "c;Γ"))
    assert [person.login for person in snapshot.items] == ["a"]
    assert snapshot.why_partial == "Line 3 of the file is no row."


@pytest.mark.parametrize(
    ("raw", "own", "words"),
    [
        ("uid;sn\r\na;ΠΑΠΠΑ\r\n".encode("cp737"), {}, "neither UTF-8 nor windows-1253|is neither utf-8 nor cp1253"),
        ("uid;sn\r\na;Άννα\r\n".encode("iso-8859-7"), {}, "neither UTF-8 nor windows-1253"),
        ("uid;sn\r\na;Παππά\r\n".encode(), {"says": "windows-1253"}, "is UTF-8, and the settings say cp1253"),
        ("uid;sn\r\na;Παππά\r\n".encode("cp1253"), {"says": "utf-8"}, "is not utf-8"),
        ("uid;sn\r\na;Παπαίαα\r\n".encode().decode("cp1253").encode(), {}, "was spoilt"),
        (b"uid;sn\r\na;\x81\xfe\r\n", {}, "is neither utf-8 nor cp1253"),
        (b"<!DOCTYPE html>\r\n<p>Please sign in</p>\r\n", {}, "The first line holds no headings"),
        (b"sn;mail\r\na;b\r\n", {}, "No column is known to hold the field login"),
        (b"uid;sn;sn\r\na;b;c\r\n", {}, "Two columns may hold the field surname"),
        ("uid;Κλάδος;Ειδικότητα\r\na;b;c\r\n".encode(), {}, "Two columns may hold the field specialty"),
        (b"uid;sn\r\na;b\r\n", {"columns": {"mail": "Post"}}, "No column has the heading Post"),
        (b"", {}, "The file is empty"),
        (b"", {"columns": {"mail": "Post"}}, "The file is empty"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", {}, "is a spreadsheet"),
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


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("mpappa;ΠΑΠΠΑ;ΜΑΡΙΑ;mpappa@sch.example;700001;123456783;ΠΕ86;0501659", {}),
        ("mpappa;ΠΑΠΠΑ;ΜΑΡΙΑ;mpappa@sch.example;700001;123456783;ΠΕ86;0501659", {"columns": {"mail": "Post"}}),
        ("Επώνυμο;ΜΑΡΙΑ;mpappa@sch.example;700001;123456783", {}),
        ("Επώνυμο;ΜΑΡΙΑ;Μητρώο 700 001;A-123456783", {"columns": {"registry": "123456783"}}),
        ("700001;700001;Επώνυμο", {"columns": {"login": "700001"}}),
        ("Επώνυμο,mpappa,mpappa@sch.example;700001", {"separator": ";"}),
    ],
)
def test_a_line_that_is_no_heading_is_shown_to_nobody(export: MakeCsv, line: str, own: dict[str, object]) -> None:
    """Of a file without headings, or with spoilt ones, the first line is somebody's (D-4)."""
    with pytest.raises(StopConnector) as raised:
        whole_people(export(line, MARIA, **own))
    said = f"{raised.value} {raised.value.hint}"
    assert not [word for word in ("mpappa", "ΜΑΡΙΑ", "@", "700001", "700 001", "123456783") if word in said]


def test_the_headings_there_are_help_to_find_the_missing_one(export: MakeCsv) -> None:
    with pytest.raises(StopConnector) as raised:
        whole_people(export("Χρήστης;Επώνυμο;Αριθμός 2", "mpappa;ΠΑΠΠΑ;x"))
    assert raised.value.hint.endswith("there are: Χρήστης, Επώνυμο.")


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
    told = {line.text.partition(",")[0] for line in lines if line.text.startswith("No column")}
    assert told == {f"No column holds the field {name}" for name in ("registry", "role", "specialty", "unit")}


def test_the_probe_names_a_missing_column_as_the_settings_take_it(export: MakeCsv) -> None:
    """`columns: role` was advised, which the settings refuse."""
    step = next(line.next_step for line in export("uid;sn", "a;Α").probe().lines if "field role" in line.text)
    _, written, _ = step.split("`")
    assert CsvSettings.model_validate({"file": "x.csv", **YAML(typ="safe").load(written)}).columns == {
        "role": "HEADING"
    }


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
