"""What was read, and how much it proves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from kypek_sync.model import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """What one scope of one system held at `as_of`, and whether we saw all of it.

    Absence is evidence only where `complete` is true (design, rule 1). `as_of` is the moment before the first
    request of the read. `proofs` name what completeness rests on (`end of pages`, `registration count 12`), for
    people. `why_partial` is a sentence, empty when complete. `findings` are oddities seen on the way. `content` is a
    digest (at most 64 characters) that tells one export from the next, whatever the date of its file; empty where the
    source is live: what is asked anew is answered anew (rule 2).
    """

    system: str
    scope: str
    as_of: datetime
    items: tuple[T, ...]
    complete: bool
    why_partial: str = ""
    proofs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    content: str = ""


@dataclass(frozen=True, slots=True)
class Delta(Generic[T]):
    """What is known to have changed since a cursor: a hint, never a proof of absence.

    `reset` says that the cursor was too old or unknown and a full read is needed. `cursor` is opaque to everybody but
    the connector that made it.
    """

    scope: str
    changed: tuple[T, ...]
    gone: tuple[str, ...]
    cursor: str
    reset: bool = False
