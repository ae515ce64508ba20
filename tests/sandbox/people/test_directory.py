"""The generated directory has what the fact sheet counts (3.6), nobody real, and the same bytes for the same seed."""

from __future__ import annotations

import base64
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.sandbox.people import TEACHER_QUIRKS, Account, Directory, plain_teachers
from kypek_sync.sandbox.people.ldif import entry

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SMALL = Directory(400, 60, seed=1, now=NOW)
Entries = dict[str, dict[str, list[str]]]


def parsed(text: str) -> Entries:
    """LDIF read by the letter of RFC 2849, independent of the writer."""
    found: Entries = {}
    for block in text.replace("\n ", "").strip().split("\n\n"):
        values: dict[str, list[str]] = {}
        for line in block.split("\n"):
            match = re.fullmatch(r"([A-Za-z0-9;-]+):(:?) (.*)", line)
            assert match, line
            value = base64.b64decode(match[3], validate=True).decode() if match[2] else match[3]
            values.setdefault(match[1], []).append(value)
        (dn,) = values.pop("dn")
        assert dn not in found
        found[dn] = values
    return found


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    file = tmp_path_factory.mktemp("directory") / "directory.ldif"
    SMALL.write_ldif(file)
    return parsed(file.read_text("utf-8"))


def person(entries: Entries, quirk: str) -> dict[str, list[str]]:
    """An entry that shows this flaw and no other."""
    login = next(a.login for a in SMALL.accounts() if a.quirks == (quirk,))
    return entries[f"uid={login},ou=people,dc=sch,dc=gr"]


def test_the_numbers_asked_for_are_the_numbers_made(entries: Entries) -> None:
    below_people = [dn for dn in entries if dn.endswith(",ou=people,dc=sch,dc=gr")]
    assert len(below_people) == 400
    assert sum(values.get("umdObject") == ["schunit"] for values in entries.values()) == 60


def test_every_parent_comes_before_its_children(entries: Entries) -> None:
    seen: set[str] = set()
    for dn in entries:
        parent = dn.partition(",")[2]
        assert dn == "dc=sch,dc=gr" or parent in seen
        seen.add(dn)


def test_same_seed_same_bytes_and_another_seed_other_people(tmp_path: Path) -> None:
    first, second, other = (tmp_path / name for name in ("1", "2", "3"))
    assert SMALL.write_ldif(first) == replace(SMALL).write_ldif(second)
    assert first.read_bytes() == second.read_bytes()
    assert replace(SMALL, seed=2).write_ldif(other) != SMALL.write_ldif(first)


def test_a_small_directory_shows_each_kind_of_dirt() -> None:
    quirks = {quirk for account in SMALL.accounts() for quirk in account.quirks}
    assert quirks >= {*TEACHER_QUIRKS, "spaced-marker"}
    of_units = {quirk for unit in SMALL.all_units for quirk in unit.quirks}
    assert of_units == {"no-code", "no-registry-code", "inactive", "shared-registry-code", "partner"}
    kinds = {account.kind for account in SMALL.accounts()}
    assert kinds >= {"Teacher", "iTeacher", "aTeacher", "pTeacher", "student", "Personel", "Account", "ISaccount"}
    assert kinds >= {"Router", "ADSLaccount"}


@pytest.mark.parametrize("seed", range(2, 8))
def test_each_kind_of_dirt_is_there_whatever_the_seed(seed: int) -> None:
    directory = Directory(200, 60, seed=seed, now=NOW)
    quirks = {quirk for account in directory.accounts() for quirk in account.quirks}
    assert quirks >= set(TEACHER_QUIRKS)
    assert {"no-code", "no-registry-code", "inactive", "shared-registry-code"} <= {
        quirk for unit in directory.all_units for quirk in unit.quirks
    }


def test_l_is_missing_dangling_or_differently_spelled(entries: Entries) -> None:
    """D-1, D-2."""
    assert "l" not in person(entries, "no-l")
    assert person(entries, "dangling-l")["l"][0] not in entries
    (respaced,) = person(entries, "respaced-l")["l"]
    assert respaced not in entries
    assert respaced.replace(", ", ",") in entries


def test_a_second_school_stands_after_or_before_the_first(entries: Entries) -> None:
    """D-2: no order is promised."""
    after, before = person(entries, "second-school"), person(entries, "second-school-first")
    assert len(after["eduPersonOrgUnitDN"]) == 3
    assert after["eduPersonOrgUnitDN"][0] == after["l"][0]
    assert before["eduPersonOrgUnitDN"].index(before["l"][0]) > 0


def test_numbers_are_missing_shared_or_tax_numbers_that_nobody_has(entries: Entries) -> None:
    """D-4, D-15."""
    assert "employeeNumber" not in person(entries, "no-number")
    numbers = Counter(values["employeeNumber"][0] for values in entries.values() if "employeeNumber" in values)
    assert person(entries, "shared-number")["employeeNumber"][0] in {n for n, times in numbers.items() if times > 1}
    long = [number for number in numbers if len(number) == 9]
    assert {len(number) for number in numbers} == {6, 9}
    for number in long:
        check = sum(int(digit) * 2 ** (8 - place) for place, digit in enumerate(number[:8])) % 11 % 10
        assert number.startswith("999")
        assert check != int(number[8])


