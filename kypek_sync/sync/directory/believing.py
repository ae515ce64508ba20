"""What of a read of the directory is believed: it is held against the last good one, the sentinel entries, and what was
known of each person (design, rules 1 and 2). Nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from kypek_sync.contract import Reading
from kypek_sync.ledger import entry_findings, reads, without_groups, without_numbers
from kypek_sync.ledger.matching import STRONG
from kypek_sync.ledger.reads import Extent, LastRead
from kypek_sync.ledger.shown import Shown, again, as_before, known_as
from kypek_sync.ledger.tables import people
from kypek_sync.settings.shape import DirectoryRules
from kypek_sync.sync.directory.fields import (
    BY_THEMSELVES,
    GROUPS,
    NUMBER,
    Losses,
    changed_by_mending,
    lacking,
    mended,
    not_shown,
    said_of,
)
from kypek_sync.sync.directory.lane import Read
from kypek_sync.sync.directory.spool import PeopleKeeper
from kypek_sync.sync.installation import Installation

REGISTRY = STRONG[1]
STAYS = "perhaps the account may not read it any more, so what was known of them stays"
NOT_IN_EXPORT = "perhaps the file was drawn without that column or attribute, so what was known of them stays"


@dataclass(frozen=True, slots=True)
class Believed:
    """What of a read is believed. `doubt` is `SIZE` if a person may say that it is right all the same, else empty;
    `vanished_keys`: the kinds of keys of which the read says nothing, whatever it lacks."""

    extent: Extent
    doubt: str = ""
    vanished_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Believing:
    """Judges a full read of one directory, entry by entry where some lost what was known of them."""

    connection: Connection
    inst: Installation
    system: str
    read: Read

    def people(self, rules: DirectoryRules) -> Believed:
        """What of the people is believed. Has the keeper give back, on its way out, what was known of whoever lost it
        by the read and not by themselves."""
        keeper = self.read.changed_people
        shown = extent(self.read.people, keeper.entries)
        last = last_good(self.connection, self.system, shown.scope, {self.read.units.scope})
        believed, doubted = shown.believed(last, rules.smallest_share), shown.doubt(last, rules.smallest_share)
        why: list[str] = []
        if shown.complete and (missing := sorted(set(rules.sentinels) - self._seen(rules.sentinels))):
            why.append(f"sentinel entries are missing: {', '.join(missing)}")
        losses = self._losses(rules.smallest_share)
        vanished_keys = losses.vanished_keys(rules.smallest_share)
        unshown = self.read.people.without | self._given_up()
        if NUMBER in unshown:
            vanished_keys = tuple({*vanished_keys, REGISTRY})
        ended = self._ended(losses)
        vanished = tuple(name for name in losses.vanished(rules.smallest_share) if name not in unshown | ended)
        if vanished:
            why += (*losses.why(vanished), NOT_IN_EXPORT if self.read.people.export else STAYS)
        kept = vanished
        if why or not believed.complete:  # too few to tell, and a part of it proves nothing
            kept += tuple(set(losses.from_everybody()) - {*vanished, *unshown, *ended} - BY_THEMSELVES)
        if kept or unshown:
            keeper.mended(lambda entries: as_known(self.connection, self.system, entries, kept, unshown))
        if not why:
            return Believed(believed, doubted, vanished_keys)
        whole_why = "; ".join(part for part in (believed.why_partial, *why) if part)
        return Believed(replace(believed, complete=False, why_partial=whole_why), "", vanished_keys)

    def units(self, rules: DirectoryRules) -> Believed:
        """What of the units is believed."""
        shown = extent(self.read.units, self.read.changed_units.entries)
        last = reads.last(self.connection, self.system, shown.scope)
        return Believed(shown.believed(last, rules.smallest_share), shown.doubt(last, rules.smallest_share))

    def _given_up(self) -> frozenset[str]:
        """What a person said this directory does not show any more, unless by now most entries show it again."""
        if not without_numbers.accepted(self.connection, self.system):
            return frozenset()
        keeper = self.read.changed_people
        shown = sum(any(k.kind == REGISTRY for k in e.person.keys) for entries in keeper.kept() for e in entries)
        if 2 * shown <= keeper.entries:
            return frozenset({NUMBER})
        without_numbers.shown_again(self.connection, self.system, self.inst.clock())
        return frozenset()

    def _ended(self, losses: Losses) -> frozenset[str]:
        """What a person said nobody has by this directory any more, unless by now somebody shows it again."""
        if not without_groups.accepted(self.connection, self.system):
            return frozenset()
        if not losses.shown[GROUPS]:
            return frozenset({GROUPS})
        without_groups.shown_again(self.connection, self.system, self.inst.clock())
        return frozenset()

    def _seen(self, logins: Sequence[str]) -> frozenset[str]:
        """Those of these logins that the read showed."""
        keeper = self.read.changed_people
        query = select(people.c.login, people.c.digest).where(
            people.c.directory == self.system, people.c.login.in_(logins)
        )
        shown = [row for row in self.connection.execute(query) if row.digest is not None]
        as_they_were = {row.login for row in shown if bytes(row.digest) not in keeper.digests.unseen}
        return keeper.logins(logins) | as_they_were

    def _losses(self, smallest_share: float) -> Losses:
        """What the entries that changed lost, beside as many of the others as it takes to believe it."""
        losses, keeper = Losses(), self.read.changed_people
        anybody = select(people.c.id).where(people.c.directory == self.system).limit(1)
        if self.connection.execute(anybody).first() is None:
            return losses
        held_against(losses, self.connection, self.system, keeper)
        others = as_before(self.connection, self.system, keeper.digests.unseen)
        while losses.may_vanish(smallest_share) and (person := next(others, None)) is not None:
            losses.as_before(person)
        others.close()
        return losses


def last_good(connection: Connection, system: str, scope: str, beside: Collection[str]) -> LastRead | None:
    """The last read of a directory's people, which are read in `scope`, and of their units in the scopes `beside`.
    Where they were read from another source until now (an export, say), it is that one's: as many as it showed must be
    there."""
    last = reads.last(connection, system, scope)
    if last is not None and (last.good_as_of is not None or last.accepted_items is not None):
        return last
    mine = {scope, *beside}
    others = [one.good_as_of for one in reads.all_last(connection, system) if one.scope not in mine]
    good = [moment for moment in others if moment is not None]
    if not good:
        return last
    query = (
        select(func.count())
        .select_from(people)
        .where(people.c.directory == system, people.c.absent_since.is_(None), people.c.gone_at.is_(None))
    )
    number = int(connection.execute(query).scalar_one())
    latest = max(good)
    return LastRead(system, scope, latest, True, number, "", latest, number)


def held_against(losses: Losses, connection: Connection, system: str, keeper: PeopleKeeper) -> None:
    """Count what the entries of a keeper lost of what was known of each."""
    for entries in keeper.kept():
        known = known_as(connection, system, [entry.person for entry in entries])
        now = lacking({entry.person.login: entry.findings for entry in entries})
        before = {known[login].login for login in set().union(*now.values()) & known.keys()}
        lacked = lacking(entry_findings.own(connection, system, before))
        losses.changed([entry.person for entry in entries], known, now, lacked)


def as_known(
    connection: Connection,
    system: str,
    entries: Sequence[Shown],
    fields: Collection[str],
    unshown: Collection[str] = (),
) -> list[Shown]:
    """With what was known of them where they lost it, and what was odd about that; they are looked at again, since it
    is not what they show. Of the fields `unshown`, which the source does not have, nothing else is to be expected: who
    lacks only these is as they were when they are read next."""
    logins = [entry.person.login for entry in entries]
    known = known_as(connection, system, [entry.person for entry in entries])
    odd = entry_findings.own(connection, system, logins)
    every = tuple(dict.fromkeys((*fields, *unshown)))
    found = []
    for entry in entries:
        before = known.get(entry.person.login)
        person = mended(entry.person, before, fields, entry.findings, unshown)
        silent = not_shown(entry.person, entry.findings, fields)
        if person is entry.person and not silent:
            found.append(entry)
            continue
        given_back = (
            changed_by_mending(entry.person, person, every, entry.findings) if person is not entry.person else ()
        )
        about = said_of((*given_back, *silent))
        told = [one for one in entry.findings if not about or not one.code.startswith(about)]
        told += [one for one in odd.get(person.login, ()) if about and one.code.startswith(about)]
        expected = mended(entry.person, before, fields, entry.findings) is entry.person
        expected = expected and (not silent or sorted(told) == sorted(entry.findings))
        digest = entry.digest if expected else again(entry.digest)
        found.append(replace(entry, person=person, digest=digest, findings=tuple(told)))
    return found


def extent(reading: Reading, size: int) -> Extent:
    """How much a reading showed."""
    return Extent(
        reading.system,
        reading.scope,
        reading.as_of,
        size,
        reading.complete,
        reading.why_partial,
        reading.content,
        reading.proven,
    )
