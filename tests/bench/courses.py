"""Courses on simulated platforms: calls and seconds for 200 courses of 100 people, and how the calls grow.

The daemon's passes in one process, over HTTP on loopback to simulators in another. Beside the figures stands what
Moodle's own LDAP enrolment took for as many people on a real server with 2 cores, writing to the database from inside
(fact sheet moodle, section 6): our simulator's time is not a Moodle's, so what it used itself is told apart.
"""

from __future__ import annotations

from math import ceil

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
    """`argument` names what is measured: `report`, `without`, `eclass`, `mirrors` or `growth`."""
    return {"report": _report, "without": _without, "eclass": _eclass, "mirrors": _mirrors, "growth": _growth}[
        argument
    ]()


def _report() -> list[Figure]:
    """Registration courses on Moodle, with the report of who enrolled when."""
    with place(COURSES, SEATS, "moodle") as here:
        first, full = here.made(), here.made()
        quiet = here.made(minutes=4)
        here.ask(f"join moodle {COURSES}")
        joined = here.made(minutes=4)
        here.made(whole=True)
        here.ask(f"change moodle {COURSES}")
        changed = here.made(whole=True)
        return [
            *_timed(f"{COURSES} courses × {SEATS} on Moodle with the report: first sync", first),
            *_timed("  full comparison, nothing changed", full, writes=0),
            *_timed("  delta, nothing changed", quiet, NOTHING / QUICKER, NOTHING, calls=2, writes=0),
            *_timed(f"  delta, 1 % new ({COURSES} people)", joined, 5, SOME),
            *_timed(f"  full, 1 % changed ({COURSES} in, {COURSES} out)", changed, 5, SOME),
            Figure(PART, "  most memory", peak(), "MB"),
        ]


def _without() -> list[Figure]:
    """The same without the report: a light call for each course."""
    with place(COURSES, SEATS, "moodle", report=False) as here:
        here.made()
        here.made()
        quiet = here.made(minutes=4)
        return _timed(
            "Moodle without the report: delta, nothing changed", quiet, None, NOTHING, calls=COURSES, writes=0
        )


def _eclass() -> list[Figure]:
    """Registration courses on eClass, newer API."""
    with place(COURSES, FEW, "eclass") as here:
        first, full = here.made(), here.made()
        quiet = here.made(minutes=4)
        here.ask(f"join eclass {FEW}")
        joined = here.made(minutes=4)
    lists = COURSES * (1 + 1) + COURSES * FEW
    return [
        *_timed(f"{COURSES} courses × {FEW} on eClass, newer API: first sync", first),
        Figure(PART, "    of them for members: list, count, unseen", lists, "calls", lists),
        *_timed("  full comparison, nothing changed", full, writes=0),
        *_timed("  delta, nothing changed", quiet, None, None, calls=COURSES, writes=0),
        *_timed(f"  delta, {FEW} new", joined),
    ]


def _mirrors() -> list[Figure]:
    """Teaching courses in Moodle for those with a seat: made, and 20,000 people enrolled by hand in batches."""
    with place(COURSES, SEATS, "moodle") as here:
        here.made()
        here.write("moodle", report=True, number=COURSES, mirrors="teaching")
        first, people = here.made(), COURSES * SEATS
        # staff, who are enrolled apart from students, and those with a seat
        allowed = ceil(2 / 200) + ceil(SEATS / 200) + 1
        here.made()
        quiet = here.made(minutes=4)
    writes = first.functions["enrol_manual_enrol_users"] / COURSES
    rate = "our own work and the enrolments alone"
    return [
        *_timed(f"{people:,} enrolled in {COURSES} new mirror courses on Moodle", first, None, FIRST),
        Figure(PART, "    enrolment writes of each course", writes, "", allowed),
        Figure(
            PART, f"    with a Moodle of {QUICKEST} a second", first.own + people / QUICKEST, "s", FIRST, None, rate
        ),
        Figure(PART, f"    with a Moodle of {SLOWEST} a second", first.own + people / SLOWEST, "s", FIRST, None, rate),
        *_timed("  delta, nothing changed", quiet, None, NOTHING, writes=0),
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
                here.made(whole=True)
                here.ask(f"join moodle {some}")
                made = here.made(minutes=1)
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
