"""A made-up country in memory: seminars, seats and people by number, the same at every run. Nobody in it exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Course, Group, Member
from kypek_sync.model import (
    Application,
    Audience,
    CourseRole,
    Form,
    Person,
    PersonKind,
    Seat,
    SeatState,
    Seminar,
    Session,
    SourceRow,
    Unit,
)
from kypek_sync.sync.planning.desired import SEATED, WAITING, Centre
from kypek_sync.sync.planning.plan import ObservedCourse

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SYSTEM = "moodle"
SCHOOL = Unit("ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr", "1ο Γυμνάσιο", "0501001", "1000001", "gym", "ΔΕ", "att-a")
CENTRE = Centre("att-a", SYSTEM, "bbb", "https://kypek.example", {"ekfe": frozenset({"officer1"})}, {})
SPECIALTIES = ("ΠΕ04.01", "ΠΕ86", "ΠΕ70", "ΠΕ02")


def code(number: int) -> str:
    """Code of the n-th seminar."""
    return f"EKFE-26-{number:04d}"


def seminar(number: int, capacity: int) -> Seminar:
    """The n-th seminar, for two of the four specialties."""
    starts = NOON + timedelta(days=30 + number % 90)
    return Seminar(
        code=code(number),
        structure="ekfe",
        title=f"Σεμινάριο {number}",
        form=Form.BLENDED,
        source=SourceRow("ekfe.xlsx", "Σεμινάρια", number + 2),
        sessions=(Session(1, starts, starts + timedelta(hours=3)),),
        audience=Audience(specialties=("ΠΕ04", "ΠΕ86"), unit_kinds=("gym", "lyk")),
        capacity=capacity,
    )


def people(count: int) -> dict[str, Person]:
    """So many teachers by login, of four specialties in turn."""
    return {
        f"teacher{n}": Person(
            login=f"teacher{n}",
            surname=f"Επώνυμο{n}",
            given_name="Όνομα",
            mail=f"teacher{n}@sch.example",
            kind=PersonKind.TEACHER,
            specialties=(SPECIALTIES[n % len(SPECIALTIES)],),
            units=(SCHOOL.id,),
            directorates=("att-a",),
        )
        for n in range(count)
    }


def applications(number: int, count: int, of: int) -> Iterator[Application]:
    """Who applied in the n-th seminar: `count` of `of` teachers, several in the same second."""
    for n in range(count):
        login = f"teacher{(number * 53 + n) % of}"
        yield Application(code(number), login, login, NOON - timedelta(hours=9, seconds=n // 3), True, SYSTEM)


def seats(number: int, count: int, of: int) -> list[Seat]:
    """The same people with a granted seat each."""
    return [
        Seat(one.seminar, one.login, one.person, SeatState.GRANTED, "capacity", applied_at=one.at)
        for one in applications(number, count, of)
    ]


def observed(number: int, seated: list[Seat], *, missing: int = 0, extra: int = 0) -> ObservedCourse:
    """The course as a platform shows it: all in the course, all but `missing` in the group of seats, which holds
    `extra` people of ours who gave theirs back."""
    logins = [seat.login for seat in seated]
    inside = frozenset(logins[missing:]) | {f"former{n}" for n in range(extra)}
    everybody = [*logins, *(f"former{n}" for n in range(extra))]
    members = {login: Member(login, CourseRole.STUDENT) for login in everybody}
    address, session = f"https://moodle.example/course/view.php?id={number}", seminar(number, len(seated)).sessions[0]
    return ObservedCourse(
        SYSTEM,
        code(number),
        bound=True,
        course=Course(str(number), f"Σεμινάριο {number}", address, starts=session.starts, ends=session.ends),
        members=members | {"officer1": Member("officer1", CourseRole.TRAINER)},
        members_complete=True,
        groups={SEATED: Group("1", SEATED, inside), WAITING: Group("2", WAITING, frozenset())},
        groups_complete=True,
        placed={SEATED: inside},
    )
