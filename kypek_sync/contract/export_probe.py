"""What `check` says of an export of people and units, whatever its format: how many they are, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from kypek_sync.contract.directory_reading import Keeper, Reading
from kypek_sync.contract.errors import ConnectorError
from kypek_sync.contract.export_file import ExportFile
from kypek_sync.contract.roles import Probe, ProbeLevel, ProbeLine
from kypek_sync.model import Finding, Person, PersonKind, Unit

T = TypeVar("T")


class Tally(Generic[T]):
    """A keeper that only counts: `items` of them all, and those that `choose` takes as `chosen`."""

    def __init__(self, choose: Callable[[T], bool] = lambda _: False) -> None:
        self._choose = choose
        self.items = self.chosen = 0

    def same(self, digest: bytes) -> bool:
        """Nothing is known from before."""
        return False

    def take(self, item: T | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """Count it."""
        if item is not None:
            self.items += 1
            self.chosen += self._choose(item)


class _People(Tally[Person]):
    """Counts the teachers, and as `known` whoever is told by more than a login."""

    def __init__(self) -> None:
        super().__init__(lambda person: person.kind is PersonKind.TEACHER)
        self.known = 0

    def take(self, item: Person | None, digest: bytes, findings: Sequence[Finding]) -> None:
        """Count it."""
        super().take(item, digest, findings)
        self.known += item is not None and any(key.kind != "login" for key in item.keys)


class ProbedExport(Protocol):
    """What `probe_of` wants of a connector that reads exports."""

    def read_people(self, keeper: Keeper[Person]) -> Reading: ...

    def read_units(self, keeper: Keeper[Unit]) -> Reading: ...

    def lacks(self) -> Sequence[ProbeLine]:
        """What nobody can be told from this export, and what to do about it. Asked after both reads."""

    def unproven(self, reading: Reading) -> Sequence[ProbeLine]:
        """What cannot be told of a read of people against which nothing speaks."""


def probe_of(export: ProbedExport, people_file: ExportFile, units_file: ExportFile | None, draw: str) -> Probe:
    """The files, their age, what they hold, whether they are whole, what they lack. `draw` is what to do where people
    or units are missing altogether."""
    people = _People()
    units: Tally[Unit] = Tally()
    try:
        reading, of_units = export.read_people(people), export.read_units(units)
        lacking = export.lacks() if people.items else ()
    except ConnectorError as error:
        return Probe((ProbeLine(ProbeLevel.PROBLEM, "file", error.message, error.hint),))
    lines = list(people_file.probe_lines(reading.as_of))
    if units_file is not None:
        lines += units_file.probe_lines(of_units.as_of)
    counted = f"{people.items} people, {people.chosen} of them teachers, and {units.items} units."
    full = bool(people.items and units.items)
    lines.append(ProbeLine(ProbeLevel.OK if full else ProbeLevel.WARNING, "counts", counted, "" if full else draw))
    broken = [(people_file.broken(reading), people.items)]
    if units_file is not None:
        broken.append((units_file.broken(of_units), units.items))
    whys = list(dict.fromkeys(why for why, items in broken if why and items))
    lines += [ProbeLine(ProbeLevel.WARNING, "whole", why, _mending(why)) for why in whys]
    if not people_file.broken(reading):
        lines += export.unproven(reading)
    return Probe((*lines, *lacking, *_by_login_alone(people)), readings=(reading, of_units))


def _by_login_alone(people: _People) -> Sequence[ProbeLine]:
    """Where most people show no key but the login, a login that is handed on cannot be told from one whose holder has
    another name now (design, rule 12): the engine keeps it for the same person."""
    if 2 * people.known > people.items or not people.items:
        return ()
    text = (
        "Most people carry neither an entryUUID nor a registry number: a login that passes to somebody else stays the "
        "former holder's, with their applications and seats, since other names alone prove nothing."
    )
    hint = (
        "Draw the export with entryUUID, or with registry numbers. Until then look with `kypek-sync directory person "
        "LOGIN` wherever a login passes on, and decide on its seats by hand."
    )
    return (ProbeLine(ProbeLevel.WARNING, "attributes", text, hint),)


_SIZE_LIMIT = frozenset({("result", "4"), ("result", "11")})
"""sizeLimitExceeded and adminLimitExceeded (RFC 4511): the same search would end there again."""


def _mending(why: str) -> str:
    """What to do about an export that is not whole."""
    if not _SIZE_LIMIT.isdisjoint(pairwise(why.replace(".", " ").split())):
        return "Ask the ΠΣΔ to raise the size limit of the account, or draw the export in pages: `-E pr=1000/noprompt`."
    return "Draw the export again."
