"""Words of the school network's directory brought to one form: texts, DNs, labels, specialties. Pure.

Source: fact sheet directory, section 3 and traps D-1, D-7, D-11, D-13. A connector hands over what the directory
holds; two spellings of the same thing leave this module alike, and what is no such thing is refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UNITS_RDN = "ou=units"
"""The RDN below which every directorate and its units hang (fact sheet, section 1.1)."""

NO_DIRECTORATES = frozenset({"partners", "groups"})
"""Labels below `ou=units` that name no directorate (section 1.1)."""

STALE_SPECIALTIES = frozenset({"ΠΕ19", "ΠΕ20"})
"""Codes that law 4521/2018 replaced and the directory still carries (section 3.4)."""

_LOOK_ALIKES = str.maketrans("ABDEHIKMNOPTXYZ∆", "ΑΒΔΕΗΙΚΜΝΟΠΤΧΥΖΔ")
_SPECIALTY = re.compile(r"(?:ΠΕ|ΤΕ|ΔΕ|ΥΕ)\d{2}(?:\.\d{2})*(?:-[Α-Ω]+)?")
_ESCAPE = re.compile(r"\\(?:[0-9A-Fa-f]{2}|.)", re.DOTALL)
_SPECIAL = re.compile(r'([,+"\\<>;=])')
_ESCAPED = r"\\\1"


def plain(text: str) -> str:
    """The text in one Unicode form (NFC), trimmed, inner white space single (D-6, D-7)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=4096)
def capitals(text: str) -> str:
    """The text in capitals without accents, for comparing and as a code: `Λύκειο` and `ΛΥΚΕΙΟ` are one word."""
    bare = (c for c in unicodedata.normalize("NFD", plain(text)) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(bare)).upper()


@lru_cache(maxsize=4096)
def specialty(text: str) -> str:
    """A specialty code in Greek capitals: `pe86`, `PE86` in Latin look-alikes and `ΠΕ 86` are `ΠΕ86`; empty when the
    text is no code (`Διοικητικός`). Suffixes stay: `ΠΕ04.01`, `ΔΕ01-ΕΒΠ` (D-11)."""
    code = capitals(text).replace(" ", "").translate(_LOOK_ALIKES)
    if code.startswith("ΡΕ"):  # a Greek rho that was written for the Latin P of a transliterated ΠΕ
        code = "Π" + code[1:]
    return code if _SPECIALTY.fullmatch(code) else ""


@lru_cache(maxsize=65536)
def unit_id(dn: str) -> str:
    """The normal form of a DN: attribute types and values in lower case, no stray spaces, escapes in one form (D-1).

    Both of `ou=10gym-iliou, ou=att-g, …` and `OU=10GYM-ILIOU,OU=att-g,…` give the same. Raises `ValueError` when the
    text is no DN.
    """
    return ",".join(rdns(dn))


@lru_cache(maxsize=65536)
def directorate(unit: str) -> str:
    """The directorate's label in a unit id, the RDN just below `ou=units` (`att-a`); empty when there is none."""
    parts = rdns(unit)
    if UNITS_RDN not in parts[1:]:
        return ""
    name, _, label = parts[parts.index(UNITS_RDN, 1) - 1].partition("=")
    return label if name == "ou" and label not in NO_DIRECTORATES else ""


def leaf(dn: str) -> tuple[str, str]:
    """Type and value of a DN's first RDN, normalised: `("uid", "mpappa")`. Raises `ValueError` when it is no DN."""
    name, _, value = rdns(dn)[0].partition("=")
    return name, _unescape(value)


def below(dn: str, ancestor: str) -> bool:
    """Whether the DN lies somewhere below `ancestor`; both in normal form."""
    return dn.endswith("," + ancestor)


def rdns(dn: str) -> list[str]:
    """The RDNs of a DN in normal form, the entry's own first. Raises `ValueError` when the text is no DN."""
    if not dn.strip():
        raise ValueError("an empty text is no DN")
    return ["+".join(sorted(_pair(part) for part in _split(rdn, "+"))) for rdn in _split(dn, ",")]


def _split(text: str, separator: str) -> list[str]:
    if "\\" not in text:
        return text.split(separator)
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


@lru_cache(maxsize=4096)
def _pair(part: str) -> str:
    """One attribute and its value; all but an entry's own come again in thousands of DNs."""
    name, equals, value = part.partition("=")
    name = name.strip().lower()
    if not equals or not re.fullmatch(r"[a-z][a-z0-9-]*|\d+(?:\.\d+)+", name):
        raise ValueError(f"{part.strip()!r} is no part of a DN")
    value = plain(_unescape(value)).casefold()
    if not value:
        raise ValueError(f"{name} of a DN has no value")
    return f"{name}={_SPECIAL.sub(_ESCAPED, value)}"


def _unescape(value: str) -> str:
    if "\\" not in value:
        return value
    raw = bytearray()
    at = 0
    for match in _ESCAPE.finditer(value):
        raw += value[at : match.start()].encode()
        escaped = match.group()[1:]
        raw += bytes.fromhex(escaped) if len(escaped) == 2 else escaped.encode()
        at = match.end()
    return (raw + value[at:].encode()).decode("utf-8", "strict")
