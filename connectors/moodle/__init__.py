"""Moodle: courses, members and groups through its web services by REST (fact sheet moodle)."""

from __future__ import annotations

from connectors.moodle.courses import MoodleCourses
from connectors.moodle.letter import LETTER
from connectors.moodle.settings import MoodleSettings
from connectors.moodle.setup import instructions
from kypek_sync.contract import Connector, ConnectorSpec, Role


def setup(connector: Connector, words: tuple[str, ...]) -> str:
    """What an administrator of the site must create, step by step, in Greek and in English."""
    del words
    its = _moodle(connector)
    return instructions(its.roles.student, its.roles.assistant, its.roles.trainer, its.extras)


def categories(connector: Connector, words: tuple[str, ...]) -> str:
    """Numbers and names of the categories where courses can be made; `words` pick those whose path has them all."""
    seen = _moodle(connector).categories()
    names = {one.id: one.name for one in seen}
    paths = {one.id: " / ".join(names.get(step, "…") for step in one.path) or one.name for one in seen}
    found = [
        f"{number:>6}  {path}"
        for number, path in sorted(paths.items())
        if all(word.casefold() in path.casefold() for word in words)
    ]
    return "\n".join(found) or "None."


def _moodle(connector: Connector) -> MoodleCourses:
    if not isinstance(connector, MoodleCourses):
        raise TypeError("this command belongs to the connector moodle")
    return connector


SPEC = ConnectorSpec(
    name="moodle",
    title="Moodle",
    roles=frozenset({Role.COURSES}),
    settings=MoodleSettings,
    build=MoodleCourses,
    commands={"setup": setup, "categories": categories},
    letter=LETTER,
)

__all__ = ["SPEC", "MoodleCourses", "MoodleSettings", "categories", "setup"]
