"""Courses that several seminars share, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kypek_sync.language import Text
from kypek_sync.sync.shared_use import Fellow, SharedCourse


def standing_lines(courses: Iterable[SharedCourse], text: Text) -> Iterator[str]:
    """A line for each, for those who run the KYPEK."""
    for one in courses:
        yield text(
            "%(system)s: %(address)s is shared by %(seminars)s",
            system=one.system,
            address=one.address or "–",
            seminars=", ".join(map(_called, one.fellows)),
        )


def seminar_lines(courses: Iterable[SharedCourse], code: str, text: Text) -> Iterator[str]:
    """A line for each in which a seminar is taught, about somebody in it."""
    for one in courses:
        others = [fellow for fellow in one.fellows if fellow.kypek or fellow.code != code]
        if one.concerns(code) and others:
            yield text(
                "Taught on %(system)s in a course that it shares with %(seminars)s: whoever has a seat in any of them "
                "stays there.",
                system=one.system,
                seminars=", ".join(map(_called, others)),
            )


def _called(one: Fellow) -> str:
    return f"{one.code} «{one.title}»" + (f" ({one.kypek})" if one.kypek else "")
