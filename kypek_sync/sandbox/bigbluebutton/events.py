"""What happens in meetings, in the words of bbb-webhooks 3.5.0 (fact sheet §3.3; recorded exchanges `bbb-webhooks`).

An event is a JSON object whose keys keep the order seen on the wire, because the checksum is taken over the text.
`ts` is milliseconds. A person who left has ids only (B-35), except that those still present when a meeting ends get
a user-left with name and role (recorded: 28-meeting-ended).
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from kypek_sync.sandbox.bigbluebutton.meetings import Attendee, Meeting

Event = dict[str, Any]
DIAL_NUMBER = "613-555-1234"
_ATHENS = ZoneInfo("Europe/Athens")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def java_date(moment: datetime) -> str:
    """A moment as the server prints createDate: `Mon Nov 23 14:00:00 EET 2026`, in its own zone."""
    local = moment.astimezone(_ATHENS)
    return f"{_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local:%d %H:%M:%S %Z %Y}"


def meeting_created(meeting: Meeting) -> Event:
    """The only event with name, metadata and (in plain text) both passwords."""
    return _event(
        "meeting-created",
        {
            "meeting": {
                **_meeting(meeting),
                "name": meeting.name,
                "is-breakout": False,
                "parent-id": "bbb-none",
                "duration": meeting.number("duration"),
                "create-time": meeting.created_ms,
                "create-date": java_date(meeting.created),
                "moderator-pass": meeting.params.get("moderatorPW", ""),
                "viewer-pass": meeting.params.get("attendeePW", ""),
                "record": meeting.params.get("record") == "true",
                "voice-conf": meeting.voice_bridge,
                "dial-number": DIAL_NUMBER,
                "max-users": meeting.number("maxParticipants"),
                "metadata": meeting.metadata,
            }
        },
    )


def user_joined(meeting: Meeting, attendee: Attendee) -> Event:
    """A person is in: ids, name, role and userdata."""
    return _event("user-joined", {"meeting": _meeting(meeting), "user": _whole_user(attendee)})


def user_left(meeting: Meeting, attendee: Attendee) -> Event:
    """A person left: ids and guest only."""
    return _event("user-left", {"meeting": _meeting(meeting), "user": {**_user(attendee), "guest": attendee.guest}})


def user_left_at_end(meeting: Meeting, attendee: Attendee) -> Event:
    """The user-left that bbb-webhooks makes up for each person still present when the meeting ends."""
    return _event("user-left", {"meeting": _meeting(meeting), "user": _whole_user(attendee)})


def meeting_ended(meeting: Meeting) -> Event:
    """The meeting is over: its ids only."""
    return _event("meeting-ended", {"meeting": _meeting(meeting)})


def stamped(event: Event, ts: int) -> Event:
    """The event with the moment (ms) at which bbb-webhooks handled it."""
    return {"data": {**event["data"], "event": {"ts": ts}}}


def keep(db: sqlite3.Connection, event: Event, ts: int) -> None:
    """Write an event down, so that hooks can be told of it."""
    text = json.dumps(stamped(event, ts), ensure_ascii=False, separators=(",", ":"))
    db.execute("INSERT INTO event (body) VALUES (?)", (text,))


def _event(name: str, attributes: dict[str, Any]) -> Event:
    return {"data": {"type": "event", "id": name, "attributes": attributes}}


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {"internal-meeting-id": meeting.internal_id, "external-meeting-id": meeting.meeting_id}


def _user(attendee: Attendee) -> dict[str, Any]:
    return {"internal-user-id": attendee.internal_user_id, "external-user-id": attendee.user_id}


def _whole_user(attendee: Attendee) -> dict[str, Any]:
    return {
        **_user(attendee),
        "name": attendee.name,
        "role": attendee.role,
        "presenter": False,
        "userdata": attendee.userdata,
        "guest": attendee.guest,
    }
