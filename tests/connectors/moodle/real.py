"""A real Moodle for the contract suite: a proxy that plays the wire faults, and a hand inside the server.

The environment names it: `KYPEK_TEST_MOODLE_URL`, `KYPEK_TEST_MOODLE_TOKEN` (the service account's, made as `connector
moodle setup` prints), `KYPEK_TEST_MOODLE_ADMIN` (a site administrator's token for a service with all functions) and
`KYPEK_TEST_MOODLE_DB` (its database as an address of SQLAlchemy: people enrol by themselves at a given moment, which no
web service can say); optionally `KYPEK_TEST_MOODLE_REPORT` (number of the report) and `KYPEK_TEST_MOODLE_PREFIX` (of
the tables; `mdl_`). Only for a site made for tests. All that is made lies in categories whose ID number begins with
`kypek-test-`, people and cohorts have an ID number that does; all are removed at the end, and nothing else is ever
touched.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text

from connectors.moodle import SPEC, MoodleCourses, MoodleSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import CourseRole, system_clock
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.moodle import is_write
from kypek_sync.sandbox.serving import Running, serve
from tests.contracts.courses_platform import Platform
from tests.servers.forwarding import forwarding

PREFIX = "kypek-test-"
NEEDED = ("URL", "TOKEN", "ADMIN", "DB")
ROLES = {3: CourseRole.TRAINER, 4: CourseRole.ASSISTANT, 5: CourseRole.STUDENT}
_REST = "/webservice/rest/server.php"


def told(name: str) -> str:
    """What the environment says, empty if nothing."""
    return os.environ.get(f"KYPEK_TEST_MOODLE_{name}", "").strip()


def lacking() -> tuple[str, ...]:
    """The variables that are needed and not set."""
    return tuple(f"KYPEK_TEST_MOODLE_{name}" for name in NEEDED if not told(name))


class Refusal(Exception):
    """The server refused what the hand asked for."""


@dataclass
class Hand:
    """What people and administrators do on the site. `made` are the ids of the people who did not exist before."""

    address: str
    admin: str
    database: str
    tables: str
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    made: dict[str, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    category: int = 0

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._engine = create_engine(self.database)

    def call(self, function: str, token: str = "", **words: Any) -> Any:
        """One web service call, by default as the administrator. Raises `Refusal`."""
        return answered(self._session, self.address, token or self.admin, function, words)

    def warnings(self, function: str, **words: Any) -> list[tuple[str, str]]:
        """What a call as the administrator warns of: codes and messages."""
        said = told_by(self._session, self.address, self.admin, function, words)
        return [(one["warningcode"], one["message"]) for one in said["warnings"]]

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """A statement on the database; `{}` in it is the tables' prefix. The rows, if it gives any."""
        with self._engine.begin() as connection:
            found = connection.execute(text(statement.replace("{}", self.tables)), values)
            return list(found) if found.returns_rows else []

    def add_person(self, login: str) -> None:
        if login in self.made:
            return
        if self.call("core_user_get_users_by_field", field="username", values=[login]):
            raise Refusal(f"the account {login} is not of this suite: run it on a site made for tests")
        person = {"username": login, "firstname": "Ελένη", "lastname": "Ιωάννου", "password": f"Aa1-{self.run}"}
        person |= {"email": f"{login}@{self.run}.invalid", "idnumber": f"{PREFIX}{self.run}-{login}", "auth": "manual"}
        (made,) = self.call("core_user_create_users", users=[person])
        self.made[login] = made["id"]

    def add_course(self, title: str) -> str:
        name = f"{PREFIX}{self.run}-{next(self.numbers)}"
        course = {"fullname": title, "shortname": name, "idnumber": name, "categoryid": self.category}
        (made,) = self.call("core_course_create_courses", courses=[course])
        self.sql("update {}enrol set status = 0 where enrol = 'self' and courseid = :course", course=made["id"])
        return str(made["id"])

    def add_cohort(self, name: str) -> str:
        """An empty cohort in the context of the system; gives its ID number."""
        ref = f"{PREFIX}{self.run}-{next(self.numbers)} Αχαΐας"
        cohort = {"categorytype": {"type": "system", "value": ""}, "name": name, "idnumber": ref}
        self.call("core_cohort_create_cohorts", cohorts=[cohort])
        return ref

    def self_enrol(self, login: str, course: str, at: datetime) -> None:
        """With the person's own token, as their browser would; then the moment is set."""
        with self.token_of(login) as token:
            answer = self.call("enrol_self_enrol_user", token, courseid=course)
            if not answer["status"]:
                raise Refusal(f"{login} could not enrol in {course}: {answer}")
        self.sql(
            "update {}user_enrolments set timecreated = :at, timestart = 0 where userid = :person and enrolid in"
            " (select id from {}enrol where courseid = :course and enrol = 'self')",
            at=int(at.timestamp()),
            person=self.made[login],
            course=int(course),
        )

    @contextmanager
    def token_of(self, login: str) -> Iterator[str]:
        """A person's own token, for all functions."""
        person, token = self.made[login], secrets.token_hex(16)
        self.sql(
            "insert into {}external_tokens (token, tokentype, userid, externalserviceid, contextid, creatorid,"
            " timecreated, privatetoken, name) select :token, 0, :person, externalserviceid, contextid, :person,"
            " timecreated, :private, :token from {}external_tokens where token = :admin",
            token=token,
            person=person,
            private=secrets.token_hex(32),
            admin=self.admin,
        )
        try:
            yield token
        finally:
            self.sql("delete from {}external_tokens where token = :token", token=token)

    def leave(self, login: str, course: str) -> None:
        rows = self.sql(
            "select ue.id from {}user_enrolments ue join {}enrol e on e.id = ue.enrolid"
            " where ue.userid = :person and e.courseid = :course",
            person=self.made[login],
            course=int(course),
        )
        for row in rows:
            self.call("core_enrol_unenrol_user_enrolment", ueid=row.id)

    def members(self, course: str) -> dict[str, CourseRole]:
        found = self.call("core_enrol_get_enrolled_users", courseid=course)
        numbers = {one["username"]: [role["roleid"] for role in one["roles"]] for one in found}
        return {login: ROLES[min(set(mine) & set(ROLES))] for login, mine in numbers.items()}

    def group_members(self, course: str, group: str) -> frozenset[str]:
        names = {one["id"]: one["username"] for one in self.call("core_enrol_get_enrolled_users", courseid=course)}
        (found,) = self.call("core_group_get_group_members", groupids=[group])
        return frozenset(names[number] for number in found["userids"])

    def titles(self) -> tuple[str, ...]:
        found = self.call("core_course_get_courses_by_field", field="category", value=self.category)
        return tuple(course["fullname"] for course in found["courses"])

    @contextmanager
    def room(self) -> Iterator[None]:
        """A category of its own for one test, removed with all that is in it."""
        name = f"{PREFIX}{self.run}-{next(self.numbers)}"
        (made,) = self.call("core_course_create_categories", categories=[{"name": name, "idnumber": name}])
        self.category = made["id"]
        try:
            yield
        finally:
            self.call("core_course_delete_categories", categories=[{"id": made["id"], "recursive": 1}])

    def sweep(self) -> None:
        """Remove the people of this run, and what an earlier one that was stopped has left."""
        self.forget_people()
        if cohorts := [row.id for row in self.sql("select id from {}cohort where idnumber like 'kypek-test-%'")]:
            self.call("core_cohort_delete_cohorts", cohortids=cohorts)
        for row in self.sql("select id from {}course_categories where idnumber like 'kypek-test-%'"):
            self.call("core_course_delete_categories", categories=[{"id": row.id, "recursive": 1}])

    def forget_people(self) -> None:
        """Remove the people that were made."""
        left = [row.id for row in self.sql("select id from {}user where idnumber like 'kypek-test-%' and deleted = 0")]
        if left:
            self.call("core_user_delete_users", userids=left)
        self.made.clear()

    def close(self) -> None:
        """Remove everything and let go of the connections."""
        self.sweep()
        self._session.close()
        self._engine.dispose()


