"""Mail while a centre tries things out: all to one address, or held until a person approves it (design, rule 10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kypek_sync.ledger import holds, outbox
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sandbox.mail import Sink
from kypek_sync.settings import ConnectorEntry, Mode
from kypek_sync.sync.report import LaneReport, exit_code
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import letters, seminar, text

TRIAL = "trial@kypek.att-a.sch.example"


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


def mode(centre: Centre, word: str) -> None:
    for other in ("apply", "propose", "observe"):
        centre.connectors["post"] = centre.connectors["post"].replace(f"mode: {other}", f"mode: {word}")
    centre.settings()


def mail(centre: Centre) -> LaneReport:
    centre.clock.turn(minutes=1)
    return sync_once(centre, "mail")["mail"]


def decide(centre: Centre, report: LaneReport, state: HoldState) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        for number, _ in report.held:
            until = centre.clock() + timedelta(days=7)
            assert holds.decide(connection, number or 0, state, "anna", centre.clock(), until)


def test_every_letter_goes_to_one_address_and_says_for_whom_it_is(centre: Centre, sink: Sink) -> None:
    centre.services["all_mail_to"] = TRIAL
    centre.settings()
    seminar(centre)
    sync_once(centre)
    got = sink.messages()
    assert {to for one in got for to in one.recipients} == {TRIAL}
    assert len(got) == 4
    for number in (1, 2, 3, 4):
        (one,) = (m.message for m in got if f"teacher{number}" in str(m.message["Subject"]))
        assert str(one["Subject"]).startswith(f"[για teacher{number}] ")
        assert f"teacher{number}" in text(one).splitlines()[0]


def test_no_other_address_stands_in_a_letter_that_was_redirected(centre: Centre, sink: Sink) -> None:
    centre.services["all_mail_to"] = TRIAL
    centre.settings()
    seminar(centre)
    sync_once(centre)
    for one in sink.messages():
        assert "@sch.example" not in one.message.as_string().replace(TRIAL, "")


def test_what_went_to_one_address_is_not_sent_again(centre: Centre, sink: Sink) -> None:
    centre.services["all_mail_to"] = TRIAL
    centre.settings()
    seminar(centre)
    sync_once(centre)
    del centre.services["all_mail_to"]
    centre.settings()
    mail(centre)
    assert len(sink.messages()) == 4


def test_in_propose_notices_wait_in_a_hold_and_go_once_it_is_approved(centre: Centre, sink: Sink) -> None:
    mode(centre, "propose")
    code, _ = seminar(centre)
    report = sync_once(centre)["mail"]
    ((_, held),) = report.held
    assert (held.seminar, held.system, len(held.changes)) == (code, "post", 4)
    assert {change.target.login for change in held.changes} == {f"teacher{n}" for n in (1, 2, 3, 4)}
    assert exit_code([report]) == 2
    assert sink.messages() == []
    assert [number for number, _ in mail(centre).held] == [number for number, _ in report.held]
    decide(centre, report, HoldState.APPROVED)
    assert mail(centre).counts["mails sent"] == 4
    assert set(letters(sink)) == {f"teacher{n}" for n in (1, 2, 3, 4)}
    assert mail(centre).held == []


def test_an_approval_outlives_a_server_that_takes_nothing_for_a_while(centre: Centre, sink: Sink) -> None:
    mode(centre, "propose")
    seminar(centre)
    report = sync_once(centre)["mail"]
    decide(centre, report, HoldState.APPROVED)
    sink.stop()
    mail(centre)
    for _ in range(3):
        assert mail(centre).held == []
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        states = {hold.state for hold in holds.listed(connection, states=tuple(HoldState))}
        assert len(outbox.unsent(connection, "att-a")) == 4
    assert states == {HoldState.APPROVED}


def test_a_rejected_letter_is_never_sent_nor_asked_about_again(centre: Centre, sink: Sink) -> None:
    mode(centre, "propose")
    seminar(centre)
    report = sync_once(centre)["mail"]
    decide(centre, report, HoldState.REJECTED)
    for _ in range(3):
        again = mail(centre)
        assert [number for number, _ in again.held] == [number for number, _ in report.held]
    mode(centre, "propose")
    assert sink.messages() == []


def test_in_observe_notices_are_counted_and_wait(centre: Centre, sink: Sink) -> None:
    mode(centre, "observe")
    seminar(centre)
    report = sync_once(centre)["mail"]
    assert (report.counts, report.held, sink.messages()) == ({"notices due": 4}, [], [])


def test_a_new_connector_only_observes() -> None:
    assert ConnectorEntry(type="moodle").mode is Mode.OBSERVE
