"""No table can be forgotten when a person is exported or forgotten."""

from __future__ import annotations

import pytest

from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.forgetting import TREATMENT
from kypek_sync.ledger.person_tables import AMONG_OTHERS, OWN, OwnRecords

NAMING = {"login", "person", "who", "uid", "mail"}
"""What a column is called that says who."""


def test_every_table_has_a_treatment() -> None:
    assert {table.name for table in metadata.sorted_tables} == set(TREATMENT)


def test_every_table_that_says_who_is_exported_and_forgotten_or_named_as_one_that_is_not() -> None:
    """A new table said who serves where: it was erased, and nobody was told of it who asked what is held."""
    saying = {t.name for t in metadata.sorted_tables if NAMING & {column.name for column in t.columns}}
    own = {one.table.name for one in OWN}
    assert saying - own == set(AMONG_OTHERS)
    assert own.isdisjoint(AMONG_OTHERS)


def test_what_hangs_on_a_person_goes_with_them() -> None:
    """Whatever refers to a row of `people` is a record about that person."""
    hanging = {t.name for t in metadata.sorted_tables for key in t.foreign_keys if key.column.table.name == "people"}
    assert {"person_keys", "person_changes"} <= hanging <= {one.table.name for one in OWN if one.deleted}


@pytest.mark.parametrize("own", OWN, ids=lambda own: own.table.name)
def test_what_is_said_of_a_table_is_what_happens_to_it(own: OwnRecords) -> None:
    assert set(own.columns) <= set(own.table.columns.keys())
    assert TREATMENT[own.table.name].startswith("deleted") is own.deleted


def test_all_but_the_directory_rows_is_told_under_a_heading_of_its_own() -> None:
    headings = [one.label for one in OWN if one.label]
    assert len(set(headings)) == len(headings)
    assert {one.table.name for one in OWN if not one.label} == {"people", "person_keys"}
