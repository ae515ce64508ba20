"""Of many logins at once: which are in doubt, and what a person decided of others (design, rule 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.ledger.identities import DOUBTFUL, Identities, Verdict, identities, recorded_under
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.persons import persons
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import findings


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of the holder of a login, who and when (aware, UTC)."""

    verdict: Verdict
    who: str
    at: datetime


def answers(
    connection: Connection, directory: str, logins: Collection[str], kypeks: Collection[str] | None = None
) -> Mapping[str, Answer | None]:
    """By login: the decision that settles it, or None while it is in doubt. Other logins are left out. `kypeks` are
    those that read the directory; None: all of the ledger do."""
    decided: dict[str, Answer] = {}
    for some in parts(sorted(logins)):
        query = select(identity_decisions).where(
            identity_decisions.c.directory == directory, identity_decisions.c.login.in_(some)
        )
        decided |= {r.login: Answer(Verdict(r.verdict), r.who, r.at) for r in connection.execute(query)}
    return {**decided, **dict.fromkeys(_identities(connection, directory, logins, kypeks).doubts)}


def of_login(
    connection: Connection, directory: str, login: str, kypek: str, others: Collection[str] = ()
) -> Identities:
    """What is to be kept in mind of one login in a KYPEK; `others` as in `unsure`."""
    elsewhere = recorded_under(connection, [login], others) if others else []
    return _identities(connection, directory, [login], [kypek], elsewhere)


def unsure(
    connection: Connection, directory: str, logins: Collection[str], kypek: str, others: Collection[str] = ()
) -> frozenset[str]:
    """Those of these logins under which everything stays as it is in a KYPEK, until a person decides; `others` are the
    KYPEKs that share its directory."""
    elsewhere = recorded_under(connection, logins, others) if others else []
    return frozenset(_identities(connection, directory, logins, [kypek], elsewhere).unsure)


def _identities(
    connection: Connection,
    directory: str,
    logins: Collection[str],
    kypeks: Collection[str] | None,
    elsewhere: Collection[tuple[str, str]] = (),
) -> Identities:
    recorded = recorded_under(connection, logins, kypeks)
    return identities(connection, directory, persons(connection, directory, logins), recorded, elsewhere)


def undecided(connection: Connection, directory: str, kypeks: Collection[str] | None = None) -> list[str]:
    """The logins of a directory of which a person still has to say whose they are, sorted; `kypeks` as in `answers`."""
    query = select(findings.c.subject).where(findings.c.source == directory, findings.c.code.in_(sorted(DOUBTFUL)))
    logins = set(connection.execute(query).scalars())
    return sorted(login for login, answer in answers(connection, directory, logins, kypeks).items() if answer is None)


def decided(connection: Connection, sources: Mapping[str, Collection[str]]) -> Mapping[str, int]:
    """How many findings of each code of these directories, each with the KYPEKs that read it, leave nothing in doubt
    any more, since a person decided."""
    found: Counter[str] = Counter()
    query = select(findings.c.source, findings.c.subject, findings.c.code).where(
        findings.c.source.in_(sorted(sources)), findings.c.code.in_(sorted(DOUBTFUL))
    )
    doubtful = connection.execute(query).all()
    for source in sorted({row.source for row in doubtful}):
        mine = [row for row in doubtful if row.source == source]
        told = answers(connection, source, {row.subject for row in mine}, sources[source])
        found.update(row.code for row in mine if told.get(row.subject) is not None)
    return found
