"""Which Moodle this is, what the token's service can do, and whether we may use it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.catalogue import Catalogue
from connectors.moodle.client import MoodleClient
from connectors.moodle.extras import extra_lines
from connectors.moodle.feed import Feed
from connectors.moodle.mapping import Roles, SiteInfo
from connectors.moodle.needs import BEHIND, EXTRAS, PERMISSIONS, REPORTING, SITE_INFO, missing
from connectors.moodle.rights import rights_lines
from connectors.moodle.settings import MoodleSettings
from connectors.moodle.values import Misshapen
from kypek_sync.contract import Capability, Probe, ProbeLevel, ProbeLine, SkipThis, StopConnector, TryLater
from kypek_sync.model import Clock, local

_SKEW = timedelta(minutes=2)
_SETUP = "`kypek-sync connector moodle setup` says how."


class Site:
    """What the site tells of itself: asked once and kept, until `ask` asks again."""

    def __init__(self, client: MoodleClient, feed: Feed | None, extras: frozenset[Capability] = frozenset()) -> None:
        self._client = client
        self._feed = feed
        self._extras = extras
        self._lock = threading.Lock()
        self._info: SiteInfo | None = None
        self._dated: bool | None = None

    def info(self) -> SiteInfo:
        """Account, version, functions."""
        with self._lock:
            known = self._info
        return known or self.ask()[0]

    def ask(self) -> tuple[SiteInfo, datetime | None]:
        """The same, asked anew, and the server's clock. Raises `TryLater` or `StopConnector`."""
        try:
            answer = self._client.dated(SITE_INFO, {})
            info = mapping.site_info(answer.value)
        except Misshapen as error:
            wrong = str(error)
        except SkipThis as error:
            raise TryLater(self._client.system, error.message, hint=error.hint) from error
        else:
            with self._lock:
                self._info = info
            return info, answer.date
        raise TryLater(
            self._client.system,
            f"{SITE_INFO} answered something unexpected: {wrong}.",
            hint="Check that the address is that of a Moodle.",
        )

    def capabilities(self) -> frozenset[Capability]:
        """By the functions of the service; dates of members only with a report that has its columns."""
        functions = self.info().functions
        able = {capability for capability, names in BEHIND.items() if functions.issuperset(names)}
        able |= {extra for extra in self._extras if functions.issuperset(EXTRAS[extra].functions)}
        return frozenset(able | ({Capability.MEMBER_DATES} if self._shows_dates() else set()))

    def _shows_dates(self) -> bool:
        with self._lock:
            known = self._dated
        if known is None:
            known = self._feed is not None and self._report_works(self._feed)
            with self._lock:
                self._dated = known
        return known

    def _report_works(self, feed: Feed) -> bool:
        if not self.info().functions.issuperset(REPORTING):
            return False
        try:
            return not feed.missing()
        except SkipThis:  # no such report, or not for this account: `check` says so
            return False


