"""Who gets a seat: first come, first served, decided once, up to a watermark (design, rules 2 and 13)."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import Application, Seat, SeatState, Status
from kypek_sync.seminar.order import order_key
from kypek_sync.seminar.seats import Ground, decide, seats_granted
from tests.seminar.builders import NOON, UNITS, application, audience, person, seat, seminar

KEY = b"an invented key"
LATER = NOON + timedelta(days=1)


def ground(*logins: str, watermark=LATER) -> Ground:  # type: ignore[no-untyped-def]
    return Ground({login: person(login) for login in logins}, UNITS, watermark, KEY)


def states(seats: tuple[Seat, ...]) -> dict[str, str]:
    return {s.login: s.state.value + (str(s.place) if s.place else "") for s in seats}


def test_the_first_get_the_seats_and_the_rest_wait_in_order() -> None:
    applications = [application(login, minutes) for minutes, login in enumerate(("anna", "vasilis", "chara", "dora"))]
    made = decide(seminar(capacity=2), applications, {}, ground("anna", "vasilis", "chara", "dora"))
    assert states(made) == {"anna": "granted", "vasilis": "granted", "chara": "waiting1", "dora": "waiting2"}
    assert dict(made[0].facts) == {"number": "1", "capacity": "2"}


def test_a_seminar_without_a_limit_takes_everybody() -> None:
    made = decide(seminar(capacity=None), [application("anna"), application("vasilis")], {}, ground("anna", "vasilis"))
    assert set(states(made).values()) == {"granted"}
    assert dict(made[0].facts)["capacity"] == ""


def test_a_withdrawal_moves_the_first_of_the_waiting_up() -> None:
    before = {
        "anna": seat("anna", SeatState.GRANTED),
        "vasilis": seat("vasilis", SeatState.GRANTED),
        "chara": seat("chara", SeatState.WAITING, place=1),
        "dora": seat("dora", SeatState.WAITING, place=2),
    }
    applications = [application(login, n) for n, login in enumerate(("vasilis", "chara", "dora"))]
    made = decide(seminar(capacity=2), applications, before, ground("vasilis", "chara", "dora"))
    assert states(made) == {"anna": "withdrawn", "vasilis": "granted", "chara": "granted", "dora": "waiting1"}


def test_an_older_application_read_late_queues_behind_those_told_to_wait() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "chara": seat("chara", SeatState.WAITING, place=1)}
    applications = [application("anna", 10), application("chara", 20), application("eleni", 0)]
    made = decide(seminar(capacity=1), applications, before, ground("anna", "chara", "eleni"))
    assert states(made) == {"anna": "granted", "chara": "waiting1", "eleni": "waiting2"}


def test_a_granted_seat_survives_a_transfer_and_a_lowered_capacity() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED), "chara": seat("chara", SeatState.GRANTED)}
    whom = audience(specialties=("ΠΕ04",))
    applications = [application("anna"), application("chara")]
    made = decide(seminar(capacity=1, audience=whom), applications, before, ground("anna"))
    assert set(states(made).values()) == {"granted"}


def test_what_is_newer_than_the_watermark_is_under_review() -> None:
    made = decide(
        seminar(), [application("anna", 0), application("vasilis", 60)], {}, ground("anna", "vasilis", watermark=NOON)
    )
    assert states(made) == {"anna": "granted", "vasilis": "under-review"}


def test_without_a_complete_read_nothing_new_is_decided_but_the_told_stay() -> None:
    before = {"chara": seat("chara", SeatState.WAITING, place=1)}
    made = decide(
        seminar(capacity=1),
        [application("anna"), application("chara")],
        before,
        ground("anna", "chara", watermark=None),
    )
    assert states(made) == {"anna": "under-review", "chara": "granted"}


def test_somebody_not_in_the_directory_keeps_their_place_and_takes_no_seat() -> None:
    made = decide(seminar(capacity=1), [application("nobody", 0), application("anna", 1)], {}, ground("anna"))
    assert states(made) == {"nobody": "under-identification", "anna": "granted"}


def test_outside_the_audience_is_refused_with_the_rule() -> None:
    made = decide(seminar(audience=audience(specialties=("ΠΕ04",))), [application("anna")], {}, ground("anna"))
    assert (made[0].state, made[0].rule) == (SeatState.REFUSED, "specialty")


def test_a_refused_person_who_now_meets_the_rules_queues_again() -> None:
    before = {"anna": seat("anna", SeatState.REFUSED, rule="specialty")}
    made = decide(seminar(), [application("anna")], before, ground("anna", watermark=None))
    assert states(made) == {"anna": "granted"}


def test_registration_has_a_beginning_and_an_end() -> None:
    window = seminar(registration_opens=NOON, registration_closes=NOON + timedelta(hours=1))
    applications = [application("early", -1), application("anna", 1), application("late", 61)]
    made = {s.login: s for s in decide(window, applications, {}, ground("early", "anna", "late"))}
    assert made["early"].rule == "registration-not-open"
    assert made["anna"].state is SeatState.GRANTED
    assert made["late"].rule == "registration-closed"


def test_a_cancelled_seminar_gives_no_new_seats() -> None:
    made = decide(seminar(status=Status.CANCELLED), [application("anna")], {}, ground("anna"))
    assert (made[0].state, made[0].rule) == (SeatState.REFUSED, "seminar-cancelled")


logins = st.lists(st.sampled_from([f"t{n}" for n in range(12)]), unique=True, max_size=12)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Application], dict[str, Seat], int]:
    applications = [application(login, draw(st.integers(0, 3))) for login in draw(logins)]
    told = draw(logins)
    granted = told[: draw(st.integers(0, len(told)))]
    waiting = told[len(granted) :]
    before = {login: seat(login, SeatState.GRANTED) for login in granted}
    before |= {login: seat(login, SeatState.WAITING, place=n + 1) for n, login in enumerate(waiting)}
    return applications, before, draw(st.integers(0, 6))


@given(cases(), st.randoms(use_true_random=False))
def test_the_same_reads_give_the_same_seats_in_whatever_order_they_came(
    case: tuple[list[Application], dict[str, Seat], int], shuffle: random.Random
) -> None:
    applications, before, capacity = case
    it = seminar(capacity=capacity)
    first = decide(it, applications, before, ground(*(a.login for a in applications)))
    shuffle.shuffle(applications)
    assert decide(it, applications, before, ground(*(a.login for a in applications))) == first


@given(cases())
def test_never_more_granted_than_capacity_or_than_were_granted_before(
    case: tuple[list[Application], dict[str, Seat], int],
) -> None:
    applications, before, capacity = case
    made = decide(seminar(capacity=capacity), applications, before, ground(*(a.login for a in applications)))
    stand = {a.login for a in applications}
    kept = sum(s.state is SeatState.GRANTED and s.login in stand for s in before.values())
    assert len(seats_granted(made)) <= max(capacity, kept)


@given(cases())
def test_a_told_seat_is_never_displaced(case: tuple[list[Application], dict[str, Seat], int]) -> None:
    applications, before, capacity = case
    made = {
        s.login: s
        for s in decide(seminar(capacity=capacity), applications, before, ground(*(a.login for a in applications)))
    }
    stand = {a.login for a in applications}
    for login, earlier in before.items():
        if login not in stand:
            assert made[login].state is SeatState.WITHDRAWN
        elif earlier.state is SeatState.GRANTED:
            assert made[login].state is SeatState.GRANTED
        else:
            assert made[login].state in (SeatState.GRANTED, SeatState.WAITING)
            assert made[login].place <= earlier.place


@given(cases())
def test_deciding_again_changes_nothing(case: tuple[list[Application], dict[str, Seat], int]) -> None:
    applications, before, capacity = case
    on = ground(*(a.login for a in applications))
    once = {s.login: s for s in decide(seminar(capacity=capacity), applications, before, on)}
    twice = {s.login: s for s in decide(seminar(capacity=capacity), applications, once, on)}
    assert {k: (s.state, s.place) for k, s in once.items()} == {k: (s.state, s.place) for k, s in twice.items()}


def test_ties_are_ordered_by_a_keyed_hash_that_differs_between_seminars() -> None:
    one = [order_key(application(f"t{n}", code="A"), KEY)[1] for n in range(5)]
    two = [order_key(application(f"t{n}", code="B"), KEY)[1] for n in range(5)]
    assert sorted(range(5), key=one.__getitem__) != sorted(range(5), key=two.__getitem__)


def test_the_first_and_the_last_moment_of_registration_are_in_time() -> None:
    window = seminar(registration_opens=NOON, registration_closes=NOON + timedelta(hours=1))
    made = decide(window, [application("anna", 0), application("dora", 60)], {}, ground("anna", "dora"))
    assert states(made) == {"anna": "granted", "dora": "granted"}


def test_a_seat_says_whose_it_is_by_which_rule_and_since_when() -> None:
    applications = [application("anna", 1), application("dora", 2)]
    made = decide(seminar(capacity=1), applications, {}, ground("anna", "dora"))
    granted, waits = (("number", "1"), ("capacity", "1")), (("place", "1"), ("capacity", "1"))
    code = "EKFE-26-01"
    assert made == (
        Seat(code, "anna", "p-anna", SeatState.GRANTED, "capacity", granted, 0, applications[0].at),
        Seat(code, "dora", "p-dora", SeatState.WAITING, "capacity", waits, 1, applications[1].at),
    )


def test_who_gives_a_seat_back_keeps_nothing_of_it() -> None:
    before = {"anna": seat("anna", SeatState.GRANTED)}
    assert decide(seminar(), [], before, ground()) == (
        Seat("EKFE-26-01", "anna", "p-anna", SeatState.WITHDRAWN, "withdrawn"),
    )
