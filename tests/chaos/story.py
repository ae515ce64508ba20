"""What people do while the daemon dies: programmes change, teachers apply and leave. Invented once, played twice.

Every move is one whose end does not depend on when the engine notices it, so that two runs can be compared:

- of a seminar's applications each is later than those before, and nobody who left comes back: whoever is served first
  come, first served, in one pass or in twenty, the same have the seats in the end;
- seats are only added where people wait, and only taken away where more are free: a seat once given is never taken
  back, so a number that went up and down again would leave as many as the engine happened to see;
- a seminar is cancelled only while nobody applied, and once all its courses and their groups exist;
- so few leave each seminar that no limit holds them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kypek_sync.sandbox.simulators import Worlds
from tests.chaos.place import MOST_SEMINARS, PREFIX, Place
from tests.chaos.programme import CANCELLED, Programme

MOST_APPLICANTS = 14
MOST_LEAVING = 3
ENOUGH_TO_LEAVE = 8
BEFORE = timedelta(minutes=30)
"""Applications are made this long before the scenario's present, each a minute after the last one of its course: old
enough for a read to decide about them, and never in the same minute. Moodle's report tells no seconds (M-35), and of
two in one minute a lot decides, if they are read together."""


@dataclass(frozen=True, slots=True)
class Move:
    """One deed of people. `what`: `write` (the programme says `values` of a seminar), `apply` or `leave` (`login` in
    `course`: a seminar's code, or platform/course of one that existed before). `at`: minutes after the first moment."""

    what: str
    course: str
    login: str = ""
    at: int = 0
    values: tuple[tuple[str, str], ...] = ()


@dataclass
class Story:
    """Invents moves that fit what is there; `told` are those that were played, in order."""

    place: Place
    programme: Programme
    rng: random.Random
    told: list[Move] = field(default_factory=list)
    _applied: dict[str, list[str]] = field(default_factory=dict)
    _moments: Counter[str] = field(default_factory=Counter)
    _left: dict[str, set[str]] = field(default_factory=dict)

    def go_on(self, worlds: Worlds, number: int) -> None:
        """Invent so many moves and play each."""
        kinds = {"new": 4, "apply": 9, "leave": 3, "seats": 3, "title": 1, "cancel": 1, "session": 1}
        for what in self.rng.choices(list(kinds), list(kinds.values()), k=number):
            move = getattr(self, f"_{what}")(worlds)
            if move is not None:
                play(move, self.place, self.programme, worlds)
                self.told.append(move)

    def _new(self, worlds: Worlds) -> Move | None:
        number = len(self.programme.rows) + 1
        if number > MOST_SEMINARS:
            return None
        platform, mirrors = self.rng.choice((("", ""), ("", "moodle"), ("", "moodle"), ("moodle", "")))
        values = {
            "title": f"Δοκιμή {number}",
            "capacity": str(self.rng.choice((2, 3, 4, 30))),
            "platform": platform,
            "mirrors": mirrors,
            "online": self.rng.choice(("", "yes")),
        }
        return Move("write", f"{PREFIX}-{number:02}", values=tuple(values.items()))

    def _apply(self, worlds: Worlds) -> Move | None:
        courses = [course for course in self._open() if self._standing(course) < MOST_APPLICANTS]
        there = [course for course in courses if located(course, worlds, self.programme)]
        if not there:
            return None
        course = self.rng.choice(there)
        platform, found = located(course, worlds, self.programme)[0]
        pool = [*self.place.people]
        if platform == "eclass":
            pool += [*self.place.eclass_only, *self.place.strangers]
        inside = members(platform, found, worlds)
        candidates = [p for p in pool if p not in inside and p not in self._left.get(course, ())]
        if not candidates:
            return None
        self._moments[course] += 1
        login = self.rng.choice(candidates)
        self._applied.setdefault(course, []).append(login)
        return Move("apply", course, login, self._moments[course])

    def _leave(self, worlds: Worlds) -> Move | None:
        """Nobody leaves whom Moodle refused for want of an account: whether a ticket for that was opened and closed, or
        never opened, would depend on the moment."""
        courses = [
            course
            for course, those in sorted(self._applied.items())
            if len(those) >= ENOUGH_TO_LEAVE and len(self._left.get(course, ())) < MOST_LEAVING
        ]
        if not courses:
            return None
        course = self.rng.choice(courses)
        login = self.rng.choice(self._applied[course])
        if login in self.place.eclass_only:
            return None
        self._applied[course].remove(login)
        self._left.setdefault(course, set()).add(login)
        return Move("leave", course, login)

    def _seats(self, worlds: Worlds) -> Move | None:
        code = self._one(lambda row: row["status"] != CANCELLED)
        if code is None:
            return None
        seats = int(self.programme.rows[code]["capacity"])
        more = seats + self.rng.choice((1, 2)) if seats < MOST_APPLICANTS else self.rng.randint(20, 40)
        return Move("write", code, values=(("capacity", str(more)),))

    def _title(self, worlds: Worlds) -> Move | None:
        code = self._one(lambda row: row["status"] != CANCELLED)
        if code is None:
            return None
        return Move("write", code, values=(("title", f"Δοκιμή {code[-2:]}, {self.rng.randint(2, 99)}η γραφή"),))

    def _cancel(self, worlds: Worlds) -> Move | None:
        code = self._one(lambda row: row["status"] != CANCELLED)
        if code is None or self._moments[code] or not _made_everywhere(code, worlds, self.programme):
            return None
        return Move("write", code, values=(("status", CANCELLED),))

    def _session(self, worlds: Worlds) -> Move | None:
        code = self._one(lambda row: row["online"] and not row["session"])
        return Move("write", code, values=(("session", CANCELLED),)) if code else None

    def _one(self, fits: Callable[[dict[str, str]], object]) -> str | None:
        codes = [code for code, row in self.programme.rows.items() if fits(row)]
        return self.rng.choice(codes) if codes else None

    def _open(self) -> list[str]:
        ours = [code for code, row in self.programme.rows.items() if row["status"] != CANCELLED]
        return [*self.place.adopted, *ours]

    def _standing(self, course: str) -> int:
        return len(self._applied.get(course, ()))


def play(move: Move, place: Place, programme: Programme, worlds: Worlds) -> None:
    """Do what a move says, in any sandbox of the same story. Raises `LookupError` if its course is not there."""
    if move.what == "write":
        programme.say(move.course, **dict(move.values))
        return
    found = located(move.course, worlds, programme)
    if not found:
        raise LookupError(f"{move.course} has no course to apply in")
    platform, course = found[0]
    at = place.began - BEFORE + timedelta(minutes=move.at)
    if move.what == "apply" and platform == "eclass":
        worlds.eclass.enrol(move.login, course, "student", at)
    elif move.what == "apply":
        worlds.moodle.set_method(int(course), "self", enabled=True)  # as the officer of a course does by hand
        worlds.moodle.self_enrol(move.login, int(course), at)
    elif platform == "eclass":
        worlds.eclass.unenrol(move.login, course)
    else:
        worlds.moodle.leave(move.login, int(course))


def located(course: str, worlds: Worlds, programme: Programme) -> list[tuple[str, str]]:
    """Where people apply, as (platform, course there); empty while it is not made."""
    if "/" in course:
        platform, _, found = course.partition("/")
        return [(platform, found)]
    return made(programme.rows[course]["platform"] or "eclass", course, worlds)


def made(platform: str, code: str, worlds: Worlds) -> list[tuple[str, str]]:
    """The courses of a seminar on one platform, oldest first, by our reference; more than one is a mistake."""
    ref = f"kypek:att-a:{code}"
    if platform == "eclass":
        return [("eclass", c.code) for c in worlds.eclass.courses() if ref in c.description or f"[{code}]" in c.title]
    return [("moodle", str(c.id)) for c in worlds.moodle.courses() if c.idnumber == ref]


def _made_everywhere(code: str, worlds: Worlds, programme: Programme) -> bool:
    """Whether a seminar has all its courses and groups: for a cancelled one no group is made any more."""
    row = programme.rows[code]
    wanted = {row["platform"] or "eclass": 2 if row["platform"] == "moodle" else 1}  # Moodle's has one of the waiting
    if row["mirrors"]:
        wanted[row["mirrors"]] = 1
    for platform, groups in wanted.items():
        found = made(platform, code, worlds)
        if not found or len(_groups(*found[0], worlds)) < groups:
            return False
    return True


def _groups(platform: str, course: str, worlds: Worlds) -> Sequence[object]:
    return worlds.eclass.groups(course) if platform == "eclass" else worlds.moodle.groups(int(course))


def members(platform: str, course: str, worlds: Worlds) -> set[str]:
    """Everybody in a course."""
    if platform == "eclass":
        return {member.username for member in worlds.eclass.members(course)}
    return {each.username for each in worlds.moodle.enrolments(int(course))}
