"""The calls about meetings and recordings: what they demand and what they answer (fact sheet §3.1, §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from werkzeug.wrappers import Response

import kypek_sync.sandbox.bigbluebutton.recordings as recordings
from kypek_sync.sandbox.bigbluebutton.answers import Refused, created, meeting_parts, recording_parts, success
from kypek_sync.sandbox.bigbluebutton.meetings import Meeting
from kypek_sync.sandbox.bigbluebutton.world import BridgeTaken, World

Query = Mapping[str, str]
_META = re.compile(r"meta_([a-zA-Z][a-zA-Z0-9-]*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBERS = (
    "duration",
    "maxParticipants",
    "meetingExpireIfNoUserJoinedInMinutes",
    "meetingExpireWhenLastUserLeftInMinutes",
)


def create(world: World, query: Query, *, dies: bool = False) -> Response:
    """Begin a meeting, or say that it is there already: then every changed parameter is ignored (B-9..B-13)."""
    meeting_id, name = meeting_id_of(query), _name_of(query)
    _check_passwords(query)
    _check_numbers(query)
    params = {key: value for key, value in query.items() if not key.startswith("meta_") and key != "checksum"}
    try:
        meeting, is_new = world.create(meeting_id, name, params, metadata_of(query), dies=dies)
    except BridgeTaken:
        raise Refused("nonUniqueVoiceBridge", "The selected voice bridge is already in use.", listed=True) from None
    if is_new:
        return created(meeting)
    if not _same_passwords(meeting, query):
        raise Refused(
            "idNotUnique", "A meeting already exists with that meeting ID.  Please use a different meeting ID."
        )
    warning = "This conference was already in existence and may currently be in progress."
    return created(meeting, "duplicateWarning", warning)


def end(world: World, query: Query) -> Response:
    """Ask a meeting to end; the password is ignored and the end itself comes later (B-17)."""
    known_meeting(world, meeting_id_of(query))
    world.ask_end(query["meetingID"])
    return success(
        ("messageKey", "sentEndMeetingRequest"),
        (
            "message",
            "A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or"
            " isMeetingRunning API calls to verify that it was ended.",
        ),
    )


def is_meeting_running(world: World, query: Query) -> Response:
    """SUCCESS always: false for an unknown and for an empty meeting too (B-18)."""
    return success(("running", any(meeting.running for meeting in world.shown(meeting_id_of(query)))))


def get_meeting_info(world: World, query: Query) -> Response:
    """One meeting with its attendees."""
    return success(*meeting_parts(known_meeting(world, meeting_id_of(query))))


def get_meetings(world: World, *, hidden: bool = False) -> Response:
    """All meetings with their attendees, the just ended too (B-17). `hidden`: a balancer says there are none (B-40)."""
    shown = [] if hidden else world.shown()
    if not shown:
        return success(
            ("meetings", []), ("messageKey", "noMeetings"), ("message", "no meetings were found on this server")
        )
    return success(("meetings", [("meeting", meeting_parts(meeting)) for meeting in shown]))


def get_recordings(world: World, query: Query) -> Response:
    """The recordings asked for; none is SUCCESS with noRecordings (B-22)."""
    if not 1 <= _number(query, "limit", 100) <= 100 or _number(query, "offset", 0) < 0:
        raise Refused("validationError", "Limit must be between 1 and 100, offset not negative")
    with world.store.transaction() as db:
        found = recordings.find(db, query)
    if not found:
        return success(
            ("recordings", []),
            ("messageKey", "noRecordings"),
            ("message", "There are no recordings for the meeting(s)."),
        )
    return success(("recordings", [("recording", recording_parts(recording)) for recording in found]))


def publish_recordings(world: World, query: Query) -> Response:
    """Publish or unpublish a list of recordings."""
    if not query.get("publish"):
        raise Refused("missingParamPublish", "You must specify a publish value true or false.")
    publish = query["publish"].lower() == "true"
    _change(world, query, state="published" if publish else "unpublished")
    return success(("published", publish))


def delete_recordings(world: World, query: Query) -> Response:
    """Delete a list of recordings; they can still be seen with state=deleted."""
    _change(world, query, state="deleted")
    return success(("deleted", True))


def update_recordings(world: World, query: Query) -> Response:
    """Change the metadata of a list of recordings; an empty value takes one away."""
    _change(world, query, metadata=metadata_of(query))
    return success(("updated", True))


def send_chat_message(world: World, query: Query) -> Response:
    """A message into the public chat of a living meeting (3.0): 1-500 characters, sender up to 255."""
    known_meeting(world, meeting_id_of(query))
    if not 1 <= len(query.get("message", "")) <= 500 or len(query.get("userName", "")) > 255:
        raise Refused("validationError", "Message must be between 1 and 500 characters")
    return success(("messageKey", "sentChatMessage"), ("message", "The message was sent."))


def insert_document(world: World, query: Query, body: bytes) -> Response:
    """Slides for a living meeting: a body of `<modules>`."""
    known_meeting(world, meeting_id_of(query))
    if b"<modules" not in body:
        raise Refused("failedUpload", "Presentation upload is failed.")
    return success(("message", "Presentation is being uploaded"))


def known_meeting(world: World, meeting_id: str) -> Meeting:
    """The meeting of that id, the living one before an ended one that lingers. Raises notFound."""
    shown = world.shown(meeting_id)
    if not shown:
        raise Refused("notFound", "A meeting with that ID does not exist")
    return next((meeting for meeting in shown if not meeting.ended_ms), shown[-1])


def meeting_id_of(query: Query) -> str:
    """The meetingID: 2-256 characters, no comma, no control characters, no whitespace at the edges (B-11)."""
    value = query.get("meetingID", "")
    if not value:
        raise Refused("missingParamMeetingID", "You must provide a meeting ID")
    if not 2 <= len(value) <= 256:
        raise Refused("validationError", "Meeting ID must be between 2 and 256 characters")
    if "," in value:
        raise Refused("validationError", "Meeting ID cannot contain ','")
    if _CONTROL.search(value) or value != value.strip():
        raise Refused("validationError", "Invalid meeting ID")
    return value


def metadata_of(query: Query) -> dict[str, str]:
    """The `meta_X` in lower case; one whose name has an underscore is silently dropped (B-10)."""
    matched = ((_META.fullmatch(name), value) for name, value in query.items())
    return {match[1].lower(): value for match, value in matched if match}


def _name_of(query: Query) -> str:
    name = query.get("name", "")
    if not name:
        raise Refused("missingParamName", "You must provide a meeting name")
    if not 2 <= len(name) <= 256:
        raise Refused("validationError", "Meeting name must be between 2 and 256 characters")
    return _CONTROL.sub("", name)


def _check_passwords(query: Query) -> None:
    for name in ("attendeePW", "moderatorPW"):
        if query.get(name) and not 2 <= len(query[name]) <= 64:
            raise Refused("validationError", "Password must be between 2 and 64 characters")


def _check_numbers(query: Query) -> None:
    for name in _NUMBERS:
        _number(query, name, 0)
    if query.get("voiceBridge") and not 10_000 <= _number(query, "voiceBridge", 0) <= 99_999:
        raise Refused("validationError", "Voice bridge must be a number of 5 digits")


def _number(query: Query, name: str, default: int) -> int:
    try:
        return int(query.get(name) or default)
    except ValueError:
        raise Refused("validationError", f"{name} must be an integral value") from None


def _same_passwords(meeting: Meeting, query: Query) -> bool:
    """Both as at the first create, or neither sent (B-12)."""
    names = ("attendeePW", "moderatorPW")
    if not any(query.get(name) for name in names):
        return True
    return all(query.get(name, "") == meeting.params.get(name, "") for name in names)


def _change(world: World, query: Query, *, state: str = "", metadata: Mapping[str, str] | None = None) -> None:
    if not query.get("recordID"):
        raise Refused("missingParamRecordID", "You must specify one or more a record IDs.")
    with world.store.transaction() as db:
        if not recordings.change(db, query["recordID"], state=state, metadata=metadata):
            raise Refused("notFound", "We could not find recordings")
