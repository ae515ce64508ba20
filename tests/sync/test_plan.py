"""Desired minus observed. Absence is evidence only in a complete read; nothing is removed that we did not add."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Capability, Cause, Change, Course, Group, Member, Room, Target, Verb
from kypek_sync.model import CourseRole, SeatState, Status
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import SEATED, WAITING, WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses, plan_rooms
from tests.seminar.builders import NOON, seat, seminar, session
from tests.sync.test_desired import CENTRE

ALL = frozenset(Capability)
ECLASS = frozenset({Capability.MEMBER_LIST, Capability.GROUP_MEMBERS})
CODE = "EKFE-26-01"


def wish(*seats: Any, **changes: Any) -> WishedCourse:
    return desired.courses([seminar(**changes)], {CODE: seats}, CENTRE)[0]


def course(**changes: Any) -> Course:
    """The course as our wish made it."""
    draft = wish().draft
    made = Course("C1", draft.title, "https://eclass.example/courses/C1/", starts=draft.starts, ends=draft.ends)
    return replace(made, **{"description": draft.description, **changes})


def sight(members: dict[str, CourseRole] | None = None, **changes: Any) -> ObservedCourse:
    people = {login: Member(login, role) for login, role in (members or {}).items()}
    values: dict[str, Any] = {
        "bound": True,
        "course": course(),
        "members": people,
        "members_complete": True,
        "groups": {SEATED: Group("g1", SEATED, frozenset()), WAITING: Group("g2", WAITING, frozenset())},
        "groups_complete": True,
    }
    return ObservedCourse("eclass", CODE, **{**values, **changes})


def plan(it: WishedCourse, seen: ObservedCourse | None, can=ALL, withdrawn=()) -> list[tuple[str, str, str]]:  # type: ignore[no-untyped-def]
    changes = plan_all(it, seen, can, withdrawn)
    return [(c.verb.value, c.target.object, c.target.login) for c in changes]


def plan_all(it: WishedCourse, seen: ObservedCourse | None, can=ALL, withdrawn=()) -> tuple[Change, ...]:  # type: ignore[no-untyped-def]
    observed = {} if seen is None else {(it.system, it.seminar): seen}
    return plan_courses([it], observed, {it.system: can}, {it.seminar: frozenset(withdrawn)})


STAFF = {"officer1": CourseRole.TRAINER}


def test_a_new_seminar_gets_course_groups_and_staff_in_that_order() -> None:
    assert plan(wish(), None) == [
        ("course.create", "", ""),
        ("group.create", WAITING, ""),
        ("group.create", SEATED, ""),
        ("enrolment.add", "", "officer1"),
    ]


def test_where_nobody_can_leave_a_group_there_is_none_for_the_waiting() -> None:
    assert ("group.create", WAITING, "") not in plan(wish(), None, ECLASS)


def test_an_existing_course_is_adopted_not_created() -> None:
    it = wish(course_address="https://eclass.example/courses/X1/")
    assert plan(it, None)[0] == ("course.adopt", "", "")


def test_when_all_is_as_wished_the_plan_is_empty() -> None:
    seen = sight(
        {"anna": CourseRole.STUDENT, **STAFF},
        groups={SEATED: Group("g1", SEATED, frozenset({"anna"})), WAITING: Group("g2", WAITING, frozenset())},
    )
    assert plan(wish(seat("anna", SeatState.GRANTED)), seen) == []


def test_a_course_that_could_not_be_read_is_left_alone() -> None:
    assert plan(wish(seat("anna", SeatState.GRANTED)), sight(readable=False)) == []


def test_a_course_that_is_gone_is_not_made_again_by_itself() -> None:
    assert plan(wish(), sight(gone=True)) == []


def test_a_platform_that_cannot_be_asked_is_left_alone() -> None:
    assert plan_courses([wish()], {}, {}, {}) == ()


def test_a_cancelled_seminar_gets_no_course_and_keeps_the_one_it_has() -> None:
    it = wish(seat("anna", SeatState.GRANTED), status=Status.CANCELLED)
    assert plan(it, None) == []
    assert plan(it, sight({"anna": CourseRole.STUDENT, **STAFF})) == [("course.update", "", "")]
    assert plan(it, sight({"anna": CourseRole.STUDENT, **STAFF}), ECLASS) == []


def test_nobody_waits_in_a_group_of_what_was_cancelled_and_nobody_is_put_into_one() -> None:
    """Whom we put there leaves it; who has a seat stays in theirs, and who is there by hand where they are."""
    off = wish(seat("anna", SeatState.GRANTED), seat("dora", SeatState.REFUSED), status=Status.CANCELLED)
    groups = {
        SEATED: Group("g1", SEATED, frozenset({"zoe"})),
        WAITING: Group("g2", WAITING, frozenset({"dora", "eva"})),
    }
    people = {"anna": CourseRole.STUDENT, "dora": CourseRole.STUDENT, "eva": CourseRole.STUDENT, **STAFF}
    placed = {SEATED: frozenset({"zoe"}), WAITING: frozenset({"dora"})}
    seen = sight(people, groups=groups, placed=placed, course=course(title=off.draft.title))
    assert plan(off, seen) == [("membership.remove", WAITING, "dora")]
    assert plan(off, replace(seen, groups_complete=False)) == []
    assert plan(off, seen, ECLASS) == []
    assert plan(off, replace(seen, groups={})) == []


def test_a_title_that_differs_is_set_where_the_platform_can() -> None:
    seen = sight(STAFF, course=course(title="Παλιός τίτλος"))
    (change,) = plan_all(wish(), seen)
    assert (change.verb, change.before, change.after) == (
        Verb.UPDATE_COURSE,
        (("title", "Παλιός τίτλος"),),
        (("title", f"Σεμινάριο {CODE}"),),
    )
    assert plan(wish(), seen, ECLASS) == []


def test_a_session_that_moved_moves_the_dates_of_the_course() -> None:
    """A reviewer moved the last session by a week; Moodle closed the course on the old day."""
    made = course()
    assert made.ends is not None
    before = course(ends=made.ends - timedelta(days=7))
    (change,) = plan_all(wish(), sight(STAFF, course=before))
    assert [key for key, _ in change.after] == ["ends"]
    assert change.wanted("ends") == made.ends.isoformat()


def test_a_new_description_reaches_the_course_while_it_shows_ours() -> None:
    written = course().description
    (change,) = plan_all(wish(description="Νέα ύλη."), sight(STAFF, written=written))
    assert change.wanted("description").startswith("Νέα ύλη.")


def test_a_description_that_people_improved_by_hand_stays() -> None:
    improved = course(description="Φέρτε λευκή ποδιά.")
    assert plan(wish(description="Νέα ύλη."), sight(STAFF, course=improved, written=course().description)) == []
    assert plan(wish(description="Νέα ύλη."), sight(STAFF)) == []  # never written by us


def test_empty_lines_and_spaces_make_no_difference() -> None:
    """Platforms keep a description as HTML and give it back with other spaces: no reason to write it each time."""
    written = f"{course().description}\n\n"
    respaced = course(description=f"  {course().description} ", title=f" Σεμινάριο   {CODE}")
    assert plan(wish(), sight(STAFF, course=respaced, written=written)) == []


def test_an_adopted_course_keeps_its_own_title() -> None:
    it = wish(course_address="https://eclass.example/courses/X1/")
    assert plan(it, sight(STAFF, course=Course("X1", "Άλλος τίτλος", ""))) == []


def test_an_officer_who_is_only_a_student_there_becomes_trainer() -> None:
    changes = plan_all(wish(), sight({"officer1": CourseRole.STUDENT}))
    assert changes[0].before == (("role", "student"),)
    assert changes[0].after == (("role", "trainer"),)


def test_an_assistant_is_not_touched() -> None:
    assert plan(wish(), sight({"officer1": CourseRole.ASSISTANT})) == []


def test_staff_we_enrolled_is_not_enrolled_again_on_the_word_of_a_partial_list() -> None:
    seen = sight({}, members_complete=False, enrolled=frozenset({"officer1"}))
    assert plan(wish(), seen) == []
    assert plan(wish(), sight({}, members_complete=False)) == [("enrolment.add", "", "officer1")]


def test_a_seat_becomes_membership_of_the_group() -> None:
    seen = sight({"anna": CourseRole.STUDENT, "dora": CourseRole.STUDENT, **STAFF})
    it = wish(seat("anna", SeatState.GRANTED), seat("dora", SeatState.WAITING, place=1))
    assert plan(it, seen) == [("membership.add", WAITING, "dora"), ("membership.add", SEATED, "anna")]


def test_every_change_says_why() -> None:
    seen = sight({"anna": CourseRole.STUDENT, **STAFF})
    (change,) = plan_all(wish(seat("anna", SeatState.GRANTED)), seen)
    assert change.because == ("has a seat: The seminar has no limit of seats. (ekfe.xlsx: Σεμινάρια, row 2)",)


def test_somebody_no_longer_in_the_course_is_not_put_into_its_group() -> None:
    assert plan(wish(seat("anna", SeatState.GRANTED)), sight(STAFF)) == []
    partial = sight(STAFF, members_complete=False)
    assert plan(wish(seat("anna", SeatState.GRANTED)), partial) == [("membership.add", SEATED, "anna")]


def test_where_groups_hide_their_members_the_ledger_remembers() -> None:
    seen = sight(
        {"anna": CourseRole.STUDENT, **STAFF},
        groups={SEATED: Group("g1", SEATED, None)},
        placed={SEATED: frozenset({"anna"})},
    )
    assert plan(wish(seat("anna", SeatState.GRANTED)), seen, frozenset()) == []


def test_groups_that_could_not_be_listed_are_not_made_again() -> None:
    seen = sight({"anna": CourseRole.STUDENT, **STAFF}, groups={}, groups_complete=False)
    assert plan(wish(), seen) == []


def test_a_group_missing_from_a_complete_list_is_made_and_filled() -> None:
    seen = sight({"anna": CourseRole.STUDENT, **STAFF}, groups={}, placed={SEATED: frozenset({"anna"})})
    assert plan(wish(seat("anna", SeatState.GRANTED)), seen) == [
        ("group.create", WAITING, ""),
        ("group.create", SEATED, ""),
        ("membership.add", SEATED, "anna"),
    ]


def leaver(**changes: Any) -> ObservedCourse:
    values: dict[str, Any] = {
        "groups": {
            SEATED: Group("g1", SEATED, frozenset({"anna"})),
            WAITING: Group("g2", WAITING, frozenset({"anna"})),
        },
        "placed": {SEATED: frozenset({"anna"}), WAITING: frozenset({"anna"})},
    }
    return sight({"anna": CourseRole.STUDENT, **STAFF}, **{**values, **changes})


def test_a_lost_seat_leaves_the_groups_that_we_put_it_into() -> None:
    changes = plan_all(wish(seat("anna", SeatState.REFUSED, rule="specialty")), leaver())
    assert [(c.verb, c.target.object, c.cause) for c in changes] == [
        (Verb.LEAVE_GROUP, WAITING, Cause.NONE),
        (Verb.LEAVE_GROUP, SEATED, Cause.INFERRED),
    ]


def test_a_seat_given_back_is_counted_as_their_own_decision() -> None:
    changes = plan_all(wish(seat("anna", SeatState.WITHDRAWN, rule="withdrawn")), leaver(), ALL, {"anna"})
    assert changes[-1].cause is Cause.WITHDRAWN


def test_nobody_is_taken_out_of_a_group_that_we_did_not_put_in() -> None:
    assert plan(wish(), leaver(placed={})) == []


def test_nobody_leaves_a_group_on_the_word_of_a_partial_list_or_where_it_cannot_be_done() -> None:
    assert plan(wish(), leaver(groups_complete=False)) == []
    assert plan(wish(), leaver(), ECLASS) == []


def mirror(*seats: Any) -> WishedCourse:
    return desired.courses([seminar(mirrors=("moodle",))], {CODE: seats}, CENTRE)[1]


def in_moodle(members: dict[str, CourseRole], **changes: Any) -> ObservedCourse:
    from dataclasses import replace

    empty = {SEATED: Group("g1", SEATED, frozenset(members)), WAITING: Group("g2", WAITING, frozenset())}
    return replace(sight({**members, **STAFF}, groups=empty, **changes), system="moodle")


def test_a_mirror_enrols_those_with_a_seat() -> None:
    assert plan(mirror(seat("anna", SeatState.GRANTED)), in_moodle({})) == [
        ("enrolment.add", "", "anna"),
        ("membership.add", SEATED, "anna"),
    ]


def test_a_mirror_lets_go_only_of_those_we_enrolled() -> None:
    seen = in_moodle({"anna": CourseRole.STUDENT, "byhand": CourseRole.STUDENT}, enrolled=frozenset({"anna", "gone"}))
    assert plan(mirror(), seen, ALL - {Capability.SUSPEND}) == [("enrolment.remove", "", "anna")]
    changes = plan_all(mirror(seat("anna", SeatState.WITHDRAWN)), seen, ALL, {"anna"})
    assert changes[0].cause is Cause.WITHDRAWN


def suspended(*, active: bool = False, **changes: Any) -> ObservedCourse:
    """Anna is in the mirror by us, and we shut her out."""
    seen = in_moodle(
        {"anna": CourseRole.STUDENT}, enrolled=frozenset({"anna"}), suspended=frozenset({"anna"}), **changes
    )
    return replace(seen, members={**seen.members, "anna": replace(seen.members["anna"], active=active)})


def test_an_inferred_removal_suspends_first_and_removes_when_the_grace_is_over() -> None:
    """Rule 5: suspend before remove where the target can."""
    seen = in_moodle({"anna": CourseRole.STUDENT}, enrolled=frozenset({"anna"}))
    (change,) = plan_all(mirror(), seen, ALL, set())
    assert (change.verb, change.cause, change.removes) == (Verb.SUSPEND, Cause.INFERRED, True)
    assert plan(mirror(), suspended()) == []
    assert plan(mirror(), suspended(due=frozenset({"anna"}))) == [("enrolment.remove", "", "anna")]


def test_what_a_person_decided_or_gave_back_is_removed_at_once() -> None:
    given_back = mirror(seat("anna", SeatState.WITHDRAWN))
    for seen in (in_moodle({"anna": CourseRole.STUDENT}, enrolled=frozenset({"anna"})), suspended()):
        assert [c.verb for c in plan_all(given_back, seen, ALL, {"anna"})] == [Verb.UNENROL]
        key = ("moodle", CODE)
        decided = plan_courses([mirror()], {key: seen}, {"moodle": ALL}, {}, {CODE: frozenset({"anna"})})
        assert [(c.verb, c.cause) for c in decided] == [(Verb.UNENROL, Cause.DECIDED)]


def test_a_return_lets_in_again_and_who_was_let_in_by_hand_stays() -> None:
    again = mirror(seat("anna", SeatState.GRANTED))
    assert plan(again, suspended()) == [("enrolment.resume", "", "anna")]
    assert plan(again, suspended(active=True)) == []
    assert plan(again, suspended(), ALL - {Capability.SUSPEND}) == []
    assert plan(mirror(), suspended(active=True, due=frozenset({"anna"}))) == []


def test_whom_somebody_took_out_twice_is_left_out_of_the_mirror_and_its_group() -> None:
    seen = in_moodle({}, enrolled=frozenset({"anna"}), left_out=frozenset({"anna"}))
    assert plan(mirror(seat("anna", SeatState.GRANTED)), seen) == []


def test_nobody_waits_in_a_mirror() -> None:
    it = mirror(seat("anna", SeatState.GRANTED), seat("dora", SeatState.WAITING, place=1))
    assert it.groups == ((SEATED, frozenset({"anna"})),)
    listed_in_part = in_moodle({}, members_complete=False)
    assert {login for _, _, login in plan(it, listed_in_part)} == {"anna"}


def test_a_student_of_ours_who_became_a_trainer_by_hand_stays() -> None:
    assert plan(mirror(), in_moodle({"anna": CourseRole.TRAINER}, enrolled=frozenset({"anna"}))) == []


def test_a_partial_mirror_neither_enrols_twice_nor_removes() -> None:
    seen = in_moodle({}, members_complete=False, enrolled=frozenset({"anna", "dora"}))
    it = mirror(seat("anna", SeatState.GRANTED))
    assert plan(it, seen) == [("membership.add", SEATED, "anna")]


people = st.sets(st.sampled_from([f"t{n}" for n in range(8)]))


@given(granted=people, members=people, inside=people, ours=people, complete=st.booleans(), listed=st.booleans())
def test_nobody_loses_what_we_did_not_give(granted, members, inside, ours, complete, listed) -> None:  # type: ignore[no-untyped-def]
    seats = [seat(login, SeatState.GRANTED) for login in granted]
    seen = sight(
        dict.fromkeys(members, CourseRole.STUDENT),
        members_complete=complete,
        groups_complete=listed,
        groups={SEATED: Group("g1", SEATED, frozenset(inside)), WAITING: Group("g2", WAITING, frozenset())},
        placed={SEATED: frozenset(ours)},
    )
    for change in plan_all(wish(*seats), seen):
        if change.removes:
            assert change.target.login in ours - granted
            assert listed


@given(granted=people, members=people, inside=people)
def test_applying_a_plan_leaves_nothing_to_do(granted, members, inside) -> None:  # type: ignore[no-untyped-def]
    seats = [seat(login, SeatState.GRANTED) for login in granted & members]

    def seen(logins: set[str], staff: dict[str, CourseRole]) -> ObservedCourse:
        group = {SEATED: Group("g1", SEATED, frozenset(logins)), WAITING: Group("g2", WAITING, frozenset())}
        roles = {**dict.fromkeys(members, CourseRole.STUDENT), **staff}
        return sight(roles, groups=group, placed={SEATED: frozenset(logins)})

    logins, staff = set(inside & members), dict[str, CourseRole]()
    for change in plan_all(wish(*seats), seen(logins, staff)):
        if change.verb is Verb.JOIN_GROUP:
            logins.add(change.target.login)
        elif change.verb is Verb.LEAVE_GROUP:
            logins.discard(change.target.login)
        elif change.verb is Verb.ENROL:
            staff[change.target.login] = CourseRole.TRAINER
    assert plan(wish(*seats), seen(logins, staff)) == []


def test_rooms_open_when_wanted_and_end_when_no_session_wants_them() -> None:
    from kypek_sync.model import Form

    it = seminar(sessions=(session(starts=NOON, form=Form.ONLINE),))
    wished = desired.rooms([it], CENTRE, NOON)
    target = Target("bbb", CODE, "1")
    ref = wished[0].draft.ref
    room = Room(ref, "i1", NOON)
    assert [(c.verb, c.target) for c in plan_rooms(wished, {}, {ref: target})] == [(Verb.OPEN_ROOM, target)]
    assert plan_rooms(wished, {ref: room}, {ref: target}) == ()
    assert [c.verb for c in plan_rooms([], {ref: room}, {ref: target})] == [Verb.END_ROOM]
    assert plan_rooms([], {"somebody-elses": room}, {ref: target}) == ()


def test_where_nobody_tells_who_is_in_a_course_who_withdrew_leaves_what_we_had_let_them_into() -> None:
    ours = frozenset({"anna", "dora", "zoe"})
    seen = sight({**STAFF, "zoe": CourseRole.TRAINER}, members_complete=False, enrolled=ours)
    out = ("enrolment.remove", "", "anna")
    assert plan(wish(), seen, frozenset(), withdrawn=("anna", "zoe")) == [out]
    shown = replace(seen, members={**seen.members, "anna": Member("anna", CourseRole.STUDENT)})
    assert plan(wish(), shown, frozenset(), withdrawn=("anna",)) == [out]
    assert plan(wish(), seen, frozenset()) == []
    assert plan(wish(), seen, frozenset({Capability.MEMBER_LIST}), withdrawn=("anna",)) == []
    assert plan(wish(seat("anna", SeatState.GRANTED)), seen, frozenset(), withdrawn=("anna",)) == [
        ("membership.add", SEATED, "anna")
    ]
