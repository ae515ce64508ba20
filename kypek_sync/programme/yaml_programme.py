"""A programme in YAML: a list of seminars, each with its list of sessions, turned into the same rows as a sheet's.

```yaml
δομή: kepl            # for all seminars below; may be left out
σεμινάρια:
  - κωδικός: KEPL-26-01
    τίτλος: Ρομποτική με micro:bit
    ειδικότητες: [ΠΕ86, ΠΕ04]
    συνεδρίες:
      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}
```

Keys are the headings of a sheet, or the English names of `headings.Field`. Lines are remembered for every key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kypek_sync.model import SourceRow, Status
from kypek_sync.programme.books import MOST_ROWS, decoded
from kypek_sync.programme.ground import ProgrammeUnreadable
from kypek_sync.programme.grouping import Entry
from kypek_sync.programme.headings import Field, heading, known_forms, understood
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.rows import STATUSES
from kypek_sync.programme.tables import Cell, Row, clean
from kypek_sync.programme.tray import Tray

_SEMINARS = {squeeze(w) for w in ("σεμινάρια", "δράσεις", "πρόγραμμα", "seminars")}
_SESSIONS = {squeeze(w) for w in ("συνεδρίες", "συναντήσεις", "ημερομηνίες", "sessions")}
_COMMON = {squeeze(w) for w in ("σχολικό έτος", "school_year", "έκδοση", "version")}
_LONGEST = 32_767
PLAINLY = {
    "mapping values are not allowed": "a second colon in the line; put the value in quotes",
    "could not find expected ':'": "above it a line without a colon, or with wrong indentation",
    "found unexpected end of stream": "quotes that are not closed",
    "expected ','": "a bracket that is not closed",
    "expected <block end>": "wrong indentation, or words after a closing quote",
    "cannot start any token": "a sign with which no value begins; put the value in quotes",
    "found undefined alias": "an asterisk before a value; put the value in quotes",
    "found duplicate key": "a key that is written twice",
}
"""What the engine says of the mistakes that people make, and what it means."""
_OF_PARTS = {
    squeeze(word): name
    for name, words in {
        "name": ("όνομα", "τμήμα", "name"),
        "id": ("κωδικός", "id"),
        "capacity": ("θέσεις", "capacity"),
        "course": ("μάθημα", "υπάρχον μάθημα", "course"),
        "status": ("κατάσταση", "status"),
    }.items()
    for word in words
}
_OF_KEPT = {
    squeeze(word): name
    for name, words in {
        "for": ("για", "for"),
        "seats": ("θέσεις", "seats"),
        "until": ("έως", "μέχρι", "until"),
    }.items()
    for word in words
}
_PLANNED = {squeeze(word) for word in STATUSES[Status.PLANNED]}


@dataclass(frozen=True, slots=True)
class _Written:
    """A key with its value and the line (from 1) of the key."""

    key: str
    value: object
    line: int


class _AsTyped(RoundTripConstructor):
    """Leaves every scalar as it was typed: `0501659` keeps its zero, `31/4` and `17.30` are read by our own rules."""


for _tag in ("int", "float", "bool", "timestamp"):
    _AsTyped.add_constructor(f"tag:yaml.org,2002:{_tag}", RoundTripConstructor.construct_yaml_str)


def yaml_lines(file: Path, content: bytes) -> list[str]:
    """The lines of a YAML file, as YAML 1.2 counts them. The rare line breaks of Unicode, on which parsers disagree,
    become spaces. Raises `ProgrammeUnreadable` for what is no text."""
    return re.split("\r\n|\r|\n", re.sub("[\x0b\x0c\x85\u2028\u2029]", " ", decoded(file, content)))


def _plainly(problem: str) -> str:
    """What is wrong by the engine's own words, as an officer would say it; words that are not known as they are."""
    return next((plain for words, plain in PLAINLY.items() if words in problem), problem)


