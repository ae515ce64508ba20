"""Records about people end when their time is over (design, rule 16)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Change, Occupant, Outcome, Receipt, Room, Target, Verb
from kypek_sync.ledger import Ledger, outbox, retention, rooms, runs
from kypek_sync.ledger.outbox import Notice
from kypek_sync.ledger.retention import Periods

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
            outbox.sent(connection, outbox.listed(connection, login=ref)[0].id, at)
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
