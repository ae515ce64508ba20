"""The recorded sample of a dirty directory, read as an export: what its own README says of each entry."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from connectors.ldif import LdifDirectory, LdifSettings
from kypek_sync.contract import whole_people, whole_units
from kypek_sync.model import Person, PersonKind
from tests.contracts.directory import NOW, context

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "directory"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded exchanges are not beside the project")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> LdifDirectory:
    """The sample as an export of today."""
    folder = tmp_path_factory.mktemp("sample")
    path = folder / "sample.ldif"
    path.write_bytes((RECORDED / "sample.ldif").read_bytes())
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return LdifDirectory(LdifSettings(file=path.name), context(folder))


@pytest.fixture(scope="module")
def people(sample: LdifDirectory) -> dict[str, Person]:
    return {person.login: person for person in whole_people(sample).items}


def test_it_is_whole(sample: LdifDirectory, people: dict[str, Person]) -> None:
    assert whole_people(sample).complete
    assert whole_units(sample).complete
    assert len(people) == 38
    schools = [unit for unit in whole_units(sample).items if re.match(r"ou=\d", unit.id)]
    assert len(schools) == 12


def test_who_is_who(people: dict[str, Person]) -> None:
    kinds = {kind: {p.login for p in people.values() if p.kind is kind} for kind in PersonKind}
    assert kinds[PersonKind.SCHOOL_ACCOUNT] == {"134dimflo", "140nipnaf4595", "77dimpyr", "89dimkor"}
    assert kinds[PersonKind.PUPIL] == {"aalexiou9104", "iioannou7890"}
    assert kinds[PersonKind.STAFF] == {"akonstan18736", "apapadop14470"}
    assert kinds[PersonKind.SERVICE_ACCOUNT] == {"r-93dim-flor"}
    assert kinds[PersonKind.UNKNOWN] == set()
    assert {p.login for p in people.values() if not p.active} == {"azachari26205", "vstamati111196"}


def test_latin_letters_spaces_and_second_schools(people: dict[str, Person]) -> None:
    """D-1, D-2, D-7, D-11."""
    assert people["vdimitri100908"].specialties == ("ΠΕ86",)
    assert people["prapti67594"].units == ("ou=77dim-pyrgou,ou=mes,ou=units,dc=sch,dc=gr",)
    assert people["svlachou19006"].directorates == ("att-anatol", "thess-a")
    assert people["r-93dim-flor"].surname == "93ο ΔΗΜΟΤΙΚΟ ΣΧΟΛΕΙΟ ΦΛΩΡΙΝΑΣ"
    assert {
        code for p in people.values() for code in p.specialties if not re.fullmatch(r"ΠΕ\d\d(\.\d\d)?", code)
    } == set()


def test_roles(people: dict[str, Person]) -> None:
    """D-3, D-12."""
    holders: dict[str, set[str]] = {}
    for person in people.values():
        for role in person.roles:
            holders.setdefault(role.role, set()).add(person.login)
    assert holders == {
        "school-principal": {"anikolao132345", "apapanik68757", "avasilei20082"},
        "itlab-responsible": {"akontou54993", "azachari26205"},
        "plinet": {"akaragia94594"},
    }


def test_every_oddity_of_people_is_a_finding_and_nothing_else_is(sample: LdifDirectory) -> None:
    found: dict[str, set[str]] = {}
    for finding in whole_people(sample, whole_units(sample)).findings:
        found.setdefault(finding.code, set()).add(finding.subject)
    assert found == {
        "unit-missing": {"apapanik68757", "epapadop103132"},
        "unit-dangling": {"dzachari26372", "vmichail133467"},
        "registry-missing": {"vkonstan22398", "vstamati111196"},
        "registry-duplicate": {"avasilei20082", "gtheodor20089"},
    }


def test_every_oddity_of_units_is_a_finding(sample: LdifDirectory) -> None:
    """D-8, D-9, D-10."""
    assert {(f.code, f.subject.partition(",")[0]) for f in whole_units(sample).findings} == {
        ("unit-code-missing", "ou=77dim-pyrgou"),
        ("unit-code-missing", "ou=75dim-chanion"),
    }
    units = {unit.id.partition(",")[0]: unit for unit in whole_units(sample).items}
    assert not units["ou=93dim-flor"].active
    assert units["ou=45ek-laris"].code.startswith("EK")
    assert {unit.level for unit in whole_units(sample).items if re.match(r"ou=\d", unit.id)} == {"ΠΕ", "ΔΕ"}


def test_no_registry_or_tax_number_is_kept(sample: LdifDirectory) -> None:
    """D-4."""
    numbers = re.findall(r"^employeeNumber: (\d+)$", (RECORDED / "sample.ldif").read_text(), re.MULTILINE)
    assert len(numbers) > 20
    shown = repr(whole_people(sample)) + repr(sample.probe())
    for person in whole_people(sample).items:
        shown = shown.replace(person.login, "").replace(person.mail, "")
    assert not [number for number in numbers if re.search(rf"(?<![0-9a-f]){number}(?![0-9a-f])", shown)]
