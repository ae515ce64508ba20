"""A course whose making got no answer, and what people wrote into the programme meanwhile: both were found by killing
daemons while programmes changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.ledger import runs
from kypek_sync.ledger.tables import intents
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import sync
from tests.sync.centre import Centre, sync_once
from tests.sync.two_platforms import TwoPlatforms, two_platforms


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    """Courses go to Moodle."""
    with two_platforms(tmp_path) as it:
        yield it


def died_before_the_answer(inst: Installation, system: str, code: str) -> None:
    """As a process leaves it that was killed between the intent and the receipt of a creation."""
    change = Change(Verb.CREATE_COURSE, Target(system, code), after=(("ref", f"kypek:att-a:{code}"),))
    with inst.ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", inst.clock())
        runs.intend(connection, run, "att-a", [change], inst.clock())


def unclear(inst: Installation) -> list[str]:
    """Verbs of the intents that nobody knows the outcome of."""
    with inst.ledger.begin(keep=False) as connection:
        return [row.verb for row in connection.execute(select(intents.c.verb).where(intents.c.settled.is_(False)))]


def test_a_course_made_by_hand_after_two_unclear_attempts_clears_them(centre: Centre) -> None:
    """eClass's list proves nothing (E-19), so after two looks a person is asked, makes the course and writes its
    address: from then on nothing is open any more."""
    code = centre.seminar()
    sync_once(centre, "directory")
    with centre.installation() as inst:
        for _ in range(2):
            died_before_the_answer(inst, "eclass", code)
    sync_once(centre, "seats")
    assert centre.world.courses() == (), "nobody knows, so nothing is made"
    centre.seminar(code, course=centre.address(centre.course()))
    sync_once(centre, "seats")
    with centre.installation() as inst:
        assert unclear(inst) == []


def test_a_course_whose_making_was_unclear_is_found_although_its_seminar_was_cancelled_meanwhile(
    both: TwoPlatforms,
) -> None:
    """Otherwise it would stay there, open, under its old title, and nobody would know that it is ours."""
    code = both.seminar()
    with both.installation() as inst:
        sync(inst, lanes=("directory",))
        both.faults.set("moodle:reset-after-write@1")
        sync(inst, lanes=("seats",))
        assert unclear(inst) == ["course.create"]
        (course,) = (c for c in both.moodle.courses() if c.idnumber == f"kypek:att-a:{code}")
        assert not course.fullname.startswith("ΑΚΥΡΩΘΗΚΕ")
        both.seminar(code, status="ΑΚΥΡΩΘΗΚΕ")
        for _ in range(2):
            sync(inst, lanes=("seats",))
        (course,) = (c for c in both.moodle.courses() if c.idnumber == f"kypek:att-a:{code}")
        assert course.fullname.startswith("ΑΚΥΡΩΘΗΚΕ")
        assert unclear(inst) == []


def test_a_course_that_was_never_made_is_not_made_for_a_cancelled_seminar(both: TwoPlatforms) -> None:
    code = both.seminar()
    with both.installation() as inst:
        sync(inst, lanes=("directory",))
        died_before_the_answer(inst, "moodle", code)
        both.seminar(code, status="ΑΚΥΡΩΘΗΚΕ")
        sync(inst, lanes=("seats",))
        assert [c for c in both.moodle.courses() if c.idnumber] == []
        assert unclear(inst) == []


def test_a_platform_that_does_not_answer_is_asked_again_at_the_next_pass(both: TwoPlatforms) -> None:
    """Unreachable is not empty."""
    code = both.seminar()
    with both.installation() as inst:
        sync(inst, lanes=("directory",))
        died_before_the_answer(inst, "moodle", code)
        both.seminar(code, status="ΑΚΥΡΩΘΗΚΕ")
        both.faults.set("moodle:refuse")
        sync(inst, lanes=("seats",))
        assert unclear(inst) == ["course.create"]
        both.faults.lift()
        both.clock.turn(minutes=30)
        sync(inst, lanes=("seats",))
        assert unclear(inst) == []
