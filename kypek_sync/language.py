"""Texts for people in Greek (first) and English, from gettext catalogues.

The message id is the English sentence; `locale/el/*.po` hold the Greek ones, a file for each part of the programme.
Catalogues are read as they are (no compiled copies that could be stale). Imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

LANGUAGES = ("el", "en")

Text = Callable[..., str]
"""`text("Seminar %(code)s", code="X")` gives the sentence in one language, its named places filled in; of a sentence
with plural forms (its message id is that for many) the form for its number."""

_PLACE = re.compile(r"%\((\w+)\)s")
_WITHIN = re.compile(r"%\((\w+)\)s(?=[»\"]?(?:[.;,]|\)))")
"""A place behind which its sentence goes on or ends: what stands in it is a part of that sentence."""
_STOP = "."


def preferred(choice: str = "") -> str:
    """The language to speak: `choice`, else the environment's `LANG`, else Greek."""
    wanted = (choice or os.environ.get("LC_ALL") or os.environ.get("LANG") or "el")[:2].lower()
    return wanted if wanted in LANGUAGES else "el"


@dataclass(frozen=True, slots=True)
class Forms:
    """One sentence for one and one for many (gettext's plural forms of Greek and English). The number that decides
    stands in the place `count`, else in the first place that holds a whole number; without a number: many."""

    one: str
    many: str

    def for_values(self, values: Mapping[str, object]) -> str:
        """The form for these values."""
        ordered = ["count", *_PLACE.findall(self.many)]
        number = next((str(values[name]) for name in ordered if str(values.get(name, "")).isdecimal()), "")
        return self.one if number and int(number) == 1 else self.many


@cache
def _catalogue(language: str) -> dict[str, str | Forms]:
    texts: dict[str, str | Forms] = {}
    folder = files("kypek_sync") / "locale" / language
    if not folder.is_dir():
        return texts
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".po"):
            with entry.open("rb") as source:
                for message in read_po(source, locale=language):
                    if isinstance(message.id, tuple) and isinstance(message.string, tuple) and all(message.string):
                        texts |= dict.fromkeys(message.id, Forms(*message.string))
                    elif message.id and message.string:
                        texts[str(message.id)] = str(message.string)
    return texts


@cache
def _english() -> dict[str, str | Forms]:
    """The English sentences that have one form for one and another for many."""
    forms: dict[str, str | Forms] = {}
    for entry in (files("kypek_sync") / "locale" / "el").iterdir():
        if entry.name.endswith(".po"):
            with entry.open("rb") as source:
                for message in read_po(source, locale="el"):
                    if isinstance(message.id, tuple):
                        forms |= dict.fromkeys(message.id, Forms(*map(str, message.id)))
    return forms


@cache
def messages(part: str) -> tuple[str, ...]:
    """The English message ids of one part of the Greek catalogue (`connectors`), in its order, then those of the files
    that belong to it (`connectors_moodle`)."""
    found: list[str] = []
    for entry in sorted((files("kypek_sync") / "locale" / "el").iterdir(), key=lambda e: e.name):
        if entry.name == f"{part}.po" or (entry.name.startswith(f"{part}_") and entry.name.endswith(".po")):
            with entry.open("rb") as source:
                found += [_many(message.id) for message in read_po(source, locale="el") if message.id]
    return tuple(found)


def _many(ids: object) -> str:
    return str(ids[-1] if isinstance(ids, tuple) else ids)


def missing(language: str, sentences: set[str]) -> set[str]:
    """Those sentences that the catalogue of `language` lacks, for the test that keeps it whole."""
    return sentences - _catalogue(language).keys()


def clause(sentence: str) -> str:
    """A sentence as a part of another one, which has a full stop of its own: without the last of its full stops."""
    told = sentence.rstrip()
    return told if told.endswith("..") else told.removesuffix(_STOP)


class _Facts(dict[str, object]):
    """The values of a sentence by their places, those `_WITHIN` it as clauses."""

    def __missing__(self, place: str) -> str:
        if place.endswith(_STOP):
            return clause(str(self[place.removesuffix(_STOP)]))
        raise KeyError(place)


@lru_cache(maxsize=4096)
def _with_clauses(sentence: str) -> str:
    return _WITHIN.sub(rf"%(\1{_STOP})s", sentence)


def speaker(language: str) -> Text:
    """A function that turns English message ids into sentences of `language`. A fact that is a sentence itself loses
    its full stop where the sentence around it goes on behind it, so that no two follow each other."""
    catalogue = _english() if language == "en" else _catalogue(language)

    def text(message: str, /, **values: object) -> str:
        found = catalogue.get(message, message)
        sentence = found if isinstance(found, str) else found.for_values(values)
        return _with_clauses(sentence) % _Facts(values) if values else sentence

    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is worded where it is read, in the language of whoever reads it: the English message with the
    facts of its places, sorted; `then` follows it, where one is not enough.

    What decides (guards, plans) holds these and knows no language; what is stored can be read in every one.
    """

    message: str
    facts: tuple[tuple[str, str], ...] = ()
    then: tuple[Sentence, ...] = ()

    @classmethod
    def of(cls, message: str, /, **facts: object) -> Sentence:
        """A sentence from a message of the catalogue and its facts."""
        return cls(message, tuple(sorted((name, str(value)) for name, value in facts.items())))

    @classmethod
    def read(cls, stored: str) -> Sentence:
        """What `stored` gave; any other text is a sentence that is already worded."""
        try:
            body = json.loads(stored)
            return cls._loaded(body)
        except (ValueError, KeyError, TypeError):
            return cls(stored)

    @classmethod
    def _loaded(cls, body: dict[str, object]) -> Sentence:
        facts, then = body["facts"], body["then"]
        if not isinstance(facts, dict) or not isinstance(then, list):
            raise TypeError("not a stored sentence")
        pairs = tuple(sorted((str(name), str(value)) for name, value in facts.items()))
        return cls(str(body["message"]), pairs, tuple(cls._loaded(one) for one in then))

    @property
    def stored(self) -> str:
        """One line of JSON, the same for the same sentence."""
        return json.dumps(self._plain(), ensure_ascii=False, sort_keys=True)

    def _plain(self) -> dict[str, object]:
        return {"message": self.message, "facts": dict(self.facts), "then": [one._plain() for one in self.then]}

    def followed_by(self, *others: Sentence) -> Sentence:
        """This sentence and then these."""
        return Sentence(self.message, self.facts, (*self.then, *others))

    def said(self, text: Text) -> str:
        """The sentence in one language."""
        own = text(self.message, **dict(self.facts)) if self.message else ""
        return " ".join(part for part in (own, *(one.said(text) for one in self.then)) if part)

    def __str__(self) -> str:
        return self.said(speaker("en"))
