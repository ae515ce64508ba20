"""Codes of the school network's directory in one form: specialties, unit codes, mail addresses, words of a fixed list.

Pure. Source: fact sheet directory, section 3 and traps D-5, D-6, D-9, D-11. Greek and Latin letters that look alike
stand for each other in the directory; here each code has its own alphabet again. What is no code is refused, never
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from kypek_sync.contract.directory_words import capitals, plain

STALE_SPECIALTIES = frozenset({"ΠΕ19", "ΠΕ20"})
"""Codes that law 4521/2018 replaced and the directory still carries (section 3.4)."""

_IN_GREEK = str.maketrans("ABDEHIKMNOPTXYZ∆‐‑‒–—−", "ΑΒΔΕΗΙΚΜΝΟΠΤΧΥΖΔ------")
"""For specialties, which people also transliterate: there a P is a Π as often as a look-alike of Ρ."""
_IN_LATIN = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
_CODE = r"(?:ΠΕ|ΤΕ|ΔΕ|ΥΕ)\d{2}(?:\.\d{2})*(?:-[Α-Ω]{2,4})?"
_SPECIALTY = re.compile(_CODE, re.ASCII)
_WITH_NAME = re.compile(rf"({_CODE})(?: ?[-:,.(] ?| )[^\W\d]{{3}}\D*", re.UNICODE)
_UNIT_CODE = re.compile(r"[0-9A-Z]{2,20}")
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]+\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]+)"
)
"""No domain of the first level has a digit: `sch.gr700001` is an address with a number glued to it."""
_LONG_NUMBER = re.compile(r"\d(?:[\s.,/-]?\d){4,}")
_QUOTED = 40
_PRIVATE = 0xE000
"""The first of the characters that stand for nothing."""


@lru_cache(maxsize=4096)
def shape(text: str) -> str:
    """The text in capitals without accents, each letter that Greek and Latin draw alike in Latin: `ΕΝΕΡΓΗ` typed in
    either alphabet, or in both, is one word."""
    return capitals(text).translate(_IN_LATIN)


@lru_cache(maxsize=4096)
def specialty(text: str) -> str:
    """A specialty code in Greek capitals: `pe86`, `PE86` in Latin look-alikes, `ΠΕ 86` and `ΠΕ86 - ΠΛΗΡΟΦΟΡΙΚΗΣ` are
    `ΠΕ86`; empty when the text is no code (`Διοικητικός`) or several. Suffixes stay: `ΠΕ04.01`, `ΔΕ01-ΕΒΠ` (D-11)."""
    words = _with_pi(capitals(text).translate(_IN_GREEK))
    code = words.replace(" ", "")
    if _SPECIALTY.fullmatch(code):
        return code
    named = _WITH_NAME.fullmatch(re.sub(r"^(\D\D) (?=\d)", r"\1", words))
    return named.group(1) if named else ""


def _with_pi(code: str) -> str:
    """A Greek rho that was written for the Latin P of a transliterated ΠΕ is a pi."""
    return "Π" + code[1:] if code.startswith("ΡΕ") else code


def unit_code(text: str) -> str:
    """A unit's code as the register writes it, a string (D-9): digits with their leading zeros, Latin capitals in Ε.Κ.
    codes (`EK04932`, also when typed in Greek); empty when the text is no code."""
    code = shape(text).replace(" ", "").replace(".", "")
    return code if code.isascii() and _UNIT_CODE.fullmatch(code) and any(map(str.isdigit, code)) else ""


def address(text: str) -> str:
    """A mail address in lower case; empty when the text is none, or several."""
    return text.lower() if len(text) <= 254 and _ADDRESS.fullmatch(text) else ""


def quoted(value: str) -> str:
    """A value as a finding may show it: short, and without any number of five digits or more, which might be somebody's
    registry or tax number in a wrong place (D-4)."""
    shown = _LONG_NUMBER.sub("…", value)
    return shown if len(shown) <= _QUOTED else shown[: _QUOTED - 1] + "…"


def without_numbers(text: str, but: Collection[str] = ()) -> str:
    """The text without any number of five digits or more but these; as it is where it has none."""
    if not _LONG_NUMBER.search(text):
        return text
    marks = {chr(_PRIVATE + at): number for at, number in enumerate(sorted(filter(None, but)))}
    for mark, number in marks.items():
        text = text.replace(number, mark)
    text = _LONG_NUMBER.sub(" ", text)
    for mark, number in marks.items():
        text = text.replace(mark, number)
    return plain(text)
