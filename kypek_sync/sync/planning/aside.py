"""Changes that are wanted and yet left alone in this pass: nobody has to decide about them, and they hold up nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kypek_sync.contract import Change


class Reason(StrEnum):
    """Why a wanted change is left alone."""

    PINNED = "pinned"
    PAUSED = "paused"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Aside:
    """A change left alone, with a sentence that says who or what keeps it so, and until when."""

    reason: Reason
    change: Change
    why: str


def without(changes: Sequence[Change], aside: Sequence[Aside]) -> list[Change]:
    """The changes that are not left alone, in their order."""
    left = {one.change for one in aside}
    return [change for change in changes if change not in left]
