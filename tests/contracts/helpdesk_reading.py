"""What every helpdesk must keep when it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kypek_sync.contract import Capability, ConnectorError, TryLater
from kypek_sync.model import TicketState
from tests.contracts.helpdesk_desk import NO_ANSWERS, SUBJECT, Desk


class ReadingContract:
    """Unreachable is not empty, and what is shown is what is there."""

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_unreachable_is_not_empty(self, desk: Desk, fault: str) -> None:
        ticket = desk.opened()
        cursor = desk.helpdesk.changes("").cursor if desk.can(Capability.CHANGES) else ""
        reads = {
            "find": lambda: desk.helpdesk.find(desk.ref()),
            "get": lambda: desk.helpdesk.get(ticket),
            "ensure, which looks first": lambda: desk.helpdesk.ensure(desk.draft("other")),
            "set_state, which looks first": lambda: desk.helpdesk.set_state(ticket, TicketState.RESOLVED),
        }
        if desk.can(Capability.CHANGES):
            reads["changes"] = lambda: desk.helpdesk.changes(cursor)
        with desk.trouble(fault):
            for name, read in reads.items():
                with pytest.raises(TryLater) as caught:
                    read()
                assert caught.value.system, name
        assert desk.world.living(desk.ref("other")) == ()
        assert desk.helpdesk.get(ticket).state is TicketState.NEW

    def test_a_ticket_is_shown_as_it_is(self, desk: Desk) -> None:
        ticket = desk.opened()
        shown = desk.helpdesk.get(ticket)
        assert (shown.id, shown.ref, shown.state) == (ticket, desk.ref(), TicketState.NEW)
        assert SUBJECT in shown.subject
        assert shown.native_state
        assert shown.version
        assert shown.updated.utcoffset() == timedelta(0)
        assert abs(shown.updated - desk.now()) < timedelta(minutes=2)
        assert desk.helpdesk.find(desk.ref()) == (shown,)

    def test_what_nobody_opened_is_not_found(self, desk: Desk) -> None:
        desk.opened()
        assert desk.helpdesk.find(desk.ref("other")) == ()
        assert desk.helpdesk.get(desk.unknown_ticket) is None
        assert desk.helpdesk.get("no-such-thing") is None

    def test_references_are_compared_letter_by_letter(self, desk: Desk) -> None:
        """Capitals, quotes and what a query language might take for its own."""
        kinds = ("seat", "SEAT", "it's", 'a"b', "a\\b", "%", "ΣΕΜ-27", "a b", "a' OR id > 0 OR 'a'='a", "a&b<c>", "]#")
        tickets = {kind: desk.opened(kind) for kind in kinds}
        assert len(set(tickets.values())) == len(kinds)
        for kind, ticket in tickets.items():
            assert [(one.id, one.ref) for one in desk.helpdesk.find(desk.ref(kind))] == [(ticket, desk.ref(kind))]

    def test_closed_tickets_are_found_too(self, desk: Desk) -> None:
        ticket = desk.opened()
        for state in (TicketState.RESOLVED, TicketState.CLOSED):
            desk.world.set_state(ticket, state)
            (found,) = desk.helpdesk.find(desk.ref())
            assert (found.id, found.state) == (ticket, state)
            assert desk.helpdesk.ensure(desk.draft()).foreign_id == ticket

    def test_what_people_do_is_shown_with_another_version(self, desk: Desk) -> None:
        ticket = desk.opened()
        before = desk.helpdesk.get(ticket)
        desk.tick()
        desk.world.set_state(ticket, TicketState.OPEN)
        after = desk.helpdesk.get(ticket)
        assert after.state is TicketState.OPEN
        assert after.version != before.version
        assert after.updated > before.updated

    def test_what_others_did_comes_once_and_ours_never(self, desk: Desk) -> None:
        if not desk.can(Capability.CHANGES):
            with pytest.raises(ConnectorError, match="change"):
                desk.helpdesk.changes("")
            return
        ticket, quiet = desk.opened(), desk.opened("other")
        start = desk.helpdesk.changes("")
        assert (start.changed, start.reset) == ((), False)
        desk.tick()
        desk.helpdesk.note(quiet, f"{desk.ref()}:ours", "δική μας")
        desk.helpdesk.set_state(quiet, TicketState.OPEN)
        desk.world.set_state(ticket, TicketState.OPEN)
        desk.world.reply(ticket, "Λύθηκε.")
        delta = desk.helpdesk.changes(start.cursor)
        assert {event.ticket for event in delta.changed if event.ticket in (ticket, quiet)} == {ticket}
        assert all(event.at.utcoffset() == timedelta(0) for event in delta.changed)
        again = desk.another().changes(delta.cursor)
        assert [event for event in again.changed if event.ticket in (ticket, quiet)] == []
        desk.tick()
        desk.world.set_state(ticket, TicketState.RESOLVED)
        assert ticket in {event.ticket for event in desk.helpdesk.changes(again.cursor).changed}

    def test_a_cursor_that_is_none_asks_for_a_full_read(self, desk: Desk) -> None:
        if desk.can(Capability.CHANGES):
            delta = desk.helpdesk.changes("of another age")
            assert delta.reset
            assert not desk.helpdesk.changes(delta.cursor).reset
