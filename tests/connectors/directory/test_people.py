"""One entry of a person becomes a `Person`: tables of examples."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kypek_sync.contract import PERSON_ATTRIBUTES, Entry, across_people, person_of
from kypek_sync.model import FindingLevel, Person, PersonKey, PersonKind, UnitRole
from tests.contracts.directory import registry_hash
from tests.contracts.directory_people import ATHENS, ILIO, PEOPLE, UNITS

PARENT = f"ou=att-g,{UNITS}"
PARTNER = f"ou=cs-teiath,ou=teiath,ou=partners,{UNITS}"


def read(login: str = "mpappa", **attributes: str | tuple[str, ...]) -> tuple[Person, list[str]]:
    """The person of an entry with these attributes (`__` for `;`, `_` for `-`), and the codes of its findings."""
    usual: dict[str, str | tuple[str, ...]] = {
        "umdObject": "Teacher",
        "accountStatus": "active",
        "l": ILIO,
        "employeeNumber": "700001",
        "sn": "ΠΑΠΠΑ",
    }
    raw = {}
    for name, values in {**usual, **attributes}.items():
        several = (values,) if isinstance(values, str) else values
        raw[name.replace("__", ";").replace("_", "-")] = [value.encode() for value in several]
    person, findings = person_of(Entry.of(f"uid={login},{PEOPLE}", raw), registry_hash)
    assert person is not None
    return person, [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("umd_object", "office", "kind", "codes"),
    [
        ("Teacher", (), PersonKind.TEACHER, []),
        ("teacher", (), PersonKind.TEACHER, []),
        ("iTeacher", (), PersonKind.TEACHER, []),
        ("ATEACHER", (), PersonKind.TEACHER, []),
        ("pTeacher", (), PersonKind.TEACHER, []),
        ("student", (), PersonKind.PUPIL, []),
        ("Personel", (), PersonKind.STAFF, []),
        ("Account", "ΕΠΙΣΗΜΟΣ ΛΟΓΑΡΙΑΣΜΟΣ", PersonKind.SCHOOL_ACCOUNT, []),
        ("account", "Επίσημος  Λογαριασμός ", PersonKind.SCHOOL_ACCOUNT, []),
        ("Account", (), PersonKind.UNKNOWN, ["kind-unmarked"]),
        ("ISaccount", (), PersonKind.SCHOOL_ACCOUNT, []),
        ("Account", "EΠIΣHMOΣ ΛOΓAPIAΣMOΣ", PersonKind.SCHOOL_ACCOUNT, []),  # Latin letters among the Greek
        ("Account", "EPISIMOS\u00a0LOGARIASMOS", PersonKind.SCHOOL_ACCOUNT, []),
        ("Τeacher\u200b", (), PersonKind.TEACHER, []),  # a Greek tau
        (" Teacher\r\n", (), PersonKind.TEACHER, []),
        ("Router", (), PersonKind.SERVICE_ACCOUNT, []),
        ("ADSLaccount", (), PersonKind.SERVICE_ACCOUNT, []),
        ("Teacher", "ΕΠΙΣΗΜΟΣ ΛΟΓΑΡΙΑΣΜΟΣ", PersonKind.TEACHER, ["kind-contradictory"]),
        (("Teacher", "student"), (), PersonKind.UNKNOWN, ["kind-contradictory"]),
        (("Teacher", "iTeacher"), (), PersonKind.TEACHER, []),
        ("Robot", (), PersonKind.UNKNOWN, ["kind-unknown"]),
        ((), (), PersonKind.UNKNOWN, ["kind-missing"]),
    ],
)
def test_the_kind(umd_object: str, office: str, kind: PersonKind, codes: list[str]) -> None:
    """Section 3.1; D-5, D-6, D-16."""
    person, found = read(umdObject=umd_object, physicalDeliveryOfficeName=office)
    assert (person.kind, found) == (kind, codes)


@pytest.mark.parametrize(
    ("status", "active", "codes"),
    [
        ("active", True, []),
        ("ACTIVE ", True, []),
        ("ΕΝΕΡΓΗ", True, []),
        ("disabled", False, []),
        ("ΑΝΕΝΕΡΓΗ", False, []),
        ("ENEPΓH", True, []),  # Latin letters
        ("perhaps", False, ["status-unknown"]),
        (("active", "disabled"), False, ["status-contradictory"]),
        (("active", "Active"), True, []),
        ((), True, ["status-missing"]),  # an attribute that does not show must not empty every course
    ],
)
def test_the_status(status: str, active: bool, codes: list[str]) -> None:
    """D-8."""
    person, found = read(accountStatus=status)
    assert (person.active, found) == (active, codes)


@pytest.mark.parametrize(
    ("primary", "others", "units", "labels", "codes"),
    [
        (ILIO, (ILIO, PARENT), (ILIO,), ("att-g",), []),
        (ILIO.replace(",", ", "), (PARENT, ILIO), (ILIO,), ("att-g",), []),
        (ILIO, (ATHENS, ILIO, PARENT), (ILIO, ATHENS), ("att-g", "att-a"), []),
        (ILIO, (), (ILIO,), ("att-g",), []),
        (PARENT, (ILIO,), (PARENT, ILIO), ("att-g",), []),  # who serves at the directorate serves there
        ((), (ILIO, PARENT), (ILIO,), ("att-g",), ["unit-missing"]),
        ((), (), (), (), ["unit-missing"]),
        ("ΑΘΗΝΑ", (ILIO,), (ILIO,), ("att-g",), ["unit-unreadable"]),
        ((ILIO, ATHENS), (), (ILIO, ATHENS), ("att-g", "att-a"), ["unit-several"]),
        (ILIO, (PARTNER,), (ILIO, PARTNER), ("att-g",), []),
        (PARTNER, (PARTNER, PARTNER.partition(",")[2]), (PARTNER,), (), []),  # a partner is no directorate
        (f"{ILIO}\r\n", (ILIO.replace("=", " = "),), (ILIO,), ("att-g",), []),
        (ILIO.replace("10", "\u200b10"), (), (ILIO,), ("att-g",), []),
        ("\\", (ILIO,), (ILIO,), ("att-g",), ["unit-unreadable"]),
        ("ou=\\ff,dc=gr", (), (), (), ["unit-unreadable"]),
        (f"ou=gone,ou=att-g,{UNITS}", (ILIO,), (f"ou=gone,ou=att-g,{UNITS}", ILIO), ("att-g",), []),
    ],
)
def test_the_units(
    primary: str, others: tuple[str, ...], units: tuple[str, ...], labels: tuple[str, ...], codes: list[str]
) -> None:
    """D-1, D-2."""
    person, found = read(l=primary, eduPersonOrgUnitDN=others)
    assert (person.units, person.directorates) == (units, labels)
    assert found == codes


def test_a_pupil_without_a_unit_is_no_finding() -> None:
    assert read(umdObject="student", l=(), employeeNumber=())[1] == []


def test_roles_come_from_the_options() -> None:
    """D-3, D-41: any role, known or not; a value without an option names none."""
    person, found = read(
        gsnUserRoleOn__school_principal=ILIO,
        gsnUserRoleOn__itlab_responsible=(ILIO, ATHENS),
        gsnUserRoleOn__something_new=ATHENS,
        gsnUserRoleOn=PARENT,
    )
    assert set(person.roles) == {
        UnitRole("school-principal", ILIO),
        UnitRole("itlab-responsible", ILIO),
        UnitRole("itlab-responsible", ATHENS),
        UnitRole("something-new", ATHENS),
    }
    assert found == ["role-unnamed"]


def test_only_groups_of_a_unit_are_roles() -> None:
    """D-12."""
    person, _ = read(memberOf=(f"cn=Plinet,ou=Groups,{PARENT}", f"cn=all,{PEOPLE}"))
    assert person.roles == (UnitRole("plinet", PARENT),)


@pytest.mark.parametrize(
    ("numbers", "hashed", "codes"),
    [
        ("700001", ("700001",), []),
        (" 999 000001 ", ("999000001",), []),
        (("700001", "999000001"), ("700001", "999000001"), []),
        (("700001", "700001 "), ("700001",), []),
        ("7000\u200b01", ("700001",), []),
        ("12345", (), ["registry-unreadable"]),
        ("7,00E+05", (), ["registry-unreadable"]),
        ("000000", (), ["registry-unreadable"]),  # nobody's, and everybody's
        (("700001", "x"), ("700001",), ["registry-unreadable"]),
        ("٧٠٠٠٠١", (), ["registry-unreadable"]),  # digits, but not those of a number of ours
        ((), (), ["registry-missing"]),
    ],
)
def test_a_registry_number_is_kept_only_as_a_keyed_hash(
    numbers: str, hashed: tuple[str, ...], codes: list[str]
) -> None:
    """D-4."""
    person, found = read(employeeNumber=numbers, entryUUID="ABCD-1")
    assert person.keys == (
        PersonKey("entry-uuid", "abcd-1"),
        *sorted(PersonKey("registry", registry_hash(number)) for number in hashed),
        PersonKey("login", "mpappa"),
    )
    assert found == codes


def test_an_entry_shows_no_values() -> None:
    assert "700001" not in repr(Entry.of(f"uid=x,{PEOPLE}", {"employeeNumber": [b"700001"]}))


def test_specialties_are_sorted_codes() -> None:
    """D-11."""
    person, found = read(gsnBranch=("PE86", "ΠΕ04.01", "ΠΕ86", "ΠΕ19", "Διοικητικός"))
    assert person.specialties == ("ΠΕ04.01", "ΠΕ19", "ΠΕ86")
    assert found == ["specialty-stale", "specialty-unknown"]


def test_names_fall_back_to_what_there_is() -> None:
    assert read(sn=(), sn__lang_en="PAPPA", givenName__lang_en="MARIA")[0].name == "MARIA PAPPA"
    assert read(sn=(), cn="Dialup ")[0].surname == "Dialup"


@pytest.mark.parametrize(
    ("values", "surname", "codes"),
    [
        ({"sn": ("ΠΑΠΠΑ", "ΑΛΕΞΙΟΥ")}, "ΑΛΕΞΙΟΥ", ["name-several"]),  # in no promised order: the first by letter
        ({"sn": ("ΑΛΕΞΙΟΥ", "ΠΑΠΠΑ"), "cn": "ΠΑΠΠΑ ΜΑΡΙΑ"}, "ΠΑΠΠΑ", ["name-several"]),
        ({"sn": "Ω" * 5000}, "Ω" * 100, ["name-long"]),
        ({"sn": "ΠΑΠΠΑ\r\n  ΑΛΕΞΙΟΥ"}, "ΠΑΠΠΑ ΑΛΕΞΙΟΥ", []),
        ({"sn": "\u200b", "sn__lang_el": "ΠΑΠΠΑ", "sn__lang_en": "PAPPA"}, "ΠΑΠΠΑ", []),
        ({"sn": (), "cn": "Ω" * 5000}, "Ω" * 100, ["name-long"]),
        ({"sn": (), "cn": ()}, "", []),
        ({"sn": "ΠΑΠΠΑemployeeNumber: 123456783"}, "ΠΑΠΠΑemployeeNumber:", ["name-number"]),  # a line end was lost
        ({"sn": "700001 ΠΑΠΠΑ"}, "ΠΑΠΠΑ", ["name-number"]),
        ({"umdObject": "Router", "sn": "router 0501659"}, "router 0501659", []),
    ],
)
def test_names_are_one_and_of_a_name_s_length(
    values: dict[str, str | tuple[str, ...]], surname: str, codes: list[str]
) -> None:
    person, found = read(**values)
    assert (person.surname, found) == (surname, codes)


@pytest.mark.parametrize(
    ("mail", "kept", "codes"),
    [
        ("MPappa@sch.example ", "mpappa@sch.example", []),
        (("another@sch.example", "MPappa@sch.example"), "mpappa@sch.example", []),  # the one named like the login
        (("z@sch.example", "a@sch.example"), "a@sch.example", []),
        ("ask me", "", ["mail-unreadable"]),
        (("ask me", "z@sch.example"), "z@sch.example", []),
        ((), "", []),
    ],
)
def test_the_mail_is_one_address(mail: str, kept: str, codes: list[str]) -> None:
    person, found = read(mail=mail)
    assert (person.mail, found) == (kept, codes)


@pytest.mark.parametrize("login", ["παππά", "m pappa", "mpαppa", "m" * 65])
def test_a_login_that_no_platform_will_know_is_told(login: str) -> None:
    person, found = read(login=login)
    assert (person.login, found) == (login, ["login-odd"])


@pytest.mark.parametrize(
    ("login", "codes"),
    [("123456783", ["login-number"]), ("123456789", []), ("700001", ["login-number"]), ("0501659", [])],
)
def test_a_login_that_is_a_tax_or_registry_number_works_and_is_told_without_it(login: str, codes: list[str]) -> None:
    """D-4: nine digits are a tax number where the last is the check of the others; a school's seven are its code."""
    person, found = read(login=login)
    assert (person.login, found) == (login, codes)


