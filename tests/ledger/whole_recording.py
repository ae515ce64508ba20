"""The directory's memory as it is told most simply: everything at once, in plain values. What the recording that
streams makes of a sequence of reads is held against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kypek_sync.contract import across_people
from kypek_sync.ledger.matching import LOGIN, Match, Ours, match, swapped
from kypek_sync.ledger.people import Departure
from kypek_sync.ledger.people_recording import SWAPS, SWAPS_SHARE
from kypek_sync.model import Finding, Person, PersonKey


@dataclass(frozen=True)
class Remembered:
    """Somebody as the directory last showed them, and what is known of their absence."""

    person: Person
    absences: int = 0
    absent_at: datetime | None = None
    absent_since: datetime | None = None
    gone: bool = False


@dataclass
class WholeMemory:
    """Everybody by id, and the keys they have had with the moment at which they came to each last."""

    departure: Departure
    everybody: dict[str, Remembered] = field(default_factory=dict)
    keys: dict[PersonKey, dict[str, datetime]] = field(default_factory=dict)
    disputes: dict[PersonKey, dict[str, bool]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def record(self, read: Sequence[Person], as_of: datetime, *, complete: bool) -> bool:
        """Match the whole read; False if it is doubted, and nothing was recorded."""
        ours = {
            identity: Ours(identity, one.person, one.absent_since is not None, one.gone)
            for identity, one in self.everybody.items()
        }
        owners = {key: sorted(those, key=lambda one: (those[one], one)) for key, those in self.keys.items() if those}
        found = match(read, owners, ours, (), self.disputes)
        if len(swapped(found, ours)) > max(SWAPS, int(SWAPS_SHARE * len(read))):
            return False
        for key, identity in found.lost:  # also one that was only in dispute: whoever is back takes it along
            held = [memory[key] for memory in (self.keys, self.disputes) if identity in memory.get(key, {})]
            assert held
            for those in held:
                del those[identity]
        for one in found.matches:
            renamed = not one.fresh and self.everybody[one.id].person.login != one.person.login
            self.everybody[one.id] = Remembered(one.person)
            for key in one.keys:
                holders = self.keys.setdefault(key, {})
                if one.id not in holders or (renamed and key.kind == LOGIN):
                    holders[one.id] = as_of
            self._dispute(one, complete=complete)
        if complete:
            self._count({one.id for one in found.matches}, as_of)
        told = {(one.subject, one.code): one for one in (*across_people(read, None), *found.findings)}
        twice = {(login, "registry-shared") for login, code in told if code == "registry-duplicate"}
        for login, _ in [key for key in told if key[1] == "entry-uuid-shared"]:
            if (named := told.pop((login, "entry-uuid-duplicate"), None)) is not None:
                told[login, "entry-uuid-shared"] = replace(named, code="entry-uuid-shared")
        self.findings = tuple(sorted(one for key, one in told.items() if key not in twice))
        return True

    def _dispute(self, one: Match, *, complete: bool) -> None:
        """A key in dispute is kept as such for ever, with whether the entry shows it still."""
        kinds = {key.kind for key in (*one.keys, *one.disputed)}
        for key, those in self.disputes.items():
            if one.id in those and (complete or key.kind in kinds):
                those[one.id] = False
        for key in one.disputed:
            self.disputes.setdefault(key, {})[one.id] = True

    def _perhaps_there(self, identity: str, seen: set[str]) -> bool:
        mine = {key for memory in (self.keys, self.disputes) for key, those in memory.items() if identity in those}
        return any(
            shows and other in seen and other != identity
            for key in mine
            for other, shows in self.disputes.get(key, {}).items()
        )

    def _count(self, seen: set[str], as_of: datetime) -> None:
        for identity, one in self.everybody.items():
            if identity in seen or one.gone:
                continue
            if one.absent_at is not None and (as_of <= one.absent_at or as_of - one.absent_at < self.departure.gap):
                continue
            since = one.absent_since or as_of
            absences = one.absences + 1
            gone = absences >= self.departure.absences and as_of - since >= self.departure.grace
            gone = gone and not self._perhaps_there(identity, seen)
            self.everybody[identity] = replace(one, absences=absences, absent_at=as_of, absent_since=since, gone=gone)
