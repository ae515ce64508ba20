"""Parts that leave a programme: their courses, and the people in them, stay until somebody says what becomes of them
(design, rule 20). Pure.

A seminar that had one course and gets parts keeps that course as a part without a name, unless one of the new parts is
said to be it. Nothing is moved from one course to another behind anybody's back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from kypek_sync.contract import course_name
from kypek_sync.language import Text
from kypek_sync.model import Part, Seminar


def with_kept_parts(seminar: Seminar, before: Seminar | None, existing: Collection[str]) -> Seminar:
    """The seminar as its programme has it, with those parts that it had `before`, does not have any more, and that have
    a course: `existing` are our names of courses."""
    if before is None or not (seminar.parts or before.parts):
        return seminar
    earlier = {part.id: part for part in before.courses}
    named = {part.id for part in seminar.parts}
    left = [
        replace(part, missing=True)
        for part in earlier.values()
        if part.id not in named and course_name(seminar.code, part.id) in existing
    ]
    return replace(seminar, parts=(*(_same_course(part, earlier.get(part.id)) for part in seminar.parts), *left))


def _same_course(part: Part, earlier: Part | None) -> Part:
    """A part that is said to have the course from before it was one: an adopted course stays adopted."""
    if part.id or part.course_address or earlier is None:
        return part
    return replace(part, course_address=earlier.course_address)


def missing_parts(seminars: Iterable[Seminar], text: Text) -> list[str]:
    """A sentence for each part that a programme does not name any more, with what to write."""
    return [
        text(
            "The programme does not name the part «%(part)s» of %(seminar)s any more: it stays as it is. If it was "
            "renamed, write its id beside its new name: «… [%(id)s]».",
            part=part.name,
            seminar=seminar.code,
            id=part.id or "αρχικό",
        )
        if part.name
        else text(
            "%(seminar)s had a course before it had parts: the course stays as it is, with the people in it. If it is "
            "the course of one of the parts now, write «[αρχικό]» beside the name of that part.",
            seminar=seminar.code,
        )
        for seminar in seminars
        for part in seminar.parts
        if part.missing
    ]
