"""The shape of `kypek.yaml`: every setting, its default (a safe one) and what it means to an administrator.

A field's description is the text of the JSON Schema. Unknown keys are errors. Connectors' own settings are checked by
their `ConnectorSpec`; here they are only carried. Lengths of time and secrets arrive read (`reading`): in the file they
are words (`15 minutes`) and references (`env:NAME`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from kypek_sync.model import Stance

Login = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1)]
"""A school-network account name; kept in lower case."""

ZERO = timedelta(0)

SMALLEST_KEY = 16
"""A key with fewer characters could be guessed from the hashes of six-digit numbers (D-4)."""


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < SMALLEST_KEY:
        raise ValueError(SHORT_KEY)
    return key


SHORT_KEY = "this key is too short to be safe (16 characters at least); make one with: openssl rand -hex 32"

Key = Annotated[SecretStr, AfterValidator(_long_enough)]
"""A secret that signs or hashes."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mode(StrEnum):
    """How far a connector may go (design, rule 10)."""

    OBSERVE = "observe"
    PROPOSE = "propose"
    APPLY = "apply"


class ConnectorEntry(BaseModel):
    """One foreign system: which connector, how far it may go, and the connector's own settings beside them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = Field(description="Which connector: ldif, ldap, eclass, moodle, bigbluebutton, request_tracker, …")
    mode: Mode = Field(
        Mode.OBSERVE, description="observe: read and show. propose: every change waits for approval. apply: do it."
    )

    @property
    def own(self) -> dict[str, Any]:
        """The keys that belong to the connector itself."""
        return dict(self.model_extra or {})

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Only what is ours: a connector's own keys may hold what somebody should not have written there."""
        yield "type", self.type
        yield "mode", self.mode


class StructureEntry(_Part):
    """A structure of the centre that plans seminars."""

    name: str = Field(description="Its name in Greek, as people read it.")
    officers: tuple[Login, ...] = Field((), description="Logins of its officers.")
    programme: Path | None = Field(None, description="Its programme: an xlsx, ods or yaml file.")
    inbox: Path | None = Field(
        None, description="A folder: a programme put there is checked at once and answered there."
    )
    approval: bool | None = Field(
        None, description="Whether its programme needs the council's approval; default: the KYPEK's."
    )
    categories: dict[str, str] = Field(
        default_factory=dict,
        description="Where its courses go: connector name → id of the category or department there.",
    )
    cohorts: dict[str, str] = Field(
        default_factory=dict,
        description="The cohort for those with a seat in its seminars: connector name → the cohort's ID number there.",
    )


class Limits(_Part):
    """How many removals pass without a person (design, rule 5): whichever is larger of the number and the share
    holds."""

    per_seminar: int = Field(
        3, ge=0, description="Inferred removals of one seminar in one run: at least this many pass."
    )
    per_seminar_share: float = Field(0.10, ge=0, le=1, description="… or this share of its seats, if that is more.")
    per_run: int = Field(10, ge=0, description="Inferred removals of all seminars in one run.")
    per_run_share: float = Field(0.05, ge=0, le=1, description="… or this share of all seats.")
    per_week: int = Field(10, ge=0, description="Inferred removals in any 7 days.")
    per_week_share: float = Field(0.15, ge=0, le=1, description="… or this share of all seats.")
    withdrawals_per_day: int = Field(
        5, ge=0, description="Proven withdrawals by people themselves, of one seminar in a day."
    )
    withdrawals_per_day_share: float = Field(0.30, ge=0, le=1, description="… or this share of its seats.")
    shrink: float = Field(
        0.5, ge=0, le=1, description="A course that lost more than this share in one read is held as a whole."
    )


class DirectoryRules(_Part):
    """When somebody counts as gone from the directory (design, rule 2), and what a read must show to be believed."""

    absences: int = Field(2, ge=1, description="Complete full reads without the person …")
    absence_gap: timedelta = Field(timedelta(hours=6), ge=ZERO, description="… at least this far apart (6 hours) …")
    grace: timedelta = Field(timedelta(days=7), ge=ZERO, description="… and this long in all (7 days).")
    smallest_share: float = Field(
        0.9, ge=0, le=1, description="A read smaller than this share of the last good one is partial."
    )
    sentinels: tuple[Login, ...] = Field((), description="Logins that every complete read must contain.")
    full_every: timedelta = Field(
        timedelta(hours=24),
        gt=ZERO,
        description="How often everything is read where the directory can tell what changed (24 hours); once a day or "
        "less often it is read at night.",
    )
    whole_every: timedelta = Field(
        timedelta(hours=1),
        gt=ZERO,
        description="How often everything is read where the directory cannot tell what changed: an export, or an "
        "account that may not see when entries were changed.",
    )
    full_hour: int = Field(2, ge=0, le=23, description="The hour, in Greece, from which on it is night for that.")
    lag: timedelta = Field(
        timedelta(hours=1),
        ge=ZERO,
        description="How long a server may show an earlier state than was seen before (a replica that lags) until "
        "everything is read all the same.",
    )


