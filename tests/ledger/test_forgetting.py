"""Who is meant and who is not: logins inside logins, namesakes, accents; and what ends with time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from kypek_sync.ledger import Ledger, journal, journal_people, journal_retention, searching
from kypek_sync.ledger.forgetting import forget
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_check import verify
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.journal_reading import lines
from kypek_sync.ledger.naming import FORGOTTEN, Subject, is_forgotten, subject
from kypek_sync.ledger.people import Departure
from kypek_sync.ledger.tables import approvals, cases
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, entry, read, record, seen

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SOON = Departure(1, timedelta(0), timedelta(0))
ANNA = Subject(
    "anna",
    frozenset({"anna"}),
    names=frozenset({"Άννα Παπαδοπούλου", "Παπαδοπούλου Άννα"}),
    addresses=frozenset({"anna.p@sch.example"}),
    words={"anna": "forgotten-1"},
)


@pytest.mark.parametrize(
    "text",
    [
        "anna",
        "Η anna.",
        "- anna (Άννα), σεμινάριο",
        "ΑΝΝΑ ΠΑΠΑΔΟΠΟΥΛΟΥ",
        "παπαδοπουλου αννα",
        "<ANNA.P@sch.example>",
        "seat:anna",
        "anna@sch.example",
    ],
)
def test_a_person_is_found_in_any_case_and_without_accents(text: str) -> None:
    assert ANNA.named_in({"a": ["x", text]})
    assert "forgotten-1" in ANNA.replaced(text)
    assert not ANNA.named_in(ANNA.replaced(text))


@pytest.mark.parametrize(
    "text", ["joanna", "anna2", "anna-maria", "anna.maria", "x.anna", "Παπαδοπούλου", "ioanna.p@x"]
)
def test_a_login_inside_another_and_a_surname_alone_are_somebody_else(text: str) -> None:
    assert not ANNA.named_in(text)
    assert ANNA.replaced(text) == text


def test_the_rest_of_a_text_stays_letter_for_letter() -> None:
    assert ANNA.replaced("Ο Ίων, η anna και η Ωραία Ελένης.") == "Ο Ίων, η forgotten-1 και η Ωραία Ελένης."


def test_a_namesake_who_has_the_login_now_keeps_what_is_theirs(ledger: Ledger) -> None:
    """The first anna was renamed to maria and left; somebody else is called maria now."""
    anna, renamed = entry("anna", uuid="u1", surname="Α"), entry("maria", uuid="u1", surname="Α")
    namesake = entry("maria", uuid="u2", surname="Β", given="Νέα")
    with ledger.begin() as connection:
        for number, those in enumerate(([anna], [renamed], [], [namesake])):
            at = NOW + timedelta(days=number)
            record(connection, seen(*those, at=at), SOON, at)
        who = subject(connection, "anna")
        assert who.logins == {"anna"}
        assert not who.standing
        assert subject(connection, "maria").standing
        forget(connection, "anna", ["att-a"], NOW)
        assert [known.person.login for known in whole_directory.everybody(connection, DIRECTORY).values()] == ["maria"]


def test_lists_keep_the_others_and_decisions_of_the_person_stand_under_a_word(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        body = "Άγνωστοι:\n- anna (Άννα), σεμινάριο Χ\n- dora (Δώρα), σεμινάριο Χ"
        connection.execute(insert(cases).values(kypek="att-a", ref="r", subject="s", body=body, opened=NOW))
        connection.execute(insert(approvals).values(kypek="att-a", who="anna", decision="Πράξη 5", at=NOW))
        forget(connection, "anna", ["att-a"], NOW)
        kept = connection.execute(select(cases.c.body)).scalar_one()
        assert "anna" not in kept
        assert "- dora (Δώρα), σεμινάριο Χ" in kept
        who, decision = connection.execute(select(approvals.c.who, approvals.c.decision)).one()
        assert is_forgotten(who)
        assert who.startswith(FORGOTTEN)
        assert decision == "Πράξη 5"


def test_a_journal_that_knows_nothing_of_somebody_says_nothing_of_their_forgetting(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        journal.append(connection, "att-a", [Entry(Kind.DECISION, about=Who("anna"))], NOW)
        journal.append(connection, "att-v", [Entry(Kind.DECISION, about=Who("dora"))], NOW)
        forget(connection, "anna", ["att-a", "att-v"], NOW)
        assert journal.head(connection, "att-v").number == 1
        forget(connection, "nobody", ["att-a", "att-v"], NOW)  # known to none: each says that it was done
        assert journal.head(connection, "att-v").number == 2
    assert [line.kind for line in lines(ledger, "att-a")] == ["decision", "forgotten", "forgotten"]
    assert verify(ledger, "att-a").whole
    assert verify(ledger, "att-v").whole


def test_a_content_that_only_mentions_somebody_is_erased_with_them(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        those = [Entry(Kind.CHANGE, {"detail": word}, about=Who("dora")) for word in ("η anna το έκανε", "joanna")]
        journal.append(connection, "att-a", those, NOW)
        forget(connection, "anna", ["att-a"], NOW)
    assert [line.content is None for line in lines(ledger, "att-a")] == [True, False, False]
    assert verify(ledger, "att-a").whole


def test_what_the_journal_says_ends_with_its_time_and_the_chain_stays(ledger: Ledger) -> None:
    year = timedelta(days=365)
    with ledger.begin() as connection:
        journal.append(connection, "att-a", [Entry(Kind.DECISION, {"a": 1}, Who("anna"))], NOW)
        journal.append(connection, "att-a", [Entry(Kind.HOLD, {}, people={"who": [Who("officer1")]})], NOW)
        journal.append(connection, "att-a", [Entry(Kind.HOLD, people={"who": [Who("officer1")]})], NOW + year)
        assert journal_retention.erase(connection, year, NOW + year) == 0  # whole months only
        later = NOW + year + timedelta(days=60)
        assert journal_retention.erase(connection, year, later) == 2
        assert journal_retention.erase(connection, year, later) == 0
        assert set(journal_people.logins(connection, "att-a").values()) == {"officer1"}
    assert [line.content is None for line in lines(ledger, "att-a")] == [True, True, False, False]
    verdict = verify(ledger, "att-a")
    assert (verdict.breaks, verdict.erased) == ([], 2)


def test_other_people_of_the_directory_are_left_as_they_are(ledger: Ledger) -> None:
    """A namesake, and somebody whose surname is spelled like the login of who is forgotten."""
    namesake = entry("maria2", uuid="u2", surname="Παππά", given="Μαρία")
    alike = entry("other", uuid="u3", surname="Maria")
    with ledger.begin() as connection:
        read(connection, entry("maria", uuid="u1", surname="Παππά", given="Μαρία"), namesake, alike)
        before = whole_directory.by_login(connection, DIRECTORY)
        forget(connection, "maria", ["att-a"], NOW)
        after = whole_directory.by_login(connection, DIRECTORY)
        assert after == {login: known for login, known in before.items() if login != "maria"}
        for word, those in (("παππα", ["maria2"]), ("maria", ["other", "maria2"])):
            assert [k.person.login for k in searching.find_persons(connection, DIRECTORY, [word], 9)] == those


def test_a_former_surname_names_the_person_too(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, entry("anna", uuid="u1", surname="Παλιά"))
        read(connection, entry("anna", uuid="u1", surname="Νέα"), days=1)
        who = subject(connection, "anna")
        assert {"Άννα Παλιά", "Παλιά Άννα", "Άννα Νέα", "Νέα Άννα"} <= who.names
        assert who.named_in("ΑΝΝΑ ΠΑΛΙΑ, σεμινάριο")
