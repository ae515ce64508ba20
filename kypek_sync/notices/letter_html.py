"""The HTML part of a letter: made of the very words of its plain text, so that no letter is written twice.

The plain text has a form: paragraphs stand apart by an empty line; a first line that ends in a colon is the heading of
the lines below it; lines indented by four spaces are to be copied as they are; an address is a link. That is all there
is to see in it, and all that this adds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from kypek_sync.notices.words import Words

_INDENT = "    "
_APART = re.compile(r"\n{2,}")
_ADDRESS = re.compile(r"https?://[^\s<>\"«»]+")
_AFTER = ".,;:·!)]}"
"""What ends a sentence behind an address, and is no part of it."""


class Kind(StrEnum):
    """How a paragraph is shown."""

    WORDS = "words"
    LIST = "list"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `address` is where it leads, empty: nowhere."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a letter: the pieces of each of its lines, under a heading that may be empty."""

    kind: Kind
    lines: tuple[tuple[Piece, ...], ...]
    heading: str = ""


def html_of(said: Words, language: str, centre: str = "") -> str:
    """A letter as HTML in one column: no picture, nothing from elsewhere, readable in the dark. `centre` is who signs:
    a last paragraph that says no more than that is set apart."""
    parts = [part for part in _APART.split(said.body.strip("\n")) if part.strip()]
    signed = bool(centre) and bool(parts) and parts[-1].strip() == centre
    paragraphs = [_paragraph(part) for part in (parts[:-1] if signed else parts)]
    return template("letter.html").render(
        subject=said.subject,
        language=language,
        paragraphs=paragraphs,
        signature=centre if signed else "",
    )


def _paragraph(part: str) -> Paragraph:
    rows = part.split("\n")
    if all(row.startswith(_INDENT) for row in rows):
        return Paragraph(Kind.COPY, tuple((Piece(row.removeprefix(_INDENT)),) for row in rows))
    heading = rows[0].rstrip() if len(rows) > 1 and rows[0].rstrip().endswith(":") else ""
    lines = tuple(_pieces(row) for row in (rows[1:] if heading else rows))
    leads_on = all(len(line) == 1 and line[0].address for line in lines)
    return Paragraph(Kind.LIST if heading and not leads_on else Kind.WORDS, lines, heading)


def _pieces(line: str) -> tuple[Piece, ...]:
    """A line with its addresses as links."""
    found, end = [], 0
    for match in _ADDRESS.finditer(line):
        address = match[0].rstrip(_AFTER)
        found += [Piece(line[end : match.start()]), Piece(address, address)]
        end = match.start() + len(address)
    return tuple(piece for piece in (*found, Piece(line[end:])) if piece.words)


@cache
def template(name: str) -> Template:
    """One of the templates beside this module."""
    folder = str(files("kypek_sync") / "notices" / "templates")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
