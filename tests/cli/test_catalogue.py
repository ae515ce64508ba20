"""Everything that the command line, seats, cases, mails and inboxes say can be said in Greek."""

from __future__ import annotations

import re
from importlib.resources import files
from inspect import cleandoc

import pytest
from babel.messages.pofile import read_po
from typer.main import get_command

from kypek_sync.cli import plan_words, report
from kypek_sync.cli.app import app
from kypek_sync.cli.differences import FIELDS
from kypek_sync.cli.help import language_of, parts
from kypek_sync.contract import Verb
from kypek_sync.language import missing, speaker
from kypek_sync.model import Audience, Seminar, Session
from kypek_sync.seminar import reasons
from tests.cli.conftest import Terminal
from tests.cli.sentences import sentences

PLACES = re.compile(r"%\((\w+)\)s")
SAME_IN_GREEK = {"%(structure)s: %(why)s"}


def everything() -> set[str]:
    found = sentences("cli/*.py", "cli/first/*.py", "sync/**/*.py", "seminar/*.py", "notices/*.py")
    return found | set(report.COUNTS) | set(reasons._RULES.values()) | set(reasons._STATES.values())


def test_the_search_finds_sentences_of_every_kind() -> None:
    assert {
        "Nothing was left to do.",  # said directly
        "add to group",  # from a table
        "In force: %(fault)s",  # with a place
        "Surname",  # a heading
        "Your application was withdrawn: %(title)s",  # a mail
        "To correct:",  # an answer to an inbox
        "The centre's name",  # a question
    } <= everything()
    assert len(everything()) > 400


def test_the_greek_catalogue_is_whole() -> None:
    assert missing("el", everything()) == set()


@pytest.mark.parametrize("sentence", sorted(everything()))
def test_a_greek_sentence_has_the_places_of_the_english_one(sentence: str) -> None:
    greek = speaker("el")(sentence)
    assert set(PLACES.findall(greek)) == set(PLACES.findall(sentence))
    assert greek != sentence or sentence in SAME_IN_GREEK
    assert (greek[-1] in ".…") == (sentence[-1] in ".…") or sentence[-1] not in ".…"


def test_no_two_catalogues_say_the_same_sentence_differently() -> None:
    said: dict[str, set[str]] = {}
    for entry in (files("kypek_sync") / "locale" / "el").iterdir():
        with entry.open("rb") as source:
            for message in read_po(source, locale="el"):
                if message.id:
                    said.setdefault(str(message.id), set()).add(str(message.string))
    assert {sentence: greek for sentence, greek in said.items() if len(greek) > 1} == {}


def test_every_verb_has_a_word() -> None:
    assert set(plan_words.VERBS) == {verb.value for verb in Verb}


def test_every_field_that_can_differ_has_a_word() -> None:
    own = set(Seminar.__slots__) - {"code", "source", "sessions", "audience"}
    wanted = own | {f"audience.{name}" for name in Audience.__slots__} | (set(Session.__slots__) - {"number"})
    assert set(FIELDS) == wanted


def test_all_help_can_be_said_in_greek() -> None:
    said = {cleandoc(part.help).replace("\n", " ") for part in parts(get_command(app)) if part.help}
    assert len(said) > 90
    assert missing("el", said) == set()


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "el", "status"], "el"),
        (["--lang=el", "status"], "el"),
        (["-s", "kypek.yaml", "--lang", "el", "status"], "el"),
        (["-v", "status", "--lang", "el"], "en"),  # it stands after the command: not ours
        (["status"], "en"),
        (["--lang"], "en"),
        ([], "en"),
    ],
)
def test_the_language_is_known_before_the_arguments_are_parsed(
    arguments: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert language_of(arguments) == language


def test_help_speaks_the_language_that_is_asked_for(alone: Terminal) -> None:
    assert "Τα σχέδια δράσης των δομών." in alone("--help", language="el").out
    assert "Ο αριθμός της αναμονής." in alone("holds", "show", "--help", language="el").out
    assert "The hold's number." in alone("holds", "show", "--help", language="en").out
    assert alone("holds", "approve", "--help").code == 0
