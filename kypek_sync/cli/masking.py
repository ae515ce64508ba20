"""What people read on a screen, and what is logged, is without tax and registry numbers (D-4; the rule stands in
`kypek_sync.contract.personal_numbers`)."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from typing import Any

from rich.console import Console
from structlog.typing import EventDict, WrappedLogger

from kypek_sync.contract import is_tax_number, masked, masked_login
from kypek_sync.ledger import LedgerError, lookups
from kypek_sync.model import Person
from kypek_sync.sync.installation import Installation

_LOGINS = frozenset({"login", "logins", "person", "who", "subject"})
"""The names under which a log line has logins."""

Logins = Callable[[], frozenset[str]]
"""Gives the logins of six digits that people of the directories have or had, and that are nobody's registry number."""

_known: ContextVar[Logins] = ContextVar("known logins of six digits", default=frozenset)


class Screen(Console):
    """A console whose sentences are without tax numbers. Tables are made without them (`tables.table`)."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As of any console."""
        super().print(*(masked(one) if isinstance(one, str) else one for one in objects), **options)


def nobody_known() -> None:
    """No directory is at hand (any more)."""
    _known.set(frozenset)


def known_from(inst: Installation) -> None:
    """Whose logins six digits may be is asked of this installation's ledger from now on, when some are to be shown."""
    ledger = inst.ledger

    @cache
    def logins() -> frozenset[str]:
        try:
            with ledger.beside() as connection:
                hashed = {inst.connectors.registry_hash(one): one for one in lookups.logins_of_six_digits(connection)}
                numbers = lookups.registry_keys_among(connection, hashed)
                return frozenset(login for key, login in hashed.items() if key not in numbers)
        except LedgerError:
            return frozenset()

    _known.set(logins)


def login_shown(login: str) -> str:
    """A login as a screen shows it: in full, but one that is a tax number, or six digits that are nobody's login or
    somebody's registry number too."""
    masking = masked_login(login)
    return login if masking != login and not is_tax_number(login) and login in _known.get()() else masking


def mail_shown(person: Person) -> str:
    """Somebody's address as a screen shows it: their login in it as that is shown."""
    return person.mail.replace(person.login, login_shown(person.login))


def without_numbers(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A log line without tax numbers, and without what looks like a registry number where logins stand."""
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
