"""The address of a person's own page of a seminar: what a letter carries, so that they can answer without signing in.

It is worked out from the installation's key, and kept nowhere: who has it can see one person's seat in one seminar, and
answer for it. It is made with our id of the person, so that whoever has their login later has another one.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from kypek_sync.model import PLACES, Seat
from kypek_sync.sync.installation import Installation

LETTERS = 22
"""Of base 64: 132 bits, which nobody guesses."""


def address(inst: Installation, kypek: str, seminar: str, person: str) -> str:
    """The address of somebody's own page of a seminar."""
    base = inst.loaded.settings.public_address.rstrip("/")
    return f"{base}/s/{seminar}/own/{_word(inst, kypek, seminar, person)}"


def stop_address(inst: Installation, kypek: str, seminar: str, person: str) -> str:
    """The address at which somebody ends their reminders; with it nothing else can be seen or said."""
    base = inst.loaded.settings.public_address.rstrip("/")
    return f"{base}/s/{seminar}/reminders/{_word(inst, kypek, _stop(seminar), person)}"


def who_stops(inst: Installation, kypek: str, seminar: str, word: str, decided: Mapping[str, Seat]) -> Seat | None:
    """The seat whose holder that address belongs to; None if nobody's."""
    return whose(inst, kypek, _stop(seminar), word, decided)


def _stop(seminar: str) -> str:
    """What makes that word another one than the own page's; no code has a blank."""
    return f"{seminar} reminders"


def whose(inst: Installation, kypek: str, seminar: str, word: str, decided: Mapping[str, Seat]) -> Seat | None:
    """The seat whose page an address is, by its last word; None if nobody's. Every seat is compared, so that the time
    it takes tells nothing."""
    found = {
        seat.person
        for seat in decided.values()
        if seat.person and hmac.compare_digest(_word(inst, kypek, seminar, seat.person).encode(), word.encode())
    }
    return of_person(decided, found.pop()) if found else None


def of_person(decided: Mapping[str, Seat], person: str) -> Seat | None:
    """Somebody's seat of a seminar, by our id of them; of two under two logins the one that stands."""
    found = [seat for _, seat in sorted(decided.items()) if seat.person == person]
    return next((seat for seat in found if seat.state in PLACES), found[0] if found else None)


def _word(inst: Installation, kypek: str, seminar: str, person: str) -> str:
    said = "\0".join((kypek, seminar, person)).encode()
    return urlsafe_b64encode(hmac.digest(inst.own_page_key, said, "sha256")).decode()[:LETTERS]
