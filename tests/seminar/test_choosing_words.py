"""How a seminar chooses, said to whoever reads its page."""

from __future__ import annotations

from kypek_sync.language import speaker
from kypek_sync.model import Enforcement
from kypek_sync.seminar.choosing_words import choosing_lines
from tests.seminar.builders import seminar


def test_that_refused_people_do_not_stay_is_said_and_that_they_do_is_not() -> None:
    assert choosing_lines(seminar(enforcement=Enforcement.MARK), speaker("el")) == ()
    said = choosing_lines(seminar(enforcement=Enforcement.RESTRICT), speaker("el"))
    assert said == ("Όσοι απορρίπτονται βγαίνουν από το μάθημα.",)
