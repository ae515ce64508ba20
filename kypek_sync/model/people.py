"""People and units as a directory shows them, and what is odd about them. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PersonKind(StrEnum):
    """What an entry of the directory stands for (D-5, D-6, D-16)."""

    TEACHER = "teacher"
    STAFF = "staff"
    PUPIL = "pupil"
    SCHOOL_ACCOUNT = "school-account"
    SERVICE_ACCOUNT = "service-account"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class PersonKey:
    """One of a person's keys, strongest kind first: `entry-uuid`, `registry` (a keyed hash, D-4), `login` (rule 12)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, order=True)
class UnitRole:
    """A role that a person has on a unit, e.g. `school-principal` (D-3)."""

    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who the directory says someone is.

    `units`: unit ids, the primary one first (D-2). `directorates`: labels found in those ids (`att-a`), without
    repeats. `specialties`: normalised codes in Greek letters (`ΠΕ86`). `keys`: see `PersonKey`; the registry or tax
    number itself never gets this far. `number_kind`: what their number is, `registry` or `tax` (D-4); empty where there
    is none, or it was kept before this was.
    """

    login: str
    surname: str
    given_name: str
    mail: str
    kind: PersonKind
    active: bool = True
    specialties: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    directorates: tuple[str, ...] = ()
    roles: tuple[UnitRole, ...] = ()
    keys: tuple[PersonKey, ...] = ()
    number_kind: str = ""

    @property
    def name(self) -> str:
        """Given name and surname, as people are addressed."""
        return f"{self.given_name} {self.surname}".strip() or self.login


class LabelSource(StrEnum):
    """From where a unit has its directorate's label: the directory's own tree or, where an export has no tree, one of
    its columns or the settings of its connector."""

    TREE = "tree"
    COLUMN = "column"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Unit:
    """A school or office. `code` and `registry_code` are strings, perhaps empty (D-9, D-10); `level` is `ΠΕ`, `ΔΕ` or
    empty; `kind` is `nip`, `dim`, `gym`, `lyk`, `epal`, `ek`, `eeeek`, `directorate`, `office`, `library` or empty;
    `directorate` is the label in the unit's DN (`att-a`), and `label_source` who put it there."""

    id: str
    name: str
    code: str = ""
    registry_code: str = ""
    kind: str = ""
    level: str = ""
    directorate: str = ""
    mail: str = ""
    active: bool = True
    label_source: LabelSource = LabelSource.TREE


class FindingLevel(StrEnum):
    """How much a finding matters: an `error` keeps its subject back, a `warning` does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something in a source that could not be understood or contradicts itself: visible and counted, never a guess.

    `subject` is a login, a unit id, a seminar code or a file; `code` is a stable word for counting (`unit-dangling`);
    `text` is a whole English sentence that says what to do.
    """

    subject: str
    code: str
    text: str
    level: FindingLevel = FindingLevel.WARNING
