"""Words of the school network's directory brought to one form: texts, DNs, labels. Pure.

Source: fact sheet directory, section 3 and traps D-1, D-7, D-13; codes are in `directory_codes`. A connector hands over
what the directory holds; two spellings of the same thing leave this module alike, and what is no such thing is refused,
never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UNITS_RDN = "ou=units"
"""The RDN below which every directorate and its units hang (fact sheet, section 1.1)."""

NO_DIRECTORATES = frozenset({"partners", "groups"})
"""Labels below `ou=units` that name no directorate (section 1.1)."""

_INVISIBLE = frozenset({"Cc", "Cf"})
_ESCAPE = re.compile(r"\\(?:[0-9A-Fa-f]{2}|.)", re.DOTALL)
_TYPE = re.compile(r"[a-z][a-z0-9-]*|\d+(?:\.\d+)+", re.ASCII)
_SPECIAL = re.compile(r'([,+"\\<>;=])')
_ESCAPED = r"\\\1"


def plain(text: str) -> str:
    """The text in one Unicode form (NFC), trimmed, white space single (also line ends and spaces that do not break),
    without characters that nobody sees: zero-width ones, soft hyphens, marks of direction, controls (D-6, D-7)."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def capitals(text: str) -> str:
    """The text in capitals without accents, for comparing and as a code: `Λύκειο` and `ΛΥΚΕΙΟ` are one word."""
    bare = (c for c in unicodedata.normalize("NFD", plain(text)) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(bare)).upper()


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
    own, comma, parent = dn.partition(",")
    if "\\" in own or "+" in own:
        name, _, value = rdns(dn)[0].partition("=")
        return name, _unescape(value)
    if comma:
        unit_id(parent)  # the same few come again and again; only an entry's own part is new each time
    name, value = _read(own)
    return name, value


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
    name, value = _read(part)
    return f"{name}={_SPECIAL.sub(_ESCAPED, value)}"


def _read(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    name = name.strip().lower()
    if not equals or not _TYPE.fullmatch(name):
        raise ValueError(f"{name[:20]!r} is no part of a DN")
    value = plain(_unescape(value)).casefold()
    if not value:
        raise ValueError(f"{name} of a DN has no value")
    return name, value


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
