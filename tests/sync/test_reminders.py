"""Reminders, each once at its time; quiet hours; how many letters go out in a minute; the one click that ends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from kypek_sync.ledger import outbox
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.seats.reminders import put_reminders
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text
from tests.web.pages import Browser, words

CODE = "EKFE-26-01"
STARTS = datetime(2027, 3, 3, 15, 0, tzinfo=UTC)
STOP = re.compile(r"https://kypek\.example(/s/EKFE-26-01/reminders/[\w-]{22})$", re.M)
ON = "{quiet_from: 21, quiet_until: 7, reminders: [2 days, 2 hours]}"


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def course(centre: Centre, sink: Sink) -> str:
    """teacher1 and teacher2 have the two seats, teacher3 waits; all were told, months ago."""
    centre.top = "public_address: https://kypek.example\n"
    centre.settings(letters=ON)
    made = centre.course()
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    assert len(sink.messages()) == 3
    return made


def mail(centre: Centre, sink: Sink, at: datetime) -> dict[str, EmailMessage]:
    """The letters of one pass of the mail at a moment, by login; nobody gets two."""
    centre.clock.now, before = at, len(sink.messages())
    sync_once(centre, "mail")
    new = [(one.recipients[0].partition("@")[0], one.message) for one in sink.messages()[before:]]
    assert len(dict(new)) == len(new)
    return dict(new)


def test_whoever_has_a_seat_is_reminded_once_at_each_time(centre: Centre, sink: Sink, course: str) -> None:
    assert mail(centre, sink, STARTS - timedelta(days=3)) == {}
    told = mail(centre, sink, STARTS - timedelta(days=2))
    assert set(told) == {"teacher1", "teacher2"}
    assert told["teacher1"]["Subject"] == f"Υπενθύμιση: Σεμινάριο {CODE}, 03/03/2027 17:00-20:00, ΕΚΦΕ"
    assert "/own/" in text(told["teacher1"])
    assert mail(centre, sink, STARTS - timedelta(days=1)) == {}
    assert set(mail(centre, sink, STARTS - timedelta(hours=2))) == {"teacher1", "teacher2"}
    assert mail(centre, sink, STARTS - timedelta(hours=1)) == {}
    assert mail(centre, sink, STARTS + timedelta(hours=1)) == {}


def test_a_session_that_moves_is_reminded_of_at_its_new_time(centre: Centre, sink: Sink, course: str) -> None:
    assert len(mail(centre, sink, STARTS - timedelta(days=2))) == 2
    centre.seminar(CODE, day=24)
    sync_once(centre)
    sync_once(centre, "mail")
    assert mail(centre, sink, STARTS - timedelta(hours=2)) == {}
    assert len(mail(centre, sink, STARTS + timedelta(days=19))) == 2


def test_nobody_is_reminded_who_gave_the_seat_back_or_whose_session_is_cancelled_while_the_letter_waits(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.clock.now = STARTS - timedelta(days=2)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert put_reminders(connection, inst, "att-a") == 2
    centre.people()
    centre.world.unenrol("teacher1", course)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        put_reminders(connection, inst, "att-a")
        waiting = [row.notice.login for row in outbox.unsent(connection, "att-a") if row.notice.kind == "reminder"]
    assert waiting == ["teacher2"]
    centre.seminar(CODE, status="ακυρώθηκε")
    sync_once(centre, "seats")
    told = mail(centre, sink, centre.clock.now)
    assert not [one for one in told.values() if str(one["Subject"]).startswith("Υπενθύμιση")]


def quiet_evening(centre: Centre, at: datetime) -> None:
    """What else there is to tell went out at noon."""
    centre.clock.now = at - timedelta(hours=10)
    centre.people()
    sync_once(centre)
    centre.clock.now = at


def test_letters_wait_for_the_morning_but_not_those_of_the_next_day(centre: Centre, sink: Sink, course: str) -> None:
    quiet_evening(centre, datetime(2027, 2, 20, 20, 0, tzinfo=UTC))  # 22:00
    before = len(sink.messages())
    centre.seminar(CODE, day=19)
    sync_once(centre)
    centre.clock.turn(minutes=15)
    report = sync_once(centre)["mail"]
    assert report.counts["mails quiet"] == 5  # two with a seat, who waits, the trainer, the officer
    assert len(sink.messages()) == before
    assert len(mail(centre, sink, datetime(2027, 2, 21, 4, 59, tzinfo=UTC))) == 0
    assert len(mail(centre, sink, datetime(2027, 2, 21, 5, 0, tzinfo=UTC))) == 5
    quiet_evening(centre, datetime(2027, 3, 18, 20, 0, tzinfo=UTC))
    before = len(sink.messages())
    centre.seminar(CODE, day=26)
    sync_once(centre)
    assert len(sink.messages()) == before + 4  # who waits is told in the morning


def test_no_more_letters_go_out_in_a_minute_than_is_set(centre: Centre, sink: Sink, course: str) -> None:
    centre.settings(letters="{reminders: [2 days], per_minute: 1}")
    at = STARTS - timedelta(days=2)
    assert len(mail(centre, sink, at)) == 1
    assert len(mail(centre, sink, at + timedelta(seconds=30))) == 0
    with centre.installation() as inst:
        assert run_lane(inst, "att-a", "mail").counts["mails rationed"] == 1
    assert len(mail(centre, sink, at + timedelta(seconds=61))) == 1
    assert len(mail(centre, sink, at + timedelta(minutes=3))) == 0


def test_a_pass_each_minute_sends_what_is_set_for_a_minute(
    centre: Centre, sink: Sink, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending takes its time: what a pass had sent was not a minute old when the next one began, so that nothing went
    out then, and half of what is set in the end."""
    centre.settings(letters="{reminders: [2 days], per_minute: 1}")

    def takes_a_while(*those: Any, **more: Any) -> None:
        centre.clock.turn(seconds=3)
        sent(*those, **more)

    sent = outbox.sent
    monkeypatch.setattr("kypek_sync.ledger.outbox.sent", takes_a_while)
    at = STARTS - timedelta(days=2)
    assert [len(mail(centre, sink, at + timedelta(minutes=n))) for n in (0, 1, 2)] == [1, 1, 0]


