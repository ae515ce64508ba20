"""The other foreign systems in memory: a directory, a helpdesk, rooms and mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar

from kypek_sync.contract import (
    Ambiguous,
    Capability,
    Delta,
    Join,
    Keeper,
    Known,
    Letter,
    Outcome,
    PeopleDelta,
    Probe,
    Reading,
    Receipt,
    Recording,
    Room,
    RoomDraft,
    SkipThis,
    Snapshot,
    StopConnector,
    Ticket,
    TicketDraft,
    TicketEvent,
    TryLater,
)
from kypek_sync.model import Clock, Person, PersonKey, PersonKind, TicketState, Unit
from tests.sync.machine.fate import Fate, Fault, Look

T = TypeVar("T")

SCHOOL = Unit("ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr", "1ο Γυμνάσιο", "0501001", "1000001", "gym", "ΔΕ", "att-a")


def keep(keeper: Keeper[T], item: T) -> None:
    """Hand an entry over, unless it is as it was."""
    if not keeper.same(digest := blake2b(repr(item).encode(), digest_size=16).digest()):
        keeper.take(item, digest, ())


@dataclass(frozen=True)
class Human:
    """Somebody who exists. `logins` are all they have had, the present one last; `listed`: the directory shows them."""

    number: int
    logins: tuple[str, ...]
    specialty: str = "ΠΕ86"
    listed: bool = True

    def entry(self) -> Person:
        """As the directory shows them."""
        login = self.logins[-1]
        keys = [PersonKey("entry-uuid", f"u{self.number}"), PersonKey("registry", f"r{self.number}")]
        return Person(
            login=login,
            surname=f"Επώνυμο{self.number}",
            given_name="Όνομα",
            mail=f"{login}@sch.example",
            kind=PersonKind.TEACHER,
            specialties=(self.specialty,),
            units=(SCHOOL.id,),
            directorates=("att-a",),
            keys=(*keys, PersonKey("login", login)),
        )


@dataclass(frozen=True)
class Answer:
    """What a read of the directory gave, as the engine should judge it: `proof` where it may count as an absence."""

    as_of: datetime
    shown: frozenset[int]
    proof: bool


@dataclass
class Directory:
    """Who there is, and what was answered so far."""

    clock: Clock
    humans: dict[int, Human] = field(default_factory=dict)
    earlier: list[tuple[datetime, dict[int, Human]]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def remember(self) -> None:
        """Keep the present state: an old export of it may turn up."""
        self.earlier = [*self.earlier, (self.clock(), dict(self.humans))][-4:]


class Served:
    """What all of these share: what befalls a read and a write."""

    name: str
    fate: Fate

    def probe(self) -> Probe:
        return Probe(())

    def close(self) -> None:
        """Nothing to let go of."""

    def looked(self) -> Look:
        self.fate.moment()
        look = self.fate.look(self.name)
        if look is Look.AWAY:
            raise TryLater(self.name, "It does not answer.")
        if look is Look.REFUSED:
            raise StopConnector(self.name, "The password is not accepted.")
        return look

    def write(self, work: Callable[[], Receipt]) -> Receipt:
        self.fate.moment()
        fault = self.fate.fault(self.name)
        for kind, error in ((Fault.AWAY, TryLater), (Fault.SKIP, SkipThis), (Fault.REFUSED, StopConnector)):
            if fault is kind:
                raise error(self.name, "Not now.")
        if fault is Fault.LOST:
            raise Ambiguous(self.name, "No answer.")
        if fault is Fault.ONE:
            return Receipt(Outcome.REFUSED, detail="Not this one.")
        receipt = work()
        if fault is Fault.TWICE:
            receipt = work()
        self.fate.moment()
        if fault in (Fault.LOST_DONE, Fault.LOST_HALF):
            raise Ambiguous(self.name, "No answer.")
        return receipt


@dataclass
class DirectoryConnector(Served):
    """What a process of ours reaches of the directory."""

    there: Directory
    fate: Fate
    name: str = "directory"

    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        look, as_of, humans = self.looked(), self.there.clock(), self.there.humans
        if look is Look.OLD and self.there.earlier:
            as_of, humans = self.there.earlier[0]
        listed = [human for _, human in sorted(humans.items()) if human.listed]
        kept = {Look.CUT: listed[: len(listed) // 2], Look.SHORT: listed[: len(listed) * 3 // 4], Look.EMPTY: []}
        shown = kept.get(look, listed)
        complete = look is not Look.CUT
        self.there.answers.append(Answer(as_of, frozenset(h.number for h in shown), complete and bool(shown)))
        self.fate.moment()
        why = "" if complete else "it ended early"
        for human in shown:
            keep(keeper, human.entry())
        return Reading(self.name, "people", as_of, len(shown), complete, why)

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        keep(keeper, SCHOOL)
        return Reading(self.name, "units", self.there.clock(), 1, complete=True)

    def person(self, login: str) -> Person | None:
        self.looked()
        return next((h.entry() for h in self.there.humans.values() if h.listed and h.logins[-1] == login), None)

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        raise AssertionError("asked for what it cannot do")


@dataclass
class Desk:
    """A helpdesk: tickets with their notes, by id."""

    clock: Clock
    tickets: dict[str, Ticket] = field(default_factory=dict)
    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    writes: int = 0


@dataclass
class HelpdeskConnector(Served):
    """What a process of ours reaches of it. It has what a reference is looked up by, so nothing is made twice."""

    there: Desk
    fate: Fate
    name: str = "desk"

    def capabilities(self) -> frozenset[Capability]:
        return frozenset({Capability.NOTE_REFERENCE})

    def ensure(self, draft: TicketDraft) -> Receipt:
        def work() -> Receipt:
            if found := [t for t in self.there.tickets.values() if t.ref == draft.ref]:
                return Receipt(Outcome.ALREADY, found[0].id)
            number = str(len(self.there.tickets) + 1)
            made = Ticket(number, draft.ref, draft.subject, TicketState.NEW, "new", self.there.clock())
            self.there.tickets[number] = made
            self.there.notes[number] = {}
            self.there.writes += 1
            return Receipt(Outcome.DONE, number)

        return self.write(work)

    def find(self, ref: str) -> tuple[Ticket, ...]:
        self.looked()
        return tuple(t for t in self.there.tickets.values() if t.ref == ref)

    def get(self, ticket: str) -> Ticket | None:
        self.looked()
        return self.there.tickets.get(ticket)

    def note(self, ticket: str, note_ref: str, text: str, *, public: bool = False) -> Receipt:
        def work() -> Receipt:
            if note_ref in self.there.notes[ticket]:
                return Receipt(Outcome.ALREADY)
            self.there.notes[ticket][note_ref] = text
            self.there.writes += 1
            return Receipt(Outcome.DONE)

        return self.write(work)

    def set_state(self, ticket: str, state: TicketState, *, expected: str = "") -> Receipt:
        def work() -> Receipt:
            if self.there.tickets[ticket].state is state:
                return Receipt(Outcome.ALREADY)
            self.there.tickets[ticket] = replace(self.there.tickets[ticket], state=state, native_state=state.value)
            self.there.writes += 1
            return Receipt(Outcome.DONE)

        return self.write(work)

    def changes(self, cursor: str) -> Delta[TicketEvent]:
        raise AssertionError("asked for what it cannot do")


@dataclass
class Post:
    """A mail server: how often each letter came, by its Message-ID, and its text."""

    letters: list[Letter] = field(default_factory=list)


@dataclass
class MailConnector(Served):
    """What a process of ours reaches of it."""

    there: Post
    fate: Fate
    name: str = "post"

    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def send(self, letter: Letter) -> Receipt:
        def work() -> Receipt:
            self.there.letters.append(letter)
            return Receipt(Outcome.DONE)

        return self.write(work)


@dataclass
class House:
    """A server of meeting rooms."""

    clock: Clock
    rooms: dict[str, Room] = field(default_factory=dict)
    made: int = 0
    writes: int = 0


@dataclass
class RoomsConnector(Served):
    """What a process of ours reaches of it."""

    there: House
    fate: Fate
    name: str = "rooms"

    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def open(self, draft: RoomDraft) -> Room:
        def work() -> Receipt:
            if draft.ref not in self.there.rooms:
                self.there.made += 1
                self.there.writes += 1
                self.there.rooms[draft.ref] = Room(draft.ref, str(self.there.made), self.there.clock())
            return Receipt(Outcome.DONE)

        if not self.write(work).stands:
            raise SkipThis(self.name, "Not this one.")
        return self.there.rooms[draft.ref]

    def join_link(self, room: Room, join: Join) -> str:
        raise AssertionError("nobody joins here")

    def rooms(self) -> Snapshot[Room]:
        look = self.looked()
        items = () if look is Look.EMPTY else tuple(self.there.rooms.values())
        complete = look in (Look.WELL, Look.OLD)
        why = "" if complete else "it ended early"
        self.fate.moment()
        return Snapshot(self.name, "rooms", self.there.clock(), items, complete, why)

    def end(self, ref: str) -> Receipt:
        def work() -> Receipt:
            if self.there.rooms.pop(ref, None) is None:
                return Receipt(Outcome.ALREADY)
            self.there.writes += 1
            return Receipt(Outcome.DONE)

        return self.write(work)

    def recordings(self, refs: Sequence[str]) -> Snapshot[Recording]:
        raise AssertionError("asked for what it cannot do")
