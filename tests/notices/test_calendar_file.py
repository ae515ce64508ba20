"""What people put into their calendars says the right hour, in Greek, and stays the same session when it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kypek_sync.ledger.session_versions import Version
from kypek_sync.model import Form, Part, Status, local
from kypek_sync.notices.calendar import called_off, later_by, of_part, taking_place, without
from kypek_sync.notices.calendar_file import Method, Sender, letter_file
from kypek_sync.notices.calendar_zone import athens
from tests.notices.calendars import ADDRESS, GREEK, SEEN, Versions, by_icalendar, by_vobject, feed, lines, shown
from tests.seminar.builders import seminar, session

READERS = pytest.mark.parametrize("read", [by_icalendar, by_vobject])
LATER = SEEN + timedelta(days=1)
WINTER = datetime(2027, 1, 14, 15, 0, tzinfo=UTC)
SUMMER = datetime(2027, 6, 14, 14, 0, tzinfo=UTC)
AUTUMN_NIGHT = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
"""Half past three in the morning, for the first of two times."""
SPRING_NIGHT = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
"""Four in the morning, a second after one to three."""


@READERS
def test_a_session_says_what_when_and_where_in_greek(read: object) -> None:
    one = seminar(title="Πειράματα με απλά υλικά", sessions=(session(place="ΕΚΦΕ, αίθουσα 2; όροφος", topic="Φως"),))
    (told,) = read(feed(shown(one)))  # type: ignore[operator]
    assert told.uid == "1.EKFE-26-01@att-a.kypek-sync"
    assert (told.summary, told.location) == ("Πειράματα με απλά υλικά", "ΕΚΦΕ, αίθουσα 2; όροφος")
    assert (told.starts, told.ends) == (one.sessions[0].starts, one.sessions[0].ends)
    assert told.description == ("Θέμα: Φως\nΔια ζώσης\nΗ σελίδα του σεμιναρίου: https://kypek.example.gr/s/EKFE-26-01")
    assert told.status == "CONFIRMED"


@READERS
@pytest.mark.parametrize("starts", [WINTER, SUMMER])
def test_the_hour_is_right_in_winter_and_in_summer(read: object, starts: datetime) -> None:
    content = feed(shown(seminar(sessions=(session(starts=starts),))))
    assert f"DTSTART;TZID=Europe/Athens:{local(starts):%Y%m%d}T170000" in set(lines(content))
    assert read(content)[0].starts == starts  # type: ignore[operator]


@READERS
@pytest.mark.parametrize("minutes", [30, 60, 90, 180])
@pytest.mark.parametrize("starts", [AUTUMN_NIGHT, AUTUMN_NIGHT + timedelta(hours=1), SPRING_NIGHT])
def test_the_nights_on_which_the_clocks_change_are_no_exception(read: object, starts: datetime, minutes: int) -> None:
    """03:30 comes twice in autumn; the second one, or what ends then, cannot be said by a clock in Greece alone."""
    one = session(starts=starts, hours=minutes / 60)
    (told,) = read(feed(shown(seminar(sessions=(one,)))))  # type: ignore[operator]
    assert (told.starts, told.ends) == (one.starts, one.ends)


MINUTES = st.integers(0, 40 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@settings(deadline=None, max_examples=100)
@given(MINUTES, st.integers(1, 600))
@example(AUTUMN_NIGHT + timedelta(minutes=29), 31)
def test_any_minute_is_the_minute_that_was_meant(starts: datetime, minutes: int) -> None:
    one = session(starts=starts, hours=0, ends=starts + timedelta(minutes=minutes))
    (told,) = by_icalendar(feed(shown(seminar(sessions=(one,)))))
    assert (told.starts, told.ends) == (one.starts, one.ends)


def test_the_clocks_are_those_of_the_time_zone_database() -> None:
    """Each hour around each change of forty years, as the component itself says it."""
    zone, real = athens().to_tz(lookup_tzid=False), ZoneInfo("Europe/Athens")
    for year in range(1997, 2037):
        for month in (3, 10):
            for hours in range(24 * 31):
                moment = datetime(year, month, 1, tzinfo=UTC) + timedelta(hours=hours)
                wall = moment.astimezone(real)
                assert moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None), moment
                if not wall.fold:
                    assert wall.replace(tzinfo=zone).utcoffset() == wall.utcoffset(), moment


def test_a_session_keeps_its_name_when_everything_else_changes() -> None:
    before = seminar()
    after = replace(
        before, title="Άλλο", sessions=(session(starts=SUMMER, place="Αλλού", form=Form.ONLINE, topic="Νέο"),)
    )
    first, second = (by_vobject(feed(shown(one))) for one in (before, after))
    assert [one.uid for one in first] == [one.uid for one in second]
    assert len({one.uid for one in shown(seminar(sessions=(session(1), session(11), session(2))))}) == 3
    assert not {one.uid for one in shown(seminar("A-1", sessions=(session(1),)))} & {
        one.uid for one in shown(seminar("A", sessions=(session(1), session(11))))
    }


@READERS
def test_a_changed_session_is_a_later_version_of_itself(read: object) -> None:
    content = feed(shown(seminar(), s1=Version(3, LATER)))
    assert read(content)[0].sequence == 3  # type: ignore[operator]
    said = set(lines(content))
    assert {"LAST-MODIFIED:20261103T090000Z", "DTSTAMP:20261103T090000Z"} <= said


@READERS
@pytest.mark.parametrize(
    "one",
    [
        seminar(status=Status.CANCELLED),
        seminar(sessions=(session(status=Status.CANCELLED),)),
        seminar(
            parts=(Part("a", "πρωινό", status=Status.CANCELLED), Part("b", "απόγευμα")), sessions=(session(part="a"),)
        ),
    ],
)
def test_what_does_not_take_place_is_told_so(read: object, one: object) -> None:
    (told,) = read(feed(shown(one)))  # type: ignore[operator, arg-type]
    assert told.status == "CANCELLED"
    assert told.summary.startswith("Ακυρώθηκε: Σεμινάριο EKFE-26-01")
    assert told.description.startswith("Η συνεδρία αυτή δεν θα γίνει.")


def test_the_same_sessions_are_the_same_bytes_in_whatever_order() -> None:
    those = shown(seminar(sessions=(session(2), session(1), session(3, starts=WINTER))))
    assert feed(those) == feed(those[::-1])


def test_an_online_session_says_so_and_leads_to_the_page_and_nowhere_else() -> None:
    content = feed(shown(seminar(form=Form.ONLINE, sessions=(session(form=Form.ONLINE),))))
    (told,) = by_vobject(content)
    assert told.location == "Εξ αποστάσεως"
    assert {line for line in lines(content) if "http" in line and not line.startswith("DESCRIPTION")} == {
        f"URL:{ADDRESS}/s/EKFE-26-01",
        f"SOURCE;VALUE=URI:{ADDRESS}/programme/att-a.ics",
    }
    assert b"bigbluebutton" not in content.lower()


@pytest.mark.parametrize("nasty", ["a\r\nATTENDEE:mailto:x@y.gr", "α\x00β\x0bγ", "\\;,:\"'^n", "λ" * 300, "😀" * 60])
def test_whatever_somebody_typed_stays_in_its_line(nasty: str) -> None:
    one = seminar(title=nasty, sessions=(session(place=nasty, topic=nasty),))
    content = letter_file(shown(one), Method.PUBLISH, LATER, GREEK, Sender(nasty, "a@b.gr"))
    assert not any(line.startswith("ATTENDEE") for line in lines(content))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert not any(one in content for one in (b"\x00", b"\x0b"))
    content.decode()
    plain = " ".join("".join(c if c.isprintable() else " " for c in nasty).split())
    (theirs,), (ours,) = by_vobject(content), by_icalendar(content)
    assert theirs.summary == ours.summary == plain


def test_a_feed_has_a_name_and_says_when_to_look_again() -> None:
    said = list(lines(feed(shown(seminar()), "ΚΥΠΕΚ Α΄ Αθήνας: πρόγραμμα")))
    for line in (
        "NAME:ΚΥΠΕΚ Α΄ Αθήνας: πρόγραμμα",
        "X-WR-CALNAME:ΚΥΠΕΚ Α΄ Αθήνας: πρόγραμμα",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ):
        assert line in said
    assert not any(line.startswith("METHOD") for line in said)


def test_an_empty_feed_is_a_calendar_too() -> None:
    assert by_vobject(feed(())) == by_icalendar(feed(())) == []


def test_a_letter_publishes_and_asks_nobody_for_an_answer() -> None:
    content = letter_file(shown(seminar()), Method.PUBLISH, LATER, GREEK, Sender("ΚΥΠΕΚ", "kypek@sch.example"))
    calendar = icalendar.Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert str(event["ORGANIZER"]) == "mailto:kypek@sch.example"
    assert "ATTENDEE" not in event
    assert event["DTSTAMP"].dt == LATER
    assert event["LAST-MODIFIED"].dt == SEEN


def test_a_letter_that_takes_back_cancels_the_very_same_sessions_in_a_later_version() -> None:
    given_ = shown(seminar(), s1=Version(2, SEEN))
    taken = letter_file(called_off(later_by(given_, 1)), Method.CANCEL, LATER, GREEK)
    (told,) = by_vobject(taken)
    assert (told.uid, told.status, told.sequence) == (given_[0].uid, "CANCELLED", 3)
    assert "METHOD:CANCEL" in set(lines(taken))


def test_who_is_in_a_part_gets_the_sessions_of_that_part() -> None:
    one = seminar(
        parts=(Part("a", "πρωινό"), Part("b", "απόγευμα", status=Status.CANCELLED)),
        sessions=(session(1, part="a"), session(2, part="b"), session(3)),
    )
    mine = of_part("att-a", one, "a", Versions(SEEN), ADDRESS)
    other = of_part("att-a", one, "b", Versions(SEEN), ADDRESS)
    assert [m.uid.partition(".")[0] for m in mine] == ["1", "3"]
    assert mine[0].title == "Σεμινάριο EKFE-26-01 – πρωινό"
    assert taking_place(mine) == mine
    assert taking_place(other) == ()
    assert [m.uid.partition(".")[0] for m in without(other, mine)] == ["2"]
    whole = shown(one)
    names = {m.uid.partition(".")[0]: m.title.removeprefix("Σεμινάριο EKFE-26-01") for m in whole}
    assert names == {"1": " – πρωινό", "2": " – απόγευμα", "3": ""}
