"""The parts of a seminar («Τμήματα»): groups that meet apart, each with its own course.

A cell has a part on each line, or parted by semicolons: «πρωινό (20); απογευματινό (15)». The number is how many fit
into it. In square brackets may stand the part's id, by which it is known for ever: it is made of the name where none is
written, so a part that is renamed keeps its course only with the id written beside its new name. «[αρχικό]» says that
the part has the course that the seminar had before it had parts. An address after a colon is its existing course, which
may also stand in the column of existing courses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from kypek_sync.model import Part
from kypek_sync.programme.addresses import is_course_address
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import latin_capitals, nearest, squeeze
from kypek_sync.programme.rows import RowReader

LONGEST_ID = 20
LONGEST_NAME = 60
ORIGINAL = ("αρχικό", "αρχικο", "original")
"""What stands in square brackets for the course that the seminar had before it had parts."""

_ID = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{LONGEST_ID - 1}}}\Z")
_ADDRESSED = re.compile(r"(?P<part>[^\n]*?)\s*[:=]\s*(?P<address>https?://\S*)\Z", re.IGNORECASE)
_PART = re.compile(r"(?P<name>[^()\[\]]*?)\s*(?:\[(?P<id>[^\]]*)\])?\s*(?:\((?P<capacity>[^()]*)\))?\Z")
_CAPACITY = re.compile(r"(\d{1,6})(?:\s*(?:άτομα|ατομα|θέσεις|θεσεις))?\Z")


def part_id(name: str) -> str:
    """The id that a part gets from its name: Latin letters, digits and hyphens, at most 20; always the same one."""
    made = latin_capitals(name).lower()[:LONGEST_ID].strip("-._")
    return made or hashlib.sha256(squeeze(name).encode()).hexdigest()[:8]


def written(part: Part) -> str:
    """A part as an officer writes it: its id only where it is not the one that its name gives."""
    own = "" if part.id == part_id(part.name) else f" [{part.id or ORIGINAL[0]}]"
    seats = f" ({part.capacity})" if part.capacity is not None else ""
    return f"{part.name or '–'}{own}{seats}{f': {part.course_address}' if part.course_address else ''}"


def read_parts(reader: RowReader) -> tuple[Part, ...]:
    """The parts of a seminar, each with the address of its existing course if it has one."""
    found: dict[str, Part] = {}
    for piece in _pieces(reader.text(Field.PARTS)):
        part = _part(reader, piece)
        if part is None:
            continue
        if part.id in found or squeeze(part.name) in {squeeze(one.name) for one in found.values()}:
            reader.note("part-duplicate", Field.PARTS, value=part.name)
        else:
            found[part.id] = part
    return _with_courses(reader, found)


def check_seats(reader: RowReader, parts: Sequence[Part], capacity: int | None) -> None:
    """Notes parts with more seats than the whole seminar has."""
    if capacity is None:
        return
    limited = {part.name: part.capacity for part in parts if part.capacity is not None}
    above = {name: seats for name, seats in limited.items() if seats > capacity}
    for name, seats in above.items():
        reader.note("part-above-capacity", Field.PARTS, value=str(seats), part=name, capacity=str(capacity))
    together = sum(limited.values())
    if not above and together > capacity:
        reader.note("parts-capacity", Field.PARTS, value=str(together), capacity=str(capacity))


def for_another_year(text: str) -> str:
    """A cell of parts without what belongs to one year alone: addresses of courses and ids."""
    pieces = [(match["part"] if (match := _ADDRESSED.match(piece)) else piece) for piece in _pieces(text)]
    return "; ".join(" ".join(re.sub(r"\[[^\]]*\]", "", piece).split()) for piece in pieces)


def named_part(reader: RowReader, column: Field, parts: Sequence[Part]) -> str | None:
    """The id of the part that a cell names; None where it is empty, or names none of them, which is noted."""
    text = reader.line(column)
    if not text:
        return None
    known = _known(parts)
    if squeeze(text) not in known:
        _unknown(reader, column, text, parts)
        return None
    return known[squeeze(text)]


def _pieces(text: str) -> Iterator[str]:
    return filter(None, (" ".join(piece.split()) for piece in re.split(r"[;\n]", text)))


def _part(reader: RowReader, piece: str) -> Part | None:
    addressed = _ADDRESSED.match(piece)
    words, address = (addressed["part"], addressed["address"]) if addressed else (piece, "")
    match = _PART.match(words)
    name = match["name"].strip() if match else ""
    if match is None or not name or len(name) > LONGEST_NAME:
        reader.note("part-unreadable", Field.PARTS, value=piece[:80])
        return None
    identity, capacity = part_id(name), None
    if match["id"] is not None:
        written = match["id"].strip().lower()
        identity = "" if squeeze(written) in {squeeze(word) for word in ORIGINAL} else written
        if identity and not _ID.match(identity):
            reader.note("part-id", Field.PARTS, value=written)
            return None
    if match["capacity"] is not None:
        number = _CAPACITY.match(match["capacity"].strip())
        capacity = int(number[1]) if number else 0
        if capacity < 1:
            reader.note("part-capacity", Field.PARTS, value=match["capacity"].strip(), part=name)
            return None
    if address and not is_course_address(address):
        reader.note("course-address", Field.PARTS, value=address)
    return Part(identity, name, capacity, address)


def _with_courses(reader: RowReader, parts: Mapping[str, Part]) -> tuple[Part, ...]:
    """The parts with the addresses that the column of existing courses gives them."""
    found = dict(parts)
    known = _known(tuple(parts.values()))
    for piece in _pieces(reader.text(Field.COURSE)) if parts else ():
        addressed = _ADDRESSED.match(piece)
        name, address = (addressed["part"].strip(), addressed["address"]) if addressed else ("", piece)
        if not is_course_address(address):
            reader.note("course-address", Field.COURSE, value=address)
        elif not name:
            reader.note("course-of-no-part", Field.COURSE, value=address, known=_listed(tuple(parts.values())))
        elif squeeze(name) not in known:
            _unknown(reader, Field.COURSE, name, tuple(parts.values()))
        elif (part := found[known[squeeze(name)]]).course_address not in ("", address):
            reader.note("course-part-twice", Field.COURSE, value=address, part=part.name)
        else:
            found[part.id] = Part(part.id, part.name, part.capacity, address)
    return tuple(found.values())


def _known(parts: Sequence[Part]) -> dict[str, str]:
    """Ids by how parts may be called: by id or by name."""
    return {squeeze(part.id): part.id for part in parts if part.id} | {squeeze(part.name): part.id for part in parts}


def _listed(parts: Sequence[Part]) -> str:
    return ", ".join(part.name for part in parts) or "–"


def _unknown(reader: RowReader, column: Field, name: str, parts: Sequence[Part]) -> None:
    near = nearest(name, [part.name for part in parts])
    reader.note("part-unknown", column, value=name[:60], known=_listed(parts), suggestion=near)
