"""A real Open eClass for the contract suite: a proxy that plays the wire faults, and a hand that works by its API.

The environment names it: `KYPEK_TEST_ECLASS_URL` and `KYPEK_TEST_ECLASS_TOKEN` (of the whole platform); optionally
`KYPEK_TEST_ECLASS_DB` (mysql://…, an account as `connector eclass grants` prints it: it is read, never written to),
with `KYPEK_TEST_ECLASS_DB_CA` (its authority's certificate) or `KYPEK_TEST_ECLASS_DB_TLS=no` (a line of your own), and
`KYPEK_TEST_ECLASS_DEPARTMENT` (the number of a department where courses may be made; otherwise the last one).

Only for a platform made for tests: eClass has no call that deletes a course or an account. Each run leaves courses
behind, with nobody in them, whose public code begins with `kypek-test-` or `T` and the run's number; and the accounts
of a few invented teachers at `kypek-test.invalid`, which the next run takes again. Who exists already under one of
their names is never touched: the run is refused. The end of a run tells what it left.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, make_url, text

import connectors.eclass.database_address as addresses
from connectors.eclass import SPEC, EclassCourses, EclassSettings
from kypek_sync.contract import ConnectorContext
from kypek_sync.model import CourseRole, system_clock
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from tests.connectors.eclass.simulated import BY_DATABASE, ROLES
from tests.contracts.courses_platform import Platform
from tests.servers.forwarding import forwarding

PREFIX = "kypek-test-"
NEEDED = ("URL", "TOKEN")
UNKNOWN_COURSE = "KYPEKNOSUCH1"


def told(name: str) -> str:
    """What the environment says, empty if nothing."""
    return os.environ.get(f"KYPEK_TEST_ECLASS_{name}", "").strip()


def lacking(*names: str) -> tuple[str, ...]:
    """The variables that are needed and not set."""
    return tuple(f"KYPEK_TEST_ECLASS_{name}" for name in (*NEEDED, *names) if not told(name))


class Refusal(Exception):
    """The server refused what the hand asked for."""


@dataclass
class Hand:
    """What people do on the platform, as far as its API can do it for them. Nothing of the connector is used, but for
    how its database is spoken to. `people` are the accounts of the suite by login, `before` the codes of the courses
    that were there when the test began, `added` those that the hand made since, `left` those of earlier tests."""

    address: str
    token: str = field(repr=False)
    department: str
    database: str = field(repr=False)
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    people: dict[str, int] = field(default_factory=dict)
    before: frozenset[str] = frozenset()
    added: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self.newer = self.raw("GET", "users/", params={"username": PREFIX}).status_code != 200
        self.lists = self.error(self.raw("GET", "users/", params={"course_id": UNKNOWN_COURSE})) != 2
        self.department = self.department or str(self.get("categories/", all="1")[-1]["id"])

    def raw(self, method: str, path: str, bearer: str = "Bearer", **words: Any) -> requests.Response:
        """One request as it is written, with the token; no redirect is followed."""
        headers = {"Authorization": f"{bearer} {self.token}"}
        found = self._session.request(
            method, f"{self.address}/api/v1/{path}", headers=headers, timeout=60, allow_redirects=False, **words
        )
        self._session.cookies.clear()
        return found

    @staticmethod
    def error(answer: requests.Response) -> int:
        """The errorcode of an answer; 0 if it has none, -1 for what is no JSON."""
        try:
            value = answer.json()
        except ValueError:
            return -1
        return int(value["errorcode"]) if isinstance(value, dict) and "errorcode" in value else 0

    def get(self, path: str, **query: str) -> Any:
        """The value of a read. Raises `Refusal`."""
        return self._value(path, self.raw("GET", path, params=query))

    def post(self, path: str, **form: str) -> Any:
        """The value of a write. Raises `Refusal`."""
        return self._value(path, self.raw("POST", path, data=form))

    def _value(self, path: str, answer: requests.Response) -> Any:
        if answer.status_code != 200 or self.error(answer):
            raise Refusal(f"{path}: {answer.status_code} {answer.text[:200]}")
        return answer.json()

    def add_person(self, login: str) -> None:
        if login in self.people:
            return
        mail = f"{login}@kypek-test.invalid"
        answer = self.raw("GET", "users/", params={"username": login})
        if self.error(answer) == 3:
            person = {"username": login, "firstname": "Ελένη", "lastname": "Ιωάννου", "emailaddress": mail}
            self.people[login] = int(self.post("users/", **person)["id"])
            return
        found = self._value("users/", answer)
        if found["emailaddress"] != mail:
            raise Refusal(f"the account {login} is not of this suite: run it on a platform made for tests")
        self.people[login] = int(found["id"])

    def add_course(self, title: str, **words: str) -> str:
        form = {"title": title, "department_id": self.department, "visible": "registration", "lang": "el"}
        made = self.post("courses/", **form | {"public_code": f"{PREFIX}{self.run}"} | words)
        if made["id"] is None:
            raise Refusal(f"the course {title} was not stored")
        self.added.add(str(made["code"]))
        return str(made["code"])

    def add_group(self, course: str, name: str) -> str:
        """A group, whether or not one of this name is there (E-28)."""
        return str(self.post("groups/", course_id=course, groupname=name)["id"])

    def self_enrol(self, login: str, course: str, at: datetime) -> None:
        """Now: no call says when."""
        self.enrol(login, course, "student")

    def enrol(self, login: str, course: str, role: str) -> None:
        """A teacher of the course gives a role."""
        self.post("enroll_user/", user_id=str(self.people[login]), course_id=course, role_id=role)

    def leave(self, login: str, course: str) -> None:
        self.post("unenroll_user/", user_id=str(self.people[login]), course_id=course)

    def members(self, course: str) -> dict[str, CourseRole]:
        """One by one, all of whom the suite knows; the count tells whether anybody else is in."""
        found = {login: self.get("courses/", course_id=course, uname=login) for login in self.people}
        inside = {login: one for login, one in found.items() if one["registered"]}
        if len(inside) != self.number(course):
            raise Refusal(f"there are others than {', '.join(inside)} in {course}")
        return {login: ROLES.get(one.get("status", ""), CourseRole.OTHER) for login, one in inside.items()}

    def number(self, course: str) -> int:
        """The registration count (E-30)."""
        rows = self.get("registration/", course_id=course)
        return int(rows[0]["count"]) if rows else 0

    def group_members(self, course: str, group: str) -> frozenset[str] | None:
        """By the newer API or the database; the older API shows nobody."""
        if self.database:
            rows = self.sql(
                "SELECT u.username FROM group_members gm JOIN user u ON u.id = gm.user_id WHERE gm.group_id = :group",
                group=int(group),
            )
            return frozenset(row.username for row in rows)
        return frozenset(one["username"] for one in self.get("users/", group_id=group)) if self.lists else None

    def sql(self, question: str, **values: Any) -> list[Any]:
        """A question to the database: the account may only read."""
        url = addresses.address(self.database)
        told_how = addresses.options(url, timeout=30, tls=told("DB_TLS") != "no", ca_file=told("DB_CA"))
        engine = create_engine(url, connect_args=told_how)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(question), values))
        finally:
            engine.dispose()

    def listed(self) -> dict[str, str]:
        """Titles by code, of all courses that are not inactive (E-19)."""
        return {one["id"]: one["name"] for one in self.get("courses/")}

    def titles(self) -> tuple[str, ...]:
        return tuple(title for code, title in self.listed().items() if code not in self.before)

    @contextmanager
    def room(self) -> Iterator[str]:
        """One test, with a reference of its own; afterwards nobody of the suite is in a course that it made."""
        self.before = frozenset(self.listed())
        try:
            yield f"kypek:att-a:T{self.run}-{next(self.numbers):02}"
        finally:
            mine = self.added | {code for code in self.listed() if code not in self.before and self._ours(code)}
            self.added = set()
            for code in mine:
                for login in self.people if self.number(code) else ():
                    self.leave(login, code)
            self.left |= mine

    def _ours(self, code: str) -> bool:
        """Made by this run: somebody else may work on the platform, too."""
        (row,) = self.get("courses/", course_id=code)
        return str(row["public_code"]).startswith((f"{PREFIX}{self.run}", f"T{self.run}"))

    def words(self) -> str:
        """What a run leaves behind."""
        return (
            f"Left on {self.address}, since eClass deletes neither: {len(self.left)} courses with the public codes"
            f" {PREFIX}{self.run} and T{self.run}…, nobody in them; accounts {', '.join(sorted(self.people))}."
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


@dataclass
class RealEclass:
    """The platform behind its proxy, with the hand inside. `address` is the proxy's."""

    running: Running
    faults: FaultBook
    hand: Hand

    def connector(self, token: str = "", **settings: Any) -> EclassCourses:
        """A connector with its own connections and memory."""
        own: dict[str, Any] = {"department": self.hand.department}
        if self.hand.database:
            own |= {"database_url": self.hand.database, "database_ca_file": told("DB_CA")}
            own["database_tls"] = told("DB_TLS") != "no"
        made = EclassSettings(address=self.running.address, token=token or self.hand.token, **own | settings)
        context = ConnectorContext("eclass", system_clock, Path(), lambda number: f"hash of {number}")
        connector = SPEC.build(made, context)
        assert isinstance(connector, EclassCourses)
        return connector


