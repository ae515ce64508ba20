"""Words of the directory in one form: tables of examples."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import capitals, directorate, leaf, plain, rdns, specialty, unit_code, unit_id
from kypek_sync.contract.directory_codes import address, quoted, shape

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
        ("ΔΕ01 – ΕΒΠ", "ΔΕ01-ΕΒΠ"),  # a dash that a word processor made
        ("ΠΕ\u00a086", "ΠΕ86"),
        ("ΠΕ\u200b86\u00ad", "ΠΕ86"),
        ("ΠΕ86 - ΠΛΗΡΟΦΟΡΙΚΗΣ", "ΠΕ86"),
        ("ΠΕ04.01 Φυσικοί", "ΠΕ04.01"),
        ("ΠΕ 70 (Δάσκαλοι)", "ΠΕ70"),
        ("ΠΕ86 ή ΠΕ03", ""),  # two codes
        ("ΠΕ19/ΠΕ20", ""),
        ("ΠΕ860", ""),
        ("ΠΕ86-", ""),
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


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("ΠΑΠΠΑ\u00a0\u00a0ΜΑΡΙΑ", "ΠΑΠΠΑ ΜΑΡΙΑ"),
        ("ΠΑΠ\u200bΠΑ", "ΠΑΠΠΑ"),
        ("\ufeffΠΑΠΠΑ\u200e", "ΠΑΠΠΑ"),
        ("ΠΑΠ\u00adΠΑ", "ΠΑΠΠΑ"),
        ("ΠΑΠΠΑ\r\nΜΑΡΙΑ\t", "ΠΑΠΠΑ ΜΑΡΙΑ"),
        ("\x00ΠΑΠΠΑ\x07", "ΠΑΠΠΑ"),
        ("\u200b", ""),
        ("Παππα\u0301", "Παππά"),
    ],
)
def test_what_nobody_sees_is_not_kept(written: str, text: str) -> None:
    """D-7."""
    assert plain(written) == text


@given(st.text())
def test_plain_text_is_the_same_in_both_unicode_forms_and_its_own_plain_form(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert plain(unicodedata.normalize("NFD", text)) == plain(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0501659", "0501659"),  # the zero stays (D-9)
        (" 050 1659 ", "0501659"),
        ("EK04932", "EK04932"),
        ("ΕΚ04932", "EK04932"),  # in Greek letters
        ("εκ 04932", "EK04932"),
        ("Ε.Κ.04932", "EK04932"),
        ("5,02E+05", ""),  # a spreadsheet was here
        ("ΔΔ01", ""),
        ("ΕΚ", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_a_unit_code_has_one_spelling(written: str, code: str) -> None:
    assert unit_code(written) == code


@pytest.mark.parametrize(
    ("written", "mail"),
    [
        ("MPappa@SCH.example", "mpappa@sch.example"),
        ("m.pappa+x@att.sch.example", "m.pappa+x@att.sch.example"),
        ("mpappa", ""),
        ("mpappa@", ""),
        ("mpappa@localhost", ""),
        ("mpappa@sch.example; x@sch.example", ""),
        ("Μ. Παππά <mpappa@sch.example>", ""),
        ("mpαppa@sch.example", ""),  # a Greek alpha
        ("m pappa@sch.example", ""),
        (f"{'m' * 65}@sch.example", ""),
        (f"m@{'sch.' * 80}example", ""),
    ],
)
def test_a_mail_address_is_one_address_or_none(written: str, mail: str) -> None:
    assert address(written) == mail


def test_letters_that_look_alike_have_one_shape() -> None:
    """D-6, D-11."""
    assert shape("ΕΝΕΡΓΗ") == shape("ενεργή") == shape("ENEPΓH")
    assert shape("Τeacher") == shape("TEACHER")
    assert shape("ΕΝΕΡΓΗ") != shape("ΑΝΕΝΕΡΓΗ")


def test_what_is_quoted_is_short_and_holds_no_registry_number() -> None:
    """D-4: a number may stand in a wrong place."""
    assert quoted("Διοικητικός") == "Διοικητικός"
    assert quoted("ΑΦΜ 999000001, ΑΜ 700.001") == "ΑΦΜ …, ΑΜ …"
    assert quoted("999 000 001") == "…"
    assert len(quoted("ω" * 100)) == 40
