"""What the foreign systems should hold, from seminars and seats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kypek_sync.model import Form, SeatState, Status, Trainer
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import AFTER, BEFORE, SEATED, WAITING, Centre
from tests.seminar.builders import NOON, seat, seminar, session

CENTRE = Centre(
    kypek="att-a",
    platform="eclass",
    room_server="bbb",
    page="https://kypek.example",
    officers={"ekfe": frozenset({"officer1"})},
    categories={("ekfe", "eclass"): "3"},
)


def test_a_seminar_wishes_its_course_with_staff_groups_and_the_pages_address() -> None:
    seats = {"EKFE-26-01": [seat("anna", SeatState.GRANTED), seat("dora", SeatState.WAITING, place=1)]}
    it = seminar(trainers=(Trainer("trainer1"), Trainer(name="Ξένη", mail="x@y.example")), description="Περιγραφή")
    (wish,) = desired.courses([it], seats, CENTRE)
    assert wish.system == "eclass"
    assert wish.draft.ref == "kypek:att-a:EKFE-26-01"
    assert wish.draft.category == "3"
    assert wish.draft.description == "Περιγραφή\nhttps://kypek.example/s/EKFE-26-01"
    assert (wish.draft.starts, wish.draft.ends) == (it.sessions[0].starts, it.sessions[0].ends)
    assert wish.staff == {"trainer1", "officer1"}
    assert dict(wish.groups) == {SEATED: frozenset({"anna"}), WAITING: frozenset({"dora"})}
    assert wish.students == frozenset()


def test_whoever_has_no_seat_yet_is_among_those_who_wait() -> None:
    states = {"eleni": SeatState.OFFERED, "fani": SeatState.UNDER_APPROVAL, "gogo": SeatState.UNDER_REVIEW}
    seats = {"EKFE-26-01": [seat("anna", SeatState.GRANTED), *(seat(one, state) for one, state in states.items())]}
    (wish,) = desired.courses([seminar()], seats, CENTRE)
    assert dict(wish.groups) == {SEATED: frozenset({"anna"}), WAITING: frozenset({"eleni", "fani"})}


def test_a_mirror_enrols_those_with_a_seat_but_adopts_nothing() -> None:
    it = seminar(mirrors=("moodle", "eclass"), course_address="https://eclass.example/courses/X1/")
    wishes = desired.courses([it], {"EKFE-26-01": [seat("anna", SeatState.GRANTED)]}, CENTRE)
    assert [(w.system, w.adopt, set(w.students)) for w in wishes] == [
        ("eclass", "https://eclass.example/courses/X1/", set()),
        ("moodle", "", {"anna"}),
    ]


def test_a_seminar_goes_to_its_own_platform_and_without_any_platform_nowhere() -> None:
    assert desired.courses([seminar(platform="moodle")], {}, CENTRE)[0].system == "moodle"
    nowhere = Centre("att-a", "", "", "https://kypek.example", {}, {})
    assert desired.courses([seminar()], {}, nowhere) == ()


def test_a_cancelled_seminar_says_so_in_its_title() -> None:
    (wish,) = desired.courses([seminar(status=Status.CANCELLED, sessions=())], {}, CENTRE)
    assert wish.cancelled
    assert wish.draft.title.startswith("ΑΚΥΡΩΘΗΚΕ: ")
    assert wish.draft.starts is None


@pytest.mark.parametrize(
    ("minutes", "form", "status", "seminar_status", "open_now"),
    [
        (0, Form.ONLINE, Status.PLANNED, Status.PLANNED, True),
        (-29, Form.BLENDED, Status.PLANNED, Status.PLANNED, True),
        (-31, Form.ONLINE, Status.PLANNED, Status.PLANNED, False),
        (239, Form.ONLINE, Status.PLANNED, Status.PLANNED, True),
        (240, Form.ONLINE, Status.PLANNED, Status.PLANNED, False),
        (0, Form.IN_PERSON, Status.PLANNED, Status.PLANNED, False),
        (0, Form.ONLINE, Status.CANCELLED, Status.PLANNED, False),
        (0, Form.ONLINE, Status.PLANNED, Status.CANCELLED, False),
    ],
)
def test_a_room_is_open_from_a_little_before_its_online_session_to_a_little_after(  # type: ignore[no-untyped-def]
    minutes, form, status, seminar_status, open_now
) -> None:
    it = seminar(sessions=(session(starts=NOON, hours=3, form=form, status=status),), status=seminar_status)
    wished = desired.rooms([it], CENTRE, NOON + timedelta(minutes=minutes))
    assert bool(wished) is open_now


def test_a_room_lives_until_its_session_is_well_over() -> None:
    it = seminar(sessions=(session(starts=NOON, hours=3, form=Form.ONLINE),))
    (wish,) = desired.rooms([it], CENTRE, NOON - BEFORE)
    assert timedelta(minutes=wish.draft.minutes) > BEFORE + timedelta(hours=3) + AFTER


def test_without_a_room_server_no_room_is_wished() -> None:
    it = seminar(sessions=(session(starts=NOON, form=Form.ONLINE),))
    assert desired.rooms([it], Centre("att-a", "eclass", "", "", {}, {}), NOON) == ()


def test_a_rooms_reference_is_plain_and_tells_seminars_apart() -> None:
    one, two = desired.room_reference("att-a", "ΕΚΦΕ-1", 1), desired.room_reference("att-a", "ΕΚΦΕ-1", 2)
    assert one != two
    assert one.isascii()
    assert all(c.isalnum() or c in "_-" for c in one)
