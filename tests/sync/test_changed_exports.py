"""What an export may not take away: one without the primary units, an older one, one of another form."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.cli.foreign_words import worded
from kypek_sync.language import speaker
from kypek_sync.ledger import changes_of_people, reads
from kypek_sync.model import Person
from kypek_sync.sandbox.people import Directory as MadeUp
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.ledger import whole_directory

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


class Exported:
    """A KYPEK over an export."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "people.ldif"
        self.settings = folder / "kypek.yaml"
        folder.joinpath("identity").write_text("an invented key for it")
        folder.joinpath("identity").chmod(0o600)
        self.source("{type: ldif, file: people.ldif}")
        MadeUp(60, 60).write_ldif(self.file)

    def source(self, said: str) -> None:
        """The connector of the directory is this one from now on."""
        self.settings.write_text(
            "school_year: 2026-2027\nledger: sqlite:///kypek.db\nidentity_key: file:identity\n"
            f"connectors:\n  export: {said}\nkypeks:\n  att-a: {{name: Α, directory: export}}\n",
            encoding="utf-8",
        )

    def sync(self, drawn: datetime) -> LaneReport:
        """A pass over the export, drawn at that moment."""
        os.utime(self.file, (drawn.timestamp(), drawn.timestamp()))
        with Installation.open(self.settings, lambda: LATER + timedelta(hours=1)) as inst:
            return run_lane(inst, "att-a", "directory")

    def known(self) -> dict[str, Person]:
        """Everybody, by login."""
        with (
            Installation.open(self.settings, lambda: LATER) as inst,
            inst.ledger.begin(keep=False) as connection,
        ):
            return {one.person.login: one.person for one in whole_directory.everybody(connection, "export").values()}

    def complete(self) -> bool:
        """Whether the last read of the people proves who is absent."""
        with (
            Installation.open(self.settings, lambda: LATER) as inst,
            inst.ledger.begin(keep=False) as connection,
        ):
            last = reads.last(connection, "export", "people")
        return last is not None and last.complete

    def odd(self, code: str) -> set[str]:
        """Of whom a finding is told."""
        with (
            Installation.open(self.settings, lambda: LATER) as inst,
            inst.ledger.begin(keep=False) as connection,
        ):
            told = reads.listed_findings(connection, "export")
        return {one.subject for _, one in told if one.code == code}


@pytest.fixture
def export(tmp_path: Path) -> Exported:
    """A KYPEK over an export of some hundred people."""
    return Exported(tmp_path)


def test_a_right_to_the_primary_unit_that_is_lost_swaps_nobody_s_units(export: Exported) -> None:
    """`access to attrs=l by * none`: units are still shown, those of eduPersonOrgUnitDN, so nobody seemed to lose any
    (D-2). 163 of 200 people had none or another one after a read that was believed."""
    whole = export.file.read_text(encoding="utf-8")
    export.sync(NOW)
    before, odd = export.known(), export.odd("unit-missing")
    export.file.write_text("".join(_without_l(whole)), encoding="utf-8")
    for hours in (1, 1.5):
        report = export.sync(NOW + timedelta(hours=hours))
        assert "people lost their primary unit at once" in " ".join(report.problems)
        assert export.known() == before
        assert export.odd("unit-missing") == odd
    export.file.write_text(whole, encoding="utf-8")
    assert export.sync(LATER).problems == []
    assert export.known() == before


def test_a_right_to_the_status_of_accounts_that_is_lost_makes_no_disabled_account_active(export: Exported) -> None:
    """An account that shows no status counts as active, so nobody seemed to lose anything: the read was believed, and
    each disabled account could have a seat."""
    whole = export.file.read_text(encoding="utf-8")
    export.sync(NOW)
    before, odd = export.known(), export.odd("status-missing")
    assert any(not person.active for person in before.values())
    export.file.write_text(re.sub("(?m)^accountStatus:.*\n", "", whole), encoding="utf-8")
    for hours in (1, 1.5):
        report = export.sync(NOW + timedelta(hours=hours))
        assert "people lost their account status at once" in " ".join(report.problems)
        assert export.known() == before
        assert export.odd("status-missing") == odd
    export.file.write_text(whole, encoding="utf-8")
    assert export.sync(LATER).problems == []
    assert export.known() == before


