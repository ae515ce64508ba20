"""What officers decide about one application by name: `seats grant|approve|refuse|swap|reset`.

A decision is recorded here and carried out by the next pass, which decides everybody's seats by it
(`seminar.rulings`). What cannot be is said before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from kypek_sync.language import Sentence
from kypek_sync.ledger import identity_answers, persons, rulings, seats
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import HELD, Application, Seat, SeatState, Seminar, Status
from kypek_sync.programme.people import is_login
from kypek_sync.seminar.applications import LIST
from kypek_sync.seminar.free_seats import FreeSeats
from kypek_sync.seminar.lowering import loses
from kypek_sync.seminar.rulings import Ruling, Word, ruled

NEVER = datetime.min.replace(tzinfo=UTC)
_DECIDED = tuple(word for word in Word if word.approves or word.takes)


class NotDecided(Exception):
    """It cannot be decided so; nothing was written. `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.message)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody about whom an officer decides: who the directory says they are (None: nobody it knows), their
    applications that stand, their seat as decided so far, and what was decided by name about them (`ruling`), perhaps
    since the last pass."""

    login: str
    known: Known | None
    applications: tuple[Application, ...]
    seat: Seat | None
    ruling: Ruling | None = None

    @property
    def person(self) -> str:
        """Our id, empty while the directory does not know the login."""
        return self.known.id if self.known else ""

    @property
    def granted(self) -> bool:
        """Whether they have a seat, and nobody decided since that they have none."""
        leaves = loses(self.seat, self.ruling) or (self.ruling is not None and self.ruling.word.takes)
        return self.seated and not leaves

    @property
    def seated(self) -> bool:
        """Whether they had a seat at the last pass."""
        return self.seat is not None and self.seat.state is SeatState.GRANTED


def asked(connection: Connection, directory: str, offering: Offering, logins: Collection[str]) -> dict[str, Asked]:
    """What is known of these people and the seminar, by login. Raises `NotDecided` where it is in doubt whose a login
    is, for whoever has left the directory, and for what is nobody's login: a number may be somebody's registry or tax
    number, and is not repeated (D-4)."""
    seminar = offering.seminar
    known = persons.persons(connection, directory, logins, gone_too=True) if directory else {}
    unsure = identity_answers.unsure(connection, directory, logins, offering.kypek) if directory else frozenset()
    decided = seats.decided(connection, offering.kypek, seminar.code).get(seminar.code, {})
    standing = seats.standing(connection, offering.kypek).get(seminar.code, {})
    said = rulings.standing(connection, offering.kypek).get(seminar.code, ())
    found = {}
    for login in logins:
        someone = known.get(login)
        if someone is None and not is_login(login):
            raise NotDecided(
                Sentence.of(
                    "This is not a school-network login. Write it in Latin letters, as it stands before @sch.gr."
                )
            )
        if login in unsure:
            raise NotDecided(
                Sentence.of(
                    "It is not sure whose the login %(login)s is now: decide that first, see `kypek-sync directory "
                    "person %(login)s`.",
                    login=login,
                )
            )
        if someone is not None and someone.gone_at is not None:
            raise NotDecided(
                Sentence.of("%(login)s has left the directory: there is nobody to decide about.", login=login)
            )
        mine = {login} | {s.login for s in decided.values() if someone is not None and s.person == someone.id}
        theirs = tuple(one for one in standing.values() if one.login in mine)
        seat = next((decided[one] for one in sorted(mine, key=lambda one: one != login) if one in decided), None)
        last = next(iter(ruled(theirs, said).values()), None)
        found[login] = Asked(login, someone, theirs, seat, last)
    return found


