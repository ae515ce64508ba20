"""What was approved is applied while new applications arrive every minute (design, rule 6).

A hold that people look at must still be there when they decide, although each pass of the running daemon wants a little
more than the one before; and what they approved is made although more is held beside it.
"""

from __future__ import annotations

from pathlib import Path

from kypek_sync.ledger import holds
from kypek_sync.ledger.holds import Hold, HoldState
from kypek_sync.sync.report import LaneReport
from tests.sync.centre import TEACHERS, Centre, Teacher, group, seats, sync_once
from tests.sync.test_engine import decide
from tests.sync.test_on_moodle import lose
from tests.sync.two_platforms import PEOPLE, TwoPlatforms, two_platforms

CODE = "EKFE-26-01"


def waiting(centre: Centre | TwoPlatforms) -> list[Hold]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return holds.listed(connection, "att-a")


def logins(hold: Hold) -> set[str]:
    return {change.target.login for change in hold.changes if change.target.login}


def minute(centre: Centre) -> LaneReport:
    centre.clock.turn(minutes=1)
    return sync_once(centre, "seats")["seats"]


def busy(centre: Centre, people: int) -> str:
    """A seminar for everybody, into which the first has just enrolled; the others exist and have not yet."""
    everybody = [Teacher(f"busy{n}") for n in range(people)]
    centre.people(*TEACHERS, *everybody)
    for one in everybody:
        centre.world.add_user(one.login, "Όνομα", one.login.capitalize(), f"{one.login}@sch.example")
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course), capacity=people)
    centre.apply("busy0", course)
    return course


def test_a_proposed_plan_can_be_approved_and_made_while_somebody_applies_every_minute(centre: Centre) -> None:
    centre.settings(mode="propose")
    course = busy(centre, 12)
    sync_once(centre)
    (first,) = waiting(centre)
    for number in range(1, 6):  # the person reads it for five minutes
        centre.apply(f"busy{number}", course, minutes_ago=30)
        minute(centre)
    assert waiting(centre)[0] == first
    assert [logins(hold) for hold in waiting(centre)[1:]] == [{f"busy{n}"} for n in range(1, 6)]
    decide(centre, first.id, HoldState.APPROVED, days=7)
    centre.apply("busy6", course, minutes_ago=30)
    report = minute(centre)
    assert {c.bare for c, r in report.done if r.stands} == {c.bare for c in first.changes}
    assert group(centre, course) == {"busy0"}
    for hold in waiting(centre):
        decide(centre, hold.id, HoldState.APPROVED, days=7)
    centre.apply("busy7", course, minutes_ago=30)
    minute(centre)
    assert group(centre, course) == {f"busy{n}" for n in range(7)}
    assert [logins(hold) for hold in waiting(centre)] == [{"busy7"}]


def a_minute(both: TwoPlatforms) -> LaneReport:
    both.clock.turn(minutes=1)
    return sync_once(both)["seats"]


def test_removals_beyond_the_limit_are_made_once_approved_while_people_apply_and_more_removals_come(
    tmp_path: Path,
) -> None:
    """The guard `limit`: four lose their seats to changed data; each minute somebody applies, and one more loses it."""
    with two_platforms(tmp_path) as both:
        both.settings()
        with (both.folder / "kypek.yaml").open("a", encoding="utf-8") as settings:
            settings.write("watermark_margin: 0 minutes\n")  # who applies is decided in the same minute
        course = both.course()
        for number, login in enumerate(PEOPLE[:8]):
            both.apply(login, course, minutes_ago=300 - number)
        code = both.seminar(course=both.address(course), capacity=40)
        sync_once(both)
        a_minute(both)
        assert both.group(course) == set(PEOPLE[:8])
        lose(both, code, PEOPLE[:4])
        a_minute(both)
        (first,) = waiting(both)
        assert (first.guard, logins(first)) == ("limit", set(PEOPLE[:4]))
        for number in (4, 5):  # the person reads it meanwhile
            both.apply(PEOPLE[number + 10], course, minutes_ago=30)
            lose(both, code, PEOPLE[: number + 1])
            a_minute(both)
        assert (waiting(both)[0].id, waiting(both)[0].hash) == (first.id, first.hash)
        assert [logins(hold) for hold in waiting(both)[1:]] == [{PEOPLE[4]}, {PEOPLE[5]}]
        assert both.group(course) == {*PEOPLE[:8], PEOPLE[14], PEOPLE[15]}  # who applied was never stopped by the hold
        decide(both, first.id, HoldState.APPROVED, days=7)
        both.apply(PEOPLE[16], course, minutes_ago=30)
        report = a_minute(both)
        assert {c.target.login for c, r in report.done if r.stands and c.removes} == logins(first)
        assert both.group(course) == {*PEOPLE[4:8], *PEOPLE[14:17]}
        assert set().union(*(logins(hold) for hold in waiting(both))) == {PEOPLE[4], PEOPLE[5]}


def test_withdrawals_that_a_person_let_pass_are_believed_although_more_people_leave(centre: Centre) -> None:
    """The guard `withdrawals`: half of them vanish and are let pass; meanwhile the other half leaves too."""
    course = busy(centre, 12)
    for number in range(1, 12):
        centre.apply(f"busy{number}", course, minutes_ago=50)
    sync_once(centre)
    for number in range(6):
        centre.world.unenrol(f"busy{number}", course)
    minute(centre)
    (first,) = waiting(centre)
    decide(centre, first.id, HoldState.APPROVED, days=7)
    for number in range(6, 12):
        centre.world.unenrol(f"busy{number}", course)
    ((second, held),) = minute(centre).held
    assert second != first.id
    assert {change.target.login for change in held.changes} == {f"busy{n}" for n in range(6, 12)}
    words = seats(centre, CODE)
    assert {login for login, word in words.items() if word == "withdrawn"} == logins(first)
    assert {login for login, word in words.items() if word == "granted"} == {f"busy{n}" for n in range(6, 12)}
    decide(centre, second, HoldState.APPROVED, days=7)
    assert minute(centre).held == []
    assert set(seats(centre, CODE).values()) == {"withdrawn"}


def test_a_change_that_is_wanted_no_more_ends_its_hold_and_the_rest_is_asked_anew(centre: Centre) -> None:
    centre.settings(mode="propose")
    course = busy(centre, 4)
    sync_once(centre)
    (first,) = waiting(centre)
    centre.apply("busy1", course, minutes_ago=30)
    minute(centre)
    (_, second) = waiting(centre)
    centre.world.unenrol("busy1", course)
    minute(centre)
    assert waiting(centre) == [first]
    centre.world.unenrol("busy0", course)
    minute(centre)
    (third,) = waiting(centre)
    assert third.id not in (first.id, second.id)
    assert logins(third) == logins(first) - {"busy0"}
