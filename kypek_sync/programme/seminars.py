"""From a group of rows to one seminar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from kypek_sync.model import Audience, Enforcement, Form, Seminar, SourceRow, Status, Trainer
from kypek_sync.programme.approval import read_approval
from kypek_sync.programme.audience import LEVELS, ROLES, UNIT_KINDS, read_directorates, read_words
from kypek_sync.programme.choosing import read_choosing
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.grouping import Entry
from kypek_sync.programme.headings import Field
from kypek_sync.programme.kept_seats import check_reserved
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.mirrors import read_mirrors
from kypek_sync.programme.parts import check_seats, read_parts
from kypek_sync.programme.people import read_logins, read_trainers
from kypek_sync.programme.rows import RowReader
from kypek_sync.programme.schools import read_units
from kypek_sync.programme.sessions import Meeting, clock_text, read_sessions
from kypek_sync.programme.specialties import read_specialties
from kypek_sync.programme.tray import Tray

_LONGEST_TITLE = 255


@dataclass(frozen=True, slots=True)
class Draft:
    """A seminar as far as it could be read, with its meetings' rows and the session numbers that were given."""

    seminar: Seminar
    entry: Entry
    meetings: tuple[Meeting, ...]
    given: dict[SourceRow, int]


def _structure(reader: RowReader) -> str:
    text, ground = reader.line(Field.STRUCTURE), reader.ground
    if not text:
        if not ground.structure and Field.STRUCTURE not in reader.failed:
            reader.note("structure-empty", Field.STRUCTURE)
        return ground.structure
    forms = {squeeze(word): key for key, name in ground.structures.items() for word in (name, key)}
    found = forms.get(squeeze(text))
    if found is None:
        names = {form: ground.structures[key] for form, key in forms.items()}
        reader.note("structure-unknown", Field.STRUCTURE, suggestion=nearest(text, names))
    elif ground.structure and found != ground.structure:
        own = ground.structures.get(ground.structure, ground.structure)
        reader.note("structure-other", Field.STRUCTURE, own=own)
    return found or ground.structure


def _title(reader: RowReader) -> str:
    title = reader.line(Field.TITLE)
    if not title and Field.TITLE not in reader.failed:
        reader.note("title-empty", Field.TITLE)
    if len(title) > _LONGEST_TITLE:
        reader.note("title-long", Field.TITLE, length=str(len(title)), most=str(_LONGEST_TITLE))
    return title


def _form(reader: RowReader, entry: Entry) -> Form | None:
    """The seminar's form. Where its cell is empty, the one that its sessions state; sessions that differ in the
    one-sheet form make it blended."""
    form = reader.form(Field.FORM)
    if Field.FORM in reader.failed:
        return None
    quiet = Tray()
    readers = [RowReader(row, "", reader.ground, quiet) for row in entry.sessions]
    stated = {r.form(Field.FORM) for r in readers[: entry.beside]}
    if form is None:
        stated |= {r.form(Field.SESSION_FORM) for r in readers}
    forms = {f for f in (form, *stated) if f}
    if not forms:
        reader.note("form-empty", Field.FORM)
        return None
    return forms.pop() if len(forms) == 1 else Form.BLENDED


def _seats(reader: RowReader) -> tuple[int | None, int]:
    capacity, minimum = reader.whole(Field.CAPACITY), reader.whole(Field.MINIMUM) or 0
    if capacity is not None and capacity < 1:
        reader.note("capacity-low", Field.CAPACITY)
    elif minimum < 0:
        reader.note("minimum-low", Field.MINIMUM)
    elif capacity is not None and minimum > capacity:
        reader.note("minimum-above-capacity", Field.MINIMUM, value=str(minimum), capacity=str(capacity))
    return capacity, minimum


def _units(text: str) -> tuple[str, ...]:
    """School names or codes; names may have commas, so only semicolons and new lines part them."""
    return tuple(dict.fromkeys(" ".join(p.split()) for p in text.replace(";", "\n").split("\n") if p.strip()))


def _audience(reader: RowReader) -> Audience:
    specialties, doubts = read_specialties(reader.text(Field.SPECIALTIES), reader.ground.specialties)
    reader.doubts(doubts, Field.SPECIALTIES)
    directorates, doubts = read_directorates(reader.text(Field.DIRECTORATES))
    reader.doubts(doubts, Field.DIRECTORATES)
    kinds, doubts = read_words(reader.text(Field.UNIT_KINDS), UNIT_KINDS, "unit-kind-unknown", LEVELS)
    reader.doubts(doubts, Field.UNIT_KINDS)
    units, doubts = read_units(reader.text(Field.UNITS), reader.ground.schools)
    reader.doubts(doubts, Field.UNITS)
    roles, doubts = read_words(reader.text(Field.ROLES), ROLES, "role-unknown")
    reader.doubts(doubts, Field.ROLES)
    people, doubts = read_logins(reader.text(Field.PEOPLE))
    reader.doubts(doubts, Field.PEOPLE)
    known = reader.ground.known_logins
    for login in people if known is not None else ():
        if known is not None and login not in known:
            reader.note("person-unknown", Field.PEOPLE, value=login)
    return Audience(specialties, directorates, kinds, units, roles, people)


