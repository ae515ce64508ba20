"""Accounts for people whom eClass does not know yet: only where the administrator allows it, only with the newer API,
and only bound to the school network's own way of signing in (E-15, E-36).

Without that, whoever signs in once gets an account by themselves, and is asked to.
"""

from __future__ import annotations

from typing import Any

from connectors.eclass.accounts import usable
from connectors.eclass.client import EclassClient
from connectors.eclass.mapping import Misshapen, whole
from connectors.eclass.probing import Probing
from kypek_sync.contract import Ambiguous, Enrolment, UnknownPerson

NAME_LENGTH = 100
_MADE = frozenset({"created", "updated"})


class Provisioning:
    """Makes accounts bound to `method` (`ldap`, `cas`, `shibboleth`); never where that is empty."""

    def __init__(self, client: EclassClient, method: str, probing: Probing) -> None:
        self._client = client
        self._method = method
        self._probing = probing

    def make(self, enrolment: Enrolment, unknown: UnknownPerson) -> None:
        """Make the account of somebody of whom a look just said that there is none. No password is sent, and one that
        comes back goes no further (E-17). Raises `unknown` where it may or can not be made, `SkipThis` where eClass
        refuses, `Ambiguous` where it did something else."""
        who = (enrolment.given_name, enrolment.surname, enrolment.mail)
        if not self._method or not self._probing.version().newer or not all(usable(one, NAME_LENGTH) for one in who):
            raise unknown
        form = {
            "username": enrolment.login,
            "firstname": enrolment.given_name,
            "lastname": enrolment.surname,
            "emailaddress": enrolment.mail,
            "auth": self._method,
        }
        status, method = self._client.make_account(form, _made)
        if status not in _MADE or method != self._method:
            raise Ambiguous(
                self._client.system,
                f"eClass made an account for {enrolment.login}, but does not say that it signs in by {self._method}.",
                hint="Look at it under Administration, Users: a local account lets nobody in by the school network.",
            )


def _made(value: Any) -> tuple[str, str]:
    """POST users/: what was done, and how the account signs in. The password that may stand there is left behind."""
    if not isinstance(value, dict):
        raise Misshapen("no object")
    whole(value.get("id"))
    return str(value.get("status", "")), str(value.get("auth", ""))
