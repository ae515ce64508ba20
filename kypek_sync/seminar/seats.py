"""From applications to seats: first come, first served, decided once, up to a watermark (design, rule 13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kypek_sync.model import HELD, PLACES, Application, Person, Seat, SeatState, Seminar, Stance, Status, Unit
from kypek_sync.seminar.approval import NOT_APPROVED, Watch, of_asking
from kypek_sync.seminar.eligibility import Verdict, judge
from kypek_sync.seminar.free_seats import FreeSeats, line_of
from kypek_sync.seminar.leaving import late
from kypek_sync.seminar.lowering import loses, lowered_facts, rank_of, stands_under, to_give_again
from kypek_sync.seminar.objections import Objection
from kypek_sync.seminar.offers import LAPSED, Clock
from kypek_sync.seminar.order import order_key
from kypek_sync.seminar.priority import GATHERED, belongs, gathered_facts, is_gathered, priority_facts, step
from kypek_sync.seminar.promises import Promise, given_again, let_pass, offered, to_approve, under_approval
from kypek_sync.seminar.queue import Queued, Times, seat_of, serve
from kypek_sync.seminar.reserved import KeptSeats, holders
from kypek_sync.seminar.rulings import (
    GIVEN_BACK,
    GRANTED_BY_NAME,
    REFUSED_BY_NAME,
    SEAT_HANDED_ON,
    SEATS_LOWERED,
    Ruling,
    Word,
)

_TOLD = (*PLACES, SeatState.REFUSED)
_PROMISED = (SeatState.OFFERED, SeatState.UNDER_APPROVAL)
_KEPT = (SeatState.GRANTED,)
_OPEN = Verdict(True, "registration-open")
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
    move up no more. `rulings` are what officers decided by name, and people about their own seat, by login. `clock`
    tells when seats that become free are offered (None: never, who waits moves up at once). `veterans` are the logins
    of, and our ids of, those who had a seat in an earlier edition of the seminar. `watch` tells when an approval that
    nobody gave is over (None: never). `objections`, by login, are what speaks against applications that meet every
    rule: they are refused for as long as it does, or asked. `still_there` is when everybody who leaves a platform in
    this pass was last seen on it (None: nobody knows).
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
    clock: Clock | None = None
    veterans: Collection[str] = ()
    watch: Watch | None = None
    objections: Mapping[str, Objection] = field(default_factory=dict)
    still_there: datetime | None = None


def decide(
    seminar: Seminar, applications: Iterable[Application], before: Mapping[str, Seat], ground: Ground
) -> tuple[Seat, ...]:
    """The seats of one seminar, sorted by login.

    `applications` are those that stand (not withdrawn), at most one for a person; `before` are the seats as decided so
    far, by login. A granted seat stays while its application stands and its holder has not left the directory, whatever
    else the directory says of them later, and so does an offer for as long as it is open, and a seat that is kept until
    an officer has said yes (`approval`); those told to wait stay ahead
    of all that are decided later; who has no application any more is withdrawn. Of a seminar in parts both the part's
    seats and the seminar's count, and parts with seats of their own have a waiting list each. Seats that
    are kept for some are given to nobody else while they are (`reserved`). A seminar with a
    priority gives none before the moment at which all who applied by then are decided together (`priority`). The same
    input in any order gives the same seats.
    """
    by_login = {a.login: a for a in applications}
    seats: dict[str, Seat] = {}
    queue: list[Queued] = []
    for login, application in by_login.items():
        found = _judged(seminar, application, before.get(login), ground)
        if isinstance(found, Seat):
            seats[login] = found
        else:
            queue.append(found)
    given_up = {login: earlier for login, earlier in before.items() if login not in by_login}
    for login, earlier in given_up.items():
        if login in ground.unsure and earlier.state is SeatState.WAITING and earlier.applied_at is not None:
            still = Application(
                *(seminar.code, login, earlier.person, earlier.applied_at), exact=True, system="", part=earlier.part
            )
            rank = (1, line_of(earlier), *order_key(still, ground.tie_key))
            asked = of_asking(earlier.facts) if earlier.rule == NOT_APPROVED else ()
            queue.append(Queued(rank, still, waited=True, rests=True, asked=asked))
        elif login in ground.unsure:
            seats[login] = earlier
    held = (_groups(seminar, seat.login, seat.person, ground) for seat in holders(seminar, seats.values()))
    kept = KeptSeats(seminar, held if seminar.reserved else (), ground.watermark)
    seats.update(serve(queue, FreeSeats(seminar, seats.values()), seminar, Times(ground.clock, ground.watch), kept))
    for login, earlier in given_up.items():
        if login not in ground.unsure:
            facts = late(seminar, earlier, ground.still_there)
            seats[login] = Seat(
                *(seminar.code, login, earlier.person, SeatState.WITHDRAWN, "withdrawn", facts), part=earlier.part
            )
    return tuple(seats[login] for login in sorted(seats))


def _judged(seminar: Seminar, application: Application, earlier: Seat | None, ground: Ground) -> Seat | Queued:
    """The seat of one application where it needs no queue, else its place in the queue."""
    login, told = application.login, _told(application, earlier)
    unsure = login in ground.unsure
    if unsure and (earlier is None or earlier.state is not SeatState.WAITING):
        return _as_it_was(application, earlier)
    if login in ground.gone and not unsure:
        left = Verdict(False, "left-directory", ground.gone[login])
        return seat_of(application, SeatState.UNDER_IDENTIFICATION, left)
    ruling = ground.rulings.get(login) if not unsure else None
    if ruling is not None and ruling.word.takes:
        return _taken(seminar, application, told, ruling)
    lost = loses(told, ruling)
    if told is not None and not lost and told.state in (_KEPT_TEACHING if login in ground.teaching else _KEPT):
        return seat_of(application, told.state, Verdict(told.state is SeatState.GRANTED, told.rule, told.facts))
    by_name = ruling if ruling is not None and ruling.word is Word.GRANT else None
    if told is not None and not _is_off(seminar, application.part):
        if login not in ground.doubted and to_give_again(told, ruling):
            return given_again(_promise(seminar, application, told, ruling, ground, rests=False))
        if told.state in _PROMISED and not lost:
            return _promised(seminar, application, told, ruling, ground)
    waits = told is not None and told.state is SeatState.WAITING
    in_doubt = unsure or login in ground.doubted
    rests = in_doubt or login in ground.teaching
    if not (waits and in_doubt):
        verdict = _admissible(seminar, application, told, ground, ruling)
        if isinstance(verdict, Seat):
            return verdict
    at = order_key(application, ground.tie_key)
    if told is not None and told.rule == LAPSED and by_name is None:
        return let_pass(_promise(seminar, application, told, ruling, ground, rests=rests))
    number = _step(seminar, application, ground) if _together(seminar) else 0
    rank = (*_rank(told if waits or lost else None, by_name, number), *at)
    order = priority_facts(seminar, number) if seminar.priority else ()
    groups = _groups(seminar, login, application.person, ground) if seminar.reserved else ()
    order = (*order, *lowered_facts(seminar, ruling, told))
    against = ground.objections.get(login) if by_name is None and ground.objections else None
    one = Queued(
        *(rank, application),
        waited=waits,
        ruling=by_name,
        rests=rests or (against is not None and not against.settled),
        order=order,
        groups=groups,
        question=against.question if against is not None else (),
    )
    return to_approve(seminar, one, told, ruling, number) if seminar.approval else one


def _is_off(seminar: Seminar, part: str) -> bool:
    """Whether a seminar, or a part of it, does not take place."""
    return seminar.status is Status.CANCELLED or part in seminar.cancelled_parts


def _promised(
    seminar: Seminar, application: Application, told: Seat, ruling: Ruling | None, ground: Ground
) -> Seat | Queued:
    """What becomes of an offer, or of a seat that is kept until an officer has said yes."""
    rests = application.login in ground.doubted or application.login in ground.teaching
    promise = _promise(seminar, application, told, ruling, ground, rests=rests)
    return offered(promise) if told.state is SeatState.OFFERED else under_approval(promise)


def _promise(
    seminar: Seminar, application: Application, told: Seat, ruling: Ruling | None, ground: Ground, *, rests: bool
) -> Promise:
    login = application.login
    return Promise(
        seminar,
        application,
        told,
        ruling,
        Times(ground.clock, ground.watch),
        order_key(application, ground.tie_key),
        _step(seminar, application, ground) if _together(seminar) else 0,
        _groups(seminar, login, application.person, ground) if seminar.reserved else (),
        rests=rests,
        against=ground.objections.get(login) if ground.objections else None,
    )


def seats_granted(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Those who have a seat."""
    return tuple(seat for seat in seats if seat.state is SeatState.GRANTED)


