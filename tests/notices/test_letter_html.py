"""The HTML of a letter says what its plain text says, no more and no less, whatever somebody typed into it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kypek_sync.language import speaker
from kypek_sync.notices.letter_html import html_of
from kypek_sync.notices.wording import SEAT_KINDS, Words, redirected, words

GREEK = speaker("el")
FACTS = {
    "title": "Πειράματα & «απλά» <b onclick=x>υλικά</b> &amp;",
    "reason": "Θέση 1 από 2.",
    "sessions": "12/03/2027 17:00-20:00, ΕΚΦΕ\n19/03/2027 17:00-20:00",
    "page": "https://kypek.example.gr/s/EKFE-26-01",
    "centre": "ΚΥΠΕΚ Α΄ Αθήνας",
}


class Reader(HTMLParser):
    """What a person sees, what they can click, and every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden += tag in ("style", "title")
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)

    @property
    def words(self) -> list[str]:
        return "".join(self.seen).split()


def granted() -> Words:
    return words("seat-granted", FACTS, "Ελένη Ιωάννου", GREEK)


@pytest.mark.parametrize("kind", SEAT_KINDS)
def test_it_has_the_subject_and_then_every_word_of_the_text(kind: str) -> None:
    said = words(kind, FACTS, "Ελένη <Ιωάννου>", GREEK)
    assert Reader(html_of(said, "el", FACTS["centre"])).words == f"{said.subject} {said.body}".split()


LINES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)
BODIES = st.lists(
    st.sampled_from(["\n", "\n\n", "    ", ":\n", "https://a.gr/x?y=1&z=2).", '"><i>', "&lt;"]) | LINES
).map("".join)


@settings(deadline=None)
@given(LINES, BODIES)
def test_whatever_is_written_is_read_and_is_never_markup(subject: str, body: str) -> None:
    reader = Reader(html_of(Words(subject, body), "el"))
    assert reader.words == f"{subject} {body}".split()
    known = {"html", "head", "meta", "title", "style", "body", "table", "tr", "td", "h1", "p", "div", "pre", "br", "a"}
    assert {tag for tag, _ in reader.elements} <= known
    assert all(link.startswith(("https://", "http://")) for link in reader.links)


def test_an_address_is_a_link_and_what_ends_its_sentence_is_not() -> None:
    body = "Δείτε https://a.gr/s/X-1. Ή (http://b.gr/?a=1&b=2), javascript:alert(1) «https://c.gr/»·\n"
    assert Reader(html_of(Words("x", body), "el")).links == [
        "https://a.gr/s/X-1",
        "http://b.gr/?a=1&b=2",
        "https://c.gr/",
    ]


def test_the_sessions_stand_under_their_heading_a_line_each() -> None:
    html = html_of(granted(), "el", FACTS["centre"])
    (box,) = re.findall(r'<div class="tint".*?</div>\n</div>', html, re.DOTALL)
    assert [line.strip() for line in re.findall(r">([^<]+)</div>", box)] == FACTS["sessions"].split("\n")
    assert "Συνεδρίες:</p>" in html


def test_text_to_copy_is_kept_as_it_is() -> None:
    body = "Βάλτε:\nhttps://eclass.example/\n\n    α  β\n      γ\n\nΤέλος"
    html = html_of(Words("x", body), "el")
    (pre,) = re.findall(r"<pre[^>]*>\n(.*?)</pre>", html, re.DOTALL)
    assert pre == "α  β\n  γ"
    assert '<div class="tint"' not in html


def test_nothing_is_fetched_from_anywhere() -> None:
    reader = Reader(html_of(granted(), "el", FACTS["centre"]))
    tags = {tag for tag, _ in reader.elements}
    assert not tags & {"img", "link", "script", "iframe", "object", "form", "input"}
    assert not any(name in attributes for _, attributes in reader.elements for name in ("src", "background", "onclick"))
    html = html_of(granted(), "el")
    assert "url(" not in html
    assert "@import" not in html


def test_it_says_its_language_and_can_be_read_in_the_dark() -> None:
    html = html_of(granted(), "el")
    assert '<html lang="el">' in html
    assert '<html lang="en">' in html_of(granted(), "en")
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html


def test_who_signs_stands_apart_only_where_they_do() -> None:
    assert html_of(granted(), "el", FACTS["centre"]).count("border-top:1px solid") == 1
    assert "border-top:1px solid" not in html_of(granted(), "el", "Άλλο κέντρο")
    assert "border-top:1px solid" not in html_of(Words("x", ""), "el", "ΚΥΠΕΚ")


def test_while_mail_is_tried_out_it_says_first_for_whom_it_is() -> None:
    said = redirected(granted(), "anna", GREEK)
    assert Reader(html_of(said, "el", FACTS["centre"])).words == f"{said.subject} {said.body}".split()
