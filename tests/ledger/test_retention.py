"""Records about people end when their time is over (design, rule 16)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Change, Occupant, Outcome, Receipt, Room, Target, Verb
from kypek_sync.ledger import Ledger, outbox, plans, retention, rooms, runs, seats
from kypek_sync.ledger.outbox import Notice
from kypek_sync.ledger.plans import FREE, Plan, Planned
from kypek_sync.ledger.retention import UNEVENTFUL, Periods
from kypek_sync.model import Seat, SeatState

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=100)
PERIODS = Periods(presence=timedelta(days=90), outbox=timedelta(days=90), runs=timedelta(days=90))


def test_what_is_older_than_its_period_goes_and_the_rest_stays(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        for at, ref in ((OLD, "old"), (NOW, "new")):
            room = Room(ref, "i1", at, (Occupant("a", "A", False),))
            rooms.saw_room(connection, "att-a", "bbb", "EKFE-26-01", 1, room, at)
            outbox.put(connection, Notice("att-a", ref, ref, "seat:1", 1, "seat-granted", ()), "host", at)
            run = runs.begin_run(connection, "att-a", "seats", at)
            (intent,) = runs.intend(connection, run, "att-a", [Change(Verb.ENROL, Target("moodle", login=ref))], at)
            runs.receive(connection, intent, Receipt(Outcome.DONE), at)
            runs.end_run(connection, run, "done", {}, at)
            outbox.sent(connection, outbox.listed(connection, login=ref)[0], at)
        died = runs.begin_run(connection, "att-a", "seats", OLD)
        outbox.put(connection, Notice("att-a", "p", "unsent", "seat:2", 1, "seat-granted", ()), "host", OLD)
    with ledger.begin() as connection:
        assert retention.forget(connection, PERIODS, NOW) == {"presence": 1, "outbox": 1, "runs": 2}
        assert rooms.intervals(connection, "att-a", "old") == []
        assert len(rooms.intervals(connection, "att-a", "new")) == 1
        assert [row.notice.login for row in outbox.listed(connection)] == ["new", "unsent"]
        assert [d.change.target.login for d in runs.deeds(connection)] == ["new"]
        assert runs.get(connection, died) is None
        assert retention.forget(connection, PERIODS, NOW) == {"presence": 0, "outbox": 0, "runs": 0}


def test_passes_in_which_nothing_happened_go_after_two_weeks_and_the_others_stay(ledger: Ledger) -> None:
    """Every minute a pass of two lanes, for two years: millions of rows of each KYPEK, and of each the whole plan while
    something is held."""
    before = NOW - UNEVENTFUL - timedelta(hours=1)
    with ledger.begin() as connection:

        def made(lane: str, at: datetime, undoes: int | None = None) -> int:
            run = runs.begin_run(connection, "att-a", lane, at, undoes)
            runs.end_run(connection, run, "held", {}, at)
            return run

        wrote, decided, undid = made("seats", before), made("seats", before), made("seats", before, undoes=1)
        change = Change(Verb.ENROL, Target("moodle", login="t1"))
        runs.intend(connection, wrote, "att-a", [change], before)
        seat = Seat("EKFE-26-01", "t1", "t1", SeatState.GRANTED, "capacity")
        seats.record_seats(connection, "att-a", [seat], {}, decided, before)
        quiet = made("seats", before)
        plans.store(connection, quiet, Plan("att-a", "seats", before, (Planned(change, FREE),)))
        newest_of_a_paused_lane = made("mail", before)
        late = made("seats", before + timedelta(hours=2))
        made("seats", NOW)
    with ledger.begin() as connection:
        assert retention.forget(connection, PERIODS, NOW)["runs"] == 1
        assert runs.get(connection, quiet) is None
        assert plans.get(connection, quiet) is None
        for kept in (wrote, decided, undid, newest_of_a_paused_lane, late):
            assert runs.get(connection, kept) is not None
