"""What a read of a registration course says about applications (design, rules 3 to 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kypek_sync.contract import Member, Snapshot
from kypek_sync.model import HELD, PLACES, Application, CourseRole, Seat, SeatState

LIST = "(list)"
"""The door of applications that officers hand in (`seats import`, `seats grant`); no connector is called so."""
PAGE = "(page)"
"""The door of applications that people make on the seminar's page, signed in; no connector is called so."""
OWN_DOORS = (LIST, PAGE)
"""Those that stand in the ledger alone: no read of a platform shows them, and who has a seat by one is let into the
course by us."""

_TOLD = (*PLACES, SeatState.REFUSED)
TEACHING = (CourseRole.TRAINER, CourseRole.ASSISTANT)
"""The roles of those who run a course: whoever has one there is no applicant."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one read means: `standing` are the applications that stand, `withdrawn` the logins proven gone."""

    standing: tuple[Application, ...]
    withdrawn: frozenset[str]


def applicants(members: Iterable[Member], ours: frozenset[str], staff: frozenset[str]) -> dict[str, Member]:
    """Members who applied: students whom we did not enrol ourselves (rule 4) and who do not teach or run it."""
    return {
        member.login: member
        for member in members
        if member.role is CourseRole.STUDENT and member.login not in ours and member.login not in staff
    }


@dataclass(frozen=True, slots=True)
class Promoted:
    """Who applied in a course and teaches there by now, whoever made them. `over` are the applications of those who
    were told nothing yet: they apply no more. `told` are the logins of the others: what they were told stands until a
    person decides."""

    over: tuple[Application, ...] = ()
    told: frozenset[str] = frozenset()


def promoted(
    applied: Mapping[str, Application], members: Iterable[Member], before: Mapping[str, Seat], vouched: Collection[str]
) -> Promoted:
    """Those of the standing applications of a course (`applied`) whose makers teach there. `before` are the seats by
    login; `vouched` are logins that an officer put on a list: their word stands."""
    teach = {one.login for one in members if one.role in TEACHING} & applied.keys() - set(vouched)
    told = {seat.login for seat in before.values() if seat.state in _TOLD}
    holders = {seat.person for seat in before.values() if seat.state in _TOLD} - {""}
    keep = frozenset(login for login in teach if login in told or applied[login].person in holders)
    return Promoted(tuple(applied[login] for login in sorted(teach - keep)), keep)


def absent(before: Mapping[str, Application], present: Mapping[str, Member], complete: bool) -> frozenset[str]:
    """Who applied and is not seen: candidates for a second look, only where the read was complete (rule 1)."""
    return frozenset(before) - frozenset(present) if complete else frozenset()


def sight(
    seminar: str,
    read: Snapshot[Member],
    present: Mapping[str, Member],
    before: Mapping[str, Application],
    proven_gone: frozenset[str],
    part: str = "",
) -> Sighting:
    """Bring together the read and what was known.

    `before` are the standing applications of this platform by login; `proven_gone` the absent ones that a second proof
    confirmed (the guard on withdrawals may have asked not to believe it yet); `part` is the seminar's part whose course
    was read.
    """
    gone = absent(before, present, read.complete) & proven_gone
    standing = [application for login, application in before.items() if login not in gone and login not in present]
    for login, member in present.items():
        earlier = before.get(login)
        standing.append(earlier or _new(seminar, member, read.system, read.as_of, part))
    return Sighting(tuple(sorted(standing, key=lambda a: a.login)), gone)


def given_up_elsewhere(
    standing: Iterable[Application], gone: Iterable[Application]
) -> tuple[tuple[Application, ...], tuple[Application, ...]]:
    """The applications of lists, or of the seminar's page, that stand, and those that their makers gave up by leaving
    (`gone`) the platform's course: one wish through two doors is given up as a whole."""
    left = {(one.login, one.part) for one in gone} | {(one.person, one.part) for one in gone if one.person}
    those = tuple(standing)
    over = tuple(one for one in those if {(one.login, one.part), (one.person, one.part)} & left)
    return tuple(one for one in those if one not in over), over


def one_each(
    applications: Iterable[Application], before: Mapping[str, Seat], unsure: Collection[str] = ()
) -> tuple[Application, ...]:
    """One application for each person: two logins or two doors are one wish, at the earlier time (rule 12).

    It counts under the login, and for the part of the seminar, that has a seat by `before`, else under the one with
    which it came first. Who leaves that part and stays in another one applies there, at the time of that. Who is not in
    the directory is known by login alone. Whose place stands under a login of which it is `unsure` whose it is gets
    nothing by another one meanwhile: one place is kept, not two.
    """
    wishes: dict[str, list[Application]] = {}
    for application in applications:
        wishes.setdefault(application.person or application.login, []).append(application)
    kept = {seat.person for login, seat in before.items() if login in unsure and seat.person and seat.state in PLACES}
    return tuple(
        _earliest(those, before)
        for who, those in sorted(wishes.items())
        if who not in kept or any(_placed(one, before) for one in those)
    )


def where_it_takes_place(
    applications: Iterable[Application], before: Mapping[str, Seat], cancelled: Collection[str]
) -> tuple[Application, ...]:
    """The applications, without those made in `cancelled` parts by people who apply in another one too: that counts.
    Who has a seat in the cancelled part keeps it until they leave it."""
    those = tuple(applications)
    elsewhere = {one.person or one.login for one in those if one.part not in cancelled}
    return tuple(
        one
        for one in those
        if one.part not in cancelled
        or (one.person or one.login) not in elsewhere
        or ((seat := before.get(one.login)) is not None and seat.state in HELD and seat.part == one.part)
    )


def carried(
    applications: Iterable[Application], before: Mapping[str, Seat], unsure: Collection[str] = ()
) -> dict[str, Seat]:
    """The seats by login as a decision should see them: who applied under two logins and gave up the one with the seat
    or the place in the queue has it under the other one (rule 12). Nothing goes from or to a login of which it is
    `unsure` whose it is."""
    those = list(applications)
    stay = {application.login for application in those} | set(unsure)
    left = {s.person: s for login, s in before.items() if s.person and s.state in PLACES and login not in stay}
    found = dict(before)
    for application in those:
        seat, own = left.get(application.person), before.get(application.login)
        if seat is not None and application.login not in unsure and (own is None or own.state not in PLACES):
            found[application.login] = replace(seat, login=application.login)
    return found


def _earliest(those: Iterable[Application], before: Mapping[str, Seat]) -> Application:
    ordered = sorted(those, key=lambda a: (a.at, not a.exact, a.login, a.system, a.part))
    if len(ordered) == 1:
        return ordered[0]
    seated = [a for a in ordered if _placed(a, before)]
    same = [a for a in seated if before[a.login].part == a.part]
    return replace((same or seated or ordered)[0], at=ordered[0].at, exact=ordered[0].exact)


def _placed(application: Application, before: Mapping[str, Seat]) -> bool:
    return application.login in before and before[application.login].state in PLACES


def _new(seminar: str, member: Member, system: str, seen: datetime, part: str) -> Application:
    return Application(
        seminar=seminar,
        login=member.login,
        person="",
        at=member.since or seen,
        exact=member.since is not None,
        system=system,
        part=part,
    )