def _trainers(reader: RowReader) -> tuple[Trainer, ...]:
    trainers, doubts = read_trainers(reader.text(Field.TRAINERS))
    reader.doubts(doubts, Field.TRAINERS)
    known = reader.ground.known_logins
    for trainer in trainers:
        if trainer.login and known is not None and trainer.login not in known:
            reader.note("trainer-unknown", Field.TRAINERS, value=trainer.login)
    return trainers


def _course(reader: RowReader) -> str:
    address = reader.line(Field.COURSE)
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        proper = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address
    except ValueError:
        proper = False
    if not proper:
        reader.note("course-address", Field.COURSE)
    return address


def first_start(meetings: Sequence[Meeting]) -> datetime | None:
    """When the first of these meetings starts that takes place."""
    return min((m.session.starts for m in meetings if m.session.status is Status.PLANNED), default=None)


def _registration(reader: RowReader, meetings: list[Meeting]) -> tuple[datetime | None, datetime | None]:
    opens = reader.registration(Field.OPENS, closing=False)
    closes = reader.registration(Field.CLOSES, closing=True)
    starts = first_start(meetings)
    if opens and closes and closes <= opens:
        reader.note("registration-order", Field.CLOSES, opens=clock_text(opens), closes=clock_text(closes))
    elif closes and starts and closes > starts:
        reader.note("registration-late", Field.CLOSES, closes=clock_text(closes), starts=clock_text(starts))
    elif opens and starts and opens >= starts:
        reader.note("registration-opens-late", Field.OPENS, opens=clock_text(opens), starts=clock_text(starts))
    return opens, closes


def _leave_by(reader: RowReader, meetings: list[Meeting]) -> datetime | None:
    leave_by, starts = reader.registration(Field.LEAVE_BY, closing=True), first_start(meetings)
    if leave_by and starts and leave_by > starts:
        reader.note("leave-late", Field.LEAVE_BY, leave=clock_text(leave_by), starts=clock_text(starts))
    return leave_by


def check_enforcement(reader: RowReader, seminar: Seminar) -> None:
    """Memberships end only where the platform can do that, and never those from before registration opened: without
    that moment nobody could tell."""
    ground, platform = reader.ground, seminar.platform or reader.ground.platform
    if seminar.enforcement is Enforcement.MARK or Field.PLATFORM in reader.failed:
        return
    if platform not in ground.restricting:
        able = ", ".join(sorted(ground.restricting)) or "–"
        reader.note("enforcement-unable", Field.ENFORCEMENT, platform=platform or "–", able=able)
    elif seminar.registration_opens is None and Field.OPENS not in reader.failed:
        reader.note("enforcement-without-opening", Field.ENFORCEMENT)


def read_seminar(entry: Entry, ground: Ground, tray: Tray) -> Draft:
    """One seminar, as far as it can be read; what cannot is noted under its code."""
    reader = RowReader(entry.row, entry.code, ground, tray)
    form = _form(reader, entry)
    read = read_parts(reader)
    parts = read.parts
    meetings, given, status = read_sessions(entry, form, ground, tray, read)
    if not entry.beside:
        status = reader.status(Field.STATUS)
    if not entry.sessions and status is Status.PLANNED:
        reader.note("no-sessions", Field.TITLE)
    capacity, minimum = _seats(reader)
    check_seats(reader, parts, capacity)
    opens, closes = _registration(reader, meetings)
    leave_by = _leave_by(reader, meetings)
    choosing = read_choosing(reader, opens, closes, first_start(meetings))
    platform = reader.choice(Field.PLATFORM, ground.platforms, "platform-unknown")
    mirrors = read_mirrors(reader, platform)
    seminar = Seminar(
        code=entry.code,
        structure=_structure(reader),
        title=_title(reader),
        form=form or Form.IN_PERSON,
        source=entry.row.source,
        sessions=tuple(m.session for m in meetings),
        trainers=_trainers(reader),
        audience=_audience(reader),
        description=reader.text(Field.DESCRIPTION),
        capacity=capacity,
        minimum=minimum,
        hours=reader.hours(Field.HOURS),
        registration_opens=opens,
        registration_closes=closes,
        leave_by=leave_by,
        platform=platform,
        course_address="" if read.any else _course(reader),
        mirrors=mirrors.platforms,
        mirror_addresses=mirrors.addresses,
        status=status,
        parts=parts,
        series=choosing.series,
        priority=choosing.priority,
        decide_at=choosing.decide_at,
        reserved=choosing.reserved,
        applications=reader.taken_at(Field.APPLICATIONS),
        approval=read_approval(reader),
        enforcement=reader.enforcement(Field.ENFORCEMENT),
    )
    check_reserved(reader, seminar)
    check_enforcement(reader, seminar)
    return Draft(seminar, entry, tuple(meetings), given)
