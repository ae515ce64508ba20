"""A sentence is kept as its message and facts, and worded in the language of whoever reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.language import Sentence, speaker

HELD = Sentence.of(
    "%(count)s inferred removals in %(seminar)s; %(limit)s pass without a person.",
    count=4,
    seminar="EKFE-26-01",
    limit=3,
)
PERIOD = Sentence.of("These are the limits of the announced period until %(day)s.", day="30/09/2027")


def test_what_is_stored_is_read_in_both_languages() -> None:
    read = Sentence.read(HELD.followed_by(PERIOD).stored)
    assert read == HELD.followed_by(PERIOD)
    assert str(read) == (
        "4 inferred removals in EKFE-26-01; 3 pass without a person. "
        "These are the limits of the announced period until 30/09/2027."
    )
    assert read.said(speaker("el")) == (
        "4 αφαιρέσεις από συμπερασμό στο EKFE-26-01· χωρίς απόφαση ανθρώπου επιτρέπονται ως 3. "
        "Ισχύουν τα όρια της ανακοινωμένης περιόδου έως 30/09/2027."
    )


@pytest.mark.parametrize(
    "worded",
    [
        "100 % sure",
        "%(count)s of nothing",
        "[]",
        "{}",
        "3",
        '{"message": "x"}',
        '{"message": 1, "facts": [], "then": 2}',
        "",
    ],
)
def test_what_was_worded_already_is_said_as_it_is(worded: str) -> None:
    assert Sentence.read(worded).said(speaker("el")) == worded


words = st.text(max_size=20)


@given(st.builds(Sentence, words, st.dictionaries(words, words).map(lambda d: tuple(sorted(d.items())))))
def test_every_sentence_survives_its_storing(one: Sentence) -> None:
    assert Sentence.read(one.stored) == one
    assert Sentence.read(one.followed_by(one, PERIOD).stored) == one.followed_by(one, PERIOD)
