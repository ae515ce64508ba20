"""What the officers of a structure decided about one person's application by name, and the person about their own.
Pure.

A ruling comes before every rule and takes nothing from anybody else: who is granted a seat gets the next that is free,
and never one above the seats there are; only who lost one to fewer seats (`lowering`) may get it back above them. It is
about an application that was made; only a refusal holds for later ones too, until it is lifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kypek_sync.model import Application

GRANTED_BY_NAME, REFUSED_BY_NAME, SEAT_HANDED_ON = "granted-by-name", "refused-by-name", "seat-handed-on"
GIVEN_BACK = "given-back"
SEATS_LOWERED, SEAT_GIVEN_AGAIN = "seats-lowered", "seat-given-again"
"""The rules by which such seats are as they are (`Seat.rule`)."""

TAKING = (REFUSED_BY_NAME, SEAT_HANDED_ON, GIVEN_BACK, SEATS_LOWERED)
"""Those by which a person, and no rule, took a seat."""


class Word(StrEnum):
    """What was decided: a seat, that the rules may give one (`seats approve`), none, or that it goes to somebody else
    (`seats swap`); that the seminar has fewer seats and theirs is one of the last (`seats lower`), and that they get
    it back after all; and by the person about their own application: that they take the seat offered, give it back
    («Δεν μπορώ»), or want to be asked again after an offer that they let pass."""

    GRANT = "grant"
    APPROVE = "approve"
    REFUSE = "refuse"
    HAND_ON = "hand-on"
    LOWER = "lower"
    KEEP = "keep"
    ACCEPT = "accept"
    GIVE_BACK = "give-back"
    ASK_AGAIN = "ask-again"

    @property
    def approves(self) -> bool:
        """Whether it is all the approval that a seat may need."""
        return self in (Word.GRANT, Word.APPROVE)

    @property
    def takes(self) -> bool:
        """Whether who it is about has no seat by it."""
        return self in (Word.REFUSE, Word.HAND_ON, Word.GIVE_BACK)


@dataclass(frozen=True, slots=True)
class Ruling:
    """One such decision. `person` is our id of who it is about, empty while the directory does not know the login: then
    it holds for whoever turns out to have it. `why` is told to the person; `at` is aware, UTC."""

    seminar: str
    login: str
    person: str
    word: Word
    why: str
    at: datetime

    def about(self, application: Application) -> bool:
        """Whether it is about who made this application, under whatever login. A login that another person has by now
        is not enough; and who gave the seat back and applies anew is judged anew, unless they were refused."""
        if self.word is not Word.REFUSE and application.at > self.at:
            return False
        if self.person and application.person:
            return self.person == application.person
        return self.login == application.login


def still_wished(applications: Iterable[Application], rulings: Iterable[Ruling]) -> tuple[Application, ...]:
    """The applications without those whose seat was given back or handed on, where the same person has applied anew
    since: an old wish lends its moment to no new one."""
    those, given_back = tuple(applications), [one for one in rulings if one.word.takes]
    over = {n for n, one in enumerate(those) if any(ruling.about(one) for ruling in given_back)}
    anew = {one.person or one.login for n, one in enumerate(those) if n not in over}
    return tuple(one for n, one in enumerate(those) if n not in over or (one.person or one.login) not in anew)


def ruled(applications: Iterable[Application], rulings: Iterable[Ruling]) -> Mapping[str, Ruling]:
    """The latest ruling about each application, by the login under which it counts."""
    in_order = sorted(rulings, key=lambda one: (one.at, one.login))
    return {
        application.login: those[-1]
        for application in applications
        if (those := [one for one in in_order if one.about(application)])
    }
