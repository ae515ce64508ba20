"""TicketSQL, the query language of Request Tracker: pure.

No query holds a date: those are read in somebody's time zone, and a wrong one matches everything (H-10).
"""

from __future__ import annotations

from collections.abc import Iterable

_UNSEEN = ("EmailRecord", "CommentEmailRecord")
"""Records of outgoing mail, which our account may not see: they would leave holes in pages (H-11)."""


def quoted(value: str) -> str:
    """A value between quotes, escaped as this language wants it: by a backslash, not by doubling (H-14)."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def with_field(field: str, value: str) -> str:
    """What has this value in a custom field, without regard to case."""
    return f"CF.{{{field}}}={quoted(value)}"


def changes_of(queues: Iterable[str], after: int) -> str:
    """Transactions of tickets of these queues (ids) with a greater id than `after`."""
    where = " OR ".join(f"TicketQueue={quoted(queue)}" for queue in queues)
    unseen = " AND ".join(f"Type != '{kind}'" for kind in _UNSEEN)
    return f"id > {after} AND ObjectType='RT::Ticket' AND ({where}) AND {unseen}"
