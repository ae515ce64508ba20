"""One entry of a unit becomes a `Unit`: tables of examples."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import UNIT_ATTRIBUTES, Entry, across_units, unit_of
from kypek_sync.model import Unit
from tests.contracts.directory_people import UNITS


def read(name: str, **attributes: str) -> tuple[Unit, list[str]]:
    """The unit of an entry called `name` at att-g, and the codes of its findings."""
    raw = {key: [value.encode()] for key, value in attributes.items()}
    unit, findings = unit_of(Entry.of(f"ou={name},ou=att-g,{UNITS}", raw))
    assert unit is not None
    return unit, [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("name", "title", "category", "kind", "level"),
    [
        ("10gym-iliou", "", "", "gym", "ΔΕ"),
        ("1dim-athin", "ΔΗΜΟΤΙΚΟ", "ΣΧΟΛΕΙΟ ΠΕ", "dim", "ΠΕ"),
        ("9nip-volou", "Νηπιαγωγείο", "ΠΡΩΤΟΒΑΘΜΙΑ", "nip", "ΠΕ"),
        ("2lyk-argous", "ΑΛΛΟΣ", "ΔΕΥΤΕΡΟΒΑΘΜΙΑ", "lyk", "ΔΕ"),
        ("dipe-att-g", "", "ΔΙΕΥΘ-ΓΡΑΦΕΙΟ", "directorate", "ΠΕ"),
        ("dide-att-g", "", "ΔΙΕΥΘ-ΓΡΑΦΕΙΟ", "directorate", "ΔΕ"),
        ("1eeeek-iliou", "", "ΑΝΕΞ ΒΑΘΜΙΔΑΣ", "eeeek", ""),
        ("vivliothiki", "ΒΙΒΛΙΟΘΗΚΗ", "", "library", ""),
        ("something", "", "", "", ""),
    ],
)
def test_kind_and_level(name: str, title: str, category: str, kind: str, level: str) -> None:
    unit, _ = read(name, title=title, businessCategory=category)
    assert (unit.kind, unit.level) == (kind, level)


@pytest.mark.parametrize(
    ("status", "active"), [("ΕΝΕΡΓΗ", True), ("ενεργή", True), ("ΑΝΕΝΕΡΓΗ", False), ("ΣΕ ΑΝΑΣΤΟΛΗ", False), ("", True)]
)
def test_the_status_is_greek(status: str, active: bool) -> None:
    """D-8."""
    assert read("10gym-iliou", accountStatus=status)[0].active is active


def test_codes_are_strings() -> None:
    """D-9: leading zeros stay, a code may be no number."""
    unit, found = read("45ek-laris", gsnUnitCode="EK04932", gsnRegistryCode="0000169", umdObject="schunit")
    assert (unit.code, unit.registry_code, found) == ("EK04932", "0000169", [])
    assert read("10gym-iliou", gsnUnitCode="0501659")[0].code == "0501659"


@pytest.mark.parametrize(
    ("written", "code", "codes"),
    [
        ("ΕΚ04932", "EK04932", []),  # Greek letters in a Latin code
        (" 0501659 ", "0501659", []),
        ("5,02E+05", "", ["unit-code-unreadable"]),
        ("ΔΕΝ ΕΧΕΙ", "", ["unit-code-unreadable"]),
    ],
)
def test_a_code_is_read_or_told(written: str, code: str, codes: list[str]) -> None:
    """D-9."""
    unit, found = read("10gym-iliou", gsnUnitCode=written, gsnRegistryCode="1000169", umdObject="SchUnit")
    assert (unit.code, found) == (code, codes)


def test_two_codes_of_one_unit_find_it_by_none() -> None:
    """D-10."""
    raw = {"gsnUnitCode": [b"0501659", b"0501660"], "gsnRegistryCode": [b"1000169", b"1000169 "]}
    unit, findings = unit_of(Entry.of(f"ou=x,ou=att-g,{UNITS}", raw))
    assert unit is not None
    assert (unit.code, unit.registry_code) == ("", "1000169")
    assert [finding.code for finding in findings] == ["unit-code-several"]


def test_a_unit_of_a_partner_has_no_directorate() -> None:
    unit, _ = unit_of(Entry.of(f"ou=cs-teiath,ou=teiath,ou=partners,{UNITS}", {"description": ["ΤΜΗΜΑ".encode()]}))
    assert unit is not None
    assert (unit.name, unit.directorate) == ("ΤΜΗΜΑ", "")


def test_latin_letters_in_titles_and_both_unicode_forms_are_one_unit() -> None:
    latin, greek = read("a", title="ΓYMNAΣIO", accountStatus="ENEPΓH"), read("a", title="ΓΥΜΝΑΣΙΟ")
    assert latin == greek
    name = "Λύκειο Αγ. Παρασκευής"
    both = [read("a", description=unicodedata.normalize(form, name)) for form in ("NFC", "NFD")]
    assert both[0] == both[1]


@given(
    st.dictionaries(st.sampled_from(UNIT_ATTRIBUTES), st.lists(st.binary(max_size=30), max_size=3)),
    st.one_of(st.text(max_size=30), st.just(f"ou=x,ou=att-g,{UNITS}")),
)
def test_any_bytes_are_a_unit_or_none(raw: dict[str, list[bytes]], dn: str) -> None:
    unit, findings = unit_of(Entry.of(dn, raw))
    assert (unit is None) == ("unit-unreadable" in {finding.code for finding in findings})


def test_a_school_without_codes_is_told_and_a_container_is_not() -> None:
    """D-10."""
    assert read("10gym-iliou", umdObject="schunit")[1] == ["unit-code-missing", "unit-code-missing"]
    assert read("box", umdObject="Organization")[1] == []


def test_a_code_of_several_units_finds_none_of_them() -> None:
    """D-10."""
    one, two = (read(name, gsnRegistryCode="1000169")[0] for name in ("a", "b"))
    assert [(f.subject, f.code) for f in across_units((one, two))] == [
        (one.id, "unit-code-shared"),
        (two.id, "unit-code-shared"),
    ]


def test_an_entry_that_cannot_be_placed_is_no_unit() -> None:
    unit, findings = unit_of(Entry.of("nothing", {}))
    assert unit is None
    assert [finding.code for finding in findings] == ["unit-unreadable"]
