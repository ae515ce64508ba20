"""How Moodle writes an answer: JSON as PHP encodes it, or the XML that a client gets who forgets to ask for JSON."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from kypek_sync.sandbox.moodle.errors import MoodleFault, PhpFault

_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'


def php_json(value: Any) -> str:
    """JSON as `json_encode` writes it: no spaces, ASCII only, slashes escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def answer(value: Any, answer_format: str) -> Response:
    """A result. A function without one gives `null` (JSON) or an empty RESPONSE (XML)."""
    if answer_format == "json":
        return Response(php_json(value), 200, content_type="application/json")
    inner = "" if value is None else _xml(value)
    return _xml_response(f"<RESPONSE>\n{inner}</RESPONSE>\n")


def refusal(fault: MoodleFault, answer_format: str, *, debug: bool) -> Response:
    """A refusal, which Moodle sends with status 200 all the same (M-2)."""
    told = fault.as_json(debug=debug)
    if answer_format == "json":
        return Response(php_json(told), 200, content_type="application/json")
    lines = [f'<EXCEPTION class="{escape(told["exception"])}">']
    if not isinstance(fault, PhpFault):
        lines.append(f"<ERRORCODE>{escape(told['errorcode'])}</ERRORCODE>")
    lines.append(f"<MESSAGE>{escape(told['message'])}</MESSAGE>")
    if "debuginfo" in told:
        lines.append(f"<DEBUGINFO>{escape(told['debuginfo'])}</DEBUGINFO>")
    return _xml_response("\n".join([*lines, "</EXCEPTION>\n"]))


def _xml_response(text: str) -> Response:
    return Response(_XML_HEAD + text, 200, content_type="application/xml; charset=utf-8")


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        keys = "".join(f'<KEY name="{escape(key)}">{_xml(inner)}</KEY>\n' for key, inner in value.items())
        return f"<SINGLE>\n{keys}</SINGLE>\n"
    if isinstance(value, list):
        return f"<MULTIPLE>\n{''.join(map(_xml, value))}</MULTIPLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"<VALUE>{escape(text, {chr(34): '&quot;'})}</VALUE>\n"
