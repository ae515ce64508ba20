"""Whether a seminar is for a person. Every stated criterion must be met; any one value of it, any unit is enough.

Each criterion is looked at by itself: who teaches at a gymnasium of one directorate and a primary school of another
meets "gymnasium" by the first and the second's directorate by the second. A further unit, specialty or role never makes
somebody ineligible; neither does a further value in a criterion. Who is named is admitted whatever the rest says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kypek_sync.contract import capitals
from kypek_sync.model import Audience, Person, PersonKind, Unit
from kypek_sync.seminar.serving import label_of
from kypek_sync.seminar.specialties import met

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one criterion or on all: `rule` is its name, `facts` what it compared (wanted, found)."""

    passed: bool
    rule: str
    facts: Facts = ()


def verdicts(person: Person, audience: Audience, units: Mapping[str, Unit]) -> tuple[Verdict, ...]:
    """Each criterion with its outcome, in a fixed order. `units` are those of the directory, by id, `settled` where a
    register of units tells more.

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
        passed = met(audience.specialties, person.specialties)
        yield _verdict(passed, "specialty", audience.specialties, person.specialties)
    if audience.directorates:
        have = _directorates(person, units)
        yield _verdict(bool(have & set(audience.directorates)), "directorate", audience.directorates, sorted(have))
    mine = [units[u] for u in person.units if u in units]
    if audience.unit_kinds:
        kinds = sorted({unit.kind for unit in mine} - {""})
        yield _verdict(bool(set(kinds) & set(audience.unit_kinds)), "unit-kind", audience.unit_kinds, kinds)
    if audience.units:
        wanted = {capitals(name) for name in audience.units}
        passed = any(wanted & {capitals(unit.code), capitals(unit.name)} - {""} for unit in mine)
        yield _verdict(passed, "unit", audience.units, [_called(unit) for unit in mine])
    if audience.roles:
        roles = sorted({role.role for role in person.roles})
        yield _verdict(bool(set(roles) & set(audience.roles)), "role", audience.roles, roles)


def _directorates(person: Person, units: Mapping[str, Unit]) -> set[str]:
    """Labels of the person's units, also with the level of the unit (`att-a/ΔΕ`). A unit that is known counts for where
    it belongs (`serving.settled`), which need not be where its id lies; one that is not, for its id."""
    mine = [units[u] for u in person.units if u in units]
    have = set(person.directorates) - {label_of(unit.id) for unit in mine if unit.directorate}
    have |= {label for identity in person.units if identity not in units and (label := label_of(identity))}
    for unit in mine:
        if unit.directorate:
            have.add(unit.directorate)
            if unit.level:
                have.add(f"{unit.directorate}/{unit.level}")
    return have


def _called(unit: Unit) -> str:
    return f"{unit.name} ({unit.code})" if unit.code else unit.name


def _verdict(passed: bool, rule: str, wanted: tuple[str, ...], found: tuple[str, ...] | list[str]) -> Verdict:
    return Verdict(passed, rule, (("wanted", ", ".join(wanted)), ("found", ", ".join(found))))
