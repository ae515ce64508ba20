"""Sessions that move or are cancelled: everybody with a seat is told once, in one letter, and so is their calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import icalendar
import pytest

from kypek_sync.ledger import pauses
from kypek_sync.ledger.pauses import Kind, Thing
from kypek_sync.sandbox.mail import Sink
from tests.sync.centre import Centre, seats, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text

CODE = "EKFE-26-01"
PAUSED = Thing(Kind.SEMINAR, CODE, "att-a", ("att-a",))


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def course(centre: Centre, sink: Sink) -> str:
    """teacher1 and teacher2 have the two seats, teacher3 waits; all were told."""
    made = centre.course()
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    assert len(sink.messages()) == 3
    return made


def later(centre: Centre, sink: Sink, **by: float) -> dict[str, EmailMessage]:
    """The letters of the next pass, by login; nobody gets two in one."""
    before = len(sink.messages())
    centre.clock.turn(**(by or {"minutes": 15}))
    sync_once(centre)
    new = [(one.recipients[0].partition("@")[0], one.message) for one in sink.messages()[before:]]
    new = [(login, message) for login, message in new if login.startswith("teacher")]
    assert len(dict(new)) == len(new)
    return dict(new)


def calendars(letter: EmailMessage) -> list[tuple[str, str, int, datetime]]:
    """Of each event in the letter's files: method, status, sequence, start."""
    found = []
    for part in letter.iter_attachments():
        if part.get_content_type() != "text/calendar":
            continue
        it = icalendar.Calendar.from_ical(part.get_content())
        found += [
            (str(it["METHOD"]), str(e.get("STATUS", "")), int(e["SEQUENCE"]), e["DTSTART"].dt.astimezone(UTC))
            for e in it.walk("VEVENT")
        ]
    return found


def test_who_has_a_seat_is_told_once_what_it_was_and_what_it_is(centre: Centre, sink: Sink, course: str) -> None:
    first = {one.recipients[0].partition("@")[0]: one.message for one in sink.messages()}
    centre.seminar(CODE, day=19)
    assert later(centre, sink, minutes=5) == {}  # perhaps the officer goes on writing
    told = later(centre, sink)
    assert set(told) == {"teacher1", "teacher2", "teacher3"}
    said = text(told["teacher1"])
    assert told["teacher1"]["Subject"] == f"Αλλαγή ημερομηνιών: Σεμινάριο {CODE}"
    moved = "03/03/2027 17:00-20:00, ΕΚΦΕ → 19/03/2027 17:00-20:00, ΕΚΦΕ"
    for words in (f"Τι αλλάζει:\n{moved}", "δεν μπορείτε να έρθετε", "/own/"):
        assert words in said
    (before,), (now,) = calendars(first["teacher1"]), calendars(told["teacher1"])
    assert (before[0], now[0]) == ("PUBLISH", "PUBLISH")
    assert now[2] > before[2]
    assert now[3] == datetime(2027, 3, 19, 15, 0, tzinfo=UTC)
    assert later(centre, sink) == {}
    assert later(centre, sink, days=1) == {}


def test_who_waits_is_told_too_and_has_nothing_in_the_calendar(centre: Centre, sink: Sink, course: str) -> None:
    """They waited for a seat on a day on which the seminar did not take place any more."""
    centre.seminar(CODE, day=19)
    assert later(centre, sink, minutes=5) == {}
    letter = later(centre, sink)["teacher3"]
    said = text(letter)
    for words in ("στη λίστα αναμονής", "19/03/2027 17:00-20:00", "Κρατάτε τη σειρά σας", "/own/"):
        assert words in said
    assert [*letter.iter_attachments()] == []
    assert later(centre, sink) == {}
    centre.world.unenrol("teacher1", course)
    assert calendars(later(centre, sink)["teacher3"])[0][3] == datetime(2027, 3, 19, 15, 0, tzinfo=UTC)


def test_who_is_offered_a_seat_is_told_and_the_offer_stands(centre: Centre, sink: Sink, course: str) -> None:
    centre.clock.now = datetime(2027, 2, 26, 9, 0, tzinfo=UTC)
    centre.people()
    centre.world.unenrol("teacher1", course)
    assert set(later(centre, sink)) == {"teacher1", "teacher3"}
    assert seats(centre, CODE)["teacher3"] == "offered"
    centre.seminar(CODE, day=5)
    told = {**later(centre, sink, minutes=5), **later(centre, sink, minutes=11)}
    assert set(told) == {"teacher2", "teacher3"}
    assert "σας προσφέρεται θέση" in text(told["teacher3"])
    assert "Η προσφορά ισχύει" in text(told["teacher3"])


