"""Every mistake can be told in Greek."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kypek_sync.language import missing, speaker
from tests.settings.sentences import sentences
from tests.settings.writing import WHOLE, problems, write

PLACES = re.compile(r"%\((\w+)\)s")


def test_the_greek_catalogue_is_whole() -> None:
    assert len(sentences()) > 130
    assert missing("el", sentences()) == set()


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_a_greek_sentence_has_the_places_of_the_english_one(sentence: str) -> None:
    greek = speaker("el")(sentence)
    assert greek != sentence
    assert set(PLACES.findall(greek)) == set(PLACES.findall(sentence))


def test_a_mistake_is_told_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path, WHOLE, ("courses:", "corses:"), ("        name: ΕΚΦΕ\n", ""))
    assert [problem.told(speaker("el")).removeprefix(f"{tmp_path}/") for problem in problems(file)] == [
        "kypek.yaml:13: kypeks.att-a.corses: άγνωστο κλειδί· μήπως εννοείτε «courses»;",
        "kypek.yaml:15: kypeks.att-a.structures.ekfe.name: λείπει· προσθέστε το εδώ: "
        "Το όνομά του στα ελληνικά, όπως το διαβάζει ο κόσμος.",
    ]
    assert [problem.told(speaker("en")) for problem in problems(file)] == [str(problem) for problem in problems(file)]
