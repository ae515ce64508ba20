"""From applications to seats: first come, first served, decided once, up to a watermark (design, rule 13)."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kypek_sync.model import Application, Person, Seat, SeatState, Seminar, Status, Unit
from kypek_sync.seminar.eligibility import Verdict, judge
from kypek_sync.seminar.free_seats import FreeSeats, line_of
from kypek_sync.seminar.rulings import GRANTED_BY_NAME, REFUSED_BY_NAME, SEAT_HANDED_ON, Ruling, Word

_TOLD = (SeatState.GRANTED, SeatState.WAITING, SeatState.REFUSED)
_KEPT = (SeatState.GRANTED,)
_KEPT_TEACHING = (SeatState.GRANTED, SeatState.REFUSED)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision may know besides the applications.

    `people` by login; `units` by id; `watermark`: the oldest complete read of the seminar's platforms less the margin
    (None: no complete read, so nothing new is decided); `tie_key` orders applications of the same moment; `gone` are
    logins whose holder is proven to have left the directory, each with the facts of it (rule 2); `doubted` are others
    who left it, about whom a person has yet to decide, or said that they stay: they keep their place, and do not move
    up. `unsure` are logins of which it is not known whose they are: nothing that stands under them changes, and nobody
    gets anything by them. `teaching` are logins that teach in the course by now: what they were told stands, and they
    move up no more. `rulings` are what officers decided by name, by login.
    """

    people: Mapping[str, Person]
    units: Mapping[str, Unit]
    watermark: datetime | None
    tie_key: bytes
    gone: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    doubted: Collection[str] = ()
    unsure: Collection[str] = ()
    teaching: Collection[str] = ()
    rulings: Mapping[str, Ruling] = field(default_factory=dict)


def order_key(application: Application, tie_key: bytes) -> tuple[datetime, str]:
    """The place of an application in the order: its moment, ties by a keyed hash of seminar and person, which nobody
    can work out beforehand."""
    word = f"{application.seminar}|{application.login}".encode()
    return application.at, hmac.digest(tie_key, word, "sha256").hex()


def decide(
    seminar: Seminar, applications: Iterable[Application], before: Mapping[str, Seat], ground: Ground
) -> tuple[Seat, ...]:
    """The seats of one seminar, sorted by login.

    `applications` are those that stand (not withdrawn), at most one for a person; `before` are the seats as decided so
    far, by login. A granted seat stays while its application stands and its holder has not left the directory, whatever
    else the directory says of them later; those told to wait stay ahead of all that are decided later; who has no
    application any more is withdrawn. Of a seminar in parts both the part's seats and the seminar's count, and parts
    with seats of their own have a waiting list each. The same input in any order gives the same seats.
    """
    by_login = {a.login: a for a in applications}
    seats: dict[str, Seat] = {}
    queue: list[tuple[tuple[int, int, datetime, str], Application]] = []
    for login, application in by_login.items():
        earlier = before.get(login)
        told = _told(application, earlier)
        if login in ground.unsure and (earlier is None or earlier.state is not SeatState.WAITING):
            seats[login] = _as_it_was(application, earlier)
            continue
        if login in ground.gone and login not in ground.unsure:
            left = Verdict(False, "left-directory", ground.gone[login])
            seats[login] = _seat(application, SeatState.UNDER_IDENTIFICATION, left)
            continue
        ruling = ground.rulings.get(login) if login not in ground.unsure else None
        if ruling is not None and ruling.word is not Word.GRANT:
            seats[login] = _taken(application, ruling)
            continue
        if told is not None and told.state in (_KEPT_TEACHING if login in ground.teaching else _KEPT):
            granted = told.state is SeatState.GRANTED
            seats[login] = _seat(application, told.state, Verdict(granted, told.rule, told.facts))
            continue
        waits = told is not None and told.state is SeatState.WAITING
        if not (waits and (login in ground.doubted or login in ground.unsure)):
            verdict = _admissible(seminar, application, told, ground, ruling)
            if isinstance(verdict, Seat):
                seats[login] = verdict
                continue
        rank = _rank(told if waits else None, ruling)
        queue.append(((*rank, *order_key(application, ground.tie_key)), application))
    given_up = {login: earlier for login, earlier in before.items() if login not in by_login}
    for login, earlier in given_up.items():
        if login in ground.unsure and earlier.state is SeatState.WAITING and earlier.applied_at is not None:
            still = Application(
                *(seminar.code, login, earlier.person, earlier.applied_at), exact=True, system="", part=earlier.part
            )
            queue.append(((1, line_of(earlier), *order_key(still, ground.tie_key)), still))
        elif login in ground.unsure:
            seats[login] = earlier
    stay = {*ground.doubted, *ground.unsure, *ground.teaching}
    seats.update(_serve(queue, FreeSeats(seminar, seats.values()), stay, ground.rulings))
    for login, earlier in given_up.items():
        if login not in ground.unsure:
            seats[login] = Seat(
                *(seminar.code, login, earlier.person, SeatState.WITHDRAWN, "withdrawn"), part=earlier.part
            )
    return tuple(seats[login] for login in sorted(seats))


