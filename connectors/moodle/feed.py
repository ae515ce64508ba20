"""When and how people enrolled: the custom report «Course participants» (fact sheet moodle, section 3.1, M-35).

No other call tells it. One read covers all courses: the whole report first and every few hours, in between what is new.
It is asked for in English and in the time of Athens whatever the account prefers. Its filters belong to the account, so
one reader at a time. It never shows who left: it only adds dates to members whom the list of a course shows.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

import connectors.moodle.mapping as mapping
from connectors.moodle.client import MoodleClient
from connectors.moodle.dates import moment
from connectors.moodle.mapping import ReportPage
from kypek_sync.contract import TryLater, capitals
from kypek_sync.model import Clock

FRESH = timedelta(minutes=1)
"""A read of the report serves this long."""
WHOLE = timedelta(hours=6)
"""After this long the whole report is read again."""
_OVERLAP = timedelta(minutes=5)
"""So far back reads of what is new reach: calls that enrol many take a while until all of it is to be seen."""
_NEVER = timedelta(days=36_525)
_PER_PAGE = 5000
"""About a second of the server's time (section 6)."""
_ENGLISH = {"moodlewssettinglang": "en", "moodlewssettingtimezone": "Europe/Athens"}
_CREATED = "enrolment:timecreated"
_ANY, _RANGE = 0, 3

