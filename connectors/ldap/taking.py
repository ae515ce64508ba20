"""From an entry to what the keeper of a read gets: nothing where it is as it was, else what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from connectors.ldap.known_bytes import of_values
from kypek_sync.contract import Digester, Entry, Keeper
from kypek_sync.model import Finding

T = TypeVar("T")


class Taker(Generic[T]):
    """Both ways of handing over the entries of one read: `same` for octets, `take` for an entry that was taken apart.
    `mapped` is what an entry stands for, with what is odd about it.

    Entries are digested by their octets, or by what their octets would be: one that is as it was is so for whichever
    library reads it or hears of it.
    """

    def __init__(
        self,
        keeper: Keeper[T],
        digester: Digester,
        mapped: Callable[[Entry], tuple[T | None, Sequence[Finding]]],
    ) -> None:
        self._keeper = keeper
        self._known = keeper.same
        self._digest = digester.of_octets
        self._mapped = mapped
        self._asked: bytes | None = None

    def same(self, name: bytes, attributes: list[bytes]) -> bool:
        """Whether an entry of these octets is as it was (`line.Same`)."""
        digest = self._digest(_together(name, attributes))
        if self._known(digest):
            return True
        self._asked = digest
        return False

    def take(self, dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        """One entry that was taken apart (`line.Take`), right after `same` was asked about its octets, if it was."""
        digest, self._asked = self._asked, None
        if digest is None:
            digest = self._digest(_together(dn.encode(), of_values(raw)))
            if self._known(digest):
                return
        item, odd = self._mapped(Entry.of(dn, raw))
        self._keeper.take(item, digest, odd)


def _together(name: bytes, attributes: list[bytes]) -> bytes:
    """Every part has its length before it."""
    return b"".join((len(name).to_bytes(4, "big"), name, *attributes))
