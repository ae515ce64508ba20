"""The school network's directory over LDAP, by python-ldap or ldap3 (fact sheet directory).

Documented limits: a role that comes from a group and a change of a unit show only in a full read, not in a delta
(`changes`); with ldap3 one reply of the server, at most `page_size` entries, is held in memory at a time.
"""

from __future__ import annotations

from connectors.ldap.directory import LdapDirectory
from connectors.ldap.letter import LETTER
from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="ldap",
    title="Directory (LDAP)",
    roles=frozenset({Role.DIRECTORY}),
    settings=LdapSettings,
    build=LdapDirectory,
    letter=LETTER,
)

__all__ = ["SPEC", "LdapDirectory", "LdapSettings"]
