"""People and accounts of the synthetic directory, one after the other, each with what may be wrong with it.

Shares of dirt are those of the directory sheet, 3.6, for every draw; besides, each kind is certain to occur once among
the first teachers, pupils and accounts, so that a small directory has them all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import kypek_sync.sandbox.people.specialties as specialties
from kypek_sync.sandbox.people.names import MEN, SURNAMES, WOMEN, latin
from kypek_sync.sandbox.people.tree import SCHOOLS, UNITS, SchoolUnit

TEACHER_QUIRKS: Mapping[str, float] = {
    "no-l": 0.01,
    "dangling-l": 0.005,
    "respaced-l": 0.015,
    "lower-case-kind": 0.02,
    "disabled": 0.03,
    "no-number": 0.03,
    "shared-number": 0.002,
    "latin-branch": 0.02,
    "stale-branch": 0.01,
    "ebp-branch": 0.002,
    "second-school": 0.08,
    "second-school-first": 0.02,
    "principal": 0.06,
    "itlab": 0.02,
    "itsector": 0.005,
    "ypepth": 0.005,
    "plinet": 0.001,
    "partner": 0.001,
}
"""What may be special about a teacher, with its share. The last eight are no flaws, only rarer facts."""
GENERAL_QUIRKS = ("no-l", "dangling-l", "respaced-l", "disabled")
"""Those that strike pupils and Personel too."""
TEACHER_KINDS = (*("Teacher",) * 8, "iTeacher", "aTeacher", "pTeacher")
ROLE_QUIRKS = {
    "principal": "school-principal",
    "itlab": "itlab-responsible",
    "itsector": "itsector-responsible",
    "ypepth": "ypepth-personnel",
}


@dataclass(frozen=True, slots=True)
class Account:
    """An entry below ou=people.

    `kind` is its umdObject in the usual spelling; `specialty` the true code in Greek letters, `branch` what the
    directory says instead; `number` the employeeNumber (never of a real person: 6 digits from 700000, or 999 and a
    wrong check digit); `unit` None only for technical accounts and those who serve nowhere. `quirks` names what is
    special.
    """

    login: str
    kind: str
    surname: str
    given_name: str
    unit: SchoolUnit | None
    specialty: str = ""
    branch: str = ""
    number: str = ""
    substitute: bool = False
    second_unit: SchoolUnit | None = None
    quirks: tuple[str, ...] = field(default=())

    @property
    def mail(self) -> str:
        """An address in a domain that nobody has."""
        return f"{self.login}@sch.example"

    @property
    def is_teacher(self) -> bool:
        """Whether it is a teacher's account."""
        return self.kind in TEACHER_KINDS

    @property
    def is_active(self) -> bool:
        """Whether the account may sign in."""
        return "disabled" not in self.quirks

    @property
    def is_plain(self) -> bool:
        """Whether nothing about it is odd, so that any reader understands it fully."""
        return not set(self.quirks) - set(ROLE_QUIRKS)