COLUMNS = {
    "course": "COURSE ID NUMBER",
    "login": "USERNAME",
    "since": "TIME CREATED",
    "method": "PLUGIN",
}
"""The columns that are needed, with their English headers in capitals."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """When (aware UTC, to the minute) and how somebody enrolled: `self`, `manual` or empty for another method."""

    since: datetime
    origin: str


class Feed:
    """Reads the report and remembers what it told. Safe to use from several threads."""

    def __init__(self, client: MoodleClient, report: int, clock: Clock) -> None:
        self._client = client
        self._report = report
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, dict[str, Enrolled]] = {}
        self._nowhere: dict[str, set[str]] = {}
        self._read_at: datetime | None = None
        self._whole_at: datetime | None = None
        self._newest: datetime | None = None

    def missing(self) -> tuple[str, ...]:
        """The columns that the report lacks, by their English headers. Raises what the client raises."""
        with self._lock:
            page = self._page(0, 1)
        places = _places(page)
        return tuple(COLUMNS[name].capitalize() for name in COLUMNS if name not in places)

    def conditions(self) -> tuple[str, ...]:
        """The conditions that leave people out of the report, by Moodle's names: those suspended, most often."""
        with self._lock:
            return self._page(0, 1).conditions

    def filtered(self) -> bool:
        """Whether it takes notice of its filter of moments: then it shows nobody who enrolled a century from now."""
        with self._lock:
            self._filter(self._clock() + _NEVER)
            shown = self._page(0, 1).total
            self._filter(None)
        return shown == 0

    def of(self, course: str, unseen: Set[str]) -> dict[str, Enrolled]:
        """What the report tells of the course with this ID number, by login. A read of the last minute serves, unless
        it lacks one of `unseen`; where everybody's date is known nothing is asked, so that a quiet pass writes not even
        the report's filter. Whom a filtered read lacks is looked for in the whole report, once: the filter is the
        account's, and what a dead process had sent may set it anew between our two calls (M-35). Raises `TryLater` or
        `Refused` when it cannot be read: an order without its dates would be a wrong one."""
        with self._lock:
            now = self._clock()
            old = self._read_at is None or now - self._read_at >= FRESH
            if unseen and (old or (self._read_at != now and self._lacks(course, unseen))):
                self._refresh(now)
            if (lacking := self._lacks(course, unseen) - self._nowhere.get(course, set())) and self._whole_at != now:
                self._refresh(now, whole=True)
            if lacking:
                self._nowhere.setdefault(course, set()).update(self._lacks(course, lacking))
            return dict(self._told.get(course, {}))

    def news(self) -> dict[str, dict[str, Enrolled]]:
        """What the report tells now of each course that it has shown lately, by ID number and login: two calls, unless
        everything is due or many are new. Raises what the client raises."""
        with self._lock:
            self._refresh(self._clock())
            return {course: dict(people) for course, people in self._told.items()}

    def stay(self, course: str, logins: Set[str]) -> None:
        """Only these people are in the course: the report never shows who left."""
        with self._lock:
            people = self._told.get(course, {})
            for login in people.keys() - logins:
                del people[login]

    def _lacks(self, course: str, logins: Set[str]) -> set[str]:
        return set(logins) - self._told.get(course, {}).keys()

    def _refresh(self, now: datetime, *, whole: bool = False) -> None:
        whole = whole or self._whole_at is None or self._newest is None or now - self._whole_at >= WHOLE
        rows = [] if whole or self._newest is None else self._since(self._newest - _OVERLAP)
        if not rows:  # not even the newest that was known: it left, or nothing is shown any more (M-10)
            rows = self._since(None)
            self._told, self._nowhere, self._newest = {}, {}, None
            self._whole_at = now
        for course, login, enrolled in rows:
            self._keep(course, login, enrolled)
        self._read_at = now

    def _since(self, since: datetime | None) -> list[tuple[str, str, Enrolled]]:
        self._filter(since)
        return list(self._rows())

    def _keep(self, course: str, login: str, enrolled: Enrolled) -> None:
        """Of several rows of one person the self-enrolment counts, of those the latest."""
        people = self._told.setdefault(course, {})
        before = people.get(login)
        if before is None or _rank(enrolled) >= _rank(before):
            people[login] = enrolled
        self._newest = max(self._newest or enrolled.since, enrolled.since)

    def _filter(self, since: datetime | None) -> None:
        values = {f"{_CREATED}_operator": _ANY if since is None else _RANGE}
        if since is not None:
            values |= {f"{_CREATED}_from": int(since.timestamp()), f"{_CREATED}_to": 0}
        words = {"reportid": self._report, "values": json.dumps(values)}
        self._client.read("core_reportbuilder_set_filters", mapping.yes, words)

    def _rows(self) -> Iterable[tuple[str, str, Enrolled]]:
        number, seen = 0, 0
        while True:
            page = self._page(number, _PER_PAGE)
            places = _places(page)
            if set(places) != set(COLUMNS):
                raise TryLater(
                    self._client.system,
                    f"The report {self._report} has not the columns it needs.",
                    hint="`kypek-sync connector moodle setup` lists them.",
                )
            for row in page.rows:
                since = moment(row[places["since"]])
                if row[places["login"]] and row[places["course"]] and since is not None:
                    enrolled = Enrolled(since, _origin(row[places["method"]]))
                    yield row[places["course"]], row[places["login"]].lower(), enrolled
            seen += len(page.rows)
            if seen >= page.total or not page.rows:
                return
            number += 1

    def _page(self, number: int, rows: int) -> ReportPage:
        words = {**_ENGLISH, "reportid": self._report, "page": number, "perpage": rows}
        return self._client.read("core_reportbuilder_retrieve_report", mapping.report_page, words)


def _places(page: ReportPage) -> dict[str, int]:
    """Where each needed column is, by its header."""
    headers = [capitals(header) for header in page.headers]
    return {name: headers.index(header) for name, header in COLUMNS.items() if header in headers}


def _origin(method: str) -> str:
    words = capitals(method)
    if words.startswith(("SELF", "ΑΥΤΟ-ΕΓΓΡΑΦ", "ΑΥΤΟΕΓΓΡΑΦ", "ΑΥΤΕΓΓΡΑΦ")):
        return "self"
    return "manual" if words.startswith(("MANUAL", "ΧΕΙΡΟΚΙΝΗΤ")) else ""


def _rank(enrolled: Enrolled) -> tuple[bool, datetime]:
    return enrolled.origin == "self", enrolled.since
