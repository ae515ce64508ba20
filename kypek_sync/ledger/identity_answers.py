"""Of many logins at once: which are in doubt, and what a person decided of others (design, rule 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger.identities import DOUBTFUL, Identities, Verdict, identities
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.persons import persons
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import applications, findings, seats


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of the holder of a login, who and when (aware, UTC)."""

    verdict: Verdict
    who: str
    at: datetime


def answers(connection: Connection, directory: str, logins: Collection[str]) -> Mapping[str, Answer | None]:
    """By login: the decision that settles it, or None while it is in doubt. Other logins are left out."""
    decided: dict[str, Answer] = {}
    for some in parts(sorted(logins)):
        query = select(identity_decisions).where(
            identity_decisions.c.directory == directory, identity_decisions.c.login.in_(some)
        )
        decided |= {r.login: Answer(Verdict(r.verdict), r.who, r.at) for r in connection.execute(query)}
    return {**decided, **dict.fromkeys(_identities(connection, directory, logins).doubts)}


def unsure(connection: Connection, directory: str, logins: Collection[str]) -> frozenset[str]:
    """Those of these logins under which everything stays as it is, until a person decides."""
    return frozenset(_identities(connection, directory, logins).unsure)


def _identities(connection: Connection, directory: str, logins: Collection[str]) -> Identities:
    recorded: list[tuple[str, str]] = []
    for some in parts(sorted(logins)):
        for table in (applications, seats):
            rows = connection.execute(select(table.c.login, table.c.person).where(table.c.login.in_(some)))
            recorded += [(row.login, row.person) for row in rows]
    return identities(connection, directory, persons(connection, directory, logins), recorded)


def undecided(connection: Connection, directory: str) -> list[str]:
    """The logins of a directory of which a person still has to say whose they are, sorted."""
    query = select(findings.c.subject).where(findings.c.source == directory, findings.c.code.in_(sorted(DOUBTFUL)))
    logins = set(connection.execute(query).scalars())
    return sorted(login for login, answer in answers(connection, directory, logins).items() if answer is None)


def decided(connection: Connection, sources: Collection[str]) -> Mapping[str, int]:
    """How many findings of each code of these directories leave nothing in doubt any more, since a person decided."""
    found: Counter[str] = Counter()
    query = select(findings.c.source, findings.c.subject, findings.c.code).where(
        findings.c.source.in_(sources), findings.c.code.in_(sorted(DOUBTFUL))
    )
    doubtful = connection.execute(query).all()
    for source in sorted({row.source for row in doubtful}):
        mine = [row for row in doubtful if row.source == source]
        told = answers(connection, source, {row.subject for row in mine})
        found.update(row.code for row in mine if told.get(row.subject) is not None)
    return found
