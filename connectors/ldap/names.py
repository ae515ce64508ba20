"""Who is there, by the names of their entries, and when entries were changed, on the way to whoever takes them."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import connectors.ldap.cursor as cursors
from connectors.ldap.client import LdapClient, Same, Search, Take
from kypek_sync.contract import ConnectorError, leaf

STAMP = "modifyTimestamp"
_STAMPED = b"\x30\x24\x04\x0fmodifyTimestamp\x31\x11\x04\x0f"
"""How it begins, whole seconds of UTC being its only value (`known_bytes`)."""
_USUAL = re.compile("uid=([0-9a-z]+),").match
NO_ATTRIBUTES = "1.1"
"""Asks for the name of an entry alone (RFC 4511, section 4.5.1.8)."""
AT_ONCE = 10_000
"""Names of one page: they take no more room than a thousand entries, and to begin a page takes a server and us as long
as some hundred names."""
EVERYBODY = "(!(objectClass=alias))"
"""Whom a directory shows: an alias is nobody."""
_ALIASES, _ANY = "(objectClass=alias)", "(objectClass=*)"


@dataclass
class Stamped:
    """Hands entries on without their modifyTimestamp, and keeps the newest that is not too far `ahead`, and who they
    were."""

    take: Take
    ahead: datetime
    newest: str = ""
    logins: set[str] = field(default_factory=set)
    named: bool = False
    same: Same | None = None

    def as_it_was(self, name: bytes, attributes: list[bytes]) -> bool:
        """One that is perhaps as it was. Where its modifyTimestamp has another form than always, it is to be taken
        apart."""
        at = bisect_left(attributes, _STAMPED)
        if self.same is None or at == len(attributes) or not attributes[at].startswith(_STAMPED):
            return False
        if not self.same(name, attributes[:at] + attributes[at + 1 :]):
            return False
        self._see(attributes[at][len(_STAMPED) :].decode("ascii", "replace"))
        return True

    def __call__(self, dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        """One entry."""
        rest = dict(raw)
        stamp = rest.pop(STAMP, None)
        if stamp is None:
            for name in [each for each in rest if each.casefold() == STAMP.casefold()]:
                stamp = rest.pop(name)
        if stamp:
            self._see(stamp[0].decode("ascii", "replace"))
        if self.named:
            self.logins.add(login_of(dn, raw))
        self.take(dn, rest)

    def _see(self, stamp: str) -> None:
        if len(stamp) == len(self.newest) and stamp <= self.newest:
            return  # as with nearly all of a country: no newer one, in the form in which the newest is written
        at = cursors.moment(stamp)
        if at is not None and at <= self.ahead:
            self.newest = max(self.newest, cursors.written(at))


@dataclass(frozen=True, slots=True)
class Names:
    """The logins of everybody, how many seconds it took to read them, and why they may not be all."""

    logins: frozenset[str]
    took: float
    why_partial: str


def names_of_all(client: LdapClient, everybody: Search) -> Names:
    """Read them: only the names of the entries, which takes a third less; with their attribute where one of them is
    named otherwise. Raises `TryLater` and `StopConnector`."""
    began = time.monotonic()
    asked = _asked(client, everybody)
    logins, why = _logins(client, asked, NO_ATTRIBUTES)
    if "" in logins:
        logins, why = _logins(client, asked, "uid")
    return Names(frozenset(logins - {""}), time.monotonic() - began, why)


def _asked(client: LdapClient, everybody: Search) -> Search:
    """The same by the filter that everything passes, where there is no alias: to hold each entry against the other one
    takes a server a fifth longer. An alias that comes in between is there and is nobody we know, so that a full read
    decides."""
    if everybody.filter != EVERYBODY:
        return everybody
    try:
        aliases = client.look(replace(everybody, filter=_ALIASES, attributes=(NO_ATTRIBUTES,)), limit=1)
    except ConnectorError:
        return everybody  # no index, perhaps, and a limit: reading will say what is the matter
    return everybody if aliases else replace(everybody, filter=_ANY)


def _logins(client: LdapClient, everybody: Search, attribute: str) -> tuple[set[str], str]:
    """The logins of everybody, an empty one for an entry that does not show its own; and why they may not be all."""
    logins: set[str] = set()

    def take(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        logins.add(login_of(dn, raw))

    ending = client.read_all(replace(everybody, attributes=(attribute,)), take, at_once=AT_ONCE)
    return logins, ending.why_partial or ("" if ending.entries else "The directory showed no entry at all.")


def login_of(dn: str, raw: Mapping[str, Sequence[bytes]]) -> str:
    """The login of an entry as `person_of` finds it: the uid of its name, else its first one; empty where there is
    none."""
    if (usual := _USUAL(dn)) is not None:
        return usual[1]  # as nearly all of a country's: in normal form as it is
    try:
        kind, value = leaf(dn)
    except ValueError:
        kind, value = "", ""
    if kind == "uid":
        return value
    for name, values in raw.items():
        if name.casefold() == "uid" and values:
            return " ".join(values[0].decode("utf-8", "replace").split()).casefold()
    return ""
