"""Each hold compared as a whole: which guard, of what, which changes, in which words; and every limit at its edge."""

from __future__ import annotations

from datetime import date

import pytest

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.settings.shape import Limits, Mode
from kypek_sync.sync.planning.guard import Ground, Held, departures, guard, withdrawals

APPLY = {"moodle": Mode.APPLY, "eclass": Mode.APPLY}
S1 = Target("eclass", "S1")
LIMITS = Limits(
    per_seminar=2,
    per_seminar_share=0,
    per_run=4,
    per_run_share=0,
    per_week=6,
    per_week_share=0,
    withdrawals_per_day=3,
    withdrawals_per_day_share=0,
    shrink=0.5,
)
ANNOUNCED = " These are the limits of the announced period until 31/08/2026."


def leaving(logins: str, seminar: str = "S1", system: str = "moodle", cause: Cause = Cause.INFERRED) -> list[Change]:
    return [Change(Verb.UNENROL, Target(system, seminar, "", login), cause=cause) for login in logins]


def words(held: tuple[Held, ...]) -> list[tuple[str, str, str, str, str]]:
    return [(h.guard, h.seminar, h.system, "".join(c.target.login for c in h.changes), str(h.why)) for h in held]


def withdrawn(logins: str) -> tuple[Change, ...]:
    before = (("application", "standing"),)
    return tuple(
        Change(Verb.WITHDRAW, Target("eclass", "S1", "", login), before, (), (), Cause.WITHDRAWN) for login in logins
    )


def test_more_than_the_share_of_a_course_that_vanished_is_held_to_the_letter() -> None:
    held = withdrawals(S1, "ba", standing=4, seats=4, today=0, limits=Limits(shrink=0.25))
    assert held is not None
    assert (held.guard, held.seminar, held.system, held.changes) == ("withdrawals", "S1", "eclass", withdrawn("ab"))
    assert str(held.why) == "2 of the 4 applications of S1 vanished in one read; they stand."


@pytest.mark.parametrize(("gone", "standing"), [("ab", 4), ("abc", 3), ("", 4)])
def test_half_of_a_course_or_a_small_one_may_vanish(gone: str, standing: int) -> None:
    assert withdrawals(S1, gone, standing=standing, seats=4, today=0, limits=LIMITS) is None


def test_more_than_a_days_withdrawals_are_held_to_the_letter() -> None:
    held = withdrawals(S1, "ba", standing=40, seats=4, today=2, limits=LIMITS, announced=date(2026, 8, 31))
    assert held is not None
    assert (held.guard, held.seminar, held.system, held.changes) == ("withdrawals", "S1", "eclass", withdrawn("ab"))
    assert str(held.why) == "4 withdrawals from S1 in a day; 3 pass without a person." + ANNOUNCED


def test_a_days_withdrawals_up_to_the_limit_pass_and_nobody_is_no_withdrawal() -> None:
    assert withdrawals(S1, "a", standing=40, seats=4, today=2, limits=LIMITS) is None
    assert withdrawals(S1, "", standing=40, seats=4, today=9, limits=LIMITS) is None


def test_the_share_of_withdrawals_is_that_of_the_seats() -> None:
    limits = Limits(withdrawals_per_day=0, withdrawals_per_day_share=0.5)
    assert withdrawals(S1, "ab", standing=40, seats=4, today=0, limits=limits) is None
    assert withdrawals(S1, "abc", standing=40, seats=4, today=0, limits=limits) is not None


def test_departures_of_one_seminar_beyond_its_limit_are_held_to_the_letter() -> None:
    gone = {
        Target("moodle", "S2"): {"z": "granted"},
        Target("eclass", "S1"): {"c": "waiting", "a": "granted", "b": "granted"},
    }
    held = departures(gone, Ground(APPLY, LIMITS, announced=date(2026, 8, 31)))
    states = (("a", "granted"), ("b", "granted"), ("c", "waiting"))
    expected = tuple(
        Change(Verb.WITHDRAW, Target("eclass", "S1", "", login), (("seat", state),), (), (), Cause.INFERRED)
        for login, state in states
    )
    assert [h.changes for h in held] == [expected]
    said = "3 inferred removals in S1; 2 pass without a person." + ANNOUNCED
    assert words(held) == [("departures", "S1", "eclass", "abc", said)]


def test_departures_beyond_the_limit_of_a_run_are_held_once() -> None:
    gone = {Target("eclass", code): {f"{code}{n}": "granted" for n in range(3)} for code in ("S1", "S2")}
    held = departures(gone, Ground(APPLY, LIMITS))
    assert [(h.guard, h.seminar, len(h.changes)) for h in held] == [("departures", "S1", 3), ("departures", "S2", 3)]
    assert {str(h.why) for h in held} == {"6 inferred removals in one run; 4 pass without a person."}


def test_departures_count_with_the_removals_of_the_week() -> None:
    gone = {S1: {"a": "granted", "b": "granted"}}
    assert departures(gone, Ground(APPLY, LIMITS, removed_this_week=4)) == ()
    held = departures(gone, Ground(APPLY, LIMITS, removed_this_week=5))
    said = "Inferred removals in 7 days: 5, and now 2 more; up to 6 pass without a person."
    assert words(held) == [("departures", "S1", "eclass", "ab", said)]


