"""Odd but readable files: what they say is used, what they cannot say is told."""

from __future__ import annotations

import zipfile

import pytest
from openpyxl import load_workbook

from kypek_sync.programme import ProgrammeUnreadable, answer_suffix, books, mark, packages, read
from tests.programme.files import SEMINAR, SESSION, codes, csv, found, ground, ods, two_sheets, xlsx


def yaml(tmp_path, text):
    file = tmp_path / "p.yaml"
    file.write_text(text, "utf-8")
    return read(file, ground())


def with_content(file, old: bytes, new: bytes):
    """The same ods with a piece of its content changed."""
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert old in parts["content.xml"]
    parts["content.xml"] = parts["content.xml"].replace(old, new)
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file


def ods_with_seats(tmp_path, cell: bytes):
    """An ods whose cell of seats is written as given."""
    file = ods(tmp_path / "p.ods", two_sheets([{**SEMINAR, "Θέσεις": "ΕΔΩ"}], [SESSION]))
    old = b'<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>'
    with zipfile.ZipFile(file) as package:
        content = package.read("content.xml")
    end = content.index("ΕΔΩ".encode())
    start = content.rindex(b"<table:table-cell", 0, end)
    stop = content.index(b"</table:table-cell>", end) + len(b"</table:table-cell>")
    assert old[:17] in content
    return with_content(file, content[start:stop], cell)


def test_a_formula_without_a_result_is_told_in_an_ods_too(tmp_path):
    got = read(ods_with_seats(tmp_path, b'<table:table-cell table:formula="of:=20+5"/>'), ground())
    assert found(got, "formula-empty").where == "Σεμινάρια!E2"


def test_a_formula_with_a_result_is_its_result_in_an_ods_too(tmp_path):
    cell = (
        b'<table:table-cell table:formula="of:=20+5" office:value-type="float" office:value="25">'
        b"<text:p>25</text:p></table:table-cell>"
    )
    got = read(ods_with_seats(tmp_path, cell), ground())
    assert got.mistakes == ()
    assert got.seminars[0].capacity == 25


def test_a_formula_that_gives_an_error_is_told_in_an_ods_too(tmp_path):
    cell = (
        b'<table:table-cell table:formula="of:=1/0" office:value-type="string">'
        b"<text:p>#DIV/0!</text:p></table:table-cell>"
    )
    assert found(read(ods_with_seats(tmp_path, cell), ground()), "cell-error").where == "Σεμινάρια!E2"


def test_merged_cells_of_an_ods_count_for_each_of_their_rows(tmp_path):
    from odfdo import Document

    sheets = two_sheets([SEMINAR], [SESSION, {**SESSION, "Αριθμός": 2, "Ημερομηνία": "19/3", "Χώρος": None}])
    file = ods(tmp_path / "p.ods", sheets)
    document = Document(file)
    document.body.get_table(name="Συνεδρίες").set_span("G2:G3")
    document.save(file)
    got = read(file, ground())
    assert found(got, "merged").where == "Συνεδρίες!G2"
    assert [s.place for s in got.seminars[0].sessions] == ["ΕΚΦΕ", "ΕΚΦΕ"]


def test_a_sheet_with_a_chart_only_is_passed_over(tmp_path):
    file = xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION]))
    book = load_workbook(file)
    book.create_chartsheet("Γράφημα")
    book.save(file)
    assert read(file, ground()).mistakes == ()


def test_unknown_keys_and_odd_items_of_yaml_are_told_with_their_lines(tmp_path):
    got = yaml(
        tmp_path,
        "έτος: 3\n"
        "σεμινάρια:\n"
        "  - Ήχος\n"
        "  - τίτλος: Φως\n"
        "    μορφή: online\n"
        "    τιτλς: Φως\n"
        "    Σεμινάριο: Φως\n"
        "    συνεδρίες:\n"
        "      - αύριο\n"
        "  - τίτλος: Χρώμα\n"
        "    μορφή: online\n"
        "    συνεδρίες: {ημερομηνία: 12/3/2027, ώρα: 17:00-20:00}\n",
    )
    assert [(m.code, m.source.row) for m in got.mistakes] == [
        ("column-unknown", 1),
        ("not-a-value", 3),
        ("no-sessions", 4),
        ("column-unknown", 6),
        ("column-twice", 7),
        ("not-a-value", 8),
    ]
    assert len(got.seminars[-1].sessions) == 1


def test_a_unit_code_in_yaml_keeps_its_leading_zero(tmp_path):
    got = yaml(tmp_path, "- τίτλος: Φως\n  μορφή: online\n  σχολεία: [0501659, 0501660]\n")
    assert got.seminars[0].audience.units == ("0501659", "0501660")


def test_yaml_that_repeats_itself_endlessly_is_not_followed(tmp_path):
    assert "title-empty" in codes(yaml(tmp_path, "- τίτλος: &a [*a]\n  μορφή: online\n"))
    assert "not-a-value" in codes(yaml(tmp_path, "- τίτλος: [[Φως]]\n  μορφή: online\n"))


def test_yaml_beyond_the_limit_of_rows_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("kypek_sync.programme.yaml_programme.MOST_ROWS", 2)
    got = yaml(tmp_path, "".join(f"- {{τίτλος: Σ{n}, μορφή: online}}\n" for n in range(4)))
    assert found(got, "too-many-rows").source.row == 3
    assert len(got.seminars) == 2


def test_a_long_value_of_yaml_is_told(tmp_path):
    assert "cell-long" in codes(yaml(tmp_path, f"- τίτλος: Φως\n  μορφή: online\n  περιγραφή: {'α' * 32_768}\n"))


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    file = xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION]))
    monkeypatch.setattr(books, "MOST_BYTES", 100)
    with pytest.raises(ProgrammeUnreadable, match="too large"):
        read(file, ground())


def test_a_package_that_would_unpack_to_too_much_is_refused(tmp_path, monkeypatch):
    file = xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION]))
    monkeypatch.setattr(packages, "MOST_UNPACKED", 1000)
    with pytest.raises(ProgrammeUnreadable, match="too large"):
        read(file, ground())


def test_a_csv_with_an_endless_cell_is_refused(tmp_path):
    file = csv(tmp_path / "p.csv", [["Τίτλος", "Μορφή"], ["α" * 200_000, "online"]])
    with pytest.raises(ProgrammeUnreadable, match="not a proper csv file"):
        read(file, ground())


def test_a_workbook_that_openpyxl_cannot_open_is_answered_with_its_values(tmp_path):
    file = xlsx(tmp_path / "p.xlsx", two_sheets([{**SEMINAR, "Θέσεις": 0}], [SESSION]))
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/styles.xml"] = (
        parts["xl/styles.xml"].replace(b"<cellXfs", b"<dropped").replace(b"</cellXfs", b"</dropped")
    )
    parts["docProps/core.xml"] = b"<broken/>"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"application/x-other"
    )
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    got = read(file, ground())
    mark(got, ground(), tmp_path / "a.xlsx")
    assert "τουλάχιστον 1" in load_workbook(tmp_path / "a.xlsx")["Σεμινάρια"]["E2"].comment.text
    assert answer_suffix(file) == ".xlsx"