@lru_cache(maxsize=16)
def _loaded(file: Path, content: bytes) -> object:
    """What the file says. Kept while it stays as it is, letter by letter: each pass reads it again, and to take two
    hundred seminars apart takes a second. Nobody changes what is returned."""
    lines = yaml_lines(file, content)
    text = "\n".join(lines)
    yaml = YAML(typ="rt")
    yaml.Constructor = _AsTyped
    yaml.allow_duplicate_keys = False
    try:
        return yaml.load(text)
    except MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        line = mark.line + 1 if mark else 1
        if line <= len(lines) and "\t" in lines[line - 1]:
            message = "%(file)s, line %(line)s: there is a tab. YAML is indented with spaces only; replace it."
        else:
            message = "%(file)s, line %(line)s: this is not proper YAML (%(why)s). Correct that line."
        raise ProgrammeUnreadable(message, file=file.name, line=str(line), why=_plainly(why.problem or "")) from why
    except (YAMLError, ValueError, RecursionError, OverflowError) as why:
        raise ProgrammeUnreadable(
            "%(file)s, line %(line)s: this is not proper YAML (%(why)s). Correct that line.",
            file=file.name,
            line="1",
            why=str(why).splitlines()[0] if str(why) else type(why).__name__,
        ) from why


def _written(mapping: CommentedMap) -> Iterator[_Written]:
    for key, value in mapping.items():
        place = (mapping.lc.data or {}).get(key)
        yield _Written(str(key), value, (place[0] if place else mapping.lc.line) + 1)


def _plain(value: object, *, nested: bool = False) -> tuple[str | None, bool]:
    """A cell's value of a YAML value, a list joined line by line, and whether it was plain at all."""
    if isinstance(value, CommentedSeq) and not nested:
        parts = [_plain(part, nested=True) for part in value]
        return "\n".join(p for p, _ in parts if p is not None) or None, all(plain for _, plain in parts)
    if isinstance(value, str):
        return clean(value) or None, True
    return None, value is None


def _pairs(value: object) -> object:
    """A mapping of platforms to courses (`moodle: https://…`) as the text that a sheet's cell would have."""
    if isinstance(value, CommentedMap):
        simple = all(isinstance(part, str) or part is None for part in value.values())
        return "\n".join(f"{key}: {part}" if part else str(key) for key, part in value.items()) if simple else value
    if isinstance(value, CommentedSeq):
        return CommentedSeq(_pairs(part) for part in value)
    return value


def _as_cell(field: Field | None, value: object) -> object:
    """Mappings that a column allows, as the text that a sheet's cell would have."""
    if field in (Field.MIRRORS, Field.COURSE):
        return _pairs(value)
    if field is Field.PARTS and isinstance(value, CommentedSeq):
        return CommentedSeq(_part(one) for one in value)
    if field is Field.RESERVED and isinstance(value, CommentedSeq):
        return CommentedSeq(_kept(one) for one in value)
    return value


def _kept(value: object) -> object:
    """Kept seats (`{for: ΠΕ04, seats: 5, until: 1/3/2027}`) as a cell has them."""
    if not isinstance(value, CommentedMap):
        return value
    words = {_OF_KEPT.get(squeeze(str(key)), ""): one for key, one in value.items()}
    if "" in words or not all(isinstance(one, str) for one in words.values()):
        return value
    until = f" έως {words['until']}" if "until" in words else ""
    return f"{words.get('seats', '')} για {words.get('for', '')}{until}"


def _part(value: object) -> object:
    """A part (`{name: πρωινό, id: proino, capacity: 20, course: https://…}`) as a cell has it."""
    if not isinstance(value, CommentedMap):
        return value
    words = {_OF_PARTS.get(squeeze(str(key)), ""): one for key, one in value.items()}
    if "" in words or not all(isinstance(one, str) or one is None for one in words.values()):
        return value
    id_, seats, course, status = (words.get(name) for name in ("id", "capacity", "course", "status"))
    text = str(words.get("name") or "") + (f" [{id_}]" if id_ else "") + (f" ({seats})" if seats else "")
    text += f" {status}" if status and squeeze(str(status)) not in _PLANNED else ""
    return f"{text}: {course}" if course else text


