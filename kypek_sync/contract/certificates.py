"""Why a certificate could not be verified, in words that say what to mend.

Told from the library's sentence, for `requests` and ldap3 hand on nothing else. OpenSSL's words are the same whoever
calls it: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/; those about the host's
name are Python's.
"""

from __future__ import annotations

from enum import Enum


class Doubt(Enum):
    """What is wrong with a certificate; the value goes into a sentence."""

    EXPIRED = "it has expired"
    EARLY = "it is not valid yet"
    OTHER_HOST = "it is for another host name"
    UNKNOWN_AUTHORITY = "no authority that is trusted here signed it"


_WORDS = (
    (Doubt.EXPIRED, ("certificate has expired",)),
    (Doubt.EARLY, ("certificate is not yet valid",)),
    (Doubt.OTHER_HOST, ("hostname mismatch", "ip address mismatch", "doesn't match")),
    (Doubt.UNKNOWN_AUTHORITY, ("self-signed certificate", "self signed certificate", "issuer certificate")),
)


def doubt_of(sentence: str) -> Doubt | None:
    """What the library says of a certificate that it refuses; None where its words are not known."""
    said = sentence.lower()
    return next((doubt for doubt, words in _WORDS if any(word in said for word in words)), None)