class Probing:
    """The lines of `check`."""

    def __init__(
        self,
        client: MoodleClient,
        site: Site,
        accounts: Accounts,
        catalogue: Catalogue,
        settings: MoodleSettings,
        feed: Feed | None,
        clock: Clock,
    ) -> None:
        self._client = client
        self._site = site
        self._accounts = accounts
        self._catalogue = catalogue
        self._settings = settings
        self._feed = feed
        self._clock = clock
        self._roles = Roles(settings.student_role, settings.assistant_role, settings.trainer_role)

    def probe(self) -> Probe:
        """Ask the site and look at each thing that is needed. Never raises a `ConnectorError`."""
        address = self._client.address
        try:
            info, stamp = self._site.ask()
        except TryLater as error:
            step = error.hint or "Check the address and the network."
            return Probe((_problem("address", error.message, step),))
        except StopConnector as error:
            fine = _ok("address", f"{address} answers.")
            return Probe((fine, _problem("token", error.message, error.hint), self._expiry()))
        lines = (
            self._address(info),
            _ok("token", f"It accepts the token, as the account {info.username}."),
            _ok("version", f"It is Moodle {info.release}."),
            *self._functions(info),
            *self._rights(info),
            *rights_lines(self._client, info, PERMISSIONS, self._roles),
            *self._canary(),
            *self._category(),
            *self._report(info),
            *extra_lines(self._client, info, self._settings.extras),
            *self._skew(stamp),
            self._expiry(),
        )
        return Probe(lines, info.release)

    def _address(self, info: SiteInfo) -> ProbeLine:
        own = urlsplit(info.address)
        if (own.netloc.lower(), own.path) == (urlsplit(self._client.address).netloc.lower(), _path(self._client)):
            return _ok("address", f"{self._client.address} answers.")
        return _warning(
            "address",
            f"{self._client.address} answers, but calls itself {info.address}.",
            "Put its own address into the settings: links to courses are made of it.",
        )

    def _functions(self, info: SiteInfo) -> Iterator[ProbeLine]:
        lacking = missing(info.functions, report=self._feed is not None)
        if lacking:
            yield _problem(
                "functions",
                f"The token's service lacks {', '.join(lacking)}.",
                "Add them to the external service (Site administration, Server, Web services, External services).",
            )
        else:
            yield _ok("functions", "The token's service has all functions that are needed.")

    def _rights(self, info: SiteInfo) -> Iterator[ProbeLine]:
        if info.administrator:
            yield _warning(
                "account",
                f"The account {info.username} is a site administrator: it may do far more than is needed.",
                f"Use an account with a role of its own. {_SETUP}",
            )

    def _canary(self) -> Iterator[ProbeLine]:
        try:
            self._accounts.prove_sight()
        except (TryLater, StopConnector, SkipThis) as error:
            yield _problem("canary", error.message, error.hint or _SETUP)
            return
        if self._settings.canary:
            yield _ok("canary", f"It shows the account {self._settings.canary}, so it would show others.")
        else:
            yield _warning(
                "canary",
                "It shows the service account itself, which proves little: everybody may see themselves.",
                "Put the username of somebody else who certainly has an account into `canary`.",
            )

    def _category(self) -> Iterator[ProbeLine]:
        try:
            numbers = {category.id for category in self._catalogue.categories()}
        except (TryLater, StopConnector, SkipThis) as error:
            yield _problem("category", error.message, error.hint or _SETUP)
            return
        wanted = self._settings.category
        if wanted and int(wanted) not in numbers:
            yield _problem(
                "category",
                f"It shows no category number {wanted}.",
                "`kypek-sync connector moodle categories` lists those that the account sees.",
            )
        elif wanted:
            yield _ok("category", f"It has the category number {wanted}.")

    def _report(self, info: SiteInfo) -> Iterator[ProbeLine]:
        if self._feed is None:
            yield _warning(
                "report",
                "No report is set, so Moodle does not tell when people enrolled: first seen, first served.",
                f"Have the report «Course participants» made and set `report`. {_SETUP}",
            )
            return
        if not info.functions.issuperset(REPORTING):
            return  # told with the functions
        number = self._settings.report
        try:
            lacking, conditions = self._feed.missing(), self._feed.conditions()
            filtered = self._feed.filtered()
        except (TryLater, StopConnector, SkipThis) as error:
            step = f"Check its number and its audience: the service account alone. {_SETUP}"
            yield _problem("report", f"The report {number} cannot be read. {error.message}", step)
            return
        if lacking:
            step = f"Add them, and set the service account's language to English. {_SETUP}"
            yield _problem("report", f"The report {number} lacks the columns {', '.join(lacking)}.", step)
        elif conditions:
            step = (
                "Take its conditions away (Custom reports, Edit, Conditions): they hide people who are in the course."
            )
            yield _problem("report", f"The report {number} has the conditions {', '.join(conditions)}.", step)
        elif not filtered:
            step = f"Add it under Filters: Enrolment > Time created. {_SETUP}"
            yield _warning(
                "report", f"The report {number} lacks the filter Time created: each read is a whole one.", step
            )
        else:
            yield _ok("report", f"The report {number} tells when and how people enrolled.")

    def _skew(self, server: datetime | None) -> Iterator[ProbeLine]:
        if server is None:
            return
        apart = abs(self._clock() - server)
        if apart <= _SKEW:
            yield _ok("clock", "Its clock and ours agree.")
        else:
            yield _warning(
                "clock",
                f"Its clock and ours are {apart.total_seconds() / 60:.0f} minutes apart.",
                "Set both by NTP: the order of applications hangs on it.",
            )

    def _expiry(self) -> ProbeLine:
        return expiry_line(self._settings.token_expires, local(self._clock()).date())


def expiry_line(expires: date | None, today: date) -> ProbeLine:
    """What to say about the token's last day: 60 and 30 days ahead, and from 15 June where it falls in the summer,
    when nobody is there to make a new one. Moodle tells it nowhere (M-4)."""
    subject, renew = "token-expiry", "Make a new token and put it in the settings."
    if expires is None:
        return _warning(
            subject,
            "The token's last day is not known.",
            "Look at Site administration, Server, Web services, Manage tokens and set `token_expires`.",
        )
    left = (expires - today).days
    if left < 0:
        return _problem(subject, f"The token expired on {expires:%Y-%m-%d}.", renew)
    text = f"The token's last day is {expires:%Y-%m-%d}, in {left} days."
    if left <= 30:
        return _warning(subject, text, f"{renew} Do it now.")
    if left <= 60:
        return _warning(subject, text, renew)
    if 7 <= expires.month <= 9 and today >= date(expires.year, 6, 15):
        return _warning(subject, text, f"{renew} Do it before the summer holidays.")
    return _ok(subject, text)


def _path(client: MoodleClient) -> str:
    return urlsplit(client.address).path


def _ok(subject: str, text: str) -> ProbeLine:
    return ProbeLine(ProbeLevel.OK, subject, text)


def _warning(subject: str, text: str, step: str) -> ProbeLine:
    return ProbeLine(ProbeLevel.WARNING, subject, text, step)


def _problem(subject: str, text: str, step: str) -> ProbeLine:
    return ProbeLine(ProbeLevel.PROBLEM, subject, text, step)
