"""What the server may answer, and what each answer means for the next step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.wrappers import Response

from kypek_sync.contract import Ambiguous, Join, Outcome, ProbeLevel, RoomDraft, SkipThis, StopConnector, TryLater
from kypek_sync.model import system_clock
from tests.connectors.bigbluebutton.scripted import Query, failed, scripted, success
from tests.connectors.bigbluebutton.simulated import SECRET, Server

DRAFT = RoomDraft("r-1", "Πειράματα φυσικής")
OPENED = "<meetingID>r-1</meetingID><internalMeetingID>i-1</internalMeetingID><createTime>1795442400123</createTime>"
LISTED = "<errors><error><key>{0}</key><message>{1}</message></error></errors>"


def test_both_shapes_of_an_error_are_read(server: Server) -> None:
    """B-13, B-21: elements, and attributes as 2.x writes them."""
    for shape in (
        "<messageKey>idNotUnique</messageKey><message>No</message>",
        LISTED.format("idNotUnique", "No"),
        '<errors><error key="idNotUnique" message="No"/></errors>',
    ):
        answer = Response(f"<response><returncode>FAILED</returncode>{shape}</response>", content_type="text/xml")
        with scripted(lambda call, query, answer=answer: answer) as (address, _):
            with pytest.raises(SkipThis) as caught:
                server.at(address).open(DRAFT)
            assert "somebody else" in caught.value.message
            assert caught.value.hint


def test_a_room_that_has_passwords_is_taken_as_it_is_since_we_send_none(server: Server) -> None:
    """B-12: no idNotUnique without passwords of our own."""
    theirs, _ = server.world.create("r-1", "LMS", {"attendeePW": "ap", "moderatorPW": "mp"})
    assert server.connector().open(DRAFT).incarnation == theirs.internal_id


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("checksumError", StopConnector),
        ("serverUnavailable", TryLater),
        ("nonUniqueVoiceBridge", TryLater),
        ("unsupportedRequest", StopConnector),
        ("notImplemented", StopConnector),
        ("somethingNew", SkipThis),
        ("internalError", Ambiguous),
    ],
)
def test_an_error_of_opening_says_what_to_do_next(server: Server, key: str, error: type[Exception]) -> None:
    """B-40: the balancers' words too."""
    with scripted(lambda call, query: failed(key)) as (address, _), pytest.raises(error):
        server.at(address).open(DRAFT)


def test_an_inner_error_while_reading_changed_nothing(server: Server) -> None:
    with scripted(lambda call, query: failed("internalError")) as (address, _), pytest.raises(TryLater):
        server.at(address).rooms()


def test_a_wrong_secret_is_named_and_never_repeated(server: Server) -> None:
    with pytest.raises(StopConnector, match="the secret is wrong") as caught:
        server.connector("mistyped-secret").rooms()
    assert "mistyped-secret" not in str(caught.value)


def test_a_server_that_repeats_our_query_in_an_error_does_not_make_us_repeat_it(server: Server) -> None:
    said = f"bad ?meetingID=r-1&amp;checksum=12ab34 and {SECRET}"
    with scripted(lambda call, query: failed("strange", said)) as (address, _), pytest.raises(SkipThis) as caught:
        server.at(address).open(DRAFT)
    assert "12ab34" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_stops_the_connector(server: Server, status: int) -> None:
    with scripted(lambda call, query: Response("no", status)) as (address, _), pytest.raises(StopConnector):
        server.at(address).rooms()


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE response [<!ENTITY x "boo">]><response><returncode>SUCCESS</returncode><meetings>&x;</meetings>'
        "</response>",
        '<?xml version="1.0" encoding="no-such"?><response/>',
        "<response><returncode>SUCCESS</returncode>",
        "<response><returncode>MAYBE</returncode></response>",
        "<response/>",
        "<html><body>Σε συντήρηση</body></html>",
        '{"returncode": "SUCCESS"}',
        "",
        "\x00\x01",
    ],
)
def test_what_is_no_answer_is_not_empty(server: Server, body: str) -> None:
    """No DTD, no entity, no page, no other shape is taken for a list of rooms."""
    answered = scripted(lambda call, query: Response(body, content_type="text/xml"))
    with answered as (address, _), pytest.raises(TryLater) as caught:
        server.at(address).rooms()
    assert caught.value.hint


