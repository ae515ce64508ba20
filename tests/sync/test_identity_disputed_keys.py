"""Two entries show one registry number by mistake: nobody loses a seat to the next one before a person decides."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.ledger import identities
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.identities import Verdict
from tests.sync.centre import Centre, Teacher, ldif, open_centre, seats, sync_once
from tests.sync.test_approval_while_people_apply import logins, waiting
from tests.sync.test_engine import decide as approve
from tests.sync.test_identity_in_doubt import decide

pytestmark = pytest.mark.slow

NUMBERS = {"anna": 800001, "eva": 800002, "zoe": 800004, "trainer1": 800090, "officer1": 800091}
"""anna is known by hers alone; the others have an entryUUID too."""
RENAMED = {login: number for login, number in NUMBERS.items() if login != "anna"} | {"anna2": 800001}
DOUBLED = RENAMED | {"eva": 800001}
BUSY = {f"busy{number}": 801000 + number for number in range(12)}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    for login in ("anna", "anna2", "eva", "zoe"):
        it.world.add_user(login, "Όνομα", login, f"{login}@sch.example")
    yield it
    it.server.stop()


def shown(centre: Centre, numbers: dict[str, int]) -> None:
    """Replace the export; it was drawn now and shows these registry numbers."""
    entries = []
    for entry in ldif(tuple(Teacher(login) for login in numbers)).split("\n\n"):
        if (found := re.search(r"^uid: (\S+)", entry, re.MULTILINE)) is not None:
            login = found[1]
            entry = re.sub(r"employeeNumber: \d+", f"employeeNumber: {numbers[login]}", entry)
            uuid = (
                ""
                if login.startswith("anna")
                else f"\nentryUUID: 00000000-0000-4000-8000-{(NUMBERS | BUSY)[login]:012d}"
            )
            entry = re.sub(r"\nentryUUID: \S+", uuid, entry)
        entries.append(entry.strip("\n"))
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    export.write_text(f"# drawn {centre.clock.now}\n" + "\n\n".join(entries) + "\n\n", encoding="utf-8")
    os.utime(export, (drawn, drawn))


def hidden(centre: Centre, numbers: dict[str, int]) -> list[str]:
    """As `later`, but no number may be read. What the read of the directory could not do."""
    centre.clock.turn(minutes=70)
    shown(centre, numbers)
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    export.write_text(re.sub(r"employeeNumber: \d+\n", "", export.read_text(encoding="utf-8")), encoding="utf-8")
    os.utime(export, (drawn, drawn))
    return sync_once(centre)["directory"].problems


def later(centre: Centre, numbers: dict[str, int]) -> list[str]:
    """A pass over an hour later. What it notes of seats."""
    centre.clock.turn(minutes=70)
    shown(centre, numbers)
    return sync_once(centre)["seats"].notes


def renamed(centre: Centre, numbers: dict[str, int], also: tuple[str, ...] = ()) -> tuple[str, str]:
    """A seminar of one seat, which anna has and zoe waits for, and those `also`. Then the directory shows these
    numbers, anna applies as anna2 too, and leaves the course as anna. Its code and its course."""
    shown(centre, NUMBERS | {login: BUSY[login] for login in also})
    course = centre.course()
    code = centre.seminar(course=centre.address(course), capacity=1)
    centre.apply("anna", course, 60)
    centre.apply("zoe", course, 50)
    for login in also:
        centre.apply(login, course, 40)
    sync_once(centre)
    assert seats(centre, code) == {"anna": "granted", "zoe": "waiting"} | dict.fromkeys(also, "waiting")
    centre.clock.turn(days=1)
    shown(centre, numbers)
    centre.apply("anna2", course, 10)
    sync_once(centre)
    later(centre, numbers)
    assert seats(centre, code)["anna"] == "granted"
    centre.world.unenrol("anna", course)
    return code, course


def test_without_the_doubled_number_the_seat_goes_along_to_the_new_login(centre: Centre) -> None:
    code, _ = renamed(centre, RENAMED)
    later(centre, RENAMED)
    assert seats(centre, code) == {"anna": "withdrawn", "anna2": "granted", "zoe": "waiting"}


@pytest.mark.parametrize(
    ("verdict", "then"),
    [
        (Verdict.SAME, {"anna": "withdrawn", "anna2": "granted", "zoe": "waiting"}),
        (Verdict.OTHER, {"anna": "withdrawn", "anna2": "waiting", "zoe": "granted"}),
    ],
)
def test_the_seat_is_neither_withdrawn_nor_passed_on_before_the_decision(
    centre: Centre, verdict: Verdict, then: dict[str, str]
) -> None:
    code, _ = renamed(centre, DOUBLED)
    for _ in range(2):
        notes = later(centre, DOUBLED)
        assert seats(centre, code) == {"anna": "granted", "anna2": "under-identification", "zoe": "waiting"}
        assert [("directory confirm anna2" in note) for note in notes] == [True]
    decide(centre, verdict, "anna2")
    for _ in range(2):
        assert later(centre, DOUBLED) == []
        assert seats(centre, code) == then


def test_nor_while_the_withdrawal_of_others_waits_for_a_person(centre: Centre) -> None:
    """A person let pass that anna and six others left; meanwhile six more leave."""
    numbers = DOUBLED | BUSY
    for login in BUSY:
        centre.world.add_user(login, "Όνομα", login, f"{login}@sch.example")
    code, course = renamed(centre, numbers, also=tuple(BUSY))
    for login in list(BUSY)[:6]:
        centre.world.unenrol(login, course)
    later(centre, numbers)
    (first,) = waiting(centre)
    approve(centre, first.id, HoldState.APPROVED, days=7)
    for login in list(BUSY)[6:]:
        centre.world.unenrol(login, course)
    later(centre, numbers)
    assert [logins(one) for one in waiting(centre)] == [set(list(BUSY)[6:])]
    now = seats(centre, code)
    assert (now["anna"], now["busy0"], now["zoe"]) == ("granted", "withdrawn", "waiting")


def test_what_was_decided_of_the_new_login_is_not_asked_again_about_the_old_one(centre: Centre) -> None:
    code, _ = renamed(centre, DOUBLED)
    later(centre, DOUBLED)
    decide(centre, Verdict.SAME, "anna2")
    for _ in range(2):
        assert later(centre, DOUBLED) == []
        with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            assert identities.doubt(connection, "directory", "anna") is None
    assert seats(centre, code)["anna2"] == "granted"


def test_a_right_that_was_lost_settles_no_dispute(centre: Centre) -> None:
    """Without the numbers the keys disagreed no more: anna's seat would have gone to zoe."""
    code, _ = renamed(centre, DOUBLED)
    held = {"anna": "granted", "anna2": "under-identification", "zoe": "waiting"}
    for _ in range(3):
        (problem,) = hidden(centre, DOUBLED)
        assert "people lost their registry number at once" in problem
        assert seats(centre, code) == held
        with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            assert identities.doubt(connection, "directory", "anna2") is not None
    assert len(later(centre, DOUBLED)) == 1
    assert seats(centre, code) == held
