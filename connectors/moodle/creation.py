"""Making and changing courses: looked for first, read back after (M-8, M-11, M-21)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import connectors.moodle.mapping as mapping
from connectors.moodle.catalogue import REFERENCE_LENGTH, Catalogue, sendable
from connectors.moodle.client import MoodleClient
from connectors.moodle.mapping import CourseRow, SiteInfo
from connectors.moodle.refusals import Faulted, Refused
from kypek_sync.contract import Ambiguous, CourseDraft, Outcome, Receipt, SkipThis, StopConnector, TryLater, html_of

TITLE_LENGTH = 1333
"""Letters of a course's full name from Moodle 5.0 on."""
OLD_TITLE_LENGTH = 254
"""The same until 4.5."""
_TAG = re.compile(r"<(?=[^\s<>])")
_METHODS = "core_enrol_get_course_enrolment_methods"
_NO_SELF = (
    "People cannot enrol themselves yet: somebody with editing rights must add the method «Self enrolment»"
    " (Αυτο-εγγραφή) under Participants, Enrolment methods; no web service can. Not needed where we enrol people."
)


class Creation:
    """Makes and changes courses. `category` is where a draft without one goes; `site` tells which Moodle it is, for
    older ones hold shorter titles."""

    def __init__(self, client: MoodleClient, catalogue: Catalogue, category: str, site: Callable[[], SiteInfo]) -> None:
        self._client = client
        self._catalogue = catalogue
        self._category = category
        self._site = site
        self._system = client.system

    def create(self, draft: CourseDraft) -> Receipt:
        """Make the course unless one with its reference is there."""
        category = draft.category or self._category
        if refusal := _unfit(draft, category):
            return Receipt(Outcome.REFUSED, detail=refusal)
        found = self._catalogue.find(draft.ref)
        if found is not None:
            return Receipt(Outcome.ALREADY, found.id, found.address, twins=found.twins)
        words = {"idnumber": draft.ref, "categoryid": category, "summaryformat": 1, "visible": 1}
        words |= self._wanted(draft)
        try:
            number = self._make(words, draft.ref)
        except Refused as error:
            return self._taken(draft, error)
        except Faulted as error:
            return self._after_fault(draft, error)
        self._reread(number, draft.ref)
        return Receipt(Outcome.DONE, str(number), self._catalogue.address(number), self._about_self_enrolment(number))

    def update(self, course: str, draft: CourseDraft) -> Receipt:
        """Set title, summary and dates where they differ, compared as they are stored (M-8); read back."""
        if refusal := _unfit(draft, "0"):
            return Receipt(Outcome.REFUSED, detail=refusal)
        row = self._catalogue.proven(course)
        if row is None:
            return Receipt(Outcome.REFUSED, course, detail=f"Moodle has no course {course}.")
        different = self._differences(row, draft)
        if not different:
            return Receipt(Outcome.ALREADY, course, self._catalogue.address(row.id))
        words = {"courses": [{"id": course, **different}]}
        try:
            failed = self._client.write("core_course_update_courses", mapping.warnings, words)
        except Refused as error:
            return Receipt(Outcome.REFUSED, course, detail=error.advice)
        if failed:
            return Receipt(Outcome.REFUSED, course, detail=f"Moodle did not change the course: {'; '.join(failed)}.")
        try:
            after = self._catalogue.shown(course)
        except (TryLater, StopConnector, SkipThis) as error:
            raise Ambiguous(self._system, f"The course {course} could not be read back.") from error
        if after is None or self._differences(after, draft):
            return Receipt(Outcome.LATER, course, detail="Moodle said ok, but the course is not as wanted.")
        return Receipt(Outcome.DONE, course, self._catalogue.address(row.id))

    def _make(self, words: Mapping[str, object], ref: str) -> int:
        """The short name is the seminar's code with the centre; taken by another course, the whole reference."""
        try:
            return self._made({**words, "shortname": _short_name(ref)})
        except Refused as error:
            if error.code != "shortnametaken":
                raise
        return self._made({**words, "shortname": ref})

    def _made(self, words: Mapping[str, object]) -> int:
        return self._client.write("core_course_create_courses", mapping.created, {"courses": [words]})

    def _taken(self, draft: CourseDraft, error: Refused) -> Receipt:
        """Somebody was quicker, or the course with our reference is hidden from the account."""
        found = self._catalogue.find(draft.ref) if error.code == "courseidnumbertaken" else None
        if found is not None:
            return Receipt(Outcome.ALREADY, found.id, found.address, twins=found.twins)
        hidden = (
            f" A course with the ID number {draft.ref} exists, but the service account may not see it."
            if error.code == "courseidnumbertaken"
            else ""
        )
        return Receipt(Outcome.REFUSED, detail=error.advice + hidden)

    def _after_fault(self, draft: CourseDraft, error: Faulted) -> Receipt:
        """PHP failed, so the call is over: what is there now is what it did (M-11)."""
        try:
            found = self._catalogue.find(draft.ref)
        except (TryLater, StopConnector) as unseen:
            raise error from unseen
        if found is None:
            raise TryLater(self._system, error.message, hint="No course was made.") from error
        return Receipt(Outcome.DONE, found.id, found.address, self._about_self_enrolment(int(found.id)))

    def _reread(self, number: int, ref: str) -> None:
        try:
            row = self._catalogue.shown(str(number))
        except (TryLater, StopConnector, SkipThis) as error:
            raise Ambiguous(self._system, f"The course {number} was made but could not be read back.") from error
        if row is None or row.idnumber not in (None, ref):
            raise Ambiguous(
                self._system,
                f"Moodle said that the course {number} was made, but shows none with that number and our reference.",
                hint="The service account may lack moodle/course:viewhiddencourses.",
            )

    def _wanted(self, draft: CourseDraft) -> dict[str, object]:
        """What a draft says of a course; a description or date that is not set is left as it is."""
        words: dict[str, object] = {"fullname": shortened(_title(draft), title_length(self._site().release))}
        if draft.description is not None:
            words["summary"] = html_of(draft.description)
        if draft.starts is not None:
            words["startdate"] = _seconds(draft.starts)
        if draft.ends is not None:
            words["enddate"] = _seconds(draft.ends)
        return words

    def _differences(self, row: CourseRow, draft: CourseDraft) -> dict[str, object]:
        stored = {"fullname": row.title, "summary": row.summary, "startdate": row.starts, "enddate": row.ends}
        return {key: value for key, value in self._wanted(draft).items() if stored[key] != value}

    def _about_self_enrolment(self, number: int) -> str:
        try:
            found = self._client.read(_METHODS, mapping.methods, {"courseid": number})
        except (TryLater, StopConnector, SkipThis):
            return ""  # the course stands; its methods are looked at by people anyway
        return "" if "self" in found else _NO_SELF


