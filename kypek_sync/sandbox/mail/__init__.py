"""A mail server that keeps what it is given and delivers nothing."""

from kypek_sync.sandbox.mail.mailbox import Mailbox, Received
from kypek_sync.sandbox.mail.sink import FAULTS, Sink

__all__ = ["FAULTS", "Mailbox", "Received", "Sink"]
