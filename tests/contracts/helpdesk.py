"""What every helpdesk must keep. Subclass `HelpdeskContract` with a fixture; nothing may be skipped:

class TestRequestTracker(HelpdeskContract):
    @pytest.fixture
    def desk(self, tmp_path) -> Iterator[Desk]: ...
"""

from __future__ import annotations

import logging
import time
import traceback

import pytest

from kypek_sync.contract import Capability, ConnectorError, Helpdesk, ProbeLevel, StopConnector, TryLater
from kypek_sync.model import TicketState
from tests.contracts.helpdesk_desk import NO_ANSWERS, Desk
from tests.contracts.helpdesk_reading import ReadingContract
from tests.contracts.helpdesk_writing import WritingContract


class HelpdeskContract(ReadingContract, WritingContract):
    """The whole suite. The subclass gives `desk`."""

    @pytest.fixture
    def desk(self) -> Desk:
        raise NotImplementedError("the subclass gives the desk")

    def test_it_fills_the_role(self, desk: Desk) -> None:
        assert isinstance(desk.helpdesk, Helpdesk)

    def test_capabilities_are_of_helpdesks_and_stay_the_same(self, desk: Desk) -> None:
        able = desk.helpdesk.capabilities()
        assert able <= {Capability.NOTE_REFERENCE, Capability.STATE_LOCK, Capability.CHANGES}
        with desk.trouble("refuse"):
            assert desk.helpdesk.capabilities() == able

    def test_a_working_helpdesk_is_usable_and_no_ticket_was_made_to_find_out(self, desk: Desk) -> None:
        probe = desk.helpdesk.probe()
        assert probe.usable, probe
        assert probe.version
        assert all(line.text for line in probe.lines)
        assert all(line.next_step for line in probe.lines if line.level is not ProbeLevel.OK)
        assert desk.world.living(desk.ref()) == ()

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_probe_tells_and_never_raises(self, desk: Desk, fault: str) -> None:
        with desk.trouble(fault):
            probe = desk.helpdesk.probe()
        assert not probe.usable
        assert all(line.next_step for line in probe.lines if line.level is ProbeLevel.PROBLEM)

    def test_a_wrong_credential_stops_the_connector(self, desk: Desk) -> None:
        ticket = desk.opened()
        for call in (
            lambda: desk.locked_out.find(desk.ref()),
            lambda: desk.locked_out.get(ticket),
            lambda: desk.locked_out.ensure(desk.draft("other")),
            lambda: desk.locked_out.note(ticket, f"{desk.ref()}:1", "σημείωση"),
            lambda: desk.locked_out.set_state(ticket, TicketState.RESOLVED),
        ):
            with pytest.raises(StopConnector) as caught:
                call()
            assert caught.value.hint
        assert not desk.locked_out.probe().usable
        assert desk.world.living(desk.ref("other")) == ()
        assert desk.world.notes(ticket) == ()

    def test_a_slow_server_is_given_up_in_time(self, desk: Desk) -> None:
        desk.hasty.probe()
        with desk.trouble(f"hang={desk.hasty_seconds:g}"):
            start = time.monotonic()
            with pytest.raises(TryLater):
                desk.hasty.find(desk.ref())
            assert time.monotonic() - start < desk.hasty_seconds

    def test_no_secret_in_log_or_repr(self, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        ticket = desk.opened()
        said = [repr(desk.helpdesk), repr(desk.helpdesk.probe()), repr(desk.locked_out.probe())]
        said += [repr(desk.helpdesk.get(ticket)), repr(desk.helpdesk.set_state(ticket, TicketState.OPEN))]
        for fault in ("html-200", "refuse", "cut-body", "redirect", "reset-after-write"):
            with desk.trouble(fault):
                for call in (
                    lambda: desk.helpdesk.get(ticket),
                    lambda: desk.helpdesk.set_state(ticket, TicketState.RESOLVED),
                    lambda: desk.locked_out.get(ticket),
                ):
                    try:
                        said.append(repr(call()))
                    except ConnectorError as error:
                        said += [repr(error), "".join(traceback.format_exception(error))]
        everything = "\n".join([*said, caplog.text])
        assert desk.secrets
        assert [secret for secret in desk.secrets if secret in everything] == []

    def test_it_can_be_closed_twice(self, desk: Desk) -> None:
        one = desk.another()
        assert one.find(desk.ref()) == ()
        for _ in range(2):
            assert one.close() is None
