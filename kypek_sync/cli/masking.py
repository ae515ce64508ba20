"""What people read on a screen, and what is logged, is without tax numbers: somebody's login may be one (D-4)."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from structlog.typing import EventDict, WrappedLogger

from kypek_sync.contract import masked, masked_login

_LOGINS = frozenset({"login", "logins", "person", "who", "subject"})
"""The names under which a log line has logins."""


class Screen(Console):
    """A console whose sentences are without tax numbers. Tables are made without them (`tables.table`)."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As of any console."""
        super().print(*(masked(one) if isinstance(one, str) else one for one in objects), **options)


def without_numbers(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A log line without tax numbers, and without registry numbers where logins stand."""
    del logger, method
    for name, value in event.items():
        event[name] = _hidden(name, value)
    return event


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return masked(masked_login(value) if name in _LOGINS else value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_hidden(name, one) for one in value]
    return value
