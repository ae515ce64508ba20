"""Who gets a seat gets its dates for their calendar, and who loses it gets them taken out, on a real wire."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from kypek_sync.sandbox.mail import Sink
from tests.notices.calendars import Told, by_vobject
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import seminar
from tests.web.pages import words


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    """Where the centre's mail goes."""
    with with_mail(centre) as it:
        yield it


def calendars(message: EmailMessage) -> list[tuple[str, str, list[Told]]]:
    """File name, method as the mail program reads it before opening anything, and the events."""
    found = []
    for part in message.iter_attachments():
        if part.get_content_type() == "application/pdf":
            continue
        assert (part.get_content_type(), part.get_content_charset()) == ("text/calendar", "utf-8")
        assert part.get_content_disposition() == "attachment"
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.append((str(part.get_filename()), str(part.get_param("method")), by_vobject(content)))
    return found


def told(sink: Sink, login: str) -> list[list[tuple[str, str, list[Told]]]]:
    """The calendar files of each letter to somebody, oldest first."""
    return [calendars(one.message) for one in sink.messages() if one.recipients[0].startswith(f"{login}@")]


def test_a_seat_comes_with_its_dates_and_a_place_in_the_line_does_not(centre: Centre, sink: Sink) -> None:
    centre.services["mail"] = "kypek@sch.example"
    centre.settings()
    seminar(centre, applicants=3, day=12)
    sync_once(centre)
    (((name, method, (event,)),),) = told(sink, "teacher1")
    assert (name, method) == ("EKFE-26-01.ics", "PUBLISH")
    assert (event.uid, event.sequence) == ("1.EKFE-26-01@att-a.kypek-sync", 0)
    assert f"{event.starts:%Y-%m-%d %H:%M}" == "2027-03-12 15:00"
    assert event.location == "ΕΚΦΕ"
    assert "http://127.0.0.1:8080/s/EKFE-26-01" in event.description
    assert told(sink, "teacher3") == [[]]


def test_who_moves_up_gets_the_dates_as_they_are_now(centre: Centre, sink: Sink) -> None:
    _, course = seminar(centre, applicants=3, day=12)
    sync_once(centre)
    centre.seminar("EKFE-26-01", day=19)
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    ((_, method, (event,)),) = told(sink, "teacher3")[1]
    assert (method, event.sequence, event.starts.day) == ("PUBLISH", 2, 19)
    given, taken = told(sink, "teacher1")
    ((name, method, (event,)),) = taken
    assert (name, method, event.status) == ("EKFE-26-01-cancelled.ics", "CANCEL", "CANCELLED")
    assert event.uid == given[0][2][0].uid
    assert event.sequence > given[0][2][0].sequence


def test_who_only_waited_has_nothing_to_take_out(centre: Centre, sink: Sink) -> None:
    _, course = seminar(centre, applicants=3)
    sync_once(centre)
    centre.world.unenrol("teacher3", course)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert told(sink, "teacher3") == [[], []]


def test_a_letter_tried_again_is_the_same_letter_although_the_session_has_moved(centre: Centre, sink: Sink) -> None:
    """The server took the first one and fell silent: the same Message-ID, so the same content (rule 15)."""
    seminar(centre, applicants=1, day=12)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:drop-after-data@1")
    sync_once(centre, "mail")
    centre.seminar("EKFE-26-01", day=19)
    centre.clock.turn(hours=1)
    sync_once(centre)
    first, second = [one.message for one in sink.messages()]
    assert first["Message-ID"] == second["Message-ID"]
    assert calendars(first) == calendars(second) != []


def test_a_letter_is_text_and_html_of_the_same_words_with_its_dates_beside_them(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=1, title="Πειράματα & <υλικά>")
    sync_once(centre)
    (message,) = [one.message for one in sink.messages()]
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
        "text/calendar",
    ]
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert plain is not None
    said = html.get_content()
    assert '<html lang="el">' in said
    assert "Πειράματα &amp; &lt;υλικά&gt;" in said
    assert words(said.partition("<body")[2].partition(">")[2]).split() == [
        *str(message["Subject"]).split(),
        *plain.get_content().split(),
    ]
