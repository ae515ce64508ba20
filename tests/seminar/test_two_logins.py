"""Somebody who was renamed and applied under both logins has one seat, whichever of the two they give up (rule 12)."""

from __future__ import annotations

from dataclasses import replace

from kypek_sync.model import Application, Seat, SeatState
from kypek_sync.seminar.applications import carried, one_each
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar


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


def test_nothing_goes_from_or_to_a_login_of_which_it_is_unsure_whose_it_is() -> None:
    before = {"anna": replace(seat("anna", SeatState.GRANTED), person="p1")}
    other = [application("anna2", person="p1")]
    assert carried(other, before, unsure={"anna"}) == before
    assert carried(other, before, unsure={"anna2"}) == before


def test_a_place_that_is_kept_in_doubt_is_the_only_one_of_its_owner() -> None:
    """The login with the seat has left, or applies again as nobody's: the owner's other one gets no second seat."""
    before = {"anna": replace(seat("anna", SeatState.GRANTED), person="p1")}
    other, nobodys = application("anna2", person="p1"), application("anna", person="")
    assert one_each([other], before, unsure={"anna"}) == ()
    assert one_each([other, nobodys], before, unsure={"anna"}) == (nobodys,)
    assert one_each([other], before) == (other,)


def test_in_doubt_the_application_under_the_login_with_the_seat_stands_for_both() -> None:
    before = {"anna": replace(seat("anna", SeatState.GRANTED), person="p1")}
    both = [application("anna", person="p1"), application("anna2", person="p1")]
    assert one_each(both, before, unsure={"anna"}) == (both[0],)


def test_a_refusal_in_doubt_keeps_no_other_login_back() -> None:
    before = {"anna": replace(seat("anna", SeatState.REFUSED), person="p1")}
    other = application("anna2", person="p1")
    assert one_each([other], before, unsure={"anna"}) == (other,)


def decided(applications: list[Application], before: list[Seat], *unsure: str) -> dict[str, tuple[SeatState, int]]:
    people = {login: person(login) for login in ("anna", "eva", "zoe")}
    ground = Ground(people, UNITS, NOON, b"key", unsure=set(unsure))
    made = decide(seminar(capacity=1), applications, {one.login: one for one in before}, ground)
    return {one.login: (one.state, one.place) for one in made}


def test_who_left_in_doubt_stays_in_the_queue_before_those_behind_them() -> None:
    eva, zoe = (seat(who, SeatState.WAITING, place=n, applied_at=NOON) for n, who in ((1, "eva"), (2, "zoe")))
    granted = seat("anna", SeatState.GRANTED)
    still = [application("anna", -9), application("zoe", -7)]
    kept = {"anna": (SeatState.GRANTED, 0), "eva": (SeatState.WAITING, 1), "zoe": (SeatState.WAITING, 2)}
    assert decided(still, [granted, eva, zoe], "eva") == kept
    assert decided(still[1:], [granted, eva, zoe], "eva") == {
        "anna": (SeatState.WITHDRAWN, 0),
        "eva": (SeatState.WAITING, 1),
        "zoe": (SeatState.GRANTED, 0),
    }


def test_what_else_stood_in_doubt_stays_as_it_was() -> None:
    granted, refused = seat("anna", SeatState.GRANTED), seat("eva", SeatState.REFUSED)
    timeless = seat("zoe", SeatState.WAITING, place=1)
    assert decided([], [granted, refused, timeless], "anna", "eva", "zoe") == {
        "anna": (SeatState.GRANTED, 0),
        "eva": (SeatState.REFUSED, 0),
        "zoe": (SeatState.WAITING, 1),
    }


def test_nobody_comes_into_anything_by_a_login_in_doubt() -> None:
    """What was granted or refused under it stands; who is new under it waits until it is known who that is."""
    before = [seat("anna", SeatState.GRANTED), seat("eva", SeatState.REFUSED)]
    three = [application(login, -9) for login in ("anna", "eva", "zoe")]
    assert decided(three, before, "anna", "eva", "zoe") == {
        "anna": (SeatState.GRANTED, 0),
        "eva": (SeatState.REFUSED, 0),
        "zoe": (SeatState.UNDER_IDENTIFICATION, 0),
    }
