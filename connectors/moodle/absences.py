"""Second looks at people who are missing from several courses: their accounts by one call, each one's own courses once,
and each course's list the other way round (rule 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from connectors.moodle.accounts import Accounts
from connectors.moodle.memberships import Memberships
from kypek_sync.contract import Member, SkipThis, TryLater


class Absences:
    """Looks again. `parallel` questions are asked at a time."""

    def __init__(self, accounts: Accounts, memberships: Memberships, parallel: int) -> None:
        self._accounts = accounts
        self._memberships = memberships
        self._parallel = parallel

    def told(self, asked: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Member | None]]:
        """`Memberships.several` for each of these courses, by the same proofs. Left out is whatever could not be told.
        Raises `TryLater` when the accounts cannot be read."""
        accounts = self._accounts.lookup({login for logins in asked.values() for login in logins})
        down: list[TryLater] = []

        def attended(user: int) -> frozenset[int] | None:
            try:
                return None if down else self._memberships.attended(user)
            except SkipThis:
                return None
            except TryLater as error:
                down.append(error)  # a server that went away is not asked about each
                return None

        def course_by_course(course: str) -> dict[str, Member | None]:
            mine = {login: accounts[login] for login in asked[course] if login in accounts}
            try:
                return {} if down or not mine else self._memberships.told_of(course, mine, own.get)
            except SkipThis:
                return {}
            except TryLater as error:
                down.append(error)
                return {}

        users = sorted({account.id for account in accounts.values()})
        with ThreadPoolExecutor(self._parallel) as pool:
            own = dict(zip(users, pool.map(attended, users), strict=True))
            down.clear()  # what was told of some people serves, whatever could not be told of others
            return dict(zip(asked, pool.map(course_by_course, asked), strict=True))
