"""The server's answers: XML of the two error shapes, of meetings and of recordings (fact sheet §2, B-21..B-27)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from werkzeug.wrappers import Response

from kypek_sync.sandbox.bigbluebutton.events import DIAL_NUMBER, java_date
from kypek_sync.sandbox.bigbluebutton.meetings import Attendee, Meeting
from kypek_sync.sandbox.bigbluebutton.recordings import Recording

Content = str | int | bool | Sequence["Part"]
Part = tuple[str, Content]
_TAG = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Refused(Exception):
    """The call ends with FAILED: `key` and `message` as the server says them. `listed`: the shape with `<errors>`."""

    def __init__(self, key: str, message: str, *, listed: bool = False) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message
        self.listed = listed


def xml(text: str, status: int = 200) -> Response:
    """An answer of XML as bbb-web sends it."""
    return Response(text, status, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-cache"})


def success(*parts: Part) -> Response:
    """SUCCESS, and what follows."""
    return xml(_write(("response", [("returncode", "SUCCESS"), *parts])))


def failure(refused: Refused) -> Response:
    """FAILED, with HTTP 200, in the shape that this error has (B-13, B-21)."""
    told: list[Part] = [("key", refused.key), ("message", refused.message)]
    if refused.listed:
        return xml(_write(("response", [("returncode", "FAILED"), ("errors", [("error", told)])])))
    plain: list[Part] = [("messageKey", refused.key), ("message", refused.message)]
    return xml(_write(("response", [("returncode", "FAILED"), *plain])))


def created(meeting: Meeting, key: str = "", message: str = "") -> Response:
    """The answer to `create`. The passwords are absent if unset (B-25); messageKey may be empty."""
    return success(
        ("meetingID", meeting.meeting_id),
        ("internalMeetingID", meeting.internal_id),
        ("parentMeetingID", "bbb-none"),
        *_passwords(meeting),
        ("createTime", meeting.created_ms),
        ("voiceBridge", meeting.voice_bridge),
        ("dialNumber", DIAL_NUMBER),
        ("createDate", java_date(meeting.created)),
        ("hasUserJoined", bool(meeting.attendees)),
        ("duration", meeting.number("duration")),
        ("hasBeenForciblyEnded", meeting.forced),
        ("messageKey", key),
        ("message", message),
    )


def meeting_parts(meeting: Meeting) -> list[Part]:
    """A meeting as getMeetings and getMeetingInfo show it: times in ms, duration in minutes (B-24)."""
    present = meeting.present
    return [
        ("meetingName", meeting.name),
        ("meetingID", meeting.meeting_id),
        ("internalMeetingID", meeting.internal_id),
        ("createTime", meeting.created_ms),
        ("createDate", java_date(meeting.created)),
        ("voiceBridge", meeting.voice_bridge),
        ("dialNumber", DIAL_NUMBER),
        *_passwords(meeting),
        ("running", meeting.running),
        ("duration", meeting.number("duration")),
        ("hasUserJoined", bool(meeting.attendees)),
        ("recording", meeting.params.get("record") == "true"),
        ("hasBeenForciblyEnded", meeting.forced),
        ("startTime", meeting.started_ms),
        ("endTime", meeting.ended_ms),
        ("participantCount", len(present)),
        ("listenerCount", 0),
        ("voiceParticipantCount", 0),
        ("videoCount", 0),
        ("maxUsers", meeting.number("maxParticipants")),
        ("moderatorCount", sum(attendee.moderator for attendee in present)),
        ("attendees", [("attendee", _attendee(attendee)) for attendee in present]),
        ("metadata", _named(meeting.metadata.items())),
        ("isBreakout", False),
    ]


def recording_parts(recording: Recording) -> list[Part]:
    """A recording as getRecordings shows it: startTime and endTime in ms, playback length in minutes (B-24)."""
    length = (recording.ended_ms - recording.started_ms) // 60_000
    playback: list[Part] = [("type", "presentation"), ("url", recording.url), ("processingTime", 0), ("length", length)]
    return [
        ("recordID", recording.record_id),
        ("meetingID", recording.meeting_id),
        ("internalMeetingID", recording.internal_id),
        ("name", recording.name),
        ("isBreakout", False),
        ("published", recording.published),
        ("state", recording.state),
        ("startTime", recording.started_ms),
        ("endTime", recording.ended_ms),
        ("participants", recording.participants),
        ("metadata", _named(recording.metadata.items())),
        ("playback", [("format", playback)] if recording.state in ("published", "unpublished") else []),
    ]


def _passwords(meeting: Meeting) -> list[Part]:
    given = ((name, meeting.params.get(name, "")) for name in ("attendeePW", "moderatorPW"))
    return [(name, value) for name, value in given if value]


def _attendee(attendee: Attendee) -> list[Part]:
    parts: list[Part] = [
        ("userID", attendee.user_id),
        ("fullName", attendee.name),
        ("role", attendee.role),
        ("isPresenter", False),
        ("isListeningOnly", False),
        ("hasJoinedVoice", False),
        ("hasVideo", False),
        ("clientType", "HTML5"),
    ]
    if attendee.userdata:
        parts.append(("customdata", _named(attendee.userdata.items())))
    return parts


def _named(pairs: Iterable[tuple[str, str]]) -> list[Part]:
    """Elements whose names users chose (B-25); a name that XML does not allow is left out."""
    return [(name, value) for name, value in pairs if _TAG.fullmatch(name)]


def _write(part: Part) -> str:
    return ET.tostring(_element(part), encoding="unicode")


def _element(part: Part) -> ET.Element:
    tag, content = part
    element = ET.Element(tag)
    if isinstance(content, bool):
        element.text = "true" if content else "false"
    elif isinstance(content, str | int):
        element.text = _FORBIDDEN.sub("", str(content)) or None
    else:
        element.extend(_element(child) for child in content)
    return element
