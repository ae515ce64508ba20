"""Courses on simulated platforms: calls and seconds for 200 courses of 100 people, and how the calls grow.

The daemon's passes in one process, over HTTP on loopback to simulators in another. Beside the figures stands what
Moodle's own LDAP enrolment took for as many people on a real server with 2 cores, writing to the database from inside
(fact sheet moodle, section 6): our simulator's time is not a Moodle's, so what it used itself is told apart.
"""

from __future__ import annotations

from math import ceil

from kypek_sync.contract import Outcome, Verb
from tests.bench.course_place import Made, place
from tests.bench.figures import Figure
from tests.bench.measuring import peak

PART = "courses"
COURSES, SEATS = 200, 100
GROWTH = (50, 100, 200)
FEW = 10
"""People in each course where only calls are counted."""
FIRST, NOTHING, SOME = 90.8, 9.9, 14.6
"""Seconds of Moodle's own LDAP enrolment: 20,000 for the first time, nothing changed, 1 % changed."""
QUICKER = 20
"""So many times faster than that we want to be with nothing changed."""
SLOWEST, QUICKEST = 145, 325
"""Enrolments per second that a real Moodle makes by its web service: one after the other, and with four clients."""
OWN = "Moodle's own LDAP enrolment, real server"


def measure(argument: str) -> list[Figure]:
    """`argument` names what is measured: `moodle`, `without` (the report), `eclass` or `growth`."""
    return {"moodle": _moodle, "without": _without, "eclass": _eclass, "growth": _growth}[argument]()


def _moodle() -> list[Figure]:
    """Registration courses on Moodle with the report of who enrolled when; then mirrors of them on another Moodle."""
    with place(COURSES, SEATS, "moodle") as here:
        first, full, quiet = here.made(), here.made(), here.made(minutes=4)
        here.ask(f"change moodle {COURSES}")
        changed = here.made(minutes=4)
        here.write("moodle", report=True, number=COURSES, mirrors="teaching")
        here.reopen()
        mirrored = here.made(whole=True)
        memory = peak()
    return [
        *_timed(f"{COURSES} courses × {SEATS} on Moodle with the report: first sync", first, limit=FIRST),
        *_timed("  full comparison, nothing changed", full, writes=0, limit=NOTHING),
        *_timed("  delta, nothing changed", quiet, NOTHING / QUICKER, calls=2, writes=0, limit=NOTHING),
        *_timed(f"  1 % changed: {COURSES} in, {COURSES} out, one of each in each course", changed, 5, limit=SOME),
        *_mirrors(mirrored),
        Figure(PART, "  most memory", memory, "MB"),
    ]


def _mirrors(made: Made) -> list[Figure]:
    """The pass that made the mirrors and enrolled everybody with a seat there."""
    people = sum(receipt.outcome is Outcome.DONE for change, receipt in made.report.done if change.verb is Verb.ENROL)
    writes = made.functions["enrol_manual_enrol_users"] / COURSES
    allowed = ceil(people / COURSES / 200) + 1
    alone = "the same; the enrolments' time as measured on a real server"
    return [
        *_timed(f"  {people:,} enrolled in {COURSES} new mirror courses", made, limit=FIRST),
        Figure(PART, "    enrolment writes of each course", writes, "", allowed),
        Figure(
            PART,
            f"    our work + {QUICKEST} enrolments a second",
            made.own + people / QUICKEST,
            "s",
            None,
            FIRST,
            alone,
        ),
        Figure(
            PART, f"    our work + {SLOWEST} enrolments a second", made.own + people / SLOWEST, "s", None, FIRST, alone
        ),
    ]


def _without() -> list[Figure]:
    """The same without the report: a light call for each course."""
    with place(COURSES, FEW, "moodle", report=False) as here:
        for _ in range(3):  # seen, then seated as the moment of each is known only since then, then read in full
            here.made()
        quiet = here.made(minutes=4)
        what = f"{COURSES} courses × {FEW} on Moodle without the report: delta, nothing changed"
        return _timed(what, quiet, calls=COURSES, writes=0)


def _eclass() -> list[Figure]:
    """Registration courses on eClass, newer API."""
    with place(COURSES, FEW, "eclass") as here:
        first, full, quiet = here.made(), here.made(), here.made(minutes=4)
        here.ask(f"join eclass {FEW}")
        joined = here.made(minutes=4)
    return [
        *_timed(f"{COURSES} courses × {FEW} on eClass, newer API: first sync", first),
        *_timed("  full comparison, nothing changed", full, writes=0),
        *_timed("  delta, nothing changed", quiet, calls=COURSES, writes=0),
        *_timed(f"  delta, {FEW} new, one in each of {FEW} courses", joined),
    ]


def _growth() -> list[Figure]:
    """Calls of each pass by the number of courses, and by how many of them are new to somebody."""
    figures: list[Figure] = []
    for courses in GROWTH:
        with place(courses, FEW, "moodle") as here:
            first, full, quiet = here.made(), here.made(), here.made(minutes=4)
            figures += [
                Figure(PART, f"calls with {courses} courses × {FEW}: first sync", first.calls, ""),
                Figure(PART, "  full comparison, nothing changed", full.calls, ""),
                Figure(PART, "  delta, nothing changed", quiet.calls, "", 2),
            ]
            for some in (1, 10, 50):
                here.ask(f"join moodle {some}")
                made = here.made(minutes=1)
                here.made(whole=True)
                figures.append(Figure(PART, f"  delta, somebody new in {some}", made.calls, ""))
    return figures


def _timed(
    what: str,
    made: Made,
    target: float | None = None,
    limit: float | None = None,
    *,
    calls: int | None = None,
    writes: int | None = None,
) -> list[Figure]:
    """Seconds of a pass, of them our own and the simulator's, and its calls."""
    return [
        Figure(PART, what, made.seconds, "s", target, limit, OWN if limit is not None else ""),
        Figure(PART, "    of it our own work", made.own, "s"),
        Figure(PART, "    and the simulators'", made.servers, "s"),
        Figure(PART, "    calls", made.calls, "", calls),
        Figure(PART, "    of them writes", made.writes, "", writes),
    ]
