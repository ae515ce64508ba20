"""BigBlueButton: rooms, personal join links, who is inside, recordings (fact sheet bigbluebutton)."""

from __future__ import annotations

from connectors.bigbluebutton.letter import LETTER
from connectors.bigbluebutton.rooms import BigBlueButtonRooms
from connectors.bigbluebutton.settings import BigBlueButtonSettings
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="bigbluebutton",
    title="BigBlueButton",
    roles=frozenset({Role.ROOMS}),
    settings=BigBlueButtonSettings,
    build=BigBlueButtonRooms,
    letter=LETTER,
)

__all__ = ["SPEC", "BigBlueButtonRooms", "BigBlueButtonSettings"]
