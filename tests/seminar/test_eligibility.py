"""Whom a seminar is for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import Audience, Person, PersonKind, Unit, UnitRole
from kypek_sync.seminar.eligibility import judge, verdicts
from kypek_sync.seminar.specialties import covers, met, successor
from tests.seminar.builders import OTHER, SCHOOL, UNITS, audience, person


@pytest.mark.parametrize(
    ("family", "code", "answer"),
    [
        ("ΠΕ04", "ΠΕ04", True),
        ("ΠΕ04", "ΠΕ04.01", True),
        ("ΠΕ04.01", "ΠΕ04", False),
        ("ΠΕ04", "ΠΕ040", False),
        ("ΠΕ86", "ΠΕ86.50", True),
    ],
)
def test_a_family_covers_its_branches_only(family: str, code: str, answer: bool) -> None:
    assert covers(family, code) is answer


@pytest.mark.parametrize(
    ("family", "code", "answer"),
    [
        ("ΠΕ86", "ΠΕ20", True),  # the directory still carries it
        ("ΠΕ86", "ΠΕ19.50", True),
        ("ΠΕ86.50", "ΠΕ19.50", True),
        ("ΠΕ86.50", "ΠΕ19", False),
        ("ΠΕ20", "ΠΕ20", True),
        ("ΠΕ20", "ΠΕ86", False),
        ("ΠΕ81", "ΠΕ12.01", True),
        ("ΠΕ04", "", False),
    ],
)
def test_a_code_that_the_law_replaced_counts_as_the_one_that_replaced_it(family: str, code: str, answer: bool) -> None:
    """D-11."""
    assert met((family,), (code,)) is answer


def test_a_code_in_force_has_no_successor() -> None:
    assert successor("ΠΕ86.50") == ""


@pytest.mark.parametrize(
    ("who", "whom", "passed", "rule"),
    [
        (person(), audience(), True, "eligible"),
        (person(kind=PersonKind.STAFF), audience(), True, "eligible"),
        (person(kind=PersonKind.PUPIL), audience(), False, "active-teacher"),
        (person(kind=PersonKind.SCHOOL_ACCOUNT), audience(), False, "active-teacher"),
        (person(active=False), audience(), False, "account-active"),
        (person(kind=PersonKind.PUPIL), audience(people=("anna",)), True, "eligible"),
        (person(), audience(specialties=("ΠΕ86", "ΠΕ04")), True, "eligible"),
        (person(), audience(specialties=("ΠΕ04",)), False, "specialty"),
        (person(specialties=()), audience(specialties=("ΠΕ04",)), False, "specialty"),
        (person(), audience(directorates=("att-a",)), True, "eligible"),
        (person(), audience(directorates=("att-a/ΔΕ",)), True, "eligible"),
        (person(), audience(directorates=("att-a/ΠΕ",)), False, "directorate"),
        (person(units=(SCHOOL.id, OTHER.id)), audience(directorates=("att-v/ΠΕ",)), True, "eligible"),
        (person(units=("ou=nowhere",), directorates=()), audience(directorates=("att-a",)), False, "directorate"),
        (person(), audience(unit_kinds=("gym",)), True, "eligible"),
        (person(), audience(unit_kinds=("lyk",)), False, "unit-kind"),
        (person(), audience(units=("0501001",)), True, "eligible"),
        (person(), audience(units=("9050002",)), False, "unit"),
        (person(), audience(units=("1ο γυμνασιο",)), True, "eligible"),
        (person(units=(SCHOOL.id, OTHER.id)), audience(units=("9050002",)), True, "eligible"),
        (person(units=(SCHOOL.id, OTHER.id)), audience(unit_kinds=("gym",), directorates=("att-v",)), True, "eligible"),
        (person(units=("ou=9,ou=att-v,ou=units",)), audience(directorates=("att-v",)), True, "eligible"),
        (person(), audience(roles=("school-principal",)), True, "eligible"),
        (person(roles=()), audience(roles=("school-principal",)), False, "role"),
        (person(), audience(specialties=("ΠΕ86",), roles=("itlab-responsible",)), False, "role"),
    ],
)
def test_every_stated_criterion_must_be_met_by_any_one_value(who, whom, passed, rule) -> None:  # type: ignore[no-untyped-def]
    verdict = judge(who, whom, UNITS)
    assert (verdict.passed, verdict.rule) == (passed, rule)


def test_a_refusal_says_what_was_wanted_and_what_was_found() -> None:
    verdict = judge(person(specialties=("ΠΕ86", "ΠΕ03")), audience(specialties=("ΠΕ04", "ΠΕ02")), UNITS)
    assert dict(verdict.facts) == {"wanted": "ΠΕ04, ΠΕ02", "found": "ΠΕ86, ΠΕ03"}


def test_admission_by_name_is_the_only_verdict() -> None:
    whom = audience(people=("anna",), specialties=("ΠΕ04",))
    assert [v.rule for v in verdicts(person(), whom, UNITS)] == ["admitted-by-name"]


def test_a_unit_without_directorate_or_level_helps_nobody() -> None:
    from dataclasses import replace

    bare = replace(SCHOOL, directorate="", level="")
    level_less = replace(SCHOOL, level="")
    who = person(directorates=())
    assert not judge(who, audience(directorates=("att-a",)), {bare.id: bare}).passed
    assert judge(who, audience(directorates=("att-a",)), {level_less.id: level_less}).passed
    assert not judge(who, audience(directorates=("att-a/ΔΕ",)), {level_less.id: level_less}).passed


def test_a_unit_counts_for_where_it_belongs_and_not_for_where_its_id_lies() -> None:
    """The register of units placed it elsewhere (`serving.settled`)."""
    from dataclasses import replace

    moved = {SCHOOL.id: replace(SCHOOL, directorate="att-v")}
    assert judge(person(), audience(directorates=("att-v/ΔΕ",)), moved).passed
    assert not judge(person(), audience(directorates=("att-a",)), moved).passed


CODES = ["ΠΕ04", "ΠΕ04.01", "ΠΕ86", "ΠΕ20", "ΔΕ01-ΕΒΠ"]
LABELS = ["att-a", "att-v", "att-a/ΔΕ", "att-v/ΠΕ"]
KINDS = ["gym", "dim", "lyk"]
ROLES = ["school-principal", "plinet"]
PLACES = st.builds(
    Unit,
    id=st.sampled_from([f"ou={n},ou={label},ou=units" for n in range(4) for label in ("att-a", "att-v")]),
    name=st.sampled_from(["Α", "Β"]),
    code=st.sampled_from(["", "01", "02"]),
    kind=st.sampled_from(["", *KINDS]),
    level=st.sampled_from(["", "ΠΕ", "ΔΕ"]),
    directorate=st.sampled_from(["", "att-a", "att-v"]),
)


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


WHOM = st.builds(
    Audience,
    specialties=some(CODES),
    directorates=some(LABELS),
    unit_kinds=some(KINDS),
    units=some(["01", "02", "Α"]),
    roles=some(ROLES),
)


def serving_at(places: list[Unit], codes: tuple[str, ...], roles: tuple[str, ...]) -> tuple[Person, dict[str, Unit]]:
    units = {place.id: place for place in places}
    held = tuple(UnitRole(role, next(iter(units), "")) for role in roles)
    return person(units=tuple(units), directorates=(), specialties=codes, roles=held), units


@given(st.lists(PLACES, max_size=3, unique_by=lambda u: u.id), PLACES, some(CODES), some(ROLES), WHOM)
def test_a_further_unit_never_makes_somebody_ineligible(
    places: list[Unit], more: Unit, codes: tuple[str, ...], roles: tuple[str, ...], whom: Audience
) -> None:
    before, units = serving_at(places, codes, roles)
    after, all_units = serving_at([*places, *([more] if more.id not in units else [])], codes, roles)
    assert not judge(before, whom, units).passed or judge(after, whom, all_units).passed


@given(st.lists(PLACES, max_size=3, unique_by=lambda u: u.id), some(CODES), some(ROLES), WHOM, WHOM)
def test_a_further_value_in_a_stated_criterion_shuts_nobody_out(
    places: list[Unit], codes: tuple[str, ...], roles: tuple[str, ...], whom: Audience, more: Audience
) -> None:
    def wider(field: str) -> tuple[str, ...]:
        have: tuple[str, ...] = getattr(whom, field)
        return (*have, *getattr(more, field)) if have else ()

    who, units = serving_at(places, codes, roles)
    wide = Audience(**{field: wider(field) for field in Audience.__slots__})
    assert not judge(who, whom, units).passed or judge(who, wide, units).passed


@given(st.lists(PLACES, max_size=3, unique_by=lambda u: u.id), some(CODES), some(ROLES), WHOM)
def test_the_judgement_is_the_sum_of_the_criteria_and_naming_somebody_admits_them(
    places: list[Unit], codes: tuple[str, ...], roles: tuple[str, ...], whom: Audience
) -> None:
    from dataclasses import replace

    who, units = serving_at(places, codes, roles)
    assert judge(who, whom, units).passed == all(v.passed for v in verdicts(who, whom, units))
    assert judge(who, replace(whom, people=(who.login,)), units).passed


@given(st.sampled_from(CODES), st.from_regex(r"\A(\.[0-9]{2}){1,2}\Z"))
def test_a_family_covers_each_of_its_branches_and_no_branch_its_family(family: str, branch: str) -> None:
    assert covers(family, family + branch)
    assert not covers(family + branch, family)
    assert not covers(family, family + branch.replace(".", ""))
