"""What changed, by modifyTimestamp and the names of all, on a real OpenLDAP server with either library (D-36)."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from connectors.ldap.changes import AHEAD, Offer
from connectors.ldap.directory import how_changes_are_seen
from kypek_sync.contract import Capability, Gathered, PeopleDelta
from kypek_sync.model import Person, PersonKey
from tests.connectors.directory.changing import LATER, Reader, add, crowd, modify, move_away, remove, rename
from tests.connectors.directory.conftest import MakeLdap
from tests.contracts.directory_people import PEOPLE, POPULATION, UNITS
from tests.servers.slapd import READER, READER_MAY_WRITE, SYNCPROV, MakeSlapd, Slapd

pytestmark = pytest.mark.server("slapd")


@pytest.fixture
def server(make_slapd: MakeSlapd) -> Slapd:
    """A server that tells nothing but modifyTimestamp."""
    return make_slapd(crowd(40), access=READER_MAY_WRITE)


def gone(*logins: str) -> tuple[PersonKey, ...]:
    return tuple(PersonKey("login", login) for login in logins)


def outcome(delta: PeopleDelta) -> tuple[bool, bool, str]:
    return delta.reset, delta.behind, delta.why


def test_changed_new_renamed_moved_and_deleted_people_are_told(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0001")
    add(server, "new")
    rename(server, "t0002", "renamed")
    move_away(server, "t0003")
    remove(server, "t0004", "t0005")
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert outcome(delta) == (False, False, "")
    assert set(delta.gone) == set(gone("t0002", "t0003", "t0004", "t0005"))
    afresh = Reader(ldap(server, now=LATER))
    assert reader.people == afresh.people


def test_a_second_delta_brings_only_what_the_overlap_brings_again(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0001")
    remove(server, "t0004")
    reader.delta(ldap(server, now=LATER))
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (brought, delta.gone, outcome(delta)) == (["t0001"], (), (False, False, ""))


def test_a_delta_maps_and_digests_an_entry_as_a_full_read_does(server: Slapd, ldap: MakeLdap) -> None:
    """modifyTimestamp, which only a delta asks for, is no part of what is compared."""

    class Digests(Gathered[Person]):
        def __init__(self) -> None:
            super().__init__()
            self.digests: set[bytes] = set()

        def take(self, item: Person | None, digest: bytes, findings: object) -> None:
            self.digests.add(digest)

    modify(server, "t0001")
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0001")
    whole, changed = Digests(), Digests()
    ldap(server, now=LATER).people_since(reader.cursor, changed, reader.known)
    ldap(server, now=LATER).read_people(whole)
    assert len(changed.digests) == 1
    assert changed.digests < whole.digests


def test_our_own_clock_does_not_matter(server: Slapd, ldap: MakeLdap) -> None:
    """The cursor is the server's time: with our clock half a day ahead or behind nothing is missed."""
    for ours in (LATER + AHEAD / 2, LATER - AHEAD / 2):
        reader = Reader(ldap(server, now=ours))
        modify(server, "t0001", f"{ours:%H}@sch.example")
        remove(server, sorted(reader.people)[-1])
        delta, _ = reader.delta(ldap(server, now=ours))
        assert outcome(delta) == (False, False, "")
        assert reader.people == Reader(ldap(server, now=ours)).people


def test_a_change_that_came_late_to_a_replica_is_not_missed(server: Slapd, ldap: MakeLdap) -> None:
    """The overlap: the newest change that was seen is ten minutes younger than the one that comes now."""
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0001")
    body = json.loads(reader.cursor)
    body["newest"] = (datetime.now(UTC) + timedelta(minutes=10)).strftime("%Y%m%d%H%M%SZ")
    reader.cursor = json.dumps(body | {"held": False})
    _, brought = reader.delta(ldap(server, now=LATER))
    assert brought == ["t0001"]


