"""Applying on the seminar's page: signed in, by a form with the session's secret; to open it changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import seats as seat_book
from kypek_sync.sync.installation import Installation
from tests.sync.centre import TEACHERS, Centre, Teacher, open_centre, seats, sync_once
from tests.web.pages import Browser, words

pytestmark = pytest.mark.slow

CODE = "EKFE-26-01"
PART = re.compile(r'name="part" value="([^"]+)"')
DOOR = f"/s/{CODE}/application"


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Centre]:
    """On a platform that tells nobody who is in a course."""
    it = open_centre(tmp_path, "older")
    it.top = "web: {development_sign_in: true}\nlanguage: el\n"
    it.settings()
    it.seminar(CODE, course=it.address(it.course()), capacity=1)
    sync_once(it)
    yield it
    it.server.stop()


@pytest.fixture
def opened(older: Centre) -> Iterator[Installation]:
    """As a web process would open it."""
    with older.installation() as it:
        yield it


def signed_in(inst: Installation, login: str) -> Browser:
    """Somebody who signed in."""
    browser = Browser(inst)
    browser.sign_in(login)
    return browser


def standing(inst: Installation) -> set[tuple[str, str]]:
    """The applications that stand."""
    with inst.ledger.begin(keep=False) as connection:
        return {(system, login) for system, login, _ in seat_book.standing(connection, "att-a").get(CODE, {})}


def presses(browser: Browser, part: str = "") -> int:
    """They press the button on the seminar's page; what the server answered."""
    return browser.post(DOOR, token=browser.token(f"/s/{CODE}"), part=part).status_code


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_form(opened: Installation) -> None:
    visitor = Browser(opened)
    assert "Συνδεθείτε και κάντε αίτηση εδώ" in visitor.text(f"/s/{CODE}")
    asked = visitor.get(DOOR)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/sign-in?next={DOOR}")
    assert visitor.post(DOOR, token="").status_code == 403
    assert standing(opened) == set()


def test_to_open_the_pages_changes_nothing_and_a_form_of_elsewhere_is_refused(opened: Installation) -> None:
    anna = signed_in(opened, "teacher1")
    assert "Υποβολή αίτησης" in anna.text(f"/s/{CODE}")
    assert "Υποβολή αίτησης" in anna.text(DOOR)
    assert anna.post(DOOR).status_code == 403
    assert anna.post(DOOR, token="guessed").status_code == 403
    assert standing(opened) == set()
    assert presses(anna) == 303
    assert standing(opened) == {("(page)", "teacher1")}


def test_what_was_taken_is_confirmed_with_its_moment_and_pressing_twice_is_pressing_once(opened: Installation) -> None:
    anna = signed_in(opened, "teacher1")
    token = anna.token(f"/s/{CODE}")
    assert [anna.post(DOOR, token=token).status_code for _ in range(2)] == [303, 409]
    said = anna.text(DOOR)
    assert "Υπό εξέταση" in said
    assert "Η αίτηση υποβλήθηκε στη σελίδα του σεμιναρίου στις 02/11/2026 11:00" in said
    assert "Απόσυρση της αίτησης" in said
    assert "Υποβολή αίτησης" not in said


def test_from_the_form_to_the_seat_and_back_again(older: Centre, opened: Installation) -> None:
    anna, zoe = signed_in(opened, "teacher1"), signed_in(opened, "teacher2")
    presses(anna)
    older.clock.turn(minutes=1)
    presses(zoe)
    sync_once(older)
    assert "Έχετε θέση" in anna.text(DOOR)
    assert "Στη λίστα αναμονής" in zoe.text(DOOR)
    assert anna.post(f"/s/{CODE}/answer", token=anna.token(DOOR), say="give-back", sure="yes").status_code == 303
    assert "Αν αλλάξατε γνώμη" in anna.text(DOOR)
    older.clock.turn(minutes=1)
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert "η σειρά σας μετράει από τη στιγμή" in anna.text(f"/s/{CODE}")
    older.clock.turn(minutes=1)
    assert presses(anna) == 303
    assert "Υπό εξέταση" in anna.text(f"/s/{CODE}")
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "waiting", "teacher2": "granted"}


def test_one_click_gives_nothing_up_and_the_page_that_asks_says_what_happens(
    older: Centre, opened: Installation
) -> None:
    anna = signed_in(opened, "teacher1")
    presses(anna)
    asked = anna.post(f"/s/{CODE}/answer", token=anna.token(DOOR), say="give-back")
    assert asked.status_code == 200
    assert "Αποσύρετε την αίτησή σας: αν κάνετε πάλι αίτηση" in words(asked.text)
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "granted"}
    asked = anna.post(f"/s/{CODE}/answer", token=anna.token(DOOR), say="give-back")
    assert "Δίνετε πίσω τη θέση σας" in words(asked.text)
    token = re.search(r'name="token" value="([^"]+)"', asked.text)
    assert token is not None
    assert anna.post(f"/s/{CODE}/answer", token=token[1], say="give-back", sure="yes").status_code == 303
    assert anna.post(f"/s/{CODE}/answer", token=token[1], say="give-back").status_code == 409


