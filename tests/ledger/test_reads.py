"""What was read, how much of it is believed, what was odd about it (design, rule 1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.contract import Member, Snapshot
from kypek_sync.ledger import Ledger, reads
from kypek_sync.ledger.reads import LastRead
from kypek_sync.ledger.tables import findings
from kypek_sync.model import CourseRole, Finding, FindingLevel
from tests.ledger.writes import Writes

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def snapshot(count: int, *, at: datetime = NOW, complete: bool = True) -> Snapshot[str]:
    return Snapshot("ldap", "people", at, tuple(map(str, range(count))), complete, "" if complete else "cut")


LAST = LastRead("ldap", "people", NOW, True, 100, "", NOW, 100)


def test_a_read_far_smaller_than_the_last_good_one_is_partial() -> None:
    assert reads.believed(snapshot(90, at=LATER), LAST, 0.9).complete
    doubted = reads.believed(snapshot(89, at=LATER), LAST, 0.9)
    assert not doubted.complete
    assert "89 entries, but 100 at the last good read (2026-11-02 09:00 UTC)" in doubted.why_partial


def test_an_earlier_state_than_the_last_good_one_is_partial() -> None:
    """Rule 2: an old export put back proves nothing."""
    doubted = reads.believed(snapshot(100, at=NOW - timedelta(days=3)), LAST, 0.9)
    assert "state of 2026-10-30 09:00" in doubted.why_partial
    assert reads.believed(snapshot(100), LAST, 0.9).complete  # the same export again


def test_without_a_good_read_before_nothing_is_doubted() -> None:
    never = replace(LAST, good_as_of=None, good_items=None)
    for last in (None, never, replace(LAST, good_items=0)):
        assert reads.believed(snapshot(1, at=LATER), last, 0.9).complete
    partial = snapshot(1, at=LATER, complete=False)
    assert reads.believed(partial, LAST, 0.9) is partial


def test_only_a_complete_read_becomes_the_last_good_one(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert reads.last(connection, "ldap", "people") is None
        assert not reads.ever(connection, "ldap")
        reads.note(connection, snapshot(100))
        assert reads.ever(connection, "ldap")
        reads.note(connection, snapshot(3, at=LATER, complete=False))
        assert reads.last(connection, "ldap", "people") == LastRead("ldap", "people", LATER, False, 3, "cut", NOW, 100)
        reads.note(connection, snapshot(98, at=LATER))
        last = LastRead("ldap", "people", LATER, True, 98, "", LATER, 98)
        assert reads.all_last(connection) == [last]


def test_nothing_is_never_the_whole_where_something_was() -> None:
    """gitea#7949: however small a read may be by the settings, an empty one is unknown."""
    assert not reads.believed(snapshot(0, at=LATER), LAST, 0).complete
    never_good = replace(LAST, good_as_of=None, good_items=None, complete=False, items=7)
    assert not reads.believed(snapshot(0, at=LATER), never_good, 0.9).complete
    assert reads.believed(snapshot(0, at=LATER), replace(never_good, items=0), 0.9).complete


def test_only_its_size_is_a_doubt_that_a_person_can_lift() -> None:
    assert reads.doubt(snapshot(40, at=LATER), LAST, 0.9) == reads.SIZE
    assert reads.doubt(snapshot(95, at=LATER), LAST, 0.9) == ""
    assert reads.doubt(snapshot(40, at=LATER, complete=False), LAST, 0.9) == ""
    assert reads.doubt(snapshot(40, at=NOW - timedelta(days=3)), LAST, 0.9) == ""


def test_a_size_that_a_person_accepted_is_good_at_the_next_read_and_no_smaller_one(ledger: Ledger) -> None:
    def again(count: int, at: datetime) -> bool:
        with ledger.begin() as connection:
            last = reads.last(connection, "ldap", "people")
            found = snapshot(count, at=at)
            seen = reads.believed(found, last, 0.9)
            reads.note(connection, seen, reads.doubt(found, last, 0.9))
            return seen.complete

    def accepted(why: str = "a directorate moved away") -> bool:
        with ledger.begin() as connection:
            last = reads.last(connection, "ldap", "people")
            assert last is not None
            return reads.accept(connection, last, "maria", why, LATER)

    assert again(100, NOW)
    assert not accepted()  # nothing is doubted
    assert not again(60, NOW + timedelta(hours=1))
    assert not again(60, NOW + timedelta(hours=2))  # however often it comes
    assert accepted()
    assert not again(50, NOW + timedelta(hours=3))  # not about that size
    assert again(59, NOW + timedelta(hours=4))
    with ledger.begin() as connection:
        last = reads.last(connection, "ldap", "people")
    assert last is not None
    assert (last.good_items, last.accepted_items, last.doubt) == (59, None, "")
    assert (last.accepted_by, last.accepted_why, last.accepted_at) == ("maria", "a directorate moved away", LATER)
    assert not again(20, NOW + timedelta(hours=5))


