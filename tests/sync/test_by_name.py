"""What officers decide by name, and lists of applicants, carried out by passes on an eClass."""

from __future__ import annotations

from pathlib import Path

import pytest

from kypek_sync.ledger import rulings
from kypek_sync.ledger import seats as seat_book
from kypek_sync.ledger.programmes import in_force
from kypek_sync.programme.applicants import read_applicants
from kypek_sync.seminar.applications import LIST
from kypek_sync.sync.seats import by_name
from kypek_sync.sync.seats.by_name import Asked, NotDecided
from kypek_sync.sync.seats.handing_in import HandedIn, take_over, weigh
from tests.sync.centre import TEACHERS, Centre, Teacher, done, group, seats, sync_once

CODE = "EKFE-26-01"


@pytest.fixture
def course(centre: Centre) -> str:
    """Two seats: teacher1 and teacher2 have them, teacher3 and teacher4 wait."""
    return _course(centre)


def _course(centre: Centre) -> str:
    made = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    return made


def decide(centre: Centre, verb: str, *logins: str, **more: object) -> None:
    """One of the verbs, as the command line has them decided."""
    with centre.installation() as inst, inst.ledger.begin() as connection:
        offering = in_force(connection, "att-a")[CODE]
        people = by_name.asked(connection, "directory", offering, logins)
        said = {"why": "Διδάσκει στο εργαστήριο.", "who": "maria", "now": centre.clock(), **more}
        getattr(by_name, verb)(connection, offering, *(people[one] for one in logins), **said)


def hand_in(centre: Centre, *rows: str, again: bool = False, headings: str = "Λογαριασμός") -> HandedIn:
    """A list, taken over."""
    file = centre.folder / "list.csv"
    file.write_text("\n".join((headings, *rows)), encoding="utf-8")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        offering, now = in_force(connection, "att-a")[CODE], centre.clock()
        found = read_applicants(file, offering.seminar, 2026, now, ())
        assert found.errors == ()
        handed = weigh(connection, "directory", offering, found.applicants, now, again=again)
        take_over(connection, offering, handed, file=file.name, why="", who="maria", now=now)
    return handed


def inside(centre: Centre, course: str) -> set[str]:
    """Who is in a course, as the server really holds it."""
    return {member.username for member in centre.world.members(course)}


def later(centre: Centre) -> None:
    """The next pass, a quarter of an hour later."""
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")


def test_a_seat_granted_by_name_waits_for_the_next_free_one_and_comes_before_the_queue(
    centre: Centre, course: str
) -> None:
    decide(centre, "grant", "teacher4", queue=True)
    later(centre)
    assert seats(centre, CODE)["teacher4"] == "waiting"
    centre.world.unenrol("teacher1", course)
    later(centre)
    found = seats(centre, CODE)
    assert (found["teacher1"], found["teacher4"], found["teacher3"]) == ("withdrawn", "granted", "waiting")
    assert group(centre, course) >= {"teacher2", "teacher4"}


def test_it_needs_a_free_seat_unless_they_may_wait(centre: Centre, course: str) -> None:
    with pytest.raises(NotDecided, match="no free seat"):
        decide(centre, "grant", "teacher4")
    assert _standing(centre) == []


def test_two_promises_are_not_made_of_one_free_seat(centre: Centre, course: str) -> None:
    centre.seminar(CODE, capacity=3)
    sync_once(centre, "seats")  # teacher3 has the third
    centre.world.unenrol("teacher3", course)
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")  # and teacher4 moved up
    centre.seminar(CODE, capacity=4)
    sync_once(centre, "seats")
    decide(centre, "grant", "teacher5")
    with pytest.raises(NotDecided, match="no free seat"):
        decide(centre, "grant", "teacher6")


def test_a_person_of_another_specialty_who_has_not_applied_is_enrolled_in_the_course(
    centre: Centre, course: str
) -> None:
    centre.people(*TEACHERS[:6], Teacher("teacher7", "ΠΕ02"), *TEACHERS[7:])
    sync_once(centre, "directory")
    centre.seminar(CODE, capacity=3)
    decide(centre, "refuse", "teacher3")
    decide(centre, "grant", "teacher7", queue=True)
    later(centre)
    assert seats(centre, CODE)["teacher7"] == "granted"
    assert "teacher7" in inside(centre, course)
    centre.clock.turn(minutes=15)
    assert done(sync_once(centre, "seats")["seats"]) == []


