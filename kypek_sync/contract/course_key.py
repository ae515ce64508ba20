"""Which course of ours is meant: a seminar's on one system, or that of one of its parts (morning and afternoon)."""

from __future__ import annotations

from typing import NamedTuple, Protocol

_MARK = "/"
"""Between a seminar's code and its part. Neither has it: a code is of letters, digits, dot, hyphen and underscore."""


def course_name(seminar: str, part: str = "") -> str:
    """Our name of a seminar's course: its code, with the part's id where it has several (`EKFE-27-03/proino`)."""
    return f"{seminar}{_MARK}{part}" if part else seminar


class CourseKey(NamedTuple):
    """A course of ours: the connector's name, and our name of the course there (`course_name`). It is equal to the
    plain pair of the two."""

    system: str
    course: str

    @classmethod
    def of(cls, system: str, seminar: str, part: str = "") -> CourseKey:
        """The course of a seminar, or of one of its parts, on a system."""
        return cls(system, course_name(seminar, part))

    @property
    def seminar(self) -> str:
        """The seminar's code."""
        return seminar_of(self.course)

    @property
    def part(self) -> str:
        """The part's id; empty for the only course of a seminar."""
        return part_of(self.course)


def seminar_of(course: str) -> str:
    """The seminar's code in our name of a course."""
    return course.partition(_MARK)[0]


def part_of(course: str) -> str:
    """The part's id in our name of a course; empty for the only course of a seminar."""
    return course.partition(_MARK)[2]


class _Named(Protocol):
    """What says of which course it speaks."""

    @property
    def system(self) -> str: ...

    @property
    def seminar(self) -> str: ...

    @property
    def part(self) -> str: ...


class OfCourse:
    """Something about one of our courses, with the fields `system`, `seminar` and `part`."""

    __slots__ = ()

    @property
    def course(self: _Named) -> str:
        """Our name of the course (`course_name`)."""
        return course_name(self.seminar, self.part)

    @property
    def key(self: _Named) -> CourseKey:
        """The course: system, and our name of it."""
        return CourseKey.of(self.system, self.seminar, self.part)