class RegisterRules(_Part):
    """How the register of units is read, and how old what it said may become."""

    read_every: timedelta = Field(timedelta(days=7), gt=ZERO, description="How often the register is read.")
    old_after: timedelta = Field(
        timedelta(days=30), gt=ZERO, description="`check` and `status` warn when the last whole read is older."
    )
    smallest_share: float = Field(
        0.9, ge=0, le=1, description="A read smaller than this share of the last good one is partial."
    )


class MonthlyProgramme(_Part):
    """When the programme of the next three months goes to the schools by itself."""

    day: int = Field(1, ge=1, le=28, description="The day of the month.")
    hour: int = Field(9, ge=0, le=23, description="The hour, by a clock in Greece.")


class KypekEntry(_Part):
    """One centre (Κ.ΥΠ.Ε.Κ.)."""

    name: str = Field(description="Its name in Greek, as people read it.")
    label: str = Field("", description="Its label in the list of directorates (att-a); default: its id here.")
    directorates: tuple[int, ...] = Field(
        (), description="edu_admin_id of its directorates; default: the pair of its label."
    )
    units: tuple[str, ...] = Field(
        (), description="More units it serves, by code; such a unit is its own, whichever directorate it belongs to."
    )
    remote: tuple[str, ...] = Field(
        (),
        description="Its remote schools («απομακρυσμένα»), for programmes that let them go first: units by code or "
        "name, and directorates.",
    )
    administrators: tuple[Login, ...] = Field((), description="Logins of its administrators.")
    auditors: tuple[Login, ...] = Field((), description="Logins of those who may read everything and change nothing.")
    mail: str = Field("", description="The centre's own e-mail address, for reports and answers.")
    letterhead: tuple[str, ...] = Field(
        (), description="Lines above its name on papers (PDF): the ministry, the directorate it belongs to."
    )
    directory: str = Field("", description="Connector that says who people are.")
    units_register: str = Field(
        "", description="Connector of the register of units, which says what directorate a school belongs to."
    )
    courses: str = Field("", description="Connector where courses are made unless a seminar says otherwise.")
    cohorts: dict[str, str] = Field(
        default_factory=dict,
        description="The cohort for those with a seat in any of its seminars: connector name → its ID number there.",
    )
    rooms: str = Field("", description="Connector of the meeting rooms.")
    helpdesk: str = Field("", description="Connector of the helpdesk.")
    queue: str = Field("", description="Queue or project of the helpdesk for this centre.")
    post: str = Field("", description="Connector that sends mail.")
    all_mail_to: str = Field(
        "",
        description="Only while trying out: one address that gets every notice instead of the people it is meant for. "
        "What was sent there counts as sent.",
    )
    monthly_programme: MonthlyProgramme | None = Field(
        None,
        description="When the programme of the next three months is mailed to its schools each month; without it only "
        "by `programme send --month`. The first waits for approval.",
    )
    approval: bool = Field(True, description="Whether a programme counts only after approval.")
    structures: dict[str, StructureEntry] = Field(default_factory=dict, description="Its structures, by a short id.")
    limits: Limits = Field(Limits(), description="Removals that pass without a person.")


class Intervals(_Part):
    """How often each lane makes a pass, and how often one of the seats reads every course in full."""

    directory: timedelta = Field(
        timedelta(minutes=5),
        gt=ZERO,
        description="What changed of people, where the directory can tell it; `directory_rules` says how often "
        "everything is read.",
    )
    seats: timedelta = Field(
        timedelta(minutes=5), gt=ZERO, description="Programmes, applications, seats, courses and groups."
    )
    courses: timedelta = Field(
        timedelta(minutes=15),
        gt=ZERO,
        description="How often every course is read in full, so that whoever left is missed; in between only those in "
        "which somebody new is to be seen.",
    )
    rooms: timedelta = Field(timedelta(minutes=1), gt=ZERO, description="Rooms and who is in them.")
    tickets: timedelta = Field(timedelta(minutes=5), gt=ZERO, description="Tickets.")
    mail: timedelta = Field(timedelta(minutes=1), gt=ZERO, description="The outbox.")


class Retention(_Part):
    """How long records about people are kept."""

    presence: timedelta = Field(timedelta(days=730), gt=ZERO, description="Who was in a room when.")
    outbox: timedelta = Field(timedelta(days=365), gt=ZERO, description="Texts of mails that were sent.")
    runs: timedelta = Field(timedelta(days=730), gt=ZERO, description="Runs with their changes and receipts.")
    journal: timedelta = Field(
        timedelta(days=3650),
        gt=ZERO,
        description="What the journal's entries say and about whom; the chain itself stays and still verifies.",
    )


