"""Two KYPEKs share a directory: one tries another one by a plan, or switches alone, and later both switch."""

from __future__ import annotations

import os
import re

import pytest
from sqlalchemy import delete, select

from kypek_sync.ledger.reading_tables import readers
from kypek_sync.ledger.tables import findings, people, seats
from kypek_sync.sync.directory.switching import NOT_RECOGNISED
from tests.cli.conftest import Terminal
from tests.cli.test_plan_keeps import changed, held
from tests.sync.centre import Centre


class Shared:
    """A centre whose two KYPEKs read one directory; `reads(…)` says which ones, in the order of the settings."""

    def __init__(self, centre: Centre, kypek: Terminal) -> None:
        self.centre, self.kypek = centre, kypek
        self._file = centre.folder / "kypek.yaml"
        self._text = (
            self._file.read_text("utf-8") + "  att-v:\n    name: ΚΥΠΕΚ Δυτικής Αττικής\n    directory: directory\n"
        )

    def reads(self, first: str, second: str) -> None:
        """Write the settings with these directories."""
        names = iter((first, second))
        text = re.sub(r"(?m)^    directory: directory$", lambda _: f"    directory: {next(names)}", self._text)
        more = "".join(
            f"  {n}: {{type: ldif, mode: apply, file: {n}.ldif, max_age: 400 days}}\n" for n in ("other", "third")
        )
        self._file.write_text(text.replace("kypeks:\n", f"{more}kypeks:\n", 1), "utf-8")

    def drawn(self) -> None:
        """Seven hours later every export is drawn anew; the others show neither entryUUIDs nor registry numbers."""
        self.centre.clock.turn(hours=7)
        self.centre.people()
        bare = re.sub(r"(?m)^(entryUUID|employeeNumber): .*\n", "", (self.centre.folder / "directory.ldif").read_text())
        for name in ("other", "third"):
            export = self.centre.folder / f"{name}.ldif"
            export.write_text(f"{bare}# {name}\n")
            os.utime(export, (self.centre.clock.now.timestamp(),) * 2)

    def known(self) -> dict[str, int]:
        """How many people are known from each directory."""
        with self.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            rows = [row.directory for row in connection.execute(select(people.c.directory))]
        return {name: rows.count(name) for name in rows}

    def seated_from(self) -> set[str]:
        """The directories of those who have a seat."""
        query = select(people.c.directory).join(seats, seats.c.person == people.c.id)
        with self.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return {row.directory for row in connection.execute(query)}

    def not_recognised(self) -> list[tuple[str, str]]:
        """(directory, KYPEK) of each such finding."""
        query = select(findings.c.source, findings.c.subject).where(findings.c.code == NOT_RECOGNISED)
        with self.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return [(row.source, row.subject) for row in connection.execute(query)]


@pytest.fixture
def shared(full: Centre, kypek: Terminal) -> Shared:
    """Both read `directory`, and people are seated."""
    both = Shared(full, kypek)
    both.reads("directory", "directory")
    assert kypek("sync").code in (0, 2)
    assert both.known() == {"directory": 10}
    return both


def test_while_the_new_one_cannot_be_read_nobody_s_seat_is_decided(shared: Shared) -> None:
    """Who waited became under identification, as if the directory had nobody: unreachable is not empty (rule 1)."""

    def seated() -> list[tuple[str, ...]]:
        query = select(seats.c.seminar, seats.c.login, seats.c.state, seats.c.person).order_by(seats.c.login)
        with shared.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return [tuple(row) for row in connection.execute(query)]

    before = seated()
    assert {state for _, _, state, _ in before} >= {"granted", "waiting"}
    shared.reads("other", "other")  # whose file nobody has drawn
    said = shared.kypek("sync", language="el")
    assert said.code == 1
    assert "οι θέσεις μένουν όπως είναι ώσπου να διαβαστεί" in said.out
    assert seated() == before
    shared.drawn()
    assert "seats stay as they are" not in shared.kypek("sync").out
    assert [row[:3] for row in seated()] == [row[:3] for row in before]
    assert shared.seated_from() == {"other"}


def test_a_plan_keeps_nothing_of_a_directory_that_one_of_them_tries(shared: Shared) -> None:
    """Everybody of it was new, and when both switched later nobody was taken over."""
    shared.drawn()
    shared.reads("other", "directory")
    before = held(shared.centre)
    said = shared.kypek("plan", "-k", "att-a", language="el")
    assert said.code == 1
    assert "Ο κατάλογος other δεν έχει διαβαστεί ακόμη." in said.out
    assert "kypek-sync directory refresh" in said.out
    assert changed(before, held(shared.centre)) == set()
    assert shared.kypek("plan").code == 1
    assert shared.known() == {"directory": 10}
    shared.reads("directory", "directory")
    assert shared.kypek("sync").code == 0
    shared.drawn()
    shared.reads("other", "other")
    assert "recognised here by their keys" in shared.kypek("directory", "refresh").out
    assert (shared.known(), shared.seated_from()) == ({"other": 10}, {"other"})


def test_of_several_former_directories_the_one_that_the_last_pass_read_is_taken_over(shared: Shared) -> None:
    shared.drawn()
    shared.reads("other", "directory")
    shared.kypek("directory", "refresh")
    shared.drawn()
    shared.reads("directory", "directory")
    shared.kypek("directory", "refresh")
    shared.drawn()
    shared.reads("third", "third")
    assert "who were known from directory are recognised" in shared.kypek("directory", "refresh").out
    assert (shared.known(), shared.seated_from()) == ({"third": 10, "other": 10}, {"third"})


@pytest.mark.parametrize("why", ["of an older ledger", "of two"])
def test_where_it_cannot_be_told_which_nobody_is_new_and_a_person_is_asked(shared: Shared, why: str) -> None:
    shared.drawn()
    shared.reads("other", "directory")
    shared.kypek("directory", "refresh")
    if why == "of an older ledger":
        with shared.centre.installation() as inst, inst.ledger.begin() as connection:
            connection.execute(delete(readers))
    shared.drawn()
    shared.reads("third", "third")
    said = shared.kypek("directory", "refresh", language="el")
    assert said.code == 1
    assert "υπάρχουν άτομα γνωστά από πολλούς καταλόγους (directory, other)" in said.out
    assert "Επαναφέρετε τις προηγούμενες ρυθμίσεις" in said.out
    before = held(shared.centre)
    assert shared.kypek("plan").code == shared.kypek("sync").code == 1
    assert not {"people", "person_keys", "outbox", "intents"} & changed(before, held(shared.centre))
    assert shared.known() == {"directory": 10, "other": 10}


def test_who_switches_alone_is_told_whom_nobody_recognises_until_it_goes_back(shared: Shared) -> None:
    shared.drawn()
    shared.reads("other", "directory")
    said = shared.kypek("directory", "refresh", language="el")
    assert said.code == 1
    assert "που διάβαζε πριν το att-a, δεν αναγνωρίζονται εδώ (" in said.out
    assert shared.not_recognised() == [("other", "att-a")]
    shared.drawn()
    assert "αναγνωρίζονται εδώ" not in shared.kypek("directory", "refresh", language="el").out
    assert shared.not_recognised() == [("other", "att-a")]
    shared.reads("directory", "directory")
    shared.kypek("directory", "refresh")
    assert shared.not_recognised() == []
