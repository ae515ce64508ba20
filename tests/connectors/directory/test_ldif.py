"""Exports on disk: how they are written, cut, aged and exchanged; some drawn from a real server by `ldapsearch`."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.ldif import LdifDirectory, LdifSettings
from connectors.ldif.records import MAX_LINE, Defect, LdifReader, Record
from kypek_sync.contract import ProbeLevel, StopConnector, TryLater, whole_people, whole_units
from tests.contracts.directory import NOW, context
from tests.contracts.directory_people import LOGINS, PEOPLE, POPULATION, entry, person, tree
from tests.servers.slapd import READER, MakeSlapd, Slapd

MakeExport = Callable[..., LdifDirectory]


@pytest.fixture
def export(tmp_path: Path) -> MakeExport:
    """`export(text, age=…)`: the connector over a file of that content and age."""

    def make(content: str | bytes, age: timedelta = timedelta(0), **changes: object) -> LdifDirectory:
        path = tmp_path / "export.ldif"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        drawn = (NOW - age).timestamp()
        os.utime(path, (drawn, drawn))
        return LdifDirectory(LdifSettings.model_validate({"file": path.name, **changes}), context(tmp_path))

    return make


def records(content: bytes) -> tuple[list[Record | Defect], LdifReader]:
    """What the reader makes of some bytes, keeping `cn` only."""
    reader = LdifReader(io.BytesIO(content), frozenset({"cn"}))
    return list(reader), reader


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
    source = io.BytesIO(b"x" * (MAX_LINE + 10))
    reader = LdifReader(source, frozenset())
    assert [type(record) for record in reader] == [Defect]
    assert reader.cut
    folded = io.BytesIO(b"dn: uid=a\ncn: " + b"\n ".join([b"y" * 1024 * 1024] * 20) + b"\n")
    (record,) = LdifReader(folded, frozenset({"cn"}))
    assert isinstance(record, Record)
    assert len(record.values["cn"][0]) <= MAX_LINE


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_their_end(content: bytes) -> None:
    found, _ = records(content)
    assert all(isinstance(it, Record | Defect) for it in found)


# ------------------------------------------------------------------------------------------------ cut files


LINE_ENDS = tuple(match.end() for match in re.finditer("\n", POPULATION))
FIRST_WHOLE = POPULATION.index("\n\n")


@pytest.mark.parametrize("shift", [-2, -1, 0])
def test_a_file_cut_anywhere_but_between_two_entries_is_never_whole(export: MakeExport, shift: int) -> None:
    """At each line's end, before its last character, and before its line break; nobody is invented either."""
    for at in (end + shift for end in LINE_ENDS[:-1] if end + shift > FIRST_WHOLE + 2):
        content = POPULATION[:at]
        if content.endswith("\n\n") or (content.endswith("\n") and POPULATION[at] == "\n"):
            continue
        snapshot = whole_people(export(content))
        assert not snapshot.complete, content[-200:]
        assert "seems cut" in snapshot.why_partial or "could not be read" in snapshot.why_partial
        assert {it.login for it in snapshot.items} <= set(LOGINS)


@pytest.mark.parametrize("content", ["dn: dc=gr\n", "dn: dc=gr", "dn: dc=gr\nobjectClass: to"])
def test_a_file_cut_within_its_first_entry_is_never_whole(export: MakeExport, content: str) -> None:
    directory = export(content)
    try:
        complete = whole_people(directory).complete
    except StopConnector:  # nothing in it could be read
        complete = False
    assert not complete


def test_a_last_entry_that_lacks_what_all_others_have_is_cut(export: MakeExport) -> None:
    content = POPULATION[: POPULATION.rindex("entryUUID")]
    assert "its last entry lacks entryuuid, modifytimestamp" in whole_people(export(content)).why_partial


