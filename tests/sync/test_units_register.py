"""The register of units beside the directory's pass: read rarely, kept while it is down, and what it decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from kypek_sync.contract import UnitState
from kypek_sync.ledger import clock_ahead, reads, units_register
from kypek_sync.ledger.units_register import held_of
from kypek_sync.model import Unit
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import Running, serve
from kypek_sync.sandbox.units_register import Book, Entry, create_app
from kypek_sync.sandbox.units_register.book import every_office
from kypek_sync.seminar.serving import CODES, Way, kypeks
from kypek_sync.sync.directory.register import standing
from kypek_sync.sync.directory.serving import areas, register_of, served, settled
from kypek_sync.sync.report import LaneReport
from tests.sync.centre import SCHOOL, START, Centre, seats, sync_once

ATT_A_PE, ATT_A_DE, ATT_V_DE = 117, 133, 126


@dataclass
class Served:
    """A centre with a register: `book` is what that holds."""

    centre: Centre
    book: Book
    faults: FaultBook
    running: Running

    def refresh(self) -> LaneReport:
        """A pass of the directory's lane."""
        return sync_once(self.centre, "directory")["directory"]

    @property
    def asked(self) -> int:
        return self.running.calls["read"]

    def held(self) -> set[str]:
        with self.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            return set(held_of(connection, "mm", [str(unit.id) for unit in self.book.units] + ["1000005"]).units)


@pytest.fixture
def it(centre: Centre) -> Iterator[Served]:
    faults = FaultBook()
    book = Book([Entry(1000000 + n, f"{n}ο ΓΥΜΝΑΣΙΟ", f"05{n:05d}", ATT_A_DE) for n in range(1, 8)], every_office())
    running = serve(create_app(book, faults=faults.of("mm")), "mm", faults)
    centre.connectors["mm"] = f'type: units_register, mode: observe, address: "{running.address}", page_size: 3'
    centre.services["units_register"] = "mm"
    centre.settings()
    yield Served(centre, book, faults, running)
    running.stop()


def test_numbers_of_the_shipped_list_are_those_of_these_tests() -> None:
    named = {(office.id, office.label, " Π.Ε. " in office.name) for office in every_office()}
    assert {(ATT_A_PE, "att-a", True), (ATT_A_DE, "att-a", False)} <= named
    assert next(o.label for o in every_office() if o.id == ATT_V_DE) != "att-a"


def test_it_is_read_at_the_first_pass_and_then_only_when_it_is_time(it: Served) -> None:
    report = it.refresh()
    assert report.counts["units in the register"] == 7
    assert report.problems == []
    asked = it.asked
    it.centre.clock.turn(days=6, hours=23)
    assert "units in the register" not in it.refresh().counts
    assert it.asked == asked
    it.centre.clock.turn(hours=1)
    assert it.refresh().counts["units in the register"] == 7
    assert it.asked > asked


def test_a_register_that_is_down_for_weeks_costs_nothing_until_it_is_old(it: Served) -> None:
    it.refresh()
    it.faults.set("mm:error-status")
    it.centre.clock.turn(days=29)
    assert it.refresh().problems == []
    assert it.held() == {str(unit.id) for unit in it.book.units}
    it.centre.clock.turn(days=2)
    (problem,) = it.refresh().problems
    assert problem.endswith("What the register said before counts until it can be read.")
    with it.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = standing(connection, inst, "mm")
    assert (found.read, found.is_old, found.units) == (START, True, 7)
    it.faults.lift()
    assert it.refresh().problems == []


def test_a_register_that_was_never_read_is_a_problem_at_once(it: Served) -> None:
    it.faults.set("mm:server-error")
    (problem,) = it.refresh().problems
    assert "mm" in problem
    assert problem.endswith("Until it can be read, directorates come from the directory.")  # it never said any
    with it.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert standing(connection, inst, "mm").read is None


def test_a_partial_read_takes_nothing_out_and_is_tried_again_after_an_hour(it: Served) -> None:
    it.refresh()
    gone = it.book.units.pop(4)
    it.centre.clock.turn(days=8)
    it.faults.set("mm:total-changes@1")
    it.refresh()
    assert str(gone.id) in it.held()
    asked = it.asked
    it.centre.clock.turn(minutes=59)
    it.refresh()
    assert it.asked == asked
    it.centre.clock.turn(minutes=1)
    it.refresh()
    assert it.asked > asked
    assert str(gone.id) in it.held()  # six of seven are fewer than nine tenths: that is doubted too


def test_a_unit_that_closes_leaves_with_a_whole_read(it: Served) -> None:
    it.book.units += [Entry(2000000 + n, "ΝΗΠΙΑΓΩΓΕΙΟ", "", ATT_A_PE) for n in range(20)]
    it.refresh()
    it.book.units.pop(4)
    it.book.units[0] = Entry(1000001, "1ο ΓΥΜΝΑΣΙΟ", "0500001", ATT_A_DE, state=2)
    it.centre.clock.turn(days=8)
    it.refresh()
    assert "1000005" not in it.held()
    with it.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert held_of(connection, "mm", ["1000001"]).units["1000001"].state is UnitState.SUSPENDED


def test_a_register_that_lost_most_of_its_units_overnight_is_not_believed(it: Served) -> None:
    it.refresh()
    del it.book.units[1:]
    it.centre.clock.turn(days=31)
    assert "only in part (1 entries, but 7 at the last good read" in it.refresh().problems[0]
    assert "1000005" in it.held()


