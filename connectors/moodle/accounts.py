"""Who a login is on Moodle, and the canary that tells an empty answer from a lost permission (M-10, M-18)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence

import connectors.moodle.mapping as mapping
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.mapping import Account, MemberRow, SiteInfo
from kypek_sync.contract import TryLater

_USERNAME = re.compile(r"[a-z0-9._@-]{1,100}")
_BY_FIELD = "core_user_get_users_by_field"


def usable(login: str) -> bool:
    """Whether a login can be a username at all: Moodle refuses the whole question for one that cannot (M-18)."""
    return _USERNAME.fullmatch(login) is not None


class Accounts:
    """Accounts by login, asked afresh each time; usernames by number, remembered from the last list of members."""

    def __init__(self, client: MoodleClient, canary: str, site: Callable[[], SiteInfo]) -> None:
        self._client = client
        self._canary = canary
        self._site = site
        self._names: dict[int, str] = {}
        self._lock = threading.Lock()

    @property
    def canary(self) -> str:
        """The username that must be seen before nobody else is believed not to exist."""
        return self._canary or self._site().username

    def offers(self, function: str) -> bool:
        """Whether the token's service has this function."""
        return function in self._site().functions

    def lookup(self, logins: Iterable[str]) -> dict[str, Account]:
        """The accounts that exist, by login. The canary is asked for in each call and must be in its answer; raises
        `TryLater` when it is not."""
        found: dict[str, Account] = {}
        wanted = sorted({login for login in logins if usable(login)})
        for batch in in_batches(wanted, 1, fixed=2):
            found |= self._seen(batch)
        return found

    def prove_sight(self) -> None:
        """Raises `TryLater` unless the canary is seen: an account without permissions sees nobody, without error."""
        self._seen(())

    def learn(self, rows: Iterable[MemberRow]) -> None:
        """Remember the usernames that a list of members has shown."""
        with self._lock:
            self._names |= {row.id: row.username for row in rows}

    def remembered(self, numbers: Iterable[int]) -> dict[int, str]:
        """Usernames by number as lists of members have shown them; nothing is asked."""
        with self._lock:
            return {number: self._names[number] for number in numbers if number in self._names}

    def names(self, numbers: Iterable[int]) -> dict[int, str]:
        """Usernames by number, as far as Moodle tells. A deleted account still answers by its number, under a made-up
        username (M-17)."""
        wanted = set(numbers)
        known = self.remembered(wanted)
        for batch in in_batches(sorted(wanted - set(known)), 1, fixed=1):
            words = {"field": "id", "values": batch}
            known |= {one.id: one.username for one in self._client.read(_BY_FIELD, mapping.accounts, words)}
        return known

    def _seen(self, logins: Sequence[str]) -> dict[str, Account]:
        canary = self.canary
        words = {"field": "username", "values": list(dict.fromkeys([*logins, canary]))}
        found = {one.username: one for one in self._client.read(_BY_FIELD, mapping.accounts, words)}
        if canary not in found:
            raise TryLater(
                self._client.system,
                f"Moodle does not show the account {canary}, which exists, so it shows nobody else either.",
                hint="Give the service account back its permissions (moodle/user:viewdetails), or mend `canary`.",
            )
        return {login: found[login] for login in logins if login in found}
