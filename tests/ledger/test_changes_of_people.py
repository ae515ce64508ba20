"""A transfer, a new surname, a new login: the same person, and what changed is kept (design, rule 12)."""

from __future__ import annotations

from datetime import timedelta

from kypek_sync.ledger import Ledger, changes_of_people
from kypek_sync.ledger.changes_of_people import Changed, ChangedField, changed_fields
from kypek_sync.model import PersonKey, PersonKind
from tests.ledger.directory import START, entry, ids, moved, read

ANNA = moved(entry("anna", uuid="u1", surname="Παππά"), units=("ou=a", "ou=b"), specialties=("ΠΕ86",))


def test_the_fields_that_differ_are_told_with_both_values() -> None:
    assert changed_fields(ANNA, ANNA) == ()
    after = moved(
        ANNA, surname="Νικολάου", units=("ou=b",), kind=PersonKind.STAFF, active=False, mail="new@sch.example"
    )
    assert changed_fields(ANNA, after) == (
        ChangedField("surname", "Παππά", "Νικολάου"),
        ChangedField("kind", "teacher", "staff"),
        ChangedField("active", True, False),
        ChangedField("units", ("ou=a", "ou=b"), ("ou=b",)),
    )
    assert changed_fields(ANNA, moved(ANNA, given_name="Άννα-Μαρία", specialties=())) == (
        ChangedField("given_name", "Άννα", "Άννα-Μαρία"),
        ChangedField("specialties", ("ΠΕ86",), ()),
    )


def test_another_number_is_told_and_what_it_is_is_not() -> None:
    before = moved(entry("anna", registry="r1"), number_kind="tax")
    after = moved(entry("anna", registry="r2"), number_kind="registry")
    assert changed_fields(before, after) == (ChangedField("number_kind", "tax", "registry"),)
    assert changed_fields(before, entry("anna")) == ()
    assert changed_fields(entry("anna"), after) == ()


def test_the_primary_unit_is_the_first_so_their_order_counts() -> None:
    assert changed_fields(ANNA, moved(ANNA, units=("ou=b", "ou=a")))


def test_what_a_read_shows_to_have_changed_is_kept_with_its_moment(ledger: Ledger) -> None:
    renamed = moved(ANNA, login="anna2", keys=(PersonKey("entry-uuid", "u1"), PersonKey("login", "anna2")))
    with ledger.begin() as connection:
        read(connection, ANNA)
        identity = ids(connection)["anna"]
        assert changes_of_people.history(connection, identity) == []
        read(connection, renamed, days=1)
        read(connection, renamed, days=2)
        read(connection, moved(renamed, units=("ou=c",)), days=3)
        assert ids(connection) == {"anna2": identity}
        assert changes_of_people.history(connection, identity) == [
            Changed(START + timedelta(days=1), ChangedField("login", "anna", "anna2")),
            Changed(START + timedelta(days=3), ChangedField("units", ("ou=a", "ou=b"), ("ou=c",))),
        ]
