"""The third door: applications made on the seminar's page become seats, and seats become places in the course."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kypek_sync.ledger import programmes
from kypek_sync.ledger import seats as seat_book
from kypek_sync.model import Seat
from kypek_sync.seminar.applications import PAGE
from kypek_sync.seminar.page_door import Step
from kypek_sync.seminar.rulings import Word
from kypek_sync.sync.seats.answering import answer, seat_of
from kypek_sync.sync.seats.lane import decide
from kypek_sync.sync.seats.page_door import AtDoor, apply, at_door
from kypek_sync.sync.seats.reading import read
from tests.sync.centre import TEACHERS, Centre, Teacher, done, group, seats, sync_once
from tests.sync.two_platforms import PEOPLE, STRANGER, TwoPlatforms, two_platforms

pytestmark = pytest.mark.slow

CODE = "EKFE-26-01"


def applies(centre: Centre | TwoPlatforms, *logins: str, code: str = CODE, part: str = "") -> list[bool]:
    """They press the button, a minute one after the other."""
    taken = []
    for login in logins:
        centre.clock.turn(minutes=1)
        with centre.installation() as inst, inst.ledger.begin() as connection:
            taken.append(apply(connection, inst, programmes.in_force(connection, "att-a")[code], login, part))
    return taken


def withdraws(centre: Centre | TwoPlatforms, login: str, code: str = CODE) -> bool:
    """They press the other one."""
    centre.clock.turn(minutes=1)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        offering = programmes.in_force(connection, "att-a")[code]
        seat = seat_of(connection, inst, offering, login)
        return seat is not None and answer(connection, inst, offering, seat, Word.GIVE_BACK)


def stands(centre: Centre, login: str, code: str = CODE) -> AtDoor:
    """How somebody stands at the door."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return at_door(connection, inst, programmes.in_force(connection, "att-a")[code], login)


def shown(centre: Centre | TwoPlatforms, login: str, code: str = CODE) -> Seat | None:
    """The seat that the page shows them."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return seat_of(connection, inst, programmes.in_force(connection, "att-a")[code], login)


def doors(centre: Centre | TwoPlatforms, code: str = CODE) -> set[tuple[str, str]]:
    """The applications that stand, as (door, login)."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {(system, login) for system, login, _ in seat_book.standing(connection, "att-a").get(code, {})}


def later(centre: Centre | TwoPlatforms, **by: float) -> None:
    """Time passes, and a pass looks at everything."""
    centre.clock.turn(**(by or {"hours": 1}))
    sync_once(centre)


def inside(centre: Centre, course: str) -> set[str]:
    """The students of a course, as the server really holds it."""
    return {one.username for one in centre.world.members(course) if one.role == "student"}


def on_older(older: Centre, **seminar: object) -> str:
    """A seminar on a platform that tells nobody who is in a course; its course."""
    course = older.course()
    older.seminar(CODE, course=older.address(course), **seminar)
    sync_once(older)
    later(older)
    return course


def test_where_the_platform_tells_nobody_who_applies_the_page_takes_applications(older: Centre) -> None:
    course = on_older(older, capacity=2)
    assert applies(older, "teacher2", "teacher1", "teacher3") == [True, True, True]
    assert shown(older, "teacher1") is not None
    assert seats(older, CODE) == {}
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "granted", "teacher2": "granted", "teacher3": "waiting"}
    assert inside(older, course) == {"teacher1", "teacher2"}
    assert group(older, course) == {"teacher1", "teacher2"}
    again = sync_once(older)["seats"]
    assert done(again) == []


def test_who_withdraws_on_the_page_leaves_what_we_had_added_and_the_next_moves_up(older: Centre) -> None:
    course = on_older(older, capacity=1)
    applies(older, "teacher1", "teacher2")
    sync_once(older)
    assert withdraws(older, "teacher1")
    later(older)
    assert seats(older, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert inside(older, course) == {"teacher2"}
    assert stands(older, "teacher1").step is Step.AGAIN
    assert applies(older, "teacher1") == [True]
    later(older)
    assert seats(older, CODE) == {"teacher1": "waiting", "teacher2": "granted"}


def on_both(centre: Centre, **seminar: object) -> str:
    """A seminar whose platform shows who applies, and whose page takes applications too; its course."""
    course = centre.course()
    centre.seminar(CODE, course=centre.address(course), applications="σελίδα", **seminar)
    sync_once(centre)
    later(centre)
    return course


def test_applications_of_both_doors_stand_in_one_order_up_to_the_read_of_the_platform(centre: Centre) -> None:
    course = on_both(centre, capacity=2)
    applies(centre, "teacher1")
    centre.apply("teacher2", course, minutes_ago=30)
    centre.clock.turn(minutes=2)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "under-review", "teacher2": "granted"}
    applies(centre, "teacher3")
    centre.apply("teacher4", course, minutes_ago=2)
    later(centre)
    assert seats(centre, CODE) == {
        "teacher1": "granted",
        "teacher2": "granted",
        "teacher3": "waiting",
        "teacher4": "waiting",
    }
    assert [shown(centre, f"teacher{n}").place for n in (3, 4)] == [2, 1]  # type: ignore[union-attr]
    assert inside(centre, course) == {"teacher1", "teacher2", "teacher4"}
    assert group(centre, course) == {"teacher1", "teacher2"}
    later(centre)
    assert done(sync_once(centre)["seats"]) == []


