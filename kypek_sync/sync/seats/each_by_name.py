"""The same word about several people: whom it cannot be said of keeps none of the others from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from kypek_sync.language import Sentence
from kypek_sync.ledger.programmes import Offering
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats import by_name
from kypek_sync.sync.seats.by_name import Asked, NotDecided


class Decides(Protocol):
    """`by_name.approve` or `by_name.refuse`."""

    def __call__(
        self, connection: Connection, offering: Offering, someone: Asked, /, *, why: str, who: str, now: datetime
    ) -> None:
        """Decide about somebody. Raises `NotDecided`."""


def decide_each(
    connection: Connection,
    inst: Installation,
    offering: Offering,
    logins: Iterable[str],
    decide: Decides,
    *,
    why: str,
    who: str,
) -> tuple[list[Asked], list[Sentence]]:
    """Decide about each of these people, once each; those about whom it was done, and of the others why not."""
    done: list[Asked] = []
    left_out: list[Sentence] = []
    directory, now = inst.kypek(offering.kypek).directory, inst.clock()
    for login in dict.fromkeys(logins):
        try:
            someone = by_name.asked(connection, directory, offering, [login])[login]
            decide(connection, offering, someone, why=why, who=who, now=now)
        except NotDecided as problem:
            left_out.append(problem.sentence)
        else:
            done.append(someone)
    return done, left_out
