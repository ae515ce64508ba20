"""One pass over an export: its entries, one after the other, into a keeper, and whether the file is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import BinaryIO, TypeVar

from connectors.ldif.records import Block, Defect, LdifReader, Record
from kypek_sync.contract import (
    MAPPING,
    PERSON_ATTRIBUTES,
    UNIT_ATTRIBUTES,
    Entry,
    Keeper,
    is_dressed_number,
    leaf,
    person_of,
    rdns,
    unit_of,
)
from kypek_sync.model import Person, Unit

T = TypeVar("T")

PEOPLE, UNITS = "people", "units"
HOW_TO_DRAW = "Draw it by ldapsearch without -L, -LL or -LLL, so that it tells its own end."
WANTED = frozenset(name.lower() for name in (*PERSON_ATTRIBUTES, *UNIT_ATTRIBUTES))
_CARRIED_BY_ALL = frozenset({"objectclass", "uid", "cn", "sn", "ou", "entryuuid", "modifytimestamp", "entrycsn"})
_PEOPLE_RDN, _UNITS_RDN = "ou=people", "ou=units"


@dataclass(slots=True)
class Pass:
    """How a pass over the file went. `entries` were handed to the keeper or known to it, `records` were met at all;
    `why_partial` is a sentence, empty when the file seems whole; `proven`: it carries the result of the search that
    made it; `content` tells it from another file, empty when it was not asked for."""

    entries: int = 0
    records: int = 0
    defects: list[Defect] = field(default_factory=list)
    why_partial: str = ""
    proven: bool = False
    content: str = ""


class Blocks:
    """Tells the digests of records as they stand in the file, from which nobody can guess a registry number (D-4).

    The bytes of the record are digested, not what was read from them: a record that is as it was need not be read. The
    digest changes with the mapping and with the key of the hashes too.
    """

    def __init__(self, registry_hash: Callable[[str], str]) -> None:
        key = registry_hash("digest of records").encode()[:64]
        self._begun = blake2b(MAPPING, digest_size=16, key=key)

    def digest(self, block: Block) -> bytes:
        """16 bytes."""
        one = self._begun.copy()
        one.update(block.text)
        return one.digest()


def read_people(
    source: BinaryIO, keeper: Keeper[Person], registry_hash: Callable[[str], str], *, content: bool = True
) -> Pass:
    """Hand the people of an export to a keeper. Raises `OSError` when reading fails."""

    def take(record: Record, digest: bytes) -> None:
        person, findings = person_of(Entry.of(record.dn, record.values), registry_hash)
        keeper.take(person, digest, findings)

    return _read(source, PEOPLE, keeper, Blocks(registry_hash), take, content)


def read_units(
    source: BinaryIO, keeper: Keeper[Unit], registry_hash: Callable[[str], str], *, content: bool = True
) -> Pass:
    """Hand the units of an export to a keeper. Raises `OSError` when reading fails."""

    def take(record: Record, digest: bytes) -> None:
        unit, findings = unit_of(Entry.of(record.dn, record.values))
        keeper.take(unit, digest, findings)

    return _read(source, UNITS, keeper, Blocks(registry_hash), take, content)


def find_people(source: BinaryIO, login: str, registry_hash: Callable[[str], str]) -> tuple[list[Person], Pass]:
    """Everybody of that login, in lower case, and how the pass went. Raises `OSError` when reading fails."""
    reader, went, found = LdifReader(source, digest=False), Pass(), []
    for block in _of_scope(reader, source, PEOPLE, went):
        dn = block.dn or b""
        if not dn.isascii() or b"\\" in dn or login in dn.decode("ascii").lower():
            record = _record(block, PEOPLE, went)
            if record is not None:
                person, _ = person_of(Entry.of(record.dn, record.values), registry_hash)
                found += [person] if person is not None and person.login == login else []
    return found, _ended(reader, went)


def _read(
    source: BinaryIO,
    scope: str,
    keeper: Keeper[T],
    blocks: Blocks,
    take: Callable[[Record, bytes], None],
    content: bool,
) -> Pass:
    reader, went = LdifReader(source, digest=content), Pass()
    for block in _of_scope(reader, source, scope, went):
        digest = blocks.digest(block)
        if keeper.same(digest):
            went.entries += 1
            continue
        record = _record(block, scope, went)
        if record is not None and (scope == PEOPLE or _is_unit(record)):
            went.entries += 1
            take(record, digest)
    return _ended(reader, went)


def _of_scope(reader: LdifReader, source: BinaryIO, scope: str, went: Pass) -> Iterator[Block]:
    """The records of a scope by their place in the tree; one whose DN cannot be read might be of any. The half of a
    record with which a cut file ends is none: what it lacks would be taken from somebody."""
    for block in reader:
        went.records += 1
        if not block.ended and (why := _halved(reader, source)):
            went.why_partial = why
            if isinstance(defect := block.record(frozenset()), Defect):
                went.defects.append(defect)
            continue
        dn = block.dn
        if dn is None:
            went.defects.append(_unreadable(block))
            continue
        own, _, parent = dn.partition(b",")
        if b"\\" in own or b"+" in own or b"=" not in own:
            try:
                place = _place(*_halves(dn.decode("utf-8")))
            except ValueError:
                place = ""
        else:
            place = _place_of(own.partition(b"=")[0], parent)
        if not place:
            went.defects.append(_unreadable(block))
        elif place == scope:
            yield block


def _halved(reader: LdifReader, source: BinaryIO) -> str:
    """Why the last record of a file, which no blank line follows, seems to be cut, as a sentence. It is held against
    all others: a file cut between two lines lacks what they have. The file has been read to its end."""
    if reader.cut:
        return f"The export seems cut: {reader.cut}."
    if reader.proven:
        return ""
    source.seek(0)
    return survey(source).last


def _unreadable(block: Block) -> Defect:
    read = block.record(frozenset())
    return read if isinstance(read, Defect) else Defect(block.line, "a DN cannot be read")


def _record(block: Block, scope: str, went: Pass) -> Record | None:
    record = block.record(WANTED)
    if isinstance(record, Record) and scope == PEOPLE and _is_dressed(record):
        record = Defect(record.line, "a login is a number with something around it, perhaps somebody's")
    if isinstance(record, Defect):
        went.defects.append(record)
        return None
    return record


def _is_dressed(record: Record) -> bool:
    """Whether a number of somebody's stands in the login, as where a line's end was lost (D-4)."""
    own = {value.decode("ascii", "replace").replace(" ", "") for value in record.values.get("employeenumber", ())}
    try:
        return is_dressed_number(leaf(record.dn)[1], own)
    except ValueError:  # whoever makes a person of it says so
        return False


def _is_unit(record: Record) -> bool:
    classes = {value.strip().lower() for value in record.values.get("objectclass", [])}
    return not classes or b"gsnunit" in classes


def _halves(dn: str) -> tuple[str, str]:
    """The type of a DN's own part and the DN above it, in normal form. Raises `ValueError` when it is no DN."""
    own, *parents = rdns(dn)
    return own.partition("=")[0], ",".join(parents)


