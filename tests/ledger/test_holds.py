"""A hold lives across passes until it is approved, rejected or no longer wanted (design, rule 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import Ledger, holds
from kypek_sync.ledger.holds import HoldState

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
CODE = "EKFE-26-01"
ALL = frozenset({("moodle", CODE)})


def removal(login: str, **changes: object) -> Change:
    plain = Change(Verb.UNENROL, Target("moodle", CODE, "", login), (("role", "student"),), cause=Cause.INFERRED)
    return replace(plain, **changes)  # type: ignore[arg-type]


TOO_MANY = Sentence.of(
    "%(count)s inferred removals in %(seminar)s; %(limit)s pass without a person.", count=4, seminar=CODE, limit=3
)


def keep(ledger: Ledger, *changes: Change, now: datetime = NOW, guard: str = "limit") -> int:
    with ledger.begin() as connection:
        return holds.keep(connection, "att-a", guard, CODE, "moodle", changes, TOO_MANY, now)


def state(ledger: Ledger, number: int) -> HoldState:
    with ledger.begin() as connection:
        hold = holds.get(connection, number)
    assert hold is not None
    return hold.state


def forget(ledger: Ledger, looked: frozenset[tuple[str, str]] = ALL, now: datetime = LATER) -> None:
    with ledger.begin() as connection:
        holds.forget_unwanted(connection, "att-a", looked, now)


def test_the_fingerprint_ignores_reasons_causes_and_order() -> None:
    one, two = removal("anna"), removal("dora")
    assert holds.fingerprint([one, two]) == holds.fingerprint([two, one])
    assert holds.fingerprint([one]) == holds.fingerprint([replace(one, because=("row 2",), cause=Cause.DECIDED)])


def test_the_fingerprint_tells_apart_what_would_be_done() -> None:
    one = removal("anna")
    others = [
        removal("dora"),
        replace(one, verb=Verb.ENROL),
        replace(one, before=()),
        replace(one, after=(("role", "student"),)),
        replace(one, target=replace(one.target, system="eclass")),
    ]
    assert len({holds.fingerprint([c]) for c in [one, *others]}) == 6


def test_the_same_changes_are_the_same_hold(ledger: Ledger) -> None:
    first = keep(ledger, removal("anna"), removal("dora"))
    assert keep(ledger, removal("dora"), removal("anna", because=("again",)), now=LATER) == first
    assert keep(ledger, removal("anna"), now=LATER) != first
    assert keep(ledger, removal("anna"), removal("dora"), guard="week-limit") != first
    with ledger.begin() as connection:
        hold = holds.get(connection, first)
        assert hold is not None
        assert hold.changes == (removal("anna"), removal("dora"))
        assert (hold.opened, hold.state, hold.why) == (NOW, HoldState.OPEN, TOO_MANY)
        assert [h.id for h in holds.listed(connection, "att-a")] == [first, first + 1, first + 2]
        assert holds.listed(connection, "att-v") == []
        assert len(holds.listed(connection)) == 3
        assert holds.get(connection, 999) is None


def test_an_open_hold_is_approved_once_by_somebody_until_some_day(ledger: Ledger) -> None:
    number = keep(ledger, removal("anna"))
    until = NOW + timedelta(days=7)
    with ledger.begin() as connection:
        assert holds.decide(connection, number, HoldState.APPROVED, "officer1", NOW, until)
        assert not holds.decide(connection, number, HoldState.APPROVED, "officer2", NOW, None)
        hold = holds.get(connection, number)
        assert hold is not None
        assert (hold.state, hold.who, hold.decided, hold.expires) == (HoldState.APPROVED, "officer1", NOW, until)


def test_a_person_may_think_again_while_it_is_wanted(ledger: Ledger) -> None:
    number = keep(ledger, removal("anna"))
    for decision in (HoldState.REJECTED, HoldState.APPROVED, HoldState.REJECTED):
        with ledger.begin() as connection:
            assert holds.decide(connection, number, decision, "officer2", NOW, None)
        assert state(ledger, number) is decision
    forget(ledger, now=LATER)
    with ledger.begin() as connection:
        assert not holds.decide(connection, number, HoldState.APPROVED, "officer2", LATER, None)


def test_a_rejected_hold_is_not_asked_about_again_while_it_is_wanted(ledger: Ledger) -> None:
    number = keep(ledger, removal("anna"))
    with ledger.begin() as connection:
        assert holds.decide(connection, number, HoldState.REJECTED, "officer1", NOW, None)
    assert keep(ledger, removal("anna"), now=LATER) == number
    forget(ledger, now=LATER)
    assert state(ledger, number) is HoldState.REJECTED
    forget(ledger, now=LATER + timedelta(minutes=15))
    assert state(ledger, number) is HoldState.GONE
    assert keep(ledger, removal("anna"), now=LATER + timedelta(days=90)) != number


def test_what_is_wanted_no_more_is_gone(ledger: Ledger) -> None:
    number, other = keep(ledger, removal("anna")), keep(ledger, removal("dora"))
    keep(ledger, removal("dora"), now=LATER)
    forget(ledger)
    assert state(ledger, number) is HoldState.GONE
    assert state(ledger, other) is HoldState.OPEN


def test_an_approved_hold_that_is_touched_stays(ledger: Ledger) -> None:
    number = keep(ledger, removal("anna"))
    with ledger.begin() as connection:
        holds.decide(connection, number, HoldState.APPROVED, "officer1", NOW, None)
        holds.touch(connection, number, LATER)
    forget(ledger)
    assert state(ledger, number) is HoldState.APPROVED
    forget(ledger, now=LATER + timedelta(minutes=15))
    assert state(ledger, number) is HoldState.GONE


def test_holds_of_seminars_that_could_not_be_read_survive(ledger: Ledger) -> None:
    number = keep(ledger, removal("anna"))
    forget(ledger, looked=frozenset({("eclass", CODE), ("moodle", "EKFE-26-02")}))
    assert state(ledger, number) is HoldState.OPEN


def test_what_was_read_only_in_part_ends_no_hold_over_removals(ledger: Ledger) -> None:
    """No removal is planned then, so nobody can tell whether it is still wanted; an approval must not be lost by it."""
    gone = keep(ledger, removal("anna"))
    coming = keep(ledger, Change(Verb.ENROL, Target("moodle", CODE, "", "dora")))
    with ledger.begin() as connection:
        assert holds.decide(connection, gone, HoldState.APPROVED, "officer1", NOW, None)
        holds.forget_unwanted(connection, "att-a", ALL, LATER, partial=ALL)
    assert state(ledger, gone) is HoldState.APPROVED
    assert state(ledger, coming) is HoldState.GONE
    forget(ledger, now=LATER)
    assert state(ledger, gone) is HoldState.GONE


def test_a_clock_that_was_set_back_keeps_no_approval_alive(ledger: Ledger) -> None:
    """It was seen at a moment that is yet to come: nobody wants it now, and whoever wants it some day asks again."""
    approved = keep(ledger, removal("anna"), now=LATER)
    wanted = keep(ledger, removal("dora"), now=NOW)
    with ledger.begin() as connection:
        assert holds.decide(connection, approved, HoldState.APPROVED, "officer1", LATER, None)
        holds.forget_unwanted(connection, "att-a", ALL, NOW, until=NOW + timedelta(seconds=1))
    assert state(ledger, approved) is HoldState.GONE
    assert state(ledger, wanted) is HoldState.OPEN
