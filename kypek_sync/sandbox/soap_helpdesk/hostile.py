"""Answers that a client must survive (fact sheet 3.4, H-31 to H-36). Each is asked for as a fault of the same name.

- `bare-dtd`, `entity-bomb`: a document type before the envelope; the second expands to gigabytes
- `deep[=N]`, `big-text[=MB]`: elements nested N deep (100,000), a text node of so many megabytes (60)
- `drip[=S]`: one byte every S seconds (1)
- `wrong-charset`: declared ISO-8859-7, sent as UTF-8, with a letter (ή) whose bytes are none there
- `bad-date`, `naive-date`, `empty-date`, `bad-int`: in the first date or number of the answer; naive: in all dates
- `extra-element`, `missing-element`: in the answer or its first structure

A fault that finds nothing to spoil in an answer (no date, say) is not used up.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from lxml import etree
from werkzeug.wrappers import Response

from kypek_sync.sandbox.faults import Fault, SystemFaults
from kypek_sync.sandbox.soap_helpdesk.envelope import SOAP, written

XML = "text/xml; charset=utf-8"
FAULTS = frozenset(
    {
        *("bare-dtd", "entity-bomb", "deep", "big-text", "drip", "wrong-charset"),
        *("bad-date", "naive-date", "empty-date", "bad-int", "extra-element", "missing-element"),
    }
)
_DATES = frozenset({"last_updated", "date_submitted", "last_modified", "Opened", "Changed", "Written"})
_NUMBERS = frozenset({"id", "Number", "NoteNumber", "return"})


def answer(envelope: etree._Element, faults: SystemFaults) -> Response:
    """The envelope as an HTTP answer, spoilt as the faults in force ask."""
    _spoil_elements(envelope, faults)
    data = _spoil_document(written(envelope), faults)
    if faults.take("wrong-charset"):
        wrong = data.replace(b'encoding="UTF-8"?>', 'encoding="ISO-8859-7"?><!-- ή -->'.encode(), 1)
        return Response(wrong, 200, content_type="text/xml; charset=iso-8859-7")
    if drip := _taken(faults, "drip"):
        response = Response(_drops(data, float(drip.value or 1)), 200, content_type=XML)
        response.content_length = len(data)
        return response
    return Response(data, 200, content_type=XML)


def _taken(faults: SystemFaults, name: str) -> Fault | None:
    return faults.book.take(faults.system, name)


def _drops(data: bytes, seconds: float) -> Iterator[bytes]:
    for index in range(len(data)):
        if index:
            time.sleep(seconds)
        yield data[index : index + 1]


def _spoil_document(data: bytes, faults: SystemFaults) -> bytes:
    declaration, _, rest = data.partition(b"\n")
    if faults.take("bare-dtd"):
        return declaration + b"\n<!DOCTYPE Envelope>\n" + rest
    if faults.take("entity-bomb"):
        lines = ['<!ENTITY a0 "xxxxxxxxxx">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
        return declaration + f"\n<!DOCTYPE Envelope [{''.join(lines)}]>\n".encode() + _with(rest, b"<x>&a9;</x>")
    if deep := _taken(faults, "deep"):
        depth = int(deep.value or 100_000)
        return declaration + b"\n" + _with(rest, b"<x>" * depth + b"</x>" * depth)
    if big := _taken(faults, "big-text"):
        return declaration + b"\n" + _with(rest, b"<x>" + b"x" * (int(big.value or 60) * 1024 * 1024) + b"</x>")
    return data


def _with(data: bytes, more: bytes) -> bytes:
    """The document with more XML at the end of the first element of the Body."""
    return re.sub(rb"(</[^<>]+>)(</[^<>:]+:Body>)", lambda match: more + match[1] + match[2], data, count=1)


def _spoil_elements(envelope: etree._Element, faults: SystemFaults) -> None:
    content = envelope.find(f"{{{SOAP}}}Body")
    if content is None:
        return
    leaves = [element for element in content.iter() if isinstance(element.tag, str) and not len(element)]
    dates = [leaf for leaf in leaves if etree.QName(leaf).localname in _DATES]
    numbers = [leaf for leaf in leaves if etree.QName(leaf).localname in _NUMBERS and (leaf.text or "").isdecimal()]
    if dates and faults.take("bad-date"):
        dates[0].text = "χθες στις 25:61"
    if dates and faults.take("empty-date"):
        dates[0].text = ""
    if dates and faults.take("naive-date"):
        for date in dates:
            date.text = re.sub(r"([+-]\d\d:\d\d|Z)$", "", date.text or "")
    if numbers and faults.take("bad-int"):
        numbers[0].text = "δώδεκα"
    structure = _first_structure(content)
    if faults.take("extra-element"):
        namespace = etree.QName(structure[0] if len(structure) else structure).namespace
        extra = etree.SubElement(structure, f"{{{namespace}}}surprise" if namespace else "surprise")
        extra.text = "έκπληξη"
    if len(structure) and faults.take("missing-element"):
        structure.remove(structure[0])


def _first_structure(content: etree._Element) -> etree._Element:
    """The innermost element, going down by first children, that has more than one child; else the answer itself."""
    element = content[0]
    while len(element) == 1 and len(element[0]):
        element = element[0]
    return element
