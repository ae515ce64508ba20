"""A mail server that keeps what it is given and delivers nothing."""

from kypek_sync.sandbox.mail.mailbox import Mailbox, Received
from kypek_sync.sandbox.mail.sink import Sink

__all__ = ["Mailbox", "Received", "Sink"]
