"""The rooms lane: rooms of sessions that are on, and who is inside. Never waits for a seats pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kypek_sync.contract import Change, ConnectorError, Outcome, Receipt, Room, Rooms, Snapshot, Target, Verb
from kypek_sync.ledger import programmes, rooms, runs
from kypek_sync.sync.applying.apply import Call
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import WishedRoom, room_reference
from kypek_sync.sync.planning.plan import plan_rooms
from kypek_sync.sync.planning.rests import rests_on
from kypek_sync.sync.report import LaneReport


@dataclass(frozen=True, slots=True)
class RoomsRead:
    """One poll of the room server."""

    system: str
    poll: Snapshot[Room] | None = None
    problem: ConnectorError | None = None


@dataclass
class RoomsDecided:
    """The plan, and the rooms it is about by reference."""

    changes: tuple[Change, ...] = ()
    wished: dict[str, WishedRoom] = field(default_factory=dict)
    looked: frozenset[tuple[str, str]] = frozenset()


def read(inst: Installation, kypek: str) -> RoomsRead:
    """One poll; nothing is asked when no session is on and no room of ours is open."""
    system = inst.kypek(kypek).rooms
    server = inst.connectors.rooms(kypek)
    if server is None:
        return RoomsRead(system)
    with inst.ledger.begin(keep=False) as connection:
        offerings = programmes.in_force(connection, kypek)
        open_rooms = rooms.running(connection, kypek)
    seminars = [o.seminar for o in offerings.values() if o.approved]
    if not open_rooms and not desired.rooms(seminars, inst.centre(kypek), inst.clock()):
        return RoomsRead(system)
    if (why := inst.shut(system)) is not None:
        return RoomsRead(system, problem=why)
    try:
        read = RoomsRead(system, server.rooms())
    except ConnectorError as error:
        inst.heard(system, [error])
        return RoomsRead(system, problem=error)
    inst.heard(system, [], answers=1)
    return read


def decide(connection: Connection, inst: Installation, kypek: str, read: RoomsRead, report: LaneReport) -> RoomsDecided:
    """Record presence and plan rooms to open and to end."""
    if read.problem is not None:
        report.problems.append(f"{read.problem} Presence has a gap here; nobody counts as absent for it.")
    if read.poll is None:
        return RoomsDecided()
    now, centre = inst.clock(), inst.centre(kypek)
    offerings = programmes.in_force(connection, kypek)
    seminars = [o.seminar for o in offerings.values() if o.approved]
    ours = {
        room_reference(kypek, s.code, session.number): Target(read.system, s.code, str(session.number))
        for s in seminars
        for session in s.sessions
    }
    running = {room.ref: room for room in read.poll.items}
    for ref, room in running.items():
        if ref in ours:
            target = ours[ref]
            rooms.saw_room(connection, kypek, read.system, target.seminar, int(target.object), room, now)
    if read.poll.complete:
        unclear = runs.open_intents(connection, kypek, (Verb.OPEN_ROOM, Verb.END_ROOM))
        runs.settle(connection, [deed.intent for deed in unclear], now)  # the poll shows what became of them
        for ref in rooms.running(connection, kypek):
            if ref not in running:
                rooms.ended(connection, kypek, ref, now)
    wished = desired.rooms(seminars, centre, now)
    report.counts |= {
        "rooms": len(set(running) & set(ours)),
        "people inside": sum(len({o.who for o in running[r].occupants}) for r in set(running) & set(ours)),
    }
    looked = frozenset((read.system, s.code) for s in seminars)
    return RoomsDecided(
        plan_rooms(wished, running, ours, inst.text("its session is over"), rests_on((read.poll,), inst.text)),
        {w.draft.ref: w for w in wished},
        looked,
    )


def calls(inst: Installation, kypek: str, decided: RoomsDecided, server: Rooms) -> dict[Verb, Call]:
    """How rooms are opened and ended."""

    def open_rooms(changes: Sequence[Change]) -> Sequence[Receipt]:
        receipts = []
        for change in changes:
            wish = decided.wished[change.wanted("ref")]
            room = server.open(wish.draft)
            with inst.ledger.begin() as connection:
                rooms.saw_room(connection, kypek, wish.system, wish.seminar, wish.session, room, inst.clock())
            receipts.append(Receipt(Outcome.DONE, room.incarnation))
        return receipts

    def end_rooms(changes: Sequence[Change]) -> Sequence[Receipt]:
        return [server.end(dict(change.before)["ref"]) for change in changes]

    return {Verb.OPEN_ROOM: open_rooms, Verb.END_ROOM: end_rooms}
