"""The steps of seats, and by what each was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from kypek_sync.ledger.tables import decisions
from kypek_sync.model import SeatState

_WITHDRAWN = select(func.count()).where(
    decisions.c.kypek == bindparam("this_kypek"),
    decisions.c.seminar == bindparam("this_seminar"),
    decisions.c.after == SeatState.WITHDRAWN.value,
    decisions.c.at >= bindparam("since"),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a seat. `who` is empty where a rule decided."""

    seminar: str
    login: str
    at: datetime
    run: int | None
    who: str
    before: str
    after: str
    rule: str
    facts: tuple[tuple[str, str], ...]


def write(connection: Connection, kypek: str, made: Sequence[Decision]) -> None:
    """Keep these steps."""
    if made:
        connection.execute(
            insert(decisions),
            [
                {
                    "kypek": kypek,
                    "seminar": d.seminar,
                    "login": d.login,
                    "at": d.at,
                    "run": d.run,
                    "who": d.who,
                    "before": d.before,
                    "after": d.after,
                    "rule": d.rule,
                    "facts": [list(pair) for pair in d.facts],
                }
                for d in made
            ],
        )


def history(connection: Connection, kypek: str, login: str, seminar: str = "") -> list[Decision]:
    """What was decided about somebody, oldest first."""
    query = select(decisions).where(decisions.c.kypek == kypek, decisions.c.login == login).order_by(decisions.c.id)
    if seminar:
        query = query.where(decisions.c.seminar == seminar)
    return [_decision(row) for row in connection.execute(query)]


def of_run(connection: Connection, run: int) -> list[Decision]:
    """What a run decided, in order."""
    query = select(decisions).where(decisions.c.run == run).order_by(decisions.c.id)
    return [_decision(row) for row in connection.execute(query)]


def withdrawn_since(connection: Connection, kypek: str, seminar: str, since: datetime) -> int:
    """How many withdrawals from a seminar were decided since a moment."""
    where = {"this_kypek": kypek, "this_seminar": seminar, "since": since}
    return int(connection.execute(_WITHDRAWN, where).scalar_one())


def by_rule_since(connection: Connection, kypek: str, rule: str, since: datetime) -> list[Decision]:
    """What a rule decided since a moment, oldest first."""
    query = select(decisions).where(decisions.c.kypek == kypek, decisions.c.rule == rule, decisions.c.at >= since)
    return [_decision(row) for row in connection.execute(query.order_by(decisions.c.id))]


def _decision(row: Any) -> Decision:
    facts = tuple((key, value) for key, value in row.facts)
    return Decision(row.seminar, row.login, row.at, row.run, row.who, row.before, row.after, row.rule, facts)
