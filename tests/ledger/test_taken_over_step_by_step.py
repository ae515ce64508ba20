"""An account that another person takes over in several steps is no less theirs than one that they take over at once
(design, rule 12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, insert, select

from kypek_sync.ledger import Ledger
from kypek_sync.ledger.changes_of_people import history
from kypek_sync.ledger.identities import Verdict
from kypek_sync.ledger.tables import applications, people
from kypek_sync.model import Finding, Person
from tests.ledger import whole_directory
from tests.ledger.directory import DIRECTORY, START, codes, decided, entry, ids, moved, read
from tests.ledger.test_deltas_of_people import delta

DORA = entry("dora", uuid="u2", registry="r2", given="Δώρα")
DOUBTED = {("anna", "login-reused"), ("anna", "keys-disagree")}
REUSED = {("anna", "login-reused")}


def anna(*, uuid: str = "u1", registry: str = "r1", new: bool = False, kind: str = "") -> Person:
    """Anna's entry, with the names of the newcomer if these are `new`."""
    names = {"surname": "Άλλη", "given": "Μαρία"} if new else {}
    return moved(entry("anna", uuid=uuid, registry=registry, **names), number_kind=kind)


def seated(connection: Connection, days: float = 0.5) -> str:
    """Anna applies, some days after the start; her id."""
    identity = ids(connection)["anna"]
    key = {"kypek": "att-a", "seminar": "S", "login": "anna", "system": "eclass", "part": ""}
    at = START + timedelta(days=days)
    connection.execute(insert(applications).values(**key, person=identity, at=at, exact=True, first_seen=at))
    return identity


def shown(connection: Connection, *steps: Person, days: float = 1) -> list[Finding]:
    """The entry of anna as each read shows it, one a day; what the last one says."""
    found: list[Finding] = []
    for number, step in enumerate(steps):
        found = read(connection, step, DORA, days=days + number)
    return found


STEPS = {
    "names, then the number": (anna(new=True), anna(new=True, registry="r9")),
    "the number, then the names": (anna(registry="r9"), anna(new=True, registry="r9")),
    "names, the number hidden, another number": (anna(new=True, registry=""), anna(new=True, registry="r9")),
    "one name after the other, then the number": (
        moved(anna(), surname="Άλλη"),
        anna(new=True),
        anna(new=True, registry="r9"),
    ),
}


@pytest.mark.parametrize("uuid", ["u1", ""], ids=["the same entry", "the same login"])
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_who_took_over_an_account_step_by_step_is_another_person(
    ledger: Ledger, steps: tuple[Person, ...], uuid: str
) -> None:
    """And whoever applied has their own names, which the entry had lost by then."""
    steps = tuple(entry_without(step) if not uuid else step for step in steps)
    with ledger.begin() as connection:
        read(connection, anna(uuid=uuid), DORA)
        first = seated(connection)
        found = shown(connection, *steps)
        assert REUSED <= codes(found) <= DOUBTED
        known = whole_directory.everybody(connection, DIRECTORY)
        assert len(known) == 3
        assert (known[first].person.surname, known[first].person.given_name) == ("Anna", "Άννα")
        assert known[first].leaving_since is not None
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].person == steps[-1]
        names = [one.change.after for one in history(connection, first) if one.change.field != "number_kind"]
        assert names[-2:] == (["Anna", "Άννα"] if names else [])
        found = shown(connection, moved(steps[-1], mail="new@x"), steps[-1], days=5)
        assert REUSED <= codes(found) <= DOUBTED
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id != first
        assert len(whole_directory.everybody(connection, DIRECTORY)) == 3


def entry_without(person: Person) -> Person:
    """The entry from a source that shows no entryUUIDs."""
    return moved(person, keys=tuple(key for key in person.keys if key.kind != "entry-uuid"))


@pytest.mark.parametrize("complete", [True, False])
def test_a_read_that_ends_early_and_a_delta_tell_it_too(ledger: Ledger, complete: bool) -> None:
    with ledger.begin() as connection:
        read(connection, anna(), DORA)
        first = seated(connection)
        shown(connection, anna(new=True))
        if complete:
            delta(connection, anna(new=True, registry="r9"), days=2)
        else:
            read(connection, anna(new=True, registry="r9"), days=2, complete=False)
        known = whole_directory.everybody(connection, DIRECTORY)
        assert known[first].person.surname == "Anna"
        assert codes(shown(connection, anna(new=True, registry="r9"), days=3)) == DOUBTED
        assert whole_directory.by_login(connection, DIRECTORY)["anna"].id != first


