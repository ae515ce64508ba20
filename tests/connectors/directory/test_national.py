"""The generated directory, with all the dirt that the sheet counts, as the connectors understand it (section 3.6)."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from connectors.ldap import LdapDirectory, LdapSettings
from connectors.ldif import LdifDirectory, LdifSettings
from kypek_sync.contract import Snapshot, whole_people, whole_units
from kypek_sync.model import Person, PersonKind, Unit
from kypek_sync.sandbox.people import Account
from kypek_sync.sandbox.people import Directory as MadeUp
from tests.contracts.directory import NOW, context
from tests.servers.national import NationalSlapd
from tests.servers.slapd import Certificates

COUNTRY = MadeUp(3000, 1000, seed=5)
TOLD = {
    "no-l": "unit-missing",
    "dangling-l": "unit-dangling",
    "no-number": "registry-missing",
    "stale-branch": "specialty-stale",
}
"""Dirt that must be told, by the finding that tells it; of any other kind nothing needs to be told."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot[Person], Snapshot[Unit]]:
    folder = tmp_path_factory.mktemp("country")
    COUNTRY.write_ldif(folder / "export.ldif")
    os.utime(folder / "export.ldif", (NOW.timestamp(), NOW.timestamp()))
    directory = LdifDirectory(LdifSettings(file="export.ldif"), context(folder))
    units = whole_units(directory)
    return whole_people(directory, units), units


@pytest.fixture(scope="module")
def people(read: tuple[Snapshot[Person], Snapshot[Unit]]) -> dict[str, Person]:
    return {person.login: person for person in read[0].items}


def teachers(quirk: str = "") -> list[Account]:
    return [account for account in COUNTRY.teachers() if not quirk or quirk in account.quirks]


def test_everybody_and_every_unit_is_read(read: tuple[Snapshot[Person], Snapshot[Unit]]) -> None:
    people, units = read
    assert (people.complete, units.complete) == (True, True)
    assert len(people.items) == 3000
    assert sum(unit.name != "" for unit in units.items) == len(units.items) > 1000
    kinds = Counter(person.kind for person in people.items)
    assert kinds[PersonKind.UNKNOWN] == 0
    assert kinds[PersonKind.TEACHER] == len(teachers())


def test_each_kind_of_dirt_is_told_and_nothing_else_is(read: tuple[Snapshot[Person], Snapshot[Unit]]) -> None:
    found = {(finding.subject, finding.code) for finding in read[0].findings}
    wanted = {
        (account.login, TOLD[quirk])
        for account in COUNTRY.accounts()
        for quirk in account.quirks
        if quirk in TOLD and not (account.kind == "student" and quirk == "no-l")
    }
    known = {code for _, code in wanted}
    assert {each for each in found if each[1] in known} == wanted
    assert {code for _, code in found} == {*known, "specialty-unknown", "registry-duplicate"}


def test_dirt_that_can_be_understood_is(people: dict[str, Person]) -> None:
    """D-1, D-2, D-5, D-11."""
    for account in teachers():
        person, quirks = people[account.login], set(account.quirks)
        if not quirks & {"no-l", "dangling-l"}:
            assert account.unit is not None
            assert person.units[0] == account.unit.dn.lower()
            served = 1 if account.second_unit in (None, account.unit) else 2
            assert len(person.units) == served
        if "stale-branch" not in quirks:
            assert person.specialties == (account.specialty,)
        assert person.active == account.is_active
        roles = {role.role for role in person.roles}
        assert ("school-principal" in roles) == ("principal" in quirks)
        assert ("itsector-responsible" in roles) == ("itsector" in quirks)
        assert ("plinet" in roles) == ("plinet" in quirks)


def test_a_partner_s_people_have_no_directorate(people: dict[str, Person]) -> None:
    assert teachers("partner")
    for account in teachers("partner"):
        assert people[account.login].directorates == ()


def test_units_have_the_shares_of_the_sheet() -> None:
    units = MadeUp(50, 16_000, seed=2).all_units
    schools = [unit for unit in units if unit.stem not in ("dipe", "dide", "cs")]
    for quirk, share in (
        ("no-code", 0.01),
        ("no-registry-code", 0.01),
        ("inactive", 0.04),
        ("shared-registry-code", 0.005),
    ):
        found = sum(quirk in unit.quirks for unit in schools) / len(schools)
        assert abs(found - share) < 0.25 * share, quirk
    assert sum(unit.code.startswith("0") for unit in schools) > 0.9 * len(schools)


@pytest.mark.server("slapd")
def test_a_real_server_takes_it_and_says_the_same_as_the_export(
    read: tuple[Snapshot[Person], Snapshot[Unit]], tmp_path: Path, certificates: Certificates
) -> None:
    """slapadd with the schema, the attribute options (D-45), memberof, syncprov and the indexes of the sheet."""
    server = NationalSlapd(tmp_path / "slapd", COUNTRY, certificates)
    server.load()
    server.start()
    try:
        directory = LdapDirectory(LdapSettings.model_validate(server.settings), context(tmp_path))
        units = whole_units(directory)
        people = whole_people(directory, units)
    finally:
        server.stop()
    assert people.complete
    assert people.items == read[0].items
    assert units.items == read[1].items
    assert people.findings == read[0].findings
