"""Where a teacher of a course does what the API cannot, and what the course's own feed shows of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlencode

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from connectors.eclass.client import EclassClient
from kypek_sync.contract import TryLater, Work, words_of
from kypek_sync.model import Clock

_PAGES = {
    Work.DETAILS: "modules/course_info/index.php",
    Work.ANNOUNCEMENT: "modules/announcements/new.php",
    Work.DATES: "modules/agenda/index.php",
    Work.GROUPS: "modules/group/index.php",
}
_FEED = "modules/announcements/rss.php"
OPEN = 2
"""`course.visible` of a course that is open to all."""
ASK_AGAIN = timedelta(hours=6)
"""A feed that is closed is asked for no sooner again: it opens only when somebody makes the course open to all."""


class WorkByHand:
    """Pages of a course, and its feed of announcements, which only a course that is open to all shows (section 5)."""

    def __init__(self, client: EclassClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._closed: dict[str, datetime] = {}
        self._visible: dict[str, int | None] = {}

    def page(self, course: str, work: Work) -> str:
        """Where it is done."""
        return f"{self._client.address}/{_PAGES[work]}?{urlencode({'course': course})}"

    def shown(self, asked: Collection[tuple[str, Work]]) -> dict[tuple[str, Work], str]:
        """Titles and texts of the announcements; nothing of anything else, nor of a course that is not open to all. The
        feed's dates are an hour off in winter (E-40), and are not read. Raises `TryLater` for what is no feed."""
        found: dict[tuple[str, Work], str] = {}
        for course, work in sorted(asked):
            if work is Work.ANNOUNCEMENT and (text := self._feed(course)) is not None:
                found[(course, work)] = text
        return found

    def note(self, course: str, visible: int | None) -> None:
        """What a row said of a course's visibility: the feed of one that is not open need not be asked for."""
        self._visible[course] = visible

    def _feed(self, course: str) -> str | None:
        asked = self._closed.get(course)
        if self._visible.get(course) not in (None, OPEN) or (asked is not None and self._clock() - asked < ASK_AGAIN):
            return None
        answer = self._client.page(f"{_FEED}?{urlencode({'c': course})}")
        if answer.status == 403:
            self._closed[course] = self._clock()
            return None
        found: str | None = None
        if answer.status == 200:
            found = _announcements(answer.body)
        if found is None:
            raise TryLater(self._client.system, f"The announcements of {course} could not be read.")
        self._closed.pop(course, None)
        return found


def _announcements(body: bytes) -> str | None:
    """The items of a feed as plain text, None if it is none: a page of eClass, say (E-7)."""
    try:
        feed = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    if feed.tag != "rss":
        return None
    return "\n\n".join(
        f"{item.findtext('title') or ''}\n{words_of(item.findtext('description') or '')}" for item in feed.iter("item")
    )
