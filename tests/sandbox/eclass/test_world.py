"""`World` sees what the server holds, seeds what the API cannot, and bears many requests at once."""

from __future__ import annotations

import sqlite3
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
from werkzeug.test import Client

from kypek_sync.sandbox.eclass import GroupMember, create_app
from kypek_sync.sandbox.serving import serve
from tests.sandbox.eclass.platform import NOW, TOKEN, Platform

OCTOBER = datetime(2026, 10, 1, 6, 30, tzinfo=UTC)


def test_the_readers_agree_with_what_was_written_through_the_api(either: Platform) -> None:
    made = either.write(
        "courses/", title="Σεμινάριο", department_id=4, public_code="KYPEK-2027-001", visible="closed", lang="en"
    )
    user = either.write("users/", username="a", firstname="Άννα", lastname="Βήτα", emailaddress="a@sch.example")
    either.write("enroll_user/", user_id=user["id"], course_id=made["code"], role_id="teacher_assistant")
    group = either.write("groups/", course_id=made["code"], groupname="Α΄  Πάτρα")["id"]
    either.write("enroll_user/", user_id=user["id"], group_id=group, role_id="student")

    course = either.world.courses()[0]
    assert (str(course.id), course.code, course.public_code) == (made["id"], made["code"], "KYPEK-2027-001")
    assert (course.visible, course.lang, course.created, course.departments) == (0, "en", NOW, (4,))
    member = either.world.members(course.code)[0]
    assert (member.username, member.role, member.reg_date) == ("a", "student", NOW)
    assert [(str(found.id), found.name) for found in either.world.groups(course.code)] == [(group, "Α΄ Πάτρα")]
    assert either.world.group_members(int(group)) == (GroupMember(int(group), "a"),)


def test_the_api_agrees_with_what_was_seeded(either: Platform) -> None:
    code = either.world.add_course("Σεμινάριο", 4, public_code="KYPEK-2027-001", teacher="mpapadopoulou")
    either.world.enrol("admin", code, "teacher_assistant", OCTOBER)
    status = either.read("courses/", course_id=code, uname="admin")
    assert (status["status"], status["reg_date"]) == ("teacher_assistant", "2026-10-01 09:30:00")
    assert either.read("courses/", course_id=code, uname="mpapadopoulou")["status"] == "teacher"
    assert either.read("registration/", None, course_id=code) == [{"code": code, "count": 2}]
    either.world.unenrol("admin", code)
    assert either.read("courses/", course_id=code, uname="admin") == {"registered": False}


def test_readers_show_people_with_their_methods_departments_and_rights(either: Platform) -> None:
    either.world.add_user("pnikou", "Πέτρος", "Νίκου", "pnikou@sch.example", auth="ldap", status=1, department=5)
    seen = {user.username: (user.auth, user.status, user.admin, user.departments) for user in either.world.users()}
    assert seen == {
        "admin": ("eclass", 5, True, ()),
        "mpapadopoulou": ("cas", 5, False, ()),
        "pnikou": ("ldap", 1, False, (5,)),
    }


def test_unknown_names_are_told(either: Platform) -> None:
    with pytest.raises(KeyError, match="no course TMA999"):
        either.world.members("TMA999")
    code = either.world.add_course("Σεμινάριο", 4)
    with pytest.raises(KeyError, match="no user kanenas"):
        either.world.enrol("kanenas", code, "student", OCTOBER)


def test_a_reader_with_sql_finds_the_real_tables_in_athens_time(either: Platform) -> None:
    """E-47, and the least-privilege columns of the fact sheet's section 3.1."""
    code = either.world.add_course("Σεμινάριο", 4, visible=0, teacher="mpapadopoulou")
    either.world.apply_for("admin", code, OCTOBER, "Παρακαλώ")
    with closing(sqlite3.connect(either.state)) as database:
        joined = database.execute("SELECT status, reg_date FROM course_user").fetchall()
        applied = database.execute("SELECT status, ts, comments FROM course_user_request").fetchall()
        methods = database.execute("SELECT username, auth FROM user_auth_v ORDER BY id").fetchall()
        below = database.execute(
            "SELECT c.id FROM hierarchy c JOIN hierarchy p ON c.lft BETWEEN p.lft AND p.rgt"
            " WHERE p.id = 3 ORDER BY c.id"
        ).fetchall()
    assert joined == [(1, "2026-11-22 22:06:46")]
    assert applied == [(1, "2026-10-01 09:30:00", "Παρακαλώ")]
    assert methods == [("admin", "eclass"), ("mpapadopoulou", "cas")]
    assert below == [(3,), (4,), (5,)]


def test_the_state_outlives_the_server(older: Platform) -> None:
    code = older.write("courses/", title="Σεμινάριο", department_id=4)["code"]
    older.world.add_token("SECOND", expired=True)
    restarted = create_app(
        older.state, version="newer", token="SECOND", faults=older.book.of("eclass"), clock=lambda: NOW
    )
    answer = Client(restarted).get(f"/api/v1/courses/?course_id={code}", headers={"Authorization": "Bearer SECOND"})
    assert answer.get_json()[0]["code"] == code


def test_many_clients_at_once_lose_nothing(older: Platform) -> None:
    code = older.world.add_course("Σεμινάριο", 4)
    people = [older.world.add_user(f"u{n}", "Όνομα", "Επώνυμο", f"u{n}@sch.example") for n in range(40)]
    running = serve(older.app, "eclass")

    def enrol(person: int) -> bytes:
        form = urllib.parse.urlencode({"user_id": person, "course_id": code, "role_id": "student"}).encode()
        address = f"{running.address}/api/v1/enroll_user/"
        request = urllib.request.Request(address, form, {"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            body: bytes = answer.read()
        return body

    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(enrol, people))
    finally:
        running.stop()
    assert set(answers) == {b'{"status":"ok"}'}
    assert len(older.world.members(code)) == 40
    assert running.calls["write"] == 40


def test_many_creations_at_once_get_different_codes(either: Platform) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: either.write("courses/", title=f"Σεμινάριο {n}", department_id=4), range(24)))
    assert len({course["code"] for course in made}) == 24
    assert {course["code"] for course in made} == {course.code for course in either.world.courses()}
