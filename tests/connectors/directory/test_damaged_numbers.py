"""Whatever happens to an export on its way, nothing made of it shows a registry or tax number (D-4)."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.csv_export import CsvDirectory, CsvSettings
from connectors.ldif import LdifDirectory, LdifSettings
from kypek_sync.contract import Directory, StopConnector, whole_people, whole_units
from tests.contracts.damaged_exports import CSV, HEADING, LDIF, NUMBERS, REGISTRY, ROWS, TAX, damaged
from tests.contracts.directory import context

SEEDS = 250
"""Damages of each form; those that once showed a number stand beside them."""


def told(directory: Directory) -> list[str]:
    """Everything that people, units, findings, errors and `check` show of an export."""
    said: list[str] = []
    for read in (whole_people, whole_units):
        try:
            snapshot = read(directory)
        except StopConnector as error:
            said += [str(error), error.hint]
        else:
            said += [repr(one) for one in (*snapshot.items, *snapshot.findings)] + [snapshot.why_partial]
    return [*said, *(repr(line) for line in directory.probe().lines)]


def csv_of(folder: Path) -> Directory:
    return CsvDirectory(CsvSettings(file="export"), context(folder))


def ldif_of(folder: Path) -> Directory:
    return LdifDirectory(LdifSettings(file="export"), context(folder))


@pytest.mark.parametrize(
    ("whole", "opened", "known"), [(CSV, csv_of, (208,)), (LDIF, ldif_of, (14, 1152))], ids=["csv", "ldif"]
)
def test_a_damaged_export_shows_nobody_s_number(
    tmp_path: Path, whole: bytes, opened: Callable[[Path], Directory], known: tuple[int, ...]
) -> None:
    for seed in (*range(SEEDS), *known):
        (tmp_path / "export").write_bytes(damaged(whole, random.Random(seed)))
        shown = [line for line in told(opened(tmp_path)) if any(number in line for number in NUMBERS)]
        assert not shown, seed


PERSON = (
    "dn: uid=nea,ou=people,dc=sch,dc=gr",
    "uid: nea",
    "cn: Nea Papa",
    "sn: Papa",
    "givenName: Nea",
    "mail: nea@sch.example",
    "gsnBranch: ΠΕ86",
    "umdObject: teacher",
    "accountStatus: active",
    "entryUUID: 2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d",
    "gsnUserRoleOn;school-principal: ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr",
    "memberOf: cn=plinet,ou=groups,ou=att-a,ou=units,dc=sch,dc=gr",
    "eduPersonOrgUnitDN: ou=2gym,ou=att-a,ou=units,dc=sch,dc=gr",
    "l: ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr",
)
UNIT = (
    "dn: ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr",
    "ou: 1gym",
    "description: 1ο ΓΥΜΝΑΣΙΟ",
    "gsnUnitCode: 0501659",
    "gsnRegistryCode: 1000169",
    "mail: 1gym@sch.example",
    "title: ΓΥΜΝΑΣΙΟ",
    "accountStatus: ΕΝΕΡΓΗ",
)
GLUES = ("employeeNumber: {}", " employeeNumber: {}", "employeeNumber{}", " {}", ": {}")


@pytest.mark.parametrize("number", [REGISTRY[0], TAX[0]])
@pytest.mark.parametrize("entry", [PERSON, UNIT], ids=["person", "unit"])
def test_a_number_glued_to_any_line_of_an_ldif_stands_in_nothing_made_of_it(
    tmp_path: Path, entry: tuple[str, ...], number: str
) -> None:
    for at in range(len(entry)):
        for glue in GLUES:
            lines = [line + (glue.format(number) if place == at else "") for place, line in enumerate(entry)]
            (tmp_path / "export").write_text("version: 1\n\n" + "\n".join(lines) + "\n\n", "utf-8")
            assert not [line for line in told(ldif_of(tmp_path)) if number in line], lines[at]


def test_the_same_ldif_without_a_glued_number_shows_the_person_and_the_unit(tmp_path: Path) -> None:
    (tmp_path / "export").write_text("\n".join([*PERSON, "", *UNIT, ""]) + "\n", "utf-8")
    directory = ldif_of(tmp_path)
    assert [len(one.units) for one in whole_people(directory).items] == [2]
    assert [one.name for one in whole_units(directory).items] == ["1ο ΓΥΜΝΑΣΙΟ"]


def test_a_row_shifted_by_any_columns_shows_nobody_s_number(tmp_path: Path) -> None:
    """Those aside that bring a number alone to the login's place, where it counts as one and screens shorten it."""
    to_login = [HEADING.split(";").index(column) for column in ("Α.Μ.", "Α.Φ.Μ.")]
    for shift in set(range(1, len(HEADING.split(";")))) - set(to_login):
        for row in range(len(ROWS)):
            cells = ROWS[row].split(";")
            shifted = [*cells[shift:], *cells[:shift]]
            lines = [HEADING, *ROWS[:row], ";".join(shifted), *ROWS[row + 1 :]]
            (tmp_path / "export").write_text("".join(f"{line}\n" for line in lines), "utf-8")
            shown = [line for line in told(csv_of(tmp_path)) if any(number in line for number in NUMBERS)]
            assert not shown, (shift, row)
