"""Courses: shown or shown to be absent, found by our reference, their references (M-10, M-20, M-21)."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.client import MoodleClient
from connectors.moodle.mapping import Category, CourseRow
from connectors.moodle.refusals import Broke
from kypek_sync.contract import (
    Course,
    Outcome,
    Receipt,
    SkipThis,
    TryLater,
    words_of,
)

OURS = "kypek:"
"""What a reference of ours begins with; another idnumber is somebody else's."""
FRONT_PAGE = 1
"""The course that every Moodle has: its front page. Nobody is ever enrolled in it."""
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_UNSENDABLE = frozenset({"Cc", "Cs"})
REFERENCE_LENGTH = 100
AT_ONCE = 40
"""Courses whose facts are asked for in one call when a pass reads many: some 0.2 s of the server's time."""
SPOILT = 24
"""Spoilt calls of a pass after which the rest is asked for course by course: each bad number spoils half a dozen."""
SEARCH = "core_course_search_courses"
"""The search for courses, which can be told to show only those where the account has certain capabilities."""
_BY_FIELD = "core_course_get_courses_by_field"


class Catalogue:
    """Looks for courses."""

    def __init__(self, client: MoodleClient, accounts: Accounts) -> None:
        self._client = client
        self._accounts = accounts
        self._system = client.system
        self._references: dict[int, str] = {}
        self._lock = threading.Lock()
        self._expected: list[str] = []
        self._ahead: dict[str, CourseRow] = {}
        self._absent: set[str] = set()
        self._spoilt = 0
        self._ahead_lock = threading.Lock()

    def shown(self, course: str) -> CourseRow | None:
        """The course as Moodle shows it. None proves nothing: hidden ones are left out without a word (M-10)."""
        if not _NUMBER.fullmatch(course) or int(course) == FRONT_PAGE:
            return None
        rows = self._client.read(_BY_FIELD, mapping.courses, {"field": "id", "value": course})
        found = next((row for row in rows if row.id == int(course)), None)
        if found is not None:
            with self._lock:
                self._references[found.id] = found.idnumber or ""
                self._absent.discard(course)
        return found

    def expect(self, courses: Iterable[str]) -> None:
        """A pass is about to read these courses, about in this order."""
        with self._ahead_lock:
            self._expected = [course for course in dict.fromkeys(courses) if _NUMBER.fullmatch(course)]
            self._ahead, self._spoilt = {}, 0

    def read(self, course: str) -> CourseRow | None:
        """As `proven`. Of expected courses the first one asked for brings the next ones along, each for one asking;
        what that call does not show is asked for by itself."""
        with self._ahead_lock:
            if course in self._expected:
                self._look_ahead(course)
            found = self._ahead.pop(course, None)
        return found if found is not None else self.proven(course)

    def _look_ahead(self, course: str) -> None:
        """Ask for this course and those after it, but for those that were proven not to be there: one unknown number
        spoils the answer for all (M-20)."""
        start = self._expected.index(course)
        those = self._expected[start : start + AT_ONCE]
        del self._expected[start : start + AT_ONCE]
        with self._lock:
            those = [one for one in those if one not in self._absent]
        self._bring(those)

    def _bring(self, those: Sequence[str]) -> None:
        """Ask for these together. Where one spoils the answer for all, each half is asked for by itself, so that the
        others cost no call each; what then did not come along is asked for course by course."""
        if len(those) < 2 or self._spoilt >= SPOILT:
            return
        try:
            rows = self._client.read(_BY_FIELD, mapping.courses, {"field": "ids", "value": ",".join(those)})
        except (Broke, SkipThis):
            self._spoilt += 1
            middle = len(those) // 2
            self._bring(those[:middle])
            self._bring(those[middle:])
            return
        except TryLater:
            return
        with self._lock:
            self._references |= {row.id: row.idnumber or "" for row in rows}
        self._ahead |= {str(row.id): row for row in rows if str(row.id) in those and row.id != FRONT_PAGE}

    def proven(self, course: str) -> CourseRow | None:
        """The course; None only if a second call, which names a course that may not be entered, knows none either, and
        the canary is seen. Raises `TryLater` for one that is hidden from the account."""
        found = self.shown(course)
        if found is not None or not _NUMBER.fullmatch(course) or int(course) == FRONT_PAGE:
            return found
        try:
            listed = self._client.read("core_course_get_courses", mapping.course_ids, {"options": {"ids": [course]}})
        except SkipThis as error:
            raise TryLater(self._system, error.message, hint=error.hint) from error
        self._accounts.prove_sight()
        if int(course) in listed:
            raise TryLater(
                self._system,
                f"Moodle shows the course {course} by one call and not by another.",
                hint="The service account lacks moodle/course:viewhiddencourses.",
            )
        with self._lock:
            self._absent.add(course)
        return None

    def reference(self, course: str) -> str:
        """The idnumber of a course as last seen, empty if it has none."""
        with self._lock:
            known = self._references.get(int(course))
        if known is not None:
            return known
        row = self.shown(course)
        return (row.idnumber or "") if row else ""

    def allows(self, course: str, capabilities: Sequence[str]) -> bool:
        """Whether the account has all these capabilities in the course: the search shows it under that condition. False
        also where the service has no search."""
        row = self.shown(course) if self._accounts.offers(SEARCH) else None
        if row is None:
            return False
        words = {"criterianame": "search", "criteriavalue": row.idnumber or row.title}
        found = self._client.read(SEARCH, mapping.found_courses, {**words, "requiredcapabilities": list(capabilities)})
        return row.id in found

    def find(self, ref: str) -> Course | None:
        """The course with our reference as its idnumber, byte by byte; None only while the canary is seen (M-10)."""
        if not sendable(ref, REFERENCE_LENGTH):
            return None
        rows = self._client.read(_BY_FIELD, mapping.courses, {"field": "idnumber", "value": ref})
        ours = [row for row in rows if row.idnumber in (None, ref)]
        if not ours:
            self._accounts.prove_sight()
            return None
        row, *others = sorted(ours, key=lambda one: one.id)
        twins = tuple((str(one.id), self.address(one.id)) for one in others)
        return Course(str(row.id), row.title, self.address(row.id), ref, words_of(row.summary), twins=twins)

    def at(self, address: str) -> Course:
        """`https://…/course/view.php?id=N`, any page of the site with `?id=N` under /course/, or the bare number."""
        number = self._number(address.strip())
        found = self.proven(number) if number else None
        if found is None:
            raise SkipThis(
                self._system,
                f"There is no course of {self._client.address} behind {address.strip()[:200]!r}.",
                hint="Copy the course's address from the browser: it ends in /course/view.php?id= and a number.",
            )
        return self.course(found)

    def named_by(self, address: str) -> str:
        """The number in an address; empty if there is none."""
        return self._number(address.strip())

    def course(self, row: CourseRow) -> Course:
        """The course in the contract's words."""
        ref = row.idnumber or ""
        return Course(
            id=str(row.id),
            title=row.title,
            address=self.address(row.id),
            ref=ref if ref.startswith(OURS) else "",
            description=words_of(row.summary),
            starts=datetime.fromtimestamp(row.starts, UTC) if row.starts else None,
            ends=datetime.fromtimestamp(row.ends, UTC) if row.ends else None,
        )

    def address(self, course: int) -> str:
        """Where people open a course."""
        return f"{self._client.address}/course/view.php?id={course}"

    def categories(self) -> tuple[Category, ...]:
        """All categories that the account sees."""
        return self._client.read("core_course_get_categories", mapping.categories)

    def refusals(self, course: str, count: int) -> tuple[Receipt, ...]:
        """That many refusals if there is no such course, else none."""
        if self.proven(course) is not None:
            return ()
        return (Receipt(Outcome.REFUSED, detail=f"Moodle has no course {course}."),) * count

    def _number(self, address: str) -> str:
        """The number in an address of this server, or a bare one; empty if there is none."""
        if _NUMBER.fullmatch(address):
            return address
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        own = urlsplit(self._client.address)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != own.netloc.lower():
            return ""
        if not parts.path.startswith(f"{own.path}/course/"):
            return ""
        number = parse_qs(parts.query).get("id", [""])[0]
        return number if _NUMBER.fullmatch(number) else ""


def sendable(text: str, longest: int) -> bool:
    """Whether Moodle can hold the text as it is: not empty, not too long, no control characters, valid UTF-8."""
    return (
        0 < len(text) <= longest
        and text == text.strip()
        and not any(unicodedata.category(c) in _UNSENDABLE for c in text)
    )
