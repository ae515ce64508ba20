"""What eClass cannot be asked to: a page's account, a letter on Mondays, or one ticket for the platform."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from kypek_sync.ledger import cases, outbox, todos
from kypek_sync.ledger.outbox import Row
from kypek_sync.ledger.todos import Closed, Entry
from kypek_sync.model import ATHENS
from kypek_sync.notices.wording import words
from kypek_sync.seminar.by_hand import Kind
from kypek_sync.sync.run import sync
from kypek_sync.sync.seats.letters_by_hand import monday
from tests.sync.centre import TEACHERS, Centre, Teacher, group, seats, sync_once
from tests.sync.two_platforms import TwoPlatforms, two_platforms

OPEN = 2
PAGE = "http://127.0.0.1:8080/s/EKFE-26-01"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def account(centre: Centre | TwoPlatforms, *, every: bool = False) -> dict[tuple[Kind, str], Entry]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {(one.kind, one.login): one for one in todos.listed(connection, "att-a", every=every)}


def letters(centre: Centre | TwoPlatforms, kind: str) -> list[Row]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [row for row in outbox.listed(connection) if row.notice.kind == kind]


def case(centre: Centre | TwoPlatforms, ref: str) -> cases.Filed | None:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = {one.case.ref: one for one in cases.listed(connection, "att-a")}
    return found.get(f"kypek:case:att-a:{ref}")


def ours(centre: Centre) -> str:
    """The code of the course that was made for the only seminar."""
    (course,) = centre.world.courses()
    return course.code


# ------------------------------------------------------------------------------------------- for teachers


def test_a_new_course_wants_an_announcement_and_dates_and_has_the_page_and_its_teacher_by_itself(
    centre: Centre,
) -> None:
    centre.seminar()
    for _ in range(2):
        sync_once(centre, "seats")
        centre.clock.turn(minutes=15)
    assert set(account(centre)) == {(Kind.ANNOUNCEMENT, ""), (Kind.DATES, "")}
    entry = account(centre)[(Kind.ANNOUNCEMENT, "")]
    assert PAGE in entry.text
    assert "03/03/2027 17:00–20:00, ΕΚΦΕ" in entry.text
    assert entry.link.startswith(f"{centre.server.address}/modules/announcements/")
    (course,) = centre.world.courses()
    assert PAGE in course.description
    assert {m.username: m.role for m in centre.world.members(course.code)}["officer1"] == "teacher"


def test_an_announcement_that_an_open_course_shows_is_done(centre: Centre) -> None:
    course = centre.course()
    centre.world.set_visible(course, OPEN)
    centre.seminar(course=centre.address(course))
    sync_once(centre, "seats")
    text = account(centre)[(Kind.ANNOUNCEMENT, "")].text
    centre.world.add_announcement(course, "Συνεδρίες", f"<p>{text.replace(chr(10), '<br>')}</p>", centre.clock.now)
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    entry = account(centre, every=True)[(Kind.ANNOUNCEMENT, "")]
    assert (entry.how, entry.closed_by) == (Closed.SEEN, "")


def test_a_tick_lasts_until_a_session_moves(centre: Centre) -> None:
    centre.seminar()
    sync_once(centre, "seats")
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    dates = account(centre)[(Kind.DATES, "")]
    with centre.installation() as inst, inst.ledger.begin() as connection:
        todos.close(connection, dates.id, Closed.TICKED, "officer1", centre.clock.now)
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    assert (Kind.DATES, "") not in account(centre)
    centre.seminar(day=17)
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    assert "17/03/2027" in account(centre)[(Kind.DATES, "")].text


@pytest.fixture
def with_post(centre: Centre) -> Centre:
    """Mail is set up, and only observed: letters wait in the outbox, where they can be counted."""
    centre.connectors["mail"] = "type: smtp, host: 127.0.0.1, port: 1, sender: kypek@sch.example, security: none"
    centre.services["post"] = "mail"
    centre.settings()
    return centre


def test_without_mail_no_letters_pile_up(centre: Centre) -> None:
    centre.seminar()
    for _ in range(3):
        sync_once(centre, "seats")
        centre.clock.turn(days=7)
    assert account(centre)
    assert letters(centre, "todos") == []


def test_letters_that_did_not_go_out_do_not_pile_up_either(with_post: Centre) -> None:
    with_post.seminar()
    weeks = []
    for _ in range(5):
        sync_once(with_post, "seats")
        with_post.clock.turn(days=7)
        weeks.append({row.notice.version for row in letters(with_post, "todos")})
    assert [len(versions) for versions in weeks] == [0, 0, 1, 1, 1]
    assert len(set().union(*weeks)) == 3


def test_what_is_open_on_monday_is_in_one_letter_to_each_teacher_each_week(with_post: Centre) -> None:
    centre = with_post
    centre.seminar()
    sync_once(centre, "seats")
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    assert letters(centre, "todos") == []
    for _ in range(2):
        centre.clock.turn(days=7)
        for _ in range(2):
            centre.clock.turn(minutes=15)
            sync_once(centre, "seats")
        sent(centre, letters(centre, "todos"))
    found = letters(centre, "todos")
    assert sorted(row.notice.login for row in found) == ["officer1", "officer1", "trainer1", "trainer1"]
    assert len({row.message_id for row in found}) == 4
    with centre.installation() as inst:
        said = words("todos", dict(found[0].notice.facts), "Νίκος", inst.text)
    assert said.subject == "Εκκρεμότητες στα μαθήματα των σεμιναρίων σας: 2"
    assert PAGE in said.body
    assert "    03/03/2027 17:00–20:00, ΕΚΦΕ" in said.body
    assert "Αναρτήστε αυτή την ανακοίνωση στο μάθημα:\n" in said.body


def sent(centre: Centre, rows: list[Row]) -> None:
    """The mail server took them."""
    with centre.installation() as inst, inst.ledger.begin() as connection:
        for row in rows:
            outbox.sent(connection, row, centre.clock.now)


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-11-02T06:59", "2026-10-26T07:00"),
        ("2026-11-02T07:00", "2026-11-02T07:00"),
        ("2026-11-08T23:59", "2026-11-02T07:00"),
        ("2026-10-26T08:00", "2026-10-26T07:00"),  # the clocks went back the day before
    ],
)
def test_a_week_begins_on_monday_morning_in_greece(now: str, start: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=ATHENS)
    assert monday(asked) == datetime.fromisoformat(start).replace(tzinfo=ATHENS)


def test_nobody_is_written_to_while_the_platform_is_only_observed(with_post: Centre) -> None:
    centre = with_post
    course = centre.course()
    centre.seminar(course=centre.address(course))
    sync_once(centre, "seats")
    centre.settings(mode="observe")
    centre.clock.turn(days=8)
    sync_once(centre, "seats")
    assert letters(centre, "todos") == []


# ------------------------------------------------------------------------------------------- for the platform


def a_lost_seat(centre: Centre) -> str:
    """Two have a seat; one of them leaves the course and comes back when it is full."""
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.apply("teacher1", course, minutes_ago=60)
    sync_once(centre)
    assert group(centre, course) == {"teacher1"}
    centre.world.unenrol("teacher1", course)
    centre.apply("teacher2", course, minutes_ago=30)
    for _ in range(2):
        centre.clock.turn(minutes=15)
        sync_once(centre)
    centre.apply("teacher1", course, minutes_ago=1)
    for _ in range(2):
        centre.clock.turn(minutes=15)
        sync_once(centre)
    assert seats(centre, code) == {"teacher1": "waiting", "teacher2": "granted"}
    return course


def test_who_is_left_in_the_group_is_in_one_case_until_somebody_takes_them_out(centre: Centre) -> None:
    course = a_lost_seat(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}
    filed = case(centre, "by-hand:eclass")
    assert filed is not None
    assert filed.cured is None
    assert "teacher1 (" in filed.case.body
    assert "teacher2" not in filed.case.body
    (ours,) = centre.world.groups(course)
    leave_group(centre, ours.id, "teacher1")
    centre.clock.turn(minutes=15)
    sync_once(centre)
    cured = case(centre, "by-hand:eclass")
    assert cured is not None
    assert cured.cured is not None
    assert group(centre, course) == {"teacher2"}


def leave_group(centre: Centre, number: int, login: str) -> None:
    """What somebody does in eClass's own pages."""
    with closing(sqlite3.connect(centre.folder / "eclass.db")) as database, database:
        database.execute(
            "DELETE FROM group_members WHERE group_id = ? AND user_id = (SELECT id FROM user WHERE username = ?)",
            (number, login),
        )


