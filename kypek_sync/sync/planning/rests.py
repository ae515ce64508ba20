"""Which reads a change rests on, in words: the end of every `because` (source row, rule, snapshot). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from kypek_sync.language import Text
from kypek_sync.model import local


class Seen(Protocol):
    """A read, as a snapshot of this pass or as the ledger remembers it. `as_of` is aware UTC."""

    @property
    def system(self) -> str:
        """The connector's name."""

    @property
    def scope(self) -> str:
        """Which part of it was read."""

    @property
    def as_of(self) -> datetime:
        """The moment that it shows."""

    @property
    def complete(self) -> bool:
        """Whether all of it was seen."""

    @property
    def why_partial(self) -> str:
        """What was missing, empty when complete."""


def rests_on(reads: Iterable[Seen | None], text: Text) -> tuple[str, ...]:
    """A sentence for each read: system, scope, when on a clock in Greece, whether it was whole or why not. Reads that
    are told alike are told once."""
    return tuple(dict.fromkeys(_read(one, text) for one in reads if one is not None))


def rests_on_all(reads: Sequence[Seen], text: Text) -> tuple[str, ...]:
    """One sentence for all scopes of a system: the oldest of its reads, or each that was not whole."""
    if partial := [one for one in reads if not one.complete]:
        return rests_on(partial, text)
    oldest = min(reads, key=lambda one: one.as_of, default=None)
    if oldest is None:
        return ()
    return (text("%(system)s, read %(when)s: whole", system=oldest.system, when=_when(oldest.as_of)),)


def _read(one: Seen, text: Text) -> str:
    facts = {"system": one.system, "scope": one.scope, "when": _when(one.as_of)}
    if one.complete:
        return text("%(system)s %(scope)s, read %(when)s: whole", **facts)
    return text("%(system)s %(scope)s, read %(when)s: only in part (%(why)s)", **facts, why=one.why_partial)


def _when(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y %H:%M}"