def test_a_clock_far_behind_the_directory_asks_for_a_full_read_that_gives_no_cursor(
    server: Slapd, ldap: MakeLdap
) -> None:
    modify(server, "t0001")
    long_ago = LATER - timedelta(days=400)
    reader = Reader(ldap(server, now=LATER))
    delta, _ = reader.delta(ldap(server, now=long_ago))
    assert delta.reset
    assert "Our clock is far behind the directory's" in delta.why
    assert ldap(server, now=long_ago).read_people(Gathered()).cursor == ""


def test_an_entry_dated_in_the_future_hides_no_change(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    entries = crowd(10).replace("modifyTimestamp: 2026", "modifyTimestamp: 2099", 1)
    assert "modifyTimestamp: 2099" in entries
    server = make_slapd(entries, access=READER_MAY_WRITE)
    reader = Reader(ldap(server, now=LATER))
    modify(server, "t0005")
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert "t0005" in brought
    modify(server, "t0006")
    _, brought = reader.delta(ldap(server, now=LATER))
    assert {"t0005", "t0006"} <= set(brought)
    assert outcome(delta) == (False, False, "")


def test_a_server_that_shows_an_earlier_state_costs_nothing_and_keeps_the_cursor(server: Slapd, ldap: MakeLdap) -> None:
    """A replica that lags, or a backup: nobody is taken for changed back, new or gone."""
    backup = server.keep()
    modify(server, "t0001")
    reader = Reader(ldap(server, now=LATER))
    server.put_back(backup)
    before = (dict(reader.people), reader.cursor)
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert (delta.behind, delta.reset, delta.gone, delta.cursor) == (True, False, (), reader.cursor)
    assert delta.why.startswith("The directory shows no change as late as that, and a change of ")
    assert (reader.people, reader.cursor) == before


def test_the_newest_entry_may_be_deleted_and_the_server_is_not_behind(server: Slapd, ldap: MakeLdap) -> None:
    modify(server, "t0001")
    reader = Reader(ldap(server, now=LATER))
    remove(server, "t0001")
    for expected in (gone("t0001"), ()):
        delta, _ = reader.delta(ldap(server, now=LATER))
        assert (delta.gone, outcome(delta)) == (expected, (False, False, ""))


def test_an_entry_that_came_with_an_old_date_asks_for_a_full_read(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """An import, or a replica further behind than the overlap: the names show somebody of whom no change told."""
    server = make_slapd(crowd(12), access=READER_MAY_WRITE)
    reader = Reader(ldap(server, now=LATER))
    del reader.people["t0007"]
    body = json.loads(reader.cursor)
    reader.cursor = json.dumps(body | {"newest": "20261102080000Z", "held": False})
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert outcome(delta) == (True, False, "1 entries are there of which no change told.")


@pytest.mark.parametrize("cursor", ["nonsense", "", "20261031000000Z", "x)(uid=*"])
def test_what_is_no_cursor_asks_for_a_full_read(slapd: Slapd, ldap: MakeLdap, cursor: str) -> None:
    delta = ldap(slapd).people_since(cursor, Gathered())
    assert (delta.reset, delta.entries, delta.cursor) == (True, 0, "")
    assert delta.why == "The cursor is none of this directory as it is read now."


def test_a_cursor_of_another_place_asks_for_a_full_read(server: Slapd, ldap: MakeLdap) -> None:
    """Settings that changed: what is below another place, or at another address, was never read."""
    reader = Reader(ldap(server, now=LATER))
    delta, _ = reader.delta(ldap(server, now=LATER, people="ou=services"))
    assert delta.reset


@pytest.mark.parametrize(("limit", "word"), [("size.hard=25 size.soft=25", "size limit")])
def test_a_delta_that_was_cut_asks_for_a_full_read(server: Slapd, ldap: MakeLdap, limit: str, word: str) -> None:
    """D-30: of the names, and of what changed."""
    reader = Reader(ldap(server, now=LATER))
    for number in range(30):
        modify(server, f"t{number:04}")
    server.reconfigure(limits=(f'limits dn.exact="{READER}" {limit}',))
    for known in (reader.known, None):
        kept: Gathered[Person] = Gathered()
        delta = ldap(server, now=LATER, page_size=10).people_since(reader.cursor, kept, known)
        assert delta.reset
        assert f"stopped at its {word}" in delta.why
        assert (delta.gone, delta.cursor) == ((), "")


def test_names_that_were_cut_make_nobody_gone(server: Slapd, ldap: MakeLdap) -> None:
    """D-30: what changed was told whole, the names of all were not."""
    modify(server, "t0001")
    reader = Reader(ldap(server, now=LATER))
    server.reconfigure(limits=(f'limits dn.exact="{READER}" size.hard=25 size.soft=25',))
    delta, _ = reader.delta(ldap(server, now=LATER, page_size=10))
    assert (delta.reset, delta.gone) == (True, ())


def test_without_modify_timestamp_there_is_no_cursor_and_no_delta(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    server = make_slapd(
        crowd(5), access=("access to attrs=modifyTimestamp by * none", *READER_MAY_WRITE), overlays=SYNCPROV
    )
    directory = ldap(server, now=LATER)
    assert directory.capabilities() == frozenset()
    assert directory.read_people(Gathered()).cursor == ""


def test_a_right_that_was_taken_away_is_noticed_by_the_next_delta(server: Slapd, ldap: MakeLdap) -> None:
    """To a filter on an attribute that may not be read the server answers nobody, without an error."""
    directory = ldap(server, now=LATER)
    reader = Reader(directory)
    assert directory.capabilities() == {Capability.PEOPLE_DELTA}
    server.reconfigure(access=("access to attrs=modifyTimestamp by * none", *READER_MAY_WRITE))
    delta, _ = reader.delta(directory)
    assert outcome(delta) == (True, False, "The directory does not show modifyTimestamp any more.")


def test_where_names_take_long_they_are_looked_at_from_time_to_time(server: Slapd, ldap: MakeLdap) -> None:
    reader = Reader(ldap(server, now=LATER))
    reader.cursor = json.dumps(json.loads(reader.cursor) | {"names_took": 2.1})
    remove(server, "t0004")
    modify(server, "t0001")
    asked = reader.asked
    delta, _ = reader.delta(ldap(server, now=LATER + timedelta(minutes=29)))
    assert (delta.gone, reader.asked) == ((), asked)
    delta, _ = reader.delta(ldap(server, now=LATER + timedelta(minutes=30)))
    assert delta.gone == gone("t0004")
    reader.cursor = json.dumps(json.loads(reader.cursor) | {"names_took": 2.1})
    remove(server, "t0005")
    delta, _ = reader.delta(ldap(server, now=LATER))  # our clock was set back
    assert delta.gone == gone("t0005")


def test_a_server_that_tells_its_state_is_not_asked_for_more_while_it_is_the_same(
    make_slapd: MakeSlapd, ldap: MakeLdap
) -> None:
    """contextCSN, with either library: one small question."""
    server = make_slapd(crowd(40), access=READER_MAY_WRITE, overlays=SYNCPROV)
    directory = ldap(server, now=LATER)
    reader = Reader(directory)
    assert json.loads(reader.cursor)["state"]
    cursor, asked = reader.cursor, reader.asked
    delta, brought = reader.delta(directory)
    assert (brought, delta.entries, delta.cursor, reader.asked) == ([], 0, cursor, asked)


def test_deletions_that_were_not_looked_for_are_found_although_nothing_else_changes(
    make_slapd: MakeSlapd, ldap: MakeLdap
) -> None:
    server = make_slapd(crowd(40), access=READER_MAY_WRITE, overlays=SYNCPROV)
    reader = Reader(ldap(server, now=LATER, library="ldap3"))
    reader.cursor = json.dumps(json.loads(reader.cursor) | {"names_took": 2.1})
    remove(server, "t0004")
    delta, _ = reader.delta(ldap(server, now=LATER, library="ldap3"))
    assert delta.gone == ()
    delta, _ = reader.delta(ldap(server, now=LATER + timedelta(minutes=30)))
    assert delta.gone == gone("t0004")


def test_a_state_that_went_back_is_told_by_it(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    server = make_slapd(crowd(40), access=READER_MAY_WRITE, overlays=SYNCPROV)
    modify(server, "t0001")
    backup = server.keep()
    _next_second()
    remove(server, "t0002")
    reader = Reader(ldap(server, now=LATER))
    server.put_back(backup)
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert (delta.behind, delta.reset, delta.cursor, brought) == (True, False, reader.cursor, [])
    modify(server, "t0003")  # and it goes on from there, as a replica does that catches up
    delta, _ = reader.delta(ldap(server, now=LATER))
    assert not delta.behind


def test_a_group_touches_no_entry_so_its_role_waits_for_the_full_read(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """A documented limit of deltas: memberOf is computed, and modifyTimestamp stays."""
    server = make_slapd(POPULATION, access=READER_MAY_WRITE)
    modify(server, "psamar")
    reader = Reader(ldap(server, now=LATER))
    groups = f"ou=Groups,ou=att-g,{UNITS}"
    server.change(f"dn: {groups}\nchangetype: add\nobjectClass: organizationalUnit\nou: Groups\n")
    words = f"objectClass: groupOfNames\ncn: lab\nmember: uid=mpappa,{PEOPLE}\n"
    server.change(f"dn: cn=lab,{groups}\nchangetype: add\n{words}")
    delta, brought = reader.delta(ldap(server, now=LATER))
    assert "mpappa" not in brought
    assert outcome(delta) == (False, False, "")
    roles = {role.role for role in Reader(ldap(server, now=LATER)).people["mpappa"].roles}
    assert "lab" in roles


def _next_second() -> None:
    """Wait for the next second of the clock: modifyTimestamp has no finer one."""
    now = int(time.time())
    while int(time.time()) == now:
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("overlays", "said"),
    [
        (
            SYNCPROV,
            {"ldap3": "Write library: auto: python-ldap is installed", "python-ldap": "The server itself tells"},
        ),
        ((), {"ldap3": "What changed is seen by modify", "python-ldap": "What changed is seen by modify"}),
    ],
)
def test_check_says_how_changes_are_seen(
    make_slapd: MakeSlapd, ldap: MakeLdap, library: str, overlays: tuple[str, ...], said: dict[str, str]
) -> None:
    server = make_slapd(crowd(3), overlays=overlays)
    (line,) = [line for line in ldap(server).probe().lines if line.subject == "changes"]
    assert said[library] in f"{line.text} {line.next_step}"


def test_check_says_which_library_does_what(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """With `auto` two of them where the server offers syncrepl, else one."""
    read = "Everything is read by ldap3"
    offering, other = make_slapd(crowd(3), overlays=SYNCPROV), make_slapd(crowd(3))
    for server, library, words in (
        (offering, "auto", f"{read}; syncrepl is heard by python-ldap."),
        (offering, "ldap3", f"{read}."),
        (offering, "python-ldap", "Everything is read by python-ldap."),
        (other, "auto", f"{read}."),
    ):
        lines = ldap(server, library=library).probe().lines
        assert [line.text for line in lines if line.subject == "LDAP library"] == [words]


def test_check_advises_the_setting_where_python_ldap_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It advised to install what is installed; with `auto` it would have been used."""
    served = Offer(by_time=True, by_sync=False, served=True)
    assert how_changes_are_seen(served, "ldap3").next_step.startswith("Write library: auto")
    assert how_changes_are_seen(served, "auto").next_step.startswith("Install python-ldap")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert how_changes_are_seen(served, "ldap3").next_step.startswith("Install python-ldap")
    assert how_changes_are_seen(Offer(by_time=True, by_sync=False), "ldap3").next_step == ""
