"""The column by which people and units are found: their words in capitals without accents, whatever was typed.

Whoever writes a row of `people` or `units` fills its `search` with these; `ledger.finding` looks in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from kypek_sync.contract import capitals
from kypek_sync.model import Person, Unit

BETWEEN = "|"
"""Between two words, so that nothing is found across them, and a full name is not: whoever is forgotten is sought by
theirs, and a namesake's row must not be touched."""


def search_words(person: Person) -> str:
    """The words of a person, the surname first: rows come in its order."""
    return joined((person.surname, person.given_name, person.login, *person.specialties))


def unit_search_words(unit: Unit) -> str:
    """The words of a unit, its name first."""
    return joined((unit.name, unit.code, unit.registry_code, unit.directorate))


def joined(words: Iterable[str]) -> str:
    """The words that are not empty, as they are sought."""
    return BETWEEN.join(capitals(word).replace(BETWEEN, " ") for word in words if word.strip())
