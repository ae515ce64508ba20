"""What shows only when many entries of a directory are seen together: dangling units, shared keys. Pure.

Source: fact sheet directory, traps D-1, D-4, D-10 and rule 12 of the design.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from kypek_sync.model import Finding, FindingLevel, Person, PersonKind, Unit


def across_people(people: Collection[Person], units: Collection[str] | None) -> tuple[Finding, ...]:
    """Findings about people that need all of them, sorted.

    `units` are the ids of all units (hashed look-up), None when they were not read completely: then nothing is said to
    dangle. A login held twice is an error; a shared registry number is a warning here, since each entry still has its
    own stronger key, and whoever matches persons decides.
    """
    found: list[Finding] = []
    if units is not None:
        for person in people:
            found += [
                Finding(person.login, "unit-dangling", f"The unit {unit} does not exist in the directory.")
                for unit in person.units
                if unit not in units
            ]
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for person in people:
        if person.kind in (PersonKind.TEACHER, PersonKind.STAFF, PersonKind.UNKNOWN):
            for key in person.keys:
                holders[key.kind, key.value].append(person.login)
    for (kind, _), logins in holders.items():
        if len(logins) > 1:
            level = FindingLevel.WARNING if kind == "registry" else FindingLevel.ERROR
            others = ", ".join(sorted(set(logins)))
            text = f"The same {kind} key is held by {others}; ask the directory which of them is right."
            found += [Finding(login, f"{kind}-duplicate", text, level) for login in sorted(set(logins))]
    return tuple(sorted(found))


def across_units(units: Iterable[Unit]) -> tuple[Finding, ...]:
    """Findings about units that need all of them, sorted: one code that names several (D-10). They name no attribute:
    a table has other words for it than a directory."""
    own: dict[str, list[str]] = defaultdict(list)
    registered: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        if unit.code:
            own[unit.code].append(unit.id)
        if unit.registry_code:
            registered[unit.registry_code].append(unit.id)
    found = []
    for named, sentence in (
        (own, "The code {} names {} units; it will not be used to find one."),
        (registered, "The code {} of the units register names {} units; it will not be used to find one."),
    ):
        for code, ids in named.items():
            if len(ids) > 1:  # only then: words for each code of a country take megabytes
                found += [Finding(one, "unit-code-shared", sentence.format(code, len(ids))) for one in ids]
    return tuple(sorted(found))
