"""Letters in an administrator's own words: used where right, told where wrong, never a lost letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from kypek_sync.language import speaker
from kypek_sync.notices.examples import EXAMPLE, LEAFLET, NAME
from kypek_sync.notices.overrides import OVERRIDABLE, Overrides, example_of
from kypek_sync.notices.programme_letter import PROGRAMME, programme_html
from kypek_sync.notices.wording import folded, words

GREEK = speaker("el")


@pytest.fixture
def overrides(tmp_path: Path) -> Overrides:
    (tmp_path / "el").mkdir()
    return Overrides(tmp_path, "el")


def write(overrides: Overrides, kind: str, content: str) -> Path:
    assert overrides.folder is not None
    file = overrides.folder / "el" / f"{kind}.txt"
    file.write_text(content, encoding="utf-8")
    return file


def test_own_words_take_the_place_of_the_built_in_ones(overrides: Overrides) -> None:
    write(overrides, "seat-granted", "Καλώς ήρθατε: {{ title }}\n\n{{ name }}, σας περιμένουμε:\n{{ sessions }}\n")
    said = overrides.example("seat-granted", GREEK)
    assert said.subject == f"Καλώς ήρθατε: {EXAMPLE['title']}"
    assert said.body == f"{NAME}, σας περιμένουμε:\n{EXAMPLE['sessions']}\n"
    assert overrides.troubles == {}


def test_the_built_in_words_can_be_added_to(overrides: Overrides) -> None:
    write(overrides, "seat-waiting", "{{ usual_subject }}\n\n{{ usual }}\n\nΠΣ: Φέρτε ποδιά.\n")
    usual = words("seat-waiting", EXAMPLE, NAME, GREEK)
    said = overrides.example("seat-waiting", GREEK)
    assert said.subject == usual.subject
    assert said.body == usual.body + "\nΠΣ: Φέρτε ποδιά.\n"


def test_a_field_that_a_letter_does_not_have_is_empty(overrides: Overrides) -> None:
    write(overrides, "seat-granted", "Θέμα\n\nΏρες{% if clashes %}: {{ clashes }}{% endif %}.\n")
    said = overrides.words("seat-granted", {"title": "Τ"}, NAME, GREEK)
    assert (said.body, overrides.troubles) == ("Ώρες.\n", {})


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        ("Θέμα\n\nΤο σεμινάριο\n{{ titel }}\n", 4, "'titel' is undefined"),
        ("Θέμα\n\n{% if title %}\nΤέλος\n", 4, "Unexpected end of template"),
        ("Θέμα\n\n{{ title.__class__.__mro__ }}\n", 3, "unsafe"),
        ("Θέμα\n\n{{ 1 // 0 }}\n", 3, "division"),
        ("Θέμα\n\n{{ 'α' * 100001 }}\n", 1, "πολύ μεγάλο"),
        ("\n\n", 1, "δεν έχει κείμενο"),
        ("Μόνο θέμα\n", 1, "δεν έχει κείμενο"),
        ("Θέμα\n\n{% include '/etc/passwd' %}\n", 1, "λέει"),
        ("Θέμα\n\n{% include 'seat-granted.txt' %}\n", 1, "χωρίς τέλος"),
        ("Θέμα\n\n{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}\n", 1, "χωρίς τέλος"),
        ("Θέ\x00μα\n\nΚείμενο\n", 1, "δεν μπορούν να σταλούν"),
        ("Θέμα\n\n{{ '\\ud800' }}\n", 1, "δεν μπορούν να σταλούν"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_costs_no_letter(
    overrides: Overrides, content: str, line: int, why: str
) -> None:
    file = write(overrides, "seat-granted", content)
    assert overrides.example("seat-granted", GREEK) == words("seat-granted", EXAMPLE, NAME, GREEK)
    told = overrides.troubles["seat-granted"].said(GREEK)
    assert str(file) in told
    assert f"(γραμμή {line})" in told
    assert why in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Θέμα\n\n{{ ''[own_page] }}\n", "paradeigma"),
        ("Θέμα\n\n{{ ''[own_page[20:]] }}\n", "paradeigma"),
        ("Θέμα\n\n{% include own_page %}\n", "paradeigma"),
        ("Θέμα\n\n{{ {}[own_page].a if 'krifo' in own_page }}\n", "UndefinedError"),
    ],
)
def test_what_is_wrong_tells_nobody_where_somebody_answers(overrides: Overrides, content: str, told: str) -> None:
    """The engine names the key that it missed: who reads what is wrong learnt the address, and could answer."""
    write(overrides, "seat-granted", content)
    secret = "https://kypek.example/s/EKFE-26-01/own/krifo"
    overrides.words("seat-granted", {"title": "Τ", "own_page": secret}, NAME, GREEK)
    trouble = overrides.troubles["seat-granted"].said(GREEK)
    assert "krifo" not in trouble
    assert told in trouble


def test_what_is_no_text_is_told(overrides: Overrides) -> None:
    write(overrides, "seat-granted", "").write_bytes(b"\xff\xfe\x80")
    assert overrides.example("seat-granted", GREEK) == words("seat-granted", EXAMPLE, NAME, GREEK)
    assert "seat-granted" in overrides.troubles


def test_an_offer_without_the_place_to_answer_is_not_used(overrides: Overrides) -> None:
    write(overrides, "seat-offered", "Προσφορά\n\nΑπαντήστε μας.\n")
    assert EXAMPLE["own_page"] in overrides.example("seat-offered", GREEK).body
    assert "own_page" in overrides.troubles["seat-offered"].said(GREEK)


def test_a_subject_is_one_line_whatever_was_pasted_into_it(overrides: Overrides) -> None:
    write(overrides, "seat-granted", "Θέμα\u2028του\x0bμηνύματος\u00a0μας\n\nΚείμενο\n")
    assert overrides.example("seat-granted", GREEK).subject == "Θέμα του μηνύματος μας"
    assert overrides.troubles == {}


def test_one_letter_about_several_seminars_has_words_of_its_own(overrides: Overrides) -> None:
    """They had stayed the built-in ones, whatever the file for a change in one seminar said."""
    write(overrides, "sessions-changed", "Αλλαγή\n\nΜόνο για ένα.\n")
    letters = [("sessions-changed", {"title": one, "changes": f"ώρα {one}", "why": "Χιόνι"}) for one in ("Α", "Β")]
    assert overrides.folded(letters, NAME, GREEK) == folded(letters, NAME, GREEK)
    write(overrides, "several-changed", "{{ count }} σεμινάρια: {{ title }}\n\n{{ why }}\n\n{{ changes }}\n")
    said = overrides.folded(letters, NAME, GREEK)
    assert (said.subject, said.body) == ("2 σεμινάρια: Α, Β", "Χιόνι\n\nΑ:\nώρα Α\n\nΒ:\nώρα Β\n")
    assert overrides.troubles == {}


def test_the_letter_to_the_schools_can_have_own_words(overrides: Overrides) -> None:
    facts = example_of(PROGRAMME)
    built_in = overrides.example(PROGRAMME, GREEK)
    seen = "Παρ 12/03/2027"
    assert seen in programme_html(built_in, facts, NAME, GREEK, "el")
    write(overrides, PROGRAMME, "Πρόγραμμα {{ period }}\n\nΠρος {{ name }}: {{ page }}\n")
    said = overrides.example(PROGRAMME, GREEK)
    assert said.subject == f"Πρόγραμμα {LEAFLET.period}"
    assert said.body == f"Προς {NAME}: {LEAFLET.page}\n"
    html = programme_html(said, facts, NAME, GREEK, "el")
    assert seen not in html
    assert LEAFLET.page in html


def test_a_reminder_can_have_own_words(overrides: Overrides) -> None:
    write(overrides, "reminder", "Αύριο: {{ title }}\n\n{{ session }}\nΌχι άλλες: {{ stop }}\n")
    said = overrides.example("reminder", GREEK)
    assert said.body == f"{EXAMPLE['session']}\nΌχι άλλες: {EXAMPLE['stop']}\n"


def test_every_letter_has_an_example() -> None:
    plain = Overrides(None, "el")
    for kind in OVERRIDABLE:
        said = plain.example(kind, GREEK)
        assert said.subject
        assert NAME in said.body


def test_a_name_that_is_no_letters_is_noticed(overrides: Overrides) -> None:
    file = write(overrides, "seat-grantet", "Θέμα\n\nΚείμενο\n")
    assert overrides.unknown() == [file]
