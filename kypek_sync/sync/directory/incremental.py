"""A pass of the directory lane: everything, or only what changed since the last one.

A delta that fails harms nothing: its cursor stays, what it held is thrown away, and it is told; where only a full read
can heal it, that is made in the same pass. Of several KYPEKs that share a directory one reads everything, the others
what changed since; where they know nothing yet, a pass by hand waits for it, and others leave it to their next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import Connection, func, select

from kypek_sync.contract import Capability, ConnectorError, Directory, PeopleDelta, ReadsExport
from kypek_sync.ledger import clock_ahead, cursors, without_groups, without_numbers
from kypek_sync.ledger.cursors import How, Standing
from kypek_sync.ledger.leaving import exodus
from kypek_sync.ledger.people import Departure
from kypek_sync.ledger.reads import SIZE, LastRead
from kypek_sync.ledger.shown import AT_ONCE
from kypek_sync.ledger.store import alone
from kypek_sync.ledger.tables import people
from kypek_sync.model import Finding, Person
from kypek_sync.sync.directory import believing, older, recording, register, switching, ways_out
from kypek_sync.sync.directory.believing import STAYS
from kypek_sync.sync.directory.counting import partly
from kypek_sync.sync.directory.due import Why, before_last, lagged_for_long, may_heal, waits_for_somebody, why_full
from kypek_sync.sync.directory.fields import BY_THEMSELVES, GROUPS, NUMBER, Losses
from kypek_sync.sync.directory.lane import reading
from kypek_sync.sync.directory.recording import DeltaRead
from kypek_sync.sync.directory.scopes import last_reads
from kypek_sync.sync.directory.spool import CHUNK, PeopleKeeper
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.lease import LaneLease, LaneTaken, length_for
from kypek_sync.sync.passing import Pass
from kypek_sync.sync.report import DirectoryStory

FULL_READ = "full-read"
"""The lease of whoever reads a whole directory, besides those of the lanes."""
FEW_GONE = 10
"""So many people may be gone in a delta of however small a directory."""
ALL = 1e-9
"""Less than this share kept a field: nobody did."""
TURNS, PAUSE = 1800, 0.5
"""A pass by hand looks that often, after so many seconds each, whether whoever reads everything is done: a quarter of
an hour together, the usual deadline of a read."""
_MINUTE = "%Y-%m-%d %H:%M"


def is_time(inst: Installation, kypek: str) -> bool:
    """Whether a pass that nobody asked for has anything to do: always where the directory can tell what changed, else
    only when it is time to read everything again."""
    with inst.ledger.begin(keep=False) as connection:
        stands = cursors.standing(connection, inst.kypek(kypek).directory)
    if stands.cursor or stands.tried_at is None:
        return True
    return not timedelta(0) < inst.clock() - stands.tried_at < inst.loaded.settings.directory_rules.whole_every


class _Overtaken(Exception):
    """Somebody has read the directory since our delta began."""


class _Unbelieved(Exception):
    """The delta cannot be believed; the text says why in a sentence."""


def make(this: Pass, *, whole: bool = False, by_hand: bool = False, takes_over: bool = True) -> None:
    """Read the register of units where it is due, and the directory: everything where that is due or `whole` asks for
    it. `by_hand`: somebody waits for it (`due.why_full`). Unless it `takes_over`, people are not brought along from
    another directory that the KYPEK read before (`switching`)."""
    inst = this.inst
    of_register = register.read(inst, this.kypek)
    if of_register.system:
        with inst.ledger.begin(keep=not this.dry) as connection:
            register.record(connection, inst, of_register, this.report)
    _Lane(this).make(whole=whole, by_hand=by_hand)
    if takes_over:
        _recognise(this)


def _recognise(this: Pass) -> None:
    """Those who applied while this KYPEK read another directory, in the one that it reads now. Whoever is nobody here
    who could be told is a case, until a person decides."""
    if directory := this.inst.kypek(this.kypek).directory:
        with this.inst.ledger.begin(keep=not this.dry) as connection:
            number, late = older.joining(connection, this.inst, this.kypek)
            unknown = switching.passed(connection, this.inst, this.kypek, directory)
        if unknown:
            this.report.problems.append(f"{directory}: {unknown}")
        if late:
            this.report.problems.append(late)
        if number:
            known = f"people who applied while another directory was read ({number}) are recognised here by their keys"
            this.report.notes.append(f"{directory}: {known}.")


class _Lately:
    """Hands on what is not as it was: a delta reaches back, and shows much again that it has shown before."""

    def __init__(self, keeper: PeopleKeeper, as_they_were: Callable[[Sequence[bytes]], frozenset[bytes]]) -> None:
        self._keeper = keeper
        self._as_they_were = as_they_were
        self._waiting: list[tuple[Person | None, bytes, Sequence[Finding]]] = []

    def same(self, digest: bytes) -> bool:
        """Not asked one by one."""
        return False

    def take(self, item: Person | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """As in `Keeper`."""
        self._waiting.append((item, digest, findings))
        if len(self._waiting) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Hand on what waits."""
        old = self._as_they_were([digest for _, digest, _ in self._waiting]) if self._waiting else frozenset()
        for item, digest, findings in self._waiting:
            if digest not in old:
                self._keeper.take(item, digest, findings)
        self._waiting.clear()


