"""The journal grows with the facts it records, stands without what was erased, and shows what was altered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from kypek_sync.contract import Change, Outcome, Receipt, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import Ledger, LedgerError, holds, journal, journal_people, open_ledger, programmes, runs, seats
from kypek_sync.ledger.care_tables import journal as table
from kypek_sync.ledger.care_tables import journal_contents
from kypek_sync.ledger.care_tables import journal_people as people_table
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.journal import Entry, Head, Kind
from kypek_sync.ledger.journal_check import Fault, unexplained, verify
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.journal_reading import Line, lines, newest
from kypek_sync.ledger.programmes import Approval
from kypek_sync.ledger.tables import intents, receipts
from kypek_sync.model import SeatState
from tests.ledger.writes import Writes
from tests.seminar.builders import seat

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ANNA, DORA = Who("anna", "p1"), Who("dora", "p2")


def entry(who: Who | None = ANNA, **content: object) -> Entry:
    return Entry(Kind.DECISION, {"seminar": "EKFE-26-01", "rule": "capacity", **content}, about=who, run=7)


def append(ledger: Ledger, *entries: Entry, kypek: str = "att-a", now: datetime = NOW) -> Head:
    with ledger.begin() as connection:
        return journal.append(connection, kypek, entries, now)


def faults(ledger: Ledger, kypek: str = "att-a") -> list[tuple[int, Fault]]:
    return [(one.number, one.fault) for one in verify(ledger, kypek).breaks]


def chain(ledger: Ledger, kypek: str = "att-a") -> list[Line]:
    return list(lines(ledger, kypek))


@contextmanager
def tampering(ledger: Ledger) -> Iterator[Connection]:
    """Somebody who owns the database takes the guards away first."""
    with ledger.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        else:
            for name in ("journal_keeps_entries", "journal_keeps_all"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection


def test_each_kypek_has_a_chain_of_its_own_that_counts_from_one(ledger: Ledger) -> None:
    append(ledger, entry(), entry(DORA))
    append(ledger, entry(), kypek="att-v")
    last = append(ledger, entry(DORA), now=LATER)
    assert [line.number for line in chain(ledger)] == [1, 2, 3]
    assert [line.number for line in chain(ledger, "att-v")] == [1]
    assert verify(ledger, "att-a").head == last
    assert faults(ledger) == faults(ledger, "att-v") == []
    with ledger.begin() as connection:
        assert journal.chains(connection) == ["att-a", "att-v"]
        assert journal.head(connection, "att-g") == Head(0, "0" * 64)


def test_nothing_to_append_is_nothing(ledger: Ledger) -> None:
    writes = Writes(ledger)
    assert append(ledger) == Head()
    assert writes.count == 0


def test_the_chain_itself_names_nobody_and_says_nothing(ledger: Ledger) -> None:
    append(ledger, entry(Who("anna", "p1"), because="Η anna έκανε αίτηση"))
    with ledger.begin() as connection:
        row = connection.execute(select(table)).one()
    words = " ".join(str(value) for value in row)
    assert "anna" not in words
    assert "p1" not in words.split()
    assert "EKFE" not in words


def test_a_person_keeps_one_opaque_id_and_a_namesake_under_the_same_login_gets_another(ledger: Ledger) -> None:
    append(ledger, entry(ANNA), entry(Who("anna")))
    append(ledger, entry(Who("anna", "p9")), entry(DORA), entry(ANNA), now=LATER)
    ids = [line.person for line in chain(ledger)]
    assert ids[0] == ids[1] == ids[4]
    assert len(set(ids)) == 3
    with ledger.begin() as connection:
        assert journal_people.behind(connection, "att-a", ["anna"], ["p1"]) == {ids[0]}
        assert journal_people.behind(connection, "att-a", ["anna"], []) == {ids[0], ids[2]}


def test_others_in_a_content_are_listed_by_their_opaque_ids(ledger: Ledger) -> None:
    append(ledger, Entry(Kind.HOLD, {"state": "approved"}, people={"who": [Who("officer1")], "whom": [ANNA, DORA]}))
    (line,) = chain(ledger)
    assert line.content is not None
    with ledger.begin() as connection:
        names = journal_people.logins(connection, "att-a")
    assert [names[one] for one in line.content["whom"]] == ["anna", "dora"]
    assert [names[one] for one in line.content["who"]] == ["officer1"]


def test_a_transaction_that_is_rolled_back_leaves_no_gap(ledger: Ledger) -> None:
    append(ledger, entry())
    with ledger.begin(keep=False) as connection:
        assert journal.append(connection, "att-a", [entry(), entry(DORA)], NOW).number == 3
    append(ledger, entry(DORA), now=LATER)
    assert [line.number for line in chain(ledger)] == [1, 2]
    assert faults(ledger) == []


def test_writers_at_the_same_moment_never_fork_a_chain(ledger: Ledger, url: str, tmp_path: Path) -> None:
    """Threads of one process and, on PostgreSQL, connections of several: every third of their steps is rolled back."""
    others = [ledger, open_ledger(url, tmp_path), open_ledger(url, tmp_path)]
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait()
        for step in range(12):
            with others[number % 3].begin(keep=step % 3 != 2) as connection:
                journal.append(connection, "att-a", [entry(), entry(Who(f"t{number}-{step}"))], NOW)
                journal.append(connection, "att-a", [entry(DORA)], NOW)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.number for line in chain(ledger)] == list(range(1, 6 * 8 * 3 + 1))
    assert faults(ledger) == []
    for other in others[1:]:
        other.close()


def test_many_at_once_cost_a_query_for_the_head_and_a_bulk_insert(ledger: Ledger) -> None:
    writes = Writes(ledger)
    append(ledger, *(entry(Who(f"t{n % 800}", f"p{n % 800}")) for n in range(4_000)))
    assert writes.count == 3  # entries, contents, people
    assert faults(ledger) == []


def test_more_than_a_portion_is_still_one_chain(ledger: Ledger) -> None:
    append(ledger, *(entry() for _ in range(5_003)))
    verdict = verify(ledger, "att-a")
    assert (verdict.head.number, verdict.contents, verdict.breaks) == (5_003, 5_003, [])
    with ledger.begin() as connection:
        assert [line.number for line in newest(connection, "att-a", 3)] == [5_001, 5_002, 5_003]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET kind = 'other'",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE number = 2",
    ],
)
def test_the_database_refuses_to_alter_the_journal(ledger: Ledger, statement: str) -> None:
    append(ledger, entry(), entry(DORA))
    with pytest.raises(LedgerError, match="append-only"), ledger.begin() as connection:
        connection.execute(text(statement))
    assert len(chain(ledger)) == 2


def test_the_database_refuses_to_put_another_entry_in_the_place_of_one(ledger: Ledger) -> None:
    append(ledger, entry())
    with ledger.begin() as connection:
        row = dict(connection.execute(select(table)).one()._mapping)
        verb = "INSERT OR REPLACE" if connection.dialect.name == "sqlite" else "INSERT"
    with pytest.raises(LedgerError), ledger.begin() as connection:
        connection.execute(insert(table).values(**row | {"kind": "other"}).prefix_with(verb.partition(" ")[2]))
    with pytest.raises(LedgerError), ledger.begin() as connection:
        connection.execute(
            text("TRUNCATE journal" if connection.dialect.name == "postgresql" else "DELETE FROM journal")
        )
    assert faults(ledger) == []


def test_an_entry_that_was_taken_out_is_missed(ledger: Ledger) -> None:
    append(ledger, entry(), entry(DORA), entry())
    with tampering(ledger) as connection:
        connection.execute(delete(table).where(table.c.number == 2))
    assert faults(ledger) == [(2, Fault.CONTENT_ASTRAY), (3, Fault.GAP), (3, Fault.BEFORE)]


def test_an_end_that_was_cut_off_is_shown_by_a_head_that_was_written_out(ledger: Ledger) -> None:
    append(ledger, entry(), entry(DORA))
    written = ("2026-11-02", append(ledger, entry()))
    with tampering(ledger) as connection:
        for one in (table, journal_contents):
            connection.execute(delete(one).where(one.c.number == 3))
    assert faults(ledger) == []
    verdict = verify(ledger, "att-a", [written])
    assert [(one.number, one.fault, one.detail) for one in verdict.breaks] == [(3, Fault.HEAD, "2026-11-02")]


def test_a_chain_that_was_written_anew_is_shown_by_a_head_that_was_written_out(ledger: Ledger) -> None:
    written = ("2026-11-02", append(ledger, entry(), entry(DORA)))
    with tampering(ledger) as connection:
        for one in (table, journal_contents, people_table):
            connection.execute(delete(one))
    append(ledger, entry(), entry(rule="friend"))
    assert faults(ledger) == []
    assert [one.fault for one in verify(ledger, "att-a", [written]).breaks] == [Fault.HEAD]


def test_a_content_that_vanished_without_a_word_is_missed(ledger: Ledger) -> None:
    append(ledger, entry(), entry(DORA))
    with ledger.begin() as connection:
        connection.execute(delete(journal_contents).where(journal_contents.c.number == 1))
    assert faults(ledger) == [(1, Fault.CONTENT_MISSING)]


def test_an_erasure_that_the_chain_tells_breaks_nothing(ledger: Ledger) -> None:
    append(ledger, entry(), entry(DORA), entry())
    with ledger.begin() as connection:
        connection.execute(delete(journal_contents).where(journal_contents.c.number.in_([1, 3])))
        mine = journal_people.behind(connection, "att-a", ["anna"], [])
        journal_people.forget(connection, "att-a", mine)
        told = [Entry(Kind.FORGOTTEN, {"erased": [1, 3]}, about=one) for one in mine]
        journal.append(connection, "att-a", told, LATER)
    verdict = verify(ledger, "att-a")
    assert (verdict.breaks, verdict.erased, verdict.contents) == ([], 2, 2)


def test_who_is_behind_an_id_cannot_be_exchanged_or_lost_without_a_word(ledger: Ledger) -> None:
    append(ledger, entry(), entry(DORA))
    with ledger.begin() as connection:
        connection.execute(update(people_table).where(people_table.c.login == "anna").values(login="berta"))
    assert faults(ledger) == [(1, Fault.PERSON)]
    with ledger.begin() as connection:
        connection.execute(delete(people_table).where(people_table.c.login == "berta"))
    assert faults(ledger) == [(1, Fault.PERSON_MISSING)]


def test_a_seat_an_answer_a_hold_and_an_approval_are_journalled_with_their_fact(ledger: Ledger) -> None:
    change = Change(Verb.ENROL, Target("moodle", "EKFE-26-01", login="anna"), because=("row 3",))
    with ledger.begin() as connection:
        seats.record_seats(connection, "att-a", [seat("anna", SeatState.GRANTED)], {}, None, NOW)
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        asked = runs.intend(connection, run, "att-a", [change, change, change], NOW)
        runs.receive(connection, asked[0], Receipt(Outcome.AMBIGUOUS), NOW)
        runs.receive(connection, asked[1], Receipt(Outcome.REFUSED), NOW)
        runs.receive(connection, asked[2], Receipt(Outcome.DONE), NOW)
        number = holds.keep(connection, "att-a", "mode", "EKFE-26-01", "moodle", [change], Sentence("why"), NOW)
        holds.decide(connection, number, HoldState.APPROVED, "officer1", NOW, None)
        holds.decide(connection, number, HoldState.APPROVED, "officer1", NOW, None)
        programmes.approve(connection, "att-a", Approval("ekfe", "ab", "officer1", "Πράξη 5", NOW))
    found = chain(ledger)
    assert [line.kind for line in found] == ["decision", "change", "change", "settled", "hold", "approval"]
    assert [(line.run, line.record) for line in found[1:4]] == [(run, asked[0]), (run, asked[2]), (run, asked[0])]
    assert found[2].content is not None
    assert found[2].content["because"] == ["row 3"]
    assert found[2].content["outcome"] == "done"
    assert found[5].content is not None
    assert found[5].content["decision"] == "Πράξη 5"
    assert found[0].person == found[1].person != found[4].person
    assert faults(ledger) == []
    with ledger.begin() as connection:
        assert unexplained(connection, "att-a") == []


def test_an_answer_without_an_entry_and_an_entry_without_an_answer_are_found(ledger: Ledger) -> None:
    change = Change(Verb.ENROL, Target("moodle", "EKFE-26-01", login="anna"))
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        first, second = runs.intend(connection, run, "att-a", [change] * 2, NOW)
        runs.receive(connection, first, Receipt(Outcome.DONE), NOW)
        connection.execute(delete(receipts).where(receipts.c.intent == first))
        connection.execute(insert(receipts).values(intent=second, at=LATER, outcome="done"))
        found = [(one.what, one.number) for one in unexplained(connection, "att-a")]
    assert found == [("entry", 1), ("look-up", first), ("receipt", second)]


def test_what_is_older_than_the_journal_needs_no_entry(ledger: Ledger) -> None:
    change = Change(Verb.ENROL, Target("moodle", "EKFE-26-01", login="anna"))
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        (old,) = runs.intend(connection, run, "att-a", [change], NOW)
        connection.execute(insert(receipts).values(intent=old, at=NOW, outcome="done"))
        connection.execute(update(intents).values(settled=True))
        journal.append(connection, "att-a", [entry()], LATER)
        assert unexplained(connection, "att-a") == []
