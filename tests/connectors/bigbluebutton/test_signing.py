"""The checksum is over exactly what is sent, and signed addresses stay out of logs."""

from __future__ import annotations

import hashlib
import logging
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bigbluebutton.signing import hush_logs, hushed, signed_address
from kypek_sync.contract import RoomDraft
from tests.connectors.bigbluebutton.simulated import SECRET, Server

AWKWARD = "Επιμόρφωση ΕΛ & «Α» +~*'()!%ce[0]#?=;"


@given(
    st.dictionaries(
        st.from_regex(r"[a-zA-Z][a-zA-Z-]{0,9}", fullmatch=True), st.text(alphabet=st.characters(codec="utf-8"))
    )
)
def test_what_is_signed_is_what_is_sent(query: dict[str, str]) -> None:
    """B-1, B-3."""
    raw = urlsplit(signed_address("https://bbb.example/bigbluebutton/api", "create", query, SECRET)).query
    signed, _, checksum = raw.rpartition("checksum=")
    assert checksum == hashlib.sha256(f"create{signed.removesuffix('&')}{SECRET}".encode()).hexdigest()
    assert dict(parse_qsl(signed, keep_blank_values=True)) == query


def test_awkward_letters_arrive_as_they_are(server: Server) -> None:
    server.connector().open(RoomDraft("r-1", AWKWARD, welcome=AWKWARD.replace("&", "και")))
    (meeting,) = server.world.meetings()
    assert meeting.name == AWKWARD
    assert meeting.params["welcome"] == AWKWARD.replace("&", "και")
    assert meeting.metadata == {"kypek-ref": "r-1"}
    assert not {"attendeePW", "moderatorPW"} & set(meeting.params)


def test_signed_addresses_are_not_logged_even_when_a_try_is_repeated(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The HTTP library names the whole address, in a warning too."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")  # kept quiet otherwise
    with_room = server.connector()
    with_room.open(RoomDraft("r-1", "Πειράματα"))
    server.faults.set("bbb:refuse@2")
    with_room.rooms()
    assert "Retrying" in caplog.text
    assert "getMeetings" in caplog.text
    assert "checksum" not in caplog.text


def test_a_signature_is_taken_out_and_the_rest_stays() -> None:
    assert hushed("GET /api/end?meetingID=r&checksum=12ab HTTP/1.1") == "GET /api/end?… HTTP/1.1"
    assert hushed("(url='/api/getMeetings?checksum=12ab'): x") == "(url='/api/getMeetings?…'): x"
    assert hushed("nothing to hide?") == "nothing to hide?"


def test_hushing_twice_is_hushing_once() -> None:
    logger = logging.getLogger("urllib3.connectionpool")
    hush_logs()
    before = list(logger.filters)
    hush_logs()
    assert logger.filters == before
