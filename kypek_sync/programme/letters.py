"""Greek letters as people type them: with or without accents, in capitals, with Latin look-alikes in between."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

_LATIN_TO_GREEK = str.maketrans("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_LATIN_TO_GREEK_LOWER = str.maketrans("abezhikmnoptyx", "αβεζηικμνορτυχ")

# ELOT 743 in capitals, letter by letter: enough for codes, which are read by people and machines.
_GREEK_TO_LATIN = {
    **dict(zip("ΑΒΓΔΕΖΗΙΚΛΜΝΞΟΠΡΣΤΥΦΩ", "AVGDEZIIKLMNXOPRSTYFO", strict=True)),
    "Θ": "TH",
    "Χ": "CH",
    "Ψ": "PS",
}


def fold(text: str) -> str:
    """Lower case without accents; final sigma becomes sigma, unbreakable spaces become spaces."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def is_greek(letter: str) -> bool:
    """Whether it is a letter of the Greek alphabet."""
    return "\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff"


def squeeze(text: str) -> str:
    """What is compared of a heading or keyword: folded letters and digits alone. Latin letters that look Greek become
    Greek where the text has any Greek letter (`Kωδικός` typed with a Latin K)."""
    bare = "".join(letter for letter in fold(text) if letter.isalnum())
    return bare.translate(_LATIN_TO_GREEK_LOWER) if any(map(is_greek, bare)) else bare


def greek_capitals(text: str) -> str:
    """Capitals without accents, Latin look-alikes turned to Greek letters (D-11)."""
    return fold(text).upper().translate(_LATIN_TO_GREEK)


def latin_capitals(text: str) -> str:
    """The text in Latin capitals, digits and hyphens, as a code may be written."""
    capitals = fold(text).upper().replace("ΟΥ", "OU")
    latin = "".join(_GREEK_TO_LATIN.get(letter, letter) for letter in capitals)
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in latin)
    while "--" in kept:
        kept = kept.replace("--", "-")
    return kept.strip("-._")


def nearest(word: str, known: Mapping[str, str] | Iterable[str]) -> str:
    """The known word most like this one, as it should be written; empty when none is near.

    `known` maps compared form → written form, or is a collection of written forms.
    """
    forms = dict(known) if isinstance(known, Mapping) else {squeeze(k): k for k in known}
    found = difflib.get_close_matches(squeeze(word)[:80], list(forms), n=1, cutoff=0.7)
    return forms[found[0]] if found else ""
