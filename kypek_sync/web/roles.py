"""Who is signed in, and what they are to us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from kypek_sync.ledger import lookups, programmes
from kypek_sync.model import Person
from kypek_sync.sync.installation import Installation


class PageRole(StrEnum):
    """What a signed-in person may be. Everybody signed in is at least a teacher; an auditor only reads."""

    TEACHER = "teacher"
    TRAINER = "trainer"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person: `person` is None while the directory does not know the login. `roles` hold in `kypek`."""

    login: str
    kypek: str
    person: Person | None
    roles: frozenset[PageRole]

    @property
    def name(self) -> str:
        """How they are addressed."""
        return self.person.name if self.person else self.login


def visitor(connection: Connection, inst: Installation, kypek: str, login: str) -> Visitor:
    """The person behind a login in one KYPEK, with every role that settings and programmes give them."""
    entry = inst.kypek(kypek)
    known = lookups.person(connection, entry.directory, login) if entry.directory else None
    roles = {PageRole.TEACHER}
    if login in entry.administrators:
        roles.add(PageRole.ADMINISTRATOR)
    if login in entry.auditors:
        roles.add(PageRole.AUDITOR)
    if any(login in structure.officers for structure in entry.structures.values()):
        roles.add(PageRole.OFFICER)
    offerings = programmes.in_force(connection, kypek).values()
    if any(login == trainer.login for o in offerings for trainer in o.seminar.trainers):
        roles.add(PageRole.TRAINER)
    person = known.person if known is not None and known.gone_at is None else None
    return Visitor(login, kypek, person, frozenset(roles))
