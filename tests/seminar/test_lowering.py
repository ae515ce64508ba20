"""Fewer seats than people have: a file takes none, a named person may, and nobody jumps the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import HELD, Application, Part, Seat, SeatState, Status
from kypek_sync.seminar.lowering import LOWERED, above, loses, to_give_again
from kypek_sync.seminar.offers import MADE, UNTIL, Clock
from kypek_sync.seminar.reasons import reason
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, audience, person, seat, seminar

KEY = b"an invented key"
NAMES = ("anna", "vasilis", "chara", "dora", "eleni")
LATER = NOON + timedelta(days=1)
ALL = [application(login, n) for n, login in enumerate(NAMES)]


def had(*logins: str, **changes: object) -> dict[str, Seat]:
    """Those have a seat, in the order of their applications."""
    at = {one.login: one.at for one in ALL}
    return {one: seat(one, SeatState.GRANTED, applied_at=at[one], **changes) for one in logins}


def lowered(*logins: str, word: Word = Word.LOWER, **changes: object) -> dict[str, Ruling]:
    plain = Ruling("EKFE-26-01", "", "", word, "Μικρότερη αίθουσα.", LATER)
    return {one: replace(plain, login=one, person=f"p-{one}", **changes) for one in logins}  # type: ignore[arg-type]


def ground(rulings: dict[str, Ruling] | None = None, **changes: object) -> Ground:
    people = {one: person(one) for one in NAMES}
    return replace(Ground(people, UNITS, LATER, KEY, rulings=rulings or {}), **changes)  # type: ignore[arg-type]


def states(seats: tuple[Seat, ...]) -> dict[str, str]:
    return {s.login: s.state.value + (str(s.place) if s.place else "") for s in seats}


def logins(seats: tuple[Seat, ...]) -> list[str]:
    return [one.login for one in seats]


def test_the_last_in_the_order_are_above() -> None:
    assert logins(above(seminar(capacity=3), had(*NAMES).values(), KEY)) == ["dora", "eleni"]
    assert above(seminar(capacity=5), had(*NAMES).values(), KEY) == ()
    assert above(seminar(capacity=None), had(*NAMES).values(), KEY) == ()


def test_offers_go_first_then_seats_in_order_then_kept_ones_and_those_granted_by_name_last() -> None:
    seats = had(*NAMES)
    seats["anna"] = replace(seats["anna"], state=SeatState.OFFERED)
    seats["eleni"] = replace(seats["eleni"], rule="granted-by-name")
    seats["dora"] = replace(seats["dora"], facts=(("kept", "ΠΕ04"),))
    found = [logins(above(seminar(capacity=n), seats.values(), KEY)) for n in (4, 3, 2, 1)]
    assert found == [["anna"], ["chara", "anna"], ["vasilis", "chara", "anna"], ["dora", "vasilis", "chara", "anna"]]


def test_by_the_groups_of_a_priority() -> None:
    def facts(step: str) -> tuple[tuple[str, str], ...]:
        return ("priority", "ΠΕ86 · νέοι"), ("step", step)

    seats = had(*NAMES)
    for login, step in zip(NAMES, ("-", "", "νέοι", "ΠΕ86", "ΠΕ86"), strict=True):
        seats[login] = replace(seats[login], facts=facts(step))
    order = ["dora", "eleni", "chara", "vasilis", "anna"]
    assert logins(above(seminar(capacity=1), seats.values(), KEY)) == order[1:]
    assert logins(above(seminar(capacity=3), seats.values(), KEY)) == order[3:]


def test_of_parts_each_and_the_whole_count_and_a_cancelled_part_counts_for_nothing() -> None:
    parts = (Part("am", "πρωινό", 1), Part("pm", "απογευματινό"), Part("off", "βραδινό", 1, status=Status.CANCELLED))
    seats = had(*NAMES)
    for login, part in zip(NAMES, ("am", "am", "pm", "pm", "off"), strict=True):
        seats[login] = replace(seats[login], part=part)
    assert logins(above(seminar(capacity=5, parts=parts), seats.values(), KEY)) == ["vasilis"]
    assert logins(above(seminar(capacity=2, parts=parts), seats.values(), KEY)) == ["vasilis", "dora"]


def test_under_a_login_in_doubt_nobody_loses_anything() -> None:
    assert logins(above(seminar(capacity=3), had(*NAMES).values(), KEY, staying={"eleni"})) == ["chara", "dora"]


def test_who_applied_nobody_knows_when_stands_first() -> None:
    seats = had("anna", "vasilis") | {"eleni": seat("eleni", SeatState.GRANTED)}
    assert logins(above(seminar(capacity=1), seats.values(), KEY)) == ["anna", "vasilis"]


def test_a_file_alone_takes_no_seat_and_promotes_nobody() -> None:
    before = had("anna", "vasilis", "chara") | {"dora": seat("dora", SeatState.WAITING, place=1)}
    made = decide(seminar(capacity=1), [one for one in ALL if one.login != "anna"], before, ground())
    assert states(made) == {
        "anna": "withdrawn",
        "vasilis": "granted",
        "chara": "granted",
        "dora": "waiting1",
        "eleni": "waiting2",
    }


def test_who_loses_theirs_stands_before_whoever_waits_and_is_told_why() -> None:
    before = had("anna", "vasilis", "chara") | {"dora": seat("dora", SeatState.WAITING, place=1)}
    made = decide(seminar(capacity=1), ALL, before, ground(lowered("vasilis", "chara")))
    assert states(made) == {
        "anna": "granted",
        "vasilis": "waiting1",
        "chara": "waiting2",
        "dora": "waiting3",
        "eleni": "waiting4",
    }
    lost = {s.login: s for s in made}["vasilis"]
    assert lost.rule == "seats-lowered"
    assert "Η δομή μείωσε τις θέσεις" in reason(lost, speaker("el"))
    assert "Μικρότερη αίθουσα." in reason(lost, speaker("el"))


def test_those_granted_the_next_seat_by_name_go_before_them() -> None:
    rulings = lowered("vasilis") | lowered("dora", word=Word.GRANT)
    made = decide(seminar(capacity=1), ALL[:4], had("anna", "vasilis"), ground(rulings))
    assert states(made) == {"anna": "granted", "vasilis": "waiting2", "chara": "waiting3", "dora": "waiting1"}


def test_what_they_get_later_stays_theirs() -> None:
    on = ground(lowered("vasilis"))
    once = {s.login: s for s in decide(seminar(capacity=1), ALL[:3], had("anna", "vasilis"), on)}
    larger = {s.login: s for s in decide(seminar(capacity=2), ALL[:3], once, on)}
    assert larger["vasilis"].state is SeatState.GRANTED
    again = decide(seminar(capacity=1), ALL[:3], larger, on)
    assert states(again) == {"anna": "granted", "vasilis": "granted", "chara": "waiting1"}


def test_where_a_seat_is_free_by_then_they_keep_it_at_once() -> None:
    made = decide(seminar(capacity=1), ALL[1:3], had("anna", "vasilis"), ground(lowered("vasilis")))
    assert states(made) == {"anna": "withdrawn", "vasilis": "granted", "chara": "waiting1"}


def test_neither_a_transfer_nor_the_window_refuses_who_lost_a_seat() -> None:
    it = seminar(capacity=1, audience=audience(specialties=("ΠΕ04",)), registration_closes=NOON - timedelta(days=1))
    made = decide(it, ALL[:2], had("anna", "vasilis"), ground(lowered("vasilis")))
    assert states(made) == {"anna": "granted", "vasilis": "waiting1"}


def test_a_cancelled_seminar_gives_nobody_a_seat_back() -> None:
    before = {"anna": seat("anna", SeatState.WAITING, facts=((LOWERED, LATER.isoformat()),))}
    made = decide(seminar(status=Status.CANCELLED), ALL[:1], before, ground(lowered("anna", word=Word.KEEP)))
    assert made[0].rule == "seminar-cancelled"


def test_in_the_last_week_they_are_offered_what_becomes_free_and_it_stays_theirs() -> None:
    now = NOON + timedelta(days=25)
    on = ground(lowered("vasilis"), clock=Clock(now))
    once = {s.login: s for s in decide(seminar(capacity=1), ALL[:2], had("anna", "vasilis"), on)}
    offered = {s.login: s for s in decide(seminar(capacity=2), ALL[:2], once, on)}
    assert offered["vasilis"].state is SeatState.OFFERED
    assert not loses(offered["vasilis"], on.rulings["vasilis"])
    simply = {s.login: s for s in decide(seminar(capacity=2), ALL[:2], offered, replace(on, clock=None))}
    assert states(decide(seminar(capacity=1), ALL[:2], simply, on)) == {"anna": "granted", "vasilis": "granted"}


def test_an_open_offer_that_is_lost_stands_behind_the_seats() -> None:
    facts = ((MADE, NOON.isoformat()), (UNTIL, (NOON + timedelta(days=2)).isoformat()))
    before = had("vasilis", "chara") | {"anna": seat("anna", SeatState.OFFERED, facts=facts)}
    on = ground(lowered("anna", "chara"), clock=Clock(NOON + timedelta(days=1)))
    made = decide(seminar(capacity=1), ALL[:3], before, on)
    assert states(made) == {"anna": "waiting2", "vasilis": "granted", "chara": "waiting1"}


def test_taken_back_they_have_their_seat_again_even_above_the_seats_and_nobody_else_does() -> None:
    once = {
        s.login: s
        for s in decide(seminar(capacity=1), ALL, had("anna", "vasilis", "chara"), ground(lowered("vasilis", "chara")))
    }
    back = ground(lowered("vasilis", "dora", word=Word.KEEP, at=LATER + timedelta(hours=1)))
    made = decide(seminar(capacity=1), ALL, once, back)
    assert states(made) == {
        "anna": "granted",
        "vasilis": "granted",
        "chara": "waiting1",
        "dora": "waiting2",
        "eleni": "waiting3",
    }
    assert "επέστρεψε αυτή τη θέση" in reason({s.login: s for s in made}["vasilis"], speaker("el"))


def test_taken_back_before_it_was_carried_out_nothing_happened() -> None:
    made = decide(seminar(capacity=1), ALL[:2], had("anna", "vasilis"), ground(lowered("vasilis", word=Word.KEEP)))
    assert [(s.state, s.rule) for s in made] == [(SeatState.GRANTED, "capacity")] * 2


@pytest.mark.parametrize("doubt", [{"doubted": {"vasilis"}}, {"unsure": {"vasilis"}}])
def test_in_doubt_nobody_gets_a_seat_back(doubt: dict[str, set[str]]) -> None:
    once = {
        s.login: s for s in decide(seminar(capacity=1), ALL[:2], had("anna", "vasilis"), ground(lowered("vasilis")))
    }
    made = decide(seminar(capacity=1), ALL[:2], once, ground(lowered("vasilis", word=Word.KEEP), **doubt))
    assert states(made) == {"anna": "granted", "vasilis": "waiting1"}


def test_what_concerns_nobody_changes_nothing() -> None:
    assert not loses(None, None)
    assert not loses(seat("anna", SeatState.WAITING), lowered("anna")["anna"])
    assert not to_give_again(None, lowered("anna", word=Word.KEEP)["anna"])
    assert not to_give_again(seat("anna", SeatState.WAITING), lowered("anna", word=Word.KEEP)["anna"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Application], dict[str, Seat], int]:
    applications = [application(one, draw(st.integers(0, 4))) for one in NAMES]
    at = {one.login: one.at for one in applications}
    granted = draw(st.lists(st.sampled_from(NAMES), unique=True))
    rules = st.sampled_from(("capacity", "granted-by-name"))
    before = {one: seat(one, SeatState.GRANTED, rule=draw(rules), applied_at=at[one]) for one in granted}
    waiting = [one for one in NAMES if one not in before]
    before |= {one: seat(one, SeatState.WAITING, place=n, applied_at=at[one]) for n, one in enumerate(waiting, 1)}
    return applications, before, draw(st.integers(1, 6))


@given(cases())
def test_exactly_those_above_lose_theirs_and_all_stand_before_whoever_waited(
    case: tuple[list[Application], dict[str, Seat], int],
) -> None:
    applications, before, capacity = case
    it = seminar(capacity=capacity)
    lose = logins(above(it, before.values(), KEY))
    had_one = {login for login, one in before.items() if one.state in HELD}
    assert len(lose) == max(0, len(had_one) - capacity)
    on = ground(lowered(*lose))
    made = {s.login: s for s in decide(it, applications, before, on)}
    has = {login for login, one in made.items() if one.state in HELD}
    assert has & had_one == had_one - set(lose)
    assert len(has) <= capacity
    if lose:
        assert has == had_one - set(lose)
    waits = sorted((one for one in made.values() if one.place), key=lambda one: one.place)
    assert [one.login for one in waits][: len(lose)] == lose
    assert above(it, made.values(), KEY) == ()
    again = decide(it, applications, made, on)
    assert {s.login: (s.state, s.place) for s in again} == {one: (s.state, s.place) for one, s in made.items()}
    back = decide(it, applications, made, ground(lowered(*lose, word=Word.KEEP)))
    assert {s.login for s in back if s.state in HELD} == has | had_one
