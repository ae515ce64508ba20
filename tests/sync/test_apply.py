"""Intent → call → receipt: one bad item never blocks others, a system that fails is left alone (design, rule 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kypek_sync.contract import (
    Ambiguous,
    Change,
    Outcome,
    Receipt,
    SkipThis,
    StopConnector,
    Target,
    TryLater,
    Verb,
)
from kypek_sync.ledger import Ledger, open_ledger, runs
from kypek_sync.sync.applying.apply import BATCH, Applier, NotYet
from kypek_sync.sync.lease import LeaseLost

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DONE = Receipt(Outcome.DONE)


def change(login: str = "", code: str = "S1", verb: Verb = Verb.ENROL, system: str = "moodle") -> Change:
    return Change(verb, Target(system, code, "", login))


@dataclass
class System:
    """A foreign system that answers as it is told: `answers` by seminar code, else `DONE`."""

    answers: dict[str, Exception] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        self.asked.append([f"{c.target.seminar} {c.target.login}".strip() for c in changes])
        for one in changes:
            if one.target.seminar in self.answers:
                raise self.answers[one.target.seminar]
        return [DONE] * len(changes)


@dataclass
class Bench:
    """An applier over a real ledger."""

    ledger: Ledger
    system: System
    ours: Callable[[], None] = lambda: None
    progress: list[int] = field(default_factory=list)
    across: frozenset[tuple[str, Verb]] = frozenset()

    def apply(self, *changes: Change) -> list[str]:
        """Apply; the outcomes in order."""
        with self.ledger.begin() as connection:
            run = runs.begin_run(connection, "att-a", "seats", NOW)
        self.applier = Applier(
            ledger=self.ledger,
            clock=lambda: NOW,
            kypek="att-a",
            run=run,
            calls=dict.fromkeys(Verb, self.system),
            remember=lambda connection, answered: None,
            still_ours=self.ours,
            progress=self.progress.append,
            across=self.across,
        )
        self.applier.apply(changes)
        return [receipt.outcome.value for _, receipt in self.applier.done]

    def open_intents(self) -> int:
        with self.ledger.begin() as connection:
            return len(runs.open_intents(connection, "att-a", tuple(Verb)))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    ledger = open_ledger("sqlite:///kypek.db", tmp_path)
    yield Bench(ledger, System())
    ledger.close()


def later(code: str) -> TryLater:
    return TryLater("moodle", f"{code}: not now.")


def test_changes_of_one_kind_on_one_course_go_out_together(bench: Bench) -> None:
    bench.apply(change("anna"), change("dora"), change("eva", "S2"), change("zoe", "S2", Verb.UNENROL))
    assert bench.system.asked == [["S1 anna", "S1 dora"], ["S2 eva"], ["S2 zoe"]]
    assert bench.progress == [2, 1, 1]
    assert bench.open_intents() == 0


def test_changes_that_a_system_takes_across_courses_go_out_together(bench: Bench) -> None:
    bench.across = frozenset({("moodle", Verb.ENROL)})
    bench.apply(
        *(change("anna", code) for code in ("S1", "S2", "S3")),
        change("zoe", "S3", Verb.UNENROL),
        *(change("eva", code) for code in ("S4", "S5")),
        change("eva", "S6", system="eclass"),
    )
    assert bench.system.asked == [["S1 anna", "S2 anna", "S3 anna"], ["S3 zoe"], ["S4 eva", "S5 eva"], ["S6 eva"]]
    assert bench.progress == [3, 1, 2, 1]


def test_what_waits_for_something_in_one_course_keeps_no_other_waiting(bench: Bench) -> None:
    bench.across = frozenset({("moodle", Verb.ENROL)})
    bench.system.answers = {"S2": NotYet("moodle", "The group is not there yet.")}
    assert bench.apply(*(change("anna", f"S{n}") for n in range(1, 5))) == ["done", "later", "done", "done"]
    assert [one.target.seminar for one in bench.applier.put_off] == ["S2"]


def test_what_needs_a_course_that_could_not_be_made_leaves_a_batch_across_courses(bench: Bench) -> None:
    bench.across = frozenset({("moodle", Verb.ENROL)})
    bench.system.answers = {"S1": SkipThis("moodle", "No category.")}
    bench.apply(change(verb=Verb.CREATE_COURSE), change("anna"), change("anna", "S2"))
    assert bench.system.asked == [["S1"], ["S2 anna"]]
    assert [(one.target.seminar, receipt.outcome.value) for one, receipt in bench.applier.done[1:]] == [
        ("S1", "later"),
        ("S2", "done"),
    ]


def test_no_batch_is_larger_than_what_is_recorded_together(bench: Bench) -> None:
    bench.apply(*(change(f"t{n}") for n in range(BATCH + 1)))
    assert [len(batch) for batch in bench.system.asked] == [BATCH, 1]


def test_what_is_refused_stops_nobody_else(bench: Bench) -> None:
    bench.system.answers = {f"S{n}": SkipThis("moodle", "No.") for n in range(1, 6)}
    assert bench.apply(*(change("anna", f"S{n}") for n in range(1, 7))) == ["refused"] * 5 + ["done"]


def test_a_system_that_fails_three_times_in_a_row_is_left_alone(bench: Bench) -> None:
    bench.system.answers = {f"S{n}": later(f"S{n}") for n in range(1, 4)}
    changes = [change("anna", f"S{n}") for n in range(1, 7)]
    assert bench.apply(*changes, change("anna", "S7", system="eclass")) == ["later"] * 6 + ["done"]
    assert len(bench.system.asked) == 4
    assert "not now" in bench.applier.done[5][1].detail
    assert bench.open_intents() == 0  # nothing was sent for those


def test_a_success_in_between_forgives(bench: Bench) -> None:
    bench.system.answers = {code: later(code) for code in ("S1", "S2", "S4", "S5")}
    outcomes = bench.apply(*(change("anna", f"S{n}") for n in range(1, 7)))
    assert outcomes == ["later", "later", "done", "later", "later", "done"]


def test_a_system_that_wants_a_person_is_left_alone_at_once(bench: Bench) -> None:
    bench.system.answers = {"S1": StopConnector("moodle", "The token has expired.")}
    assert bench.apply(change("anna"), change("anna", "S2")) == ["later", "later"]
    assert len(bench.system.asked) == 1


def test_without_a_clear_answer_the_intents_stay_open(bench: Bench) -> None:
    bench.system.answers = {"S1": Ambiguous("moodle", "No answer.")}
    assert bench.apply(change("anna"), change("dora"), change("eva", "S2")) == ["ambiguous", "ambiguous", "done"]
    assert bench.open_intents() == 2


def test_what_has_to_wait_for_something_of_ours_says_nothing_about_the_system(bench: Bench) -> None:
    bench.system.answers = {f"S{n}": NotYet("moodle", "The course is not there yet.") for n in range(1, 6)}
    assert bench.apply(*(change("anna", f"S{n}") for n in range(1, 7))) == ["later"] * 5 + ["done"]


def test_what_needs_a_course_that_could_not_be_made_waits(bench: Bench) -> None:
    bench.system.answers = {"S1": SkipThis("moodle", "No category.")}
    outcomes = bench.apply(
        change(verb=Verb.CREATE_COURSE),
        change("anna"),
        change(code="S2", verb=Verb.CREATE_COURSE),
        change("anna", "S2"),
    )
    assert outcomes == ["refused", "later", "done", "done"]
    assert bench.system.asked == [["S1"], ["S2"], ["S2 anna"]]


def test_what_was_done_before_the_lease_was_lost_is_told(bench: Bench) -> None:
    def ours() -> None:
        if len(bench.system.asked) == 2:
            raise LeaseLost("It was taken over.")

    bench.ours = ours
    with pytest.raises(LeaseLost):
        bench.apply(*(change("anna", f"S{n}") for n in range(1, 5)))
    assert [c.target.seminar for c, _ in bench.applier.done] == ["S1", "S2"]
    assert bench.open_intents() == 0  # not even intended
