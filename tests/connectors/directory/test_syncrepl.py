"""What changed, as the server itself tells it (RFC 4533), by python-ldap on a real OpenLDAP server (D-37, D-43)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from connectors.ldap import syncrepl
from connectors.ldap.client import LdapClient, Search
from connectors.ldap.cursor import state_of
from connectors.ldap.line import Kind, Library, Line, Trouble
from connectors.ldap.over_ldap3 import OverLdap3
from connectors.ldap.over_python_ldap import OverPythonLdap
from connectors.ldap.settings import LdapSettings
from connectors.ldap.syncrepl import Heard, heard_since
from kypek_sync.contract import PERSON_ATTRIBUTES, ProbeLevel, TryLater
from kypek_sync.model import PersonKey
from tests.connectors.directory.changing import LATER, Reader, add, crowd, modify, move_away, remove, rename
from tests.connectors.directory.conftest import MakeLdap
from tests.contracts.directory_people import PEOPLE
from tests.servers.slapd import BASE, READER, READER_MAY_WRITE, SYNCPROV, MakeSlapd, Slapd

pytestmark = pytest.mark.server("slapd")

WITHOUT_A_LOG = ("overlay syncprov",)


@pytest.fixture
def library() -> str:
    """The one that can."""
    return "python-ldap"


@pytest.fixture
def server(make_slapd: MakeSlapd) -> Slapd:
    return make_slapd(crowd(40), access=READER_MAY_WRITE, overlays=SYNCPROV)


def client(server: Slapd) -> LdapClient:
    settings = LdapSettings.model_validate({**server.settings, "library": "python-ldap"})
    return LdapClient("sch-ldap", settings, settings.ca_file)


def state(server: Slapd) -> tuple[str, ...]:
    """Where the server stands."""
    ((_, raw),) = client(server).look(Search(BASE, "(objectClass=*)", ("contextCSN",)), limit=1, itself=True)
    return state_of(raw)


def heard(server: Slapd, start: tuple[str, ...]) -> tuple[Heard, list[str]]:
    """What the server tells since a state, and whose entries it brought."""
    brought: list[str] = []
    everybody = Search(PEOPLE, "(!(objectClass=alias))", PERSON_ATTRIBUTES)
    found = heard_since(client(server), everybody, start, lambda dn, raw: brought.append(dn.split(",")[0]))
    return found, sorted(brought)


def uuids(reader: Reader, *logins: str) -> set[PersonKey]:
    """The entryUUIDs of these people as they were known."""
    return {key for login in logins for key in reader.people[login].keys if key.kind == "entry-uuid"}


def test_a_cookie_made_of_the_servers_state_is_continued_from(server: Slapd) -> None:
    """So the full read may be the fast plain search: its cookie is made of contextCSN, read before it."""
    start = state(server)
    assert heard(server, start) == (Heard(state=start), [])
    modify(server, "t0001")
    found, brought = heard(server, start)
    assert (found, brought) == (Heard(entries=1, state=state(server)), ["uid=t0001"])


def test_changed_new_renamed_moved_and_deleted_people_are_told_and_nobody_else(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    expected = uuids(reader, "t0003", "t0004", "t0005")
    modify(server, "t0001")
    add(server, "new")
    rename(server, "t0002", "renamed")
    move_away(server, "t0003")
    remove(server, "t0004", "t0005")
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (brought, delta.entries) == (["new", "renamed", "t0001"], 3)
    assert set(delta.gone) == expected
    assert (delta.reset, delta.behind, delta.why, reader.asked) == (False, False, "", 0)
    assert reader.people == Reader(ldap(server, now=LATER)).people


def test_a_second_delta_brings_nothing_twice(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0001")
    reader.delta(ldap(server, now=LATER))
    remove(server, "t0004")
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (brought, len(delta.gone)) == ([], 1)
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (brought, delta.gone, delta.cursor) == ([], (), reader.cursor)


def test_a_restart_loses_no_change(server: Slapd, ldap: MakeLdap) -> None:
    """The server's log is in its memory; from its newest state it continues all the same."""
    reader = Reader(ldap(server, now=LATER))
    expected = uuids(reader, "t0004")
    server.restart()
    modify(server, "t0001")
    remove(server, "t0004")
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (brought, set(delta.gone), delta.why) == (["t0001"], expected, "")


def test_a_silent_answer_with_everything_is_no_delta(server: Slapd) -> None:
    """D-37: a restart after changes: the log is lost, and the server tells everything anew without a word about it."""
    start = state(server)
    remove(server, "t0004")
    modify(server, "t0001")
    server.restart()
    found, brought = heard(server, start)
    assert found.stale == "it began to tell everything anew"
    assert (found.gone, found.state, brought) == ((), (), [])


