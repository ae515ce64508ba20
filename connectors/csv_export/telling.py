"""Rows handed to a keeper with what is odd about them, told by their line and the headings of the file. Pure.

A row that is as it was is not mapped again, and keeps the findings it had. But a finding names a line, and that moves
with every row that comes or goes above it; so whoever has findings is mapped each time, and counts as unchanged only
where these say the same. Nearly nobody has any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from connectors.csv_export.columns import Columns
from kypek_sync.contract import Digester, Entry, Keeper
from kypek_sync.model import Finding

T = TypeVar("T")


class ReadRow(Protocol):
    """A row as an entry of the directory. `line` is 0 where several rows of another file name it."""

    line: int
    dn: str
    values: dict[str, list[bytes]]

    def entry(self, columns: Columns) -> Entry: ...


class Telling:
    """Gives rows to keepers, by digests from which nobody can guess a registry number (D-4)."""

    def __init__(self, registry_hash: Callable[[str], str]) -> None:
        self._digester = Digester(registry_hash)

    def keep(
        self,
        keeper: Keeper[T],
        row: ReadRow,
        columns: Columns,
        mapped: Callable[[Entry], tuple[T | None, tuple[Finding, ...]]],
        own: Sequence[Finding] = (),
    ) -> None:
        """Hand over one row, unless it is known and as it was; `own` is what was odd when the entry was made."""
        digest = self._digester.of(row.dn, row.values)
        if not own and keeper.same(digest):
            return
        item, found = mapped(row.entry(columns))
        told = [_placed(finding, row.line) for finding in (*found, *own) if not _said_by(finding, own)]
        if told:
            digest = self._digester.of(row.dn, {**row.values, "?": [finding.text.encode() for finding in told]})
            if keeper.same(digest):
                return
        keeper.take(item, digest, told)


def _placed(finding: Finding, line: int) -> Finding:
    return replace(finding, text=f"Line {line}: {finding.text}") if line else finding


def _said_by(finding: Finding, own: Sequence[Finding]) -> bool:
    """Whether no unit shows only because the row's unit could not be told, which says it better."""
    return finding.code == "unit-missing" and any(one.code.startswith("unit-") for one in own)
