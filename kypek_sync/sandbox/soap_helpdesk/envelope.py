"""SOAP 1.1 envelopes: requests read safely, answers and faults written as PHP's SoapServer writes them."""

from __future__ import annotations

import re
from datetime import datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from lxml import etree

from kypek_sync.sandbox.soap_helpdesk.vocabulary import NAMESPACE, SIMPLE, TYPES

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ATHENS = ZoneInfo("Europe/Athens")
LARGEST_REQUEST = 16 * 1024 * 1024

# What an argument is read as: text, a structure, an array, or nothing.
Value = str | dict[str, "Value"] | list["Value"] | None


class BadRequest(ValueError):
    """The request is not an envelope that can be read."""


def operation_of(data: bytes) -> etree._Element:
    """The element in the Body. Raises `BadRequest` for anything else, also for a document type (XXE, entity bombs)."""
    if len(data) > LARGEST_REQUEST:
        raise BadRequest("too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadRequest(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadRequest("DTD are not supported by SOAP")
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or not len(body):
        raise BadRequest("no envelope")
    return body[0]


def value(element: etree._Element) -> Value:
    """An argument. Children that are all called `item` make an array; an empty element is empty text."""
    if element.get(f"{{{XSI}}}nil") in ("true", "1"):
        return None
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return element.text or ""
    names = [etree.QName(child).localname for child in children]
    if set(names) == {"item"}:
        return [value(child) for child in children]
    return {name: value(child) for name, child in zip(names, children, strict=True)}


def arguments(operation: etree._Element) -> dict[str, Value]:
    """The arguments of an operation by name; what is missing is missing."""
    found = value(operation)
    return found if isinstance(found, dict) else {}


def whole(given: Value) -> int:
    """A number as PHP reads it: leading digits, else 0."""
    match = re.match(r"\s*([+-]?\d+)", given) if isinstance(given, str) else None
    return int(match[1]) if match else 0


def text(given: Value) -> str:
    """Text; a structure or nothing is `""`."""
    return given if isinstance(given, str) else ""


def items(given: Value) -> list[Value]:
    """The items of an array; anything else has none, such as the empty element that a plain list becomes (H-21)."""
    return given if isinstance(given, list) else []


def moment(seconds: int) -> str:
    """A dateTime with the offset of Athens."""
    return datetime.fromtimestamp(seconds, ATHENS).isoformat()


def encoded_answer(operation: str, kind: str, result: object) -> etree._Element:
    """The envelope of an rpc/encoded answer; `kind` is the type of `result` in `vocabulary`."""
    names = {"SOAP-ENV": SOAP, "ns1": NAMESPACE, "xsd": XSD, "xsi": XSI, "SOAP-ENC": ENCODING}
    envelope = etree.Element(f"{{{SOAP}}}Envelope", {f"{{{SOAP}}}encodingStyle": ENCODING}, names)
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    response = etree.SubElement(body, f"{{{NAMESPACE}}}{operation}Response")
    _append(response, "return", kind, result)
    return envelope


def _append(parent: etree._Element, name: str, kind: str, result: object) -> None:
    element = etree.SubElement(parent, name)
    if result is None:
        element.set(f"{{{XSI}}}nil", "true")
    elif kind.endswith("[]") and isinstance(result, list):
        item = kind[:-2]
        element.set(f"{{{ENCODING}}}arrayType", f"{_name(item)}[{len(result)}]")
        element.set(f"{{{XSI}}}type", "SOAP-ENC:Array")
        for each in result:
            _append(element, "item", item, each)
    else:
        element.set(f"{{{XSI}}}type", _name(kind))
        if isinstance(result, dict):
            for each, inner in TYPES[kind]:
                if each in result:
                    _append(element, each, inner, result[each])
        elif isinstance(result, bool):
            element.text = "true" if result else "false"
        else:
            element.text = str(result)


def _name(kind: str) -> str:
    return f"xsd:{kind}" if kind in SIMPLE else f"ns1:{kind}"


def written(envelope: etree._Element) -> bytes:
    """An envelope as sent."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(envelope, encoding="UTF-8") + b"\n"


def fault(code: str, message: str, detail: str = "") -> bytes:
    """A fault of the SOAP layer, which goes with status 500. `detail` is XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body>'
        f"<SOAP-ENV:Fault><faultcode>SOAP-ENV:{code}</faultcode><faultstring>{escape(message)}</faultstring>{detail}"
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    ).encode()


def data_fault(code: str, message: str) -> bytes:
    """A fault about the data: no declaration, and sent as text/html with status 200 (H-29)."""
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}">\n<SOAP-ENV:Body>\n\t<SOAP-ENV:Fault>\n'
        f"\t\t<faultcode>SOAP-ENV:{code}</faultcode>\n\t\t<faultstring>{escaped(message)}</faultstring>\n"
        "\t</SOAP-ENV:Fault>\n</SOAP-ENV:Body>\n</SOAP-ENV:Envelope>"
    ).encode()


def escaped(message: str) -> str:
    """Text as PHP escapes it for HTML, quotes included."""
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#039;")):
        message = message.replace(letter, name)
    return message
