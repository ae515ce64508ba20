"""Descriptions go to a platform as HTML and come back as the words they were."""

from __future__ import annotations

import pytest

from kypek_sync.contract import SkipThis, html_of, words_of


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Τρεις συνεδρίες.",
        "Ένα.\n\nΔύο,\nτρία.\n\nhttps://kypek.att-a.sch.gr/s/EKFE-27-03",
        "α < β & γ > δ, «<script>alert(1)</script>»",
        "https://kypek.example/j/1?x=1&y=2",
    ],
)
def test_a_description_says_what_the_text_said(text: str) -> None:
    assert words_of(html_of(text)) == text
    assert "<script" not in html_of(text)


def test_an_address_in_a_description_can_be_followed() -> None:
    assert html_of("Δείτε https://kypek.example/s?a=1&b=2.") == (
        '<p>Δείτε <a href="https://kypek.example/s?a=1&amp;b=2">https://kypek.example/s?a=1&amp;b=2</a>.</p>'
    )


def test_scripts_and_styles_are_no_words() -> None:
    assert words_of("<style>p {}</style><p>Ένα<br>δύο</p><script>alert(1)</script>") == "Ένα\nδύο"


def test_an_error_tells_a_receipt_what_went_wrong_and_what_to_do() -> None:
    assert SkipThis("desk", "It refused.", hint="Ask again.").advice == "It refused. Ask again."
    assert SkipThis("desk", "It refused.").advice == "It refused."