def seats_granted(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Those who have a seat."""
    return tuple(seat for seat in seats if seat.state is SeatState.GRANTED)


def _admissible(
    seminar: Seminar, application: Application, earlier: Seat | None, ground: Ground, ruling: Ruling | None
) -> Verdict | Seat:
    """A verdict that lets the application queue for a seat, or the seat that it gets without queueing. Who is granted
    one by name need not meet the rules, nor be in the directory: an officer vouches for them."""
    told = ruling is not None or (earlier is not None and earlier.state in _TOLD)
    if not told and (ground.watermark is None or application.at > ground.watermark):
        return _seat(application, SeatState.UNDER_REVIEW, Verdict(False, "watermark"))
    if seminar.status is Status.CANCELLED:
        return _seat(application, SeatState.REFUSED, Verdict(False, "seminar-cancelled"))
    if application.part in seminar.cancelled_parts:
        facts = (("part", seminar.part_name(application.part)),)
        return _seat(application, SeatState.REFUSED, Verdict(False, "part-cancelled", facts))
    if ruling is not None:
        return Verdict(True, GRANTED_BY_NAME)
    in_time = window(seminar, application)
    if not in_time.passed:
        return _seat(application, SeatState.REFUSED, in_time)
    person = ground.people.get(application.login)
    if person is None:
        return _seat(application, SeatState.UNDER_IDENTIFICATION, Verdict(False, "not-in-directory"))
    verdict = judge(person, seminar.audience, ground.units)
    return verdict if verdict.passed else _seat(application, SeatState.REFUSED, verdict)


def _as_it_was(application: Application, earlier: Seat | None) -> Seat:
    """A seat under a login of which it is not known whose it is: what was decided stands."""
    if earlier is not None and earlier.state in (SeatState.GRANTED, SeatState.REFUSED):
        return earlier
    return _seat(application, SeatState.UNDER_IDENTIFICATION, Verdict(False, "identity-unsure"))


def window(seminar: Seminar, application: Application) -> Verdict:
    """Whether an application was made while people may apply."""
    opens, closes = seminar.registration_opens, seminar.registration_closes
    if opens is not None and application.at < opens:
        return Verdict(False, "registration-not-open", (("opens", opens.isoformat()),))
    if closes is not None and application.at > closes:
        return Verdict(False, "registration-closed", (("closes", closes.isoformat()),))
    return Verdict(True, "registration-open")


def _told(application: Application, earlier: Seat | None) -> Seat | None:
    """What was decided before about this very wish. Who left one part of a seminar, and still applies in another one,
    is decided anew there."""
    return earlier if earlier is not None and earlier.part == application.part else None


def _taken(application: Application, ruling: Ruling) -> Seat:
    """No seat, because an officer said so."""
    why = (("why", ruling.why),)
    if ruling.word is Word.REFUSE:
        return _seat(application, SeatState.REFUSED, Verdict(False, REFUSED_BY_NAME, why))
    return _seat(application, SeatState.WITHDRAWN, Verdict(False, SEAT_HANDED_ON, why))


def _rank(waits: Seat | None, ruling: Ruling | None) -> tuple[int, int]:
    """The place in the queue, before the order of applications: those granted a seat by name first, then those who were
    told to wait (`waits`), in their order."""
    if ruling is not None:
        return 0, 0
    return (1, line_of(waits)) if waits is not None else (2, 0)


def _serve(
    queue: list[tuple[tuple[int, int, datetime, str], Application]],
    free: FreeSeats,
    doubted: Collection[str],
    rulings: Mapping[str, Ruling],
) -> dict[str, Seat]:
    """Give what is free in order, nothing to those `doubted`; number the rest."""
    seats: dict[str, Seat] = {}
    for _, application in sorted(queue, key=lambda entry: entry[0]):
        if free.for_part(application.part) and application.login not in doubted:
            number = free.take(application.part)
            ruling = rulings.get(application.login)
            verdict = Verdict(True, "capacity", number)
            if ruling is not None:
                verdict = Verdict(True, GRANTED_BY_NAME, (*number, ("why", ruling.why)))
            seats[application.login] = _seat(application, SeatState.GRANTED, verdict)
        else:
            place, facts = free.wait(application.part)
            seats[application.login] = _seat(application, SeatState.WAITING, Verdict(False, "capacity", facts), place)
    return seats


def _seat(application: Application, state: SeatState, verdict: Verdict, place: int = 0) -> Seat:
    return Seat(
        seminar=application.seminar,
        login=application.login,
        person=application.person,
        state=state,
        rule=verdict.rule,
        facts=verdict.facts,
        place=place,
        applied_at=application.at,
        part=application.part,
    )
