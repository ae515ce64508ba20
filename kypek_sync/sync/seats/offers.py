"""What the time of offers depends on, gathered: the settings, the letters that went out, the pauses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import outbox, pauses, persons
from kypek_sync.seminar.offers import Clock, Terms
from kypek_sync.settings import Mode
from kypek_sync.sync.installation import Installation


def terms(inst: Installation, kypek: str) -> Terms | None:
    """From when on a KYPEK offers seats, and for how long; None where who waits moves up at once: the settings say so,
    or no letter goes out, and nobody would learn of an offer."""
    said, post = inst.loaded.settings.offers, inst.kypek(kypek).post
    if not said.before or not post or inst.modes().get(post, Mode.OBSERVE) is Mode.OBSERVE:
        return None
    return Terms(said.before, said.lasts)


def clock_of(
    connection: Connection, kypek: str, directory: str, seminar: str, by: Terms | None, now: datetime
) -> Clock | None:
    """The clock of a seminar's offers. Who has no address gets no letter, and none is waited for."""
    if by is None:
        return None
    letters = outbox.letters_of_offers(connection, kypek, seminar)
    waited = [login for login, sent in letters.items() if sent is None]
    if waited and directory:
        known = persons.persons(connection, directory, waited)
        letters = {
            login: sent
            for login, sent in letters.items()
            if sent is not None or (login in known and known[login].person.mail)
        }
    return Clock(now, by, letters, pauses.spans(connection, kypek, seminar, now))
