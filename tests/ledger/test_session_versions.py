"""A session that moved is a new version of itself, once; one that did not is the same for ever (RFC 5545, SEQUENCE)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kypek_sync.ledger import Ledger, programmes, session_versions
from kypek_sync.ledger.calendar_tables import session_versions as table
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.session_versions import Version, is_cancelled
from kypek_sync.model import Form, Part, Seminar, Status, Trainer
from tests.seminar.builders import seminar, session

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
AFTER = NOW + timedelta(days=2)
TWO = seminar(sessions=(session(1), session(2)), parts=(Part("a", "πρωινό"), Part("b", "απογευματινό")))


def store(ledger: Ledger, one: Seminar, now: datetime, *, approved: bool = True) -> dict[int, Version]:
    """What is counted after a pass that reads the programme so."""
    with ledger.begin() as connection:
        before = programmes.in_force(connection, "att-a")
        programmes.store(connection, "att-a", [Offering("att-a", one, approved)], before, now)
        versions = session_versions.standing(connection, "att-a")[one.code]
        return {each.number: versions.version(each.number) for each in one.sessions}


def moved(one: Seminar, number: int = 1, **changes: Any) -> Seminar:
    """The seminar with one session changed."""
    return replace(one, sessions=tuple(replace(s, **changes) if s.number == number else s for s in one.sessions))


def test_a_session_that_moves_is_counted_once_and_the_others_are_not(ledger: Ledger) -> None:
    assert store(ledger, TWO, NOW) == {1: Version(0, NOW), 2: Version(0, NOW)}
    changed = moved(TWO, starts=TWO.sessions[0].starts + timedelta(hours=1))
    assert store(ledger, changed, LATER) == {1: Version(1, LATER), 2: Version(0, NOW)}
    assert store(ledger, changed, AFTER) == {1: Version(1, LATER), 2: Version(0, NOW)}


def test_a_session_that_moves_there_and_back_is_two_versions_further(ledger: Ledger) -> None:
    """A calendar that saw the first move would otherwise not believe the second one."""
    store(ledger, TWO, NOW)
    store(ledger, moved(TWO, place="Αλλού"), LATER)
    assert store(ledger, TWO, AFTER)[1] == Version(2, AFTER)


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "Αλλού"},
        {"topic": "Άλλο"},
        {"form": Form.ONLINE},
        {"status": Status.CANCELLED},
        {"part": "a"},
        {"ends": TWO.sessions[0].ends + timedelta(minutes=5)},
    ],
)
def test_whatever_a_calendar_shows_of_it_is_a_change(ledger: Ledger, changes: dict[str, Any]) -> None:
    store(ledger, TWO, NOW)
    assert store(ledger, moved(TWO, **changes), LATER) == {1: Version(1, LATER), 2: Version(0, NOW)}


@pytest.mark.parametrize("changes", [{"title": "Άλλος τίτλος"}, {"status": Status.CANCELLED}])
def test_what_changes_the_seminar_changes_all_its_sessions(ledger: Ledger, changes: dict[str, Any]) -> None:
    store(ledger, TWO, NOW)
    assert store(ledger, replace(TWO, **changes), LATER) == {1: Version(1, LATER), 2: Version(1, LATER)}


def test_a_part_that_is_cancelled_changes_its_own_sessions_and_those_of_all(ledger: Ledger) -> None:
    mixed = replace(TWO, sessions=(session(1, part="a"), session(2, part="b"), session(3)))
    store(ledger, mixed, NOW)
    off = replace(mixed, parts=(replace(TWO.parts[0], status=Status.CANCELLED), TWO.parts[1]))
    assert {n: v.sequence for n, v in store(ledger, off, LATER).items()} == {1: 1, 2: 0, 3: 1}
    assert [is_cancelled(off, one) for one in off.sessions] == [True, False, False]


def test_seats_trainers_and_descriptions_are_in_no_calendar(ledger: Ledger) -> None:
    store(ledger, TWO, NOW)
    other = replace(TWO, capacity=30, description="Νέα", trainers=(Trainer("trainer2"),), minimum=3)
    assert store(ledger, other, LATER) == {1: Version(0, NOW), 2: Version(0, NOW)}


def test_a_draft_is_counted_from_the_day_it_is_approved(ledger: Ledger) -> None:
    store(ledger, TWO, NOW, approved=False)
    store(ledger, moved(TWO, place="Αλλού"), LATER, approved=False)
    assert store(ledger, TWO, AFTER)[1] == Version(0, AFTER)


def test_a_session_that_is_missing_and_comes_back_is_the_version_that_it_was(ledger: Ledger) -> None:
    """Its absence is a finding, never a cancellation (design, rule 20)."""
    store(ledger, TWO, NOW)
    store(ledger, replace(TWO, sessions=TWO.sessions[:1]), LATER)
    assert store(ledger, TWO, AFTER)[2] == Version(0, NOW)


def test_what_was_in_force_before_versions_were_counted_is_the_first_one(ledger: Ledger) -> None:
    store(ledger, TWO, NOW)
    with ledger.begin() as connection:
        connection.execute(table.delete())
    described = replace(TWO, description="Νέα")
    assert store(ledger, described, LATER) == {1: Version(0, NOW), 2: Version(0, NOW)}
    assert store(ledger, moved(described, place="Αλλού"), AFTER) == {1: Version(1, AFTER), 2: Version(0, NOW)}


def test_the_same_versions_are_the_same_object(ledger: Ledger) -> None:
    store(ledger, TWO, NOW)
    seen = []
    for _ in range(2):
        with ledger.begin(keep=False) as connection:
            seen.append(session_versions.standing(connection, "att-a")[TWO.code])
    assert seen[0] is seen[1]
    assert seen[0].latest == NOW
