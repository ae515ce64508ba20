"""What a read of a registration course says about applications (design, rules 1, 3 to 5)."""

from __future__ import annotations

from datetime import timedelta

from kypek_sync.contract import Member, Snapshot
from kypek_sync.model import Application, CourseRole, SeatState
from kypek_sync.seminar.applications import (
    Promoted,
    absent,
    applicants,
    given_up_elsewhere,
    one_each,
    promoted,
    sight,
    where_it_takes_place,
)
from kypek_sync.seminar.specialties import exists
from tests.seminar.builders import NOON, application, seat


def read(*members: Member, complete: bool = True) -> Snapshot[Member]:
    return Snapshot("eclass", "course C1", NOON, members, complete)


def student(login: str, **more: object) -> Member:
    return Member(login, CourseRole.STUDENT, **more)  # type: ignore[arg-type]


def look(snapshot: Snapshot[Member], before: dict[str, Application], gone: set[str] = frozenset()):  # type: ignore[no-untyped-def,assignment]
    present = {m.login: m for m in snapshot.items}
    return sight("EKFE-26-01", snapshot, present, before, frozenset(gone))


def test_members_we_enrolled_and_those_who_run_it_are_no_applicants() -> None:
    members = [student("anna"), student("ours"), student("officer"), Member("trainer", CourseRole.TRAINER)]
    assert set(applicants(members, frozenset({"ours"}), frozenset({"officer"}))) == {"anna"}


def test_a_new_member_is_an_application_at_the_platforms_time() -> None:
    seen = look(read(student("anna", since=NOON - timedelta(hours=1))), {})
    assert seen.standing[0].at == NOON - timedelta(hours=1)
    assert seen.standing[0].exact


def test_where_the_platform_tells_no_time_the_first_sight_counts_and_is_marked() -> None:
    seen = look(read(student("anna")), {})
    assert seen.standing[0].at == NOON
    assert not seen.standing[0].exact


def test_an_application_keeps_its_first_moment() -> None:
    before = {"anna": application("anna", -60)}
    assert look(read(student("anna", since=NOON)), before).standing == (before["anna"],)


def test_absence_is_a_question_only_after_a_complete_read() -> None:
    before = {"anna": application("anna")}
    assert absent(before, {}, True) == {"anna"}
    assert absent(before, {}, False) == frozenset()


def test_without_the_second_proof_an_absent_application_stands() -> None:
    before = {"anna": application("anna")}
    seen = look(read(), before)
    assert [a.login for a in seen.standing] == ["anna"]
    assert seen.withdrawn == frozenset()


def test_with_the_second_proof_it_is_withdrawn() -> None:
    before = {"anna": application("anna"), "dora": application("dora")}
    seen = look(read(student("dora")), before, {"anna"})
    assert seen.withdrawn == {"anna"}
    assert [a.login for a in seen.standing] == ["dora"]


def test_a_partial_read_withdraws_nobody_whatever_was_proven() -> None:
    before = {"anna": application("anna")}
    assert look(read(complete=False), before, {"anna"}).withdrawn == frozenset()


def test_all_may_leave_when_all_are_proven_gone() -> None:
    before = {f"t{n}": application(f"t{n}") for n in range(3)}
    seen = look(read(), before, {"t0", "t1", "t2"})
    assert seen.withdrawn == {"t0", "t1", "t2"}


def each(*applications: Application, **seated: SeatState) -> list[tuple[str, str]]:
    before = {login: seat(login, state) for login, state in seated.items()}
    return [(a.login, f"{a.at:%H:%M}") for a in one_each(applications, before)]


def test_two_logins_of_one_person_are_one_application_at_the_earlier_time() -> None:
    old, new = application("old", 10, person="p1"), application("new", 5, person="p1")
    assert each(old, new) == [("new", "12:05")]
    assert each(old, new, old=SeatState.GRANTED) == [("old", "12:05")]
    assert each(old, new, old=SeatState.WAITING) == [("old", "12:05")]
    assert each(old, new, old=SeatState.WITHDRAWN) == [("new", "12:05")]


def test_two_doors_are_one_application() -> None:
    both = application("anna", 7), application("anna", 3, system="moodle", exact=False)
    (found,) = one_each(both, {})
    assert (found.at, found.exact) == (both[1].at, False)


def test_people_who_are_not_in_the_directory_are_known_by_login_alone() -> None:
    strangers = [application(login, person="") for login in ("eva", "zoe", "zoe")]
    assert each(*strangers) == [("eva", "12:00"), ("zoe", "12:00")]


def trainer(login: str, role: CourseRole = CourseRole.TRAINER) -> Member:
    return Member(login, role)


def test_who_teaches_in_the_course_and_was_told_nothing_applies_no_more() -> None:
    applied = {login: application(login) for login in ("anna", "dora", "eleni")}
    members = [trainer("anna"), trainer("dora", CourseRole.ASSISTANT), student("eleni"), trainer("stranger")]
    before = {"anna": seat("anna", SeatState.UNDER_REVIEW)}
    found = promoted(applied, members, before, ())
    assert found == Promoted((applied["anna"], applied["dora"]))


def test_who_teaches_in_the_course_keeps_what_they_were_told_under_whatever_login() -> None:
    """Rules 12 and 13."""
    applied = {login: application(login) for login in ("anna", "dora", "eleni", "chara")}
    before = {
        "anna": seat("anna", SeatState.GRANTED),
        "dora": seat("dora", SeatState.WAITING),
        "eleni": seat("eleni", SeatState.REFUSED),
        "chara2": seat("chara2", SeatState.GRANTED, person="p-chara"),
    }
    found = promoted(applied, map(trainer, applied), before, ())
    assert found == Promoted((), frozenset(applied))


def test_a_role_without_a_name_is_nobody_who_teaches() -> None:
    assert promoted({"anna": application("anna")}, [Member("anna", CourseRole.OTHER)], {}, ()) == Promoted()


def test_who_was_vouched_for_applies_also_where_they_teach() -> None:
    assert promoted({"anna": application("anna")}, [trainer("anna")], {}, {"anna"}) == Promoted()


def test_who_leaves_the_course_gives_up_the_wish_of_the_list_too_under_whatever_login() -> None:
    mine, others, part = application("anna", system="(list)"), application("dora"), application("anna", part="b")
    left = application("anna.new", person="p-anna")
    assert given_up_elsewhere([mine, others, part], [left]) == ((others, part), (mine,))


def test_a_cancelled_part_counts_for_nobody_who_applies_in_another_one_unless_they_have_a_seat_there() -> None:
    here, there, alone = (application(one, part=part) for one, part in (("anna", "a"), ("anna", "b"), ("dora", "a")))
    assert where_it_takes_place([here, there, alone], {}, {"a"}) == (there, alone)
    seated = {"anna": seat("anna", SeatState.GRANTED, part="a")}
    assert where_it_takes_place([here, there, alone], seated, {"a"}) == (here, there, alone)


def test_the_law_knows_a_code_its_family_and_special_education() -> None:
    assert exists("ΠΕ86")
    assert exists("ΠΕ04.01")
    assert not exists("ΠΕ999")
