"""Who is leaving the directory is visible while they are: since when, until when, and what they would lose (rule 2)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.ledger.leaving import earliest
from kypek_sync.ledger.people import Departure
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, seats

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
USUAL = Departure(2, timedelta(hours=6), timedelta(days=7))


def export_without(centre: Centre, *logins: str) -> None:
    """A new export that lacks them; the others stay who they are."""
    centre.people()
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    blocks = export.read_text(encoding="utf-8").split("\n\n")
    left = [block for block in blocks if not block.startswith(tuple(f"dn: uid={login}," for login in logins))]
    export.write_text("\n\n".join(left), encoding="utf-8")
    os.utime(export, (drawn, drawn))


@pytest.fixture
def one_leaves(full: Centre, kypek: Terminal) -> Centre:
    """teacher1, who has a seat, is missing from the directory since 02/11/2026 18:00."""
    kypek("sync")
    full.clock.turn(hours=7)
    export_without(full, "teacher1")
    return full


SINCE = "not shown by the directory since 02/11/2026 18:00 (1 of 2 complete reads)"
EARLIEST = "gone on 09/11/2026 18:00 at the earliest, unless they come back"
LOSES = "They would then lose the seat in EKFE-26-01, within the limits of removals."


def test_the_report_of_a_sync_and_of_a_plan_says_who_would_lose_what_and_when(
    one_leaves: Centre, kypek: Terminal
) -> None:
    for words in (["plan"], ["sync"]):
        told = kypek(*words).out
        assert f"Leaving: Όνομα Teacher1 (teacher1): {SINCE}; {EARLIEST}. {LOSES}" in told
    (seats_pass,) = [r for r in kypek("plan", "--lane", "seats", "--json").json if r["lane"] == "seats"]
    assert seats_pass["leaving"][0]["places"] == [{"seminar": "EKFE-26-01", "state": "granted"}]
    greek = kypek("plan", language="el").out
    assert "ο κατάλογος δεν το δείχνει από 02/11/2026 18:00 (1 από τις 2 πλήρεις αναγνώσεις)" in greek
    assert "Τότε θα χάσει τη θέση στο EKFE-26-01" in greek


def test_status_counts_them_with_the_earliest_day(one_leaves: Centre, kypek: Terminal) -> None:
    kypek("sync")
    said = kypek("status").out
    assert "1 person is leaving the directory: teacher1. The first counts as gone on 09/11/2026 18:00" in said
    assert "places to be lost: 1." in said
    (plain,) = kypek("status", "--json").json
    assert plain["leaving"] == ["teacher1"]
    assert plain["departures"][0]["gone_at_the_earliest"] == "2026-11-09T16:00:00+00:00"


def test_explain_and_the_directory_say_it_of_the_person(one_leaves: Centre, kypek: Terminal) -> None:
    kypek("sync")
    for words in (["explain", "teacher1"], ["directory", "person", "teacher1"]):
        said = kypek(*words).out
        assert f"{SINCE}; {EARLIEST}." in said
        assert LOSES in said
    assert kypek("explain", "teacher1", "--json").json[0]["leaving"]["absences"] == 1
    assert kypek("directory", "person", "teacher1", "--json").json[0]["departure"]["of"] == 2
    assert kypek("explain", "teacher2", "--json").json[0]["leaving"] is None


def test_who_waits_would_lose_the_place_and_who_has_none_has_nothing_to_lose(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    full.clock.turn(hours=7)
    export_without(full, "teacher3")
    kypek("sync")
    assert "They would then lose the place in the queue of EKFE-26-01" in kypek("explain", "teacher3").out
    full.clock.turn(hours=7)
    export_without(full, "teacher8")
    kypek("sync")
    assert "They have no seat to lose." in kypek("explain", "teacher8").out
    assert "Leaving:" not in kypek("sync").out  # nothing is at stake


def test_what_was_announced_is_what_happens(one_leaves: Centre, kypek: Terminal) -> None:
    """The seat is kept until the moment that was told, and goes at the first complete read of it."""
    kypek("sync")
    one_leaves.clock.turn(days=6, hours=23)
    export_without(one_leaves, "teacher1")
    kypek("sync")
    assert seats(one_leaves, "EKFE-26-01")["teacher1"] == "granted"
    one_leaves.clock.turn(hours=1)
    assert "gone at the next complete read that does not show them" not in kypek("explain", "teacher1").out
    one_leaves.clock.turn(hours=5)
    assert "gone at the next complete read that does not show them" in kypek("explain", "teacher1").out
    export_without(one_leaves, "teacher1")
    kypek("sync")
    assert seats(one_leaves, "EKFE-26-01")["teacher1"] == "under-identification"
    assert "gone from the directory since" in kypek("explain", "teacher1").out


def test_a_return_cancels_it(one_leaves: Centre, kypek: Terminal) -> None:
    kypek("sync")
    one_leaves.clock.turn(days=3)
    one_leaves.people()
    kypek("sync")
    assert kypek("status", "--json").json[0]["leaving"] == []
    assert "not shown by the directory" not in kypek("explain", "teacher1").out


@pytest.mark.parametrize(
    ("last", "absences", "expected"),
    [
        (timedelta(0), 1, timedelta(days=7)),  # the grace is longer than the gap
        (timedelta(days=6, hours=22), 2, timedelta(days=7, hours=4)),  # one more read, a gap after the last
        (timedelta(days=8), 1, timedelta(days=8, hours=6)),
        (timedelta(days=3), 9, timedelta(days=7)),
    ],
)
def test_the_earliest_moment(last: timedelta, absences: int, expected: timedelta) -> None:
    assert earliest(NOW, NOW + last, absences, USUAL) == NOW + expected


def test_three_reads_take_three_gaps() -> None:
    assert earliest(NOW, NOW, 1, Departure(3, timedelta(days=5), timedelta(days=7))) == NOW + timedelta(days=10)
