"""Open eClass: courses, members and groups through its API v1, the older and the newer one (fact sheet eclass)."""

from __future__ import annotations

from connectors.eclass.courses import EclassCourses
from connectors.eclass.database_sessions import listed
from connectors.eclass.grants import instructions
from connectors.eclass.letter import LETTER
from connectors.eclass.settings import EclassSettings
from kypek_sync.contract import Capability, Connector, ConnectorSpec, Role


def departments(connector: Connector, words: tuple[str, ...]) -> str:
    """Numbers and names of the departments where courses can be made; `words` pick those whose name has them all."""
    if not isinstance(connector, EclassCourses):
        raise TypeError("the command `departments` belongs to the connector eclass")
    found = [
        one
        for one in connector.departments()
        if all(word.casefold() in f"{one.code} {one.name}".casefold() for word in words)
    ]
    return "\n".join(f"{one.id:>6}  {one.code:<12}  {one.name}".rstrip() for one in found) or "None."


def sessions(connector: Connector, words: tuple[str, ...]) -> str:
    """The teleconferences of the courses with these codes and how long each person was there, as eClass wrote it down;
    only its database tells."""
    if not isinstance(connector, EclassCourses):
        raise TypeError("the command `sessions` belongs to the connector eclass")
    return "\n".join(listed(connector.teleconferences(course)) for course in words) or "kypek-sync … sessions CODE"


def grants(connector: Connector, words: tuple[str, ...]) -> str:
    """What the database's administrator enters for an account that may only read: `--database`, `--user`, `--host`."""
    if not isinstance(connector, EclassCourses):
        raise TypeError("the command `grants` belongs to the connector eclass")
    return instructions(words, database=(connector.database.name if connector.database is not None else ""))


SPEC = ConnectorSpec(
    name="eclass",
    title="Open eClass",
    roles=frozenset({Role.COURSES}),
    settings=EclassSettings,
    build=EclassCourses,
    commands={"departments": departments, "grants": grants, "sessions": sessions},
    letter=LETTER,
    able=frozenset({Capability.END_MEMBERSHIP}),
)

__all__ = ["SPEC", "EclassCourses", "EclassSettings", "departments", "grants", "sessions"]
