"""Who plays which part: officers, trainers, those who apply. Chosen from the directory, by seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kypek_sync.sandbox.people import ROLE_QUIRKS, Account, plain_teachers
from kypek_sync.sandbox.scenario.plans import STRUCTURES, Applicant, Audience
from kypek_sync.sandbox.scenario.templates import LABEL

UNDERSTOOD = frozenset({"respaced-l", "lower-case-kind", "latin-branch", "second-school", "second-school-first"})
"""Dirt that a careful reader sees through: such people have the same rights as others."""
MOST_APPLICANTS = 60
QUIET = timedelta(minutes=10)
"""Nobody applies so shortly before the scenario begins, so that a first read may decide about everybody."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """An account of a platform that the directory does not know."""

    login: str
    given_name: str
    surname: str

    @property
    def mail(self) -> str:
        """An address outside the school network."""
        return f"{self.login}@mail.example"


STRANGERS = (
    Stranger("sxenos", "ΣΤΑΥΡΟΣ", "ΞΕΝΟΣ"),
    Stranger("mvarda", "ΜΥΡΤΩ", "ΒΑΡΔΑ"),
    Stranger("pallou", "ΠΕΤΡΟΣ", "ΑΛΛΟΥ"),
)


@dataclass
class Cast:
    """The people of a scenario. `everybody` are the accounts of the directory; the same seed picks the same."""

    everybody: Sequence[Account]
    seed: int
    plain: list[Account] = field(init=False)
    staff: list[Account] = field(init=False)
    _booked: set[tuple[str, date]] = field(init=False, default_factory=set)
    _turn: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Sort the accounts into those who may play a part."""
        self.plain = plain_teachers(self.everybody, LABEL) or plain_teachers(self.everybody)
        self.staff = [a for a in self.everybody if a.kind == "Personel" and not a.quirks and a.number]
        random.Random(f"cast {self.seed}").shuffle(self.plain)
        if len(self.plain) < 15:
            raise ValueError("too few teachers for a scenario; ask for more people")

    @property
    def administrator(self) -> str:
        """Login of the centre's administrator."""
        return (self.staff or self.plain)[0].login

    def officer(self, number: int) -> str:
        """Login of the officer of the structure with this number (from 0)."""
        return self.plain[number].login

    @property
    def officials(self) -> list[str]:
        """The administrator and the officers of all structures."""
        return [self.administrator, *(self.officer(number) for number in range(len(STRUCTURES)))]

    def trainer(self, days: Iterable[date]) -> str:
        """A trainer who is free on these days, each in turn."""
        wanted = set(days)
        pool = self.plain[len(STRUCTURES) :]
        for step in range(len(pool)):
            login = pool[(self._turn + step) % len(pool)].login
            if not any((login, day) in self._booked for day in wanted):
                self._turn += step + 1
                self._booked |= {(login, day) for day in wanted}
                return login
        raise ValueError("too few teachers to teach so many seminars; ask for more people")

    def suitable(self, audience: Audience, besides: Iterable[str]) -> list[Account]:
        """Teachers in service who meet the audience, with harmless dirt too, in the order of the directory."""
        busy = set(besides)
        return [a for a in self.everybody if a.login not in busy and _sound(a) and meets(a, audience)]

    def applicants(
        self,
        audience: Audience,
        fitting: Sequence[Account],
        wanted: int,
        opens: datetime,
        last: datetime,
        besides: Sequence[str],
        *,
        strangers: bool,
    ) -> tuple[Applicant, ...]:
        """`wanted` of the `fitting` at most, two who are not of it, and with `strangers` those whom nobody expects.

        Moments lie between `opens` and `last`, most of them in the afternoon and more at the beginning, never at
        school-night hours.
        """
        rng = random.Random(f"applicants {self.seed} {opens} {wanted} {audience}")
        chosen = [account.login for account in rng.sample(fitting, min(wanted, MOST_APPLICANTS, len(fitting)))]
        others = [a.login for a in self.plain if not meets(a, audience) and a.login not in besides]
        chosen += others[:2] if strangers or not audience.specialties else others[:1]
        if strangers:
            disabled = [a.login for a in self.everybody if a.is_teacher and a.quirks == ("disabled",)]
            chosen += [*disabled[:1], *(each.login for each in STRANGERS[:2])]
        rng.shuffle(chosen)
        return tuple(
            Applicant(login, moment) for login, moment in zip(chosen, _moments(opens, last, rng), strict=False)
        )


def meets(account: Account, audience: Audience) -> bool:
    """Whether somebody belongs to the audience, by what is true of them and not by how it is spelled."""
    units = [unit for unit in (account.unit, account.second_unit) if unit is not None]
    wanted = audience.specialties
    return (
        (not wanted or any(account.specialty == code or account.specialty.startswith(code + ".") for code in wanted))
        and (not audience.label or any(unit.label == audience.label for unit in units))
        and (not audience.level or any(unit.level == audience.level for unit in units))
        and (not audience.stems or any(unit.stem in audience.stems for unit in units))
        and (not audience.role or audience.role in account.quirks)
    )


def _sound(account: Account) -> bool:
    unit = account.unit
    odd = set(account.quirks) - UNDERSTOOD - set(ROLE_QUIRKS)
    return account.is_teacher and not odd and unit is not None and unit.active and bool(unit.code)


def _moments(opens: datetime, last: datetime, rng: random.Random) -> Iterator[datetime]:
    """Endless moments of application, to the second, none later than `last`."""
    length = (last - opens).total_seconds()
    while True:
        moment = opens + timedelta(seconds=int(length * rng.random() ** 1.7))
        hour = 8 + int(14 * rng.betavariate(3, 2))
        shaped = moment.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)
        yield shaped if opens <= shaped <= last else moment
