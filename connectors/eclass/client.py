"""The wire to Open eClass's API v1: addresses, token, time limits, and what an answer may look like.

An answer counts only as status 200, or an error status with an `errorcode`, whose body is JSON of the expected shape;
the content type proves nothing (E-6, E-7, E-8). The errors that a person must mend become `StopConnector`, those of
one item `SkipThis`; a page, an empty answer or a wrong shape are `TryLater` for a read and `Ambiguous` for a write.
Bodies are form-urlencoded (E-4), paths end with a slash (E-5), the token travels in the header alone (E-3).
`clone_course`, `registeruser` and `sso` are never called (E-31, E-32, E-33).
There are no pages, no batches, no conditional reads and no limits of rate (E-13): each list is one answer, taken whole
or not at all; each write is about one person; how much goes on at a time is ours to bound (`WireLimits`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import connectors.eclass.mapping as mapping
from connectors.eclass.mapping import Account, CourseRow, Department, GroupRow, Listed, Misshapen, Standing
from connectors.eclass.settings import EclassSettings
from kypek_sync.contract import Ambiguous, Answer, SkipThis, StopConnector, TryLater, Wire, WireLimits

T = TypeVar("T")

_STOP = {
    1: (
        "refuses the token: it is mistyped, expired, switched off or limited to other IP addresses"
        " (eClass gives one answer for all of these).",
        "Look at Administration, External applications, API Token; make a new token and put it in the settings."
        " Seats stay as they are.",
    ),
    100: (
        "says that no token arrived.",
        "Check that the token is set, and that the web server passes the Authorization header on"
        " (Apache with FPM needs CGIPassAuth On).",
    ),
    999: (
        "has its API switched off.",
        "Ask its administrators to switch on API Token under Administration, External applications;"
        " making a token is not enough.",
    ),
}
_STOP[401] = _STOP[100]
_UNDONE = frozenset({2, 3, 4, 20, 403, 404})
"""Error codes that say why nothing was done; after any other a write may have been done."""
_BAD_DEPARTMENT = "Course Code is empty!"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the API. `code` is its errorcode (0: none), `said` its errormessage, `date` the server's clock."""

    status: int
    code: int
    said: str
    value: Any = field(repr=False)
    date: datetime | None = None