def test_a_success_with_an_error_status_is_none(server: Server) -> None:
    with scripted(lambda call, query: success("<meetings/>", 500)) as (address, _), pytest.raises(TryLater):
        server.at(address).rooms()


def test_an_answer_of_another_content_type_and_with_numeric_letters_is_read(server: Server) -> None:
    """B-27: bbblb says application/xml and writes Greek as character references."""
    name = "<fullName>&#917;&#955;&#941;&#957;&#951;</fullName>"
    attendee = f"<attendee><userID>p-1</userID>{name}<role>VIEWER</role></attendee>"
    listed = f"<meetings><meeting>{OPENED}<endTime>0</endTime><attendees>{attendee}</attendees></meeting></meetings>"
    with scripted(lambda call, query: success(listed)) as (address, _):
        (room,) = server.at(address).rooms().items
    assert [one.name for one in room.occupants] == ["Ελένη"]


def test_no_meetings_without_a_list_is_an_answer_but_silence_is_not(server: Server) -> None:
    """B-22."""
    with scripted(lambda call, query: success("<messageKey>noMeetings</messageKey>")) as (address, _):
        assert server.at(address).rooms().complete
    with scripted(lambda call, query: success("")) as (address, _):
        read = server.at(address).rooms()
        assert (read.complete, bool(read.why_partial)) == (False, True)


def test_an_entry_that_makes_no_sense_makes_the_read_partial(server: Server) -> None:
    with scripted(lambda call, query: success("<meetings><meeting/></meetings>")) as (address, _):
        read = server.at(address).rooms()
    assert not read.complete
    assert [finding.code for finding in read.findings] == ["room-unreadable"]


def test_an_opened_room_without_its_time_is_a_doubt(server: Server) -> None:
    with scripted(lambda call, query: success("<meetingID>r-1</meetingID>")) as (address, _), pytest.raises(Ambiguous):
        server.at(address).open(DRAFT)


def test_an_old_server_gets_a_shorter_name(server: Server) -> None:
    """B-9: 64 characters up to 2.4."""

    def answer(call: str, query: Query) -> Response:
        return failed("validationError") if len(query["name"]) > 64 else success(OPENED)

    with scripted(answer) as (address, asked):
        room = server.at(address).open(RoomDraft("r-1", "Ψηφιακά εργαλεία στην τάξη " * 4))
    assert room.incarnation == "i-1"
    assert [len(query["name"]) for _, query in asked] == [107, 64]


def test_a_short_name_that_is_refused_is_not_sent_again(server: Server) -> None:
    with scripted(lambda call, query: failed("validationError")) as (address, asked), pytest.raises(SkipThis):
        server.at(address).open(DRAFT)
    assert len(asked) == 1


def test_a_doubt_that_stays_is_told_as_one(server: Server) -> None:
    """The second try changed nothing; the first may have."""
    answers = iter([Response("", 200), Response("", 503)])
    with scripted(lambda call, query: next(answers)) as (address, asked), pytest.raises(Ambiguous):
        server.at(address).open(DRAFT)
    assert [call for call, _ in asked] == ["create", "create"]


def test_a_reference_that_cannot_be_one_is_never_sent(server: Server) -> None:
    """B-11."""
    connector = server.connector()
    with pytest.raises(SkipThis):
        connector.open(RoomDraft("a,b", "Πειράματα"))
    assert connector.end("a,b").outcome is Outcome.REFUSED
    assert server.running.calls.total() == 0


def test_an_end_that_is_refused_says_why(server: Server) -> None:
    with scripted(lambda call, query: failed("notToday", "Not today.")) as (address, _):
        receipt = server.at(address).end("r-1")
    assert receipt.outcome is Outcome.REFUSED
    assert "Not today" in receipt.detail