class _Reader:
    """Makes rows of one file."""

    def __init__(self, file: str, tray: Tray) -> None:
        self.file = file
        self.tray = tray

    def source(self, line: int) -> SourceRow:
        return SourceRow(self.file, "", line)

    def cells(self, item: CommentedMap, *, in_sessions: bool, skip: set[str]) -> dict[Field, Cell]:
        cells: dict[Field, Cell] = {}
        for written in _written(item):
            if squeeze(written.key) in skip:
                continue
            known = understood(written.key, in_sessions=in_sessions)
            value, plain = _plain(_as_cell(known, written.value))
            flag = "" if plain else "not-a-value"
            if isinstance(value, str) and len(value) > _LONGEST:
                flag, value = "cell-long", value[:_LONGEST]
            cell = Cell(None if flag else value, self.source(written.line), written.key, "", flag)
            if known is None:
                near = nearest(written.key, known_forms(in_sessions=in_sessions))
                self.tray.add("column-unknown", cell, value=written.key, suggestion=near)
            elif known in cells:
                self.tray.add("column-twice", cell, value=written.key)
            elif known is not Field.COUNTER:
                cells[known] = cell
        return cells

    def seminar(self, item: CommentedMap, structure: Cell | None) -> Entry:
        source = self.source(item.lc.line + 1)
        cells = self.cells(item, in_sessions=False, skip=_SESSIONS)
        if structure and Field.STRUCTURE not in cells:
            cells[Field.STRUCTURE] = structure
        row = Row(source, cells)
        sessions: list[Row] = []
        for written in _written(item):
            if squeeze(written.key) not in _SESSIONS or written.value is None:
                continue
            for meeting in written.value if isinstance(written.value, CommentedSeq) else [written.value]:
                if isinstance(meeting, CommentedMap):
                    inner = self.cells(meeting, in_sessions=True, skip=set())
                    sessions.append(Row(self.source(meeting.lc.line + 1), inner))
                else:
                    self.tray.add("not-a-value", Cell(None, self.source(written.line), written.key))
        return Entry(row, sessions)


def read_yaml(file: Path, content: bytes, tray: Tray) -> list[Entry]:
    """The seminars of a YAML programme, each with its session rows.

    Raises `ProgrammeUnreadable` with the line for a syntax error, a tab, or a file that is no list of seminars.
    """
    loaded = _loaded(file, content)
    reader = _Reader(file.name, tray)
    structure: Cell | None = None
    items: object = loaded
    if isinstance(loaded, CommentedMap):
        items = None
        for written in _written(loaded):
            if squeeze(written.key) in _SEMINARS:
                items = written.value or CommentedSeq()
            elif understood(written.key, in_sessions=False) is Field.STRUCTURE:
                structure = Cell(_plain(written.value)[0], reader.source(written.line), written.key)
            elif squeeze(written.key) not in _COMMON:
                tray.add("column-unknown", Cell(None, reader.source(written.line), written.key), value=written.key)
    if not isinstance(items, CommentedSeq):
        raise ProgrammeUnreadable(
            "%(file)s has no list of seminars. Write them under the key «%(key)s».", file=file.name, key="σεμινάρια"
        )
    entries: list[Entry] = []
    read = 0
    for number, item in enumerate(items):
        line = (items.lc.data or {}).get(number, (items.lc.line, 0))[0] + 1
        if not isinstance(item, CommentedMap):
            tray.add("not-a-value", Cell(None, reader.source(line), heading(Field.TITLE)))
            continue
        entry = reader.seminar(item, structure)
        read += 1 + len(entry.sessions)
        if read > MOST_ROWS:
            tray.add("too-many-rows", Cell(None, entry.row.source, ""), most=str(MOST_ROWS))
            break
        entries.append(entry)
    return entries
