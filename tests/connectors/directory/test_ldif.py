"""Exports on disk: how they are written, aged and exchanged."""

from __future__ import annotations

import io
import shutil
import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.ldif import LdifDirectory, LdifSettings
from connectors.ldif.records import MAX_RECORD, Defect, LdifReader, Record
from kypek_sync.contract import (
    ConnectorContext,
    Gathered,
    ProbeLevel,
    SkipThis,
    StopConnector,
    Tally,
    TryLater,
    whole_people,
    whole_units,
)
from kypek_sync.model import Finding, Person
from kypek_sync.sandbox.people import Directory as MadeUp
from tests.connectors.directory.ldif_files import MakeExport, export
from tests.contracts.directory import NOW, Remembering, context, registry_hash
from tests.contracts.directory_people import LOGINS, PEOPLE, POPULATION, entry, person, tree

__all__ = ["export"]


def records(content: bytes) -> tuple[list[Record | Defect], LdifReader]:
    """What the reader makes of some bytes, keeping `cn` only."""
    reader = LdifReader(io.BytesIO(content))
    return [block.record(frozenset({"cn"})) for block in reader], reader


# ------------------------------------------------------------------------------------------------ the format


@pytest.mark.parametrize(
    "content",
    [
        b"dn: uid=a\ncn: Maria\n",
        b"version: 1\ndn: uid=a\ncn: Maria\n",
        b"version: 1\n\ndn: uid=a\ncn: Maria\n\n",
        b"\xef\xbb\xbfdn: uid=a\r\ncn: Maria\r\n",
        b"# a comment\n that goes on\ndn: uid=a\n# another\ncn: Maria\n",
        b"dn: uid\n =a\ncn: Ma\n r\n ia\n",
        b"dn:: dWlkPWE=\ncn:: TWFyaWE=\n",
        b"dn:uid=a\nCN:Maria\n",
        b"\n\n\ndn: uid=a\nchangetype: add\ncn: Maria\nother: left out\n\n\n",
    ],
)
def test_one_entry_in_every_way_of_writing_it(content: bytes) -> None:
    (record,), reader = records(content)
    assert isinstance(record, Record)
    assert (record.dn, record.values, reader.cut) == ("uid=a", {"cn": [b"Maria"]}, "")


def test_options_stay_with_their_names() -> None:
    (record,), _ = records(b"dn: uid=a\ncn;lang-en: Maria\ncn: x\ncn: y\n")
    assert isinstance(record, Record)
    assert record.values == {"cn;lang-en": [b"Maria"], "cn": [b"x", b"y"]}


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b"dn: uid=a\nno value\n", 2, "no attribute"),
        (b"dn: uid=a\ncn:: ***\n", 2, "damaged base64"),
        (b"dn: uid=a\ncn:< file:///etc/passwd\n", 2, "never fetched"),
        (b"cn: a\n", 1, "does not begin with its DN"),
        (b"dn: uid=a\ncn: a\ndn: uid=b\n", 3, "two DNs"),
        (b"dn: uid=a\nchangetype: delete\n", 2, "change record"),
        (b"dn:: /w==\n", 1, "no UTF-8"),
        (b"dn: uid=a\ncn: a\n\n cn: a\n", 4, "no attribute"),
        (b"dn: uid=a\n", 1, "has no attribute"),
    ],
)
def test_a_broken_record_is_told_by_its_line_and_without_its_values(content: bytes, line: int, why: str) -> None:
    defect = records(content)[0][-1]
    assert isinstance(defect, Defect)
    assert defect.line == line
    assert why in defect.why
    assert "passwd" not in defect.why


def test_a_file_of_one_endless_line_is_not_swallowed() -> None:
    """Rule 19."""
    found, reader = records(b"x" * (MAX_RECORD + 2**20))
    assert [type(record) for record in found] == [Defect]
    assert "longer than any" in reader.cut
    folded, reader = records(b"dn: uid=a\ncn: " + b"\n ".join([b"y" * 2**20] * 20) + b"\n")
    assert [len(record.values["cn"][0]) < MAX_RECORD for record in folded if isinstance(record, Record)] == [True]
    assert "longer than any" in reader.cut


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_their_end(content: bytes) -> None:
    found, _ = records(content)
    assert all(isinstance(it, Record | Defect) for it in found)


# ------------------------------------------------------------------------------------------------ the file


def test_the_export_is_as_old_as_its_file(export: MakeExport) -> None:
    age = timedelta(days=2)
    assert whole_people(export(POPULATION, age)).as_of == NOW - age


def test_an_export_from_the_future_proves_nobodys_absence(export: MakeExport) -> None:
    """Believed once, all the true ones after it would be taken for an old one put back, until that day comes."""
    early = export(POPULATION, timedelta(days=-300))
    for snapshot in (whole_people(early), whole_units(early)):
        assert snapshot.items
        assert not snapshot.complete
        assert "is in the future: check both clocks." in snapshot.why_partial
    assert whole_people(export(POPULATION, timedelta(minutes=-9))).complete


