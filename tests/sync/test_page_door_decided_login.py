"""The third door under a login that somebody else had before: what a person decided says whose the application is."""

from __future__ import annotations

import pytest

from kypek_sync.ledger import programmes
from kypek_sync.ledger.identities import Verdict
from kypek_sync.seminar.applications import PAGE
from kypek_sync.seminar.page_door import Step
from kypek_sync.seminar.rulings import Word
from kypek_sync.sync.seats.answering import answer, seat_of
from tests.sync.centre import TEACHERS, Centre, Teacher, seats, sync_once
from tests.sync.test_identity_in_doubt import decide
from tests.sync.test_page_door import CODE, applies, doors, later, on_older, shown, stands

pytestmark = pytest.mark.slow


def passed_on(older: Centre, verdict: Verdict, *before: str) -> None:
    """teacher1 applied on the page, before or after these others, and is called moved1 by now; whoever has the login
    since is, by an administrator's word, the same person or another one. No pass has looked at seats after that."""
    on_older(older, capacity=1)
    applies(older, *before, "teacher1", "teacher3")
    sync_once(older)
    older.clock.turn(hours=7)
    older.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
    sync_once(older)
    assert stands(older, "teacher1").unsure
    decide(older, verdict)


def test_the_same_person_has_what_they_applied_for_before_the_next_pass_says_so(older: Centre) -> None:
    """The page took them for somebody new, let them apply, and gave what they had to a login that was not theirs."""
    passed_on(older, Verdict.SAME)
    assert stands(older, "teacher1").step is None
    assert applies(older, "teacher1") == [False]
    assert shown(older, "teacher1").state == "granted"  # type: ignore[union-attr]
    for _ in range(2):
        later(older)
        assert seats(older, CODE) == {"teacher1": "granted", "teacher3": "waiting"}
        assert doors(older) == {(PAGE, "teacher1"), (PAGE, "teacher3")}


def test_the_same_person_keeps_their_place_in_the_queue(older: Centre) -> None:
    passed_on(older, Verdict.SAME, "teacher2")
    assert applies(older, "teacher1") == [False]
    later(older)
    assert seats(older, CODE) == {"teacher1": "waiting", "teacher2": "granted", "teacher3": "waiting"}
    assert [shown(older, one).place for one in ("teacher1", "teacher3")] == [1, 2]  # type: ignore[union-attr]


def test_the_same_person_gives_it_back_before_the_next_pass(older: Centre) -> None:
    passed_on(older, Verdict.SAME)
    with older.installation() as inst, inst.ledger.begin() as connection:
        offering = programmes.in_force(connection, "att-a")[CODE]
        seat = seat_of(connection, inst, offering, "teacher1")
        assert seat is not None
        assert answer(connection, inst, offering, seat, Word.GIVE_BACK)
    later(older)
    assert seats(older, CODE) == {"teacher1": "withdrawn", "teacher3": "granted"}


def test_another_person_applies_anew_and_whoever_had_the_login_keeps_what_they_had(older: Centre) -> None:
    passed_on(older, Verdict.OTHER)
    assert stands(older, "teacher1").step is Step.APPLY
    assert shown(older, "teacher1") is None
    assert applies(older, "teacher1") == [True]
    later(older)
    assert seats(older, CODE) == {"moved1": "granted", "teacher1": "waiting", "teacher3": "waiting"}
    assert doors(older) == {(PAGE, "moved1"), (PAGE, "teacher1"), (PAGE, "teacher3")}
