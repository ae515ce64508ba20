"""A list of applicants that an officer hands in, held against what is known and taken over: `seats import`.

A list adds; that somebody is missing from a newer one takes nothing from them (rule 20). Who is on it and gave their
application back since is not signed up again unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.ledger import journal, lookups, persons, seats
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Application
from kypek_sync.programme.applicants import Applicant
from kypek_sync.seminar.applications import LIST
from kypek_sync.seminar.seats import window
from kypek_sync.sync.seats.by_name import still_open


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a list means. `new` are applications that it adds; `standing` those who apply already, through whatever
    door; `gave_up` those who gave an application back since the moment that the list states, or whose
    moment it does not state; `unknown` the logins of
    `new` that the directory does not know: they are under identification until it does; `teach` those who teach the
    seminar and need no seat; `outside` how many of `new` are not from the time in which people may apply."""

    new: tuple[Application, ...]
    standing: tuple[Applicant, ...]
    gave_up: tuple[Applicant, ...]
    unknown: tuple[str, ...]
    teach: tuple[str, ...] = ()
    outside: int = 0


def weigh(
    connection: Connection,
    directory: str,
    offering: Offering,
    those: Collection[Applicant],
    now: datetime,
    *,
    again: bool,
) -> HandedIn:
    """Hold a list against the applications there are. `again`: also those who gave theirs back, from `now` on. Raises
    `NotDecided` where the seminar has no seats to give any more."""
    seminar, code = offering.seminar, offering.seminar.code
    still_open(seminar, now)
    trainers = {trainer.login for trainer in seminar.trainers}
    teach = tuple(one.login for one in those if one.login in trainers)
    those = [one for one in those if one.login not in trainers]
    logins = [one.login for one in those]
    known: dict[str, Known] = persons.persons(connection, directory, logins) if directory else {}
    doors = seats.standing(connection, offering.kypek).get(code, {})
    apply = {one.login for one in doors.values()} | {one.person for one in doors.values() if one.person}
    back: dict[str, datetime] = {}
    for wish in lookups.wishes(connection, offering.kypek, seminar=code):
        if wish.withdrawn_at is not None:
            back[wish.login] = max(wish.withdrawn_at, back.get(wish.login, wish.withdrawn_at))
    new, standing, gave_up = [], [], []
    for one in those:
        person = known[one.login].id if one.login in known else ""
        if one.login in apply or (person and person in apply):
            standing.append(one)
            continue
        later = one.login not in back or (one.stated and one.at > back[one.login])
        if not later and not again:
            gave_up.append(one)
        else:
            at = one.at if later else now
            new.append(Application(code, one.login, person, at, True, LIST, part=one.part))
    unknown = tuple(one.login for one in new if one.login not in known)
    outside = sum(not window(seminar, one).passed for one in new)
    return HandedIn(tuple(new), tuple(standing), tuple(gave_up), unknown, teach, outside)


def take_over(
    connection: Connection, offering: Offering, handed: HandedIn, *, file: str, why: str, who: str, now: datetime
) -> None:
    """Record the new applications of a list, and in the journal who handed in what."""
    seats.record_applications(connection, offering.kypek, handed.new, [], {}, now)
    content = {"seminar": offering.seminar.code, "file": file, "applications": len(handed.new), "why": why}
    named = {"who": [Who(who)], "whom": [Who(one.login, one.person) for one in handed.new]}
    journal.append(connection, offering.kypek, [Entry(Kind.LIST, content, people=named)], now)
