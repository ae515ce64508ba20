"""Which dates a letter about a seat brings, and which it takes back."""

from __future__ import annotations

import json
from datetime import timedelta

import icalendar
import pytest

from kypek_sync.ledger.session_versions import Version, Versions
from kypek_sync.model import Part, Seat, SeatState, Status
from kypek_sync.notices.calendar_file import Sender
from kypek_sync.notices.calendar_letters import FACT, Dates, attachments, seat_dates
from tests.notices.calendars import ADDRESS, GREEK, SEEN, by_vobject, shown
from tests.seminar.builders import seminar, session

PARTED = seminar(
    parts=(Part("a", "πρωινό"), Part("b", "απόγευμα")),
    sessions=(session(1, part="a"), session(2, part="b"), session(3)),
)
NOW = SEEN + timedelta(days=3)


def dates(state: SeatState, last: str, part: str = "", count: int = 0, one: object = PARTED) -> Dates:
    seat = Seat("EKFE-26-01", "anna", "p1", state, "capacity", part=part)
    versions = Versions(SEEN, {2: Version(4, NOW)})
    return seat_dates("att-a", one, seat, last, count, versions, ADDRESS)  # type: ignore[arg-type]


def numbers(those: Dates) -> tuple[list[str], list[str]]:
    """The sessions that are added, and those that are taken back."""
    return tuple([one.uid.partition(".")[0] for one in some] for some in (those.added, those.taken))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("state", "last", "part", "expected"),
    [
        (SeatState.GRANTED, "", "a", (["1", "3"], [])),
        (SeatState.GRANTED, "waiting/a", "a", (["1", "3"], [])),
        (SeatState.WITHDRAWN, "granted/a", "a", ([], ["1", "3"])),
        (SeatState.REFUSED, "granted/a", "a", ([], ["1", "3"])),
        (SeatState.WAITING, "granted/a", "b", ([], ["1", "3"])),
        (SeatState.GRANTED, "granted/a", "b", (["2", "3"], ["1"])),
        (SeatState.WITHDRAWN, "waiting/a", "a", ([], [])),
        (SeatState.WAITING, "", "a", ([], [])),
        (SeatState.REFUSED, "", "a", ([], [])),
    ],
)
def test_a_seat_brings_its_dates_and_its_loss_takes_them_back(
    state: SeatState, last: str, part: str, expected: tuple[list[str], list[str]]
) -> None:
    assert numbers(dates(state, last, part)) == expected


def test_what_is_taken_back_is_cancelled_for_them_alone() -> None:
    taken = dates(SeatState.WITHDRAWN, "granted/a", "a").taken
    assert all(one.cancelled for one in taken)
    assert not any(one.cancelled for one in shown(PARTED))


def test_sessions_that_do_not_take_place_are_not_brought() -> None:
    one = seminar(sessions=(session(1, status=Status.CANCELLED), session(2)))
    assert numbers(dates(SeatState.GRANTED, "", one=one)) == (["2"], [])
    assert numbers(dates(SeatState.WITHDRAWN, "granted", one=one)) == ([], ["1", "2"])


def test_lost_and_given_again_is_a_later_version_each_time() -> None:
    """A calendar that took the dates out would not take them back in otherwise."""
    told = [
        dates(SeatState.GRANTED, "", "b", 0).added,
        dates(SeatState.WITHDRAWN, "granted/b", "b", 1).taken,
        dates(SeatState.GRANTED, "withdrawn/b", "b", 2).added,
    ]
    assert [[one.sequence for one in those] for those in told] == [[4, 0], [5, 1], [6, 2]]


def files(those: Dates) -> list[tuple[str, str, bytes]]:
    return list(attachments({FACT: those.stored, "title": "x"}, NOW, GREEK))


def test_each_file_says_what_it_is_for() -> None:
    (name, kind, content), (other, cancel, taken) = files(dates(SeatState.GRANTED, "granted/a", "b"))
    assert (name, kind) == ("EKFE-26-01.ics", "text/calendar; method=PUBLISH")
    assert (other, cancel) == ("EKFE-26-01-cancelled.ics", "text/calendar; method=CANCEL")
    assert icalendar.Calendar.from_ical(content)["METHOD"] == "PUBLISH"
    assert icalendar.Calendar.from_ical(taken)["METHOD"] == "CANCEL"
    assert {one.status for one in by_vobject(content)} == {"CONFIRMED"}
    assert {one.status for one in by_vobject(taken)} == {"CANCELLED"}


def test_a_letter_that_goes_out_again_is_the_same_to_the_byte() -> None:
    those = dates(SeatState.GRANTED, "", "a")
    assert files(those) == files(those)
    (_, _, content) = files(those)[0]
    assert f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}".encode() in content


def test_a_letter_that_changes_no_dates_carries_none() -> None:
    assert dates(SeatState.WAITING, "", "a").stored == ""
    assert attachments({}, NOW, GREEK) == ()
    assert attachments({FACT: ""}, NOW, GREEK) == ()


def test_what_is_stored_is_short_and_holds_nobody() -> None:
    stored = dates(SeatState.GRANTED, "", "a").stored
    assert len(stored) < 2 * 500
    assert not {"anna", "p1"} & set(json.loads(stored)["added"][0].values())


def test_the_centre_signs_where_it_has_an_address() -> None:
    one = dates(SeatState.GRANTED, "", "a")
    signed = Dates(one.seminar, one.added, sender=Sender("ΚΥΠΕΚ", "kypek@sch.example"))
    assert b"ORGANIZER;CN=" in files(signed)[0][2]
    assert b"ORGANIZER" not in files(Dates(one.seminar, one.added, sender=Sender("ΚΥΠΕΚ", "")))[0][2]
