"""Where the programme named an existing course, and names only its platform or another course now: told, since nothing
changes by it.

The seminar stays in that course: to make another beside it, or to take its people out, because an address was cleared
or changed would move people whom nobody decided to move (design, rules 4 and 20).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from kypek_sync.contract import Connector, CourseAddresses, CourseKey
from kypek_sync.language import Text
from kypek_sync.ledger import bindings
from kypek_sync.ledger.bindings import Binding
from kypek_sync.sync.courses.group_names import adopted
from kypek_sync.sync.planning.desired import WishedCourse


def bare_names(
    connection: Connection,
    kypek: str,
    wished: Iterable[WishedCourse],
    connector: Callable[[str], Connector],
    text: Text,
) -> dict[CourseKey, str]:
    """A sentence for each course that was adopted by its address and is not named by one any more, and for each in
    whose place the programme names another. `wished` are the courses of seminars that are not over; `connector` gives
    the one of a name."""
    alive = sorted((wish for wish in wished if not wish.cancelled), key=lambda wish: wish.key)
    bound = bindings.known(connection, kypek, "course") if alive else {}
    existing = adopted(connection, kypek) if alive else frozenset()
    found = {}
    for wish in alive:
        key = wish.key
        if key not in bound:
            continue
        if not wish.adopt and key in existing:
            said = _bare if wish.mirror else _no_course
            found[key] = said(key, bound[key].address, text)
        elif wish.adopt and _another(wish.adopt, bound[key], connector(key.system)):
            found[key] = _other_course(key, bound[key].address, wish.adopt, text)
    return found


def _another(address: str, course: Binding, platform: Connector) -> bool:
    """Whether an address names another course than the one that is bound, or none; where nobody can tell, it is the
    same."""
    return isinstance(platform, CourseAddresses) and platform.named_by(address) != course.foreign_id


def _no_course(key: CourseKey, address: str, text: Text) -> str:
    return text(
        "%(system)s: the programme names no course for %(seminar)s any more: people still apply in the one whose "
        "address stood there, %(address)s, and it gets none of its own. Write the address again.",
        system=key.system,
        seminar=key.course,
        address=address or "–",
    )


def _other_course(key: CourseKey, address: str, named: str, text: Text) -> str:
    return text(
        "%(system)s: the programme names another course for %(seminar)s now, %(named)s: it stays in the one that it "
        "has, %(address)s, with its people, for an address moves nobody. Write the earlier address again; to begin "
        "anew in the other course, cancel the seminar and offer it under a new code.",
        system=key.system,
        seminar=key.course,
        named=named,
        address=address or "–",
    )


def _bare(key: CourseKey, address: str, text: Text) -> str:
    return text(
        "%(system)s: the programme names only the platform for %(seminar)s now, and no course there any more: it stays "
        "in the course whose address stood there, %(address)s, with its people, and gets none of its own. Write the "
        "address again; if it should not be taught there any more, take the platform out of its row.",
        system=key.system,
        seminar=key.course,
        address=address or "–",
    )
