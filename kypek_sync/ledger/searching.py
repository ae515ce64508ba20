"""Finds people and units by what somebody typed, with the database doing the looking: a few rows of a whole country.

Words are sought in the `search` columns (`ledger.search_words`): in capitals, without accents, in Greek letters where a
specialty was typed in Latin look-alikes. A person is also found by the name or code of any unit where they serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from kypek_sync.contract import capitals, specialty, unit_id
from kypek_sync.ledger.codec import load
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.persons import known_of
from kypek_sync.ledger.tables import people, person_keys, person_units, units
from kypek_sync.model import Unit

CANDIDATES = 500
"""Words that are compared with a mistyped one; it is among those that share its first or its second half."""


def find_persons(connection: Connection, directory: str, words: Iterable[str], most: int) -> list[Known]:
    """Those in whose names, login, specialties or units all these words occur, by surname; at most `most`. Who has gone
    is found too."""
    wanted = [or_(_in(people.c.search, word), people.c.id.in_(_serving_at(directory, word))) for word in _split(words)]
    query = select(people).where(people.c.directory == directory, *wanted).order_by(people.c.search, people.c.id)
    return [known_of(row) for row in connection.execute(query.limit(most))]


def find_units(connection: Connection, directory: str, words: Iterable[str], most: int) -> list[Unit]:
    """Units in whose name, codes or directorate all these words occur, by name; at most `most`."""
    wanted = [_in(units.c.search, word) for word in _split(words)]
    query = select(units).where(units.c.directory == directory, *wanted).order_by(units.c.search, units.c.id)
    return [load(Unit, row.body) for row in connection.execute(query.limit(most))]


def units_called(connection: Connection, directory: str, text: str, most: int) -> list[Unit]:
    """The units with this unit code or registry code (several may have it, D-10), else with this id, else those in
    whose id it occurs (part of a DN, spelled in whatever way); at most `most`."""
    query = select(units).where(units.c.directory == directory, _in(units.c.search, text)).order_by(units.c.id)
    coded = [one for row in connection.execute(query) if text in codes(one := load(Unit, row.body))]
    if coded:
        return coded[:most]
    part = _part_of_a_dn(text)
    here = select(units).where(units.c.directory == directory)
    row = connection.execute(here.where(units.c.id == part)).first()
    if row is not None:
        return [load(Unit, row.body)]
    found = here.where(units.c.id.contains(part, autoescape=True)).order_by(units.c.id).limit(most)
    return [load(Unit, row.body) for row in connection.execute(found)] if part else []


def codes(unit: Unit) -> frozenset[str]:
    """The codes by which people name a unit."""
    return frozenset({unit.code, unit.registry_code} - {""})


def serving(connection: Connection, directory: str, unit: str, most: int) -> list[Known]:
    """Those who serve at a unit and have not gone, by surname; at most `most`."""
    there = select(person_units.c.person).where(person_units.c.directory == directory, person_units.c.unit == unit)
    query = select(people).where(people.c.id.in_(there), people.c.gone_at.is_(None))
    return [known_of(row) for row in connection.execute(query.order_by(people.c.search, people.c.id).limit(most))]


def similar_logins(connection: Connection, directories: Sequence[str], login: str) -> list[str]:
    """Logins of people who have not gone that somebody who typed this one may have meant."""
    query = (
        select(person_keys.c.value)
        .join(people, people.c.id == person_keys.c.person)
        .where(person_keys.c.directory.in_(directories), person_keys.c.kind == "login", people.c.gone_at.is_(None))
        .where(_half(person_keys.c.value, login))
    )
    return list(connection.execute(query.order_by(person_keys.c.value).limit(CANDIDATES)).scalars())


def count_logins(connection: Connection, directories: Sequence[str]) -> int:
    """How many people these directories show."""
    query = select(func.count()).select_from(people)
    return int(
        connection.execute(query.where(people.c.directory.in_(directories), people.c.gone_at.is_(None))).scalar_one()
    )


def similar_codes(connection: Connection, directories: Sequence[str], code: str) -> list[str]:
    """Codes of units that somebody who typed this one may have meant."""
    word = capitals(code)
    first, second = word[: len(word) // 2], word[len(word) // 2 :]
    near = [units.c.search.contains(half, autoescape=True) for half in (first, second) if half]
    query = select(units).where(units.c.directory.in_(directories), or_(*near)).order_by(units.c.id)
    found = (load(Unit, row.body) for row in connection.execute(query.limit(CANDIDATES)))
    return sorted({one for unit in found for one in codes(unit)})


def _split(words: Iterable[str]) -> list[str]:
    return [part for word in words for part in word.split()]


def _in(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    forms = sorted({capitals(word), specialty(word)} - {""})
    return or_(*(column.contains(form, autoescape=True) for form in forms)) if forms else column.is_(None)


def _serving_at(directory: str, word: str) -> Any:
    """Our ids of those who serve at a unit in whose words this one occurs."""
    places = and_(person_units.c.directory == units.c.directory, person_units.c.unit == units.c.id)
    query = select(person_units.c.person).join(units, places)
    return query.where(units.c.directory == directory, _in(units.c.search, word))


def _part_of_a_dn(text: str) -> str:
    try:
        return unit_id(text)
    except ValueError:
        return text.strip().lower()


def _half(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Shares the first or the second half of a word: of one mistyped letter only one of them knows."""
    middle = len(word) // 2
    starts = column.startswith(word[:middle], autoescape=True)
    return or_(starts, column.endswith(word[middle:], autoescape=True)) if middle else starts
