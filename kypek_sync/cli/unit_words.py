"""Units that the directory does not have (D-2: `l` may dangle), by a name that people know; the address stays in
`--json` and in the finding."""

from __future__ import annotations

from kypek_sync.contract import leaf
from kypek_sync.language import Text


def called(identity: str) -> str:
    """What a unit of which only the id is known is called: the first part of its address, `10gym-iliou`."""
    try:
        return leaf(identity)[1]
    except ValueError:
        return identity


def missing(identity: str, text: Text) -> str:
    """The same where nothing else says that the directory does not have it."""
    return text("%(unit)s (not in the directory)", unit=called(identity))
