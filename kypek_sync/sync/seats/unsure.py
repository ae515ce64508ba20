"""Logins of which it is not sure whose they are, told to the administrator for as long as seats wait for a decision."""

from __future__ import annotations

from kypek_sync.language import Text
from kypek_sync.ledger.identities import Doubt, Identities

FINDINGS = {
    "login-reused": "login that had another owner",
    "login-shared": "login of several entries",
    "keys-disagree": "keys of two people",
    "entry-uuid-shared": "entryUUID of several entries",
}
"""The findings that leave it in doubt (`ledger.identities.DOUBTFUL`), in the words of `directory findings`."""


def unsure(identities: Identities, text: Text) -> list[str]:
    """A sentence for each login, by login."""
    return [in_doubt(one, text) for _, one in sorted(identities.doubts.items())]


def in_doubt(one: Doubt, text: Text) -> str:
    """What a doubt about a login means for its seats, and how it is decided."""
    return text(
        "It is not sure whose the login %(login)s is now (%(codes)s): seats under it stay as they are and nobody "
        "gets one by it. See `kypek-sync directory person %(login)s`, then decide: `kypek-sync directory confirm "
        "%(login)s --same|--other --why TEXT`.",
        login=one.login,
        codes=", ".join(text(FINDINGS[code]) if code in FINDINGS else code for code in one.codes)
        or text("another person has it than before"),
    )
