"""The vocabulary as types (design, section 2). Imports nothing of ours.

All values are immutable. Moments are aware datetimes in UTC; `local()` turns them to Europe/Athens at the edges.
A *login* is the person's school-network account name in lower case. A *unit id* is the unit's DN in normal form
(lower-case attribute names, no spaces around commas).
"""

from kypek_sync.model.moments import ATHENS, Clock, local, system_clock
from kypek_sync.model.people import Finding, FindingLevel, LabelSource, Person, PersonKey, PersonKind, Unit, UnitRole
from kypek_sync.model.seats import HELD, PLACES, Application, Seat, SeatState, Stance
from kypek_sync.model.seminars import (
    Audience,
    Enforcement,
    Form,
    Group,
    Part,
    Reserved,
    Seminar,
    Session,
    SourceRow,
    Status,
    TakenAt,
    Trainer,
    Trait,
)
from kypek_sync.model.services import CourseRole, TicketState

__all__ = [
    "ATHENS",
    "HELD",
    "PLACES",
    "Application",
    "Audience",
    "Clock",
    "CourseRole",
    "Enforcement",
    "Finding",
    "FindingLevel",
    "Form",
    "Group",
    "LabelSource",
    "Part",
    "Person",
    "PersonKey",
    "PersonKind",
    "Reserved",
    "Seat",
    "SeatState",
    "Seminar",
    "Session",
    "SourceRow",
    "Stance",
    "Status",
    "TakenAt",
    "TicketState",
    "Trainer",
    "Trait",
    "Unit",
    "UnitRole",
    "local",
    "system_clock",
]
