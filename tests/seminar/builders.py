"""Builders of seminars, people and applications: only what a test says differs from the plain case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kypek_sync.model import (
    Application,
    Audience,
    Form,
    Person,
    PersonKind,
    Seat,
    SeatState,
    Seminar,
    Session,
    SourceRow,
    Unit,
    UnitRole,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SCHOOL = Unit("ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr", "1ο Γυμνάσιο", "0501001", "1000001", "gym", "ΔΕ", "att-a")
OTHER = Unit("ou=2dim,ou=att-v,ou=units,dc=sch,dc=gr", "2ο Δημοτικό", "9050002", "1000002", "dim", "ΠΕ", "att-v")
UNITS = {unit.id: unit for unit in (SCHOOL, OTHER)}


def person(login: str = "anna", **changes: Any) -> Person:
    plain = Person(
        login=login,
        surname="Παπαδοπούλου",
        given_name="Άννα",
        mail=f"{login}@sch.example",
        kind=PersonKind.TEACHER,
        specialties=("ΠΕ86",),
        units=(SCHOOL.id,),
        directorates=("att-a",),
        roles=(UnitRole("school-principal", SCHOOL.id),),
    )
    return replace(plain, **changes)


def session(number: int = 1, starts: datetime = NOON + timedelta(days=30), hours: float = 3, **changes: Any) -> Session:
    return replace(Session(number, starts, starts + timedelta(hours=hours)), **changes)


def seminar(code: str = "EKFE-26-01", **changes: Any) -> Seminar:
    plain = Seminar(
        code=code,
        structure="ekfe",
        title=f"Σεμινάριο {code}",
        form=Form.IN_PERSON,
        source=SourceRow("ekfe.xlsx", "Σεμινάρια", 2),
        sessions=(session(),),
        capacity=2,
    )
    return replace(plain, **changes)


def application(login: str, minutes: float = 0, code: str = "EKFE-26-01", **changes: Any) -> Application:
    plain = Application(code, login, f"p-{login}", NOON + timedelta(minutes=minutes), True, "eclass")
    return replace(plain, **changes)


def seat(login: str, state: SeatState, code: str = "EKFE-26-01", rule: str = "capacity", **changes: Any) -> Seat:
    return replace(Seat(code, login, f"p-{login}", state, rule), **changes)


def audience(**criteria: Any) -> Audience:
    return Audience(**criteria)
