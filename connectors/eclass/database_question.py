"""Several questions to eClass's database asked as one: what a pass wants to know costs one query, and is of one moment.

Each part gives rows of its own kind; they come back through the same columns, numbers and words, one part below the
other (UNION ALL). Words are converted to one charset, since tables of different ages have different collations. The
last part tells of the server: where its row is missing, an answer was cut short on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import connectors.eclass.mapping as mapping
from connectors.eclass.database import OFF, Reading

Row = Mapping[str, Any]
"""One row, by the names of its part. Numbers are ints, words are text; either may be None."""
_NUMBERS, _WORDS = 4, 5
_END = "end"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions: what its rows are called, their columns (name and SQL), and the SQL after the columns."""

    kind: str
    numbers: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str], ...]
    source: str

    def select(self) -> str:
        """As SQL, with as many columns as every other part."""
        numbers = [f"CAST({sql} AS SIGNED)" for _, sql in self.numbers]
        words = [f"CONVERT({sql} USING utf8mb4)" for _, sql in self.words]
        columns = [*numbers, *["NULL"] * (_NUMBERS - len(numbers)), *words, *["NULL"] * (_WORDS - len(words))]
        return f"SELECT '{self.kind}', {', '.join(columns)} {self.source}".rstrip()

    def row(self, values: tuple[Any, ...]) -> Row:
        """A row by the names of this part."""
        numbers = zip((name for name, _ in self.numbers), values[1 : 1 + _NUMBERS], strict=False)
        words = zip((name for name, _ in self.words), values[1 + _NUMBERS :], strict=False)
        return dict([*numbers, *words])


@dataclass(frozen=True, slots=True)
class Answers:
    """The rows of each kind, and whether the server is a copy that follows another one."""

    rows: Mapping[str, list[Row]]
    follows: bool


def together(reading: Reading, parts: Iterable[Part], **values: Any) -> Answers:
    """Ask all parts at once; `values` are the parameters of all of them. Raises `Misshapen` for an answer without its
    end."""
    by_kind = {part.kind: part for part in (*parts, _end(reading))}
    found: dict[str, list[Row]] = {kind: [] for kind in by_kind}
    question = " UNION ALL ".join(part.select() for part in by_kind.values())
    for row in reading.rows(question, **values):
        found[row[0]].append(by_kind[row[0]].row(tuple(row)))
    if len(found[_END]) != 1:
        raise mapping.Misshapen("an answer without its end")
    (server,) = found.pop(_END)
    return Answers(found, server["read_only"] not in OFF or bool(server["follows"]))


def _end(reading: Reading) -> Part:
    follows = "@@global.gtid_slave_pos" if reading.is_mariadb else "''"
    return Part(_END, (), (("read_only", "@@global.read_only"), ("follows", follows)), "")
