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
_UNKNOWN = 3
"""The error code for somebody who is not there."""
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
        if not self._newer_now(enrolment.login):
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

    def _newer_now(self, login: str) -> bool:
        """Whether the answer about this unknown person is that of the newer API: the version is remembered for a day,
        and an eClass that was put back meanwhile would make a local account, which lets nobody in (E-15)."""
        reply = self._client.ask("users", username=login)
        return reply.code == _UNKNOWN and reply.status != 200


def _made(value: Any) -> tuple[str, str]:
    """POST users/: what was done, and how the account signs in. The password that may stand there is left behind."""
    if not isinstance(value, dict):
        raise Misshapen("no object")
    whole(value.get("id"))
    return str(value.get("status", "")), str(value.get("auth", ""))