def test_several_changes_in_a_row_are_one_letter_and_a_change_taken_back_is_none(
    centre: Centre, sink: Sink, course: str
) -> None:
    for day in (19, 20, 26):
        centre.seminar(CODE, day=day)
        assert later(centre, sink, minutes=6) == {}
    (letter, *_) = later(centre, sink, minutes=12).values()
    assert "03/03/2027 17:00-20:00, ΕΚΦΕ → 26/03/2027" in text(letter)
    for day in (27, 26):
        centre.seminar(CODE, day=day)
        assert later(centre, sink, minutes=6) == {}
    assert later(centre, sink) == {}


def test_what_is_less_than_a_day_away_is_told_at_once(centre: Centre, sink: Sink, course: str) -> None:
    centre.clock.now = datetime(2027, 3, 3, 5, 0, tzinfo=UTC)
    centre.people()
    centre.seminar(CODE, day=24)
    assert set(later(centre, sink, minutes=1)) == {"teacher1", "teacher2"}
    assert set(later(centre, sink)) == {"teacher3"}  # who waits had nothing to go to: it may come to rest


def test_a_seminar_that_is_cancelled_is_told_and_taken_out_of_the_calendar(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.seminar(CODE, status="ακυρώθηκε")
    told = later(centre, sink)  # who waited is told by the refusal, at once
    assert set(told) == {"teacher3"}
    told = later(centre, sink)
    assert set(told) == {"teacher1", "teacher2"}
    assert told["teacher1"]["Subject"] == f"Δεν θα γίνει: Σεμινάριο {CODE}"
    said = text(told["teacher1"])
    assert "Θα γινόταν:\n03/03/2027 17:00-20:00, ΕΚΦΕ" in said
    assert "/own/" not in said  # nothing to answer
    assert [(method, status) for method, status, *_ in calendars(told["teacher1"])] == [("CANCEL", "CANCELLED")]
    assert later(centre, sink) == {}


def test_a_title_or_a_capacity_that_changes_sends_no_letter(centre: Centre, sink: Sink, course: str) -> None:
    centre.seminar(CODE, title="Πειράματα με απλά υλικά", capacity=2)
    assert later(centre, sink) == {}
    assert later(centre, sink) == {}


def test_who_gets_the_seat_after_the_change_is_told_by_that_letter(centre: Centre, sink: Sink, course: str) -> None:
    centre.seminar(CODE, day=19)
    centre.world.unenrol("teacher1", course)
    told = later(centre, sink)
    assert set(told) == {"teacher1", "teacher3"}
    assert "19/03/2027" in text(told["teacher3"])
    assert set(later(centre, sink)) == {"teacher2"}


def test_somebody_else_who_teaches_is_told_once_to_who_has_a_seat(centre: Centre, sink: Sink, course: str) -> None:
    """Trainers of the programme are known by login; people are told the name that the directory has."""
    centre.seminar(CODE, trainer="teacher8")
    assert later(centre, sink, minutes=5) == {}
    told = later(centre, sink)
    assert set(told) == {"teacher1", "teacher2", "teacher8"}
    assert "Όνομα Teacher8" in text(told["teacher1"])
    assert "στο οποίο είστε επιμορφωτής" in text(told["teacher8"])
    centre.seminar(CODE, trainer="teacher7")
    assert later(centre, sink, minutes=5) == {}
    told = later(centre, sink)
    assert "Όνομα Teacher7 (πριν: Όνομα Teacher8)" in text(told["teacher1"])
    assert later(centre, sink) == {}


def test_who_teaches_it_no_more_is_told_and_their_calendar_too(centre: Centre, sink: Sink, course: str) -> None:
    """They were told nothing, and would have come to a seminar that a colleague holds."""
    centre.seminar(CODE, trainer="teacher8")
    assert later(centre, sink, minutes=5) == {}
    (given,) = calendars(later(centre, sink)["teacher8"])
    centre.seminar(CODE, trainer="teacher7")
    assert later(centre, sink, minutes=5) == {}  # perhaps the officer goes on writing
    told = later(centre, sink)
    assert set(told) == {"teacher1", "teacher2", "teacher7", "teacher8"}
    assert told["teacher8"]["Subject"] == f"Δεν διδάσκετε πια: Σεμινάριο {CODE}"
    for words in ("δεν σας ορίζει πια επιμορφωτή", "Όνομα Teacher7", "από το ημερολόγιό σας"):
        assert words in text(told["teacher8"])
    (taken,) = calendars(told["teacher8"])
    assert (given[0], taken[0], taken[1]) == ("PUBLISH", "CANCEL", "CANCELLED")
    assert taken[2] > given[2]
    assert later(centre, sink) == {}
    centre.seminar(CODE, trainer="teacher8")
    back = {**later(centre, sink, minutes=5), **later(centre, sink)}
    assert set(back) == {"teacher1", "teacher2", "teacher7", "teacher8"}
    (again,) = calendars(back["teacher8"])
    assert (again[0], again[2] > taken[2]) == ("PUBLISH", True)
    assert later(centre, sink) == {}


def test_a_trainer_who_is_named_again_before_the_letter_goes_is_told_nothing(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.seminar(CODE, trainer="teacher8")
    assert "teacher8" in later(centre, sink) | later(centre, sink)
    centre.seminar(CODE, trainer="teacher7")
    assert later(centre, sink, minutes=5) == {}
    centre.seminar(CODE, trainer="teacher8")
    assert later(centre, sink, minutes=4) == {}
    assert "teacher8" not in later(centre, sink) | later(centre, sink)


def test_a_slip_of_the_pen_in_a_trainers_login_is_told_to_nobody(centre: Centre, sink: Sink, course: str) -> None:
    centre.seminar(CODE, trainer="teacher8")
    assert later(centre, sink, minutes=5) == {}
    centre.seminar(CODE, trainer="teacher7")
    told = later(centre, sink, minutes=4) | later(centre, sink) | later(centre, sink)
    assert set(told) == {"teacher1", "teacher2", "teacher7"}


def test_a_trainer_who_is_taken_off_during_a_pause_is_told_after_it(centre: Centre, sink: Sink, course: str) -> None:
    """Once it was over nothing told any more who had taught before."""
    centre.seminar(CODE, trainer="teacher8")
    assert "teacher8" in later(centre, sink) | later(centre, sink)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.add(connection, PAUSED, who="anna", why="works there", until=None, now=centre.clock())
    centre.seminar(CODE, trainer="teacher7")
    assert later(centre, sink) | later(centre, sink) == {}
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.resume(connection, PAUSED, who="anna", now=centre.clock())
    assert {"teacher7", "teacher8"} <= set(later(centre, sink) | later(centre, sink))


def test_a_trainer_of_a_seminar_that_is_over_is_told_nothing(centre: Centre, sink: Sink, course: str) -> None:
    centre.seminar(CODE, trainer="teacher8")
    later(centre, sink)
    later(centre, sink)
    centre.clock.now = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
    centre.people()
    centre.seminar(CODE, trainer="teacher7")
    assert later(centre, sink, minutes=5) | later(centre, sink) == {}


def test_a_change_of_long_ago_and_a_seminar_that_is_over_are_told_to_nobody(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.clock.now = datetime(2027, 4, 20, 5, 0, tzinfo=UTC)
    centre.people()
    centre.seminar(CODE, day=4)
    later(centre, sink)
    assert later(centre, sink, minutes=20) == {}
    assert seats(centre, CODE)["teacher1"] == "granted"


def test_a_letter_that_could_not_go_out_is_not_lost_and_not_doubled(centre: Centre, sink: Sink, course: str) -> None:
    centre.faults.set("smtp:try-later")
    centre.seminar(CODE, day=19)
    assert later(centre, sink) == {}
    assert later(centre, sink) == {}
    centre.faults.lift("smtp")
    assert set(later(centre, sink, hours=7)) == {"teacher1", "teacher2", "teacher3"}
    assert later(centre, sink, hours=7) == {}
    del course


def test_a_centre_that_sends_no_mail_puts_nothing_by(centre: Centre) -> None:
    made = centre.course()
    centre.apply("teacher1", made)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    centre.seminar(CODE, day=19)
    for _ in range(2):
        centre.clock.turn(minutes=15)
        assert sync_once(centre, "seats")["seats"].counts["notices queued"] == 0