def test_an_older_export_that_was_put_back_changes_nothing(export: Exported) -> None:
    """It said of 156 teachers what had been true before, and five of them had changed since."""
    older = export.file.read_text(encoding="utf-8")
    export.file.write_text(re.sub("(?m)^mail: ", "mail: new-", older), encoding="utf-8")
    export.sync(LATER)
    newer = export.known()
    export.file.write_text(older, encoding="utf-8")
    for _ in range(2):
        report = export.sync(NOW)
        (problem,) = report.problems
        assert "the state of 2026-11-18 11:00, and one of 2026-11-18 13:00 was read already" in problem
        assert "Put the newer export back, or draw a new one." in problem
        assert not re.search("[a-z]{3}", worded(problem, speaker("el")).replace("export", "").replace("people", ""))
        assert export.known() == newer
    assert export.sync(LATER + timedelta(minutes=1)).counts["changed people"] > 0
    assert export.known() != newer


def test_a_csv_of_the_same_people_has_lost_nothing_for_which_it_has_no_column(export: Exported) -> None:
    """The kinds of accounts, units and roles were "lost together" at each read: nobody could ever be gone."""
    export.sync(NOW)
    before = export.known()
    export.source("{type: csv, file: people.csv, kind: ''}")
    export.file = export.file.with_name("people.csv")
    export.file.write_text(_as_csv(before), encoding="utf-8")
    for hours in (1, 1.5):
        report = export.sync(NOW + timedelta(hours=hours))
        assert (report.problems, export.complete()) == ([], True)
        assert {login: replace(one, keys=()) for login, one in export.known().items()} == {
            login: replace(one, keys=()) for login, one in before.items()
        }
    assert report.counts["changed people"] == 0  # the second read finds them as they were
    someone = sorted(before)[0]
    left = {login: one for login, one in before.items() if login != someone}
    export.file.write_text(_as_csv(left), encoding="utf-8")
    assert export.sync(LATER).counts["leaving"] == 1


def test_a_column_that_is_empty_is_no_matter_of_rights(export: Exported) -> None:
    """An export has no account that may or may not read."""
    export.sync(NOW)
    before = export.known()
    lines = export.file.read_text(encoding="utf-8").splitlines(keepends=True)
    export.file.write_text("".join(line for line in lines if not line.startswith("gsnBranch:")), encoding="utf-8")
    problem = " ".join(export.sync(LATER).problems)
    assert "people lost their specialties at once; perhaps the file was drawn without that column" in problem
    assert "account" not in problem
    assert export.known() == before


def test_units_that_only_have_other_ids_are_no_change_of_anybody(export: Exported) -> None:
    """Everybody "moved" from a unit to itself, and 199 of 200 people had "changed" at the switch of the source."""
    export.sync(NOW)
    before = export.known()
    with Installation.open(export.settings, lambda: LATER) as inst, inst.ledger.begin(keep=False) as connection:
        units = whole_directory.units(connection, "export").values()
    served = {one.units[0] for one in before.values() if one.units}
    codes = {one.id: one.code for one in units if one.id in served and one.code}
    serving = {login: one for login, one in before.items() if len(one.units) == 1 and one.units[0] in codes}
    place = {login: codes.get(one.units[0], "") for login, one in before.items() if one.units}
    assert len(serving) > 20
    export.source("{type: csv, file: people.csv, kind: ''}")
    export.file = export.file.with_name("people.csv")
    moved, other = sorted(serving)[0], sorted(codes.values())
    place[moved] = next(code for code in other if code != place[moved])
    rows = [";".join((p.login, p.surname, p.given_name, place.get(p.login, ""))) for p in before.values()]
    export.file.write_text("\n".join(("uid;sn;givenName;Κωδικός μονάδας", *rows)) + "\n", encoding="utf-8")
    report = export.sync(LATER)
    assert "at once" not in " ".join(report.problems)
    with Installation.open(export.settings, lambda: LATER) as inst, inst.ledger.begin(keep=False) as connection:
        known = whole_directory.everybody(connection, "export").values()
        told = {one.person.login for one in known if changes_of_people.history(connection, one.id)}
    assert told & serving.keys() == {moved}
    assert report.counts["changed people"] < len(serving) / 2


def _as_csv(those: dict[str, Person]) -> str:
    rows = [";".join((p.login, p.surname, p.given_name, p.mail, ", ".join(p.specialties))) for p in those.values()]
    return "\n".join(("uid;sn;givenName;mail;gsnBranch", *rows)) + "\n"


def _without_l(ldif: str) -> Iterator[str]:
    left_out = False
    for line in ldif.splitlines(keepends=True):
        left_out = line.startswith(("l:", "l;")) or (left_out and line.startswith(" "))
        if not left_out:
            yield line
