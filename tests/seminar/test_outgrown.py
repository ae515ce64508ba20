"""A granted seat is not lost through a transfer or another specialty: it is shown to the officer (design, rule 2)."""

from __future__ import annotations

from dataclasses import replace

from kypek_sync.model import Audience, Person, PersonKind, SeatState
from kypek_sync.seminar.outgrown import outgrown
from tests.seminar.builders import seat, seminar

ANNA = Person("anna", "Ιωάννου", "Άννα", "", PersonKind.TEACHER, specialties=("ΠΕ70",))
FOR_IT = Audience(specialties=("ΠΕ86",))


def test_who_teaches_something_else_by_now_is_shown_with_the_rule_and_what_it_found() -> None:
    granted = seat("anna", SeatState.GRANTED)
    (one,) = outgrown(seminar(audience=FOR_IT), [granted], {"anna": ANNA}, {})
    assert (one.login, one.rule, dict(one.facts)) == ("anna", "specialty", {"wanted": "ΠΕ86", "found": "ΠΕ70"})


def test_who_still_fits_or_waits_or_is_not_shown_by_the_directory_is_not() -> None:
    fitting = replace(ANNA, specialties=("ΠΕ86",))
    it = seminar(audience=FOR_IT)
    assert outgrown(it, [seat("anna", SeatState.GRANTED)], {"anna": fitting}, {}) == ()
    assert outgrown(it, [seat("anna", SeatState.WAITING)], {"anna": ANNA}, {}) == ()
    assert outgrown(it, [seat("anna", SeatState.GRANTED)], {}, {}) == ()