class Offers(_Part):
    """How seats that become free are passed on to those who wait."""

    before: timedelta = Field(
        timedelta(days=7),
        ge=ZERO,
        description="From how long before the start a seat that becomes free is offered, and needs an answer; earlier "
        "who waits moves up at once (0: always at once).",
    )
    lasts: timedelta = Field(
        timedelta(hours=48),
        gt=ZERO,
        description="How long an offer stands at most; half of the time that is left where that is less.",
    )


class Clashes(_Part):
    """What follows where a seminar clashes with something else that somebody has."""

    hours: Stance = Field(
        Stance.WARN,
        description="Who applies and has a seat in another seminar at the same hours. warn: is told. ask: is offered "
        "the seat and must say that they want it. refuse: is not accepted as long as they have the other one.",
    )
    earlier_edition: Stance = Field(
        Stance.WARN,
        description="Who applies and had a seat in an earlier edition of the series, which is over: warn, ask, refuse.",
    )


class SeatRules(_Part):
    """Rules of seats beside those of the programme."""

    clashes: Clashes = Field(Clashes(), description="Two seminars at the same hours, and earlier editions.")


class Letters(_Part):
    """When letters go out, and how many at a time."""

    quiet_from: int = Field(
        21, ge=0, le=23, description="The hour, in Greece, from which on letters wait for the morning …"
    )
    quiet_until: int = Field(
        7,
        ge=0,
        le=23,
        description="… and that at which they go out again; the same hour twice: they never wait. Letters about "
        "sessions within 24 hours do not wait.",
    )
    quiet_days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(
        (), description="Days of the week on which letters wait too: 1 is Monday, 7 Sunday."
    )
    reminders: tuple[Annotated[timedelta, Field(gt=ZERO)], ...] = Field(
        (timedelta(days=2), timedelta(hours=2)),
        description="How long before a session whoever has a seat is reminded of it; empty: never.",
    )
    per_minute: int = Field(
        200, ge=0, description="How many letters go out in a minute at most; the rest waits (0: no limit)."
    )


class WebSettings(_Part):
    """The web pages."""

    host: str = Field("127.0.0.1", description="Address to listen on; a web server in front adds TLS.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on (0: any free one).")
    session_key: Key | None = Field(None, description="Key that signs sign-in sessions; by reference.")
    development_sign_in: bool = Field(
        False,
        description="Sign in by typing a login, without a password: only on a loopback address, only in a sandbox.",
    )


class Settings(_Part):
    """A whole `kypek.yaml`."""

    school_year: str = Field(
        description="The school year the programmes are for, e.g. 2026-2027.", pattern=r"^\d{4}-\d{4}$"
    )
    ledger: str = Field("sqlite:///kypek.db", description="Our database: SQLite file or PostgreSQL URL, no password.")
    ledger_password: SecretStr | None = Field(None, description="Password of the PostgreSQL database; by reference.")
    templates: Path | None = Field(
        None,
        description="Folder with words of your own for letters: el/seat-granted.txt and so on (`notices preview`).",
    )
    journal_heads: Path | None = Field(
        None,
        description="File or folder where the journal's heads are written out each day; default: journal-heads.txt "
        "beside the ledger. Copy it elsewhere: it shows later that nothing was taken out of the journal.",
    )
    public_address: str = Field("http://127.0.0.1:8080", description="Where people reach our pages.")
    identity_key: Key = Field(
        description="Key for the keyed hashes of registry numbers; by reference. Keep a copy apart."
    )
    language: str = Field("el", pattern="^(el|en)$", description="Language of reports and pages: el or en.")
    connectors: dict[str, ConnectorEntry] = Field(description="The foreign systems, by a name of your own.")
    kypeks: dict[str, KypekEntry] = Field(description="The centres this installation serves, by id (att-a).")
    directory_rules: DirectoryRules = Field(DirectoryRules(), description="When somebody counts as gone.")
    register_rules: RegisterRules = Field(
        RegisterRules(), description="How often the register of units is read, and when it is old."
    )
    intervals: Intervals = Field(Intervals(), description="How often each lane makes a pass.")
    retention: Retention = Field(Retention(), description="How long records about people are kept.")
    web: WebSettings = Field(WebSettings(), description="The web pages.")
    watermark_margin: timedelta = Field(
        timedelta(minutes=5),
        ge=ZERO,
        description="Applications younger than this at a read wait for the next one (design, rule 13).",
    )
    offers: Offers = Field(Offers(), description="How seats that become free are passed on to those who wait.")
    seats: SeatRules = Field(SeatRules(), description="Rules of seats beside those of the programme.")
    letters: Letters = Field(Letters(), description="When letters go out, and how many at a time.")
    announced_periods: tuple[AnnouncedPeriod, ...] = Field(
        (), description="Times with limits of their own (transfers)."
    )


class AnnouncedPeriod(_Part):
    """A time in which many removals are expected, such as the summer's transfers."""

    starts: date = Field(description="First day.")
    ends: date = Field(description="Last day; after it the usual limits hold again.")
    limits: Limits = Field(description="The limits of that time.")


Settings.model_rebuild()
