"""Failures of ldap3 put as what to do next. Nothing of ldap3 leaves this connector."""

from __future__ import annotations

from ldap3.core import exceptions as ldap
from pyasn1.error import PyAsn1Error

from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import ConnectorError, StopConnector, TryLater

FOREIGN = (ldap.LDAPException, PyAsn1Error, OSError, ValueError, IndexError)
"""What ldap3 raises: its own errors, and, for an answer that is no LDAP, those of its decoders."""

_CREDENTIALS = (ldap.LDAPInvalidCredentialsResult, ldap.LDAPInappropriateAuthenticationResult)
_REFUSED = (
    ldap.LDAPInsufficientAccessRightsResult,
    ldap.LDAPConfidentialityRequiredResult,
    ldap.LDAPStrongerAuthRequiredResult,
    ldap.LDAPUnwillingToPerformResult,
    ldap.LDAPAuthMethodNotSupportedResult,
)
_TIMEOUTS = (ldap.LDAPSocketReceiveError, ldap.LDAPResponseTimeoutError, TimeoutError)
_ADVICE = "Check the address, the network and the certificate; nothing was changed there."


def failure(system: str, settings: LdapSettings, error: Exception, doing: str) -> ConnectorError:
    """The error of the contract for a failure while `doing` (`signing in`, `reading ou=people,dc=sch,dc=gr`)."""
    where = settings.address
    if isinstance(error, _CREDENTIALS):
        text = f"{where} refused the credentials of {settings.bind_dn or 'an anonymous reader'}."
        return StopConnector(system, text, hint="Check bind_dn and the password; ask the ΠΣΔ whether it expired.")
    if isinstance(error, ldap.LDAPNoSuchObjectResult):
        text = f"{where} has no such place, or hides it from {settings.bind_dn or 'an anonymous reader'} ({doing})."
        return StopConnector(system, text, hint="Check base, people and units, and the account's rights.")
    if isinstance(error, _REFUSED):
        text = f"{where} refused this account while {doing} ({_name(error)})."
        return StopConnector(system, text, hint="Ask the ΠΣΔ for the rights of the service account.")
    if isinstance(error, ldap.LDAPUnavailableCriticalExtensionResult):
        return StopConnector(system, f"{where} does not read in pages.", hint="Ask the ΠΣΔ to allow paged results.")
    if isinstance(error, ldap.LDAPAdminLimitExceededResult):
        text = f"{where} refused pages of {settings.page_size} entries."
        return StopConnector(system, text, hint="Set a smaller page_size, or ask the ΠΣΔ to raise the limit.")
    if doing == "starting TLS" and isinstance(error, ldap.LDAPOperationResult):
        text = f"{where} does not offer StartTLS ({_name(error)}); nothing is sent without it."
        return StopConnector(system, text, hint="Use ldaps://, or ask whether somebody stands in between.")
    if "certificate" in str(error).lower():
        text = f"the certificate of {where} could not be verified."
        return TryLater(
            system, text, hint="Check the host's name in the address, ca_file, and the certificate's dates."
        )
    if isinstance(error, _TIMEOUTS) or "timed out" in str(error):
        text = f"{where} gave no answer within {settings.timeout} s or broke off while {doing}."
        return TryLater(system, text, hint=_ADVICE)
    return TryLater(system, f"{where} could not be used while {doing} ({_name(error)}).", hint=_ADVICE)


def _name(error: Exception) -> str:
    """The kind of error, without its text, which may repeat what was sent."""
    name = type(error).__name__.removeprefix("LDAP").removesuffix("Result").removesuffix("Error")
    return name[:1].lower() + name[1:]