class EclassClient:
    """The calls of one Open eClass, typed. `system` is the connector's name, used in errors."""

    def __init__(self, system: str, settings: EclassSettings) -> None:
        self.system = system
        self.address = settings.address
        self._token = settings.token
        limits = WireLimits(
            connect=min(5.0, settings.timeout),
            read=settings.timeout,
            deadline=settings.timeout,
            parallel=settings.parallel,
        )
        self._wire = Wire(system, limits)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    # Reads

    def ask(self, call: str, **query: str) -> Reply:
        """One read, its errorcode left to the caller. Raises `TryLater` for what is no answer, `StopConnector` for
        errors that a person must mend."""
        answer = self._wire.get(self._url(call) + (f"?{urlencode(query)}" if query else ""), self._headers())
        reply = _reply(answer)
        if reply is None:
            raise TryLater(self.system, f"{self._url(call)} answered {_kind(answer)}.", hint=_NO_DATA)
        self._stop(reply)
        return reply

    def account(self, username: str) -> Account | None:
        """The user with this username, byte by byte; None when eClass says that there is none. The answer must speak of
        the same person (E-11)."""
        found = self._read("users", mapping.account, {"username": username}, absent=3)
        if found is not None and found.username.casefold() != username.casefold():
            raise TryLater(self.system, f"asked for the user {username}, the server spoke of somebody else.")
        return found

    def course_people(self, course: str) -> tuple[Account, ...]:
        """Members of a course (newer API). An empty list proves nothing (E-27)."""
        return self._sure("users", mapping.accounts, course_id=course)

    def group_people(self, group: str) -> tuple[Account, ...]:
        """Members of a group (newer API)."""
        return self._sure("users", mapping.accounts, group_id=group)

    def courses(self) -> tuple[Listed, ...]:
        """All courses that are not inactive."""
        return self._sure("courses", mapping.listed)

    def row(self, course: str) -> CourseRow | None:
        """One course; None for an unknown code (E-20)."""
        found = self._read("courses", mapping.course_row, {"course_id": course})
        if found is not None and found.code != course:
            raise TryLater(self.system, f"asked for the course {course}, the server spoke of {found.code}.")
        return found

    def unknown(self, course: str) -> bool:
        """Whether eClass says in words that it has no such course: groups/ does, where courses/ shows an empty list.
        Only for a course that is not shown: groups/ calls an inactive one unknown too."""
        return self.ask("groups", course_id=course).code == 3

    def standing(self, course: str, username: str) -> Standing:
        """How somebody stands to a course; not registered may mean unknown (E-22)."""
        found, code, name = self._sure("courses", mapping.standing, course_id=course, uname=username)
        if found.registered and (code != course or name.casefold() != username.casefold()):
            raise TryLater(self.system, f"asked for {username} in {course}, the server spoke of {name} in {code}.")
        return found

    def groups(self, course: str) -> tuple[GroupRow, ...]:
        """The groups of a course. Raises `SkipThis` for an unknown course."""
        return self._sure("groups", mapping.group_rows, course_id=course)

    def count(self, course: str) -> int:
        """The registration count of a course; 0 also for an unknown one (E-30)."""
        number, code = self._sure("registration", mapping.count, course_id=course)
        if code not in ("", course):
            raise TryLater(self.system, f"asked for the count of {course}, the server spoke of {code}.")
        return number

    def departments(self) -> tuple[Department, ...]:
        """Every department. Without `all` there is one row only (E-29)."""
        return self._sure("categories", mapping.departments, all="1")

    def page(self, path: str) -> Answer:
        """A page that everybody may read; the token does not go along."""
        return self._wire.get(f"{self.address}/{path}", {})

    # Writes: `SkipThis` says that nothing was done, `Ambiguous` that nobody knows

    def enrol(self, user: int, course: str, role: str, group: str = "") -> None:
        """Make a membership, or set its role; with `group` put the person into it as well. `role` is a word of
        `ROLE_WORDS` and is always sent (E-24)."""
        form = {"user_id": str(user), "course_id": course, "role_id": role}
        self._write("enroll_user", mapping.ok, form | ({"group_id": group} if group else {}))

    def unenrol(self, user: int, course: str) -> None:
        """End a membership; also ok where there is none (E-26)."""
        self._write("unenroll_user", mapping.ok, {"user_id": str(user), "course_id": course})

    def create_group(self, course: str, name: str) -> int:
        """A new group, even where one has this name already (E-28)."""
        return self._write("groups", mapping.created_group, {"course_id": course, "groupname": name})

    def create_course(self, form: Mapping[str, str]) -> str:
        """A new course, each time (E-23): its code. `SkipThis`: eClass refused, or made none for all its answer."""
        number, code = self._write("courses", mapping.created, form)
        if number is None:
            raise SkipThis(
                self.system,
                f"eClass could not store the course and answered with the code {code}, which does not exist.",
                hint="Shorten its title, or ask the administrators to look at the database's log.",
            )
        return code

    def make_account(self, form: Mapping[str, str], parse: Callable[[Any], T]) -> T:
        """A new user, or other names for one who is there (newer API); the older one makes only local ones (E-15)."""
        return self._write("users", parse, form)

    def _read(self, call: str, parse: Callable[[Any], T], query: Mapping[str, str], absent: int = 0) -> T | None:
        """One read; None where the errorcode is `absent`. `SkipThis` for any other errorcode."""
        reply = self.ask(call, **query)
        if absent and reply.code == absent:
            return None
        if reply.code:
            raise SkipThis(self.system, self._refusal(call, reply))
        wrong = ""
        try:
            return parse(reply.value)
        except Misshapen as error:
            wrong = str(error)
        raise TryLater(self.system, f"{self._url(call)} answered something unexpected: {wrong}.", hint=_NO_DATA)

    def _sure(self, call: str, parse: Callable[[Any], T], **query: str) -> T:
        found = self._read(call, parse, query)
        if found is None:
            raise TryLater(self.system, f"{self._url(call)} answered nothing.", hint=_NO_DATA)
        return found

    def _write(self, call: str, parse: Callable[[Any], T], form: Mapping[str, str]) -> T:
        answer = self._wire.post(self._url(call), urlencode(form), "application/x-www-form-urlencoded", self._headers())
        if answer.status == 200 and answer.text.strip() == _BAD_DEPARTMENT:
            raise SkipThis(
                self.system,
                f"eClass has no department number {form.get('department_id', '')}, so no course was made.",
                hint="`kypek-sync connector eclass departments` lists them.",
            )
        reply = _reply(answer)
        wrong = _kind(answer)
        if reply is not None:
            self._stop(reply)
            if reply.code in _UNDONE:
                raise SkipThis(self.system, self._refusal(call, reply))
            wrong = f"error {reply.code} ({reply.said})"
            if not reply.code:
                try:
                    return parse(reply.value)
                except Misshapen as error:
                    wrong = f"something unexpected: {error}"
        raise Ambiguous(
            self.system,
            f"{self._url(call)} was asked to change something and answered {wrong}.",
            hint="It will be looked up before anything is sent again.",
        )

    def _stop(self, reply: Reply) -> None:
        if reply.code in _STOP:
            says, hint = _STOP[reply.code]
            raise StopConnector(self.system, f"{self.address} {says}", hint=hint)

    def _refusal(self, call: str, reply: Reply) -> str:
        scope = " The token may be limited to other departments or courses." if reply.code == 403 else ""
        return f"eClass refused {call} with error {reply.code}: {reply.said}.{scope}"

    def _url(self, call: str) -> str:
        return f"{self.address}/api/v1/{call}/"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.get_secret_value()}"}


_NO_DATA = "Its database or web server may be out of order or in maintenance; what we know stays as it is."


def _kind(answer: Answer) -> str:
    """What an answer that counts for nothing looks like, without its words."""
    if not answer.body.strip():
        return f"nothing at all (HTTP {answer.status})"
    page = answer.body.lstrip()[:1] == b"<"
    return f"{'a web page' if page else 'something else'} instead of data (HTTP {answer.status})"


def _reply(answer: Answer) -> Reply | None:
    """The answer, if it may count as one (E-6, E-7)."""
    try:
        value = answer.json()
    except ValueError:
        return None
    date = answer.date
    if isinstance(value, dict) and "errorcode" in value:
        raw = str(value["errorcode"])
        said = " ".join(str(value.get("errormessage", "")).split()).rstrip(".")[:200]
        code = int(raw) if re.fullmatch("[0-9]{1,9}", raw) else 0
        return Reply(answer.status, code or -1, said, None, date)
    return Reply(200, 0, "", value, date) if answer.status == 200 else None