def test_a_read_of_nothing_cannot_be_accepted(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        reads.note(connection, snapshot(100))
        reads.note(connection, replace(snapshot(0, at=LATER), complete=False), reads.SIZE)
        last = reads.last(connection, "ldap", "people")
        assert last is not None
        assert not reads.accept(connection, last, "maria", "it is empty", LATER)


def test_findings_keep_the_moment_they_were_first_seen(ledger: Ledger) -> None:
    old, new = Finding("anna", "unit-dangling", "…"), Finding("dora", "login-shared", "…", FindingLevel.ERROR)
    with ledger.begin() as connection:
        reads.replace_findings(connection, "ldap", [old, Finding("eva", "gone-soon", "…")], NOW)
        reads.replace_findings(connection, "ekfe.xlsx", [old], NOW)
        reads.replace_findings(connection, "ldap", [replace(old, text="mended a little"), new, new], LATER)
        assert reads.listed_findings(connection, "ldap") == [
            ("ldap", new),
            ("ldap", replace(old, text="mended a little")),
        ]
        assert len(reads.listed_findings(connection)) == 3
        seen = {
            r.subject: r.first_seen for r in connection.execute(findings.select().where(findings.c.source == "ldap"))
        }
    assert seen == {"anna": NOW, "dora": LATER}


def test_the_same_findings_again_write_nothing(ledger: Ledger) -> None:
    found = [Finding("anna", "unit-dangling", "…"), Finding("dora", "login-shared", "…", FindingLevel.ERROR)]
    with ledger.begin() as connection:
        reads.replace_findings(connection, "ldap", found, NOW)
    writes = Writes(ledger)
    with ledger.begin() as connection:
        reads.replace_findings(connection, "ldap", found[::-1], LATER)
    assert writes.count == 0


def members(*those: Member, complete: bool = True) -> Snapshot[Member]:
    return Snapshot("moodle", "17", NOW, those, complete)


def test_the_mirror_of_a_course_loses_only_who_is_proven_absent(ledger: Ledger) -> None:
    anna, dora = Member("anna", CourseRole.STUDENT, NOW), Member("dora", CourseRole.STUDENT)
    with ledger.begin() as connection:
        reads.remember_members(connection, "17", members(anna, dora), {})
        known = reads.known_members(connection, "moodle", ["17", "18"])
        assert known == {"17": {"anna": anna, "dora": dora}}
        trainer = replace(dora, role=CourseRole.TRAINER)
        reads.remember_members(connection, "17", members(trainer, trainer, complete=False), known["17"])
        known = reads.known_members(connection, "moodle", ["17"])
        assert known == {"17": {"anna": anna, "dora": trainer}}
        reads.remember_members(connection, "17", members(trainer), known["17"])
        assert reads.known_members(connection, "moodle", ["17"]) == {"17": {"dora": trainer}}
        assert reads.known_members(connection, "eclass", ["17"]) == {}


def test_the_same_members_again_write_nothing(ledger: Ledger) -> None:
    anna = Member("anna", CourseRole.STUDENT, NOW)
    with ledger.begin() as connection:
        reads.remember_members(connection, "17", members(anna), {})
    writes = Writes(ledger)
    with ledger.begin() as connection:
        reads.remember_members(connection, "17", members(anna), {"anna": anna})
    assert writes.count == 0


def test_the_reads_of_a_pass_are_noted_as_one_after_the_other(ledger: Ledger) -> None:
    """Old scopes and new ones, whole reads and partial ones, and one scope twice."""
    before = [(replace(snapshot(n), scope=f"course {n}"), "") for n in range(1, 6)]
    now = [
        (
            replace(snapshot(n, at=NOW + timedelta(hours=1), complete=n % 3 > 0), scope=f"course {n}"),
            reads.SIZE * (n % 2),
        )
        for n in range(2, 12)
    ]
    now += [
        (replace(snapshot(50, complete=False), scope="course 4"), reads.SIZE),
        (replace(snapshot(7), scope="new"), ""),
    ]

    def kept(note_one_by_one: bool) -> list[LastRead]:
        with ledger.begin(keep=False) as connection:
            for those in (before, now):
                if note_one_by_one:
                    for read, doubted in those:
                        reads.note(connection, read, doubted)
                else:
                    reads.note_all(connection, those)
            reads.note_all(connection, [])
            return reads.all_last(connection)

    assert len(kept(True)) == 12
    assert kept(False) == kept(True)