def test_the_modes_are_told_to_the_letter_one_system_after_the_other() -> None:
    changes = [*leaving("a", system="eclass"), *leaving("b"), *leaving("c", system="rt")]
    guarded = guard(changes, Ground({"eclass": Mode.APPLY, "moodle": Mode.PROPOSE}))
    assert guarded.passed == (changes[0],)
    assert words(guarded.held) == [
        ("mode", "S1", "moodle", "b", "moodle is in mode `propose`: its changes wait for approval."),
        ("mode", "S1", "rt", "c", "rt is in mode `observe`: its changes are only shown."),
    ]


def test_the_limit_of_a_run_holds_all_that_is_inferred_and_tells_it_to_the_letter() -> None:
    mixed = [*leaving("abc"), *leaving("xy", "S2"), *leaving("w", "S3", cause=Cause.WITHDRAWN)]
    guarded = guard(mixed, Ground(APPLY, LIMITS, announced=date(2026, 8, 31)))
    said = "5 inferred removals in one run; 4 pass without a person." + ANNOUNCED
    assert guarded.passed == (mixed[-1],)
    assert words(guarded.held) == [
        ("run-limit", "S1", "moodle", "abc", said),
        ("run-limit", "S2", "moodle", "xy", said),
    ]


def test_the_limit_of_a_week_tells_it_to_the_letter() -> None:
    guarded = guard(leaving("ab"), Ground(APPLY, LIMITS, removed_this_week=5, announced=date(2026, 8, 31)))
    said = "Inferred removals in 7 days: 5, and now 2 more; up to 6 pass without a person." + ANNOUNCED
    assert words(guarded.held) == [("week-limit", "S1", "moodle", "ab", said)]
    assert guard(leaving("ab"), Ground(APPLY, LIMITS, removed_this_week=4)).held == ()


def test_with_nothing_inferred_a_full_week_holds_nothing() -> None:
    assert guard(leaving("a", cause=Cause.DECIDED), Ground(APPLY, LIMITS, removed_this_week=99)).held == ()


def test_the_limit_of_a_seminar_counts_people_not_changes_and_leaves_the_others() -> None:
    twice = [*leaving("ab"), *leaving("ab", system="eclass")]
    assert guard(twice, Ground(APPLY, LIMITS)).held == ()
    guarded = guard([*leaving("abc"), *leaving("d", "S2")], Ground(APPLY, LIMITS, announced=date(2026, 8, 31)))
    said = "3 inferred removals in S1; 2 pass without a person." + ANNOUNCED
    assert words(guarded.held) == [("limit", "S1", "moodle", "abc", said)]
    assert [c.target.login for c in guarded.passed] == ["d"]


def test_shares_of_seats_widen_the_limits() -> None:
    """Of 100 seats in S1 and 100 in S2: a tenth of a seminar, a twentieth of a run, 15 % of a week."""
    ground = Ground(APPLY, Limits(per_seminar=0, per_run=0, per_week=0), {"S1": 100, "S2": 100})
    logins = "abcdefghij"
    assert guard(leaving(logins), ground).held == ()
    assert guard(leaving(logins + "k"), ground).held[0].guard == "run-limit"
    wider = Ground(APPLY, Limits(per_seminar=0, per_run=99, per_week=0), {"S1": 100, "S2": 100}, 20)
    assert guard(leaving(logins), wider).held == ()
    assert guard(leaving(logins + "k"), wider).held[0].guard == "week-limit"
    widest = Ground(APPLY, Limits(per_seminar=0, per_run=99, per_week=99), {"S1": 100, "S2": 100})
    assert guard(leaving(logins + "k"), widest).held[0].guard == "limit"


def test_a_seminar_without_seats_has_only_the_floor() -> None:
    ground = Ground(APPLY, Limits(per_seminar=0, per_run=99, per_week=99))
    assert words(guard(leaving("a"), ground).held)[0][:3] == ("limit", "S1", "moodle")


def test_departures_of_several_seminars_are_held_each_with_its_own() -> None:
    gone = {Target("eclass", code): dict.fromkeys("abc", "granted") for code in ("S1", "S2")}
    held = departures(gone, Ground(APPLY, Limits(per_seminar=2, per_run=99, per_week=99)))
    assert [(h.seminar, len(h.changes)) for h in held] == [("S1", 3), ("S2", 3)]


def test_a_share_of_no_seats_is_nothing() -> None:
    ground = Ground(APPLY, Limits(per_seminar=0, per_seminar_share=1, per_run=99, per_week=99))
    assert len(guard(leaving("a"), ground).held) == 1


def test_the_reasons_of_a_hold_are_told_with_each_of_its_changes() -> None:
    held = guard(leaving("ab", system="rt"), Ground(APPLY)).held[0].because("row 3", "read at 9")
    assert [(c.target.login, c.because) for c in held.changes] == [(c, ("row 3", "read at 9")) for c in "ab"]
