"""A server that hides its meetings for one poll ends none of them (B-40)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kypek_sync.contract import Room
from kypek_sync.ledger import open_ledger, rooms

NOW = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)


def test_a_room_that_shows_again_is_still_ours_to_end(tmp_path: Path) -> None:
    """It stayed marked as ended: after the session nobody asked the server any more, and it was never ended."""
    room = Room("att-a-X-1", "i-1", NOW)
    ledger = open_ledger("sqlite:///kypek.db", tmp_path)
    with ledger.begin() as connection:
        rooms.saw_room(connection, "att-a", "bbb", "X", 1, room, NOW)
        rooms.ended(connection, "att-a", room.ref, NOW + timedelta(minutes=1))
        assert rooms.running(connection, "att-a") == {}
        rooms.saw_room(connection, "att-a", "bbb", "X", 1, room, NOW + timedelta(minutes=2))
        assert rooms.running(connection, "att-a") == {room.ref: room.incarnation}
    ledger.close()
