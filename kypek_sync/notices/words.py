"""A notice as words: what every kind of letter comes down to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A notice as it is sent."""

    subject: str
    body: str
