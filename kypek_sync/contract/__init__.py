"""What a connector and the engine agree on. A connector imports only this package and `kypek_sync.model`.

Read `roles` for what each role must do, `errors` for what to raise, `snapshots` for what a read promises, `changes`
for receipts, `spec` for how a connector introduces itself, `wire` for the HTTP client that keeps the limits,
`page_text` for descriptions in HTML, and `directory_people` for what the attributes of the school network's directory
mean. `units_register` is a role in a module of its own: a register of schools.
`connectors/README.md` shows a whole one.
"""

from kypek_sync.contract.changes import REMOVALS, Cause, Change, Outcome, Receipt, Target, Verb
from kypek_sync.contract.directory_entries import UNIT_ATTRIBUTES, Entry, unit_of
from kypek_sync.contract.directory_findings import across_people, across_units
from kypek_sync.contract.directory_people import KNOWN_ROLES, PERSON_ATTRIBUTES, ROLE_ATTRIBUTE, person_of
from kypek_sync.contract.directory_words import capitals, directorate, leaf, plain, rdns, specialty, unit_id
from kypek_sync.contract.errors import Ambiguous, ConnectorError, SkipThis, StopConnector, TryLater
from kypek_sync.contract.page_text import html_of, words_of
from kypek_sync.contract.roles import (
    Capability,
    Connector,
    Course,
    CourseDraft,
    Courses,
    Directory,
    Enrolment,
    Group,
    Helpdesk,
    Join,
    Letter,
    Mail,
    Member,
    Occupant,
    Probe,
    ProbeLevel,
    ProbeLine,
    Recording,
    Role,
    Room,
    RoomDraft,
    Rooms,
    Ticket,
    TicketDraft,
    TicketEvent,
)
from kypek_sync.contract.snapshots import Delta, Snapshot
from kypek_sync.contract.spec import (
    ENTRY_POINT_GROUP,
    ConnectorContext,
    ConnectorSettings,
    ConnectorSpec,
    Letterhead,
    Secret,
)
from kypek_sync.contract.units_register import RegisteredDirectorate, RegisteredUnit, UnitsRegister, UnitState
from kypek_sync.contract.wire import Answer, Wire, WireLimits

__all__ = [
    "ENTRY_POINT_GROUP",
    "KNOWN_ROLES",
    "PERSON_ATTRIBUTES",
    "REMOVALS",
    "ROLE_ATTRIBUTE",
    "UNIT_ATTRIBUTES",
    "Ambiguous",
    "Answer",
    "Capability",
    "Cause",
    "Change",
    "Connector",
    "ConnectorContext",
    "ConnectorError",
    "ConnectorSettings",
    "ConnectorSpec",
    "Course",
    "CourseDraft",
    "Courses",
    "Delta",
    "Directory",
    "Enrolment",
    "Entry",
    "Group",
    "Helpdesk",
    "Join",
    "Letter",
    "Letterhead",
    "Mail",
    "Member",
    "Occupant",
    "Outcome",
    "Probe",
    "ProbeLevel",
    "ProbeLine",
    "Receipt",
    "Recording",
    "RegisteredDirectorate",
    "RegisteredUnit",
    "Role",
    "Room",
    "RoomDraft",
    "Rooms",
    "Secret",
    "SkipThis",
    "Snapshot",
    "StopConnector",
    "Target",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "TryLater",
    "UnitState",
    "UnitsRegister",
    "Verb",
    "Wire",
    "WireLimits",
    "across_people",
    "across_units",
    "capitals",
    "directorate",
    "html_of",
    "leaf",
    "person_of",
    "plain",
    "rdns",
    "specialty",
    "unit_id",
    "unit_of",
    "words_of",
]
