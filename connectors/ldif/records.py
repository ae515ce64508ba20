"""A streaming reader of LDIF content records (RFC 2849) that notices when a file was cut.

Why our own: the living pure-Python reader (`ldif` 4.3 on PyPI) drops comments, and with them the trailer by which an
export of `ldapsearch` proves that it is whole; it stops at the first broken record, takes damaged base64 as it is, and
reads each line by itself, which takes a minute for a country. python-ldap's reader needs a compiler at install. What
this one takes: folded lines, base64, attribute options, comments, `version: 1`, CR LF, a byte order mark. What it
refuses, record by record: change records, values by URL (never fetched), lines that are none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

from connectors.ldif.searches import Searches

MAX_RECORD = 16 * 1024 * 1024
"""Bytes of one record that are still read; a longer one is no LDIF."""

_CHUNK = 1024 * 1024
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9.;_-]*")
_RESULT = b"search: "
_STEERING = frozenset({"dn", "changetype"})
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Record:
    """An entry: `line` (from 1) where it begins, its DN, and the wanted values as bytes by lower-case description.
    `seen` names every attribute description of the record, wanted or not."""

    line: int
    dn: str
    values: dict[str, list[bytes]] = field(repr=False)
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Defect:
    """A record that could not be read: `line` (from 1) and a clause that says why, without any of its values."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Block:
    """A record as it stands in the file, not yet read. `line` (from 1) is where it begins; `text` has neither comments
    nor folds, `raw` has both. `ended`: a blank line follows it, so it is not the one that a cut halved."""

    line: int
    text: bytes = field(repr=False)
    raw: bytes = field(repr=False)
    ended: bool = True

    @property
    def dn(self) -> bytes | None:
        """The bytes of its DN; None when it has none that can be read."""
        name, why, value = _attribute(self.text.partition(b"\n")[0])
        return value if name == "dn" and not why else None

    @property
    def end(self) -> str:
        """The attribute of its last line, in lower case; empty where it has other values too, of which more might be
        missing, or cannot be read."""
        lines = self.text.split(b"\n")
        name = lines[-1].partition(b":")[0]
        several = any(line.partition(b":")[0] == name for line in lines[:-1])
        return "" if several else _description(name)

    def record(self, wanted: frozenset[str]) -> Record | Defect:
        """Read it. `wanted` are the attribute descriptions to keep, in lower case; every option form of a wanted one is
        kept too."""
        lines = self.text.split(b"\n")
        name, why, value = _attribute(lines[0])
        if name != "dn" and not why:
            why = "a record does not begin with its DN"
        try:
            dn = value.decode("utf-8")
        except UnicodeDecodeError:
            dn, why = "", why or "a DN is no UTF-8"
        if why:
            return Defect(self._line_of(0), why)
        values: dict[str, list[bytes]] = {}
        seen: set[str] = set()
        for number in range(1, len(lines)):
            name, why, value = _attribute(lines[number])
            if not why and name in _STEERING:
                why = _misplaced(name, value)
            elif not why:
                seen.add(name)
                if name in wanted or name.partition(";")[0] in wanted:
                    values.setdefault(name, []).append(value)
            if why:
                return Defect(self._line_of(number), why)
        if not seen:
            return Defect(self.line, "an entry has no attribute")
        return Record(self.line, dn, values, frozenset(seen))

    def _line_of(self, wanted: int) -> int:
        """Where in the file the n-th line of `text` begins."""
        number, comment = -1, False
        for at, line in enumerate(self.raw.split(b"\n")):
            if line.startswith(b" ") and number + comment >= 0:
                continue
            comment = line.startswith(b"#")
            number += not comment
            if number == wanted and not comment:
                return self.line + at
        return self.line


