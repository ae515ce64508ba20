"""The parts of a seminar («Τμήματα»): groups that meet apart, each with its own course.

A cell has a part on each line, or parted by semicolons: «πρωινό (20); απογευματινό (15)». The number is how many fit
into it. In square brackets may stand the part's id, by which it is known for ever: it is made of the name where none is
written, so a part that is renamed keeps its course only with the id written beside its new name. «[αρχικό]» says that
the part has the course that the seminar had before it had parts. «ΑΚΥΡΩΘΗΚΕ» behind a part cancels it alone. An address
after a colon is its existing course, which may also stand in the column of existing courses.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kypek_sync.model import Part, Status
from kypek_sync.programme.addresses import is_course_address
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import latin_capitals, nearest, squeeze
from kypek_sync.programme.rows import STATUSES, RowReader

LONGEST_ID = 20
LONGEST_NAME = 60
ORIGINAL = ("αρχικό", "αρχικο", "original")
"""What stands in square brackets for the course that the seminar had before it had parts."""

_ID = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{LONGEST_ID - 1}}}\Z")
_ADDRESSED = re.compile(r"(?P<part>[^\n]*?)\s*[:=]\s*(?P<address>https?://\S*)\Z", re.IGNORECASE)
_PART = re.compile(r"(?P<name>[^()\[\]]*?)\s*(?:\[(?P<id>[^\]]*)\])?\s*(?:\((?P<capacity>[^()]*)\))?\Z")
_STATUS = re.compile(r"(?P<part>.*?)[\s,:=–(-]+(?P<word>[^\W\d_]+)\s*\)?\Z")
_COUNTED = re.compile(
    r"(?P<stem>.*[^\W\d_])[\s,:=–-]+(?P<number>\d{1,3})(?P<seats>\s*(?:άτομα|ατομα|θέσεις|θεσεις))?\Z"
)
_FEWEST = 5
"""A lower number behind a name counts groups («ομάδα 2»), not seats."""
_CANCELLED = {squeeze(word) for word in STATUSES[Status.CANCELLED]}
_CAPACITY = re.compile(r"(\d{1,6})(?:\s*(?:άτομα|ατομα|θέσεις|θεσεις))?\Z")


def part_id(name: str) -> str:
    """The id that a part gets from its name: Latin letters, digits and hyphens, at most 20; always the same one."""
    made = latin_capitals(name).lower()[:LONGEST_ID].strip("-._")
    return made or hashlib.sha256(squeeze(name).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class PartsRead:
    """What the cell of parts gave. `whole`: nothing in it was unclear, so that whatever is not among the parts is none;
    `any`: something is written there."""

    parts: tuple[Part, ...] = ()
    whole: bool = True
    any: bool = False


def written(part: Part) -> str:
    """A part as an officer writes it: its id only where it is not the one that its name gives."""
    own = "" if part.id == part_id(part.name) else f" [{part.id or ORIGINAL[0]}]"
    seats = f" ({part.capacity})" if part.capacity is not None else ""
    off = f" {STATUSES[Status.CANCELLED][0]}" if part.status is Status.CANCELLED else ""
    return f"{part.name or '–'}{own}{seats}{off}{f': {part.course_address}' if part.course_address else ''}"


def read_parts(reader: RowReader) -> PartsRead:
    """The parts of a seminar, each with the address of its existing course if it has one."""
    found: dict[str, Part] = {}
    pieces = list(_pieces(reader.text(Field.PARTS)))
    whole = Field.PARTS not in reader.failed
    counting = _counting(pieces)
    for piece in pieces:
        part = _part(reader, piece, counting)
        if part is None or _is_there(reader, part, found):
            whole = False
        else:
            found[part.id] = part
    read = PartsRead(tuple(found.values()), whole, bool(pieces) or not whole)
    return replace(read, parts=_with_courses(reader, read))


def check_seats(reader: RowReader, parts: Sequence[Part], capacity: int | None) -> None:
    """Notes parts with more seats than the whole seminar has."""
    if capacity is None:
        return
    held = [part for part in parts if part.status is Status.PLANNED]
    limited = {part.name: part.capacity for part in held if part.capacity is not None}
    above = {name: seats for name, seats in limited.items() if seats > capacity}
    for name, seats in above.items():
        reader.note("part-above-capacity", Field.PARTS, value=str(seats), part=name, capacity=str(capacity))
    together = sum(limited.values())
    if not above and together > capacity:
        reader.note("parts-capacity", Field.PARTS, value=str(together), capacity=str(capacity))


def for_another_year(text: str) -> str:
    """A cell of parts without what belongs to one year alone: addresses of courses, ids and cancellations."""
    pieces = [_cancelled(match["part"] if (match := _ADDRESSED.match(piece)) else piece)[0] for piece in _pieces(text)]
    return "; ".join(" ".join(re.sub(r"\[[^\]]*\]", "", piece).split()) for piece in pieces)


def named_part(reader: RowReader, column: Field, read: PartsRead) -> str | None:
    """The id of the part that a cell names; None where it is empty. One that names none of them is noted, unless it may
    be a part that was noted already; it gets an id that no part has, so that nothing else is held against it."""
    text = reader.line(column)
    if not text:
        return None
    known = _known(read.parts)
    if squeeze(text) not in known:
        _unknown(reader, column, text, read)
        return part_id(text)
    return known[squeeze(text)]


def _pieces(text: str) -> Iterator[str]:
    return filter(None, (" ".join(piece.split()) for piece in re.split(r"[;\n]", text)))


def _cancelled(words: str) -> tuple[str, bool]:
    """A piece without the word that says it is cancelled, and whether it has one."""
    found = _STATUS.match(words)
    if found is None or squeeze(found["word"]) not in _CANCELLED:
        return words, False
    return found["part"], True


def _counting(pieces: Sequence[str]) -> frozenset[str]:
    """The words that several pieces number: «ομάδα 10; ομάδα 11»."""
    stems = Counter(squeeze(found["stem"]) for piece in pieces if (found := _COUNTED.match(piece)))
    return frozenset(stem for stem, times in stems.items() if times > 1)


def _seats_without_brackets(name: str, counting: Collection[str]) -> re.Match[str] | None:
    """A name that ends in what looks like how many fit."""
    found = _COUNTED.match(name)
    if found is None or found["seats"]:
        return found
    return found if int(found["number"]) >= _FEWEST and squeeze(found["stem"]) not in counting else None


def _part(reader: RowReader, piece: str, counting: Collection[str]) -> Part | None:
    addressed = _ADDRESSED.match(piece)
    words, address = (addressed["part"], addressed["address"]) if addressed else (piece, "")
    words, off = _cancelled(words)
    match = _PART.match(words)
    name = match["name"].strip() if match else ""
    if match is None or not name or len(name) > LONGEST_NAME:
        reader.note("part-unreadable", Field.PARTS, value=piece[:80])
        return None
    bare = match["id"] is None and match["capacity"] is None
    if bare and (seats := _seats_without_brackets(name, counting)):
        stem, number = seats["stem"], str(int(seats["number"]))
        reader.note("part-bare-number", Field.PARTS, value=name, part=stem, number=number, id=part_id(name))
        return None
    identity = _identity(reader, name, match["id"])
    if identity is None:
        return None
    capacity = None
    if match["capacity"] is not None:
        number_of = _CAPACITY.match(match["capacity"].strip())
        capacity = int(number_of[1]) if number_of else 0
        if capacity < 1:
            reader.note("part-capacity", Field.PARTS, value=match["capacity"].strip(), part=name)
            return None
    if address and not is_course_address(address):
        reader.note("course-address", Field.PARTS, value=address)
        address = ""
    return Part(identity, name, capacity, address, status=Status.CANCELLED if off else Status.PLANNED)


def _identity(reader: RowReader, name: str, brackets: str | None) -> str | None:
    """The id of a part by its name and what stands in square brackets; None for one that was noted."""
    if brackets is None:
        return part_id(name)
    given = brackets.strip().lower()
    identity = "" if squeeze(given) in {squeeze(word) for word in ORIGINAL} else given
    if identity and not _ID.match(identity):
        reader.note("part-id", Field.PARTS, value=given)
        return None
    return identity


def _is_there(reader: RowReader, part: Part, found: Mapping[str, Part]) -> bool:
    """Notes a part whose name or id another one has already."""
    if squeeze(part.name) in {squeeze(one.name) for one in found.values()}:
        reader.note("part-duplicate", Field.PARTS, value=part.name)
    elif part.id not in found:
        return False
    elif part.id:
        reader.note("part-id-twice", Field.PARTS, value=part.name, other=found[part.id].name, id=part.id)
    else:
        reader.note("part-original-twice", Field.PARTS, value=part.name, other=found[part.id].name)
    return True


def _with_courses(reader: RowReader, read: PartsRead) -> tuple[Part, ...]:
    """The parts with the addresses that the column of existing courses gives them."""
    found = {part.id: part for part in read.parts}
    known = _known(read.parts)
    for piece in _pieces(reader.text(Field.COURSE)) if read.any else ():
        addressed = _ADDRESSED.match(piece)
        name, address = (addressed["part"].strip(), addressed["address"]) if addressed else ("", piece)
        if not is_course_address(address):
            reader.note("course-address", Field.COURSE, value=address)
        elif not name and found:
            reader.note("course-of-no-part", Field.COURSE, value=address, known=_listed(read.parts))
        elif squeeze(name) not in known:
            _unknown(reader, Field.COURSE, name, read)
        elif (part := found[known[squeeze(name)]]).course_address not in ("", address):
            reader.note("course-part-twice", Field.COURSE, value=address, part=part.name)
        else:
            found[part.id] = replace(part, course_address=address)
    return tuple(found.values())


def _known(parts: Sequence[Part]) -> dict[str, str]:
    """Ids by how parts may be called: by id or by name."""
    return {squeeze(part.id): part.id for part in parts if part.id} | {squeeze(part.name): part.id for part in parts}


def _listed(parts: Sequence[Part]) -> str:
    return ", ".join(part.name for part in parts) or "–"


def _unknown(reader: RowReader, column: Field, name: str, read: PartsRead) -> None:
    if not read.whole:
        return  # it may be the very part that could not be read
    near = nearest(name, [part.name for part in read.parts])
    reader.note("part-unknown", column, value=name[:60], known=_listed(read.parts), suggestion=near)