def grant(
    connection: Connection,
    offering: Offering,
    someone: Asked,
    *,
    why: str,
    who: str,
    now: datetime,
    part: str = "",
    vouched: bool = False,
    queue: bool = False,
) -> None:
    """Give somebody the next free seat, whatever the rules say. Who has not applied applies by this. `vouched`: also a
    login that the directory does not know; `queue`: they are the first to wait where no seat is free. Raises
    `NotDecided`."""
    seminar = offering.seminar
    still_open(seminar, now)
    if someone.granted:
        raise NotDecided(Sentence.of("%(login)s has a seat already.", login=someone.login))
    if someone.known is None and not vouched:
        raise NotDecided(
            Sentence.of(
                "The directory does not know %(login)s. Check the spelling; if it is an account that is yet to come, "
                "vouch for it with --vouch.",
                login=someone.login,
            )
        )
    if someone.login in {trainer.login for trainer in seminar.trainers}:
        raise NotDecided(
            Sentence.of("%(login)s teaches %(seminar)s and needs no seat.", login=someone.login, seminar=seminar.code)
        )
    part = _part(seminar, someone, part)
    theirs = someone.seat is not None and someone.seat.state in (SeatState.OFFERED, SeatState.UNDER_APPROVAL)
    if not queue and not theirs and not _free(connection, offering, part, someone):
        raise NotDecided(
            Sentence.of(
                "%(seminar)s has no free seat. Give it more seats in the programme, let a seat change hands with "
                "`kypek-sync seats swap`, or add --first to put %(login)s first on the waiting list.",
                seminar=seminar.code,
                login=someone.login,
            )
        )
    _let_apply(connection, offering, someone, part, now)
    _rule(connection, offering, [(someone, Word.GRANT)], why, who, now)


def approve(connection: Connection, offering: Offering, someone: Asked, *, why: str, who: str, now: datetime) -> None:
    """Say yes to an application of a seminar whose seats need an officer's approval: the rules give the seat, at once
    where it is kept for them already. Raises `NotDecided` where there is nothing to approve."""
    seminar = offering.seminar
    still_open(seminar, now)
    if not seminar.approval:
        raise NotDecided(
            Sentence.of(
                "The seats of %(seminar)s need no approval. To give somebody a seat by name: `kypek-sync seats grant`.",
                seminar=seminar.code,
            )
        )
    if not someone.applications:
        raise NotDecided(
            Sentence.of("%(login)s has not applied for %(seminar)s.", login=someone.login, seminar=seminar.code)
        )
    if someone.granted or (someone.seat is not None and someone.seat.state is SeatState.OFFERED):
        raise NotDecided(Sentence.of("%(login)s has a seat, or is offered one, already.", login=someone.login))
    ruling = someone.ruling
    if ruling is not None and ruling.word.approves:
        raise NotDecided(Sentence.of("%(login)s has been approved already.", login=someone.login))
    if ruling is not None and ruling.word.takes and ruling.word is not Word.REFUSE:
        raise NotDecided(Sentence.of("%(login)s does not want a seat any more.", login=someone.login))
    since = max((now, *(one.at for one in someone.applications)))  # a platform's clock may be ahead
    _rule(connection, offering, [(someone, Word.APPROVE)], why, who, since)


def to_approve(connection: Connection, offering: Offering) -> tuple[str, ...]:
    """The logins of those for whom a seat is kept until an officer approves it, and about whom none has decided since,
    in the order of their applications. Who is asked about once more is among them."""
    code = offering.seminar.code
    decided = seats.decided(connection, offering.kypek, code).get(code, {})
    apply = seats.standing(connection, offering.kypek).get(code, {}).values()
    said = ruled(apply, rulings.standing(connection, offering.kypek).get(code, ()))
    those = (one for one in decided.values() if one.state is SeatState.UNDER_APPROVAL)
    open_ones = [one for one in those if one.login not in said or said[one.login].word not in _DECIDED]
    return tuple(one.login for one in sorted(open_ones, key=lambda one: (one.applied_at or NEVER, one.login)))


def refuse(connection: Connection, offering: Offering, someone: Asked, *, why: str, who: str, now: datetime) -> None:
    """Refuse an application, also one that has a seat. Raises `NotDecided` where there is none."""
    if not someone.applications:
        raise NotDecided(
            Sentence.of(
                "%(login)s has not applied for %(seminar)s.", login=someone.login, seminar=offering.seminar.code
            )
        )
    _rule(connection, offering, [(someone, Word.REFUSE)], why, who, now)