def title_length(release: str) -> int:
    """How many letters the full name of a course may have in this release, e.g. `4.5.6 (Build: 20250811)`."""
    major = re.match(r"\d+", release)
    return TITLE_LENGTH if major and int(major[0]) >= 5 else OLD_TITLE_LENGTH


def shortened(title: str, length: int) -> str:
    """The title, or as much of its begin as there is room for."""
    return title if len(title) <= length else title[: length - 1].rstrip() + "…"


def _unfit(draft: CourseDraft, category: str) -> str:
    if not category:
        return (
            "No category is set for this course: put `category` into the connector's settings, or into the structure's."
        )
    if not (category.isascii() and category.isdigit()):
        return f"{category!r} is no number of a category; `kypek-sync connector moodle categories` lists them."
    if not sendable(draft.ref, REFERENCE_LENGTH):
        return f"The reference {draft.ref!r} is empty, too long or has letters that Moodle cannot hold."
    if not sendable(_title(draft)[:TITLE_LENGTH].rstrip(), TITLE_LENGTH):
        return "The title is empty, or has letters that Moodle cannot hold."
    if _TAG.search(draft.title):
        return (
            "The title has a `<` directly before a letter, which Moodle takes for HTML and refuses: put a space there."
        )
    if any("\ud800" <= letter <= "\udfff" for letter in draft.description or ""):
        return "The description has letters that are no valid UTF-8."
    if draft.starts and draft.ends and draft.ends < draft.starts:
        return "The course would end before it starts."
    return ""


def _title(draft: CourseDraft) -> str:
    return " ".join(draft.title.split())


def _short_name(ref: str) -> str:
    """`EKFE-27-03 att-a` for `kypek:att-a:EKFE-27-03`: what Moodle shows in its breadcrumbs, unique on the site."""
    parts = ref.split(":")
    return f"{parts[2]} {parts[1]}" if len(parts) == 3 else ref


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
