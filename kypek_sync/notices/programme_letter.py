"""The programme of the next three months as it goes to the schools: a letter in words and as HTML, and a PDF to print.

All of it is made of one value that is kept when the month's mailing is prepared, so that every school gets the same
words, today or at a later attempt. Public: nobody is named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kypek_sync.language import Text, speaker
from kypek_sync.ledger.codec import dump, load
from kypek_sync.notices.calendar_letters import Attachment
from kypek_sync.notices.letter_html import html_of, template
from kypek_sync.notices.words import Words

PROGRAMME = "programme"
"""The kind of the letter, and of its cause."""
FACT = "programme"
"""The fact that holds the programme as it goes out (`Leaflet.stored`)."""
FILE = "programma.pdf"


@dataclass(frozen=True, slots=True)
class Line:
    """One session. `title` is the seminar's with its part; `page` leads to it."""

    title: str
    structure: str
    day: str
    hours: str
    where: str
    topic: str
    cancelled: bool
    page: str


@dataclass(frozen=True, slots=True)
class Month:
    """The sessions of a month, in the order of time."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What is mailed. `period` is its time in words; `page` is where it stays up to date."""

    centre: str
    mail: str
    letterhead: tuple[str, ...]
    period: str
    page: str
    months: tuple[Month, ...]
    made: datetime

    @property
    def stored(self) -> str:
        """A line of JSON."""
        return json.dumps(dump(self), ensure_ascii=False, sort_keys=True)


def leaflet_of(stored: str) -> Leaflet:
    """The value of that line."""
    return load(Leaflet, json.loads(stored))


def subject(centre: str, text: Text) -> str:
    """The subject of the letter."""
    return text("Seminars of the next three months: %(centre)s", centre=centre)


def programme_words(facts: Mapping[str, str], name: str, text: Text) -> tuple[str, str]:
    """Subject and plain text of the letter to a school. Without the fact that holds the programme: as much as is known
    without it."""
    said = subject(facts.get("centre", ""), text)
    if not facts.get(FACT):
        return said, text("To: %(unit)s", unit=name) + "\n"
    its = leaflet_of(facts[FACT])
    parts = [text("To: %(unit)s", unit=name), *_opening(its, text)]
    parts += ["\n".join((f"{month.name}:", *(_in_words(line, text) for line in month.lines))) for month in its.months]
    return said, "\n\n".join((*parts, *_closing(its, text), its.centre)) + "\n"


def programme_html(said: Words, facts: Mapping[str, str], name: str, text: Text, language: str) -> str:
    """The letter to a school as HTML. Where it says anything else than our own words (an administrator's, or first
    that it is a trial), the HTML is made of what it says."""
    if not facts.get(FACT) or (said.subject, said.body) != programme_words(facts, name, text):
        return html_of(said, language, facts.get("centre", ""))
    its = leaflet_of(facts[FACT])
    return template("programme.html").render(
        subject=subject(its.centre, text),
        language=language,
        to=text("To: %(unit)s", unit=name),
        opening=_opening(its, text),
        months=its.months,
        cancelled=text("cancelled"),
        closing=_closing(its, text)[:1],
        follow=text("See it on the web, up to date"),
        page=its.page,
        paragraphs=(),
        signature=" · ".join(word for word in (its.centre, its.mail) if word),
    )


def programme_files(facts: Mapping[str, str], language: str) -> tuple[Attachment, ...]:
    """The PDF that goes with it; all schools get the same."""
    return ((FILE, "application/pdf", _pdf(facts[FACT], language)),) if facts.get(FACT) else ()


@lru_cache(maxsize=4)
def _pdf(stored: str, language: str) -> bytes:
    return programme_paper(leaflet_of(stored), speaker(language), language)


def programme_paper(its: Leaflet, text: Text, language: str) -> bytes:
    """The programme to print and to pin up, a table for each month."""
    from kypek_sync.notices.paper import Paper  # its library is large

    title = text("Seminars of the next three months")
    with Paper(title, its.centre, language, its.made, 9.5) as paper:
        paper.foot = " · ".join(word for word in (its.mail, its.page) if word)
        for line in its.letterhead:
            paper.words(line, gap=0)
        paper.words(its.centre, bold=True, step=1.5, gap=2)
        paper.rule()
        paper.words(title, bold=True, step=6, gap=1)
        paper.words(its.period, quiet=True, step=1, gap=4)
        heads = (text("Day"), text("Hours"), text("Seminar"), text("Structure"), text("Place"))
        for month in its.months:
            paper.heading(month.name)
            paper.rows(heads, [_cells(line, text) for line in month.lines], (14, 13, 36, 15, 22), 1.0, strong=2)
        for words in _closing(its, text):
            paper.words(words)
        return paper.bytes


def _opening(its: Leaflet, text: Text) -> list[str]:
    return [
        text(
            "These are the seminars that we offer to teachers in the next three months (%(period)s).", period=its.period
        ),
        text("Please make them known to the teachers of your school. The same programme is attached, to be pinned up."),
    ]


def _closing(its: Leaflet, text: Text) -> list[str]:
    return [
        text("To apply, open the page of a seminar. What changes is shown there at once."),
        text("The programme, always up to date: %(page)s", page=its.page),
    ]


def _in_words(line: Line, text: Text) -> str:
    off = f" [{text('cancelled')}]" if line.cancelled else ""
    return f"{line.day}, {line.hours} – {line.title} ({line.structure}), {line.where}{off}"


def _cells(line: Line, text: Text) -> tuple[str, str, str, str, str]:
    day = f"{line.day}\n{text('cancelled')}" if line.cancelled else line.day
    return day, line.hours, line.title, line.structure, line.where
