"""On Monday morning an officer learns in one letter what the week holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from kypek_sync.sandbox.mail import Sink
from tests.sync.centre import TEACHERS, Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text

CODE = "EKFE-26-01"
MONDAY = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)
"""Eight o'clock in Greece on the Monday before the centre's seminar, which meets on Wednesday."""


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


def until(centre: Centre, moment: datetime) -> None:
    """Turn the clock to a moment; the export is drawn anew."""
    centre.clock.now = moment
    centre.people(*TEACHERS)


def to_officer(sink: Sink) -> list[EmailMessage]:
    return [one.message for one in sink.messages() if one.recipients[0].startswith("officer1@")]


def test_it_tells_sessions_with_figures_what_waits_and_free_seats(centre: Centre, sink: Sink) -> None:
    full, free = centre.course(), centre.course("Δεύτερο")
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", full, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(full), day=3)
    centre.seminar("EKFE-26-02", course=centre.address(free), day=24, capacity=20)
    centre.apply("teacher4", free)
    sync_once(centre)
    until(centre, MONDAY)
    sync_once(centre)
    letter = to_officer(sink)[-1]
    said = text(letter)
    assert letter["Subject"] == "Τα σεμινάρια της εβδομάδας σας"
    for words in (
        f"Αυτή την εβδομάδα:\nΤετάρτη 3/3, 17:00-20:00, ΕΚΦΕ – Σεμινάριο {CODE} ({CODE}): έχουν δοθεί 2 από 2 θέσεις, "
        "περιμένουν 1\n\n",
        "Ελεύθερες θέσεις τις επόμενες τέσσερις εβδομάδες:\nΣεμινάριο EKFE-26-02 (EKFE-26-02): 19 από 20, αρχίζει στις "
        "24/03/2027",
    ):
        assert words in said
    assert f"({CODE}): 0 από" not in said
    html = letter.get_body(("html",))
    assert html is not None
    assert "Αυτή την εβδομάδα" in str(html.get_content())


def test_it_is_one_letter_a_week_however_many_passes_there_are(centre: Centre, sink: Sink) -> None:
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course))
    until(centre, MONDAY)
    for _ in range(3):
        sync_once(centre)
        centre.clock.turn(hours=5)
    assert [str(one["Subject"]) for one in to_officer(sink)] == ["Τα σεμινάρια της εβδομάδας σας"]


def test_a_week_without_a_session_and_with_nothing_to_do_brings_no_letter(centre: Centre, sink: Sink) -> None:
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course), day=24)
    until(centre, MONDAY)
    sync_once(centre)
    assert to_officer(sink) == []


def test_a_cancelled_session_is_not_held(centre: Centre, sink: Sink) -> None:
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course), status="ακυρώθηκε")
    until(centre, MONDAY)
    sync_once(centre)
    assert all("Αυτή την εβδομάδα" not in text(one) for one in to_officer(sink))


def test_who_is_not_in_the_directory_yet_waits_for_the_officer(centre: Centre, sink: Sink) -> None:
    course = centre.course()
    centre.world.add_user("stranger", "Ξένη", "Αγνώστου", "stranger@sch.example")
    centre.apply("stranger", course)
    centre.seminar(CODE, course=centre.address(course), day=24)
    sync_once(centre)
    until(centre, MONDAY)
    sync_once(centre)
    said = text(to_officer(sink)[-1])
    assert "Περιμένουν εσάς:" in said
    assert "αιτήσεις από λογαριασμούς που δεν υπάρχουν ακόμη στον κατάλογο: 1" in said
    assert "stranger" not in said


def test_work_by_hand_is_in_the_same_letter(centre: Centre, sink: Sink) -> None:
    centre.seminar(CODE)  # the course is ours, and wants an announcement and its dates by hand
    for hour in (9, 10):
        until(centre, datetime(2027, 2, 25, hour, 0, tzinfo=UTC))
        sync_once(centre)
    until(centre, MONDAY)
    sync_once(centre)
    (letter,) = to_officer(sink)
    said = text(letter)
    assert said.index("Αυτή την εβδομάδα:") < said.index("Τα παρακάτω δεν μπορούν")
    assert letter["Subject"] == "Τα σεμινάρια της εβδομάδας σας"


def test_seats_above_those_that_there_are_wait_for_the_officer(centre: Centre, sink: Sink) -> None:
    course = centre.course()
    for number in (1, 2):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(course), day=24)
    sync_once(centre)
    centre.seminar(CODE, course=centre.address(course), day=24, capacity=1)
    until(centre, MONDAY + timedelta(days=1))
    sync_once(centre)
    assert all("περισσεύει" not in text(one) for one in to_officer(sink))  # that is for Monday
    until(centre, MONDAY + timedelta(days=7))
    sync_once(centre)
    said = " ".join(text(to_officer(sink)[-1]).split())
    assert f"1 θέση του {CODE} περισσεύει (έχει 1) και μένει ώσπου να αποφασίσει κάποιος" in said
    assert "Στο τέλος της σειράς: Όνομα Teacher2 (teacher2)." in said
