"""How the connector introduces itself: settings, command, letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.eclass import SPEC, EclassSettings
from kypek_sync.contract import Role
from tests.connectors.eclass.simulated import TOKEN, Eclass, eclass


@pytest.fixture(params=["newer", "older"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, request.param) as running:
        yield running


def test_it_is_a_course_platform() -> None:
    assert SPEC.name == "eclass"
    assert SPEC.roles == {Role.COURSES}


def test_address_and_token_are_enough() -> None:
    settings = EclassSettings(address="https://eclass.sch.gr/", token=TOKEN)
    assert settings.address == "https://eclass.sch.gr"
    assert settings.parallel == 2
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "eclass.sch.gr"}, "the whole address"),
        ({"address": "http://eclass.sch.gr"}, "use https"),
        ({"address": "https://user:word@eclass.sch.gr"}, "only scheme, host and path"),
        ({"address": "https://eclass.sch.gr/?token=x"}, "only scheme, host and path"),
        ({"parallel": 5}, "parallel"),
        ({"timeout": 0}, "timeout"),
        ({"department": "Φυσική"}, "department"),
        ({"tokken": "x"}, "tokken"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        EclassSettings.model_validate({"address": "https://eclass.sch.gr", "token": TOKEN} | wrong)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in EclassSettings.model_fields.values())


def test_departments_are_listed_with_their_numbers(server: Eclass) -> None:
    """E-29 and E-51: all of them, by their Greek names."""
    server.world.add_department(7, "EKFE", 'a:2:{s:2:"el";s:8:"ΕΚΦΕ";s:2:"en";s:4:"EKFE";}', 1)
    connector = server.connector()
    command = SPEC.commands["departments"]
    lines = [line.split() for line in command(connector, ()).splitlines()]
    assert lines == [["1", "ΚΥΠΕΚ"], ["4", "TMA", "Σεμινάρια"], ["7", "EKFE", "ΕΚΦΕ"]]
    assert command(connector, ("σεμιν",)).split() == ["4", "TMA", "Σεμινάρια"]
    assert command(connector, ("κανένα",)) == "None."
    connector.close()


def test_the_letter_asks_for_what_is_needed_in_greek() -> None:
    assert SPEC.letter is not None
    text = " ".join((SPEC.letter.subject, *SPEC.letter.paragraphs))
    for word in ("API", "διακριτικό", "λήξης", "κατηγορία", "έκδοση"):
        assert word in text
