"""Greek first, English where asked for; catalogues that fit what they translate."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from kypek_sync.language import LANGUAGES, missing, preferred, speaker

PLACES = re.compile(r"%\((\w+)\)s")
CATALOGUES = sorted(
    (entry for entry in (files("kypek_sync") / "locale" / "el").iterdir() if entry.name.endswith(".po")),
    key=lambda entry: entry.name,
)


@pytest.mark.parametrize(
    ("choice", "environment", "spoken"),
    [
        ("", {}, "el"),
        ("en", {}, "en"),
        ("EN", {}, "en"),
        ("el", {"LANG": "en_GB.UTF-8"}, "el"),
        ("", {"LANG": "en_GB.UTF-8"}, "en"),
        ("", {"LANG": "el_GR.UTF-8"}, "el"),
        ("", {"LANG": "el_GR.UTF-8", "LC_ALL": "en_US"}, "en"),
        ("", {"LANG": "C.UTF-8"}, "el"),
        ("", {"LANG": "fr_FR"}, "el"),
        ("fr", {"LANG": "en_GB"}, "el"),
    ],
)
def test_the_choice_goes_before_the_surroundings_and_greek_is_the_rest(
    monkeypatch: pytest.MonkeyPatch, choice: str, environment: dict[str, str], spoken: str
) -> None:
    for name in ("LANG", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert preferred(choice) == spoken
    assert spoken in LANGUAGES


def test_a_sentence_is_said_in_the_language_asked_for() -> None:
    assert speaker("en")("until %(moment)s", moment="noon") == "until noon"
    assert speaker("el")("until %(moment)s", moment="το μεσημέρι") == "έως το μεσημέρι"


def test_what_no_catalogue_knows_is_said_in_english_rather_than_not_at_all() -> None:
    assert speaker("el")("An unknown sentence of %(who)s.", who="mine") == "An unknown sentence of mine."


def test_a_sentence_without_places_may_hold_a_percent_sign() -> None:
    assert speaker("el")("100 % of it") == "100 % of it"


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert speaker("en")("a title: %(title)s", title="%(secret)s 100%") == "a title: %(secret)s 100%"


def test_missing_names_what_a_catalogue_lacks() -> None:
    assert missing("el", {"Seats", "An unknown sentence."}) == {"An unknown sentence."}
    assert missing("en", {"Seats"}) == {"Seats"}  # English needs no catalogue and has none


@pytest.mark.parametrize("entry", CATALOGUES, ids=lambda entry: entry.name)
def test_every_catalogue_is_whole_and_its_places_fit(entry) -> None:  # type: ignore[no-untyped-def]
    with entry.open("rb") as source:
        messages = [message for message in read_po(source, locale="el") if message.id]
    assert messages
    for message in messages:
        ids, strings = (part if isinstance(part, tuple) else (part,) for part in (message.id, message.string))
        assert len(ids) == len(strings), message.id
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        for each, string in zip(ids, strings, strict=True):
            assert sorted(set(PLACES.findall(string))) == sorted(set(PLACES.findall(each))), each


COUNTED = re.compile(r"%\((?:count|minutes|seconds|hours|days|left)\)s (?!από |ακόμη|ή )[α-ωά-ώ]{3,}")
NEVER_ONE = {
    "give at least %(count)s letters",  # at least four
    "It is ready after %(seconds)s s.",  # a fraction
    "%(name)s: %(seconds)s s, foreign calls: reads %(reads)s, writes %(writes)s",  # a fraction
    "%(count)s of the %(standing)s applications of %(seminar)s vanished in one read; they stand.",  # over half of four
    "Dates that change in %(count)s seminars",  # one has a letter of its own
}


@pytest.mark.parametrize("entry", CATALOGUES, ids=lambda entry: entry.name)
def test_a_number_that_counts_something_has_a_form_for_one(entry) -> None:  # type: ignore[no-untyped-def]
    """«1 σεμινάρια» is no Greek: gettext's plural forms, or the number behind a colon."""
    with entry.open("rb") as source:
        single = {str(m.id): str(m.string) for m in read_po(source, locale="el") if isinstance(m.id, str)}
    assert [words for words, greek in single.items() if COUNTED.search(greek) and words not in NEVER_ONE] == []


def test_one_is_told_otherwise_than_many_in_both_languages() -> None:
    many, greek, english = "%(count)s pins were released by %(who)s.", speaker("el"), speaker("en")
    assert greek(many, count=1, who="anna") == "Ελευθερώθηκε 1 καρφίτσωμα από anna."
    assert greek(many, count=21, who="anna") == "Ελευθερώθηκαν 21 καρφιτσώματα από anna."
    assert english(many, count="1", who="anna") == "1 pin was released by anna."
    assert english(many, count=0, who="anna") == "0 pins were released by anna."
    assert "%(count)s" in greek(many)


def test_the_number_that_decides_is_the_count_else_the_first_whole_number() -> None:
    hold = "- hold %(id)s: %(count)s changes of seminar %(seminar)s on %(system)s (%(guard)s)"
    facts = {"seminar": "S1", "system": "moodle", "guard": "g"}
    assert "7: 1 change of" in speaker("en")(hold, id=7, count=1, **facts)
    assert "1: 7 changes of" in speaker("en")(hold, id=1, count=7, **facts)
    expiry = "The token's last day is %(day)s, in %(left)s days."
    assert speaker("en")(expiry, day="2026-12-01", left="1").endswith("1 day.")


def test_no_two_catalogues_say_the_same_sentence_differently() -> None:
    said: dict[str, dict[str, str]] = {}
    for entry in CATALOGUES:
        with entry.open("rb") as source:
            for message in read_po(source, locale="el"):
                if message.id:
                    said.setdefault(str(message.id), {})[entry.name] = str(message.string)
    assert {sentence: where for sentence, where in said.items() if len(set(where.values())) > 1} == {}
