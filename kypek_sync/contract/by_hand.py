"""What people do by hand in a course where its platform cannot be asked to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Work(StrEnum):
    """A kind of work in a course, each with a page of its own."""

    DETAILS = "details"
    """Title and description."""
    ANNOUNCEMENT = "announcement"
    DATES = "dates"
    """The sessions in the course's calendar."""
    GROUPS = "groups"


@runtime_checkable
class ByHand(Protocol):
    """A course platform that can say where work is done, and perhaps whether it was."""

    def work_page(self, course: str, work: Work) -> str:
        """Address of the page where a teacher of the course does this. Asks nothing of the server."""

    def work_shown(self, asked: Collection[tuple[str, Work]]) -> Mapping[tuple[str, Work], str]:
        """What these courses show there, as plain text: of `ANNOUNCEMENT` titles and texts, of `DATES` a line for each
        entry that begins with its start on a clock in Greece (`05/03/2027 17:00`). Left out where the platform does not
        tell. Asked once for all courses of a pass. Raises `TryLater` or `StopConnector`."""
