"""Texts for people in Greek (first) and English, from gettext catalogues.

The message id is the English sentence; `locale/el/*.po` hold the Greek ones, a file for each part of the programme.
Catalogues are read as they are (no compiled copies that could be stale). Imports nothing of ours.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

LANGUAGES = ("el", "en")

Text = Callable[..., str]
"""`text("Seminar %(code)s", code="X")` gives the sentence in one language, its named places filled in."""


def preferred(choice: str = "") -> str:
    """The language to speak: `choice`, else the environment's `LANG`, else Greek."""
    wanted = (choice or os.environ.get("LC_ALL") or os.environ.get("LANG") or "el")[:2].lower()
    return wanted if wanted in LANGUAGES else "el"


@cache
def _catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    folder = files("kypek_sync") / "locale" / language
    if not folder.is_dir():
        return texts
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".po"):
            with entry.open("rb") as source:
                for message in read_po(source, locale=language):
                    if message.id and message.string:
                        texts[str(message.id)] = str(message.string)
    return texts


def missing(language: str, sentences: set[str]) -> set[str]:
    """Those sentences that the catalogue of `language` lacks, for the test that keeps it whole."""
    return sentences - _catalogue(language).keys()


def speaker(language: str) -> Text:
    """A function that turns English message ids into sentences of `language`."""
    catalogue = {} if language == "en" else _catalogue(language)

    def text(message: str, /, **values: object) -> str:
        sentence = catalogue.get(message, message)
        return sentence % values if values else sentence

    return text
