"""What speaks against an application: the same hours, an earlier edition (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kypek_sync.language import speaker
from kypek_sync.model import Part, Seat, SeatState, Stance, Status
from kypek_sync.seminar.choosing_words import clash_lines
from kypek_sync.seminar.objections import (
    Editions,
    Objection,
    attended,
    edition_before,
    ended_editions,
    same_hours,
    stronger,
)
from kypek_sync.seminar.offers import Clock, Terms
from kypek_sync.seminar.reasons import own_reason, why_asked
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.seminar.seats import Ground, decide
from tests.seminar.builders import NOON, UNITS, application, person, seat, seminar, session

DAY = NOON + timedelta(days=30)
HERE = seminar(sessions=(session(starts=DAY),))
GREEK = speaker("el")
REFUSES = Objection(Stance.REFUSE, "same-hours", "«Άλλο» (KESYP-26-07), 02/12/2026 14:00-17:00")
ASKS = replace(REFUSES, stance=Stance.ASK)
CLOCK = Clock(NOON, Terms(None))


def decided(before: dict[str, Seat] | None = None, against: Objection | None = REFUSES, **changes: object) -> Seat:
    """Anna's seat, against whose application something speaks."""
    known = {"anna": against} if against is not None else {}
    ground = Ground({"anna": person()}, UNITS, NOON + timedelta(hours=1), b"key", objections=known, clock=CLOCK)
    (found,) = decide(HERE, [application("anna")], before or {}, replace(ground, **changes))  # type: ignore[arg-type]
    return found


def test_the_others_are_named_with_their_hours_three_of_them() -> None:
    others = [(seminar(f"KESYP-26-0{n}", sessions=(session(starts=DAY, hours=n),)), "") for n in (1, 2, 3, 4)]
    found = same_hours(HERE, "", others, Stance.REFUSE)
    assert found is not None
    assert found.others == "; ".join(
        f"«Σεμινάριο KESYP-26-0{n}» (KESYP-26-0{n}), 02/12/2026 14:00-{14 + n}:00" for n in (1, 2, 3)
    )


def test_nothing_follows_where_people_are_only_told_or_nothing_clashes() -> None:
    other = seminar("KESYP-26-07", sessions=(session(starts=DAY),))
    later = seminar("KESYP-26-07", sessions=(session(starts=DAY + timedelta(days=1)),))
    assert same_hours(HERE, "", [(other, "")], Stance.WARN) is None
    assert same_hours(HERE, "", [(later, "")], Stance.REFUSE) is None
    assert edition_before(other, Stance.WARN) is None


def edition(code: str, days: float, **changes: object):  # type: ignore[no-untyped-def]
    start = NOON + timedelta(days=days)
    return seminar(code, title=HERE.title, sessions=(session(starts=start),), **changes)


def test_an_edition_counts_once_it_is_over_if_it_took_place_the_latest_first() -> None:
    long_ago, last, now = edition("A-1", -400), edition("A-2", -30), edition("A-3", -0.05)
    those = [long_ago, last, now, edition("A-4", -20, status=Status.CANCELLED)]
    off = replace(edition("A-5", -20), sessions=(session(starts=NOON, status=Status.CANCELLED),))
    assert ended_editions(HERE, [*those, off, HERE], NOON) == (last, long_ago)
    assert ended_editions(HERE, [now], NOON + timedelta(hours=3)) == (now,)


def test_of_many_seminars_the_editions_are_found_by_series_or_title() -> None:
    series = replace(edition("A-1", -400), title="Άλλος τίτλος", series="Ρομποτική")
    same, other = edition("A-2", -30), replace(edition("A-3", -30), series="Άλλη")
    here = replace(HERE, series="ΡΟΜΠΟΤΙΚΗ")
    every = [series, same, other, here, seminar("Z", title="Κάτι άλλο")]
    assert Editions(every, NOON).of(here) == ended_editions(here, every, NOON) == (same, series)


def test_whoever_had_a_seat_counts_and_nobody_who_waited_or_whose_part_was_cancelled() -> None:
    parts = (Part("a", "πρωινό"), Part("b", "απογευματινό", status=Status.CANCELLED))
    last, long_ago = edition("A-2", -30, parts=parts), edition("A-1", -400)
    granted = SeatState.GRANTED
    seats = {
        "A-2": {
            "anna": seat("anna", granted, "A-2", part="a"),
            "nikos": seat("nikos", granted, "A-2", part="b"),
            "eleni": seat("eleni", SeatState.WAITING, "A-2", part="a"),
        },
        "A-1": {"anna": seat("anna", granted, "A-1"), "yannis": seat("yannis", granted, "A-1", person="")},
    }
    assert attended((last, long_ago), seats) == {"p-anna": last, "yannis": long_ago}


def test_to_be_refused_counts_before_to_be_asked_else_the_first() -> None:
    other = edition_before(edition("A-1", -400), Stance.ASK)
    assert other is not None
    assert other.others == f"«{HERE.title}» (A-1)"
    refuses = replace(other, stance=Stance.REFUSE)
    assert stronger(None, other) == stronger(other, None) == other
    assert stronger(None, None) is None
    assert stronger(ASKS, refuses) == refuses
    assert stronger(REFUSES, refuses) == REFUSES == stronger(REFUSES, other)


