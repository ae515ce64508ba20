"""A streaming reader of LDIF content records (RFC 2849) that notices when a file was cut.

Why our own: the living pure-Python reader (`ldif` 4.3 on PyPI) drops comments, and with them the trailer by which an
export of `ldapsearch` proves that it is whole; it stops at the first broken record, takes damaged base64 as it is, and
keeps attributes that nobody asked for. python-ldap's reader needs a compiler at install. What this one takes: folded
lines, base64, attribute options, comments, `version: 1`, CR LF, a byte order mark. What it refuses, record by record:
change records, values by URL (never fetched), lines that are none.
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

MAX_LINE = 16 * 1024 * 1024
"""Bytes of one unfolded line that are still read; a longer one is no LDIF."""

_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9.;_-]*")
_COUNT = re.compile(rb"# numEntries: (\d+)")
_RESULT = re.compile(rb"result: (\d+) ?(.*)")
_HEADER, _TRAILER = b"# LDAPv3", b"# search result"

Line = tuple[int, bytes]


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


class LdifReader:
    """Iterates over the records of a file. After the last one, `cut` tells whether the file ends too early.

    `wanted` are the attribute descriptions to keep, in lower case; every option form of a wanted one is kept too.
    `proven` tells, after the last one, whether the file carries the result of the search that made it: only
    `ldapsearch` without -L, -LL or -LLL writes it, so any other file that a limit cut short looks whole. `digest` is,
    after the last one, the SHA-256 of all bytes that were read.
    """

    def __init__(self, source: BinaryIO, wanted: frozenset[str]) -> None:
        self._source = source
        self._wanted = wanted
        self.proven = False
        self._header = self._trailer = False
        self._line_end = True
        self._blank_end = True
        self._declared: int | None = None
        self._read = 0
        self._result = ""
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[Record | Defect]:
        block: list[Line] = []
        for line in self._unfolded():
            if line[1]:
                block.append(line)
                self._blank_end = False
                continue
            self._blank_end = True
            yield from self._record(block)
            block = []
        yield from self._record(block)

    @property
    def digest(self) -> str:
        """What tells this file from another, as hexadecimal digits."""
        return self._digest.hexdigest()

    @property
    def blank_end(self) -> bool:
        """Whether a blank line follows the last entry: then it is whole."""
        return self._blank_end

    @property
    def cut(self) -> str:
        """Why the file cannot be whole, as a clause; empty when nothing speaks against it."""
        if self._result:
            return f"the search that made it ended with result {self._result}"
        if not self._line_end:
            return "its last line has no end"
        if self._header and not self._trailer:
            return "it begins as an export of ldapsearch and lacks the trailer of one"
        if self._declared is not None and self._declared != self._read:
            return f"its trailer counts {self._declared} entries and it holds {self._read}"
        return ""

    def _physical(self) -> Iterator[Line]:
        number = 0
        while raw := self._source.readline(MAX_LINE + 1):
            number += 1
            self._digest.update(raw)
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            self._line_end = raw.endswith(b"\n")
            yield number, raw[:MAX_LINE].rstrip(b"\r\n")
            if len(raw) > MAX_LINE and not self._line_end:
                self._result = self._result or "unknown (a line is longer than any that LDIF has)"
                return

    def _unfolded(self) -> Iterator[Line]:
        """Logical lines; comments are taken out and looked at. A file of one endless line stays within `MAX_LINE`."""
        number, parts, size = 0, [b""], 0
        started = False
        for at, raw in self._physical():
            if raw.startswith(b" ") and started and parts != [b""]:
                size += len(raw)
                if size <= MAX_LINE:
                    parts.append(raw[1:])
                continue
            if started:
                yield from self._kept(number, b"".join(parts))
            number, parts, size, started = at, [raw], len(raw), True
        if started:
            yield from self._kept(number, b"".join(parts))

    def _kept(self, number: int, line: bytes) -> Iterator[Line]:
        if not line.startswith(b"#"):
            yield number, line
            return
        self._header = self._header or line == _HEADER
        self._trailer = self._trailer or line == _TRAILER
        if match := _COUNT.fullmatch(line):
            self._declared = (self._declared or 0) + int(match.group(1))  # one count for each page

    def _outcome(self, line: bytes) -> None:
        if match := _RESULT.fullmatch(line):
            self.proven = True
            if code := int(match.group(1)):
                self._result = f"{code} {match.group(2).decode('ascii', 'replace')}".strip()

    def _record(self, block: list[Line]) -> Iterator[Record | Defect]:
        if block and block[0][1].lower().startswith(b"version:"):
            block = block[1:]
        if not block:
            return
        if block[0][1].startswith(b"search: "):  # the trailer of ldapsearch without -L
            for _, line in block:
                self._outcome(line)
            return
        self._read += 1
        yield self._parsed(block)

    def _parsed(self, block: list[Line]) -> Record | Defect:
        dn = ""
        values: dict[str, list[bytes]] = {}
        seen: set[str] = set()
        for number, line in block:
            name, why, value = _attribute(line)
            if why:
                return Defect(number, why)
            if number == block[0][0]:
                if name != "dn":
                    return Defect(number, "a record does not begin with its DN")
                try:
                    dn = value.decode("utf-8")
                except UnicodeDecodeError:
                    return Defect(number, "a DN is no UTF-8")
            elif name == "dn":
                return Defect(number, "a record has two DNs; the blank line before the second one is missing")
            elif name == "changetype":
                if value != b"add":
                    return Defect(number, "a change record stands where an entry should be")
            else:
                seen.add(name)
                if name in self._wanted or name.partition(";")[0] in self._wanted:
                    values.setdefault(name, []).append(value)
        if not seen:
            return Defect(block[0][0], "an entry has no attribute")
        return Record(block[0][0], dn, values, frozenset(seen))


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
    if rest.startswith(b"<"):
        return description, "a value is given by a URL, which is never fetched", b""
    if not rest.startswith(b":"):
        return description, "", rest.strip(b" ")
    try:
        return description, "", base64.b64decode(rest[1:].strip(b" "), validate=True)
    except binascii.Error:
        return description, "a value is damaged base64", b""
