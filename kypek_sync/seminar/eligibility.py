"""Whether a seminar is for a person. Every stated criterion must be met; any one value of it, any unit is enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kypek_sync.model import Audience, Person, PersonKind, Unit

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one criterion or on all: `rule` is its name, `facts` what it compared (wanted, found)."""

    passed: bool
    rule: str
    facts: Facts = ()


def covers(family: str, code: str) -> bool:
    """Whether a specialty or its family covers a code: `ΠΕ04` covers `ΠΕ04` and `ΠΕ04.01`, not `ΠΕ040`."""
    return code == family or code.startswith(family + ".")


def verdicts(person: Person, audience: Audience, units: Mapping[str, Unit]) -> tuple[Verdict, ...]:
    """Each criterion with its outcome, in a fixed order. `units` are those of the directory, by id.

    A person admitted by name passes whatever the rest says; then that is the only verdict.
    """
    if person.login in audience.people:
        return (Verdict(True, "admitted-by-name"),)
    found = [
        Verdict(
            person.kind in (PersonKind.TEACHER, PersonKind.STAFF) and person.active,
            "active-teacher" if person.active else "account-active",
            (("found", person.kind.value),),
        )
    ]
    if audience.specialties:
        passed = any(covers(family, code) for family in audience.specialties for code in person.specialties)
        found.append(_verdict(passed, "specialty", audience.specialties, person.specialties))
    if audience.directorates:
        have = _directorates(person, units)
        found.append(
            _verdict(bool(have & set(audience.directorates)), "directorate", audience.directorates, sorted(have))
        )
    if audience.unit_kinds:
        kinds = sorted({units[u].kind for u in person.units if u in units})
        found.append(_verdict(bool(set(kinds) & set(audience.unit_kinds)), "unit-kind", audience.unit_kinds, kinds))
    if audience.units:
        codes = sorted({units[u].code for u in person.units if u in units and units[u].code})
        found.append(_verdict(bool(set(codes) & set(audience.units)), "unit", audience.units, codes))
    if audience.roles:
        roles = sorted({role.role for role in person.roles})
        found.append(_verdict(bool(set(roles) & set(audience.roles)), "role", audience.roles, roles))
    return tuple(found)


def judge(person: Person, audience: Audience, units: Mapping[str, Unit]) -> Verdict:
    """The first criterion that is not met, or a passed verdict with the rule `eligible`."""
    for verdict in verdicts(person, audience, units):
        if not verdict.passed:
            return verdict
    return Verdict(True, "eligible")


def _directorates(person: Person, units: Mapping[str, Unit]) -> set[str]:
    """Labels of the person's units, also with the level of the unit (`att-a/ΔΕ`)."""
    have = set(person.directorates)
    for unit in (units[u] for u in person.units if u in units):
        if unit.directorate:
            have.add(unit.directorate)
            if unit.level:
                have.add(f"{unit.directorate}/{unit.level}")
    return have


def _verdict(passed: bool, rule: str, wanted: tuple[str, ...], found: tuple[str, ...] | list[str]) -> Verdict:
    return Verdict(passed, rule, (("wanted", ", ".join(wanted)), ("found", ", ".join(found))))
