"""Narrow look-ups say of each login what a look at the whole directory would say, and fetch nobody else."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, insert
from sqlalchemy.pool import StaticPool

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import Ledger, codec, lookups, persons
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.persons import KnownLogins
from kypek_sync.ledger.tables import people as people_table
from kypek_sync.ledger.tables import person_keys
from kypek_sync.model import Unit
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, START, entry, read, record_all_units

LOGINS = [f"l{n}" for n in range(5)]
OTHER = "another"

Story = list[tuple[bool, int, bool, bool, list[tuple[int, int]]]]
"""People as (in the other directory?, present login, leaving?, gone?, logins had with the minute they came to them)."""

one_person = st.tuples(
    st.booleans(),
    st.integers(0, 4),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=3),
)


def written(connection: Connection, story: Story) -> None:
    """A ledger in which these people are, however they came to be so."""
    for number, (elsewhere, login, leaving, gone, had) in enumerate(story):
        identity, directory = f"{number:032}", OTHER if elsewhere else DIRECTORY
        person = entry(LOGINS[login])
        row = {"id": identity, "directory": directory, "login": person.login, "kind": "teacher", "body": dump(person)}
        row |= {"first_seen": START, "last_seen": START, "absences": int(leaving)}
        row |= {"absent_since": START if leaving else None, "gone_at": START if gone else None}
        connection.execute(insert(people_table).values(**row))
        for which, minute in {login: 1, **dict(had)}.items():
            at = START + timedelta(minutes=minute)
            key = {"directory": directory, "kind": "login", "value": LOGINS[which], "person": identity}
            connection.execute(insert(person_keys).values(first_seen=at, last_seen=at, **key))


def compare(connection: Connection, logins: list[str]) -> None:
    """Every narrow look-up against the one at everything."""
    every = whole_directory.by_login(connection, DIRECTORY)
    assert persons.persons(connection, DIRECTORY, logins) == {one: every[one] for one in logins if one in every}
    assert persons.known_among(connection, DIRECTORY, logins) == every.keys() & set(logins)
    gone = whole_directory.gone_logins(connection, DIRECTORY)
    assert persons.persons_and_gone(connection, DIRECTORY, (), logins)[1] == gone & set(logins)
    with_gone = {one: found for one in logins if (found := whole_directory.one(connection, DIRECTORY, one))}
    assert persons.persons(connection, DIRECTORY, logins, gone_too=True) == with_gone
    assert {one: lookups.person(connection, DIRECTORY, one) for one in logins} == {
        one: with_gone.get(one) for one in logins
    }
    everybody = whole_directory.everybody(connection, DIRECTORY)
    here = {who: known for who, known in everybody.items() if known.gone_at is None}
    assert persons.persons_by_id(connection, DIRECTORY, [f"{n:032}" for n in range(9)]) == here
    assert persons.anybody(connection, DIRECTORY) == bool(here)


@settings(max_examples=300, deadline=None)
@given(story=st.lists(one_person, max_size=6), logins=st.lists(st.sampled_from([*LOGINS, "nobody"]), max_size=6))
def test_they_say_what_a_look_at_everything_says(story: Story, logins: list[str]) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        written(connection, story)
        compare(connection, logins)
    engine.dispose()


@pytest.mark.parametrize("seed", range(5))
def test_they_do_so_on_every_database(ledger: Ledger, seed: int) -> None:
    drawn = random.Random(seed)

    def chance() -> bool:
        return drawn.random() < 0.4

    with ledger.begin() as connection:
        story: Story = [
            (chance(), drawn.randrange(5), chance(), chance(), [(drawn.randrange(5), drawn.randrange(3))])
            for _ in range(9)
        ]
        written(connection, story)
        compare(connection, [*LOGINS, "nobody"])


def test_only_whom_somebody_asks_for_is_decoded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[Any] = []
    with ledger.begin() as connection:
        read(connection, *(entry(f"t{number}") for number in range(40)))
        monkeypatch.setattr(persons, "load", lambda kind, body: decoded.append(body) or codec.load(kind, body))
        assert persons.persons(connection, DIRECTORY, ["t1", "t2", "nobody"]).keys() == {"t1", "t2"}
        assert len(decoded) == 2
        assert persons.known_among(connection, DIRECTORY, ["t1", "nobody"]) == {"t1"}
        assert persons.persons_and_gone(connection, DIRECTORY, (), ["t1", "nobody"])[1] == frozenset()
        assert len(decoded) == 2


def test_more_logins_than_one_query_takes_are_all_looked_up(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "AT_ONCE", 7)
    logins = [f"t{number}" for number in range(40)]
    with ledger.begin() as connection:
        read(connection, *map(entry, logins))
        assert persons.persons(connection, DIRECTORY, logins).keys() == set(logins)
        every = [known.id for known in persons.persons(connection, DIRECTORY, logins).values()]
        assert persons.persons_by_id(connection, DIRECTORY, every).keys() == set(every)
        assert persons.persons_and_gone(connection, DIRECTORY, (), [*logins, "x"])[1] == frozenset()


def test_units_are_fetched_by_id_and_by_who_serves_there(ledger: Ledger) -> None:
    those = [Unit(f"ou=u{number}", f"Σχολείο {number}") for number in range(9)]
    with ledger.begin() as connection:
        record_all_units(connection, Snapshot(DIRECTORY, "units", START, tuple(those), True))
        found = persons.units(connection, DIRECTORY, ["ou=u1", "ou=u8", "ou=dangling"])
        assert found == {"ou=u1": those[1], "ou=u8": those[8]}
        assert persons.units(connection, OTHER, ["ou=u1"]) == {}
        anna = people_of("ou=u2", "ou=dangling")
        assert persons.units_of(connection, DIRECTORY, [anna]) == {"ou=u2": those[2]}


def people_of(*units: str) -> Any:
    """Somebody who serves at these units."""
    from tests.ledger.directory import moved

    return moved(entry("anna"), units=units)


def test_a_login_is_asked_for_once_and_those_that_were_looked_up_before_never() -> None:
    asked: list[set[str]] = []

    def ask(logins: Any) -> frozenset[str]:
        asked.append(set(logins))
        return frozenset(logins) & {"anna", "eleni"}

    known = KnownLogins(ask, ["anna", "maria"], known=["anna"])
    assert "anna" in known
    assert "maria" not in known
    assert "eleni" in known
    assert "eleni" in known
    assert 7 not in known
    assert asked == [{"eleni"}]
