"""eClass read through an account of its database, on a real MariaDB: queries and seconds for 200 courses of 100."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from connectors.eclass import SPEC, EclassCourses, EclassSettings
from kypek_sync.contract import ConnectorContext, Member
from kypek_sync.model import system_clock
from tests.bench.course_place import Place, place
from tests.bench.course_site import TOKENS
from tests.bench.courses import COURSES, FEW, PART, SEATS
from tests.bench.figures import Figure
from tests.bench.measuring import timed
from tests.connectors.eclass.tables import Tables
from tests.servers import mariadb

QUERIES = 1
"""What was promised for all courses of a pass together."""


def measure(argument: str) -> list[Figure]:
    """`argument` is not used."""
    del argument
    with mariadb.running() as server:
        return [*_connector(server), *_passes(server)]


def _connector(server: mariadb.MariaDb) -> list[Figure]:
    """The connector alone, without what a pass does with what it read."""
    with place(COURSES, SEATS, "eclass") as here:
        tables = Tables(server, "eclass")
        tables.copy(here.folder / "eclass.sqlite")
        settings = EclassSettings(
            address=here.said["addresses"]["eclass"], token=TOKENS["eclass"], database_url=tables.url
        )
        made = SPEC.build(settings, ConnectorContext("eclass", system_clock, Path(), str))
        if not isinstance(made, EclassCourses):
            raise TypeError("that is no eClass")
        try:
            made.capabilities()
            codes: list[str] = here.said["courses"]["eclass"]
            known: dict[str, dict[str, Member]] = {}

            def read() -> None:
                made.expect(codes)
                for code in codes:
                    if made.course(code) is None:
                        raise RuntimeError(f"{code} was not shown")
                    known[code] = {member.login: member for member in made.members(code, {}).items}
                    made.requests(code)
                    made.groups(code)

            def look() -> None:
                if made.quiet(known) != frozenset(codes):
                    raise RuntimeError("somebody seems to be new")

            found = [
                *_counted(here, tables, f"{COURSES} courses × {SEATS} by eClass's database: first read", read, None),
                *_counted(here, tables, "  all read again", read),
                *_counted(here, tables, "  a look whether anybody is new", look),
            ]
            if sum(map(len, known.values())) < COURSES * SEATS:
                raise RuntimeError("not all were read")
            return found
        finally:
            made.close()
            tables.drop()


def _passes(server: mariadb.MariaDb) -> list[Figure]:
    """Whole passes of the daemon in which nothing changed; what it wrote at first went by the API alone."""
    with place(COURSES, FEW, "eclass") as here:
        for _ in range(3):
            here.made()
        tables = Tables(server, "eclass")
        tables.copy(here.folder / "eclass.sqlite")
        try:
            here.write("eclass", report=True, number=COURSES, database=tables.url)
            here.reopen()
            here.made(whole=True)  # the account is looked at, two courses are held against the API
            what = f"{COURSES} courses × {FEW} by eClass's database: full pass, nothing changed"
            return [
                *_counted(here, tables, what, lambda: here.made(minutes=5, whole=True)),
                *_counted(here, tables, "  a pass between two of them", lambda: here.made(minutes=4)),
            ]
        finally:
            tables.drop()


def _counted(here: Place, tables: Tables, what: str, work: Callable[[], object], calls: int | None = 0) -> list[Figure]:
    """Seconds of some work, its queries to the database, and its calls of the API with their target."""
    asked, api = _selects(tables), sum(here.ask("calls")["asked"]["eclass"].values())
    spent, _ = timed(work)
    more = sum(here.ask("calls")["asked"]["eclass"].values()) - api
    return [
        Figure(PART, what, spent, "s"),
        Figure(PART, "    queries to the database", _selects(tables) - asked, "", QUERIES),
        Figure(PART, "    calls of the API", more, "", calls),
    ]


def _selects(tables: Tables) -> int:
    """SELECTs that the server carried out so far."""
    ((_, number),) = tables.ask("SHOW GLOBAL STATUS LIKE 'Com_select'")
    return int(str(number))