@lru_cache(maxsize=4096)
def _place_of(name: bytes, parent: bytes) -> str:
    """The same from bytes: a few parents come again and again."""
    try:
        return _place(*_halves(f"{name.decode('utf-8')}=x,{parent.decode('utf-8')}" if parent else "x=x"))
    except ValueError:
        return ""


def _place(name: str, parent: str) -> str:
    """`people`, `units` (if its class says so too) or `other`: a container, a group, a service."""
    parents = parent.split(",")
    if name == "uid" and _PEOPLE_RDN in parents:
        return PEOPLE
    if name == "ou" and _UNITS_RDN in parents:
        return UNITS
    return "other"


def _ended(reader: LdifReader, went: Pass) -> Pass:
    """A cut shows in the file's end, in its trailer, or in a record that could not be read."""
    went.proven, went.content = reader.proven, reader.digest
    if reader.cut:
        went.why_partial = f"The export seems cut: {reader.cut}."
    elif went.defects:
        count, first = len(went.defects), went.defects[0].line
        went.why_partial = f"{count} records of the export could not be read, the first at line {first}."
    return went


# ------------------------------------------------------------------------------------------------ the whole file


@dataclass(slots=True)
class Survey:
    """What a whole file holds: `seen` names every attribute (without options) that some person's entry carries;
    `last` is why the last entry seems cut, as a sentence: it lacks what all others carry, does not end as all others
    do, or cannot be read."""

    seen: frozenset[str]
    last: str


@dataclass(slots=True)
class _Sort:
    """What the entries of one sort have in common: what all carry, and the one attribute, of one value, with which
    every one of them ends (None before the first, empty where they end otherwise)."""

    carried: frozenset[str] | None = None
    end: str | None = None

    def take(self, carried: frozenset[str], end: str) -> None:
        """One more entry."""
        self.carried = carried if self.carried is None else self.carried & carried
        self.end = end if self.end in (None, end) else ""


def survey(source: BinaryIO) -> Survey:
    """Look at every record for what it carries. Raises `OSError` when reading fails."""
    seen: set[str] = set()
    sorts: dict[str, _Sort] = {}
    last = ""
    for block in LdifReader(source, digest=False):
        record = block.record(frozenset({"objectclass"}))
        if isinstance(record, Defect):
            last = f"1 records of the export could not be read, the first at line {record.line}."
            continue
        try:
            sort = _place(*_halves(record.dn))
        except ValueError:
            sort = "other"
        sort = "other" if sort == UNITS and not _is_unit(record) else sort
        carried, end = record.seen & _CARRIED_BY_ALL, block.end
        others = sorts.get(sort) or sorts.get("") or _Sort()
        last = "" if block.ended else _halved_last(others, carried, end)
        for each in (sort, ""):
            sorts.setdefault(each, _Sort()).take(carried, end)
        if sort == PEOPLE:
            seen |= {name.partition(";")[0] for name in record.seen}
    return Survey(frozenset(seen), last)


def _halved_last(others: _Sort, carried: frozenset[str], end: str) -> str:
    """Why the last entry, which no blank line follows, seems cut. A tool that ends entries with none between them only
    may have written it; so it counts as whole where it ends with the very attribute with which all others end."""
    if lacking := sorted((others.carried or frozenset()) - carried):
        return f"The export seems cut: its last entry lacks {', '.join(lacking)}, which all others have."
    if end and end == others.end:
        return ""
    return f"The export seems cut: no blank line follows its last entry. {HOW_TO_DRAW}"
