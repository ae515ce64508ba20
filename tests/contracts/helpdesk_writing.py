"""What every helpdesk must keep when it is written to: once is once, whatever happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest

from kypek_sync.contract import Ambiguous, Capability, Helpdesk, Outcome, Receipt
from kypek_sync.model import TicketState
from tests.contracts.helpdesk_desk import BODY, Desk


class WritingContract:
    """Nothing is done twice, and a receipt that stands was looked at."""

    def test_ensuring_twice_is_ensuring_once(self, desk: Desk) -> None:
        first = desk.helpdesk.ensure(desk.draft())
        again = desk.another().ensure(desk.draft(subject="Άλλο θέμα"))
        assert (first.outcome, again.outcome) == (Outcome.DONE, Outcome.ALREADY)
        assert first.foreign_id == again.foreign_id
        assert desk.world.living(desk.ref()) == (first.foreign_id,)
        assert desk.world.body(first.foreign_id) == BODY

    def test_without_a_requester_a_ticket_is_opened_too(self, desk: Desk) -> None:
        assert desk.helpdesk.ensure(desk.draft(requester="")).outcome is Outcome.DONE

    def test_a_reference_is_needed(self, desk: Desk) -> None:
        draft = desk.draft()
        empty = type(draft)("", draft.queue, draft.subject, draft.body)
        receipt = desk.helpdesk.ensure(empty)
        assert receipt.outcome is Outcome.REFUSED
        assert "reference" in receipt.detail

    def test_five_who_open_the_same_ticket_open_one(self, desk: Desk) -> None:
        """H-17"""
        barrier = Barrier(5)

        def race(helpdesk: Helpdesk) -> Receipt:
            barrier.wait(30)
            return helpdesk.ensure(desk.draft())

        with ThreadPoolExecutor(5) as pool:
            receipts = list(pool.map(race, [desk.another() for _ in range(5)]))
        assert all(receipt.stands for receipt in receipts)
        final = desk.helpdesk.ensure(desk.draft())
        assert final.outcome is Outcome.ALREADY
        assert desk.world.living(desk.ref()) == (final.foreign_id,)
        assert desk.helpdesk.find(desk.ref())[0].id == final.foreign_id

    def test_a_ticket_whose_creation_was_not_answered_is_opened_once(self, desk: Desk) -> None:
        """H-9: applied, then the connection dropped."""
        with desk.trouble("reset-after-write@1"):
            assert desk.helpdesk.ensure(desk.draft()).outcome is Outcome.DONE
        again = desk.another().ensure(desk.draft())
        assert again.outcome is Outcome.ALREADY
        assert desk.world.living(desk.ref()) == (again.foreign_id,)

    def test_a_note_is_written_once(self, desk: Desk) -> None:
        ticket, key = desk.opened(), f"{desk.ref()}:1:ΣΕΜ-27"
        first = desk.helpdesk.note(ticket, key, "Περιμένει έγκριση 😀\nδεύτερη γραμμή")
        again = desk.another().note(ticket, key, "Περιμένει έγκριση")
        other = desk.helpdesk.note(ticket, f"{desk.ref()}:2", "Άλλη σημείωση", public=True)
        assert (first.outcome, other.outcome) == (Outcome.DONE, Outcome.DONE)
        notes = desk.world.notes(ticket)
        if desk.can(Capability.NOTE_REFERENCE):
            assert again.outcome is Outcome.ALREADY
            assert [note.public for note in notes] == [False, True]
        assert "Περιμένει έγκριση 😀\nδεύτερη γραμμή" in notes[0].text
        assert "Άλλη σημείωση" in notes[-1].text

    def test_a_note_that_was_not_answered_is_there_once(self, desk: Desk) -> None:
        """H-9"""
        ticket, key = desk.opened(), f"{desk.ref()}:1"
        with desk.trouble("reset-after-write@1"), suppress(Ambiguous):
            desk.helpdesk.note(ticket, key, "Περιμένει έγκριση")
        assert desk.can(Capability.NOTE_REFERENCE)
        assert desk.helpdesk.note(ticket, key, "Περιμένει έγκριση").outcome is Outcome.ALREADY
        assert len(desk.world.notes(ticket)) == 1

    @pytest.mark.parametrize(("key", "text"), [("", "κείμενο"), ("kypek:x:1", " ")])
    def test_a_note_needs_a_key_and_a_text(self, desk: Desk, key: str, text: str) -> None:
        ticket = desk.opened()
        assert desk.helpdesk.note(ticket, key, text).outcome is Outcome.REFUSED
        assert desk.world.notes(ticket) == ()

    def test_every_state_can_be_set_and_is_read_back(self, desk: Desk) -> None:
        ticket = desk.opened()
        for state in (TicketState.OPEN, TicketState.WAITING, TicketState.RESOLVED, TicketState.CLOSED):
            receipt = desk.helpdesk.set_state(ticket, state)
            if state not in desk.states:
                assert receipt.outcome is Outcome.REFUSED
                assert receipt.detail
                continue
            assert receipt.outcome is Outcome.DONE, (state, receipt)
            assert desk.helpdesk.get(ticket).state is state
            assert desk.helpdesk.set_state(ticket, state).outcome is Outcome.ALREADY
        assert desk.world.living(desk.ref()) == ()
        assert desk.helpdesk.set_state(ticket, TicketState.OPEN).outcome is Outcome.DONE  # it comes back
        assert desk.world.living(desk.ref()) == (ticket,)

    def test_a_state_change_keeps_everything_else(self, desk: Desk) -> None:
        """H-23"""
        ticket = desk.opened()
        desk.helpdesk.note(ticket, f"{desk.ref()}:1", "Περιμένει έγκριση")
        before = desk.helpdesk.get(ticket)
        desk.helpdesk.set_state(ticket, TicketState.RESOLVED)
        after = desk.helpdesk.get(ticket)
        assert (after.ref, after.subject) == (before.ref, before.subject)
        assert desk.world.body(ticket) == BODY
        assert len(desk.world.notes(ticket)) == 1

    def test_a_state_change_that_was_not_answered_is_made_once(self, desk: Desk) -> None:
        """H-9"""
        ticket = desk.opened()
        with desk.trouble("reset-after-write@1"):
            assert desk.helpdesk.set_state(ticket, TicketState.RESOLVED).outcome is Outcome.DONE
        assert desk.helpdesk.set_state(ticket, TicketState.RESOLVED).outcome is Outcome.ALREADY

    def test_who_expects_an_older_version_is_refused(self, desk: Desk) -> None:
        ticket = desk.opened()
        version = desk.helpdesk.get(ticket).version
        desk.tick()
        desk.world.set_state(ticket, TicketState.OPEN)
        refused = desk.helpdesk.set_state(ticket, TicketState.RESOLVED, expected=version)
        assert refused.outcome is Outcome.REFUSED
        assert refused.detail
        shown = desk.helpdesk.get(ticket)
        assert shown.state is TicketState.OPEN
        assert desk.helpdesk.set_state(ticket, TicketState.RESOLVED, expected=shown.version).outcome is Outcome.DONE

    def test_what_does_not_exist_is_refused_by_name(self, desk: Desk) -> None:
        for ticket in (desk.unknown_ticket, "no-such-thing"):
            for receipt in (
                desk.helpdesk.note(ticket, f"{desk.ref()}:1", "σημείωση"),
                desk.helpdesk.set_state(ticket, TicketState.RESOLVED),
            ):
                assert receipt.outcome is Outcome.REFUSED
                assert ticket in receipt.detail
