r"""Reads TicketSQL, the query language of Request Tracker, into a condition of SQLite.

    Queue='KYPEK-ATT' AND (Status='new' OR Status='open') AND CF.{KypekRef}='kypek:seat:1'

AND binds stronger than OR; values are numbers, NULL, or text in quotes with `\'` for a quote (`''` is an error, H-14).
What the fields mean is the caller's affair. Errors carry the sentence that the server answers with status 400.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntFlag
from typing import Any

Condition = tuple[str, list[Any]]
Meaning = Callable[[str, str, str | None], Condition]

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_OPERATOR = r"!=|>=|<=|=|>|<|IS\s+NOT\b|IS\b|(?:NOT\s+)?(?:LIKE|STARTSWITH|ENDSWITH)\b"
_KEYWORD = rf"CF\.\{{.+?\}}|[{{}}\w.]+|{_QUOTED}"
_VALUE = rf"[+-]?\d+|NULL\b|{_QUOTED}"
_TOKEN = re.compile(rf"(?:AND|OR)\b|{_OPERATOR}|{_KEYWORD}|{_VALUE}|\(|\)", re.IGNORECASE)


class BadQuery(ValueError):
    """The query cannot be read, or asks for a field that does not exist."""


class _Want(IntFlag):
    VALUE = 1
    AGGREGATOR = 2
    OPERATOR = 4
    OPEN_PAREN = 8
    CLOSE_PAREN = 16
    KEYWORD = 32

    def words(self) -> str:
        """As the server names them: `KEYWORD`, `AGGREGATOR or CLOSE_PAREN`."""
        return " or ".join(part.name or "" for part in _Want if part in self)


_SHAPES = {
    _Want.CLOSE_PAREN: r"\)",
    _Want.OPEN_PAREN: r"\(",
    _Want.AGGREGATOR: r"AND|OR",
    _Want.KEYWORD: _KEYWORD,
    _Want.VALUE: _VALUE,
    _Want.OPERATOR: _OPERATOR,
}
_PATTERNS = {kind: re.compile(shape, re.IGNORECASE) for kind, shape in _SHAPES.items()}


def read(query: str, meaning: Meaning) -> Condition:
    """The SQLite condition and its parameters. `meaning` gives those of one `field operator value` (None for NULL).

    Raises `BadQuery`. An empty query is the caller's affair.
    """
    sql: list[str] = []
    parameters: list[Any] = []
    want, last, depth = _Want.KEYWORD | _Want.OPEN_PAREN, None, 0
    field = operator = ""
    for match in _TOKEN.finditer(query):
        token = match[0]
        kind = next((kind for kind, shape in _PATTERNS.items() if kind in want and shape.fullmatch(token)), None)
        if kind is None:
            where = f"{query[: match.start()]}>{token}<--here{query[match.end() :]}"
            raise BadQuery(f"Wrong query, expecting a {want.words()} in '{where}'")
        if kind in (_Want.OPEN_PAREN, _Want.CLOSE_PAREN):
            sql.append(token)
            depth += 1 if kind is _Want.OPEN_PAREN else -1
        elif kind is _Want.AGGREGATOR:
            sql.append(token.upper())
        elif kind is _Want.KEYWORD:
            field = _bare(token)
        elif kind is _Want.OPERATOR:
            operator = re.sub(r"\s+", " ", token.upper())
        else:
            condition, values = meaning(field, operator, None if token.upper() == "NULL" else _bare(token))
            sql.append(f"({condition})")
            parameters += values
        last, want = kind, _after(kind, depth)
    if last not in (None, _Want.VALUE, _Want.CLOSE_PAREN):
        name = last.name if last else ""
        raise BadQuery(f"Incomplete query, last element ({name}) is not close paren or value in '{query}'")
    if depth:
        raise BadQuery(f"Incomplete query, {depth} unclosed paren{'s' * (depth > 1)} in '{query}'")
    return " ".join(sql) or "0", parameters


def _after(kind: _Want, depth: int) -> _Want:
    if kind in (_Want.OPEN_PAREN, _Want.AGGREGATOR):
        return _Want.KEYWORD | _Want.OPEN_PAREN
    if kind is _Want.KEYWORD:
        return _Want.OPERATOR
    if kind is _Want.OPERATOR:
        return _Want.VALUE
    return _Want.AGGREGATOR | _Want.CLOSE_PAREN if depth else _Want.AGGREGATOR


def _bare(token: str) -> str:
    if token[0] in "'\"":
        token = token[1:-1]
    return re.sub(r"\\(.)", r"\1", token)
