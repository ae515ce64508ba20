"""Direct access to the simulator's database: to seed it, and to see what the server really holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kypek_sync.sandbox.eclass.courses import next_code, role_word
from kypek_sync.sandbox.eclass.records import Course, Group, GroupMember, Member, User
from kypek_sync.sandbox.eclass.schema import (
    STUDENT,
    TEACHER,
    Database,
    aware_athens,
    naive_athens,
    opened,
    prepare,
)
from kypek_sync.sandbox.eclass.users import LOCAL_PASSWORD

_NEVER, _LONG_AGO = "2999-12-31 00:00:00", "2000-01-01 00:00:00"


class World:
    """The simulator's state, by its SQLite file. Safe beside a running server.

    `clock` gives aware UTC; it dates what is seeded without a date of its own.
    """

    def __init__(self, state: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._state = state
        self._clock = clock
        prepare(state)

    # Seeding: departments, people, courses

    def add_department(self, id: int, code: str, name: str, parent: int | None = None) -> None:
        """Add a department to the tree; courses in it get codes that begin with `code`."""
        with opened(self._state, writing=True) as db:
            db.write("INSERT INTO hierarchy (id, code, name, parent) VALUES (?, ?, ?, ?)", id, code, name, parent)
            _number_tree(db)

    def add_user(
        self,
        username: str,
        givenname: str,
        surname: str,
        email: str,
        *,
        am: str = "",
        auth: str = "cas",
        status: int = 5,
        department: int | None = None,
        admin: bool = False,
    ) -> int:
        """Add a person and give the id. `auth` is the sign-in method, `eclass` for a local password."""
        password = LOCAL_PASSWORD + secrets.token_hex(20) if auth == "eclass" else auth
        now = naive_athens(self._clock())
        with opened(self._state, writing=True) as db:
            number = db.write(
                "INSERT INTO user"
                " (username, surname, givenname, password, email, am, status, registered_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(username, surname, givenname, password, email, am, status, now, _NEVER),
            )
            if admin:
                db.write("INSERT INTO admin (user_id) VALUES (?)", number)
            if department is not None:
                db.write("INSERT INTO user_department (user, department) VALUES (?, ?)", number, department)
        return number

    def add_course(
        self, title: str, department: int, *, public_code: str = "", visible: int = 1, teacher: str | None = None
    ) -> str:
        """Add a course, with one teacher perhaps, and give its generated code."""
        now = naive_athens(self._clock())
        with opened(self._state, writing=True) as db:
            code = next_code(db, department)
            number = db.write(
                "INSERT INTO course (code, title, public_code, visible, created, start_date) VALUES (?, ?, ?, ?, ?, ?)",
                *(code, title, public_code or code, visible, now, now[:10]),
            )
            db.write("INSERT INTO course_department (course, department) VALUES (?, ?)", number, department)
        if teacher is not None:
            self.enrol(teacher, code, "teacher", self._clock())
        return code

    def add_to_department(self, course_code: str, department: int) -> None:
        """Put a course into one more department: the list of courses shows it once more (E-19)."""
        with opened(self._state, writing=True) as db:
            course = _course_id(db, course_code)
            db.write("INSERT INTO course_department (course, department) VALUES (?, ?)", course, department)

    def set_visible(self, course_code: str, visible: int) -> None:
        """What a teacher does in the course's settings; the API has no call for it."""
        with opened(self._state, writing=True) as db:
            db.write("UPDATE course SET visible = ? WHERE id = ?", visible, _course_id(db, course_code))

    # Seeding: memberships, groups, announcements

    def enrol(self, username: str, course_code: str, role: str, reg_date: datetime) -> None:
        """A person who enrolled by themselves, or whose role a teacher set. `reg_date` is aware."""
        status = TEACHER if role == "teacher" else STUDENT
        with opened(self._state, writing=True) as db:
            db.write(
                "REPLACE INTO course_user (course_id, user_id, status, editor, reg_date) VALUES (?, ?, ?, ?, ?)",
                _course_id(db, course_code),
                _user_id(db, username),
                status,
                int(role == "teacher_assistant"),
                naive_athens(reg_date),
            )

    def unenrol(self, username: str, course_code: str) -> None:
        """A person who left, or was removed by a teacher. Group memberships are kept (E-26)."""
        with opened(self._state, writing=True) as db:
            keys = _course_id(db, course_code), _user_id(db, username)
            db.write("DELETE FROM course_user WHERE course_id = ? AND user_id = ?", *keys)

    def apply_for(self, username: str, course_code: str, moment: datetime, comments: str = "") -> None:
        """A pending application to a closed course (`course_user_request`, status 1). `moment` is aware."""
        with opened(self._state, writing=True) as db:
            db.write(
                "INSERT INTO course_user_request (uid, course_id, comments, status, ts) VALUES (?, ?, ?, 1, ?)",
                *(_user_id(db, username), _course_id(db, course_code), comments, naive_athens(moment)),
            )

    def add_announcement(self, course_code: str, title: str, content: str, date: datetime) -> None:
        """An announcement with HTML content. `date` is aware."""
        with opened(self._state, writing=True) as db:
            db.write(
                "INSERT INTO announcement (course_id, title, content, date) VALUES (?, ?, ?, ?)",
                *(_course_id(db, course_code), title, content, naive_athens(date)),
            )

    def add_unit(self, course_code: str, title: str, comments: str = "", *, visible: bool = True) -> None:
        """A unit of a course, as sections/ lists them."""
        with opened(self._state, writing=True) as db:
            db.write(
                "INSERT INTO course_units (course_id, title, comments, visible) VALUES (?, ?, ?, ?)",
                *(_course_id(db, course_code), title, comments, int(visible)),
            )

    # Administration

    def add_token(
        self,
        token: str,
        *,
        expired: bool = False,
        courses: Sequence[str] | None = None,
        department: int | None = None,
        ip: str = "",
    ) -> None:
        """Add a token, or give an existing one another scope. `ip` is a list of addresses or networks, by spaces."""
        with opened(self._state, writing=True) as db:
            db.write("DELETE FROM api_token WHERE token = ?", token)
            number = db.write(
                "INSERT INTO api_token (token, ip, expired, all_courses, department_id) VALUES (?, ?, ?, ?, ?)",
                *(token, ip, _LONG_AGO if expired else _NEVER, int(courses is None), department),
            )
            for code in courses or ():
                course = _course_id(db, code)
                db.write("INSERT INTO api_token_course (token_id, course_id) VALUES (?, ?)", number, course)

    def set_api(self, enabled: bool) -> None:
        """Switch the API on or off (E-1)."""
        self._set("api_enabled", str(int(enabled)))

    def set_maintenance(self, on: bool) -> None:
        """Maintenance mode: every request is redirected to an HTML page (E-7)."""
        self._set("maintenance", str(int(on)))

    def set_sql_mode(self, strict: bool, *, full_group_by: bool = False) -> None:
        """The database's sql_mode: STRICT_ALL_TABLES (E-23, E-34), ONLY_FULL_GROUP_BY (E-29)."""
        self._set("sql_mode_strict", str(int(strict)))
        self._set("sql_mode_full_group_by", str(int(full_group_by)))

    def set_auth_methods(self, *names: str) -> None:
        """The sign-in methods that are active; eclass, ldap and cas at first."""
        self._set("auth_methods", ",".join(names))

    # Reading

    def courses(self) -> tuple[Course, ...]:
        """Every course, by id, inactive ones too."""
        with opened(self._state, writing=False) as db:
            return tuple(
                Course(
                    **{name: row[name] for name in ("id", "code", "public_code", "title", "visible", "prof_names")},
                    lang=row["lang"],
                    description=row["description"],
                    created=aware_athens(row["created"]),
                    departments=_departments(db, "course", row["id"]),
                )
                for row in db.rows("SELECT * FROM course ORDER BY id")
            )

    def users(self) -> tuple[User, ...]:
        """Every person, by id."""
        with opened(self._state, writing=False) as db:
            return tuple(
                User(
                    **{name: row[name] for name in ("id", "username", "givenname", "surname", "email", "am", "auth")},
                    status=row["status"],
                    admin=row["user_id"] is not None,
                    departments=_departments(db, "user", row["id"]),
                )
                for row in db.rows(
                    "SELECT user.*, auth, admin.user_id FROM user JOIN user_auth_v USING (id)"
                    " LEFT JOIN admin ON admin.user_id = user.id ORDER BY user.id"
                )
            )

    def members(self, course_code: str) -> tuple[Member, ...]:
        """Who is in a course, by username."""
        with opened(self._state, writing=False) as db:
            found = db.rows(
                "SELECT username, course_user.status, editor, reg_date FROM course_user JOIN user ON user.id = user_id"
                " WHERE course_id = ? ORDER BY username",
                _course_id(db, course_code),
            )
        return tuple(
            Member(course_code, r["username"], role_word(r["status"], r["editor"]), aware_athens(r["reg_date"]))
            for r in found
        )

    def groups(self, course_code: str) -> tuple[Group, ...]:
        """The groups of a course, by id."""
        with opened(self._state, writing=False) as db:
            course = _course_id(db, course_code)
            found = db.rows('SELECT * FROM "group" WHERE course_id = ? ORDER BY id', course)
        return tuple(Group(row["id"], course_code, row["name"]) for row in found)

    def group_members(self, group: int) -> tuple[GroupMember, ...]:
        """Who is in a group, by username, orphans too (E-26)."""
        with opened(self._state, writing=False) as db:
            found = db.rows(
                "SELECT username FROM group_members JOIN user ON user.id = user_id"
                " WHERE group_id = ? ORDER BY username",
                group,
            )
        return tuple(GroupMember(group, row["username"]) for row in found)

    def _set(self, key: str, value: str) -> None:
        with opened(self._state, writing=True) as db:
            db.set_setting(key, value)