def test_kinds_and_codes_are_spelled_carelessly(entries: Entries) -> None:
    """D-5, D-6, D-7, D-8, D-11."""
    assert person(entries, "lower-case-kind")["umdObject"][0].islower()
    assert person(entries, "latin-branch")["gsnBranch"][0].isascii()
    assert person(entries, "stale-branch")["gsnBranch"][0] in ("ΠΕ19", "ΠΕ20")
    assert person(entries, "ebp-branch")["gsnBranch"] == ["ΔΕ01-ΕΒΠ"]
    assert any(values.get("gsnBranch") == ["Διοικητικός"] for values in entries.values())
    assert any(values.get("gsnBranch", [""])[0].endswith(".50") for values in entries.values())
    assert person(entries, "spaced-marker")["physicalDeliveryOfficeName"] == ["ΕΠΙΣΗΜΟΣ  ΛΟΓΑΡΙΑΣΜΟΣ "]
    assert any(values.get("cn") == ["Dialup "] for values in entries.values())
    assert person(entries, "disabled")["accountStatus"] == ["disabled"]


def test_roles_stand_in_attribute_options_and_groups_in_memberof(entries: Entries) -> None:
    """D-3, D-12."""
    for quirk, option in (
        ("principal", "school-principal"),
        ("itlab", "itlab-responsible"),
        ("itsector", "itsector-responsible"),
        ("ypepth", "ypepth-personnel"),
    ):
        (unit,) = person(entries, quirk)[f"gsnUserRoleOn;{option}"]
        assert unit in entries
    assert person(entries, "plinet")["memberOf"][0] in entries


def test_units_lack_codes_share_them_or_have_odd_ones(entries: Entries) -> None:
    """D-9, D-10."""
    by_quirk = {quirk: unit for unit in SMALL.all_units for quirk in unit.quirks}
    assert "gsnUnitCode" not in entries[by_quirk["no-code"].dn]
    assert "gsnRegistryCode" not in entries[by_quirk["no-registry-code"].dn]
    assert entries[by_quirk["inactive"].dn]["accountStatus"] == ["ΑΝΕΝΕΡΓΗ"]
    registry = Counter(values["gsnRegistryCode"][0] for values in entries.values() if "gsnRegistryCode" in values)
    assert registry[by_quirk["shared-registry-code"].registry_code] == 2
    codes = [values["gsnUnitCode"][0] for values in entries.values() if "gsnUnitCode" in values]
    assert len(codes) == len(set(codes))
    assert any(not code.isdigit() for code in codes)
    assert sum(code.startswith("0") for code in codes) > len(codes) / 2
    assert by_quirk["partner"].dn.endswith(",ou=teiath,ou=partners,ou=units,dc=sch,dc=gr")


def test_an_isaccount_is_named_by_its_units_code(entries: Entries) -> None:
    accounts = [account for account in SMALL.accounts() if account.kind == "ISaccount"]
    assert accounts
    for account in accounts:
        assert account.unit is not None
        assert account.login == account.unit.code.lower()


def test_logins_are_unique_and_uuids_come_from_the_dn(entries: Entries) -> None:
    uuids = [values["entryUUID"][0] for values in entries.values()]
    assert len(uuids) == len(set(uuids))
    assert entries["dc=sch,dc=gr"]["entryUUID"] == ["3bd0eb16-d1d5-ea90-139e-c0be4dce3f28"]


def test_timestamps_fall_into_the_two_years_before(entries: Entries) -> None:
    moments = [datetime.strptime(v["modifyTimestamp"][0], "%Y%m%d%H%M%S%z") for v in entries.values()]
    assert NOW - timedelta(days=731) <= min(moments) < NOW - timedelta(days=600)
    assert max(moments) <= NOW


def test_no_mail_leads_anywhere(entries: Entries) -> None:
    mails = [mail for values in entries.values() for mail in values.get("mail", ())]
    assert mails
    assert all(mail.endswith("sch.example") for mail in mails)


def test_the_whole_country_has_all_directorates_and_the_shares_of_the_sheet() -> None:
    national = Directory(20_000, 2_000, seed=3, now=NOW)
    assert len({unit.label for unit in national.all_units}) == 59
    teachers = list(national.teachers())
    for quirk, share in TEACHER_QUIRKS.items():
        found = sum(quirk in teacher.quirks for teacher in teachers) / len(teachers)
        assert abs(found - share) < 0.2 * share + 0.002, quirk
    logins = Counter(account.login for account in national.accounts())
    assert sum(logins.values()) == len(logins) == 20_000
    assert 0.22 < sum(teacher.substitute for teacher in teachers) / len(teachers) < 0.28


def test_plain_teachers_have_nothing_odd() -> None:
    plain = plain_teachers(list(SMALL.accounts()), "att-a")
    assert len(plain) > 100

    def is_whole(account: Account) -> bool:
        return bool(account.number and account.unit and account.unit.label == "att-a" and account.branch)

    assert all(is_whole(account) and account.branch == account.specialty for account in plain)


def test_too_few_of_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 50 people"):
        Directory(10, 60)
    with pytest.raises(ValueError, match="too few units"):
        Directory(100, 20, labels=("att-a", "att-v", "att-g"))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "x: plain"),
        ("in the end ", "x:: aW4gdGhlIGVuZCA="),
        (" first", "x:: IGZpcnN0"),
        (":colon", "x:: OmNvbG9u"),
        ("<less", "x:: PGxlc3M="),
        ("ΠΕ86", "x:: zqDOlTg2"),
        ("1ο", "x:: Mc6/"),
        ("two\nlines", "x:: dHdvCmxpbmVz"),
    ],
)
def test_values_that_rfc_2849_does_not_allow_are_base64(value: str, line: str) -> None:
    assert entry("dc=gr", [("x", value)]) == f"dn: dc=gr\n{line}\n\n"


def test_long_lines_are_folded_and_unfold_to_themselves() -> None:
    value = "a" * 300
    text = entry("dc=gr", [("x", value)])
    assert max(map(len, text.splitlines())) <= 78
    assert parsed(text) == {"dc=gr": {"x": [value]}}
