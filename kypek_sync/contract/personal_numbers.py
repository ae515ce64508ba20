"""Tax and registry numbers in places where they should not be (D-4). Pure.

The rule, for whatever people read and for logs: a login may be named, a registry or tax number never, and what is known
decides which of the two a number is.

- Nine digits that are a tax number are shown by the last two, also as somebody's login.
- Six digits may be a registry number or a login. On a screen they are named in full where the directory has, or had,
  them as somebody's login (`cli.masking.login_shown`), and else shown by the last two. In logs, tickets and letters to
  others, where no directory is asked, they are always taken for a number where a login stands.

Whatever it looks like, a login works as one, since platforms know people by it; what machines read (`--json`, plans)
has it in full.
"""

from __future__ import annotations

import re

_HASH = r"(?<![0-9A-Za-z])(?=[a-f]*[0-9]+[a-f])[0-9a-f]{12,}(?![0-9A-Za-z])"
"""A hash, whose digits are nobody's number: somebody may compare it with one that was written out earlier."""
_TAX = re.compile(rf"{_HASH}|(?<![0-9])[0-9]{{9}}(?![0-9])")
_REGISTRY = re.compile(r"[0-9]{6}")
_REGISTRY_ALONE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_SHOWN = 2
"""Digits at the end that stay: they tell two apart beside their names."""


def is_tax_number(text: str) -> bool:
    """Whether these are nine digits of which the last is the check of the others, as in every Greek tax number."""
    if not (text.isascii() and text.isdigit() and len(text) == 9) or text == "0" * 9:
        return False
    return sum(int(digit) << (8 - place) for place, digit in enumerate(text[:8])) % 11 % 10 == int(text[8])


def is_personal_number(text: str) -> bool:
    """Whether a text is a tax number, or six digits as a registry number has them."""
    return is_tax_number(text) or bool(text.isascii() and _REGISTRY.fullmatch(text))


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