def test_who_is_refused_reads_why_and_gets_the_seat_once_nothing_speaks_against_it() -> None:
    refused = decided()
    assert (refused.state, refused.rule) == (SeatState.REFUSED, "same-hours")
    assert "«Άλλο» (KESYP-26-07), 02/12/2026 14:00-17:00" in own_reason(refused, GREEK)
    assert decided({"anna": refused}, None).state is SeatState.GRANTED
    earlier = replace(REFUSES, rule="earlier-edition", others="«Άλλο» (A-1)")
    assert "προηγούμενη διεξαγωγή: «Άλλο» (A-1)" in own_reason(decided(against=earlier), GREEK)


@pytest.mark.parametrize("against", [REFUSES, ASKS])
def test_nothing_takes_a_seat_that_was_given_nor_hinders_one_that_is_granted_by_name(against: Objection) -> None:
    had = seat("anna", SeatState.GRANTED)
    assert decided({"anna": had}, against).state is SeatState.GRANTED
    ruling = Ruling("EKFE-26-01", "anna", "p-anna", Word.GRANT, "ναι", NOON)
    assert decided(None, against, rulings={"anna": ruling}).rule == "granted-by-name"


def test_who_waits_is_refused_once_something_speaks_against_it_and_keeps_the_place_while_that_is_not_settled() -> None:
    waits = {"anna": seat("anna", SeatState.WAITING, place=1)}
    assert decided(waits).state is SeatState.REFUSED
    unsettled = replace(REFUSES, settled=False)
    assert decided(waits, unsettled).state is SeatState.WAITING
    assert (decided(None, unsettled).state, decided(None, unsettled).rule) == (SeatState.UNDER_REVIEW, "watermark")


def test_who_is_asked_is_offered_the_seat_and_has_it_once_they_say_so() -> None:
    offered = decided(against=ASKS)
    assert offered.state is SeatState.OFFERED
    assert "«Άλλο» (KESYP-26-07)" in why_asked(offered, GREEK)
    assert own_reason(offered, GREEK).startswith(why_asked(offered, GREEK))
    assert "προσφέρεται έως" in own_reason(offered, GREEK)
    assert decided({"anna": offered}, ASKS).state is SeatState.OFFERED
    yes = Ruling("EKFE-26-01", "anna", "p-anna", Word.ACCEPT, "", NOON + timedelta(minutes=1))
    assert decided({"anna": offered}, ASKS, rulings={"anna": yes}).rule == "offer-accepted"


def test_who_is_asked_simply_has_the_seat_once_nothing_speaks_against_it() -> None:
    offered = {"anna": decided(against=ASKS)}
    cleared = decided(offered, None)
    assert (cleared.state, cleared.rule) == (SeatState.GRANTED, "objection-over")
    assert "δεν υπάρχει κώλυμα" in own_reason(cleared, GREEK)
    late = Clock(NOON, Terms(timedelta(days=60)))  # from then on everybody is asked: the offer stands
    assert decided(offered, None, clock=late).state is SeatState.OFFERED


def test_silence_passes_the_seat_on_and_who_asks_again_is_asked_again() -> None:
    offered = decided(against=ASKS)
    after = Clock(NOON + timedelta(days=4), Terms(None))
    silent = decided({"anna": offered}, ASKS, clock=after)
    assert (silent.state, silent.rule) == (SeatState.WAITING, "offer-lapsed")
    again = Ruling("EKFE-26-01", "anna", "p-anna", Word.ASK_AGAIN, "", NOON + timedelta(days=4))
    assert decided({"anna": silent}, ASKS, clock=after, rulings={"anna": again}).state is SeatState.OFFERED
    in_time = replace(again, word=Word.ACCEPT)
    assert decided({"anna": silent}, ASKS, clock=after, rulings={"anna": in_time}).state is SeatState.GRANTED


def test_nobody_is_asked_who_could_not_learn_of_it_or_once_it_has_begun() -> None:
    assert decided(against=ASKS, clock=None).state is SeatState.GRANTED
    assert decided(against=ASKS, clock=Clock(DAY, Terms(None))).state is SeatState.GRANTED
    offered = {"anna": decided(against=ASKS)}
    assert decided(offered, ASKS, clock=None).state is SeatState.GRANTED


def test_where_who_waits_moves_up_at_once_an_offer_of_another_kind_is_a_seat() -> None:
    plain = seat("anna", SeatState.OFFERED, rule="offer", facts=decided(against=ASKS).facts[:2])
    assert decided({"anna": plain}, None).state is SeatState.GRANTED


def test_an_earlier_edition_is_a_question_too() -> None:
    asks = replace(ASKS, rule="earlier-edition", others="«Άλλο» (A-1)")
    assert "προηγούμενη διεξαγωγή: «Άλλο» (A-1)" in why_asked(decided(against=asks), GREEK)
    assert why_asked(seat("anna", SeatState.OFFERED), GREEK) == ""


def test_the_page_says_what_is_refused_or_asked_and_nothing_where_people_are_only_told() -> None:
    assert clash_lines(Stance.WARN, Stance.WARN, GREEK) == ()
    hours, last = clash_lines(Stance.REFUSE, Stance.ASK, GREEK)
    assert "δεν γίνεται δεκτός" in hours
    assert "ερωτάται" in last
