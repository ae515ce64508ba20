"""An export that once told its own end, and then is drawn without: it may have been cut between two entries."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.ledger import reads
from kypek_sync.ledger.reads import LastRead
from kypek_sync.sandbox.people import Directory as MadeUp
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import run_lane

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
PROVES = "\n# search result\nsearch: 2\nresult: 0 Success\n\n# numEntries: {}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "identity").write_text("an invented key for it")
    (tmp_path / "identity").chmod(0o600)
    (tmp_path / "kypek.yaml").write_text(
        "school_year: 2026-2027\nledger: sqlite:///kypek.db\nidentity_key: file:identity\n"
        "connectors:\n  export: {type: ldif, file: people.ldif}\n"
        "kypeks:\n  att-a: {name: Α, directory: export}\n",
        encoding="utf-8",
    )
    MadeUp(60, 60).write_ldif(tmp_path / "whole.ldif")
    return tmp_path / "kypek.yaml"


def passed(settings: Path, hours: int, *, proven: bool, fewer: int = 0, accept: bool = False) -> LastRead:
    """A full pass over a new export: that of all people, the last ones missing, with or without its own end."""
    entries = settings.with_name("whole.ldif").read_text("utf-8").rstrip("\n").split("\n\n")
    entries = entries[: len(entries) - fewer]
    text = "\n\n".join(entries) + "\n\n" + (PROVES.format(len(entries)) if proven else "")
    file, now = settings.with_name("people.ldif"), NOW + timedelta(hours=hours)
    file.write_text(text, "utf-8")
    os.utime(file, (now.timestamp(), now.timestamp()))
    with Installation.open(settings, lambda: now) as inst:
        if accept:
            with inst.ledger.begin() as connection:
                last = reads.last(connection, "export", "people")
                assert last is not None
                assert reads.accept(connection, last, "officer", "we draw it otherwise now", now)
        run_lane(inst, "att-a", "directory")
        with inst.ledger.begin(keep=False) as connection:
            found = reads.last(connection, "export", "people")
    assert found is not None
    return found


def test_a_smaller_export_that_no_longer_tells_its_end_proves_nobodys_absence(settings: Path) -> None:
    assert passed(settings, 0, proven=True).complete
    cut = passed(settings, 12, proven=False, fewer=1)
    assert not cut.complete
    assert "59 entries of an export that does not tell its own end, but 60 at the last good read" in cut.why_partial
    assert passed(settings, 24, proven=True, fewer=1).complete  # drawn as it should be, it is believed


def test_one_of_the_same_size_is_whole_and_from_then_on_no_proof_is_missed(settings: Path) -> None:
    assert passed(settings, 0, proven=True).good_proven
    assert passed(settings, 12, proven=False).complete
    assert passed(settings, 24, proven=False, fewer=1).complete


def test_one_that_never_told_its_end_is_held_against_the_share_alone(settings: Path) -> None:
    assert passed(settings, 0, proven=False).complete
    assert passed(settings, 12, proven=False, fewer=1).complete


def test_a_person_may_say_that_it_is_right_all_the_same(settings: Path) -> None:
    passed(settings, 0, proven=True)
    assert passed(settings, 12, proven=False, fewer=1).doubt == reads.SIZE
    assert passed(settings, 24, proven=False, fewer=1, accept=True).complete
