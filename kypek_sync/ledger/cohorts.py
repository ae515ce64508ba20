"""Whom we put into cohorts, by claims.

`cohort` says that we put somebody in; by rule 4 nobody else is ever taken out. `cohort-there` remembers who was in
without us; `cohort-restored` and `cohort-left-out` whom somebody took out by hand once, or twice; `cohort-seen` when a
cohort was last looked at; `cohort-asked` who was not in when we asked for them, until a clear answer came. Those five
own nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import bindings
from kypek_sync.ledger.bindings import Claim

OURS, THERE = "cohort", "cohort-there"
RESTORED, LEFT_OUT, SEEN = "cohort-restored", "cohort-left-out", "cohort-seen"
ASKED = "cohort-asked"

_KINDS = (OURS, THERE, RESTORED, LEFT_OUT, ASKED)

Key = tuple[str, str]
"""(system, the cohort's ID number)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of one cohort: logins."""

    ours: frozenset[str] = frozenset()
    there: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


def known(connection: Connection, kypek: str) -> dict[Key, Known]:
    """All cohorts of a KYPEK that the ledger knows."""
    found = {kind: bindings.claimed(connection, kypek, kind) for kind in _KINDS}
    keys = {key for those in found.values() for key in those}
    none: frozenset[str] = frozenset()
    return {key: Known(*(found[kind].get(key, none) for kind in _KINDS)) for key in sorted(keys)}


def claim(connection: Connection, kypek: str, key: Key, kind: str, logins: Iterable[str], now: datetime) -> None:
    """Remember these people of a cohort under a kind."""
    system, cohort = key
    bindings.claim(connection, kypek, [Claim(system, kind, cohort, login, "seat") for login in sorted(logins)], now)


def release(connection: Connection, kypek: str, key: Key, kind: str, logins: Iterable[str]) -> None:
    """Forget these people of a cohort under a kind."""
    system, cohort = key
    for login in sorted(logins):
        bindings.release(connection, kypek, Claim(system, kind, cohort, login, ""))


def asked(connection: Connection, kypek: str) -> dict[Key, dict[str, datetime]]:
    """Whom we asked for without a clear answer yet, and when."""
    return bindings.since(connection, kypek, ASKED)


def ask(connection: Connection, kypek: str, key: Key, logins: Iterable[str], now: datetime) -> None:
    """These people are not in the cohort, and now we ask for them."""
    those = sorted(logins)
    release(connection, kypek, key, ASKED, those)
    claim(connection, kypek, key, ASKED, those, now)


def saw(connection: Connection, kypek: str, key: Key, now: datetime) -> None:
    """The cohort was looked at now."""
    release(connection, kypek, key, SEEN, ("",))
    claim(connection, kypek, key, SEEN, ("",), now)


def seen(connection: Connection, kypek: str) -> dict[Key, datetime]:
    """When each was last looked at."""
    return {key: found[""] for key, found in bindings.since(connection, kypek, SEEN).items() if "" in found}
