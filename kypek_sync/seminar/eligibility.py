"""Whether a seminar is for a person. Every stated criterion must be met; any one value of it, any unit is enough.

Each criterion is looked at by itself: who teaches at a gymnasium of one directorate and a primary school of another
meets "gymnasium" by the first and the second's directorate by the second. A further unit, specialty or role never makes
somebody ineligible; neither does a further value in a criterion. Who is named is admitted whatever the rest says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kypek_sync.contract import capitals
from kypek_sync.model import Audience, Person, PersonKind, Unit
from kypek_sync.seminar.serving import label_of
from kypek_sync.seminar.specialties import met

Facts = tuple[tuple[str, str], ...]

_TEACHING = (PersonKind.TEACHER, PersonKind.STAFF)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one criterion or on all: `rule` is its name, `facts` what it compared (wanted, found)."""

    passed: bool
    rule: str
    facts: Facts = ()


ELIGIBLE = Verdict(True, "eligible")


def verdicts(person: Person, audience: Audience, units: Mapping[str, Unit]) -> tuple[Verdict, ...]:
    """Each criterion with its outcome, in a fixed order. `units` are those of the directory, by id, `settled` where a
    register of units tells more.

    A person admitted by name passes whatever the rest says; then that is the only verdict.
    """
    return tuple(one.verdict for one in _one_by_one(person, audience, units))


def judge(person: Person, audience: Audience, units: Mapping[str, Unit]) -> Verdict:
    """The first criterion that is not met, or a passed verdict with the rule `eligible`."""
    for one in _one_by_one(person, audience, units):
        if not one.passed:
            return one.verdict
    return ELIGIBLE


class _Criterion(NamedTuple):
    """One criterion and what it compared; None: it compared nothing. Who judges very many asks for the words of the one
    that is not met alone."""

    passed: bool
    rule: str
    wanted: Sequence[str] | None = None
    found: Sequence[str] | None = None

    @property
    def verdict(self) -> Verdict:
        wanted = () if self.wanted is None else (("wanted", ", ".join(self.wanted)),)
        found = () if self.found is None else (("found", ", ".join(self.found)),)
        return Verdict(self.passed, self.rule, (*wanted, *found))


def _one_by_one(person: Person, audience: Audience, units: Mapping[str, Unit]) -> Iterator[_Criterion]:
    """Looked at only as far as somebody asks: who judges many stops at the first refusal."""
    if person.login in audience.people:
        yield _Criterion(True, "admitted-by-name")
        return
    passed = person.kind in _TEACHING and person.active
    yield _Criterion(passed, "active-teacher" if person.active else "account-active", None, (person.kind,))
    if audience.specialties:
        passed = met(audience.specialties, person.specialties)
        yield _Criterion(passed, "specialty", audience.specialties, person.specialties)
    if audience.directorates:
        have = _directorates(person, units)
        passed = not have.isdisjoint(audience.directorates)
        yield _Criterion(passed, "directorate", audience.directorates, sorted(have))
    mine = [units[u] for u in person.units if u in units]
    if audience.unit_kinds:
        kinds = sorted({unit.kind for unit in mine} - {""})
        yield _Criterion(bool(set(kinds) & set(audience.unit_kinds)), "unit-kind", audience.unit_kinds, kinds)
    if audience.units:
        wanted = {capitals(name) for name in audience.units}
        passed = any(wanted & {capitals(unit.code), capitals(unit.name)} - {""} for unit in mine)
        yield _Criterion(passed, "unit", audience.units, [_called(unit) for unit in mine])
    if audience.roles:
        roles = sorted({role.role for role in person.roles})
        yield _Criterion(bool(set(roles) & set(audience.roles)), "role", audience.roles, roles)


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
