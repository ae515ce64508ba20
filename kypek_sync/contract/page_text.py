"""Descriptions as platforms keep them: plain text of ours to HTML, and whatever HTML is there to plain text. Pure."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_BREAKS = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr"})
_SILENT = frozenset({"script", "style"})


def html_of(text: str) -> str:
    """Plain text as HTML: a paragraph for each block of lines, everything escaped, addresses become links."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.strip())]
    return "".join(f"<p>{_linked(block)}</p>" for block in blocks if block)


def words_of(page: str) -> str:
    """The words of a piece of HTML, a line for each block."""
    parser = _Text()
    parser.feed(page)
    parser.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(parser.parts)).strip()


def _linked(block: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _URL.finditer(block):
        address = html.escape(match[0])
        parts += [html.escape(block[end : match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join([*parts, html.escape(block[end:])]).replace("\n", "<br>")


class _Text(HTMLParser):
    """Collects the words of a page; scripts and styles are no words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BREAKS - {"br"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
