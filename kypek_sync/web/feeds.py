"""The public programme as iCalendar, Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

from kypek_sync.language import Text
from kypek_sync.model import Status, local
from kypek_sync.notices.calendar import Meeting
from kypek_sync.notices.calendar_file import MEDIA_TYPE, feed_file
from kypek_sync.sync.three_months import Listed, Programme

CALENDAR, ATOM, JSON = f"{MEDIA_TYPE}; charset=utf-8", "application/atom+xml", "application/feed+json"
REFRESH = timedelta(hours=1)
"""How often calendars are asked to look again."""

_ATOM = "http://www.w3.org/2005/Atom"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
_ABOUT = "the seminar: code, structure, form, status, and its sessions with moments in ISO 8601"


def calendar_of(programme: Programme, text: Text) -> bytes:
    """Every session in the window; those that do not take place say so."""
    those = [meeting for meeting, _ in programme.meetings]
    return feed_file(those, title_of(programme, text), f"{programme.address}.ics", REFRESH, text)


def title_of(programme: Programme, text: Text) -> str:
    """What a programme is called where it stands beside others."""
    return text("%(centre)s: seminars", centre=programme.name)


def atom_of(programme: Programme, text: Text, language: str) -> bytes:
    """An entry for each seminar."""
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    _add(feed, "id", programme.address)
    _add(feed, "title", title_of(programme, text))
    _add(feed, "updated", local(programme.changed).isoformat())
    for rel, kind, ending in (
        ("self", ATOM, ".atom"),
        ("alternate", "text/html", ""),
        ("alternate", MEDIA_TYPE, ".ics"),
        ("alternate", JSON, ".json"),
    ):
        _add(feed, "link", rel=rel, type=kind, href=f"{programme.address}{ending}")
    _add(_add(feed, "author"), "name", programme.name)
    _add(feed, "generator", "kypek-sync")
    for listed in programme.seminars:
        entry = _add(feed, "entry")
        _add(entry, "id", listed.page)
        _add(entry, "title", _title(listed, text))
        _add(entry, "updated", local(listed.changed).isoformat())
        _add(entry, "link", rel="alternate", type="text/html", href=listed.page)
        _add(entry, "category", term=listed.structure)
        _add(entry, "content", _content(listed, text), type="text")
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def json_of(programme: Programme, text: Text, language: str) -> bytes:
    """An item for each seminar; `_seminar` holds what programs want to know of it."""
    body = {
        "version": _JSON_FEED,
        "title": title_of(programme, text),
        "home_page_url": programme.address,
        "feed_url": f"{programme.address}.json",
        "language": language,
        "authors": [{"name": programme.name}],
        "items": [_item(listed, text) for listed in programme.seminars],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _item(listed: Listed, text: Text) -> dict[str, Any]:
    seminar = listed.seminar
    return {
        "id": listed.page,
        "url": listed.page,
        "title": _title(listed, text),
        "content_text": _content(listed, text),
        "date_modified": local(listed.changed).isoformat(),
        "tags": [listed.structure],
        "_seminar": {
            "about": _ABOUT,
            "code": seminar.code,
            "structure": listed.structure,
            "form": seminar.form.value,
            "status": seminar.status.value,
            "seats": seminar.capacity,
            "hours": seminar.hours or None,
            "sessions": [_session(one) for one in listed.meetings],
        },
    }


def _session(meeting: Meeting) -> dict[str, Any]:
    return {
        "uid": meeting.uid,
        "starts": local(meeting.starts).isoformat(),
        "ends": local(meeting.ends).isoformat(),
        "form": meeting.form.value,
        "place": meeting.place,
        "topic": meeting.topic,
        "status": (Status.CANCELLED if meeting.cancelled else Status.PLANNED).value,
    }


def _title(listed: Listed, text: Text) -> str:
    seminar = listed.seminar
    off = seminar.status is Status.CANCELLED
    return text("Cancelled: %(title)s", title=seminar.title) if off else seminar.title


def _content(listed: Listed, text: Text) -> str:
    """The description, then a line for each session."""
    seminar = listed.seminar
    parts = [seminar.description] if seminar.description else []
    parts.append("\n".join(_line(one, seminar.title, text) for one in listed.meetings))
    return "\n\n".join(parts)


def _line(meeting: Meeting, title: str, text: Text) -> str:
    starts, ends = local(meeting.starts), local(meeting.ends)
    words = [f"{starts:%d/%m/%Y %H:%M}–{ends:%H:%M}", meeting.title.removeprefix(title).removeprefix(" – ")]
    words += [meeting.place, meeting.topic, text("cancelled") if meeting.cancelled else ""]
    return ", ".join(word for word in words if word)


def _add(parent: ElementTree.Element, name: str, words: str = "", **attributes: str) -> ElementTree.Element:
    """A part of the feed. XML has no way to write most control characters (a title pasted from elsewhere may hold one):
    they become spaces."""
    part = ElementTree.SubElement(parent, name, {key: _printable(value) for key, value in attributes.items()})
    if words:
        part.text = _printable(words)
    return part


def _printable(words: str) -> str:
    return "".join(one if one.isprintable() or one == "\n" else " " for one in words)
