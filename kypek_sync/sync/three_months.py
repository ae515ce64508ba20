"""The public programme of a KYPEK for the next three months: what its page and its feeds show.

Only seminars of approved programmes; what does not take place stays until its day, so that those who look for it find
out. Nobody is named here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection

from kypek_sync.ledger import programmes, session_versions
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.session_versions import Versions
from kypek_sync.model import ATHENS, Seminar, Session, local
from kypek_sync.notices.calendar import Meeting, in_order, meetings, page_of
from kypek_sync.sync.installation import Installation

MONTHS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in Greece: from the first moment of `first` to the first of `until`."""

    first: date
    until: date

    @classmethod
    def at(cls, now: datetime) -> Window:
        """From today to the same day three months later, or the last one of a shorter month."""
        today = local(now).date()
        month = today.month - 1 + MONTHS
        year, month = today.year + month // 12, month % 12 + 1
        return cls(today, today.replace(year=year, month=month, day=min(today.day, monthrange(year, month)[1])))

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), ATHENS)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.until, time(), ATHENS)

    def has(self, one: Meeting | Session) -> bool:
        """Whether a session, or the end of one, falls into it."""
        return one.ends > self.start and one.starts < self.end


@dataclass(frozen=True, slots=True)
class Listed:
    """A seminar with a session in the window: all its sessions, its structure's name, its lasting page; `changed` is
    when any of its sessions changed last (aware, UTC)."""

    seminar: Seminar
    structure: str
    page: str
    meetings: tuple[Meeting, ...]
    changed: datetime


@dataclass(frozen=True, slots=True)
class Programme:
    """What a KYPEK offers in the window; `name` is the centre's, `address` the page's, both public. Seminars come in
    the order of their first session in the window."""

    kypek: str
    name: str
    address: str
    window: Window
    seminars: tuple[Listed, ...]

    @property
    def meetings(self) -> tuple[tuple[Meeting, Listed], ...]:
        """Every session in the window with its seminar, in the order of time."""
        of = {one.uid: listed for listed in self.seminars for one in listed.meetings}
        every = in_order(one for listed in self.seminars for one in listed.meetings)
        return tuple((one, of[one.uid]) for one in every if self.window.has(one))

    @property
    def changed(self) -> datetime:
        """When it changed last, by the programme or because a day has passed."""
        return max((self.window.start, *(one.changed for one in self.seminars)))


def public_address(inst: Installation) -> str:
    """Where people reach our pages, without a slash at its end."""
    return inst.loaded.settings.public_address.rstrip("/")


def address_of(inst: Installation, kypek: str) -> str:
    """The page of a KYPEK's programme."""
    return f"{public_address(inst)}/programme/{kypek}"


def programme(connection: Connection, inst: Installation, kypek: str) -> Programme:
    """The programme as it is now. `kypek` is one of the installation's."""
    window, known = Window.at(inst.clock()), session_versions.standing(connection, kypek)
    found = [listed(inst, offering, known[code]) for code, offering in _offered(connection, kypek, window)]
    found.sort(key=lambda one: (min(m.starts for m in one.meetings if window.has(m)), one.seminar.code))
    return Programme(kypek, inst.kypek(kypek).name, address_of(inst, kypek), window, tuple(found))


def offers(connection: Connection, inst: Installation, kypek: str) -> bool:
    """Whether a KYPEK's programme has anything in it."""
    return next(_offered(connection, kypek, Window.at(inst.clock())), None) is not None


def listed(inst: Installation, offering: Offering, versions: Versions) -> Listed:
    """A seminar as feeds show it."""
    seminar, address = offering.seminar, public_address(inst)
    structure = inst.kypek(offering.kypek).structures.get(seminar.structure)
    return Listed(
        seminar,
        structure.name if structure else seminar.structure,
        page_of(address, seminar.code),
        meetings(offering.kypek, seminar, versions, address),
        versions.latest,
    )


def _offered(connection: Connection, kypek: str, window: Window) -> Iterator[tuple[str, Offering]]:
    for code, offering in programmes.in_force(connection, kypek).items():
        if offering.approved and any(window.has(session) for session in offering.seminar.sessions):
            yield code, offering
