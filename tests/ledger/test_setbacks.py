"""What did not succeed rests, for longer each time, until it succeeds or nobody wants it any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Change, Outcome, Receipt, Target, Verb
from kypek_sync.ledger import Ledger, setbacks
from kypek_sync.ledger.setbacks import STEPS, Setback, pause

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ENROL = Change(Verb.ENROL, Target("moodle", "S1", "", "anna"), (), (("role", "student"),))
NO = Receipt(Outcome.REFUSED, detail="No such account.")


def note(
    ledger: Ledger,
    receipt: Receipt = NO,
    change: Change = ENROL,
    now: datetime = NOW,
    after: timedelta | None = None,
) -> Setback | None:
    with ledger.begin() as connection:
        setbacks.note(connection, "att-a", "seats", change, receipt, now, after)
        found = [s for s in setbacks.listed(connection, "att-a") if s.target == change.target]
    return found[0] if found else None


def rests(ledger: Ledger, change: Change = ENROL, now: datetime = NOW) -> bool:
    with ledger.begin() as connection:
        return bool(setbacks.resting(connection, "att-a", [change], now))


def test_a_refusal_rests_for_longer_each_time(ledger: Ledger) -> None:
    now = NOW
    for number, step in enumerate((*STEPS, STEPS[-1]), 1):
        setback = note(ledger, now=now)
        assert setback is not None
        assert setback.next is not None
        assert (setback.attempts, setback.first, setback.last) == (number, NOW, now)
        assert 0.8 * step <= setback.next - now <= step
        assert rests(ledger, now=setback.next - timedelta(seconds=1))
        assert not rests(ledger, now=setback.next)
        now = setback.next


@given(st.text(max_size=10), st.integers(1, 50))
def test_a_pause_is_the_same_each_time_and_never_longer_than_a_day(login: str, attempts: int) -> None:
    change = Change(Verb.ENROL, Target("moodle", "S1", "", login))
    assert pause(change, attempts) == pause(change, attempts) <= timedelta(days=1)
    assert pause(change, attempts) >= 0.8 * STEPS[min(attempts, len(STEPS)) - 1]


def test_what_was_refused_together_does_not_come_back_together() -> None:
    times = {pause(Change(Verb.ENROL, Target("moodle", "S1", "", f"t{n}")), 1) for n in range(50)}
    assert len(times) == 50


def test_people_at_the_door_of_a_room_do_not_wait_for_a_quarter_of_an_hour() -> None:
    assert pause(Change(Verb.OPEN_ROOM, Target("bbb", "S1", "1")), 1) <= timedelta(minutes=1)


def test_another_wish_for_the_same_target_is_tried_at_once_and_counted_anew(ledger: Ledger) -> None:
    note(ledger)
    trainer = replace(ENROL, after=(("role", "trainer"),))
    assert not rests(ledger, trainer)
    assert rests(ledger, replace(ENROL, because=("for another reason",)))
    setback = note(ledger, change=trainer)
    assert setback is not None
    assert setback.attempts == 1
    assert not rests(ledger)


def test_a_server_is_obeyed_that_says_when_to_come_back(ledger: Ledger) -> None:
    note(ledger, Receipt(Outcome.LATER, detail="Not now."), after=timedelta(minutes=7))
    assert rests(ledger, now=NOW + timedelta(minutes=6))
    assert not rests(ledger, now=NOW + timedelta(minutes=7))


def test_without_a_clear_answer_or_a_time_it_is_looked_at_in_the_next_pass(ledger: Ledger) -> None:
    for outcome in (Outcome.LATER, Outcome.AMBIGUOUS):
        setback = note(ledger, Receipt(outcome, detail="No answer."))
        assert setback is not None
        assert setback.next is None
        assert not rests(ledger)


def test_a_refusal_stays_one_while_nobody_answers(ledger: Ledger) -> None:
    """Else its case would close and open again with every failure of the network."""
    note(ledger)
    setback = note(ledger, Receipt(Outcome.LATER, detail="Not now."))
    assert setback is not None
    assert (setback.outcome, setback.message, setback.attempts) == (Outcome.REFUSED, NO.detail, 2)


def test_a_success_ends_it(ledger: Ledger) -> None:
    note(ledger)
    assert note(ledger, Receipt(Outcome.ALREADY)) is None


def test_a_wish_that_is_gone_ends_it_only_where_the_pass_could_look(ledger: Ledger) -> None:
    other = replace(ENROL, target=Target("moodle", "S2", "", "anna"))
    room = replace(ENROL, verb=Verb.OPEN_ROOM)
    for change in (ENROL, other):
        note(ledger, change=change)
    with ledger.begin() as connection:
        setbacks.note(connection, "att-a", "rooms", room, NO, NOW)
        setbacks.forget_unwanted(connection, "att-a", "seats", {("moodle", "S1")}, [])
        left = {(s.verb, s.target.seminar) for s in setbacks.listed(connection, "att-a")}
    assert left == {(Verb.ENROL, "S2"), (Verb.OPEN_ROOM, "S1")}
    with ledger.begin() as connection:
        setbacks.forget_unwanted(connection, "att-a", "seats", {("moodle", "S2")}, [other])
        assert setbacks.count(connection, "att-a") == 2


def test_a_person_can_have_it_tried_at_once_and_its_count_stands(ledger: Ledger) -> None:
    note(ledger)
    with ledger.begin() as connection:
        setbacks.due_now(connection, setbacks.listed(connection, system="moodle", seminar="S1"))
    assert not rests(ledger)
    setback = note(ledger)
    assert setback is not None
    assert setback.attempts == 2


def test_each_centre_has_its_own(ledger: Ledger) -> None:
    note(ledger)
    with ledger.begin() as connection:
        assert setbacks.resting(connection, "att-b", [ENROL], NOW) == {}
        assert setbacks.count(connection, "att-b") == 0


def test_a_clock_that_ran_ahead_and_was_set_back_lets_nothing_rest(ledger: Ledger) -> None:
    """A change was refused while the machine's clock ran a month ahead; when it was set right the change rested for a
    month, although the longest rest is a day."""
    ahead = NOW + timedelta(days=30)
    note(ledger, now=ahead)
    assert rests(ledger, now=ahead)
    assert not rests(ledger, now=NOW)
    note(ledger, now=NOW)
    assert rests(ledger, now=NOW)
    assert not rests(ledger, now=NOW + STEPS[-1])


def test_a_batch_is_noted_as_one_after_the_other(ledger: Ledger) -> None:
    """Of the same answers the same rows, whether they come together or singly."""
    those = [replace(ENROL, target=replace(ENROL.target, login=f"t{n}", seminar=f"S{n % 3}")) for n in range(12)]
    rounds = [[NO, Receipt(Outcome.DONE), Receipt(Outcome.LATER, detail="Not now.")][n % 3 :] for n in range(2)]
    for number, answers in enumerate(rounds):
        answered = [(change, answers[n % len(answers)]) for n, change in enumerate(those)]
        now = NOW + timedelta(minutes=number)
        with ledger.begin() as connection:
            setbacks.note_all(connection, "together", "seats", answered, now, timedelta(minutes=5))
            for change, receipt in answered:
                setbacks.note(connection, "singly", "seats", change, receipt, now, timedelta(minutes=5))
    with ledger.begin() as connection:
        together, singly = (setbacks.listed(connection, kypek) for kypek in ("together", "singly"))
    assert len(together) > 3
    assert [replace(one, id=0, kypek="") for one in together] == [replace(one, id=0, kypek="") for one in singly]
