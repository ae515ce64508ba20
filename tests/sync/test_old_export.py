"""A centre that lives on an export is reminded when that grows old, by a case of its own, until a new one comes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.ledger import cases
from kypek_sync.sandbox.people import Directory as MadeUp
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import run_lane

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Two KYPEKs over one export."""
    (tmp_path / "identity").write_text("an invented key for it")
    (tmp_path / "identity").chmod(0o600)
    (tmp_path / "kypek.yaml").write_text(
        "school_year: 2026-2027\nledger: sqlite:///kypek.db\nidentity_key: file:identity\n"
        "connectors:\n  export: {type: ldif, file: people.ldif}\n"
        "kypeks:\n  att-a: {name: Α, directory: export}\n  att-g: {name: Γ, directory: export}\n",
        encoding="utf-8",
    )
    return tmp_path / "kypek.yaml"


def drawn(settings: Path, moment: datetime) -> None:
    """An export of that moment."""
    file = settings.with_name("people.ldif")
    MadeUp(60, 60).write_ldif(file)
    os.utime(file, (moment.timestamp(), moment.timestamp()))


def passes(settings: Path, now: datetime) -> dict[str, list[str]]:
    """Both lanes for both KYPEKs; the open cases of each, as subject and body."""
    with Installation.open(settings, lambda: now) as inst:
        found = {}
        for kypek in ("att-a", "att-g"):
            for lane in ("directory", "tickets"):
                run_lane(inst, kypek, lane)
            with inst.ledger.begin(keep=False) as connection:
                filed = cases.listed(connection, kypek)
            found[kypek] = [f"{one.case.subject}: {one.case.body}" for one in filed if one.cured is None]
        return found


def test_an_export_beyond_its_age_opens_one_case_and_a_new_one_closes_it(settings: Path) -> None:
    drawn(settings, NOW)
    assert passes(settings, NOW + timedelta(days=6)) == {"att-a": [], "att-g": []}
    told = passes(settings, NOW + timedelta(days=8))
    assert told["att-g"] == []  # one cause, one case
    assert len(told["att-a"]) == 1
    assert told["att-a"][0].startswith("Η εξαγωγή του export είναι παλιά: Κάντε νέα")
    drawn(settings, NOW + timedelta(days=8))
    assert passes(settings, NOW + timedelta(days=8, hours=1)) == {"att-a": [], "att-g": []}
