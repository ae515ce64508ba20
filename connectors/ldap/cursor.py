"""Where a delta starts: the server's own time and state, never our clock's (D-36, D-37). Pure.

The state is `contextCSN`, which OpenLDAP keeps on the suffix where `syncprov` is on: one value for each server that
changes are made on, each the moment of the last change made there. Where it cannot be read there is only the newest
`modifyTimestamp` that was seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import Enum

MOMENT = "%Y%m%d%H%M%SZ"
"""How LDAP writes a moment, in UTC."""

YEARS = range(1970, 9999)
"""A server whose clock stands elsewhere says nothing of when."""

_CSN = re.compile(r"(\d{14})\.\d{6}Z#[0-9a-f]{6}#([0-9a-f]{3})#[0-9a-f]{6}")
_COOKIE = re.compile(r"(?:^|,)csn=([^,]*)")


class Order(Enum):
    """How one state of a server stands to an earlier look at it."""

    SAME = "same"
    LATER = "later"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where changes have been seen.

    `of` says of what: another server, place, mapping or key makes it worth nothing. `state` are the contextCSN values,
    sorted by their server (empty: not known); `newest` is the newest modifyTimestamp up to which all was seen, and
    `held` whether an entry that bears it, or a later one, is there. `names_at` is when the names of all were last held
    against those we know, by our clock, which decides only when they are again; `names_took` seconds, 0 where not
    known; `unseen`: deletions up to `newest` may have been missed since.
    """

    of: str
    newest: str
    state: tuple[str, ...] = ()
    held: bool = True
    names_at: str = ""
    names_took: float = 0.0
    unseen: bool = False

    def written(self) -> str:
        """As the ledger keeps it."""
        return json.dumps(asdict(self), sort_keys=True)


def cursor_of(text: str) -> Cursor | None:
    """What `written` wrote; None for anything else."""
    try:
        body = json.loads(text)
        found = Cursor(**{**body, "state": tuple(body["state"])})
    except (ValueError, TypeError, KeyError):
        return None
    kinds = {"of": str, "newest": str, "state": tuple, "held": bool, "names_at": str, "unseen": bool}
    right = all(isinstance(getattr(found, name), kind) for name, kind in kinds.items())
    right = right and isinstance(found.names_took, (int, float)) and set(body) == {one.name for one in fields(Cursor)}
    if not right or moment(found.newest) is None or not all(_is_csn(str(csn)) for csn in found.state):
        return None
    return found


def moment(text: str) -> datetime | None:
    """A moment of LDAP as aware UTC; None where it is none, or of a year in which nothing can have been written (one
    can reckon from the rest). Fractions of a second are left out."""
    try:
        at = datetime.strptime(text[:14] + text[-1:], MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.year in YEARS else None


def written(at: datetime) -> str:
    """A moment as LDAP writes it."""
    return at.astimezone(UTC).strftime(MOMENT)


def state_of(raw: Mapping[str, Sequence[bytes]]) -> tuple[str, ...]:
    """The contextCSN values of an entry, sorted by their server; empty where there are none or one is none."""
    values = [value.decode("ascii", "replace") for name, those in raw.items() for value in _named(name, those)]
    return _sorted(values) if all(map(_is_csn, values)) else ()


def state_in(cookie: str) -> tuple[str, ...]:
    """The state in a cookie of syncrepl; empty where it has another form than OpenLDAP's."""
    found = _COOKIE.search(cookie)
    values = found[1].split(";") if found else []
    return _sorted(values) if values and all(map(_is_csn, values)) else ()


def cookie_of(state: Sequence[str]) -> str:
    """A cookie of syncrepl for a state, as OpenLDAP gives them."""
    return f"rid=000,csn={';'.join(state)}"


def newest_of(state: Sequence[str]) -> str:
    """The moment of the last change in a state, as modifyTimestamp says it."""
    return max(csn[:14] for csn in state) + "Z"


def order(before: Sequence[str], now: Sequence[str]) -> Order:
    """How the state of now stands to the one before. A server that is missing now stands still or is another one."""
    old, new = _by_server(before), _by_server(now)
    if any(server not in new or new[server] < csn for server, csn in old.items()):
        return Order.EARLIER
    return Order.SAME if old == new else Order.LATER


def older(csn: str, state: Sequence[str]) -> bool:
    """Whether the change of an entry (its entryCSN) is older than what a state says was seen of its server."""
    found = _CSN.fullmatch(csn)
    seen = _by_server(state)
    return found is not None and csn < seen.get(found[2], "")


def _is_csn(value: str) -> bool:
    return _CSN.fullmatch(value) is not None and moment(f"{value[:14]}Z") is not None


def _named(name: str, values: Sequence[bytes]) -> Sequence[bytes]:
    return values if name.casefold() == "contextcsn" else ()


def _by_server(state: Iterable[str]) -> dict[str, str]:
    return {csn.split("#")[2]: csn for csn in state}


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda csn: csn.split("#")[2]))
