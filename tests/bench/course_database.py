"""eClass read through an account of its database, on a real MariaDB: questions and seconds for 200 courses of 100."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from connectors.eclass import SPEC, EclassCourses, EclassSettings
from kypek_sync.contract import ConnectorContext, Member
from kypek_sync.model import system_clock
from tests.bench.course_place import place
from tests.bench.course_site import TOKENS
from tests.bench.courses import COURSES, PART, SEATS
from tests.bench.figures import Figure
from tests.bench.measuring import timed
from tests.connectors.eclass.tables import Tables
from tests.servers import mariadb

QUESTIONS = 1
"""What was promised for all courses together; besides the people there are courses, groups and the account's rights."""


def measure(argument: str) -> list[Figure]:
    """`argument` is not used. The connector alone, without what a pass does with what it read."""
    del argument
    with mariadb.running() as server, place(COURSES, SEATS, "eclass") as here:
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
                    made.groups(code)

            def counted(what: str, work: Callable[[], object], target: int | None) -> list[Figure]:
                asked, api = _selects(tables), sum(here.ask("calls")["asked"]["eclass"].values())
                spent, _ = timed(work)
                more = sum(here.ask("calls")["asked"]["eclass"].values()) - api
                return [
                    Figure(PART, what, spent, "s"),
                    Figure(PART, "    questions to the database", _selects(tables) - asked, "", target),
                    Figure(PART, "    calls of the API", more, ""),
                ]

            whole = counted(f"{COURSES} courses × {SEATS} by eClass's database: all read", read, QUESTIONS)
            if sum(map(len, known.values())) < COURSES * SEATS:
                raise RuntimeError("not all were read")
            return [*whole, *counted("  a look whether anybody is new", lambda: made.quiet(known), QUESTIONS)]
        finally:
            made.close()
            tables.drop()


def _selects(tables: Tables) -> int:
    """SELECTs that the server carried out so far."""
    ((_, number),) = tables.ask("SHOW GLOBAL STATUS LIKE 'Com_select'")
    return int(str(number))
