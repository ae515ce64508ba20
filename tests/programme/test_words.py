"""Specialties, directorates, roles and people in the words of officers."""

from __future__ import annotations

import pytest

from kypek_sync.model import Trainer
from kypek_sync.programme.audience import ROLES, UNIT_KINDS, directorate_names, read_directorates, read_words
from kypek_sync.programme.headings import Field, understood
from kypek_sync.programme.letters import latin_capitals, nearest
from kypek_sync.programme.people import read_logins, read_trainers
from kypek_sync.programme.specialties import law, read_specialties


@pytest.mark.parametrize(
    ("written", "codes", "doubts"),
    [
        ("ΠΕ86", ("ΠΕ86",), []),
        ("πε 86, ΠΕ70", ("ΠΕ86", "ΠΕ70"), []),
        ("ΠΕ86 Πληροφορικής", ("ΠΕ86",), []),
        ("Πληροφορικής", ("ΠΕ86",), []),
        ("ΠΕ04.01; ΠΕ86.50", ("ΠΕ04.01", "ΠΕ86.50"), []),
        ("ΠΕ0401", ("ΠΕ04.01",), []),
        ("ΠΕ4", ("ΠΕ04",), []),
        ("ΠΕ01.00", ("ΠΕ01",), []),
        ("ΠΕ60/70", ("ΠΕ60", "ΠΕ70"), []),
        ("ΠΕ02, 03 και 04", ("ΠΕ02", "ΠΕ03", "ΠΕ04"), []),
        ("ΠΕ81-ΠΕ85", ("ΠΕ81", "ΠΕ82", "ΠΕ83", "ΠΕ84", "ΠΕ85"), []),
        ("ΔΕ01-ΕΒΠ", ("ΔΕ01-ΕΒΠ",), []),
        ("όλες", (), []),
        ("", (), []),
        ("PE86", ("ΠΕ86",), ["specialty-look-alike"]),  # D-11
        ("TE16, DE02", ("ΤΕ16", "ΔΕ02"), ["specialty-look-alike", "specialty-look-alike"]),
        ("ΠΕ19, ΠΕ20", ("ΠΕ86",), ["specialty-stale", "specialty-stale"]),
        ("ΠΕ18.41.50", ("ΠΕ91.02.50",), ["specialty-stale"]),
        ("ΠΕ99", (), ["specialty-unknown"]),
        ("Διοικητικός", (), ["specialty-unknown"]),
    ],
)
def test_specialties_are_read_in_every_usual_form(written, codes, doubts):
    found, remarks = read_specialties(written, frozenset())
    assert found == codes
    assert [r.code for r in remarks] == doubts


def test_a_specialty_that_the_directory_uses_is_known():
    assert read_specialties("ΠΕ99", frozenset({"ΠΕ99"})) == (("ΠΕ99",), [])


def test_no_code_of_the_law_is_also_an_old_one_and_every_old_one_has_a_successor_in_the_law():
    assert not law().codes.keys() & law().stale.keys()
    assert set(law().stale.values()) <= law().codes.keys()


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("att-a", ("att-a",)),
        ("att-a/ΔΕ", ("att-a/ΔΕ",)),
        ("att-a/pe", ("att-a/ΠΕ",)),
        ("ΔΔΕ Α΄ Αθήνας", ("att-a/ΔΕ",)),
        ("Διεύθυνση Δ.Ε. Α' Αθήνας", ("att-a/ΔΕ",)),
        ("Διεύθυνση Δευτεροβάθμιας Εκπαίδευσης Ηρακλείου", ("ira/ΔΕ",)),
        ("ΔΙΠΕ Αχαΐας, Πρωτοβάθμια Πειραιά", ("ach/ΠΕ", "att-peiraia/ΠΕ")),
        ("Δ/νση Π.Ε. Δυτικής Αττικής", ("att-dytik/ΠΕ",)),
        ("Αχαΐα", ("ach",)),
        ("Πειραιάς", ("att-peiraia",)),
        ("Κυκλάδες", ("kyk",)),
        ("Β Θεσσαλονίκης", ("thess-v",)),
        ("όλες", ()),
    ],
)
def test_directorates_are_known_by_label_and_by_name(written, labels):
    assert read_directorates(written) == (labels, [])


