"""Memberships of courses and groups: read, then write, then read back (fact sheet eclass, section 7, rule 3).

Everybody gets a receipt of their own; what went wrong with one is told there and stops nobody else, except that after
two failures of the server in a row the rest waits for the next pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from connectors.eclass.accounts import Accounts
from connectors.eclass.client import EclassClient
from connectors.eclass.mapping import ROLE_WORDS, Account, Standing, at_least
from connectors.eclass.provisioning import Provisioning
from kypek_sync.contract import Ambiguous, Enrolment, Outcome, Receipt, SkipThis, StopConnector, TryLater, UnknownPerson
from kypek_sync.model import CourseRole

X = TypeVar("X")

_PATIENCE = 2
DONE = Receipt(Outcome.DONE)


class Enrolments:
    """Writes memberships. Every method raises `TryLater` or `StopConnector` only before anything was sent."""

    def __init__(self, client: EclassClient, accounts: Accounts, provisioning: Provisioning) -> None:
        self._client = client
        self._accounts = accounts
        self._provisioning = provisioning
        self._system = client.system

    def enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        """Make memberships; nobody ever loses a role by it (E-24)."""
        return self._each(course, enrolments, lambda enrolment: self._enrol(course, enrolment))

    def unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """End memberships of students. The role is read here, not taken from what was known (E-27): somebody whom a
        teacher has promoted since stays."""
        return self._each(course, logins, lambda login: self._unenrol(course, login))

    def join(
        self, course: str, group: str, logins: Sequence[str], *, inside: Callable[[str], frozenset[str]] | None
    ) -> tuple[Receipt, ...]:
        """Put members into a group. `inside` shows who is in one, before and after; None: nothing does."""
        if not logins:
            return ()
        if not self._has_group(course, group):
            return (Receipt(Outcome.REFUSED, detail=f"The course {course} has no group number {group}."),) * len(logins)
        before = inside(group) if inside is not None else frozenset()
        receipts = self._each(course, logins, lambda login: self._join(course, group, login, before))
        if inside is not None and DONE in receipts:
            return self._verified(group, logins, receipts, inside)
        return receipts

    def _each(self, course: str, items: Sequence[X], step: Callable[[X], Receipt]) -> tuple[Receipt, ...]:
        if not items:
            return ()
        if self._client.row(course) is None:
            detail = f"eClass shows no course with the code {course}."
            if not self._client.unknown(course):
                detail = f"eClass does not show {course}. The token may be limited to other departments or courses."
            return (Receipt(Outcome.REFUSED, detail=detail),) * len(items)
        receipts: list[Receipt] = []
        failures = 0
        for item in items:
            if failures >= _PATIENCE:
                receipts.append(Receipt(Outcome.LATER, detail="eClass failed before; the next pass tries again."))
                continue
            receipt, failed = self._attempt(step, item)
            failures = failures + failed if failed else 0
            receipts.append(receipt)
        return tuple(receipts)

    @staticmethod
    def _attempt(step: Callable[[X], Receipt], item: X) -> tuple[Receipt, int]:
        """The receipt of one step, and how heavily a failure weighs."""
        try:
            return step(item), 0
        except SkipThis as error:
            return Receipt(Outcome.REFUSED, detail=error.advice, unknown=isinstance(error, UnknownPerson)), 0
        except Ambiguous as error:
            return Receipt(Outcome.AMBIGUOUS, detail=error.message), 1
        except TryLater as error:
            return Receipt(Outcome.LATER, detail=error.message), 1
        except StopConnector as error:
            return Receipt(Outcome.LATER, detail=error.advice), _PATIENCE

    def _enrol(self, course: str, enrolment: Enrolment) -> Receipt:
        word = ROLE_WORDS.get(enrolment.role)
        if word is None:
            raise SkipThis(self._system, f"eClass has no role for {enrolment.role.value!r}.")
        account = self._account(enrolment)
        before = self._client.standing(course, account.username)
        if before.registered:
            self._refuse_unknown_role(course, account, before)
            if at_least(before.role, enrolment.role):
                return Receipt(Outcome.ALREADY)
        return self._settled(
            course,
            account,
            lambda: self._client.enrol(account.id, course, word),
            lambda after: after.registered and at_least(after.role, enrolment.role),
        )

    def _account(self, enrolment: Enrolment) -> Account:
        """Whoever is to be enrolled; made if they are unknown and may be made (E-36)."""
        try:
            return self._accounts.needed(enrolment.login)
        except UnknownPerson as unknown:
            self._provisioning.make(enrolment, unknown)
        return self._accounts.needed(enrolment.login)

    def _unenrol(self, course: str, login: str) -> Receipt:
        account = self._accounts.find(login)
        before = self._client.standing(course, account.username) if account is not None else None
        if account is None or before is None or not before.registered:
            return Receipt(Outcome.ALREADY)
        if before.role is not CourseRole.STUDENT:
            raise SkipThis(
                self._system,
                f"{login} is no student of {course} any more: somebody gave them another role there.",
                hint="They stay; a teacher of the course can take them out.",
            )
        return self._settled(
            course, account, lambda: self._client.unenrol(account.id, course), lambda after: not after.registered
        )

    def _join(self, course: str, group: str, login: str, inside: frozenset[str]) -> Receipt:
        account = self._accounts.needed(login)
        before = self._client.standing(course, account.username)
        if not before.registered:
            raise SkipThis(self._system, f"{login} is not in the course {course}, so not in its group either.")
        if account.login in inside:
            return Receipt(Outcome.ALREADY)
        self._refuse_unknown_role(course, account, before)
        return self._settled(
            course,
            account,
            lambda: self._client.enrol(account.id, course, ROLE_WORDS[before.role], group),
            lambda after: after.registered and at_least(after.role, before.role),
            shows_in_course=False,
        )

    def _settled(
        self,
        course: str,
        account: Account,
        send: Callable[[], None],
        stands: Callable[[Standing], bool],
        *,
        shows_in_course: bool = True,
    ) -> Receipt:
        """Send once, then look: an ok proves nothing (E-7), and a doubt may be cleared by what is there now.

        With `shows_in_course` false (a group) what the course shows cannot clear a doubt.
        """
        doubt: Ambiguous | None = None
        try:
            send()
        except Ambiguous as error:
            doubt = error
        except SkipThis:
            self._accounts.forget(account.login)  # perhaps a new number by now
            raise
        try:
            after = self._client.standing(course, account.username)
        except (TryLater, StopConnector) as error:
            raise Ambiguous(
                self._system, f"The change of {account.login} in {course} could not be read back."
            ) from error
        if doubt is not None and not (shows_in_course and stands(after)):
            raise doubt
        if not stands(after):
            raise TryLater(self._system, f"eClass said ok, but {account.login} in {course} is as before.")
        return DONE

    def _refuse_unknown_role(self, course: str, account: Account, before: Standing) -> None:
        if before.role is CourseRole.OTHER:
            raise SkipThis(
                self._system,
                f"{account.login} is in {course} with a role that the API does not name.",
                hint="It is left alone; a teacher of the course can change it.",
            )

    def _has_group(self, course: str, group: str) -> bool:
        try:
            return any(str(row.id) == group for row in self._client.groups(course))
        except SkipThis:
            return False

    def listed(self, group: str) -> frozenset[str]:
        """Who is in a group by the list of the newer API."""
        try:
            people = self._client.group_people(group)
        except SkipThis as error:  # outside of the token's scope
            raise TryLater(self._system, error.message) from error
        return frozenset(account.login for account in people)

    def _verified(
        self,
        group: str,
        logins: Sequence[str],
        receipts: tuple[Receipt, ...],
        look: Callable[[str], frozenset[str]],
    ) -> tuple[Receipt, ...]:
        try:
            inside = look(group)
        except (TryLater, StopConnector):
            doubt = Receipt(Outcome.AMBIGUOUS, detail=f"The list of the group {group} could not be read back.")
            return tuple(doubt if receipt is DONE else receipt for receipt in receipts)
        absent = Receipt(Outcome.LATER, detail=f"eClass said ok, but the list of the group {group} does not show it.")
        return tuple(
            absent if receipt is DONE and login.lower() not in inside else receipt
            for login, receipt in zip(logins, receipts, strict=True)
        )
