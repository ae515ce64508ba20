"""Making courses and groups. Neither is idempotent there, so both look first (E-23, E-28)."""

from __future__ import annotations

import re

import connectors.eclass.reference as reference
from connectors.eclass.accounts import usable
from connectors.eclass.client import EclassClient
from connectors.eclass.mapping import CourseRow
from kypek_sync.contract import Ambiguous, CourseDraft, Outcome, Receipt, SkipThis, StopConnector, TryLater

GROUP_NAME_LENGTH = 100
_SURROGATES = re.compile("[\ud800-\udfff]")


class Creation:
    """Looks for courses by our reference, makes courses and groups. `department` is where a draft without a category
    goes."""

    def __init__(self, client: EclassClient, department: str) -> None:
        self._client = client
        self._department = department
        self._system = client.system

    def find(self, ref: str) -> tuple[CourseRow, ...]:
        """The courses that carry the reference, the oldest first. One whose title lost its marker, or that was made
        inactive, is not found (E-19)."""
        sign, public = reference.marker(ref), reference.public_code(ref)
        rows = [self._client.row(listed.code) for listed in self._client.courses() if sign in listed.title]
        ours = [row for row in rows if row is not None and row.public_code == public]
        return tuple(sorted(ours, key=lambda row: row.id))

    def twins(self, found: tuple[CourseRow, ...]) -> tuple[tuple[str, str], ...]:
        """Code and address of all but the oldest."""
        return tuple((row.code, self.address(row.code)) for row in found[1:])

    def address(self, course: str) -> str:
        """Where people open a course."""
        return f"{self._client.address}/courses/{course}/"

    def create(self, draft: CourseDraft) -> Receipt:
        """Make the course unless it is there. Open for registration, in Greek, without a password."""
        department = draft.category or self._department
        if refusal := self._unfit(draft, department):
            return Receipt(Outcome.REFUSED, detail=refusal)
        found = self.find(draft.ref)
        if found:
            oldest = found[0].code
            return Receipt(Outcome.ALREADY, oldest, self.address(oldest), twins=self.twins(found))
        form = {
            "title": reference.titled(draft.title, draft.ref),
            "department_id": department,
            "public_code": reference.public_code(draft.ref),
            "visible": "registration",
            "lang": "el",
            "description": reference.described(draft.description or "", draft.ref),
        }
        try:
            code = self._client.create_course(form)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice)
        self._reread(code, draft.ref)
        return Receipt(Outcome.DONE, code, self.address(code))

    def create_group(self, course: str, name: str) -> Receipt:
        """Make the group unless one of that name is there; of several the oldest is ours."""
        if not usable(name, GROUP_NAME_LENGTH):
            return Receipt(
                Outcome.REFUSED, detail=f"A group's name has 1 to {GROUP_NAME_LENGTH} printable letters, not {name!r}."
            )
        try:
            found = self._group(course, name)
            if found:
                return Receipt(Outcome.ALREADY, found)
            self._client.create_group(course, name)
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.message)
        try:
            made = self._group(course, name)
        except (TryLater, StopConnector, SkipThis) as error:
            raise Ambiguous(self._system, f"The group «{name}» of {course} could not be read back.") from error
        if not made:
            raise Ambiguous(self._system, f"eClass made a group in {course}, but shows none called «{name}».")
        return Receipt(Outcome.DONE, made)

    def _unfit(self, draft: CourseDraft, department: str) -> str:
        if not department:
            return (
                "No department is set for this course: put `department` into the connector's settings, or a category"
                " into the structure's."
            )
        if not (department.isascii() and department.isdigit()):
            return f"{department!r} is no number of a department; `kypek-sync connector eclass departments` lists them."
        if not usable(" ".join(draft.title.split()), 10_000) or not usable(draft.ref, 200):
            return "The title or the reference is empty or has letters that eClass cannot hold."
        if _SURROGATES.search(draft.description or ""):
            return "The description has letters that are no valid UTF-8."
        return ""

    def _reread(self, code: str, ref: str) -> None:
        try:
            row = self._client.row(code)
        except (TryLater, StopConnector, SkipThis) as error:
            raise Ambiguous(self._system, f"The course {code} was made but could not be read back.") from error
        if row is None or row.public_code != reference.public_code(ref):
            raise Ambiguous(
                self._system,
                f"eClass answered that the course {code} was made, but shows none with that code and our reference.",
                hint="Look for it by hand before another one is made.",
            )

    def _group(self, course: str, name: str) -> str:
        return next((str(row.id) for row in self._client.groups(course) if row.name == name), "")
