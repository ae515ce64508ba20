"""Whom a seminar is for."""

from __future__ import annotations

import pytest

from kypek_sync.model import PersonKind
from kypek_sync.seminar.eligibility import covers, judge, verdicts
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
