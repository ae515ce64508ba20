"""What a scenario plans: structures, seminars and sessions as plain values, and the school year they fall into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

ATHENS = ZoneInfo("Europe/Athens")
IN_PERSON, ONLINE, BLENDED = "Δια ζώσης", "Εξ αποστάσεως", "Μεικτό"
CANCELLED = "ΑΚΥΡΩΘΗΚΕ"


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure of the centre. `programme` is its file's name; the numbers are its places on the platforms."""

    id: str
    prefix: str
    name: str
    programme: str
    department: int
    category: str


STRUCTURES = (
    Structure("ekfe", "EKFE", "Ε.Κ.Φ.Ε. Α΄ Αθήνας", "ekfe.xlsx", 11, "Ε.Κ.Φ.Ε."),
    Structure("keplinet", "KEPL", "ΚΕ.ΠΛΗ.ΝΕ.Τ. Α΄ Αθήνας", "keplinet.ods", 12, "ΚΕ.ΠΛΗ.ΝΕ.Τ."),
    Structure("kesyp", "KESYP", "ΚΕ.ΣΥ.Π. Α΄ Αθήνας", "kesyp.yaml", 13, "ΚΕ.ΣΥ.Π."),
    Structure(
        "drastiriotites", "DRAST", "Γραφείο Σχολικών Δραστηριοτήτων", "drastiriotites.yaml", 14, "Δραστηριότητες"
    ),
)


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a seminar is; an empty criterion admits everybody. `level` is ΠΕ, ΔΕ or empty; stems are kinds of unit
    as in RDNs; `role` is a quirk of an account (`principal`)."""

    specialties: tuple[str, ...] = ()
    label: str = ""
    level: str = ""
    stems: tuple[str, ...] = ()
    role: str = ""
    logins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """One meeting; `starts` and `ends` are aware, in Europe/Athens, on one day."""

    number: int
    starts: datetime
    ends: datetime
    form: str
    place: str
    topic: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who applies in a registration course at a moment (aware)."""

    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SeminarPlan:
    """One seminar as its structure hands it in, and what already happened around it.

    `adopts` names the platform where its course exists already (`eclass`, `moodle`, or empty); `course_address` is
    known once that course was made. `trainers` are logins, or `Name <mail>`. Moments of registration are aware.
    """

    code: str
    structure: str
    title: str
    description: str
    form: str
    seats: int
    minimum: int
    hours: int
    audience: Audience
    opens: datetime
    closes: datetime
    trainers: tuple[str, ...]
    sessions: tuple[SessionPlan, ...]
    platform: str = ""
    adopts: str = ""
    mirrors: tuple[str, ...] = ()
    status: str = ""
    course_address: str = ""
    applicants: tuple[Applicant, ...] = ()


def first_year(now: datetime) -> int:
    """The calendar year in which the school year of `now` (aware) began: it runs from September to August."""
    day: date = now.astimezone(ATHENS).date()
    return day.year if day.month >= 9 else day.year - 1


def school_year(now: datetime) -> str:
    """The school year of `now`, as `2026-2027`."""
    year = first_year(now)
    return f"{year}-{year + 1}"
