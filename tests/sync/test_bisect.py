"""A batch that is refused as a whole is halved until exactly the bad elements are refused, each in its own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil, log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kypek_sync.contract import Ambiguous, Change, ConnectorError, Outcome, Receipt, SkipThis, Target, TryLater, Verb
from kypek_sync.ledger import Ledger, open_ledger, runs
from kypek_sync.ledger.tables import intents
from kypek_sync.sync.applying.apply import Applier
from kypek_sync.sync.applying.bisect import bisected

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LOGINS = [f"t{n:02}" for n in range(12)]


@st.composite
def batches(draw: st.DrawFn) -> tuple[int, frozenset[int]]:
    """The size of a batch, and which of its elements are bad."""
    size = draw(st.integers(0, 200))
    return size, draw(st.frozensets(st.integers(0, size - 1))) if size else frozenset()


@given(batches())
def test_exactly_the_bad_ones_are_refused_and_all_others_done_in_few_calls(batch: tuple[int, frozenset[int]]) -> None:
    size, bad = batch
    calls, done = 0, list[int]()

    def ask(part: Sequence[int]) -> bool:
        nonlocal calls
        calls += 1
        refused = not bad.isdisjoint(part)
        if not refused:
            done.extend(part)
        return refused

    found = list(bisected(list(range(size)), ask, lambda refused: refused))
    assert [item for part, _ in found for item in part] == list(range(size))
    assert [part[0] for part, refused in found if refused] == sorted(bad)
    assert all(len(part) == 1 for part, refused in found if refused)
    assert done == [item for item in range(size) if item not in bad]
    assert calls <= max(2 * size - 1, 0)
    assert calls <= 1 + 2 * len(bad) * ceil(log2(max(size, 2)))


@dataclass
class Atomic:
    """A system that takes all of a batch or nothing. `bad` are refused; `gone` is raised for a batch with such a login,
    from the call `gone_from` on."""

    ledger: Ledger
    bad: frozenset[str] = frozenset()
    gone: dict[str, ConnectorError] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    intended: list[bool] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)

    def __call__(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        logins = [c.target.login for c in changes]
        self.asked.append(logins)
        with self.ledger.begin(keep=False) as connection:
            query = select(intents.c.login).where(intents.c.settled.is_(False))
            self.intended.append({row.login for row in connection.execute(query)} >= set(logins))
        for login in logins:
            if login in self.gone and len(self.asked) > 1:
                raise self.gone[login]
        if refused := [login for login in logins if login in self.bad]:
            raise SkipThis("moodle", f"{refused[0]} is not wanted here.")
        self.inside |= set(logins)
        return [Receipt(Outcome.DONE)] * len(changes)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    it = open_ledger("sqlite:///kypek.db", tmp_path)
    yield it
    it.close()


def apply(ledger: Ledger, system: Atomic) -> dict[str, Receipt]:
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
    applier = Applier(
        ledger=ledger,
        clock=lambda: NOW,
        kypek="att-a",
        run=run,
        calls=dict.fromkeys(Verb, system),
        remember=lambda connection, answered: None,
        still_ours=lambda: None,
    )
    applier.apply([Change(Verb.ENROL, Target("moodle", "S1", "", login)) for login in LOGINS])
    return {change.target.login: receipt for change, receipt in applier.done}


def open_intents(ledger: Ledger) -> list[str]:
    with ledger.begin() as connection:
        return [deed.change.target.login for deed in runs.open_intents(connection, "att-a", tuple(Verb))]


def test_the_bad_ones_hear_their_own_sentence_and_the_others_are_in(ledger: Ledger) -> None:
    """M-24: one bad element fails the whole of an atomic call."""
    system = Atomic(ledger, frozenset({"t03", "t08"}))
    found = apply(ledger, system)
    assert system.inside == set(LOGINS) - {"t03", "t08"}
    assert {login: r.detail for login, r in found.items() if r.outcome is Outcome.REFUSED} == {
        login: f"moodle: {login} is not wanted here." for login in ("t03", "t08")
    }
    assert list(found) == LOGINS


def test_every_part_was_intended_before_it_was_asked_for_and_answered_after(ledger: Ledger) -> None:
    system = Atomic(ledger, frozenset({"t03"}))
    apply(ledger, system)
    assert len(system.asked) > 3
    assert all(system.intended)
    assert open_intents(ledger) == []
    with ledger.begin() as connection:
        recorded = [row.login for row in connection.execute(select(intents.c.login))]
    assert sorted(recorded) == LOGINS  # one intent for each, however often its batch was divided


def test_what_is_not_clear_is_never_asked_again_in_parts(ledger: Ledger) -> None:
    system = Atomic(ledger, frozenset({"t09"}), {"t01": Ambiguous("moodle", "No answer.")})
    found = apply(ledger, system)
    unclear = [login for login, receipt in found.items() if receipt.outcome is Outcome.AMBIGUOUS]
    assert unclear == LOGINS[:6]
    assert sum("t01" in logins for logins in system.asked) == 2  # in the whole that was refused, and in the half
    assert open_intents(ledger) == LOGINS[:6]
    assert found["t09"].outcome is Outcome.REFUSED
    assert system.inside == set(LOGINS[6:]) - {"t09"}


def test_a_system_that_goes_away_meanwhile_is_not_asked_for_the_rest(ledger: Ledger) -> None:
    away = TryLater("moodle", "Not now.")
    system = Atomic(ledger, frozenset({"t00"}), dict.fromkeys(LOGINS[1:], away))
    found = apply(ledger, system)
    assert found["t00"].outcome is Outcome.LATER  # in company of others that could not be asked
    assert all(receipt.outcome is Outcome.LATER for receipt in found.values())
    assert len(system.asked) == 3
    assert open_intents(ledger) == []
