"""Somebody who was renamed and applied under both logins has one seat, whichever of the two they give up (rule 12)."""

from __future__ import annotations

from dataclasses import replace

from kypek_sync.model import SeatState
from kypek_sync.seminar.applications import carried
from tests.seminar.builders import application, seat


def test_the_seat_goes_along_with_the_login_that_is_left() -> None:
    before = {"anna": replace(seat("anna", SeatState.GRANTED), person="p1")}
    found = carried([application("anna2", person="p1")], before)
    assert found == {**before, "anna2": replace(before["anna"], login="anna2")}


def test_so_does_a_place_in_the_queue_also_where_the_other_login_gave_up_before() -> None:
    waits = replace(seat("anna", SeatState.WAITING), person="p1", place=3)
    gave_up = replace(seat("anna2", SeatState.WITHDRAWN), person="p1")
    found = carried([application("anna2", person="p1")], {"anna": waits, "anna2": gave_up})
    assert found["anna2"] == replace(waits, login="anna2")


def test_nothing_is_carried_while_the_login_with_the_seat_still_applies() -> None:
    before = {"anna": replace(seat("anna", SeatState.GRANTED), person="p1")}
    both = [application("anna", person="p1"), application("anna2", person="p1")]
    assert carried(both, before) == before


def test_nobody_gets_what_was_lost_or_is_somebody_elses_or_loses_what_they_have() -> None:
    refused = {"anna": replace(seat("anna", SeatState.REFUSED), person="p1")}
    assert carried([application("anna2", person="p1")], refused) == refused
    unknown = {"anna": replace(seat("anna", SeatState.GRANTED), person="")}
    assert carried([application("anna2", person="")], unknown) == unknown
    two = {
        "anna": replace(seat("anna", SeatState.WAITING), person="p1"),
        "anna2": replace(seat("anna2", SeatState.GRANTED), person="p1"),
    }
    assert carried([application("anna2", person="p1")], two) == two