def test_a_server_without_a_log_of_deletions_tells_everything_anew_each_time(make_slapd: MakeSlapd) -> None:
    """D-37."""
    server = make_slapd(crowd(40), access=READER_MAY_WRITE, overlays=WITHOUT_A_LOG)
    modify(server, "t0001")
    start = state(server)
    modify(server, "t0002")
    found, _ = heard(server, start)
    assert (found.stale, found.gone) == ("it began to tell everything anew", ())


def test_a_young_state_that_is_lost_is_made_good_by_the_names_of_all(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    remove(server, "t0004")
    modify(server, "t0001")
    server.restart()
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert (delta.reset, delta.behind) == (False, False)
    assert delta.gone == (PersonKey("login", "t0004"),)
    assert delta.why == "The directory could not continue from our state: it began to tell everything anew."
    assert reader.people == Reader(ldap(server, now=LATER)).people
    remove(server, "t0005")
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert [key.kind for key in delta.gone] == ["entry-uuid"]
    assert delta.why == ""


def test_who_was_told_before_the_answer_proved_to_be_none_is_handed_over_once(
    make_slapd: MakeSlapd, ldap: MakeLdap
) -> None:
    """D-37: a log of two deeds; those that stand first in the server's order changed, so they come before the first
    unchanged one shows that everything is told anew. Handed over twice, each was one entry too many for its keys."""
    server = make_slapd(crowd(40), access=READER_MAY_WRITE, overlays=("overlay syncprov", "syncprov-sessionlog 2"))
    reader = Reader(ldap(server, now=LATER))
    start = state(server)
    for login in ("t0000", "t0001", "t0002", "t0003"):
        modify(server, login)
    for login in ("t0009", "t0010"):
        remove(server, login)
    found, brought = heard(server, start)
    assert (found.stale, brought) == ("it began to tell everything anew", [])
    _, brought = reader.delta(ldap(server, now=LATER))
    assert len(brought) == len(set(brought))
    assert {"t0000", "t0001", "t0002", "t0003"} <= set(brought)


def test_an_old_state_that_is_lost_asks_for_a_full_read(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    old = (LATER - timedelta(hours=30)).strftime("%Y%m%d%H%M%S.000000Z#000000#000#000000")
    reader.cursor = json.dumps(json.loads(reader.cursor) | {"state": [old], "newest": old[:14] + "Z"})
    modify(server, "t0001")
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert (delta.reset, delta.cursor, delta.gone) == (True, "", ())
    assert delta.why.startswith("The directory could not continue from our state: it ")
    assert delta.why.endswith(" Our state was 30 h old.")


def test_more_than_a_full_read_is_worth_is_left(server: Slapd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncrepl, "MOST", 3)
    start = state(server)
    for number in range(4):
        modify(server, f"t{number:04}")
    found, brought = heard(server, start)
    assert (found.stale, brought) == ("more than 3 entries", [])


def test_a_state_of_another_server_is_no_ground_for_a_delta(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    other = json.loads(reader.cursor)["state"][0].replace("#000#", "#007#")
    reader.cursor = json.dumps(json.loads(reader.cursor) | {"state": [other]})
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (delta.behind, delta.cursor, delta.gone, brought) == (True, reader.cursor, (), [])


def test_a_server_that_stops_at_a_limit_asks_for_a_full_read(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    for number in range(8):
        modify(server, f"t{number:04}")
    server.reconfigure(limits=(f'limits dn.exact="{READER}" size.hard=5 size.soft=5 size.prtotal=unlimited',))
    reader.cursor = Reader(ldap(server, now=LATER)).cursor  # the log is lost with the restart
    for number in range(8):
        modify(server, f"t{number:04}", "again@sch.example")
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert (delta.reset, delta.cursor) == (True, "")
    assert delta.why == "The directory stopped at its size limit while telling changes."


def test_without_entry_csn_a_stale_cookie_could_not_be_told_so_it_is_not_used(
    make_slapd: MakeSlapd, ldap: MakeLdap
) -> None:
    hidden = ("access to attrs=entryCSN by * none", *READER_MAY_WRITE)
    server = make_slapd(crowd(10), access=hidden, overlays=SYNCPROV)
    reader = Reader(ldap(server, now=LATER))
    remove(server, "t0004")
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert delta.gone == (PersonKey("login", "t0004"),)


def test_a_cursor_that_ldap3_made_is_continued_with_syncrepl_without_losing_a_deletion(
    server: Slapd, ldap: MakeLdap
) -> None:
    """With ldap3 the names were not looked at up to the cursor's state: that is made good first."""
    slow = json.dumps({"names_took": 2.1})
    reader = Reader(ldap(server, now=LATER, library="ldap3"))
    reader.cursor = json.dumps(json.loads(reader.cursor) | json.loads(slow))
    remove(server, "t0004")
    delta, _ = reader.delta(ldap(server, now=LATER, library="ldap3"))
    assert (delta.gone, json.loads(delta.cursor)["unseen"]) == ((), True)
    modify(server, "t0001")
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert delta.gone == (PersonKey("login", "t0004"),)
    assert reader.people == Reader(ldap(server, now=LATER)).people


# ------------------------------------------------------------------------------------------------ two libraries


def closed(kind: Kind) -> Callable[..., Line]:
    """What a library does that comes no further than this."""

    def open_(self: object, settings: LdapSettings, ca_file: str) -> Line:
        raise Trouble(kind)

    return open_


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The libraries of all connections from now on."""
    made: list[str] = []
    for library in (OverLdap3, OverPythonLdap):

        def open_(self: Library, *words: object, real: Callable[..., Line] = library.open) -> Line:
            made.append(self.name)
            return real(self, *words)

        monkeypatch.setattr(library, "open", open_)
    return made


def test_with_auto_one_library_reads_and_the_other_hears(
    server: Slapd, ldap: MakeLdap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same entries by both, and no connection more than with one."""
    made = opened(monkeypatch)
    directory = ldap(server, now=LATER, library="auto")
    reader = Reader(directory)
    assert set(made) == {"ldap3"}
    made.clear()
    modify(server, "t0001")
    expected = uuids(reader, "t0004")
    remove(server, "t0004")
    delta, brought = reader.delta(directory)
    assert (brought, set(delta.gone), delta.why, reader.asked) == (["t0001"], expected, "", 0)
    assert made == ["ldap3", "python-ldap"]  # where the server stands, and what it tells
    assert reader.people == Reader(directory).people


def test_a_delta_of_one_library_is_in_the_digests_of_the_other(server: Slapd, ldap: MakeLdap) -> None:
    """What syncrepl brought is as it was to the full read after it."""
    directory = ldap(server, now=LATER, library="auto")
    reader = Reader(directory)
    modify(server, "t0001")
    kept, again = Digests(), Digests()
    directory.people_since(reader.cursor, kept)
    directory.read_people(again)
    assert len(kept.digests) == 1
    assert kept.digests <= again.digests


@pytest.mark.parametrize("kind", [Kind.CERTIFICATE, Kind.BROKEN, Kind.UNREACHABLE])
def test_where_the_one_that_hears_finds_no_way_in_changes_are_seen_by_their_time(
    server: Slapd, ldap: MakeLdap, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """OpenLDAP's library has another view of a certificate than Python's."""
    directory = ldap(server, now=LATER, library="auto")
    reader = Reader(directory)
    monkeypatch.setattr(OverPythonLdap, "open", closed(kind))
    modify(server, "t0001")
    remove(server, "t0004")
    delta, brought = reader.delta(directory)
    assert "t0001" in brought
    assert (delta.gone, delta.reset) == ((PersonKey("login", "t0004"),), False)
    assert delta.why.startswith("What the directory tells by syncrepl could not be heard. ")
    lines = [line for line in directory.probe().lines if line.subject == "changes"]
    assert [line.level for line in lines] == [ProbeLevel.WARNING]
    assert lines[0].text == delta.why
    assert lines[0].next_step.startswith("Check the ")


def test_a_delta_in_which_there_is_no_sense_is_read_by_the_other(
    server: Slapd, ldap: MakeLdap, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = ldap(server, now=LATER, library="auto")
    reader = Reader(directory)
    modify(server, "t0001")

    def nonsense(values: object) -> None:
        raise Trouble(Kind.NONSENSE)

    monkeypatch.setattr("connectors.ldap.over_python_ldap._insist_on_sense", nonsense)
    delta, brought = reader.delta(directory)
    assert "t0001" in brought
    assert delta.why.endswith("(the answer was no LDAP).")


def test_one_library_alone_has_no_other_way(server: Slapd, ldap: MakeLdap, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0001")
    monkeypatch.setattr(OverPythonLdap, "open", closed(Kind.BROKEN))
    with pytest.raises(TryLater, match="the connection was broken off"):
        reader.delta(ldap(server, now=LATER))


class Digests:
    """A keeper of nothing but the digests."""

    def __init__(self) -> None:
        self.digests: set[bytes] = set()

    def same(self, digest: bytes) -> bool:
        self.digests.add(digest)
        return True

    def take(self, item: object, digest: bytes, findings: object) -> None:
        """Never called: everything is as it was."""
