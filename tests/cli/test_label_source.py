"""From where a unit has its directorate is told as it is: an export without a tree has none (D-14)."""

from __future__ import annotations

import os

import pytest

from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

COLUMN = "από τη στήλη διεύθυνσης της εξαγωγής"
SETTINGS = "από τις ρυθμίσεις της εξαγωγής"
TREE = "από το δέντρο του καταλόγου"


def reads(centre: Centre, kypek: Terminal, own: str, *, units: str = "") -> None:
    """The directory is a CSV of one person, whose row names `own` as the directorate."""
    file, export = centre.folder / "kypek.yaml", centre.folder / "export.csv"
    row = f"a;ΠΑΠΠΑ;ΜΑΡΙΑ;700001;ΠΕ86;0501659;10ο ΓΥΜΝΑΣΙΟ;{own}"
    heading = "Όνομα χρήστη;Επώνυμο;Όνομα;Α.Μ.;Ειδικότητα;Κωδικός μονάδας;Σχολείο;Διεύθυνση εκπαίδευσης"
    export.write_text(f"{heading}\n{row}\n", "utf-8")
    os.utime(export, (centre.clock.now.timestamp(),) * 2)
    more = ""
    if units:
        (centre.folder / "units.csv").write_text(units, "utf-8")
        os.utime(centre.folder / "units.csv", (centre.clock.now.timestamp(),) * 2)
        more = ", units_file: units.csv"
    whole = "{type: ldif, mode: apply, file: directory.ldif, max_age: 400 days}"
    text = file.read_text("utf-8")
    assert whole in text
    settings = f"{{type: csv, mode: apply, file: export.csv, directorate: att-a{more}}}"
    file.write_text(text.replace(whole, settings), "utf-8")
    assert kypek("directory", "refresh").code == 0


@pytest.mark.parametrize(("own", "way", "word"), [("", "settings", SETTINGS), ("att-a", "column", COLUMN)])
def test_the_label_of_an_export_is_told_as_its_own_or_its_settings(
    centre: Centre, kypek: Terminal, own: str, way: str, word: str
) -> None:
    reads(centre, kypek, own)
    for words in (("directory", "unit", "0501659"), ("directory", "person", "a"), ("explain", "a")):
        said = " ".join(kypek(*words, language="el").out.split())
        assert word in said, words
        assert TREE not in said, words
    assert kypek("directory", "unit", "0501659", "--json").json[0]["way"] == way


def test_another_source_of_the_same_label_is_seen(centre: Centre, kypek: Terminal) -> None:
    reads(centre, kypek, "")
    file = centre.folder / "export.csv"
    file.write_text(file.read_text("utf-8").replace("ΓΥΜΝΑΣΙΟ;", "ΓΥΜΝΑΣΙΟ;att-a"), "utf-8")
    os.utime(file, (centre.clock.now.timestamp() + 1,) * 2)
    kypek("directory", "refresh")
    assert COLUMN in kypek("directory", "unit", "0501659", language="el").out


def test_a_dn_of_the_units_file_is_the_directory_s_tree_still(centre: Centre, kypek: Terminal) -> None:
    dn = "ou=10gym,ou=att-a,ou=units,dc=sch,dc=gr"
    reads(centre, kypek, "", units=f'DN;Κωδικός;Ονομασία\n"{dn}";0501659;10ο ΓΥΜΝΑΣΙΟ\n')
    assert TREE in kypek("directory", "unit", "0501659", language="el").out


def test_a_unit_that_the_units_file_does_not_have_is_placed_by_the_export_or_its_settings(
    centre: Centre, kypek: Terminal
) -> None:
    reads(centre, kypek, "", units="Κωδικός;Ονομασία\n0501777;1ο ΛΥΚΕΙΟ\n")
    said = " ".join(kypek("directory", "person", "a", language="el").out.split())
    assert "από την εξαγωγή ή τις ρυθμίσεις της" in said
