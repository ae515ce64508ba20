"""A plan as one HTML page that needs nothing else: for people without a terminal, on a screen or on paper."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from kypek_sync.cli.plan_words import COLUMNS, Sheet
from kypek_sync.language import Text


def html(sheet: Sheet, text: Text, language: str) -> str:
    """The sheet as one page; all that comes from elsewhere is escaped."""
    words = {
        "fingerprint": text("Fingerprint: %(hash)s", hash=""),
        "problem": text("Problem"),
        "kept_back": text("Kept back"),
        "contents": text("Contents"),
    }
    page = _environment().get_template("plan.html")
    return page.render(sheet=sheet, words=words, columns=[text(column) for column in COLUMNS], language=language)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("kypek_sync.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
