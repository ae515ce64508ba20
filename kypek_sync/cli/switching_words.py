"""What is said while the settings name a directory to which people were not taken over yet."""

from __future__ import annotations

from typing import Any

from kypek_sync.language import Text
from kypek_sync.sync.directory.switching import Awaited


def line(one: Awaited, text: Text) -> str:
    """Where people are known from, and what brings them along."""
    facts = {"directory": one.directory, "before": one.before, "people": one.people}
    if one.read:
        return text(
            "%(directory)s was read and nothing of it counts; %(people)s people are known from %(before)s: "
            "`kypek-sync directory refresh` tells why.",
            **facts,
        )
    return text(
        "%(directory)s was never read; %(people)s people are known from %(before)s: `kypek-sync directory refresh` "
        "takes them over.",
        **facts,
    )


def plain(one: Awaited) -> dict[str, Any]:
    """For machines."""
    return {"directory": one.directory, "before": one.before, "people": one.people, "read": one.read}
