"""People and units as the directory last said, matched by their keys for ever (design, rules 2 and 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kypek_sync.model import Person


@dataclass(frozen=True, slots=True)
class Known:
    """A person of ours. `id` is opaque and lasts; `last_seen` is the read in which the entry last changed;
    `leaving_since` is set while the directory no longer shows them."""

    id: str
    person: Person
    first_seen: datetime
    last_seen: datetime
    leaving_since: datetime | None
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Departure:
    """When somebody counts as gone: after `absences` complete reads at least `gap` apart (of an export: different ones)
    and `grace` in all."""

    absences: int
    gap: timedelta
    grace: timedelta


class IdentitiesDoubted(Exception):
    """So many entries of a read carry the keys of others than before that it tells nothing about anybody. Nothing was
    recorded. `logins` are those entries."""

    def __init__(self, logins: tuple[str, ...]) -> None:
        super().__init__(f"{len(logins)} entries")
        self.logins = logins
