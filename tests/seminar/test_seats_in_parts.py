"""Who gets a seat where a seminar meets in parts: the part's seats and the seminar's both count (rule 13)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.model import Application, Part, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.applications import carried, one_each
from kypek_sync.seminar.reasons import reason
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar

KEY, LATER = b"an invented key", NOON + timedelta(days=1)
PEOPLE = ("anna", "vasilis", "chara", "dora", "eleni", "fotis")
GROUND = Ground({login: person(login) for login in PEOPLE}, UNITS, LATER, KEY)
GRANTED, WAITING = SeatState.GRANTED, SeatState.WAITING


def divided(a: int | None = None, b: int | None = None, whole: int | None = None) -> Seminar:
    """A seminar in two parts with so many seats."""
    return seminar(capacity=whole, parts=(Part("a", "πρωινό", a), Part("b", "απογευματινό", b)))


def applied(words: str) -> list[Application]:
    """`anna a, chara b`: who applies where, one a minute."""
    pairs = [one.split() for one in words.split(",")]
    return [application(login, minutes, part=part) for minutes, (login, part) in enumerate(pairs)]


def said(made: tuple[Seat, ...]) -> dict[str, str]:
    return {one.login: f"{one.state.value}{one.place or ''} {one.part}" for one in made}


def after(those: Seminar, applications: list[Application], before: dict[str, Seat]) -> dict[str, Seat]:
    """The seats of a pass, as the engine comes to them."""
    each = one_each(applications, before)
    return {one.login: one for one in decide(those, each, carried(each, before), GROUND)}


@pytest.mark.parametrize(
    ("those", "words", "made"),
    [
        # a part that is full has a list of its own, and holds nobody of the other one up
        (divided(1, 2), "anna a,chara a,dora b", {"anna": "granted a", "chara": "waiting1 a", "dora": "granted b"}),
        # each list begins with one
        (
            divided(1, 1),
            "anna a,dora b,chara a,eleni b",
            {"anna": "granted a", "dora": "granted b", "chara": "waiting1 a", "eleni": "waiting1 b"},
        ),
        # the seminar is full although a part is not
        (divided(2, 2, 2), "anna a,chara a,dora b", {"anna": "granted a", "chara": "granted a", "dora": "waiting1 b"}),
        # parts without seats of their own share one list
        (divided(whole=1), "anna a,chara b,dora a", {"anna": "granted a", "chara": "waiting1 b", "dora": "waiting2 a"}),
        # a part without a number of its own takes what the seminar has
        (
            divided(1, None, 2),
            "anna b,chara b,dora a",
            {"anna": "granted b", "chara": "granted b", "dora": "waiting1 a"},
        ),
        (divided(), "anna a,chara b", {"anna": "granted a", "chara": "granted b"}),
    ],
)
def test_the_seats_of_the_part_and_of_the_seminar_both_count(those: Seminar, words: str, made: dict[str, str]) -> None:
    assert said(decide(those, applied(words), {}, GROUND)) == made


def test_a_free_seat_of_the_seminar_goes_to_who_waits_longest_in_whatever_part_has_room() -> None:
    """Places are counted in each part, and yet the first of the afternoon does not overtake the second of the morning
    who came before: the order of the whole seminar is remembered."""
    those, applications = divided(2, 2, 2), applied("anna a,vasilis b,chara a,dora a,eleni b")
    before = after(those, applications, {})
    assert {login: one.place for login, one in before.items()} == {
        "anna": 0,
        "vasilis": 0,
        "chara": 1,
        "dora": 2,
        "eleni": 1,
    }
    left = [one for one in applications if one.login != "vasilis"]
    once = after(those, left, before)
    assert said(tuple(once.values())) == {
        "anna": "granted a",
        "chara": "granted a",
        "dora": "waiting1 a",
        "eleni": "waiting1 b",
        "vasilis": "withdrawn b",
    }
    left = [one for one in left if one.login != "chara"]
    twice = after(those, left, once)
    assert (twice["dora"].state, twice["eleni"].state) == (GRANTED, WAITING)


def test_who_applies_in_both_parts_has_one_application_where_they_applied_first() -> None:
    both = [application("anna", 5, part="b"), application("anna", 3, part="a")]
    (only,) = one_each(both, {})
    assert (only.part, only.at) == ("a", NOON + timedelta(minutes=3))


def test_whoever_has_a_place_in_one_part_keeps_it_though_an_older_application_is_read_late_in_the_other() -> None:
    before = {"anna": seat("anna", GRANTED, part="b")}
    both = [application("anna", 5, part="b"), application("anna", 3, part="a")]
    (only,) = one_each(both, before)
    assert (only.part, only.at) == ("b", NOON + timedelta(minutes=3))
    assert said(decide(divided(1, 1), [only], before, GROUND)) == {"anna": "granted b"}


def test_who_leaves_one_part_applies_in_the_other_at_the_time_when_they_did() -> None:
    """Behind those who were told to wait there, before those who came after."""
    those = divided(1, 1)
    first = applied("anna a,dora b,anna b,eleni b")
    before = after(those, first, {})
    assert said(tuple(before.values())) == {"anna": "granted a", "dora": "granted b", "eleni": "waiting1 b"}
    left = [one for one in first if (one.login, one.part) != ("anna", "a")]
    moved = after(those, [*left, application("fotis", 9, part="b")], before)
    assert said(tuple(moved.values())) == {
        "dora": "granted b",
        "eleni": "waiting1 b",
        "anna": "waiting2 b",
        "fotis": "waiting3 b",
    }
    assert moved["anna"].applied_at == NOON + timedelta(minutes=2)


def test_who_leaves_a_part_gives_its_seat_to_the_next_there() -> None:
    those, first = divided(1, 1), applied("anna a,chara a,anna b")
    before = after(those, first, {})
    left = [one for one in first if (one.login, one.part) != ("anna", "a")]
    assert said(tuple(after(those, left, before).values())) == {"anna": "granted b", "chara": "granted a"}


def test_a_move_is_decided_only_up_to_the_watermark() -> None:
    """What was decided in the morning says nothing about the afternoon."""
    before = {"anna": seat("anna", GRANTED, part="a")}
    made = decide(divided(1, 1), [application("anna", part="b")], before, replace(GROUND, watermark=None))
    assert said(made) == {"anna": "under-review b"}


def test_who_gave_a_seat_back_is_told_of_which_part() -> None:
    made = decide(divided(1, 1), [], {"anna": seat("anna", GRANTED, part="a")}, GROUND)
    assert said(made) == {"anna": "withdrawn a"}


def test_the_reason_names_the_part_whose_seats_decided() -> None:
    made = decide(divided(1, 1, 2), applied("anna a,chara a,dora b"), {}, GROUND)
    assert [reason(one, speaker("el")) for one in made] == [
        "Θέση 1 από 1 του τμήματος «πρωινό», με τη σειρά των αιτήσεων.",
        "Και οι 1 θέσεις του τμήματος «πρωινό» έχουν καταληφθεί· η σειρά στη λίστα αναμονής του είναι 1.",
        "Θέση 1 από 1 του τμήματος «απογευματινό», με τη σειρά των αιτήσεων.",
    ]


LIMIT = st.none() | st.integers(1, 3)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Seminar, list[list[Application]]]:
    """A seminar in parts, and who applies where at each of three passes: people come, go and change parts."""
    those = divided(draw(LIMIT), draw(LIMIT), draw(st.none() | st.integers(1, 4)))
    doors = [
        application(login, minutes, part=part)
        for minutes, (login, part) in enumerate(draw(st.permutations([(p, q) for p in PEOPLE for q in "ab"])))
    ]
    passes = [draw(st.lists(st.sampled_from(doors), unique=True)) for _ in range(3)]
    return those, passes


@given(histories(), st.randoms())
def test_whatever_people_do_the_seats_of_parts_are_kept(
    history: tuple[Seminar, list[list[Application]]], chance: random.Random
) -> None:
    """No more are granted than fit, nobody has two, whoever stays keeps what they have, the order of reading does not
    matter, and the same reads again change nothing."""
    those, passes = history
    before: dict[str, Seat] = {}
    for applications in passes:
        made = after(those, applications, before)
        mixed = list(applications)
        chance.shuffle(mixed)
        assert after(those, mixed, before) == made
        assert after(those, applications, made) == made
        granted = [one for one in made.values() if one.state is GRANTED]
        assert those.capacity is None or len(granted) <= those.capacity
        for part in those.parts:
            inside = [one for one in granted if one.part == part.id]
            assert part.capacity is None or len(inside) <= part.capacity
            places = [one.place for one in made.values() if one.state is WAITING and one.part == part.id]
            own_lists = any(p.capacity is not None for p in those.parts)
            assert not own_lists or sorted(places) == list(range(1, len(places) + 1))
        doors = {(one.login, one.part) for one in applications}
        for login, earlier in before.items():
            if earlier.state is GRANTED and (login, earlier.part) in doors:
                assert (made[login].state, made[login].part) == (GRANTED, earlier.part)
        assert {one.login for one in made.values() if one.state in (GRANTED, WAITING)} == {
            one.login for one in applications
        }
        before = made


def test_a_cancelled_part_gives_no_new_seats_and_takes_none() -> None:
    """By name neither: there is nothing to come to. Who has a seat in it is not thrown out."""
    it = replace(divided(2, 2), parts=(Part("a", "πρωινό", 2, status=Status.CANCELLED), Part("b", "απογευματινό", 2)))
    before = {"anna": seat("anna", GRANTED, part="a")}
    ruling = Ruling("EKFE-26-01", "chara", "p-chara", Word.GRANT, "Διδάσκει.", LATER)
    on = replace(GROUND, rulings={"chara": ruling})
    made = decide(it, applied("anna a, vasilis a, chara a, dora b"), before, on)
    assert said(made) == {"anna": "granted a", "chara": "refused a", "dora": "granted b", "vasilis": "refused a"}
    assert reason(made[3], speaker("el")) == "Το τμήμα «πρωινό» του σεμιναρίου ακυρώθηκε."