@pytest.mark.server("slapd")
class TestLdapsearch:
    """Exports as people draw them."""

    @pytest.mark.parametrize(
        "words", [(), ("-L",), ("-LL",), ("-LLL",), ("-o", "ldif-wrap=no"), ("-E", "pr=5/noprompt")]
    )
    def test_a_whole_one_is_whole_in_every_form(self, slapd: Slapd, export: MakeExport, words: tuple[str, ...]) -> None:
        people = whole_people(export(slapd.export(*words, "*", "+")))
        assert (people.complete, people.why_partial) == (True, "")
        assert tuple(person.login for person in people.items) == LOGINS

    def test_it_says_the_same_as_the_server(self, slapd: Slapd, export: MakeExport, tmp_path: Path) -> None:
        """Changing the source from an export to LDAP makes nobody new."""
        from connectors.ldap import LdapDirectory, LdapSettings

        server = LdapDirectory(LdapSettings.model_validate(slapd.settings), context(tmp_path))
        drawn = export(slapd.export("*", "+"))
        assert whole_people(drawn).items == whole_people(server).items
        assert whole_units(drawn).items == whole_units(server).items
        assert whole_people(drawn, whole_units(drawn)).findings == whole_people(server, whole_units(server)).findings

    def test_one_that_a_limit_ended_is_partial(self, make_slapd: MakeSlapd, export: MakeExport) -> None:
        """D-30, for those who draw exports."""
        server = make_slapd(POPULATION, limits=(f'limits dn.exact="{READER}" size.hard=18 size.soft=18',))
        people = whole_people(export(server.export()))
        assert people.items
        assert "ended with result 4" in people.why_partial

    @pytest.mark.parametrize(
        ("words", "level"), [((), None), (("-L",), ProbeLevel.WARNING), (("-LLL",), ProbeLevel.WARNING)]
    )
    def test_one_that_does_not_tell_how_it_ended_is_warned_of(
        self, slapd: Slapd, export: MakeExport, words: tuple[str, ...], level: ProbeLevel | None
    ) -> None:
        directory = export(slapd.export(*words, "*", "+"))
        told = [line.level for line in directory.probe().lines if line.subject == "whole"]
        assert told == ([level] if level else [])
        assert ("result 0 of the search" in whole_people(directory).proofs) == (level is None)

    @pytest.mark.parametrize("words", [(), ("-L",)])
    def test_one_that_lacks_its_end_is_partial(self, slapd: Slapd, export: MakeExport, words: tuple[str, ...]) -> None:
        whole = slapd.export(*words, "*", "+")
        cut = whole[: whole.rindex(b"\n# ", 0, whole.index(b"# search result") - 200) + 1]
        assert "lacks the trailer" in whole_people(export(cut)).why_partial

    def test_one_that_lost_an_entry_is_partial(self, slapd: Slapd, export: MakeExport) -> None:
        whole = slapd.export("*", "+").decode()
        start = whole.index(f"dn: uid=robot,{PEOPLE}")
        lost = whole[:start] + whole[whole.index("\n\n", start) + 2 :]
        assert "its trailer counts" in whole_people(export(lost)).why_partial


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
        assert "It is 7 days old, more than the 7 days allowed." in snapshot.why_partial
    assert old.person("mpappa") is not None
    with pytest.raises(TryLater, match="proves nothing"):
        old.person("nobody")
    line = next(line for line in old.probe().lines if line.subject == "age")
    assert (line.level, line.next_step) == (ProbeLevel.WARNING, "Draw a new export.")
    assert whole_people(export(POPULATION, timedelta(days=7))).complete
    assert not whole_people(export(POPULATION, timedelta(hours=3), max_age=timedelta(hours=2))).complete


def test_a_new_export_is_read_and_the_same_one_is_not_read_again(
    export: MakeExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.ldif import directory as module

    reads: list[str] = []
    real = module.read_export
    monkeypatch.setattr(module, "read_export", lambda *args: (reads.append(args[1]), real(*args))[1])
    directory = export(POPULATION)
    whole_people(directory)
    whole_units(directory)
    directory.person("mpappa")
    assert len(reads) == 1
    export(tree(person("onlyone")))
    assert [it.login for it in whole_people(directory).items] == ["onlyone"]
    assert len(reads) == 2


def test_an_export_that_changes_while_it_is_read_is_tried_later(
    export: MakeExport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from connectors.ldif import directory as module

    real = module.read_export

    def grow(*args: object) -> object:
        with (tmp_path / "export.ldif").open("a") as more:
            more.write("\n" + person("late"))
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_export", grow)
    with pytest.raises(TryLater, match="changed while it was read"):
        whole_people(export(POPULATION))


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
    lines = export(tree(person("a", **missing))).probe().lines
    told = {line.text.split(",")[0] for line in lines if line.subject == "attributes"}
    assert told == {
        f"No person carries {name}" for name in ("employeenumber", "entryuuid", "gsnbranch", "gsnuserroleon")
    }


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
