"""Why a connection could not be encrypted, found out by a handshake of Python's own.

OpenLDAP's library tells a wrong certificate, a closed connection and a refused one apart in no way that can be relied
on (`Connect error`, `unknown error code`), and by other words with each library that it was built with.
"""

from __future__ import annotations

import socket
import ssl

from connectors.ldap.line import Kind, of_certificate
from connectors.ldap.settings import LdapSettings

_START_TLS = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
"""The request of RFC 4511, section 4.14, as message 1."""


def refusal(settings: LdapSettings, ca_file: str) -> Kind | None:
    """What goes wrong when one connects and shakes hands; None when nothing does. Nothing else is sent."""
    try:
        trust = ssl.create_default_context(cafile=ca_file or None)
        with socket.create_connection((settings.host, settings.port), settings.timeout) as plain:
            return _shake(plain, trust, settings)
    except TimeoutError:
        return Kind.TIMEOUT
    except OSError:
        return Kind.UNREACHABLE


def _shake(plain: socket.socket, trust: ssl.SSLContext, settings: LdapSettings) -> Kind | None:
    try:
        if not settings.ldaps:
            plain.sendall(_START_TLS)
            if not plain.recv(4096):
                return Kind.BROKEN
        with trust.wrap_socket(plain, server_hostname=settings.host):
            return None
    except TimeoutError:
        return Kind.TIMEOUT
    except ssl.SSLCertVerificationError as error:
        return of_certificate(str(error))
    except OSError:
        return Kind.BROKEN
