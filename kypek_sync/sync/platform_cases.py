"""Cases about the platforms themselves: work that only their administrators can do, and credentials that will end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Expiring, Stage, expiry_stage
from kypek_sync.ledger import outbox, persons, seats, todos
from kypek_sync.ledger.outbox import Notice
from kypek_sync.model import local
from kypek_sync.notices.by_hand import ENDING
from kypek_sync.seminar.by_hand import FOR_ADMINISTRATORS, Kind
from kypek_sync.seminar.by_hand_words import Undone, platform_cases
from kypek_sync.seminar.cases import Case
from kypek_sync.seminar.expiry_words import Ending, body, ending_case, subject
from kypek_sync.sync.courses.twins import twin_cases
from kypek_sync.sync.installation import Installation

SIGN_IN_WITHIN = timedelta(days=14)
"""How long who was told to sign in somewhere is waited for before a ticket tells others of it."""

_ORDER = list(Stage)


def of_platforms(connection: Connection, inst: Installation, kypek: str) -> list[Case]:
    """Work by hand, one case for each platform, tokens near their end, one for each connector, and
    courses that carry the reference of another one."""
    ending = endings(inst, kypek)
    return [
        *platform_cases(kypek, _undone(connection, inst, kypek), inst.text),
        *(ending_case(kypek, one, inst.text) for one in ending),
        *twin_cases(connection, kypek, inst.text),
    ]


def endings(inst: Installation, kypek: str) -> list[Ending]:
    """Connectors of this KYPEK whose credential is near its end. One that several KYPEKs use is told by the first of
    them, so that one cause has one ticket."""
    today, kypeks = local(inst.clock()).date(), sorted(inst.loaded.settings.kypeks)
    found = []
    for name in sorted(inst.used_by(kypek)):
        connector = inst.connectors.named(name)
        ends = connector.credential_ends() if isinstance(connector, Expiring) else None
        if ends is None or next(one for one in kypeks if name in inst.used_by(one)) != kypek:
            continue
        stage = expiry_stage(ends, today)
        if stage is not Stage.FAR:
            found.append(Ending(name, ends, stage))
    return found


def tell_administrators(connection: Connection, inst: Installation, kypek: str) -> int:
    """A letter to each administrator at each stage, once, where mail is sent; how many were put in."""
    entry, now = inst.kypek(kypek), inst.clock()
    count = 0
    if not entry.post:
        return count
    for one in endings(inst, kypek):
        facts = {"body": body(one, inst.text), "centre": entry.name, "subject": subject(one, inst.text)}
        for login in entry.administrators:
            cause = f"{ENDING}-{one.system}-{one.ends:%Y%m%d}:"
            letter = Notice(kypek, "", login, cause, _ORDER.index(one.stage), ENDING, tuple(sorted(facts.items())))
            count += outbox.put(connection, letter, inst.host, now)
    return count


def told_to_sign_in(connection: Connection, kypek: str, now: datetime) -> frozenset[tuple[str, str, str]]:
    """Who was told lately to sign in somewhere once, as (system, seminar, login): they are waited for."""
    waiting = todos.listed(connection, kypek, kinds=(Kind.SIGN_IN,))
    return frozenset((one.system, one.seminar, one.login) for one in waiting if _lately(one.told, now))


def _lately(told: datetime | None, now: datetime) -> bool:
    return told is not None and now - told < SIGN_IN_WITHIN


def _undone(connection: Connection, inst: Installation, kypek: str) -> Iterable[Undone]:
    listed = todos.listed(connection, kypek, kinds=FOR_ADMINISTRATORS)
    names = seats.names(connection, kypek)
    directory = inst.kypek(kypek).directory
    known = persons.persons(connection, directory, {one.login for one in listed if one.login}) if directory else {}
    for one in listed:
        person = known.get(one.login)
        name = person.person.name if person is not None else names.get((one.seminar, one.login), "")
        yield Undone(one.system, one.kind.value, one.seminar, one.login, name, one.link)