def _admissible(
    seminar: Seminar, application: Application, earlier: Seat | None, ground: Ground, ruling: Ruling | None
) -> Verdict | Seat:
    """A verdict that lets the application queue for a seat, or the seat that it gets without queueing. Who is granted
    one by name need not meet the rules, nor be in the directory: an officer vouches for them. Nor need who had one and
    lost it to fewer seats."""
    by_name = ruling is not None and ruling.word is Word.GRANT
    told = by_name or (earlier is not None and earlier.state in _TOLD)
    gathered = earlier is not None and earlier.rule == GATHERED and is_gathered(seminar, ground.watermark)
    if not (told or gathered) and (ground.watermark is None or application.at > ground.watermark):
        return seat_of(application, SeatState.UNDER_REVIEW, Verdict(False, "watermark"))
    if seminar.status is Status.CANCELLED:
        return seat_of(application, SeatState.REFUSED, Verdict(False, "seminar-cancelled"))
    if application.part in seminar.cancelled_parts:
        facts = (("part", seminar.part_name(application.part)),)
        return seat_of(application, SeatState.REFUSED, Verdict(False, "part-cancelled", facts))
    if by_name or stands_under(earlier, ruling):
        return Verdict(True, GRANTED_BY_NAME if by_name else SEATS_LOWERED)
    in_time = window(seminar, application)
    if not in_time.passed:
        return seat_of(application, SeatState.REFUSED, in_time)
    person = ground.people.get(application.login)
    if person is None:
        return seat_of(application, SeatState.UNDER_IDENTIFICATION, Verdict(False, "not-in-directory"))
    verdict = judge(person, seminar.audience, ground.units)
    if not verdict.passed:
        return seat_of(application, SeatState.REFUSED, verdict)
    waits = earlier is not None and earlier.state is SeatState.WAITING
    against = ground.objections.get(application.login) if ground.objections else None
    if against is not None and against.stance is Stance.REFUSE:
        if against.settled:
            return seat_of(application, SeatState.REFUSED, Verdict(False, against.rule, against.facts))
        if not waits:
            return seat_of(application, SeatState.UNDER_REVIEW, Verdict(False, "watermark"))
    if _together(seminar) and not waits and is_gathered(seminar, ground.watermark):
        together = Verdict(False, GATHERED, gathered_facts(seminar, _step(seminar, application, ground)))
        return seat_of(application, SeatState.UNDER_REVIEW, together)
    return verdict


