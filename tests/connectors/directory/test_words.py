"""Words of the directory in one form: tables of examples."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import capitals, directorate, leaf, plain, rdns, specialty, unit_id

ILIO = "ou=10gym-iliou,ou=att-g,ou=units,dc=sch,dc=gr"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ΠΕ86", "ΠΕ86"),
        ("PE86", "ΠΕ86"),  # all Latin (D-11)
        ("ΡΕ86", "ΠΕ86"),  # a Greek rho that looks like a Latin P
        ("ΠE86", "ΠΕ86"),  # Greek Π, Latin E
        (" πε 86 ", "ΠΕ86"),
        ("ΠΕ04.01", "ΠΕ04.01"),
        ("pe70.50", "ΠΕ70.50"),
        ("DE01-EBP", "ΔΕ01-ΕΒΠ"),
        ("ΔΕ01-ΕΒΠ", "ΔΕ01-ΕΒΠ"),
        ("TE16", "ΤΕ16"),
        ("YE01", "ΥΕ01"),
        ("Διοικητικός", ""),
        ("ΠΕ6", ""),  # 06 or 60? never a guess
        ("ΠΕ", ""),
        ("86", ""),
        ("", ""),
    ],
)
def test_a_specialty_has_one_spelling(written: str, code: str) -> None:
    assert specialty(written) == code


@given(st.text())
def test_any_text_is_a_specialty_or_none(text: str) -> None:
    code = specialty(text)
    assert code in ("", specialty(code))


@pytest.mark.parametrize(
    "written",
    [
        ILIO,
        "ou=10gym-iliou, ou=att-g, ou=units, dc=sch, dc=gr",
        "OU=10GYM-Iliou,ou=ATT-G,OU=units,DC=sch,dc=gr",
        " ou = 10gym-iliou ,ou=att-g,ou=units,dc=sch,dc=gr ",
        r"ou=10gym\2diliou,ou=att-g,ou=units,dc=sch,dc=gr",
    ],
)
def test_two_spellings_of_a_dn_are_one_unit(written: str) -> None:
    """D-1."""
    assert unit_id(written) == ILIO


def test_an_escaped_comma_stays_within_its_part() -> None:
    assert rdns(r"ou=a\,b+cn=x,dc=gr") == [r"cn=x+ou=a\,b", "dc=gr"]
    assert rdns(r"ou=a\2Cb,dc=gr") == [r"ou=a\,b", "dc=gr"]
    assert leaf(r"uid=a\,b,dc=gr") == ("uid", "a,b")


def test_both_unicode_forms_are_one_unit() -> None:
    name = "ou=γραφείο,ou=att-g,ou=units,dc=sch,dc=gr"
    assert unit_id(unicodedata.normalize("NFD", name)) == unit_id(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize("text", ["", "  ", "ΑΘΗΝΑ", "ou=", "ou", "=x", "ou=a,,dc=gr", "ou=a,", "10ο ΓΥΜΝΑΣΙΟ, ΙΛΙΟ"])
def test_what_is_no_dn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="DN"):
        unit_id(text)


@given(st.text())
def test_the_normal_form_is_its_own_normal_form(value: str) -> None:
    escaped = "".join(f"\\{c}" if c in '\\,+"<>;=# ' else c for c in value)
    try:
        once = unit_id(f"ou={escaped},dc=gr")
    except ValueError:
        assert not plain(value)
        return
    assert unit_id(once) == once


@pytest.mark.parametrize(
    ("unit", "label"),
    [
        (ILIO, "att-g"),
        ("ou=att-g,ou=units,dc=sch,dc=gr", "att-g"),
        ("ou=lab,ou=10gym-iliou,ou=att-v,ou=units,dc=sch,dc=gr", "att-v"),  # Β΄ is v (D-13)
        ("ou=units,dc=sch,dc=gr", ""),
        ("ou=teiath,ou=partners,ou=units,dc=sch,dc=gr", ""),
        ("ou=people,dc=sch,dc=gr", ""),
    ],
)
def test_the_directorate_is_the_part_below_units(unit: str, label: str) -> None:
    assert directorate(unit) == label


def test_capitals_have_no_accents_and_plain_text_no_stray_spaces() -> None:
    assert capitals(" Επίσημος  λογαριασμός ") == "ΕΠΙΣΗΜΟΣ ΛΟΓΑΡΙΑΣΜΟΣ"  # D-6
    assert plain("Dialup ") == "Dialup"  # D-7
