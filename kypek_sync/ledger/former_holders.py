"""Who had a login before whoever has it now, for the administrator who has to say whose it is (design, rule 12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger.matching import LOGIN
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.persons import known_of
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import people, person_keys


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has or had a login: since when it is or was theirs, and until when the directory showed them under
    it (None: it still does, or never did); moments are aware UTC."""

    known: Known
    since: datetime
    until: datetime | None


def holder(connection: Connection, login: str, identity: str) -> Holder | None:
    """One of ours, by our id, as a holder of a login in the directory from which they are known."""
    row = connection.execute(select(people).where(people.c.id == identity)).first()
    if row is None:
        return None
    query = select(person_keys.c.first_seen, person_keys.c.until).where(
        person_keys.c.directory == row.directory,
        person_keys.c.kind == LOGIN,
        person_keys.c.value == login,
        person_keys.c.person == identity,
    )
    key = connection.execute(query).first()
    known = known_of(row)
    until = (key.until if key is not None else None) or known.leaving_since or known.gone_at
    return Holder(known, key.first_seen if key is not None else known.first_seen, until)


def former_holders(
    connection: Connection,
    directory: str,
    login: str,
    now: str,
    perhaps: Collection[str],
    recorded: Collection[str],
) -> list[Holder]:
    """All who had the login before `now` has it (our ids) and are there or leaving; those as whose something is
    `recorded` under it, also from another directory; and who that one `perhaps` is. The latest first."""
    had = select(person_keys.c.person).where(
        person_keys.c.directory == directory, person_keys.c.kind == LOGIN, person_keys.c.value == login
    )
    ids = {*connection.execute(had).scalars(), *perhaps, *recorded}
    found = [one for identity in sorted(ids - {now, ""}) if (one := holder(connection, login, identity))]
    found = [one for one in found if one.known.gone_at is None or one.known.id in recorded]
    return sorted(found, key=lambda one: (one.since, one.known.id), reverse=True)


def taken_logins(connection: Connection, directory: str, logins: Collection[str]) -> frozenset[str]:
    """Those of these logins under which the directory shows somebody now."""
    found: set[str] = set()
    for some in parts(sorted(set(logins))):
        # Asked for the digest too, SQLite goes through all who have one.
        query = select(people.c.login, people.c.digest, people.c.absent_since)
        rows = connection.execute(query.where(people.c.directory == directory, people.c.login.in_(some)))
        found |= {row.login for row in rows if row.digest is not None and row.absent_since is None}
    return frozenset(found)
