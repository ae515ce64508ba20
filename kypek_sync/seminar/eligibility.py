"""Whether a seminar is for a person. Every stated criterion must be met; any one value of it, any unit is enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    return tuple(_one_by_one(person, audience, units))


def judge(person: Person, audience: Audience, units: Mapping[str, Unit]) -> Verdict:
    """The first criterion that is not met, or a passed verdict with the rule `eligible`."""
    for verdict in _one_by_one(person, audience, units):
        if not verdict.passed:
            return verdict
    return Verdict(True, "eligible")


def _one_by_one(person: Person, audience: Audience, units: Mapping[str, Unit]) -> Iterator[Verdict]:
    """What `verdicts` says, looked at only as far as somebody asks: who judges many stops at the first refusal."""
    if person.login in audience.people:
        yield Verdict(True, "admitted-by-name")
        return
    yield Verdict(
        person.kind in (PersonKind.TEACHER, PersonKind.STAFF) and person.active,
        "active-teacher" if person.active else "account-active",
        (("found", person.kind.value),),
    )
    if audience.specialties:
        passed = any(covers(family, code) for family in audience.specialties for code in person.specialties)
        yield _verdict(passed, "specialty", audience.specialties, person.specialties)
    if audience.directorates:
        have = _directorates(person, units)
        yield _verdict(bool(have & set(audience.directorates)), "directorate", audience.directorates, sorted(have))
    if audience.unit_kinds:
        kinds = sorted({units[u].kind for u in person.units if u in units})
        yield _verdict(bool(set(kinds) & set(audience.unit_kinds)), "unit-kind", audience.unit_kinds, kinds)
    if audience.units:
        codes = sorted({units[u].code for u in person.units if u in units and units[u].code})
        yield _verdict(bool(set(codes) & set(audience.units)), "unit", audience.units, codes)
    if audience.roles:
        roles = sorted({role.role for role in person.roles})
        yield _verdict(bool(set(roles) & set(audience.roles)), "role", audience.roles, roles)


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
