"""Mail addresses and header words that are safe to send. Pure."""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address

_LONGEST = 254  # RFC 5321: what fits between < and >
_WITH_NAME = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
_BARE = re.compile(r"(?P<user>[^\s@<>()\[\],;:\\\"]{1,64})@(?P<domain>[^\s@<>()\[\],;:\\\"]+)")
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})


class Unsendable(ValueError):
    """Something that no mail may carry. Its text is a sentence without the address itself."""


def one_line(text: str, what: str) -> str:
    """The text, if it is one line of real characters. Raises `Unsendable`: a line break would begin a header of its
    own."""
    if any(unicodedata.category(character) in _BREAKING for character in text):
        raise Unsendable(f"The {what} holds a line break or another control character.")
    return text


def one_address(text: str, what: str) -> Address:
    """The one address in a text, with or without a name. A domain in Greek letters is written as `xn--…`; letters that
    are not ASCII before the @ are refused, since few servers take them. Raises `Unsendable`."""
    line = one_line(text, what).strip()
    named = _WITH_NAME.fullmatch(line)
    name = named["name"].strip().strip('"').strip() if named else ""
    bare = _BARE.fullmatch((named["address"] if named else line).strip())
    if bare is None:
        raise Unsendable(f"The {what} is not one mail address.")
    try:
        bare["user"].encode("ascii")
        domain = bare["domain"].encode("idna").decode("ascii")
    except UnicodeError:
        raise Unsendable(f"The {what} has letters or dots that mail servers do not take.") from None
    address = Address(name, bare["user"], domain)
    if len(address.addr_spec) > _LONGEST:
        raise Unsendable(f"The {what} is longer than an address may be.")
    return address
