"""Whose membership ends because they were refused: rule 4's exception, and nothing beyond it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Capability, Cause, Change, Course, Member, Target, Verb
from kypek_sync.model import CourseRole, Enforcement, Seat, SeatState, Status
from kypek_sync.settings.shape import Limits, Mode
from kypek_sync.sync.planning import desired
from kypek_sync.sync.planning.desired import WishedCourse
from kypek_sync.sync.planning.guard import Ground, guard
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses
from tests.seminar.builders import NOON, seat, seminar
from tests.sync.test_desired import CENTRE

CODE = "EKFE-26-01"
CAN = frozenset({Capability.MEMBER_LIST, Capability.END_MEMBERSHIP})
OPENS = NOON - timedelta(days=1)
NAMES = ("anna", "vasilis", "chara", "dora")


def wish(*seats: Seat, enforcement: Enforcement = Enforcement.RESTRICT, **changes: object) -> WishedCourse:
    it = seminar(registration_opens=OPENS, enforcement=enforcement, **changes)
    return desired.courses([it], {it.code: seats}, CENTRE)[0]


def sight(*members: Member, refused: frozenset[str] = frozenset(NAMES), **changes: object) -> ObservedCourse:
    plain = ObservedCourse(
        *("eclass", CODE),
        bound=True,
        course=Course("TMA101", f"Σεμινάριο {CODE}", ""),
        members={one.login: one for one in members},
        members_complete=True,
        refused=refused,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def member(login: str = "anna", **changes: object) -> Member:
    return replace(Member(login, CourseRole.STUDENT, NOON), **changes)  # type: ignore[arg-type]


def ended(it: WishedCourse, seen: ObservedCourse, can: frozenset[Capability] = CAN) -> list[Change]:
    planned = plan_courses([it], {it.key: seen}, {it.system: can}, {})
    return [one for one in planned if one.verb is Verb.UNENROL]


REFUSED = seat("anna", SeatState.REFUSED, rule="specialty", facts=(("wanted", "ΠΕ04"), ("found", "ΠΕ86")))


def test_who_applied_and_was_refused_and_says_so_in_the_reasons() -> None:
    (change,) = ended(wish(REFUSED), sight(member()))
    assert (change.target.login, change.cause, change.before) == ("anna", Cause.REFUSED, (("role", "student"),))
    assert "ΠΕ04" in change.because[0]
    assert any("restrict" in reason for reason in change.because)
    assert ended(wish(REFUSED), sight(member(origin="self"))) != []


def test_nobody_else() -> None:
    assert ended(wish(REFUSED, enforcement=Enforcement.MARK), sight(member())) == []
    assert ended(wish(seat("anna", SeatState.WAITING, place=1)), sight(member())) == []
    for rule in desired.STAYING:
        assert ended(wish(seat("anna", SeatState.REFUSED, rule=rule)), sight(member())) == []
    assert ended(wish(REFUSED, status=Status.CANCELLED), sight(member())) == []


def test_only_a_student_who_came_by_themselves_since_registration_opened() -> None:
    for one in (
        member(role=CourseRole.TRAINER),
        member(role=CourseRole.ASSISTANT),
        member(role=CourseRole.OTHER),
        member(origin="manual"),
        member(since=None),
        member(since=OPENS - timedelta(seconds=1)),
        member("eleni"),
    ):
        assert ended(wish(REFUSED), sight(one)) == []
    assert ended(wish(REFUSED), sight(member(since=OPENS))) != []
    assert ended(replace(wish(REFUSED), opens=None), sight(member())) == []


def test_only_on_a_whole_read_of_a_platform_that_can_and_where_the_ledger_bears_it_out() -> None:
    it = wish(REFUSED)
    assert ended(it, sight(member(), members_complete=False)) == []
    assert ended(it, sight(member()), frozenset({Capability.MEMBER_LIST})) == []
    assert ended(it, sight(member(), refused=frozenset())) == []
    assert ended(replace(it, mirror=True), sight(member())) == []


@given(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(SeatState))),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(CourseRole))),
    st.sets(st.sampled_from(NAMES)),
    st.sampled_from(list(Enforcement)),
    st.booleans(),
)
def test_with_mark_nothing_ends_and_with_restrict_only_recorded_and_refused_students(
    states: dict[str, SeatState],
    roles: dict[str, CourseRole],
    recorded: set[str],
    enforcement: Enforcement,
    complete: bool,
) -> None:
    seats = [seat(login, state, rule="specialty") for login, state in states.items()]
    members = [member(login, role=role) for login, role in roles.items()]
    seen = sight(*members, refused=frozenset(recorded), members_complete=complete)
    gone = {one.target.login for one in ended(wish(*seats, enforcement=enforcement), seen)}
    may = {
        login for login in recorded if states.get(login) is SeatState.REFUSED and roles.get(login) is CourseRole.STUDENT
    }
    assert gone == (may if enforcement is Enforcement.RESTRICT and complete else set())


def end(login: str, code: str = CODE) -> Change:
    return Change(Verb.UNENROL, Target("eclass", code, "", login), (("role", "student"),), cause=Cause.REFUSED)


def test_the_first_time_in_a_course_a_person_is_asked() -> None:
    apply = {"eclass": Mode.APPLY}
    divided = guard([end("anna"), end("dora", "S2")], Ground(apply))
    assert [(one.guard, one.seminar, len(one.changes)) for one in divided.held] == [
        ("restrict", CODE, 1),
        ("restrict", "S2", 1),
    ]
    assert "this is the first time: 1" in str(divided.held[0].why)
    again = guard([end("anna"), end("dora", "S2")], Ground(apply, restricting=frozenset({("eclass", CODE)})))
    assert ([one.target.login for one in again.passed], [one.seminar for one in again.held]) == (["anna"], ["S2"])


def test_after_that_they_are_counted_like_what_is_inferred() -> None:
    ground = Ground({"eclass": Mode.APPLY}, Limits(), {CODE: 10}, restricting=frozenset({("eclass", CODE)}))
    assert guard([end(f"t{n}") for n in range(3)], ground).held == ()
    assert [one.guard for one in guard([end(f"t{n}") for n in range(4)], ground).held] == ["limit"]
