"""Files of which nothing can be read: one clear message that names the file and says what to do."""

from __future__ import annotations

import io
import zipfile

import pytest

from kypek_sync.language import speaker
from kypek_sync.programme import ProgrammeUnreadable, read
from tests.programme.files import SEMINAR, SESSION, ground, ods, two_sheets, xlsx


def refused(file) -> str:
    with pytest.raises(ProgrammeUnreadable) as caught:
        read(file, ground())
    assert caught.value.said(speaker("el")) != str(caught.value), "every refusal speaks Greek"
    assert caught.value.said(speaker("en")) == str(caught.value)
    return str(caught.value)


def put(file, content):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_a_missing_file(tmp_path):
    assert "there is no such file" in refused(tmp_path / "p.xlsx")


def test_a_folder(tmp_path):
    assert "is a folder" in refused(tmp_path)


def test_an_empty_file(tmp_path):
    assert refused(put(tmp_path / "p.csv", " \n")) == "p.csv is empty."


def test_a_file_of_another_kind(tmp_path):
    assert "give an xlsx, ods, csv or yaml file" in refused(put(tmp_path / "p.pdf", "%PDF-1.7"))


def test_a_zip_that_is_no_workbook(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("readme.txt", "x")
    assert "give an xlsx, ods, csv or yaml file" in refused(put(tmp_path / "p.xlsx", content.getvalue()))


@pytest.mark.parametrize(("kind", "make"), [("xlsx", xlsx), ("ods", ods)])
def test_a_workbook_cut_in_half(tmp_path, kind, make):
    file = make(tmp_path / f"p.{kind}", two_sheets([SEMINAR], [SESSION]))
    assert "is damaged" in refused(put(file, file.read_bytes()[: file.stat().st_size // 2]))


def test_an_old_workbook_that_is_none(tmp_path):
    assert "is damaged" in refused(put(tmp_path / "p.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600))


def test_a_workbook_with_a_password(tmp_path):
    # An encrypted xlsx is an OLE file with a stream of this name.
    name = "EncryptedPackage".encode("utf-16-le")
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + name
    assert "protected with a password" in refused(put(tmp_path / "p.xlsx", content))


def _repacked(file, change):
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file


def test_an_ods_with_a_password(tmp_path):
    def lock(parts):
        manifest = parts["META-INF/manifest.xml"]
        parts["META-INF/manifest.xml"] = manifest.replace(b"</manifest:manifest>", b"<!--encryption-data-->") + b""

    assert "protected with a password" in refused(
        _repacked(ods(tmp_path / "p.ods", two_sheets([SEMINAR], [SESSION])), lock)
    )


def test_entities_are_not_expanded(tmp_path):
    def bomb(parts):
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet

    assert "is damaged" in refused(_repacked(xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION])), bomb))


@pytest.mark.parametrize("cell", ["A1048576", "XFD3"])
def test_a_value_far_away_from_the_others(tmp_path, cell):
    from openpyxl import load_workbook

    file = xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION]))
    book = load_workbook(file)
    book["Συνεδρίες"][cell] = " x"
    book.save(file)
    assert f"in the cell {cell}" in refused(file)


def test_a_value_far_away_in_an_ods(tmp_path):
    file = ods(tmp_path / "p.ods", two_sheets([SEMINAR], [SESSION]))

    def far(parts):
        empty = b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
        cell = b'<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
        last = b"<table:table-row>" + cell + b"</table:table-row>"
        content = parts["content.xml"]
        parts["content.xml"] = content.replace(b"</table:table>", empty + last + b"</table:table>", 1)

    assert "has a value far away" in refused(_repacked(file, far))


def test_a_workbook_without_a_table_of_seminars(tmp_path):
    assert "has no table of seminars" in refused(
        xlsx(tmp_path / "p.xlsx", {"Φύλλο1": [["Έξοδα", "Ποσό"], ["χαρτί", 3]]})
    )


def test_yaml_with_a_tab(tmp_path):
    message = refused(put(tmp_path / "p.yaml", "σεμινάρια:\n  - τίτλος: Ήχος\n\tμορφή: online\n"))
    assert message == "p.yaml, line 3: there is a tab. YAML is indented with spaces only; replace it."


def test_yaml_that_is_none(tmp_path):
    assert refused(put(tmp_path / "p.yaml", "σεμινάρια:\n  - τίτλος: [Ήχος\n")).startswith(
        "p.yaml, line 3: this is not"
    )
    assert "line 3" in refused(put(tmp_path / "p.yaml", "- τίτλος: Α\n  μορφή: online\n  τίτλος: Β\n"))


def test_yaml_without_a_list_of_seminars(tmp_path):
    for text in ("δομή: kepl\n", "κάτι\n", "σεμινάρια: 3\n"):
        assert "has no list of seminars" in refused(put(tmp_path / "p.yaml", text))


def test_csv_that_is_no_text(tmp_path):
    assert "is not text in Greek" in refused(put(tmp_path / "p.csv", b"\xff\xd2\xaa;x\n"))