def test_a_course_whose_officer_is_refused_has_nobody_who_teaches(centre: Centre) -> None:
    centre.people(*TEACHERS, Teacher("officer2"))
    centre.seminar()
    file = centre.folder / "kypek.yaml"
    rewritten = file.read_text(encoding="utf-8").replace("officers: [officer1]", "officers: [officer2]")
    file.write_text(rewritten, encoding="utf-8")
    programme = centre.folder / "ekfe.yaml"
    programme.write_text(
        programme.read_text(encoding="utf-8").replace("επιμορφωτές: trainer1", 'επιμορφωτές: ""'), encoding="utf-8"
    )
    for _ in range(3):
        sync_once(centre)
        centre.clock.turn(minutes=15)
    assert (Kind.TEACHER, "") in account(centre)
    filed = case(centre, "by-hand:eclass")
    assert filed is not None
    assert centre.address(ours(centre)) in filed.case.body
    assert (Kind.SIGN_IN, "officer2") in account(centre)


# ------------------------------------------------------------------------------------------- for the person


def test_who_is_unknown_to_a_mirror_is_told_to_sign_in_once_and_then_enrolled(both: TwoPlatforms) -> None:
    """E-36. The seat stays; nobody is bothered with a ticket before two weeks are over."""
    login = "t39"
    both.settings(courses="moodle")
    with_mail(both)
    there = both.course()
    both.apply(login, there)
    forget_in_eclass(both, login)
    code = both.seminar(course=both.address(there), mirrors="[eclass]")
    passes(both, 3)
    assert (Kind.SIGN_IN, login) in account(both)
    (letter,) = letters(both, "sign-in")
    assert letter.notice.login == login
    assert letter.notice.cause.endswith(f":{code}")
    assert case(both, f"refused:eclass:{code}") is None
    both.clock.turn(days=15)
    passes(both, 1)
    late = case(both, f"refused:eclass:{code}")
    assert late is not None
    assert login in late.case.body
    both.eclass.add_user(login, "Όνομα", "Επώνυμο", f"{login}@sch.example")
    both.clock.turn(days=1)
    passes(both, 2)
    (course,) = both.eclass.courses()
    assert login in {member.username for member in both.eclass.members(course.code)}
    assert account(both, every=True)[(Kind.SIGN_IN, login)].how is Closed.SEEN
    assert len(letters(both, "sign-in")) == 1