@contextmanager
def real_eclass(*, database: bool = True) -> Iterator[RealEclass]:
    """The platform that the environment names, with its database if one is named and wanted."""
    address = told("URL").rstrip("/")
    hand = Hand(address, told("TOKEN"), told("DEPARTMENT"), told("DB") if database else "")
    faults = FaultBook()
    running = serve(forwarding(address, {"authorization"}), "eclass", faults)
    try:
        yield RealEclass(running, faults, hand)
    finally:
        running.stop()
        hand.close()


@contextmanager
def contract_platform(server: RealEclass) -> Iterator[Platform]:
    """What the contract suite asks for."""
    hand, other = server.hand, "eclass_" + secrets.token_hex(32)
    password = make_url(hand.database).password if hand.database else None
    with hand.room() as ref:
        connectors = [server.connector(), server.connector(other), server.connector(timeout=3.0)]
        try:
            yield Platform(
                courses=connectors[0],
                locked_out=connectors[1],
                hasty=connectors[2],
                world=hand,
                faults=server.faults,
                system="eclass",
                category=hand.department,
                unknown_course=UNKNOWN_COURSE,
                secrets=(hand.token, other, *([str(password)] if password else [])),
                ref=ref,
                backdates=False,
                beside=BY_DATABASE if hand.database else frozenset(),
            )
        finally:
            for connector in connectors:
                connector.close()
