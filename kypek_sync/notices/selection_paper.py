"""The «βεβαίωση επιλογής»: one page by which a teacher shows the head of their school that they were chosen, and when.

It says what the letter says it goes with, and no more of the person than name and unit: no tax or registry number
(design, rule 16). Made of the facts of the letter and its moment alone, so that the same letter has the same file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_decimal

from kypek_sync.contract import masked, masked_name
from kypek_sync.language import Text
from kypek_sync.ledger.codec import load
from kypek_sync.model import Form, local
from kypek_sync.notices.calendar import Meeting
from kypek_sync.notices.calendar_letters import FACT, Attachment, Dates
from kypek_sync.notices.change_words import CHANGED, STRUCTURE
from kypek_sync.notices.form_words import FORMS

if TYPE_CHECKING:
    from kypek_sync.notices.paper import Paper

GRANTED = "seat-granted"
WITH_PAPER = (GRANTED, CHANGED)
"""The letters that bring one. Who is told of other dates gets a new one: the one at school says the old."""
UNITS, LETTERHEAD = "units", "letterhead"
"""Facts of its own beside `STRUCTURE`, without which there is no paper; both are lines."""

_SIZES = (11.0, 10.0, 9.0, 8.0, 7.0)
"""Points of the running words, the largest with which all is on one page."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the paper says. `issued` is the moment of the letter; `replaces`: there was one with other dates."""

    name: str
    units: tuple[str, ...]
    title: str
    code: str
    structure: str
    centre: str
    mail: str
    page: str
    letterhead: tuple[str, ...]
    meetings: tuple[Meeting, ...]
    issued: datetime
    replaces: bool = False


def selection_of(kind: str, facts: Mapping[str, str], name: str, issued: datetime) -> Selection | None:
    """The paper that goes with a letter to somebody called `name`; None where none does."""
    if kind not in WITH_PAPER or not facts.get(STRUCTURE) or not facts.get(FACT):
        return None
    dates = load(Dates, json.loads(facts[FACT]))
    if not dates.added:
        return None
    return Selection(
        masked_name(name),
        tuple(masked(one) for one in facts.get(UNITS, "").split("\n") if one),
        facts.get("title", ""),
        dates.seminar,
        facts[STRUCTURE],
        facts.get("centre", ""),
        dates.sender.mail if dates.sender else "",
        facts.get("page", ""),
        tuple(line for line in facts.get(LETTERHEAD, "").split("\n") if line),
        dates.added,
        issued,
        kind == CHANGED,
    )


def papers(
    kind: str, facts: Mapping[str, str], name: str, issued: datetime, text: Text, language: str
) -> tuple[Attachment, ...]:
    """The file of that paper, if there is one."""
    its = selection_of(kind, facts, name, issued)
    if its is None:
        return ()
    return ((f"{its.code}-vevaiosi-epilogis.pdf", "application/pdf", selection_paper(its, text, language)),)


def selection_paper(its: Selection, text: Text, language: str) -> bytes:
    """The page. Letters become smaller until it is one; of more sessions than a page holds the last are counted, and
    stand on the seminar's page."""
    for size in _SIZES:
        if page := _page(its, its.meetings, text, language, size):
            return page
    shown = len(its.meetings) * 3 // 4
    while shown > 1 and not (page := _page(its, its.meetings[:shown], text, language, _SIZES[-1])):
        shown = shown * 3 // 4
    return page or _page(its, its.meetings[:1], text, language, _SIZES[-1], whole=False)


def _page(
    its: Selection, shown: Sequence[Meeting], text: Text, language: str, size: float, *, whole: bool = True
) -> bytes:
    """The page with these sessions; empty where it is more than one. Not `whole`: whatever it is."""
    from kypek_sync.notices.paper import Paper  # its library is large

    with Paper(text("Certificate of selection"), its.centre, language, its.issued, size) as paper:
        _head(paper, its, text, language)
        _body(paper, its, text)
        heads = ("", text("Day"), text("Hours"), text("Place or way"))
        rows = [_row(number, one, text, language) for number, one in enumerate(shown, 1)]
        paper.rows(heads, rows, (6, 34, 18, 42), 1.2 if size > _SIZES[2] else 0.5)
        paper.words(_total(its.meetings, len(shown), text, language), gap=3)
        _end(paper, its, text)
        return paper.bytes if paper.pages_count == 1 or not whole else b""


def _head(paper: Paper, its: Selection, text: Text, language: str) -> None:
    """Who writes, when, and to whom."""
    paper.foot = " · ".join(word for word in (its.mail, its.page) if word)
    for line in its.letterhead:
        paper.words(line, gap=0)
    paper.words(its.centre, bold=True, step=1, gap=0)
    if its.structure != its.centre:
        paper.words(its.structure, gap=1)
    day = format_date(local(its.issued), "d MMMM y", locale=_locale(language))
    paper.words(text("Date: %(date)s", date=day), align="R", gap=1)
    paper.rule()
    to = ", ".join(its.units) or text("whom it may concern")
    paper.words(text("To: %(unit)s", unit=to), gap=3)


def _body(paper: Paper, its: Selection, text: Text) -> None:
    """Who was selected, and for what."""
    paper.words(text("CERTIFICATE OF SELECTION"), bold=True, step=4, align="C", gap=3)
    paper.words(text("We certify that the person named below has been selected to attend this seminar:"), gap=3)
    unit = [(text("Serves at"), ", ".join(its.units))] if its.units else []
    paper.facts(
        [
            (text("Full name"), its.name),
            *unit,
            (text("Seminar"), text("«%(title)s» (code %(code)s)", title=its.title, code=its.code)),
            (text("Organised by"), its.structure if its.structure == its.centre else f"{its.structure}, {its.centre}"),
        ]
    )


def _end(paper: Paper, its: Selection, text: Text) -> None:
    """What it is for, and who gives it."""
    if its.replaces:
        paper.words(text("It replaces the one with other dates that was given before."), gap=3)
    paper.words(text("Please make it possible for them to take part, as far as the work of the unit allows."), gap=3)
    paper.words(text("Given for official use. It does not certify attendance."), gap=5)
    paper.words(its.centre, bold=True, align="R", gap=1)
    paper.words(text("Issued electronically, without a signature."), quiet=True, step=-1, align="R", gap=0)


def _row(number: int, one: Meeting, text: Text, language: str) -> tuple[str, str, str, str]:
    starts, ends = local(one.starts), local(one.ends)
    day = format_date(starts, "EEE d MMMM y", locale=_locale(language))
    hours = f"{starts:%H:%M}–{ends:%H:%M}"
    way = text(FORMS[Form.ONLINE]) if one.form is Form.ONLINE else ""
    return str(number), day, hours, ", ".join(word for word in (one.place, way) if word) or text(FORMS[one.form])


def _total(those: Sequence[Meeting], shown: int, text: Text, language: str) -> str:
    hours = sum((one.ends - one.starts for one in those), timedelta()) / timedelta(hours=1)
    count = len(those)
    said = text("In all: %(count)s sessions, %(hours)s hours.", count=count, hours=_number(hours, language))
    if shown < len(those):
        said += " " + text("The sessions that are not shown here stand on the seminar's page.")
    return said


def _number(hours: float, language: str) -> str:
    return format_decimal(hours, format="#.##", locale=_locale(language))


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else language
