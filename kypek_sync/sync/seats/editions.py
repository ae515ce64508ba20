"""What seats in earlier editions say against applications, where more follows from them than that people are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from kypek_sync.model import Application, Seminar, Stance
from kypek_sync.seminar.objections import Objection, attended, edition_before

if TYPE_CHECKING:
    from kypek_sync.sync.seats.deciding import Deciding


def ended(deciding: Deciding, seminar: Seminar) -> tuple[Seminar, ...]:
    """The earlier editions of a seminar that are over, the latest first; none where nothing follows from them."""
    if deciding.clashes.earlier_edition is Stance.WARN:
        return ()
    return deciding.editions.of(seminar)


def against(
    editions: Sequence[Seminar], applications: Iterable[Application], deciding: Deciding
) -> dict[str, Objection]:
    """What seats in these editions say against applications, by login."""
    had = attended(editions, deciding.before)
    unsure: Collection[str] = deciding.identities.unsure
    found: dict[str, Objection] = {}
    for one in applications if had else ():
        edition = had.get(one.person or one.login)
        objection = edition_before(edition, deciding.clashes.earlier_edition) if edition is not None else None
        if objection is not None and one.login not in unsure:
            found[one.login] = objection
    return found