def test_all_58_directorates_are_known_by_their_own_names():
    assert len(directorate_names()) == 58
    for label, name in directorate_names().items():
        assert read_directorates(name) == ((label,), [])
        assert read_directorates(f"ΔΔΕ {name.title()}") == ((f"{label}/ΔΕ",), [])


def test_a_misspelt_directorate_gets_a_suggestion():
    found, [doubt] = read_directorates("Λάρισσας")
    assert found == ()
    assert doubt.values["suggestion"] == "ΛΑΡΙΣΑΣ"


def test_kinds_of_unit_and_roles_are_known_in_greek():
    assert read_words("Γυμνάσια και ΓΕΛ", UNIT_KINDS, "x") == (("gym", "lyk"), [])
    assert read_words("Διευθυντές/ντριες", ROLES, "x") == (("school-principal",), [])
    assert read_words("όλοι", ROLES, "x") == ((), [])
    _, [doubt] = read_words("Μάγειρας", ROLES, "role-unknown")
    assert doubt.code == "role-unknown"


@pytest.mark.parametrize(
    ("written", "trainers"),
    [
        ("mnikou", (Trainer(login="mnikou"),)),
        ("MNikou; kpapp", (Trainer(login="mnikou"), Trainer(login="kpapp"))),
        ("mnikou, kpapp", (Trainer(login="mnikou"), Trainer(login="kpapp"))),
        ("mnikou@sch.gr", (Trainer(login="mnikou"),)),
        ("mnikou (Μαρία Νίκου)", (Trainer(login="mnikou"),)),
        ("Μαρία Νίκου <mn@example.gr>", (Trainer(name="Μαρία Νίκου", mail="mn@example.gr"),)),
        ("Μαρία Νίκου, mn@example.gr", (Trainer(name="Μαρία Νίκου", mail="mn@example.gr"),)),
        (
            "Μαρία Νίκου (mn@example.gr)\nkpapp",
            (Trainer(name="Μαρία Νίκου", mail="mn@example.gr"), Trainer(login="kpapp")),
        ),
    ],
)
def test_a_trainer_is_a_login_or_a_name_with_an_address(written, trainers):
    assert read_trainers(written) == (trainers, [])


@pytest.mark.parametrize("written", ["Μαρία Νίκου", "mn@example.gr", "<>"])
def test_a_trainer_who_is_neither_is_unclear(written):
    _, [doubt] = read_trainers(written)
    assert doubt.code == "trainer-unclear"


def test_logins_may_be_separated_by_anything():
    found, [doubt] = read_logins("a.b, C.D;e\nκάποιος")
    assert found == ("a.b", "c.d", "e")
    assert doubt.code == "login-unreadable"


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("ΤΙΤΛΟΣ", Field.TITLE),
        ("  τιτλοσ ", Field.TITLE),
        ("Tίτλος", Field.TITLE),  # a Latin T
        ("Θέσεις *", Field.CAPACITY),
        ("Ώρες (σύνολο)", Field.HOURS),
        ("Επιμορφωτής/τρια", Field.TRAINERS),
        ("α/α", Field.COUNTER),
        ("Ημ/νία", Field.DATE),
        ("Λόγος", None),
    ],
)
def test_headings_are_known_whatever_their_accents_case_and_spaces(written, field):
    assert understood(written, in_sessions=False) is field


def test_the_form_column_of_a_sheet_of_sessions_speaks_of_the_session():
    assert understood("Μορφή", in_sessions=True) is Field.SESSION_FORM
    assert understood("Κατάσταση", in_sessions=True) is Field.SESSION_STATUS


def test_letters_for_codes_are_latin():
    assert latin_capitals("εκφέ 1ο / Χανίων") == "EKFE-1O-CHANION"
    assert nearest("τιτλς", ["Τίτλος", "Θέσεις"]) == "Τίτλος"
    assert nearest("ξξξξ", ["Τίτλος"]) == ""
