"""What officers do by hand to our groups on the platform: rename, delete, make again."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from kypek_sync.sync.planning.desired import SEATED
from tests.sync.centre import Centre, done, group, seats, sync_once


def by_hand(centre: Centre, *statements: str) -> None:
    """What an officer did, in the simulator's own database."""
    with closing(sqlite3.connect(centre.folder / "eclass.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def a_seminar_with_two_seats_taken(centre: Centre) -> tuple[str, str]:
    course = centre.course()
    for number in (1, 2):
        centre.apply(f"teacher{number}", course)
    code = centre.seminar(course=centre.address(course), capacity=10)
    sync_once(centre)
    assert group(centre, course) == {"teacher1", "teacher2"}
    return code, course


def test_a_renamed_group_is_still_ours(centre: Centre) -> None:
    """A binding is kept across renames: an officer's better name must not make a second group beside it."""
    code, course = a_seminar_with_two_seats_taken(centre)
    by_hand(centre, "UPDATE \"group\" SET name = 'Ομάδα Α'")
    centre.apply("teacher3", course)
    report = sync_once(centre)["seats"]
    assert seats(centre, code)["teacher3"] == "granted"
    assert [one.name for one in centre.world.groups(course)] == ["Ομάδα Α"]
    assert group(centre, course, "Ομάδα Α") == {"teacher1", "teacher2", "teacher3"}
    assert done(report) == [("membership.add", code, "teacher3", "done")]
    assert not sync_once(centre)["seats"].done


def test_a_group_deleted_and_made_again_by_hand_is_filled_again(centre: Centre) -> None:
    """It has our name and another number: the number that we had learnt was refused at every pass, for ever."""
    _, course = a_seminar_with_two_seats_taken(centre)
    by_hand(
        centre,
        "DELETE FROM group_members",
        f'INSERT INTO "group" (course_id, name) SELECT course_id, \'{SEATED}\' FROM "group"',
        'DELETE FROM "group" WHERE id = (SELECT min(id) FROM "group")',
    )
    report = sync_once(centre)["seats"]
    assert not report.failed
    assert group(centre, course) == {"teacher1", "teacher2"}
    assert not sync_once(centre)["seats"].done


def test_of_two_groups_with_our_name_only_ours_is_filled(centre: Centre) -> None:
    """E-28: names repeat there, and the newer one came last in the list."""
    _, course = a_seminar_with_two_seats_taken(centre)
    (ours,) = centre.world.groups(course)
    by_hand(centre, f'INSERT INTO "group" (course_id, name) SELECT course_id, \'{SEATED}\' FROM "group"')
    centre.apply("teacher3", course)
    sync_once(centre)
    inside = {one.id: {m.username for m in centre.world.group_members(one.id)} for one in centre.world.groups(course)}
    assert inside.pop(ours.id) == {"teacher1", "teacher2", "teacher3"}
    assert list(inside.values()) == [set()]
    assert not sync_once(centre)["seats"].done
