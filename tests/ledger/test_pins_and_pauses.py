"""What people pin and pause is kept with who, when and why, on both databases, and told in the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from kypek_sync.contract import Target
from kypek_sync.ledger import Ledger, pauses, pins
from kypek_sync.ledger.care_tables import journal
from kypek_sync.ledger.pauses import Kind, Thing

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANNA = ("enrolment", Target("moodle", "X", "", "anna"))
ROOM = ("room", Target("rooms", "X", "1"))
MOODLE = Thing(Kind.CONNECTOR, "moodle", "", ("att-a", "att-b"))
SEMINAR = Thing(Kind.SEMINAR, "X", "att-a", ("att-a",))


def told(ledger: Ledger, kypek: str = "att-a") -> list[str]:
    with ledger.begin(keep=False) as connection:
        query = select(journal.c.kind).where(journal.c.kypek == kypek).order_by(journal.c.number)
        return [row.kind for row in connection.execute(query)]


def test_a_pin_is_kept_once_listed_and_released(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        pins.add(connection, "att-a", [ANNA, ROOM, ANNA], run=5, who="vera", why="undone", now=NOW)
        pins.add(connection, "att-a", [ANNA], run=6, who="zoe", why="again", now=NOW)
        pins.add(connection, "att-b", [ANNA], run=7, who="zoe", why="there", now=NOW)
    with ledger.begin() as connection:
        assert set(pins.for_kypek(connection, "att-a")) == {ANNA, ROOM}
        assert [pin.target.login for pin in pins.listed(connection, "att-a", login="anna")] == ["anna"]
        first, _ = pins.listed(connection, run=5)
        assert (first.who, first.why, first.at) == ("vera", "undone", NOW)
        assert pins.release(connection, [first.id, 99], "zoe", NOW) == 1
        assert pins.release(connection, [first.id], "zoe", NOW) == 0
        assert set(pins.for_kypek(connection, "att-a")) == {ROOM}
        kept = next(p for p in pins.listed(connection, released=True) if p.id == first.id)
        assert (kept.released, kept.released_by) == (NOW, "zoe")
    assert told(ledger) == ["pin", "pin", "release"]


def test_what_was_released_can_be_pinned_again(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        for _ in range(2):
            pins.add(connection, "att-a", [ANNA], run=5, who="vera", why="undone", now=NOW)
            assert pins.release(connection, [p.id for p in pins.listed(connection)], "zoe", NOW) == 1
        assert len(pins.listed(connection, released=True)) == 2


def test_a_pause_stands_until_its_moment_or_until_it_is_resumed(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        pauses.add(connection, MOODLE, who="vera", why="upgrade", until=NOW + timedelta(hours=1), now=NOW)
        pauses.add(connection, SEMINAR, who="vera", why="room", until=None, now=NOW)
    with ledger.begin() as connection:
        paused = pauses.for_kypek(connection, "att-a", NOW)
        assert (set(paused.connectors), set(paused.seminars), paused.whole) == ({"moodle"}, {"X"}, None)
        assert pauses.for_kypek(connection, "att-b", NOW).seminars == {}
        assert paused.of("moodle", "Y") is not None
        assert paused.of("eclass", "Y") is None
        later = NOW + timedelta(hours=1)
        assert set(pauses.for_kypek(connection, "att-a", later).connectors) == set()
        assert pauses.resume(connection, MOODLE, who="zoe", now=later) == 0
        assert pauses.resume(connection, SEMINAR, who="zoe", now=later) == 1
        assert pauses.standing(connection, later) == []
    assert (told(ledger), told(ledger, "att-b")) == (["pause", "pause", "resume"], ["pause"])


def test_a_new_pause_of_the_same_thing_replaces_the_old(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        pauses.add(connection, SEMINAR, who="vera", why="room", until=None, now=NOW)
        pauses.add(connection, SEMINAR, who="zoe", why="longer", until=NOW + timedelta(days=2), now=NOW)
        (only,) = pauses.standing(connection, NOW)
    assert (only.who, only.why) == ("zoe", "longer")


def test_a_paused_kypek_is_paused_as_a_whole(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        what = Thing(Kind.KYPEK, "att-a", "", ("att-a",))
        pauses.add(connection, what, who="vera", why="moving", until=None, now=NOW)
        assert pauses.for_kypek(connection, "att-a", NOW).whole is not None
        assert pauses.for_kypek(connection, "att-b", NOW).whole is None
