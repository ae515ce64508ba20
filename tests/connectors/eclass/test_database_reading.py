"""Members, groups and requests from a real MariaDB with the tables of eClass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass import SPEC, EclassCourses
from kypek_sync.contract import Capability, Course, CourseRequests, Enrolment, ManyCourses, Outcome, SkipThis
from kypek_sync.model import CourseRole
from tests.connectors.eclass.simulated import OTHER_TOKEN, Eclass, eclass
from tests.connectors.eclass.tables import Tables
from tests.contracts.courses_platform import SPRING, SUMMER

pytestmark = pytest.mark.server("mariadb")


@pytest.fixture
def server(tmp_path: Path, lasting_tables: Tables) -> Iterator[Eclass]:
    with eclass(tmp_path, "older", lasting_tables) as running:
        yield running


@pytest.fixture
def tables(lasting_tables: Tables) -> Tables:
    return lasting_tables


@pytest.fixture
def connector(server: Eclass) -> Iterator[EclassCourses]:
    made = server.connector()
    yield made
    made.close()


def a_course(server: Eclass, *logins: str, title: str = "Ρομποτική") -> str:
    """A course with these students."""
    code = server.platform.add_course(title)
    known = {user.username for user in server.world.users()}
    for login in logins:
        if login not in known:
            server.platform.add_person(login)
        server.platform.self_enrol(login, code, SPRING)
    return code


def test_the_database_brings_what_the_older_api_cannot(connector: EclassCourses) -> None:
    assert connector.capabilities() == {
        Capability.MEMBER_LIST,
        Capability.MEMBER_DATES,
        Capability.GROUP_MEMBERS,
        Capability.END_MEMBERSHIP,
        Capability.COURSE_REQUESTS,
    }
    assert isinstance(connector, ManyCourses)
    assert isinstance(connector, CourseRequests)


def test_every_role_has_its_name(server: Eclass, tables: Tables, connector: EclassCourses) -> None:
    code = a_course(server, "elioannou", "guest")
    for login, role in (("mpapadopoulou", "teacher"), ("gvlachos", "teacher_assistant")):
        server.world.add_user(login, "Μαρία", "Παπαδοπούλου", "")
        server.world.enrol(login, code, role, SUMMER)
    server.platform.mirror()
    tables.run("UPDATE course_user cu JOIN user u ON u.id = cu.user_id SET cu.status = 10 WHERE u.username = 'guest'")
    read = connector.members(code, {})
    assert {member.login: member.role for member in read.items} == {
        "elioannou": CourseRole.STUDENT,
        "guest": CourseRole.OTHER,
        "gvlachos": CourseRole.ASSISTANT,
        "mpapadopoulou": CourseRole.TRAINER,
    }
    assert read.complete


@pytest.mark.parametrize("zone", ["+00:00", "-07:00", "+09:30"])
def test_dates_are_of_athens_whatever_zone_the_server_has(server: Eclass, tables: Tables, zone: str) -> None:
    """E-47: DATETIMEs are naive Athens, winter and summer; a TIMESTAMP is of no zone."""
    code = a_course(server, "elioannou")
    server.platform.add_person("gvlachos")
    server.platform.self_enrol("gvlachos", code, SUMMER)
    tables.run(f"SET GLOBAL time_zone = '{zone}'")
    try:
        connector = server.connector()
        since = {member.login: member.since for member in connector.members(code, {}).items}
        assert since == {"elioannou": SPRING, "gvlachos": SUMMER}
        connector.close()
    finally:
        tables.run("SET GLOBAL time_zone = 'SYSTEM'")


@pytest.mark.parametrize("impossible", ["0000-00-00 00:00:00", "2026-00-00 00:00:00", "0001-01-01 00:00:00"])
def test_a_date_that_is_missing_or_impossible_is_not_known(
    server: Eclass, tables: Tables, connector: EclassCourses, impossible: str
) -> None:
    """E-34: one such row had kept all courses of the pass unread."""
    code = a_course(server, "elioannou", "gvlachos")
    tables.run(
        "SET SESSION sql_mode = ''",
        "UPDATE course_user cu JOIN user u ON u.id = cu.user_id SET cu.reg_date = NULL WHERE u.username = 'elioannou'",
        "UPDATE course_user cu JOIN user u ON u.id = cu.user_id SET cu.reg_date ="
        f" '{impossible}'"
        " WHERE u.username = 'gvlachos'",
    )
    read = connector.members(code, {})
    assert {member.login: member.since for member in read.items} == {"elioannou": None, "gvlachos": None}
    assert read.complete


def test_letters_of_all_alphabets_come_as_they_are(server: Eclass, connector: EclassCourses) -> None:
    code = server.platform.add_course("Ψηφιακή ΐΰϊ – «Ναι» 𝔐 🎓")
    server.world.add_user("elioannou", "Ελένη-Ζωή", "Ϊωάννου O'Neill 😀", "e@sch.example")
    server.platform.self_enrol("elioannou", code, SPRING)
    (member,) = connector.members(code, {}).items
    assert member.name == "Ελένη-Ζωή Ϊωάννου O'Neill 😀"
    connector.expect([code])
    shown = connector.course(code)
    assert isinstance(shown, Course)
    assert shown.title == "Ψηφιακή ΐΰϊ – «Ναι» 𝔐 🎓"


def test_usernames_are_logins_in_lower_case_and_twins_are_told(server: Eclass, connector: EclassCourses) -> None:
    code = a_course(server, "ELioannou", "elioannou", "enrol_lti_7")
    read = connector.members(code, {})
    assert [member.login for member in read.items] == ["elioannou"]
    assert [finding.code for finding in read.findings] == ["username-twins"]
    assert read.proofs == ("registration count 3", "1 LTI accounts left out")  # E-46


def test_a_course_code_counts_with_its_capitals(server: Eclass, connector: EclassCourses) -> None:
    """E-10: the database would find it without."""
    code = a_course(server, "elioannou")
    read = connector.members(code.lower(), {})
    assert not read.complete
    assert read.items == ()


def test_members_without_an_account_make_a_read_partial(
    server: Eclass, tables: Tables, connector: EclassCourses
) -> None:
    code = a_course(server, "elioannou", "gvlachos")
    tables.run("DELETE FROM user WHERE username = 'gvlachos'")
    read = connector.members(code, {})
    assert not read.complete
    assert "1 members" in read.why_partial
    assert [member.login for member in read.items] == ["elioannou"]


def test_groups_show_orphans_too(server: Eclass, connector: EclassCourses) -> None:
    """E-26: somebody out of the course stays in its group."""
    code = a_course(server, "elioannou", "gvlachos")
    group = connector.create_group(code, "Συμμετέχοντες").foreign_id
    assert {r.outcome for r in connector.join_group(code, group, ["elioannou", "gvlachos"])} == {Outcome.DONE}
    server.platform.leave("gvlachos", code)
    (shown,) = connector.groups(code).items
    assert shown.members == {"elioannou", "gvlachos"}
    assert [r.outcome for r in connector.join_group(code, group, ["elioannou"])] == [Outcome.ALREADY]


def test_requests_are_applications_with_their_moment(server: Eclass, tables: Tables, connector: EclassCourses) -> None:
    code = a_course(server, "elioannou")
    for login in ("gvlachos", "skontou", "rejected"):
        server.platform.add_person(login)
        server.world.apply_for(login, code, SUMMER)
    server.world.apply_for("gvlachos", code, SUMMER - timedelta(hours=1))  # asked twice
    server.world.apply_for("elioannou", code, SUMMER)  # a member by now
    server.platform.mirror()
    tables.run(
        "UPDATE course_user_request r JOIN user u ON u.id = r.uid SET r.status = 0 WHERE u.username = 'rejected'"
    )
    read = connector.requests(code)
    assert [(one.login, one.since) for one in read.items] == [
        ("gvlachos", SUMMER - timedelta(hours=1)),
        ("gvlachos", SUMMER),
        ("skontou", SUMMER),
    ]
    assert {one.role for one in read.items} == {CourseRole.STUDENT}
    assert read.complete
    assert [member.login for member in connector.members(code, {}).items] == ["elioannou"]


def test_a_moment_of_a_timestamp_column_is_read_as_one(server: Eclass, mariadb_server, tmp_path: Path) -> None:
    """E-47: the type of the column decides, not its name."""
    own = Tables(mariadb_server, "eclass_stamps", "kypek_stamps")
    try:
        own.run("ALTER TABLE course_user_request MODIFY ts TIMESTAMP NULL")
        (tmp_path / "own").mkdir()
        with eclass(tmp_path / "own", "older", own) as running:
            code = a_course(running, "elioannou")
            running.platform.add_person("gvlachos")
            own.run(
                "SET SESSION time_zone = '+00:00'",
                "INSERT INTO course_user_request (uid, course_id, ts) SELECT u.id, c.id, '2027-03-08 07:30:15'"
                " FROM user u, course c WHERE u.username = 'gvlachos'",
            )
            connector = running.connector()
            assert [one.since for one in connector.requests(code).items] == [SPRING]
            connector.close()
    finally:
        own.drop()


def test_without_a_database_requests_are_not_told(tmp_path: Path) -> None:
    with eclass(tmp_path, "newer") as running:
        connector = running.connector()
        assert Capability.COURSE_REQUESTS not in connector.capabilities()
        with pytest.raises(SkipThis, match="Only the database"):
            connector.requests("TMA101")
        connector.close()


def test_what_was_read_for_a_pass_is_handed_out_once(server: Eclass, connector: EclassCourses) -> None:
    code = a_course(server, "elioannou")
    connector.expect([code])
    assert len(connector.members(code, {}).items) == 1
    server.platform.leave("elioannou", code)
    assert connector.members(code, {}).items == ()  # asked again: read anew


def test_what_was_read_for_a_pass_is_not_handed_out_for_ever(server: Eclass) -> None:
    now = [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)]
    connector = server.connector(clock=lambda: now[0])
    one, other = a_course(server, "elioannou"), a_course(server, "gvlachos", title="Χημεία")
    connector.expect([one, other])
    assert len(connector.members(one, {}).items) == 1
    server.platform.leave("gvlachos", other)
    now[0] += timedelta(minutes=11)
    read = connector.members(other, {})
    assert read.items == ()
    assert read.as_of == now[0]
    connector.close()


def test_a_light_look_tells_where_somebody_is_new(server: Eclass, connector: EclassCourses) -> None:
    calm, busy, asked = (a_course(server, "elioannou", title=title) for title in ("Α", "Β", "Γ"))
    server.platform.add_person("gvlachos")
    known = {}
    for code in (calm, busy, asked):
        known[code] = {member.login: member for member in connector.members(code, {}).items}
        connector.requests(code)
    assert connector.quiet(known) == {calm, busy, asked}
    server.platform.self_enrol("gvlachos", busy, SUMMER)
    server.world.apply_for("gvlachos", asked, SUMMER)
    server.platform.mirror()
    assert connector.quiet(known) == {calm}
    server.platform.leave("elioannou", calm)
    server.platform.self_enrol("gvlachos", calm, SUMMER)  # as many as before, somebody else
    assert connector.quiet(known) == frozenset()
    assert connector.quiet({"TMA999": {}}) == frozenset()


def test_a_light_look_minds_neither_capitals_nor_accounts_of_another_platform(
    server: Eclass, connector: EclassCourses
) -> None:
    code = a_course(server, "ELioannou", "ΔΩΡΑ", "enrol_lti_7")
    read = connector.members(code, {})
    assert {member.login for member in read.items} == {"elioannou", "δωρα"}
    connector.requests(code)
    before = server.running.calls["read"]
    assert connector.quiet({code: {member.login: member for member in read.items}}) == {code}
    assert server.running.calls["read"] == before  # the API is not asked


def test_departments_come_from_the_database(server: Eclass, connector: EclassCourses) -> None:
    """E-51: names may be PHP-serialised."""
    server.world.add_department(7, "EKFE", 'a:2:{s:2:"el";s:8:"ΕΚΦΕ";s:2:"en";s:4:"EKFE";}', 1)
    server.platform.mirror()
    lines = SPEC.commands["departments"](connector, ()).splitlines()
    assert [line.split() for line in lines] == [["1", "ΚΥΠΕΚ"], ["4", "TMA", "Σεμινάρια"], ["7", "EKFE", "ΕΚΦΕ"]]


def test_teleconferences_show_who_was_there_for_how_long(
    server: Eclass, tables: Tables, connector: EclassCourses
) -> None:
    """E-45, E-47: minutes; the schedule is naive Athens, the attendance a TIMESTAMP."""
    code = a_course(server, "elioannou")
    tables.run(
        "DELETE FROM tc_session",
        "DELETE FROM tc_attendance",
        "INSERT INTO tc_session (course_id, title, start_date, end_date, meeting_id)"
        " SELECT id, 'Πρώτη', '2027-03-08 17:00:00', '2027-03-08 19:00:00', 'abcdefghij' FROM course",
        "SET SESSION time_zone = '+00:00'",
        "INSERT INTO tc_attendance (meetingid, bbbuserid, totaltime, date) VALUES"
        " ('abcdefghij', 'elioannou', 30, '2027-03-08 15:40:00'),"
        " ('abcdefghij', 'ELioannou', 12, '2027-03-08 16:00:00'),"
        " ('elsewhere', 'gvlachos', 99, '2027-03-08 16:00:00')",
    )
    (one,) = connector.teleconferences(code)
    assert (one.title, one.starts) == ("Πρώτη", datetime(2027, 3, 8, 15, 0, tzinfo=UTC))
    assert [(p.login, p.minutes, p.seen) for p in one.present] == [
        ("elioannou", 42, datetime(2027, 3, 8, 16, 0, tzinfo=UTC))
    ]
    assert SPEC.commands["sessions"](connector, (code,)).splitlines() == [
        "2027-03-08 17:00 – 2027-03-08 19:00  Πρώτη",
        "      42'  elioannou",
    ]


@pytest.mark.parametrize("limit", ["department", "course"])
def test_courses_that_a_limited_token_does_not_show_are_whole_in_each_read(
    tmp_path: Path, lasting_tables: Tables, limit: str
) -> None:
    """Section 2.1: they were partial in the reads whose turn it was to be held against the API, and whole in others."""
    with eclass(tmp_path, "newer", lasting_tables) as server:
        codes = [a_course(server, "elioannou", "gvlachos", title=f"Μάθημα {number}") for number in range(4)]
        server.world.add_department(9, "OTH", "Άλλο")
        scope = {"department": 9} if limit == "department" else {"courses": codes[3:]}
        server.world.add_token(OTHER_TOKEN, **scope)
        server.platform.mirror()
        moment = [SPRING]
        connector = server.connector(OTHER_TOKEN, clock=lambda: moment[0])
        for _ in range(6):
            connector.expect(codes)
            reads = [connector.members(code, {}) for code in codes]
            assert [read.why_partial for read in reads] == [""] * 4
            moment[0] += timedelta(minutes=20)
        probe = connector.probe()
        (receipt,) = connector.enrol(codes[0], [Enrolment("elioannou", CourseRole.STUDENT)])
        connector.close()
    said = next(line for line in probe.lines if line.subject == "token-scope")
    assert "The database shows the members of all" in said.text
    if limit == "department":  # a list of courses does not keep single ones from being shown
        assert receipt.outcome is Outcome.REFUSED
        assert "The token may be limited" in receipt.detail


def test_a_course_that_a_limited_token_does_not_show_is_partial_while_the_numbers_disagree(
    tmp_path: Path, lasting_tables: Tables
) -> None:
    """registration/ asks for no token: a database that lags behind is seen there too."""
    with eclass(tmp_path, "newer", lasting_tables) as server:
        code = a_course(server, "elioannou", "gvlachos")
        server.world.add_department(9, "OTH", "Άλλο")
        server.world.add_token(OTHER_TOKEN, department=9)
        server.platform.mirror()
        connector = server.connector(OTHER_TOKEN)
        server.world.unenrol("gvlachos", code)
        assert "it lags behind" in connector.members(code, {}).why_partial
        connector.close()


def test_a_course_that_is_unknown_is_not_taken_for_one_out_of_reach(server: Eclass, connector: EclassCourses) -> None:
    """The older API has no limits: what it does not show is not there."""
    (receipt,) = connector.enrol("NONE101", [Enrolment("elioannou", CourseRole.STUDENT)])
    assert receipt.detail == "eClass shows no course with the code NONE101."
