"""Memberships of courses: read, then write in batches, then read back (section 7, rules 1, 2, 3, 6).

Everybody gets a receipt of their own. A role that is missing is assigned and lower ones of ours are taken away after
that (M-23): the enrolment by which somebody is in the course, its dates and its suspension, stays as it is (M-22).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts, usable
from connectors.moodle.batches import ALREADY, DONE, Element, Look, Writer, refused
from connectors.moodle.catalogue import Catalogue
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.mapping import MemberRow, Roles, at_least
from connectors.moodle.memberships import Memberships
from kypek_sync.contract import Ambiguous, Enrolment, Outcome, Receipt, SkipThis, StopConnector, TryLater
from kypek_sync.model import CourseRole


@dataclass
class _After:
    """The members by login, as the last look after a write showed them."""

    rows: Mapping[str, MemberRow] = field(default_factory=dict)


class Enrolments:
    """Writes memberships. Both methods raise `TryLater` or `StopConnector` only before anything was sent."""

    def __init__(
        self,
        client: MoodleClient,
        accounts: Accounts,
        catalogue: Catalogue,
        memberships: Memberships,
        writer: Writer,
        roles: Roles,
    ) -> None:
        self._client = client
        self._accounts = accounts
        self._catalogue = catalogue
        self._memberships = memberships
        self._writer = writer
        self._roles = roles

    def enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        """Make memberships by hand, always with suspend, start and end (M-22); nobody ever loses a role by it."""
        with self._writer.alone(course):
            return self._enrol(course, enrolments)

    def unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """End manual memberships of students; one by another method stays, and is told (M-26), and so does somebody who
        has been given another role."""
        with self._writer.alone(course):
            return self._unenrol(course, logins)

    def _enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        if no_course := self._catalogue.refusals(course, len(enrolments)):
            return no_course
        roster = self._memberships.sure_roster(course)
        rows = roster.by_login()
        strangers = [one.login for one in enrolments if one.login not in rows]
        accounts = self._accounts.lookup(strangers) if strangers else {}
        receipts: dict[int, Receipt] = {}
        fresh: dict[int, Element] = {}
        raised: dict[int, Element] = {}
        for place, one in enumerate(enrolments):
            row, number = rows.get(one.login), self._roles.number(one.role)
            if number is None:
                receipts[place] = refused(f"Moodle has no role for {one.role.value!r} in the settings.")
            elif row is not None and row.id not in roster.inactive:
                if at_least(self._roles.highest(row), one.role):
                    receipts[place] = ALREADY
                else:
                    raised[place] = _role(number, row.id, course)
            elif row is not None or one.login in accounts:
                user = row.id if row is not None else accounts[one.login].id
                fresh[place] = _enrolment(number, user, course)
            else:
                receipts[place] = self._unknown(one.login)
        after = _After()
        look = self._has(course, enrolments, after)
        receipts |= self._writer.written("enrol_manual_enrol_users", "enrolments", fresh, look)
        receipts |= self._writer.written("core_role_assign_roles", "assignments", raised, look)
        self._drop_lower(course, enrolments, receipts, after.rows)
        return tuple(receipts[place] for place in range(len(enrolments)))

    def _has(self, course: str, enrolments: Sequence[Enrolment], after: _After) -> Look:
        """Looks who is in the course, active, with at least the role wanted: their places. `after` keeps what the last
        look showed."""

        def look() -> frozenset[int]:
            roster = self._memberships.present(course)
            rows = after.rows = roster.by_login()
            return frozenset(
                place
                for place, one in enumerate(enrolments)
                if (row := rows.get(one.login)) is not None
                and row.id not in roster.inactive
                and at_least(self._roles.highest(row), one.role)
            )

        return look

    def _drop_lower(
        self,
        course: str,
        enrolments: Sequence[Enrolment],
        receipts: dict[int, Receipt],
        rows: Mapping[str, MemberRow],
    ) -> None:
        """Take away the lower roles of those who were given a higher one (M-23), as the look after that shows them.
        Failing here costs nobody anything: the higher role stands, and the receipt tells."""
        done = {
            p: one for p, one in enumerate(enrolments) if receipts[p] is DONE and one.role is not CourseRole.STUDENT
        }
        lower = {
            place: [_role(number, row.id, course) for number in self._roles.below(row, one.role)]
            for place, one in done.items()
            if (row := rows.get(one.login)) is not None
        }
        elements = [element for mine in lower.values() for element in mine]
        if not elements:
            return
        try:
            for batch in in_batches(elements, 4):
                self._client.write("core_role_unassign_roles", mapping.nothing, {"unassignments": batch})
            left = self._memberships.present(course).by_login()
        except (TryLater, StopConnector, SkipThis, Ambiguous):
            left = {}
        for place, mine in lower.items():
            row = left.get(enrolments[place].login)
            if mine and (row is None or self._roles.below(row, enrolments[place].role)):
                receipts[place] = Receipt(Outcome.DONE, detail="The lower role in the course could not be taken away.")

    def _unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        if no_course := self._catalogue.refusals(course, len(logins)):
            return no_course
        rows = self._memberships.sure_roster(course).by_login()
        here = {place: rows[login] for place, login in enumerate(logins) if login in rows}
        inside = {place: row for place, row in here.items() if self._roles.highest(row) is CourseRole.STUDENT}
        elements: dict[int, Element] = {place: {"userid": row.id, "courseid": course} for place, row in inside.items()}

        def look() -> frozenset[int]:
            left = {row.id for row in self._memberships.sure_roster(course).rows}
            return frozenset(place for place, row in inside.items() if row.id not in left)

        def stays(place: int) -> Receipt:
            return refused(
                f"{logins[place]} is still in the course: enrolled by themselves or by another method, which no web"
                " service can end. A teacher of the course can, under Participants."
            )

        written = self._writer.written("enrol_manual_unenrol_users", "enrolments", elements, look, stays)
        written |= {
            place: refused(
                f"{logins[place]} is no student of the course {course} any more: somebody gave them another role there."
                " They stay; a teacher of the course can take them out."
            )
            for place in here.keys() - inside.keys()
        }
        return tuple(written.get(place, ALREADY) for place in range(len(logins)))

    def suspension(self, course: str, logins: Sequence[str], *, suspended: bool) -> tuple[Receipt, ...]:
        """Suspend students, or let them in again; begin and end are reset, as every write of an enrolment does
        (M-22). Whoever is let in by another method too stays active, and is told."""
        with self._writer.alone(course):
            return self._suspension(course, logins, suspended=suspended)

    def _suspension(self, course: str, logins: Sequence[str], *, suspended: bool) -> tuple[Receipt, ...]:
        if no_course := self._catalogue.refusals(course, len(logins)):
            return no_course
        roster, number = self._memberships.sure_roster(course), self._roles.number(CourseRole.STUDENT)
        rows = roster.by_login()
        receipts: dict[int, Receipt] = {}
        elements: dict[int, Element] = {}
        for place, login in enumerate(logins):
            row = rows.get(login)
            if row is None:
                receipts[place] = refused(f"{login} is not in the course {course}.")
            elif number is None or self._roles.highest(row) is not CourseRole.STUDENT:
                receipts[place] = refused(f"{login} is no student of the course {course}: they stay as they are.")
            elif (row.id in roster.inactive) is suspended:
                receipts[place] = ALREADY
            else:
                elements[place] = _enrolment(number, row.id, course) | {"suspend": int(suspended)}

        def look() -> frozenset[int]:
            now = self._memberships.sure_roster(course)
            inside = now.by_login()
            return frozenset(
                place
                for place in elements
                if (row := inside.get(logins[place])) is not None and (row.id in now.inactive) is suspended
            )

        def stays(place: int) -> Receipt:
            how = "let in by another method too, which no web service can end" if suspended else "still shut out"
            return refused(f"{logins[place]} is in the course {course} and {how}. A teacher of the course can help.")

        receipts |= self._writer.written("enrol_manual_enrol_users", "enrolments", elements, look, stays)
        return tuple(receipts[place] for place in range(len(logins)))

    @staticmethod
    def _unknown(login: str) -> Receipt:
        if not usable(login):
            return refused(f"{login[:100]!r} can be no username of Moodle: small Latin letters, digits and ._@- only.")
        why = f"Moodle has no account {login}: {login} must sign in to Moodle once."
        return Receipt(Outcome.REFUSED, detail=why, unknown=True)


def _enrolment(role: int, user: int, course: str) -> Element:
    return {"roleid": role, "userid": user, "courseid": course, "timestart": 0, "timeend": 0, "suspend": 0}


def _role(role: int, user: int, course: str) -> Element:
    return {"roleid": role, "userid": user, "contextlevel": "course", "instanceid": course}