def swap(
    connection: Connection,
    offering: Offering,
    leaving: Asked,
    coming: Asked,
    *,
    why: str,
    who: str,
    now: datetime,
    vouched: bool = False,
) -> None:
    """Let somebody's seat go to a colleague, before whoever waits. Raises `NotDecided`."""
    seminar = offering.seminar
    still_open(seminar, now)
    if not leaving.granted or leaving.seat is None:
        raise NotDecided(Sentence.of("%(login)s has no seat to pass on.", login=leaving.login))
    if leaving.login == coming.login or (leaving.person and leaving.person == coming.person):
        raise NotDecided(
            Sentence.of("%(login)s and %(other)s are one person.", login=leaving.login, other=coming.login)
        )
    theirs = {one.part for one in coming.applications}
    if theirs and leaving.seat.part not in theirs:
        raise NotDecided(
            Sentence.of(
                "%(login)s applied for another part of %(seminar)s than the one where %(other)s has a seat.",
                login=coming.login,
                other=leaving.login,
                seminar=seminar.code,
            )
        )
    place = leaving.seat.part
    if not _free(connection, offering, place, coming, after=(leaving.seat.login,)):
        raise NotDecided(
            Sentence.of(
                "The seat of %(login)s would not go to %(other)s: as many as %(seminar)s has seats for, or more, have "
                "one or were promised the next by name. Give it more seats in the programme first.",
                login=leaving.login,
                other=coming.login,
                seminar=seminar.code,
            )
        )
    grant(connection, offering, coming, why=why, who=who, now=now, part=place, vouched=vouched, queue=True)
    _rule(connection, offering, [(leaving, Word.HAND_ON)], why, who, now)


def reset(connection: Connection, offering: Offering, someone: Asked, *, why: str, who: str, now: datetime) -> None:
    """Let the rules decide about somebody again. Raises `NotDecided` where no decision by name stands."""
    code = offering.seminar.code
    if not rulings.lift(connection, offering.kypek, code, someone.login, someone.person, who, why, now):
        raise NotDecided(
            Sentence.of(
                "Nothing was decided by name about %(login)s in %(seminar)s.", login=someone.login, seminar=code
            )
        )


def still_open(seminar: Seminar, now: datetime) -> None:
    """Raises `NotDecided` for a seminar that has no seats to give any more."""
    if seminar.status is Status.CANCELLED:
        raise NotDecided(Sentence.of("%(seminar)s has been cancelled: it has no seats.", seminar=seminar.code))
    if seminar.sessions and max(session.ends for session in seminar.sessions) <= now:
        raise NotDecided(Sentence.of("%(seminar)s is over: its seats stay as they are.", seminar=seminar.code))


def _part(seminar: Seminar, someone: Asked, named: str) -> str:
    """The part of the seminar that the seat is for: the one applied for, else the one that was named."""
    theirs = sorted({one.part for one in someone.applications})
    if theirs:
        return someone.seat.part if someone.seat is not None and someone.seat.part in theirs else theirs[0]
    if not seminar.parts:
        return ""
    if named not in {part.id for part in seminar.parts}:
        raise NotDecided(
            Sentence.of(
                "%(seminar)s has several parts: say with --part which one %(login)s comes to: %(known)s.",
                seminar=seminar.code,
                login=someone.login,
                known=", ".join(part.name for part in seminar.parts),
            )
        )
    return named


def _free(connection: Connection, offering: Offering, part: str, whom: Asked, *, after: Collection[str] = ()) -> bool:
    """Whether a seat is free for somebody once all others who were promised one by name, and still apply, have theirs,
    and those have none any more who were refused by name or passed theirs on, or are to (`after`)."""
    code = offering.seminar.code
    decided = seats.decided(connection, offering.kypek, code).get(code, {})
    apply = {one.login: one for one in seats.standing(connection, offering.kypek).get(code, {}).values()}
    said = ruled(apply.values(), rulings.standing(connection, offering.kypek).get(code, ()))
    leave = {login for login, one in said.items() if one.word.takes or loses(decided.get(login), one)} | set(after)
    stay = [one for one in decided.values() if one.state in HELD and one.login not in leave]
    have = {who for one in stay for who in (one.login, one.person)} - {""}
    promised: dict[str, Application] = {}
    for login, ruling in said.items():
        one = apply[login]
        others = login != whom.login and (not one.person or one.person != whom.person)
        if ruling.word is Word.GRANT and others and not {login, one.person} & have:
            promised[one.person or login] = one
    free = FreeSeats(offering.seminar, stay)
    for one in promised.values():
        if free.for_part(one.part):
            free.take(one.part)
    return free.for_part(part)


def _let_apply(connection: Connection, offering: Offering, someone: Asked, part: str, now: datetime) -> None:
    if someone.applications:
        return
    one = Application(offering.seminar.code, someone.login, someone.person, now, True, LIST, part=part)
    seats.record_applications(connection, offering.kypek, [one], [], {}, now)


def _rule(
    connection: Connection, offering: Offering, those: Collection[tuple[Asked, Word]], why: str, who: str, now: datetime
) -> None:
    code = offering.seminar.code
    made = [Ruling(code, one.login, one.person, word, why, now) for one, word in those]
    rulings.record(connection, offering.kypek, made, who)
