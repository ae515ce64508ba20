"""A whole plan, compared value by value: what is touched, from what to what, why, and as whose decision.

The other tests of the plan each prove one rule; these hold everything that nobody would miss until an auditor asks.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kypek_sync.contract import (
    Capability,
    Cause,
    Change,
    Course,
    CourseDraft,
    Group,
    Member,
    Room,
    RoomDraft,
    Target,
    Verb,
)
from kypek_sync.model import CourseRole
from kypek_sync.sync.planning.desired import SEATED, WAITING, WishedCourse, WishedRoom
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses, plan_rooms

V = Verb
ALL = frozenset(Capability)
STARTS, ENDS = datetime(2027, 3, 3, 15, tzinfo=UTC), datetime(2027, 3, 4, 18, tzinfo=UTC)
DRAFT = CourseDraft("kypek:att-a:S1", "Ρομπότ", "7", "Για αρχάριους", STARTS, ENDS)
DATES = (("ends", "2027-03-04T18:00:00+00:00"), ("starts", "2027-03-03T15:00:00+00:00"))
ROW, READ, JUDGED = "row 3", "moodle read", "eclass read"
BECAUSE = (
    ("course", ROW),
    ("staff", ROW),
    ("staff", "trainer"),
    ("nobody", "no seat"),
    *((login, f"{login}: granted") for login in ("a", "b", "c", "d", "e")),
    ("x", "x: withdrawn"),
)


def wish(**changes: Any) -> WishedCourse:
    return WishedCourse("moodle", "S1", DRAFT, **{"because": BECAUSE, **changes})


def seen(**changes: Any) -> ObservedCourse:
    course = Course("9", "Ρομπότ", "https://moodle.example/9", "", "Για αρχάριους", STARTS, ENDS)
    usual: dict[str, Any] = {"bound": True, "course": course, "members_complete": True, "groups_complete": True}
    return ObservedCourse("moodle", "S1", shown_by=(READ,), judged_by=(JUDGED,), **{**usual, **changes})


def planned(
    it: WishedCourse,
    sight: ObservedCourse,
    can: frozenset[Capability] = ALL,
    withdrawn: tuple[str, ...] = (),
    decided: tuple[str, ...] | None = None,
) -> tuple[Change, ...]:
    known = None if decided is None else {"S1": frozenset(decided)}
    return plan_courses([it], {("moodle", "S1"): sight}, {"moodle": can}, {"S1": frozenset(withdrawn)}, known)


def student(login: str, active: bool = True) -> Member:
    return Member(login, CourseRole.STUDENT, active=active)


def members(*those: Member) -> dict[str, Member]:
    return {member.login: member for member in those}


def on(login: str = "", group: str = "") -> Target:
    return Target("moodle", "S1", group, login)


OF_COURSE = (ROW, READ)
OF_STAFF = (ROW, "trainer", READ)


def of(login: str) -> tuple[str, ...]:
    return (f"{login}: granted", READ, JUDGED)


NOBODY = ("no seat", READ, JUDGED)
STUDENT, TRAINER = (("role", "student"),), (("role", "trainer"),)


def test_a_course_is_created_with_all_that_is_known_of_it() -> None:
    facts = (("category", "7"), ("description", "Για αρχάριους"), DATES[0], ("ref", "kypek:att-a:S1"), DATES[1])
    assert planned(wish(), seen(bound=False)) == (
        Change(V.CREATE_COURSE, on(), (), (*facts, ("title", "Ρομπότ")), OF_COURSE),
    )


def test_a_course_is_adopted_by_its_address() -> None:
    address = (("address", "https://moodle.example/9"),)
    assert planned(wish(adopt="https://moodle.example/9"), seen(bound=False)) == (
        Change(V.ADOPT_COURSE, on(), (), address, OF_COURSE),
    )


def test_what_differs_of_a_course_is_set_and_nothing_else() -> None:
    course = Course("9", "Robots", "https://moodle.example/9", "", " Για \n παιδιά ", None, ENDS)
    assert planned(wish(), seen(course=course, written="Για παιδιά")) == (
        Change(
            V.UPDATE_COURSE,
            on(),
            (("description", " Για \n παιδιά "), ("starts", ""), ("title", "Robots")),
            (("description", "Για αρχάριους"), DATES[1], ("title", "Ρομπότ")),
            OF_COURSE,
        ),
    )


def test_a_course_that_says_the_same_in_other_spaces_is_left_alone() -> None:
    course = Course("9", "Ρομπότ ", "https://moodle.example/9", "", "Για  αρχάριους\n", STARTS, ENDS)
    assert planned(wish(), seen(course=course, written="Για αρχάριους")) == ()


@pytest.mark.parametrize("written", [None, "Άλλα", "Γιααρχάριους"])
def test_a_description_that_people_wrote_is_theirs(written: str | None) -> None:
    course = Course("9", "Ρομπότ", "https://moodle.example/9", "", "Για όλους", STARTS, ENDS)
    assert planned(wish(), seen(course=course, written=written)) == ()


def test_an_empty_description_is_no_wish_of_words() -> None:
    draft = CourseDraft("r", "Ρομπότ", "7", None)
    course = Course("9", "Ρομπότ", "https://moodle.example/9")
    it = WishedCourse("moodle", "S1", draft, because=BECAUSE)
    assert planned(it, seen(course=course, written="")) == ()


def test_staff_are_enrolled_or_raised_and_who_teaches_stays() -> None:
    """The first and the third need nothing; the others are still looked at."""
    there = members(
        Member("a", CourseRole.TRAINER), student("b"), Member("c", CourseRole.ASSISTANT), Member("e", CourseRole.OTHER)
    )
    assert planned(wish(staff=frozenset("abcde")), seen(members=there)) == (
        Change(V.ENROL, on("b"), STUDENT, TRAINER, OF_STAFF),
        Change(V.ENROL, on("d"), (), TRAINER, OF_STAFF),
    )


def test_staff_whom_we_enrolled_and_a_partial_list_lacks_are_still_there() -> None:
    sight = seen(members=members(student("b")), members_complete=False, enrolled=frozenset("ab"))
    assert planned(wish(staff=frozenset("abc")), sight) == (
        Change(V.ENROL, on("b"), STUDENT, TRAINER, OF_STAFF),
        Change(V.ENROL, on("c"), (), TRAINER, OF_STAFF),
    )


def test_students_are_enrolled_but_for_those_inside_and_those_left_out() -> None:
    sight = seen(members=members(student("a")), left_out=frozenset("c"))
    assert planned(wish(students=frozenset("abcd")), sight) == (
        Change(V.ENROL, on("b"), (), STUDENT, of("b")),
        Change(V.ENROL, on("d"), (), STUDENT, of("d")),
    )


def test_students_whom_we_enrolled_and_a_partial_list_lacks_are_still_there() -> None:
    sight = seen(members_complete=False, enrolled=frozenset("a"))
    assert planned(wish(students=frozenset("ab")), sight) == (Change(V.ENROL, on("b"), (), STUDENT, of("b")),)


def test_students_whom_we_enrolled_and_a_whole_list_lacks_are_enrolled_again() -> None:
    assert planned(wish(students=frozenset("a")), seen(enrolled=frozenset("a"))) == (
        Change(V.ENROL, on("a"), (), STUDENT, of("a")),
    )


def test_who_has_no_seat_any_more_is_shut_out_or_taken_out_by_its_cause() -> None:
    """In order: gone already; teaches by now; gave it back; lost it to a decision; inferred, new; inferred, the grace
    is not over; inferred, let in again by hand; inferred, due."""
    there = members(
        Member("q", CourseRole.TRAINER),
        *(student(login) for login in "sxyz"),
        student("t", active=False),
        student("u"),
        student("w", active=False),
    )
    suspended = frozenset("tuw")
    sight = seen(members=there, enrolled=frozenset("pqstuwxyz"), suspended=suspended, due=frozenset("uw"))
    assert planned(wish(), sight, withdrawn=("x",), decided=("y",)) == (
        Change(V.SUSPEND, on("s"), (("active", "yes"),), (("active", "no"),), NOBODY, Cause.INFERRED),
        Change(V.SUSPEND, on("z"), (("active", "yes"),), (("active", "no"),), NOBODY, Cause.INFERRED),
        Change(V.UNENROL, on("w"), STUDENT, (), NOBODY, Cause.INFERRED),
        Change(V.UNENROL, on("x"), STUDENT, (), ("x: withdrawn", READ, JUDGED), Cause.WITHDRAWN),
        Change(V.UNENROL, on("y"), STUDENT, (), NOBODY, Cause.DECIDED),
    )


def test_where_nobody_can_be_suspended_they_are_taken_out() -> None:
    sight = seen(members=members(student("z")), enrolled=frozenset("z"))
    assert planned(wish(), sight, ALL - {Capability.SUSPEND}) == (
        Change(V.UNENROL, on("z"), STUDENT, (), NOBODY, Cause.INFERRED),
    )


def test_who_returns_is_let_in_again() -> None:
    there = members(student("a"), student("b", active=False), student("d", active=False))
    sight = seen(members=there, suspended=frozenset("abc"), left_out=frozenset("c"))
    it = wish(students=frozenset("abcd"))
    assert planned(it, sight) == (Change(V.RESUME, on("b"), (("active", "no"),), (("active", "yes"),), of("b")),)
    assert planned(it, sight, ALL - {Capability.SUSPEND}) == ()


def test_a_mirror_that_became_the_registration_course_keeps_those_who_have_a_seat() -> None:
    """It enrols nobody any more, so a seat shows only in the group of seats; without that all of them would be out."""
    it = wish(groups=((SEATED, frozenset("ab")),))
    there = members(student("a"), student("b", active=False), student("x"))
    inside = {SEATED: Group("1", SEATED, frozenset("ab"))}
    sight = seen(members=there, enrolled=frozenset("abx"), suspended=frozenset("b"), groups=inside)
    withdrawn = ("x: withdrawn", READ, JUDGED)
    assert planned(it, sight) == (
        Change(V.RESUME, on("b"), (("active", "no"),), (("active", "yes"),), of("b")),
        Change(V.SUSPEND, on("x"), (("active", "yes"),), (("active", "no"),), withdrawn, Cause.INFERRED),
    )


def test_groups_are_made_filled_and_emptied() -> None:
    """The waiting are looked at first; the group of seats does not exist yet."""
    groups = ((WAITING, frozenset("ab")), (SEATED, frozenset("cde")))
    there = members(*(student(login) for login in "abcxy"))
    waiting = Group("1", WAITING, frozenset("bxy"))
    sight = seen(members=there, groups={WAITING: waiting}, placed={WAITING: frozenset("x")})
    found = planned(wish(groups=groups), sight)
    assert found == (
        Change(V.CREATE_GROUP, on(group=SEATED), (), (("name", SEATED),), OF_COURSE),
        Change(V.JOIN_GROUP, on("a", WAITING), (), (("group", WAITING),), of("a")),
        Change(V.JOIN_GROUP, on("c", SEATED), (), (("group", SEATED),), of("c")),
        Change(V.LEAVE_GROUP, on("x", WAITING), (("group", WAITING),), (), ("x: withdrawn", READ, JUDGED), Cause.NONE),
    )
    without = planned(wish(groups=groups), sight, ALL - {Capability.GROUP_REMOVE})
    assert without == (found[0], found[2])


def test_who_leaves_the_group_of_seats_leaves_by_a_cause() -> None:
    there = members(*(student(login) for login in "axyz"))
    sight = seen(
        members=there, groups={SEATED: Group("1", SEATED, frozenset("axyz"))}, placed={SEATED: frozenset("axyz")}
    )
    found = planned(wish(groups=((SEATED, frozenset("a")),)), sight, withdrawn=("x",), decided=("y",))
    gone = (("group", SEATED),)
    assert found == (
        Change(V.LEAVE_GROUP, on("x", SEATED), gone, (), ("x: withdrawn", READ, JUDGED), Cause.WITHDRAWN),
        Change(V.LEAVE_GROUP, on("y", SEATED), gone, (), NOBODY, Cause.DECIDED),
        Change(V.LEAVE_GROUP, on("z", SEATED), gone, (), NOBODY, Cause.INFERRED),
    )


def test_who_is_just_coming_into_the_course_joins_the_group_too_but_not_who_is_left_out() -> None:
    it = wish(students=frozenset("abc"), groups=((SEATED, frozenset("abcd")),))
    sight = seen(
        members=members(student("c")), groups={SEATED: Group("1", SEATED, frozenset())}, left_out=frozenset("a")
    )
    assert planned(it, sight) == (
        Change(V.ENROL, on("b"), (), STUDENT, of("b")),
        Change(V.JOIN_GROUP, on("b", SEATED), (), (("group", SEATED),), of("b")),
        Change(V.JOIN_GROUP, on("c", SEATED), (), (("group", SEATED),), of("c")),
    )


def test_what_cannot_be_judged_keeps_no_other_course_waiting() -> None:
    """One cannot be read, one is gone, one was cancelled before it was made, one is on a platform that said nothing."""
    wishes = [WishedCourse("moodle", code, DRAFT, cancelled=code == "S3") for code in ("S0", "S1", "S2", "S3", "S5")]
    wishes.insert(4, WishedCourse("eclass", "S4", DRAFT))
    observed = {
        ("moodle", "S1"): ObservedCourse("moodle", "S1", bound=True, readable=False),
        ("moodle", "S2"): ObservedCourse("moodle", "S2", bound=True, gone=True),
    }
    found = plan_courses(wishes, observed, {"moodle": ALL}, {})
    assert [(c.verb, c.target) for c in found] == [(V.CREATE_COURSE, Target("moodle", code)) for code in ("S0", "S5")]


def test_rooms_are_opened_and_ended_with_their_reasons() -> None:
    due = WishedRoom("bbb", "S1", 2, RoomDraft("att-a-S1-2", "Ρομπότ (2)"), (ROW,))
    stays = WishedRoom("bbb", "S1", 3, RoomDraft("att-a-S1-3", "Ρομπότ (3)"), (ROW,))
    running = {ref: Room(ref, "1", STARTS) for ref in ("att-a-S1-1", "att-a-S1-3", "somebody-elses")}
    ours = {f"att-a-S1-{n}": Target("bbb", "S1", str(n)) for n in (1, 3, 4)}
    opened = (("ref", "att-a-S1-2"), ("title", "Ρομπότ (2)"))
    ended = (("ref", "att-a-S1-1"),)
    assert plan_rooms([due, stays], running, ours, shown_by=(READ,)) == (
        Change(V.OPEN_ROOM, Target("bbb", "S1", "2"), (), opened, (ROW, READ)),
        Change(V.END_ROOM, Target("bbb", "S1", "1"), ended, (), ("its session is over", READ), Cause.DECIDED),
    )