class _Lane:
    """One pass over one directory."""

    def __init__(self, this: Pass) -> None:
        self.this = this
        self.inst = this.inst
        self.report = this.report
        self.system = this.inst.kypek(this.kypek).directory
        self.rules = self.inst.loaded.settings.directory_rules
        self.remark = ""
        self.small: tuple[LastRead, ...] = ()
        """What was only too small of the last full read, if nothing else spoke against that and nobody accepted it."""

    def make(self, *, whole: bool, by_hand: bool) -> None:
        """Read and record."""
        directory = self.inst.connectors.directory(self.this.kypek)
        if directory is None:
            return
        stands, leaves, before = self._standing()
        self.small = self._only_small()
        now, small = self.inst.clock(), bool(self.small)
        why = Why.ASKED if whole else why_full(stands, now, self.rules, leaves, by_hand=by_hand, small=small)
        if why is Why.FIRST and before:
            why = Why.SWITCHED
        if why is None:
            why = self._changes(directory, stands)
        if why is not None:
            self._everything(directory, stands, why)

    def _standing(self) -> tuple[Standing, datetime | None, str]:
        departure = Departure(self.rules.absences, self.rules.absence_gap, self.rules.grace)
        with self.inst.ledger.begin(keep=False) as connection:
            stands = cursors.standing(connection, self.system)
            before = switching.before(connection, self.inst, self.system)
            return stands, exodus(connection, self.system, departure, 0).earliest, before

    # ------------------------------------------------------------------------------------------- everything

    def _everything(self, directory: Directory, stands: Standing, why: Why) -> None:
        now = stands
        for turn in range((TURNS if self.this.by_hand else 0) + 1):
            if turn:
                sleep(PAUSE)
            try:
                with self._alone(directory):
                    now = self._standing()[0] if turn else stands
                    if not now.cursor or now == stands:
                        self._read_everything(why)
                        return
            except LaneTaken:
                if not stands.cursor or why is Why.REFUSED:
                    continue
            self._changes(directory, now)
            return
        self.report.skipped = f"{self.system} is being read in full by another pass."

    def _alone(self, directory: Directory) -> LaneLease | nullcontext[None]:
        """Where a directory can tell what changed, one reads everything for all. Raises `LaneTaken` when entered."""
        try:
            tells = not self.this.dry and Capability.PEOPLE_DELTA in directory.capabilities()
        except ConnectorError:
            tells = False  # the read will say it
        if not tells:
            return nullcontext()
        length = length_for(self.inst.longest_call)
        return LaneLease(self.inst.ledger.unfenced, f"*{self.system}"[:64], FULL_READ, self.inst.clock, length=length)

    def _read_everything(self, why: Why) -> None:
        healing = why is Why.REFUSED
        with reading(self.inst, self.this.kypek) as read, self.inst.ledger.begin(keep=not self.this.dry) as connection:
            good = recording.record(connection, self.inst, read, self.report)
            if read.read is None:
                return
            now = self.inst.clock()
            if good:
                cursors.took_full(connection, self.system, read.read.people.cursor, now, healing=healing)
            else:
                cursors.tried_full(connection, self.system, now, healing=healing)
        self.report.directory = DirectoryStory(How.FULL, why, now if good else None, self.remark)

    # ------------------------------------------------------------------------------------------- what changed

    def _changes(self, directory: Directory, stands: Standing) -> Why | None:
        """Read and record what changed. Why everything is to be read after all; None: not in this pass."""
        if (shut := self.inst.shut(self.system)) is not None:
            self._problem(str(shut))
            return None
        if before_last(stands, now := self.inst.clock()):
            clocks = f"our clock says {now:{_MINUTE}} UTC, and everything was read at {stands.full_at:{_MINUTE}} UTC"
            way = ways_out.clock(self.system) if self._blocked(now) else ""
            self._problem(f"{self.system}: {clocks}. What changed is not read until the clock is right. {way}".rstrip())
            self.report.directory = DirectoryStory(How.NEVER, None, stands.full_at)
            return None
        with PeopleKeeper(()) as keeper:
            try:
                lately = _Lately(keeper, self._as_they_were)
                delta = directory.people_since(stands.cursor, lately, self._known)
                lately.flush()
            except ConnectorError as error:
                self.inst.heard(self.system, [error])
                self._problem(f"{error} Nobody leaves on the strength of this; the last good read stands.")
                return None
            self.inst.heard(self.system, [], answers=1)
            if delta.reset and isinstance(directory, ReadsExport):
                return Why.NO_CHANGES  # the cursor is of what bore this name before: a server, and now an export
            if delta.behind or delta.reset:
                return self._refused(stands, delta.why, behind=delta.behind)
            try:
                self._record(stands, delta, keeper)
            except _Unbelieved as doubt:
                return self._refused(stands, str(doubt), behind=False)
            except _Overtaken:
                pass  # what that pass saw stands, and the next delta goes on from there
        remark = f"{delta.why} Who is gone was found by the names of all." if delta.why else ""
        self.report.directory = DirectoryStory(How.CHANGES, None, stands.full_at, remark)
        return None

    def _record(self, stands: Standing, delta: PeopleDelta, keeper: PeopleKeeper) -> None:
        with self.inst.ledger.begin(keep=not self.this.dry) as connection:
            alone(connection, f"directory {self.system}")
            if cursors.standing(connection, self.system).cursor != stands.cursor:
                raise _Overtaken
            if keeper.entries or delta.gone:
                self._record_changes(connection, delta, keeper)
            if not cursors.took_changes(connection, self.system, stands.cursor, delta.cursor, self.inst.clock()):
                raise _Overtaken

    def _record_changes(self, connection: Connection, delta: PeopleDelta, keeper: PeopleKeeper) -> None:
        self._doubt(connection, delta, keeper)
        mine = replace(self.report, counts={}, notes=[], problems=[])
        if not recording.record_delta(connection, self.inst, DeltaRead(self.system, delta, keeper), mine):
            raise _Unbelieved(" ".join(mine.notes))
        self.report.counts |= mine.counts

    def _doubt(self, connection: Connection, delta: PeopleDelta, keeper: PeopleKeeper) -> None:
        """What a full read would have to show to be believed, a delta has to show too. Of what all of too few people to
        tell lost, a full read is the judge: until then they keep it."""
        if len(delta.gone) > FEW_GONE:
            here = (people.c.directory == self.system) & people.c.digest.is_not(None)
            there = int(connection.execute(select(func.count()).select_from(people).where(here)).scalar_one())
            if len(delta.gone) > (1 - self.rules.smallest_share) * there:
                raise _Unbelieved(f"{len(delta.gone)} of {there} people are gone at once.")
        losses = Losses()
        believing.held_against(losses, connection, self.system, keeper)
        unshown = {NUMBER} if without_numbers.accepted(connection, self.system) else set()
        no_doubt = BY_THEMSELVES | unshown | ({GROUPS} if without_groups.accepted(connection, self.system) else set())
        if lost := set(losses.vanished(ALL)) - no_doubt:
            raise _Unbelieved("; ".join((*losses.why(sorted(lost)), STAYS)) + ".")
        few = sorted(set(losses.from_everybody()) - no_doubt)
        if few or unshown:
            keeper.mended(lambda entries: believing.as_known(connection, self.system, entries, few, unshown))
        if few:
            then = "The next full read will tell."
            self.report.notes.append(f"{self.system}: {'; '.join((*losses.why(few), STAYS))}. {then}")

    def _refused(self, stands: Standing, why: str, *, behind: bool) -> Why | None:
        now = self.inst.clock()
        with self.inst.ledger.begin(keep=not self.this.dry) as connection:
            cursors.refused(connection, self.system, why, now, behind=behind)
            since = cursors.standing(connection, self.system)
        heal = may_heal(since, now) and (not behind or lagged_for_long(since, now, self.rules))
        if self.small and not behind and not self.this.by_hand and waits_for_somebody(since, now, self.rules):
            for last in self.small:  # the same sentence as when that was read: nothing new happened
                self._problem(partly(self.system, last.extent, last.doubt))
            self.report.directory = DirectoryStory(How.NEVER, None, stands.full_at)
            return None
        if heal:
            self.remark = why
            return Why.REFUSED
        then = "Nothing is taken from it until it has caught up." if behind else "The next full read will tell."
        self._problem(f"{self.system}: {why} {then}")
        self.report.directory = DirectoryStory(How.NEVER, None, stands.full_at)
        return None

    def _only_small(self) -> tuple[LastRead, ...]:
        with self.inst.ledger.begin(keep=False) as connection:
            partial = [one for one in last_reads(connection, self.inst, self.system) if not one.complete]
        waits = all(one.doubt == SIZE and one.accepted_items is None for one in partial)
        return tuple(partial) if waits else ()

    def _blocked(self, now: datetime) -> bool:
        with self.inst.ledger.begin(keep=False) as connection:
            return clock_ahead.blocked_until(connection, self.system, now) is not None

    def _problem(self, sentence: str) -> None:
        self.report.problems.append(sentence)

    def _as_they_were(self, digests: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these digests that somebody's entry had when it was last kept."""
        query = select(people.c.digest).where(people.c.directory == self.system, people.c.digest.in_(digests))
        with self.inst.ledger.begin(keep=False) as connection:
            return frozenset(bytes(digest) for digest in connection.execute(query).scalars())

    def _known(self) -> frozenset[str]:
        """The logins of those whom the directory shows, as far as we know."""
        query = select(people.c.login).where(people.c.directory == self.system, people.c.digest.is_not(None))
        found: set[str] = set()
        with self.inst.ledger.begin(keep=False) as connection:
            cursor = connection.execute(query).cursor  # a country's: the driver's own rows take half as long
            while cursor is not None and (rows := cursor.fetchmany(CHUNK)):
                found.update([login for (login,) in rows])
        return frozenset(found)
