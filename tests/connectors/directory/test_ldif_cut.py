"""Exports that a full disk, a broken line or a server's limit ended: some drawn from a real server by `ldapsearch`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import ProbeLevel, StopConnector, TryLater, whole_people, whole_units
from kypek_sync.language import speaker
from tests.connectors.directory.ldif_files import MakeExport, export
from tests.contracts.directory import context
from tests.contracts.directory_people import LOGINS, PEOPLE, POPULATION
from tests.servers.slapd import READER, MakeSlapd, Slapd

__all__ = ["export"]

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


def bare(login: str, *, rest: tuple[str, ...] = ("mail: {}@sch.example", "gsnBranch: ΠΕ86")) -> str:
    """Somebody as an export shows them that asked for some attributes by name, in no fixed order."""
    lines = (f"dn: uid={login},{PEOPLE}", f"uid: {login}", "sn: X", "cn: X", *(line.format(login) for line in rest))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("lost", [1, 2])
def test_a_cut_between_two_attributes_that_not_all_have_is_seen_by_the_missing_blank_line(
    export: MakeExport, lost: int
) -> None:
    """What ldapsearch -LLL draws with named attributes: the last entry lacks nothing that all others have, and yet its
    mail is gone. Nobody is taken for having none."""
    others = bare("a", rest=()), bare("b", rest=("gsnBranch: ΠΕ86",)), bare("c", rest=("mail: c@sch.example",))
    whole = "\n".join((*others, bare("d"))) + "\n"
    assert whole_people(export(whole)).complete
    cut = "\n".join(whole.rstrip("\n").split("\n")[:-lost]) + "\n"
    snapshot = whole_people(export(cut))
    assert not snapshot.complete
    assert snapshot.why_partial == (
        "The export seems cut: no blank line follows its last entry. Draw it by ldapsearch without -L, -LL or -LLL, so "
        "that it tells its own end."
    )
    assert [person.login for person in snapshot.items] == ["a", "b", "c"]
    greek = worded(snapshot.why_partial, speaker("el"))
    assert "# numEntries" in greek
    assert "seems" not in greek


def test_an_export_without_a_last_blank_line_is_whole_where_its_last_entry_ends_as_all_do(export: MakeExport) -> None:
    """As scripts write that put blank lines between entries only."""
    end = ("mail: {}@sch.example",)
    whole = "\n".join(bare(login, rest=end) for login in "abc")
    assert whole_people(export(whole)).complete
    several = "\n".join(bare(login, rest=("mail: {}@a.example", "mail: {}@b.example")) for login in "abc")
    assert not whole_people(export(several)).complete  # perhaps the third address is missing
    assert not whole_people(export(bare("a"))).complete  # there is nothing to hold it against
    assert whole_people(export(bare("a") + "\n")).complete


@pytest.mark.parametrize("header", ["", "# LDAPv3\n\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_the_half_entry_with_which_a_cut_export_ends_changes_nobody(export: MakeExport, header: str, end: str) -> None:
    """Nor is its digest kept, by which it would pass for read."""
    at = POPULATION.rindex("\nentryUUID")
    content = header + POPULATION[:at] + end
    half = re.findall(r"^dn: uid=([^,]+)", content, re.MULTILINE)[-1]
    snapshot = whole_people(export(content))
    assert not snapshot.complete
    assert {it.login for it in snapshot.items} == {it for it in LOGINS if f"uid={it}," in content.lower()} - {half}
    with pytest.raises(TryLater, match="proves nothing"):
        export(content).person(half)


# ------------------------------------------------------------------------------------------------ ends of searches

HEAD = "# extended LDIF\n#\n# LDAPv3\n# base <dc=sch,dc=gr> with scope subtree\n# filter: (uid=*)\n#\n\n"
RESULT = "# search result\nsearch: 2\nresult: 0 Success\n"
NOBODY = f"{HEAD}{RESULT}\n# numResponses: 1\n"
"""What ldapsearch prints where it finds nobody: no `# numEntries`."""


def counts(entries: int) -> str:
    return f"\n# numResponses: {entries + 1}\n# numEntries: {entries}\n"


def found(login: str) -> str:
    """A whole search that found one person."""
    return f"{HEAD}{bare(login)}\n{RESULT}{counts(1)}"


def test_several_searches_in_one_file_are_proven_when_each_has_its_end(export: MakeExport) -> None:
    snapshot = whole_people(export(found("a") + NOBODY + found("b")))
    assert (snapshot.complete, snapshot.why_partial) == (True, "")
    assert "result 0 of the search" in snapshot.proofs


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (found("a") + HEAD, "lacks the trailer"),
        (found("a") + HEAD + bare("b") + "\n", "lacks the trailer"),
        (found("a") + HEAD + bare("b") + "\n" + RESULT, "lacks the count"),
        (HEAD + bare("b") + "\n" + found("a"), "lacks the trailer"),
        (HEAD + bare("b") + "\n" + RESULT + found("a"), "lacks the count"),
        (HEAD + bare("b") + "\n" + RESULT + "\n# numResponses: 2\n", "lacks the count"),
        (HEAD + bare("b") + "\n" + RESULT + "pagedresults: cookie=BQ==\n" + counts(1), "more follow"),
        (bare("b") + "\n# pagedresults: cookie=BQ==\nversion: 1\n\n", "more follow"),
    ],
)
def test_a_search_that_lacks_its_end_makes_the_file_partial_whatever_ends_beside_it(
    export: MakeExport, content: str, why: str
) -> None:
    snapshot = whole_people(export(content))
    assert not snapshot.complete
    assert why in snapshot.why_partial
    assert "result 0 of the search" not in snapshot.proofs


def test_a_result_without_counts_proves_nothing(export: MakeExport) -> None:
    """As in a file whose comments somebody took out; a cut between two of its pages would not show."""
    snapshot = whole_people(export(bare("a") + "\nsearch: 2\nresult: 0 Success\n"))
    assert snapshot.complete
    assert "result 0 of the search" not in snapshot.proofs
    limited = whole_people(export(bare("a") + "\nsearch: 2\nresult: 4 Size limit exceeded\n"))
    assert "ended with result 4" in limited.why_partial
    for result, step in ((4, "`-E pr=1000/noprompt`"), (3, "Draw the export again.")):
        drawn = export(bare("a") + f"\nsearch: 2\nresult: {result} It ended\n")
        (whole,) = [line for line in drawn.probe().lines if line.subject == "whole"]
        assert whole.next_step.endswith(f"{step}." if step.startswith("`") else step)
    odd = whole_people(export(bare("a") + "\nsearch: 2\nresult: 4 123456783\n"))
    assert odd.why_partial.endswith("ended with result 4 ….")


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

    @pytest.mark.parametrize("words", [(), ("-L",), ("-LL",)])
    def test_one_in_pages_is_partial_wherever_it_is_cut(
        self, slapd: Slapd, export: MakeExport, words: tuple[str, ...]
    ) -> None:
        """Each page has a result of its own; the counts stand behind the last one alone. (With -LL there are none, and
        between two entries of its last page a cut cannot be seen.)"""
        whole = slapd.export(*words, "-E", "pr=5/noprompt", "*", "+")
        people = whole_people(export(whole))
        assert (people.complete, people.why_partial) == (True, "")
        assert ("result 0 of the search" in people.proofs) == (not words)
        first = whole.index(b"\ndn: uid=") + 1
        end = whole.rindex(b"cookie=", 0, whole.rindex(b"cookie=")) if words == ("-LL",) else len(whole)
        ends = [match.end() for match in re.finditer(rb"\n\n|\n(?=# extended)|=\n|Success\n|\n(?=# num)", whole)]
        page = whole.index(b"cookie=")
        cuts = [at for at in ends if first < at < end and (words != ("-LL",) or at > page)]
        assert len(cuts) > 20
        for at in cuts:
            cut = whole_people(export(whole[:at]))
            assert not cut.complete, whole[:at][-300:]

    def test_one_that_lost_an_entry_is_partial(self, slapd: Slapd, export: MakeExport) -> None:
        whole = slapd.export("*", "+").decode()
        start = whole.index(f"dn: uid=robot,{PEOPLE}")
        lost = whole[:start] + whole[whole.index("\n\n", start) + 2 :]
        assert "its trailer counts" in whole_people(export(lost)).why_partial
