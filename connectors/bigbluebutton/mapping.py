"""Between BigBlueButton's XML and our types: pure. Times there are milliseconds since 1970 (B-24)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from xml.etree.ElementTree import Element

from kypek_sync.contract import Join, Occupant, Recording, Room, RoomDraft
from kypek_sync.model import Finding, FindingLevel

MARK = "kypek-ref"
"""Metadata with our reference; no underscore, which would be dropped silently (B-10)."""
NAME_LIMIT, OLD_NAME_LIMIT = 256, 64
"""Length of a meeting's name, in UTF-16 units as Java counts them: today, and up to 2.4 (B-9)."""
_SHORTEST = 2
_WELCOME_LIMIT = 500  # in an address each Greek letter takes six bytes, and proxies allow about 8 KB
_PERSON_LIMIT = 255
_REF = re.compile(r"[A-Za-z0-9_-]{2,200}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ROLES = {"MODERATOR": True, "VIEWER": False}


class Misshapen(ValueError):
    """An answer that is XML but lacks what it must have. Its text says what."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What getMeetings told: rooms that live, what is odd, and how many entries could not be understood."""

    rooms: tuple[Room, ...]
    findings: tuple[Finding, ...]
    unreadable: int


def is_reference(ref: str) -> bool:
    """Whether a reference can be a meetingID (B-11): 2 to 200 of `[A-Za-z0-9_-]`."""
    return bool(_REF.fullmatch(ref))


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as aware UTC, exactly. Raises `Misshapen` beyond the calendar."""
    try:
        return _EPOCH + milliseconds * _MILLISECOND
    except OverflowError:
        raise Misshapen("a time is beyond the calendar") from None


def milliseconds(at: datetime) -> int:
    """The way back: what createTime was (B-15)."""
    return (at - _EPOCH) // _MILLISECOND


def cut(text: str, limit: int) -> str:
    """The text on one line and at most `limit` UTF-16 units long, never cut within a character or before its accents;
    an ellipsis shows that it was cut."""
    line = " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text).split())
    if _units(line) <= limit:
        return line
    end = min(len(line), limit)
    while end and (_units(line[:end]) > limit - 1 or _belongs_to_the_last(line, end)):
        end -= 1
    return line[:end].rstrip() + "…"


def created_from(draft: RoomDraft, name_limit: int = NAME_LIMIT) -> dict[str, str]:
    """The parameters of `create`. No passwords (B-12); the welcome is plain text, and the room shows HTML."""
    name = cut(draft.title, name_limit)
    if _units(name) < _SHORTEST:
        name = cut(f"{name} {draft.ref}", name_limit)
    query = {"name": name, "meetingID": draft.ref, f"meta_{MARK}": draft.ref, "record": _bool(draft.record)}
    if draft.minutes > 0:
        query["duration"] = str(draft.minutes)
    if draft.welcome.strip():
        lines = [line for line in map(str.strip, draft.welcome.splitlines()) if line]
        query["welcome"] = escape(cut("\u241e".join(lines), _WELCOME_LIMIT), quote=False).replace("\u241e", "<br>")
    return query


def joining(room: Room, join: Join) -> dict[str, str]:
    """The parameters of `join`: role instead of a password, our id of the person (B-20), and createTime, so that the
    link leads into this incarnation and no other (B-15)."""
    return {
        "fullName": cut(join.name, _PERSON_LIMIT) or join.who,
        "meetingID": room.ref,
        "role": "MODERATOR" if join.moderator else "VIEWER",
        "userID": join.who,
        "createTime": str(milliseconds(room.created)),
    }


def opened(root: Element, ref: str) -> Room:
    """The room that `create` answered with, new or there before. Raises `Misshapen`."""
    return Room(ref, _needed(root, "internalMeetingID"), moment(_whole(root, "createTime")))


def listing(root: Element) -> Listing:
    """The answer of getMeetings. Ended meetings that linger are left out (B-17)."""
    rooms: list[Room] = []
    odd: list[Finding] = []
    unreadable = 0
    for meeting in root.iterfind("meetings/meeting"):
        try:
            if not _ended(meeting):
                rooms.append(_room(meeting, odd))
        except Misshapen as error:
            unreadable += 1
            text = f"The server lists a meeting that cannot be understood: {error}. Its people are not counted."
            odd.append(Finding(_text(meeting, "meetingID"), "room-unreadable", text, FindingLevel.ERROR))
    return Listing(
        tuple(sorted(rooms, key=lambda room: (room.ref, room.created, room.incarnation))),
        tuple(sorted(set(odd))),
        unreadable,
    )


def recorded(root: Element) -> tuple[tuple[Recording, ...], int]:
    """The answer of getRecordings: the recordings of one page, and how many could not be understood."""
    found: list[Recording] = []
    unreadable = 0
    for one in root.iterfind("recordings/recording"):
        try:
            found.append(_recording(one))
        except Misshapen:
            unreadable += 1
    return tuple(found), unreadable


def _room(meeting: Element, odd: list[Finding]) -> Room:
    ref = _needed(meeting, "meetingID")
    mark = _metadata(meeting).get(MARK, "")
    if mark and mark != ref:
        text = f"The room {mark} is listed under another meetingID; a balancer may rewrite it, and we cannot follow it."
        odd.append(Finding(ref, "room-renamed", text))
    people = tuple(_occupant(one, ref, odd) for one in meeting.iterfind("attendees/attendee"))
    return Room(ref, _needed(meeting, "internalMeetingID"), moment(_whole(meeting, "createTime")), people)


def _occupant(attendee: Element, ref: str, odd: list[Finding]) -> Occupant:
    who, role = _text(attendee, "userID"), _text(attendee, "role").upper()
    if not who:
        text = "Somebody in the room has no id, so it cannot be said who was present."
        odd.append(Finding(ref, "occupant-without-id", text))
    if role not in _ROLES:
        text = f"Somebody in the room has the role {role[:30]!r}, which is unknown; taken for a viewer."
        odd.append(Finding(ref, "occupant-role-unknown", text))
    return Occupant(who, _text(attendee, "fullName"), _ROLES.get(role, False))


def _recording(one: Element) -> Recording:
    formats = list(one.iterfind("playback/format"))
    shown = next((f for f in formats if _text(f, "type") == "presentation"), formats[0] if formats else None)
    minutes, address = 0, ""
    if shown is not None:
        address, minutes = _text(shown, "url"), _whole(shown, "length", default=0)
    if not minutes:
        span = _whole(one, "endTime", default=0) - _whole(one, "startTime", default=0)
        minutes = max(0, span // 60_000)
    return Recording(
        _needed(one, "recordID"), _needed(one, "meetingID"), address, _text(one, "published") == "true", minutes
    )


def _ended(meeting: Element) -> bool:
    return _whole(meeting, "endTime", default=0) > 0 or _text(meeting, "hasBeenForciblyEnded") == "true"


def _metadata(meeting: Element) -> Mapping[str, str]:
    """Its names are chosen by users (B-25)."""
    return {str(item.tag).lower(): (item.text or "").strip() for item in meeting.iterfind("metadata/*")}


def _text(parent: Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def _needed(parent: Element, tag: str) -> str:
    if not (text := _text(parent, tag)):
        raise Misshapen(f"it has no {tag}")
    return text


def _whole(parent: Element, tag: str, *, default: int | None = None) -> int:
    text = _text(parent, tag)
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    if default is not None and not text:
        return default
    raise Misshapen(f"its {tag} is no whole number")


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _belongs_to_the_last(line: str, end: int) -> bool:
    """Whether the character at `end` is part of the one before: an accent, a joiner, or what a joiner joins."""
    follows = end < len(line) and (unicodedata.category(line[end]) in ("Mn", "Me", "Mc") or line[end] == "\u200d")
    return follows or line[end - 1 : end] == "\u200d"