@pytest.mark.parametrize("number", ["123456783", "700001"])
def test_a_tax_number_or_the_entrys_own_number_is_no_unit_and_not_kept(number: str) -> None:
    """D-4: a column that slipped by one puts it there, and the unit's id is kept and shown."""
    person, found = read(l=f"ou={number},ou=att-a,ou=units,dc=sch,dc=gr", employeeNumber=number)
    assert person.units == ()
    assert "unit-unreadable" in found


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_unicode_forms_of_an_entry_are_the_same_person(form: Literal["NFC", "NFD"]) -> None:
    values: dict[str, str | tuple[str, ...]] = {
        "sn": "Παππά",
        "givenName": "Μαΐρη",
        "l": f"ou=γραφείο,ou=att-g,{UNITS}",
        "accountStatus": "Ενεργή",
        "physicalDeliveryOfficeName": "Επίσημος Λογαριασμός",
        "umdObject": "Account",
        "gsnBranch": ("Διοικητικός", "πέ86"),
    }
    turned = {
        name: tuple(unicodedata.normalize(form, v) for v in ((value,) if isinstance(value, str) else value))
        for name, value in values.items()
    }
    assert read(**turned) == read(**values)


def test_a_number_in_a_wrong_place_is_in_no_text() -> None:
    """D-4: an export whose columns slipped."""
    raw = {name: [b"999000001"] for name in ("gsnBranch", "umdObject", "accountStatus", "mail", "l", "employeeNumber")}
    person, findings = person_of(Entry.of(f"uid=x,{PEOPLE}", raw), registry_hash)
    assert person is not None
    assert {finding.code for finding in findings} >= {"specialty-unknown", "kind-unknown", "status-unknown"}
    assert "999000001" not in repr(findings)


