"""A centre that read an export reads LDAP now: nobody is new, and a first read that shows too few takes nobody away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import cursors, reads
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.tables import findings
from kypek_sync.model import Finding, Person, PersonKey, PersonKind, Unit
from kypek_sync.seminar.serving import CODES
from kypek_sync.sync.directory.due import Why
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from tests.ledger import whole_directory
from tests.sync.centre import START, Centre, sync_once
from tests.sync.whole_reads import WholeRead, record

UNIT = Unit("ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr", "1ο Γυμνάσιο", directorate="att-a")


def exported(number: int) -> Person:
    """As an export without entryUUIDs shows them; some have no registry number either."""
    keys = [PersonKey("registry", f"hash{number}")] if number % 3 else []
    return Person(
        f"t{number:02}",
        f"Επώνυμο{number}",
        "Όνομα",
        f"t{number:02}@sch.example",
        PersonKind.TEACHER,
        units=(UNIT.id,),
        keys=(*keys, PersonKey("login", f"t{number:02}")),
    )


def in_ldap(person: Person) -> Person:
    """The same entry with its entryUUID."""
    return replace(person, keys=(PersonKey("entry-uuid", f"u-{person.login}"), *person.keys))


EXPORT = tuple(exported(number) for number in range(20))


def read(system: str, those: tuple[Person, ...], hours: float, scope: str) -> WholeRead:
    at = START + timedelta(hours=hours)
    units = Snapshot(system, scope.replace("people", "units"), at, (UNIT,), complete=True)
    return WholeRead(system, Snapshot(system, scope, at, those, complete=True), units)


def reading_from(inst: Installation, system: str) -> Installation:
    """The installation where the KYPEK's directory is this one."""
    entry = inst.kypek("att-a").model_copy(update={"directory": system})
    kypeks = {**inst.loaded.settings.kypeks, "att-a": entry}
    settings = inst.loaded.settings.model_copy(update={"kypeks": kypeks})
    return replace(inst, loaded=replace(inst.loaded, settings=settings))


@pytest.mark.parametrize("system", ["directory", "ldap"])
def test_nobody_is_new(centre: Centre, system: str) -> None:
    """Both where the connector kept its name in the settings and where it got another one."""
    report = LaneReport("att-a", "directory")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        record(connection, inst, read("directory", EXPORT, 0, "people"), LaneReport("att-a", "directory"))
        before = {known.person.login: known.id for known in whole_directory.everybody(connection, "directory").values()}
        inst = reading_from(inst, system)
        shown = tuple(in_ldap(person) for person in EXPORT)
        few = read(system, shown[:10], 1, "ou=people,dc=sch,dc=gr")
        record(connection, inst, few, report)
        assert "10 entries, but 20 at the last good read" in report.problems[0]
        again = LaneReport("att-a", "directory")
        record(connection, inst, replace(few, people=replace(few.people, as_of=START + timedelta(hours=2))), again)
        assert "10 entries, but 20" in again.problems[0]
        record(connection, inst, read(system, shown, 3, "ou=people,dc=sch,dc=gr"), report)
        known = whole_directory.everybody(connection, system)
        assert {one.person.login: one.id for one in known.values()} == before
        assert all(one.leaving_since is None for one in known.values())
        assert {key.kind for one in known.values() for key in one.person.keys} >= {"entry-uuid"}
        if system != "directory":
            assert whole_directory.everybody(connection, "directory") == {}
            assert any("recognised here by their keys" in note for note in report.notes)


def test_a_cursor_of_the_server_that_had_the_name_before_is_not_asked_about_of_an_export(centre: Centre) -> None:
    """Back from LDAP to an export that bears the same name: every pass ended in a traceback."""
    sync_once(centre, "directory")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        cursors.took_full(connection, "directory", "a server's", centre.clock())
    centre.clock.turn(hours=1)
    centre.people()
    report = sync_once(centre, "directory")["directory"]
    assert (report.problems, report.directory and report.directory.why) == ([], Why.NO_CHANGES)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert cursors.standing(connection, "directory").cursor == ""
        assert cursors.standing(connection, "directory").why == ""


