"""Which seminars use which existing course: a course in which people apply belongs to one seminar alone.

Teaching courses may be shared. Within a file the later seminar is kept back and the earlier one gets a warning; against
a seminar of another structure that is in force, this one is kept back. Two addresses of one course that differ in more
than spelling are only seen on the platform, where the engine refuses the second seminar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kypek_sync.model import Seminar
from kypek_sync.programme.addresses import one_form
from kypek_sync.programme.ground import Ground, Taken
from kypek_sync.programme.headings import Field
from kypek_sync.programme.seminars import Draft
from kypek_sync.programme.tray import Tray


@dataclass(frozen=True, slots=True)
class _Use:
    """A cell that names a course: of which seminar, in which column, and in which words."""

    draft: Draft
    column: Field
    address: str
    registration: bool


def uses_of(seminar: Seminar) -> Iterator[tuple[str, bool]]:
    """The existing courses that a seminar names: the address, and whether people apply there."""
    if seminar.course_address:
        yield seminar.course_address, True
    for part in seminar.parts:
        if part.course_address:
            yield part.course_address, True
    for _, address in seminar.mirror_addresses:
        yield address, False


def taken_courses(seminars: Iterable[Seminar]) -> dict[str, tuple[Taken, ...]]:
    """The existing courses that these seminars use, by the one form of their address."""
    found: dict[str, tuple[Taken, ...]] = {}
    for one in seminars:
        until = max((session.ends for session in one.sessions), default=None)
        for address, registration in uses_of(one):
            form = one_form(address)
            found[form] = (*found.get(form, ()), Taken(one.code, one.title, registration, until))
    return found


def check_courses(drafts: Sequence[Draft], ground: Ground, tray: Tray) -> None:
    """Notes courses where people apply for one seminar and that another uses too, or the same one to teach."""
    seen: dict[str, list[_Use]] = {}
    for draft in drafts:
        for address, registration in uses_of(draft.seminar):
            use = _Use(draft, _column(draft, address, registration=registration), address, registration)
            form = one_form(address)
            _against_others(use, [one for one in ground.taken_courses.get(form, ()) if _lives(one, ground)], tray)
            _against_earlier(use, seen.get(form, ()), tray)
            seen.setdefault(form, []).append(use)


def _column(draft: Draft, address: str, *, registration: bool) -> Field:
    """Where the address stands: that of a part's course may stand behind the part."""
    if not registration:
        return Field.MIRRORS
    return Field.PARTS if address in str(draft.entry.row.cell(Field.PARTS).value or "") else Field.COURSE


def _lives(one: Taken, ground: Ground) -> bool:
    """Whether a seminar is not one of an earlier school year, whose course may pass on to another."""
    return one.until is None or one.until >= ground.year_begins


def _against_others(use: _Use, taken: Sequence[Taken], tray: Tray) -> None:
    """Seminars of other structures, which are in force already."""
    for one in taken:
        if use.registration or one.registration:
            word = "course-taken" if one.registration else "course-taught-in"
            _note(tray, use, word, other=one.code, title=one.title)
            return


def _against_earlier(use: _Use, earlier: Sequence[_Use], tray: Tray) -> None:
    for one in earlier:
        if not (use.registration or one.registration):
            continue
        mine, theirs = use.draft.seminar, one.draft.seminar
        if one.draft is use.draft:
            _note(tray, use, "course-own")
            return
        word = "course-taken" if one.registration else "course-taught-in"
        _note(tray, use, word, other=theirs.code, title=theirs.title)
        _note(tray, one, "course-wanted", other=mine.code, title=mine.title)
        return


def _note(tray: Tray, use: _Use, word: str, **values: str) -> None:
    cell = use.draft.entry.row.cell(use.column)
    tray.add(word, cell, use.draft.seminar.code, **{"value": use.address, **values})
