"""What can go wrong with eClass's database, as errors of ours: a number of the server becomes a sentence.

The server's own words are left out: they name accounts and hosts, and may repeat what was sent.
"""

from __future__ import annotations

import ssl

from sqlalchemy.exc import DBAPIError

from kypek_sync.contract import ConnectorError, StopConnector, TryLater, doubt_of

_ASK = "`kypek-sync connector eclass grants` prints what its administrator has to enter."
_REFUSED = {
    1045: "refuses the account of the database or its password.",
    1698: "refuses the account of the database or its password.",
    1130: "does not let this machine in.",
    1044: "does not let the account into this database.",
    1049: "has no database of this name.",
    1820: "wants a new password for the account.",
    1862: "says that the account's password has expired.",
    2059: "wants a way of signing in that is not known here.",
}
_MISSING = frozenset({1054, 1142, 1143, 1146, 1370})
"""No such column or table, or no right to it."""
_NO_TLS = 2026
_NOT_REACHED = 2003
_SLOW = frozenset({1969, 3024})
"""The time limit of a statement, in MariaDB and in MySQL."""
LATER = "What we know stays as it is."


def no_tls(system: str, place: str) -> StopConnector:
    """The line could not be encrypted."""
    return StopConnector(
        system,
        f"The database {place} does not encrypt the line.",
        hint="Ask its administrator for TLS; only where the line is your own set `database_tls: false`.",
    )


def told(system: str, place: str, error: DBAPIError) -> ConnectorError:
    """The error of ours for one of the driver."""
    cause = error.orig
    number = cause.args[0] if cause is not None and cause.args and isinstance(cause.args[0], int) else 0
    if number in _REFUSED:
        return StopConnector(system, f"{place} {_REFUSED[number]}", hint=_ASK)
    if number in _MISSING:
        why = f"The database {place} lacks a table or column of eClass, or the account lacks the right to it."
        return StopConnector(system, why, hint=_ASK)
    if number == _NO_TLS:
        return no_tls(system, place)
    if number in _SLOW:
        return TryLater(system, f"The database {place} took too long over a question.", hint=LATER)
    certificate = _certificate(cause)
    if number == _NOT_REACHED and certificate is not None:
        doubt = doubt_of(certificate)
        why = f"The certificate of the database {place} could not be verified."
        if doubt:
            why = f"The certificate of the database {place} could not be verified: {doubt.value}."
        return StopConnector(system, why, hint="Put its authority's certificate into `database_ca_file`.")
    if number == _NOT_REACHED:
        return TryLater(system, f"The database {place} cannot be reached.", hint=LATER)
    return TryLater(system, f"The database {place} gave up in the middle (error {number}).", hint=LATER)


def nonsense(system: str, place: str) -> TryLater:
    """What answered is no database, or signs in by a method that wants TLS."""
    return TryLater(system, f"What answers as the database {place} is not understood.", hint=LATER)


def _certificate(cause: BaseException | None) -> str | None:
    inner = getattr(cause, "original_exception", None)
    return str(inner) if isinstance(inner, ssl.SSLError) else None
