"""A simulator of helpdesks that speak SOAP: one like MantisBT (rpc/encoded) and a plain one (document/literal)."""

from kypek_sync.sandbox.soap_helpdesk.app import FAULTS, create_app, is_write
from kypek_sync.sandbox.soap_helpdesk.world import SeenNote, SeenTicket, World

__all__ = ["FAULTS", "SeenNote", "SeenTicket", "World", "create_app", "is_write"]