@dataclass(frozen=True, slots=True)
class Census:
    """How many entries of each kind make up `people`."""

    school_accounts: int
    is_accounts: int
    technical: int
    pupils: int
    staff: int
    teachers: int

    @classmethod
    def of(cls, people: int, schools: int) -> Census:
        """The shares of 3.6; ISaccounts (not measured there) are a tenth of the school accounts."""
        official = min(schools, people // 9)
        extra = min(max(1, official // 10), official)
        technical, pupils, staff = (max(1, people // share) for share in (60, 20, 25))
        teachers = people - official - extra - technical - pupils - staff
        return cls(official, extra, technical, pupils, staff, max(0, teachers))


def accounts(people: int, units: Sequence[SchoolUnit], partner: SchoolUnit, rng: random.Random) -> Iterator[Account]:
    """All entries, `people` of them (from 50 on), school accounts first. Nothing is kept but the units."""
    serving = [unit for unit in units if unit.stem in SCHOOLS]
    census = Census.of(people, len(serving))
    yield from _school_accounts(serving, census, rng)
    serial = 0
    for number in range(census.technical):
        yield _technical(number, serving[number % len(serving)])
    for number in range(census.pupils):
        serial += 1
        certain = GENERAL_QUIRKS[number : number + 1]
        yield _person("student", serial, _somewhere(serving, rng), _drawn(GENERAL_QUIRKS, certain, rng), rng)
    staffed = [unit for unit in units if unit.stem not in SCHOOLS] or serving
    for _ in range(census.staff):
        serial += 1
        pick = staffed if rng.random() < 0.5 else serving
        quirks = _drawn((*GENERAL_QUIRKS, "lower-case-kind"), (), rng)
        yield _person("Personel", serial, _somewhere(pick, rng), quirks, rng)
    yield from _teachers(census.teachers, serial, serving, partner, rng)


def _teachers(
    count: int, serial: int, serving: Sequence[SchoolUnit], partner: SchoolUnit, rng: random.Random
) -> Iterator[Account]:
    """Every fifth of the first hundred has one of the quirks for certain; the others are drawn."""
    names, before = tuple(TEACHER_QUIRKS), ""
    for number in range(count):
        serial += 1
        turn = number // 5
        certain = names[turn : turn + 1] if number % 5 == 4 else ()
        quirks = _drawn(names, certain, rng)
        unit = partner if "partner" in quirks else _somewhere(serving, rng)
        second = _somewhere(serving, rng) if {"second-school", "second-school-first"} & set(quirks) else None
        account = _person(rng.choice(TEACHER_KINDS), serial, unit, quirks, rng, second, before)
        before = account.number or before
        yield account


def _drawn(names: Sequence[str], certain: Sequence[str], rng: random.Random) -> tuple[str, ...]:
    """What strikes one person. With a certain quirk nothing else does, so that it can be seen alone."""
    if certain:
        return tuple(certain)
    found = tuple(name for name in names if rng.random() < TEACHER_QUIRKS[name])
    if {"no-l", "dangling-l", "respaced-l"} & set(found):
        return tuple(name for name in found if name not in ("partner", "second-school", "second-school-first"))
    return found


def _somewhere(units: Sequence[SchoolUnit], rng: random.Random) -> SchoolUnit:
    return units[int(rng.random() * len(units))]


def _person(
    kind: str,
    serial: int,
    unit: SchoolUnit,
    quirks: tuple[str, ...],
    rng: random.Random,
    second: SchoolUnit | None = None,
    number_before: str = "",
) -> Account:
    woman = rng.random() < 0.62
    given = rng.choice(WOMEN if woman else MEN)
    surname = rng.choice(SURNAMES)[int(woman)]
    login = f"{latin(given)[0]}{latin(surname)[:7]}{serial}".lower()
    if kind == "student":
        return Account(login, kind, surname, given, unit, quirks=quirks)
    specialty, branch = _specialty(kind, unit, quirks, rng)
    substitute = rng.random() < 0.25
    number = _tax_number(serial) if substitute else str(700000 + serial)
    if "no-number" in quirks:
        number = ""
    elif "shared-number" in quirks and number_before:
        number = number_before
    return Account(login, kind, surname, given, unit, specialty, branch, number, substitute, second, quirks)


def _specialty(kind: str, unit: SchoolUnit, quirks: tuple[str, ...], rng: random.Random) -> tuple[str, str]:
    """The true code, and the one that the directory shows."""
    if kind == "Personel" and rng.random() < 0.4:
        return "", specialties.NO_CODE
    code = rng.choices(*specialties.at(unit.stem))[0]
    if "ebp-branch" in quirks:
        return "ΔΕ01-ΕΒΠ", "ΔΕ01-ΕΒΠ"
    if "stale-branch" in quirks:
        return "ΠΕ86", rng.choice(specialties.STALE["ΠΕ86"])
    return code, specialties.in_latin(code) if "latin-branch" in quirks else code


def _tax_number(serial: int) -> str:
    """Nine digits from 999 on that no tax office would give: the check digit is wrong (D-4, D-15)."""
    for start in (0, 500_000):
        number = f"999{(serial + start) % 1_000_000:06d}"
        if sum(int(digit) << (8 - place) for place, digit in enumerate(number[:8])) % 11 % 10 != int(number[8]):
            return number
    raise ValueError(serial)


def _school_accounts(serving: Sequence[SchoolUnit], census: Census, rng: random.Random) -> Iterator[Account]:
    """Official accounts; where two schools shorten alike a serial decides. A few have an ISaccount as well."""
    taken: set[str] = set()
    for number, unit in enumerate(serving[: census.school_accounts]):
        serial, _, town = unit.rdn.partition("-")
        login = serial + town[:3]
        if login in taken:
            login += str(4000 + number)
        taken.add(login)
        marked = ("spaced-marker",) if number == 2 or rng.random() < 0.03 else ()
        yield Account(login, "Account", unit.name, "", unit, quirks=marked)
    coded = [unit for unit in serving[: census.school_accounts] if unit.code]
    for unit in coded[: census.is_accounts]:
        yield Account(unit.code.lower(), "ISaccount", unit.name, "", unit)


def _technical(number: int, unit: SchoolUnit) -> Account:
    kind, prefix = ("ADSLaccount", "adsl-") if number % 3 == 2 else ("Router", "r-")
    return Account(f"{prefix}{unit.rdn}-{number}", kind, "Dialup ", "", None)


def dangling_dn(unit: SchoolUnit) -> str:
    """The DN of a unit that does not exist."""
    return f"ou=closed-{unit.rdn},ou={unit.label},{UNITS}"