def test_a_reminder_can_be_ended_by_one_click_and_a_scanner_that_looks_ends_nothing(
    centre: Centre, sink: Sink, course: str
) -> None:
    told = mail(centre, sink, STARTS - timedelta(days=2))
    path = next(iter(STOP.findall(text(told["teacher1"]))))
    assert told["teacher1"]["List-Unsubscribe"] == f"<https://kypek.example{path}>"
    assert told["teacher1"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in sink.messages()[0].message  # what concerns a seat cannot be ended
    with centre.installation() as inst:
        it = Browser(inst, address="https://kypek.example")
        assert "Όχι άλλες υπενθυμίσεις" in words(it.get(path).text)
        assert it.client.head(path).status_code in (200, 405)
        assert "Παίρνετε υπενθυμίσεις" in words(it.get(path).text)
        assert it.client.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
        assert "Δεν παίρνετε υπενθυμίσεις" in words(it.get(path).text)
        assert it.post(path, say="resume").status_code == 303
        assert it.post(path, **{"List-Unsubscribe": "One-Click"}).status_code == 200
        assert it.post(path[:-1] + ("A" if path[-1] != "A" else "B"), say="stop").status_code == 404
        own = re.search(r"/s/EKFE-26-01/own/([\w-]{22})", text(told["teacher1"]))
        assert own is not None
        assert it.get(f"/s/{CODE}/reminders/{own[1]}").status_code == 404  # each word opens its own page alone
        assert it.get(f"/s/{CODE}/own/{path.rpartition('/')[2]}").status_code == 404
    assert set(mail(centre, sink, STARTS - timedelta(hours=2))) == {"teacher2"}


def test_while_all_mail_goes_to_one_address_nobody_else_can_end_somebodys_reminders(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.services["all_mail_to"] = "trial@sch.example"
    centre.settings(letters=ON)
    centre.clock.now = STARTS - timedelta(days=2)
    before = len(sink.messages())
    sync_once(centre, "mail")
    for one in sink.messages()[before:]:
        assert "List-Unsubscribe" not in one.message
        assert "/reminders/" not in text(one.message)
