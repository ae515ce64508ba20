"""From Moodle's answers about calendars and forums to plain values: pure, as `mapping`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.moodle.values import each, identity, number, numbers, optional, row_of, text


@dataclass(frozen=True, slots=True)
class EventRow:
    """core_calendar_get_calendar_events: a date of a course. `starts` is seconds since 1970; `author` a user id."""

    id: int
    course: int
    author: int
    title: str
    description: str
    starts: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """An answer about calendars: the dates, and what Moodle could not show or do, in its words (M-32). `unseen` are the
    courses that its warnings name; `vague` is whether one names none: of a date that the account may not see Moodle
    tells its number alone, and any of the courses may have it."""

    events: tuple[EventRow, ...]
    warnings: tuple[str, ...]
    unseen: frozenset[int]
    vague: bool


@dataclass(frozen=True, slots=True)
class ForumRow:
    """mod_forum_get_forums_by_courses. `kind` is `news` for that of announcements."""

    id: int
    course: int
    kind: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """mod_forum_get_forum_discussions: `id` is that of the first post."""

    id: int
    author: int
    subject: str
    message: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Posts:
    """The discussions of a forum, and what Moodle could not show, in its words."""

    posts: tuple[PostRow, ...]
    warnings: tuple[str, ...]


def calendar(value: Any) -> Calendar:
    """core_calendar_get_calendar_events and core_calendar_create_calendar_events: the dates of courses among them."""
    data = row_of(value)
    dated = each(lambda row: row, data.get("events"))
    warned = each(lambda row: row, data.get("warnings", []))
    return Calendar(
        tuple(_event(row) for row in dated if row.get("eventtype") == "course"),
        tuple(_warning(row) for row in warned),
        frozenset(number(row["itemid"]) for row in warned if _of_course(row)),
        any(not _of_course(row) for row in warned),
    )


@dataclass(frozen=True, slots=True)
class CohortRow:
    """core_cohort_get_cohorts: `ref` is its ID number."""

    id: int
    ref: str


def cohorts(value: Any) -> tuple[CohortRow, ...]:
    """core_cohort_get_cohorts"""
    return each(lambda row: CohortRow(identity(row), str(row.get("idnumber") or "")), value)


def cohort_members(value: Any) -> dict[int, frozenset[int]]:
    """core_cohort_get_cohort_members: user ids by cohort."""
    return dict(each(lambda row: (number(row.get("cohortid")), numbers(row.get("userids"))), value))


def may_manage(value: Any) -> bool:
    """core_calendar_get_calendar_access_information: whether all dates of the course are shown and may be changed."""
    return row_of(value).get("canmanageentries") is True


def forums(value: Any) -> tuple[ForumRow, ...]:
    """mod_forum_get_forums_by_courses"""
    return each(lambda row: ForumRow(identity(row), number(row.get("course")), str(row.get("type") or "")), value)


def posts(value: Any) -> Posts:
    """mod_forum_get_forum_discussions"""
    return Posts(each(_post, row_of(value).get("discussions")), forum_answer(value))


def forum_answer(value: Any) -> tuple[str, ...]:
    """The warnings of a forum's function, in Moodle's words."""
    return each(_warning, row_of(value).get("warnings") or [])


def _warning(row: dict[str, Any]) -> str:
    return f"{row.get('warningcode')}: {row.get('message')}"[:200]


def _of_course(row: dict[str, Any]) -> bool:
    return row.get("item") == "course" and bool(row.get("itemid"))


def _event(row: dict[str, Any]) -> EventRow:
    return EventRow(
        identity(row),
        number(row.get("courseid")),
        number(row.get("userid")),
        text(row, "name"),
        str(row.get("description") or ""),
        number(row.get("timestart")),
        optional(row, "timeduration") or 0,
    )


def _post(row: dict[str, Any]) -> PostRow:
    return PostRow(
        identity(row),
        optional(row, "userid") or 0,
        str(row.get("subject") or ""),
        str(row.get("message") or ""),
        row.get("pinned") is True,
    )
