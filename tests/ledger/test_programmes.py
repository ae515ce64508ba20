"""Programmes come into force by approval; a missing row cancels nothing (design, rule 20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, programmes
from kypek_sync.ledger.programmes import Approval, Offering, ProgrammeRead
from kypek_sync.model import Audience, Form, Seminar, Status, Trainer
from tests.ledger.writes import Writes
from tests.seminar.builders import seminar, session

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ONE, TWO = seminar("EKFE-26-01"), seminar("EKFE-26-02")


def in_force(*seminars: Seminar, approved: bool = True) -> dict[str, Offering]:
    return {s.code: Offering("att-a", s, approved) for s in seminars}


def merged(
    stored: dict[str, Offering], *read: Seminar, approved: bool = False, held: frozenset[str] = frozenset()
) -> dict[str, Offering]:
    found = programmes.merge(stored, read, "ekfe", "att-a", approved=approved, held=held, now=NOW)
    return {offering.seminar.code: offering for offering in found}


def test_a_new_seminar_is_a_draft_until_it_is_approved() -> None:
    assert not merged({}, ONE)[ONE.code].approved
    assert merged({}, ONE, approved=True)[ONE.code].approved
    draft = merged(in_force(ONE, approved=False), replace(ONE, capacity=9))[ONE.code]
    assert (draft.approved, draft.seminar.capacity, draft.pending) == (False, 9, False)


def test_after_approval_dates_places_trainers_description_and_cancellation_pass() -> None:
    changed = replace(
        ONE,
        sessions=(replace(session(), place="Αλλού"), session(2)),
        trainers=(Trainer("trainer2"),),
        description="Νέα περιγραφή",
        status=Status.CANCELLED,
    )
    offering = merged(in_force(ONE), changed)[ONE.code]
    assert (offering.seminar, offering.approved, offering.pending) == (changed, True, False)


def test_other_changes_wait_for_the_council() -> None:
    for change in (
        {"capacity": 30},
        {"title": "Άλλος τίτλος"},
        {"audience": Audience(specialties=("ΠΕ70",))},
        {"form": Form.ONLINE},
        {"registration_closes": NOW},
        {"mirrors": ("moodle",)},
    ):
        wanted = replace(ONE, description="Νέα", **change)  # type: ignore[arg-type]
        offering = merged(in_force(ONE), wanted)[ONE.code]
        assert offering.pending
        assert offering.seminar == replace(ONE, description="Νέα")
        assert merged(in_force(ONE), wanted, approved=True)[ONE.code] == Offering("att-a", wanted, True)


def test_a_missing_row_is_marked_and_kept() -> None:
    first = merged(in_force(ONE, TWO), TWO)
    assert first[ONE.code] == Offering("att-a", ONE, True, missing_since=NOW)
    earlier = {ONE.code: replace(first[ONE.code], missing_since=NOW - timedelta(days=3))}
    assert merged(earlier)[ONE.code].missing_since == NOW - timedelta(days=3)
    assert merged(earlier, ONE)[ONE.code].missing_since is None


def test_a_row_with_a_mistake_is_not_missing() -> None:
    held = frozenset({ONE.code})
    assert merged(in_force(ONE), held=held)[ONE.code] == Offering("att-a", ONE, True)
    marked = {ONE.code: Offering("att-a", ONE, True, missing_since=NOW)}
    assert merged(marked, held=held)[ONE.code].missing_since is None


def test_other_structures_are_not_touched() -> None:
    other = replace(TWO, structure="keplinet")
    assert set(merged(in_force(ONE, other), ONE)) == {ONE.code}


def test_what_is_stored_comes_back_and_only_changes_are_written(ledger: Ledger) -> None:
    offerings = [Offering("att-a", ONE, True), Offering("att-a", TWO, False)]
    with ledger.begin() as connection:
        programmes.store(connection, "att-a", offerings, {}, NOW)
        programmes.store(connection, "att-v", offerings[:1], {}, NOW)
        stored = programmes.in_force(connection, "att-a")
    assert list(stored.values()) == offerings
    writes = Writes(ledger)
    with ledger.begin() as connection:
        again = [replace(offerings[0], pending=True), offerings[1]]
        programmes.store(connection, "att-a", again, stored, LATER)
    assert writes.count == 0
    gone = replace(offerings[0], missing_since=LATER)
    with ledger.begin() as connection:
        programmes.store(connection, "att-a", [gone, offerings[1]], stored, LATER)
        assert programmes.in_force(connection, "att-a")[ONE.code] == gone
        assert programmes.in_force(connection, "att-v")[ONE.code].missing_since is None
    assert writes.count == 1


def test_the_same_file_read_again_writes_nothing(ledger: Ledger) -> None:
    first = ProgrammeRead("ekfe", "ekfe.xlsx", "a" * 64, NOW, ("Row 3: …",), "")
    with ledger.begin() as connection:
        programmes.note_read(connection, "att-a", first)
    writes = Writes(ledger)
    with ledger.begin() as connection:
        programmes.note_read(connection, "att-a", replace(first, read_at=LATER))
        assert programmes.reads(connection, "att-a") == {"ekfe": first}
    assert writes.count == 0
    broken = ProgrammeRead("ekfe", "ekfe.xlsx", "", LATER, (), "It is no workbook.")
    with ledger.begin() as connection:
        programmes.note_read(connection, "att-a", broken)
        assert programmes.reads(connection, "att-a") == {"ekfe": broken}
    assert writes.count == 1


def test_approvals_are_kept_in_order(ledger: Ledger) -> None:
    first = Approval("ekfe", "a" * 64, "president", "Πράξη 4/2026", NOW)
    second = Approval("ekfe", "b" * 64, "president", "Πράξη 7/2026", LATER)
    with ledger.begin() as connection:
        programmes.approve(connection, "att-a", first)
        programmes.approve(connection, "att-a", second)
        assert programmes.approved_files(connection, "att-a") == {"ekfe": [first, second]}
        assert programmes.approved_files(connection, "att-v") == {}
