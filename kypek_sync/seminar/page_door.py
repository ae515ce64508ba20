"""The third door: applications that people make on the seminar's page, signed in. Pure.

Such an application is one like any other. It stands in our own ledger, so its moment is exact, and nothing has to be
read before it counts; where a platform shows applications too its read is waited for (design, rule 13).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from kypek_sync.model import Application, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.applications import PAGE, given_up_elsewhere
from kypek_sync.seminar.rulings import Ruling, Word

TOO_EARLY = "registration-not-open"
"""The rule by which a seat was refused of which somebody may still apply in time (`Seat.rule`)."""


class Step(StrEnum):
    """What somebody can do on the page who has no application that counts: apply, or, after they withdrew, apply
    again."""

    APPLY = "apply"
    AGAIN = "again"


def step(seminar: Seminar, seat: Seat | None, said: Ruling | None, now: datetime, *, takes: bool) -> Step | None:
    """What somebody can do now. `seat` is theirs as decided, None without an application; `said` what was decided about
    it and no pass has carried out yet; `takes`: the page takes applications for this seminar. Who withdrew may always
    apply again there, wherever they had applied: a platform shows nobody who left and came back between two reads."""
    if not is_open(seminar, now):
        return None
    if said is not None:
        return Step.AGAIN if said.word is Word.GIVE_BACK else None
    if seat is None or (seat.state is SeatState.REFUSED and seat.rule == TOO_EARLY):
        return Step.APPLY if takes else None
    return Step.AGAIN if seat.state is SeatState.WITHDRAWN else None


def is_open(seminar: Seminar, now: datetime) -> bool:
    """Whether people may apply for a seminar now: it takes place, it is not over, and registration is open."""
    ends = [one.ends for one in seminar.sessions if one.status is Status.PLANNED]
    if seminar.status is Status.CANCELLED or (ends and max(ends) <= now):
        return False
    opens, closes = seminar.registration_opens, seminar.registration_closes
    return (opens is None or opens <= now) and (closes is None or now <= closes)


def open_parts(seminar: Seminar) -> tuple[str, ...]:
    """The ids of the parts for which people may apply; that of a seminar without parts is empty."""
    return tuple(one.id for one in seminar.courses if not one.missing and one.status is Status.PLANNED)


def in_time(applications: Iterable[Application], seminar: Seminar) -> tuple[Application, ...]:
    """The applications without those made before registration opened by people who have made another one since: who
    was too early at one door and came in time at another one is in time."""
    those, opens = tuple(applications), seminar.registration_opens
    timely = {one.person or one.login for one in those if opens is not None and one.at >= opens}
    return tuple(one for one in those if opens is None or one.at >= opens or (one.person or one.login) not in timely)


def given_up(
    own: Iterable[Application], gone: Iterable[Application], rulings: Collection[Ruling]
) -> tuple[tuple[Application, ...], tuple[Application, ...]]:
    """As `given_up_elsewhere`, of the applications of our own doors (`own`). Who had given the seat back before and
    applied again on the page, and leaves the course in which they had it, means the old wish, not the new one."""
    left = tuple(gone)
    stand: list[Application] = []
    over: list[Application] = []
    for one in own:
        meant = [earlier for earlier in left if not _settled(earlier, one, rulings)]
        (over if given_up_elsewhere([one], meant)[1] else stand).append(one)
    return tuple(stand), tuple(over)


def _settled(earlier: Application, anew: Application, rulings: Collection[Ruling]) -> bool:
    """Whether an earlier application had been given up by a decision before `anew` was made."""
    return any(
        one.word.takes and one.word is not Word.REFUSE and one.about(earlier) and one.at < anew.at for one in rulings
    )


def followed(
    applications: Collection[Application], logins: Mapping[str, str], unsure: Collection[str]
) -> dict[Application, Application]:
    """The page's applications of people who have another login by now, each with the one in its place. `logins` are the
    present ones by our ids of people; nothing goes from or to a login of which it is `unsure` whose it is."""
    those = sorted((one for one in applications if one.system == PAGE), key=lambda one: (one.at, one.login))
    there = {(one.login, one.part) for one in those}
    found = {}
    for one in those:
        login = logins.get(one.person, "")
        sure = login not in unsure and one.login not in unsure
        if sure and login and (login, one.part) not in there:  # their own login is there
            there.add((login, one.part))
            found[one] = replace(one, login=login)
    return found
