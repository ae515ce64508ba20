"""Room incarnations and who was seen in them. A missed poll is a gap, never an absence (B-28)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from kypek_sync.contract import Room
from kypek_sync.ledger.tables import presence, rooms

GAP = timedelta(minutes=3)
"""Two sightings further apart than this are two intervals with a gap between them."""


def saw_room(
    connection: Connection, kypek: str, system: str, seminar: str, session: int, room: Room, now: datetime
) -> None:
    """A room of ours is running: remember the incarnation and extend the presence of those inside. One that a poll had
    missed (B-40) has not ended after all."""
    where = (rooms.c.kypek == kypek) & (rooms.c.ref == room.ref) & (rooms.c.incarnation == room.incarnation)
    if connection.execute(update(rooms).where(where).values(seen=now, ended=None)).rowcount == 0:
        connection.execute(
            insert(rooms).values(
                kypek=kypek,
                ref=room.ref,
                incarnation=room.incarnation,
                system=system,
                seminar=seminar,
                session=session,
                opened=room.created,
                seen=now,
            )
        )
    for who, moderator in {occupant.who: occupant.moderator for occupant in room.occupants}.items():
        _extend(connection, kypek, room, who, moderator, now)


def ended(connection: Connection, kypek: str, ref: str, now: datetime) -> None:
    """A complete poll no longer shows the room: its incarnations are over."""
    where = (rooms.c.kypek == kypek) & (rooms.c.ref == ref) & rooms.c.ended.is_(None)
    connection.execute(update(rooms).where(where).values(ended=now))


def running(connection: Connection, kypek: str) -> dict[str, str]:
    """Rooms not known to have ended: ref → incarnation."""
    query = select(rooms.c.ref, rooms.c.incarnation).where(rooms.c.kypek == kypek, rooms.c.ended.is_(None))
    return {row.ref: row.incarnation for row in connection.execute(query.order_by(rooms.c.opened))}


def intervals(connection: Connection, kypek: str, ref: str) -> list[tuple[str, datetime, datetime]]:
    """Presence in a room, all incarnations: (who, from, to), sorted."""
    query = select(presence).where(presence.c.kypek == kypek, presence.c.ref == ref)
    return sorted((row.who, row.started, row.seen) for row in connection.execute(query))


def _extend(connection: Connection, kypek: str, room: Room, who: str, moderator: bool, now: datetime) -> None:
    where = (
        (presence.c.kypek == kypek)
        & (presence.c.ref == room.ref)
        & (presence.c.incarnation == room.incarnation)
        & (presence.c.who == who)
        & (presence.c.seen >= now - GAP)
    )
    if connection.execute(update(presence).where(where).values(seen=now)).rowcount == 0:
        connection.execute(
            insert(presence).values(
                kypek=kypek,
                ref=room.ref,
                incarnation=room.incarnation,
                who=who,
                moderator=moderator,
                started=now,
                seen=now,
            )
        )