NAMES = st.sampled_from(
    [name.swapcase() if swapped else name for name in PERSON_ATTRIBUTES for swapped in (False, True)]
    + ["gsnUserRoleOn;", ";", "cn;lang-el", "gsnUserRoleOnX", "l;x"]
)
DIRTY = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([ILIO, ILIO.upper(), PARENT, PARTNER, "Teacher", "active", "ΠΕ86", "PE86", "700001"]).map(
        str.encode
    ),
)


@settings(max_examples=300)
@given(
    st.dictionaries(NAMES, st.lists(DIRTY, max_size=3), max_size=8),
    st.one_of(st.text(max_size=30), st.just(f"uid=x,{PEOPLE}"), st.just(f"uid=a+cn=b,{PEOPLE}")),
    st.sampled_from(["999000001", "700123"]),
)
def test_any_bytes_in_any_attribute_are_a_person_or_none_and_show_no_number(
    raw: dict[str, list[bytes]], dn: str, number: str
) -> None:
    """Rule 19, D-4."""
    raw["employeeNumber"] = [number.encode(), *raw.get("employeeNumber", [])]
    entry = Entry.of(dn, raw)
    person, findings = person_of(entry, registry_hash)
    assert (person is None) == ("login-missing" in {finding.code for finding in findings})
    assert number not in repr((entry, person, findings)).replace(dn, "")
    again = {name: list(reversed(values)) for name, values in reversed(raw.items())}
    if len({name.lower() for name in raw}) == len(raw):  # in whatever order the directory lists it
        assert person_of(Entry.of(dn, again), registry_hash) == (person, findings)


