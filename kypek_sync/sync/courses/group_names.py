"""What the group of those with a seat is called where a seminar is only one of several in its course.

A course that we made for a seminar has «Συμμετέχοντες». One that existed has, or may get, other seminars: there each
has a group of its own, called so from the first day, that nothing has to be renamed when the course becomes shared or
stops being so. A group that we know already keeps its name whatever happens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from kypek_sync.ledger import bindings
from kypek_sync.ledger.bindings import Binding
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import SEATED, WishedCourse

Key = tuple[str, str]


def with_own_groups(
    wished: Iterable[WishedCourse],
    known: Mapping[Key, Binding],
    existing: Collection[Key],
    kypek: str,
) -> tuple[WishedCourse, ...]:
    """The wishes, teaching courses with the name of their group of seats. `known` are the groups by (system,
    `COURSE/name`), `existing` the courses that existed before us; `kypek` goes into the name where the installation has
    several, since two may use one code: empty where it has one."""
    names: dict[Key, str] = {}
    for system, ref in sorted(known):
        course, _, name = ref.rpartition("/")
        if name.startswith(SEATED):
            names.setdefault((system, course), name)
    return tuple(_named(wish, names, existing, kypek) if wish.mirror else wish for wish in wished)


def named(
    connection: Connection, inst: Installation, kypek: str, wished: Iterable[WishedCourse]
) -> tuple[WishedCourse, ...]:
    """The wishes of a KYPEK with the names of their groups, as its ledger knows them."""
    several = len(inst.loaded.settings.kypeks) > 1
    known = bindings.known(connection, kypek, "group")
    return with_own_groups(wished, known, adopted(connection, kypek), kypek if several else "")


def adopted(connection: Connection, kypek: str) -> frozenset[Key]:
    """The courses that existed before us, and that a programme named by their address."""
    reasons = bindings.reasons(connection, kypek, "course")
    return frozenset(key for key, why in reasons.items() if "adopted" in why.get("", frozenset()))


def _named(wish: WishedCourse, names: Mapping[Key, str], existing: Collection[Key], kypek: str) -> WishedCourse:
    ours = SEATED
    if wish.adopt or wish.key in existing:
        own = wish.course.replace("/", " ")
        ours = f"{SEATED} {own} ({kypek})" if kypek else f"{SEATED} {own}"
    name = names.get(wish.key, ours)
    return replace(wish, groups=tuple((name if group == SEATED else group, logins) for group, logins in wish.groups))
