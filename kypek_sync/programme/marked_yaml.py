"""Marks mistakes in a YAML programme: a comment above the line, codes filled in, everything else left as it was typed.

The text itself is edited, line by line: a round trip through a parser would keep the comments but fold the officer's
lines anew.
"""

from __future__ import annotations

import re
from collections import defaultdict

from kypek_sync.language import Text
from kypek_sync.model import FindingLevel
from kypek_sync.programme.ground import Reading
from kypek_sync.programme.headings import Field, heading, understood
from kypek_sync.programme.yaml_programme import yaml_lines

_MARK = "#✎"
_KEY = re.compile(r"(?P<lead>[ \-]*(?:\{\s*)?)(?P<key>[\"']?[^:#{\"']+?[\"']?)\s*:(?=\s|\Z)")
_EMPTY_VALUE = re.compile(r":\s*(?:~|null|''|\"\")?\s*(?P<note>#.*)?\Z")


def _has_code_key(lines: list[str], start: int, column: int) -> int | None:
    """The line of the item's empty `κωδικός:` key, if it has one; the item starts at `start`, its keys at `column`."""
    for number in range(start, len(lines)):
        line = lines[number]
        found = _KEY.match(line)
        if number > start and line.strip() and len(line) - len(line.lstrip(" ")) < column:
            return None
        if not found or len(found["lead"]) != column or "{" in found["lead"]:
            continue
        known = understood(found["key"].strip("\"' "), in_sessions=False)
        if known is Field.CODE and _EMPTY_VALUE.search(line[found.end() - 1 :]):
            return number
    return None


def _fill(lines: list[str], start: int, code: str) -> None:
    """Puts a code into the item that starts at that line (from 0)."""
    found = _KEY.match(lines[start])
    if not found:
        return
    lead = found["lead"]
    empty = _has_code_key(lines, start, len(lead))
    if empty is not None:
        lines[empty] = _EMPTY_VALUE.sub(
            lambda m: f": {code}" + (f"  {m['note']}" if m["note"] else ""), lines[empty], 1
        )
        return
    key = heading(Field.CODE).lower()
    if "{" in lead:
        lines[start] = f"{lead}{key}: {code}, {lines[start][len(lead) :]}"
    else:
        lines[start] = f"{lead}{key}: {code}\n{' ' * len(lead)}{lines[start][len(lead) :]}"


def marked(reading: Reading, content: bytes, text: Text) -> bytes:
    """The programme's text with its marks. Marks of an earlier answer are left out."""
    lines = yaml_lines(reading.file, content)
    words: dict[int, list[str]] = defaultdict(list)
    for mistake in reading.mistakes:
        level = text("Error") if mistake.level is FindingLevel.ERROR else text("Warning")
        said = " ".join(mistake.said(text).split())
        words[min(mistake.source.row, len(lines)) - 1].append(f"{_MARK} {level}: {said}")
    for source, code in reading.assigned.items():
        if source.row <= len(lines):
            _fill(lines, source.row - 1, code)
    answer: list[str] = []
    for number, line in enumerate(lines):
        if line.lstrip().startswith(_MARK):
            continue
        indent = " " * (len(line) - len(line.lstrip(" ")))
        answer += [indent + note for note in words.get(number, ())]
        answer.append(line)
    return ("\n".join(answer).rstrip("\n") + "\n").encode()
