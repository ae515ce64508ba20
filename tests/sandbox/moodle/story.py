"""What stood on the recorded site before, and what somebody set between the exchanges (`given` in the files)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kypek_sync.sandbox.moodle import World
from kypek_sync.sandbox.moodle.reports import HEADERS

NOW = datetime(2026, 11, 22, 20, 2, tzinfo=UTC)


class Story:
    """The site of the recordings, and the steps of its administrator."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.world = World(state)
        self.before: dict[str, Callable[[], None]] = {
            "017": lambda: self.world.set_debug(True),
            "019": lambda: self.world.set_debug(False),
            "020": lambda: self.world.set_maintenance("web"),
            "022": lambda: self.world.set_maintenance("cli"),
            "023": self._rest_off,
            "025": lambda: self.world.set_rest(True),
            # The failed insert of 039 cost the recorded database a number.
            "040": lambda: self.next_id("users", 32607),
            "075": self._course_to_delete,
            "113": lambda: self.next_id("user_enrolments", 79055),
            # And the event refused in 132 another one.
            "135": lambda: self.next_id("events", 12),
            # Teachers were greeting newcomers meanwhile (M-25); the recording goes on at 13.
            "140": lambda: self.next_id("messages", 13),
            "158": self._report,
            "169": self._two_thousand_users,
        }
        self._set_the_scene()

    def next_id(self, table: str, number: int) -> None:
        """Let the next row of a table get this id, so that the recorded ids hold."""
        with closing(sqlite3.connect(self.state)) as db:
            db.execute("delete from sqlite_sequence where name = ?", (table,))
            db.execute("insert into sqlite_sequence (name, seq) values (?, ?)", (table, number - 1))
            db.commit()

    def _set_the_scene(self) -> None:
        world = self.world
        world.set_wwwroot("https://moodle.example")
        for table, number in (("courses", 4), ("categories", 7), ("users", 32597)):
            self.next_id(table, number)
        category = world.add_category("Σεμινάρια")
        assert world.add_course("Ανοιχτό σεμινάριο", "OPEN", category) == 4
        world.add_user("recstudent", "recstudent", "Δοκιμή", "recstudent@sch.example", auth="manual")
        world.add_user("recweak", "recweak", "Δοκιμή", "recweak@sch.example", auth="manual")
        world.add_user("recsusp", "recsusp", "Δοκιμή", "recsusp@sch.example", auth="manual", suspended=True)
        world.add_user("recnologin", "recnologin", "Δοκιμή", "recnologin@sch.example", auth="nologin")
        world.add_token("ADMIN-TOKEN", username="admin")
        world.add_token("WEAK-TOKEN", username="recweak", capabilities=())
        world.add_token("STUDENT-TOKEN", username="recstudent", capabilities=())
        world.add_token("ONE-FUNCTION-TOKEN", functions=["core_webservice_get_site_info"])
        world.add_token("EXPIRED-TOKEN", valid_until=NOW - timedelta(hours=1))
        world.add_token("IP-LIMITED-TOKEN", ip="203.0.113.7")
        world.add_token("SUSPENDED-USER-TOKEN", username="recsusp")
        world.add_token("NOLOGIN-USER-TOKEN", username="recnologin")
        counters = {"users": 32603, "categories": 8, "courses": 345, "sections": 366, "forums": 344}
        counters |= {"course_groups": 7, "events": 10, "posts": 3, "discussions": 3, "cohorts": 6}
        for table, number in counters.items():
            self.next_id(table, number)

    def _rest_off(self) -> None:
        self.world.set_maintenance("")
        self.world.set_rest(False)

    def _course_to_delete(self) -> None:
        self.next_id("courses", 348)
        self.world.add_course("Σεμινάριο που θα διαγραφεί", "OLD", 8)

    def _report(self) -> None:
        assert self.world.add_participants_report(tuple(HEADERS)) == 1

    def _two_thousand_users(self) -> None:
        assert [self.world.add_course(name, name, 8) for name in ("BIG-1", "BIG-2")] == [349, 350]
        rows = [(30 + n, f"many{n}", "Α", f"Β{n}", f"many{n}@sch.example", "ldap") for n in range(2000)]
        with closing(sqlite3.connect(self.state)) as db:
            statement = "insert into users (id, username, firstname, lastname, email, auth) values (?, ?, ?, ?, ?, ?)"
            db.executemany(statement, rows)
            db.commit()
