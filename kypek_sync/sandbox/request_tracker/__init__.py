"""A simulator of Request Tracker 5, REST 2.0, that agrees with the recorded exchanges and has the traps H-1 to H-18."""

from kypek_sync.sandbox.request_tracker.app import FAULTS, create_app
from kypek_sync.sandbox.request_tracker.world import SeenTicket, SeenTransaction, World

__all__ = ["FAULTS", "SeenTicket", "SeenTransaction", "World", "create_app"]
