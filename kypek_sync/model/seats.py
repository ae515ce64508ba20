"""Applications and the seats that were decided on them. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Application:
    """A person's wish to attend, seen where they expressed it.

    `at` is the order's moment: the platform's time when `exact`, else the moment we first saw it. `person` is our
    opaque person id, empty while the login is not in the directory. `request`: last seen as a request to be let in, not
    as a membership. `part` is the id of the seminar's part in whose course it was made.
    """

    seminar: str
    login: str
    person: str
    at: datetime
    exact: bool
    system: str
    request: bool = False
    part: str = ""


class SeatState(StrEnum):
    """Our decision on an application."""

    GRANTED = "granted"
    OFFERED = "offered"
    UNDER_APPROVAL = "under-approval"
    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDER_IDENTIFICATION = "under-identification"
    UNDER_REVIEW = "under-review"


HELD = (SeatState.GRANTED, SeatState.OFFERED, SeatState.UNDER_APPROVAL)
"""States that take one of a seminar's seats: what is offered to somebody, or kept until the officer has said yes, is
given to nobody else."""


PLACES = (*HELD, SeatState.WAITING)
"""States in which somebody has a seat, may get one or waits for one: nobody else may come into it by a login."""


class Stance(StrEnum):
    """What follows where something speaks against an application that meets every rule: the person is told of it, is
    asked whether they want the seat all the same, or is refused."""

    WARN = "warn"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Seat:
    """A decided application. `place` is the position on the waiting list, from 1 (0: not waiting).

    `rule` names the rule that decided (`capacity`, `specialty`, …); `facts` are the numbers and words it used, from
    which the texts for people are made in their language. `part` is the id of the seminar's part it is for.
    """

    seminar: str
    login: str
    person: str
    state: SeatState
    rule: str
    facts: tuple[tuple[str, str], ...] = ()
    place: int = 0
    applied_at: datetime | None = None
    part: str = ""
