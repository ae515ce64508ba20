"""The third door: who can apply on the seminar's page, and what their application means beside others of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import Application, Part, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.applications import LIST, PAGE, one_each
from kypek_sync.seminar.page_door import TOO_EARLY, Step, followed, given_up, in_time, is_open, open_parts, step
from kypek_sync.seminar.rulings import Ruling, Word, still_wished
from tests.seminar.builders import NOON, application, seminar, session

HOUR = timedelta(hours=1)
OVER = NOON + timedelta(days=31)


def own(state: SeatState, rule: str = "capacity") -> Seat:
    return Seat("EKFE-26-01", "anna", "p-anna", state, rule)


def said(word: Word, at: datetime = NOON, login: str = "anna") -> Ruling:
    return Ruling("EKFE-26-01", login, f"p-{login}", word, "", at)


def made(login: str, hours: float, system: str = PAGE, **changes: object) -> Application:
    plain = replace(application(login), at=NOON + HOUR * hours, person=f"p-{login}", system=system)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seat", "ruling", "takes", "found"),
    [
        (None, None, True, Step.APPLY),
        (None, None, False, None),
        (own(SeatState.REFUSED, TOO_EARLY), None, True, Step.APPLY),
        (own(SeatState.REFUSED, TOO_EARLY), None, False, None),
        (own(SeatState.REFUSED, "specialty"), None, True, None),
        (own(SeatState.WITHDRAWN, "withdrawn"), None, False, Step.AGAIN),
        (own(SeatState.WITHDRAWN, "given-back"), None, True, Step.AGAIN),
        (own(SeatState.GRANTED), said(Word.GIVE_BACK), False, Step.AGAIN),
        (own(SeatState.GRANTED), said(Word.REFUSE), True, None),
        (own(SeatState.GRANTED), said(Word.HAND_ON), True, None),
        (own(SeatState.OFFERED), said(Word.ACCEPT), True, None),
        (own(SeatState.WAITING), None, True, None),
        (own(SeatState.UNDER_REVIEW, "watermark"), None, True, None),
    ],
)
def test_who_has_no_application_that_counts_can_make_one(
    seat: Seat | None, ruling: Ruling | None, takes: bool, found: Step | None
) -> None:
    assert step(seminar(), seat, ruling, NOON, takes=takes) is found


@pytest.mark.parametrize(
    ("what", "now", "is_so"),
    [
        (seminar(), NOON, True),
        (seminar(), OVER, False),
        (seminar(sessions=()), OVER, True),
        (seminar(sessions=(session(status=Status.CANCELLED),)), OVER, True),
        (seminar(status=Status.CANCELLED), NOON, False),
        (seminar(registration_opens=NOON), NOON, True),
        (seminar(registration_opens=NOON + HOUR), NOON, False),
        (seminar(registration_closes=NOON), NOON, True),
        (seminar(registration_closes=NOON - HOUR), NOON, False),
    ],
)
def test_people_apply_while_registration_is_open_and_the_seminar_is_not_over(
    what: Seminar, now: datetime, is_so: bool
) -> None:
    assert is_open(what, now) is is_so
    assert (step(what, None, None, now, takes=True) is Step.APPLY) is is_so


def test_nobody_applies_for_a_part_that_is_cancelled_or_that_the_programme_does_not_name_any_more() -> None:
    parts = (Part("a", "πρωινό"), Part("b", "βραδινό", status=Status.CANCELLED), Part("c", "παλιό", missing=True))
    assert open_parts(seminar(parts=parts)) == ("a",)
    assert open_parts(seminar()) == ("",)


def test_who_was_too_early_at_one_door_and_came_in_time_at_another_one_is_in_time() -> None:
    early, late = made("anna", -1, "eclass"), made("anna", 1)
    other = made("vasilis", -2, "eclass")
    opens = seminar(registration_opens=NOON)
    assert in_time([early, late, other], opens) == (late, other)
    assert in_time([early, late, other], seminar()) == (early, late, other)
    unknown = replace(early, person=""), replace(late, person="")
    assert in_time(unknown, opens) == (unknown[1],)


def test_who_leaves_the_course_gives_up_what_they_applied_for_on_the_page() -> None:
    course, page, list_, other = made("anna", 0, "eclass"), made("anna", 1), made("anna", 2, LIST), made("vasilis", 0)
    assert given_up([page, list_, other], [course], []) == ((other,), (page, list_))


@pytest.mark.parametrize(
    ("word", "stays"), [(Word.GIVE_BACK, True), (Word.HAND_ON, True), (Word.REFUSE, False), (Word.GRANT, False)]
)
def test_who_gave_the_seat_back_before_they_applied_on_the_page_leaves_only_the_old_wish(
    word: Word, stays: bool
) -> None:
    course, page = made("anna", 0, "eclass"), made("anna", 2)
    ruling = said(word, NOON + HOUR)
    assert given_up([page], [course], [ruling]) == (((page,), ()) if stays else ((), (page,)))
    earlier = made("anna", 0.5)
    assert given_up([earlier], [course], [ruling]) == ((), (earlier,))
    assert given_up([page], [course], [said(word, NOON + HOUR, "vasilis")]) == ((), (page,))


def test_an_application_goes_with_its_maker_to_their_new_login() -> None:
    page, list_ = made("anna", 0), made("anna", 0, LIST)
    assert followed([page, list_], {"p-anna": "anna.new"}, ()) == {page: replace(page, login="anna.new")}
    assert followed([page], {"p-anna": "anna"}, ()) == {}
    assert followed([page], {}, ()) == {}
    assert followed([page], {"p-anna": "anna.new"}, {"anna"}) == {}
    assert followed([page], {"p-anna": "anna.new"}, {"anna.new"}) == {}


def test_of_two_logins_of_one_person_the_earlier_application_goes_to_the_third_and_none_where_one_is() -> None:
    first, second = made("a1", 0, person="p"), made("a2", 1, person="p")
    assert followed([second, first], {"p": "a3"}, ()) == {first: replace(first, login="a3")}
    assert followed([second, first], {"p": "a2"}, ()) == {}


@given(
    st.lists(st.tuples(st.sampled_from((PAGE, LIST, "eclass")), st.integers(0, 9)), min_size=1, max_size=5, unique=True)
)
def test_one_person_is_one_application_through_however_many_doors(those: list[tuple[str, int]]) -> None:
    wishes = [made("anna", hours, system) for system, hours in those]
    assert [one.at for one in one_each(wishes, {})] == [min(one.at for one in wishes)]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_new_wish_counts_from_its_own_moment_whenever_the_seat_was_given_back(
    first: int, back: int, anew: int
) -> None:
    old, new = made("anna", first, "eclass"), made("anna", anew)
    stand = still_wished([old, new], [said(Word.GIVE_BACK, NOON + HOUR * back)])
    if first <= back < anew:
        assert stand == (new,)
    elif anew <= back and first <= back:
        assert stand == (old, new)
    assert stand
