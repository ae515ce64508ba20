"""Reads and validates programmes: what a structure plans to teach in a school year.

`read` takes a file (xlsx, ods, xls, csv, YAML) and tells all its mistakes at once; `mark` answers with the officer's
own workbook, each mistake in its cell; `template` gives an empty one, or last year's with dates and codes cleared;
`diff` says what changed between two readings. A mistake keeps back its own seminar only, and what is missing from a
file is a finding, never a cancellation (design, rule 20).
"""

from typing import TYPE_CHECKING

from kypek_sync.programme.course_uses import taken_courses
from kypek_sync.programme.differences import DiffKind, FieldDiff, SeminarDiff, SessionDiff, diff
from kypek_sync.programme.ground import Ground, Mistake, ProgrammeUnreadable, Reading, Taken
from kypek_sync.programme.marking import answer_suffix, mark
from kypek_sync.programme.reading import read
from kypek_sync.programme.schools import Schools

if TYPE_CHECKING:
    from kypek_sync.programme.templates import template

__all__ = [
    "DiffKind",
    "FieldDiff",
    "Ground",
    "Mistake",
    "ProgrammeUnreadable",
    "Reading",
    "Schools",
    "SeminarDiff",
    "SessionDiff",
    "Taken",
    "answer_suffix",
    "diff",
    "mark",
    "read",
    "taken_courses",
    "template",
]


def __getattr__(name: str) -> object:
    """`template` is brought when it is asked for: the daemon, which starts again after every death, writes none and
    does without the library of workbooks."""
    if name == "template":
        from kypek_sync.programme.templates import template

        return template
    raise AttributeError(name)