class LdifReader:
    """Iterates over the records of a file as blocks, in bounded memory. After the last one: `cut` tells whether the
    file ends too early; `proven`, whether it carries the result and the counts of each search that made it (only
    `ldapsearch` without -L, -LL or -LLL writes both, so any other file that a limit cut short looks whole); `digest` is
    the SHA-256 of its bytes, unless it was asked not to make one.
    """

    def __init__(self, source: BinaryIO, *, digest: bool = True) -> None:
        self._source = source
        self._digest = hashlib.sha256() if digest else None
        self._searches = Searches()
        self._blank_end = True
        self._line_end = True
        self._read = 0
        self._endless = False

    def __iter__(self) -> Iterator[Block]:
        line = 1
        for raw in self._paragraphs():
            stripped = raw.lstrip(b"\n")
            line += len(raw) - len(stripped)
            if stripped:
                block = self._block(line, stripped)
                if block is not None:
                    self._read += 1
                    yield block
            line += stripped.count(b"\n")

    @property
    def digest(self) -> str:
        """What tells this file from another, as hexadecimal digits; empty when it was not asked for."""
        return self._digest.hexdigest() if self._digest is not None else ""

    @property
    def proven(self) -> bool:
        """Whether every search of the file told how it ended."""
        return self._searches.proven

    @property
    def cut(self) -> str:
        """Why the file cannot be whole, as a clause; empty when nothing speaks against it."""
        result = self._searches.failed
        if not result and self._endless:
            result = "unknown (a record is longer than any that LDIF has)"
        if result:
            return f"the search that made it ended with result {result}"
        if not self._line_end:
            return "its last line has no end"
        return self._searches.cut(self._read)

    def _paragraphs(self) -> Iterator[bytes]:
        """The text between blank lines, each with the line ends before and behind it, so that lines can be counted."""
        rest, first = b"", True
        while chunk := self._source.read(_CHUNK):
            if self._digest is not None:
                self._digest.update(chunk)
            rest += chunk
            if first:
                rest, first = rest.removeprefix(_BOM), False
            held = b""
            if rest.endswith(b"\r"):  # its line feed may come with the next chunk
                rest, held = rest[:-1], b"\r"
            if b"\r" in rest:
                rest = rest.replace(b"\r\n", b"\n")
            *whole, rest = rest.split(b"\n\n")
            for paragraph in whole:
                yield paragraph + b"\n\n"
            rest += held
            if len(rest) > MAX_RECORD:
                self._endless, self._blank_end = True, False
                yield rest[:MAX_RECORD]
                return
        self._line_end = not rest or rest.endswith(b"\n")
        if rest.strip(b"\n"):
            self._blank_end = False
            yield rest

    def _block(self, line: int, raw: bytes) -> Block | None:
        """The paragraph as a record; None for comments, the version line and the trailer of a search."""
        raw = raw.rstrip(b"\r\n")
        text = raw.replace(b"\n ", b"") if b"\n " in raw else raw
        if text.startswith((b"#", _RESULT)) or b"\n#" in text:
            text = self._without_comments(text)
        if text[:8].lower() == b"version:":
            text = text.partition(b"\n")[2]
            raw, line = _behind_version(raw, line)
        if not text:
            return None
        if text.startswith(_RESULT):  # the trailer of ldapsearch without -L
            return None
        return Block(line, text, raw, self._blank_end)

    def _without_comments(self, text: bytes) -> bytes:
        """The lines of a paragraph that are no comments; what those of `ldapsearch` tell is taken note of, in their
        order, as are those of a result: behind the result of a page stands the head of the next."""
        kept: list[bytes] = []
        for line in text.split(b"\n"):
            if line.startswith(b"#"):
                self._searches.comment(line, self._read)
            else:
                kept.append(line)
                if kept[0].startswith(_RESULT):
                    self._searches.outcome(line)
        return b"\n".join(kept)


def _behind_version(raw: bytes, line: int) -> tuple[bytes, int]:
    """What follows the version line, and the line on which that begins."""
    head, found, tail = re.split(rb"(?im)^(version:[^\n]*\n?)", raw, maxsplit=1)
    return tail, line + head.count(b"\n") + found.count(b"\n")


def _misplaced(name: str, value: bytes) -> str:
    """Why a line that is no attribute has no business in an entry; empty when it has."""
    if name == "dn":
        return "a record has two DNs; the blank line before the second one is missing"
    return "" if value == b"add" else "a change record stands where an entry should be"


@lru_cache(maxsize=1024)
def _description(name: bytes) -> str:
    """In lower case; empty when it is none. The same few come again with every entry."""
    return name.decode("ascii").lower() if _NAME.fullmatch(name) else ""


def _attribute(line: bytes) -> tuple[str, str, bytes]:
    """Lower-case description, why the line is none (empty: it is one), and the value."""
    name, colon, rest = line.partition(b":")
    description = _description(name) if colon else ""
    if not description:
        return "", "a line is no attribute with a value", b""
    mark = rest[:1]
    if mark == b"<":
        return description, "a value is given by a URL, which is never fetched", b""
    if mark != b":":
        return description, "", rest.strip(b" ")
    try:
        return description, "", base64.b64decode(rest[1:].strip(b" "), validate=True)
    except binascii.Error:
        return description, "a value is damaged base64", b""
