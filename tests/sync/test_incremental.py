"""Passes of the directory lane over a real server: what changed during the day, everything where only that can tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from kypek_sync.contract import Gathered
from kypek_sync.ledger import clock_ahead, cursors, reads, without_numbers
from kypek_sync.ledger.cursors import How
from kypek_sync.sync.directory import incremental
from kypek_sync.sync.directory.due import Why
from kypek_sync.sync.lease import LaneLease
from kypek_sync.sync.report import DirectoryStory
from kypek_sync.sync.run import run_lane
from tests.connectors.directory.changing import add, crowd, modify, move_away, remove, rename
from tests.ledger import whole_directory
from tests.servers.slapd import READER_MAY_WRITE, SYNCPROV, MakeSlapd, certificates, make_slapd
from tests.sync.national import Country

__all__ = ["certificates", "make_slapd"]

pytestmark = [pytest.mark.server("slapd"), pytest.mark.slow]

SYNC, TIME, OLD = "syncrepl", "modifyTimestamp with its state", "modifyTimestamp alone"
WAYS = {SYNC: (SYNCPROV, "auto"), TIME: (SYNCPROV, "ldap3"), OLD: ((), "ldap3")}

MakeCountry = Callable[..., Country]


@pytest.fixture
def country(make_slapd: MakeSlapd, tmp_path: Path) -> MakeCountry:
    def make(way: str = SYNC, count: int = 30, rules: str = "") -> Country:
        overlays, library = WAYS[way]
        server = make_slapd(crowd(count), access=READER_MAY_WRITE, overlays=overlays)
        return Country(tmp_path, server, said=f"    library: {library}\n", rules=rules)

    return make


@pytest.mark.parametrize("way", WAYS)
def test_a_day_of_changes_is_known_without_a_full_read(country: MakeCountry, way: str) -> None:
    it = country(way)
    first = it.sync()
    assert (first.directory, first.problems) == (DirectoryStory(How.FULL, Why.FIRST, it.standing().full_at), [])
    add(it.server, "new")
    modify(it.server, "t0001")
    rename(it.server, "t0002", "renamed")
    move_away(it.server, "t0003")
    remove(it.server, "t0004", "t0005")
    report = it.sync()
    assert report.directory == DirectoryStory(How.CHANGES, None, it.standing().full_at)
    assert report.problems == []
    known = it.known()
    assert {login for login, where in known.items() if where == "leaving"} == {"t0003", "t0004", "t0005"}
    assert {"new", "renamed"} <= known.keys()
    assert "t0002" not in known
    assert it.mail("t0001") == "new@sch.example"
    before = it.standing().cursor
    again = it.sync("att-g")
    assert again.directory is not None
    assert (again.directory.how, again.problems, it.known()) == (How.CHANGES, [], known)
    assert again.counts == {}  # what the overlap shows again is as it was
    assert (it.standing().cursor == before) == (way != OLD)


def test_what_deltas_taught_is_what_a_full_read_finds(country: MakeCountry) -> None:
    it = country()
    it.sync()
    modify(it.server, "t0001")
    rename(it.server, "t0002", "renamed")
    remove(it.server, "t0004")
    it.sync()
    taught = it.known()
    with it.open() as inst:
        directory = inst.connectors.directory("att-a")
        assert directory is not None
        kept: Gathered[object] = Gathered()
        directory.read_people(kept)  # type: ignore[arg-type]
    assert {login for login, where in taught.items() if where == "there"} == {p.login for p in kept.items}  # type: ignore[attr-defined]


def test_who_is_gone_by_a_delta_is_leaving_and_full_reads_prove_it(country: MakeCountry) -> None:
    """Rule 2: a delta counts no absence; the first read after the grace, and no other, is made for them."""
    it = country()
    it.sync()
    remove(it.server, "t0004")
    it.sync()
    assert it.known()["t0004"] == "leaving"
    reads = []
    for _ in range(9):
        reads.append(it.sync(minutes=24 * 60).directory)
        if it.known()["t0004"] == "gone":
            break
    assert it.known()["t0004"] == "gone"
    assert {story.why for story in reads if story and story.how is How.FULL} <= {Why.AGE, Why.LEAVING}


def test_somebody_who_comes_back_is_there_again(country: MakeCountry) -> None:
    it = country()
    it.sync()
    move_away(it.server, "t0003")
    it.sync()
    assert it.known()["t0003"] == "leaving"
    it.server.change(
        "dn: uid=t0003,ou=services,dc=sch,dc=gr\nchangetype: modrdn\nnewrdn: uid=t0003\ndeleteoldrdn: 1\n"
        "newsuperior: ou=people,dc=sch,dc=gr\n"
    )
    it.sync()
    assert it.known()["t0003"] == "there"


def test_at_night_everything_is_read(country: MakeCountry) -> None:
    it = country()
    it.sync()
    report = it.sync(minutes=36 * 60)
    assert report.directory is not None
    assert (report.directory.how, report.directory.why) == (How.FULL, Why.AGE)


@pytest.mark.parametrize("way", WAYS)
def test_a_restart_of_the_server_harms_nothing(country: MakeCountry, way: str) -> None:
    it = country(way)
    it.sync()
    remove(it.server, "t0004")
    modify(it.server, "t0001")
    it.server.restart()
    report = it.sync()
    assert report.problems == []
    assert report.outcome == "done"
    assert report.directory is not None
    assert report.directory.how is How.CHANGES
    assert bool(report.directory.remark) == (way == SYNC)
    assert it.known()["t0004"] == "leaving"
    assert it.mail("t0001") == "new@sch.example"


def test_a_stale_cookie_is_healed_by_a_full_read_in_the_same_pass(country: MakeCountry) -> None:
    """D-37."""
    it = country()
    it.sync()
    _turn_back(it, hours=20)
    modify(it.server, "t0001")
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.directory.why, report.problems) == (How.FULL, Why.REFUSED, [])
    assert "could not continue from our state" in report.directory.remark
    assert it.mail("t0001") == "new@sch.example"
    assert it.standing().why == ""
    modify(it.server, "t0002")
    assert it.sync().directory == DirectoryStory(How.CHANGES, None, it.standing().full_at)


def test_a_directory_that_refuses_again_and_again_is_not_read_in_full_each_time(country: MakeCountry) -> None:
    it = country()
    it.sync()
    for _ in range(2):
        _turn_back(it, hours=20)
        modify(it.server, "t0001")
        report = it.sync()
    assert report.directory is not None
    assert report.directory.how is How.NEVER
    assert report.problems == [f"sch: {it.standing().why} The next full read will tell."]
    report = it.sync(minutes=60)
    assert report.directory is not None
    assert (report.directory.how, report.problems) == (How.FULL, [])


@pytest.mark.parametrize("way", WAYS)
def test_a_replica_that_lags_takes_nothing_back_and_is_read_in_full_only_after_long(
    country: MakeCountry, way: str
) -> None:
    it = country(way)
    backup = it.server.keep()
    it.sync()
    modify(it.server, "t0001")
    remove(it.server, "t0004")
    it.sync()
    known, stands = it.known(), it.standing()
    it.server.put_back(backup)
    for _ in range(2):
        report = it.sync()
        assert report.directory is not None
        assert report.directory.how is How.NEVER
        assert report.problems[0].endswith("Nothing is taken from it until it has caught up.")
        assert (it.known(), it.mail("t0001"), it.standing().cursor) == (known, "new@sch.example", stands.cursor)
    report = it.sync(minutes=60)
    assert report.directory is not None
    assert (report.directory.how, report.directory.why) == (How.FULL, Why.REFUSED)
    assert it.known()["t0004"] == "there"
    modify(it.server, "t0002")
    assert it.sync().problems == []


def test_a_delta_that_shows_too_many_gone_is_not_believed(country: MakeCountry) -> None:
    """The full read that follows has guards of its own, and says why it proves nothing."""
    it = country()
    it.sync()
    remove(it.server, *(f"t{number:04}" for number in range(12)))
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.directory.remark) == (How.FULL, "12 of 30 people are gone at once.")
    assert "18 entries, but 30 at the last good read" in report.problems[0]
    assert set(it.known().values()) == {"there"}


def test_a_directory_that_shrank_waits_for_a_person_without_being_read_every_hour(country: MakeCountry) -> None:
    """Each delta was refused, and everything was read after it again and again; what it says is the same each time."""
    it = country()
    it.sync()
    remove(it.server, *(f"t{number:04}" for number in range(12)))
    (first,) = it.sync().problems
    assert "directory accept sch --why TEXT" in first
    hows = []
    for _ in range(9):
        report = it.sync(minutes=50)
        assert report.directory is not None
        hows.append(report.directory.how)
        assert report.problems == [first]
    assert set(hows) == {How.NEVER}
    assert it.standing().why == "12 of 30 people are gone at once."
    with it.open() as inst, inst.ledger.begin() as connection:
        (last,) = [one for one in reads.all_last(connection, "sch") if one.doubt]
        assert reads.accept(connection, last, "maria", "they moved", inst.clock())
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.problems) == (How.FULL, [])


def test_those_who_are_back_are_told_by_a_delta_and_then_everything_is_read(country: MakeCountry) -> None:
    it = country()
    it.sync()
    those = [f"t{number:04}" for number in range(12)]
    for login in those:
        move_away(it.server, login)
    assert it.sync().problems
    for login in those:
        it.server.change(
            f"dn: uid={login},ou=services,dc=sch,dc=gr\nchangetype: modrdn\nnewrdn: uid={login}\ndeleteoldrdn: 1\n"
            "newsuperior: ou=people,dc=sch,dc=gr\n"
        )
    assert it.sync().problems == []
    report = it.sync(minutes=60)
    assert report.directory is not None
    assert (report.directory.how, report.directory.why, report.problems) == (How.FULL, Why.PARTIAL, [])


def test_a_right_that_was_taken_away_costs_nobody_their_specialty(country: MakeCountry) -> None:
    """The changed entries look whole, and lack what the account may not read any more."""
    it = country()
    it.sync()
    hidden = ("access to attrs=gsnBranch by * none", *READER_MAY_WRITE)
    it.server.reconfigure(access=hidden)
    for number in range(5):
        modify(it.server, f"t{number:04}")
    report = it.sync()
    assert report.directory is not None
    assert "5 of 5 people lost their specialties at once" in report.directory.remark
    assert "lost their specialties at once" in " ".join(report.problems)
    with it.open() as inst, inst.ledger.begin(keep=False) as connection:
        every = whole_directory.everybody(connection, "sch").values()
    assert all(one.person.specialties for one in every)


def test_a_right_that_was_taken_away_takes_nothing_from_a_few_at_a_time_either(country: MakeCountry) -> None:
    """Three entries a delta lack it: too few to conclude anything from, and after a day everybody had lost theirs."""
    it = country(count=12)
    it.sync()
    it.server.reconfigure(access=("access to attrs=gsnBranch by * none", *READER_MAY_WRITE))
    for first in (0, 3, 6):
        logins = [f"t{number:04}" for number in range(first, first + 3)]
        for login in logins:
            modify(it.server, login)
        report = it.sync()
        assert report.directory is not None
        assert (report.directory.how, report.problems) == (How.CHANGES, [])
        assert "sch: 3 of 3 people lost their specialties at once; perhaps the account" in report.notes[0]
        assert {it.mail(login) for login in logins} == {"new@sch.example"}
        assert _with_a_specialty(it) == 12
    night = it.sync(minutes=36 * 60)
    assert "12 of 12 people lost their specialties at once" in night.problems[0]
    assert _with_a_specialty(it) == 12


def test_a_right_to_the_numbers_that_was_taken_away_leaves_what_is_known(country: MakeCountry) -> None:
    """Few in a delta, then everybody: nobody "has no number", and nobody changed."""
    it = country(count=12)
    it.sync()
    with it.open() as inst, inst.ledger.begin(keep=False) as connection:
        told = reads.listed_findings(connection, "sch")
    it.server.reconfigure(access=("access to attrs=employeeNumber,gsnBranch by * none", *READER_MAY_WRITE))
    for login in ("t0001", "t0002"):
        modify(it.server, login)
    assert "2 of 2 people lost their registry number at once" in it.sync().notes[0]
    night = it.sync(minutes=36 * 60)
    assert "12 of 12 people lost their registry number at once" in night.problems[0]
    assert night.counts["changed people"] == 0
    with it.open() as inst, inst.ledger.begin(keep=False) as connection:
        assert reads.listed_findings(connection, "sch") == told


def test_once_it_is_accepted_that_numbers_are_not_read_reads_and_deltas_count_without_them(
    country: MakeCountry,
) -> None:
    """Six entries of a delta that had all lost it made the delta one that nobody believed."""
    it = country(count=12)
    it.sync()
    it.server.reconfigure(access=("access to attrs=employeeNumber by * none", *READER_MAY_WRITE))
    assert "directory accept sch --numbers --why TEXT" in it.sync(minutes=36 * 60).problems[0]
    with it.open() as inst, inst.ledger.begin() as connection:
        without_numbers.accept(connection, "sch", "maria", "for good", inst.clock(), ())
    night = it.sync(minutes=36 * 60)
    assert (night.problems, night.counts["changed people"]) == ([], 0)
    for number in range(6):
        modify(it.server, f"t{number:04}")
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.problems, report.notes) == (How.CHANGES, [], [])
    with it.open() as inst, inst.ledger.begin(keep=False) as connection:
        shown = whole_directory.everybody(connection, "sch").values()
        assert all(any(key.kind == "registry" for key in one.person.keys) for one in shown)
        assert without_numbers.accepted(connection, "sch")


def test_somebody_who_really_lost_a_specialty_has_lost_it_after_the_next_full_read(country: MakeCountry) -> None:
    it = country(count=12)
    it.sync()
    it.server.change("dn: uid=t0001,ou=people,dc=sch,dc=gr\nchangetype: modify\ndelete: gsnBranch\n")
    assert it.sync().notes
    assert _with_a_specialty(it) == 12
    night = it.sync(minutes=36 * 60)
    assert (night.problems, _with_a_specialty(it)) == ([], 11)


def _with_a_specialty(it: Country) -> int:
    with it.open() as inst, inst.ledger.begin(keep=False) as connection:
        return sum(bool(one.person.specialties) for one in whole_directory.everybody(connection, "sch").values())


@pytest.mark.parametrize("way", WAYS)
def test_a_clock_that_was_behind_for_an_hour_takes_no_grace_from_anybody(country: MakeCountry, way: str) -> None:
    """Rule 2: who left meanwhile was leaving since weeks ago, and was gone hours after the clock was right again."""
    it = country(way, count=12)
    it.sync()
    true = it.clock.by
    it.clock.by = true - timedelta(days=20)
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.directory.why) == (How.FULL, Why.CLOCK)
    remove(it.server, "t0003")
    modify(it.server, "t0001")
    report = it.sync()
    assert report.directory == DirectoryStory(How.NEVER, None, it.standing().full_at)
    assert "What changed is not read until the clock is right." in report.problems[0]
    it.clock.by = true + timedelta(minutes=30)
    for _ in range(12):
        it.sync(minutes=200)
        assert it.known()["t0003"] == "leaving"
    assert it.mail("t0001") == "new@sch.example"
    for _ in range(8):
        it.sync(minutes=24 * 60)
    assert it.known()["t0003"] == "gone"


def test_a_clock_that_was_ahead_for_one_full_read_is_put_right_by_a_person(country: MakeCountry) -> None:
    """Rule 1: no read counted, and nothing that changed was read, until that moment had passed."""
    it = country(count=12)
    it.sync()
    true = it.clock.by
    it.clock.by = true + timedelta(days=20)
    it.sync()
    it.clock.by = true + timedelta(minutes=30)
    remove(it.server, "t0003")
    modify(it.server, "t0001")
    way = "`kypek-sync directory accept sch --clock --why TEXT`"
    for why in (Why.CLOCK, None):
        report = it.sync()
        assert report.directory is not None
        assert report.directory.why is why
        assert all(way in problem for problem in report.problems)
        assert report.problems
    with it.open() as inst, inst.ledger.begin() as connection:
        clock_ahead.put_right(connection, "sch", "maria", "an empty battery", inst.clock(), ("att-a",))
    report = it.sync(minutes=60)
    assert report.directory is not None
    assert (report.directory.how, report.directory.why, report.problems) == (How.FULL, Why.PARTIAL, [])
    assert (it.known()["t0003"], it.mail("t0001")) == ("leaving", "new@sch.example")
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.problems) == (How.CHANGES, [])


def test_a_server_that_does_not_answer_is_told_and_the_cursor_stays(country: MakeCountry) -> None:
    it = country()
    it.sync()
    cursor = it.standing().cursor
    it.server.stop()
    report = it.sync()
    assert report.problems
    assert it.standing().cursor == cursor
    it.server.start()
    modify(it.server, "t0001")
    it.sync()
    assert it.mail("t0001") == "new@sch.example"


def test_a_refresh_by_hand_after_a_read_that_showed_a_part_reads_everything(country: MakeCountry) -> None:
    """Within an hour it read what changed only, and what the partial read lacked stayed unknown."""
    it = country()
    it.sync()
    it.server.reconfigure(access=("access to attrs=gsnBranch by * none", *READER_MAY_WRITE))
    with it.open() as inst:
        partly = run_lane(inst, "att-a", "directory", by_hand=True, work=partial(incremental.make, whole=True))
    assert "lost their specialties at once" in partly.problems[0]
    it.server.reconfigure(access=READER_MAY_WRITE)
    of_the_daemon = it.sync()
    assert of_the_daemon.directory is not None
    assert of_the_daemon.directory.how is How.CHANGES
    with it.open() as inst:
        report = run_lane(inst, "att-a", "directory", by_hand=True, work=partial(incremental.make, by_hand=True))
    assert report.directory is not None
    assert (report.directory.how, report.directory.why, report.problems) == (How.FULL, Why.PARTIAL, [])


def test_a_dry_pass_keeps_nothing(country: MakeCountry) -> None:
    it = country()
    it.sync()
    before = it.standing(), it.known()
    remove(it.server, "t0004")
    report = it.sync(dry=True)
    assert report.directory is not None
    assert (report.directory.how, report.counts["leaving"]) == (How.CHANGES, 1)
    assert (it.standing(), it.known()) == before


def test_an_answer_that_somebody_else_overtook_is_thrown_away(
    country: MakeCountry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two KYPEKs of one directory: the older answer must not undo the newer one."""
    it = country()
    it.sync()
    modify(it.server, "t0001", "older@sch.example")
    real = incremental._Lane._record

    def late(self: incremental._Lane, *words: object) -> None:
        monkeypatch.setattr(incremental._Lane, "_record", real)
        modify(it.server, "t0001", "newer@sch.example")
        it.sync("att-g")
        real(self, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(incremental._Lane, "_record", late)
    report = it.sync("att-a")
    assert it.mail("t0001") == "newer@sch.example"
    assert report.problems == []


def test_one_of_several_reads_everything_and_the_others_do_not_begin_it_too(country: MakeCountry) -> None:
    """Rule 11: a server shared by several KYPEKs is read once."""
    it = country()
    with it.open() as inst:
        with LaneLease(inst.ledger, "*sch", incremental.FULL_READ, it.clock):
            assert it.sync("att-g", minutes=0).skipped == "sch is being read in full by another pass."
        it.sync("att-a")
        it.clock.by += timedelta(hours=36)
        modify(it.server, "t0001")
        with LaneLease(inst.ledger, "*sch", incremental.FULL_READ, it.clock):
            report = it.sync("att-g", minutes=0)
            assert report.directory is not None
            assert (report.directory.how, report.skipped) == (How.CHANGES, "")
    assert it.mail("t0001") == "new@sch.example"


@pytest.mark.parametrize("done", [True, False], ids=["who reads it is done", "who read it died"])
def test_a_pass_by_hand_waits_for_whoever_reads_everything_first(
    country: MakeCountry, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """Two KYPEKs of one directory ended with exit 1 for the second, which then knew nobody."""
    it = country()
    with it.open() as inst, ExitStack() as stack:
        stack.enter_context(LaneLease(inst.ledger, "*sch", incremental.FULL_READ, it.clock))
        pauses = []

        def passes(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                stack.close()
                if done:
                    it.sync("att-a", minutes=0)

        monkeypatch.setattr(incremental, "sleep", passes)
        report = it.sync("att-g", minutes=0, by_hand=True)
    assert pauses == [incremental.PAUSE] * 3
    assert (report.skipped, report.problems) == ("", [])
    assert report.directory is not None
    assert report.directory.how is (How.CHANGES if done else How.FULL)
    assert len(it.known()) == 30


def test_a_pass_by_hand_does_not_wait_for_ever(country: MakeCountry, monkeypatch: pytest.MonkeyPatch) -> None:
    it = country()
    monkeypatch.setattr(incremental, "TURNS", 2)
    monkeypatch.setattr(incremental, "PAUSE", 0.0)
    with it.open() as inst, LaneLease(inst.ledger, "*sch", incremental.FULL_READ, it.clock):
        report = it.sync("att-g", minutes=0, by_hand=True)
    assert report.skipped == "sch is being read in full by another pass."


def test_a_directory_without_modify_timestamp_is_read_in_full_each_time(make_slapd: MakeSlapd, tmp_path: Path) -> None:
    hidden = ("access to attrs=modifyTimestamp by * none", *READER_MAY_WRITE)
    it = Country(tmp_path, make_slapd(crowd(5), access=hidden))
    it.sync()
    report = it.sync()
    assert report.directory is not None
    assert (report.directory.how, report.directory.why) == (How.FULL, Why.NO_CHANGES)


def test_a_pass_that_nobody_asked_for_waits_where_only_everything_could_be_read(
    make_slapd: MakeSlapd, tmp_path: Path
) -> None:
    """The interval is short for changes; everything is not read every few minutes."""
    hidden = ("access to attrs=modifyTimestamp by * none", *READER_MAY_WRITE)
    it = Country(tmp_path, make_slapd(crowd(5), access=hidden))
    times = []
    for minutes in (0, 5, 59, 60):
        if not times:
            it.sync()
            read_at = it.clock.by
        it.clock.by = read_at + timedelta(minutes=minutes, seconds=-1 if minutes < 60 else 1)
        with it.open() as inst:
            times.append(incremental.is_time(inst, "att-g"))
    assert times == [True, False, False, True]  # the first one looks from before it: a clock that was set back


def test_where_changes_are_told_every_pass_is_worth_it(country: MakeCountry) -> None:
    it = country()
    with it.open() as inst:
        assert incremental.is_time(inst, "att-a")
        it.sync()
        assert incremental.is_time(inst, "att-a")


def _turn_back(it: Country, hours: float) -> None:
    """The ledger's cursor is as if it had been taken some hours earlier."""
    stands = it.standing()
    body = json.loads(stands.cursor)
    state = [(it.clock() - it.clock.by - timedelta(hours=hours)).strftime("%Y%m%d%H%M%S.000000Z#000000#000#000000")]
    body |= {"state": state, "newest": state[0][:14] + "Z"}
    with it.open() as inst, inst.ledger.begin() as connection:
        assert cursors.took_changes(connection, "sch", stands.cursor, json.dumps(body), it.clock())