def test_createtime_of_the_link_is_that_of_the_server_to_the_millisecond(server: Server) -> None:
    """B-15."""
    connector = server.connector()
    for _ in range(3):
        server.clock.forward(minutes=6, milliseconds=333)
        room = connector.open(DRAFT)
        link = connector.join_link(room, Join("p-1", "Ελένη", moderator=False))
        assert f"createTime={server.world.meetings()[-1].created_ms}&" in link
        assert "password" not in link


def test_a_balancer_that_hides_meetings_proves_nothing(server: Server) -> None:
    """B-40: it answers noMeetings while a room is full."""
    connector = server.connector(lists_meetings=False)
    connector.open(DRAFT)
    server.faults.set("bbb:no-meetings@1")
    hidden = connector.rooms()
    assert (hidden.items, hidden.complete) == ((), False)
    assert "lists_meetings" in hidden.why_partial
    assert [room.ref for room in connector.rooms().items] == ["r-1"]


def test_a_server_that_refuses_to_list_rooms_proves_nothing(server: Server) -> None:
    """B-40."""
    with scripted(lambda call, query: failed("notImplemented")) as (address, _):
        read = server.at(address).rooms()
    assert (read.items, read.complete) == ((), False)
    assert "getMeetings" in read.why_partial


# Recordings


def recording(number: int) -> str:
    return (
        f"<recording><recordID>{number:04}</recordID><meetingID>r-1</meetingID><published>true</published></recording>"
    )


def test_a_balancer_that_ignores_pages_is_asked_once(server: Server) -> None:
    """B-40: all rows come at each offset."""
    for count, calls in ((30, 1), (130, 1), (100, 2)):
        rows = success(f"<recordings>{''.join(map(recording, range(count)))}</recordings>").get_data()
        with scripted(lambda call, query, rows=rows: Response(rows)) as (address, asked):
            read = server.at(address).recordings(["r-1"])
        assert (len(read.items), read.complete, len(asked)) == (count, True, calls)


def test_a_balancer_that_refuses_recordings_makes_the_read_partial(server: Server) -> None:
    with scripted(lambda call, query: failed("notImplemented")) as (address, _):
        read = server.at(address).recordings(["r-1"])
    assert (read.items, read.complete) == ((), False)
    assert "getRecordings" in read.why_partial


def test_recordings_of_rooms_nobody_asked_for_are_left_out(server: Server) -> None:
    rows = success(f"<recordings>{recording(1)}<recording/></recordings>").get_data()
    with scripted(lambda call, query: Response(rows)) as (address, _):
        read = server.at(address).recordings(["r-2"])
    assert (read.items, read.complete) == ((), False)


# Probe


def test_a_probe_names_the_wrong_secret(server: Server) -> None:
    lines = {line.subject: line for line in server.connector("mistyped-secret").probe().lines}
    assert lines["secret"].level is ProbeLevel.PROBLEM
    assert lines["address"].level is ProbeLevel.OK
    assert lines["version"].text == "It is BigBlueButton 3.0, API 2.0."


def test_a_probe_sees_clocks_that_are_apart(server: Server) -> None:
    def clock_line(clock) -> ProbeLevel:
        return next(line.level for line in server.connector(clock=clock).probe().lines if line.subject == "clock")

    assert clock_line(system_clock) is ProbeLevel.OK
    assert clock_line(lambda: system_clock() + timedelta(minutes=2)) is ProbeLevel.WARNING


def test_a_probe_warns_where_presence_has_gaps(server: Server) -> None:
    lines = {line.subject: line for line in server.connector(lists_meetings=False).probe().lines}
    assert lines["presence"].level is ProbeLevel.WARNING
    with scripted(lambda call, query: failed("unsupportedRequest")) as (address, _):
        probes = {told: server.at(address, lists_meetings=told).probe() for told in (True, False)}
    assert (probes[True].usable, probes[False].usable) == (False, True)


def test_a_balancer_without_a_version_is_usable(server: Server) -> None:
    def answer(call: str, query: Query) -> Response:
        return success("<meetings/><messageKey>noMeetings</messageKey>") if call else Response("<html/>", 404)

    with scripted(answer) as (address, _):
        probe = server.at(address).probe()
    assert probe.usable
    assert next(line for line in probe.lines if line.subject == "version").level is ProbeLevel.WARNING
