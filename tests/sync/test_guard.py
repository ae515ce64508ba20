"""What must wait for a person (design, rules 5, 6, 10)."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.settings.shape import Limits, Mode
from kypek_sync.sync.planning.guard import Ground, allowed, guard, withdrawals

APPLY = {"moodle": Mode.APPLY, "eclass": Mode.APPLY}


def removal(login: str, seminar: str = "S1", cause: Cause = Cause.INFERRED, system: str = "moodle") -> Change:
    return Change(Verb.UNENROL, Target(system, seminar, "", login), cause=cause)


def addition(login: str, seminar: str = "S1", system: str = "moodle") -> Change:
    return Change(Verb.ENROL, Target(system, seminar, "", login))


def removals(count: int, seminar: str = "S1", cause: Cause = Cause.INFERRED) -> list[Change]:
    return [removal(f"t{n}", seminar, cause) for n in range(count)]


def test_a_floor_keeps_small_sets_workable() -> None:
    assert allowed(3, 0.10, 5) == 3
    assert allowed(3, 0.10, 100) == 10


def test_additions_pass() -> None:
    changes = [addition(f"t{n}") for n in range(500)]
    assert guard(changes, Ground(APPLY)).passed == tuple(changes)


def test_a_new_connector_only_shows() -> None:
    guarded = guard([addition("anna"), addition("dora", system="eclass")], Ground({"eclass": Mode.APPLY}))
    assert [c.target.system for c in guarded.passed] == ["eclass"]
    assert [(h.guard, h.system, len(h.changes)) for h in guarded.held] == [("mode", "moodle", 1)]
    assert "only shown" in str(guarded.held[0].why)


def test_in_propose_every_change_waits_for_approval() -> None:
    guarded = guard([addition("anna")], Ground({"moodle": Mode.PROPOSE}))
    assert guarded.passed == ()
    assert "wait for approval" in str(guarded.held[0].why)


def test_few_inferred_removals_pass_and_many_are_held() -> None:
    assert len(guard(removals(3), Ground(APPLY, seats={"S1": 20})).passed) == 3
    guarded = guard(removals(4), Ground(APPLY, seats={"S1": 20}))
    assert guarded.passed == ()
    assert guarded.held[0].guard == "limit"
    assert "4 inferred removals in S1; 3 pass" in str(guarded.held[0].why)


def test_one_seminars_hold_stops_neither_its_additions_nor_another_seminar() -> None:
    changes = [*removals(5), addition("new"), removal("t9", "S2")]
    guarded = guard(changes, Ground(APPLY, seats={"S1": 20, "S2": 20}))
    assert set(guarded.passed) == {addition("new"), removal("t9", "S2")}


def test_many_removals_over_all_seminars_in_one_run_are_held() -> None:
    changes = [removal(f"t{n}", f"S{n}") for n in range(11)]
    guarded = guard(changes, Ground(APPLY, seats={f"S{n}": 10 for n in range(11)}))
    assert guarded.passed == ()
    assert {h.guard for h in guarded.held} == {"run-limit"}
    assert len(guarded.held) == 11


def test_the_week_is_remembered() -> None:
    guarded = guard(removals(2), Ground(APPLY, seats={"S1": 30}, removed_this_week=9))
    assert guarded.held[0].guard == "week-limit"
    assert len(guard(removals(2), Ground(APPLY, seats={"S1": 30}, removed_this_week=8)).passed) == 2


def test_what_people_gave_back_is_not_judged_again_on_each_platform() -> None:
    """It was when it was believed; several days of it come at once to a mirror that was away."""
    mine = removals(40, cause=Cause.WITHDRAWN)
    assert guard(mine, Ground(APPLY, seats={"S1": 10})).passed == tuple(mine)


def test_leaving_a_group_its_course_and_a_mirror_is_one_seat_lost() -> None:
    seats = [
        Change(verb, Target(system, "S1", group, f"t{n}"), cause=Cause.INFERRED)
        for n in range(3)
        for verb, system, group in (
            (Verb.LEAVE_GROUP, "eclass", "Συμμετέχοντες"),
            (Verb.UNENROL, "moodle", ""),
            (Verb.LEAVE_GROUP, "moodle", "Συμμετέχοντες"),
        )
    ]
    assert len(guard(seats, Ground(APPLY, seats={"S1": 20})).passed) == 9


def test_what_a_person_decided_is_not_counted() -> None:
    changes = removals(50, cause=Cause.DECIDED)
    assert guard(changes, Ground(APPLY)).passed == tuple(changes)


changes_of = st.lists(
    st.builds(
        lambda n, s, c, v: Change(v, Target("moodle", f"S{s}", "", f"t{n}"), cause=c),
        st.integers(0, 30),
        st.integers(0, 3),
        st.sampled_from(list(Cause)),
        st.sampled_from([Verb.UNENROL, Verb.ENROL, Verb.LEAVE_GROUP]),
    ),
    unique=True,
)


@given(changes_of, st.integers(0, 20))
def test_every_change_is_passed_or_held_once_and_limits_are_kept(changes: list[Change], week: int) -> None:
    limits = Limits()
    guarded = guard(changes, Ground(APPLY, limits, {f"S{n}": 10 for n in range(4)}, week))
    held = [c for h in guarded.held for c in h.changes]
    assert sorted([*guarded.passed, *held], key=repr) == sorted(changes, key=repr)
    inferred = {c.target for c in guarded.passed if c.removes and c.cause is Cause.INFERRED}
    assert not inferred or len(inferred) <= allowed(limits.per_run, limits.per_run_share, 40)
    assert not inferred or week + len(inferred) <= allowed(limits.per_week, limits.per_week_share, 40)
    for number in range(4):
        mine = [target for target in inferred if target.seminar == f"S{number}"]
        assert len(mine) <= allowed(limits.per_seminar, limits.per_seminar_share, 10)


@given(changes_of)
def test_the_order_of_a_plan_does_not_change_what_is_held(changes: list[Change]) -> None:
    ground = Ground(APPLY, seats={f"S{n}": 10 for n in range(4)})
    assert set(guard(changes, ground).passed) == set(guard(list(reversed(changes)), ground).passed)


GONE = Target("eclass", "S1")


def test_few_who_leave_are_believed() -> None:
    assert withdrawals(GONE, ["anna"], standing=20, seats=20, today=0, limits=Limits()) is None
    assert withdrawals(GONE, [], standing=20, seats=20, today=99, limits=Limits()) is None
    assert withdrawals(GONE, ["a", "b", "c"], standing=3, seats=3, today=0, limits=Limits()) is None


def test_more_than_half_at_once_and_more_than_the_days_limit_wait() -> None:
    half = withdrawals(GONE, ["c", "a", "b"], standing=5, seats=5, today=0, limits=Limits())
    assert half is not None
    assert [c.target.login for c in half.changes] == ["a", "b", "c"]
    many = withdrawals(GONE, [f"t{n}" for n in range(4)], standing=40, seats=20, today=3, limits=Limits())
    assert many is not None
    assert "7 withdrawals from S1 in a day; 6 pass" in str(many.why)


LAST_DAY = date(2027, 8, 31)


def test_what_is_held_in_a_period_says_which_limits_were_used() -> None:
    twelve = removals(12)
    usual, announced = (
        guard(twelve, Ground(APPLY, Limits(per_run=99, per_week=week), announced=last))
        for week, last in ((99, None), (99, LAST_DAY))
    )
    said = "12 inferred removals in S1; 3 pass without a person."
    assert str(usual.held[0].why) == said
    assert str(announced.held[0].why) == f"{said} These are the limits of the announced period until 31/08/2027."
    for limits in (Limits(per_run=5), Limits(per_run=99, per_week=5)):
        (held,) = guard(twelve, Ground(APPLY, limits, announced=LAST_DAY)).held
        assert "announced period until 31/08/2027" in str(held.why)
    four = ["a", "b", "c", "d"]
    held_back = withdrawals(GONE, four, standing=40, seats=20, today=3, limits=Limits(), announced=LAST_DAY)
    assert held_back is not None
    assert "announced period until 31/08/2027" in str(held_back.why)
