"""The register as a role: units page by page, directorates at once, and what makes a read whole.

A read of units is whole when the counts of all pages add up to the total, the total stayed the same, no unit came twice
and every row could be read (D-23). Anything else makes it partial, with the reason: what was seen counts, and nothing
counts as gone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import connectors.units_register.mapping as mapping
from connectors.units_register.client import MmClient
from connectors.units_register.mapping import Misshapen, Page
from connectors.units_register.probing import probe
from connectors.units_register.settings import UnitsRegisterSettings
from kypek_sync.contract import (
    DIRECTORATES,
    SCHOOLS,
    Capability,
    ConnectorContext,
    ConnectorError,
    Probe,
    RegisteredDirectorate,
    RegisteredUnit,
    Snapshot,
    TryLater,
)
from kypek_sync.model import Finding

MOST_UNITS = 200_000
"""Ten times the country. A register that says more is not believed, and not read for days."""


@dataclass
class _Gathering:
    """What a read of units has seen so far, and what speaks against it."""

    units: dict[str, RegisteredUnit] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    doubts: dict[str, None] = field(default_factory=dict)
    total: int | None = None
    counted: int = 0
    pages: int = 0
    last: int = 0

    def take(self, page: Page) -> None:
        """Add one page."""
        self.pages += 1
        if page.count != len(page.rows):
            self._doubt(f"page {self.pages} says {page.count} units and holds {len(page.rows)}")
        if self.total is None:
            self.total = page.total
        elif page.total != self.total:
            self._doubt(f"its total went from {self.total} to {page.total} while it was read")
        self.last = page.last
        self.counted += len(page.rows)
        for row in page.rows:
            self._row(row)

    def _row(self, row: Any) -> None:
        try:
            unit = mapping.unit(row)
        except Misshapen as error:
            text = f"A row of the register cannot be read: {error}."
            self.findings.append(Finding(_subject(row), "register-row-unreadable", text))
            self._doubt("some of its rows cannot be read")
            return
        if unit.id in self.units:
            self._doubt("units came twice")
        self.units[unit.id] = unit

    def _doubt(self, why: str) -> None:
        self.doubts[why] = None

    def is_over(self) -> bool:
        """Whether nothing more is to come: the pages hold as much as the total, or the last one was read."""
        return self.total is not None and (self.counted >= self.total or 0 < self.last <= self.pages)

    def close(self, why: str = "") -> str:
        """Why the read is partial, as a sentence; empty when it is whole."""
        if why:
            self._doubt(why)
        elif self.total == 0:
            self._doubt("it says that there are no units at all")
        elif self.counted != self.total:
            self._doubt(f"its pages hold {self.counted} units and it says {self.total}")
        return "; ".join(self.doubts) + "." if self.doubts else ""


class MmRegister:
    """mm.sch.gr, or another server of the same software."""

    def __init__(self, settings: UnitsRegisterSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._system = context.name
        self._clock = context.clock
        self._client = MmClient(context.name, settings)

    def capabilities(self) -> frozenset[Capability]:
        """Nothing differs between registers."""
        return frozenset()

    def probe(self) -> Probe:
        """Address, one page, count, clock."""
        return probe(self._client, self._settings, self._clock)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def schools(self) -> Snapshot[RegisteredUnit]:
        """All units in the states of the settings. Raises where not even the first page could be read."""
        as_of, end = self._clock(), time.monotonic() + self._settings.deadline
        seen, why = _Gathering(), ""
        while not why and not seen.is_over():
            if seen.pages and time.monotonic() > end:
                why = f"it took longer than {self._settings.deadline:g} s"
            else:
                why = self._next(seen)
        why = seen.close(why)
        return Snapshot(
            system=self._system,
            scope=SCHOOLS,
            as_of=as_of,
            items=tuple(sorted(seen.units.values(), key=lambda unit: int(unit.id))),
            complete=not why,
            why_partial=why,
            proofs=() if why else (f"the counts of {seen.pages} pages add up to the total of {seen.total}",),
            findings=tuple(sorted(set(seen.findings))),
        )

    def directorates(self) -> Snapshot[RegisteredDirectorate]:
        """All education directorates."""
        as_of = self._clock()
        page = self._client.directorates()
        found: dict[int, RegisteredDirectorate] = {}
        findings, doubts = [], []
        for row in page.rows:
            try:
                one = mapping.directorate(row)
            except Misshapen as error:
                text = f"A row of the register cannot be read: {error}."
                findings.append(Finding(_subject(row), "register-row-unreadable", text))
                continue
            if one.id in found:
                doubts.append("a directorate came twice")
            found[one.id] = one
        if findings:
            doubts.append("some of its rows cannot be read")
        if not page.total or not page.count == page.total == len(page.rows):
            doubts.append(f"it holds {len(page.rows)} directorates and says {page.total}")
        why = "; ".join(dict.fromkeys(doubts)) + "." if doubts else ""
        return Snapshot(
            system=self._system,
            scope=DIRECTORATES,
            as_of=as_of,
            items=tuple(sorted(found.values(), key=lambda one: one.id)),
            complete=not why,
            why_partial=why,
            proofs=() if why else (f"the total of {page.total}",),
            findings=tuple(sorted(set(findings))),
        )

    def _next(self, seen: _Gathering) -> str:
        """Read one more page; why nothing more can be read, empty when the read may go on."""
        try:
            page = self._client.units(seen.pages + 1, self._settings.page_size, self._settings.states)
        except ConnectorError as error:
            if not seen.pages:
                raise
            return f"page {seen.pages + 1} could not be read ({error.message.rstrip('.')})"
        if page.total > MOST_UNITS:
            text = f"{self._client.address} says that it has {page.total} units, which cannot be."
            raise TryLater(self._system, text, hint="What was read before stays as it is.")
        before = seen.counted
        seen.take(page)
        return "" if seen.counted > before or seen.is_over() else f"page {seen.pages} is empty"


def _subject(row: Any) -> str:
    """What a finding about a row is filed under: its number, never anything else of it."""
    number = row.get("mm_id", row.get("edu_admin_id")) if isinstance(row, dict) else None
    return str(number)[:40] if isinstance(number, (int, str)) and number else "register"
