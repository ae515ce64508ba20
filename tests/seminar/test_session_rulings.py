"""What was decided of a session stands above its file for as long as the file says of it what it said then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.model import Session, Status
from kypek_sync.seminar.session_rulings import (
    Ending,
    SessionRuling,
    SessionWord,
    by_seminar,
    decided,
    joined,
    standstill,
    with_rulings,
)
from tests.seminar.builders import seminar

STARTS = datetime(2027, 3, 3, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = Session(1, STARTS, STARTS + 3 * HOUR, place="ΕΚΦΕ", topic="Φως")
SECOND = replace(FIRST, number=2, starts=STARTS + 7 * 24 * HOUR, ends=STARTS + 7 * 24 * HOUR + 3 * HOUR)
LATER = STARTS + 14 * 24 * HOUR
AT = STARTS - 48 * HOUR


def ruling(word: SessionWord = SessionWord.CANCEL, was: Session = FIRST, **changes: object) -> SessionRuling:
    now = decided(was, word, LATER, LATER + 3 * HOUR, "")
    made = SessionRuling("EKFE-26-01", was.number, word, was, now, "Απεργία", AT, 1)
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests name its fields


IN_FILE = seminar(sessions=(FIRST, SECOND))


def test_a_file_that_stays_as_it_was_undoes_nothing() -> None:
    made, over = with_rulings(IN_FILE, [ruling()])
    assert [session.status for session in made.sessions] == [Status.CANCELLED, Status.PLANNED]
    assert over == ()


def test_a_seminar_of_which_nothing_was_decided_is_the_same_object() -> None:
    assert with_rulings(IN_FILE, [])[0] is IN_FILE


def test_what_the_file_says_besides_goes_on_counting() -> None:
    other = replace(IN_FILE, sessions=(replace(FIRST, topic="Ήχος"), SECOND))
    made, over = with_rulings(other, [ruling(SessionWord.MOVE)])
    assert (made.sessions[0].topic, made.sessions[0].starts, over) == ("Ήχος", LATER, ())


@pytest.mark.parametrize(
    "change",
    [
        {"starts": FIRST.starts + HOUR},
        {"ends": FIRST.ends + HOUR},
        {"status": Status.CANCELLED},
    ],
)
def test_a_file_that_says_something_else_of_the_session_is_the_later_word(change: dict[str, object]) -> None:
    said = replace(FIRST, **change)  # type: ignore[arg-type]
    moved = ruling(SessionWord.MOVE)
    made, over = with_rulings(replace(IN_FILE, sessions=(said, SECOND)), [moved])
    assert made.sessions[0] == said
    assert over == ((moved, Ending.OVERRULED),)


@pytest.mark.parametrize("word", [SessionWord.CANCEL, SessionWord.POSTPONE, SessionWord.MOVE])
def test_a_hall_that_gets_its_right_name_in_the_file_brings_no_session_back(word: SessionWord) -> None:
    """Another place in the file had been a later word about everything: a session of the day of a strike took place
    again since its hall had been misspelt."""
    one = ruling(word)
    made, over = with_rulings(replace(IN_FILE, sessions=(replace(FIRST, place="ΕΚΦΕ Α΄"), SECOND)), [one])
    assert (made.sessions[0], over) == (replace(one.now, place="ΕΚΦΕ Α΄"), ())


def test_a_place_that_was_decided_stands_until_the_file_says_another() -> None:
    here = ruling(SessionWord.MOVE, now=replace(FIRST, place="ΚΕΠΛΗΝΕΤ"))
    other = replace(FIRST, place="Βιβλιοθήκη")
    assert with_rulings(IN_FILE, [here])[0].sessions[0] == here.now
    assert with_rulings(replace(IN_FILE, sessions=(other, SECOND)), [here]) == (
        replace(IN_FILE, sessions=(other, SECOND)),
        ((here, Ending.OVERRULED),),
    )


def test_a_file_brought_into_line_ends_the_decision_so_that_nothing_old_comes_back() -> None:
    one = ruling()
    made, over = with_rulings(replace(IN_FILE, sessions=(one.now, SECOND)), [one])
    assert (made.sessions[0], over) == (one.now, ((one, Ending.IN_LINE),))


def test_a_session_that_the_file_does_not_name_any_more_ends_nothing() -> None:
    assert with_rulings(replace(IN_FILE, sessions=(SECOND,)), [ruling()])[1] == ()


def test_each_word_makes_of_a_session_what_it_says() -> None:
    off = replace(FIRST, status=Status.POSTPONED)
    assert decided(FIRST, SessionWord.CANCEL, None, None, "").status is Status.CANCELLED
    assert decided(FIRST, SessionWord.POSTPONE, None, None, "") == off
    assert decided(off, SessionWord.MOVE, LATER, LATER + HOUR, "Αίθουσα 2") == replace(
        FIRST, starts=LATER, ends=LATER + HOUR, place="Αίθουσα 2"
    )
    assert decided(off, SessionWord.MOVE, None, None, "") == FIRST


DAY = datetime(2027, 3, 2, 22, 0, tzinfo=UTC), datetime(2027, 3, 3, 22, 0, tzinfo=UTC)
"""That of the session, on a clock in Greece."""


def test_offers_stand_still_on_the_day_that_is_called_off() -> None:
    one = ruling()
    assert standstill([(one, None)], DAY[0]) == ()
    assert standstill([(one, None)], STARTS) == ((DAY[0], STARTS),)
    assert standstill([(one, None)], DAY[1] + HOUR) == (DAY,)
    on_the_day = replace(one, at=STARTS)
    assert standstill([(on_the_day, None)], DAY[1] + HOUR) == ((STARTS, DAY[1]),)
    assert standstill([(on_the_day, STARTS + HOUR)], DAY[1] + HOUR) == ((STARTS, STARTS + HOUR),)


def test_offers_stand_still_until_a_session_that_is_put_off_has_a_day() -> None:
    one = ruling(SessionWord.POSTPONE)
    assert standstill([(one, None)], LATER) == ((AT, LATER),)
    assert standstill([(one, STARTS), (ruling(at=STARTS), None)], LATER) == ((AT, DAY[1]),)


def test_a_day_on_which_the_clocks_change_has_its_real_length() -> None:
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 03:30, the second time
    one = ruling(was=replace(FIRST, starts=autumn, ends=autumn + HOUR), at=autumn - 48 * HOUR)
    ((begins, ends),) = standstill([(one, None)], autumn + 48 * HOUR)
    assert ends - begins == 25 * HOUR


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_joined_times_cover_the_same_and_nothing_twice(spans: list[tuple[int, int]]) -> None:
    given = [(STARTS + since * HOUR, STARTS + (since + length) * HOUR) for since, length in spans]
    found = joined(given)
    hours = [STARTS + n * HOUR + HOUR / 2 for n in range(80)]
    for at in hours:
        assert any(a <= at < b for a, b in given) == any(a <= at < b for a, b in found)
    assert all(one[1] < two[0] for one, two in pairwise(found))


def test_decisions_are_found_by_seminar() -> None:
    one, two, other = ruling(), ruling(was=SECOND), ruling(seminar="EKFE-26-02")
    assert by_seminar([one, other, two]) == {"EKFE-26-01": (one, two), "EKFE-26-02": (other,)}
