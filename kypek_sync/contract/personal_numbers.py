"""Tax and registry numbers in places where they should not be (D-4). Pure.

The rule, for whatever people read and for logs: a login may be named, a registry or tax number never, and what is known
decides which of the two a number is.

- Nine digits that are a tax number are shown by the last two, also as somebody's login.
- Six digits may be a registry number or a login. On a screen they are named in full where the directory has, or had,
  them as somebody's login and nobody is known to have them as a registry number, their own or another's
  (`cli.masking.login_shown`), and else shown by the last two. In logs, tickets and letters to
  others, where no directory is asked, they are always taken for a number where a login stands.

Whatever it looks like, a login works as one, since platforms know people by it; what machines read (`--json`, plans)
has it in full.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from kypek_sync.contract.directory_codes import shape

_HASH = r"(?<![0-9A-Za-z])(?=[a-f]*[0-9]+[a-f])[0-9a-f]{12,}(?![0-9A-Za-z])"
"""A hash, whose digits are nobody's number: somebody may compare it with one that was written out earlier."""
_TAX = re.compile(rf"{_HASH}|(?<![0-9])[0-9]{{9}}(?![0-9])")
_SIX = re.compile(r"[0-9]{6}")
_REGISTRY_ALONE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_OF_SOMEBODY = re.compile(
    r"(?<![0-9])[0-9]{8,}|(?:(?<=[^0-9a-z=-])|(?<=number)|(?<=am))[0-9]{6}(?![0-9])", re.IGNORECASE
)
"""In what names a unit: codes have seven digits (D-9), registry numbers six, tax numbers nine, and more are glued. Six
may also be a serial number in a name, and alone the code of a unit that lost its zero."""
_DRESS = frozenset(map(shape, ("", "ΑΜ", "ΑΡΜ", "ΜΗΤΡΩΟ", "ΑΦΜ", "AFM", "EL", "GR", "VAT", "TAX", "REG")))
_LOGIN = re.compile(r"[a-z0-9._@+-]{1,64}", re.IGNORECASE)
_REGISTRY_DIGITS = 6
_DIGITS = re.compile(r"[0-9]+")
_CLOSED_UP = re.compile(r"(?<=[0-9])[\s.,/-](?=[0-9])")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHOWN = 2
"""Digits at the end that stay: they tell two apart beside their names."""


def is_tax_number(text: str) -> bool:
    """Whether these are nine digits of which the last is the check of the others, as in every Greek tax number."""
    if not (text.isascii() and text.isdigit() and len(text) == 9) or text == "0" * 9:
        return False
    return sum(int(digit) << (8 - place) for place, digit in enumerate(text[:8])) % 11 % 10 == int(text[8])


def is_personal_number(text: str) -> bool:
    """Whether a text is a tax number, or six digits as a registry number has them."""
    return is_tax_number(text) or bool(text.isascii() and _SIX.fullmatch(text))


def holds_personal_number(text: str) -> bool:
    """Whether what names a unit, its DN or its code, may have somebody's number in it, which a broken line or a shifted
    column brought there: eight digits and more, or six that stand apart or behind the word for them."""
    return bool(_OF_SOMEBODY.search(text))


def without_personal_numbers(text: str) -> str:
    """The same text with an ellipsis for each of those numbers."""
    return _OF_SOMEBODY.sub("…", text)


def is_dressed_number(login: str, own: Collection[str] = ()) -> bool:
    """Whether the text in a login's place is a tax or registry number with something around it: `EL123456783`, `ΑΜ
    700001`, `700.001`, `700001@sch.gr`, or `own` (the numbers of the same row) beside whatever else. A number alone is
    none: it may be a login, and is treated as one."""
    if login.isascii() and login.isdigit():
        return False
    before, at, _ = login.partition("@")
    digits = _CLOSED_UP.sub("", before)
    if at and is_personal_number(digits):
        return True
    runs = set(_DIGITS.findall(digits))
    if any(is_tax_number(run) or (run in own and len(run) >= _REGISTRY_DIGITS) for run in runs):
        return True
    if not any(len(run) == _REGISTRY_DIGITS for run in runs):
        return False
    dress = shape("".join(_LETTERS.findall(digits)))
    return dress in _DRESS or not _LOGIN.fullmatch(login)


def masked(text: str) -> str:
    """A text for people, without the tax numbers in it, whatever stands beside them but more digits."""
    if len(text) < 9:
        return text
    return _TAX.sub(lambda found: _starred(found[0]) if is_tax_number(found[0]) else found[0], text)


def masked_login(login: str) -> str:
    """A login for people, without the tax or registry number that it is."""
    return _starred(login) if is_personal_number(login) else login


def masked_name(text: str) -> str:
    """What a person is called (logins, a name, an address), without the tax and registry numbers in it."""
    return _REGISTRY_ALONE.sub(lambda found: _starred(found[0]), masked(text))


def masked_of(text: str, login: str) -> str:
    """A text about the person of this login, without tax numbers, and without their registry number if it is one."""
    if is_personal_number(login):
        text = re.sub(rf"(?<![0-9]){login}(?![0-9])", _starred(login), text)
    return masked(text)


def _starred(number: str) -> str:
    return "*" * (len(number) - _SHOWN) + number[-_SHOWN:]
