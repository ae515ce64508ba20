"""Courses, members, groups and pending requests from eClass's database: one question for all courses of a pass.

Roles follow what the API calls them: status 1 is a teacher, 5 a student, or an assistant where `editor` is set; any
other status is a role that is left alone. DATETIMEs are naive Europe/Athens (E-47).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import connectors.eclass.mapping as mapping
from connectors.eclass.database import Reading
from connectors.eclass.database_question import Part, Row
from connectors.eclass.mapping import Account, CourseRow, Department, GroupRow, Standing
from kypek_sync.model import CourseRole

_PERSON = (("username", "u.username"), ("givenname", "u.givenname"), ("surname", "u.surname"), ("email", "u.email"))
PARTS = (
    Part(
        "course",
        (("id", "c.id"), ("members", "(SELECT COUNT(*) FROM course_user cu WHERE cu.course_id = c.id)")),
        (("code", "c.code"), ("title", "c.title"), ("public_code", "c.public_code"), ("description", "c.description")),
        "FROM course c WHERE c.code IN :codes",
    ),
    Part(
        "member",
        (("course", "cu.course_id"), ("id", "u.id"), ("status", "cu.status"), ("editor", "cu.editor")),
        (("since", "cu.reg_date"), *_PERSON),
        "FROM course c JOIN course_user cu ON cu.course_id = c.id LEFT JOIN user u ON u.id = cu.user_id"
        " WHERE c.code IN :codes",
    ),
    Part(
        "group",
        (("course", "g.course_id"), ("id", "g.id")),
        (("name", "g.name"),),
        "FROM course c JOIN `group` g ON g.course_id = c.id WHERE c.code IN :codes",
    ),
    Part(
        "inside",
        (("group", "g.id"),),
        (("username", "u.username"),),
        "FROM course c JOIN `group` g ON g.course_id = c.id JOIN group_members gm ON gm.group_id = g.id"
        " JOIN user u ON u.id = gm.user_id WHERE c.code IN :codes",
    ),
    Part(
        "request",
        (("course", "r.course_id"), ("id", "u.id")),
        (("since", "r.ts"), *_PERSON),
        "FROM course c JOIN course_user_request r ON r.course_id = c.id AND r.status = 1"
        " JOIN user u ON u.id = r.uid WHERE c.code IN :codes",
    ),
)
"""What is asked of the courses with `codes`."""
_TEACHER, _STUDENT = 1, 5


@dataclass(frozen=True, slots=True)
class Belonging:
    """A membership, or a pending request for one (role STUDENT)."""

    account: Account
    standing: Standing


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course as the database holds it at one moment. `counted` is its number of memberships by a count of its own,
    `nameless` how many of them belong to no account; `inside` are logins by group; a person may have made several
    `requests`."""

    row: CourseRow
    members: tuple[Belonging, ...]
    counted: int
    nameless: int
    groups: tuple[GroupRow, ...]
    inside: dict[int, frozenset[str]]
    requests: tuple[Belonging, ...]


def courses(reading: Reading, rows: Mapping[str, list[Row]], codes: Collection[str]) -> dict[str, CourseFacts]:
    """The facts of these courses by code, each code as it is written (E-10), from the answers to `PARTS`; those that
    are not there are left out."""
    found = [row for row in rows["course"] if row["code"] in codes]
    by_code = {_words(row["code"]): row for row in found}
    if len(by_code) < len(found):
        raise mapping.Misshapen("more than one course with one code")
    members, groups = _by(rows["member"], "course"), _by(rows["group"], "course")
    inside, requests = _by(rows["inside"], "group"), _by(rows["request"], "course")
    joined, asked = reading.moment("course_user", "reg_date"), reading.moment("course_user_request", "ts")
    return {
        code: CourseFacts(
            _course(row),
            tuple(
                Belonging(_account(one), Standing(True, _role(one["status"], one["editor"]), joined(one["since"])))
                for one in members.get(row["id"], ())
                if one["username"] is not None
            ),
            mapping.whole(row["members"]),
            sum(one["username"] is None for one in members.get(row["id"], ())),
            tuple(
                sorted(
                    (GroupRow(mapping.whole(one["id"]), _words(one["name"])) for one in groups.get(row["id"], ())),
                    key=lambda group: group.id,
                )
            ),
            {
                one["id"]: frozenset(_words(who["username"]).lower() for who in inside.get(one["id"], ()))
                for one in groups.get(row["id"], ())
            },
            tuple(Belonging(_account(one), _asking(asked(one["since"]))) for one in requests.get(row["id"], ())),
        )
        for code, row in by_code.items()
    }


def group_people(reading: Reading, group: int) -> frozenset[str]:
    """The logins of a group, also of those who are no longer in its course (E-26)."""
    found = reading.rows(
        "SELECT u.username FROM group_members gm JOIN user u ON u.id = gm.user_id WHERE gm.group_id = :group",
        group=group,
    )
    return frozenset(_words(row.username).lower() for row in found)


def departments(reading: Reading) -> tuple[Department, ...]:
    """Every department; a name may be PHP-serialised (E-51)."""
    return tuple(
        Department(mapping.whole(row.id), _words(row.code), mapping.greek(_words(row.name)))
        for row in reading.rows("SELECT id, code, name FROM hierarchy ORDER BY id")
    )


def newest_courses(reading: Reading, number: int) -> tuple[CourseRow, ...]:
    """The courses with the highest ids: by them a database is known to be that of the platform."""
    found = reading.rows(
        "SELECT id, code, title, public_code, description FROM course ORDER BY id DESC LIMIT :number", number=number
    )
    return tuple(_course(dict(row._mapping)) for row in found)


def _by(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    """The rows by a column that holds an id."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(mapping.whole(row[key]), []).append(row)
    return found


def _course(row: Row) -> CourseRow:
    return CourseRow(
        mapping.whole(row["id"]),
        _words(row["code"]),
        _words(row["title"]),
        _words(row["public_code"]),
        _words(row["description"]),
    )


def _account(row: Row) -> Account:
    name = f"{_words(row['givenname'])} {_words(row['surname'])}".strip()
    return Account(mapping.whole(row["id"]), _words(row["username"]), name, _words(row["email"]))


def _role(status: object, editor: object) -> CourseRole:
    if status == _TEACHER:
        return CourseRole.TRAINER
    if status != _STUDENT:
        return CourseRole.OTHER
    return CourseRole.ASSISTANT if editor == 1 else CourseRole.STUDENT


def _asking(since: datetime | None) -> Standing:
    return Standing(False, CourseRole.STUDENT, since)


def _words(value: object) -> str:
    """Text as it is, but for NUL characters, which no row of PostgreSQL can hold: they are replaced, as the wire does.
    Nothing for NULL. Raises `Misshapen` for bytes: a column that holds no text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise mapping.Misshapen("a column of text holds something else")
    return value.replace("\x00", "\ufffd")
