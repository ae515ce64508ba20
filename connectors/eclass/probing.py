"""Which eClass this is and whether we may use it (fact sheet eclass, sections 2.1 and 2.3)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connectors.eclass.client import EclassClient
from connectors.eclass.scope import Scope, scope_line, scope_of
from connectors.eclass.settings import EclassSettings
from kypek_sync.contract import Capability, Probe, ProbeLevel, ProbeLine, Stage, StopConnector, TryLater, expiry_stage
from kypek_sync.model import Clock, local

NOBODY = "kypek-sync.nobody.here"
"""A username and a course code that nobody has: what is answered tells the versions apart."""
KEPT = timedelta(days=1)
"""After this a version is asked for again: an update of eClass is noticed without a new start."""
_URGENT = {Stage.NOW: " Do it now.", Stage.SUMMER: " Do it before the summer holidays."}
_SKEW = timedelta(minutes=2)
_ALWAYS = frozenset({Capability.MEMBER_DATES})
_LISTS = frozenset({Capability.MEMBER_LIST, Capability.GROUP_MEMBERS, Capability.END_MEMBERSHIP})


@dataclass(frozen=True, slots=True)
class Version:
    """What the probe found: whether errors have a status of their own, whether there is a list of members, the
    server's clock when it answered, and how far the token reaches."""

    newer: bool
    lists: bool
    date: datetime | None = None
    scope: Scope = Scope.PLATFORM

    @property
    def words(self) -> str:
        """The version, for people."""
        kind = "newer API" if self.newer else "older API"
        return f"{kind}, with lists of members" if self.lists else f"{kind}, without lists of members"


class Probing:
    """Asks once and keeps the answer for a day; `probe` asks again."""

    def __init__(self, client: EclassClient, settings: EclassSettings, clock: Clock) -> None:
        self._client = client
        self._expires = settings.last_day
        self._assumed = settings.token_expires is None
        self._clock = clock
        self._version: Version | None = None
        self._asked: datetime | None = None
        self._lock = threading.Lock()

    def capabilities(self) -> frozenset[Capability]:
        """What this version can do."""
        return _ALWAYS | (_LISTS if self.version().lists else frozenset())

    def version(self) -> Version:
        """Which version it is. An old answer stands while no new one comes."""
        with self._lock:
            now = self._clock()
            if self._version is not None and self._asked is not None and abs(now - self._asked) < KEPT:
                return self._version
            try:
                self._version = self._ask()
            except TryLater:
                if self._version is None:
                    raise
            self._asked = now
            return self._version

    def probe(self) -> Probe:
        """The lines of `check`."""
        address = self._client.address
        try:
            version = self._ask()
        except TryLater as error:
            step = error.hint or "Check the address and the network."
            return Probe((ProbeLine(ProbeLevel.PROBLEM, "address", error.message, step),))
        except StopConnector as error:
            fine = ProbeLine(ProbeLevel.OK, "address", f"{address} answers.")
            subject = "api" if "API switched off" in error.message else "token"
            return Probe((fine, ProbeLine(ProbeLevel.PROBLEM, subject, error.message, error.hint), *self._expiry()))
        with self._lock:
            self._version, self._asked = version, self._clock()
        lines = (
            ProbeLine(ProbeLevel.OK, "address", f"{address} answers."),
            ProbeLine(ProbeLevel.OK, "api", "Its API is switched on."),
            ProbeLine(ProbeLevel.OK, "token", "It accepts the token."),
            scope_line(version.scope),
            ProbeLine(ProbeLevel.OK, "version", f"It has the {version.words}."),
            self._abilities(version),
            *self._skew(version.date),
            *self._expiry(),
        )
        return Probe(lines, version.words)

    def _ask(self) -> Version:
        """Two questions about nobody: an unknown user is a status 400 in the newer API, 200 in the older; a list of
        members is errorcode 2 where there is none, and refused where the token is limited."""
        unknown = self._client.ask("users", username=NOBODY)
        people = self._client.ask("users", course_id=NOBODY)
        return Version(unknown.status != 200, people.code != 2, unknown.date, scope_of(people))

    def _abilities(self, version: Version) -> ProbeLine:
        never = "It cannot change a course, take anybody out of a group or suspend anybody: a teacher is asked to."
        if version.lists:
            return ProbeLine(
                ProbeLevel.OK, "abilities", f"It shows members of courses and groups, with role and date. {never}"
            )
        return ProbeLine(
            ProbeLevel.WARNING,
            "abilities",
            f"It shows no list of members, so applications in its courses stay unseen. {never}",
            "Ask for an update of eClass; until then import applications from a file, or use the form of the page.",
        )

    def _skew(self, server: datetime | None) -> tuple[ProbeLine, ...]:
        if server is None:
            return ()
        apart = abs(self._clock() - server)
        if apart <= _SKEW:
            return (ProbeLine(ProbeLevel.OK, "clock", "Its clock and ours agree."),)
        return (
            ProbeLine(
                ProbeLevel.WARNING,
                "clock",
                f"Its clock and ours are {apart.total_seconds() / 60:.0f} minutes apart.",
                "Set both by NTP: the order of applications hangs on it.",
            ),
        )

    def _expiry(self) -> tuple[ProbeLine, ...]:
        return (expiry_line(self._expires, local(self._clock()).date(), assumed=self._assumed),)


def expiry_line(expires: date | None, today: date, *, assumed: bool = False) -> ProbeLine:
    """What to say about the token's last day: 60 and 30 days ahead, and from 15 June where it falls in the summer,
    when nobody is there to make a new one (E-2). `assumed`: only the day it was made is known."""
    subject = "token-expiry"
    if expires is None:
        return ProbeLine(
            ProbeLevel.WARNING,
            subject,
            "The token's last day is not known; eClass gives a year unless told otherwise.",
            "Look at Administration, External applications, API Token and set `token_expires`; or set `token_created`,"
            " the day on which it was made.",
            asks="token_expires",
        )
    left, at = (expires - today).days, expiry_stage(expires, today)
    renew = "Make a new token and put it in the settings."
    guess = " That is a year after it was made, as eClass does unless told otherwise." if assumed else ""
    if at is Stage.OVER:
        return ProbeLine(ProbeLevel.PROBLEM, subject, f"The token expired on {expires:%Y-%m-%d}.{guess}", renew)
    text = f"The token's last day is {expires:%Y-%m-%d}, in {left} days.{guess}"
    if at is Stage.FAR:
        return ProbeLine(ProbeLevel.OK, subject, text)
    return ProbeLine(ProbeLevel.WARNING, subject, text, f"{renew}{_URGENT.get(at, '')}")
