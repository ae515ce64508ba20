"""Whose applications and seats are that stand under logins: of who has the login now, or had it before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from kypek_sync.ledger.identities import Identities
from kypek_sync.ledger.people import Known
from kypek_sync.model import PLACES, Application, Seat


@dataclass(frozen=True, slots=True)
class Holders:
    """What is known of logins: `identities` that passed on or are in doubt, and who is `known` under each."""

    identities: Identities
    known: Mapping[str, Known]

    def named(self, application: Application) -> Application:
        """The application with the person's id; one who has gone from the directory keeps theirs, and one under a login
        of which it is not sure whose it is stays whose it was. What was applied for under a login before it became
        another's counts from then on."""
        found = self.known.get(application.login)
        if found is None or application.login in self.identities.unsure:
            return application
        passed = self.identities.others.get(application.login)
        until = passed.until(application.person) if passed is not None else None
        if until is not None and application.at < until:
            return replace(application, person=found.id, at=until, exact=False)
        return application if application.person == found.id else replace(application, person=found.id)

    def without_those_of_others(
        self, seats_before: Mapping[str, Seat], applications: Collection[Application]
    ) -> dict[str, Seat]:
        """The seats without those that the present holders of their logins, who apply too, must not come into. Who had
        one has it under the login with which they apply now."""
        apply = {application.login for application in applications}
        passed = {login for login, seat in seats_before.items() if login in apply and self._of_another(seat)}
        found = {login: seat for login, seat in seats_before.items() if login not in passed}
        for application in applications:
            own = found.get(application.login)
            for login in sorted(passed):
                seat = seats_before[login]
                if seat.person == application.person and (own is None or own.state not in PLACES):
                    found[application.login] = replace(seat, login=application.login)
        return found

    def perhaps_under_another(self, before: Mapping[str, Seat], applications: Iterable[Application]) -> frozenset[str]:
        """The logins that have a place and do not apply any more, of people who applied under a login in doubt too:
        whether it was given up, or is to be carried over there, the decision about that login says."""
        those = list(applications)
        apply = {application.login for application in those}
        perhaps = self.perhaps_applying(those)
        return frozenset(
            login
            for login, seat in before.items()
            if login not in apply and seat.state in PLACES and seat.person in perhaps
        )

    def perhaps_applying(self, applications: Iterable[Application]) -> frozenset[str]:
        """Who, by our ids, perhaps applies under a login in doubt: whose the application was, who has the login now,
        and those whose keys these show in dispute."""
        found: set[str] = set()
        for one in applications:
            if one.login in self.identities.unsure:
                doubt, known = self.identities.doubts.get(one.login), self.known.get(one.login)
                found |= {one.person, known.id if known else ""} | (doubt.perhaps if doubt else frozenset())
        return frozenset(found - {""})

    def _of_another(self, seat: Seat) -> bool:
        """Whether a seat was given to somebody who had the login before its present holder."""
        passed = self.identities.others.get(seat.login)
        return passed is not None and passed.takes(seat.person, seat.applied_at)
