"""The way into a meeting: `join`, and the page of the client that a browser lands on (B-15, B-20, B-23, B-26).

A person who joined is present at once; the page has a button to leave.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from urllib.parse import quote, urlsplit, urlunsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from kypek_sync.sandbox.bigbluebutton.answers import Refused, failure, success
from kypek_sync.sandbox.bigbluebutton.calls import meeting_id_of
from kypek_sync.sandbox.bigbluebutton.meetings import Meeting
from kypek_sync.sandbox.bigbluebutton.world import RoomFull, World

Query = Mapping[str, str]
CLIENT = "html5client/join"
LEAVE = "html5client/leave"
GUEST_WAIT = "html5client/guestWait"
_ROLES = {"moderator": True, "viewer": False}


def join(world: World, request: Request, query: Query) -> Response:
    """Let a person in and send the browser to the client; with redirect=false, tell the address instead."""
    name = query.get("fullName", "").strip()
    if not name:
        raise Refused("missingParamFullName", "You must provide your name")
    meeting = _joinable(world, query)
    try:
        moderator = _is_moderator(meeting, query)
    except Refused as refused:
        # Seen in the code only: a missing role is told as XML, not by a redirect.
        return failure(refused)
    guest = query.get("guest", "").lower() == "true"
    policy = meeting.params.get("guestPolicy", "ASK_MODERATOR")
    if guest and not moderator and policy == "ALWAYS_DENY":
        denied = "You have been denied access to this meeting based on the meeting's guest policy"
        raise Refused("guestDeniedAccess", denied)
    if guest and not moderator and policy == "ASK_MODERATOR":
        return redirect(request.host_url + GUEST_WAIT)
    userdata = {key[9:]: value for key, value in query.items() if key.startswith("userdata-")}
    try:
        session = world.enter(
            meeting.meeting_id,
            name,
            user_id=query.get("userID", ""),
            moderator=moderator,
            guest=guest,
            userdata=userdata,
        )
    except RoomFull:
        full = "The number of participants allowed for this meeting has been reached."
        raise Refused("maxParticipantsReached", full) from None
    except LookupError:
        raise _unknown() from None
    url = f"{request.host_url}{CLIENT}?sessionToken={session}"
    return redirect(url) if query.get("redirect", "true").lower() == "true" else _joined(world, session, url)


def refused_by_redirect(request: Request, query: Query, refused: Refused) -> Response:
    """Errors of `join` are redirects to the logout URL with `?errors=[{"key","message"}]` (B-23).

    The error address is taken under both spellings that the documents give (B-20), else `logoutURL`, else the server.
    """
    given = query.get("errorRedirectUrl") or query.get("redirectErrorUrl") or query.get("logoutURL")
    parts = urlsplit(given or request.host_url)
    errors = json.dumps([{"key": refused.key, "message": refused.message}], ensure_ascii=False, separators=(",", ":"))
    told = f"errors={quote(errors)}"
    return redirect(urlunsplit(parts._replace(query=f"{parts.query}&{told}" if parts.query else told)))


def join_url(world: World, request: Request, query: Query) -> Response:
    """getJoinUrl: for a session that is open, without checksum; of no use to a daemon (B-19)."""
    token = query.get("sessionToken", "")
    if world.session(token) is None:
        raise Refused("missingSession", "The user session could not be found")
    return success(("url", f"{request.host_url}{CLIENT}?sessionToken={token}"))


def client_page(world: World, request: Request) -> Response:
    """What stands for the BigBlueButton client in a browser; leaving is a POST of the form."""
    token = request.values.get("sessionToken", "")
    if request.method == "POST" and request.path.strip("/") == LEAVE:
        world.leave_session(token)
        return _page("Αποχωρήσατε από την αίθουσα.")
    found = world.session(token)
    if found is None:
        return _page("Η σύνδεση με την αίθουσα έχει λήξει.", status=401)
    meeting, attendee = found
    form = (
        f'<form method="post" action="/{LEAVE}"><input type="hidden" name="sessionToken" value="{escape(token)}">'
        "<button>Αποχώρηση</button></form>"
    )
    return _page(f"{escape(attendee.name)}: είστε στην αίθουσα «{escape(meeting.name)}».", form)


def _joinable(world: World, query: Query) -> Meeting:
    shown = world.shown(meeting_id_of(query))
    if not shown:
        raise _unknown()
    meeting = next((meeting for meeting in shown if not meeting.ended_ms), None)
    if meeting is None:
        raise Refused(
            "meetingForciblyEnded", "You can not join a meeting that has already been forcibly ended.  Create it again."
        )
    if query.get("createTime") and query["createTime"] != str(meeting.created_ms):
        raise Refused(
            "mismatchCreateTimeParam", "The createTime parameter submitted mismatches with the current meeting."
        )
    return meeting


def _unknown() -> Refused:
    return Refused("invalidMeetingIdentifier", "The meeting ID that you supplied did not match any existing meetings")


def _is_moderator(meeting: Meeting, query: Query) -> bool:
    """`role` goes before the password; without either nobody gets in."""
    role = query.get("role", "").lower()
    if role in _ROLES:
        return _ROLES[role]
    passwords = (meeting.params.get("moderatorPW"), meeting.params.get("attendeePW"))
    given = query.get("password")
    if not given or not all(passwords):
        raise Refused("Params required", "You must either send the valid role of the user, or the password.")
    if given not in passwords:
        raise Refused("Params required", "You must enter a valid password")
    return given == passwords[0]


def _joined(world: World, session: str, url: str) -> Response:
    found = world.session(session)
    if found is None:
        raise _unknown()
    meeting, attendee = found
    return success(
        ("messageKey", "successfullyJoined"),
        ("message", "You have joined successfully."),
        ("meeting_id", meeting.internal_id),
        ("user_id", attendee.internal_user_id),
        ("auth_token", session),
        ("session_token", session),
        ("guestStatus", "ALLOW"),
        ("url", url),
    )


def _page(text: str, more: str = "", status: int = 200) -> Response:
    page = '<!DOCTYPE html><html lang="el"><head><meta charset="utf-8"><title>BigBlueButton</title></head>'
    return Response(f"{page}<body><p>{text}</p>{more}</body></html>", status, content_type="text/html; charset=utf-8")
