"""An address in place of a bound course's changes nothing, and is told: nobody decided to move people (rules 4, 20)."""

from __future__ import annotations

import pytest

from kypek_sync.sync.explanation import explain
from tests.sync.centre import Centre, seats, sync_once


def told(centre: Centre) -> list[str]:
    """What the officer is told at the next pass, and what `explain` says of the course; both say the same."""
    centre.clock.turn(minutes=20)
    notes = [note for note in sync_once(centre)["seats"].notes if "το πρόγραμμα" in note]
    with centre.installation() as inst:
        (story,) = explain(inst, "att-a", "teacher1").seminars
    assert [note.startswith(said) for note, said in zip(notes, story.otherwise, strict=True)] == [True] * len(notes)
    return notes


@pytest.fixture
def course(centre: Centre) -> str:
    """Two have their seats there."""
    code = centre.course()
    centre.apply("teacher1", code)
    centre.apply("teacher2", code)
    centre.seminar(course=centre.address(code))
    assert told(centre) == []
    return code


def test_the_address_of_another_course_moves_nobody_and_is_told(centre: Centre, course: str) -> None:
    other = centre.course("Άλλο μάθημα")
    centre.apply("teacher3", other)
    before = seats(centre, "EKFE-26-01")
    centre.seminar(course=centre.address(other))
    (note,) = told(centre)
    assert f"{centre.address(other)}: μένει σε εκείνο που έχει, {centre.address(course)}" in note
    assert seats(centre, "EKFE-26-01") == before
    centre.seminar(course=centre.address(course))
    assert told(centre) == []


def test_an_address_that_was_cleared_is_told(centre: Centre, course: str) -> None:
    before = seats(centre, "EKFE-26-01")
    centre.seminar(course='""')
    (note,) = told(centre)
    assert f"που η διεύθυνσή του ήταν γραμμένη, {centre.address(course)}" in note
    assert len(centre.world.courses()) == 1
    assert seats(centre, "EKFE-26-01") == before


def test_an_address_that_was_written_beside_a_course_of_ours_is_told(centre: Centre) -> None:
    centre.seminar()
    sync_once(centre)
    centre.apply("teacher1", centre.world.courses()[0].code)
    assert told(centre) == []
    centre.seminar(course=centre.address(centre.course()))
    assert len(told(centre)) == 1


@pytest.mark.parametrize("form", ["{home}/courses/{code}", "{home}/modules/document/?course={code}"])
def test_another_form_of_the_same_address_is_nothing_to_tell(centre: Centre, course: str, form: str) -> None:
    centre.seminar(course=form.format(home=centre.server.address, code=course))
    assert told(centre) == []


def test_a_cancelled_seminar_has_nothing_to_tell(centre: Centre, course: str) -> None:
    centre.seminar(course='""', status="ακυρώθηκε")
    assert told(centre) == []
