"""The courses of a seminar as its page shows them: where people apply, where those with a seat are taught, and which of
them the programme does not name any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import Connection

from kypek_sync.contract import part_of, seminar_of
from kypek_sync.language import Text
from kypek_sync.ledger import bindings
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Seminar, Status
from kypek_sync.plugins import UnknownConnector
from kypek_sync.sync.installation import Installation


class Use(StrEnum):
    """What a course is for: people apply in it, those with a seat are taught in it, or neither any more."""

    APPLY = "apply"
    TEACH = "teach"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course of a seminar: its platform's connector, what that platform is called, the course's address, what to call
    it, the id of the part that it is for, what it is for, and whether the programme has left its part out, or cancelled
    it by itself."""

    system: str
    platform: str
    address: str
    title: str
    part: str
    use: Use
    missing: bool
    cancelled: bool


def platform_name(inst: Installation, system: str) -> str:
    """What people call a platform; its name in the settings once it is no longer among them."""
    try:
        return inst.connectors.spec(system).title
    except UnknownConnector:
        return system


def courses_of(connection: Connection, inst: Installation, offering: Offering, text: Text) -> tuple[CourseFacts, ...]:
    """Every course of a seminar that has a page to open, in a stable order."""
    seminar = offering.seminar
    registration = seminar.platform or inst.kypek(offering.kypek).courses
    parts = {part.id: part for part in seminar.courses}
    return tuple(
        CourseFacts(
            system,
            platform_name(inst, system),
            bound.address,
            _title(seminar, part.id, text),
            part.id,
            _use(seminar, registration, system),
            part.missing,
            part.status is Status.CANCELLED,
        )
        for (system, ref), bound in sorted(bindings.known(connection, offering.kypek, "course").items())
        if seminar_of(ref) == seminar.code and urlsplit(bound.address).scheme in ("http", "https")
        if (part := parts.get(part_of(ref))) is not None
    )


def to_leave(
    courses: Collection[CourseFacts], part: str, applied: Collection[tuple[str, str]]
) -> tuple[CourseFacts, ...]:
    """The courses by which somebody gives back a seat of a part. `applied` are the places, as (connector, part), in
    which their applications stand: they may have applied before registration moved to another platform."""
    left = tuple(one for one in courses if (one.system, one.part) in applied and one.part == part)
    return left or tuple(one for one in courses if one.use is Use.APPLY and one.part == part)


def _title(seminar: Seminar, part: str, text: Text) -> str:
    if seminar.parts and not seminar.part_name(part):
        return text("%(title)s – the course from before it had parts", title=seminar.title)
    return seminar.of_part(part).title


def _use(seminar: Seminar, registration: str, system: str) -> Use:
    if system == registration:
        return Use.APPLY
    return Use.TEACH if system in seminar.mirrors else Use.FORMER