def _course_id(db: Database, code: str) -> int:
    row = db.row("SELECT id FROM course WHERE code = ?", code)
    if row is None:
        raise KeyError(f"no course {code}")
    return int(row["id"])


def _user_id(db: Database, username: str) -> int:
    row = db.row("SELECT id FROM user WHERE username = ?", username)
    if row is None:
        raise KeyError(f"no user {username}")
    return int(row["id"])


def _departments(db: Database, kind: str, key: int) -> tuple[int, ...]:
    rows = db.rows(f"SELECT department FROM {kind}_department WHERE {kind} = ? ORDER BY department", key)
    return tuple(row["department"] for row in rows)


def _number_tree(db: Database) -> None:
    """Write the nested sets (lft, rgt) that eClass finds descendants by."""
    children: dict[int | None, list[int]] = {}
    for row in db.rows("SELECT id, parent FROM hierarchy ORDER BY id"):
        children.setdefault(row["parent"], []).append(row["id"])

    def walk(node: int, left: int) -> int:
        right = left + 1
        for child in children.get(node, ()):
            right = walk(child, right) + 1
        db.write("UPDATE hierarchy SET lft = ?, rgt = ? WHERE id = ?", left, right, node)
        return right

    left = 1
    for top in children.get(None, ()):
        left = walk(top, left) + 1
