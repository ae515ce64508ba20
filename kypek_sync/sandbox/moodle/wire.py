"""How PHP reads a request: form variables with brackets, cut off after `max_input_vars` without a word (M-1, M-12)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

Php = str | dict[str, Any]
"""A PHP value as it comes from a form: text, or an ordered array of further values."""

_DEEPEST = 64
_READ = "kypek.moodle.request"
"""Under this name a request of few variables stays with its environment: it is read for its function, then served."""


@dataclass(frozen=True, slots=True)
class WireRequest:
    """What Moodle's REST server takes out of a request: its own variables, the settings, and the rest as parameters."""

    token: str | None
    function: str | None
    format: str
    raw: bool
    parameters: dict[str, Any]


def body_of(environ: dict[str, Any]) -> bytes:
    """The whole body; it stays readable for whoever comes next."""
    stream = environ["wsgi.input"]
    # Without the mark, reading past the length would wait for bytes that never come.
    length = -1 if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = stream.read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["wsgi.input_terminated"] = True
    return body


def read_request(environ: dict[str, Any], max_input_vars: int) -> WireRequest:
    """The request as Moodle sees it, after PHP's limit. The body wins over the query string; JSON is not read (M-1)."""
    before: tuple[int, WireRequest] | None = environ.get(_READ)
    if before is not None and before[0] <= max_input_vars:
        return before[1]
    variables: dict[str, Any] = {}
    # For the query string PHP stops before the one too many, for the body after it (M-12).
    most = _register(variables, environ.get("QUERY_STRING", "").encode("latin-1"), max_input_vars)
    kind = environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower()
    if environ["REQUEST_METHOD"] == "POST" and kind == "application/x-www-form-urlencoded":
        posted: dict[str, Any] = {}
        most = max(most, _register(posted, body_of(environ), max_input_vars + 1))
        variables |= posted
    settings = {name: variables.pop(name) for name in list(variables) if name.startswith("moodlewssetting")}
    answer_format = variables.pop("moodlewsrestformat", "xml")
    token, function = variables.pop("wstoken", None), variables.pop("wsfunction", None)
    request = WireRequest(
        token=token if isinstance(token, str) else None,
        function=function if isinstance(function, str) else None,
        format="json" if answer_format == "json" else "xml",
        raw=settings.get("moodlewssettingraw", "") in ("1", "true"),
        parameters=variables,
    )
    if most < max_input_vars:  # nothing was cut off
        environ[_READ] = most, request
    return request


def _register(variables: dict[str, Any], encoded: bytes, limit: int) -> int:
    """Take the variables, at most so many; how many were taken."""
    taken = 0
    for pair in encoded.split(b"&"):
        if not pair:
            continue
        if taken == limit:
            return taken
        taken += 1
        name, _, value = pair.partition(b"=")
        _put(variables, _decode(name), _decode(value))
    return taken


def _decode(encoded: bytes) -> str:
    return unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8", "replace")


def _put(variables: dict[str, Any], name: str, value: str) -> None:
    """Store `a[b][0]=value` the way PHP does: an unclosed bracket is part of the name, `[]` appends."""
    base, keys = _split(name.lstrip(" "))
    if not base or len(keys) > _DEEPEST:
        return
    place, key = variables, base
    for following in keys:
        if not isinstance(place.get(key), dict):
            place[key] = {}
        place = place[key]
        key = following if following != "" else str(_next_index(place))
    place[key] = value


def _split(name: str) -> tuple[str, list[str]]:
    opening = name.find("[")
    if opening < 0 or "]" not in name[opening:]:
        return name.translate(str.maketrans(" .[", "___")), []
    base, keys, at = name[:opening].translate(str.maketrans(" .", "__")), [], opening
    while at < len(name) and name[at] == "[":
        closing = name.find("]", at)
        if closing < 0:
            break
        keys.append(name[at + 1 : closing])
        at = closing + 1
    return base, keys


def _next_index(place: dict[str, Any]) -> int:
    return max((int(key) for key in place if key.isdecimal()), default=-1) + 1
