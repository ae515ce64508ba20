"""The school network's directory over LDAP, by ldap3 (fact sheet directory).

Documented limits: a delta (`people_since`) comes from modifyTimestamp and never shows deletions (D-36); the wire keeps
one reply of the server in memory at a time, at most `page_size` entries.
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
