"""Where there is no helpdesk, an export that grows old is told by mail: to each administrator, once a week."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kypek_sync.ledger import outbox
from kypek_sync.sandbox.mail import Sink
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail

LANES = ("directory", "tickets", "mail")


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    """Where the centre's mail goes. It has no helpdesk, and its export counts for a week."""
    centre.services["administrators"] = "[officer1, teacher1]"
    with with_mail(centre) as it:
        week_long(centre)
        yield it


def week_long(centre: Centre) -> None:
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("max_age: 400 days", "max_age: 7 days"), "utf-8")


def days_later(centre: Centre, sink: Sink, days: float) -> list[tuple[str, str]]:
    """Two passes of each lane so much later: the letters that went out, as addressee and subject."""
    before = len(sink.messages())
    centre.clock.turn(minutes=days * 24 * 60)
    for _ in range(2):
        centre.clock.turn(minutes=5)
        for lane in LANES:
            sync_once(centre, lane)
    sent = sink.messages()[before:]
    return sorted((one.recipients[0].partition("@")[0], str(one.message["subject"])) for one in sent)


def test_each_administrator_is_reminded_once_a_week_until_a_newer_export_is_there(centre: Centre, sink: Sink) -> None:
    old = "Η εξαγωγή του directory είναι παλιά"
    assert days_later(centre, sink, 0) == []
    assert days_later(centre, sink, 6) == []
    assert days_later(centre, sink, 2) == [("officer1", old), ("teacher1", old)]
    assert days_later(centre, sink, 3) == []
    assert days_later(centre, sink, 3.9) == []
    assert days_later(centre, sink, 0.2) == [("officer1", old), ("teacher1", old)]
    body = sink.messages()[-1].message.get_body(("plain",))
    assert body is not None
    assert "θα έρχεται κάθε εβδομάδα" in str(body.get_content())
    centre.people()
    assert days_later(centre, sink, 1) == []
    assert days_later(centre, sink, 7) == [("officer1", old), ("teacher1", old)]  # the new one has grown old too


def test_a_letter_that_did_not_go_out_is_taken_back_when_a_newer_export_is_there(centre: Centre, sink: Sink) -> None:
    centre.settings()
    week_long(centre)
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("mode: apply, host", "mode: observe, host"), "utf-8")
    assert "observe" in file.read_text("utf-8")
    days_later(centre, sink, 8)
    assert [row.notice.kind for row in waiting(centre)] == ["old-export", "old-export"]
    centre.people()
    assert days_later(centre, sink, 0) == []
    assert waiting(centre) == []


def waiting(centre: Centre) -> list[outbox.Row]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return outbox.unsent(connection, "att-a")
