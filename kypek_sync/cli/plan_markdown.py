"""A plan as Markdown: for a ticket, a wiki or a pull request. No cell can break out of its table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kypek_sync.cli.plan_words import COLUMNS, JOIN, Section, Sheet
from kypek_sync.language import Text

_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+!|~$^=-])")
"""What Markdown and its common dialects may read as more than text."""


def markdown(sheet: Sheet, text: Text) -> str:
    """The sheet as one Markdown document that ends with a line break."""
    lines = [f"# {_safe(sheet.title)}", ""]
    for fact in sheet.facts:
        lines += [_safe(fact), ""]
    for section in sheet.sections:
        lines += _section(section, text)
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(section: Section, text: Text) -> Iterator[str]:
    yield from (f"## {_safe(section.heading)}", "")
    if section.hash:
        yield from (text("Fingerprint: %(hash)s", hash=f"`{section.hash}`"), "")
    for word, sentences in ((text("Problem"), section.problems), (text("Kept back"), section.notes)):
        if sentences:
            yield from (f"- **{_safe(word)}**: {_safe(sentence)}" for sentence in sentences)
            yield ""
    for block in section.blocks:
        yield from (f"### {_safe(block.heading)} ({len(block.lines)})", "")
        for sentence in (block.why, block.step):
            if sentence:
                yield from (_safe(sentence), "")
        yield _row(text(column) for column in COLUMNS)
        yield _row("---" for _ in COLUMNS)
        for line in block.lines:
            yield _row(_safe(cell) for cell in (*line.cells, JOIN.join(line.because)))
        yield ""


def _row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _safe(words: str) -> str:
    """Text that stays text: markup, links and HTML in it are shown, not carried out."""
    shown = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(r"\\\1", " ".join(shown.split())).replace("://", "&#58;//").replace("@", "&#64;")
