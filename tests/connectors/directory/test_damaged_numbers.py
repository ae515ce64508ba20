"""Whatever happens to an export on its way, nothing made of it shows a registry or tax number (D-4)."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.csv_export import CsvDirectory, CsvSettings
from connectors.ldif import LdifDirectory, LdifSettings
from kypek_sync.contract import Directory, StopConnector, whole_people, whole_units
from tests.contracts.damaged_exports import CSV, LDIF, NUMBERS, damaged
from tests.contracts.directory import context

SEEDS = 250
"""Damages of each form; those that once showed a number stand beside them."""


def told(directory: Directory) -> list[str]:
    """Everything that people, units, findings, errors and `check` show of an export."""
    said: list[str] = []
    for read in (whole_people, whole_units):
        try:
            snapshot = read(directory)
        except StopConnector as error:
            said += [str(error), error.hint]
        else:
            said += [repr(one) for one in (*snapshot.items, *snapshot.findings)] + [snapshot.why_partial]
    return [*said, *(repr(line) for line in directory.probe().lines)]


def csv_of(folder: Path) -> Directory:
    return CsvDirectory(CsvSettings(file="export"), context(folder))


def ldif_of(folder: Path) -> Directory:
    return LdifDirectory(LdifSettings(file="export"), context(folder))


@pytest.mark.parametrize(
    ("whole", "opened", "known"), [(CSV, csv_of, (208,)), (LDIF, ldif_of, (14, 1152))], ids=["csv", "ldif"]
)
def test_a_damaged_export_shows_nobody_s_number(
    tmp_path: Path, whole: bytes, opened: Callable[[Path], Directory], known: tuple[int, ...]
) -> None:
    for seed in (*range(SEEDS), *known):
        (tmp_path / "export").write_bytes(damaged(whole, random.Random(seed)))
        shown = [line for line in told(opened(tmp_path)) if any(number in line for number in NUMBERS)]
        assert not shown, seed
