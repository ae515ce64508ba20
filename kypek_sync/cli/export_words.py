"""Of when the export is that a directory rests on, for `status`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kypek_sync.cli.tables import age, when
from kypek_sync.language import Text
from kypek_sync.sync.directory.exports import Export


def lines(export: Export | None, now: datetime, text: Text) -> list[str]:
    """Its own date and age; beyond the age that the settings allow also what it proves no more."""
    if export is None:
        return []
    facts = {"system": export.system, "when": when(export.as_of), "age": age(export.as_of, now, text)}
    said = text("%(system)s: what is known of people is from the export of %(when)s (%(age)s).", **facts)
    if not export.is_old(now):
        return [said]
    allowed = {"days": export.max_age.days} if export.max_age.days else {"hours": export.max_age.seconds // 3600}
    limit = "more than the %(days)s days allowed" if export.max_age.days else "more than the %(hours)s hours allowed"
    old = text(
        "It is too old (%(limit)s): nobody's absence from it proves anything, and nobody leaves until a newer one is "
        "read.",
        limit=text(limit, **allowed),
    )
    return [f"{said} {old}"]


def plain(export: Export | None, now: datetime) -> dict[str, Any] | None:
    """For machines: moments in ISO 8601, UTC."""
    if export is None:
        return None
    return {"system": export.system, "as_of": export.as_of.isoformat(), "old": export.is_old(now)}
