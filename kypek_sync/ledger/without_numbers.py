"""A directory that shows no registry and tax numbers any more, for good, because a person said so.

It ends when most entries show a number again.
"""

from __future__ import annotations

from kypek_sync.ledger.given_up import GivenUp

_NUMBERS = GivenUp(
    "numbers-not-shown",
    "No registry numbers are read here any more, as a person decided: those known from before stay, and who is new is "
    "recognised by entryUUID and login alone.",
    "registry",
)
CODE = _NUMBERS.code
accept, accepted, shown_again = _NUMBERS.accept, _NUMBERS.accepted, _NUMBERS.shown_again
