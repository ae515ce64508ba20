"""What can go wrong with a foreign system, named by what to do next.

A connector raises these and nothing else: foreign exceptions and foreign field names stop inside its `client.py`.
Every message is a sentence that an administrator can act on; it names the system and never shows a secret.
"""

from __future__ import annotations

from datetime import timedelta


class ConnectorError(Exception):
    """Something went wrong with `system` (the connector's name in settings). `hint` says what to do next."""

    def __init__(self, system: str, message: str, *, hint: str = "") -> None:
        super().__init__(f"{system}: {message}" + (f" {hint}" if hint else ""))
        self.system = system
        self.message = message
        self.hint = hint

    @property
    def advice(self) -> str:
        """What went wrong and what to do next, without the system's name: what a receipt tells."""
        return f"{self.message} {self.hint}".strip()


class TryLater(ConnectorError):
    """Worth another try after `after` (None: at the next pass). Nothing was changed there."""

    def __init__(self, system: str, message: str, *, hint: str = "", after: timedelta | None = None) -> None:
        super().__init__(system, message, hint=hint)
        self.after = after


class SkipThis(ConnectorError):
    """This one item cannot be done; others can. Nothing was changed there."""


class UnknownPerson(SkipThis):
    """The platform has no account for this person. Whoever signs in there once gets one."""


class StopConnector(ConnectorError):
    """Nothing more can be done with this system until a person acts: credentials, permission, switched off."""


class Ambiguous(ConnectorError):
    """The request was sent and no proper answer came: it may have been done. Look before any retry."""