def _together(seminar: Seminar) -> bool:
    """Whether a seminar's applications may be decided together: asked of each of very many."""
    return bool(seminar.priority or seminar.decide_at)


def _step(seminar: Seminar, application: Application, ground: Ground) -> int:
    """The place of somebody's group in a seminar's order; 0 where it is decided as people come."""
    if seminar.judged_at is None:
        return 0
    newcomer = _newcomer(application.login, application.person, ground)
    return step(seminar, application, ground.people.get(application.login), ground.units, newcomer=newcomer)


def _newcomer(login: str, person: str, ground: Ground) -> bool:
    return login not in ground.veterans and person not in ground.veterans


def _groups(seminar: Seminar, login: str, person: str, ground: Ground) -> tuple[int, ...]:
    """The numbers of the groups to which somebody belongs of those for which a seminar keeps seats."""
    someone = ground.people.get(login)
    if someone is None:
        return ()
    new = _newcomer(login, person, ground)
    every = enumerate(seminar.reserved)
    return tuple(n for n, one in every if belongs(one.group, someone, ground.units, newcomer=new))


def _as_it_was(application: Application, earlier: Seat | None) -> Seat:
    """A seat under a login of which it is not known whose it is: what was decided stands."""
    if earlier is not None and earlier.state in (*HELD, SeatState.REFUSED):
        return earlier
    return seat_of(application, SeatState.UNDER_IDENTIFICATION, Verdict(False, "identity-unsure"))


def window(seminar: Seminar, application: Application) -> Verdict:
    """Whether an application was made while people may apply."""
    opens, closes = seminar.registration_opens, seminar.registration_closes
    if opens is not None and application.at < opens:
        return Verdict(False, "registration-not-open", (("opens", opens.isoformat()),))
    if closes is not None and application.at > closes:
        return Verdict(False, "registration-closed", (("closes", closes.isoformat()),))
    return _OPEN


def _told(application: Application, earlier: Seat | None) -> Seat | None:
    """What was decided before about this very wish. Who left one part of a seminar, and still applies in another one,
    is decided anew there."""
    return earlier if earlier is not None and earlier.part == application.part else None


def _taken(seminar: Seminar, application: Application, told: Seat | None, ruling: Ruling) -> Seat:
    """No seat, because an officer said so, or the person themselves."""
    if ruling.word is Word.GIVE_BACK:
        when = (("when", ruling.at.isoformat()), *late(seminar, told, ruling.at))
        return seat_of(application, SeatState.WITHDRAWN, Verdict(False, GIVEN_BACK, when))
    why = (("why", ruling.why),)
    if ruling.word is Word.REFUSE:
        return seat_of(application, SeatState.REFUSED, Verdict(False, REFUSED_BY_NAME, why))
    return seat_of(application, SeatState.WITHDRAWN, Verdict(False, SEAT_HANDED_ON, why))


def _rank(before: Seat | None, by_name: Ruling | None, number: int) -> tuple[int, int]:
    """The place in the queue, before the order of applications: those granted a seat by name first, then those who were
    told to wait (`before`), in their order, before them those who lose a seat, then the others by the `number` of their
    group."""
    if by_name is not None:
        return 0, 0
    if before is None:
        return 2, number
    return 1, line_of(before) if before.state is SeatState.WAITING else rank_of(before)