def test_the_login_is_the_name_in_the_tree_in_lower_case() -> None:
    person, _ = read(login="MPappa", uid=("oldname", "MPappa"))
    assert person.login == "mpappa"


def test_an_entry_without_a_login_is_an_error_and_nobody() -> None:
    person, findings = person_of(Entry.of(f"cn=x,{PEOPLE}", {}), registry_hash)
    assert person is None
    assert [(finding.code, finding.level) for finding in findings] == [("login-missing", FindingLevel.ERROR)]


def test_a_value_in_another_encoding_is_left_out_and_told() -> None:
    """D-40: windows-1253 is not guessed."""
    raw = {"sn": ["ΠΑΠΠΑ".encode("cp1253")], "cn": ["ΜΑΡΙΑ".encode()]}
    person, findings = person_of(Entry.of(f"uid=x,{PEOPLE}", raw), registry_hash)
    assert person is not None
    assert person.surname == "ΜΑΡΙΑ"
    assert "value-undecodable" in {finding.code for finding in findings}


def test_a_shared_key_is_told_of_everybody_who_holds_it() -> None:
    """D-4, rule 12: by login, by registry number and by entry."""
    one, two = read("a", entryUUID="u1")[0], read("b", entryUUID="u1")[0]
    found = across_people((one, two, read("b", employeeNumber="700009")[0]), None)
    assert {(f.subject, f.code, f.level) for f in found} == {
        ("a", "registry-duplicate", FindingLevel.WARNING),
        ("b", "registry-duplicate", FindingLevel.WARNING),
        ("a", "entry-uuid-duplicate", FindingLevel.ERROR),
        ("b", "entry-uuid-duplicate", FindingLevel.ERROR),
        ("b", "login-duplicate", FindingLevel.ERROR),
    }


def test_nothing_dangles_while_the_units_are_not_known() -> None:
    person, _ = read(l=f"ou=gone,ou=att-g,{UNITS}")
    assert across_people((person,), None) == ()
    assert [f.code for f in across_people((person,), frozenset({ILIO}))] == ["unit-dangling"]