def answered(session: requests.Session, address: str, token: str, function: str, words: Any) -> Any:
    """What a web service answers; nothing of the connector is used. Raises `Refusal`, also where it only warns."""
    said = told_by(session, address, token, function, words)
    if isinstance(said, dict) and ("exception" in said or said.get("warnings")):
        raise Refusal(f"{function}: {said}")
    return said


def told_by(session: requests.Session, address: str, token: str, function: str, words: Any) -> Any:
    """The same, whatever it says."""
    own = [("wstoken", token), ("moodlewsrestformat", "json"), ("moodlewssettingraw", "1")]
    return session.post(f"{address}{_REST}", [*own, *pairs(words), ("wsfunction", function)], timeout=60).json()


def pairs(words: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Nested values as PHP's form variables."""
    if isinstance(words, dict):
        for key, inner in words.items():
            yield from pairs(inner, f"{name}[{key}]" if name else key)
    elif isinstance(words, list | tuple):
        for index, inner in enumerate(words):
            yield from pairs(inner, f"{name}[{index}]")
    else:
        yield name, str(words)


@dataclass
class RealMoodle:
    """The site behind its proxy, with the hand inside. `address` is the proxy's."""

    running: Running
    faults: FaultBook
    hand: Hand

    @property
    def address(self) -> str:
        """Where the connector finds it."""
        return self.running.address

    def connector(self, token: str = "", **settings: Any) -> MoodleCourses:
        """A connector with its own connections and memory; with the report only if `settings` name it."""
        own = {"category": str(self.hand.category), "canary": "admin"} | settings
        made = MoodleSettings(address=self.address, token=token or told("TOKEN"), **own)
        context = ConnectorContext("moodle", system_clock, Path(), lambda number: f"hash of {number}")
        connector = SPEC.build(made, context)
        assert isinstance(connector, MoodleCourses)
        return connector


@contextmanager
def real_moodle() -> Iterator[RealMoodle]:
    """The site that the environment names."""
    address = told("URL").rstrip("/")
    hand = Hand(address, told("ADMIN"), told("DB"), told("PREFIX") or "mdl_")
    hand.sweep()
    faults = FaultBook()
    running = serve(forwarding(address), "moodle", faults, is_write=is_write)
    try:
        yield RealMoodle(running, faults, hand)
    finally:
        running.stop()
        hand.close()


@contextmanager
def contract_platform(server: RealMoodle, report: int | None, **settings: Any) -> Iterator[Platform]:
    """What the contract suite asks for, in a category of its own. `settings` are those of the connector that is
    asked."""
    other = secrets.token_hex(16)
    with server.hand.room():
        connectors = [
            server.connector(report=report, **settings),
            server.connector(other, report=report),
            server.connector(report=report, timeout=3.0),
        ]
        try:
            yield Platform(
                courses=connectors[0],
                locked_out=connectors[1],
                hasty=connectors[2],
                world=server.hand,
                faults=server.faults,
                system="moodle",
                category=str(server.hand.category),
                unknown_course="999999999",
                secrets=(told("TOKEN"), other),
            )
        finally:
            for connector in connectors:
                connector.close()