def test_who_changes_their_mind_before_a_pass_has_seen_it_withdraws_and_applies_again(
    older: Centre, opened: Installation
) -> None:
    anna = signed_in(opened, "teacher1")
    presses(anna)
    for _ in range(2):
        assert anna.post(f"/s/{CODE}/answer", token=anna.token(DOOR), say="give-back", sure="yes").status_code == 303
        assert "Κάνω πάλι αίτηση" in anna.text(DOOR)
        assert presses(anna) == 303
    assert anna.post(f"/s/{CODE}/answer", token=anna.token(DOOR), say="give-back", sure="yes").status_code == 303
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "withdrawn"}


def test_whom_the_seminar_is_not_for_reads_why_and_may_apply_all_the_same(older: Centre, opened: Installation) -> None:
    older.clock.turn(hours=7)
    older.people(*(Teacher("teacher1", "ΠΕ70") if one.login == "teacher1" else one for one in TEACHERS))
    sync_once(older)
    anna = signed_in(opened, "teacher1")
    said = anna.text(f"/s/{CODE}")
    assert "Το σεμινάριο απευθύνεται στις ειδικότητες ΠΕ86" in said
    assert "μπορείτε παρ’ όλα αυτά να κάνετε αίτηση" in said
    presses(anna)
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "refused"}


def test_whom_the_directory_does_not_know_is_told_that_they_keep_their_place(
    older: Centre, opened: Installation
) -> None:
    new = signed_in(opened, "substitute")
    assert "κρατάει τη σειρά της και κρίνεται μόλις σας δείξει ο κατάλογος" in new.text(f"/s/{CODE}")
    presses(new)
    sync_once(older)
    assert seats(older, CODE) == {"substitute": "under-identification"}
    assert "Απόσυρση της αίτησης" in new.text(DOOR)


@pytest.mark.parametrize("login", ["trainer1", "officer1"])
def test_who_teaches_or_runs_it_is_told_that_they_need_no_seat(opened: Installation, login: str) -> None:
    staff = signed_in(opened, login)
    assert "δεν χρειάζεστε θέση" in staff.text(f"/s/{CODE}")
    assert presses_anyway(staff) == 409
    assert standing(opened) == set()


def presses_anyway(browser: Browser) -> int:
    """They send the form that is not shown to them, with a secret of their own session."""
    return browser.post(DOOR, token=browser.token("/"), part="").status_code


def test_outside_the_time_of_registration_there_is_no_button_and_none_is_taken(
    older: Centre, opened: Installation
) -> None:
    older.seminar(CODE, opens="3/11/2026", closes="5/11/2026")
    sync_once(older)
    anna = signed_in(opened, "teacher1")
    assert "Οι αιτήσεις ανοίγουν" in anna.text(DOOR)
    assert presses_anyway(anna) == 409
    older.clock.turn(days=1)
    assert presses(anna) == 303
    older.clock.turn(days=4)
    assert "έκλεισαν" in signed_in(opened, "teacher2").text(DOOR)


def test_where_the_platform_shows_who_applies_there_is_no_door_until_it_is_switched_on(
    centre: Centre, inst: Installation
) -> None:
    centre.seminar(CODE, course=centre.address(centre.course()))
    sync_once(centre)
    anna = signed_in(inst, "teacher1")
    assert "Υποβολή αίτησης" not in anna.text(f"/s/{CODE}")
    assert presses_anyway(anna) == 409
    assert anna.get("/s/NO-SUCH/application").status_code == 404


def test_of_a_seminar_in_parts_one_is_chosen(older: Centre, opened: Installation) -> None:
    code = older.seminar("EKFE-26-02", parts="πρωινό (1); βραδινό (1)")
    sync_once(older)
    anna, door = signed_in(opened, "teacher1"), f"/s/{code}/application"
    assert "Για ποιο τμήμα κάνετε αίτηση;" in anna.text(door)
    ids = PART.findall(anna.get(door).text)
    assert len(ids) == 2
    sent = [anna.post(door, token=anna.token(door), part=one).status_code for one in ("", "no-such-part", ids[1])]
    assert sent == [409, 409, 303]
    assert "Υπό εξέταση – βραδινό" in anna.text(door)


def test_who_withdrew_and_is_in_the_course_by_themselves_is_told_so_and_may_apply_again_wherever_it_was(
    centre: Centre, inst: Installation
) -> None:
    centre.top += "language: el\n"
    centre.settings()
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course))
    centre.apply("teacher1", course)
    sync_once(centre)
    anna = signed_in(inst, "teacher1")
    assert anna.post(f"/s/{CODE}/answer", token=anna.token(DOOR), say="give-back", sure="yes").status_code == 303
    centre.clock.turn(hours=1)
    sync_once(centre)
    said = anna.text(f"/s/{CODE}")
    assert "Είστε ακόμη εγγεγραμμένοι στο μάθημα, από δική σας εγγραφή" in said
    assert "Κάνω πάλι αίτηση" in said
    centre.clock.turn(minutes=1)
    assert presses(anna) == 303
    centre.clock.turn(hours=1)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "granted"}
