"""Who a login is on eClass: people are matched on the username alone (fact sheet eclass, section 7, rule 9)."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.eclass.client import EclassClient
from connectors.eclass.mapping import Account
from kypek_sync.contract import SkipThis, UnknownPerson

USERNAME_LENGTH = 190


class Accounts:
    """Accounts by login, each asked for once. Usernames are byte-exact there, logins are lower case here: what a list
    of members has shown is remembered in its own spelling."""

    def __init__(self, client: EclassClient) -> None:
        self._client = client
        self._known: dict[str, Account] = {}

    def learn(self, people: Iterable[Account]) -> None:
        """Remember accounts that a list has shown."""
        self._known.update({account.login: account for account in people})

    def forget(self, login: str) -> None:
        """Ask afresh next time: the account was not there under its number any more."""
        self._known.pop(login.lower(), None)

    def username(self, login: str) -> str:
        """The username of a login, as far as it is known."""
        known = self._known.get(login.lower())
        return known.username if known else login

    def find(self, login: str) -> Account | None:
        """The account, from memory if it was seen before; None when eClass says that there is none."""
        return self._known.get(login.lower()) or self.fresh(login)

    def fresh(self, login: str) -> Account | None:
        """The account as eClass tells it now; None when it says that there is none, or no username is like that."""
        if not usable(login):
            return None
        name = self.username(login)
        self.forget(login)
        found = self._client.account(name)
        if found is None and name != login:
            found = self._client.account(login)
        if found is not None:
            self._known[login.lower()] = found
        return found

    def needed(self, login: str) -> Account:
        """The account of somebody for whom something is to be done. Raises `SkipThis` for a login that cannot be one
        (E-34), `UnknownPerson` for somebody that eClass does not know (E-36)."""
        if not usable(login):
            raise SkipThis(self._client.system, f"{login[:40]!r} cannot be a username of eClass.")
        account = self.find(login)
        if account is None:
            raise UnknownPerson(
                self._client.system,
                f"eClass does not know {login} yet.",
                hint=f"{login} must sign in to {self._client.address} once; the next pass then does the rest.",
            )
        return account


def usable(text: str, length: int = USERNAME_LENGTH) -> bool:
    """Whether eClass can hold a text as it is: printable UTF-8, no spaces around, not too long (E-34)."""
    return 0 < len(text) <= length and text == text.strip() and text.isprintable()
