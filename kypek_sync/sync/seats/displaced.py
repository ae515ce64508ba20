"""Who must be known besides those who apply, so that it can be told whose an application is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from kypek_sync.ledger import persons
from kypek_sync.ledger.identities import recorded_under
from kypek_sync.ledger.people import Known
from kypek_sync.sync.installation import Installation


def logins_of_the_displaced(
    connection: Connection, directory: str, known: Mapping[str, Known], recorded: Iterable[tuple[str, str]]
) -> list[str]:
    """The present logins, not `known` yet, of people under whose former login somebody else is known now: whether those
    are in doubt matters to what they have."""
    displaced = {person for login, person in recorded if person and login in known and person != known[login].id}
    present = persons.persons_by_id(connection, directory, displaced).values()
    return [one.person.login for one in present if one.person.login not in known]


def recorded_elsewhere(
    connection: Connection, inst: Installation, kypek: str, known: Mapping[str, Known]
) -> list[tuple[str, str]]:
    """What is recorded under these logins in the other KYPEKs that share the directory."""
    others = inst.sharing(inst.kypek(kypek).directory) - {kypek}
    return recorded_under(connection, known.keys(), others) if others else []
