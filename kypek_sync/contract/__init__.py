"""What a connector and the engine agree on. A connector imports only this package and `kypek_sync.model`.

Read `roles` for what each role must do, `errors` for what to raise, `snapshots` for what a read promises, `changes`
for receipts, `spec` for how a connector introduces itself, `wire` for the HTTP client that keeps the limits,
`page_text` for descriptions in HTML, and `directory_people` for what the attributes of the school network's directory
mean. `units_register` is a role in a module of its own: a register of schools.
`connectors/README.md` shows a whole one.
"""

from kypek_sync.contract.by_hand import ByHand, Work
from kypek_sync.contract.capabilities import Capability
from kypek_sync.contract.certificates import Doubt, doubt_of
from kypek_sync.contract.changes import REMOVALS, Cause, Change, Outcome, Receipt, Target, Verb
from kypek_sync.contract.course_announcement import Announcement, AnnouncementDraft, CourseAnnouncements
from kypek_sync.contract.course_calendar import CalendarEvent, CourseCalendar, EventDraft
from kypek_sync.contract.course_cohorts import Cohorts
from kypek_sync.contract.course_key import CourseKey, course_name, part_of, seminar_of
from kypek_sync.contract.directory_codes import quoted, shape, specialty, unit_code
from kypek_sync.contract.directory_entries import UNIT_ATTRIBUTES, Entry, unit_of
from kypek_sync.contract.directory_findings import across_people, across_units
from kypek_sync.contract.directory_people import KNOWN_ROLES, PERSON_ATTRIBUTES, ROLE_ATTRIBUTE, person_of
from kypek_sync.contract.directory_reading import (
    MAPPING,
    Digester,
    Gathered,
    Keeper,
    Known,
    PeopleDelta,
    Reading,
    whole_people,
    whole_units,
)
from kypek_sync.contract.directory_words import capitals, directorate, leaf, plain, rdns, unit_id
from kypek_sync.contract.errors import (
    Ambiguous,
    ConnectorError,
    SkipThis,
    StopConnector,
    TryLater,
    UnknownPerson,
)
from kypek_sync.contract.expiry import Expiring, Stage, expiry_stage, year_after
from kypek_sync.contract.export_file import OLD_EXPORT, ExportFile, FileState, OpenExport, ReadsExport
from kypek_sync.contract.export_probe import Tally, probe_of
from kypek_sync.contract.memberships import CourseNews, CourseRequests, ManyCourses, ManyMemberships
from kypek_sync.contract.page_text import html_of, words_of
from kypek_sync.contract.personal_numbers import (
    is_personal_number,
    is_tax_number,
    masked,
    masked_login,
    masked_name,
    masked_of,
)
from kypek_sync.contract.roles import (
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
from kypek_sync.contract.server_address import base_address
from kypek_sync.contract.snapshots import Delta, Snapshot
from kypek_sync.contract.spec import (
    ENTRY_POINT_GROUP,
    ConnectorContext,
    ConnectorSettings,
    ConnectorSpec,
    Letterhead,
    Secret,
)
from kypek_sync.contract.units_register import (
    DIRECTORATES,
    SCHOOLS,
    RegisteredDirectorate,
    RegisteredUnit,
    UnitsRegister,
    UnitState,
)
from kypek_sync.contract.wire import Answer, Wire, WireLimits

__all__ = [
    "DIRECTORATES",
    "ENTRY_POINT_GROUP",
    "KNOWN_ROLES",
    "MAPPING",
    "OLD_EXPORT",
    "PERSON_ATTRIBUTES",
    "REMOVALS",
    "ROLE_ATTRIBUTE",
    "SCHOOLS",
    "UNIT_ATTRIBUTES",
    "Ambiguous",
    "Announcement",
    "AnnouncementDraft",
    "Answer",
    "ByHand",
    "CalendarEvent",
    "Capability",
    "Cause",
    "Change",
    "Cohorts",
    "Connector",
    "ConnectorContext",
    "ConnectorError",
    "ConnectorSettings",
    "ConnectorSpec",
    "Course",
    "CourseAnnouncements",
    "CourseCalendar",
    "CourseDraft",
    "CourseKey",
    "CourseNews",
    "CourseRequests",
    "Courses",
    "Delta",
    "Digester",
    "Directory",
    "Doubt",
    "Enrolment",
    "Entry",
    "EventDraft",
    "Expiring",
    "ExportFile",
    "FileState",
    "Gathered",
    "Group",
    "Helpdesk",
    "Join",
    "Keeper",
    "Known",
    "Letter",
    "Letterhead",
    "Mail",
    "ManyCourses",
    "ManyMemberships",
    "Member",
    "Occupant",
    "OpenExport",
    "Outcome",
    "PeopleDelta",
    "Probe",
    "ProbeLevel",
    "ProbeLine",
    "Reading",
    "ReadsExport",
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
    "Stage",
    "StopConnector",
    "Tally",
    "Target",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "TryLater",
    "UnitState",
    "UnitsRegister",
    "UnknownPerson",
    "Verb",
    "Wire",
    "WireLimits",
    "Work",
    "across_people",
    "across_units",
    "base_address",
    "capitals",
    "course_name",
    "directorate",
    "doubt_of",
    "expiry_stage",
    "html_of",
    "is_personal_number",
    "is_tax_number",
    "leaf",
    "masked",
    "masked_login",
    "masked_name",
    "masked_of",
    "part_of",
    "person_of",
    "plain",
    "probe_of",
    "quoted",
    "rdns",
    "seminar_of",
    "shape",
    "specialty",
    "unit_code",
    "unit_id",
    "unit_of",
    "whole_people",
    "whole_units",
    "words_of",
    "year_after",
]
