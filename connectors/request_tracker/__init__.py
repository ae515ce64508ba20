"""Request Tracker 5: tickets through its REST 2.0 (fact sheet helpdesk)."""

from __future__ import annotations

from connectors.request_tracker.letter import LETTER
from connectors.request_tracker.settings import RequestTrackerSettings
from connectors.request_tracker.tickets import RequestTrackerHelpdesk
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="request_tracker",
    title="Request Tracker",
    roles=frozenset({Role.HELPDESK}),
    settings=RequestTrackerSettings,
    build=RequestTrackerHelpdesk,
    letter=LETTER,
)

__all__ = ["SPEC", "RequestTrackerHelpdesk", "RequestTrackerSettings"]