def test_an_old_export_tells_who_people_are_and_proves_nobodys_absence(export: MakeExport) -> None:
    old = export(POPULATION, timedelta(days=7, minutes=1))
    for snapshot in (whole_people(old), whole_units(old)):
        assert snapshot.items
        assert not snapshot.complete
        assert "It is older than the 7 days allowed." in snapshot.why_partial
    assert old.person("mpappa") is not None
    with pytest.raises(TryLater, match="proves nothing"):
        old.person("nobody")
    line = next(line for line in old.probe().lines if line.subject == "age")
    assert (line.level, line.next_step) == (ProbeLevel.WARNING, "Draw a new export.")
    assert whole_people(export(POPULATION, timedelta(days=7))).complete
    assert not whole_people(export(POPULATION, timedelta(hours=3), max_age=timedelta(hours=2))).complete


def test_a_new_export_is_read_and_the_same_one_is_known_by_its_content(export: MakeExport) -> None:
    directory = export(POPULATION)
    first, units = whole_people(directory), whole_units(directory)
    assert first.content == units.content == whole_people(directory).content != ""
    export(tree(person("onlyone")))
    after = whole_people(directory)
    assert [it.login for it in after.items] == ["onlyone"]
    assert after.content != first.content


class Writing(Gathered[Person]):
    """A keeper during whose work somebody draws the next export."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def take(self, item: Person | None, digest: bytes, findings: Sequence[Finding]) -> None:
        super().take(item, digest, findings)
        with self._file.open("a") as more:
            more.write("\n" + person(f"late{len(self.items)}"))


def test_an_export_that_changes_while_it_is_read_proves_nobodys_absence(export: MakeExport, tmp_path: Path) -> None:
    keeper = Writing(tmp_path / "export.ldif")
    reading = export(POPULATION).read_people(keeper)
    assert {person.login for person in keeper.items} == set(LOGINS)  # and no end of others
    assert (reading.complete, reading.why_partial) == (False, "export.ldif changed while it was read.")


def test_a_person_who_did_not_change_is_not_read_again_and_a_broken_record_beside_them_is_told(
    export: MakeExport,
) -> None:
    first: Remembering[Person] = Remembering()
    export(POPULATION).read_people(first)
    again: Remembering[Person] = Remembering(first.digests)
    changed = POPULATION.replace("uid: psamar\n", "uid psamar\n").replace("mail: mpappa@", "mail: maria.pappa@")
    reading = export(changed).read_people(again)
    assert [person.login for person in again.items] == ["mpappa"]
    assert len(again.met) == reading.entries - 1 == len(LOGINS) - 2
    assert "1 records of the export could not be read" in reading.why_partial


def salted(salt: str, number: str) -> str:
    return registry_hash(salt + number)


def test_another_key_of_the_hashes_makes_other_digests(tmp_path: Path) -> None:
    """D-4: from a digest nobody can tell a number without the key."""
    (tmp_path / "export.ldif").write_text(POPULATION)
    digests = []
    for salt in ("a", "b"):
        own = ConnectorContext("directory", lambda: NOW, tmp_path, partial(salted, salt))
        keeper: Remembering[Person] = Remembering()
        LdifDirectory(LdifSettings(file="export.ldif"), own).read_people(keeper)
        digests.append(keeper.digests)
    assert len(digests[0]) == len(LOGINS)
    assert not digests[0] & digests[1]


def test_a_login_written_otherwise_in_the_dn_is_found(export: MakeExport) -> None:
    directory = export(
        "\n".join(
            (
                entry(f"uid=M\\2dPappa,{PEOPLE}", objectClass="person", uid="m-pappa", cn="x", sn="ΠΑΠΠΑ"),
                entry(f"uid=παππάς,{PEOPLE}", objectClass="person", uid="παππάς", cn="x", sn="ΠΑΠΠΑΣ"),
            )
        )
    )
    for login, surname in (("m-pappa", "ΠΑΠΠΑ"), ("ΠΑΠΠΆΣ", "ΠΑΠΠΑΣ")):
        found = directory.person(login)
        assert found is not None
        assert found.surname == surname
    with pytest.raises(SkipThis, match="2 entries carry the login twice"):
        export("\n".join((person("twice"), person("twice")))).person("twice")


@pytest.mark.slow
def test_a_large_export_is_read_in_little_memory(tmp_path: Path) -> None:
    """Nothing of 6,000 people stays but what the keeper keeps: the peak does not grow with the file."""
    peaks = []
    for number in (1500, 6000):
        MadeUp(number, 200).write_ldif(tmp_path / "export.ldif")
        directory = LdifDirectory(LdifSettings(file="export.ldif"), context(tmp_path))
        tally: Tally[Person] = Tally()
        tracemalloc.start()
        directory.read_people(tally)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert tally.items == number
    assert peaks[1] < peaks[0] + 2_000_000


@pytest.mark.parametrize(
    "content", ["<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n", "login;name\nmpappa;ΜΑΡΙΑ\n"]
)
def test_a_file_that_is_no_export_stops_the_connector(export: MakeExport, content: str) -> None:
    with pytest.raises(StopConnector, match="is no LDIF export"):
        whole_people(export(content))


@pytest.mark.parametrize("content", ["", "\n\n", "version: 1\n"])
def test_an_empty_export_proves_nothing(export: MakeExport, content: str) -> None:
    people = whole_people(export(content))
    assert (people.items, people.complete) == ((), False)
    assert people.why_partial == "The export shows no people."


def test_an_export_of_people_alone_is_complete_for_people_and_says_nothing_of_units(export: MakeExport) -> None:
    only = export("\n".join((person("a"), person("b", employeeNumber="700009"))))
    people, units = whole_people(only), whole_units(only)
    assert people.complete
    assert people.findings == ()
    assert not units.complete
    assert [line.level for line in only.probe().lines if line.subject == "counts"] == [ProbeLevel.WARNING]


def test_one_broken_record_makes_the_read_partial_and_is_named(export: MakeExport) -> None:
    content = POPULATION.replace("uid: psamar\n", "uid psamar\n")
    people = whole_people(export(content))
    assert len(people.items) == len(LOGINS) - 1
    assert "1 records of the export could not be read, the first at line" in people.why_partial
    assert [finding.subject for finding in people.findings if finding.code == "entry-unreadable"] == ["export.ldif"]


def test_a_folder_in_place_of_the_file_stops_the_connector(tmp_path: Path) -> None:
    (tmp_path / "export.ldif").mkdir()
    with pytest.raises(StopConnector, match="cannot be read"):
        whole_people(LdifDirectory(LdifSettings(file="export.ldif"), context(tmp_path)))


def test_a_file_that_went_is_tried_later(export: MakeExport, tmp_path: Path) -> None:
    directory = export(POPULATION)
    whole_people(directory)
    shutil.move(tmp_path / "export.ldif", tmp_path / "away.ldif")
    with pytest.raises(TryLater, match="there is no file"):
        whole_people(directory)


def test_services_and_groups_are_nobody(export: MakeExport) -> None:
    service = entry("uid=app,ou=services,dc=sch,dc=gr", objectClass="account", uid="app")
    group = entry("cn=plinet,ou=Groups,ou=att-g,ou=units,dc=sch,dc=gr", objectClass="groupOfNames", cn="plinet")
    box = entry("ou=Groups,ou=att-g,ou=units,dc=sch,dc=gr", objectClass="organizationalUnit", ou="Groups")
    directory = export(f"{POPULATION}\n{service}\n{box}\n{group}")
    assert tuple(it.login for it in whole_people(directory).items) == LOGINS
    assert len(whole_units(directory).items) == 7


def test_the_probe_says_what_an_export_lacks(export: MakeExport) -> None:
    missing = {"employeeNumber": (), "entryUUID": (), "gsnBranch": ()}
    lines = export(tree(person("a", **missing), person("b", **missing))).probe().lines
    told = {line.text.split(",")[0] for line in lines if line.text.startswith("No person")}
    assert told == {
        f"No person carries {name}" for name in ("employeenumber", "entryuuid", "gsnbranch", "gsnuserroleon")
    }


def test_the_probe_of_an_old_export_says_too_that_it_is_cut(export: MakeExport) -> None:
    lines = export(POPULATION[: POPULATION.rindex("entryUUID")], age=timedelta(days=60)).probe().lines
    (whole,) = (line.text for line in lines if line.subject == "whole")
    assert whole.startswith("The export seems cut: its last entry lacks entryuuid")
    assert "days" not in whole
    lines = export(POPULATION, age=timedelta(days=60)).probe().lines
    assert not [line for line in lines if line.subject == "whole" and "days" in line.text]


def test_settings_refuse_what_makes_no_sense() -> None:
    for wrong in ({}, {"file": ""}, {"file": "x", "max_age": timedelta(0)}, {"file": "x", "maxage": 1}):
        with pytest.raises(ValidationError):
            LdifSettings.model_validate(wrong)


def test_an_export_is_told_from_the_next_by_its_bytes_not_by_its_files_date(export: MakeExport) -> None:
    """Rule 2: N different exports, by content and date."""
    first = whole_people(export(POPULATION))
    touched = whole_people(export(POPULATION, age=timedelta(hours=-1)))
    other = export(POPULATION + "# drawn again\n")
    assert first.content
    assert first.as_of != touched.as_of
    assert first.content == touched.content != whole_people(other).content
    assert whole_units(other).content == whole_people(other).content
