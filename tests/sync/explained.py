"""The rule that the journal explains every change, as any test can ask for it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from kypek_sync.contract import Verb
from kypek_sync.ledger import Ledger, journal_people
from kypek_sync.ledger.journal import Kind
from kypek_sync.ledger.journal_check import unexplained, verify
from kypek_sync.ledger.journal_reading import lines
from kypek_sync.ledger.tables import bindings, claims, decisions

_COURSES = bindings.c.kind == "course"
VERBS = {"enrolment": Verb.ENROL, "membership": Verb.JOIN_GROUP}


def everything_is_explained(ledger: Ledger, kypek: str = "att-a") -> None:
    """The chain verifies; answers and entries match; each seat that we decided and each place that we own over there
    has an entry that tells how it came about, also if the answer to the call was never received. In a course that
    several seminars share whoever is in by one of them is claimed by all that want them."""
    assert verify(ledger, kypek).breaks == []
    with ledger.begin(keep=False) as connection:
        assert unexplained(connection, kypek) == []
        names = journal_people.logins(connection, kypek)
        owned = {
            (VERBS[row.kind].value, row.system, *_place(row.kind, row.object), row.login)
            for row in connection.execute(select(claims).where(claims.c.kind.in_(VERBS)))
            if row.claim != "adopted"
        }
        ids = {(row.system, row.ref): row.foreign_id for row in connection.execute(select(bindings).where(_COURSES))}
        steps = sorted((row.seminar, row.login, row.after) for row in connection.execute(select(decisions)))
    told = list(lines(ledger, kypek))
    made = {
        (c["verb"], c["system"], c["seminar"], c["object"], names.get(line.person, ""))
        for line in told
        if line.kind in (Kind.CHANGE, Kind.SETTLED) and (c := line.content) is not None
    }
    assert {_there(one, ids) for one in owned} - {_there(one, ids) for one in made} == set()
    decided = sorted(
        (str(c["seminar"]), names[line.person], str(c["after"]))
        for line in told
        if line.kind == Kind.DECISION and (c := line.content) is not None
    )
    assert decided == steps


def _there(one: tuple[str, ...], ids: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """An enrolment by the platform's id of its course, where that is known."""
    verb, system, course, *rest = one
    return (verb, system, ids.get((system, course), course) if verb == Verb.ENROL.value else course, *rest)


def _place(kind: str, claimed: str) -> tuple[str, str]:
    """Course and object of the change that a claim came from."""
    course, _, group = claimed.rpartition("/")
    return (course, group) if kind == "membership" else (claimed, "")
