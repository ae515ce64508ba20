"""A simulator of Open eClass and its API v1, older (4.0-dev, 2024) and newer (2025), with the traps of the real one.

The state is one SQLite file. `create_app` serves it, `World` seeds it and tells what it really holds.
Everything here follows the fact sheet on Open eClass; E-numbers name its traps.
"""

from kypek_sync.sandbox.eclass.app import FAULTS, NEWER_FAULTS, Wsgi, create_app
from kypek_sync.sandbox.eclass.records import Course, Group, GroupMember, Member, User
from kypek_sync.sandbox.eclass.world import World

__all__ = ["FAULTS", "NEWER_FAULTS", "Course", "Group", "GroupMember", "Member", "User", "World", "Wsgi", "create_app"]