def test_where_it_is_allowed_the_account_is_made_with_the_names_of_the_directory(both: TwoPlatforms) -> None:
    """E-15, E-36: bound to the school network's way of signing in."""
    login = "t38"
    both.settings(courses="moodle")
    file = both.folder / "kypek.yaml"
    allowed = file.read_text(encoding="utf-8").replace('department: "3"', 'department: "3", create_accounts: cas')
    file.write_text(allowed, encoding="utf-8")
    there = both.course()
    both.apply(login, there)
    forget_in_eclass(both, login)
    both.seminar(course=both.address(there), mirrors="[eclass]")
    passes(both, 2)
    (made,) = [user for user in both.eclass.users() if user.username == login]
    assert (made.surname, made.email, made.auth) == (login.capitalize(), f"{login}@sch.example", "cas")
    (course,) = both.eclass.courses()
    assert login in {member.username for member in both.eclass.members(course.code)}
    assert (Kind.SIGN_IN, login) not in account(both, every=True)


def with_mail(both: TwoPlatforms) -> None:
    """Mail is set up, and only observed."""
    file = both.folder / "kypek.yaml"
    smtp = "  mail: {type: smtp, host: 127.0.0.1, port: 1, sender: kypek@sch.example, security: none}\n"
    text = file.read_text(encoding="utf-8").replace("\nkypeks:\n", f"\n{smtp}kypeks:\n")
    file.write_text(text.replace("    helpdesk: rt\n", "    helpdesk: rt\n    post: mail\n"), encoding="utf-8")


def passes(both: TwoPlatforms, count: int) -> None:
    for _ in range(count):
        both.clock.turn(minutes=15)
        with both.installation() as inst:
            sync(inst, lanes=("directory", "seats", "tickets"))


def forget_in_eclass(both: TwoPlatforms, login: str) -> None:
    """Somebody who never signed in to eClass."""
    with closing(sqlite3.connect(both.folder / "eclass.sqlite")) as database, database:
        database.execute("DELETE FROM user WHERE username = ?", (login,))
