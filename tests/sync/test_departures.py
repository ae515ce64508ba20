"""Who left the directory for good and has a place: within the limits the seat is free, beyond them a person decides."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.contract import Cause, Target, Verb
from kypek_sync.ledger import holds
from kypek_sync.ledger.holds import HoldState
from kypek_sync.model import Seat, SeatState
from kypek_sync.settings.shape import Limits
from kypek_sync.sync.planning.guard import Ground
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.seats.departing import LET_PASS, departing
from tests.sync.centre import seats, sync_once
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow

HERE = Target("eclass", "EKFE-26-01")


def seat(login: str, state: SeatState = SeatState.GRANTED, rule: str = "capacity") -> Seat:
    return Seat(HERE.seminar, login, login, state, rule)


def places(count: int) -> dict[Target, dict[str, Seat]]:
    return {HERE: {login: seat(login) for login in PEOPLE[:count]}}


GROUND = Ground({}, Limits(), {HERE.seminar: 20})


def test_a_few_departures_are_believed() -> None:
    found = departing(places(20), PEOPLE[:3], GROUND, ())
    assert set(found.believed[HERE.seminar]) == set(PEOPLE[:3])
    assert found.held == ()


def test_more_than_the_limit_wait_and_cost_nobody_a_place() -> None:
    found = departing(places(20), PEOPLE[:4], GROUND, ())
    assert found.believed == {HERE.seminar: {}}
    (held,) = found.held
    assert held.guard == "departures"
    assert {(c.verb, c.cause, c.before) for c in held.changes} == {
        (Verb.WITHDRAW, Cause.INFERRED, (("seat", "granted"),))
    }


def test_what_a_person_let_pass_is_believed_and_marked_and_the_rest_waits() -> None:
    (held,) = departing(places(20), PEOPLE[:4], GROUND, ()).held
    released = [change.bare for change in held.changes]
    found = departing(places(20), PEOPLE[:4], GROUND, released)
    assert found.held == ()
    assert found.believed[HERE.seminar] == dict.fromkeys(PEOPLE[:4], (LET_PASS,))
    another = departing(places(20), PEOPLE[:5], GROUND, released)
    assert set(another.believed[HERE.seminar]) == set(PEOPLE[:4])
    assert len(another.held) == 1


def test_who_waits_counts_too_and_who_is_out_already_stays_out() -> None:
    book = {
        HERE: {
            "t01": seat("t01", SeatState.WAITING),
            "t02": seat("t02", SeatState.REFUSED, "specialty"),
            "t03": Seat(HERE.seminar, "t03", "t03", SeatState.UNDER_IDENTIFICATION, "left-directory", (LET_PASS,)),
        }
    }
    found = departing(book, PEOPLE, GROUND, ())
    assert found.believed == {HERE.seminar: {"t01": (), "t03": (LET_PASS,)}}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def without(both: TwoPlatforms, *gone: str) -> None:
    """A new export that lacks them."""
    both.people()
    export, drawn = both.folder / "directory.ldif", both.clock.now
    blocks = export.read_text(encoding="utf-8").split("\n\n")
    left = [block for block in blocks if not block.startswith(tuple(f"dn: uid={login}," for login in gone))]
    export.write_text("\n\n".join(left), encoding="utf-8")
    os.utime(export, (drawn.timestamp(), drawn.timestamp()))


def leave(both: TwoPlatforms, *gone: str) -> dict[str, LaneReport]:
    """They are missing from three exports over nine days; the reports of the last sync."""
    reports = {}
    for hours in (1, 7, 9 * 24):
        both.clock.turn(hours=hours)
        without(both, *gone)
        reports = sync_once(both)
    return reports


def mirrored(both: TwoPlatforms, count: int, capacity: int) -> tuple[str, int]:
    both.settings(courses="eclass")
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:count]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here), mirrors="[moodle]", capacity=capacity)
    sync_once(both)
    return code, both.made(code)


def test_a_teacher_who_left_frees_the_seat_slowly_and_comes_back_into_the_queue(both: TwoPlatforms) -> None:
    code, there = mirrored(both, count=4, capacity=2)
    for hours in (1, 7):
        both.clock.turn(hours=hours)
        without(both, "t01")
        sync_once(both)
        assert both.students(there) == {"t01", "t02"}
    both.clock.turn(days=8)
    without(both, "t01")
    sync_once(both)
    assert seats(both, code) == {"t01": "under-identification", "t02": "granted", "t03": "granted", "t04": "waiting"}
    assert not active(both, there, "t01")
    assert "t01" in both.students(there)  # suspended first (rule 5)
    both.clock.turn(hours=1)
    both.people()
    sync_once(both)
    assert seats(both, code)["t01"] == "waiting"
    both.clock.turn(days=8)
    both.people()
    report = sync_once(both)["seats"]
    assert "t01" not in both.students(there)
    assert [(c.verb, c.target.login) for c, _ in report.done] == [(Verb.UNENROL, "t01")]
    both.clock.turn(minutes=15)
    assert sync_once(both)["seats"].done == []


def test_who_comes_back_within_the_grace_and_gets_a_seat_again_is_let_in_as_they_were(both: TwoPlatforms) -> None:
    code, there = mirrored(both, count=2, capacity=2)
    leave(both, "t01")
    assert not active(both, there, "t01")
    both.clock.turn(hours=1)
    both.people()
    report = sync_once(both)["seats"]
    assert seats(both, code)["t01"] == "granted"
    assert active(both, there, "t01")
    assert (Verb.RESUME, "t01") in [(c.verb, c.target.login) for c, _ in report.done]
    both.clock.turn(minutes=15)
    assert sync_once(both)["seats"].done == []


def test_whom_somebody_lets_in_again_by_hand_stays(both: TwoPlatforms) -> None:
    """Rule 4: what people did by hand stays."""
    _, there = mirrored(both, count=4, capacity=2)
    leave(both, "t01")
    both.moodle.enrol_manually("t01", there)
    for hours in (1, 9 * 24):
        both.clock.turn(hours=hours)
        without(both, "t01")
        assert sync_once(both)["seats"].done == []
    assert active(both, there, "t01")


def active(both: TwoPlatforms, course: int, login: str) -> bool:
    return any(not e.suspended for e in both.moodle.enrolments(course) if e.username == login)


def test_a_transfer_or_another_specialty_never_costs_a_granted_seat(both: TwoPlatforms) -> None:
    """Rule 2."""
    code, there = mirrored(both, count=4, capacity=2)
    both.clock.turn(hours=1)
    both.people(t01="ΠΕ70", t03="ΠΕ70")
    sync_once(both)
    assert seats(both, code) == {"t01": "granted", "t02": "granted", "t03": "refused", "t04": "waiting"}
    assert both.students(there) == {"t01", "t02"}


def test_four_who_left_at_once_are_held_once_and_go_when_a_person_lets_them(both: TwoPlatforms) -> None:
    code, there = mirrored(both, count=24, capacity=20)
    before = seats(both, code)
    report = leave(both, *PEOPLE[:4])["seats"]
    assert seats(both, code) == before
    assert len(both.students(there)) == 20
    assert [(h.guard, len(h.changes)) for _, h in report.held] == [("departures", 4)]
    (number,) = (n for n, _ in report.held if n is not None)
    with both.installation() as inst, inst.ledger.begin() as connection:
        assert holds.decide(connection, number, HoldState.APPROVED, "officer1", both.clock(), None)
    both.clock.turn(minutes=15)
    report = sync_once(both)["seats"]
    assert report.held == []
    assert {login for login, word in seats(both, code).items() if word == "granted"} == set(PEOPLE[4:24])
    assert both.students(there) == set(PEOPLE[4:24])
    assert {c.cause for c, _ in report.done if c.removes} == {Cause.DECIDED}


def test_departures_of_a_week_add_up_also_where_no_platform_is_ever_asked(both: TwoPlatforms) -> None:
    """On eClass nobody can be taken out of anything: seats are lost in our own book alone. A directory that lost three
    teachers each day had emptied a seminar of twelve, although four in a week were allowed."""
    limits = "{per_week: 4, per_week_share: 0, per_run: 3, per_seminar: 3, per_seminar_share: 0}"
    both.settings(courses="eclass", limits=limits)
    here = both.eclass_course()
    for number, login in enumerate(PEOPLE[:12]):
        both.apply_in_eclass(login, here, minutes_ago=300 - number)
    code = both.seminar(course=both.eclass_address(here), capacity=12)
    sync_once(both)
    held = set()
    for day in range(1, 12):
        both.clock.turn(days=1)
        without(both, *PEOPLE[: min(3 * day, 12)])
        held |= {(one.guard, one.seminar) for _, one in sync_once(both)["seats"].held}
    left = [login for login, state in seats(both, code).items() if state == "under-identification"]
    assert left == ["t01", "t02", "t03"]
    assert held == {("departures", code)}


def test_a_seat_lost_in_the_book_and_then_in_the_mirror_is_one_of_the_week(both: TwoPlatforms) -> None:
    both.settings(courses="eclass")
    code, there = mirrored(both, count=4, capacity=4)
    both.settings(courses="eclass", limits="{per_week: 2, per_week_share: 0}")
    report = leave(both, "t01", "t02")["seats"]
    assert report.held == []
    assert {login for login, state in seats(both, code).items() if state == "under-identification"} == {"t01", "t02"}
    assert not active(both, there, "t01")
    assert not active(both, there, "t02")
