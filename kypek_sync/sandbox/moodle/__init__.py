"""A simulator of Moodle's web services (REST): 5.0dev+ as recorded, with the traps of the fact sheet (M-1 to M-36).

`create_app` gives the WSGI application, `World` the same state for seeding and for a test's eyes.
"""

from kypek_sync.sandbox.moodle.app import FAULTS, create_app, is_write
from kypek_sync.sandbox.moodle.world import World

__all__ = ["FAULTS", "World", "create_app", "is_write"]
