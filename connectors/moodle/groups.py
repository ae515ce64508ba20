"""Groups of a course and who is in them: read, then write in batches, then read back (M-31).

Whose doing a place is: who was inside at the last look before the call, or stands after a call that was refused, came
there by somebody else's hand (`ALREADY`). That look is the last thing before each call. What is left is the time of one
call: whom a teacher puts into the very group after the look and before Moodle carries the call out counts as put there
by us. No web service can close it: Moodle takes somebody who is inside already without a word, and tells of a place in
a group only group and account. A report of the report builder shows its moment too, to the minute, and not who made
it; `component` is empty whether a person or a service did.
"""

from __future__ import annotations

from collections.abc import Sequence

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.batches import ALREADY, Element, Writer, refused
from connectors.moodle.catalogue import Catalogue, sendable
from connectors.moodle.client import MoodleClient
from connectors.moodle.memberships import Memberships
from connectors.moodle.refusals import Faulted, Refused
from kypek_sync.contract import Ambiguous, Outcome, Receipt, SkipThis, StopConnector, TryLater

NAME_LENGTH = 254
NAMELESS = Receipt(Outcome.LATER, detail="Moodle does not show who is in the group.")


class Groups:
    """Writes groups. Every method raises `TryLater` or `StopConnector` only before anything was sent."""

    def __init__(
        self,
        client: MoodleClient,
        accounts: Accounts,
        catalogue: Catalogue,
        memberships: Memberships,
        writer: Writer,
    ) -> None:
        self._client = client
        self._accounts = accounts
        self._catalogue = catalogue
        self._memberships = memberships
        self._writer = writer
        self._system = client.system

    def join(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Put members of the course into one of its groups."""
        with self._writer.alone(course):
            return self._join(course, group, logins)

    def leave(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Take people out of a group; whoever is not in it is out already."""
        with self._writer.alone(course):
            return self._leave(course, group, logins)

    def create(self, course: str, name: str) -> Receipt:
        """Make the group unless one of that name is there."""
        if not sendable(name, NAME_LENGTH):
            return refused(f"A group's name has 1 to {NAME_LENGTH} printable letters, not {name!r}.")
        with self._writer.alone(course):
            return self._create(course, name)

    def _join(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        if no_group := self._unseen(course, group, len(logins)):
            return no_group
        number = int(group)
        try:
            rows = self._memberships.listed(course, logins)
            inside = self._memberships.inside([number])[number]
        except Refused:
            if no_group := self._no_group(course, group, len(logins)):
                return no_group
            raise
        receipts: dict[int, Receipt] = {}
        elements: dict[int, Element] = {}
        for place, login in enumerate(logins):
            row = rows.get(login)
            if row is None:
                receipts[place] = refused(f"{login} is not in the course {course}, so not in its group either.")
            elif row.id in inside:
                receipts[place] = ALREADY
            else:
                elements[place] = {"groupid": number, "userid": row.id}

        def look() -> frozenset[int]:
            now = self._memberships.inside([number])[number]
            return frozenset(place for place, element in elements.items() if element["userid"] in now)

        receipts |= self._writer.written("core_group_add_group_members", "members", elements, look, again=True)
        return tuple(receipts[place] for place in range(len(logins)))

    def _leave(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        if no_group := self._unseen(course, group, len(logins)):
            return no_group
        number = int(group)
        try:
            inside = self._memberships.inside([number])[number]
        except Refused:
            if no_group := self._no_group(course, group, len(logins)):
                return no_group
            raise
        numbers = {name: one for one, name in self._accounts.names(inside).items()}
        elements: dict[int, Element] = {
            place: {"groupid": number, "userid": numbers[login]}
            for place, login in enumerate(logins)
            if login in numbers
        }
        nameless = len(numbers) < len(inside)

        def look() -> frozenset[int]:
            now = self._memberships.inside([number])[number]
            return frozenset(place for place, element in elements.items() if element["userid"] not in now)

        written = self._writer.written("core_group_delete_group_members", "members", elements, look, again=True)
        absent = NAMELESS if nameless else ALREADY
        return tuple(written.get(place, absent) for place in range(len(logins)))

    def _create(self, course: str, name: str) -> Receipt:
        made = {"groups": [{"courseid": course, "name": name, "description": ""}]}
        doubt: Faulted | None = None
        try:
            self._client.write("core_group_create_groups", mapping.groups, made)
        except Refused as error:
            return self._made_before(course, name, error)
        except Faulted as error:
            doubt = error
        try:
            found = self._group(course, name)
        except (TryLater, StopConnector, SkipThis) as error:
            raise Ambiguous(self._system, f"The group «{name}» of {course} could not be read back.") from error
        if found:
            return Receipt(Outcome.DONE, found)
        if doubt is not None:
            raise TryLater(self._system, doubt.message, hint="No group was made.")
        raise Ambiguous(self._system, f"Moodle made a group in {course}, but shows none called «{name}».")

    def _made_before(self, course: str, name: str, error: Refused) -> Receipt:
        """Moodle refuses a second group of a name (section 3): the first one is there."""
        try:
            found = self._group(course, name)
        except Refused as unseen:
            if self._catalogue.proven(course) is None:
                return refused(f"Moodle has no course {course}.")
            raise TryLater(self._system, unseen.message, hint=unseen.hint) from unseen
        return Receipt(Outcome.ALREADY, found) if found else refused(error.advice)

    def _unseen(self, course: str, group: str, count: int) -> tuple[Receipt, ...]:
        """As `_no_group`, which need not look where the group was listed as one of the course before."""
        return () if self._memberships.at_home(course, group) else self._no_group(course, group, count)

    def _no_group(self, course: str, group: str, count: int) -> tuple[Receipt, ...]:
        try:
            known = any(str(row.id) == group for row in self._memberships.group_rows(course))
        except SkipThis:  # as for a course that is not there
            if no_course := self._catalogue.refusals(course, count):
                return no_course
            raise
        if known:
            return ()
        return (refused(f"The course {course} has no group number {group}."),) * count

    def _group(self, course: str, name: str) -> str:
        rows = self._memberships.group_rows(course)
        return next((str(row.id) for row in rows if row.name == name), "")
