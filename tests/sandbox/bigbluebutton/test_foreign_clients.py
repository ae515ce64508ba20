"""Clients that others wrote work against the simulator: bbbctl 0.5.1 and python-sage-bbb 0.1.3 (fact sheet §3.5).

Both sign with SHA-1. bbbctl writes `+`, sends no passwords and reads with urllib; sage sorts its parameters, sends
both passwords, asks getMeetings with a query that begins with `&`, and reads with requests.
"""

from __future__ import annotations

import json
import subprocess
import sys

import bbbctl
import pytest
from sage_bbb.services.client import BigBlueButtonClient

from kypek_sync.sandbox.bigbluebutton import World
from kypek_sync.sandbox.serving import Running
from tests.sandbox.bigbluebutton.asking import SECRET, Asker, Clock

AWKWARD = "Επιμόρφωση ΕΛ & «Α» +~*'()!"


def bbbctl_run(server: Running, *arguments: str) -> str:
    """What the command prints; it must succeed."""
    command = [sys.executable, "-m", "bbbctl", "--server", server.address, "--secret", SECRET, "--format", "json"]
    return subprocess.run([*command, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def sage(server: Running) -> BigBlueButtonClient:
    return BigBlueButtonClient(f"{server.address}/bigbluebutton/api/", SECRET)


def test_bbbctl_creates_lists_inspects_and_ends_a_meeting(server: Running, world: World, clock: Clock) -> None:
    bbbctl_run(
        server, "meeting", "create", "kypek-1", AWKWARD, "moderatorPW=mp", "attendeePW=ap", "--meta", "seminar=Κ-1"
    )
    world.enter("kypek-1", "Ελένη Ιωάννου", user_id="opaque-1", moderator=True)
    listed = json.loads(bbbctl_run(server, "meeting", "list"))
    assert (listed["meetingName"], listed["metadata"], listed["participantCount"]) == (AWKWARD, {"seminar": "Κ-1"}, 1)
    info = json.loads(bbbctl_run(server, "meeting", "info", "kypek-1"))
    assert [one["fullName"] for one in info["attendees"]] == ["Ελένη Ιωάννου"]
    assert info["createTime"] == world.meetings()[0].created_ms
    bbbctl_run(server, "meeting", "end", "kypek-1")
    clock.forward(seconds=3)
    assert json.loads(bbbctl_run(server, "meeting", "info", "kypek-1"))["endTime"] > 0


def test_bbbctl_as_a_library_needs_no_passwords_and_its_join_link_opens(server: Running, world: World) -> None:
    client = bbbctl.BBBApiClient(server.address, SECRET)
    created = client.createMeeting("kypek-1", AWKWARD)
    link = client.getJoinLink("kypek-1", "Γεώργιος «ΠΕ86»", role="VIEWER", createTime=created.findtext("createTime"))
    assert Asker(server.address).fetch(link).status == 302
    (attendee,) = world.meetings()[0].present
    assert attendee.name == "Γεώργιος «ΠΕ86»"
    assert client.createMeeting("kypek-1", "Another").findtext("messageKey") == "duplicateWarning"
    assert client.end("kypek-1").findtext("messageKey") == "sentEndMeetingRequest"


def test_bbbctl_is_told_what_is_wrong(server: Running) -> None:
    client = bbbctl.BBBApiClient(server.address, SECRET)
    with pytest.raises(bbbctl.ApiError, match="notFound"):
        client.getMeetingInfo("nobody")
    with pytest.raises(bbbctl.ApiError, match="checksumError"):
        bbbctl.BBBApiClient(server.address, "another").getMeetings()
    assert client.getMeetings() == []


def test_bbbctl_manages_recordings(server: Running, world: World, clock: Clock) -> None:
    record_id = world.add_recording("kypek-1", AWKWARD, started=clock(), ended=clock())
    client = bbbctl.BBBApiClient(server.address, SECRET)
    client.publishRecordings(record_id, "false")
    assert [one.findtext("state") for one in client.getRecordings(meetingID="kypek-1")] == ["unpublished"]
    client.deleteRecordings(record_id)
    assert client.getRecordings() == []


def test_sage_creates_lists_inspects_and_ends_a_meeting(
    sage: BigBlueButtonClient, server: Running, world: World, clock: Clock
) -> None:
    created = sage.meetings.create_meeting(AWKWARD, "kypek-1", "ap", "mp", record=True)
    assert (created.meeting_id, created.moderator_pw, created.has_user_joined) == ("kypek-1", "mp", False)
    assert world.meetings()[0].name == AWKWARD
    again = sage.meetings.create_meeting(AWKWARD, "kypek-1", "ap", "mp")
    assert (again.message_key, again.create_time) == ("duplicateWarning", created.create_time)
    assert sage.meetings.get_meetings()["returncode"] == "SUCCESS"
    link = sage.meetings.join_meeting("kypek-1", "Ελένη Ιωάννου", "mp")
    assert Asker(server.address).fetch(link).status == 302
    assert sage.meetings.is_meeting_running("kypek-1")["running"] == "true"
    assert sage.meetings.get_meeting_info("kypek-1")["moderatorCount"] == "1"
    assert sage.meetings.end_meeting("kypek-1", "mp")["messageKey"] == "sentEndMeetingRequest"
    clock.forward(seconds=3)
    assert sage.meetings.is_meeting_running("kypek-1")["running"] == "false"


def test_sage_with_other_passwords_is_refused(sage: BigBlueButtonClient) -> None:
    sage.meetings.create_meeting(AWKWARD, "kypek-1", "ap", "mp")
    assert sage.meetings.create_meeting(AWKWARD, "kypek-1", "ap", "xx").message_key == "idNotUnique"
