"""Differences between programmes in words."""

from __future__ import annotations

from collections.abc import Iterator

from kypek_sync.language import Text
from kypek_sync.programme import DiffKind, FieldDiff, SeminarDiff

KINDS = {
    DiffKind.ADDED: "new",
    DiffKind.MISSING: "gone from the file; it stays as it is until somebody cancels it",
    DiffKind.CANCELLED: "cancelled",
    DiffKind.RESTORED: "takes place again",
    DiffKind.CHANGED: "changed",
}

FIELDS = {
    "structure": "structure",
    "title": "title",
    "form": "form",
    "trainers": "trainers",
    "description": "description",
    "capacity": "seats",
    "minimum": "smallest number of participants",
    "hours": "hours",
    "registration_opens": "registration opens",
    "registration_closes": "registration closes",
    "leave_by": "seats can be given up until",
    "applications": "applications",
    "enforcement": "whoever is refused",
    "platform": "platform",
    "course_address": "existing course",
    "mirrors": "also taught at",
    "mirror_addresses": "existing courses it is taught in",
    "status": "status",
    "parts": "parts",
    "part": "part",
    "series": "series",
    "priority": "priority",
    "decide_at": "applications are decided",
    "reserved": "seats kept",
    "approval": "days for an approval",
    "audience.specialties": "specialties",
    "audience.directorates": "directorates",
    "audience.unit_kinds": "kinds of unit",
    "audience.units": "units",
    "audience.roles": "roles",
    "audience.people": "admitted by name",
    "starts": "starts",
    "ends": "ends",
    "place": "place",
    "topic": "topic",
}

WORDS = {
    "in-person": "in person",
    "online": "online",
    "blended": "blended",
    "planned": "takes place",
    "postponed": "put off, no date yet",
    "cancelled": "cancelled",
    "platform": "on the platform",
    "page": "on the page too",
    "mark": "stay in the course",
    "restrict": "are taken out of the course",
}
"""Values of forms and states in words."""

WORDED = frozenset({"form", "status", "applications", "enforcement"})
ADDRESSES = frozenset({"course_address", "mirror_addresses"})
"""Fields that name existing courses."""

MOMENTS = frozenset({"registration_opens", "registration_closes", "leave_by", "decide_at", "starts", "ends"})


def difference_lines(difference: SeminarDiff, text: Text) -> Iterator[str]:
    """What happened to one seminar, a line for each field and session."""
    yield f"{difference.code} · {difference.title}: {text(KINDS[difference.kind])}"
    for field in difference.fields:
        yield "  " + _field(field, text)
    if ADDRESSES & {field.field for field in difference.fields}:
        yield "  " + text("a course that it has already stays its course: another address, or none, moves nobody")
    for part in difference.staying:
        yield "  " + (
            text("the part «%(part)s» is gone from the file; it stays as it is, with its course", part=part)
            if part
            else text("the course that it had before it had parts stays as it is")
        )
    for session in difference.sessions:
        yield "  " + text("session %(number)s: %(what)s", number=session.number, what=text(KINDS[session.kind]))
        for field in session.fields:
            yield "    " + _field(field, text)


def _field(field: FieldDiff, text: Text) -> str:
    name = text(FIELDS.get(field.field, field.field))
    return text(
        "%(name)s: from «%(before)s» to «%(after)s»",
        name=name,
        before=_value(field.field, field.before, text),
        after=_value(field.field, field.after, text),
    )


def _value(field: str, value: str, text: Text) -> str:
    """A value as people here write it: `12/03/2027 17:00`, `ακυρώθηκε`."""
    if field in MOMENTS and value:
        day, hour = value.split(" ")  # 2027-03-12 17:00, in local time
        return f"{'/'.join(reversed(day.split('-')))} {hour}"
    if field == "approval" and value == "0":
        return text("not needed")
    return text(WORDS[value]) if field in WORDED and value in WORDS else value
