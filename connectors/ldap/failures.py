"""What to do next about a failure, the same whichever library told of it. Nothing of a library leaves this connector,
and none of its words, which may repeat what was sent."""

from __future__ import annotations

import ssl

from connectors.ldap.line import Kind
from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import ConnectorError, StopConnector, TryLater

_NAMES = {
    1: "operationsError",
    2: "protocolError",
    3: "timeLimitExceeded",
    4: "sizeLimitExceeded",
    7: "authMethodNotSupported",
    8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded",
    12: "unavailableCriticalExtension",
    13: "confidentialityRequired",
    16: "noSuchAttribute",
    17: "undefinedAttributeType",
    18: "inappropriateMatching",
    21: "invalidAttributeSyntax",
    32: "noSuchObject",
    33: "aliasProblem",
    34: "invalidDNSyntax",
    36: "aliasDereferencingProblem",
    48: "inappropriateAuthentication",
    49: "invalidCredentials",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
    54: "loopDetect",
    80: "other",
    4096: "e-syncRefreshRequired",
}
_CREDENTIALS = (48, 49)
_NO_SUCH_OBJECT = 32
_REFUSED = (7, 8, 13, 50, 53)
_NO_PAGES = 12
_ADMIN_LIMIT = 11
_OF_ANY_SIZE = (
    "A smaller page_size does not help: ask the ΠΣΔ to allow this account paged results (in slapd size.prtotal and"
    " size.unchecked)."
)
CHECK_PLACES = "Check base, people and units, and the account's rights."
_ADVICE = "Check the address, the network and the certificate; nothing was changed there."


def named(code: int) -> str:
    """A result code by its name in RFC 4511, appendix A (`sizeLimitExceeded`)."""
    return _NAMES.get(code, f"result {code}")


def failure(system: str, settings: LdapSettings, what: int | Kind, doing: str) -> ConnectorError:
    """The error of the contract for a result code, or another failure, while `doing` (`signing in`, `reading
    ou=people,dc=sch,dc=gr`)."""
    if isinstance(what, Kind):
        return _broken(system, settings, what, doing)
    where = settings.address
    who = settings.bind_dn or "an anonymous reader"
    if doing == "starting TLS":
        text = f"{where} does not offer StartTLS ({named(what)}); nothing is sent without it."
        return StopConnector(system, text, hint="Use ldaps://, or ask whether somebody stands in between.")
    if what in _CREDENTIALS:
        text = f"{where} refused the credentials of {who}."
        return StopConnector(system, text, hint="Check bind_dn and the password; ask the ΠΣΔ whether it expired.")
    if what == _NO_SUCH_OBJECT:
        text = f"{where} has no such place, or hides it from {who} ({doing})."
        return StopConnector(system, text, hint=CHECK_PLACES)
    if what in _REFUSED:
        text = f"{where} refused this account while {doing} ({named(what)})."
        return StopConnector(system, text, hint="Ask the ΠΣΔ for the rights of the service account.")
    if what == _NO_PAGES:
        return StopConnector(system, f"{where} does not read in pages.", hint="Ask the ΠΣΔ to allow paged results.")
    if what == _ADMIN_LIMIT:
        text = f"{where} refused pages of {settings.page_size} entries."
        return StopConnector(system, text, hint="Set a smaller page_size, or ask the ΠΣΔ to raise the limit.")
    return TryLater(system, f"{where} could not be used while {doing} ({named(what)}).", hint=_ADVICE)


def no_page(system: str, settings: LdapSettings) -> StopConnector:
    """The error where not even a page of one entry is given (slapd: `size.prtotal=disabled`, or more entries to look at
    than `size.unchecked`)."""
    text = f"{settings.address} refuses {settings.bind_dn or 'an anonymous reader'} pages of any size."
    return StopConnector(system, text, hint=_OF_ANY_SIZE)


_CERTIFICATE = (Kind.CERTIFICATE, Kind.EXPIRED, Kind.EARLY, Kind.OTHER_HOST, Kind.UNKNOWN_AUTHORITY)


def _broken(system: str, settings: LdapSettings, kind: Kind, doing: str) -> ConnectorError:
    where = settings.address
    if kind in _CERTIFICATE:
        hint = "Check the host's name in the address, ca_file, and the certificate's dates."
        if kind is Kind.CERTIFICATE:
            return TryLater(system, f"the certificate of {where} could not be verified.", hint=hint)
        return TryLater(system, f"the certificate of {where} could not be verified ({kind.value}).", hint=hint)
    if kind is Kind.TIMEOUT:
        hint = "Check the address and the network, or set a longer timeout; nothing was changed there."
        return TryLater(system, f"{where} gave no answer within {settings.timeout} s while {doing}.", hint=hint)
    if kind is Kind.NO_SUCH_NAME:
        hint = "Check the host's name in the address, and whether names are resolved here (DNS)."
        return TryLater(system, f"{where} could not be used while {doing} ({kind.value}).", hint=hint)
    return TryLater(system, f"{where} could not be used while {doing} ({kind.value}).", hint=_ADVICE)


def check_ca_file(system: str, settings: LdapSettings, ca_file: str) -> None:
    """Raises `StopConnector` where the certificates to trust cannot be read."""
    try:
        ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one of them
        text = f"ca_file {settings.ca_file} cannot be used ({error.strerror or 'it holds no certificate'})."
        raise StopConnector(system, text, hint="Check its path, its rights, and that it is PEM.") from None