def test_a_refusal_takes_the_seat_and_the_next_one_moves_up_without_a_hold(centre: Centre, course: str) -> None:
    decide(centre, "refuse", "teacher1")
    centre.clock.turn(minutes=15)
    report = sync_once(centre, "seats")["seats"]
    assert seats(centre, CODE) == {
        "teacher1": "refused",
        "teacher2": "granted",
        "teacher3": "granted",
        "teacher4": "waiting",
    }
    assert report.outcome == "done"
    assert "teacher1" in inside(centre, course)  # enrolled by themselves: theirs to leave (rule 4)


def test_a_refusal_lasts_though_they_apply_again_until_it_is_taken_back(centre: Centre, course: str) -> None:
    decide(centre, "refuse", "teacher1")
    later(centre)
    centre.world.unenrol("teacher1", course)
    later(centre)
    centre.apply("teacher1", course, minutes_ago=6)
    centre.clock.turn(minutes=15)
    sync_once(centre, "seats")
    assert seats(centre, CODE)["teacher1"] == "refused"
    decide(centre, "reset", "teacher1")
    later(centre)
    assert seats(centre, CODE)["teacher1"] == "waiting"
    with pytest.raises(NotDecided, match="Nothing was decided"):
        decide(centre, "reset", "teacher1")


def test_a_seat_changes_hands_before_whoever_waits(centre: Centre, course: str) -> None:
    decide(centre, "swap", "teacher1", "teacher4")
    later(centre)
    assert seats(centre, CODE) == {
        "teacher1": "withdrawn",
        "teacher2": "granted",
        "teacher3": "waiting",
        "teacher4": "granted",
    }
    later(centre)  # and it stays so, though teacher1 is still in the course
    assert seats(centre, CODE)["teacher1"] == "withdrawn"


