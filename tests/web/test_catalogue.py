"""Everything that the pages say can be said in Greek."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kypek_sync import web
from kypek_sync.language import missing, speaker
from kypek_sync.web.door_pages import BUTTONS as DOOR_BUTTONS
from kypek_sync.web.door_pages import TOLD
from kypek_sync.web.facts import FORMS
from kypek_sync.web.own_seat_page import BUTTONS, GIVEN_UP, NO_LONGER, SAID, SAID_BY_OFFICER, WITHDRAW, WITHDRAWN

PLACES = re.compile(r"%\((\w+)\)s")
FOLDER = Path(str(web.__file__)).parent
_IN_TABLES = frozenset(
    (
        *FORMS.values(),
        *BUTTONS.values(),
        NO_LONGER,
        WITHDRAW,
        *SAID.values(),
        SAID_BY_OFFICER,
        *DOOR_BUTTONS.values(),
        *TOLD,
        *GIVEN_UP.values(),
        WITHDRAWN,
    )
)


@cache
def sentences() -> frozenset[str]:
    """Every message id of the templates and of the code, and those that the code keeps in tables."""
    methods = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
    found = extract_from_dir(
        str(FOLDER),
        methods,
        options_map={"templates/**.html": {"silent": "false"}},
        keywords={"_": None, "text": None},
        comment_tags=(),
    )
    return frozenset(str(message) for _, _, message, _, _ in found) | _IN_TABLES


def test_the_greek_catalogue_is_whole() -> None:
    assert len(sentences()) > 40
    assert missing("el", set(sentences())) == set()


def test_it_keeps_nothing_that_is_no_longer_said() -> None:
    with (FOLDER.parent / "locale" / "el" / "web.po").open("rb") as source:
        kept = {str(message.id) for message in read_po(source, locale="el") if message.id}
    assert kept == sentences()


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_a_greek_sentence_has_the_places_of_the_english_one(sentence: str) -> None:
    greek = speaker("el")(sentence)
    assert greek != sentence
    assert PLACES.findall(greek) == PLACES.findall(sentence)
