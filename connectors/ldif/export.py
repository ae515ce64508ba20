"""One reading of an export: the people and units in it, what is odd, and whether it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Generic, TypeVar

from connectors.ldif.records import Defect, LdifReader, Record
from kypek_sync.contract import (
    PERSON_ATTRIBUTES,
    UNIT_ATTRIBUTES,
    Digester,
    Entry,
    person_of,
    rdns,
    unit_of,
)
from kypek_sync.model import Finding, FindingLevel, Person, Unit

T = TypeVar("T")

WANTED = frozenset(name.lower() for name in (*PERSON_ATTRIBUTES, *UNIT_ATTRIBUTES))
_CARRIED_BY_ALL = frozenset({"objectclass", "uid", "cn", "sn", "ou", "entryuuid", "modifytimestamp", "entrycsn"})
_SHOWN_DEFECTS = 20


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """An entry of the file: what it stands for, its digest, what is odd about it."""

    item: T | None
    digest: bytes
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What a file holds. `why_partial` is a sentence, empty when it seems whole; `seen` names every attribute (without
    options) that some person's entry carries; `entries` counts the records that could be read and `defects` the others;
    `proven` says whether the file carries the result of the search that made it; `digest` tells it from others."""

    people: tuple[Kept[Person], ...]
    units: tuple[Kept[Unit], ...]
    findings: tuple[Finding, ...]
    why_partial: str
    seen: frozenset[str]
    entries: int
    defects: int
    proven: bool
    digest: str


@dataclass(slots=True)
class _Gathered:
    people: list[Kept[Person]] = field(default_factory=list)
    units: list[Kept[Unit]] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    entries: int = 0
    seen: set[str] = field(default_factory=set)
    common: dict[str, frozenset[str]] = field(default_factory=dict)
    """By sort of entry, and under an empty word for all sorts: which attributes that all may carry every entry had."""
    lacking: frozenset[str] = frozenset()
    """What the last entry lacks of those."""


def read_export(source: BinaryIO, file: str, registry_hash: Callable[[str], str]) -> Export:
    """Read a whole export; `file` is its name in findings. Raises `OSError` when reading fails."""
    reader = LdifReader(source, WANTED)
    got = _Gathered()
    digester = Digester(registry_hash)
    for record in reader:
        if isinstance(record, Defect):
            got.defects.append(record)
            got.lacking = frozenset()
        else:
            got.entries += 1
            _take(record, registry_hash, digester, got)
    defects = [
        Finding(file, "entry-unreadable", f"Line {d.line}: {d.why}; draw the export again.", FindingLevel.ERROR)
        for d in got.defects[:_SHOWN_DEFECTS]
    ]
    why = _why_partial(reader, got)
    return Export(
        people=tuple(got.people),
        units=tuple(got.units),
        findings=tuple(defects),
        why_partial=why,
        seen=frozenset(got.seen),
        entries=got.entries,
        defects=len(got.defects),
        proven=reader.proven,
        digest=reader.digest,
    )


def _take(record: Record, registry_hash: Callable[[str], str], digester: Digester, got: _Gathered) -> None:
    sort = _sort(record)
    carried = record.seen & _CARRIED_BY_ALL
    got.lacking = got.common.get(sort, got.common.get("", frozenset())) - carried
    for each in (sort, ""):
        got.common[each] = got.common.get(each, carried) & carried
    if sort == "person":
        person, findings = person_of(Entry.of(record.dn, record.values), registry_hash)
        got.seen |= {name.partition(";")[0] for name in record.seen}
        got.people.append(Kept(person, digester.of(record.dn, record.values), findings))
    elif sort == "unit":
        unit, findings = unit_of(Entry.of(record.dn, record.values))
        got.units.append(Kept(unit, digester.of(record.dn, record.values), findings))
    elif sort == "unreadable":
        got.defects.append(Defect(record.line, "a DN cannot be read"))


def _sort(record: Record) -> str:
    """`person`, `unit`, `other` (a container, a group, a service) or `unreadable`, by place in the tree and class."""
    try:
        own, *parents = rdns(record.dn)
    except ValueError:
        return "unreadable"
    name = own.partition("=")[0]
    classes = {value.strip().lower() for value in record.values.get("objectclass", [])}
    if name == "uid" and "ou=people" in parents:
        return "person"
    if name == "ou" and "ou=units" in parents and (not classes or b"gsnunit" in classes):
        return "unit"
    return "other"


def _why_partial(reader: LdifReader, got: _Gathered) -> str:
    """A cut shows in the file's end, in its trailer, or in a last entry that lacks what all before it carry."""
    if reader.cut:
        return f"The export seems cut: {reader.cut}."
    if not reader.blank_end and got.lacking:
        return f"The export seems cut: its last entry lacks {', '.join(sorted(got.lacking))}, which all others have."
    if got.defects:
        return f"{len(got.defects)} records of the export could not be read, the first at line {got.defects[0].line}."
    return ""
