"""The school network's directory over LDAP, by ldap3 or python-ldap (fact sheet directory).

Documented limits: a role that comes from a group and a change of a unit show only in a full read, not in a delta
(`changes`); what is heard or read by python-ldap is bounded by the deadline, not by its size.
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
