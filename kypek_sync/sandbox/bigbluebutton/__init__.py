"""A BigBlueButton server in small: API 2.0 as of 3.0.x, with the traps of its fact sheet, and bbb-webhooks' calls."""

from kypek_sync.sandbox.bigbluebutton.app import FAULTS, create_app, is_write
from kypek_sync.sandbox.bigbluebutton.meetings import Attendee, Meeting
from kypek_sync.sandbox.bigbluebutton.recordings import Recording
from kypek_sync.sandbox.bigbluebutton.world import World

__all__ = ["FAULTS", "Attendee", "Meeting", "Recording", "World", "create_app", "is_write"]
