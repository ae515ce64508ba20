"""Where the programme named an existing course, and names only its platform now: told, since nothing changes by it.

The seminar stays in that course: to make another beside it, or to take its people out, because an address was cleared
would move people whom nobody decided to move (design, rules 4 and 20).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kypek_sync.contract import CourseKey
from kypek_sync.language import Text
from kypek_sync.ledger import bindings
from kypek_sync.sync.courses.group_names import adopted
from kypek_sync.sync.planning.desired import WishedCourse


def bare_names(connection: Connection, kypek: str, wished: Iterable[WishedCourse], text: Text) -> dict[CourseKey, str]:
    """A sentence for each teaching course that was adopted by its address, and is not named by one any more. `wished`
    are the courses of seminars that are not over."""
    bare = [wish.key for wish in wished if wish.mirror and not wish.adopt and not wish.cancelled]
    existing = adopted(connection, kypek) if bare else frozenset()
    bound = bindings.known(connection, kypek, "course") if bare else {}
    return {key: _said(key, bound[key].address, text) for key in sorted(bare) if key in existing and key in bound}


def _said(key: CourseKey, address: str, text: Text) -> str:
    return text(
        "%(system)s: the programme names only the platform for %(seminar)s now, and no course there any more: it stays "
        "in the course whose address stood there, %(address)s, with its people, and gets none of its own. Write the "
        "address again; if it should not be taught there any more, take the platform out of its row.",
        system=key.system,
        seminar=key.course,
        address=address or "–",
    )
