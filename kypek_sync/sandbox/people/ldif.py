"""Entries as LDIF (RFC 2849): base64 where a value needs it, long lines folded as slapcat does."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache

Attributes = Iterable[tuple[str, str]]
WIDTH = 78
_SAFE = re.compile(r"(?![ :<])[\x01-\x09\x0b\x0c\x0e-\x7f]*(?<! )")


def entry(dn: str, attributes: Attributes) -> str:
    """One entry with the empty line that ends it. Values that are empty are left out."""
    lines = [_line("dn", dn)]
    for name, value in attributes:
        if value:
            lines.append(_shared(name, value) if value[0] > "\x7f" else _line(name, value))
    lines.append("\n")
    return "".join(lines)


def _line(name: str, value: str) -> str:
    safe = _SAFE.fullmatch(value)
    line = f"{name}: {value}" if safe else f"{name}:: {b64encode(value.encode()).decode()}"
    return line + "\n" if len(line) <= WIDTH else _folded(line)


@lru_cache(maxsize=8192)
def _shared(name: str, value: str) -> str:
    """The line of a Greek value: names and schools come again and again."""
    return _line(name, value)


def _folded(line: str) -> str:
    pieces = [line[:WIDTH]]
    pieces += [" " + line[start : start + WIDTH - 1] for start in range(WIDTH, len(line), WIDTH - 1)]
    return "\n".join(pieces) + "\n"
