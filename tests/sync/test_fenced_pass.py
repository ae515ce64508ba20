"""A whole pass that loses its lane decides nothing; what its last call did is found and owned by the next one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kypek_sync.contract import Verb
from kypek_sync.contract.wire import Wire
from kypek_sync.ledger import Ledger, bindings, leases, outbox, runs
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.seats import reading as seats_reading
from tests.sync.centre import Centre, group, seats, sync_once
from tests.sync.test_main_job import four_applicants


def stolen(ledger: Ledger, centre: Centre) -> None:
    """The process stood still for as long as its lease lasted, and somebody else came."""
    centre.clock.turn(minutes=5)
    with ledger.begin() as connection:
        assert leases.take(connection, "att-a", "seats", "elsewhere:1:abcd", centre.clock())


def given_back(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        leases.give_back(connection, "att-a", "seats", "elsewhere:1:abcd")


def test_a_pass_that_stalls_between_reading_and_deciding_decides_nothing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, course = four_applicants(centre)
    sync_once(centre, "directory")
    read = seats_reading.read
    with centre.installation() as inst:

        def stall(*arguments: object, **words: object) -> object:
            found = read(*arguments, **words)  # type: ignore[arg-type]
            stolen(inst.ledger, centre)
            return found

        monkeypatch.setattr(seats_reading, "read", stall)
        report = run_lane(inst, "att-a", "seats")
        monkeypatch.undo()
        assert "taken over" in report.problems[0]
        with inst.ledger.begin(keep=False) as connection:
            assert runs.deeds(connection) == []
            assert outbox.listed(connection) == []
        assert seats(centre, code) == {}
        given_back(inst.ledger)
    sync_once(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}


@pytest.fixture
def stall_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], None]], None]:
    """Something that happens right after the write of this number on the wire, before its answer is recorded."""

    def arrange(number: int, happens: Callable[[], None]) -> None:
        exchange, count = Wire._exchange, 0

        def watched(self: Wire, method: str, url: str, *, write: bool, **rest: object) -> object:
            nonlocal count
            answer = exchange(self, method, url, write=write, **rest)  # type: ignore[arg-type]
            count += write
            if write and count == number:
                happens()
            return answer

        monkeypatch.setattr(Wire, "_exchange", watched)

    return arrange


def test_a_call_that_was_sent_before_the_lane_was_lost_is_kept_as_a_fact_and_owned_by_the_next_pass(
    centre: Centre, stall_after: Callable[[int, Callable[[], None]], None]
) -> None:
    code = centre.seminar("EKFE-26-02")  # the first write makes its course
    sync_once(centre, "directory")
    with centre.installation() as inst:
        stall_after(1, lambda: stolen(inst.ledger, centre))
        report = run_lane(inst, "att-a", "seats")
        assert "taken over" in report.problems[0]
        assert [(c.verb, r.stands) for c, r in report.done] == [(Verb.CREATE_COURSE, True)]
        with inst.ledger.begin(keep=False) as connection:
            (deed,) = runs.deeds(connection, seminar=code)
            assert deed.receipt is not None
            assert deed.receipt.stands  # what the server answered
            assert bindings.known(connection, "att-a", "course") == {}  # and nothing that follows from it
            (unsettled,) = runs.open_intents(connection, "att-a", (Verb.CREATE_COURSE,))
            assert unsettled.intent == deed.intent
        assert len(centre.world.courses()) == 1
        given_back(inst.ledger)
    for _ in range(2):
        sync_once(centre)
    assert len(centre.world.courses()) == 1  # found, not made again
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert ("eclass", code) in bindings.known(connection, "att-a", "course")
        assert runs.open_intents(connection, "att-a", tuple(Verb)) == []
