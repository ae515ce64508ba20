"""A token that eClass refuses: all its causes are told, seats stay, and nothing is removed or changed there."""

from __future__ import annotations

import pytest

from tests.sync.centre import Centre, group, seats, sync_once

TOKEN = "eclass_sandbox"


@pytest.mark.parametrize("cause", ["expired", "switched off"])
def test_seats_stay_and_nothing_is_removed(centre: Centre, cause: str) -> None:
    """E-1, E-2: errorcode 1 has many causes, errorcode 999 one."""
    course = centre.course()
    for number in (1, 2):
        centre.apply(f"teacher{number}", course)
    code = centre.seminar(course=centre.address(course), capacity=10)
    sync_once(centre)
    before = seats(centre, code), group(centre, course)
    assert before == ({"teacher1": "granted", "teacher2": "granted"}, {"teacher1", "teacher2"})
    if cause == "expired":
        centre.world.add_token(TOKEN, expired=True)
    else:
        centre.world.set_api(False)
    centre.world.unenrol("teacher2", course)
    writes = centre.server.calls["write"]
    for _ in range(3):
        centre.clock.turn(hours=2)
        report = sync_once(centre, "seats")["seats"]
        assert report.done == []
    assert seats(centre, code) == before[0]
    assert group(centre, course) == before[1]
    assert centre.server.calls["write"] == writes
    told = " ".join([*report.problems, *report.left_in_peace])
    words = ("mistyped", "expired", "switched off", "IP addresses") if cause == "expired" else ("API switched off",)
    assert all(word in told for word in words)
    centre.world.add_token(TOKEN)
    centre.world.set_api(True)
    centre.clock.turn(hours=2)
    sync_once(centre, "seats")
    assert seats(centre, code) == {"teacher1": "granted", "teacher2": "withdrawn"}
