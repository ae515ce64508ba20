"""Words that courses and helpdesks share, whatever their own are. Imports nothing of ours."""

from __future__ import annotations

from enum import StrEnum


class CourseRole(StrEnum):
    """A person's role in a course."""

    STUDENT = "student"
    TRAINER = "trainer"
    ASSISTANT = "assistant"
    OTHER = "other"


class TicketState(StrEnum):
    """Canonical states of a ticket; each helpdesk maps its own to these and fails loudly on one it does not know."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