def test_a_clock_that_was_ahead_is_told_and_a_person_ends_it(it: Served) -> None:
    """Until that moment it was neither read nor called old, and then each read of it was partial."""
    it.refresh()
    it.centre.clock.turn(days=40)
    it.refresh()
    asked = it.asked
    it.centre.clock.turn(days=-40, hours=2)
    problems = it.refresh().problems
    assert it.asked > asked
    assert any("directory accept mm --clock --why TEXT" in one for one in problems)
    with it.centre.installation() as inst, inst.ledger.begin() as connection:
        clock_ahead.put_right(connection, "mm", "maria", "an empty battery", inst.clock(), ("att-a",))
    it.centre.clock.turn(days=8)
    asked = it.asked
    assert (it.refresh().problems, it.asked > asked) == ([], True)


def test_a_dry_pass_keeps_nothing_of_it(it: Served) -> None:
    from kypek_sync.sync.run import sync

    with it.centre.installation() as inst:
        sync(inst, lanes=("directory",), dry=True)
        with inst.ledger.begin(keep=False) as connection:
            assert units_register.count(connection, "mm") == 0


def moved(it: Served, office: int | None) -> None:
    """The school of all teachers belongs to another directorate, says the register."""
    it.book.units[0] = Entry(1000001, "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ", "0501001", office)


def test_whom_a_seminar_is_for_is_judged_by_the_register(it: Served) -> None:
    """The directory's tree says att-a, the register another directorate: the register counts."""
    moved(it, ATT_V_DE)
    label = next(office.label for office in every_office() if office.id == ATT_V_DE)
    course = it.centre.course()
    text = (it.centre.folder / "ekfe.yaml").write_text
    it.centre.seminar(course=it.centre.address(course))
    programme = (it.centre.folder / "ekfe.yaml").read_text("utf-8")
    text(programme.replace("    επιμορφωτές:", f"    διευθύνσεις: {label}\n    επιμορφωτές:"), "utf-8")
    it.centre.apply("teacher1", course)
    sync_once(it.centre)
    assert seats(it.centre, "EKFE-26-01") == {"teacher1": "granted"}


def test_without_a_register_the_tree_judges(centre: Centre) -> None:
    course = centre.course()
    centre.seminar(course=centre.address(course))
    file = centre.folder / "ekfe.yaml"
    file.write_text(
        file.read_text("utf-8").replace("    επιμορφωτές:", "    διευθύνσεις: att-v\n    επιμορφωτές:"), "utf-8"
    )
    centre.apply("teacher1", course)
    sync_once(centre)
    assert seats(centre, "EKFE-26-01") == {"teacher1": "refused"}


def test_which_kypek_serves_a_person_and_by_what(it: Served) -> None:
    moved(it, ATT_A_DE)
    it.refresh()
    assert placed(it) == [("att-a", Way.REGISTER)]
    moved(it, ATT_V_DE)
    it.centre.clock.turn(days=8)
    it.refresh()
    assert placed(it) == [("", Way.REGISTER)]
    it.centre.services["units"] = '["0501001"]'
    it.centre.settings()
    assert placed(it) == [("att-a", Way.NAMED)]
    del it.centre.services["units"], it.centre.services["units_register"]
    it.centre.settings()
    assert placed(it) == [("att-a", Way.TREE)]


def placed(it: Served) -> list[tuple[str, Way]]:
    from kypek_sync.ledger import lookups

    with it.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        known = lookups.person(connection, "directory", "teacher1")
        assert known is not None
        found = served(connection, inst, "directory", known.person)
        assert kypeks(found) == tuple(one.kypek for one in found if one.kypek)
        return [(one.kypek, one.way) for one in found]


def found(it: Served) -> dict[str, str]:
    """The findings about placing units: code → subject."""
    with it.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        listed = reads.listed_findings(connection, "directory")
    return {one.code: one.subject for _, one in listed if one.code in CODES}


def test_what_is_odd_about_a_unit_is_a_finding_until_it_is_mended(it: Served) -> None:
    moved(it, ATT_V_DE)
    it.refresh()
    assert found(it) == {"unit-directorate-differs": SCHOOL, "directorates-without-kypek": "directory"}
    it.refresh()
    assert found(it) == {"unit-directorate-differs": SCHOOL, "directorates-without-kypek": "directory"}
    it.centre.services["units"] = '["0501001"]'  # only the settings change
    it.centre.settings()
    it.refresh()
    assert found(it) == {"unit-directorate-differs": SCHOOL}
    moved(it, ATT_A_DE)  # only the register changes
    it.centre.clock.turn(days=8)
    it.refresh()
    assert found(it) == {}


def test_a_unit_that_the_register_does_not_have_is_a_finding(it: Served) -> None:
    del it.book.units[0]
    it.refresh()
    assert found(it) == {"unit-not-in-register": SCHOOL}


def test_units_as_rules_see_them_without_a_register_are_the_directorys(centre: Centre) -> None:
    units = {"ou=1": Unit("ou=1", "", registry_code="1000001")}
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert settled(connection, inst, "directory", units) is units
        assert register_of(inst.loaded.settings, "another") == ""


def test_every_directorate_knows_its_kypek(it: Served) -> None:
    with it.centre.installation() as inst:
        found = {area.number: area.kypek for area in areas(inst.loaded.settings)}
    assert len(found) == 116
    assert (found[ATT_A_PE], found[ATT_A_DE], found[ATT_V_DE]) == ("att-a", "att-a", "")


def test_units_of_the_register_are_read_again_at_the_set_pace(it: Served) -> None:
    it.centre.top = "register_rules: {read_every: 1 day, old_after: 2 days}\n"
    it.centre.settings()
    it.refresh()
    it.centre.clock.turn(days=1)
    assert it.refresh().counts["units in the register"] == 7
    with it.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert not standing(connection, inst, "mm").is_old
        it.centre.clock.now += timedelta(days=3)
        assert standing(connection, inst, "mm").is_old
