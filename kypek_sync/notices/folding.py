"""Which notices go out as one letter: what one person is told of sessions that change, decided at one moment.

A strike moves the sessions of a day. Whoever has a seat in three of them gets one letter, while each notice stays a row
of its own in the outbox: what a person knows of a seminar, what waits for an approval and what is paused is asked
seminar by seminar. The moment at which they were put in holds them together, so that they are the same letter, with the
same Message-ID, each time that it is tried.
"""

from __future__ import annotations

from collections.abc import Iterable

from kypek_sync.ledger.outbox import Row
from kypek_sync.notices.change_words import CHANGE_KINDS


def letters_of(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each letter, in the order of its first row."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        together = row.notice.kind in CHANGE_KINDS
        # by login: who trains is written to under it alone, who has a seat elsewhere under our id too
        place = (row.notice.login or row.notice.person, row.created) if together else (row.id,)
        found.setdefault(place, []).append(row)
    return list(found.values())
