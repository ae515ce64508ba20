"""The directory from an export: an LDIF file that the centre receives or draws with `ldapsearch` (RFC 2849).

Documented limits: an export is as old as its file, so a snapshot's `as_of` is the file's time of change; there is no
delta. Draw it as `ldapsearch … "*" "+"` without -L, -LL or -LLL: only then does the file carry its own count and the
search's result (`# numEntries`, `result: 0 Success`); drawn in pages, it must have the count behind the last one. Of
any other file the last entry must be followed by a blank line, as ldapsearch writes one, or end with the attribute with
which all others end. One that a server's limit ended, or that was cut exactly between two entries, cannot be told from
a whole one; `check` says so, and the engine's comparison with the last good read stands behind it: after an export that
told its own end one that does not is believed only if it has no fewer entries.
"""

from __future__ import annotations

from connectors.ldif.directory import LdifDirectory
from connectors.ldif.settings import LdifSettings
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="ldif",
    title="Directory export (LDIF)",
    roles=frozenset({Role.DIRECTORY}),
    settings=LdifSettings,
    build=LdifDirectory,
)

__all__ = ["SPEC", "LdifDirectory", "LdifSettings"]
