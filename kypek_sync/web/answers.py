"""Answers that a browser or a calendar may keep, and that are not sent again while nothing changed (RFC 9110, 9111)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

KEPT = 900
"""Seconds for which an answer is good without asking again: a session that moves is seen within a quarter of an hour,
and a class of subscribers asks four times an hour at most."""


def kept(
    request: Request,
    body: bytes,
    kind: str,
    *,
    changed: datetime | None = None,
    public: bool = True,
    extra: Mapping[str, str] | None = None,
) -> Response:
    """A file of this media type, or 304 where the reader has it already. `changed` (aware) is when it changed last, for
    readers that know no ETag; None where that cannot be told. Not `public`: for its one reader alone, on no server in
    between."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"{'public' if public else 'private'}, max-age={KEPT}", **(extra or {})}
    if changed is not None:
        headers["Last-Modified"] = format_datetime(changed.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if public:
        headers["Access-Control-Allow-Origin"] = "*"  # a school's own pages may show it
    if _has_it(request, tag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def _has_it(request: Request, tag: str, changed: datetime | None) -> bool:
    """Whether what the reader has is what they would get. A tag counts before a date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(one.strip().removeprefix("W/") in (tag, "*") for one in tags.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or changed is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return moment.tzinfo is not None and changed.replace(microsecond=0) <= moment
