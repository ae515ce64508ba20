"""What the group of those with a seat is called where a seminar is only one of several in its course.

A course that we made for a seminar has «Συμμετέχοντες». One that existed has, or may get, other seminars: there each
has a group of its own, called so from the first day, that nothing has to be renamed when the course becomes shared or
stops being so: in the words of the programme, «Συμμετέχοντες – Ρομποτική – πρωινό», and only where two would be called
the same with the seminar's code. A group that we know already keeps its name whatever happens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from kypek_sync.ledger import bindings
from kypek_sync.ledger.bindings import Binding
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import CANCELLED, SEATED, WishedCourse

Key = tuple[str, str]
LONGEST = 100
"""Letters of a seminar's words in the name; platforms have room for some 250."""

_ODD = re.compile(r"[^\w .,:;!?()'’΄«»–-]|[^\u0000-\uffff]")
"""What a platform may keep otherwise than it was written, or what parts our own names: the group would not be found."""


def with_own_groups(
    wished: Iterable[WishedCourse],
    known: Collection[Key],
    existing: Collection[Key],
    kypek: str = "",
    shown: Mapping[Key, Collection[str]] | None = None,
    former: str = "",
) -> tuple[WishedCourse, ...]:
    """The wishes, teaching courses with the name of their group of seats. `known` are the groups by (system,
    `COURSE/name`), `existing` the courses that existed before us; `kypek` is what the KYPEK is called where the
    installation has several, since two may have seminars of one title: empty where it has one. `shown` are the names of
    groups in each course: one that bears the name that we gave in earlier versions is ours still, `former` what the
    KYPEK was called in it."""
    wishes = tuple(wished)
    names: dict[Key, str] = {}
    for system, ref in sorted(known):
        course, _, name = ref.rpartition("/")
        if name.startswith(SEATED):
            names.setdefault((system, course), name)
    found: dict[Key, str] = {}
    for wish in wishes:
        if wish.mirror:
            old = _as_before(wish, (shown or {}).get(wish.key, ()), former)
            found[wish.key] = names.get(wish.key) or old or _name(wish, existing, kypek)
    often = Counter((system, name) for (system, _), name in found.items())
    taken = {(key[0], name): key for key, name in names.items()}
    for wish in wishes:
        place = wish.system, found.get(wish.key, SEATED)
        same = often[place] > 1 or taken.get(place, wish.key) != wish.key
        if place[1] != SEATED and same and wish.key not in names:
            found[wish.key] = _name(wish, existing, kypek, wish.seminar)
    return tuple(_named(wish, found[wish.key]) if wish.mirror else wish for wish in wishes)


def named(
    connection: Connection,
    inst: Installation,
    kypek: str,
    wished: Iterable[WishedCourse],
    courses: Mapping[Key, CourseRead] | None = None,
) -> tuple[WishedCourse, ...]:
    """The wishes of a KYPEK with the names of their groups, as its ledger knows them, and the reads of a pass where
    there are some: a group that was found by its name is known from then on, whatever the seminar is called later."""
    known = bindings.known(connection, kypek, "group")
    reads = (courses or {}).items()
    shown = {key: {one.name: one.id for one in read.groups.items} for key, read in reads if read.groups is not None}
    several = len(inst.loaded.settings.kypeks) > 1
    words = inst.kypek(kypek).name if several else ""
    found = with_own_groups(wished, known, adopted(connection, kypek), words, shown, kypek if several else "")
    for wish in found:
        place, identity = (wish.system, f"{wish.course}/{wish.seats_group}"), shown.get(wish.key, {})
        if wish.mirror and place not in known and wish.seats_group in identity:
            group = Binding(wish.system, "group", place[1], identity[wish.seats_group], "")
            bindings.learn(connection, kypek, group, inst.clock())
    return found


def adopted(connection: Connection, kypek: str) -> frozenset[Key]:
    """The courses that existed before us, and that a programme named by their address."""
    reasons = bindings.reasons(connection, kypek, "course")
    return frozenset(key for key, why in reasons.items() if "adopted" in why.get("", frozenset()))


def _as_before(wish: WishedCourse, shown: Collection[str], former: str) -> str:
    """The name that earlier versions gave, if the course shows a group of it; else empty."""
    plain = f"{SEATED} {wish.course.replace('/', ' ')}"
    return next((name for name in (f"{plain} ({former})", plain) if name in shown), "")


def _name(wish: WishedCourse, existing: Collection[Key], kypek: str, code: str = "") -> str:
    if not (wish.adopt or wish.key in existing):
        return SEATED
    words = _plain(wish.draft.title.removeprefix(CANCELLED)) or wish.seminar
    words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
    said = [SEATED, "–", words, *(f"({_plain(one)})" for one in (code, kypek) if one)]
    return " ".join(said)


def _plain(text: str) -> str:
    """One line of letters, digits and plain marks."""
    return " ".join(_ODD.sub(" ", text).split())


def _named(wish: WishedCourse, name: str) -> WishedCourse:
    return replace(wish, groups=tuple((name if group == SEATED else group, logins) for group, logins in wish.groups))
