"""An officer approves applications on the seminar's page: sees who they are, and decides about whom they saw."""

from __future__ import annotations

import re

import pytest

from tests.sync.centre import Centre, seats, sync_once
from tests.web.pages import Browser

CODE = "EKFE-26-01"
PAGE = f"/s/{CODE}"
MARK = re.compile(r'name="chosen\.([^"]+)" value="1"> ([^<]+)<')


@pytest.fixture
def centre(centre: Centre) -> Centre:
    """Two seats, kept for teacher1 and teacher2 until an officer has said yes; teacher3 waits."""
    made = centre.course()
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made), more="\n    έγκριση: 5 ημέρες")
    sync_once(centre)
    return centre


def marks(visitor: Browser) -> dict[str, str]:
    """Our ids of those who are shown, by name, in the order of the page."""
    return {name: mark for mark, name in MARK.findall(visitor.get(PAGE).text)}


def send(visitor: Browser, word: str, *fields: str, why: str = "") -> int:
    token = visitor.token(PAGE)
    form = {"token": token, "word": word, "why": why, **dict.fromkeys(fields, "1")}
    return visitor.post(f"{PAGE}/approvals", **form).status_code


def next_pass(centre: Centre) -> dict[str, str]:
    centre.clock.turn(minutes=15)
    sync_once(centre)
    return seats(centre, CODE)


def test_the_officer_sees_who_they_are_and_until_when(centre: Centre, visitor: Browser) -> None:
    visitor.sign_in("officer1")
    page = visitor.text(PAGE)
    for words in (
        "Αιτήσεις που περιμένουν έγκριση",
        "Όνομα Teacher1",
        "ΠΕ86",
        "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ",
        "7 Νοεμβρίου 2026",
    ):
        assert words in page
    assert list(marks(visitor)) == ["Όνομα Teacher1", "Όνομα Teacher2"]
    assert "teacher1" not in visitor.get(PAGE).text  # by our id: a login may be a registry number (D-4)


@pytest.mark.parametrize("login", ["", "teacher1", "trainer1"])
def test_nobody_else_sees_or_decides(centre: Centre, visitor: Browser, login: str) -> None:
    visitor.sign_in("officer1")
    mark = marks(visitor)["Όνομα Teacher1"]
    visitor.client.cookies.clear()
    if login:
        visitor.sign_in(login)
    assert "περιμένουν έγκριση" not in visitor.text(PAGE)
    token = visitor.token(PAGE) if login else visitor.token()
    form = {"token": token, "word": "chosen", f"chosen.{mark}": "1"}
    assert visitor.post(f"{PAGE}/approvals", **form).status_code == 403
    assert next_pass(centre)["teacher1"] == "under-approval"


def test_the_chosen_are_approved_and_the_next_pass_gives_the_seat(centre: Centre, visitor: Browser) -> None:
    visitor.sign_in("officer1")
    assert send(visitor, "chosen", f"chosen.{marks(visitor)['Όνομα Teacher2']}") == 303
    assert "επόμενο πέρασμα: 1" in visitor.text(PAGE)
    assert list(marks(visitor)) == ["Όνομα Teacher1"]
    found = next_pass(centre)
    assert (found["teacher1"], found["teacher2"], found["teacher3"]) == ("under-approval", "granted", "waiting")
    assert "επόμενο πέρασμα" not in visitor.text(PAGE)


def test_all_are_those_who_were_shown(centre: Centre, visitor: Browser) -> None:
    """A third seat is kept for somebody while the officer reads."""
    visitor.sign_in("officer1")
    shown = [f"shown.{mark}" for mark in marks(visitor).values()]
    centre.seminar(CODE, capacity=3)
    assert next_pass(centre)["teacher3"] == "under-approval"
    assert send(visitor, "all", *shown) == 303
    found = next_pass(centre)
    assert (found["teacher1"], found["teacher2"], found["teacher3"]) == ("granted", "granted", "under-approval")


def test_a_refusal_needs_a_reason_and_passes_the_seat_on(centre: Centre, visitor: Browser) -> None:
    visitor.sign_in("officer1")
    mark = f"chosen.{marks(visitor)['Όνομα Teacher1']}"
    assert send(visitor, "refuse", mark, why="  ") == 400
    assert list(marks(visitor)) == ["Όνομα Teacher1", "Όνομα Teacher2"]
    assert send(visitor, "refuse", mark, why="Το είχε\nπέρσι") == 303
    found = next_pass(centre)
    assert (found["teacher1"], found["teacher3"]) == ("refused", "under-approval")
    visitor.sign_in("teacher1")
    assert "Το είχε πέρσι" in visitor.text(PAGE)


def test_nobody_chosen_and_a_form_of_another_site_change_nothing(centre: Centre, visitor: Browser) -> None:
    visitor.sign_in("officer1")
    mark = f"chosen.{marks(visitor)['Όνομα Teacher1']}"
    assert send(visitor, "chosen") == 400
    assert visitor.post(f"{PAGE}/approvals", token="guessed", word="chosen", **{mark: "1"}).status_code == 403
    assert next_pass(centre)["teacher1"] == "under-approval"


def test_what_was_decided_meanwhile_is_said_and_the_rest_is_done(centre: Centre, visitor: Browser) -> None:
    """Two officers have the page open."""
    visitor.sign_in("officer1")
    both = [f"chosen.{mark}" for mark in marks(visitor).values()]
    assert send(visitor, "chosen", both[0]) == 303
    token = visitor.token(PAGE)
    answer = visitor.post(f"{PAGE}/approvals", token=token, word="chosen", **dict.fromkeys(both, "1"))
    assert (answer.status_code, "είχε ήδη αποφασιστεί. Καταχωρίστηκαν: 1." in answer.text) == (409, True)
    found = next_pass(centre)
    assert (found["teacher1"], found["teacher2"]) == ("granted", "granted")


def test_there_is_nothing_to_see_where_no_approval_is_wanted(centre: Centre, visitor: Browser) -> None:
    centre.seminar(CODE, more="")
    next_pass(centre)
    visitor.sign_in("officer1")
    assert "περιμένουν έγκριση" not in visitor.text(PAGE)