@pytest.mark.parametrize(
    ("verb", "logins", "said"),
    [
        ("grant", ("teacher1",), "has a seat already"),
        ("grant", ("nobody",), "does not know"),
        ("refuse", ("teacher8",), "has not applied"),
        ("swap", ("teacher3", "teacher4"), "no seat to pass on"),
        ("swap", ("teacher1", "teacher1"), "are one person"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    centre: Centre, course: str, verb: str, logins: tuple[str, ...], said: str
) -> None:
    with pytest.raises(NotDecided, match=said):
        decide(centre, verb, *logins)
    assert _standing(centre) == []


def test_a_cancelled_seminar_and_one_that_is_over_have_no_seats_to_give(centre: Centre, course: str) -> None:
    centre.seminar(CODE, status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre, "seats")
    with pytest.raises(NotDecided, match="cancelled"):
        decide(centre, "grant", "teacher5")
    centre.seminar(CODE, status='""')
    sync_once(centre, "seats")
    centre.clock.turn(days=200)
    with pytest.raises(NotDecided, match="is over"):
        decide(centre, "grant", "teacher5")


def test_an_officer_vouches_for_an_account_that_is_yet_to_come(centre: Centre, course: str) -> None:
    """A substitute teacher whose account comes in October has a seat from now on."""
    centre.seminar(CODE, capacity=5)
    sync_once(centre, "seats")
    decide(centre, "grant", "newcomer", vouched=True)
    later(centre)
    assert seats(centre, CODE)["newcomer"] == "granted"
    centre.world.add_user("newcomer", "Νέα", "Ερχόμενη", "newcomer@sch.example")
    centre.people(*TEACHERS, Teacher("newcomer"))
    sync_once(centre, "directory")
    centre.clock.turn(days=2)
    sync_once(centre, "seats")
    assert seats(centre, CODE)["newcomer"] == "granted"
    assert "newcomer" in inside(centre, course)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        seat = seat_book.decided(connection, "att-a", CODE)[CODE]["newcomer"]
        (made,) = rulings.history(connection, "att-a", CODE, ["newcomer"])
    assert seat.person  # bound to the account
    assert made.ruling.person == seat.person


def test_a_list_is_a_door_and_its_order_is_that_of_the_rows(centre: Centre) -> None:
    made = centre.course()
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    handed = hand_in(centre, "teacher5", "teacher2", "teacher7")
    assert len(handed.new) == 3
    later(centre)
    later(centre)
    assert seats(centre, CODE) == {"teacher2": "granted", "teacher5": "granted", "teacher7": "waiting"}
    assert {"teacher2", "teacher5"} <= inside(centre, made)
    assert "teacher7" not in inside(centre, made)
    centre.clock.turn(minutes=15)
    assert done(sync_once(centre, "seats")["seats"]) == []


def test_whom_we_let_in_from_a_list_gives_the_seat_back_by_leaving_the_course(centre: Centre) -> None:
    made = centre.course()
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    hand_in(centre, "teacher5", "teacher2", "teacher7")
    later(centre)
    later(centre)
    centre.world.unenrol("teacher5", made)
    later(centre)
    later(centre)
    assert seats(centre, CODE) == {"teacher2": "granted", "teacher5": "withdrawn", "teacher7": "granted"}
    assert "teacher5" not in inside(centre, made)  # nobody puts them back
    handed = hand_in(centre, "teacher5", "teacher2")
    assert ([one.login for one in handed.gave_up], handed.new) == (["teacher5"], ())
    handed = hand_in(centre, "teacher5", again=True)
    later(centre)
    assert seats(centre, CODE)["teacher5"] == "waiting"


def test_who_applied_through_two_doors_gives_up_both_by_leaving_the_course(centre: Centre, course: str) -> None:
    handed = hand_in(centre, "teacher8")
    assert len(handed.new) == 1
    assert [one.login for one in hand_in(centre, "teacher1").standing] == ["teacher1"]
    centre.apply("teacher8", course, minutes_ago=0)
    later(centre)
    centre.world.unenrol("teacher8", course)
    later(centre)
    assert seats(centre, CODE)["teacher8"] == "withdrawn"


def test_on_a_platform_that_lists_nobody_the_seminar_runs_by_the_list(older: Centre) -> None:
    """The older API: nobody can be seen to apply, so without a list nothing is decided."""
    made = older.course()
    older.seminar(CODE, course=older.address(made))
    sync_once(older)
    hand_in(older, "teacher5", "teacher2", "teacher7")
    later(older)
    assert seats(older, CODE) == {"teacher2": "granted", "teacher5": "granted", "teacher7": "waiting"}
    assert {"teacher2", "teacher5"} <= inside(older, made)
    older.clock.turn(minutes=15)
    assert done(sync_once(older, "seats")["seats"]) == []


def test_a_newer_list_without_somebody_takes_nothing_from_them(centre: Centre, course: str) -> None:
    hand_in(centre, "teacher5", "teacher6")
    hand_in(centre, "teacher6")
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        standing = seat_book.standing(connection, "att-a")[CODE]
    assert {login for system, login, _ in standing if system == LIST} == {"teacher5", "teacher6"}


def test_a_moment_of_the_list_counts_for_the_order(centre: Centre) -> None:
    made = centre.course()
    centre.seminar(CODE, course=centre.address(made), capacity=1)
    sync_once(centre)
    hand_in(centre, "teacher5;20/10/2026 10:00", "teacher2;19/10/2026 10:00", headings="Όνομα χρήστη;Υποβολή")
    later(centre)
    assert seats(centre, CODE) == {"teacher2": "granted", "teacher5": "waiting"}


def test_it_is_kept_who_decided_what_and_why(centre: Centre, course: str) -> None:
    decide(centre, "refuse", "teacher1")
    decide(centre, "reset", "teacher1", why="λάθος", who="nikos")
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        (made,) = rulings.history(connection, "att-a", CODE, ["teacher1"])
        assert rulings.history(connection, "att-a", CODE, ["teacher2"]) == ()
    assert (made.who, made.ruling.why, made.lifted, made.lifted_by) == (
        "maria",
        "Διδάσκει στο εργαστήριο.",
        centre.clock(),
        "nikos",
    )


def test_a_seat_that_was_passed_on_is_not_passed_on_again_before_the_next_pass(centre: Centre, course: str) -> None:
    decide(centre, "swap", "teacher1", "teacher4")
    with pytest.raises(NotDecided, match="no seat to pass on"):
        decide(centre, "swap", "teacher1", "teacher3")
    later(centre)
    assert seats(centre, CODE)["teacher4"] == "granted"


def test_a_refusal_by_mistake_is_undone_by_a_grant_though_no_seat_is_free(centre: Centre, course: str) -> None:
    decide(centre, "refuse", "teacher1")
    decide(centre, "grant", "teacher1")
    later(centre)
    assert seats(centre, CODE)["teacher1"] == "granted"


def test_who_passed_a_seat_on_is_not_granted_it_again_beside_the_colleague(centre: Centre, course: str) -> None:
    decide(centre, "swap", "teacher1", "teacher4")
    with pytest.raises(NotDecided, match="no free seat"):
        decide(centre, "grant", "teacher1")


def test_who_gave_back_a_seat_that_was_granted_by_name_keeps_none_from_the_next(centre: Centre, course: str) -> None:
    centre.seminar(CODE, capacity=5)
    sync_once(centre, "seats")
    decide(centre, "grant", "teacher5")
    later(centre)
    centre.world.unenrol("teacher5", course)
    later(centre)
    decide(centre, "grant", "teacher6")
    later(centre)
    assert seats(centre, CODE)["teacher6"] == "granted"


def test_who_teaches_the_seminar_takes_no_seat_of_it(centre: Centre, course: str) -> None:
    centre.seminar(CODE, capacity=5)
    sync_once(centre, "seats")
    with pytest.raises(NotDecided, match="teaches"):
        decide(centre, "grant", "trainer1")
    assert hand_in(centre, "trainer1").teach == ("trainer1",)
    later(centre)
    assert "trainer1" not in seats(centre, CODE)


@pytest.mark.parametrize("number", ["094014201", "94014201", "700001", "0700001", "700.001", "Μαρία"])
def test_nobody_is_vouched_for_by_a_number_and_it_is_not_repeated(centre: Centre, course: str, number: str) -> None:
    with pytest.raises(NotDecided, match="not a school-network login") as told:
        decide(centre, "grant", number, vouched=True, queue=True)
    assert number not in told.value.sentence.said(lambda words, **values: words % values if values else words)


def test_a_list_for_a_seminar_that_was_cancelled_or_is_over_is_not_taken_over(centre: Centre, course: str) -> None:
    centre.seminar(CODE, status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre, "seats")
    with pytest.raises(NotDecided, match="cancelled"):
        hand_in(centre, "teacher8")


def test_a_list_tells_how_many_of_it_come_too_late(centre: Centre, course: str) -> None:
    centre.seminar(CODE, closes="1/11/2026")
    sync_once(centre, "seats")
    handed = hand_in(centre, "teacher7;", "teacher8;20/10/2026 10:00", headings="Όνομα χρήστη;Υποβολή")
    assert (len(handed.new), handed.outside) == (2, 1)


def test_two_seats_change_hands_before_one_pass(centre: Centre, course: str) -> None:
    decide(centre, "swap", "teacher1", "teacher5")
    decide(centre, "swap", "teacher2", "teacher6")
    later(centre)
    assert {login for login, state in seats(centre, CODE).items() if state == "granted"} == {"teacher5", "teacher6"}


def test_no_seat_is_passed_on_that_would_go_to_who_was_promised_the_next(centre: Centre, course: str) -> None:
    """teacher3 had been put first; teacher1's seat went to teacher3 and the colleague got none."""
    decide(centre, "grant", "teacher3", queue=True)
    with pytest.raises(NotDecided, match="would not go to"):
        decide(centre, "swap", "teacher1", "teacher4")
    decide(centre, "swap", "teacher1", "teacher3")  # who was promised it may have it
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "granted"


def test_no_seat_above_a_capacity_that_was_lowered_is_passed_on(centre: Centre, course: str) -> None:
    """teacher1 had given it up, and nobody got it."""
    centre.seminar(CODE, capacity=1)
    sync_once(centre, "seats")
    with pytest.raises(NotDecided, match="would not go to"):
        decide(centre, "swap", "teacher1", "teacher4")
    later(centre)
    assert seats(centre, CODE)["teacher1"] == "granted"


def test_a_refused_seat_is_granted_to_one_other_and_not_to_two(centre: Centre, course: str) -> None:
    decide(centre, "refuse", "teacher1")
    decide(centre, "grant", "teacher5")
    for login in ("teacher6", "teacher1"):
        with pytest.raises(NotDecided, match="no free seat"):
            decide(centre, "grant", login)
    later(centre)
    found = seats(centre, CODE)
    assert (found["teacher1"], found["teacher5"], found["teacher3"]) == ("refused", "granted", "waiting")


def _standing(centre: Centre) -> list[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = rulings.standing(connection, "att-a").get(CODE, ())
    return [one.login for one in found]


def test_who_is_asked_about_is_told_by_person(tmp_path: Path) -> None:
    someone = Asked("anna", None, (), None)
    assert (someone.person, someone.granted) == ("", False)
