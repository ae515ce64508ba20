"""The way in: join, its redirects, its errors (fact sheet §3.1, traps B-15, B-20, B-23, B-26)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kypek_sync.sandbox.bigbluebutton import World
from kypek_sync.sandbox.bigbluebutton.world import RoomFull
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running
from tests.sandbox.bigbluebutton.asking import GREEK, Answer, Asker, Clock


@pytest.fixture(autouse=True)
def meeting(world: World) -> str:
    world.create("kypek-1", GREEK, {"maxParticipants": "2"})
    return "kypek-1"


def error_of(answer: Answer) -> tuple[str, str]:
    """Where the browser was sent and with which error key."""
    assert answer.status == 302
    parts = urlsplit(answer.headers["location"])
    (error,) = json.loads(parse_qs(parts.query)["errors"][0])
    assert set(error) == {"key", "message"}
    return parts._replace(query="").geturl(), error["key"]


def knock(ask: Asker, **query: Any) -> Answer:
    return ask("join", **{"meetingID": "kypek-1", "fullName": "Ελένη Ιωάννου", "role": "VIEWER"} | query)


def test_who_joins_is_sent_to_the_client_and_is_present(ask: Asker, world: World) -> None:
    answer = knock(ask, userID="opaque-1", role="MODERATOR", **{"userdata-kypek": "Κ-1", "userdata-bad name": "x"})
    assert answer.status == 302
    assert urlsplit(answer.headers["location"]).path == "/html5client/join"
    (attendee,) = world.meetings()[0].present
    assert (attendee.user_id, attendee.name, attendee.role) == ("opaque-1", "Ελένη Ιωάννου", "MODERATOR")
    custom = ask("getMeetingInfo", meetingID="kypek-1").root.find("attendees/attendee/customdata")
    assert custom is not None
    assert [(child.tag, child.text) for child in custom] == [("kypek", "Κ-1")]


def test_without_a_userid_the_server_makes_one_up(ask: Asker, world: World) -> None:
    knock(ask)
    (attendee,) = world.meetings()[0].present
    assert attendee.user_id == attendee.internal_user_id
    assert attendee.user_id.startswith("w_")  # B-20


def test_role_goes_before_the_password(ask: Asker, world: World) -> None:
    world.create("kypek-2", GREEK, {"attendeePW": "ap", "moderatorPW": "mp"})
    knock(ask, meetingID="kypek-2", userID="u1", role="VIEWER", password="mp")
    knock(ask, meetingID="kypek-2", userID="u2", role="", password="mp")
    knock(ask, meetingID="kypek-2", userID="u3", role="nonsense", password="ap")
    present = world.meetings()[1].present
    assert [(attendee.user_id, attendee.role) for attendee in present] == [
        ("u1", "VIEWER"),
        ("u2", "MODERATOR"),
        ("u3", "VIEWER"),
    ]
    wrong = knock(ask, meetingID="kypek-2", role="", password="xx")
    assert (wrong.status, wrong.code) == (200, ("FAILED", "Params required"))


def test_without_role_and_password_nobody_gets_in(ask: Asker, world: World) -> None:
    assert knock(ask, role="").code == ("FAILED", "Params required")
    assert knock(ask, role="", password="mp").code == ("FAILED", "Params required")
    assert world.meetings()[0].present == ()


def test_redirect_false_tells_the_address_instead(ask: Asker, world: World, server: Running) -> None:
    answer = knock(ask, userID="u1", redirect="false")
    assert answer.code == ("SUCCESS", "successfullyJoined")
    assert answer["meeting_id"] == world.meetings()[0].internal_id
    assert answer["url"] == f"{server.address}/html5client/join?sessionToken={answer['session_token']}"


@pytest.mark.parametrize("redirect", ["true", "false"])
@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"meetingID": "nobody"}, "invalidMeetingIdentifier"),
        ({"createTime": "1"}, "mismatchCreateTimeParam"),  # B-15
        ({"fullName": " "}, "missingParamFullName"),
        ({"meetingID": ""}, "missingParamMeetingID"),
        ({"meetingID": "a,b"}, "validationError"),
    ],
)
def test_errors_are_redirects_even_with_redirect_false(
    ask: Asker, server: Running, redirect: str, query: dict[str, str], key: str
) -> None:
    assert error_of(knock(ask, redirect=redirect, **query)) == (server.address + "/", key)  # B-23


def test_a_stranger_is_redirected_too(ask: Asker, faults: FaultBook) -> None:
    faults.set("bbb:checksum-error@1")
    assert error_of(knock(ask))[1] == "checksumError"


@pytest.mark.parametrize("parameter", ["logoutURL", "errorRedirectUrl", "redirectErrorUrl"])
def test_the_error_goes_where_it_was_asked_to(ask: Asker, parameter: str) -> None:
    answer = knock(ask, createTime="1", **{parameter: "https://kypek.example/j?session=3"})
    assert answer.headers["location"].startswith("https://kypek.example/j?session=3&errors=%5B")  # B-20, B-23


def test_the_right_createtime_lets_in_and_that_of_an_older_incarnation_does_not(
    ask: Asker, world: World, clock: Clock
) -> None:
    old = world.meetings()[0].created_ms
    assert urlsplit(knock(ask, createTime=old).headers["location"]).path == "/html5client/join"
    world.ask_end("kypek-1")
    clock.forward(seconds=3)
    assert error_of(knock(ask))[1] == "meetingForciblyEnded"
    world.create("kypek-1", GREEK)
    assert error_of(knock(ask, createTime=old))[1] == "mismatchCreateTimeParam"  # B-15


def test_a_dead_meeting_leaves_a_dead_link(ask: Asker, clock: Clock) -> None:
    clock.forward(minutes=7)
    assert error_of(knock(ask))[1] == "invalidMeetingIdentifier"  # B-14


def test_a_full_room_lets_in_only_who_is_in_already(ask: Asker, world: World) -> None:
    for user in ("u1", "u2"):
        knock(ask, userID=user)
    assert error_of(knock(ask, userID="u3"))[1] == "maxParticipantsReached"
    assert urlsplit(knock(ask, userID="u2").headers["location"]).path == "/html5client/join"
    with pytest.raises(RoomFull):
        world.enter("kypek-1", "Τρίτη", user_id="u3")
    world.leave("kypek-1", "u1")
    assert world.enter("kypek-1", "Τρίτη", user_id="u3")


def test_a_rush_never_overfills_the_room(ask: Asker, world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: knock(ask, userID=f"u{number}"), range(16)))
    assert len({attendee.user_id for attendee in world.meetings()[0].present}) == 2


def test_the_fourth_session_of_one_user_ends_the_first(ask: Asker, world: World) -> None:
    for _ in range(4):
        knock(ask, userID="u1")
    attendees = world.meetings()[0].attendees
    assert [attendee.left is None for attendee in attendees] == [False, True, True, True]  # B-26


def test_guests_meet_the_policy(ask: Asker, world: World) -> None:
    assert urlsplit(knock(ask, guest="true").headers["location"]).path == "/html5client/guestWait"
    world.create("kypek-2", GREEK, {"guestPolicy": "ALWAYS_DENY"})
    world.create("kypek-3", GREEK, {"guestPolicy": "ALWAYS_ACCEPT"})
    assert error_of(knock(ask, meetingID="kypek-2", guest="true"))[1] == "guestDeniedAccess"
    assert urlsplit(knock(ask, meetingID="kypek-3", guest="true").headers["location"]).path == "/html5client/join"
    assert [len(meeting.present) for meeting in world.meetings()] == [0, 0, 1]


def test_the_page_of_the_client_shows_the_room_and_lets_people_leave(ask: Asker, world: World, clock: Clock) -> None:
    answer = knock(ask, userID="u1", fullName="Ελένη <b>")
    page = ask.fetch(answer.headers["location"])
    assert (page.status, "Ελένη &lt;b&gt;" in page.text, GREEK in page.text) == (200, True, True)
    token = parse_qs(urlsplit(answer.headers["location"]).query)["sessionToken"][0]
    clock.forward(minutes=3)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask.fetch("/html5client/leave", "POST", f"sessionToken={token}", form).status == 200
    (attendee,) = world.meetings()[0].attendees
    assert attendee.left == clock()
    assert ask.fetch(answer.headers["location"]).status == 401


def test_getjoinurl_wants_a_live_session_and_no_checksum(ask: Asker, world: World, server: Running) -> None:
    token = world.enter("kypek-1", "Ελένη", user_id="u1")
    path = "/bigbluebutton/api/getJoinUrl?sessionToken="
    assert ask.fetch(path + token)["url"] == f"{server.address}/html5client/join?sessionToken={token}"
    assert ask.fetch(path + "0").code == ("FAILED", "missingSession")  # B-19


def test_nobody_enters_or_leaves_what_is_not_there(world: World) -> None:
    with pytest.raises(LookupError):
        world.enter("nobody", "Ελένη", user_id="u1")
    assert world.leave("nobody", "u1") == 0
    assert world.leave_session("0") == 0
