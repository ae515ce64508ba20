"""What is sent and what is understood, without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bigbluebutton import mapping
from kypek_sync.contract import Join, Room, RoomDraft

MEETING = """<meeting><meetingName>Πειράματα</meetingName><meetingID>{ref}</meetingID>
<internalMeetingID>internal-{ref}</internalMeetingID><createTime>{created}</createTime><running>true</running>
<duration>150</duration><startTime>1795442400123</startTime><endTime>{ended}</endTime>{more}</meeting>"""


def meetings(*some: str) -> mapping.Listing:
    text = f"<response><returncode>SUCCESS</returncode><meetings>{''.join(some)}</meetings><messageKey/></response>"
    return mapping.listing(fromstring(text))


def meeting(ref: str = "r-1", created: str = "1795442400123", ended: str = "0", more: str = "<attendees/>") -> str:
    return MEETING.format(ref=ref, created=created, ended=ended, more=more)


@given(st.integers(0, 4_102_444_800_000))
def test_the_moment_of_creation_gives_back_createtime_exactly(milliseconds: int) -> None:
    """B-15, B-24: a stale createTime is refused, so not one millisecond may be lost on the way."""
    created = mapping.moment(milliseconds)
    assert created.utcoffset() == timedelta(0)
    assert mapping.milliseconds(created) == milliseconds
    stored = datetime.fromisoformat(created.isoformat())
    assert mapping.milliseconds(stored) == milliseconds
    link = mapping.joining(Room("r-1", "i", created), Join("p", "Ε", moderator=False))
    assert link["createTime"] == str(milliseconds)


def test_a_time_is_milliseconds_not_seconds() -> None:
    assert mapping.moment(1795442400123) == datetime(2026, 11, 23, 14, 0, 0, 123_000, tzinfo=UTC)


@given(st.text(max_size=600), st.sampled_from([64, 256]))
def test_a_cut_name_fits_and_is_one_line(text: str, limit: int) -> None:
    name = mapping.cut(text, limit)
    assert len(name.encode("utf-16-le")) // 2 <= limit
    assert len(name.splitlines()) <= 1
    assert name == name.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcdef", "abcdef"),
        ("abcdefg", "abcde…"),
        ("Ελένηαβ", "Ελένη…"),
        ("abcde\u0301fg", "abcd…"),  # the accent keeps its letter
        ("abcd😀fg", "abcd…"),  # two units for Java: half of it would be no character
        ("abc👩\u200d🏫fg", "abc…"),  # one teacher, not a woman and a school
        ("  a \r\n\tb\x00c  ", "a b c"),
        ("\ud800abc", "abc"),
    ],
)
def test_a_name_is_cut_between_characters(text: str, expected: str) -> None:
    assert mapping.cut(text, 6) == expected


def test_a_short_title_is_completed_by_the_reference() -> None:
    """B-9: at least two characters."""
    for title, name in (("", "r-1"), ("Α", "Α r-1"), ("\x00\n", "r-1"), ("Αβ", "Αβ")):
        assert mapping.created_from(RoomDraft("r-1", title))["name"] == name


def test_no_passwords_and_no_underscores_in_metadata() -> None:
    """B-10, B-12."""
    query = mapping.created_from(RoomDraft("r_1", "Πειράματα", 90, "Καλώς\nήρθατε", record=True))
    assert query == {
        "name": "Πειράματα",
        "meetingID": "r_1",
        "meta_kypek-ref": "r_1",
        "record": "true",
        "duration": "90",
        "welcome": "Καλώς<br>ήρθατε",
    }


def test_an_unbounded_room_has_no_duration_and_no_welcome_is_sent_empty() -> None:
    query = mapping.created_from(RoomDraft("r-1", "Πειράματα", welcome="  \n"))
    assert not {"duration", "welcome"} & set(query)
    assert query["record"] == "false"


def test_a_welcome_is_plain_text_shown_as_html() -> None:
    welcome = mapping.created_from(RoomDraft("r-1", "Πειράματα", welcome="α < β & <b>"))["welcome"]
    assert welcome == "α &lt; β &amp; &lt;b&gt;"
    long = mapping.created_from(RoomDraft("r-1", "Πειράματα", welcome="<&" * 400))["welcome"]
    assert long.endswith("…")
    assert len(long.replace("&lt;", "<").replace("&amp;", "&")) == 500


@pytest.mark.parametrize("ref", ["", "a", "a,b", "a b", "a\n", "α-1", "x" * 201, "a/../b"])
def test_a_reference_that_servers_may_not_take(ref: str) -> None:
    """B-11."""
    assert not mapping.is_reference(ref)
    assert mapping.is_reference("x" * 200)


def test_ended_meetings_that_linger_are_left_out() -> None:
    """B-17."""
    forced = meeting("r-3", more="<hasBeenForciblyEnded>true</hasBeenForciblyEnded>")
    listing = meetings(meeting("r-1", ended="1795442500000"), meeting("r-2"), forced)
    assert [room.ref for room in listing.rooms] == ["r-2"]
    assert (listing.findings, listing.unreadable) == ((), 0)


def test_metadata_named_by_users_and_unknown_elements_do_no_harm() -> None:
    """B-25."""
    more = "<attendees></attendees><metadata><kypek-ref>r-1</kypek-ref><bbblb-uuid>1</bbblb-uuid><x/></metadata><new/>"
    listing = meetings(meeting(more=more))
    assert [(room.ref, room.occupants) for room in listing.rooms] == [("r-1", ())]
    assert listing.findings == ()


@pytest.mark.parametrize(
    "broken",
    [
        meeting(ref=""),
        meeting(created=""),
        meeting(created="yesterday"),
        meeting(created="9" * 18),
        meeting(created="-1"),
        meeting(ended="soon"),
        "<meeting/>",
    ],
)
def test_a_meeting_that_makes_no_sense_is_a_finding_and_counted(broken: str) -> None:
    listing = meetings(broken, meeting("r-2"))
    assert [room.ref for room in listing.rooms] == ["r-2"]
    assert listing.unreadable == 1
    assert [finding.code for finding in listing.findings] == ["room-unreadable"]


def test_what_is_odd_about_people_is_a_finding() -> None:
    """B-20, B-26: no id, an unknown role; the same person twice is not odd."""
    one = "<attendee><userID>p-1</userID><fullName>Ελένη</fullName><role>VIEWER</role></attendee>"
    guest = "<attendee><userID></userID><fullName>Κάποιος</fullName><role>MODERATOR</role></attendee>"
    robot = "<attendee><userID>p-2</userID><fullName>Ρ</fullName><role>ROBOT</role></attendee>"
    listing = meetings(meeting(more=f"<attendees>{one}{one}{guest}{robot}</attendees>"))
    told = [(each.who, each.moderator) for each in listing.rooms[0].occupants]
    assert told == [("p-1", False), ("p-1", False), ("", True), ("p-2", False)]
    assert [finding.code for finding in listing.findings] == ["occupant-role-unknown", "occupant-without-id"]


def test_a_room_under_another_id_is_a_finding() -> None:
    more = "<metadata><kypek-ref>r-1</kypek-ref></metadata>"
    assert [one.code for one in meetings(meeting("r-1-bbblb-t1", more=more)).findings] == ["room-renamed"]


def test_the_length_of_a_recording_is_minutes() -> None:
    """B-24: `length` is minutes, startTime and endTime are milliseconds."""
    span = "<startTime>1795442400000</startTime><endTime>1795448100000</endTime>"
    formats = (
        "<playback><format><type>podcast</type><url>https://b/p</url><length>0</length></format>"
        "<format><type>presentation</type><url>https://b/r</url><length>94</length></format></playback>"
    )
    head = "<recordID>1</recordID><meetingID>r-1</meetingID>"
    text = "<response><recordings>{}</recordings></response>".format(
        "".join(
            f"<recording>{body}</recording>"
            for body in (
                f"{head}<published>true</published>{span}{formats}",
                f"{head}<published>false</published>{span}<playback/>",
                "<recordID>3</recordID>",
            )
        )
    )
    found, unreadable = mapping.recorded(fromstring(text))
    assert [(one.address, one.published, one.minutes) for one in found] == [("https://b/r", True, 94), ("", False, 95)]
    assert unreadable == 1
