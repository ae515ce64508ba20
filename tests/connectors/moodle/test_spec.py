"""How the connector introduces itself: settings, commands, letter; and how a summary is written."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from connectors.moodle import SPEC, MoodleSettings
from connectors.moodle.needs import FUNCTIONS, PERMISSIONS
from kypek_sync.contract import Role
from kypek_sync.sandbox.moodle.calls import FUNCTIONS as SIMULATED
from tests.connectors.moodle.simulated import TOKEN, Moodle


def test_it_is_a_course_platform() -> None:
    assert SPEC.name == "moodle"
    assert SPEC.roles == {Role.COURSES}


def test_address_and_token_are_enough() -> None:
    settings = MoodleSettings(address="https://moodle.sch.gr/", token=TOKEN)
    assert settings.address == "https://moodle.sch.gr"
    assert (settings.student_role, settings.assistant_role, settings.trainer_role) == (5, 4, 3)
    assert settings.parallel == 2
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "moodle.sch.gr"}, "the whole address"),
        ({"address": "http://moodle.sch.gr"}, "use https"),
        ({"address": "https://user:word@moodle.sch.gr"}, "only scheme, host and path"),
        ({"address": "https://moodle.sch.gr/?wstoken=x"}, "only scheme, host and path"),
        ({"token": " "}, "token is empty"),
        ({"canary": "Μαρία"}, "canary"),
        ({"canary": "Maria"}, "canary"),
        ({"category": "Φυσική"}, "category"),
        ({"report": 0}, "report"),
        ({"parallel": 5}, "parallel"),
        ({"timeout": 0}, "timeout"),
        ({"tokken": "x"}, "tokken"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        MoodleSettings.model_validate({"address": "https://moodle.sch.gr", "token": TOKEN} | wrong)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in MoodleSettings.model_fields.values())


def test_the_instructions_name_every_function_and_permission_in_both_languages(server: Moodle) -> None:
    connector = server.connector(trainer_role=11)
    text = SPEC.commands["setup"](connector, ())
    for name in (*FUNCTIONS, *PERMISSIONS):
        assert text.count(f"     {name}\n") == 2, name
    for words in ("ΤΙ ΧΡΕΙΑΖΕΤΑΙ", "WHAT IS NEEDED", "(11)", "Course participants", "token_expires", "Αυτο-εγγραφή"):
        assert words in text
    assert server.world.calls() == []
    connector.close()


def test_no_function_is_named_that_moodle_has_not() -> None:
    assert set(FUNCTIONS) <= set(SIMULATED)


def test_categories_are_listed_with_their_numbers_and_paths(server: Moodle) -> None:
    server.world.add_category("Αρχείο")
    connector = server.connector()
    command = SPEC.commands["categories"]
    lines = [line.split(maxsplit=1) for line in command(connector, ()).splitlines()]
    assert lines == [["1", "Category 1"], ["2", "Σεμινάρια"], ["3", "Αρχείο"]]
    assert command(connector, ("σεμιν",)).split() == ["2", "Σεμινάρια"]
    assert command(connector, ("κανένα",)) == "None."
    connector.close()


def test_the_letter_asks_for_what_is_needed_in_greek() -> None:
    assert SPEC.letter is not None
    text = " ".join((SPEC.letter.subject, *SPEC.letter.paragraphs))
    for word in ("REST", "διακριτικό", "λήξης", "κατηγορία", "ρόλο", "Αυτο-εγγραφή", "αναφορά", "valid until"):
        assert word in text
