"""`notices preview` and `check`: what letters say, and what is wrong with one's own words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kypek_sync.sandbox.mail import Sink
from kypek_sync.sync.report import LaneReport
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import letters, seminar, text


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


def own_words(centre: Centre, kind: str, content: str) -> None:
    folder = centre.folder / "templates" / "el"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}.txt").write_text(content, encoding="utf-8")
    centre.top = "templates: templates\n"
    centre.settings()


def sent(centre: Centre) -> LaneReport:
    seminar(centre, applicants=1)
    return sync_once(centre)["mail"]


def test_people_get_the_administrators_words(centre: Centre, sink: Sink) -> None:
    own_words(centre, "seat-granted", "Σας περιμένουμε: {{ title }}\n\n{{ name }}, ελάτε.\n\n{{ own_page }}\n")
    assert sent(centre).problems == []
    letter = letters(sink)["teacher1"]
    assert letter["Subject"] == "Σας περιμένουμε: Σεμινάριο EKFE-26-01"
    assert "Όνομα Teacher1, ελάτε." in text(letter)
    assert "ελάτε" in str(letter.get_body(("html",)).get_content())  # type: ignore[union-attr]


def test_broken_words_cost_nobody_the_letter_and_are_told(centre: Centre, sink: Sink) -> None:
    own_words(centre, "seat-granted", "Θέμα\n\n{{ titel }}\n")
    (problem,) = sent(centre).problems
    assert "seat-granted.txt" in problem
    assert "(γραμμή 3)" in problem
    assert "Έχετε θέση" in str(letters(sink)["teacher1"]["Subject"])


def test_a_letter_is_shown_with_an_example(centre: Centre, kypek: Terminal) -> None:
    own_words(centre, "seat-granted", "Σας περιμένουμε\n\nΕλάτε στο {{ title }}.\n")
    assert "Ελάτε στο Πειράματα με απλά υλικά." in kypek("notices", "preview", "seat-granted").out
    every = kypek("notices", "preview", language="el").out
    assert "seat-waiting" in every
    assert "usual_subject" in every
    assert "δικό σας" in every


def test_a_mistake_is_shown_by_the_look_and_by_check(centre: Centre, kypek: Terminal) -> None:
    own_words(centre, "seat-granted", "Θέμα\n\n{{ titel }}\n")
    own_words(centre, "seat-waitin", "Θέμα\n\nΚείμενο\n")
    look = kypek("notices", "preview", "seat-granted", language="el")
    assert look.code == 1
    assert "(γραμμή 3)" in look.out + look.err
    checked = kypek("check", "--json").json["lines"]
    told = {line["text"]: line["level"] for line in checked if line["subject"] == "letters"}
    assert sorted(told.values()) == ["problem", "warning"]
    assert any("seat-waitin.txt" in sentence for sentence in told)


def test_an_unknown_letter_is_not_guessed(centre: Centre, kypek: Terminal) -> None:
    said = kypek("notices", "preview", "seat-grantet", language="el")
    assert said.code == 64
    assert "seat-granted" in said.err
