"""Which description of a course we wrote last: what people wrote or improved since is theirs, and stays."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kypek_sync.contract import Change, CourseKey, Outcome, Verb
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.tables import intents, receipts

_WRITING = (Verb.CREATE_COURSE.value, Verb.UPDATE_COURSE.value)


def written(connection: Connection, kypek: str) -> dict[tuple[str, str], str]:
    """The description last written into each course, by (system, course). A course that was found instead of made
    (`ALREADY`) was made with it by an earlier attempt of ours that got no answer."""
    query = (
        select(intents.c.system, intents.c.seminar, intents.c.part, intents.c.body)
        .select_from(intents.join(receipts))
        .where(
            intents.c.kypek == kypek,
            intents.c.verb.in_(_WRITING),
            receipts.c.outcome.in_([Outcome.DONE.value, Outcome.ALREADY.value]),
        )
        .order_by(intents.c.id)
    )
    found: dict[tuple[str, str], str] = {}
    for row in connection.execute(query):
        after = dict(load(Change, row.body).after)
        if "description" in after:
            found[CourseKey.of(row.system, row.seminar, row.part)] = after["description"]
    return found
