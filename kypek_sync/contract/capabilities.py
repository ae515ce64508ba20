"""What differs between systems of one role."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """What differs between systems of one role. The planner never asks for what is not declared; what a course platform
    cannot do and a teacher can becomes a to-do for them (`seminar.by_hand`)."""

    PEOPLE_DELTA = "people-delta"
    MEMBER_LIST = "member-list"
    MEMBER_DATES = "member-dates"
    COURSE_REQUESTS = "course-requests"
    """Tells who asked to be let into a closed course (`memberships.CourseRequests`)."""
    GROUP_MEMBERS = "group-members"
    GROUP_REMOVE = "group-remove"
    COURSE_UPDATE = "course-update"
    CALENDAR = "calendar"
    """Puts the dates of the sessions into the course's calendar."""
    ANNOUNCEMENT = "announcement"
    """Keeps an announcement of ours in the course."""
    COHORTS = "cohorts"
    """Keeps sets of people for the whole site (`course_cohorts.Cohorts`)."""
    SUSPEND = "suspend"
    END_MEMBERSHIP = "end-membership"
    """Ends the membership of a student also where the student began it (rule 4: `restrict`)."""
    COURSE_LOOKUP = "course-lookup"
    RECORDINGS = "recordings"
    NOTE_REFERENCE = "note-reference"
    STATE_LOCK = "state-lock"
    CHANGES = "changes"
