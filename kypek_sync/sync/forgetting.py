"""Forgets a person while no pass is under way; says first whether the next pass would bring them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

from sqlalchemy import Connection, select

from kypek_sync.contract import seminar_of
from kypek_sync.language import Sentence
from kypek_sync.ledger import bindings, forgetting, programmes
from kypek_sync.ledger.forgetting import Forgotten
from kypek_sync.ledger.naming import Subject
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.tables import applications, memberships, seats
from kypek_sync.model import SeatState, Status
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.lease import LaneLease
from kypek_sync.sync.run import LANES


def obstacles(connection: Connection, inst: Installation, who: Subject) -> list[Sentence]:
    """Why the person would be back after the next pass; empty if they would not. Each says what to do first."""
    found = []
    if who.standing:
        found.append(
            Sentence.of(
                "the directory still shows %(login)s, or did so until lately: wait until the person counts as gone",
                login=who.login,
            )
        )
    for kypek in sorted(inst.loaded.settings.kypeks):
        found += _in_settings(inst, kypek, who)
        offerings = programmes.in_force(connection, kypek)
        found += _as_trainer(offerings, who)
        running = {code: o for code, o in offerings.items() if _runs(o, inst.clock())}
        found += _in_seminars(connection, kypek, running, who)
    return found


def _in_settings(inst: Installation, kypek: str, who: Subject) -> Iterator[Sentence]:
    entry = inst.kypek(kypek)
    named = {
        *entry.administrators,
        *entry.auditors,
        *(login for s in entry.structures.values() for login in s.officers),
    }
    if named & who.logins:
        yield Sentence.of(
            "kypek.yaml names %(login)s in KYPEK %(kypek)s: take it out there", login=who.login, kypek=kypek
        )


def _as_trainer(offerings: dict[str, Offering], who: Subject) -> Iterator[Sentence]:
    for code, offering in offerings.items():
        if offering.missing_since is None and {t.login for t in offering.seminar.trainers} & who.logins:
            yield Sentence.of(
                "the programme names %(login)s as trainer of %(seminar)s: take it out there",
                login=who.login,
                seminar=code,
            )


def _in_seminars(connection: Connection, kypek: str, running: dict[str, Offering], who: Subject) -> Iterator[Sentence]:
    """Seats, applications and memberships of seminars that are not over."""
    taken = select(seats.c.seminar).where(
        seats.c.kypek == kypek, seats.c.login.in_(who.logins), seats.c.state != SeatState.WITHDRAWN.value
    )
    applied = select(applications.c.seminar).where(
        applications.c.kypek == kypek, applications.c.login.in_(who.logins), applications.c.withdrawn_at.is_(None)
    )
    codes = {row.seminar for query in (taken, applied) for row in connection.execute(query)}
    bound = bindings.known(connection, kypek, "course")
    courses = {(b.system, b.foreign_id): seminar_of(course) for (_, course), b in bound.items()}
    inside = select(memberships.c.system, memberships.c.course).where(memberships.c.login.in_(who.logins))
    codes |= {courses.get((row.system, row.course), "") for row in connection.execute(inside)}
    for code in sorted(codes & running.keys()):
        yield Sentence.of(
            "%(login)s is in the seminar %(seminar)s, which is not over: give the seat up on the platform first",
            login=who.login,
            seminar=code,
        )


def _runs(offering: Offering, now: datetime) -> bool:
    seminar = offering.seminar
    if seminar.status is Status.CANCELLED:
        return False
    return not seminar.sessions or max(session.ends for session in seminar.sessions) > now


def forget(inst: Installation, login: str) -> Forgotten:
    """Forget the person who has or had a login, with every lane of every KYPEK in hand: a pass under way might hold
    what it read of them before, and write it afterwards.

    Raises `LaneTaken` if a pass is under way; nothing was changed then.
    """
    kypeks = sorted(inst.loaded.settings.kypeks)
    with ExitStack() as lanes:
        for kypek in kypeks:
            for lane in LANES:
                lanes.enter_context(LaneLease(inst.ledger, kypek, lane, inst.clock))
        with inst.ledger.begin() as connection:
            gone = forgetting.forget(connection, login, kypeks, inst.clock())
        forgetting.scrub(inst.ledger)
    return gone