def test_one_person_at_two_doors_is_one_application_at_the_earlier_time(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    applies(centre, "teacher1", "teacher2")
    centre.apply("teacher2", course, minutes_ago=30)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "waiting", "teacher2": "granted"}
    assert doors(centre) == {(PAGE, "teacher1"), (PAGE, "teacher2"), ("eclass", "teacher2")}
    centre.world.unenrol("teacher2", course)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "withdrawn"}
    assert doors(centre) == {(PAGE, "teacher1")}


def test_who_leaves_the_course_into_which_we_let_them_gives_the_seat_back(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    applies(centre, "teacher1", "teacher2")
    later(centre)
    assert inside(centre, course) == {"teacher1"}
    centre.clock.turn(hours=1)
    centre.world.unenrol("teacher1", course)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert stands(centre, "teacher1").step is Step.AGAIN


def test_who_withdraws_on_the_page_and_applied_in_the_course_too_stays_in_it_by_themselves(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    centre.apply("teacher1", course, minutes_ago=30)
    later(centre)
    assert applies(centre, "teacher1") == [False]
    assert withdraws(centre, "teacher1")
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn"}
    assert inside(centre, course) == {"teacher1"}


def test_who_gave_the_seat_back_left_the_course_and_applied_again_on_the_page_has_applied_again(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    centre.seminar(CODE, applications='""')
    centre.apply("teacher1", course, minutes_ago=30)
    later(centre)
    assert withdraws(centre, "teacher1")
    centre.world.unenrol("teacher1", course)
    assert applies(centre, "teacher1", "teacher2") == [True, False]
    later(centre)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted"}
    assert inside(centre, course) == {"teacher1"}
    centre.clock.turn(hours=1)
    centre.world.unenrol("teacher1", course)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn"}


def test_who_was_too_early_in_the_course_applies_in_time_on_the_page(centre: Centre) -> None:
    course = on_both(centre, capacity=1, opens="2/11/2026 13:30")
    centre.apply("teacher1", course, minutes_ago=30)
    later(centre, minutes=10)
    assert seats(centre, CODE) == {"teacher1": "refused"}
    assert applies(centre, "teacher1") == [False]
    centre.clock.turn(hours=2)
    assert applies(centre, "teacher1") == [True]
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted"}


def test_without_any_platform_the_page_is_the_door(centre: Centre) -> None:
    centre.services["courses"] = '""'
    centre.settings()
    text = (centre.folder / "kypek.yaml").read_text(encoding="utf-8").replace("    courses: eclass\n", "")
    (centre.folder / "kypek.yaml").write_text(text, encoding="utf-8")
    centre.seminar(CODE, capacity=1)
    sync_once(centre)
    assert applies(centre, "teacher1", "teacher2") == [True, True]
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting"}


def test_whoever_is_renamed_keeps_their_application_and_who_has_the_login_next_gets_none_by_it(older: Centre) -> None:
    on_older(older, capacity=1)
    applies(older, "teacher1")
    sync_once(older)
    older.clock.turn(hours=7)
    older.people(*(Teacher("teacher1b") if one.login == "teacher1" else one for one in TEACHERS))
    later(older)
    later(older)
    assert seats(older, CODE) == {"teacher1": "withdrawn", "teacher1b": "granted"}
    assert doors(older) == {(PAGE, "teacher1b")}
    assert shown(older, "teacher1b").state == "granted"  # type: ignore[union-attr]


def test_a_platform_that_is_down_keeps_no_seat_back_where_it_tells_nobody_anyway(older: Centre) -> None:
    course = on_older(older, capacity=1)
    applies(older, "teacher1")
    older.server.stop()
    sync_once(older)
    assert seats(older, CODE) == {"teacher1": "granted"}
    assert course


def test_two_clicks_at_one_moment_are_one_application(older: Centre) -> None:
    on_older(older)
    with older.installation() as inst:

        def press(_: int) -> bool:
            with inst.ledger.begin() as connection:
                return apply(connection, inst, programmes.in_force(connection, "att-a")[CODE], "teacher1")

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(press, range(4))) == [False, False, False, True]


def test_who_applies_while_a_pass_reads_is_in_that_pass_or_the_next_and_jumps_nobody(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    centre.apply("teacher2", course, minutes_ago=0)
    with centre.installation() as inst:
        seen = read(inst, "att-a", lambda: None)
        applies(centre, "teacher1")
        with inst.ledger.begin() as connection:
            decided = decide(connection, inst, "att-a", seen, None, inst.kypek("att-a").limits, ())
    states = {login: seat.state.value for login, seat in decided.seats[CODE].items()}
    assert states == {"teacher1": "under-review", "teacher2": "under-review"}
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "waiting", "teacher2": "granted"}


def test_an_application_outlives_a_pass_that_broke_off_right_after_it(
    older: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_older(older, capacity=1)
    applies(older, "teacher1")
    with monkeypatch.context() as broken:
        broken.setattr("kypek_sync.sync.seats.lane._plan", _breaks_off)
        with pytest.raises(KeyboardInterrupt):
            sync_once(older)
    assert doors(older) == {(PAGE, "teacher1")}
    assert seats(older, CODE) == {}
    later(older)
    assert seats(older, CODE) == {"teacher1": "granted"}


def _breaks_off(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def students(both: TwoPlatforms, course: int) -> set[str]:
    """Who is in a Moodle course as a student, as the server really holds it."""
    names = {one.id: one.username for one in both.moodle.users()}
    return {names[one.user] for one in both.moodle.enrolments(course)} - {"officer1", "trainer1"}


def test_on_moodle_who_applies_on_the_page_is_let_in_by_us_and_out_again(both: TwoPlatforms) -> None:
    course = both.course()
    code = both.seminar(CODE, course=both.address(course), applications="σελίδα", capacity=3)
    sync_once(both)
    both.apply(PEOPLE[0], course, minutes_ago=5)
    later(both)
    applies(both, PEOPLE[1], STRANGER)
    later(both)
    assert seats(both, code) == {PEOPLE[0]: "granted", PEOPLE[1]: "granted", STRANGER: "granted"}
    assert students(both, course) == {PEOPLE[0], PEOPLE[1]}
    assert doors(both) == {("moodle", PEOPLE[0]), (PAGE, PEOPLE[1]), (PAGE, STRANGER)}
    later(both)
    assert done(sync_once(both)["seats"]) == []
    assert withdraws(both, PEOPLE[0])
    assert withdraws(both, PEOPLE[1])
    later(both)
    assert seats(both, code) == {PEOPLE[0]: "withdrawn", PEOPLE[1]: "withdrawn", STRANGER: "granted"}
    assert students(both, course) == {PEOPLE[0]}


def test_who_takes_their_withdrawal_back_before_anybody_got_the_seat_keeps_it(older: Centre) -> None:
    course = on_older(older, capacity=1)
    applies(older, "teacher1", "teacher2")
    sync_once(older)
    assert withdraws(older, "teacher1")
    assert not withdraws(older, "teacher1")
    assert applies(older, "teacher1") == [True]
    later(older)
    assert seats(older, CODE) == {"teacher1": "granted", "teacher2": "waiting"}
    assert inside(older, course) == {"teacher1"}
    assert withdraws(older, "teacher1")
    later(older)
    assert seats(older, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}


def test_who_took_the_withdrawal_back_and_leaves_the_course_later_gives_the_seat_back(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    applies(centre, "teacher1", "teacher2")
    later(centre)
    assert withdraws(centre, "teacher1")
    assert applies(centre, "teacher1") == [True]
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting"}
    assert done(sync_once(centre)["seats"]) == []
    centre.world.unenrol("teacher1", course)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert inside(centre, course) == {"teacher2"}


def test_who_left_the_course_and_applied_again_before_anybody_looked_has_applied_again(centre: Centre) -> None:
    course = on_both(centre, capacity=1)
    applies(centre, "teacher1", "teacher2")
    later(centre)
    assert withdraws(centre, "teacher1")
    centre.world.unenrol("teacher1", course)
    assert applies(centre, "teacher1") == [True]
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting"}
    assert inside(centre, course) == {"teacher1"}


def test_who_was_let_in_withdraws_and_enrols_by_themselves_keeps_that(centre: Centre) -> None:
    """They left on the page and in the course, thought better of it and enrolled there, all between two reads: to us
    the login was in the course as ever, by our doing, and we ended an enrolment that they had made themselves."""
    course = on_both(centre, capacity=1)
    applies(centre, "teacher1", "teacher2")
    later(centre)
    assert withdraws(centre, "teacher1")
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=20)
    centre.apply("teacher1", course, minutes_ago=0)
    later(centre)
    assert inside(centre, course) == {"teacher1"}
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting"}  # taken back before anybody got it
    assert done(sync_once(centre)["seats"]) == []
    assert withdraws(centre, "teacher1")
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "withdrawn", "teacher2": "granted"}
    assert inside(centre, course) == {"teacher1", "teacher2"}  # what they made is theirs to end
