"""«Αποχώρηση έως»: who gives a seat up later frees it all the same, and it is told and kept that it was late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import outbox
from kypek_sync.ledger import seats as ledger_seats
from kypek_sync.seminar.leaving import is_late
from tests.sync.centre import Centre, open_centre, seats, sync_once
from tests.sync.services import with_mail
from tests.sync.test_offers import last, own_page, say
from tests.web.pages import Browser, words

CODE = "EKFE-26-01"


@pytest.fixture(params=["newer"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path, request.param)
    yield it
    it.server.stop()


@pytest.fixture
def course(centre: Centre) -> str:
    """One seat, for teacher1; teacher2 waits. It can be given up in time for one day."""
    centre.people()
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course), capacity=1, more="\n    αποχώρηση έως: 3/11/2026")
    for minutes, login in enumerate(("teacher1", "teacher2")):
        centre.apply(login, course, minutes_ago=50 - minutes)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting"}
    return course


def late(centre: Centre) -> bool:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return is_late(ledger_seats.decided(connection, "att-a", CODE)[CODE]["teacher1"])


def letters(centre: Centre, login: str) -> dict[str, dict[str, str]]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {row.notice.kind: dict(row.notice.facts) for row in outbox.listed(connection, "att-a", login=login)}


def test_in_time_nothing_is_said_of_it(centre: Centre, course: str) -> None:
    assert letters(centre, "teacher1")["seat-granted"]["leave_by"] == "03/11/2026 23:59"
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert not late(centre)
    assert "late" not in letters(centre, "teacher1")["seat-withdrawn"]


def test_later_it_is_kept_and_told_and_the_next_one_is_told_no_deadline_that_is_over(
    centre: Centre, course: str
) -> None:
    centre.clock.turn(days=3)
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert late(centre)
    assert "εμπρόθεσμα" in letters(centre, "teacher1")["seat-withdrawn"]["reason"]
    assert "leave_by" not in letters(centre, "teacher2")["seat-granted"]
    for _ in range(2):
        centre.clock.turn(minutes=20)
        sync_once(centre)
        assert late(centre)


def test_who_left_while_nobody_looked_is_not_late(centre: Centre, course: str) -> None:
    """The daemon stood still over the deadline: it is not known when they left."""
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(days=3)
    sync_once(centre)
    assert seats(centre, CODE)["teacher1"] == "withdrawn"
    assert not late(centre)


def test_with_the_button_the_page_says_beforehand_that_it_is_late(centre: Centre, course: str) -> None:
    """On the letter's page: asked once more, told that the deadline is over; the letter thanks for no time kept."""
    with with_mail(centre) as sink:
        centre.clock.turn(hours=1)
        sync_once(centre)
        assert "αφήνεται εμπρόθεσμα έως τις 03/11/2026 23:59" in last(sink, "teacher1")[1]
        path = own_page(sink, "teacher1")
        centre.clock.turn(days=3)
        with centre.installation() as inst:
            asked = words(Browser(inst).post(path, say="give-back").text)
        assert "θα σημειωθεί ότι έγινε εκπρόθεσμα" in asked
        assert say(centre, path, "give-back") == 303
        centre.clock.turn(minutes=15)
        sync_once(centre)
        assert late(centre)
        said = last(sink, "teacher1")[1]
        assert "Ευχαριστούμε που μας το είπατε. Αν" in said
        assert "έγκαιρα" not in said