def test_an_entry_that_goes_back_a_step_is_looked_at_anew(ledger: Ledger) -> None:
    """After a read that ended early both are there; what is known of the first is not what they were shown with."""
    with ledger.begin() as connection:
        read(connection, anna(), DORA)
        first = seated(connection)
        shown(connection, anna(new=True))
        read(connection, anna(new=True, registry="r9"), days=2, complete=False)
        shown(connection, anna(new=True), days=3)
        assert whole_directory.everybody(connection, DIRECTORY)[first].person == anna(new=True)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_person_decides_and_it_is_not_doubted_again(ledger: Ledger, verdict: Verdict) -> None:
    steps = STEPS["names, then the number"]
    with ledger.begin() as connection:
        read(connection, anna(), DORA)
        first = seated(connection)
        shown(connection, *steps)
        decided(connection, "anna", verdict, days=2.5)
        same = verdict is Verdict.SAME
        for days in (3, 4):
            found = shown(connection, moved(steps[-1], mail=f"{days}@x"), days=days)
            assert codes(found) == (set() if same else REUSED)
            assert (whole_directory.by_login(connection, DIRECTORY)["anna"].id == first) is same
        names = [connection.execute(select(people.c.body).where(people.c.id == first)).scalar_one()["surname"]]
        assert names == ["Άλλη" if same else "Anna"]


@pytest.mark.parametrize(
    "steps",
    [
        (moved(anna(), surname="Άλλη"), moved(anna(registry="r9"), surname="Άλλη")),
        (anna(registry="r9"), moved(anna(registry="r9"), surname="Άλλη")),
        (anna(registry="r9"), moved(anna(registry="r9"), given_name="Άνα")),
        (
            moved(anna(), surname="ANNA", given_name="ΑΝΝΑ"),
            moved(anna(registry="r9"), surname="ANNA", given_name="ΑΝΝΑ"),
        ),
        (anna(new=True), anna(new=True, registry=""), anna(new=True)),
        (anna(registry="r9"), anna(), anna(new=True)),
        (anna(new=True, kind="tax"), anna(new=True, registry="r9", kind="registry")),
    ],
    ids=[
        *("surname, then number", "number, then surname", "number, then a corrected name", "names in capitals"),
        *("names, the same number hidden and back", "a number mended, then names", "a tax number became another"),
    ],
)
def test_what_one_person_may_live_to_see_one_after_the_other(ledger: Ledger, steps: tuple[Person, ...]) -> None:
    with ledger.begin() as connection:
        read(connection, moved(anna(), number_kind=steps[0].number_kind), DORA)
        first = seated(connection)
        assert shown(connection, *steps) == []
        assert ids(connection)["anna"] == first


def test_what_somebody_was_before_they_applied_does_not_matter(ledger: Ledger) -> None:
    """Who applied under the new names is the one who has the new number."""
    steps = STEPS["names, then the number"]
    with ledger.begin() as connection:
        read(connection, anna(), DORA)
        shown(connection, steps[0])
        first = seated(connection, days=1.5)
        assert shown(connection, steps[1], days=2) == []
        assert ids(connection)["anna"] == first


def test_of_whoever_never_applied_nothing_is_asked(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        read(connection, anna(), DORA)
        first = ids(connection)["anna"]
        assert shown(connection, *STEPS["names, then the number"]) == []
        assert ids(connection)["anna"] == first


def test_of_people_with_one_number_nothing_is_asked_however_many_changed(ledger: Ledger) -> None:
    """Another name, and what was known of it is looked up for nobody: 150,000 of them are read in a pass."""
    asked: list[str] = []
    with ledger.begin() as connection:
        read(connection, anna(), DORA)
        seated(connection)
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        shown(connection, anna(new=True))
        assert [one for one in asked if "FROM person_changes" in one or "FROM seats" in one] == []
        shown(connection, anna(new=True, registry="r9"), days=2)
        assert len([one for one in asked if "FROM person_changes" in one]) == 1
        assert len([one for one in asked if "FROM seats" in one]) == 1
