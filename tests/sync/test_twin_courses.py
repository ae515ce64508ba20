"""Several courses that carry one reference: the oldest is taken, and the administrator hears of the others (E-23)."""

from __future__ import annotations

import sqlite3

from connectors.eclass import reference
from kypek_sync.ledger import cases
from kypek_sync.sync.run import run_lane
from tests.sync.centre import Centre, seats, sync_once

CODE = "EKFE-26-01"
REF = f"kypek:att-a:{CODE}"


def ours(centre: Centre) -> str:
    """A course that carries our reference before we know of it: its making got no answer, or it was copied."""
    title = reference.titled(f"Σεμινάριο {CODE}", REF)
    return centre.world.add_course(title, 3, public_code=reference.public_code(REF))


def open_cases(centre: Centre) -> list[str]:
    """What the administrators are asked to mend in courses with one reference."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        filed = cases.listed(connection, "att-a")
    return [one.case.body for one in filed if one.case.kind == "course-twins" and one.cured is None]


def test_the_oldest_is_taken_and_the_others_are_told_until_they_are_gone(centre: Centre) -> None:
    first, second = ours(centre), ours(centre)
    centre.seminar(CODE)
    centre.apply("teacher1", first)
    centre.apply("teacher2", second)
    for _ in range(2):
        notes = sync_once(centre)["seats"].notes
        centre.clock.turn(minutes=20)
    (note,) = [one for one in notes if "αναφορά" in one]
    assert f"Ισχύει το παλαιότερο, {centre.address(first)}" in note
    assert centre.address(second) in note
    assert open_cases(centre) == [note]
    assert seats(centre, CODE) == {"teacher1": "granted"}
    with sqlite3.connect(centre.folder / "eclass.db") as state:
        state.execute("UPDATE course SET public_code = 'OTHER', description = '' WHERE code = ?", (second,))
    assert [one for one in sync_once(centre)["seats"].notes if "αναφορά" in one] == []
    sync_once(centre)
    assert open_cases(centre) == []


def test_a_course_that_alone_carries_the_reference_is_nothing_to_tell(centre: Centre) -> None:
    ours(centre)
    centre.seminar(CODE)
    assert [one for one in sync_once(centre)["seats"].notes if "αναφορά" in one] == []
    assert open_cases(centre) == []


def test_one_that_cannot_be_looked_at_is_told_still(centre: Centre) -> None:
    ours(centre)
    second = ours(centre)
    centre.seminar(CODE)
    sync_once(centre)
    centre.world.set_api(False)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert centre.address(second) in open_cases(centre)[0]


def test_the_passes_in_between_do_not_ask_for_all_courses_because_of_another_one(centre: Centre) -> None:
    """Each pass asked eClass for the list of all its courses as long as a copy was left somewhere."""
    asked: list[str] = []
    inner = centre.server.app.app

    def counting(environ, start_response):
        if environ["PATH_INFO"].rstrip("/").endswith("/courses") and not environ["QUERY_STRING"]:
            asked.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    centre.server.app.app = counting
    ours(centre)
    ours(centre)
    centre.seminar(CODE)
    with centre.installation() as inst:
        counts = []
        for minutes in (0, 5, 5, 5, 5, 5):
            centre.clock.turn(minutes=minutes)
            asked.clear()
            notes = run_lane(inst, "att-a", "seats").notes
            counts.append(len(asked))
            assert [one for one in notes if "αναφορά" in one] or minutes == 0
    assert counts[0] > 0
    assert 0 < sum(counts[2:]) <= 2


def test_another_course_of_a_seminar_that_is_over_is_told_no_more(centre: Centre) -> None:
    ours(centre)
    ours(centre)
    centre.seminar(CODE)
    sync_once(centre)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert len(open_cases(centre)) == 1
    centre.clock.turn(days=200)
    for _ in range(2):
        notes = sync_once(centre)["seats"].notes
        centre.clock.turn(minutes=20)
    assert [one for one in notes if "αναφορά" in one] == []
    assert open_cases(centre) == []
