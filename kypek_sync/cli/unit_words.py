"""Units that the directory does not have (D-2: `l` may dangle), by a name that people know; the address stays in
`--json` and in the finding."""

from __future__ import annotations

from collections.abc import Iterable

from kypek_sync.contract import leaf
from kypek_sync.language import Text
from kypek_sync.seminar.serving import Placed, way_words


def called(identity: str) -> str:
    """What a unit of which only the id is known is called: the first part of its address, `10gym-iliou`."""
    try:
        return leaf(identity)[1]
    except ValueError:
        return identity


def missing(identity: str, text: Text) -> str:
    """The same where nothing else says that the directory does not have it."""
    return text("%(unit)s (not in the directory)", unit=called(identity))


def served_words(one: Placed, text: Text) -> str:
    """Which KYPEK serves a unit, and what tells that."""
    if one.kypek:
        return text("served by the KYPEK %(kypek)s (%(how)s)", kypek=one.kypek, how=way_words(one, text))
    return text("served by no KYPEK of these settings (%(how)s)", how=way_words(one, text))


def served_lines(those: Iterable[Placed], text: Text) -> list[str]:
    """The same of several units, each by its name."""
    return [f"{one.unit.name or called(one.unit.id)}: {served_words(one, text)}" for one in those]
