"""Who is let in: the checksum over the raw query (fact sheet §2)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kypek_sync.sandbox.bigbluebutton import World, create_app, is_write
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import serve
from tests.sandbox.bigbluebutton.asking import GREEK, SECRET, Asker, Clock, percent

STRANGER = ("FAILED", "checksumError")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_the_algorithm_is_told_by_the_length(ask: Asker, algorithm: str) -> None:
    assert ask.raw("getMeetings", "", algorithm=algorithm).code == ("SUCCESS", "noMeetings")


@pytest.mark.parametrize("checksum", ["0" * 64, "00", "0" * 40, "x" * 64])
def test_a_wrong_checksum_gets_nothing_with_status_200(ask: Asker, checksum: str) -> None:
    answer = ask.raw("getMeetings", "", checksum=checksum)
    assert (answer.status, answer.code) == (200, STRANGER)  # B-21


def test_no_checksum_and_a_repeated_one_get_nothing(ask: Asker) -> None:
    right = ask.raw("getMeetings", "")
    assert right["returncode"] == "SUCCESS"
    assert ask.fetch("/bigbluebutton/api/getMeetings").code == STRANGER
    assert ask.raw("getMeetings", "checksum=1").code == STRANGER  # B-6


def test_plus_and_percent_20_both_pass_because_the_raw_query_is_hashed(ask: Asker, world: World) -> None:
    query = {"meetingID": "kypek-1", "name": GREEK}
    assert ask("create", **query).code == ("SUCCESS", "")
    assert ask.raw("create", percent(query)).code == ("SUCCESS", "duplicateWarning")
    assert [meeting.name for meeting in world.meetings()] == [GREEK]


def test_a_query_rewritten_after_signing_fails(ask: Asker) -> None:
    signed = "name=%7Ea&meetingID=kypek-1"
    checksum = hashlib.sha256(f"create{signed}{SECRET}".encode()).hexdigest()
    assert ask.raw("create", signed.replace("%7E", "~"), checksum=checksum).code == STRANGER  # B-1


def test_the_2_4_beta_accepts_only_plus(ask: Asker, faults: FaultBook) -> None:
    query = {"meetingID": "kypek-1", "name": GREEK}
    faults.set("bbb:reencode@2")
    assert ask.raw("create", percent(query)).code == STRANGER  # B-4
    assert ask("create", **query)["returncode"] == "SUCCESS"
    assert ask.raw("create", percent(query))["returncode"] == "SUCCESS", "the fault struck twice and is over"


def test_a_server_may_be_started_as_the_beta_and_without_sha384(tmp_path: Path, clock: Clock) -> None:
    book = FaultBook()
    app = create_app(
        tmp_path,
        secret=SECRET,
        faults=book.of("bbb"),
        clock=clock,
        algorithms=("sha1", "sha256", "sha512"),
        require_plus=True,
    )
    running = serve(app, "bbb", book, is_write=is_write)
    try:
        ask = Asker(running.address)
        assert ask.raw("getMeetings", "", algorithm="sha384").code == STRANGER  # B-5
        assert ask.raw("isMeetingRunning", percent({"meetingID": "a b"})).code == STRANGER  # B-4
        assert ask("isMeetingRunning", meetingID="a b")["running"] == "false"
    finally:
        running.stop()


def test_the_fault_checksum_error_takes_us_for_a_stranger_once(ask: Asker, faults: FaultBook) -> None:
    faults.set("bbb:checksum-error@1")
    assert ask("getMeetings").code == STRANGER
    assert ask("getMeetings")["returncode"] == "SUCCESS"


def test_the_api_tells_its_version_to_anybody(ask: Asker) -> None:
    assert ask.fetch("/bigbluebutton/api")["version"] == "2.0"
    assert ask.fetch("/bigbluebutton/api/").root.findtext("returncode") == "SUCCESS"


@pytest.mark.parametrize("call", ["join", "publishRecordings", "deleteRecordings", "sendChatMessage", "hooks/create"])
def test_some_calls_are_get_only(ask: Asker, call: str) -> None:
    assert ask.raw(call, "", method="POST", body="").status == 405  # B-8


def test_unknown_calls_and_paths_are_not_found(ask: Asker) -> None:
    assert ask("getDefaultConfigXML").status == 404
    assert ask.fetch("/elsewhere").status == 404


def test_a_form_body_counts_as_parameters_and_is_not_signed(ask: Asker) -> None:
    answer = ask.raw(
        "create",
        "",
        method="POST",
        body="meetingID=kypek-1&name=Form",
        content_type="application/x-www-form-urlencoded",
    )
    assert (answer["returncode"], answer["meetingID"]) == ("SUCCESS", "kypek-1")  # B-7


@pytest.mark.parametrize(
    ("path", "write"),
    [
        ("/bigbluebutton/api/create", True),
        ("/bigbluebutton/api/end", True),
        ("/bigbluebutton/api/join", True),
        ("/bigbluebutton/api/hooks/create", True),
        ("/bigbluebutton/api/hooks/destroy", True),
        ("/bigbluebutton/api/publishRecordings", True),
        ("/bigbluebutton/api/hooks/list", False),
        ("/bigbluebutton/api/getMeetings", False),
        ("/bigbluebutton/api/getRecordings", False),
        ("/html5client/leave", True),
        ("/html5client/join", False),
    ],
)
def test_a_write_is_told_by_the_call_not_by_the_method(path: str, write: bool) -> None:
    assert is_write({"PATH_INFO": path, "REQUEST_METHOD": "GET"}) is write
