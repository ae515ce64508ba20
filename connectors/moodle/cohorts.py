"""Who is in a cohort: read, then written in batches, then read back (section 3).

Members are added by the cohort's ID number and the username, each for itself: what fails is only a warning (P), so that
a receipt stands on the list that is read afterwards and never on the answer. They are taken out all or none (A).
"""

from __future__ import annotations

from collections.abc import Sequence

import connectors.moodle.extra_mapping as extra_mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.batches import AT_MOST, Batches, Element, Writer, refused
from connectors.moodle.client import MoodleClient, in_batches
from kypek_sync.contract import Outcome, Receipt, Snapshot, TryLater
from kypek_sync.model import Clock

_ADD, _TAKE = "core_cohort_add_cohort_members", "core_cohort_delete_cohort_members"
_VARIABLES = 4
ALREADY = Receipt(Outcome.ALREADY)


class Cohorts:
    """Reads and writes cohorts by their ID number."""

    def __init__(self, client: MoodleClient, accounts: Accounts, writer: Writer, clock: Clock) -> None:
        self._client = client
        self._accounts = accounts
        self._writer = writer
        self._clock = clock
        self._system = client.system

    def read(self, cohort: str, logins: Sequence[str]) -> Snapshot[str]:
        """Who of these is in the cohort; the canary is among those looked up (M-10)."""
        as_of = self._clock()
        inside = self._inside(self._number(cohort))
        found = {login: one.id for login, one in self._accounts.lookup(logins).items()}
        items = tuple(sorted(login for login, number in found.items() if number in inside))
        return Snapshot(self._system, f"cohort {cohort}", as_of, items, True, proofs=(f"{len(inside)} members",))

    def join(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Put people in."""
        with self._writer.alone(f"cohort {cohort}"):
            return self._join(cohort, logins)

    def leave(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Take people out."""
        with self._writer.alone(f"cohort {cohort}"):
            return self._leave(cohort, logins)

    def _join(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        number = self._number(cohort)
        inside, accounts = self._inside(number), self._accounts.lookup(logins)
        receipts: dict[int, Receipt] = {}
        elements: dict[int, Element] = {}
        for place, login in enumerate(logins):
            if login not in accounts:
                receipts[place] = refused(f"Moodle has no account {login!r}: the person must sign in there once.")
            elif accounts[login].id in inside:
                receipts[place] = ALREADY
            else:
                elements[place] = {
                    "cohorttype": {"type": "idnumber", "value": cohort},
                    "usertype": {"type": "username", "value": login},
                }
        warned: list[str] = []

        def send(places: Sequence[int]) -> None:
            words = {"members": [elements[place] for place in places]}
            warned.extend(self._client.write(_ADD, extra_mapping.forum_answer, words))

        def look() -> frozenset[int]:
            now = self._inside(number)
            return frozenset(place for place in elements if accounts[logins[place]].id in now)

        def silent(place: int) -> Receipt:
            about = [one for one in warned if f"={logins[place]} " in f"{one} " or "cohort" in one]
            if about:
                return refused(f"Moodle did not put {logins[place]} into the cohort {cohort} ({about[0]}).")
            return Receipt(Outcome.LATER, detail="Moodle said ok, but does not show it.")

        places = sorted(elements)
        batches = [
            batch
            for start in range(0, len(places), AT_MOST)
            for batch in in_batches(places[start : start + AT_MOST], _VARIABLES)
        ]
        receipts |= Batches(send, look, silent).receipts(batches)
        return tuple(receipts[place] for place in range(len(logins)))

    def _leave(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        number = self._number(cohort)
        inside, accounts = self._inside(number), self._accounts.lookup(logins)
        elements: dict[int, Element] = {
            place: {"cohortid": number, "userid": accounts[login].id}
            for place, login in enumerate(logins)
            if login in accounts and accounts[login].id in inside
        }

        def look() -> frozenset[int]:
            now = self._inside(number)
            return frozenset(place for place, element in elements.items() if element["userid"] not in now)

        written = self._writer.written(_TAKE, "members", elements, look)
        return tuple(written.get(place, ALREADY) for place in range(len(logins)))

    def _number(self, cohort: str) -> int:
        found = [
            row.id for row in self._client.read("core_cohort_get_cohorts", extra_mapping.cohorts) if row.ref == cohort
        ]
        if len(found) == 1:
            return found[0]
        raise TryLater(
            self._system,
            f"Moodle shows no cohort, or several, with the ID number {cohort!r}.",
            hint="Make it in the context «System» (Site administration, Users, Cohorts), or mend `cohorts`.",
        )

    def _inside(self, number: int) -> frozenset[int]:
        answer = self._client.read(
            "core_cohort_get_cohort_members", extra_mapping.cohort_members, {"cohortids": [number]}
        )
        if number not in answer:
            raise TryLater(self._system, f"Moodle does not show who is in the cohort {number}.")
        return answer[number]