def test_what_was_odd_at_both_sources_and_where_either_was_read_to_do_not_stop_it(centre: Centre) -> None:
    """Another KYPEK had read the new source before, whose account was shown units and nobody: the same unit was odd at
    both, and each pass ended at a constraint of the ledger."""
    dangling = replace(UNIT, id="ou=2gym,ou=att-a,ou=units,dc=sch,dc=gr", code="")
    odd = Finding(dangling.id, "unit-code-missing", "This unit has no code.")

    def showing(system: str, those: tuple[Person, ...], hours: float) -> WholeRead:
        whole = read(system, those, hours, "people")
        return replace(whole, units=replace(whole.units, items=(UNIT, dangling), findings=(odd,)))

    with centre.installation() as inst, inst.ledger.begin() as connection:
        record(connection, inst, showing("directory", EXPORT, 0), LaneReport("att-a", "directory"))
        cursors.took_full(connection, "directory", "there", START)
        before = {known.person.login: known.id for known in whole_directory.everybody(connection, "directory").values()}
        record(connection, reading_from(inst, "directory"), showing("ldap", (), 1), LaneReport("att-v", "directory"))
        decided = {"person": "0" * 32, "verdict": "same", "since": START, "at": START, "who": "maria"}
        for system in ("directory", "ldap"):
            connection.execute(insert(identity_decisions).values(directory=system, login="t01", **decided))
        moved = reading_from(inst, "ldap")
        assert record(connection, moved, showing("ldap", tuple(map(in_ldap, EXPORT)), 2), LaneReport("att-a", "d"))
        known = whole_directory.everybody(connection, "ldap").values()
        assert {one.person.login: one.id for one in known} == before
        assert [(one.subject, one.code) for _, one in reads.listed_findings(connection)] == [(odd.subject, odd.code)]
        assert cursors.standing(connection, "directory").cursor == ""


def test_what_is_odd_about_placing_units_is_odd_since_it_was_first_seen(centre: Centre) -> None:
    """With the first read of another directory, or of any other entry of the unit, it was «πρώτη φορά» anew."""
    lost = replace(UNIT, id="ou=2gym,ou=nowhere,ou=units,dc=sch,dc=gr", code="9051234", directorate="nowhere")
    abroad = replace(UNIT, id="ou=3gym,ou=att-d,ou=units,dc=sch,dc=gr", code="9051235", directorate="att-d")

    def since(inst: Installation, system: str) -> dict[str, object]:
        with inst.ledger.begin(keep=False) as connection:
            query = select(findings).where(findings.c.source == system, findings.c.code.in_(CODES))
            return {row.code: row.first_seen for row in connection.execute(query)}

    def showing(system: str, name: str, hours: float) -> WholeRead:
        whole = read(system, EXPORT, hours, "people")
        those = (UNIT, replace(lost, name=name), replace(abroad, name=name))
        return replace(whole, units=replace(whole.units, items=those))

    def recorded(inst: Installation, whole: WholeRead) -> None:
        with inst.ledger.begin() as connection:
            record(connection, inst, whole, LaneReport("att-a", "directory"))

    with centre.installation() as inst:
        recorded(inst, showing("directory", "2ο", 0))
        first = since(inst, "directory")
        assert first.keys() == {"unit-without-kypek", "directorates-without-kypek"}
        centre.clock.turn(hours=3)
        recorded(inst, showing("directory", "2ο Γυμνάσιο", 2))
        assert since(inst, "directory") == first
        moved = reading_from(inst, "ldap")
        recorded(moved, showing("ldap", "2ο Γυμνάσιο", 3))
        assert since(inst, "ldap") == first
        assert since(inst, "directory") == {}
