"""What Moodle's error codes mean for what to do next (section 2 of the sheet). Nearly all come with status 200."""

from __future__ import annotations

from typing import Any

from kypek_sync.contract import Ambiguous, ConnectorError, SkipThis, StopConnector, TryLater


class Refused(SkipThis):
    """Moodle refused a call and undid all of it. `code` is its errorcode."""

    def __init__(self, system: str, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(system, message, hint=hint)
        self.code = code

    @property
    def common(self) -> bool:
        """Whether every element of a batch would be refused for the same reason, so that dividing it helps nobody."""
        return self.code in _COMMON


class Faulted(Ambiguous):
    """PHP itself failed: the call is over, what it did is unknown until looked at (M-2, M-11)."""


class Broke(TryLater):
    """PHP itself failed in a call that only reads: something that it was asked for is in its way, not the server."""


_STOP = {
    "invalidtoken": (
        "refuses the token: it is mistyped, deleted or expired, or the address is not the site's own"
        " (Moodle gives one answer for all of these).",
        "Make a new token (Site administration, Server, Web services, Manage tokens) and put it in the settings; check"
        " that the address is exactly the site's. Seats stay as they are.",
    ),
    "wsaccessusersuspended": ("says that the service account is suspended.", "Ask its administrators to restore it."),
    "wsaccessusernologin": (
        "says that the service account may not log in.",
        "Ask its administrators to give the account another authentication method than `nologin`.",
    ),
    "wsaccessuserexpired": ("says that the service account's password has expired.", "Ask for a new one."),
    "wsaccessuserunconfirmed": ("says that the service account is not confirmed.", "Ask for it to be confirmed."),
    "servicenotavailable": (
        "says that the token's service is not there.",
        "Compare it with `kypek-sync connector moodle setup`.",
    ),
}
_ACCESS = (
    "Compare token, service and functions with `kypek-sync connector moodle setup`. Leave the user's own `valid until`"
    " in the service empty: Moodle compares it the wrong way round."
)
SWITCHED_OFF = (
    "has its web services or the REST protocol switched off.",
    "Ask its administrators to enable web services and the protocol REST (Site administration, Server, Web services).",
)
_LATER = {
    "sitemaintenance": "is in maintenance.",
    "upgraderunning": "is being upgraded.",
}
_COMMON = frozenset(
    {
        "nopermissions",
        "errorcoursecontextnotvalid",
        "requireloginerror",
        "wsusercannotassign",
        "wsnoinstance",
        "invalidrecord",
        "invalidrecordunknown",
        "coursehidden",
    }
)
_MEANING = {
    "nopermissions": "The service account lacks a capability; `kypek-sync connector moodle setup` lists them.",
    "errorcoursecontextnotvalid": "The service account may not enter this course or category.",
    "requireloginerror": "The service account may not enter this course.",
    "wsusercannotassign": "The service account's role may not assign this role: see «Allow role assignments».",
    "wsnoinstance": "Switch on the method «Manual enrolments» in the course.",
    "dmlwriteexception": "Moodle's database refused a row: a text too long, or somebody did the same at that moment.",
}


def refusal(system: str, address: str, function: str, said: dict[str, Any], *, write: bool) -> ConnectorError:
    """The error for an answer that carries `exception`. `said` is hostile: only short, plain parts of it are shown."""
    code = _short(said.get("errorcode"))
    if not code:
        words = f"{function} failed inside Moodle ({_short(said.get('exception'))}: {_short(said.get('message'))})."
        if write:
            return Faulted(system, words, hint="It is looked at before anything is sent again.")
        return Broke(system, words, hint="If it goes on, its administrators find more in the server's log.")
    if code == "accessexception":
        words = (
            f"{address} denies access: the token has expired, is limited to other IP addresses, its service lacks"
            f" {function}, or its account lacks webservice/rest:use."
        )
        return StopConnector(system, words, hint=_ACCESS)
    if code in _STOP:
        says, hint = _STOP[code]
        return StopConnector(system, f"{address} {says}", hint=hint)
    if code in _LATER:
        return TryLater(system, f"{address} {_LATER[code]}", hint="What we know stays as it is.")
    words = f"Moodle refused {function} ({code}: {_short(said.get('message')).rstrip('.')})."
    return Refused(system, code, words, hint=_MEANING.get(code, ""))


def _short(value: object) -> str:
    words = " ".join(str(value or "").split())
    return "".join(letter for letter in words if letter.isprintable())[:200]
